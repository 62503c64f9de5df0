//! Records calls in batches: what ended while one batch was being written is the next one, so the disk sets the pace and
//! nothing waits when it is idle. Ids are stamped when a batch is closed, so they ascend in the order of commits.

use std::sync::Arc;

use leadhook_store::{CallId, Error, ErrorKind, NewCall, Recorded, Store};
use tokio::sync::{mpsc, oneshot};

use crate::environment::Clock;

/// Calls of a batch at most.
const MAX_BATCH: usize = 1_000;
/// Calls that may wait for the batch before them; more hold their slots, which is the backpressure from disk to sender.
const MAX_WAITING: usize = 4_096;

/// Where ended calls are handed in.
#[derive(Clone, Debug)]
pub(crate) struct Recorder {
    queue: mpsc::Sender<Ended>,
}

#[derive(Debug)]
struct Ended {
    call: NewCall,
    answer: oneshot::Sender<Result<(CallId, Recorded), Error>>,
}

impl Recorder {
    /// Starts the task that writes; it ends when every recorder is dropped and the queue is empty.
    pub(crate) fn start<S: Store>(store: Arc<S>, now: Arc<Clock>) -> Recorder {
        let (queue, waiting) = mpsc::channel(MAX_WAITING);
        tokio::spawn(write(store, now, waiting));
        Recorder { queue }
    }

    /// Records a call; its id is stamped here. Answers when it is durable.
    pub(crate) async fn record(&self, call: NewCall) -> Result<(CallId, Recorded), Error> {
        let (answer, answered) = oneshot::channel();
        self.queue
            .send(Ended { call, answer })
            .await
            .map_err(|_| closed())?;
        answered.await.unwrap_or_else(|_| Err(closed()))
    }
}

async fn write<S: Store>(store: Arc<S>, now: Arc<Clock>, mut waiting: mpsc::Receiver<Ended>) {
    let mut last = *store.last_call().borrow();
    let mut batch = Vec::new();
    while waiting.recv_many(&mut batch, MAX_BATCH).await > 0 {
        let first = CallId::next(last, now().as_micros().div_euclid(1_000));
        let (mut calls, mut answers) = (Vec::new(), Vec::new());
        for (id, Ended { mut call, answer }) in (first.0..).map(CallId).zip(batch.drain(..)) {
            call.id = id;
            last = id;
            answers.push((id, answer));
            calls.push(call);
        }
        // Who asked may be gone: its call is recorded all the same, so a closed answer is no error.
        match store.record(calls).await {
            Ok(recorded) => {
                for ((id, answer), recorded) in answers.into_iter().zip(recorded) {
                    let _ = answer.send(Ok((id, recorded)));
                }
            }
            Err(error) => {
                let calls = answers.len();
                for (_, answer) in answers {
                    let _ = answer.send(Err(Error::new(error.kind(), error.to_string())));
                }
                tracing::error!(%error, calls, "calls could not be recorded");
            }
        }
    }
}

fn closed() -> Error {
    Error::new(ErrorKind::Closed, "the recorder has stopped")
}
