//! The catalog: webhooks, programs, campaigns and custom fields, changed by compare-and-set.

use leadhook_field::{Datetime, Field};
use leadhook_store::{
    Catalog, CatalogChange, Error, ErrorKind, Program, Revision, Webhook, WebhookId, WebhookVersion,
};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::de::DeserializeOwned;

use crate::{
    campaigns,
    error::{corrupt, sqlite},
    members,
    writer::Write,
};

/// Where definitions of webhooks stand.
const VERSIONS: &str = "webhook_version";

pub(crate) fn read(connection: &Connection) -> Result<Catalog, Error> {
    Ok(Catalog {
        revision: revision(connection)?,
        fields: fields(connection)?,
        webhooks: webhooks(connection)?,
        campaigns: campaigns::read(connection)?,
        programs: programs(connection)?,
    })
}

pub(crate) fn change(
    write: &mut Write<'_>,
    expected: Revision,
    changes: Vec<CatalogChange>,
) -> Result<Revision, Error> {
    let connection = write.connection;
    let found = revision(connection)?;
    if found != expected {
        return Err(Error::new(
            ErrorKind::Conflict,
            format!("the catalog is at revision {found}, not {expected}; read it again"),
        ));
    }
    for change in changes {
        match change {
            CatalogChange::PutWebhook(webhook) => put_webhook(connection, &webhook)?,
            CatalogChange::DeleteWebhook(webhook) => {
                connection
                    .execute("UPDATE webhook SET deleted = 1 WHERE id = ?1", [webhook.0])
                    .map_err(sqlite)?;
            }
            CatalogChange::PutCampaign(campaign) => campaigns::put(connection, &campaign)?,
            CatalogChange::DeleteCampaign(id) => campaigns::delete(connection, id)?,
            CatalogChange::PutField(field) => {
                let sql = "INSERT INTO field VALUES (?1, ?2)";
                connection
                    .execute(sql, params![field.id.0, json(&field)?])
                    .map_err(sqlite)?;
            }
            CatalogChange::DeleteField(field) => {
                connection
                    .execute("DELETE FROM field WHERE id = ?1", [field.0])
                    .map_err(sqlite)?;
            }
            CatalogChange::PutProgram(program) => {
                let sql = "INSERT INTO program VALUES (?1, ?2) ON CONFLICT(id) DO UPDATE SET definition = ?2";
                connection
                    .execute(sql, params![program.id.0, json(&program)?])
                    .map_err(sqlite)?;
            }
            CatalogChange::DeleteProgram(program) => {
                connection
                    .execute("DELETE FROM program WHERE id = ?1", [program.0])
                    .map_err(sqlite)?;
                *write.has_erased |= members::erase_program(connection, program)?;
            }
        }
    }
    let next = Revision(expected.0 + 1);
    connection
        .execute("UPDATE catalog SET revision = ?1", [next.0])
        .map_err(sqlite)?;
    Ok(next)
}

pub(crate) fn versions(
    connection: &Connection,
    keys: &[(WebhookId, Revision)],
) -> Result<Vec<Option<WebhookVersion>>, Error> {
    let sql = "SELECT name, definition FROM webhook_version WHERE webhook = ?1 AND version = ?2";
    let mut select = connection.prepare_cached(sql).map_err(sqlite)?;
    let mut versions = Vec::with_capacity(keys.len());
    for (webhook, version) in keys {
        let row: Option<(String, String)> = select
            .query_row([webhook.0, version.0], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()
            .map_err(sqlite)?;
        versions.push(match row {
            None => None,
            Some((name, definition)) => Some(WebhookVersion {
                name,
                definition: parse(&definition, VERSIONS, webhook.0)?,
            }),
        });
    }
    Ok(versions)
}

fn revision(connection: &Connection) -> Result<Revision, Error> {
    let sql = "SELECT revision FROM catalog";
    connection
        .query_row(sql, [], |row| row.get(0))
        .map(Revision)
        .map_err(sqlite)
}

fn fields(connection: &Connection) -> Result<Vec<Field>, Error> {
    let sql = "SELECT id, definition FROM field ORDER BY id";
    definitions(connection, "field", sql)
}

fn programs(connection: &Connection) -> Result<Vec<Program>, Error> {
    let sql = "SELECT id, definition FROM program ORDER BY id";
    definitions(connection, "program", sql)
}

/// The definitions of a table that holds nothing else.
fn definitions<T: DeserializeOwned>(
    connection: &Connection,
    table: &str,
    sql: &str,
) -> Result<Vec<T>, Error> {
    let mut select = connection.prepare_cached(sql).map_err(sqlite)?;
    let mut rows = select.query([]).map_err(sqlite)?;
    let mut definitions = Vec::new();
    while let Some(row) = rows.next().map_err(sqlite)? {
        let (id, definition) = two(row)?;
        definitions.push(parse(&definition, table, id)?);
    }
    Ok(definitions)
}

fn webhooks(connection: &Connection) -> Result<Vec<Webhook>, Error> {
    let sql = "SELECT webhook.id, definition, webhook.name, webhook.version, created, updated, paused FROM webhook \
         JOIN webhook_version ON webhook = webhook.id AND webhook_version.version = webhook.version \
         WHERE deleted = 0 ORDER BY webhook.id";
    let mut select = connection.prepare_cached(sql).map_err(sqlite)?;
    let mut rows = select.query([]).map_err(sqlite)?;
    let mut webhooks = Vec::new();
    while let Some(row) = rows.next().map_err(sqlite)? {
        let (id, definition) = two(row)?;
        webhooks.push(Webhook {
            id: WebhookId(id),
            definition: parse(&definition, VERSIONS, id)?,
            name: row.get(2).map_err(sqlite)?,
            version: Revision(row.get(3).map_err(sqlite)?),
            created: Datetime::from_micros(row.get(4).map_err(sqlite)?),
            updated: Datetime::from_micros(row.get(5).map_err(sqlite)?),
            paused: row.get(6).map_err(sqlite)?,
        });
    }
    Ok(webhooks)
}

fn put_webhook(connection: &Connection, webhook: &Webhook) -> Result<(), Error> {
    let put = "INSERT INTO webhook VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0) ON CONFLICT(id) DO UPDATE SET \
         name = ?2, version = ?3, created = ?4, updated = ?5, paused = ?6, deleted = 0";
    connection
        .execute(
            put,
            params![
                webhook.id.0,
                webhook.name,
                webhook.version.0,
                webhook.created.as_micros(),
                webhook.updated.as_micros(),
                webhook.paused
            ],
        )
        .map_err(sqlite)?;
    // A change of state alone leaves the version, and its definition, as they are.
    let keep = "INSERT OR IGNORE INTO webhook_version VALUES (?1, ?2, ?3, ?4)";
    let definition = json(&webhook.definition)?;
    connection
        .execute(
            keep,
            params![webhook.id.0, webhook.version.0, webhook.name, definition],
        )
        .map_err(sqlite)?;
    Ok(())
}

fn two(row: &Row<'_>) -> Result<(i64, String), Error> {
    Ok((row.get(0).map_err(sqlite)?, row.get(1).map_err(sqlite)?))
}

pub(crate) fn json<T: serde::Serialize>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| {
        Error::new(
            ErrorKind::Other,
            format!("a definition cannot be written as JSON: {error}"),
        )
    })
}

pub(crate) fn parse<T: serde::de::DeserializeOwned>(
    definition: &str,
    table: &str,
    id: i64,
) -> Result<T, Error> {
    serde_json::from_str(definition).map_err(|_| corrupt(table, id))
}
