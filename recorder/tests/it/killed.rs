//! Killed at random moments: what is on disk then, and what the next start makes of it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use gardefou::custody::Sidecar;
use gardefou::journal::JournalReader;
use gardefou::ledger::{Ledger, SqliteLedger, Whose};

use crate::harness::{
    CRM, Canary, Display, Recorder, SECRET, Session, Video, facts, gardefou, journal_verifies, program, rules,
};

/// How many recorders run beside each other, each with a folder of its own.
const LANES: u64 = 5;

/// How often each of them is killed.
const KILLS: u64 = 10;

/// A week, in ms: the period of the caps.
const WEEK: u64 = 7 * 86_400_000;

/// Random enough, and the same again from the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    fn wait(&mut self, below_ms: u64) {
        std::thread::sleep(Duration::from_millis(self.below(below_ms)));
    }
}

#[test]
fn killed_at_fifty_moments_nothing_is_left_that_nobody_may_see() {
    let seed = std::env::var("GARDEFOU_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed: u64 = seed.unwrap_or_else(|| u64::from(std::process::id()) * 7_919 + 1);
    println!("GARDEFOU_SEED={seed}");
    let kept: usize = std::thread::scope(|scope| {
        let lanes: Vec<_> = (0..LANES)
            .map(|lane| scope.spawn(move || Lane::new(lane, seed).run()))
            .collect();
        lanes.into_iter().map(|lane| lane.join().unwrap()).sum()
    });
    println!("{kept} of {} recordings were finished", LANES * KILLS);
}

/// Sessions one after the other, over the same ledger and journal.
struct Lane {
    folder: tempfile::TempDir,
    dice: Dice,
}

impl Lane {
    fn new(lane: u64, seed: u64) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            dice: Dice(
                (seed + 1)
                    .wrapping_mul(0x9e37_79b9_7f4a_7c15)
                    .rotate_left(lane as u32 * 7)
                    | 1,
            ),
        }
    }

    /// Gives how many recordings were finished.
    fn run(mut self) -> usize {
        let display = Display::start();
        let _crm = Canary::crm(&display, "400x300+50+50", &[]);
        // Over a part of it: what it hides is never on disk.
        let _secret = Canary::secret(&display, "150x150+200+150", &[]);
        display.shows(100, 100, CRM);
        display.shows(275, 225, SECRET);
        let display = display.name.as_str();
        for n in 0..KILLS {
            let mut recorder = self.start(display, n);
            self.live_and_die(&mut recorder);
            drop(recorder);
            self.nothing_leaks();
        }
        let recorder = self.start(display, KILLS);
        recorder.says("waiting for a call");
        self.only_what_was_decided();
        recorder.close();
        self.stores_stand()
    }

    fn start(&self, display: &str, n: u64) -> Recorder {
        // The first call of each employee is always one of those that may be recorded.
        let employees: Vec<String> = (0..=KILLS).map(|n| format!("\"e-{n}\"")).collect();
        let mut facts = facts(&format!("s-{n}"));
        facts["employee"] = format!("e-{n}").into();
        let session = Session {
            stores: true,
            facts: facts.to_string(),
            rules: rules(r#"{ executable = "crm-desk" }"#, "").replace("\"e-1001\"", &employees.join(", ")),
            ..Session::default()
        };
        session.start_anyhow(Some(display), self.folder.path())
    }

    /// A call, or a part of one, and its violent end.
    fn live_and_die(&mut self, recorder: &mut Recorder) {
        let stage = self.dice.below(10);
        if stage == 0 {
            self.dice.wait(400);
            return recorder.kill();
        }
        recorder.says("waiting for a call");
        self.only_what_was_decided();
        recorder.conditions();
        recorder.call("connected");
        recorder.says(": recording");
        self.dice.wait(900);
        match stage {
            1 | 2 => recorder.kill(),
            3 | 4 => recorder.kill_with_encoders(),
            5 => {
                for encoder in recorder.encoders() {
                    crate::harness::signal(encoder, "KILL");
                }
                recorder.says("takes no more frames");
                // What there is of it is kept, or not: the recorder decides.
                recorder.interrupt();
                assert_eq!(recorder.ended(), 1, "{:?}", recorder.said());
            }
            _ => {
                // As it asks what becomes of the video, cuts it and writes down why it is there.
                if stage < 8 {
                    recorder.call("after-call");
                }
                recorder.interrupt();
                self.dice.wait(400);
                if stage.is_multiple_of(2) {
                    recorder.kill();
                } else {
                    recorder.kill_with_encoders();
                }
            }
        }
    }

    fn files(&self, of: &str) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.folder.path().join(of)).into_iter().flatten();
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    }

    /// Whatever can be decoded of any file shows none of the canary, and no file holds its bytes.
    fn nothing_leaks(&self) {
        let mut files = self.files("out");
        files.extend(self.files("tmp"));
        files.extend(self.files("").into_iter().filter(|file| file.is_file()));
        for file in files {
            // An encoder whose recorder is gone may still be at work.
            let bytes = std::fs::read(&file).unwrap_or_default();
            for pixel in [
                [0xff, 0x00, 0xff, 0x00],
                [0xff, 0x00, 0xff, 0xff],
                [0x00, 0x00, 0xff, 0xff],
            ] {
                let run = pixel.repeat(8);
                assert!(
                    !bytes.windows(run.len()).any(|window| window == run),
                    "{} holds what nobody may see",
                    file.display()
                );
            }
            if file.extension().is_some_and(|extension| extension == "mkv") {
                shows_no_canary(&file);
            }
        }
    }

    /// After a start every video is one that was finished, with its sidecar, and can be played.
    fn only_what_was_decided(&self) {
        let out = self.files("out");
        for file in &out {
            let name = file.file_name().unwrap().to_str().unwrap();
            assert!(!name.ends_with(".tmp"), "{name} was left");
            let Some(stem) = name.strip_suffix(".mkv") else {
                continue;
            };
            assert!(!stem.contains('.'), "{name} was left");
            let sidecar = Sidecar::read(&file.with_extension("sidecar.json"));
            assert!(sidecar.is_ok(), "{name} was left without a sidecar: {sidecar:?}");
        }
    }

    /// The journal verifies, nothing is left to be discarded, and the ledger counts at least what there is.
    fn stores_stand(&self) -> usize {
        let journal = self.folder.path().join("journal");
        journal_verifies(&journal);
        let open = JournalReader::open(&journal).unwrap().open_discards().unwrap();
        assert_eq!(open, [], "nobody said that these are gone");

        let (width, height) = Display::SIZE;
        let (mut videos, mut shown) = (0, 0);
        for file in self.files("out") {
            if file.extension().is_some_and(|extension| extension == "mkv") {
                let video = Video::read(&file, width, height);
                video.leaks_nothing();
                assert!(!video.frames.is_empty(), "{} shows nothing", file.display());
                videos += 1;
                shown += video.times.last().copied().unwrap_or_default();
            }
        }
        let ledger = SqliteLedger::open(self.folder.path().join("ledger")).unwrap();
        let balances = ledger.balances(gardefou::wall_clock_now(), WEEK).unwrap();
        let mine = balances
            .iter()
            .find(|balance| balance.of == Whose::Programme("crm-onboarding".into()))
            .unwrap();
        let counted = mine.kept + mine.held;
        assert!(shown <= counted, "{shown} ms are there, and {counted} ms are counted");
        assert!(counted <= 20 * 3_600_000, "{counted} ms are more than the cap");
        videos
    }
}

/// Decodes what can be decoded of a video, finished or not: nothing of it is red or blue.
fn shows_no_canary(file: &Path) {
    let output = program("ffmpeg")
        .args(["-v", "quiet", "-i"])
        .arg(file)
        .args(["-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"])
        .output()
        .unwrap();
    let leaks = output.stdout.chunks(3).filter(|pixel| pixel[0] > 90 || pixel[2] > 90);
    assert_eq!(leaks.count(), 0, "{} shows what nobody may see", file.display());
}

#[test]
fn what_is_being_recorded_by_another_recorder_is_left_alone() {
    let display = Display::start();
    let _crm = Canary::crm(&display, "400x300+50+50", &[]);
    display.shows(300, 200, CRM);
    let mut first = Session::default().start(&display);
    first.connect();
    first.frames(2);
    // The second, on another screen, looks through the folder of the first, which records on.
    let second = Session {
        facts: facts("s-2").to_string(),
        ..Session::default()
    };
    let other = Display::start();
    let second = second.start_anyhow(Some(&other.name), display.folder.path());
    second.says("waiting for a call");
    let second = second.close();
    assert_eq!(second.times("deleted"), 0, "{:?}", second.said());
    first.frames(2);
    let first = first.hang_up();
    first.video("s-1").unwrap().leaks_nothing();
    first.decided_again("s-1");
}

#[test]
fn a_crash_between_the_decision_and_the_cut_leaves_no_uncut_video() {
    let display = Display::start();
    let _crm = Canary::crm(&display, "400x300+50+50", &[]);
    display.shows(300, 200, CRM);
    // An ffmpeg that records, and never comes to an end with cutting.
    let programs = display.folder.path().join("programs");
    std::fs::create_dir(&programs).unwrap();
    crate::encoder::script(
        &programs,
        "#!/bin/sh\ncase \"$*\" in *concat*) exec /bin/sleep 600;; *) exec /usr/bin/ffmpeg \"$@\";; esac\n",
    );
    let session = Session {
        stores: true,
        path: Some(programs.to_str().unwrap().to_owned()),
        ..Session::default()
    };
    let mut recorder = session.start(&display);
    recorder.connect();
    recorder.frames(4);
    // Hung up a while ago, as the telephone says only now: what was kept since then is cut off.
    let at = recorder
        .trace("s-1")
        .iter()
        .rev()
        .find_map(|line| line["at"].as_u64())
        .unwrap();
    recorder.tell(&format!(r#"{{"event":"call","phase":"after-call","at":{}}}"#, at - 300));
    recorder.says("the recording of this call ended");
    recorder.call("none");
    recorder.interrupt();
    let cut = recorder.file("s-1.cut.mkv");
    let until = Instant::now() + crate::harness::PATIENCE;
    while !cut.exists() {
        assert!(Instant::now() < until, "it is not cut: {:?}", recorder.said());
        std::thread::sleep(Duration::from_millis(10));
    }
    recorder.kill();
    let journal = recorder.store("journal");
    let decided = || {
        let entries = JournalReader::open(&journal).unwrap().entries(0, 1_000).unwrap();
        serde_json::to_string(&entries.into_iter().filter_map(|entry| entry.record).collect::<Vec<_>>()).unwrap()
    };
    assert!(
        decided().contains("\"trim\"") && !decided().contains("\"discarded\""),
        "{}",
        decided()
    );
    let session = Session {
        stores: true,
        facts: facts("s-2").to_string(),
        ..Session::default()
    };
    let next = session.start(&display);
    next.says("which an earlier run left without an end");
    for file in ["s-1.mkv", "s-1.cut.mkv", "s-1.part-1.mkv", "s-1.sidecar.json"] {
        assert!(!next.file(file).exists(), "{file}");
    }
    next.close();
    // The journal says both: that it was to be kept, and that it is gone; and so does its page.
    let page = gardefou()
        .args(["journal", "show"])
        .arg(&journal)
        .env("LC_ALL", "C")
        .output()
        .unwrap();
    let page = String::from_utf8_lossy(&page.stdout).into_owned();
    assert!(
        page.contains("of s-1 must be discarded") && page.contains("of s-1 are discarded"),
        "{page}"
    );
    assert!(
        decided().contains("\"trim\"") && decided().contains("\"discarded\""),
        "{}",
        decided()
    );
    assert_eq!(JournalReader::open(&journal).unwrap().open_discards().unwrap(), []);
}
