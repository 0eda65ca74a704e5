//! Cuts the power behind every change, and looks at what is left with the real thing.

use std::collections::HashSet;
use std::fmt;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::mpsc::sync_channel;
use std::thread;

use crate::change::Change;
use crate::luck::Luck;
use crate::recording::{Recording, scratch};
use crate::state::State;

/// How many random pieces of what was not synced are tried behind each change, unless
/// `GARDEFOU_POWER_CUTS` says how many.
const RANDOM: u64 = 4;

/// What a check finds wrong.
pub(crate) type Found = Result<(), String>;

/// How much was tried.
#[derive(Debug)]
pub(crate) struct Tried {
    /// Changes that the power was cut behind.
    pub(crate) changes: usize,
    /// Different states that were looked at.
    pub(crate) states: usize,
}

/// A state that did not pass.
#[derive(Debug)]
pub(crate) struct Failed {
    cut: Cut,
    /// The changes up to the cut.
    last: Vec<String>,
    /// Where the state is kept, as the cut left it.
    kept: PathBuf,
    why: String,
}

impl Failed {
    /// It was expected: nothing is kept.
    pub(crate) fn expected(self) -> String {
        fs::remove_dir_all(&self.kept).unwrap();
        self.why
    }
}

/// Where the power was cut.
#[derive(Clone, Debug)]
struct Cut {
    behind: usize,
    luck: String,
    said: usize,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.why)?;
        writeln!(
            f,
            "the power was cut behind change {}: {}",
            self.cut.behind, self.cut.luck
        )?;
        writeln!(f, "the state is kept in {}; the last changes:", self.kept.display())?;
        self.last.iter().try_for_each(|change| writeln!(f, "  {change}"))
    }
}

/// Checks every state that a power cut may leave. The check is given a folder in that state, and what had
/// been said before.
pub(crate) fn everywhere(
    recording: &Recording,
    check: impl Fn(&Path, &[&str]) -> Found + Sync,
) -> Result<Tried, Box<Failed>> {
    within(recording, 0..usize::MAX, check)
}

/// The same, of power cuts while so much had been said.
pub(crate) fn within(
    recording: &Recording,
    range: Range<usize>,
    check: impl Fn(&Path, &[&str]) -> Found + Sync,
) -> Result<Tried, Box<Failed>> {
    let said = recording.said();
    // Several look at once: the first state that fails is told, whoever is faster.
    let failed: Mutex<Option<(usize, Cut, State, String)>> = Mutex::new(None);
    let is_before = |number: usize| failed.lock().unwrap().as_ref().is_none_or(|first| number < first.0);
    let (sender, receiver) = sync_channel::<(usize, Cut, State)>(8);
    let receiver = Mutex::new(receiver);
    let next = || receiver.lock().unwrap().recv().ok();
    let look = || {
        while let Some((number, cut, state)) = next() {
            let folder = scratch();
            state.write(folder.path());
            if !is_before(number) {
                continue;
            }
            if let Err(why) = check(folder.path(), &said[..cut.said]) {
                let mut first = failed.lock().unwrap();
                if first.as_ref().is_none_or(|first| number < first.0) {
                    *first = Some((number, cut, state, why));
                }
            }
        }
    };
    let lookers = thread::available_parallelism().map_or(2, usize::from).min(8);
    let tried = thread::scope(|scope| {
        for _ in 0..lookers {
            scope.spawn(look);
        }
        let mut number = 0;
        let tried = states(recording, range, |cut, state| {
            number += 1;
            let sent = sender.send((number, cut, state));
            sent.is_ok() && failed.lock().unwrap().is_none()
        });
        drop(sender);
        tried
    });
    match failed.into_inner().unwrap() {
        Some((_, cut, state, why)) => Err(Box::new(failure(recording, cut, &state, why))),
        None => Ok(tried),
    }
}

/// Every state, each once for what had been said.
fn states(recording: &Recording, range: Range<usize>, mut take: impl FnMut(Cut, State) -> bool) -> Tried {
    let random = std::env::var("GARDEFOU_POWER_CUTS").map_or(RANDOM, |many| many.parse().unwrap());
    let mut disk = recording.before.clone();
    let mut seen = HashSet::new();
    let mut said = 0;
    let mut tried = Tried { changes: 0, states: 0 };
    for (behind, change) in recording.changes.iter().enumerate() {
        disk.apply(change);
        said += usize::from(matches!(change, Change::Said(_)));
        if !range.contains(&said) {
            continue;
        }
        tried.changes += 1;
        let fixed = [Luck::Nothing, Luck::Everything, Luck::Names, Luck::Data];
        let seeds = (0..random).map(|seed| seed ^ (behind as u64) << 20);
        let lucks = fixed.into_iter().chain(seeds.map(Luck::random));
        // Where everything is synced, there is no luck.
        let lucks = lucks.take(if disk.is_synced() { 1 } else { usize::MAX });
        for luck in lucks {
            let name = format!("{luck:?}");
            let state = disk.after_a_cut(luck);
            if !seen.insert((said, state.print())) {
                continue;
            }
            tried.states += 1;
            let cut = Cut {
                behind,
                luck: name,
                said,
            };
            if !take(cut, state) {
                return tried;
            }
        }
    }
    tried
}

/// What a power cut leaves that comes so far into it: 1 of 4, say.
pub(crate) fn midway(recording: &Recording, part: usize, of: usize) -> State {
    let mut disk = recording.before.clone();
    let changes = recording.changes.len() * part / of;
    recording.changes[..changes]
        .iter()
        .for_each(|change| disk.apply(change));
    disk.after_a_cut(Luck::random(part as u64))
}

fn failure(recording: &Recording, cut: Cut, state: &State, why: String) -> Failed {
    let prefix = "power-cut-";
    let kept = tempfile::Builder::new()
        .prefix(prefix)
        .tempdir_in(env!("CARGO_TARGET_TMPDIR"));
    let kept = kept.unwrap();
    state.write(kept.path());
    let from = cut.behind.saturating_sub(25);
    let last = recording.changes[from..=cut.behind]
        .iter()
        .map(Change::to_string)
        .collect();
    Failed {
        cut,
        last,
        kept: kept.keep(),
        why,
    }
}
