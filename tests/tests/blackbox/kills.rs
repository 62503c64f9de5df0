//! A server that is killed again and again (R-CMP-9, R-HDR-3, R-CALL-6, R-CALL-9): nothing is lost, nothing is done twice.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::Duration;

use leadhook_proto::v1::call_service_client::CallServiceClient;
use leadhook_proto::v1::run::State;
use leadhook_proto::v1::{
    Call, CallContext, CallWebhookRequest, CallWebhooksRequest, RetryPolicy, Run, Webhook,
    call_webhooks_response,
};
use leadhook_tests::{Answer, Fault, Kills, Received, Server, Target, flow, make};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, transport::Channel};

const LEADS: usize = 3_000;
/// Every so many-th lead is always answered with 400.
const REFUSED: usize = 97;
/// Every so many-th lead is answered with 429 at first.
const BUSY: usize = 7;
/// Calls of the stream.
const STREAMED: usize = 1_500;
/// Calls that the stream's client has under way.
const WINDOW: usize = 20;

/// A service that answers a little later, not always well.
async fn service() -> Target {
    let mut asked = HashSet::new();
    Target::answering(move |request| {
        let question = (request.path(), request.text());
        let (code, reason, body) = match number(request) {
            lead if lead % REFUSED == 0 => (400, "Refused", ""),
            lead if lead % BUSY == 0 && asked.insert(question) => (429, "Busy", ""),
            _ => (200, "OK", r#"{"title": "CTO"}"#),
        };
        Answer::raw("")
            .pause(Duration::from_millis(3))
            .then(format!(
                "HTTP/1.1 {code} {reason}\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            ))
    })
    .await
}

/// "leads/7" is the seventh.
fn number_of(lead: &str) -> usize {
    let number = lead.strip_prefix("leads/").expect("a lead");
    number.parse().expect("leads are numbered")
}

/// The number of the lead that a request is about.
fn number(request: &Received) -> usize {
    let body: serde_json::Value = serde_json::from_slice(&request.body).expect("JSON");
    let email = body["email"].as_str().expect("an address");
    let number = email.split('@').next().expect("a part before the @");
    number.parse().expect("leads are numbered")
}

fn webhook(target: &Target, path: &str, payload: &str, mappings: &[(&str, &str)]) -> Webhook {
    Webhook {
        retry_policy: Some(RetryPolicy {
            initial_backoff: Some(make::milliseconds(100)),
            max_backoff: Some(make::milliseconds(200)),
            ..RetryPolicy::default()
        }),
        ..make::json_webhook(&target.url(path), payload, mappings)
    }
}

async fn prepare(server: &Server, target: &Target) {
    let email = r#"{"email": {{lead.Email Address}}"#;
    for (id, rest, mappings) in [
        ("first", "}", &[("title", "Job Title")][..]),
        (
            "second",
            r#", "city": {{lead.City}}, "title": {{lead.Job Title}}}"#,
            &[],
        ),
        ("alone", "}", &[]),
        ("streamed", r#", "name": {{trigger.Name}}}"#, &[]),
    ] {
        let payload = format!("{email}{rest}");
        let webhook = webhook(target, &format!("/{id}"), &payload, mappings);
        server.create_webhook(id, webhook).await;
    }
    let leads: String = (1..=LEADS).map(|n| format!("{n}@example.com\n")).collect();
    let imported = server.import_csv(format!("Email Address\n{leads}")).await;
    imported.expect("they are saved");
    let steps = vec![
        flow::step(flow::call("first")),
        flow::step(flow::change("City", "Oslo")),
        flow::step(flow::call("second")),
    ];
    server.create_campaign("both", flow::requested(steps)).await;
    let alone = vec![flow::step(flow::call("alone"))];
    server
        .create_campaign("alone", flow::requested(alone))
        .await;
}

/// A client that makes calls by streams, a new stream for each server, and asks again for what was not answered.
#[derive(Debug, Default)]
struct Client {
    begun: usize,
    unanswered: BTreeSet<usize>,
    answered: HashMap<String, Call>,
}

impl Client {
    /// Goes on until the server is gone, or all is answered.
    async fn go_on(mut self, mut calls: CallServiceClient<Channel>) -> Self {
        let (requests, open) = mpsc::channel(WINDOW);
        let stream = calls.call_webhooks(ReceiverStream::new(open));
        for number in self.unanswered.clone() {
            requests
                .try_send(of_stream(number))
                .expect("a window's worth");
        }
        while self.begin(&requests) {}
        let Ok(answers) = stream.await else {
            return self;
        };
        let mut answers = answers.into_inner();
        while let Ok(Some(answer)) = answers.message().await {
            match answer.result.expect("a result") {
                call_webhooks_response::Result::Call(call) => {
                    let number = answer.correlation_id.parse().expect("as it was sent");
                    assert!(self.unanswered.remove(&number), "answered once");
                    self.answered.insert(call.name.clone(), call);
                }
                call_webhooks_response::Result::Error(error) => {
                    let fault = Fault::of_row(&error);
                    assert_eq!(fault.code, Code::Unavailable, "{fault:?}");
                }
            }
            if !self.begin(&requests) && self.unanswered.is_empty() {
                break;
            }
        }
        self
    }

    fn begin(&mut self, requests: &mpsc::Sender<CallWebhooksRequest>) -> bool {
        let may_begin = self.begun < STREAMED && self.unanswered.len() < WINDOW;
        let is_begun = may_begin && requests.try_send(of_stream(self.begun)).is_ok();
        if is_begun {
            self.unanswered.insert(self.begun);
            self.begun += 1;
        }
        is_begun
    }
}

fn of_stream(number: usize) -> CallWebhooksRequest {
    let name = number.to_string();
    CallWebhooksRequest {
        correlation_id: name.clone(),
        call: Some(CallWebhookRequest {
            webhook: "webhooks/streamed".to_owned(),
            subject: Some(make::stored(&format!("leads/{}", number % LEADS + 1))),
            request_id: name.clone(),
            context: Some(CallContext {
                trigger: [("Name".to_owned(), name)].into(),
                ..CallContext::default()
            }),
        }),
    }
}

/// All leads are through, as the service answered them.
fn is_completed(run: &Run, steps: i64) {
    let refused = (LEADS / REFUSED) as i64;
    let answered = LEADS as i64 - refused;
    assert_eq!(run.state(), State::Completed);
    assert_eq!((run.total, run.done), (LEADS as i64, LEADS as i64));
    assert_eq!((run.succeeded, run.failed), (answered, refused));
    let codes: Vec<_> = run
        .codes
        .iter()
        .map(|(code, count)| (*code, *count))
        .collect();
    assert_eq!(codes, [(200, steps * answered), (400, steps * refused)]);
    assert_eq!((run.in_flight, run.waiting, run.retrying), (0, 0, 0));
}

#[tokio::test]
async fn r_hdr_3_twenty_kills_lose_nothing_and_repeat_only_what_was_in_flight() {
    let target = service().await;
    let mut server = Server::start().await;
    prepare(&server, &target).await;
    let both = server.request_all("both").await;
    let alone = server.request_all("alone").await;
    let mut client = Client::default();

    // What the kills cut off comes again, so that the service sees more than this.
    let mut kills = Kills::new(&target, 24, 3 * LEADS + STREAMED);
    while kills.left() > 0 {
        let calling = tokio::spawn(client.go_on(server.calls()));
        server = if kills.left().is_multiple_of(6) {
            kills.next_stops(server).await
        } else {
            kills.next(server).await
        };
        client = calling.await.expect("no panic");
    }
    let client = client.go_on(server.calls()).await;
    let both = server.until_over(&both.name).await;
    let alone = server.until_over(&alone.name).await;
    assert!(kills.cut_off() > 20, "{} were in flight", kills.cut_off());
    assert!(kills.waiting() > 20, "{} waited", kills.waiting());

    let calls = kills.settle(&server).await;
    is_completed(&both, 2);
    is_completed(&alone, 1);
    assert_eq!(calls.len(), 3 * LEADS + STREAMED);
    let of_runs: HashSet<_> = calls
        .iter()
        .filter(|call| !call.run.is_empty())
        .map(|call| (&call.run, &call.webhook, &call.lead))
        .collect();
    assert_eq!(of_runs.len(), 3 * LEADS, "one for each lead and step");
    for call in &calls {
        let is_refused = number_of(&call.lead).is_multiple_of(REFUSED);
        let expected = if is_refused { 400 } else { 200 };
        assert_eq!(call.response_code, expected, "{call:#?}");
    }
    assert_eq!(client.answered.len(), STREAMED);
    for (name, answered) in &client.answered {
        assert_eq!(&server.get_call(name).await, answered);
    }

    let mut keys: HashMap<_, HashSet<_>> = HashMap::new();
    for request in target.requests() {
        let key = request.header("Idempotency-Key").expect("each has one");
        let question = (request.path(), request.text());
        keys.entry(question).or_default().insert(key);
    }
    // A second step that did not see what the first had written would be another question.
    assert_eq!(keys.len(), calls.len());
    assert!(keys.values().all(|keys| keys.len() == 1), "a key for each");
}
