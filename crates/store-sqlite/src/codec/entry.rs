//! Entries and runs: trigger tokens, counts by code, lists of leads.

use std::collections::BTreeMap;

use leadhook_store::{LeadId, TriggerTokens};

use super::{Reader, put_bytes, put_number};

/// Names with their values.
pub(crate) fn encode_tokens(tokens: &TriggerTokens) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, value) in tokens {
        put_bytes(name.as_bytes(), &mut out);
        put_bytes(value.as_bytes(), &mut out);
    }
    out
}

pub(crate) fn decode_tokens(bytes: &[u8]) -> Option<TriggerTokens> {
    let mut reader = Reader(bytes);
    let mut tokens = Vec::new();
    while !reader.is_empty() {
        tokens.push((reader.text()?.to_owned(), reader.text()?.to_owned()));
    }
    Some(tokens)
}

/// Codes with their counts.
pub(crate) fn encode_codes(codes: &BTreeMap<u16, u64>) -> Vec<u8> {
    let mut out = Vec::with_capacity(8 * codes.len());
    for (code, count) in codes {
        put_number(u64::from(*code), &mut out);
        put_number(*count, &mut out);
    }
    out
}

pub(crate) fn decode_codes(bytes: &[u8]) -> Option<BTreeMap<u16, u64>> {
    let mut reader = Reader(bytes);
    let mut codes = BTreeMap::new();
    while !reader.is_empty() {
        codes.insert(u16::try_from(reader.number()?).ok()?, reader.number()?);
    }
    Some(codes)
}

/// Writes a lead behind the one before it, whose id is smaller.
pub(crate) fn put_lead(LeadId(before): LeadId, LeadId(lead): LeadId, out: &mut Vec<u8>) {
    put_number(lead.wrapping_sub(before) as u64, out);
}

/// The first lead of a list, and those that were put behind it.
pub(crate) fn decode_leads(first: LeadId, bytes: &[u8]) -> Option<Vec<LeadId>> {
    let mut reader = Reader(bytes);
    let mut last = first.0;
    let mut leads = vec![first];
    while !reader.is_empty() {
        last = last.checked_add(i64::try_from(reader.number()?).ok()?)?;
        leads.push(LeadId(last));
    }
    Some(leads)
}
