//! Runs, as messages.

use leadhook_engine::{Error, Kind, Leads, RunRequest, RunView, Violation};
use leadhook_proto::v1;
use leadhook_store::RunState;
use tonic::Status;

use super::{call::MAX_REQUEST_ID, program::my_token, time::timestamp};
use crate::{name, status::status};

/// A RequestCampaign request, with all that is wrong with its form.
pub(crate) fn run_request(request: v1::RequestCampaignRequest) -> Result<RunRequest, Status> {
    let campaign = name::id(&request.name, "campaigns", "name")?.to_owned();
    let mut violations = Vec::new();
    if request.request_id.len() > MAX_REQUEST_ID {
        let message = format!(
            "has {} bytes; at most {MAX_REQUEST_ID} are taken",
            request.request_id.len()
        );
        violations.push(Violation::new("request_id", message));
    }
    let ways = [
        !request.leads.is_empty(),
        !request.lead_filter.trim().is_empty(),
        request.all_leads,
    ];
    match ways.iter().filter(|is_given| **is_given).count() {
        1 => {}
        0 => violations.push(Violation::new(
            "leads",
            "is required: leads by name, or a lead_filter, or all_leads",
        )),
        _ => violations.push(Violation::new(
            "leads",
            "leads are given in more than one way; give leads by name, or a lead_filter, or all_leads",
        )),
    }
    if !violations.is_empty() {
        return Err(status(&Error::Invalid {
            subject: Kind::Request,
            violations,
        }));
    }
    let leads = if request.leads.is_empty() {
        Leads::Matching(request.lead_filter)
    } else {
        Leads::Named(name::leads(&request.leads, "leads")?)
    };
    Ok(RunRequest {
        campaign,
        leads,
        my_tokens: request.my_tokens.into_iter().map(my_token).collect(),
        request_id: request.request_id,
    })
}

pub(crate) fn message(view: RunView) -> v1::Run {
    let RunView {
        run,
        campaign,
        in_flight,
        waiting,
        retrying,
    } = view;
    let counts = run.counts;
    v1::Run {
        name: format!("runs/{}", run.id),
        campaign: format!("campaigns/{campaign}"),
        state: match run.state {
            RunState::Running => v1::run::State::Running,
            RunState::Completed => v1::run::State::Completed,
            RunState::Cancelled => v1::run::State::Cancelled,
            RunState::Cancelling => v1::run::State::Cancelling,
        }
        .into(),
        total: count(counts.total),
        done: count(counts.done()),
        succeeded: count(counts.succeeded),
        failed: count(counts.failed),
        create_time: Some(timestamp(run.created)),
        end_time: run.ended.map(timestamp),
        codes: counts
            .codes
            .iter()
            .map(|(code, calls)| (i32::from(*code), count(*calls)))
            .collect(),
        skipped: count(counts.skipped),
        cancelled: count(counts.cancelled),
        in_flight: count(in_flight),
        waiting: count(waiting),
        retrying: count(retrying),
        replay_filter: String::new(),
    }
}

fn count(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
