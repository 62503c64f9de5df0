//! Activities that have a row of their own.

use leadhook_field::FieldId;
use leadhook_store::{CampaignId, ChainEnd, Event, FieldChange, Source, WebhookId};

use super::{
    Reader, put_bytes, put_number, put_signed,
    value::{put_value, take_value},
};

// Types of rows, sources and reasons; stored, so never changed.
const CHANGE_DATA_VALUE: i64 = 1;
const CHANGE_REFUSED: i64 = 2;
const NEW_PERSON: i64 = 3;
const REQUEST_CAMPAIGN: i64 = 4;
const CHAIN_ENDED: i64 = 5;

const API: u8 = 1;
const IMPORT: u8 = 2;
const WEBHOOK: u8 = 3;
const CAMPAIGN: u8 = 4;

const TOO_DEEP: u8 = 1;
const TOO_MANY: u8 = 2;

/// The type of an event's row, and the rest of it; none for a call, which has a row of another kind.
pub(crate) fn encode_event(event: &Event) -> Option<(i64, Vec<u8>)> {
    let mut out = Vec::new();
    let kind = match event {
        Event::CallWebhook(_) => return None,
        Event::ChangeDataValue { change, source } => {
            put_source(*source, &mut out);
            put_value(change.field, change.previous.as_ref(), &mut out);
            put_value(change.field, change.new.as_ref(), &mut out);
            CHANGE_DATA_VALUE
        }
        Event::ChangeRefused {
            field,
            text,
            error,
            source,
        } => {
            put_source(*source, &mut out);
            put_number(u64::from(field.0), &mut out);
            put_bytes(text.as_bytes(), &mut out);
            put_bytes(error.as_bytes(), &mut out);
            CHANGE_REFUSED
        }
        Event::NewPerson { email, source } => {
            put_source(*source, &mut out);
            put_bytes(email.as_bytes(), &mut out);
            NEW_PERSON
        }
        Event::RequestCampaign { campaign, source } => {
            put_source(*source, &mut out);
            put_signed(campaign.0, &mut out);
            REQUEST_CAMPAIGN
        }
        Event::ChainEnded { campaign, reason } => {
            put_signed(campaign.0, &mut out);
            out.push(match reason {
                ChainEnd::TooDeep => TOO_DEEP,
                ChainEnd::TooMany => TOO_MANY,
            });
            CHAIN_ENDED
        }
    };
    Some((kind, out))
}

/// None: damaged.
pub(crate) fn decode_event(kind: i64, bytes: &[u8]) -> Option<Event> {
    let mut reader = Reader(bytes);
    Some(match kind {
        CHANGE_DATA_VALUE => {
            let source = take_source(&mut reader)?;
            let (field, previous) = take_value(&mut reader)?;
            let (_, new) = take_value(&mut reader)?;
            let change = FieldChange {
                field,
                previous,
                new,
            };
            Event::ChangeDataValue { change, source }
        }
        CHANGE_REFUSED => Event::ChangeRefused {
            source: take_source(&mut reader)?,
            field: FieldId(u32::try_from(reader.number()?).ok()?),
            text: reader.text()?.to_owned(),
            error: reader.text()?.to_owned(),
        },
        NEW_PERSON => Event::NewPerson {
            source: take_source(&mut reader)?,
            email: reader.text()?.to_owned(),
        },
        REQUEST_CAMPAIGN => Event::RequestCampaign {
            source: take_source(&mut reader)?,
            campaign: CampaignId(reader.signed()?),
        },
        CHAIN_ENDED => Event::ChainEnded {
            campaign: CampaignId(reader.signed()?),
            reason: match reader.byte()? {
                TOO_DEEP => ChainEnd::TooDeep,
                TOO_MANY => ChainEnd::TooMany,
                _ => return None,
            },
        },
        _ => return None,
    })
}

fn put_source(source: Source, out: &mut Vec<u8>) {
    match source {
        Source::Api => out.push(API),
        Source::Import => out.push(IMPORT),
        Source::Webhook(WebhookId(id)) => {
            out.push(WEBHOOK);
            put_signed(id, out);
        }
        Source::Campaign(CampaignId(id)) => {
            out.push(CAMPAIGN);
            put_signed(id, out);
        }
    }
}

fn take_source(reader: &mut Reader<'_>) -> Option<Source> {
    Some(match reader.byte()? {
        API => Source::Api,
        IMPORT => Source::Import,
        WEBHOOK => Source::Webhook(WebhookId(reader.signed()?)),
        CAMPAIGN => Source::Campaign(CampaignId(reader.signed()?)),
        _ => return None,
    })
}
