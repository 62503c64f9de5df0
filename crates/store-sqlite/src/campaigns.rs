//! Campaigns, as a part of the catalog.

use leadhook_field::Datetime;
use leadhook_store::{Campaign, CampaignId, CampaignVersion, Error, ErrorKind, Revision};
use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    catalog::{json, parse},
    error::sqlite,
};

/// Those that are not deleted, in id order.
pub(crate) fn read(connection: &Connection) -> Result<Vec<Campaign>, Error> {
    let sql = "SELECT campaign.id, definition, campaign.name, campaign.version, created, updated, active FROM campaign \
         JOIN campaign_version ON campaign = campaign.id AND campaign_version.version = campaign.version \
         WHERE deleted = 0 ORDER BY campaign.id";
    let mut select = connection.prepare_cached(sql).map_err(sqlite)?;
    let mut rows = select.query([]).map_err(sqlite)?;
    let mut campaigns = Vec::new();
    while let Some(row) = rows.next().map_err(sqlite)? {
        let id = row.get(0).map_err(sqlite)?;
        let definition: String = row.get(1).map_err(sqlite)?;
        campaigns.push(Campaign {
            id: CampaignId(id),
            definition: parse(&definition, "campaign_version", id)?,
            name: row.get(2).map_err(sqlite)?,
            version: Revision(row.get(3).map_err(sqlite)?),
            created: Datetime::from_micros(row.get(4).map_err(sqlite)?),
            updated: Datetime::from_micros(row.get(5).map_err(sqlite)?),
            active: row.get(6).map_err(sqlite)?,
        });
    }
    Ok(campaigns)
}

pub(crate) fn put(connection: &Connection, campaign: &Campaign) -> Result<(), Error> {
    let put = "INSERT INTO campaign VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0) ON CONFLICT(id) DO UPDATE SET \
         name = ?2, version = ?3, created = ?4, updated = ?5, active = ?6, deleted = 0";
    connection
        .execute(
            put,
            params![
                campaign.id.0,
                campaign.name,
                campaign.version.0,
                campaign.created.as_micros(),
                campaign.updated.as_micros(),
                campaign.active
            ],
        )
        .map_err(sqlite)?;
    // A change of state alone leaves the version, and its definition, as they are.
    let keep = "INSERT OR IGNORE INTO campaign_version VALUES (?1, ?2, ?3, ?4)";
    let definition = json(&campaign.definition)?;
    connection
        .execute(
            keep,
            params![campaign.id.0, campaign.version.0, campaign.name, definition],
        )
        .map_err(sqlite)?;
    Ok(())
}

/// Deletes one that nothing goes through any more (R-DEF-5).
pub(crate) fn delete(connection: &Connection, id: CampaignId) -> Result<(), Error> {
    // From the few runs that are not over to what they are; a plain join may go through all runs.
    let used = "SELECT EXISTS(SELECT 1 FROM entry WHERE campaign = ?1) \
         OR EXISTS(SELECT 1 FROM run_progress CROSS JOIN run ON run.id = run WHERE ended IS NULL AND campaign = ?1)";
    let is_used: bool = connection
        .query_row(used, [id.0], |row| row.get(0))
        .map_err(sqlite)?;
    if is_used {
        return Err(Error::new(
            ErrorKind::InUse,
            format!(
                "campaign {id} has entries or a run that is not over; deactivate it and wait for their end, or cancel its runs"
            ),
        ));
    }
    for sql in [
        "UPDATE campaign SET deleted = 1 WHERE id = ?1",
        "DELETE FROM entered WHERE campaign = ?1",
    ] {
        connection.execute(sql, [id.0]).map_err(sqlite)?;
    }
    Ok(())
}

pub(crate) fn versions(
    connection: &Connection,
    keys: &[(CampaignId, Revision)],
) -> Result<Vec<Option<CampaignVersion>>, Error> {
    let sql = "SELECT name, definition FROM campaign_version WHERE campaign = ?1 AND version = ?2";
    let mut select = connection.prepare_cached(sql).map_err(sqlite)?;
    let mut versions = Vec::with_capacity(keys.len());
    for (campaign, version) in keys {
        let row: Option<(String, String)> = select
            .query_row([campaign.0, version.0], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()
            .map_err(sqlite)?;
        versions.push(match row {
            None => None,
            Some((name, definition)) => Some(CampaignVersion {
                name,
                definition: parse(&definition, "campaign_version", campaign.0)?,
            }),
        });
    }
    Ok(versions)
}
