//! The figures that a person may set.

use std::time::Duration;

use bytes::{Buf, BufMut, Bytes};
use leadhook_proto::v1::call_service_client::CallServiceClient;
use leadhook_proto::v1::{
    CallContext, CallWebhookRequest, CallWebhooksRequest, CreateFieldRequest, Field, FieldType,
    GetLeadRequest, Limits, ListLeadsRequest, Webhook,
};
use leadhook_tests::{Answer, Fault, Gate, Server, Target, flow, make};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::Endpoint;
use tonic::{Code, Request, Status};

#[tokio::test]
async fn r_call_5_what_is_kept_and_what_is_read_of_a_response_can_be_set() {
    let target = Target::start(Answer::json(&format!("\"{}\"", "a".repeat(1_998)))).await;
    let server = Server::options()
        .flag("--kept-response", "100")
        .variable("LEADHOOK_MAX_RESPONSE", "2000")
        .start()
        .await;
    let kept = server
        .call_once(make::get(&target.url("/")), make::nobody())
        .await;
    assert_eq!((kept.response_code, kept.response.len()), (200, 100));
    assert!(kept.response_truncated);
    target.answer(Answer::json(&format!("\"{}\"", "a".repeat(1_999))));
    let large = server
        .call_once(make::get(&target.url("/")), make::nobody())
        .await;
    assert_eq!(
        (large.response_code, large.error_type.as_str()),
        (0, "TOO_LARGE")
    );
}

#[tokio::test]
async fn r_def_2_the_longest_timeout_can_be_set() {
    let server = Server::options().flag("--max-timeout", "60").start().await;
    let webhook = |seconds: u64| Webhook {
        timeout: Some(make::milliseconds(seconds * 1_000)),
        ..make::get("https://example.com/")
    };
    server.create_webhook("long", webhook(60)).await;
    let fault = server
        .try_create_webhook("longer", webhook(61))
        .await
        .unwrap_err();
    assert_eq!(fault.code, Code::InvalidArgument);
}

#[cfg(unix)]
#[tokio::test]
async fn calls_in_flight_are_as_many_as_open_files_allow() {
    const LEADS: usize = 400;
    const WEBHOOKS: [&str; 4] = ["one", "two", "three", "four"];
    let gate = Gate::default();
    let target = Target::start(Answer::empty().behind(&gate)).await;
    let server = Server::options()
        .open_files(600)
        .flag("--max-concurrency", "500")
        .start()
        .await;
    // The last eighth is for webhooks that have few.
    for id in WEBHOOKS {
        let webhook = make::get(&target.url("/"));
        server.create_webhook(id, webhook).await;
    }
    let leads = (0..LEADS).map(|n| make::lead([("Email", format!("{n}@example.com"))]));
    server.upsert(leads).await;
    let mut runs = Vec::new();
    for id in WEBHOOKS {
        let campaign = flow::requested(vec![flow::step(flow::call(id))]);
        server.create_campaign(id, campaign).await;
        runs.push(server.request_all(id).await);
    }
    target.received(300).await;
    assert_eq!(
        (target.requests().len(), target.connections()),
        (300, 300),
        "half of the open files are left to everything else"
    );
    gate.open();
    for run in runs {
        let run = server.until_over(&run.name).await;
        assert_eq!(run.succeeded, LEADS as i64);
    }
    let log = server.log();
    for part in [
        "4096 calls",
        "600 open files",
        " 300",
        "ulimit -n",
        "LimitNOFILE",
    ] {
        assert!(log.contains(part), "{part}: {log}");
    }
}

#[tokio::test]
async fn calls_in_flight_to_all_webhooks_and_to_one_can_be_set() {
    let gate = Gate::default();
    let target = Target::start(Answer::empty().behind(&gate)).await;
    let server = Server::options()
        .variable("LEADHOOK_MAX_IN_FLIGHT", "3")
        .variable("LEADHOOK_MAX_CONCURRENCY", "2")
        .start()
        .await;
    for id in ["one", "other"] {
        let url = target.url(&format!("/{id}"));
        server.create_webhook(id, make::get(&url)).await;
    }
    let mut calls = JoinSet::new();
    for id in ["one", "one", "one", "other", "other"] {
        let mut client = server.calls();
        calls.spawn(async move {
            let request = CallWebhookRequest {
                webhook: format!("webhooks/{id}"),
                subject: Some(make::nobody()),
                ..CallWebhookRequest::default()
            };
            client.call_webhook(request).await.expect("a call");
        });
    }
    let in_flight = target.received(3).await;
    let of_one = in_flight.iter().filter(|request| request.path() == "/one");
    assert!(of_one.count() <= 2);
    gate.open();
    calls.join_all().await;
    assert_eq!(target.requests().len(), 5);
    assert_eq!(target.connections(), 3);
}

#[tokio::test]
async fn large_requests_share_one_budget_of_memory() {
    let target = Target::start(Answer::never()).await;
    let server = Server::options()
        .flag("--request-memory", (16 << 20).to_string())
        .start()
        .await;
    let webhook = Webhook {
        limits: Some(Limits {
            max_concurrency: 1,
            ..Limits::default()
        }),
        ..make::get(&target.url("/"))
    };
    server.create_webhook("slow", webhook).await;
    let Some(before) = server.peak_memory() else {
        return;
    };
    // One is under way; the others wait for its slot, each with nearly 4 MiB.
    let value = "x".repeat(4_000_000);
    let mut calls = JoinSet::new();
    for _ in 0..40 {
        let mut client = server.calls();
        let mut request = Request::new(CallWebhookRequest {
            webhook: "webhooks/slow".to_owned(),
            subject: Some(make::nobody()),
            context: Some(CallContext {
                trigger: [("Name".to_owned(), value.clone())].into(),
                ..CallContext::default()
            }),
            ..CallWebhookRequest::default()
        });
        request.set_timeout(Duration::from_secs(4));
        calls.spawn(async move { client.call_webhook(request).await.unwrap_err().code() });
    }
    for code in calls.join_all().await {
        // Whose clock is first, the client's or the server's.
        assert!(
            matches!(code, Code::Cancelled | Code::DeadlineExceeded),
            "{code:?}"
        );
    }
    let grown = server.peak_memory().expect("it was told before") - before;
    assert!(grown < 100, "40 requests of 4 MB took {grown} MiB");
}

#[tokio::test]
async fn a_stream_whose_answers_nobody_reads_gives_back_what_its_requests_paid_for() {
    // With one of them, the client takes no more before it reads.
    let target = Target::start(Answer::json(&format!("\"{}\"", "a".repeat(60_000)))).await;
    let server = Server::options()
        .flag("--request-memory", (16 << 20).to_string())
        .start()
        .await;
    server
        .create_webhook("x", make::get(&target.url("/")))
        .await;
    let sized = |bytes: usize| CallWebhookRequest {
        webhook: "webhooks/x".to_owned(),
        subject: Some(make::nobody()),
        context: Some(CallContext {
            trigger: [("Name".to_owned(), "x".repeat(bytes))].into(),
            ..CallContext::default()
        }),
        ..CallWebhookRequest::default()
    };
    let requests = (0..8).map(move |_| CallWebhooksRequest {
        call: Some(sized(1_000_000)),
        ..CallWebhooksRequest::default()
    });
    let narrow = Endpoint::from_shared(format!("http://{}", server.address()))
        .expect("an address")
        .initial_stream_window_size(1 << 16);
    let mut calls = CallServiceClient::new(narrow.connect_lazy());
    let unread = calls.call_webhooks(tokio_stream::iter(requests)).await;
    let all_called = tokio::time::timeout(Duration::from_secs(30), target.received(8));
    all_called
        .await
        .expect("a reader that is late holds up no call");
    let answered = server.calls().call_webhook(sized(3_800_000)).await;
    assert_eq!(answered.expect("an answer").into_inner().response_code, 200);
    drop(unread);
}

#[tokio::test]
async fn bytes_that_are_no_message_are_the_clients_fault() {
    let server = Server::start().await;
    let mut client = tonic::client::Grpc::new(server.channel());
    client.ready().await.unwrap();
    let path = "/leadhook.v1.CallService/GetCall".parse().unwrap();
    let request = Request::new(Bytes::from_static(b"\xff\xff\xff"));
    let refused = client.unary(request, path, Raw).await.unwrap_err();
    let fault = Fault::of(&refused);
    assert_eq!(
        (fault.code, fault.reason.as_str()),
        (Code::InvalidArgument, "INVALID_REQUEST"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn r_lead_4_a_lead_that_no_client_takes_is_refused_with_the_way_out() {
    let server = Server::start().await;
    let long = "x".repeat(30_000);
    let mut name = String::new();
    for part in 0..4 {
        let mut lead = make::lead([("Email", "ada@example.com")]);
        for field in 0..40 {
            let id = format!("Text_{part}_{field}");
            let field = Field {
                display_name: id.clone(),
                r#type: FieldType::TextArea.into(),
                ..Field::default()
            };
            let request = CreateFieldRequest {
                field: Some(field),
                field_id: id.clone(),
            };
            server.leads().create_field(request).await.unwrap();
            lead.fields.insert(id, make::value(long.as_str()));
        }
        let results = server.upsert([lead]).await;
        assert_eq!(results[0].error, None);
        name.clone_from(&results[0].name);
    }
    let get = |fields| GetLeadRequest {
        name: name.clone(),
        fields,
    };
    let list = |fields| ListLeadsRequest {
        fields,
        ..ListLeadsRequest::default()
    };
    let some = vec!["Text_0_0".to_owned(), "Text_3_39".to_owned()];
    let got = server.leads().get_lead(get(some.clone())).await.unwrap();
    assert_eq!(got.into_inner().fields.len(), 2);
    let listed = server.leads().list_leads(list(some)).await.unwrap();
    assert_eq!(listed.into_inner().leads.len(), 1);
    for refused in [
        server.leads().get_lead(get(Vec::new())).await.unwrap_err(),
        server
            .leads()
            .list_leads(list(Vec::new()))
            .await
            .unwrap_err(),
    ] {
        let fault = Fault::of(&refused);
        assert_eq!(
            (fault.code, fault.reason.as_str()),
            (Code::ResourceExhausted, "MESSAGE_TOO_LARGE")
        );
        assert!(fault.message.starts_with(&name), "{}", fault.message);
        assert!(fault.message.contains("`fields`"), "{}", fault.message);
    }
}

#[tokio::test]
async fn connections_are_renewed_and_nothing_under_way_is_lost() {
    let late = Answer::raw("")
        .pause(Duration::from_secs(3))
        .then("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
    let target = Target::start(late).await;
    let server = Server::options()
        .flag("--max-connection-age", "1")
        .start()
        .await;
    let call = server.call_once(make::get(&target.url("/")), make::nobody());
    let told = goes_away(&server);
    let (call, told) = tokio::join!(call, tokio::time::timeout(Duration::from_secs(20), told));
    told.expect("GOAWAY comes").unwrap();
    assert_eq!(call.response_code, 200);
    assert_eq!(server.get_call(&call.name).await.response_code, 200);
}

/// Waits until the server tells a connection that it takes no more requests.
async fn goes_away(server: &Server) -> std::io::Result<()> {
    const GOAWAY: u8 = 7;
    let mut connection = TcpStream::connect(server.address()).await?;
    // The preface of HTTP/2, and settings that set nothing.
    let hello = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    connection.write_all(hello).await?;
    loop {
        let mut head = [0; 9];
        connection.read_exact(&mut head).await?;
        let [high, middle, low, kind, ..] = head;
        if kind == GOAWAY {
            return Ok(());
        }
        let mut frame = vec![0; u32::from_be_bytes([0, high, middle, low]) as usize];
        connection.read_exact(&mut frame).await?;
    }
}

/// Messages as the bytes that they are.
#[derive(Clone, Copy, Debug)]
struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Raw;
    type Decoder = Raw;

    fn encoder(&mut self) -> Raw {
        Raw
    }

    fn decoder(&mut self) -> Raw {
        Raw
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
}
