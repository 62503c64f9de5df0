//! Rows of calls: first what tells whether a call matches, then the rest of it.

use bytes::Bytes;
use leadhook_field::Datetime;
use leadhook_store::{Call, CallId, CallState, Error, LeadId, RecordedResponse};
use rusqlite::{Connection, Row};

use crate::{
    codec::{Meta, decode_changes, decode_meta, split_request},
    error::{corrupt, sqlite},
    kinds::Kind,
    retries,
};

/// The columns of a whole call.
pub(crate) const FULL: &str = "id, lead, kind, meta, changes, request, response";
/// The same without request and response.
pub(crate) const BASIC: &str = "id, lead, kind, meta, changes, NULL, NULL";

/// The beginning of a row.
pub(crate) struct Head {
    pub(crate) id: CallId,
    pub(crate) lead: Option<LeadId>,
    pub(crate) kind: i64,
    meta: Vec<u8>,
    decoded: Option<Meta<'static>>,
}

impl Head {
    pub(crate) fn read(row: &Row<'_>) -> Result<Head, Error> {
        Ok(Head {
            id: CallId(row.get(0).map_err(sqlite)?),
            lead: row.get::<_, Option<i64>>(1).map_err(sqlite)?.map(LeadId),
            kind: row.get(2).map_err(sqlite)?,
            meta: row.get(3).map_err(sqlite)?,
            decoded: None,
        })
    }

    /// Reads times and attempts.
    pub(crate) fn decode(&mut self, kind: &Kind) -> Result<(), Error> {
        let meta = decode_meta(&self.meta, self.id, &kind.outcome);
        self.decoded = Some(meta.ok_or_else(|| self.damaged())?);
        Ok(())
    }

    /// When the call was accepted, once it is decoded.
    pub(crate) fn created(&self) -> Option<Datetime> {
        self.decoded.as_ref().map(|meta| meta.created)
    }

    /// Its error type, once it is decoded.
    pub(crate) fn error_type<'a>(&'a self, kind: &'a Kind) -> &'a str {
        let own = self
            .decoded
            .as_ref()
            .and_then(|meta| meta.phrase.as_deref());
        own.unwrap_or(&kind.outcome.error_type)
    }

    /// The call, and how many bytes its row has.
    pub(crate) fn call(
        self,
        connection: &Connection,
        row: &Row<'_>,
        kind: &Kind,
    ) -> Result<(Call, usize), Error> {
        let changes: Option<Vec<u8>> = row.get(4).map_err(sqlite)?;
        let request: Option<Vec<u8>> = row.get(5).map_err(sqlite)?;
        let response: Option<Vec<u8>> = row.get(6).map_err(sqlite)?;
        let len = |bytes: &Option<Vec<u8>>| bytes.as_ref().map_or(0, Vec::len);
        let bytes = self.meta.len() + len(&changes) + len(&request) + len(&response);
        let damaged = self.damaged();
        let Some(meta) = self.decoded else {
            return Err(damaged);
        };
        let mut outcome = kind.outcome.clone();
        if let Some(phrase) = meta.phrase {
            outcome.error_type = phrase.into_owned();
        }
        let (changes, problems) = match changes.map(|changes| decode_changes(&changes)) {
            Some(None) => return Err(damaged),
            Some(Some(changes)) => changes,
            None => (Vec::new(), Vec::new()),
        };
        let request = match request.map(split_request) {
            Some(None) => return Err(damaged),
            request => request.flatten(),
        };
        let call = Call {
            id: self.id,
            origin: kind.origin,
            campaign: kind.campaign.clone(),
            lead: self.lead,
            outcome,
            state: kind.state,
            created: meta.created,
            ended: meta.ended,
            next_attempt: match kind.state {
                CallState::Waiting => retries::due(connection, self.id)?,
                CallState::Ended => None,
            },
            attempts: meta.attempts.into_owned(),
            request,
            response: response.map(|body| RecordedResponse {
                body: Bytes::from(body),
                truncated: meta.is_truncated,
            }),
            changes,
            problems,
            idempotency_key: meta.idempotency_key,
            replay_of: meta.replay_of,
        };
        Ok((call, bytes))
    }

    pub(crate) fn damaged(&self) -> Error {
        corrupt("call", self.id.0)
    }
}
