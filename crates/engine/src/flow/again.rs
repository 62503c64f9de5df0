//! Calls that waited for an attempt, taken up from their rows: they are sent again, or end as they are on record.

use std::{collections::VecDeque, sync::Arc};

use leadhook_store::{Claim, Hold, Passage, RunId, Store, Waiting, WaitingCall, WebhookId};
use tokio_util::sync::CancellationToken;

use super::{
    calls::{Turn, dispatch},
    due::IN_MEMORY,
    group::Hand,
    progress::FlowPart,
    ticket::Ticket,
};
use crate::{
    call::{Figure, Flight, Held, Identity, Opened, ended_as_recorded, open},
    compile::Compiled,
    engine::Shared,
    error::Error,
    run::LiveRun,
};

/// Calls that are ended at a time.
const BATCH: usize = 256;

/// Makes the next attempts of calls of one webhook and run.
pub(super) async fn again<S: Store>(
    shared: &Arc<Shared<S>>,
    webhook: WebhookId,
    run: Option<RunId>,
    mut calls: VecDeque<(WaitingCall, Ticket)>,
    mut hand: Hand,
) {
    let found = run.map(|run| shared.runs.get(run));
    if let Some(None) = found {
        return; // Its run was cancelled since they were claimed, and is over.
    }
    let run = found.flatten();
    let stopping = match &run {
        Some(run) => run.stopping.clone(),
        None => shared.calls.stopping.clone(),
    };
    while !calls.is_empty() {
        if let Some(run) = &run {
            run.gauge.moved();
        }
        let slots = if hand.slots.is_empty() {
            let patience = Some(IN_MEMORY);
            match shared.turn(webhook, calls.len(), patience, &stopping).await {
                Turn::Slots(slots) => slots,
                Turn::Later => return hold(shared, webhook, calls, run.as_ref(), &stopping).await,
                Turn::Stopping => return stop(shared, calls, run.as_ref()).await,
                Turn::Gone => return end_all(shared, calls, run.as_ref()).await,
            }
        } else {
            std::mem::take(&mut hand.slots)
        };
        for slot in slots {
            let Some((call, ticket)) = calls.pop_front() else {
                break;
            };
            let revived = shared.insist(&stopping, || revive(shared, &call));
            match revived.await {
                Some(Some(flight)) => {
                    let held = Held::sent(slot, ticket, run.clone(), Figure::Retried);
                    dispatch(shared, flight, held, stopping.clone());
                }
                Some(None) => end(shared, call, ticket, run.clone()).await,
                None => {
                    calls.push_front((call, ticket));
                    return stop(shared, calls, run.as_ref()).await;
                }
            }
        }
    }
}

/// A call as it was when it began to wait; none where it cannot be sent any more.
async fn revive<S: Store>(
    shared: &Shared<S>,
    waiting: &WaitingCall,
) -> Result<Option<Flight>, Error> {
    let call = &waiting.call;
    let key = (call.origin.webhook, call.origin.version);
    let (Some(webhook), Some(recorded)) = (shared.compiled_version(key).await?, &call.request)
    else {
        return Ok(None);
    };
    let body = recorded.body.clone();
    let Some(opened) = open(shared, &waiting.sealed, &webhook, call.lead, body) else {
        tracing::error!(
            call = call.id.0,
            "a call that waits does not open with this key"
        );
        return Ok(None);
    };
    let Opened { request, subject } = opened;
    let memory = shared.calls.memory(request.body.len()).await;
    Ok(Some(Flight {
        webhook,
        of: Identity {
            origin: call.origin,
            subject,
            key: call.idempotency_key,
            mark: None,
            replay_of: call.replay_of,
            created: call.created,
            part: part(shared, waiting).await?,
        },
        request,
        recorded: recorded.clone(),
        attempts: call.attempts.clone(),
        id: Some(call.id),
        memory,
    }))
}

/// What a call is in the flow of its entry.
async fn part<S: Store>(
    shared: &Shared<S>,
    waiting: &WaitingCall,
) -> Result<Option<FlowPart>, Error> {
    let Some(entry) = &waiting.entry else {
        return Ok(None);
    };
    let snapshot = shared.snapshot();
    let flow = shared
        .flow(&snapshot, entry.campaign, entry.version)
        .await?;
    Ok(Some(FlowPart::new(
        Passage::Row(entry.id),
        entry.step as usize,
        flow.flow.len(),
        entry.has_failed || flow.fault.is_some(),
        (shared.environment.now)(),
    )))
}

async fn hold<S: Store>(
    shared: &Arc<Shared<S>>,
    webhook: WebhookId,
    calls: VecDeque<(WaitingCall, Ticket)>,
    run: Option<&Arc<LiveRun>>,
    stopping: &CancellationToken,
) {
    let rows = calls.iter().map(|(call, _)| Hold {
        what: Waiting::Call(call.call.id),
        webhook,
    });
    if !shared.hold(rows.collect(), stopping).await {
        return stop(shared, calls, run).await;
    }
    drop(calls);
    shared.pull(webhook);
}

/// When the server stops they wait for the next one; when their run is cancelled they end (R-CMP-9).
async fn stop<S: Store>(
    shared: &Shared<S>,
    calls: VecDeque<(WaitingCall, Ticket)>,
    run: Option<&Arc<LiveRun>>,
) {
    if !shared.calls.stopping.is_cancelled() {
        end_all(shared, calls, run).await;
    }
}

async fn end_all<S: Store>(
    shared: &Shared<S>,
    calls: VecDeque<(WaitingCall, Ticket)>,
    run: Option<&Arc<LiveRun>>,
) {
    for (call, ticket) in calls {
        end(shared, call, ticket, run.cloned()).await;
    }
}

/// Ends a call with its last outcome.
async fn end<S: Store>(
    shared: &Shared<S>,
    waiting: WaitingCall,
    ticket: Ticket,
    run: Option<Arc<LiveRun>>,
) {
    let key = (waiting.call.origin.webhook, waiting.call.origin.version);
    let never = &shared.calls.stopping;
    let webhook = shared.insist(never, || shared.compiled_version(key)).await;
    let part = shared.insist(never, || part(shared, &waiting)).await;
    let (Some(webhook), Some(part)) = (webhook, part) else {
        return;
    };
    let webhook: Option<&Compiled> = webhook.as_deref();
    let call = ended_as_recorded(shared, waiting, webhook, part);
    let held = Held::unsent(ticket, run);
    shared.calls.recorder.hand_in(call, held).await;
}

/// Ends the calls of a run that wait, since it is cancelled (R-CMP-9). They are on record when all of the run's leads have let go.
pub(crate) async fn end_waiting_calls<S: Store>(shared: &Shared<S>, run: &Arc<LiveRun>) {
    loop {
        let claim = || shared.store.claim(Claim::CallsOf(run.id), BATCH);
        let Some(claimed) = shared.insist(&shared.calls.stopping, claim).await else {
            return;
        };
        if claimed.is_empty() {
            return;
        }
        for call in claimed.calls {
            let ticket = Ticket::of_row(None, Some(run), false);
            end(shared, call, ticket, Some(Arc::clone(run))).await;
        }
    }
}
