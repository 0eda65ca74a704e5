//! What loading a component takes: the processor's time in ms, and the most memory of the process in MiB.
//!
//! With a file it loads that one. Without, it finds of each kind of component that is made to keep a compiler busy the
//! largest one that is not refused beforehand, and loads it in a process of its own.

use std::path::Path;
use std::process::Command;

use gardefou::{Policy, Runtime, Source, work};
use gardefou_tests::bombs::{BOMBS, Bomb};

fn main() {
    match std::env::args_os().nth(1) {
        Some(file) => load(Path::new(&file)),
        None => BOMBS.iter().for_each(measure),
    }
}

/// Loads one component here, and prints what that took.
fn load(file: &Path) {
    let runtime = Runtime::new().unwrap();
    let time = processor_time();
    let outcome = match Policy::load(&runtime, Source::File(file)) {
        Ok(_) => "loads".into(),
        Err(error) => error.to_string(),
    };
    println!("{:>6} ms {:>5} MiB  {outcome}", processor_time() - time, most_memory());
}

/// Loads the largest component of a kind that is not refused beforehand.
fn measure(bomb: &Bomb) {
    let size = largest_accepted(bomb);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), (bomb.component)(size)).unwrap();
    let told = Command::new(std::env::current_exe().unwrap())
        .arg(file.path())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&told.stdout);
    println!(
        "{:<60} {size:>8}  {}",
        bomb.name,
        told.lines().next().unwrap_or("crashed")
    );
}

/// The largest size that compiling is begun for, of those that are looked at: it is doubled until it is refused, then
/// halved towards it.
fn largest_accepted(bomb: &Bomb) -> usize {
    let accepted = |size: usize| {
        let component = (bomb.component)(size);
        component.len() < 8 << 20 && work(&component).is_ok()
    };
    let mut refused = 1;
    while accepted(refused) && refused < 1 << 22 {
        refused *= 2;
    }
    let mut largest = refused / 2;
    while refused - largest > 1 + largest / 50 {
        let middle = largest.midpoint(refused);
        if accepted(middle) {
            largest = middle;
        } else {
            refused = middle;
        }
    }
    largest
}

/// The time that processors gave to this process, in ms.
fn processor_time() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let ticks = fields.split_whitespace().skip(11).take(2);
    ticks.map(|ticks| ticks.parse::<u64>().unwrap()).sum::<u64>() * 10
}

/// The most memory that this process had at once, in MiB.
fn most_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap() / 1024
}
