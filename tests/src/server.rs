//! The server under test: the real binary with a data directory of its own.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use leadhook_proto::v1::call_service_client::CallServiceClient;
use leadhook_proto::v1::campaign_service_client::CampaignServiceClient;
use leadhook_proto::v1::lead_service_client::LeadServiceClient;
use leadhook_proto::v1::program_service_client::ProgramServiceClient;
use leadhook_proto::v1::webhook_service_client::WebhookServiceClient;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tonic::transport::{Channel, Endpoint};

use crate::process;

mod campaigns;
mod history;
mod shortcuts;

/// How long starting and stopping may take: far more than it should, so that only a hang ends here.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a server says when it answers.
const LISTENING: &str = "leadhook listening on ";

/// Flags and environment of a server that is still to be started.
#[derive(Debug)]
pub struct Options {
    flags: Vec<OsString>,
    variables: Vec<(OsString, OsString)>,
    allow_loopback: bool,
    open_files: Option<u32>,
}

impl Options {
    /// No more open files than this, as `ulimit -n` sets it for good.
    #[must_use]
    pub fn open_files(mut self, limit: u32) -> Self {
        self.open_files = Some(limit);
        self
    }

    /// One more flag with its value: `.flag("--time-zone", "Europe/Berlin")`.
    #[must_use]
    pub fn flag(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.flags.extend([name.into(), value.into()]);
        self
    }

    /// One more environment variable.
    #[must_use]
    pub fn variable(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// Without `--allow-address 127.0.0.0/8`: every target of a test is guarded then.
    #[must_use]
    pub fn guarded(mut self) -> Self {
        self.allow_loopback = false;
        self
    }

    /// Starts it on a new data directory.
    ///
    /// # Panics
    ///
    /// Where it does not start; the message has its standard error.
    pub async fn start(self) -> Server {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let data = folder.path().to_owned();
        Stopped {
            data,
            _folder: Some(folder),
            options: self,
        }
        .restart()
        .await
    }

    /// Starts it on this data directory, which need not be there yet and stays when the server is gone.
    ///
    /// # Panics
    ///
    /// Where it does not start; the message has its standard error.
    pub async fn start_on(self, data: &Path) -> Server {
        Stopped {
            data: data.to_owned(),
            _folder: None,
            options: self,
        }
        .restart()
        .await
    }

    /// Starts it on a directory where it should refuse to start, and gives its exit status and standard error.
    ///
    /// # Panics
    ///
    /// Where it starts all the same, and runs on.
    pub async fn refused(&self, data: &Path) -> (ExitStatus, String) {
        let child = self
            .command(data)
            .spawn()
            .expect("the server's binary starts");
        let output = tokio::time::timeout(PATIENCE, child.wait_with_output()).await;
        let output = output
            .expect("it should refuse to start")
            .expect("it can be waited for");
        (
            output.status,
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    }

    fn command(&self, data: &Path) -> Command {
        let mut command = match self.open_files {
            None => Command::new(binary()),
            Some(limit) => {
                let mut shell = Command::new("sh");
                shell
                    .arg("-c")
                    .arg(format!("ulimit -n {limit} && exec \"$0\" \"$@\""))
                    .arg(binary());
                shell
            }
        };
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(data);
        if self.allow_loopback {
            command.args(["--allow-address", "127.0.0.0/8"]);
        }
        command
            .args(&self.flags)
            .envs(self.variables.iter().cloned());
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }
}

/// A running server. It is killed when this is dropped; its standard error is shown when the test fails.
#[derive(Debug)]
pub struct Server {
    child: Child,
    address: String,
    channel: Channel,
    log: Arc<Mutex<Vec<u8>>>,
    stopped: Option<Stopped>,
}

impl Server {
    /// Starts a server that may call loopback addresses, and is otherwise as it comes.
    pub async fn start() -> Self {
        Self::options().start().await
    }

    /// A server with more flags: `Server::options().flag("--time-zone", "Asia/Tokyo").start().await`.
    #[must_use]
    pub fn options() -> Options {
        Options {
            flags: Vec::new(),
            variables: Vec::new(),
            allow_loopback: true,
            open_files: None,
        }
    }

    /// Where it listens: "127.0.0.1:41234".
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Its process id.
    ///
    /// # Panics
    ///
    /// After it has ended.
    #[must_use]
    pub fn process(&self) -> u32 {
        self.child.id().expect("the server runs")
    }

    /// The most memory that it had so far, in MiB; none where the system does not tell.
    ///
    /// # Panics
    ///
    /// After it has ended.
    #[must_use]
    pub fn peak_memory(&self) -> Option<u64> {
        let status = format!("/proc/{}/status", self.process());
        let status = std::fs::read_to_string(status).ok()?;
        let mut lines = status.lines();
        let peak = lines.find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kibibytes: u64 = peak.trim().strip_suffix("kB")?.trim().parse().ok()?;
        Some(kibibytes / 1_024)
    }

    /// Its data directory.
    ///
    /// # Panics
    ///
    /// Never: it has one until it is stopped, which consumes it.
    #[must_use]
    pub fn data(&self) -> &Path {
        self.stopped
            .as_ref()
            .expect("a server has a data directory until it is stopped")
            .data()
    }

    /// What it wrote to standard error so far.
    ///
    /// # Panics
    ///
    /// Where reading it panicked.
    #[must_use]
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&self.log.lock().expect("nobody panics with it")).into_owned()
    }

    /// The connection that all clients share.
    #[must_use]
    pub fn channel(&self) -> Channel {
        self.channel.clone()
    }

    /// A client of WebhookService.
    #[must_use]
    pub fn webhooks(&self) -> WebhookServiceClient<Channel> {
        WebhookServiceClient::new(self.channel())
    }

    /// A client of LeadService.
    #[must_use]
    pub fn leads(&self) -> LeadServiceClient<Channel> {
        LeadServiceClient::new(self.channel())
    }

    /// A client of CallService.
    #[must_use]
    pub fn calls(&self) -> CallServiceClient<Channel> {
        CallServiceClient::new(self.channel())
    }

    /// A client of ProgramService.
    #[must_use]
    pub fn programs(&self) -> ProgramServiceClient<Channel> {
        ProgramServiceClient::new(self.channel())
    }

    /// A client of CampaignService.
    #[must_use]
    pub fn campaigns(&self) -> CampaignServiceClient<Channel> {
        CampaignServiceClient::new(self.channel())
    }

    /// Ends it at once, as a power cut would as far as a process can tell: SIGKILL.
    ///
    /// # Panics
    ///
    /// Where it cannot be killed.
    pub async fn kill(mut self) -> Stopped {
        self.child.kill().await.expect("the server can be killed");
        self.stopped.take().expect("a server is stopped once")
    }

    /// Asks it to end, SIGTERM, and waits until it has: its exit status, and what is left of it.
    ///
    /// # Panics
    ///
    /// Where it does not end.
    pub async fn stop(mut self) -> (ExitStatus, Stopped) {
        process::terminate(self.process());
        let status = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        let status = status
            .expect("SIGTERM ends the server")
            .expect("it can be waited for");
        (
            status,
            self.stopped.take().expect("a server is stopped once"),
        )
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // Within a test's own output, which libtest shows for failed tests only.
            #[expect(clippy::print_stderr, reason = "shown with the failed test")]
            {
                eprintln!("--- standard error of the server ---\n{}---", self.log());
            }
        }
    }
}

/// A server that has ended, and its data directory.
#[derive(Debug)]
pub struct Stopped {
    data: PathBuf,
    /// Removes a directory that we made when this is dropped.
    _folder: Option<TempDir>,
    options: Options,
}

impl Stopped {
    /// Starts a server on the same data directory with the same flags.
    ///
    /// # Panics
    ///
    /// Where it does not start; the message has its standard error.
    pub async fn restart(self) -> Server {
        let mut child = self
            .options
            .command(&self.data)
            .spawn()
            .unwrap_or_else(|error| {
                panic!(
                    "{} does not start: {error}; `cargo xtask integration` builds it",
                    binary().display()
                )
            });
        let log = keep_log(&mut child);
        let mut stdout = BufReader::new(child.stdout.take().expect("standard output is piped"));
        let listening = tokio::time::timeout(PATIENCE, listening(&mut stdout)).await;
        let Ok(Some(address)) = listening else {
            let log = log.lock().expect("nobody panics with it");
            panic!(
                "the server did not say that it listens; standard error:\n{}",
                String::from_utf8_lossy(&log)
            )
        };
        // Whatever else it prints is read, so that it never waits for a full pipe.
        tokio::spawn(async move { tokio::io::copy(&mut stdout, &mut tokio::io::sink()).await });
        let channel = Endpoint::from_shared(format!("http://{address}"))
            .expect("an address")
            .connect_lazy();
        Server {
            child,
            address,
            channel,
            log,
            stopped: Some(self),
        }
    }

    /// The data directory.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }
}

/// The program under test: `LEADHOOK_BIN`, else `leadhook` beside the test's own folder.
///
/// # Panics
/// When the test's own executable is not where cargo puts it.
#[must_use]
pub fn binary() -> PathBuf {
    if let Some(path) = std::env::var_os("LEADHOOK_BIN") {
        return path.into();
    }
    // target/debug/deps/blackbox-0123 -> target/debug/leadhook
    let own = std::env::current_exe().expect("a running program has a path");
    let folder = own
        .ancestors()
        .nth(2)
        .expect("a test's executable is in target/PROFILE/deps");
    folder.join(format!("leadhook{}", std::env::consts::EXE_SUFFIX))
}

fn keep_log(child: &mut Child) -> Arc<Mutex<Vec<u8>>> {
    let log = Arc::new(Mutex::new(Vec::new()));
    let mut stderr = child.stderr.take().expect("standard error is piped");
    let kept = Arc::clone(&log);
    tokio::spawn(async move {
        let mut chunk = [0; 4096];
        while let Ok(read @ 1..) = stderr.read(&mut chunk).await {
            kept.lock()
                .expect("nobody panics with it")
                .extend_from_slice(&chunk[..read]);
        }
    });
    log
}

async fn listening(stdout: &mut BufReader<ChildStdout>) -> Option<String> {
    let mut line = String::new();
    while stdout.read_line(&mut line).await.is_ok_and(|read| read > 0) {
        if let Some(address) = line.trim_end().strip_prefix(LISTENING) {
            return Some(address.to_owned());
        }
        line.clear();
    }
    None
}
