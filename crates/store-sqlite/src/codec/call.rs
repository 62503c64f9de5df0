//! Calls: what is not shared with others.

use std::{borrow::Cow, time::Duration};

use bytes::Bytes;
use leadhook_field::Datetime;
use leadhook_store::{
    Attempt, CallId, FieldChange, IdempotencyKey, MappingProblem, Outcome, ProblemReason,
    RecordedRequest,
};

use super::{
    Reader, put_bytes, put_number, put_signed,
    value::{put_value, take_value},
};

/// Times, attempts and key of a call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Meta<'a> {
    pub(crate) created: Datetime,
    pub(crate) ended: Datetime,
    pub(crate) attempts: Cow<'a, [Attempt]>,
    pub(crate) idempotency_key: IdempotencyKey,
    pub(crate) replay_of: Option<CallId>,
    /// Whether the response was cut.
    pub(crate) is_truncated: bool,
    /// The outcome's error type, where the table of phrases is full.
    pub(crate) phrase: Option<Cow<'a, str>>,
}

// Flags in front of it.
const TRUNCATED: u8 = 1;
const PHRASE: u8 = 2;
const REPLAY: u8 = 4;
const DETAILS: u8 = 8;

/// Times are written as what they differ by from the id's; an attempt that ended as the call did says so in a byte.
pub(crate) fn put_meta(meta: &Meta<'_>, id: CallId, outcome: &Outcome, out: &mut Vec<u8>) {
    let details = encode_details(&meta.attempts);
    let flag = |is_set: bool, flag: u8| if is_set { flag } else { 0 };
    out.push(
        flag(meta.is_truncated, TRUNCATED)
            | flag(meta.phrase.is_some(), PHRASE)
            | flag(meta.replay_of.is_some(), REPLAY)
            | flag(details.is_some(), DETAILS),
    );
    if let Some(details) = &details {
        put_bytes(details, out);
    }
    out.extend_from_slice(&meta.idempotency_key.0);
    let base = id.millis().wrapping_mul(1_000);
    put_signed(base.wrapping_sub(meta.created.as_micros()), out);
    put_signed(meta.ended.as_micros() - meta.created.as_micros(), out);
    if let Some(phrase) = &meta.phrase {
        put_bytes(phrase.as_bytes(), out);
    }
    if let Some(CallId(id)) = meta.replay_of {
        put_signed(id, out);
    }
    for attempt in &*meta.attempts {
        put_signed(attempt.started.as_micros() - meta.created.as_micros(), out);
        put_number(
            u64::try_from(attempt.duration.as_micros()).unwrap_or(u64::MAX),
            out,
        );
        let is_same = attempt.code == outcome.code && attempt.error_type == outcome.error_type;
        out.push(u8::from(!is_same));
        if !is_same {
            put_number(u64::from(attempt.code), out);
            put_bytes(attempt.error_type.as_bytes(), out);
        }
    }
}

/// Details stand together, so that they can be taken out; none where every attempt has none.
fn encode_details(attempts: &[Attempt]) -> Option<Vec<u8>> {
    if attempts.iter().all(|attempt| attempt.detail.is_empty()) {
        return None;
    }
    let mut out = Vec::new();
    for attempt in attempts {
        put_bytes(attempt.detail.as_bytes(), &mut out);
    }
    Some(out)
}

/// `outcome` is what the call's kind tells of it.
pub(crate) fn decode_meta(bytes: &[u8], id: CallId, outcome: &Outcome) -> Option<Meta<'static>> {
    let mut reader = Reader(bytes);
    let flags = reader.byte()?;
    let mut details = if flags & DETAILS == 0 {
        None
    } else {
        Some(Reader(reader.bytes()?))
    };
    let key = reader.take(16)?.try_into().ok()?;
    let created = id
        .millis()
        .checked_mul(1_000)?
        .checked_sub(reader.signed()?)?;
    let ended = created.checked_add(reader.signed()?)?;
    let phrase = if flags & PHRASE == 0 {
        None
    } else {
        Some(Cow::Owned(reader.text()?.to_owned()))
    };
    let replay_of = if flags & REPLAY == 0 {
        None
    } else {
        Some(CallId(reader.signed()?))
    };
    let error_type: &str = phrase.as_deref().unwrap_or(&outcome.error_type);
    let mut attempts = Vec::new();
    while !reader.is_empty() {
        let started = Datetime::from_micros(created.checked_add(reader.signed()?)?);
        let duration = Duration::from_micros(reader.number()?);
        let (code, error_type) = if reader.byte()? == 0 {
            (outcome.code, error_type.to_owned())
        } else {
            (
                u16::try_from(reader.number()?).ok()?,
                reader.text()?.to_owned(),
            )
        };
        attempts.push(Attempt {
            started,
            duration,
            code,
            error_type,
            detail: match &mut details {
                Some(details) => details.text()?.to_owned(),
                None => String::new(),
            },
        });
    }
    Some(Meta {
        created: Datetime::from_micros(created),
        ended: Datetime::from_micros(ended),
        attempts: attempts.into(),
        idempotency_key: IdempotencyKey(key),
        replay_of,
        is_truncated: flags & TRUNCATED != 0,
        phrase,
    })
}

/// What stays of times, attempts and key when their lead is erased: all but the details (R-LEAD-6).
pub(crate) fn erase_meta(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut reader = Reader(bytes);
    let flags = reader.byte()?;
    if flags & DETAILS != 0 {
        reader.bytes()?;
    }
    Some([&[flags & !DETAILS], reader.0].concat())
}

/// Changes and problems; nothing when there are neither.
pub(crate) fn put_changes(changes: &[FieldChange], problems: &[MappingProblem], out: &mut Vec<u8>) {
    if changes.is_empty() && problems.is_empty() {
        return;
    }
    put_number(changes.len() as u64, out);
    for change in changes {
        put_value(change.field, change.previous.as_ref(), out);
        put_value(change.field, change.new.as_ref(), out);
    }
    for problem in problems {
        put_number(u64::from(problem.mapping), out);
        let reason = ProblemReason::ALL
            .iter()
            .position(|reason| *reason == problem.reason);
        put_number(reason.unwrap_or_default() as u64, out);
        put_bytes(problem.detail.as_bytes(), out);
    }
}

pub(crate) fn decode_changes(bytes: &[u8]) -> Option<(Vec<FieldChange>, Vec<MappingProblem>)> {
    let mut reader = Reader(bytes);
    let mut changes = Vec::new();
    for _ in 0..reader.number()? {
        let (field, previous) = take_value(&mut reader)?;
        let (_, new) = take_value(&mut reader)?;
        changes.push(FieldChange {
            field,
            previous,
            new,
        });
    }
    let mut problems = Vec::new();
    while !reader.is_empty() {
        problems.push(MappingProblem {
            mapping: u16::try_from(reader.number()?).ok()?,
            reason: *ProblemReason::ALL.get(usize::try_from(reader.number()?).ok()?)?,
            detail: reader.text()?.to_owned(),
        });
    }
    Some((changes, problems))
}

/// What stays of changes and problems when their lead is erased (R-LEAD-6).
pub(crate) fn erase_changes(bytes: &[u8]) -> Option<Option<Vec<u8>>> {
    let (_, mut problems) = decode_changes(bytes)?;
    problems
        .iter_mut()
        .for_each(|problem| problem.detail.clear());
    let mut out = Vec::new();
    put_changes(&[], &problems, &mut out);
    Some(Some(out).filter(|left| !left.is_empty()))
}

/// A request as one blob.
pub(crate) fn put_request(request: &RecordedRequest, out: &mut Vec<u8>) {
    put_bytes(&request.values, out);
    out.extend_from_slice(&request.body);
}

pub(crate) fn split_request(bytes: Vec<u8>) -> Option<RecordedRequest> {
    let bytes = Bytes::from(bytes);
    let mut reader = Reader(&bytes);
    let values = reader.bytes()?.len();
    let body = bytes.len() - reader.0.len();
    Some(RecordedRequest {
        values: bytes.slice(body - values..body),
        body: bytes.slice(body..),
    })
}
