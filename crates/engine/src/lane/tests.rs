use std::{
    future::Future,
    mem,
    pin::Pin,
    sync::atomic::{AtomicU64, Ordering},
    task::{Context, Poll, Waker},
};

use tokio::{sync::watch, task::yield_now};

use super::*;

mod fairness;
mod policy;
mod random;

const A: WebhookId = WebhookId(1);
const B: WebhookId = WebhookId(2);
const C: WebhookId = WebhookId(3);
const SECOND: Duration = Duration::from_secs(1);
const MILLISECOND: Duration = Duration::from_millis(1);
/// More patience than any test needs.
const PATIENT: Duration = Duration::from_secs(1_000_000);

/// Lanes whose time goes as the test says.
struct World {
    lanes: Arc<Lanes>,
    passed: watch::Sender<Duration>,
    /// How often the task that keeps the time went to sleep.
    sleeps: Arc<AtomicU64>,
    /// How lanes came to stand otherwise.
    turned: Arc<Mutex<Vec<(WebhookId, LaneState, LaneState)>>>,
}

/// Somebody who waits, polled by hand.
type Waits<T> = Pin<Box<dyn Future<Output = T>>>;

impl World {
    fn new(capacity: usize) -> World {
        // Not 0, so that what is counted from a moment is seen to be.
        let passed = watch::Sender::new(777 * SECOND);
        let (uptime, asleep) = (passed.clone(), passed.clone());
        let sleeps = Arc::new(AtomicU64::new(0));
        let slept = Arc::clone(&sleeps);
        let turned = Arc::new(Mutex::default());
        let told: Arc<Mutex<Vec<_>>> = Arc::clone(&turned);
        let lanes = Lanes::new(
            capacity,
            Arc::new(move || *uptime.borrow()),
            Arc::new(move |time| {
                slept.fetch_add(1, Ordering::Relaxed);
                let mut passed = asleep.subscribe();
                let end = *passed.borrow() + time;
                Box::pin(async move {
                    let _ = passed.wait_for(|passed| *passed >= end).await;
                })
            }),
            // No jitter: an opening lasts for the whole of its time.
            Arc::new(|bytes| bytes.fill(0xff)),
            Box::new(move |webhook, before, now| {
                told.lock().unwrap().push((webhook, before, now));
            }),
        );
        World {
            lanes,
            passed,
            sleeps,
            turned,
        }
    }

    /// Lets time pass, and who waited for that see it.
    async fn pass(&self, time: Duration) {
        self.settle().await;
        self.passed.send_modify(|passed| *passed += time);
        self.settle().await;
    }

    /// Lets the task that keeps the time do what it has to.
    async fn settle(&self) {
        for _ in 0..4 {
            yield_now().await;
        }
    }

    fn set(&self, webhook: WebhookId, concurrency: usize) {
        self.lanes.set(webhook, allows(concurrency));
    }

    fn client(&self, webhook: WebhookId) -> Waits<Result<Slot, Shut>> {
        self.client_for(webhook, PATIENT)
    }

    fn client_for(&self, webhook: WebhookId, patience: Duration) -> Waits<Result<Slot, Shut>> {
        let lanes = Arc::clone(&self.lanes);
        let mut client: Waits<_> = Box::pin(async move { lanes.enter(webhook, patience).await });
        // In the line from now on; whatever it got already is kept for when it is asked.
        let first = poll(&mut client);
        if let Poll::Ready(answer) = first {
            return Box::pin(std::future::ready(answer));
        }
        client
    }

    fn flow(&self, webhook: WebhookId, at_most: usize) -> Waits<Result<Vec<Slot>, Gone>> {
        let lanes = Arc::clone(&self.lanes);
        let mut flow: Waits<_> = Box::pin(async move { lanes.enter_some(webhook, at_most).await });
        if let Poll::Ready(answer) = poll(&mut flow) {
            return Box::pin(std::future::ready(answer));
        }
        flow
    }

    fn take(&self, webhook: WebhookId, count: usize) -> Vec<Slot> {
        let slots = self.lanes.try_enter(webhook, count);
        assert_eq!(slots.len(), count, "slots free for {webhook}");
        slots
    }

    /// A call that is over.
    fn call(&self, webhook: WebhookId) {
        self.take(webhook, 1)[0].begin();
    }

    /// Opens the circuit of a webhook that allows a call.
    fn fail(&self, webhook: WebhookId) {
        for _ in 0..10 {
            self.take(webhook, 1)[0].note(Verdict::Failed);
        }
        assert_eq!(self.lanes.state(webhook), LaneState::CircuitOpen);
    }
}

fn allows(concurrency: usize) -> Allowance {
    Allowance {
        concurrency,
        rate: None,
        is_paused: false,
    }
}

fn paused() -> Allowance {
    Allowance {
        is_paused: true,
        ..allows(100)
    }
}

fn poll<T>(waits: &mut Waits<T>) -> Poll<T> {
    waits.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

fn answer<T>(waits: &mut Waits<T>) -> T {
    match poll(waits) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("it still waits"),
    }
}

fn assert_waits<T>(waits: &mut Waits<T>) {
    assert!(poll(waits).is_pending(), "it no longer waits");
}

#[tokio::test]
async fn its_task_ends_with_the_last_of_them() {
    let world = World::new(10);
    world.settle().await;
    let lanes = Arc::downgrade(&world.lanes);
    let alarm = Arc::downgrade(&world.lanes.alarm);
    drop(world);
    for _ in 0..4 {
        yield_now().await;
    }
    assert_eq!((lanes.strong_count(), alarm.strong_count()), (0, 0));
}

#[tokio::test]
async fn a_woken_waiter_is_told_by_its_waker() {
    let world = World::new(10);
    world.set(A, 1);
    let first = world.take(A, 1);
    let lanes = Arc::clone(&world.lanes);
    let second = tokio::spawn(async move { lanes.enter(A, PATIENT).await.map(drop) });
    world.settle().await;
    drop(first);
    assert_eq!(second.await.unwrap(), Ok(()));
}
