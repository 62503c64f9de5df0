//! Memberships of leads in programs: rows of (program, lead), found and erased from either side.

use std::collections::BTreeMap;

use leadhook_field::Value;
use leadhook_store::{Error, LeadId, MemberUpsert, MemberUpserted, MemberWrite, ProgramId};
use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    codec::{decode_member, encode_member},
    error::{corrupt, sqlite},
    writer::Write,
};

/// None when the program is not there.
pub(crate) fn upsert(
    write: &mut Write<'_>,
    program: ProgramId,
    rows: Vec<MemberUpsert>,
) -> Result<Option<Vec<MemberUpserted>>, Error> {
    let connection = write.connection;
    if !exists(connection, "SELECT 1 FROM program WHERE id = ?1", program.0)? {
        return Ok(None);
    }
    let results = rows
        .into_iter()
        .map(|row| upsert_row(connection, program, row));
    results.collect::<Result<_, _>>().map(Some)
}

fn upsert_row(
    connection: &Connection,
    program: ProgramId,
    row: MemberUpsert,
) -> Result<MemberUpserted, Error> {
    let lead = row.lead;
    if !exists(connection, "SELECT 1 FROM lead WHERE id = ?1", lead.0)? {
        return Ok(MemberUpserted::LeadNotFound);
    }
    let stored = member(connection, program, lead)?;
    let is_new = stored.is_none();
    let mut values = stored.unwrap_or_default();
    for MemberWrite { key, value } in row.writes {
        match value {
            Some(value) => values.insert(key, value),
            None => values.remove(&key),
        };
    }
    if values.len() > MemberUpsert::MAX_FIELDS {
        return Ok(MemberUpserted::TooManyFields);
    }
    connection
        .prepare_cached(
            "INSERT INTO member(program, lead, data) VALUES (?1, ?2, ?3) \
             ON CONFLICT(program, lead) DO UPDATE SET data = ?3",
        )
        .and_then(|mut put| put.execute(params![program.0, lead.0, encode_member(&values)]))
        .map_err(sqlite)?;
    Ok(if is_new {
        MemberUpserted::Created
    } else {
        MemberUpserted::Updated
    })
}

/// What memberships hold under the keys, in the order of the leads.
pub(crate) fn read(
    connection: &Connection,
    program: ProgramId,
    leads: &[LeadId],
    keys: &[Box<str>],
) -> Result<Vec<Vec<Option<Value>>>, Error> {
    let read_one = |lead: &LeadId| {
        let mut values = member(connection, program, *lead)?.unwrap_or_default();
        Ok(keys.iter().map(|key| values.remove(key)).collect())
    };
    leads.iter().map(read_one).collect()
}

/// Erases the memberships of a lead.
pub(crate) fn erase_lead(connection: &Connection, lead: LeadId) -> Result<(), Error> {
    connection
        .prepare_cached("DELETE FROM member WHERE lead = ?1")
        .and_then(|mut delete| delete.execute([lead.0]))
        .map_err(sqlite)?;
    Ok(())
}

/// Erases the memberships in a program; whether there were any.
pub(crate) fn erase_program(connection: &Connection, program: ProgramId) -> Result<bool, Error> {
    let erased = connection
        .execute("DELETE FROM member WHERE program = ?1", [program.0])
        .map_err(sqlite)?;
    Ok(erased > 0)
}

/// None: no member.
fn member(
    connection: &Connection,
    program: ProgramId,
    lead: LeadId,
) -> Result<Option<BTreeMap<Box<str>, Value>>, Error> {
    let row: Option<(i64, Vec<u8>)> = connection
        .prepare_cached("SELECT id, data FROM member WHERE program = ?1 AND lead = ?2")
        .and_then(|mut select| {
            select
                .query_row([program.0, lead.0], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()
        })
        .map_err(sqlite)?;
    row.map(|(id, data)| decode_member(&data).ok_or_else(|| corrupt("member", id)))
        .transpose()
}

fn exists(connection: &Connection, sql: &str, id: i64) -> Result<bool, Error> {
    connection
        .prepare_cached(sql)
        .and_then(|mut select| select.exists([id]))
        .map_err(sqlite)
}
