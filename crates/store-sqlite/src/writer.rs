//! The thread that writes.
//!
//! It takes all that waits, begins one transaction, carries each piece of work out within a savepoint of its own, commits, and only then
//! answers. So what waits while a commit is under way shares the next one, and nothing waits when the disk is idle. A piece that fails
//! takes back its own changes alone; a commit that fails takes back all of it, and everyone is told.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    thread::JoinHandle,
};

use leadhook_store::{CallId, Error, ErrorKind};
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot, watch};

use crate::{
    error::{closed, sqlite},
    kinds::KindCache,
    lookup::LookupFields,
};

/// Pieces of work that may wait.
const QUEUE: usize = 1_024;
/// Pieces that share a commit at most.
const MAX_GROUP: usize = 1_024;

/// What a piece of work finds: the transaction, and what is remembered of the tables.
pub(crate) struct Write<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) kinds: &'a mut KindCache,
    pub(crate) lookups: &'a mut LookupFields,
    /// The last call of the transaction: who watches calls learns of it once it is durable.
    pub(crate) last_call: &'a mut Option<CallId>,
}

/// Where work is handed in.
#[derive(Debug)]
pub(crate) struct Writer {
    queue: Option<mpsc::Sender<Box<dyn Work>>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread.
    pub(crate) fn start(
        connection: Connection,
        last_call: watch::Sender<CallId>,
    ) -> Result<Writer, Error> {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("leadhook-writer".to_owned())
            .spawn(move || run(&connection, waiting, &last_call))
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

    /// Carries out a piece of work and answers when it is durable. Once handed over it is carried out even when nobody waits any more.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Write<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (answer, answered) = oneshot::channel();
        let piece = Piece {
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
    /// Carries it out; whether it is to be kept.
    fn carry_out(&mut self, write: &mut Write<'_>) -> bool;
    /// Answers, after the commit.
    fn answer(self: Box<Self>, committed: Result<(), &Error>);
}

struct Piece<F, T> {
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
        ErrorKind::Other,
        format!("a write failed within leadhook: {text}"),
    )
}

fn run(
    connection: &Connection,
    mut waiting: mpsc::Receiver<Box<dyn Work>>,
    last_call: &watch::Sender<CallId>,
) {
    let (mut kinds, mut lookups) = (KindCache::default(), LookupFields::default());
    let mut group = Vec::new();
    while waiting.blocking_recv_many(&mut group, MAX_GROUP) > 0 {
        let mut last = None;
        let mut write = Write {
            connection,
            kinds: &mut kinds,
            lookups: &mut lookups,
            last_call: &mut last,
        };
        let committed = commit(&mut write, &mut group);
        if committed.is_err() {
            // Whatever still stands of it is taken back; what was remembered of it is forgotten.
            let _ = connection.execute_batch("ROLLBACK");
            kinds = KindCache::default();
            lookups = LookupFields::default();
        }
        if let (Ok(()), Some(last)) = (&committed, last) {
            last_call.send_replace(last);
        }
        for piece in group.drain(..) {
            piece.answer(committed.as_ref().copied());
        }
    }
}

fn commit(write: &mut Write<'_>, group: &mut [Box<dyn Work>]) -> Result<(), Error> {
    let connection = write.connection;
    let execute = |sql: &str| {
        connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute([]))
            .map_err(sqlite)
    };
    execute("BEGIN IMMEDIATE")?;
    for piece in group {
        execute("SAVEPOINT piece")?;
        if !piece.carry_out(write) {
            execute("ROLLBACK TO piece")?;
            *write.kinds = KindCache::default();
            *write.lookups = LookupFields::default();
        }
        execute("RELEASE piece")?;
    }
    execute("COMMIT")?;
    Ok(())
}
