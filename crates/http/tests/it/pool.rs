//! Which connections are used again, and what happens when one of them has died (R-CALL-8).

use std::{sync::Arc, time::Duration};

use leadhook_http::{Client, FailureKind};
use tokio::sync::{Notify, Semaphore};

use crate::server::{Server, builder, client, get, post};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

async fn ok(client: &Client, server: &Server) {
    let exchange = client
        .send(&get(server.url("/")))
        .await
        .unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!((exchange.status, &exchange.body[..]), (200, &b"hi"[..]));
}

#[tokio::test]
async fn a_connection_serves_call_after_call() {
    let server = Server::always(OK).await;
    let client = client();
    for _ in 0..100 {
        ok(&client, &server).await;
    }
    assert_eq!(server.connections(), 1);
    assert_eq!(server.requests().len(), 100);
}

#[tokio::test]
async fn idle_connections_make_room_for_those_to_other_hosts_and_calls_never_wait_for_it() {
    let (one, other) = (Server::always(OK).await, Server::always(OK).await);
    let client = builder().max_connections(2).build().expect("a client");
    for _ in 0..2 {
        ok(&client, &one).await;
        ok(&client, &other).await;
    }
    assert_eq!((one.connections(), other.connections()), (1, 1));
    let third = Server::always(OK).await;
    ok(&client, &third).await;
    ok(&client, &one).await;
    ok(&client, &third).await;
    assert_eq!((one.connections(), third.connections()), (2, 1));

    let all_came = Arc::new(Semaphore::new(0));
    let came = all_came.clone();
    let slow = Server::start(move |_, mut peer| {
        let came = came.clone();
        async move {
            peer.request().await;
            came.add_permits(1);
            let _all = came.acquire_many(4).await.expect("it is open");
            came.add_permits(4);
            peer.send(OK).await;
            peer.closed().await;
        }
    })
    .await;
    let four = [(); 4].map(|()| ok(&client, &slow));
    let [first, second, third, fourth] = four;
    tokio::join!(first, second, third, fourth);
}

#[tokio::test]
async fn clones_share_connections_and_clients_do_not() {
    let server = Server::always(OK).await;
    let client = client();
    ok(&client, &server).await;
    ok(&client.clone(), &server).await;
    assert_eq!(server.connections(), 1);
    ok(&crate::server::client(), &server).await;
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn what_asks_to_be_closed_is_not_used_again() {
    for answer in [
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi",
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi",
    ] {
        let server = Server::always(answer).await;
        let client = client();
        ok(&client, &server).await;
        ok(&client, &server).await;
        assert_eq!(server.connections(), 2, "{answer}");
    }
}

#[tokio::test]
async fn a_body_longer_than_its_content_length_counts_up_to_it_and_ends_the_connection() {
    let server = Server::always("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhigh HTTP/1.1 500 Smuggled\r\nContent-Length: 0\r\n\r\n").await;
    let client = client();
    for calls in 1..=3 {
        ok(&client, &server).await;
        assert_eq!(server.connections(), calls);
    }
}

#[tokio::test]
async fn r_call_8_a_reused_connection_that_ends_before_the_answer_is_replaced() {
    // Each connection answers once, takes a second request and closes without a word.
    let server = Server::start(|_, mut peer| async move {
        peer.request().await;
        peer.send(OK).await;
        peer.request().await;
    })
    .await;
    let client = client();
    for _ in 0..3 {
        ok(&client, &server).await;
    }
    assert_eq!(server.connections(), 3);
    assert_eq!(
        server.requests().len(),
        5,
        "two requests were sent once more"
    );
}

#[tokio::test]
async fn r_call_8_once_more_means_once() {
    // The first connection answers once; every later one takes a request and closes.
    let server = Server::start(|number, mut peer| async move {
        peer.request().await;
        if number == 0 {
            peer.send(OK).await;
            peer.request().await;
        }
    })
    .await;
    let client = client();
    ok(&client, &server).await;
    let failure = client
        .send(&post(server.url("/"), "x"))
        .await
        .expect_err("it closes");
    assert_eq!(failure.kind(), FailureKind::Closed);
    assert_eq!(server.connections(), 2);
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn r_call_8_a_reused_connection_that_ends_after_the_first_byte_is_not() {
    let server = Server::start(|_, mut peer| async move {
        peer.request().await;
        peer.send(OK).await;
        peer.request().await;
        peer.send(b"HTTP").await;
    })
    .await;
    let client = client();
    ok(&client, &server).await;
    let failure = client
        .send(&get(server.url("/")))
        .await
        .expect_err("half an answer");
    assert_eq!(
        (failure.kind(), failure.status()),
        (FailureKind::Closed, None)
    );
    assert_eq!((server.connections(), server.requests().len()), (1, 2));
}

#[tokio::test]
async fn r_call_8_the_second_try_is_within_the_same_deadline() {
    let server = Server::start(|number, mut peer| async move {
        peer.request().await;
        if number == 0 {
            peer.send(OK).await;
            peer.request().await;
        } else {
            peer.closed().await;
        }
    })
    .await;
    let client = client();
    ok(&client, &server).await;
    let mut request = get(server.url("/"));
    request.timeout = Duration::from_millis(150);
    let failure = client.send(&request).await.expect_err("silence");
    assert_eq!(failure.kind(), FailureKind::Timeout);
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_service_that_closes_each_connection_after_its_answer_fails_no_call() {
    // It closes at the worst moments: at once, or a while after its answer, whatever is on its way then.
    let server = Server::start(|number, mut peer| async move {
        peer.request().await;
        peer.send(OK).await;
        let wait = Duration::from_micros(number as u64 % 40 * 50);
        let _ = tokio::time::timeout(wait, std::future::pending::<()>()).await;
    })
    .await;
    let client = client();
    for _ in 0..300 {
        ok(&client, &server).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_closes_after_each_answer_fails_no_call_of_many_at_once() {
    let server = Arc::new(
        Server::start(|_, mut peer| async move {
            peer.request().await;
            peer.send(OK).await;
            let _ = tokio::time::timeout(Duration::from_millis(30), peer.closed()).await;
        })
        .await,
    );
    let client = client();
    let calls: Vec<_> = (0..16)
        .map(|_| {
            let (client, server) = (client.clone(), server.clone());
            tokio::spawn(async move {
                for _ in 0..20 {
                    ok(&client, &server).await;
                }
            })
        })
        .collect();
    for call in calls {
        call.await.expect("no call failed");
    }
}

#[tokio::test]
async fn a_connection_that_its_service_closed_is_not_handed_out() {
    let closed = Arc::new(Notify::new());
    let tell = closed.clone();
    let server = Server::start(move |_, mut peer| {
        let tell = tell.clone();
        async move {
            peer.request().await;
            peer.send(OK).await;
            // It listens on, so that whatever is sent all the same is seen.
            peer.end().await;
            tell.notify_one();
            while peer.request().await.is_some() {}
        }
    })
    .await;
    let client = client();
    ok(&client, &server).await;
    closed.notified().await;
    // The end is in this process' kernel; a turn of the reactor makes it known.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    ok(&client, &server).await;
    assert_eq!(
        server.requests().len(),
        2,
        "nothing was sent over the closed connection"
    );
}

#[tokio::test]
async fn calls_at_once_have_a_connection_each_and_only_so_many_are_kept() {
    let gate = Arc::new(Semaphore::new(0));
    let open = gate.clone();
    let server = Arc::new(
        Server::start(move |_, mut peer| {
            let gate = gate.clone();
            async move {
                while peer.request().await.is_some() {
                    gate.acquire().await.expect("open").forget();
                    peer.send(OK).await;
                }
            }
        })
        .await,
    );
    let client = builder().max_idle_per_host(3).build().expect("a client");
    for (requests, connections) in [(8, 8), (16, 8 + 5)] {
        let calls: Vec<_> = (0..8)
            .map(|_| {
                let (client, server) = (client.clone(), server.clone());
                tokio::spawn(async move { ok(&client, &server).await })
            })
            .collect();
        while server.requests().len() < requests {
            tokio::task::yield_now().await;
        }
        open.add_permits(8);
        for call in calls {
            call.await.expect("it succeeds");
        }
        assert_eq!(server.connections(), connections);
    }
}

#[tokio::test]
async fn idle_connections_are_closed_without_another_call() {
    let closed = Arc::new(Notify::new());
    let tell = closed.clone();
    let server = Server::start(move |_, mut peer| {
        let tell = tell.clone();
        async move {
            peer.request().await;
            peer.send(OK).await;
            peer.closed().await;
            tell.notify_one();
        }
    })
    .await;
    let client = builder()
        .idle_timeout(Duration::from_millis(50))
        .build()
        .expect("a client");
    ok(&client, &server).await;
    tokio::time::timeout(Duration::from_secs(5), closed.notified())
        .await
        .expect("it is closed");
}

#[tokio::test]
async fn dropping_a_call_closes_its_connection() {
    let (told, closed) = tokio::sync::oneshot::channel();
    let told = std::sync::Mutex::new(Some(told));
    let asked = Arc::new(Notify::new());
    let ask = asked.clone();
    let server = Server::start(move |_, mut peer| {
        let told = told.lock().expect("no panic").take();
        let ask = ask.clone();
        async move {
            peer.request().await;
            ask.notify_one();
            peer.closed().await;
            told.expect("one connection")
                .send(())
                .expect("the test listens");
        }
    })
    .await;
    let client = client();
    let request = get(server.url("/"));
    tokio::select! {
        _ = client.send(&request) => panic!("there is no answer"),
        () = asked.notified() => {}
    }
    closed.await.expect("the service saw the end");
}
