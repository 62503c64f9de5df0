//! Records calls. Their ids are stamped when a batch is closed, so they ascend in the order of commits.

use std::sync::Arc;

use leadhook_store::{CallId, NewCall, NewStep, Recorded, Stepped, Store};

use crate::{batches::Batches, environment::Clock};

/// Where ended calls are handed in.
pub(crate) type Recorder = Batches<NewCall, (CallId, Recorded)>;

/// Where steps of flows are handed in that made no call.
pub(crate) type StepRecorder = Batches<NewStep, Stepped>;

impl Recorder {
    /// Starts to record the calls of a store.
    pub(crate) fn of<S: Store>(store: Arc<S>, now: Arc<Clock>) -> Recorder {
        let mut last = *store.last_call().borrow();
        Batches::start("calls", move |mut calls: Vec<NewCall>| {
            let first = CallId::next(last, now().as_micros().div_euclid(1_000));
            let ids: Vec<CallId> = (first.0..).map(CallId).take(calls.len()).collect();
            for (call, id) in calls.iter_mut().zip(&ids) {
                call.id = *id;
                last = *id;
            }
            let store = Arc::clone(&store);
            async move {
                let recorded = store.record(calls).await?;
                Ok(ids.into_iter().zip(recorded).collect())
            }
        })
    }
}

impl StepRecorder {
    /// Starts to record the steps of a store.
    pub(crate) fn of<S: Store>(store: Arc<S>) -> StepRecorder {
        Batches::start("steps", move |steps| {
            let store = Arc::clone(&store);
            async move { store.step(steps).await }
        })
    }
}
