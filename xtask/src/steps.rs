//! What a command of many steps prints: each step's name, how long it took, what was skipped and why.

use std::time::Instant;

use crate::Result;

/// The steps so far. The first that fails ends the command.
#[derive(Debug)]
pub(crate) struct Steps {
    ci: bool,
    started: Instant,
    lines: Vec<String>,
}

impl Steps {
    pub(crate) fn new(ci: bool) -> Self {
        Self {
            ci,
            started: Instant::now(),
            lines: Vec::new(),
        }
    }

    /// Carries a step out.
    pub(crate) fn run(&mut self, name: &str, step: impl FnOnce() -> Result) -> Result {
        println!("\n==> {name}");
        let started = Instant::now();
        let outcome = step();
        let seconds = started.elapsed().as_secs_f64();
        self.lines.push(match &outcome {
            Ok(()) => format!("{seconds:8.1} s  {name}"),
            Err(_) => format!("{seconds:8.1} s  {name}: FAILED"),
        });
        outcome.map_err(|error| {
            self.print();
            format!("{name}: {error}").into()
        })
    }

    /// Leaves something out, unless this is CI: what is missing there is a failure.
    pub(crate) fn skip(&mut self, name: &str, reason: &str) -> Result {
        if self.ci {
            return self.run(name, || {
                Err(format!("CI=true skips nothing, and {reason}").into())
            });
        }
        println!("\n==> {name}: skipped, {reason}");
        self.lines.push(format!("   skipped  {name}: {reason}"));
        Ok(())
    }

    /// Prints the steps and their durations.
    pub(crate) fn print(&self) {
        println!("\n{}", self.lines.join("\n"));
        println!("{:8.1} s  in all", self.started.elapsed().as_secs_f64());
    }
}
