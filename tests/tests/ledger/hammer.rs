//! Eight processes, one ledger, and somebody who kills them: no cap is exceeded at any time, and the books
//! balance.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::Duration;

use gardefou::ledger::{Ledger as _, SqliteLedger, Whose};
use gardefou::wall_clock_now;
use tempfile::TempDir;

use crate::hand::PROGRAM;

const PROCESSES: usize = 8;
const SESSIONS: usize = 10_000;

/// What a session asks for at a time, and the caps; as in the program.
const SLICE: u64 = 20;
const EMPLOYEE: u64 = 1_500;
const EMPLOYEE_PER: u64 = 3_000;
const PROGRAMME: u64 = 8_000;

/// A killed process loses nothing that it wrote, whatever the disk. So the files are in memory where the
/// system has such a folder, and the time goes into kills and not into syncing. That what is acknowledged
/// survives a power cut is tested elsewhere.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        tempfile::tempdir_in(memory).or_else(|_| tempfile::tempdir()).unwrap()
    } else {
        tempfile::tempdir().unwrap()
    }
}

struct Worker {
    child: Child,
    truth: PathBuf,
}

fn start(folder: &Path, number: usize) -> Worker {
    let truth = folder.join(format!("truth-{number}"));
    let child = Command::new(PROGRAM)
        .arg("hammer")
        .arg(folder.join("ledger.db"))
        .arg(&truth)
        .args([format!("w{number}"), "400".to_owned()])
        .spawn()
        .unwrap();
    Worker { child, truth }
}

/// What really happened.
#[derive(Default)]
struct Truth {
    sessions: usize,
    /// When, whose, under which programme, how much.
    kept: Vec<(u64, String, String, u64)>,
}

impl Truth {
    fn read(&mut self, path: &Path) {
        // Killed before it wrote anything, a worker leaves no file.
        let text = fs::read_to_string(path).unwrap_or_default();
        // A line that was cut off was not written: nothing was recorded before its line.
        for line in text.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
            match line.split_whitespace().collect::<Vec<_>>()[..] {
                ["session", _] => self.sessions += 1,
                ["kept", at, employee, programme, amount] => self.kept.push((
                    at.parse().unwrap(),
                    employee.to_owned(),
                    programme.to_owned(),
                    amount.parse().unwrap(),
                )),
                _ => panic!("{line}"),
            }
        }
    }

    fn of_programmes(&self) -> BTreeMap<&str, u64> {
        let mut sums = BTreeMap::new();
        for (_, _, programme, amount) in &self.kept {
            *sums.entry(programme.as_str()).or_default() += amount;
        }
        sums
    }

    /// The most that was recorded of one employee in any period.
    fn most_of_an_employee(&self) -> u64 {
        let mut of: BTreeMap<&str, Vec<(u64, u64)>> = BTreeMap::new();
        for (at, employee, _, amount) in &self.kept {
            of.entry(employee).or_default().push((*at, *amount));
        }
        let most = of.into_values().map(|mut kept| {
            kept.sort_unstable();
            let (mut first, mut sum, mut most) = (0, 0, 0);
            for (at, amount) in &kept {
                sum += amount;
                while kept[first].0 + EMPLOYEE_PER <= *at {
                    sum -= kept[first].1;
                    first += 1;
                }
                most = most.max(sum);
            }
            most
        });
        most.max().unwrap_or_default()
    }
}

#[test]
fn no_cap_is_exceeded_and_the_books_balance_whoever_is_killed() {
    let folder = folder();
    let (mut truth, mut kills, mut started) = (Truth::default(), 0usize, 0usize);
    let mut workers: Vec<Worker> = Vec::new();
    while truth.sessions < SESSIONS {
        while workers.len() < PROCESSES {
            workers.push(start(folder.path(), started));
            started += 1;
        }
        sleep(Duration::from_millis(40));
        let victim = (kills * 5) % workers.len();
        workers[victim].child.kill().unwrap();
        kills += 1;
        workers.retain_mut(|worker| {
            let Some(ended) = worker.child.try_wait().unwrap() else {
                return true;
            };
            // Killed, or done; none gave up.
            assert!(ended.code().is_none_or(|code| code == 0 || cfg!(windows)), "{ended}");
            truth.read(&worker.truth);
            false
        });
    }
    for mut worker in workers {
        worker.child.kill().unwrap();
        worker.child.wait().unwrap();
        truth.read(&worker.truth);
    }
    balance(&folder.path().join("ledger.db"), &truth, kills + PROCESSES);
}

fn balance(path: &Path, truth: &Truth, kills: usize) {
    let ledger = SqliteLedger::open(path).unwrap();
    // When every slice is over.
    let at = wall_clock_now().plus(60_000);
    let crashed = ledger.unfinished(at).unwrap().len();
    assert!(crashed <= kills, "{crashed} sessions are open after {kills} kills");
    assert!(crashed > 10, "hardly anybody was killed while it recorded: {crashed}");
    let most = truth.most_of_an_employee();
    assert!(most <= EMPLOYEE, "{most} ms of one employee in a period");
    let balances = ledger.balances(at, 86_400_000).unwrap();
    let (mut counted, mut recorded) = (0, 0);
    for (programme, sum) in truth.of_programmes() {
        let of = balances
            .iter()
            .find(|one| one.of == Whose::Programme(programme.to_owned()))
            .unwrap();
        assert_eq!(of.held, 0);
        assert!(
            sum <= of.kept && of.kept <= PROGRAMME,
            "{programme}: {sum} of {}",
            of.kept
        );
        counted += of.kept;
        recorded += sum;
    }
    let lost = counted - recorded;
    assert!(lost <= crashed as u64 * SLICE, "{lost} ms lost by {crashed} crashes");
    println!(
        "{} sessions, {kills} kills, {crashed} crashed sessions; recorded {recorded} ms, counted {counted} ms; \
         at most {most} ms of an employee in a period",
        truth.sessions
    );
}
