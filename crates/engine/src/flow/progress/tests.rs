use leadhook_store::EntryId;

use super::*;

const AT: i64 = 1_000_000;
const PASSAGE: Passage = Passage::Row(EntryId(9));

/// The second of three steps, or the last of two.
fn part(is_last: bool, has_failed: bool) -> FlowPart {
    let steps = if is_last { 2 } else { 3 };
    FlowPart::new(PASSAGE, 1, steps, has_failed, Datetime::from_micros(AT))
}

#[test]
fn r_cmp_6_a_step_leads_to_the_next_and_the_last_one_to_the_end() {
    for (had_failed, succeeded, has_failed) in [
        (false, true, false),
        (false, false, true),
        (true, true, true),
        (true, false, true),
    ] {
        let Progress { passage, next } = part(false, had_failed).ends(succeeded);
        assert_eq!(passage, PASSAGE);
        let due = Datetime::from_micros(AT);
        let step = Next::Step {
            step: 2,
            due,
            has_failed,
            new_chain: false,
        };
        assert_eq!(next, step, "{had_failed} {succeeded}");
        let end = part(true, had_failed).ends(succeeded).next;
        assert_eq!(end, Next::End(ending(has_failed)));
    }
    assert_eq!(part(false, true).leaves().next, Next::End(Ending::Failed));
    assert_eq!(
        part(false, false).leaves().next,
        Next::End(Ending::Succeeded)
    );
}

#[test]
fn r_cmp_6_a_wait_is_due_later_also_at_the_end_of_the_flow_and_of_the_calendar() {
    let hour = 3_600_000_000;
    for (span, due, new_chain) in [
        (
            Duration::from_secs(3_600),
            AT + hour,
            NEW_CHAIN_WAIT.as_secs() <= 3_600,
        ),
        (
            NEW_CHAIN_WAIT,
            AT + i64::try_from(NEW_CHAIN_WAIT.as_micros()).unwrap(),
            true,
        ),
        (
            NEW_CHAIN_WAIT - Duration::from_micros(1),
            AT + i64::try_from(NEW_CHAIN_WAIT.as_micros()).unwrap() - 1,
            false,
        ),
        (
            Duration::MAX,
            Datetime::from_micros(i64::MAX).as_micros(),
            true,
        ),
    ] {
        for is_last in [false, true] {
            let step = Next::Step {
                step: 2,
                due: Datetime::from_micros(due),
                has_failed: true,
                new_chain,
            };
            assert_eq!(part(is_last, true).pauses(span).next, step, "{span:?}");
        }
    }
}

#[test]
fn r_call_6_a_call_that_waits_keeps_its_step() {
    let has_failed = true;
    let retry = Next::Retry {
        step: 1,
        has_failed,
    };
    assert_eq!(part(false, has_failed).waits().next, retry);
}
