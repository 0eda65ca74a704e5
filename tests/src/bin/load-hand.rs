//! Loads one component, and says what that took: the processor's time in ms, and the most memory of the process in
//! MiB, before and after.

use std::path::Path;

use gardefou::{Policy, Runtime, Source};

fn main() {
    let file = std::env::args_os().nth(1).expect("a component is given");
    let runtime = Runtime::new().unwrap();
    let (time, memory) = (processor_time(), most_memory());
    let loaded = Policy::load(&runtime, Source::File(Path::new(&file)));
    let outcome = match loaded {
        Ok(_) => "loads".into(),
        Err(error) => error.to_string(),
    };
    println!("{} {} {} {outcome}", processor_time() - time, memory, most_memory());
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
