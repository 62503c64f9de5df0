//! Callers that go away, and servers that stop: R-CALL-10.

use leadhook_engine::{CallView, Error, Settings, WatchCalls};
use leadhook_store_sqlite::SqliteStore;

use super::site::{Site, inline, with_id};

/// The next call that is recorded.
async fn recorded(watch: &mut leadhook_engine::CallWatch<SqliteStore>) -> CallView {
    let mut calls = watch.next().await.unwrap().unwrap();
    assert_eq!(calls.len(), 1);
    calls.remove(0)
}

fn watch(site: &Site) -> leadhook_engine::CallWatch<SqliteStore> {
    let from_now_on = WatchCalls {
        full: true,
        ..WatchCalls::default()
    };
    site.engine.watch_calls(&from_now_on).unwrap()
}

#[tokio::test]
async fn r_call_10_a_call_whose_caller_goes_away_is_recorded_as_cancelled() {
    let mut site = Site::new().await;
    site.save(|_| ()).await;
    let mut watch = watch(&site);
    let engine = site.engine.clone();
    let caller = tokio::spawn(async move { engine.call(inline("Ada")).await });
    let received = site.service.next().await;
    caller.abort();
    let call = recorded(&mut watch).await;
    assert_eq!(
        (call.outcome.code, &*call.outcome.error_type),
        (0, "CANCELLED")
    );
    assert!(!call.outcome.succeeded);
    assert_eq!(call.attempts.len(), 1);
    assert_eq!(call.attempts[0].error_type, "CANCELLED");
    // What was sent is known; what was answered is not.
    assert_eq!(call.request.unwrap().body, "{\"name\":\"Ada\"}");
    assert_eq!(call.response, None);
    drop(received);
}

#[tokio::test]
async fn r_call_10_a_caller_that_goes_away_before_its_turn() {
    let mut site = Site::new().await;
    site.save(|draft| draft.max_concurrency = 1).await;
    let mut watch = watch(&site);
    let engine = site.engine.clone();
    let first = tokio::spawn(async move { engine.call(inline("Ada")).await });
    let received = site.service.next().await;
    let mut second = Box::pin(site.engine.call(inline("Grace")));
    tokio::select! {
        biased;
        _ = &mut second => panic!("there is no slot"),
        () = std::future::ready(()) => {}
    }
    drop(second);
    let call = recorded(&mut watch).await;
    assert_eq!(call.outcome.error_type, "CANCELLED");
    assert_eq!((call.attempts.len(), call.request), (0, None));
    received.answer("200 OK", "{}");
    assert!(first.await.unwrap().unwrap().outcome.succeeded);
    assert!(site.service.is_idle().await);
}

#[tokio::test]
async fn r_call_10_with_a_request_id_it_goes_on_and_a_repetition_collects_it() {
    let mut site = Site::new().await;
    site.save(|_| ()).await;
    let request = with_id(inline("Ada"), "r-1");
    let (engine, first) = (site.engine.clone(), request.clone());
    let caller = tokio::spawn(async move { engine.call(first).await });
    let received = site.service.next().await;
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    let engine = site.engine.clone();
    let repetition = tokio::spawn(async move { engine.call(request).await });
    received.answer("200 Fine", "{\"a\":1}");
    let call = repetition.await.unwrap().unwrap();
    assert_eq!(
        (call.outcome.code, &*call.outcome.error_type),
        (200, "Fine")
    );
    assert_eq!(site.calls().await, [call]);
    assert!(site.service.is_idle().await);
}

#[tokio::test]
async fn r_call_10_what_is_left_behind_is_bounded() {
    let mut site = Site::with(Settings {
        max_left_behind: 1,
        ..Settings::default()
    })
    .await;
    site.save(|_| ()).await;
    let engine = site.engine.clone();
    let first = with_id(inline("Ada"), "r-1");
    let caller = tokio::spawn(async move { engine.call(first).await });
    let left = site.service.next().await;
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    let next = || with_id(inline("Grace"), "r-2");
    let refused = site.engine.call(next()).await.unwrap_err();
    assert!(matches!(refused, Error::LeftBehind), "{refused}");
    let engine = site.engine.clone();
    let without_id = tokio::spawn(async move { engine.call(inline("Joan")).await });
    site.service.answer("200 OK", "{}").await;
    assert!(without_id.await.unwrap().unwrap().outcome.succeeded);
    let mut watch = watch(&site);
    left.answer("200 OK", "{}");
    recorded(&mut watch).await;
    // What is recorded has ended, save for its task's last steps.
    let engine = site.engine.clone();
    let taken_on = tokio::spawn(async move {
        loop {
            match engine.call(next()).await {
                Err(Error::LeftBehind) => tokio::task::yield_now().await,
                ended => return ended,
            }
        }
    });
    site.service.answer("200 OK", "{}").await;
    assert!(taken_on.await.unwrap().unwrap().outcome.succeeded);
}
