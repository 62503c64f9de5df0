//! Other programs: what the environment says about them, and running one to its end.

use std::ffi::OsString;
use std::process::{Command, Output};

/// What `cargo xtask integration` puts into the environment: `LEADHOOK_PYTHON`, `LEADHOOK_NODE`.
///
/// # Panics
///
/// Where it is not there: the test cannot say anything then.
#[must_use]
pub fn environment(variable: &str) -> OsString {
    std::env::var_os(variable).unwrap_or_else(|| {
        panic!("{variable} is not set: run this test with `cargo xtask integration`")
    })
}

/// Runs a program to its end and gives its standard output.
///
/// # Panics
///
/// Where it cannot be started or does not succeed; the message has all that it wrote.
pub fn run(command: &mut Command) -> String {
    let Output {
        status,
        stdout,
        stderr,
    } = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    let stdout = String::from_utf8_lossy(&stdout).into_owned();
    assert!(
        status.success(),
        "{command:?}: {status}\n{stdout}\n{}",
        String::from_utf8_lossy(&stderr)
    );
    stdout
}

/// Asks a process to end, as a service manager would.
///
/// # Panics
///
/// Where there is no such process.
pub(crate) fn terminate(process: u32) {
    run(Command::new("kill").args(["-TERM", &process.to_string()]));
}
