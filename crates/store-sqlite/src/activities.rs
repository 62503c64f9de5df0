//! What happened to leads and is told by no call and by no run: rows of their own.
//!
//! Their ids are made as those of calls are. A row's id is above that of every call recorded before it, but a call of the same batch may get the
//! same number later: the row has place 0 of it, a call and its changes the places from 1 on.

use leadhook_field::Datetime;
use leadhook_store::{Error, ErrorKind, Event, FieldChange, LeadId, Source};
use rusqlite::params;

use crate::{codec::encode_event, error::sqlite, writer::Write};

/// Notes what happened to a lead.
pub(crate) fn note(
    write: &mut Write<'_>,
    lead: LeadId,
    at: Datetime,
    event: &Event,
) -> Result<(), Error> {
    let (kind, data) = encode_event(event).ok_or_else(|| {
        Error::new(
            ErrorKind::Invalid,
            "a call is no activity with a row of its own; record it",
        )
    })?;
    let connection = write.connection;
    let id = write
        .memory
        .last_ids
        .next_activity(connection, at, *write.last_call)?;
    connection
        .prepare_cached("INSERT INTO activity VALUES (?1, ?2, ?3, ?4)")
        .and_then(|mut insert| insert.execute(params![lead.0, id, kind, data]))
        .map_err(sqlite)?;
    Ok(())
}

/// Notes changes that no call tells of.
pub(crate) fn note_changes(
    write: &mut Write<'_>,
    lead: LeadId,
    changes: &[FieldChange],
    source: Source,
    at: Datetime,
) -> Result<(), Error> {
    for change in changes {
        let change = change.clone();
        let event = Event::ChangeDataValue { change, source };
        note(write, lead, at, &event)?;
    }
    Ok(())
}
