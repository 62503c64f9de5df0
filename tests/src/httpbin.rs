//! httpbin under gunicorn: a third party's idea of HTTP.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use tempfile::NamedTempFile;

use crate::process;

/// What gunicorn says when it answers.
const LISTENING: &str = "Listening at: ";
const PATIENCE: Duration = Duration::from_secs(60);

/// The one that runs, if one does.
static RUNNING: Mutex<Weak<Httpbin>> = Mutex::new(Weak::new());

/// A running httpbin, shared by the tests that need one at the same time; it ends with the last of them.
#[derive(Debug)]
pub struct Httpbin {
    gunicorn: Child,
    url: String,
    log: NamedTempFile,
}

impl Httpbin {
    /// The one that runs, or a new one.
    ///
    /// # Panics
    ///
    /// Where it does not start; the message has its log.
    #[must_use]
    pub fn shared() -> Arc<Self> {
        // A start that panicked leaves nothing behind that the next could stumble over.
        let mut running = RUNNING
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(httpbin) = running.upgrade() {
            return httpbin;
        }
        let httpbin = Arc::new(Self::start());
        *running = Arc::downgrade(&httpbin);
        httpbin
    }

    /// A URL there: `httpbin.url("/status/404")`.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    fn start() -> Self {
        let log = NamedTempFile::new().expect("a temporary file");
        let mut command = Command::new(process::environment("LEADHOOK_PYTHON"));
        command.args([
            "-m",
            "gunicorn",
            "--bind",
            "127.0.0.1:0",
            "--worker-class",
            "gthread",
            "--threads",
            "16",
        ]);
        // Long enough that no request of ours is cut; short enough that stopping it does not take long.
        command.args([
            "--no-control-socket",
            "--graceful-timeout",
            "1",
            "--keep-alive",
            "30",
            "httpbin:app",
        ]);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log.reopen().expect("it is open"));
        let gunicorn = command
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
        let mut httpbin = Self {
            gunicorn,
            url: String::new(),
            log,
        };
        httpbin.url = httpbin.listening();
        httpbin
    }

    /// Waits for the line with its address.
    fn listening(&mut self) -> String {
        let started = Instant::now();
        loop {
            let log = fs::read_to_string(self.log.path()).expect("the log can be read");
            if let Some((_, rest)) = log.split_once(LISTENING)
                && let Some((url, _)) = rest.split_once(" (")
            {
                return url.to_owned();
            }
            let ended = self
                .gunicorn
                .try_wait()
                .expect("it can be waited for")
                .is_some();
            assert!(
                !ended && started.elapsed() < PATIENCE,
                "httpbin does not start:\n{log}"
            );
            // A file cannot be waited for.
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Httpbin {
    fn drop(&mut self) {
        // It may have ended by itself; its workers end with it.
        let _ = Command::new("kill")
            .args(["-TERM", &self.gunicorn.id().to_string()])
            .status();
        let _ = self.gunicorn.wait();
    }
}
