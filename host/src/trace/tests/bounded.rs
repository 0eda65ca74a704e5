//! The work for a scenario, and the memory that it takes, are bounded whatever is in it.

use std::fmt::Write as _;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::trace::{MAX_EXPECTED_RECTANGLES, MAX_KEPT_RECTANGLES, MAX_SCENARIO, MAX_SEGMENTS, Malformed, Scenario};
use crate::{Policy, PolicyHandle, Runtime, Source};

const RULES: &str = include_str!("../../../../rules/example.toml");

/// A call that is connected, with every condition as it must be.
const CALL: &str = r#"{"at":1795000000000,"event":"session","session":"s-1","employee":"e-1001","programme":"crm-onboarding","purpose":"training","mode":"screen-video","frame-interval":200,"employee-notice":{"version":"2026-09","given-at":1791000000000},"employee-objected":false,"protected-line":false,"calls-offered":10,"calls-recorded":1}
{"at":1795000000000,"event":"conditions","audio-recorded":true,"party-informed":true,"party-objected":false,"private-call":false,"payment-entry":false,"secure-input":false,"employee-paused":false}
{"at":1795000000000,"event":"call","phase":"connected"}
"#;

/// How large a scenario here is, in bytes.
const LARGE: usize = 1_400_000;

/// The instant that is so many ms after the opening.
fn at(millis: usize) -> usize {
    1_795_000_000_000 + millis
}

/// Bars across a square, so many each way.
fn bars(each: usize) -> Vec<[usize; 4]> {
    let upright = (0..each).map(|n| [10 + n * 10, 0, 3, 2_000]);
    let lying = (0..each).map(|n| [0, 10 + n * 10, 2_000, 3]);
    upright.chain(lying).collect()
}

/// A frame that keeps what 127 windows across it leave of one: thousands of rectangles.
fn crossed() -> String {
    let mut lines = String::from(CALL);
    let mut list: Vec<String> = Vec::new();
    for (id, [x, y, width, height]) in (0..127).zip(bars(64)) {
        let _ = writeln!(
            lines,
            r#"{{"at":1795000000000,"event":"window","id":{id},"kind":"other"}}"#
        );
        list.push(format!("[{id},{x},{y},{width},{height}]"));
    }
    let _ = writeln!(
        lines,
        r#"{{"at":1795000000000,"event":"window","id":127,"kind":"training"}}"#
    );
    list.push("[127,0,0,2000,2000]".to_owned());
    let list = list.join(",");
    let _ = writeln!(
        lines,
        r#"{{"at":1795000000001,"event":"frame","surface":[2000,2000],"windows":[{list}]}}"#
    );
    lines
}

/// As many lines as there is room for.
fn filled(mut text: String, line: impl Fn(usize) -> String) -> String {
    for n in 0.. {
        let line = line(n);
        if text.len() + line.len() >= LARGE {
            break;
        }
        let _ = writeln!(text, "{line}");
    }
    text
}

fn scenario(kind: &str) -> String {
    let expect = |rects: &[[usize; 4]]| format!(r#"{{"at":1,"event":"expect","keep":{rects:?}}}"#).replace(' ', "");
    match kind {
        "expectations that fail" => filled(crossed(), |_| r#"{"at":1,"event":"expect","keep":[]}"#.to_owned()),
        "fields that fail" => filled(crossed(), |_| {
            r#"{"at":1,"event":"expect","question":"session","action":"stop","reason":"paused","detail":3,"keep":[]}"#
                .to_owned()
        }),
        "frames that keep much" => filled(crossed(), |n| format!(r#"{{"at":{},"event":"frame"}}"#, at(n + 2))),
        "expectations out of order" => filled(crossed(), |_| expect(&bars(64))),
        "an expectation of many pieces" => {
            let bands = |n: usize| format!("[0,{},9,1]", 2 * n);
            let many: Vec<String> = (0..70_000).map(bands).collect();
            filled(crossed(), |_| r#"{"at":1,"event":"expect","action":"keep"}"#.to_owned())
                + &format!("{{\"at\":1,\"event\":\"expect\",\"keep\":[{}]}}\n", many.join(","))
        }
        "frames that keep nothing" => filled(String::from(CALL), |n| {
            let first = if n == 0 { r#","surface":[9,9],"windows":[]"# } else { "" };
            format!(r#"{{"at":{},"event":"frame"{first}}}"#, at(n))
        }),
        "segments" => filled(String::from(CALL), |n| {
            format!(r#"{{"at":{},"event":"segment","started-at":{}}}"#, at(n), at(0))
        }),
        "a long list" => {
            let list: Vec<String> = (0..40_000).map(|n| format!("[{n},0,0,9,9]")).collect();
            let list = list.join(",");
            let first = format!(r#"{{"at":1795000000001,"event":"frame","surface":[9,9],"windows":[{list}]}}"#);
            filled(format!("{CALL}{first}\n"), |n| match n % 2 {
                0 => format!(r#"{{"at":{},"event":"frame"}}"#, at(n + 2)),
                _ => format!(r#"{{"at":{},"event":"window","id":{n},"title":"{n}"}}"#, at(n + 1)),
            })
        }
        "words" => filled(crossed(), |n| match n % 3 {
            0 => format!(r#"{{"at":{},"event":"frame"}}"#, at(n + 2)),
            1 => format!(
                r#"{{"at":{},"event":"conditions","payment-entry":{}}}"#,
                at(n + 1),
                n % 2 == 0
            ),
            _ => format!(r#"{{"at":{},"event":"call","phase":"held"}}"#, at(n / 2)),
        }),
        "windows that come back" => {
            let mut text = String::from(CALL);
            for n in 0..64 * 64 {
                let id = n % 64;
                let _ = writeln!(
                    text,
                    r#"{{"at":{},"event":"window","id":{id},"executable":"crm.exe","title":"{n}"}}"#,
                    at(n / 64)
                );
            }
            let list = |first: usize| -> String {
                let list: Vec<String> = (first..first + 64).map(|n| format!("[{n},0,0,9,9]")).collect();
                list.join(",")
            };
            let lists = [list(0), list(100)];
            filled(text, |n| {
                let list = &lists[n % 2];
                format!(
                    r#"{{"at":{},"event":"frame","surface":[9,9],"windows":[{list}]}}"#,
                    at(100 + n)
                )
            })
        }
        other => panic!("{other}"),
    }
}

/// What became of it: the tried scenario, or where it ends.
fn tried(text: &str) -> Result<(usize, usize), Malformed> {
    let runtime = Runtime::new().unwrap();
    let policy = Policy::load(&runtime, Source::Rules(RULES)).unwrap();
    let scenario = Scenario::parse(text.as_bytes())?;
    let trial = scenario.put_to(PolicyHandle::new(vec![policy]).unwrap())?;
    let failures = trial.failures();
    let pixels = failures
        .take(100)
        .filter_map(|(asked, check)| check.expected.pixels(&asked.answer));
    let compared = pixels.filter(|pixels| pixels.misplaced.is_some()).count();
    // What could not be read again is not written.
    if let Ok(blessed) = trial.bless(text.as_bytes()) {
        assert!(blessed.text.len() <= MAX_SCENARIO);
    }
    runtime.shutdown();
    Ok((trial.asked().len(), compared))
}

const KIND: &str = "GARDEFOU_TEST_LARGE_SCENARIO";

/// The most memory that this process ever had, in KiB.
#[cfg(target_os = "linux")]
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    peak.trim().trim_end_matches(" kB").parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_large_scenario_takes_bounded_memory() {
    if let Ok(kind) = std::env::var(KIND) {
        let text = scenario(&kind);
        let begun = Instant::now();
        let what = tried(&text);
        println!("{kind}: {what:?} after {:?}", begun.elapsed());
        println!("KiB {}", peak());
        return;
    }
    for (kind, ends) in [
        ("expectations that fail", ""),
        ("fields that fail", ""),
        ("frames that keep much", "the answers keep more than"),
        ("expectations out of order", "the scenario expects more than"),
        ("an expectation of many pieces", ""),
        ("frames that keep nothing", ""),
        ("segments", "segments"),
        ("a long list", ""),
        ("words", ""),
        ("windows that come back", ""),
    ] {
        let name = "trace::tests::bounded::a_large_scenario_takes_bounded_memory";
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name, "--nocapture"])
            .env(KIND, kind)
            .stderr(Stdio::inherit())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{kind}: {said}");
        let line = |start: &str| said.lines().find_map(|line| line.split_once(start)).unwrap();
        let (_, peak) = line("KiB ");
        let (_, what) = line(&format!("{kind}: "));
        println!("{kind}: {what}; {peak} KiB");
        assert_eq!(what.starts_with("Err"), !ends.is_empty(), "{kind}: {what}");
        assert!(what.contains(ends), "{kind}: {what}");
        // A process that decides takes some 100 MiB; one of these scenarios took 1.4 GB.
        assert!(peak.parse::<u64>().unwrap() < 400 * 1024, "{kind}: {peak} KiB");
    }
}

#[test]
fn what_a_scenario_is_too_large_for_is_said_with_its_line() {
    for (kind, said) in [
        (
            "frames that keep much",
            format!("the answers keep more than {MAX_KEPT_RECTANGLES} rectangles"),
        ),
        (
            "expectations out of order",
            format!("the scenario expects more than {MAX_EXPECTED_RECTANGLES} rectangles"),
        ),
        ("segments", format!("more than {MAX_SEGMENTS} segments")),
    ] {
        let error = tried(&scenario(kind)).unwrap_err();
        assert!(error.line().is_some() && error.to_string().contains(&said), "{error}");
    }
}
