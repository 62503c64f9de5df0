use super::*;

const SECOND: Duration = Duration::from_secs(1);
const RATES: [f64; 9] = [0.001, 0.7, 1.0, 9.9, 10.0, 11.0, 37.5, 1_000.0, 1e9];

/// Takes all that is free at `now`.
fn take_all(rate: &mut Rate, now: Duration) -> usize {
    let free = rate.free(now);
    rate.take(free, now);
    free
}

/// What is given from `from` on for `time` to somebody who always wants more and wakes when the next call may go, but not before a
/// millisecond has passed and `late` after that.
fn given(rate: &mut Rate, from: Duration, time: Duration, late: Duration) -> usize {
    let mut now = from;
    let mut given = 0;
    while now < from + time {
        given += take_all(rate, now);
        now = rate.next().max(now + Duration::from_millis(1)) + late;
    }
    given
}

/// 100 ms' worth, at least one.
fn burst(per_second: f64) -> usize {
    (per_second / 10.0).floor().max(1.0) as usize
}

#[test]
fn the_burst_is_100_ms_worth_and_at_least_one() {
    for per_second in RATES {
        let mut rate = Rate::new(per_second);
        let now = 1_000_000 * SECOND;
        assert_eq!(take_all(&mut rate, now), burst(per_second), "{per_second}");
        assert_eq!(rate.free(now), 0, "{per_second}");
        // However long nothing is asked for, no more is earned.
        let later = 2_000_000_000 * SECOND;
        assert_eq!(
            take_all(&mut rate, later),
            burst(per_second),
            "{per_second}"
        );
    }
}

#[test]
fn the_rate_is_met_within_2_percent_over_10_seconds_once_the_burst_is_over() {
    for per_second in RATES {
        // Long enough for ten calls of the slowest.
        let time = if per_second < 1.0 {
            10_000 * SECOND
        } else {
            10 * SECOND
        };
        for late in [0, 300, 2_000].map(Duration::from_micros) {
            let mut rate = Rate::new(per_second);
            let start = 12_345 * SECOND;
            take_all(&mut rate, start);
            let given = given(&mut rate, start, time, late) as f64;
            let due = per_second * time.as_secs_f64();
            // One call more or less is where the ends of the window happen to lie.
            let may_differ = (due * 0.02).max(1.0);
            assert!(
                (given - due).abs() <= may_differ,
                "{per_second}, {late:?} late: {given} for {due}"
            );
        }
    }
}

#[test]
fn no_window_of_10_seconds_has_over_2_percent_more_with_the_burst() {
    for per_second in [10.0, 11.0, 37.5, 1_000.0, 1e9] {
        let mut rate = Rate::new(per_second);
        let given = given(&mut rate, SECOND, 10 * SECOND, Duration::ZERO) as f64;
        let due = per_second * 10.0;
        assert!(
            given <= due * 1.02,
            "{per_second}: {given} of at most {due}"
        );
    }
}

#[test]
fn it_does_not_drift_in_a_day() {
    for per_second in [0.001, 1.0, 3.0, 37.5] {
        let mut rate = Rate::new(per_second);
        let time = 24 * 60 * 60 * SECOND;
        let late = Duration::from_micros(1_500);
        let given = given(&mut rate, SECOND, time, late) as f64;
        let due = per_second * time.as_secs_f64();
        let burst = burst(per_second) as f64;
        assert!(
            (given - due).abs() <= burst + 1.0,
            "{per_second}: {given} for {due}"
        );
    }
}

#[test]
fn the_next_moment_is_the_first_at_which_a_call_may_go() {
    for per_second in RATES {
        let mut rate = Rate::new(per_second);
        let now = 77 * SECOND + Duration::from_nanos(123_456_789);
        take_all(&mut rate, now);
        let next = rate.next();
        assert!(rate.free(next) >= 1, "{per_second}");
        if next > now {
            let before = next - Duration::from_nanos(1);
            assert_eq!(rate.free(before), 0, "{per_second}");
        }
    }
}

#[test]
fn a_changed_rate_gives_no_second_burst_and_keeps_nobody_waiting_for_the_former() {
    let now = 50 * SECOND;
    let mut rate = Rate::new(1_000.0);
    take_all(&mut rate, now);
    rate.change(2_000.0, now);
    let again = rate.free(now);
    assert!(again <= 100, "what the higher rate adds, not {again}");

    let mut rate = Rate::new(0.001);
    take_all(&mut rate, now);
    rate.change(10.0, now);
    assert_eq!(rate.free(now), 0);
    assert!(rate.next() <= now + SECOND / 10, "{:?}", rate.next());
}

#[test]
fn what_is_given_back_may_be_taken_at_once() {
    let now = 50 * SECOND;
    let mut rate = Rate::new(0.001);
    rate.take(1, now);
    rate.give_back(1);
    assert_eq!(rate.free(now), 1);
}

#[test]
fn what_is_out_of_range_is_brought_into_it() {
    for (given, taken) in [(0.0, 0.001), (-1.0, 0.001), (1e300, 1e9)] {
        assert_eq!(Rate::new(given).interval, Rate::new(taken).interval);
    }
    let mut rate = Rate::new(f64::NAN);
    assert!(take_all(&mut rate, SECOND) >= 1);
}
