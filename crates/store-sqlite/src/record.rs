//! Calls recorded, with what they write to their leads and what follows from it.

use leadhook_store::{
    CallId, CallState, Cause, Effect, Error, ErrorKind, FieldChange, LeadId, NewCall, Recorded,
    Stepped, Wait,
};

use crate::{
    error::sqlite,
    leads::apply,
    new_call_rows::{NewRow, NewRows},
    progress::Passing,
    react::{enter_all, react_to_changes, wanted},
    requests::{Answer, remember},
    retries, rows,
    touched::Touched,
    writer::Write,
};

pub(crate) fn record(write: &mut Write<'_>, calls: &[NewCall]) -> Result<Vec<Recorded>, Error> {
    let mut recording = Recording {
        rows: NewRows::new(write.connection)?,
        touched: Touched::new(write)?,
    };
    let recorded = calls
        .iter()
        .map(|call| recording.record(write, call))
        .collect::<Result<_, _>>()?;
    recording.touched.flush(write)?;
    write.memory.runs.flush(write.connection)?;
    write.memory.call_times.flush(write.connection)?;
    Ok(recorded)
}

/// What the calls of a batch share.
struct Recording<'a> {
    rows: NewRows<'a>,
    touched: Touched<'a>,
}

/// A call that is being recorded.
struct Making<'c> {
    call: &'c NewCall,
    lead: Lead,
    /// The wait that it goes into.
    wait: Option<&'c Wait>,
    passing: Option<Passing>,
}

/// Whose call it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lead {
    /// Nobody's that is stored.
    Inline,
    There(LeadId),
    /// Erased while the call was under way: its call keeps nothing of it (R-LEAD-6).
    Erased(LeadId),
}

impl Lead {
    fn id(self) -> Option<LeadId> {
        match self {
            Lead::Inline => None,
            Lead::There(id) | Lead::Erased(id) => Some(id),
        }
    }

    fn is_erased(self) -> bool {
        matches!(self, Lead::Erased(_))
    }
}

impl Recording<'_> {
    fn record(&mut self, write: &mut Write<'_>, call: &NewCall) -> Result<Recorded, Error> {
        let lead = self.lead(write, call)?;
        if call.has_waited {
            if !retries::waits(write.connection, call.id)? {
                return ended_before(write, call, lead);
            }
        } else {
            if call.id <= *write.last_call {
                return Err(late(call.id, *write.last_call));
            }
            write.memory.call_times.note(call.id, call.created);
            *write.last_call = call.id;
        }
        let passing = match (&call.progress, lead.id()) {
            (Some(progress), Some(lead)) => Passing::find(write, progress.passage, lead)?,
            _ => None,
        };
        // Nobody waits for a call whose step is on record, or in no flow any more.
        let is_wanted = call.progress.is_none() || passing.is_some();
        let making = Making {
            call,
            lead,
            wait: call
                .wait
                .as_ref()
                .filter(|_| is_wanted && !lead.is_erased()),
            passing,
        };
        match making.wait {
            Some(wait) => self.waits(write, making, wait),
            None => self.ends(write, making),
        }
    }

    fn lead(&mut self, write: &Write<'_>, call: &NewCall) -> Result<Lead, Error> {
        let Effect::Lead(id, writes) = &call.effect else {
            return Ok(Lead::Inline);
        };
        let writes_nothing = writes.lead.is_empty() && writes.company.is_empty();
        let is_there = if writes_nothing || call.wait.is_some() {
            rows::has_lead(write.connection, *id)?
        } else {
            self.touched.lead(*id)?.is_some()
        };
        Ok(match is_there {
            true => Lead::There(*id),
            false => Lead::Erased(*id),
        })
    }

    /// Records a call that waits for its next attempt: it has done nothing yet.
    fn waits(
        &mut self,
        write: &mut Write<'_>,
        making: Making<'_>,
        wait: &Wait,
    ) -> Result<Recorded, Error> {
        self.put(write, &making, CallState::Waiting, &[])?;
        let Making {
            call,
            lead,
            passing,
            ..
        } = making;
        let stepped = match (passing, &call.progress, lead.id()) {
            (Some(passing), Some(progress), Some(lead)) => {
                passing.go(write, lead, progress.next, Some(call.id), call.ended)?
            }
            _ => Stepped::default(),
        };
        retries::put(write, call, wait, stepped.entry)?;
        Ok(Recorded {
            state: CallState::Waiting,
            changes: Vec::new(),
            stepped,
        })
    }

    /// Records a call that has ended, with all that it does.
    fn ends(&mut self, write: &mut Write<'_>, making: Making<'_>) -> Result<Recorded, Error> {
        let call = making.call;
        let changes = match (&call.effect, making.lead) {
            (Effect::Inline(changes), _) => changes.clone(),
            (Effect::Lead(id, writes), Lead::There(_)) => {
                apply(write, &mut self.touched, *id, writes, call.ended)?
            }
            (Effect::Lead(..), _) => Vec::new(),
        };
        self.put(write, &making, CallState::Ended, &changes)?;
        if let Some(run) = call.origin.run
            && let Some(run) = write.memory.runs.get(write.connection, run)?
        {
            run.count_call(call.outcome.code);
        }
        let stepped = follow(write, making, &changes)?;
        Ok(Recorded {
            state: CallState::Ended,
            changes,
            stepped,
        })
    }

    /// Writes what is on record of a call.
    fn put(
        &mut self,
        write: &mut Write<'_>,
        making: &Making<'_>,
        state: CallState,
        changes: &[FieldChange],
    ) -> Result<(), Error> {
        let Making { call, lead, .. } = *making;
        let connection = write.connection;
        let kinds = &mut write.memory.kinds;
        let (kind, has_own_phrase) = kinds.id(connection, call.origin, state, &call.outcome)?;
        let row = NewRow {
            call,
            lead: lead.id(),
            is_erased: lead.is_erased(),
            kind,
            has_own_phrase,
            changes,
        };
        if call.has_waited {
            self.rows.update(connection, &row)?;
            return match state {
                CallState::Waiting => Ok(()),
                CallState::Ended => retries::delete(write, call.id),
            };
        }
        self.rows.insert(&row)?;
        match &call.request_mark {
            Some(mark) => remember(connection, mark, &Answer::Call(call.id), call.ended),
            None => Ok(()),
        }
    }
}

/// Makes the entries that a call which has ended causes, and brings on the one whose step it is.
fn follow(
    write: &mut Write<'_>,
    making: Making<'_>,
    changes: &[FieldChange],
) -> Result<Stepped, Error> {
    let Making {
        call,
        lead,
        mut passing,
        ..
    } = making;
    let at = call.ended;
    let Lead::There(lead) = lead else {
        if let Some(passing) = passing {
            passing.vanish(write, at)?;
        }
        return Ok(gone(call, lead));
    };
    let wanted = wanted(write, &Cause::Called(call));
    let chain = passing.as_mut().map(|passing| &mut passing.chain);
    enter_all(write, lead, wanted, at, chain)?;
    let chain = passing.as_mut().map(|passing| &mut passing.chain);
    react_to_changes(write, lead, changes, at, chain)?;
    match passing.zip(call.progress) {
        Some((passing, progress)) => passing.go(write, lead, progress.next, None, at),
        None => Ok(Stepped::default()),
    }
}

/// What became of the entry of a call that brings none on.
fn gone(call: &NewCall, lead: Lead) -> Stepped {
    Stepped {
        entry: None,
        is_gone: lead.is_erased() && call.progress.is_some(),
    }
}

/// A call that waited has ended meanwhile: its lead was erased, or its run is over. What its attempt came to is nobody's any more.
fn ended_before(write: &Write<'_>, call: &NewCall, lead: Lead) -> Result<Recorded, Error> {
    let is_there = write
        .connection
        .prepare_cached("SELECT 1 FROM call WHERE id = ?1")
        .and_then(|mut select| select.exists([call.id.0]))
        .map_err(sqlite)?;
    if !is_there {
        let text = format!(
            "the call {} is not on record, so it has not waited; record it as a new one",
            call.id
        );
        return Err(Error::new(ErrorKind::Invalid, text));
    }
    Ok(Recorded {
        state: CallState::Ended,
        changes: Vec::new(),
        stepped: gone(call, lead),
    })
}

fn late(id: CallId, last: CallId) -> Error {
    Error::new(
        ErrorKind::Invalid,
        format!(
            "the call {id} is not later than the last one recorded, {last}; ids of calls ascend"
        ),
    )
}
