//! Calls recorded, with what they write to their leads and what follows from it.

use leadhook_field::Datetime;
use leadhook_store::{
    Attempt, CallId, CallState, Cause, Effect, Error, ErrorKind, FieldChange, LeadId,
    MappingProblem, NewCall, NewEntry, Next, Recorded, Stepped,
};
use rusqlite::{CachedStatement, params};

use crate::{
    codec::{Meta, encode_changes, encode_meta, join_request},
    error::sqlite,
    leads::apply,
    progress::Passing,
    react::{enter_all, react_to_changes, wanted},
    requests::{Answer, remember},
    rows,
    touched::Touched,
    writer::Write,
};

pub(crate) fn record(write: &mut Write<'_>, calls: Vec<NewCall>) -> Result<Vec<Recorded>, Error> {
    let mut insert = write
        .connection
        .prepare_cached("INSERT INTO call VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
        .map_err(sqlite)?;
    let mut touched = Touched::new(write)?;
    let mut recorded = Vec::with_capacity(calls.len());
    for call in calls {
        let id = call.id;
        if id <= *write.last_call {
            return Err(late(id, *write.last_call));
        }
        write.memory.call_times.note(id, call.created);
        *write.last_call = id;
        recorded.push(record_one(write, &mut touched, &mut insert, call)?);
    }
    touched.flush(write)?;
    write.memory.runs.flush(write.connection)?;
    write.memory.call_times.flush(write.connection)?;
    Ok(recorded)
}

fn late(id: CallId, last: CallId) -> Error {
    Error::new(
        ErrorKind::Other,
        format!(
            "the call {id} is not later than the last one recorded, {last}; ids of calls ascend"
        ),
    )
}

fn record_one(
    write: &mut Write<'_>,
    touched: &mut Touched<'_>,
    insert: &mut CachedStatement<'_>,
    call: NewCall,
) -> Result<Recorded, Error> {
    let passing = match &call.progress {
        Some(progress) => Passing::find(write, progress.passage)?,
        None => None,
    };
    // Asked of the whole call, before it is taken apart.
    let wanted = match call.effect {
        Effect::Inline(_) => Vec::new(),
        Effect::Lead(..) => wanted(write, &Cause::Called(&call)),
    };
    let Effects {
        lead,
        changes,
        is_erased,
    } = effects(write, touched, call.effect, call.ended)?;
    let (kind, has_own_phrase) = write.memory.kinds.id(
        write.connection,
        call.origin,
        CallState::Ended,
        &call.outcome,
    )?;
    let (attempts, problems) = if is_erased {
        without_details(call.attempts, call.problems)
    } else {
        (call.attempts, call.problems)
    };
    let meta = Meta {
        created: call.created,
        ended: call.ended,
        attempts,
        idempotency_key: call.idempotency_key,
        replay_of: call.replay_of,
        is_truncated: call
            .response
            .as_ref()
            .is_some_and(|response| response.truncated),
        phrase: has_own_phrase.then(|| call.outcome.error_type.clone()),
    };
    let request = call
        .request
        .filter(|_| !is_erased)
        .map(|request| join_request(&request));
    let response = call.response.filter(|_| !is_erased);
    insert
        .execute(params![
            call.id.0,
            lead.map(|lead| lead.0),
            kind,
            encode_meta(&meta, call.id, &call.outcome),
            encode_changes(&changes, &problems),
            request,
            response.as_ref().map(|response| &*response.body),
        ])
        .map_err(sqlite)?;
    if let Some(mark) = &call.request_mark {
        remember(write.connection, mark, &Answer::Call(call.id), call.ended)?;
    }
    if let Some(run) = call.origin.run
        && let Some(run) = write.memory.runs.get(write.connection, run)?
    {
        run.count_call(call.outcome.code);
    }
    let happened = Happened {
        lead: lead.filter(|_| !is_erased),
        wanted,
        changes: &changes,
        at: call.ended,
    };
    let mut stepped =
        happened.follow(write, passing, call.progress.map(|progress| progress.next))?;
    stepped.is_gone = is_erased && call.progress.is_some();
    Ok(Recorded { changes, stepped })
}

/// What a call did, and what is to follow from it.
struct Happened<'a> {
    /// None: an inline lead, or one that is not there any more.
    lead: Option<LeadId>,
    /// Entries that the call itself makes.
    wanted: Vec<NewEntry>,
    changes: &'a [FieldChange],
    at: Datetime,
}

impl Happened<'_> {
    /// Makes the entries that it causes, and brings on the one whose step it is.
    fn follow(
        self,
        write: &mut Write<'_>,
        mut passing: Option<Passing>,
        next: Option<Next>,
    ) -> Result<Stepped, Error> {
        let at = self.at;
        let Some(lead) = self.lead else {
            if let Some(passing) = passing {
                passing.vanish(write, at)?;
            }
            return Ok(Stepped::default());
        };
        let chain = passing.as_mut().map(|passing| &mut passing.chain);
        enter_all(write, lead, self.wanted, at, chain)?;
        let chain = passing.as_mut().map(|passing| &mut passing.chain);
        react_to_changes(write, lead, self.changes, at, chain)?;
        match passing.zip(next) {
            Some((passing, next)) => passing.go(write, lead, next, at),
            None => Ok(Stepped::default()),
        }
    }
}

struct Effects {
    lead: Option<LeadId>,
    changes: Vec<FieldChange>,
    /// The lead was erased while the call was under way: its call keeps nothing of it (R-LEAD-6).
    is_erased: bool,
}

fn effects(
    write: &mut Write<'_>,
    touched: &mut Touched<'_>,
    effect: Effect,
    now: Datetime,
) -> Result<Effects, Error> {
    match effect {
        Effect::Inline(changes) => Ok(Effects {
            lead: None,
            changes,
            is_erased: false,
        }),
        Effect::Lead(id, writes) => {
            let lead = Some(id);
            if writes.lead.is_empty() && writes.company.is_empty() {
                // Nothing to write: whether the lead is there is all that matters.
                let is_erased = !rows::has_lead(write.connection, id)?;
                return Ok(Effects {
                    lead,
                    changes: Vec::new(),
                    is_erased,
                });
            }
            if touched.lead(id)?.is_none() {
                return Ok(Effects {
                    lead,
                    changes: Vec::new(),
                    is_erased: true,
                });
            }
            let changes = apply(write, touched, id, writes, now)?;
            Ok(Effects {
                lead,
                changes,
                is_erased: false,
            })
        }
    }
}

fn without_details(
    mut attempts: Vec<Attempt>,
    mut problems: Vec<MappingProblem>,
) -> (Vec<Attempt>, Vec<MappingProblem>) {
    for attempt in &mut attempts {
        attempt.detail.clear();
    }
    for problem in &mut problems {
        problem.detail.clear();
    }
    (attempts, problems)
}
