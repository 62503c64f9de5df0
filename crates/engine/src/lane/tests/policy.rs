//! When a webhook is called.

use std::collections::VecDeque;

use super::*;

fn at_rate(per_second: f64) -> Allowance {
    Allowance {
        rate: Some(per_second),
        ..allows(1_000_000)
    }
}

#[tokio::test]
async fn a_rate_is_kept_by_many_who_wait() {
    for (per_second, burst) in [(1.0, 1), (37.5, 3), (1_000.0, 100)] {
        let world = World::new(1_000_000);
        world.lanes.set(A, at_rate(per_second));
        let mut given = 0;
        let mut line = VecDeque::from([world.flow(A, 7), world.flow(A, 7)]);
        for millis in 0..10_000 {
            while let Poll::Ready(slots) = poll(&mut line[0]) {
                let mut slots = slots.unwrap();
                slots.iter_mut().for_each(Slot::begin);
                given += slots.len();
                line.pop_front();
                line.push_back(world.flow(A, 7));
            }
            if millis == 0 {
                assert_eq!(given, burst, "{per_second} per second");
            }
            world.pass(MILLISECOND).await;
        }
        let even = given as f64 - burst as f64;
        let due = per_second * 10.0;
        assert!(
            (even - due).abs() <= (due * 0.02).max(1.0),
            "{per_second} per second: {even} for {due}"
        );
        let sleeps = world.sleeps.load(Ordering::Relaxed);
        assert!(sleeps <= 10_100, "{per_second} per second: {sleeps} sleeps");
    }
}

#[tokio::test]
async fn a_raised_rate_holds_for_those_who_wait_already() {
    let world = World::new(10);
    world.lanes.set(A, at_rate(0.001));
    world.call(A);
    let mut waits = world.client(A);
    world.pass(100 * SECOND).await;
    assert_waits(&mut waits);
    world.lanes.set(A, at_rate(10.0));
    world.pass(SECOND / 10).await;
    answer(&mut waits).unwrap().begin();
    drop(world.client(A));
    let mut waits = world.client(A);
    world.set(A, 10);
    answer(&mut waits).unwrap();
}

#[tokio::test]
async fn a_slot_that_no_call_was_begun_with_is_not_of_the_rate() {
    let world = World::new(100);
    world.lanes.set(A, at_rate(20.0));
    let mut slots = world.take(A, 2);
    let mut waits = world.flow(A, 2);
    assert_waits(&mut waits);
    slots[0].begin();
    drop(slots);
    assert_eq!(answer(&mut waits).unwrap().len(), 1, "for the other");
    world.take(A, 1);
    world.call(A);
    assert_eq!(world.lanes.try_enter(A, 1).len(), 0);
}

#[tokio::test]
async fn r_call_12_a_paused_webhook_refuses_clients_and_keeps_flows_waiting() {
    let world = World::new(10);
    world.set(A, 1);
    let slot = world.take(A, 1);
    let (mut client, mut flow) = (world.client(A), world.flow(A, 1));
    world.lanes.set(A, paused());
    assert_eq!(world.lanes.state(A), LaneState::Paused);
    assert_eq!(answer(&mut client).unwrap_err(), Shut::Paused);
    assert_eq!(answer(&mut world.client(A)).unwrap_err(), Shut::Paused);
    drop(slot);
    assert_eq!(world.lanes.try_enter(A, 1).len(), 0);
    world.pass(1_000 * SECOND).await;
    assert_waits(&mut flow);
    world.set(A, 1);
    answer(&mut flow).unwrap();
}

#[tokio::test]
async fn r_call_12_an_open_circuit_refuses_clients_and_keeps_flows_waiting() {
    let world = World::new(100);
    world.set(A, 20);
    let slots = world.take(A, 20);
    let (mut client, mut flow) = (world.client(A), world.flow(A, 5));
    for slot in &slots[..9] {
        slot.note(Verdict::Failed);
    }
    assert_eq!(world.lanes.state(A), LaneState::Open);
    assert_waits(&mut client);
    slots[9].note(Verdict::Failed);
    assert_eq!(world.lanes.state(A), LaneState::CircuitOpen);
    assert_eq!(answer(&mut client).unwrap_err(), Shut::CircuitOpen);
    assert_eq!(answer(&mut world.client(A)).unwrap_err(), Shut::CircuitOpen);
    drop(slots);
    assert_eq!(world.lanes.try_enter(A, 1).len(), 0);
    world.pass(SECOND - MILLISECOND).await;
    assert_waits(&mut flow);
    world.pass(MILLISECOND).await;
    // Five were wanted: the probe is one.
    assert_eq!(answer(&mut flow).unwrap().len(), 1);
}

#[tokio::test]
async fn a_half_open_circuit_sends_one_probe_at_a_time() {
    let world = World::new(100);
    world.set(A, 20);
    world.fail(A);
    world.pass(SECOND).await;
    assert_eq!(world.lanes.state(A), LaneState::CircuitOpen);
    let probe = answer(&mut world.client(A)).unwrap();
    assert_eq!(answer(&mut world.client(A)).unwrap_err(), Shut::CircuitOpen);
    let mut next = world.flow(A, 5);
    assert_waits(&mut next);
    // It ends without a verdict: another may go.
    drop(probe);
    let probe = answer(&mut next).unwrap();
    probe[0].note(Verdict::Failed);
    drop(probe);
    let mut next = world.flow(A, 5);
    world.pass(2 * SECOND - MILLISECOND).await;
    assert_waits(&mut next);
    world.pass(MILLISECOND).await;
    let probe = answer(&mut next).unwrap();
    let mut others = world.flow(A, 100);
    assert_waits(&mut others);
    probe[0].note(Verdict::Alive);
    assert_eq!(world.lanes.state(A), LaneState::Open);
    assert_eq!(answer(&mut others).unwrap().len(), 19);
}

#[tokio::test]
async fn a_granted_probe_refuses_the_clients_behind_it() {
    let world = World::new(100);
    world.set(A, 20);
    let mut slots = world.take(A, 20);
    for slot in &slots {
        slot.note(Verdict::Failed);
    }
    world.pass(SECOND).await;
    let (mut probe, mut client, mut flow) = (world.client(A), world.client(A), world.flow(A, 5));
    assert_waits(&mut client);
    slots.pop();
    let _probe = answer(&mut probe).unwrap();
    assert_eq!(answer(&mut client).unwrap_err(), Shut::CircuitOpen);
    assert_waits(&mut flow);
}

#[tokio::test]
async fn an_undelivered_probe_goes_on_to_the_next() {
    let world = World::new(100);
    world.set(A, 20);
    world.fail(A);
    let (probe, mut next) = (world.flow(A, 1), world.flow(A, 1));
    world.pass(SECOND).await;
    assert_waits(&mut next);
    drop(probe);
    answer(&mut next).unwrap();
}

#[tokio::test]
async fn retry_after_holds_its_lane_alone_until_the_latest_moment() {
    let world = World::new(100);
    world.set(A, 20);
    world.set(B, 20);
    let slots = world.take(A, 3);
    slots[0].note(Verdict::RetryAfter(60 * SECOND));
    slots[1].note(Verdict::RetryAfter(5 * SECOND));
    slots[2].note(Verdict::Alive);
    drop(slots);
    let mut flow = world.flow(A, 20);
    assert_eq!(world.lanes.state(A), LaneState::Held);
    assert_eq!(world.lanes.state(B), LaneState::Open);
    world.take(B, 20);
    world.pass(60 * SECOND - MILLISECOND).await;
    assert_waits(&mut flow);
    world.pass(MILLISECOND).await;
    assert_eq!(world.lanes.state(A), LaneState::Open);
    assert_eq!(answer(&mut flow).unwrap().len(), 20, "at once");
}

#[tokio::test]
async fn retry_after_is_no_failure_and_an_answered_probe() {
    let world = World::new(100);
    world.set(A, 20);
    for round in 0..30 {
        let verdict = match round % 10 {
            9 => Verdict::RetryAfter(Duration::ZERO),
            _ => Verdict::Failed,
        };
        world.take(A, 1)[0].note(verdict);
    }
    assert_eq!(world.lanes.state(A), LaneState::Open);
    world.fail(A);
    world.pass(SECOND).await;
    world.take(A, 1)[0].note(Verdict::RetryAfter(SECOND));
    assert_eq!(world.lanes.state(A), LaneState::Held);
    world.pass(SECOND).await;
    assert_eq!(world.lanes.state(A), LaneState::Open);
}

#[tokio::test]
async fn a_client_waits_for_retry_after_only_as_long_as_it_has_patience() {
    let world = World::new(100);
    world.set(A, 2);
    let slots = world.take(A, 2);
    let mut patient = world.client_for(A, 11 * SECOND);
    let mut impatient = world.client_for(A, 9 * SECOND);
    slots[0].note(Verdict::RetryAfter(10 * SECOND));
    assert_eq!(answer(&mut impatient).unwrap_err(), Shut::Held);
    assert_waits(&mut patient);
    let mut refused = world.client_for(A, 10 * SECOND - MILLISECOND);
    assert_eq!(answer(&mut refused).unwrap_err(), Shut::Held);
    let mut last = world.client_for(A, 10 * SECOND);
    world.pass(5 * SECOND).await;
    assert_waits(&mut last);
    // A later moment is named: its patience was counted from when it came.
    slots[1].note(Verdict::RetryAfter(6 * SECOND));
    assert_eq!(answer(&mut last).unwrap_err(), Shut::Held);
    drop(slots);
    world.pass(6 * SECOND).await;
    answer(&mut patient).unwrap();
}

#[tokio::test]
async fn a_circuit_that_a_person_closes_lets_calls_go_at_once() {
    let world = World::new(100);
    world.set(A, 20);
    world.fail(A);
    let mut flow = world.flow(A, 5);
    assert_waits(&mut flow);
    world.lanes.reopen(A);
    assert_eq!(world.lanes.state(A), LaneState::Open);
    let slots = answer(&mut flow).unwrap();
    assert_eq!(slots.len(), 5);
    slots[0].note(Verdict::RetryAfter(SECOND));
    assert_eq!(world.lanes.state(A), LaneState::Held);
    world.lanes.reopen(A);
    assert_eq!(world.lanes.state(A), LaneState::Open);
}

#[tokio::test]
async fn it_is_told_once_how_a_lane_comes_to_stand_otherwise() {
    let world = World::new(100);
    world.set(A, 20);
    let slots = world.take(A, 2);
    world.fail(A);
    world.lanes.reopen(A);
    for slot in &slots {
        slot.note(Verdict::RetryAfter(SECOND));
    }
    let turned = world.turned.lock().unwrap();
    assert_eq!(
        *turned,
        [
            (A, LaneState::Open, LaneState::CircuitOpen),
            (A, LaneState::CircuitOpen, LaneState::Open),
            (A, LaneState::Open, LaneState::Held)
        ]
    );
}
