//! Whatever happens in whatever order: no limit is exceeded, and nobody waits forever.

use proptest::{prelude::*, sample::Index};

use super::*;

const LANES: [WebhookId; 3] = [A, B, C];
const CAPACITY: usize = 32;
/// The rate of the last lane, in calls per second.
const RATE: f64 = 20.0;

#[derive(Clone, Debug)]
enum Event {
    Client(usize),
    Flow(usize, usize),
    Try(usize, usize),
    Leave(Index),
    Over(Index),
    Unused(Index),
    Note(Index, Verdict),
    Pass(u64),
    Allow(usize, usize),
    Pause(usize),
    Remove(usize),
}

fn event() -> impl Strategy<Value = Event> {
    let lane = 0..LANES.len();
    let verdict = prop_oneof![
        2 => Just(Verdict::Alive),
        6 => Just(Verdict::Failed),
        1 => (0..5_000u64).prop_map(|millis| Verdict::RetryAfter(Duration::from_millis(millis))),
    ];
    prop_oneof![
        3 => lane.clone().prop_map(Event::Client),
        3 => (lane.clone(), 1..20usize).prop_map(|(lane, count)| Event::Flow(lane, count)),
        2 => (lane.clone(), 1..20usize).prop_map(|(lane, count)| Event::Try(lane, count)),
        2 => any::<Index>().prop_map(Event::Leave),
        6 => any::<Index>().prop_map(Event::Over),
        2 => any::<Index>().prop_map(Event::Unused),
        6 => (any::<Index>(), verdict).prop_map(|(index, verdict)| Event::Note(index, verdict)),
        3 => (0..2_000u64).prop_map(Event::Pass),
        2 => (lane.clone(), 0..20usize).prop_map(|(lane, limit)| Event::Allow(lane, limit)),
        1 => lane.clone().prop_map(Event::Pause),
        1 => lane.prop_map(Event::Remove),
    ]
}

enum Waiter {
    Client(Waits<Result<Slot, Shut>>),
    Flow(Waits<Result<Vec<Slot>, Gone>>),
}

/// What the lanes should allow.
struct Model {
    world: World,
    began: Duration,
    allowances: [Allowance; 3],
    waiters: Vec<Waiter>,
    slots: Vec<Slot>,
    /// How many the last lane has given.
    rated: usize,
}

impl Model {
    fn new() -> Model {
        let world = World::new(CAPACITY);
        let began = *world.passed.borrow();
        let mut model = Model {
            world,
            began,
            allowances: [allows(5), allows(40), allows(20)],
            waiters: Vec::new(),
            slots: Vec::new(),
            rated: 0,
        };
        model.allowances[2].rate = Some(RATE);
        (0..3).for_each(|lane| model.set(lane));
        model
    }

    fn set(&self, lane: usize) {
        self.world.lanes.set(LANES[lane], self.allowances[lane]);
    }

    async fn happen(&mut self, event: Event) {
        let world = &self.world;
        match event {
            Event::Client(lane) => {
                let client = world.client_for(LANES[lane], 3 * SECOND);
                self.waiters.push(Waiter::Client(client));
            }
            Event::Flow(lane, count) => {
                self.waiters
                    .push(Waiter::Flow(world.flow(LANES[lane], count)));
            }
            Event::Try(lane, count) => {
                let slots = world.lanes.try_enter(LANES[lane], count);
                self.granted(slots, count);
            }
            Event::Leave(index) if !self.waiters.is_empty() => {
                self.waiters.swap_remove(index.index(self.waiters.len()));
            }
            Event::Over(index) if !self.slots.is_empty() => {
                self.slots
                    .swap_remove(index.index(self.slots.len()))
                    .begin();
            }
            Event::Unused(index) if !self.slots.is_empty() => {
                let slot = self.slots.swap_remove(index.index(self.slots.len()));
                self.rated -= usize::from(slot.webhook == LANES[2]);
            }
            Event::Note(index, verdict) if !self.slots.is_empty() => {
                self.slots[index.index(self.slots.len())].note(verdict);
            }
            Event::Pass(millis) => world.pass(Duration::from_millis(millis)).await,
            Event::Allow(lane, limit) => {
                self.allowances[lane].concurrency = limit;
                self.allowances[lane].is_paused = false;
                self.set(lane);
            }
            Event::Pause(lane) => {
                self.allowances[lane].is_paused = true;
                self.set(lane);
            }
            Event::Remove(lane) if lane < 2 => {
                world.lanes.remove(LANES[lane]);
                // Its calls end too, so that those of the new one can be told from them.
                self.slots.retain(|slot| slot.webhook != LANES[lane]);
                self.set(lane);
            }
            // Nobody is there; or it is the last lane, which stays: a new one would begin with a new burst.
            Event::Leave(_)
            | Event::Over(_)
            | Event::Unused(_)
            | Event::Note(..)
            | Event::Remove(_) => {}
        }
        self.collect();
    }

    /// Asks everybody who waits.
    fn collect(&mut self) {
        let mut granted = Vec::new();
        self.waiters.retain_mut(|waiter| match waiter {
            Waiter::Client(client) => match poll(client) {
                Poll::Ready(answer) => {
                    granted.extend(answer.map(|slot| (vec![slot], 1)));
                    false
                }
                Poll::Pending => true,
            },
            Waiter::Flow(flow) => match poll(flow) {
                Poll::Ready(answer) => {
                    granted.extend(answer.map(|slots| (slots, 20)));
                    false
                }
                Poll::Pending => true,
            },
        });
        for (slots, at_most) in granted {
            assert!(!slots.is_empty(), "a grant of nothing");
            self.granted(slots, at_most);
        }
    }

    fn granted(&mut self, slots: Vec<Slot>, at_most: usize) {
        let Some(first) = slots.first() else {
            return;
        };
        let lane = LANES.iter().position(|id| *id == first.webhook).unwrap();
        let allowance = self.allowances[lane];
        assert!(slots.len() <= at_most);
        assert!(!allowance.is_paused, "lane {lane} is paused");
        let state = self.world.lanes.state(first.webhook);
        assert_ne!(state, LaneState::Held, "lane {lane}");
        if state == LaneState::CircuitOpen {
            assert_eq!(slots.len(), 1, "lane {lane}: the probe");
        }
        let count = slots.len();
        self.slots.extend(slots);
        let held = self.held(lane);
        assert!(held <= allowance.concurrency, "lane {lane}: {held}");
        assert!(self.slots.len() <= CAPACITY, "{}", self.slots.len());
        if lane == 2 {
            self.rated += count;
            let passed = (*self.world.passed.borrow() - self.began).as_secs_f64();
            let due = RATE / 10.0 + 0.5 + passed * RATE;
            assert!(self.rated as f64 <= due, "{} of {due}", self.rated);
        }
    }

    fn held(&self, lane: usize) -> usize {
        let ids = self.slots.iter().map(|slot| slot.webhook);
        ids.filter(|id| *id == LANES[lane]).count()
    }

    /// Everything is allowed, answered and given back: all who wait get theirs.
    async fn finish(&mut self) {
        for lane in 0..3 {
            self.allowances[lane].is_paused = false;
            self.allowances[lane].concurrency = 5;
            self.set(lane);
        }
        let mut rounds = 0;
        while !self.waiters.is_empty() {
            assert!(rounds < 1_000, "{} wait forever", self.waiters.len());
            rounds += 1;
            for mut slot in mem::take(&mut self.slots) {
                slot.begin();
                slot.note(Verdict::Alive);
            }
            self.collect();
            self.world.pass(SECOND).await;
            self.collect();
        }
        self.slots.clear();
        self.world.pass(100 * SECOND).await;
        for lane in LANES {
            // Each has its full right, and the server all of its slots.
            drop(self.world.take(lane, 1));
        }
        self.world.set(A, 1_000);
        self.world.lanes.try_enter(A, 1).iter().for_each(|slot| {
            slot.note(Verdict::Alive);
        });
        assert_eq!(
            self.world.lanes.try_enter(A, 1_000).len(),
            CAPACITY - CAPACITY / 8
        );
    }
}

proptest! {
    #[test]
    fn no_limit_is_exceeded_and_nobody_waits_forever(events in prop::collection::vec(event(), 0..200)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut model = Model::new();
            for event in events {
                model.happen(event).await;
            }
            model.finish().await;
        });
    }
}
