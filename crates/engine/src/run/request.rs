//! RequestCampaign: sends leads into a campaign's flow. Durable once answered.

use std::sync::Arc;

use leadhook_store::{
    Answered, LeadId, Mark, Method, NewRun, RequestKey, Run, RunId, RunLeads, Store,
};

use super::{live::MAX_RUNS, read::RunView};
use crate::{
    campaign::campaign_is_requested,
    engine::Engine,
    error::{Error, Kind, Violation},
    leads::lead_filter,
    render::MyToken,
    requests::{Begun, Canonical, Digest, digest},
};

/// A campaign requested for leads.
#[derive(Clone, Debug, PartialEq)]
pub struct RunRequest {
    /// Resource id of the campaign.
    pub campaign: String,
    /// Whom for.
    pub leads: Leads,
    /// My Tokens that hold for this run alone.
    pub my_tokens: Vec<MyToken>,
    /// What makes a repetition answer with the same run (R-CALL-9); empty: none.
    pub request_id: String,
}

/// The leads that a campaign is requested for.
#[derive(Clone, Debug, PartialEq)]
pub enum Leads {
    /// These, which must be there; at most 10,000.
    Named(Vec<LeadId>),
    /// All that a filter selects (R-FIL); an empty one selects all.
    Matching(String),
}

/// Leads that may be named.
const MAX_NAMED: usize = 10_000;

impl Canonical for RunRequest {
    fn write(&self, digest: &mut Digest) {
        digest.part(&self.campaign);
        match &self.leads {
            Leads::Named(ids) => {
                digest.part(&0_u8);
                for id in ids {
                    digest.part(&id.0);
                }
            }
            Leads::Matching(filter) => {
                digest.part(&1_u8).part(filter);
            }
        }
        digest.part(self.my_tokens.as_slice());
    }
}

impl<S: Store> Engine<S> {
    /// Sends leads into a campaign's flow: the leads are those of this moment, and a crash afterwards loses none of them.
    ///
    /// # Errors
    /// [`Error::NotFound`] for the campaign, [`Error::NotRequestable`] for a trigger campaign that is inactive or lacks the trigger (R-CMP-1),
    /// [`Error::Invalid`] for a lead that is not there, the filter or a My Token, [`Error::RequestIdReused`], [`Error::TooManyRuns`], [`Error::ShuttingDown`],
    /// [`Error::Store`].
    pub async fn request_campaign(&self, request: RunRequest) -> Result<RunView, Error> {
        let engine = self.clone();
        // The task outlives a caller that goes away: what is durable is driven, and a repetition of its request waits for it.
        let made = self.shared.calls.tasks.spawn(async move {
            if request.request_id.is_empty() {
                engine.make_run(&request, None).await
            } else {
                engine.make_run_once(request).await
            }
        });
        let id = made.await.unwrap_or(Err(Error::ShuttingDown))?;
        self.get_run(id).await
    }

    async fn make_run_once(&self, request: RunRequest) -> Result<RunId, Error> {
        let payload = digest(&request);
        let key = RequestKey {
            method: Method::RequestCampaign,
            id: request.request_id.clone(),
        };
        let reused = || Error::RequestIdReused {
            request_id: key.id.clone(),
        };
        let guard = match self.shared.run_requests.begin(&key, payload).await {
            Begun::First(guard) => guard,
            Begun::Done(run) => return Ok(run),
            Begun::OtherPayload => return Err(reused()),
        };
        let remembered = self.shared.store.remembered(key.clone(), self.now());
        if let Some(first) = remembered.await? {
            if first.payload != payload {
                return Err(reused());
            }
            if let Answered::Run(run) = first.answer {
                return Ok(run);
            }
        }
        let mark = Mark { key, payload };
        let run = self.make_run(&request, Some(mark)).await?;
        guard.done(run);
        Ok(run)
    }

    async fn make_run(&self, request: &RunRequest, mark: Option<Mark>) -> Result<RunId, Error> {
        if self.shared.calls.stopping.is_cancelled() {
            return Err(Error::ShuttingDown);
        }
        let place = self.shared.runs.place();
        let place = place.ok_or(Error::TooManyRuns { limit: MAX_RUNS })?;
        let snapshot = self.snapshot();
        let live = snapshot.campaigns.required(&request.campaign)?;
        if !live.is_open_to_requests() {
            return Err(Error::NotRequestable {
                name: format!("campaigns/{}", request.campaign),
                is_active: live.campaign.active,
            });
        }
        // What its My Tokens would break is told now, not by each of its calls.
        let trigger = campaign_is_requested(&live.compiled.display_name, "API");
        live.compiled
            .context(&snapshot, &trigger, &request.my_tokens)
            .map_err(|error| error.outside("context."))?;
        let leads = self.run_leads(&request.leads).await?;
        let run = NewRun {
            campaign: live.campaign.id,
            version: live.campaign.version,
            leads,
            my_tokens: write_my_tokens(&request.my_tokens),
            created: self.now(),
            mark,
        };
        let run: Run = self.shared.store.create_run(run).await?;
        let id = run.id;
        self.drive(run, Some(place));
        Ok(id)
    }

    async fn run_leads(&self, leads: &Leads) -> Result<RunLeads, Error> {
        let ids = match leads {
            Leads::Matching(filter) => {
                let filter = lead_filter(filter, &self.snapshot())
                    .map_err(|fault| Error::filter(fault.at("lead_filter")))?;
                return Ok(RunLeads::Matching(Arc::new(filter)));
            }
            Leads::Named(ids) => ids,
        };
        if ids.len() > MAX_NAMED {
            let message = format!(
                "{} leads are named; at most {MAX_NAMED} are taken: use lead_filter",
                ids.len()
            );
            return Err(Error::Invalid {
                subject: Kind::Request,
                violations: vec![Violation::new("leads", message)],
            });
        }
        let nothing = Arc::default();
        let found = self.shared.store.subjects(ids.clone(), nothing).await?;
        let missing = ids
            .iter()
            .zip(&found)
            .enumerate()
            .filter(|(_, (_, found))| found.is_none());
        let violations: Vec<_> = missing
            .map(|(at, (id, _))| {
                Violation::new(
                    format!("leads[{at}]"),
                    format!("`leads/{id}` does not exist"),
                )
            })
            .collect();
        Error::unless_valid(Kind::Request, violations)?;
        Ok(RunLeads::Named(ids.clone()))
    }
}

fn write_my_tokens(tokens: &[MyToken]) -> Vec<u8> {
    if tokens.is_empty() {
        return Vec::new();
    }
    serde_json::to_vec(tokens).expect("texts and names are JSON")
}

/// What a run was requested with.
pub(super) fn read_my_tokens(bytes: &[u8]) -> serde_json::Result<Vec<MyToken>> {
    match bytes {
        [] => Ok(Vec::new()),
        bytes => serde_json::from_slice(bytes),
    }
}
