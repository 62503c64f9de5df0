//! Records calls in batches: what came while one batch was being written is the next one, so the disk sets the pace and nothing waits when it is
//! idle. Ids are stamped when a batch is closed, so they ascend in the order of commits.
//!
//! Calls with a client behind them go first, and have few others beside them: their commit is short. Calls of flows are recorded again and again until
//! the store takes them: what was sent is not sent once more because a disk is full. They hold their slots meanwhile, so nothing else is sent either.

use std::{sync::Arc, time::Duration};

use futures_util::future::{BoxFuture, FutureExt};
use leadhook_field::Datetime;
use leadhook_store::{
    CallId, Effect, Ending, Error, ErrorKind, NewCall, NewStep, Next, Progress, Recorded,
    StepEffect, Store, Writes,
};
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::held::Held;
use crate::{
    environment::{Clock, Sleep},
    lane::Slot,
    run::LiveRun,
};

/// Calls of a batch at most.
const MAX_BATCH: usize = 1_000;
/// Calls of flows in a batch that a client waits for, at most.
const MAX_BESIDE_CLIENTS: usize = 250;
/// Calls of flows that are enough for a batch: with many more, those who send and the one who writes would take turns where few are in flight.
const ENOUGH: usize = 64;
/// Calls that may wait for the batch before them; more hold what they hold, which is the backpressure from disk to sender.
const MAX_WAITING: usize = 4_096;
/// Calls that ended late and that a reader has not taken, at most.
pub(super) const MAX_LATE: usize = 16_384;
/// How long calls of flows wait until they are recorded anew.
const PATIENCE: Duration = Duration::from_secs(1);

/// Where calls are handed in.
#[derive(Debug)]
pub(crate) struct Recorder {
    clients: mpsc::Sender<Box<Row>>,
    flows: mpsc::Sender<Box<Row>>,
    ended_late: broadcast::Sender<CallId>,
}

#[derive(Debug)]
struct Row {
    call: NewCall,
    then: Then,
}

/// Calls that are recorded together, and what is done then.
#[derive(Debug, Default)]
struct Batch {
    calls: Vec<NewCall>,
    thens: Vec<Then>,
}

impl Batch {
    fn push(&mut self, row: Box<Row>) {
        let Row { call, then } = *row;
        self.calls.push(call);
        self.thens.push(then);
    }

    /// Fills it up to a length with what waits.
    fn take(&mut self, queue: &mut mpsc::Receiver<Box<Row>>, len: usize) {
        while self.len() < len
            && let Ok(row) = queue.try_recv()
        {
            self.push(row);
        }
    }

    fn len(&self) -> usize {
        self.calls.len()
    }

    /// How many of them clients wait for.
    fn clients(&self) -> usize {
        let is_for_client = |then: &&Then| matches!(then, Then::Tell(_));
        self.thens.iter().filter(is_for_client).count()
    }
}

/// What is done once a call is durable.
#[derive(Debug)]
enum Then {
    Tell(oneshot::Sender<Result<(CallId, Recorded), Error>>),
    LetGo(Held),
}

impl Recorder {
    /// Starts to record the calls of a store; it ends when it is dropped and its queues are empty.
    pub(crate) fn start<S: Store>(
        store: Arc<S>,
        now: Arc<Clock>,
        sleep: Arc<Sleep>,
        stopping: CancellationToken,
    ) -> Recorder {
        let last = *store.last_call().borrow();
        let steps = Arc::clone(&store);
        let step = move |step| {
            let store = Arc::clone(&steps);
            async move { store.step(vec![step]).await.map(|_| ()) }.boxed()
        };
        let write = move |calls| {
            let store = Arc::clone(&store);
            async move { store.record(calls).await }
        };
        Recorder::on(write, Box::new(step), last, now, sleep, stopping)
    }

    /// The same on what writes a batch, and a step; `last` is the last call that is on record.
    fn on<W, F>(
        write: W,
        step: Box<WriteStep>,
        last: CallId,
        now: Arc<Clock>,
        sleep: Arc<Sleep>,
        stopping: CancellationToken,
    ) -> Recorder
    where
        W: Fn(Arc<[NewCall]>) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Vec<Recorded>, Error>> + Send + 'static,
    {
        let (clients, of_clients) = mpsc::channel(MAX_WAITING);
        let (flows, of_flows) = mpsc::channel(MAX_WAITING);
        let ended_late = broadcast::Sender::new(MAX_LATE);
        let task = Task {
            write,
            step,
            now,
            sleep,
            stopping,
            last,
            of_clients,
            of_flows,
            ended_late: ended_late.clone(),
        };
        tokio::spawn(task.run());
        Recorder {
            clients,
            flows,
            ended_late,
        }
    }

    /// Records a call that a client waits for; answers when it is durable.
    pub(crate) async fn record(&self, call: NewCall) -> Result<(CallId, Recorded), Error> {
        let (tell, told) = oneshot::channel();
        let then = Then::Tell(tell);
        let row = Box::new(Row { call, then });
        self.clients.send(row).await.map_err(|_| closed())?;
        told.await.unwrap_or_else(|_| Err(closed()))
    }

    /// Hands in a call of a flow: what it holds is let go when it is durable.
    pub(crate) async fn hand_in(&self, call: NewCall, held: Held) {
        let then = Then::LetGo(held);
        // It is never closed before the engine is.
        let _ = self.flows.send(Box::new(Row { call, then })).await;
    }

    /// The calls that end from now on and had waited for an attempt: their ids tell nothing of when they ended.
    pub(crate) fn ended_late(&self) -> broadcast::Receiver<CallId> {
        self.ended_late.subscribe()
    }
}

type WriteStep = dyn Fn(NewStep) -> BoxFuture<'static, Result<(), Error>> + Send + Sync;

/// Writes what is handed in with [`Store::record`], or what a test has in its place.
struct Task<W> {
    write: W,
    /// Writes the step of a lead whose call cannot be recorded.
    step: Box<WriteStep>,
    now: Arc<Clock>,
    sleep: Arc<Sleep>,
    stopping: CancellationToken,
    /// The last id that was stamped.
    last: CallId,
    of_clients: mpsc::Receiver<Box<Row>>,
    of_flows: mpsc::Receiver<Box<Row>>,
    ended_late: broadcast::Sender<CallId>,
}

impl<W, F> Task<W>
where
    W: Fn(Arc<[NewCall]>) -> F,
    F: Future<Output = Result<Vec<Recorded>, Error>>,
{
    async fn run(mut self) {
        while let Some(batch) = self.gather().await {
            self.write(batch.calls, batch.thens).await;
        }
    }

    /// Takes what waits, as soon as something does; none when nothing will come any more.
    async fn gather(&mut self) -> Option<Batch> {
        let (of_clients, of_flows) = (&mut self.of_clients, &mut self.of_flows);
        let mut batch = Batch::default();
        // Both queues are closed together.
        tokio::select! {
            biased;
            row = of_clients.recv() => batch.push(row?),
            row = of_flows.recv() => batch.push(row?),
        }
        // What can run already runs first, and may bring more: the more there are, the less of the commit is each call's. Nothing is waited for; twice,
        // since what was woken together runs in any order.
        let (is_for_flows, mut in_vain) = (batch.clients() == 0, 0);
        while is_for_flows && in_vain < 2 && of_clients.is_empty() && batch.len() < ENOUGH {
            let known = batch.len();
            tokio::task::yield_now().await;
            batch.take(of_flows, ENOUGH);
            in_vain = if batch.len() == known { in_vain + 1 } else { 0 };
        }
        batch.take(of_clients, MAX_BATCH);
        let at_most = match batch.clients() {
            0 => MAX_BATCH,
            clients => MAX_BATCH.min(clients + MAX_BESIDE_CLIENTS),
        };
        batch.take(of_flows, at_most);
        Some(batch)
    }

    /// Writes a batch, in parts where a row that cannot be written is in the way of the others.
    async fn write(&mut self, calls: Vec<NewCall>, thens: Vec<Then>) {
        let mut parts = vec![(calls, thens)];
        while let Some((mut calls, thens)) = parts.pop() {
            let ids = self.stamp(&mut calls);
            let calls: Arc<[NewCall]> = calls.into();
            let error = match (self.write)(Arc::clone(&calls)).await {
                Ok(recorded) => {
                    tell(thens, ids.into_iter().zip(recorded));
                    let is_late = |call: &&NewCall| call.has_waited && call.wait.is_none();
                    for call in calls.iter().filter(is_late) {
                        // Nobody may be listening.
                        let _ = self.ended_late.send(call.id);
                    }
                    continue;
                }
                Err(error) => error,
            };
            if error.is_lasting() && calls.len() > 1 {
                let (first, second) = calls.split_at(calls.len() / 2);
                let mut thens = thens;
                let of_second = thens.split_off(first.len());
                parts.push((second.to_vec(), of_second));
                parts.push((first.to_vec(), thens));
                continue;
            }
            let rows = calls.len();
            tracing::error!(%error, rows, "calls could not be recorded");
            let mut left = refuse(&calls, thens, &error);
            let Some(call) = left.0.first_mut() else {
                continue;
            };
            if error.is_lasting() {
                if fails_without_writes(call) {
                    parts.push(left);
                } else {
                    self.fail(call).await;
                }
                continue;
            }
            tokio::select! {
                () = (self.sleep)(PATIENCE) => parts.push(left),
                // Their steps are made again when the server is up, with the same keys.
                () = self.stopping.cancelled() => {}
            }
        }
    }

    /// A flow's call that cannot be recorded at all: what is known of it is that its lead's step failed, and the lead goes on.
    async fn fail(&self, call: &NewCall) {
        let (&Effect::Lead(lead, _), Some(campaign), Some(progress)) =
            (&call.effect, call.origin.campaign, call.progress)
        else {
            return;
        };
        let next = match progress.next {
            Next::Retry { .. } => Next::End(Ending::Failed),
            next => next.failed(),
        };
        let step = NewStep {
            lead,
            campaign,
            effect: StepEffect::Nothing,
            at: call.ended,
            progress: Progress { next, ..progress },
        };
        if let Err(error) = (self.step)(step).await {
            let lead = lead.0;
            tracing::error!(lead, %error, "nor is that a lead's step failed: it is made again at the next start");
        }
    }

    /// Gives each new call its id; gives the ids of all.
    fn stamp(&mut self, calls: &mut [NewCall]) -> Vec<CallId> {
        let now: Datetime = (self.now)();
        let mut next = CallId::next(self.last, now.as_micros().div_euclid(1_000));
        for call in calls.iter_mut().filter(|call| !call.has_waited) {
            call.id = next;
            self.last = next;
            next = CallId(next.0 + 1);
        }
        calls.iter().map(|call| call.id).collect()
    }
}

/// Who asked may be gone: its call is on record all the same, so a closed answer is no error.
fn tell(thens: Vec<Then>, recorded: impl Iterator<Item = (CallId, Recorded)>) {
    let (mut slots, mut runs) = (Vec::new(), Vec::<Arc<LiveRun>>::new());
    for (then, recorded) in thens.into_iter().zip(recorded) {
        match then {
            Then::Tell(answer) => {
                let _ = answer.send(Ok(recorded));
            }
            Then::LetGo(mut held) => {
                slots.extend(held.slot.take());
                let run = held.run.take();
                runs.extend(run.filter(|run| !runs.iter().any(|known| Arc::ptr_eq(known, run))));
            }
        }
    }
    Slot::give_back(slots);
    for run in runs {
        run.changed();
    }
}

/// Tells clients that their calls could not be recorded; gives back what is left of the batch, calls of flows.
fn refuse(calls: &[NewCall], thens: Vec<Then>, error: &Error) -> (Vec<NewCall>, Vec<Then>) {
    let mut left = (Vec::new(), Vec::new());
    for (call, then) in calls.iter().zip(thens) {
        match then {
            Then::Tell(answer) => {
                let _ = answer.send(Err(Error::new(error.kind(), error.to_string())));
            }
            Then::LetGo(held) => {
                left.0.push(call.clone());
                left.1.push(Then::LetGo(held));
            }
        }
    }
    left
}

/// A flow's call whose lead or company cannot be written to: it was made, so it is recorded all the same, as a step that failed. False where it writes
/// nothing, and so is in its own way.
fn fails_without_writes(call: &mut NewCall) -> bool {
    let Effect::Lead(_, writes) = &mut call.effect else {
        return false;
    };
    if *writes == Writes::default() {
        return false;
    }
    *writes = Writes::default();
    if let Some(progress) = &mut call.progress {
        progress.next = progress.next.failed();
    }
    true
}

fn closed() -> Error {
    Error::new(ErrorKind::Closed, "the recorder has stopped")
}

#[cfg(test)]
mod tests;
