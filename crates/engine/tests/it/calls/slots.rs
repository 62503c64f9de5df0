//! Slots, and what changes while a call waits for one: R-DEF-5, R-CALL-12.

use leadhook_engine::{CallView, Error};
use tokio::task::JoinHandle;

use super::site::{Site, inline, spawn};

#[tokio::test]
async fn no_more_calls_than_max_concurrency_are_in_flight() {
    let mut site = Site::new().await;
    site.save(|draft| draft.max_concurrency = 2).await;
    let calls: Vec<_> = (0..5).map(|_| spawn(&site, inline("Ada"))).collect();
    let mut in_flight = vec![site.service.next().await, site.service.next().await];
    for _ in 0..3 {
        assert!(site.service.is_idle().await);
        in_flight.remove(0).answer("200 OK", "{}");
        in_flight.push(site.service.next().await);
    }
    for received in in_flight {
        received.answer("200 OK", "{}");
    }
    for call in calls {
        assert!(call.await.unwrap().unwrap().outcome.succeeded);
    }
}

/// A call in flight, and another one that waits for its slot.
async fn one_in_flight_one_waiting(
    site: &mut Site,
) -> (
    super::service::Received,
    [JoinHandle<Result<CallView, Error>>; 2],
) {
    site.save(|draft| draft.max_concurrency = 1).await;
    let first = spawn(site, inline("Ada"));
    let received = site.service.next().await;
    let second = spawn(site, inline("Grace"));
    // Until here it is accepted, then its turn has not come.
    assert!(site.service.is_idle().await);
    (received, [first, second])
}

#[tokio::test]
async fn r_def_5_a_webhook_that_changes_while_a_call_waits_is_called_as_it_is_then() {
    let mut site = Site::new().await;
    let (received, [first, second]) = one_in_flight_one_waiting(&mut site).await;
    site.update(|draft| {
        draft.max_concurrency = 1;
        draft.payload_template = "[\"changed\",{{lead.First Name}}]".to_owned();
    })
    .await;
    received.answer("200 OK", "{}");
    let sent = site.service.answer("200 OK", "{}").await;
    assert_eq!(sent, "[\"changed\",\"Grace\"]");
    // Each record shows the request of its own version.
    let (first, second) = (
        first.await.unwrap().unwrap(),
        second.await.unwrap().unwrap(),
    );
    assert_eq!(first.request.unwrap().body, "{\"name\":\"Ada\"}");
    assert_eq!(second.request.unwrap().body, sent);
}

#[tokio::test]
async fn r_def_5_a_webhook_that_is_deleted_while_a_call_waits_is_not_called() {
    let mut site = Site::new().await;
    let (received, [first, second]) = one_in_flight_one_waiting(&mut site).await;
    site.engine.delete_webhook("enrich", "").await.unwrap();
    received.answer("200 OK", "{}");
    let refused = second.await.unwrap().unwrap_err();
    assert!(matches!(refused, Error::NotFound { .. }), "{refused}");
    // What was in flight is recorded, and shown under the name that the webhook had.
    let first = first.await.unwrap().unwrap();
    assert_eq!(
        (first.webhook.as_str(), first.outcome.code),
        ("enrich", 200)
    );
    let site = site.restart().await;
    assert_eq!(site.calls().await, [first]);
}

#[tokio::test]
async fn r_call_12_a_paused_webhook_is_not_called_and_nothing_is_recorded() {
    let mut site = Site::new().await;
    let (received, [first, second]) = one_in_flight_one_waiting(&mut site).await;
    site.engine.pause_webhook("enrich", true).await.unwrap();
    let refused = site.engine.call(inline("Ada")).await.unwrap_err();
    assert!(matches!(refused, Error::Paused { ref name } if name == "webhooks/enrich"));
    received.answer("200 OK", "{}");
    // Who waits finds it paused when its turn comes.
    let refused = second.await.unwrap().unwrap_err();
    assert!(matches!(refused, Error::Paused { .. }), "{refused}");
    let first = first.await.unwrap().unwrap();
    assert_eq!(site.calls().await, [first]);
    let mut site = site.restart().await;
    assert!(matches!(
        site.engine.call(inline("Ada")).await,
        Err(Error::Paused { .. })
    ));
    site.engine.pause_webhook("enrich", false).await.unwrap();
    let resumed = spawn(&site, inline("Ada"));
    site.service.answer("200 OK", "{}").await;
    assert!(resumed.await.unwrap().unwrap().outcome.succeeded);
}

#[tokio::test]
async fn r_def_5_a_field_that_a_webhook_names_is_not_deleted() {
    let site = Site::new().await;
    let field = leadhook_engine::FieldDraft {
        api_name: "Tier".to_owned(),
        field_type: Some(leadhook_field::FieldType::String),
        ..leadhook_engine::FieldDraft::default()
    };
    site.engine.create_field(field).await.unwrap();
    site.save(|draft| draft.url.push_str("?tier={{lead.Tier}}"))
        .await;
    let refused = site.engine.delete_field("Tier").await.unwrap_err();
    let Error::InUse { users, .. } = refused else {
        panic!("{refused}")
    };
    assert_eq!(users, ["webhooks/enrich"]);
    site.update(|_| ()).await;
    site.engine.delete_field("Tier").await.unwrap();
}
