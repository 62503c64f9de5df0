//! Who may enter a campaign, counted from entering (R-CMP-8). Only campaigns that do not let leads in every time have rows here.

use leadhook_field::Datetime;
use leadhook_store::{CampaignId, Error, LeadId, Qualification, RunId};
use rusqlite::{Connection, OptionalExtension, params};

use crate::error::sqlite;

/// A lead before a campaign.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entrance {
    pub(crate) lead: LeadId,
    pub(crate) campaign: CampaignId,
    /// The run that it belongs to.
    pub(crate) run: Option<RunId>,
    pub(crate) at: Datetime,
}

impl Entrance {
    /// Whether the lead may enter.
    pub(crate) fn is_open(
        self,
        connection: &Connection,
        qualification: Qualification,
    ) -> Result<bool, Error> {
        if qualification == Qualification::EveryTime {
            return Ok(true);
        }
        let last: Option<(i64, Option<i64>)> = connection
            .prepare_cached("SELECT at, run FROM entered WHERE campaign = ?2 AND lead = ?1")
            .and_then(|mut select| {
                select
                    .query_row([self.lead.0, self.campaign.0], |row| {
                        Ok((row.get(0)?, row.get(1)?))
                    })
                    .optional()
            })
            .map_err(sqlite)?;
        let Some((last, run)) = last else {
            return Ok(true);
        };
        if run.is_some() && run.map(RunId) == self.run {
            return Ok(true);
        }
        Ok(match qualification {
            Qualification::EveryTime => true,
            Qualification::Once => false,
            Qualification::OncePer(length) => {
                let since = self.at.as_micros().saturating_sub(last);
                u128::try_from(since).is_ok_and(|since| since >= length.as_micros())
            }
        })
    }

    /// Says that the lead, which is there, has entered.
    pub(crate) fn pass(
        self,
        connection: &Connection,
        qualification: Qualification,
    ) -> Result<(), Error> {
        if qualification == Qualification::EveryTime {
            return Ok(());
        }
        // Who comes once more within a run entered when it came first.
        let sql = "INSERT INTO entered(lead, campaign, at, run) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT(campaign, lead) DO UPDATE SET at = ?3, run = ?4 WHERE run IS NULL OR run IS NOT ?4";
        let run = self.run.map(|run| run.0);
        connection
            .prepare_cached(sql)
            .and_then(|mut insert| {
                insert.execute(params![
                    self.lead.0,
                    self.campaign.0,
                    self.at.as_micros(),
                    run
                ])
            })
            .map_err(sqlite)?;
        Ok(())
    }
}
