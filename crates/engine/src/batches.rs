//! What many tasks have to write, written in batches: what came while one batch was being written is the next one, so the disk sets the pace
//! and nothing waits when it is idle.

use std::future::Future;

use leadhook_store::{Error, ErrorKind};
use tokio::sync::{mpsc, oneshot};

/// Rows of a batch at most.
const MAX_BATCH: usize = 1_000;
/// Rows that may wait for the batch before them; more hold what they hold, which is the backpressure from disk to sender.
const MAX_WAITING: usize = 4_096;

/// Where rows are handed in.
#[derive(Debug)]
pub(crate) struct Batches<T, R> {
    queue: mpsc::Sender<Row<T, R>>,
}

#[derive(Debug)]
struct Row<T, R> {
    row: T,
    answer: oneshot::Sender<Result<R, Error>>,
}

impl<T: Send + 'static, R: Send + 'static> Batches<T, R> {
    /// Starts the task that writes; it ends when all that hand in are dropped and the queue is empty. `write` gives a result for each row,
    /// in order, once they are durable.
    pub(crate) fn start<F>(
        what: &'static str,
        mut write: impl FnMut(Vec<T>) -> F + Send + 'static,
    ) -> Batches<T, R>
    where
        F: Future<Output = Result<Vec<R>, Error>> + Send,
    {
        let (queue, mut waiting) = mpsc::channel(MAX_WAITING);
        tokio::spawn(async move {
            let mut batch = Vec::new();
            while waiting.recv_many(&mut batch, MAX_BATCH).await > 0 {
                let (mut rows, mut answers) = (Vec::new(), Vec::new());
                for Row { row, answer } in batch.drain(..) {
                    rows.push(row);
                    answers.push(answer);
                }
                answer(what, answers, write(rows).await);
            }
        });
        Batches { queue }
    }

    /// Hands a row in; answers when it is durable.
    pub(crate) async fn record(&self, row: T) -> Result<R, Error> {
        let (answer, answered) = oneshot::channel();
        self.queue
            .send(Row { row, answer })
            .await
            .map_err(|_| closed())?;
        answered.await.unwrap_or_else(|_| Err(closed()))
    }
}

/// Who asked may be gone: its row is written all the same, so a closed answer is no error.
fn answer<R>(
    what: &str,
    answers: Vec<oneshot::Sender<Result<R, Error>>>,
    written: Result<Vec<R>, Error>,
) {
    match written {
        Ok(results) => {
            for (answer, result) in answers.into_iter().zip(results) {
                let _ = answer.send(Ok(result));
            }
        }
        Err(error) => {
            let rows = answers.len();
            for answer in answers {
                let _ = answer.send(Err(Error::new(error.kind(), error.to_string())));
            }
            tracing::error!(%error, rows, "{what} could not be recorded");
        }
    }
}

fn closed() -> Error {
    Error::new(ErrorKind::Closed, "the recorder has stopped")
}
