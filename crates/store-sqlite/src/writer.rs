//! The thread that writes.
//!
//! It takes all that waits, begins one transaction, carries each piece of work out within a savepoint of its own, commits, and only then
//! answers. So what waits while a commit is under way shares the next one, and nothing waits when the disk is idle. A piece that fails
//! takes back its own changes alone; a commit that fails takes back all of it, and everyone is told.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, OnceLock},
    thread::JoinHandle,
    time::Duration,
};

use leadhook_store::{CallId, Error, ErrorKind, Reactions};
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot, watch};

use crate::{
    call_times::CallTimes,
    claims::{Claims, News},
    connection,
    error::{closed, sqlite},
    kinds::KindCache,
    last_ids::LastIds,
    lookup::LookupFields,
    run_progress::Runs,
};

/// Pieces of work that may wait.
const QUEUE: usize = 1_024;
/// Rows after which a commit is not put off for what else waits: four full batches.
const MAX_ROWS: usize = 4_000;
/// How long a checkpoint after an erasure waits for readers; one that gives up is made up for by the next write.
const PATIENCE: Duration = Duration::from_millis(100);

/// What a piece of work finds: the transaction, and what is remembered of the tables.
pub(crate) struct Write<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) memory: &'a mut Memory,
    /// The last call recorded, this transaction's included: who watches calls learns of it once it is durable.
    pub(crate) last_call: &'a mut CallId,
    /// Whether something was erased, which the write-ahead log must not keep.
    pub(crate) has_erased: &'a mut bool,
    /// What is to be done about things that happen to leads.
    pub(crate) reactions: Option<&'a dyn Reactions>,
    /// What became of entries and calls that wait: told once it is durable.
    pub(crate) waiting: &'a mut News,
}

/// How far a transaction was before a piece of work.
#[derive(Clone, Copy)]
struct Before {
    last_call: CallId,
    freed: usize,
    placed: usize,
}

impl Write<'_> {
    fn before(&self) -> Before {
        Before {
            last_call: *self.last_call,
            freed: self.waiting.freed.len(),
            placed: self.waiting.placed.len(),
        }
    }

    /// What was done since is taken back: it is forgotten, too.
    fn forget_since(&mut self, before: Before) {
        *self.last_call = before.last_call;
        self.waiting.freed.truncate(before.freed);
        self.waiting.placed.truncate(before.placed);
        *self.memory = Memory::default();
    }
}

/// What the writer remembers of the tables, so that it need not read it again. Forgotten when anything is taken back.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(crate) kinds: KindCache,
    pub(crate) lookups: LookupFields,
    pub(crate) last_ids: LastIds,
    pub(crate) call_times: CallTimes,
    pub(crate) runs: Runs,
}

/// Whom the thread asks and tells.
#[derive(Debug)]
pub(crate) struct Links {
    /// Asked what is to be done about things that happen to leads.
    pub(crate) reactions: Arc<OnceLock<Arc<dyn Reactions>>>,
    /// Told of the last call that is durable.
    pub(crate) last_call: watch::Sender<CallId>,
    /// Told that there may be something to claim.
    pub(crate) waiting_changed: watch::Sender<u64>,
    /// Told of what may be claimed.
    pub(crate) claims: Arc<Claims>,
}

impl Links {
    /// A commit is durable.
    fn tell(&self, last_call: CallId, news: &mut News) {
        self.last_call
            .send_if_modified(|last| std::mem::replace(last, last_call) != last_call);
        self.claims.learn(news);
        // Not before they are free: who claims at once must find them.
        if news.is_due() {
            self.waiting_changed.send_modify(|commits| *commits += 1);
        }
        news.freed.clear();
        news.placed.clear();
    }
}

/// Where work is handed in.
#[derive(Debug)]
pub(crate) struct Writer {
    queue: Option<mpsc::Sender<Box<dyn Work>>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread.
    pub(crate) fn start(connection: Connection, links: Links) -> Result<Writer, Error> {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("leadhook-writer".to_owned())
            .spawn(move || run(&connection, waiting, &links))
            .map_err(|error| {
                Error::new(
                    ErrorKind::Other,
                    format!("no thread to write with: {error}"),
                )
            })?;
        Ok(Writer {
            queue: Some(queue),
            thread: Some(thread),
        })
    }

    /// Carries out a piece of work on so many rows and answers when it is durable. Once handed over it is carried out even when nobody
    /// waits any more.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        rows: usize,
        work: impl FnOnce(&mut Write<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (answer, answered) = oneshot::channel();
        let piece = Piece {
            rows,
            state: State::Waiting(work),
            answer: Some(answer),
        };
        let queue = self.queue.as_ref().ok_or_else(closed)?;
        queue.send(Box::new(piece)).await.map_err(|_| closed())?;
        answered.await.unwrap_or_else(|_| Err(closed()))
    }
}

/// What was handed over is carried out before the thread ends.
impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A piece of work without its type.
trait Work: Send {
    /// How many rows it writes, about.
    fn rows(&self) -> usize;
    /// Carries it out; whether it is to be kept.
    fn carry_out(&mut self, write: &mut Write<'_>) -> bool;
    /// Answers, after the commit.
    fn answer(self: Box<Self>, committed: Result<(), &Error>);
}

struct Piece<F, T> {
    rows: usize,
    state: State<F, T>,
    answer: Option<oneshot::Sender<Result<T, Error>>>,
}

enum State<F, T> {
    Waiting(F),
    Done(Result<T, Error>),
    Taken,
}

impl<F, T> Work for Piece<F, T>
where
    F: FnOnce(&mut Write<'_>) -> Result<T, Error> + Send,
    T: Send,
{
    fn rows(&self) -> usize {
        self.rows
    }

    fn carry_out(&mut self, write: &mut Write<'_>) -> bool {
        let State::Waiting(work) = std::mem::replace(&mut self.state, State::Taken) else {
            return false;
        };
        let result = catch_unwind(AssertUnwindSafe(|| work(write)))
            .unwrap_or_else(|panic| Err(panicked(panic.as_ref())));
        let is_kept = result.is_ok();
        self.state = State::Done(result);
        is_kept
    }

    fn answer(mut self: Box<Self>, committed: Result<(), &Error>) {
        let result = match (std::mem::replace(&mut self.state, State::Taken), committed) {
            (State::Done(Ok(_)) | State::Waiting(_) | State::Taken, Err(error)) => {
                Err(Error::new(error.kind(), error.to_string()))
            }
            (State::Done(result), _) => result,
            (State::Waiting(_) | State::Taken, Ok(())) => Err(closed()),
        };
        if let Some(answer) = self.answer.take() {
            let _ = answer.send(result);
        }
    }
}

/// An invariant of this crate was broken: the write is taken back, the store goes on.
fn panicked(panic: &(dyn Any + Send)) -> Error {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    Error::new(
        ErrorKind::Invalid,
        format!("a write failed within leadhook: {text}"),
    )
}

fn run(connection: &Connection, mut waiting: mpsc::Receiver<Box<dyn Work>>, links: &Links) {
    let mut memory = Memory::default();
    let mut has_erased = false;
    let mut news = News::default();
    let mut group = Vec::new();
    while let Some(first) = waiting.blocking_recv() {
        let mut rows = first.rows();
        group.push(first);
        while rows < MAX_ROWS
            && let Ok(next) = waiting.try_recv()
        {
            rows += next.rows();
            group.push(next);
        }
        let mut last_call = *links.last_call.borrow();
        let mut write = Write {
            connection,
            memory: &mut memory,
            last_call: &mut last_call,
            has_erased: &mut has_erased,
            reactions: links.reactions.get().map(|reactions| &**reactions),
            waiting: &mut news,
        };
        let committed = commit(&mut write, &mut group);
        match committed {
            Ok(()) => links.tell(last_call, &mut news),
            Err(_) => {
                // Whatever still stands of it is taken back; what was remembered of it is forgotten.
                let _ = connection.execute_batch("ROLLBACK");
                memory = Memory::default();
                news = News::default();
            }
        }
        for piece in group.drain(..) {
            piece.answer(committed.as_ref().copied());
        }
        if has_erased {
            has_erased = !connection::empty_log(connection, PATIENCE);
        }
    }
    // Nobody reads any more; if somebody does, the next start makes up for it.
    connection::empty_log(connection, PATIENCE);
}

fn commit(write: &mut Write<'_>, group: &mut [Box<dyn Work>]) -> Result<(), Error> {
    let connection = write.connection;
    let execute = |sql: &str| {
        connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute([]))
            .map(|_| ())
            .map_err(sqlite)
    };
    execute("BEGIN IMMEDIATE")?;
    if let [piece] = group {
        let before = write.before();
        // Alone it needs no savepoint, which would have every page that it changes copied first.
        let is_kept = piece.carry_out(write);
        if connection.is_autocommit() {
            return Err(taken_back());
        }
        if is_kept {
            return execute("COMMIT");
        }
        write.forget_since(before);
        return execute("ROLLBACK");
    }
    for piece in group {
        execute("SAVEPOINT piece")?;
        let before = write.before();
        let is_kept = piece.carry_out(write);
        if connection.is_autocommit() {
            return Err(taken_back());
        }
        if !is_kept {
            execute("ROLLBACK TO piece")?;
            write.forget_since(before);
        }
        execute("RELEASE piece")?;
    }
    execute("COMMIT")
}

/// Some failures of the disk make SQLite take the whole transaction back.
fn taken_back() -> Error {
    Error::new(
        ErrorKind::Unwritable,
        "the database cannot be written, so the commit was taken back; nothing of this was kept: make room, then try again",
    )
}

#[cfg(test)]
mod tests;
