use super::*;

const MAX_AHEAD: u32 = 60_000;

fn lead(position: u32) -> RunLead {
    RunLead {
        position,
        lead: LeadId(i64::from(position) + 1_000),
    }
}

fn positions(leads: &[RunLead]) -> Vec<u32> {
    leads.iter().map(|lead| lead.position).collect()
}

#[test]
fn a_position_goes_as_long_as_the_first_that_has_not_ended_is_near() {
    let window = Window::new(MAX_AHEAD);
    assert!(window.in_the_way_of(MAX_AHEAD).is_empty(), "nobody is");
    let first = window.enter(lead(5));
    let _second = window.enter(lead(6));
    assert!(window.in_the_way_of(5 + MAX_AHEAD - 1).is_empty());
    let in_the_way = window.in_the_way_of(5 + MAX_AHEAD);
    assert_eq!(in_the_way, [lead(5), lead(6)]);
    drop(first);
    assert!(window.in_the_way_of(5 + MAX_AHEAD).is_empty(), "it ended");
    assert_eq!(positions(&window.in_the_way_of(6 + MAX_AHEAD)), [6]);
}

#[test]
fn half_a_window_is_in_the_way_so_that_rows_are_made_for_many_at_once() {
    let window = Window::new(MAX_AHEAD);
    let half = MAX_AHEAD / 2;
    let entered = [0, 1, half, half + 1, MAX_AHEAD - 1];
    let _places: Vec<_> = entered.map(|at| window.enter(lead(at))).into();
    let in_the_way = window.in_the_way_of(MAX_AHEAD);
    assert_eq!(positions(&in_the_way), [0, 1, half]);
}

#[test]
fn a_lead_with_a_row_is_in_nobodys_way() {
    let window = Window::new(MAX_AHEAD);
    let [first, second, third] = [0, 1, 2].map(|at| window.enter(lead(at)));
    // The second ended while its row was being made.
    drop(second);
    window.detach(&[lead(0), lead(1)]);
    assert_eq!(positions(&window.in_the_way_of(2 + MAX_AHEAD)), [2]);
    drop(first);
    drop(third);
    assert!(window.in_the_way_of(u32::MAX).is_empty());
}
