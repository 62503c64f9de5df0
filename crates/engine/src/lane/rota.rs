//! Whose turn it is: the lanes, who waits in them, and the slots of the server that they share.
//!
//! A lane that has a waiter and may go stands in `turns`; one that may not is looked at again when one of its own calls ends, when it is
//! changed, or when its alarm rings. So a slot that gets free costs the same however many lanes wait for something else. After every
//! change all is given out that can be: who finds something free takes it from nobody.
//!
//! Nothing here waits or wakes: what follows from a change is handed out as [`Effects`], to be carried out when the lock is open again.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    mem,
    sync::Arc,
    time::Duration,
};

use leadhook_store::WebhookId;
use tokio::sync::oneshot;

use super::{
    Allowance, Grant, LaneState, Shut, Verdict,
    capacity::Capacity,
    circuit::Era,
    limits::{Free, Limits},
};
use crate::environment::Random;

/// All lanes.
pub(super) struct Rota {
    capacity: Capacity,
    lanes: HashMap<WebhookId, Lane>,
    turns: VecDeque<WebhookId>,
    alarms: BTreeSet<(Duration, WebhookId)>,
    last_ticket: Ticket,
    random: Arc<Random>,
    effects: Effects,
}

struct Lane {
    limits: Limits,
    /// First come, first served.
    waiters: BTreeMap<Ticket, Waiter>,
    is_in_turns: bool,
    alarm: Option<Duration>,
    /// What was last told to who watches.
    state: LaneState,
}

/// The place of a waiter; ascends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ticket(u64);

/// Somebody who waits for slots.
pub(super) struct Waiter {
    /// So many at most, at least one.
    pub(super) at_most: usize,
    /// When the patience of a client ends. None: a flow, which waits for as long as the webhook is there.
    pub(super) patience: Option<Duration>,
    pub(super) answer: AnswerTo,
}

/// Where the answer to a waiter goes.
pub(super) type AnswerTo = oneshot::Sender<Result<Grant, Shut>>;

/// Calls that may be made.
#[derive(Debug)]
pub(super) struct Permit {
    pub(super) webhook: WebhookId,
    pub(super) era: Era,
    pub(super) count: usize,
}

/// What follows from a change.
#[derive(Default)]
pub(super) struct Effects {
    pub(super) answers: Vec<(AnswerTo, Result<Permit, Shut>)>,
    /// How lanes stand otherwise: how they stood, and how they do.
    pub(super) turned: Vec<(WebhookId, LaneState, LaneState)>,
    /// The next alarm rings sooner than it would have.
    pub(super) is_sooner: bool,
}

/// What became of a lane's turn.
enum Turn {
    /// It got what it could; more may be free for it in its next turn.
    Taken,
    /// It may go, but the server's slots that are left are kept for others.
    Kept,
    /// Nobody waits, or its own limits are reached.
    Over,
}

impl Rota {
    pub(super) fn new(capacity: usize, random: Arc<Random>) -> Rota {
        Rota {
            capacity: Capacity::new(capacity),
            lanes: HashMap::new(),
            turns: VecDeque::new(),
            alarms: BTreeSet::new(),
            last_ticket: Ticket(0),
            random,
            effects: Effects::default(),
        }
    }

    pub(super) fn set(&mut self, webhook: WebhookId, allowance: Allowance, now: Duration) {
        match self.lanes.get_mut(&webhook) {
            Some(lane) => {
                if lane.limits.change(allowance, now) {
                    self.look(webhook, now);
                }
            }
            None => {
                self.lanes.insert(webhook, Lane::new(allowance, now));
            }
        }
    }

    /// Its calls in flight go on and hold the server's slots until they end.
    pub(super) fn remove(&mut self, webhook: WebhookId) {
        let Some(lane) = self.lanes.remove(&webhook) else {
            return;
        };
        if let Some(alarm) = lane.alarm {
            self.alarms.remove(&(alarm, webhook));
        }
        if lane.is_in_turns {
            self.turns.retain(|turn| *turn != webhook);
        }
        let waiters = lane.waiters.into_values();
        let answers = waiters.map(|waiter| (waiter.answer, Err(Shut::Gone)));
        self.effects.answers.extend(answers);
    }

    pub(super) fn state(&self, webhook: WebhookId, now: Duration) -> Option<LaneState> {
        Some(self.lanes.get(&webhook)?.limits.state(now))
    }

    /// Why somebody is not to wait: a client whose patience ends at `patience`, or a flow.
    pub(super) fn shut(
        &self,
        webhook: WebhookId,
        patience: Option<Duration>,
        now: Duration,
    ) -> Option<Shut> {
        let Some(lane) = self.lanes.get(&webhook) else {
            return Some(Shut::Gone);
        };
        lane.limits.shut(now, patience?)
    }

    /// What is free, up to `at_most`; nothing while others wait.
    pub(super) fn take(
        &mut self,
        webhook: WebhookId,
        at_most: usize,
        now: Duration,
    ) -> Option<Permit> {
        let lane = self.lanes.get_mut(&webhook)?;
        if !lane.waiters.is_empty() {
            return None;
        }
        let Free::Now(free) = lane.limits.free(now) else {
            return None;
        };
        let room = self.capacity.room(lane.limits.in_flight());
        let count = free.min(room).min(at_most);
        (count > 0).then(|| lane.take(webhook, count, &mut self.capacity, now))
    }

    /// Waits behind those who wait already. The webhook must be there.
    pub(super) fn wait(&mut self, webhook: WebhookId, waiter: Waiter, now: Duration) -> Ticket {
        self.last_ticket.0 += 1;
        if let Some(lane) = self.lanes.get_mut(&webhook) {
            lane.waiters.insert(self.last_ticket, waiter);
        }
        self.look(webhook, now);
        self.last_ticket
    }

    /// A waiter went away.
    pub(super) fn forget(&mut self, webhook: WebhookId, ticket: Ticket, now: Duration) {
        if let Some(lane) = self.lanes.get_mut(&webhook) {
            lane.waiters.remove(&ticket);
        }
        self.look(webhook, now);
    }

    /// Calls are over: who waits for many slots gets them together.
    pub(super) fn over(&mut self, calls: impl Iterator<Item = (WebhookId, Era)>, now: Duration) {
        let mut webhooks = Vec::new();
        for (webhook, era) in calls {
            self.capacity.give_back(1);
            if let Some(lane) = self.lanes.get_mut(&webhook) {
                lane.limits.over(1, era, now);
            }
            if webhooks.last() != Some(&webhook) {
                webhooks.push(webhook);
            }
        }
        for webhook in webhooks {
            self.refuse(webhook, now);
            self.line_up(webhook, now);
        }
        self.give_out(now);
    }

    /// Calls that were granted have not been made.
    pub(super) fn undo(&mut self, permit: &Permit, now: Duration) {
        self.capacity.give_back(permit.count);
        if let Some(lane) = self.lanes.get_mut(&permit.webhook) {
            lane.limits.undo(permit.count, permit.era, now);
        }
        self.look(permit.webhook, now);
    }

    pub(super) fn note(&mut self, webhook: WebhookId, era: Era, verdict: Verdict, now: Duration) {
        let random = &self.random;
        if let Some(lane) = self.lanes.get_mut(&webhook) {
            lane.limits
                .note(verdict, era, now, || fraction(random.as_ref()));
        }
        self.look(webhook, now);
    }

    /// A person says that the service is there.
    pub(super) fn reopen(&mut self, webhook: WebhookId, now: Duration) {
        if let Some(lane) = self.lanes.get_mut(&webhook) {
            lane.limits.reopen();
        }
        self.look(webhook, now);
    }

    /// Looks at the lanes whose time has come, and says when the next alarm rings.
    pub(super) fn ring(&mut self, now: Duration) -> Option<Duration> {
        while let Some(&(at, webhook)) = self.alarms.first() {
            if now < at {
                break;
            }
            self.alarms.pop_first();
            if let Some(lane) = self.lanes.get_mut(&webhook) {
                lane.alarm = None;
            }
            self.look(webhook, now);
        }
        // Who asked knows it from here.
        self.effects.is_sooner = false;
        self.alarms.first().map(|(at, _)| *at)
    }

    /// What has followed since this was last asked for.
    pub(super) fn effects(&mut self) -> Effects {
        mem::take(&mut self.effects)
    }

    /// Something about a lane is another than it was.
    fn look(&mut self, webhook: WebhookId, now: Duration) {
        self.refuse(webhook, now);
        self.line_up(webhook, now);
        self.give_out(now);
    }

    /// Tells clients that need not wait any longer.
    fn refuse(&mut self, webhook: WebhookId, now: Duration) {
        let Some(lane) = self.lanes.get_mut(&webhook) else {
            return;
        };
        if lane.limits.state(now) == LaneState::Open {
            return;
        }
        let shut = |waiter: &Waiter| lane.limits.shut(now, waiter.patience?);
        let refused = lane
            .waiters
            .extract_if(.., |_, waiter| shut(waiter).is_some());
        for (_, waiter) in refused {
            if let Some(shut) = shut(&waiter) {
                self.effects.answers.push((waiter.answer, Err(shut)));
            }
        }
    }

    /// Puts a lane that may go among the turns, and sets the alarm of one that may go later.
    fn line_up(&mut self, webhook: WebhookId, now: Duration) {
        let Some(lane) = self.lanes.get_mut(&webhook) else {
            return;
        };
        let state = lane.limits.state(now);
        let former = mem::replace(&mut lane.state, state);
        if former != state {
            self.effects.turned.push((webhook, former, state));
        }
        let waits = !lane.waiters.is_empty();
        let alarm = match lane.limits.free(now) {
            Free::Now(_) => {
                if waits && !mem::replace(&mut lane.is_in_turns, true) {
                    self.turns.push_back(webhook);
                }
                None
            }
            Free::From(moment) if waits => Some(moment),
            Free::From(_) | Free::NotYet => None,
        };
        let former = mem::replace(&mut lane.alarm, alarm);
        if former == alarm {
            return;
        }
        if let Some(former) = former {
            self.alarms.remove(&(former, webhook));
        }
        if let Some(alarm) = alarm {
            self.alarms.insert((alarm, webhook));
            self.effects.is_sooner |= self.alarms.first() == Some(&(alarm, webhook));
        }
    }

    /// Gives each lane its turn for as long as there is something to give.
    fn give_out(&mut self, now: Duration) {
        // Those in front of it may go, but have their part; they keep their place.
        let mut next = 0;
        while !self.capacity.is_used_up()
            && let Some(&webhook) = self.turns.get(next)
        {
            match self.turn(webhook, now) {
                Turn::Kept => next += 1,
                Turn::Taken => {
                    self.turns.remove(next);
                    self.turns.push_back(webhook);
                }
                Turn::Over => {
                    self.turns.remove(next);
                    if let Some(lane) = self.lanes.get_mut(&webhook) {
                        lane.is_in_turns = false;
                    }
                    self.line_up(webhook, now);
                }
            }
        }
    }

    fn turn(&mut self, webhook: WebhookId, now: Duration) -> Turn {
        let Some(lane) = self.lanes.get_mut(&webhook) else {
            return Turn::Over;
        };
        let (Free::Now(free), Some(first)) = (lane.limits.free(now), lane.waiters.first_entry())
        else {
            return Turn::Over;
        };
        let room = self.capacity.room(lane.limits.in_flight());
        if room == 0 {
            return Turn::Kept;
        }
        let waiter = first.remove();
        let count = free.min(room).min(waiter.at_most);
        let permit = lane.take(webhook, count, &mut self.capacity, now);
        self.effects.answers.push((waiter.answer, Ok(permit)));
        // A probe shuts the circuit to the clients behind it.
        self.refuse(webhook, now);
        Turn::Taken
    }
}

impl Lane {
    fn new(allowance: Allowance, now: Duration) -> Lane {
        let limits = Limits::new(allowance);
        Lane {
            state: limits.state(now),
            limits,
            waiters: BTreeMap::new(),
            is_in_turns: false,
            alarm: None,
        }
    }

    fn take(
        &mut self,
        webhook: WebhookId,
        count: usize,
        capacity: &mut Capacity,
        now: Duration,
    ) -> Permit {
        capacity.take(count);
        Permit {
            webhook,
            era: self.limits.take(count, now),
            count,
        }
    }
}

/// Uniform from 0 to 1.
fn fraction(random: &Random) -> f64 {
    let mut bytes = [0; 4];
    random(&mut bytes);
    f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX)
}

#[cfg(test)]
impl Rota {
    pub(super) fn waiters(&self, webhook: WebhookId) -> usize {
        self.lanes[&webhook].waiters.len()
    }

    /// Whether something is kept of a webhook: its lane, its turn, its alarm.
    pub(super) fn is_kept(&self, webhook: WebhookId) -> [bool; 3] {
        [
            self.lanes.contains_key(&webhook),
            self.turns.contains(&webhook),
            self.alarms.iter().any(|(_, id)| *id == webhook),
        ]
    }
}
