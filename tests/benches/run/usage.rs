//! What a process takes of the machine, as Linux tells it under `/proc`.

use std::fs;
use std::thread;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Processor time of a process so far, in user and kernel mode, of all its threads. In steps of 10 ms on most machines.
pub(crate) fn processor_time(process: u32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).expect("the process runs");
    // The second field is a name in parentheses and may hold anything; utime and stime are the 14th and the 15th.
    let (_, fields) = stat.rsplit_once(')').expect("a name in parentheses");
    let ticks: u64 = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(|ticks| ticks.parse::<u64>().expect("a number of ticks"))
        .sum();
    Duration::from_secs_f64(ticks as f64 / rustix::param::clock_ticks_per_second() as f64)
}

/// Memory of a process in KiB.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    pub(crate) resident: u64,
    /// The most that was ever resident.
    pub(crate) peak: u64,
}

impl Memory {
    pub(crate) fn of(process: u32) -> Memory {
        let status =
            fs::read_to_string(format!("/proc/{process}/status")).expect("the process runs");
        let line = |name: &str| {
            let rest = status.lines().find_map(|line| line.strip_prefix(name));
            let digits = rest.and_then(|rest| rest.split_whitespace().next());
            digits.and_then(|digits| digits.parse().ok()).expect(name)
        };
        Memory {
            resident: line("VmRSS:"),
            peak: line("VmHWM:"),
        }
    }
}

/// Raises the soft limit of open descriptors to the hard one, for this process and those that it starts.
pub(crate) fn raise_descriptor_limit() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    setrlimit(Resource::Nofile, raised).expect("a soft limit may be as high as the hard one");
}

/// How long [`busy`] looks.
const LOOK: Duration = Duration::from_millis(500);

/// Share of the processors that is taken now, in per cent. The bench does nothing meanwhile: it is what others take.
pub(crate) fn busy() -> f64 {
    let (all, idle) = processor_ticks();
    thread::sleep(LOOK);
    let (all_since, idle_since) = processor_ticks();
    let (all, idle) = (all_since - all, idle_since - idle);
    100.0 * (1.0 - idle as f64 / all.max(1) as f64)
}

/// Of all processors since the machine was started: all ticks, and those in which one was idle.
fn processor_ticks() -> (u64, u64) {
    let stat = fs::read_to_string("/proc/stat").expect("Linux tells what its processors did");
    let line = stat.lines().next().unwrap_or_default();
    // "cpu user nice system idle iowait irq softirq steal guest guest_nice": guests are counted as users, too.
    let ticks = line.split_whitespace().skip(1).take(8);
    let ticks: Vec<u64> = ticks
        .map(|ticks| ticks.parse().expect("a number of ticks"))
        .collect();
    (ticks.iter().sum(), ticks[3] + ticks[4])
}
