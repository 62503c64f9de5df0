//! A campaign requested for all leads and watched to its end: what that takes of the clock and of the server.

use std::time::{Duration, Instant};

use leadhook_proto::v1::{RequestCampaignRequest, Run};
use leadhook_tests::Server;

use crate::usage::{Memory, processor_time};

/// Selects every lead, by a value that every row has to be asked for.
const FILTER: &str = "\"Lead Score\" >= 0";

/// A run that has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// Calls that it made.
    pub(crate) calls: f64,
    /// Until RequestCampaign was answered.
    pub(crate) answered: Duration,
    /// Until the watch ended, from the request on.
    pub(crate) elapsed: Duration,
    /// Processor time of the server, meanwhile.
    pub(crate) processor: Duration,
    /// Before the request.
    pub(crate) idle: Memory,
    /// Once it was answered.
    pub(crate) requested: Memory,
    /// Once the watch ended.
    pub(crate) ended: Memory,
}

impl Ended {
    pub(crate) fn calls_per_second(&self) -> f64 {
        self.calls / self.elapsed.as_secs_f64()
    }

    /// Processor time of a call in microseconds.
    pub(crate) fn processor_per_call(&self) -> f64 {
        self.processor.as_secs_f64() * 1e6 / self.calls
    }
}

/// Runs `campaigns/{campaign}` for all of so many leads.
pub(crate) async fn run(server: &Server, campaign: &str, leads: usize) -> Ended {
    server.get_lead("leads/1").await;
    let process = server.process();
    let (idle, processor) = (Memory::of(process), processor_time(process));
    let begun = Instant::now();
    let run = request(server, campaign).await;
    let answered = begun.elapsed();
    let requested = Memory::of(process);
    let run = server.until_over(&run.name).await;
    let elapsed = begun.elapsed();
    let calls = run.codes.get(&200).copied().unwrap_or_default();
    assert_eq!(calls, leads as i64, "every call is answered: {run:?}");
    Ended {
        calls: leads as f64,
        answered,
        elapsed,
        processor: processor_time(process) - processor,
        idle,
        requested,
        ended: Memory::of(process),
    }
}

/// Requests `campaigns/{campaign}` for all leads.
pub(crate) async fn request(server: &Server, campaign: &str) -> Run {
    let request = RequestCampaignRequest {
        name: format!("campaigns/{campaign}"),
        lead_filter: FILTER.to_owned(),
        ..RequestCampaignRequest::default()
    };
    server.request(request).await
}
