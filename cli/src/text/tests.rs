//! Whole pages, as they are printed.

use anstream::adapter::strip_str;
use gardefou::trace::{Answer, Decided, Fate, parse_line};
use gardefou::{Action, Digest, Reason, Rect, Span, Timestamp, Why};

use super::{Look, Titles, render};
use crate::language::Language;
use crate::report::{Report, Said};

fn why(reason: Reason) -> Why {
    Why {
        reason,
        detail: 0,
        policy: Digest::FLOOR,
        until: Timestamp::MAX,
    }
}

const START: u64 = 1_795_597_200_000;

/// A call that is put together answer by answer.
struct Call(Report);

impl Call {
    fn opened(interval: u64, result: Result<(), Why>) -> Self {
        let mut call = Self(Report::new("call.jsonl"));
        let line = format!(
            r#"{{"at":{START},"event":"session","session":"s-1","employee":"e-1001","programme":"crm-onboarding","purpose":"training","mode":"screen-video","frame-interval":{interval},"employee-objected":false,"protected-line":false,"calls-offered":1,"calls-recorded":0}}"#
        );
        let said = call.0.hear(&parse_line(&line).unwrap());
        call.answer(0, said, Decided::Session(result));
        call
    }

    fn answer(&mut self, after: u64, said: Said, decided: Decided) {
        let at = Timestamp::from_millis(START).plus(after);
        self.0.record(
            said,
            &Answer {
                at,
                decided,
                fault: None,
            },
        );
    }

    fn phase(mut self, after: u64, phase: &str) -> Self {
        let at = START + after;
        let line = format!(r#"{{"at":{at},"event":"call","phase":"{phase}"}}"#);
        self.0.hear(&parse_line(&line).unwrap());
        self
    }

    fn frame(&mut self, after: u64, action: Action, reason: Reason, blanks_windows: bool) {
        let decided = Decided::Frame {
            action,
            why: why(reason),
            keep: vec![Rect::new(0, 0, 8, 6)],
            blanks_windows,
        };
        self.answer(after, Said::Nothing, decided);
    }

    fn frames(mut self, from: u64, to: u64, action: Action, reason: Reason, blanks_windows: bool) -> Self {
        for after in (from..to).step_by(200) {
            self.frame(after, action, reason, blanks_windows);
        }
        self
    }

    fn page(self, width: usize, unicode: bool) -> String {
        self.page_with(Look::new(width, unicode))
    }

    fn page_with(mut self, look: Look) -> String {
        self.0.finish();
        let width = look.width;
        let page = render(&self.0, &Titles::of(&[]), look);
        assert!(page.contains('\u{1b}'), "there are colours in it");
        let page = strip_str(&page).to_string();
        for line in page.lines() {
            assert_eq!(line, line.trim_end());
            assert!(
                line.chars().count() <= width.max(40),
                "{} columns: {line}",
                line.chars().count()
            );
        }
        assert!(!page.to_lowercase().contains("compliant"));
        page
    }
}

fn usual() -> Call {
    Call::opened(200, Ok(()))
        .phase(0, "ringing")
        .frames(0, 10_000, Action::Skip, Reason::NO_CALL, false)
        .phase(10_000, "connected")
        .frames(10_000, 30_000, Action::Keep, Reason::PERMITTED, false)
        .frames(30_000, 34_000, Action::Keep, Reason::PERMITTED, true)
        .frames(34_000, 40_000, Action::Skip, Reason::PAYMENT, false)
        .frames(40_000, 50_000, Action::Keep, Reason::PERMITTED, false)
        .phase(50_000, "after-call")
        .frames(50_000, 60_000, Action::Stop, Reason::NO_CALL, false)
}

#[test]
fn a_call_in_french() {
    let look = Look::new(80, true).in_language(Language::French);
    let page = usual().page_with(look);
    for words in [
        "salarié e-1001",
        "25 novembre 2026",
        "300 images",
        "session ouverte · enregistré 34.0 s sur 1 min 00 s",
        "\nappel   │sonnerie",
        "\nentier ",
        "\nomis    C",
        "Données de carte de paiement",
        "voir CNIL, couplage",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
}

#[test]
fn a_call_as_wide_as_a_usual_terminal() {
    let page = usual().page(80, true);
    let expected = "\
call.jsonl · the floor alone
session s-1 · employee e-1001 · programme crm-onboarding
25 November 2026, 09:00:00 UTC · 1 min 00 s · 300 frames
session opens · recorded 34.0 s of 1 min 00 s

call    │ringing ───│connected ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━│after call
record              ████████████████████████            ████████████
blank                                       ▓▓▓▓▒
skip    CCCCCCCCCCCC                            PPPPPPPP
stop                                                                CCCCCCCCCCCC
        ┬───────────┬───────────┬───────────┬───────────┬───────────┬───────────
        0:00        0:10        0:20        0:30        0:40        0:50
        █ Recorded, every window   ▓ Recorded, other windows blank
        C No recorded call in progress   P Payment card data

What changed
  0:00.0  skip  No recorded call in progress
                S5 · no-call · see CNIL, couplage
  0:10.0  keep  Recorded, every window
  0:30.0  keep  Recorded, other windows blank
  0:34.0  skip  Payment card data
                +9 · payment · see CNIL 2018-303; RGPD 32
  0:40.0  keep  Recorded, every window
  0:50.0  stop  No recorded call in progress
                S5 · no-call · see CNIL, couplage

Time per reason
";
    assert!(page.starts_with(expected), "{page}");
    for row in [
        "  █  keep  30.0 s   50 %  █████       Recorded, every window\n",
        "  ▓  keep   4.0 s    7 %  ▋           Recorded, other windows blank\n",
        "  C  skip  10.0 s   17 %  █▋          No recorded call in progress\n",
        "  C  stop  10.0 s   17 %  █▋          No recorded call in progress\n",
        "  P  skip   6.0 s   10 %  █           Payment card data\n",
    ] {
        assert!(page.contains(row), "no {row} in:\n{page}");
    }
}

#[test]
fn a_narrow_page_and_a_wide_one() {
    let narrow = usual().page(40, true);
    assert!(narrow.contains("record       ▅██████████     ▅████▅\n"), "{narrow}");
    assert!(narrow.contains("      +9 · payment ·"), "{narrow}");
    let wide = usual().page(200, true);
    let row = wide.lines().find(|line| line.starts_with("  0:34.0")).unwrap();
    assert!(
        row.contains("Payment card data") && row.ends_with("see CNIL 2018-303; RGPD 32"),
        "{wide}"
    );
    let lane = wide.lines().find(|line| line.starts_with("stop")).unwrap();
    assert_eq!((lane.chars().count(), lane.matches('C').count()), (200, 32), "{wide}");
}

#[test]
fn a_page_in_plain_characters() {
    let page = usual().page(80, false);
    assert!(page.is_ascii() || page.replace('é', "e").is_ascii(), "{page}");
    assert!(page.contains("record              ########################"), "{page}");
    assert!(page.contains("|connected ====="), "{page}");
}

#[test]
fn a_session_without_frames() {
    let page = Call::opened(200, Ok(())).page(80, true);
    let expected = "\
call.jsonl · the floor alone
session s-1 · employee e-1001 · programme crm-onboarding
25 November 2026, 09:00:00 UTC · no frame was asked about
session opens · recorded 0.0 s of 0.0 s
";
    assert_eq!(page, expected);
}

#[test]
fn one_frame_has_one_whole_interval() {
    let page = Call::opened(200, Ok(()))
        .frames(0, 200, Action::Keep, Reason::PERMITTED, false)
        .page(80, true);
    assert!(page.contains("· 0.2 s · 1 frame\n"), "{page}");
    assert!(page.contains(&format!("record  {}\n", "█".repeat(72))), "{page}");
    assert!(page.contains("  █  keep  0.2 s  100 %  ██████████  Recorded"), "{page}");
}

#[test]
fn a_refused_opening_stops_every_frame() {
    let refused = why(Reason::EMPLOYEE_NOT_INFORMED);
    let mut call =
        Call::opened(200, Err(refused)).frames(0, 10_000, Action::Stop, Reason::EMPLOYEE_NOT_INFORMED, false);
    let discarded = Decided::Segment {
        started_at: Timestamp::from_millis(START),
        fate: Fate::Discard(refused),
    };
    call.answer(10_000, Said::Nothing, discarded);
    let page = call.page(80, true);
    assert!(
        page.contains("session refused\n  Employee not informed beforehand\n  S3 · employee-not-informed · see"),
        "{page}"
    );
    assert!(page.contains(&format!("stop    {}\n", "E".repeat(72))), "{page}");
    assert!(
        page.contains("  discard  0:00.0 – 0:10.0: Employee not informed beforehand\n"),
        "{page}"
    );
}

#[test]
fn a_trimmed_segment_names_both_ranges() {
    let mut call = Call::opened(200, Ok(()));
    let at = |after| Timestamp::from_millis(START).plus(after);
    let trimmed = Decided::Segment {
        started_at: at(1_000),
        fate: Fate::Trim(Span {
            start: at(1_000),
            end: at(8_000),
        }),
    };
    call.answer(9_000, Said::Nothing, trimmed);
    assert!(
        call.page(80, true)
            .contains("  trim     0:01.0 – 0:09.0, trimmed to 0:01.0 – 0:08.0, the call itself\n")
    );
}

#[test]
fn a_hole_in_the_recording_is_shown() {
    let page = Call::opened(200, Ok(()))
        .frames(0, 2_000, Action::Keep, Reason::PERMITTED, false)
        .frames(6_000, 8_000, Action::Keep, Reason::PERMITTED, false)
        .page(80, true);
    assert!(
        page.contains(&format!("record  {0}{1}{0}\n", "█".repeat(18), " ".repeat(36))),
        "{page}"
    );
    assert!(page.contains("  0:02.0  –     no frame was asked about\n"), "{page}");
    assert!(page.contains("recorded 4.0 s of 4.0 s"), "{page}");
}

#[test]
fn a_short_refusal_is_not_hidden_by_its_neighbours() {
    let page = Call::opened(200, Ok(()))
        .frames(0, 60_000, Action::Skip, Reason::PAYMENT, false)
        .frames(60_000, 60_200, Action::Skip, Reason::SECURE_INPUT, false)
        .frames(60_200, 120_000, Action::Skip, Reason::PAYMENT, false)
        .page(80, true);
    let lane = page.lines().find(|line| line.starts_with("skip")).unwrap();
    assert_eq!(lane.matches('S').count(), 1, "{page}");
}

#[test]
fn an_earlier_frame_takes_no_time() {
    let page = Call::opened(200, Ok(()))
        .frames(1_000, 2_000, Action::Keep, Reason::PERMITTED, false)
        .frames(0, 200, Action::Skip, Reason::INVALID_FACTS, false)
        .frames(2_000, 3_000, Action::Keep, Reason::PERMITTED, false)
        .page(80, true);
    assert!(page.contains("recorded 2.0 s of 2.0 s"), "{page}");
    assert!(page.contains("  ?  skip  0.0 s    0 %"), "{page}");
}

#[test]
fn instants_at_the_end_of_time_overflow_nothing() {
    let mut call = Call::opened(u64::MAX, Ok(()));
    for after in [0, 1, u64::MAX / 2, u64::MAX - START - 1, u64::MAX - START] {
        call.frame(after, Action::Keep, Reason::PERMITTED, false);
    }
    call.page(80, true);
    let mut call = Call::opened(0, Ok(()));
    for after in [0, 0, 1, 5] {
        call.frame(after, Action::Skip, Reason::NO_CALL, false);
    }
    call.page(40, false);
}

#[test]
fn many_changes_are_cut_off_with_a_way_to_see_them() {
    let mut call = Call::opened(200, Ok(()));
    for n in 0..200_u64 {
        let reason = if n % 2 == 0 { Reason::PAYMENT } else { Reason::PAUSED };
        call.frame(n * 200, Action::Skip, reason, false);
    }
    assert!(
        call.page(80, true)
            .contains("  and 140 more; `--format json` lists every answer\n")
    );
}

#[test]
fn a_token_cannot_drive_the_terminal() {
    let mut call = Call(Report::new("a\u{1b}[31m.jsonl"));
    call.0.finish();
    let page = render(&call.0, &Titles::of(&[]), Look::new(80, true));
    assert!(page.contains("a?[31m.jsonl"), "{page:?}");
    assert!(page.contains("Nothing was asked"), "{page:?}");
}
