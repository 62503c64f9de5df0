//! A sample enrichment service on loopback: reads the JSON payload of a call and answers with what it claims to know.
//!
//! Its answers are derived from what it is sent, so that the same lead always has the same answer; nothing is looked up. A few in a
//! hundred leads are unknown to it (404) or come at a bad time (503), as with any service.

use std::{convert::Infallible, net::SocketAddr};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header::CONTENT_TYPE};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

/// More than any payload of the demo has.
const MAX_BODY: usize = 1 << 20;
/// Before accepting again when the system has no more sockets to give.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(10);
/// Of a hundred leads so many are unknown.
const UNKNOWN: u64 = 3;
/// Of a hundred leads so many come at a bad time.
const BUSY: u64 = 2;

const SENIORITIES: [&str; 5] = ["Junior", "Senior", "Head", "Director", "C-Level"];
const INDUSTRIES: [&str; 8] = [
    "Retail",
    "Logistics",
    "Publishing",
    "Agriculture",
    "Software",
    "Tourism",
    "Energy",
    "Food",
];

/// The service, until it is dropped.
#[derive(Debug)]
pub(crate) struct SampleService {
    pub(crate) address: SocketAddr,
    serving: JoinHandle<()>,
}

impl SampleService {
    pub(crate) async fn start() -> std::io::Result<SampleService> {
        let listener = TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await?;
        Ok(SampleService {
            address: listener.local_addr()?,
            serving: tokio::spawn(accept(listener)),
        })
    }
}

impl Drop for SampleService {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn accept(listener: TcpListener) {
    loop {
        // A connection that failed before it was accepted is its client's matter.
        let Ok((connection, _)) = listener.accept().await else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let _ = connection.set_nodelay(true);
        tokio::spawn(
            http1::Builder::new().serve_connection(TokioIo::new(connection), service_fn(respond)),
        );
    }
}

async fn respond(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    if request.method() != Method::POST || request.uri().path() != "/v1/enrich" {
        let error = "POST a lead to /v1/enrich";
        return Ok(answer(StatusCode::NOT_FOUND, &json!({ "error": error })));
    }
    let (status, body) = match Limited::new(request.into_body(), MAX_BODY).collect().await {
        Ok(body) => enrich(&body.to_bytes()),
        Err(error) => (
            StatusCode::BAD_REQUEST,
            json!({ "error": error.to_string() }),
        ),
    };
    Ok(answer(status, &body))
}

fn answer(status: StatusCode, body: &Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(
        CONTENT_TYPE,
        http::HeaderValue::from_static("application/json"),
    );
    response
}

/// What the service says about a lead: five attributes, of four types once they are mapped.
fn enrich(payload: &[u8]) -> (StatusCode, Value) {
    let lead: Value = match serde_json::from_slice(payload) {
        Ok(lead) => lead,
        Err(error) => {
            return (
                StatusCode::BAD_REQUEST,
                json!({ "error": error.to_string() }),
            );
        }
    };
    let Some(email) = lead["email"].as_str() else {
        return (
            StatusCode::UNPROCESSABLE_ENTITY,
            json!({ "error": "email is missing" }),
        );
    };
    let person = hash(email);
    match person % 100 {
        luck if luck < UNKNOWN => {
            return (
                StatusCode::NOT_FOUND,
                json!({ "error": "nobody of this address is known" }),
            );
        }
        luck if luck < UNKNOWN + BUSY => {
            return (
                StatusCode::SERVICE_UNAVAILABLE,
                json!({ "error": "too much to do, come again" }),
            );
        }
        _ => {}
    }
    let company = lead["company"]["name"].as_str().map_or(person, hash);
    let size = lead["company"]["employees"].as_u64().unwrap_or(0);
    let seniority = pick(&SENIORITIES, person / 100);
    (
        StatusCode::OK,
        json!({
            "person": {
                "seniority": seniority,
                "decision_maker": matches!(seniority, "Head" | "Director" | "C-Level"),
            },
            "company": { "industries": [pick(&INDUSTRIES, company), pick(&INDUSTRIES, company / 8)] },
            "score": score(size, person),
            "checked_at": lead["asked_at"].as_str().map(|at| format!("{}Z", at.replace(' ', "T"))),
        }),
    )
}

/// From 0 to 100; large companies have more to spend.
fn score(employees: u64, person: u64) -> u64 {
    let digits = u64::from(employees.checked_ilog10().unwrap_or(0));
    (digits * 10 + person % 41).min(100)
}

fn pick(of: &[&'static str], by: u64) -> &'static str {
    // The remainder is less than the length.
    of[usize::try_from(by % of.len() as u64).unwrap_or(0)]
}

/// FNV-1a: the same in every version of Rust.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests;
