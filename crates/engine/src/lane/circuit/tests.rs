use super::*;

const SECOND: Duration = Duration::from_secs(1);
const NOW: Duration = Duration::from_secs(1_000);

/// The whole of each opening.
fn whole() -> f64 {
    1.0
}

/// Opened at `NOW` by as many failures as that takes.
fn open() -> Circuit {
    let mut circuit = Circuit::new();
    for _ in 0..FAILURES {
        assert_eq!(circuit.passage(NOW), Passage::All);
        let era = circuit.pass();
        circuit.failed(era, NOW, whole);
    }
    circuit
}

#[test]
fn ten_failures_in_a_row_open_it() {
    assert_eq!(open().passage(NOW), Passage::NoneUntil(NOW + SECOND));
}

#[test]
fn an_answer_sets_the_count_back() {
    let mut circuit = Circuit::new();
    let era = circuit.pass();
    for _ in 0..3 {
        for _ in 0..FAILURES - 1 {
            circuit.failed(era, NOW, whole);
        }
        circuit.alive();
    }
    assert_eq!(circuit.passage(NOW), Passage::All);
}

#[test]
fn half_open_lets_one_probe_go_at_a_time() {
    let mut circuit = open();
    let later = NOW + SECOND;
    assert_eq!(circuit.passage(later), Passage::One);
    let probe = circuit.pass();
    assert_eq!(circuit.passage(later), Passage::NoneForNow);
    // It ended without a verdict.
    circuit.over(probe, later);
    assert_eq!(circuit.passage(later), Passage::One);
    assert!(circuit.is_open());
}

#[test]
fn an_answered_probe_closes_it_and_the_next_opening_starts_at_a_second() {
    let mut circuit = open();
    let probe = circuit.pass();
    circuit.failed(probe, NOW, whole);
    assert_eq!(circuit.passage(NOW), Passage::NoneUntil(NOW + 2 * SECOND));
    let probe = circuit.pass();
    circuit.alive();
    circuit.over(probe, NOW);
    assert_eq!(circuit.passage(NOW), Passage::All);
    let era = circuit.pass();
    for _ in 0..FAILURES {
        circuit.failed(era, NOW, whole);
    }
    assert_eq!(circuit.passage(NOW), Passage::NoneUntil(NOW + SECOND));
}

#[test]
fn each_failed_probe_doubles_it_up_to_a_minute() {
    let mut circuit = open();
    for seconds in [2, 4, 8, 16, 32, 60, 60] {
        let probe = circuit.pass();
        circuit.failed(probe, NOW, whole);
        circuit.over(probe, NOW);
        let until = NOW + seconds * SECOND;
        assert_eq!(circuit.passage(NOW), Passage::NoneUntil(until));
    }
}

#[test]
fn jitter_takes_up_to_half_of_it() {
    for (random, millis) in [(0.0, 500), (0.5, 750), (1.0, 1_000)] {
        let mut circuit = Circuit::new();
        let era = circuit.pass();
        for _ in 0..FAILURES {
            circuit.failed(era, NOW, || random);
        }
        let until = NOW + Duration::from_millis(millis);
        assert_eq!(circuit.passage(NOW), Passage::NoneUntil(until), "{random}");
    }
}

#[test]
fn what_was_in_flight_when_it_opened_prolongs_nothing_and_counts_no_more() {
    let mut circuit = Circuit::new();
    let before = circuit.pass();
    for _ in 0..3 * FAILURES {
        circuit.failed(before, NOW, whole);
        circuit.over(before, NOW);
    }
    let later = NOW + SECOND;
    assert_eq!(circuit.passage(NOW), Passage::NoneUntil(later));
    let probe = circuit.pass();
    circuit.failed(before, later, whole);
    circuit.over(before, later);
    assert_eq!(circuit.passage(later), Passage::NoneForNow, "the probe");
    circuit.alive();
    circuit.over(probe, later);
    for _ in 0..FAILURES {
        circuit.failed(before, later, whole);
    }
    assert_eq!(circuit.passage(later), Passage::All);
}

#[test]
fn an_answer_to_what_was_in_flight_closes_it() {
    let mut circuit = open();
    circuit.alive();
    assert_eq!(circuit.passage(NOW), Passage::All);
}
