//! What things that happen to leads make: entries, in the commit of their cause (R-CMP-3).

use leadhook_field::Datetime;
use leadhook_store::{Cause, Chain, Error, Event, FieldChange, LeadId, NewEntry};

use crate::{
    activities, chains,
    entries::{self, NewRow, Place, Until},
    qualification::Entrance,
    writer::Write,
};

/// The entries that a cause makes for its lead. `chain` is of the entry whose step is the cause; none: no entry's is.
pub(crate) fn react(
    write: &mut Write<'_>,
    lead: LeadId,
    cause: &Cause<'_>,
    at: Datetime,
    chain: Option<&mut Chain>,
) -> Result<(), Error> {
    let entries = wanted(write, cause);
    enter_all(write, lead, entries, at, chain)
}

/// The entries that changes make for their lead.
pub(crate) fn react_to_changes(
    write: &mut Write<'_>,
    lead: LeadId,
    changes: &[FieldChange],
    at: Datetime,
    mut chain: Option<&mut Chain>,
) -> Result<(), Error> {
    for change in changes {
        react(
            write,
            lead,
            &Cause::Changed(change),
            at,
            chain.as_deref_mut(),
        )?;
    }
    Ok(())
}

/// The entries that a cause would make.
pub(crate) fn wanted(write: &Write<'_>, cause: &Cause<'_>) -> Vec<NewEntry> {
    write
        .reactions
        .map(|reactions| reactions.entries(cause))
        .unwrap_or_default()
}

/// Lets a lead in, wherever it may enter.
pub(crate) fn enter_all(
    write: &mut Write<'_>,
    lead: LeadId,
    entries: Vec<NewEntry>,
    at: Datetime,
    mut chain: Option<&mut Chain>,
) -> Result<(), Error> {
    for entry in entries {
        enter(write, lead, &entry, at, chain.as_deref_mut())?;
    }
    Ok(())
}

/// Lets a lead into a campaign, unless it may not enter (R-CMP-8) or the chain ends here (R-CMP-10); whether it is in.
pub(crate) fn enter(
    write: &mut Write<'_>,
    lead: LeadId,
    entry: &NewEntry,
    at: Datetime,
    cause: Option<&mut Chain>,
) -> Result<bool, Error> {
    let connection = write.connection;
    let campaign = entry.campaign;
    let entrance = Entrance {
        lead,
        campaign,
        run: None,
        at,
    };
    if !entrance.is_open(connection, entry.qualification)? {
        return Ok(false);
    }
    let chain = match cause {
        None => Chain::default(),
        Some(cause) => match chains::extend(connection, cause)? {
            Ok(chain) => chain,
            Err(reason) => {
                if chains::is_first_end(connection, cause)? {
                    let event = Event::ChainEnded { campaign, reason };
                    activities::note(write, lead, at, &event)?;
                }
                return Ok(false);
            }
        },
    };
    entrance.pass(connection, entry.qualification)?;
    entries::insert(
        write,
        &NewRow {
            campaign,
            version: entry.version,
            lead,
            run: None,
            trigger: &entry.trigger,
            place: Place {
                step: 0,
                due: at,
                until: Until::Due,
                waits: false,
                has_failed: false,
                chain,
            },
        },
    )?;
    Ok(true)
}
