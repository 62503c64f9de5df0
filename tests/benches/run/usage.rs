//! What a process takes of the machine, as Linux tells it under `/proc`.

use std::fs;
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
