//! The engine as a library: a webhook, a lead, a call, and what it changed.
//!
//! `cargo run -p leadhook-engine --example one_call`

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::{
    error::Error,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener},
    thread,
};

use leadhook_engine::{
    CallContext, CallRequest, CallSubject, Draft, DraftMapping, Engine, Environment, Input,
    InstallationKey, LeadInput, Settings,
};
use leadhook_http::Client;
use leadhook_store::{RequestTokenEncoding, RequestType, ResponseType};
use leadhook_store_sqlite::SqliteStore;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let service = start_service()?;
    let directory = tempfile::tempdir()?;
    let store = SqliteStore::open(directory.path(), "the example")?;
    // Loopback is guarded as any private address; this one is meant.
    let client = Client::builder().allow_address("127.0.0.1".parse()?);
    // A real installation makes its key once, at random, and keeps it.
    let key = InstallationKey::new(&[7; InstallationKey::LEN]);
    let environment = Environment::system(client.build()?, key);
    let engine = Engine::open(store, environment, Settings::default()).await?;

    engine
        .create_webhook("enrich", webhook(service), false)
        .await?;
    let lead = LeadInput {
        name: String::new(),
        fields: vec![
            text("Email Address", "ada@example.com"),
            text("First Name", "Ada \"Bee\""),
        ],
    };
    let ada = engine.upsert_leads(vec![lead], "", "").await?.remove(0);
    let ada = ada.map_err(|fault| format!("{fault:?}"))?;

    // Answers after the last attempt, when the record is durable.
    let call = engine
        .call(CallRequest {
            webhook: "enrich".to_owned(),
            subject: CallSubject::Lead(ada.id),
            context: CallContext::default(),
            request_id: String::new(),
        })
        .await?;
    if let Some(request) = &call.request {
        println!("sent      {}", String::from_utf8_lossy(&request.body));
    }
    println!(
        "answered  {} {}",
        call.outcome.code, call.outcome.error_type
    );
    for change in &call.changes {
        println!("changed   {} to {:?}", change.field, change.new);
    }
    for problem in &call.problems {
        println!(
            "left      {}: {:?} at {}",
            problem.field, problem.reason, problem.response_attribute
        );
    }
    engine.finish().await;
    Ok(())
}

fn webhook(service: SocketAddr) -> Draft {
    let mapping = |path: &str, field: &str| DraftMapping {
        response_attribute: path.to_owned(),
        field: field.to_owned(),
    };
    Draft {
        display_name: "Enrich a lead".to_owned(),
        description: String::new(),
        url: format!("http://{service}/people"),
        request_type: Some(RequestType::Post),
        payload_template:
            r#"{"email": {{lead.Email Address}}, "greeting": "Hi {{lead.First Name}}"}"#.to_owned(),
        request_token_encoding: RequestTokenEncoding::Json,
        response_type: ResponseType::Json,
        custom_headers: Vec::new(),
        response_mappings: vec![
            mapping("title", "Job Title"),
            mapping("score", "Lead Score"),
            mapping("phones[0]", "Phone Number"),
        ],
        timeout_micros: None,
        retry_policy: None,
        max_concurrency: 0,
        max_rate: 0.0,
        authentication: None,
        marketo_escapes: false,
        also_map_codes: Vec::new(),
        refused: Vec::new(),
    }
}

fn text(field: &str, value: &str) -> (String, Input) {
    (field.to_owned(), Input::Text(value.to_owned()))
}

/// A service that answers one request, the same whatever it is asked.
fn start_service() -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    thread::spawn(move || -> std::io::Result<()> {
        let (mut connection, _) = listener.accept()?;
        let mut request = BufReader::new(connection.try_clone()?);
        let mut length = 0;
        loop {
            let mut line = String::new();
            request.read_line(&mut line)?;
            if let Some((name, value)) = line.split_once(':') {
                if name.eq_ignore_ascii_case("content-length") {
                    length = value.trim().parse().unwrap_or(0);
                }
            } else if line.trim().is_empty() {
                break;
            }
        }
        std::io::copy(&mut request.take(length), &mut std::io::sink())?;
        let body = r#"{"title": "Countess", "score": 42}"#;
        let length = body.len();
        write!(
            connection,
            "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}"
        )
    });
    Ok(address)
}
