//! Rows as bytes: numbers as LEB128, texts behind their lengths, nothing for what is not there.

mod call;
mod entry;
mod event;
mod member;
mod reader;
mod value;

use self::reader::Reader;
pub(crate) use self::{
    call::{
        Meta, decode_changes, decode_meta, erase_changes, erase_meta, put_changes, put_meta,
        put_request, split_request,
    },
    entry::{decode_codes, decode_leads, decode_tokens, encode_codes, encode_tokens, put_lead},
    event::{decode_event, encode_event},
    member::{decode_member, encode_member},
    value::{Damaged, Places, decode_places, decode_values, find_value, put_values},
};

/// Writes a number, seven bits a byte, the lowest first.
fn put_number(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Writes a signed number; small ones of either sign are short.
fn put_signed(number: i64, out: &mut Vec<u8>) {
    put_number(((number << 1) ^ (number >> 63)) as u64, out);
}

/// Writes bytes behind their length.
fn put_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    put_number(bytes.len() as u64, out);
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests;
