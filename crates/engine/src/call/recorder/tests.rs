use std::{
    collections::HashSet,
    pin::pin,
    sync::atomic::{AtomicUsize, Ordering},
};

use bytes::Bytes;
use leadhook_field::FieldId;
use leadhook_store::{
    CallState, CampaignId, EntryId, FieldWrite, IdempotencyKey, LeadId, Origin, Outcome, Passage,
    Progress, Revision, Stepped, Wait, WebhookId,
};
use tokio::{sync::Semaphore, task::JoinHandle};

use super::*;
use crate::flow::Ticket;

/// When all is recorded: 1,000 ms.
const NOW: i64 = 1_000_000;

/// A batch that is being written until it is answered.
struct Batch {
    calls: Arc<[NewCall]>,
    answer: oneshot::Sender<Result<Vec<Recorded>, Error>>,
}

impl Batch {
    /// The marks of its calls, in their order.
    fn marks(&self) -> Vec<u8> {
        self.calls.iter().map(mark).collect()
    }

    fn ids(&self) -> Vec<i64> {
        self.calls.iter().map(|call| call.id.0).collect()
    }

    /// It is durable.
    fn succeeds(self) {
        let recorded = self.calls.iter().map(|_| Recorded {
            state: CallState::Ended,
            changes: Vec::new(),
            stepped: Stepped::default(),
        });
        self.answer.send(Ok(recorded.collect())).unwrap();
    }

    fn fails(self, kind: ErrorKind) {
        self.answer.send(Err(Error::new(kind, "no"))).unwrap();
    }
}

/// A recorder whose batches are written when the test says so.
struct Desk {
    recorder: Arc<Recorder>,
    batches: mpsc::UnboundedReceiver<Batch>,
    /// What is recorded in the place of calls that cannot be.
    steps: mpsc::UnboundedReceiver<NewStep>,
    stopping: CancellationToken,
    /// How often the store was left alone for a while, which takes no time.
    sleeps: Arc<AtomicUsize>,
}

impl Desk {
    fn new() -> Desk {
        let (sender, batches) = mpsc::unbounded_channel();
        let write = move |calls| {
            let (answer, answered) = oneshot::channel();
            sender.send(Batch { calls, answer }).unwrap();
            async move { answered.await.expect("the test answers") }
        };
        let (failed, steps) = mpsc::unbounded_channel();
        let step = move |step| {
            failed.send(step).unwrap();
            async { Ok(()) }.boxed()
        };
        let (stopping, sleeps) = (CancellationToken::new(), Arc::new(AtomicUsize::new(0)));
        let slept = Arc::clone(&sleeps);
        let recorder = Recorder::on(
            write,
            Box::new(step),
            CallId(0),
            Arc::new(|| Datetime::from_micros(NOW)),
            Arc::new(move |_| {
                slept.fetch_add(1, Ordering::Relaxed);
                Box::pin(async {})
            }),
            stopping.clone(),
        );
        Desk {
            recorder: Arc::new(recorder),
            batches,
            steps,
            stopping,
            sleeps,
        }
    }

    async fn batch(&mut self) -> Batch {
        self.batches.recv().await.unwrap()
    }

    /// A client hands a call in.
    async fn client(&self, call: NewCall) -> JoinHandle<Result<CallId, Error>> {
        let recorder = Arc::clone(&self.recorder);
        let told = tokio::spawn(async move { Ok(recorder.record(call).await?.0) });
        // It runs until it waits for its answer.
        tokio::task::yield_now().await;
        told
    }

    /// A flow hands a call in; what it holds is what is taken of `room`.
    async fn flow(&self, call: NewCall, room: &Arc<Semaphore>) {
        let mut held = Held::unsent(Ticket::default(), None);
        held.keep(Arc::clone(room).try_acquire_owned().ok());
        assert!(held.memory.is_some(), "the test has too little room");
        self.recorder.hand_in(call, held).await;
    }
}

/// Comes back when as much room is free.
async fn until_free(room: &Semaphore, free: usize) {
    while room.available_permits() != free {
        tokio::task::yield_now().await;
    }
}

fn call(mark: u8) -> NewCall {
    NewCall {
        id: CallId(0),
        has_waited: false,
        wait: None,
        origin: Origin {
            webhook: WebhookId(1),
            version: Revision(1),
            campaign: None,
            run: None,
        },
        outcome: Outcome {
            code: 200,
            error_type: "OK".into(),
            succeeded: true,
        },
        created: Datetime::from_micros(NOW),
        ended: Datetime::from_micros(NOW),
        attempts: Vec::new(),
        request: None,
        response: None,
        effect: Effect::Inline(Vec::new()),
        problems: Vec::new(),
        idempotency_key: IdempotencyKey([mark; 16]),
        replay_of: None,
        request_mark: None,
        progress: None,
    }
}

fn mark(call: &NewCall) -> u8 {
    call.idempotency_key.0[0]
}

#[tokio::test]
async fn what_comes_while_a_batch_succeeds_is_the_next_one_and_ids_ascend() {
    let mut desk = Desk::new();
    let first = desk.client(call(1)).await;
    let batch = desk.batch().await;
    assert_eq!(batch.marks(), [1]);
    let then = [desk.client(call(2)).await, desk.client(call(3)).await];
    let one = batch.ids()[0];
    assert!(!first.is_finished(), "it is not durable");
    batch.succeeds();
    assert_eq!(first.await.unwrap().unwrap().0, one);
    let batch = desk.batch().await;
    assert_eq!(batch.marks(), [2, 3]);
    // Within one millisecond they are counted on.
    assert_eq!(batch.ids(), [one + 1, one + 2]);
    batch.succeeds();
    for (told, id) in then.into_iter().zip([one + 1, one + 2]) {
        assert_eq!(told.await.unwrap().unwrap().0, id);
    }
}

#[tokio::test]
async fn clients_go_first_and_have_few_others_beside_them() {
    let mut desk = Desk::new();
    let room = Arc::new(Semaphore::new(2_000));
    desk.flow(call(1), &room).await;
    let batch = desk.batch().await;
    for _ in 0..MAX_BATCH + 1 {
        desk.flow(call(2), &room).await;
    }
    let told = desk.client(call(3)).await;
    batch.succeeds();
    let batch = desk.batch().await;
    let marks = batch.marks();
    assert_eq!(marks[..2], [3, 2]);
    assert_eq!(marks.len(), 1 + MAX_BESIDE_CLIENTS);
    batch.succeeds();
    told.await.unwrap().unwrap();
    let batch = desk.batch().await;
    assert_eq!(batch.calls.len(), MAX_BATCH + 1 - MAX_BESIDE_CLIENTS);
    batch.succeeds();
    until_free(&room, 2_000).await;
}

/// A call of a flow that comes when everything else that can run has had its turn so many times.
fn after(desk: &Desk, turns: u8, room: &Arc<Semaphore>) {
    let (recorder, permit) = (
        Arc::clone(&desk.recorder),
        Arc::clone(room).try_acquire_owned(),
    );
    tokio::spawn(async move {
        for _ in 0..turns {
            tokio::task::yield_now().await;
        }
        let mut held = Held::unsent(Ticket::default(), None);
        held.keep(permit.ok());
        recorder.hand_in(call(turns), held).await;
    });
}

#[tokio::test]
async fn flows_calls_that_are_about_to_come_are_in_the_batch_and_no_client_waits_for_them() {
    let mut desk = Desk::new();
    let room = Arc::new(Semaphore::new(200));
    for turns in 0..4 {
        after(&desk, turns, &room);
    }
    let batch = desk.batch().await;
    assert_eq!(batch.marks(), [0, 1, 2, 3]);
    batch.succeeds();
    until_free(&room, 200).await;
    for turns in 0..200 {
        after(&desk, turns, &room);
    }
    for _ in 0..5 {
        tokio::task::yield_now().await;
    }
    let told = desk.client(call(255)).await;
    let batch = desk.batch().await;
    assert!(batch.marks().contains(&255));
    assert!(batch.marks().len() < 50, "{:?}", batch.marks());
    batch.succeeds();
    told.await.unwrap().unwrap();
    let mut are_recorded = pin!(until_free(&room, 200));
    loop {
        tokio::select! {
            () = &mut are_recorded => break,
            batch = desk.batch() => batch.succeeds(),
        }
    }
}

#[tokio::test]
async fn a_damaged_row_is_in_the_way_of_no_other() {
    const DAMAGED: u8 = 4;
    let mut desk = Desk::new();
    let room = Arc::new(Semaphore::new(10));
    for number in 0..8 {
        desk.flow(call(number), &room).await;
    }
    let (mut written, mut last) = (Vec::new(), 0);
    while written.len() < 7 {
        let batch = desk.batch().await;
        let ids = batch.ids();
        assert!(ids.is_sorted() && ids[0] > last, "{ids:?} behind {last}");
        if batch.marks().contains(&DAMAGED) {
            batch.fails(ErrorKind::Corrupt);
        } else {
            written.extend(batch.marks());
            last = ids[ids.len() - 1];
            batch.succeeds();
        }
    }
    assert_eq!(written, [0, 1, 2, 3, 5, 6, 7]);
    // What the damaged one holds is let go, too: nothing is gained by waiting.
    until_free(&room, 10).await;
    assert_eq!(desk.sleeps.load(Ordering::Relaxed), 0);
    let told = desk.client(call(DAMAGED)).await;
    desk.batch().await.fails(ErrorKind::Corrupt);
    let error = told.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
}

#[tokio::test]
async fn a_call_whose_lead_cannot_be_written_to_is_on_record_as_a_failed_step() {
    const CAMPAIGN: CampaignId = CampaignId(3);
    let end = |ending| Next::End(ending);
    let step = |has_failed| Next::Step {
        step: 1,
        due: Datetime::from_micros(NOW),
        has_failed,
        new_chain: false,
    };
    for (next, then) in [
        (end(Ending::Succeeded), end(Ending::Failed)),
        (step(false), step(true)),
    ] {
        let mut desk = Desk::new();
        let room = Arc::new(Semaphore::new(1));
        let passage = Passage::Row(EntryId(1));
        let write = FieldWrite {
            field: FieldId(7),
            value: None,
        };
        let writes = Writes {
            lead: vec![write],
            company: Vec::new(),
        };
        let mut row = NewCall {
            effect: Effect::Lead(LeadId(1), writes),
            progress: Some(Progress { passage, next }),
            ..call(1)
        };
        row.origin.campaign = Some(CAMPAIGN);
        desk.flow(row, &room).await;
        desk.batch().await.fails(ErrorKind::Corrupt);
        let batch = desk.batch().await;
        let call = &batch.calls[0];
        let none = Writes::default();
        assert!(matches!(&call.effect, Effect::Lead(LeadId(1), writes) if *writes == none));
        assert_eq!(
            call.progress.as_ref().map(|progress| progress.next),
            Some(then)
        );
        assert_eq!(room.available_permits(), 0, "it is not durable");
        // It is not recorded a third time: there is nothing left that might be in its way. Its lead goes on.
        batch.fails(ErrorKind::Corrupt);
        let step = desk.steps.recv().await.unwrap();
        assert_eq!((step.lead, step.campaign), (LeadId(1), CAMPAIGN));
        assert!(matches!(step.effect, StepEffect::Nothing));
        let next = then;
        assert_eq!(step.progress, Progress { passage, next });
        until_free(&room, 1).await;
    }
}

#[tokio::test]
async fn calls_of_flows_are_insisted_on_and_clients_are_told() {
    let mut desk = Desk::new();
    let room = Arc::new(Semaphore::new(1));
    desk.flow(call(1), &room).await;
    let batch = desk.batch().await;
    let told = desk.client(call(2)).await;
    batch.fails(ErrorKind::Unwritable);
    let batch = desk.batch().await;
    assert_eq!(batch.marks(), [1], "it is next, whoever else came");
    let first = batch.ids();
    batch.succeeds();
    until_free(&room, 1).await;

    let batch = desk.batch().await;
    assert_eq!(batch.marks(), [2]);
    assert!(batch.ids() > first);
    desk.flow(call(3), &room).await;
    batch.fails(ErrorKind::Unwritable);
    let error = told.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unwritable);
    for _ in 0..3 {
        let batch = desk.batch().await;
        assert_eq!(batch.marks(), [3]);
        assert_eq!(room.available_permits(), 0, "it holds what it holds");
        batch.fails(ErrorKind::Unwritable);
    }
    desk.batch().await.succeeds();
    until_free(&room, 1).await;
    assert_eq!(desk.sleeps.load(Ordering::Relaxed), 4);
}

#[tokio::test]
async fn who_stops_waits_for_no_store_that_fails() {
    let mut desk = Desk::new();
    let room = Arc::new(Semaphore::new(1));
    desk.flow(call(1), &room).await;
    let batch = desk.batch().await;
    desk.stopping.cancel();
    batch.fails(ErrorKind::Unwritable);
    // Sleeps take no time here, so it may be tried again a few times, by chance.
    loop {
        tokio::select! {
            batch = desk.batch() => batch.fails(ErrorKind::Unwritable),
            () = async { drop(room.acquire().await) } => break,
        }
    }
}

#[tokio::test]
async fn a_call_that_waited_keeps_its_id_and_its_end_is_told() {
    let mut desk = Desk::new();
    let mut late = desk.recorder.ended_late();
    let waits = |call: NewCall| NewCall {
        wait: Some(Wait {
            due: Datetime::from_micros(NOW),
            sealed: Bytes::new(),
            is_claimed: true,
        }),
        ..call
    };
    let told = desk.client(waits(call(1))).await;
    desk.batch().await.succeeds();
    let id = told.await.unwrap().unwrap();
    let again = NewCall {
        id,
        has_waited: true,
        ..call(1)
    };
    let rows = [waits(again.clone()), call(2), again];
    let mut told = Vec::new();
    for row in rows {
        told.push(desk.client(row).await);
        // The first of them is a batch alone.
        if told.len() == 1 {
            let batch = desk.batch().await;
            assert_eq!(batch.ids(), [id.0]);
            batch.succeeds();
        }
    }
    let mut ids = HashSet::new();
    while ids.len() < 2 {
        let batch = desk.batch().await;
        ids.extend(batch.ids());
        batch.succeeds();
    }
    assert_eq!(ids, HashSet::from([id.0, id.0 + 1]));
    for told in told {
        told.await.unwrap().unwrap();
    }
    assert_eq!(late.try_recv(), Ok(id));
    assert!(late.try_recv().is_err(), "it is told once");
}
