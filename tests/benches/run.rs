//! A campaign requested for 100,000 leads: how soon that is answered, what it takes of the server's memory, and how fast the run goes.
//!
//! `cargo xtask bench run` builds the release binary and runs this. The server, the service that it calls and this client share the machine.

#![expect(clippy::print_stdout, reason = "a bench reports to who runs it")]

use std::fmt::Write;
use std::fs;
use std::time::{Duration, Instant};

use leadhook_proto::v1::{ImportLeadsRequest, RequestCampaignRequest, Run, WatchRunRequest};
use leadhook_tests::{Server, flow, make};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_stream::StreamExt;

/// Leads in the store, all of which the filter selects.
const LEADS: usize = 100_000;
/// Selects every lead, by a value that every row has to be asked for.
const FILTER: &str = "\"Lead Score\" >= 0";
/// Asked of the answer to RequestCampaign.
const MAX_ANSWER: Duration = Duration::from_secs(1);
/// Asked of the memory above that of the idle server, in KiB.
const MAX_GROWTH: u64 = 100 << 10;

const PAYLOAD: &str = r#"{"email": {{lead.Email Address}}, "name": "{{lead.First Name}}", "event": {{my.event:default=none}}}"#;
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{\"title\": \"CTO\"}";

fn main() {
    // `cargo test --benches` calls benches, too, and not to measure.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(measure());
}

async fn measure() {
    let service = service().await;
    let data = tempfile::tempdir().expect("a temporary folder");
    let server = Server::options().start_on(data.path()).await;
    let begun = Instant::now();
    // In messages that fit, as a client would send them.
    let messages = leads().into_bytes();
    let messages = messages.chunks(1 << 20).map(|csv| ImportLeadsRequest {
        csv: csv.to_vec().into(),
        ..ImportLeadsRequest::default()
    });
    server.import(messages.collect()).await.expect("an import");
    report("import", begun.elapsed(), None);
    let webhook = make::json_webhook(&service, PAYLOAD, &[("title", "Job Title")]);
    server.create_webhook("instant", webhook).await;
    let campaign = flow::requested(vec![flow::step(flow::call("instant"))]);
    server.create_campaign("all", campaign).await;

    // What the import took is not to be counted as idle.
    let (_, stopped) = server.stop().await;
    let server = stopped.restart().await;
    server.get_lead("leads/1").await;
    let idle = Memory::of(&server);

    let begun = Instant::now();
    let run = server.try_request(request()).await.expect("a run");
    let answered = begun.elapsed();
    assert_eq!(run.total, LEADS as i64, "every lead is selected");
    let requested = Memory::of(&server);

    let over = watch(&server, &run).await;
    let elapsed = begun.elapsed();
    let ended = Memory::of(&server);
    assert_eq!(over.codes.get(&200), Some(&(LEADS as i64)), "{over:?}");

    report("RequestCampaign answered", answered, Some(MAX_ANSWER));
    report("run of 100,000 calls", elapsed, None);
    println!(
        "{:<40} {:>10.0}",
        "calls per second",
        LEADS as f64 / elapsed.as_secs_f64()
    );
    println!("{:<40} {:>10} KiB", "idle server, resident", idle.resident);
    for (when, memory) in [("once answered", requested), ("while the run went", ended)] {
        let growth = memory.highest.saturating_sub(idle.resident);
        let asked = if growth < MAX_GROWTH {
            ""
        } else {
            "  TOO MUCH"
        };
        println!(
            "{:<40} {growth:>10} KiB of at most {MAX_GROWTH}{asked}",
            format!("grown by at most, {when}")
        );
    }
}

fn request() -> RequestCampaignRequest {
    RequestCampaignRequest {
        name: "campaigns/all".to_owned(),
        lead_filter: FILTER.to_owned(),
        ..RequestCampaignRequest::default()
    }
}

async fn watch(server: &Server, run: &Run) -> Run {
    let name = run.name.clone();
    let watch = server.campaigns().watch_run(WatchRunRequest { name }).await;
    let mut runs = watch.expect("the run is there").into_inner();
    let mut last = None;
    while let Some(run) = runs.next().await {
        last = Some(run.expect("the run is watched to its end"));
    }
    last.expect("a watch begins with the run as it is")
}

fn report(what: &str, time: Duration, asked: Option<Duration>) {
    let asked = match asked {
        Some(most) if time < most => format!(" of at most {} ms", most.as_millis()),
        Some(most) => format!(" of at most {} ms  TOO SLOW", most.as_millis()),
        None => String::new(),
    };
    println!("{what:<40} {:>10} ms{asked}", time.as_millis());
}

fn leads() -> String {
    let mut csv = String::from("Email Address,First Name,Lead Score\n");
    for lead in 0..LEADS {
        writeln!(csv, "lead{lead}@example.com,Lead {lead},{}", lead % 100)
            .expect("a string takes all");
    }
    csv
}

/// The server's memory in KiB.
struct Memory {
    resident: u64,
    /// The most that was ever resident.
    highest: u64,
}

impl Memory {
    fn of(server: &Server) -> Memory {
        let path = format!("/proc/{}/status", server.process());
        let status = fs::read_to_string(path).expect("Linux tells how much memory a process has");
        let line = |name: &str| {
            let rest = status.lines().find_map(|line| line.strip_prefix(name));
            let digits = rest.and_then(|rest| rest.split_whitespace().next());
            digits.and_then(|digits| digits.parse().ok()).expect(name)
        };
        Memory {
            resident: line("VmRSS:"),
            highest: line("VmHWM:"),
        }
    }
}

/// Answers at once, whatever comes; gives its URL.
async fn service() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            tokio::spawn(answer(connection));
        }
    });
    format!("http://{address}/")
}

/// A request of the bench is far smaller than the buffer and comes in one piece.
async fn answer(mut connection: TcpStream) {
    let mut request = [0; 4096];
    while let Ok(1..) = connection.read(&mut request).await {
        if connection.write_all(ANSWER).await.is_err() {
            return;
        }
    }
}
