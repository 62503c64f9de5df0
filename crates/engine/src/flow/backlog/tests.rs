use super::*;

const WEBHOOK: WebhookId = WebhookId(7);

#[test]
fn one_task_pulls_as_long_as_something_is_held_back() {
    let backlogs = Backlogs::default();
    assert!(!backlogs.has(WEBHOOK));
    assert!(backlogs.note(WEBHOOK), "nobody pulls yet");
    assert!(backlogs.has(WEBHOOK) && !backlogs.has(WebhookId(8)));
    assert!(!backlogs.note(WEBHOOK), "somebody does");
    // Something came since it looked, so it looks again.
    assert!(!backlogs.is_empty(WEBHOOK));
    assert!(backlogs.has(WEBHOOK));
    assert!(backlogs.is_empty(WEBHOOK));
    assert!(!backlogs.has(WEBHOOK));
    assert!(backlogs.note(WEBHOOK), "nobody pulls any more");
    assert!(
        backlogs.is_empty(WEBHOOK),
        "its task finds the first itself"
    );
}
