//! Whose turn it is.

use super::*;

#[tokio::test]
async fn within_a_lane_it_is_first_come_first_served() {
    let world = World::new(10);
    world.set(A, 1);
    let mut slot = world.take(A, 1);
    let mut line: Vec<_> = (0..5).map(|_| world.client(A)).collect();
    for next in 0..5 {
        line.iter_mut().skip(next).for_each(assert_waits);
        drop(slot);
        slot = vec![answer(&mut line[next]).unwrap()];
    }
}

#[tokio::test]
async fn nothing_is_given_out_of_turn_while_others_wait() {
    let world = World::new(10);
    world.set(A, 1);
    let slot = world.take(A, 1);
    let mut first = world.client(A);
    world.set(A, 2);
    let _first = answer(&mut first).unwrap();
    let mut second = world.client(A);
    assert_waits(&mut second);
    assert_eq!(world.lanes.try_enter(A, 1).len(), 0);
    drop(slot);
    assert_eq!(world.lanes.try_enter(A, 1).len(), 0);
    let _second = answer(&mut second).unwrap();
}

#[tokio::test]
async fn lanes_take_turns_whatever_their_demand() {
    let world = World::new(8);
    world.set(A, 100);
    world.set(B, 100);
    world.set(C, 100);
    let mut slots = world.take(A, 8);
    let mut many: Vec<_> = (0..20).map(|_| world.client(A)).collect();
    let mut few: Vec<_> = (0..3).map(|_| world.client(B)).collect();
    let mut batch = world.flow(C, 2);
    let mut order = String::new();
    let mut given = Vec::new();
    for _ in 0..9 {
        drop(slots.pop().or_else(|| given.pop()));
        for (name, lane) in [("a", &mut many), ("b", &mut few)] {
            lane.retain_mut(|client| match poll(client) {
                Poll::Ready(slot) => {
                    given.push(slot.unwrap());
                    order += name;
                    false
                }
                Poll::Pending => true,
            });
        }
        if order.len() < 9
            && !order.contains('c')
            && let Poll::Ready(slots) = poll(&mut batch)
        {
            given.extend(slots.unwrap());
            order += "c";
        }
    }
    assert_eq!(order, "abcababaa");
}

#[tokio::test]
async fn a_batch_gets_what_is_free_from_one_to_all() {
    let world = World::new(8);
    world.set(A, 5);
    assert_eq!(answer(&mut world.flow(A, 3)).unwrap().len(), 3);
    let all = answer(&mut world.flow(A, 100)).unwrap();
    assert_eq!(all.len(), 5);
    let mut next = world.flow(A, 4);
    assert_waits(&mut next);
    drop(all);
    // The first slot that is given back ends its waiting; others go on to whoever comes then.
    assert_eq!(answer(&mut next).unwrap().len(), 1);
    assert_eq!(answer(&mut world.flow(A, 0)).unwrap().len(), 1);
    assert_eq!(world.lanes.try_enter(A, 0).len(), 0);
}

#[tokio::test]
async fn what_a_waiter_was_granted_that_goes_away_goes_on() {
    let world = World::new(10);
    world.lanes.set(
        A,
        Allowance {
            rate: Some(0.001),
            ..allows(1)
        },
    );
    world.set(B, 1);
    for lane in [A, B] {
        let mut slot = world.take(lane, 1);
        slot[0].begin();
        let gone_before = world.client(lane);
        let gone_after = world.client(lane);
        let mut last = world.flow(lane, 1);
        drop(gone_before);
        drop(slot);
        world.pass(1_000 * SECOND).await;
        assert_waits(&mut last);
        drop(gone_after);
        // Not even the rate is used up by it.
        assert_eq!(answer(&mut last).unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_batch_that_goes_away_gives_all_of_it_back() {
    let world = World::new(10);
    world.lanes.set(A, paused());
    let granted = world.flow(A, 7);
    world.set(A, 10);
    assert_eq!(world.lanes.try_enter(A, 10).len(), 3, "the rest");
    drop(granted);
    world.take(A, 10);
}

#[tokio::test]
async fn what_was_granted_goes_on_when_its_waiter_leaves_before_it_is_told() {
    let world = World::new(10);
    world.set(A, 1);
    let slot = world.take(A, 1);
    let (first, mut second) = (world.client(A), world.client(A));
    let ((), effects) = world.lanes.locked(|rota, now| rota.set(A, allows(2), now));
    drop(first);
    world.lanes.carry_out(effects);
    let _second = answer(&mut second).unwrap();
    drop(slot);
    world.take(A, 1);
}

#[tokio::test]
async fn any_number_may_go_away() {
    let world = World::new(10);
    world.set(A, 1);
    let slot = world.take(A, 1);
    let mut gone: Vec<_> = (0..100_000).map(|_| world.client(A)).collect();
    let mut last = world.client(A);
    gone.truncate(50_000);
    assert_eq!(world.lanes.lock().waiters(A), 50_001);
    // Each is granted what the one before it left.
    drop(slot);
    drop(gone);
    drop(answer(&mut last).unwrap());
    world.take(A, 1);
}

#[tokio::test]
async fn nobody_passes_those_whose_time_has_come_but_who_are_not_yet_told() {
    let world = World::new(10);
    world.set(A, 1);
    world.take(A, 1)[0].note(Verdict::RetryAfter(SECOND));
    let mut first = world.flow(A, 1);
    world.settle().await;
    world.passed.send_modify(|passed| *passed += SECOND);
    assert_eq!(world.lanes.try_enter(A, 1).len(), 0);
    let mut second = world.client(A);
    let _first = answer(&mut first).unwrap();
    assert_waits(&mut second);
}

#[tokio::test]
async fn limits_may_be_lowered_and_raised() {
    let world = World::new(10);
    world.set(A, 4);
    let mut slots = world.take(A, 4);
    let mut waits = world.flow(A, 10);
    world.set(A, 2);
    slots.truncate(2);
    assert_waits(&mut waits);
    slots.truncate(1);
    let mut batch = answer(&mut waits).unwrap();
    assert_eq!(batch.len(), 1);
    let mut waits = world.flow(A, 10);
    assert_waits(&mut waits);
    world.set(A, 7);
    batch.extend(answer(&mut waits).unwrap());
    assert_eq!(batch.len(), 6);
}

#[tokio::test]
async fn the_last_eighth_is_kept_for_lanes_that_hold_little() {
    let world = World::new(160);
    for lane in [A, B, C] {
        world.set(lane, 1_000);
    }
    let mut taken = answer(&mut world.flow(A, 1_000)).unwrap();
    assert_eq!(taken.len(), 140, "all but an eighth");
    let mut more = world.flow(A, 1_000);
    assert_waits(&mut more);
    // That A waits in front of them keeps nobody from what is kept.
    let little = answer(&mut world.flow(B, 1_000)).unwrap();
    assert_eq!(little.len(), 10, "a sixteenth");
    let mut more_little = world.client(B);
    assert_waits(&mut more_little);
    let mut last = answer(&mut world.flow(C, 1_000)).unwrap();
    assert_eq!(last.len(), 10);
    let mut more_last = world.client(C);
    assert_waits(&mut more_last);
    // Who holds little gets at its turn, although others stand in front who may not.
    last.pop();
    let _last = answer(&mut more_last).unwrap();
    // What is kept is filled up again before the others get more.
    taken.truncate(120);
    assert_waits(&mut more);
    assert_waits(&mut more_little);
    taken.truncate(118);
    assert_eq!(answer(&mut more).unwrap().len(), 1);
    answer(&mut more_little).unwrap();
}

#[tokio::test]
async fn a_small_server_keeps_nothing() {
    for capacity in [1, 15] {
        let world = World::new(capacity);
        world.set(A, 100);
        assert_eq!(world.lanes.try_enter(A, 100).len(), capacity);
    }
}

#[tokio::test]
async fn who_waits_for_its_own_lane_holds_none_of_the_servers_slots() {
    let world = World::new(2);
    world.set(A, 1);
    world.lanes.set(B, paused());
    world.lanes.set(
        C,
        Allowance {
            rate: Some(0.001),
            ..allows(100)
        },
    );
    world.call(C);
    let _slot = world.take(A, 1);
    let mut waits = [world.flow(A, 9), world.flow(B, 9), world.flow(C, 9)];
    waits.iter_mut().for_each(assert_waits);
    world.set(WebhookId(4), 100);
    world.take(WebhookId(4), 1);
}

#[tokio::test]
async fn a_deleted_webhook_lets_go_of_everything() {
    let world = World::new(2);
    for lane in [A, B, C] {
        world.set(lane, 100);
    }
    world.take(C, 1)[0].note(Verdict::RetryAfter(SECOND));
    let mut held = world.flow(C, 1);
    assert_waits(&mut held);
    let slots = [world.take(A, 1), world.take(B, 1)];
    let (mut client, mut flow) = (world.client(A), world.flow(A, 1));
    let mut other = world.flow(B, 1);
    assert_eq!(world.lanes.lock().is_kept(A), [true, true, false]);
    assert_eq!(world.lanes.lock().is_kept(C), [true, false, true]);
    world.lanes.remove(A);
    world.lanes.remove(C);
    assert_eq!(answer(&mut held).unwrap_err(), Gone);
    assert_eq!(answer(&mut client).unwrap_err(), Shut::Gone);
    assert_eq!(answer(&mut flow).unwrap_err(), Gone);
    assert_eq!(answer(&mut world.client(A)).unwrap_err(), Shut::Gone);
    assert_eq!(answer(&mut world.flow(A, 1)).unwrap_err(), Gone);
    assert_eq!(world.lanes.try_enter(A, 1).len(), 0);
    assert_eq!(world.lanes.lock().is_kept(A), [false; 3]);
    assert_eq!(world.lanes.lock().is_kept(C), [false; 3]);
    // Its calls in flight hold the server's slots until they end.
    assert_waits(&mut other);
    drop(slots);
    answer(&mut other).unwrap();
}
