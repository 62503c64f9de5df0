//! Connections that read, each used by one query at a time, on threads where blocking harms nobody.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use leadhook_store::{Error, ErrorKind};
use rusqlite::Connection;
use tokio::sync::Semaphore;

use crate::{
    connection,
    error::{closed, sqlite},
    scan::Abandoned,
};

/// Queries of a few rows by key that run at the same time.
const LOOKUPS: usize = 4;
/// Queries that may go through a whole table. They have slots of their own, so that calls never wait for a list.
const SCANS: usize = 2;

/// Rows by key that are so few that they are read where they are asked for.
pub(crate) const FEW: usize = 32;

/// A pool of readers. Connections are opened as they are needed.
#[derive(Clone, Debug)]
pub(crate) struct Readers {
    dir: PathBuf,
    lookups: Arc<Semaphore>,
    scans: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Readers {
    pub(crate) fn new(dir: PathBuf) -> Readers {
        Readers {
            dir,
            lookups: Arc::new(Semaphore::new(LOOKUPS)),
            scans: Arc::new(Semaphore::new(SCANS)),
            idle: Arc::default(),
        }
    }

    /// Carries out a query of a few rows, which sees one state of the data from its first statement to its last.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.run(&self.lookups, query).await
    }

    /// The same for a query of so few rows that to hand it to another thread would take longer than to carry it out. It blocks its caller, for as
    /// long as the disk takes where a page is not in memory.
    pub(crate) async fn peek<T>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let _slot = self.lookups.acquire().await.map_err(|_| closed())?;
        let answer = catch_unwind(AssertUnwindSafe(|| self.answer(query)));
        answer.unwrap_or_else(|_| Err(panicked()))
    }

    /// The same for a query that may go through a whole table, and is told when nobody waits for it any more.
    pub(crate) async fn scan<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection, &Abandoned) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let abandoned = Abandoned::default();
        let _waiting = abandoned.when_dropped();
        let query = move |connection: &_| query(connection, &abandoned);
        self.run(&self.scans, query).await
    }

    async fn run<T: Send + 'static>(
        &self,
        slots: &Arc<Semaphore>,
        query: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let slot = Arc::clone(slots)
            .acquire_owned()
            .await
            .map_err(|_| closed())?;
        let readers = self.clone();
        let task = tokio::task::spawn_blocking(move || {
            let _slot = slot;
            readers.answer(query)
        });
        task.await.unwrap_or_else(|error| {
            Err(if error.is_panic() {
                panicked()
            } else {
                closed()
            })
        })
    }

    fn answer<T>(&self, query: impl FnOnce(&Connection) -> Result<T, Error>) -> Result<T, Error> {
        let connection = match self.take() {
            Some(connection) => connection,
            None => connection::reader(&self.dir)?,
        };
        let answer = at_one_state(&connection, query);
        // One that could not end its transaction is no use to the next query.
        if connection.is_autocommit() {
            self.put(connection);
        }
        answer
    }

    fn take(&self) -> Option<Connection> {
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop()
    }

    fn put(&self, connection: Connection) {
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(connection);
    }
}

fn panicked() -> Error {
    Error::new(ErrorKind::Other, "a query failed within leadhook")
}

fn at_one_state<T>(
    connection: &Connection,
    query: impl FnOnce(&Connection) -> Result<T, Error>,
) -> Result<T, Error> {
    let execute = |sql: &str| {
        connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute([]))
            .map_err(sqlite)
    };
    execute("BEGIN")?;
    let answer = query(connection);
    execute("COMMIT")?;
    answer
}

#[cfg(test)]
mod tests;
