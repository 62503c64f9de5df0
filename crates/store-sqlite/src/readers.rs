//! Connections that read, each used by one query at a time, on threads where blocking harms nobody.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use leadhook_store::Error;
use rusqlite::Connection;
use tokio::sync::Semaphore;

use crate::{
    connection,
    error::{closed, sqlite},
};

/// Queries that read at the same time.
const READERS: usize = 4;

/// A pool of readers. Connections are opened as they are needed.
#[derive(Clone, Debug)]
pub(crate) struct Readers {
    dir: PathBuf,
    slots: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Readers {
    pub(crate) fn new(dir: PathBuf) -> Readers {
        Readers {
            dir,
            slots: Arc::new(Semaphore::new(READERS)),
            idle: Arc::default(),
        }
    }

    /// Carries out a query, which sees one state of the data from its first statement to its last.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let slot = Arc::clone(&self.slots)
            .acquire_owned()
            .await
            .map_err(|_| closed())?;
        let readers = self.clone();
        let task = tokio::task::spawn_blocking(move || {
            let _slot = slot;
            let connection = match readers.take() {
                Some(connection) => connection,
                None => connection::reader(&readers.dir)?,
            };
            let answer = {
                let transaction = connection.unchecked_transaction().map_err(sqlite)?;
                query(&transaction)
            };
            readers.put(connection);
            answer
        });
        task.await.map_err(|_| closed())?
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
