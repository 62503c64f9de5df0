//! Open files: every call in flight has a connection, and the system says how many a process may have.

use std::num::NonZero;

/// What is left to everything but calls: the store's files, the listener and the connections of clients. Where fewer than twice as many may be
/// opened in all, it is half of them.
const RESERVE: u64 = 512;

/// Raises the limit of open files as far as so many calls need it, and lowers the calls, with a warning, where it does not suffice.
pub(crate) fn calls_that_fit(wanted: NonZero<u32>) -> NonZero<u32> {
    let Some(files) = raise(u64::from(wanted.get()) + RESERVE) else {
        return wanted;
    };
    let fitting = fitting(wanted, files);
    if fitting < wanted {
        tracing::warn!(
            "{wanted} calls in flight are wanted, but {files} open files allow {fitting}, and so many it is; raise the limit with `ulimit -n` or \
             LimitNOFILE= of systemd, or set --max-in-flight"
        );
    }
    fitting
}

fn fitting(wanted: NonZero<u32>, files: u64) -> NonZero<u32> {
    let left = files - RESERVE.min(files / 2);
    let left = u32::try_from(left).unwrap_or(u32::MAX);
    NonZero::new(left).map_or(NonZero::<u32>::MIN, |left| wanted.min(left))
}

/// Raises the soft limit to what is needed or the hard one allows; what it is then, none for no limit.
#[cfg(unix)]
fn raise(needed: u64) -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let limit = getrlimit(Resource::Nofile);
    let soft = limit.current?;
    let raised = limit.maximum.map_or(needed, |hard| hard.min(needed));
    if raised <= soft {
        return Some(soft);
    }
    let new = Rlimit {
        current: Some(raised),
        maximum: limit.maximum,
    };
    match setrlimit(Resource::Nofile, new) {
        Ok(()) => Some(raised),
        // Some systems allow less than they say.
        Err(_) => Some(soft),
    }
}

/// Handles of other systems have no limit that matters.
#[cfg(not(unix))]
fn raise(_needed: u64) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_lowered_to_what_open_files_leave_and_never_to_none() {
        for (wanted, files, fitting_calls) in [
            (4_096, 1 << 20, 4_096),
            (4_096, 4_608, 4_096),
            (4_096, 4_607, 4_095),
            (4_096, 1_024, 512),
            (4_096, 600, 300),
            (16, 600, 16),
            (4_096, 1, 1),
            (4_096, 0, 1),
            (65_536, u64::MAX, 65_536),
        ] {
            let wanted = NonZero::new(wanted).unwrap();
            assert_eq!(
                fitting(wanted, files).get(),
                fitting_calls,
                "{wanted} {files}"
            );
        }
    }
}
