//! Processes of the bench itself: this executable started again, so that neither the service nor a client shares the server's process.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Another process of this executable. It is killed when this is dropped.
#[derive(Debug)]
pub(crate) struct Helper {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Helper {
    /// Starts this executable with other arguments.
    pub(crate) fn start<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Helper {
        let own = std::env::current_exe().expect("a running program has a path");
        let mut child = Command::new(own)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this executable starts once more");
        Helper {
            stdin: child.stdin.take().expect("standard input is piped"),
            stdout: BufReader::new(child.stdout.take().expect("standard output is piped")),
            child,
        }
    }

    /// The next line that it writes.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout
            .read_line(&mut line)
            .expect("its output is UTF-8");
        assert!(!line.is_empty(), "the helper ended without a word");
        line.trim_end().to_owned()
    }

    /// Tells it something.
    pub(crate) fn tell(&mut self, line: &str) {
        writeln!(self.stdin, "{line}").expect("it reads");
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
