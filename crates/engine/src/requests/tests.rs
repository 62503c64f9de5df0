use std::{future::Future, pin::pin, task::Poll};

use leadhook_store::{Method, RequestKey};

use super::{Begun, Guard, Requests, digest};

const PAYLOAD: [u8; 32] = [7; 32];

fn key() -> RequestKey {
    RequestKey {
        method: Method::BatchUpsertLeads,
        id: "r1".to_owned(),
    }
}

async fn first(requests: &Requests<u32>) -> Guard<u32> {
    match requests.begin(&key(), PAYLOAD).await {
        Begun::First(guard) => guard,
        other => panic!("expected to be first, got {other:?}"),
    }
}

async fn is_waiting(begun: &mut (impl Future<Output = Begun<u32>> + Unpin)) -> bool {
    std::future::poll_fn(|context| Poll::Ready(pin!(&mut *begun).poll(context).is_pending())).await
}

#[tokio::test]
async fn r_call_9_a_repetition_waits_and_gets_the_first_answer() {
    let requests = Requests::default();
    let guard = first(&requests).await;
    let key = key();
    let mut repetition = Box::pin(requests.begin(&key, PAYLOAD));
    assert!(is_waiting(&mut repetition).await);
    guard.done(42);
    assert!(matches!(repetition.await, Begun::Done(42)));
    drop(first(&requests).await);
}

#[tokio::test]
async fn r_call_9_another_payload_is_told_at_once() {
    let requests = Requests::<u32>::default();
    let _guard = first(&requests).await;
    let key = key();
    let mut begun = Box::pin(requests.begin(&key, [8; 32]));
    assert!(!is_waiting(&mut begun).await);
    assert!(matches!(
        requests.begin(&key, [8; 32]).await,
        Begun::OtherPayload
    ));
    let other = RequestKey {
        method: Method::CallWebhook,
        ..key.clone()
    };
    assert!(matches!(
        requests.begin(&other, [8; 32]).await,
        Begun::First(_)
    ));
}

#[tokio::test]
async fn a_first_that_gives_up_lets_exactly_one_of_the_others_try() {
    let requests = Requests::default();
    let guard = first(&requests).await;
    let key = key();
    let mut second = Box::pin(requests.begin(&key, PAYLOAD));
    let mut third = Box::pin(requests.begin(&key, PAYLOAD));
    assert!(is_waiting(&mut second).await && is_waiting(&mut third).await);
    drop(guard);
    let Begun::First(guard) = second.await else {
        panic!("the second is first now")
    };
    assert!(is_waiting(&mut third).await);
    guard.done(1);
    assert!(matches!(third.await, Begun::Done(1)));
}

#[test]
fn no_two_payloads_have_one_digest() {
    let text = |parts: &[&str]| {
        digest(
            &*parts
                .iter()
                .map(|part| (*part).to_owned())
                .collect::<Vec<_>>(),
        )
    };
    let digests = [
        text(&[]),
        text(&[""]),
        text(&["a", "b"]),
        text(&["ab"]),
        text(&["ab", ""]),
        text(&["", "ab"]),
    ];
    for (at, one) in digests.iter().enumerate() {
        assert!(!digests[at + 1..].contains(one), "{at}");
    }
}
