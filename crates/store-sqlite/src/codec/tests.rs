use std::time::Duration;

use leadhook_field::{Date, Datetime, FieldId, Value};
use leadhook_store::{
    Attempt, CallId, CampaignId, ChainEnd, Event, FieldChange, IdempotencyKey, LeadId,
    MappingProblem, Outcome, ProblemReason, RecordedRequest, Source, Values, WebhookId,
};

use super::*;

/// What something writes.
fn written(write: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut out = Vec::new();
    write(&mut out);
    out
}

fn values() -> Values {
    [
        (FieldId(1000), Value::Text("é\u{1F600}".into())),
        (FieldId(3), Value::Integer(i32::MIN)),
        (FieldId(70_000), Value::Float(-0.1)),
        (FieldId(4), Value::Boolean(true)),
        (FieldId(5), Value::Boolean(false)),
        (FieldId(6), Value::Date(Date::from_ymd(1, 1, 1).unwrap())),
        (FieldId(7), Value::Datetime(Datetime::from_micros(-1))),
    ]
    .into_iter()
    .collect()
}

#[test]
fn values_come_back() {
    let bytes = written(|out| put_values(&values(), out));
    assert_eq!(decode_values(&bytes), Some(values()));
    assert_eq!(decode_values(&[]), Some(Values::default()));
}

#[test]
fn a_projection_gives_what_the_whole_row_gives() {
    let bytes = written(|out| put_values(&values(), out));
    // In no order, and one of them twice.
    let fields = [70_000, 1, 5, 3, 8, 1000, 5, 70_001].map(FieldId);
    let mut slots = vec![None; fields.len() + 1];
    let places = Places::new(fields.into_iter().zip(1..));
    decode_places(&bytes, &places, &mut slots).unwrap();
    let expected: Vec<_> = fields
        .iter()
        .map(|field| values().get(*field).cloned())
        .collect();
    assert_eq!(slots[1..], expected);
}

#[test]
fn calls_come_back() {
    let outcome = Outcome {
        code: 200,
        error_type: "OK".to_owned(),
        succeeded: true,
    };
    let created = Datetime::from_micros(1_700_000_000_000_123);
    let attempt = |code, word: &str, detail: &str| Attempt {
        started: created,
        duration: Duration::from_micros(1_234),
        code,
        error_type: word.to_owned(),
        detail: detail.to_owned(),
    };
    let meta = Meta {
        created,
        ended: Datetime::from_micros(1_700_000_009_000_000),
        attempts: vec![attempt(503, "Busy", ""), attempt(200, "OK", "")].into(),
        idempotency_key: IdempotencyKey([7; 16]),
        replay_of: Some(CallId(42)),
        is_truncated: true,
        phrase: None,
    };
    let id = CallId::next(CallId(0), 1_700_000_009_001);
    let bytes = written(|out| put_meta(&meta, id, &outcome, out));
    assert_eq!(decode_meta(&bytes, id, &outcome), Some(meta.clone()));
    let own = Meta {
        attempts: vec![
            attempt(0, "CLOSED", "the connection ended"),
            attempt(200, "A phrase of its own", ""),
        ]
        .into(),
        phrase: Some("A phrase of its own".into()),
        ..meta
    };
    let ended_so = Outcome {
        error_type: "A phrase of its own".to_owned(),
        ..outcome.clone()
    };
    let bytes = written(|out| put_meta(&own, id, &ended_so, out));
    let kinds = Outcome {
        error_type: String::new(),
        ..outcome
    };
    assert_eq!(decode_meta(&bytes, id, &kinds), Some(own.clone()));
    let mut erased = own;
    erased.attempts.to_mut()[0].detail.clear();
    assert_eq!(
        decode_meta(&erase_meta(&bytes).unwrap(), id, &kinds),
        Some(erased)
    );
}

#[test]
fn changes_and_problems_come_back_and_are_erased_but_for_the_reason() {
    let changes = [FieldChange {
        field: FieldId(5),
        previous: None,
        new: Some(Value::Text("Ada".into())),
    }];
    let problem = |detail: &str| MappingProblem {
        mapping: 300,
        reason: ProblemReason::TooLong,
        detail: detail.to_owned(),
    };
    let bytes = written(|out| put_changes(&changes, &[problem("Ada")], out));
    assert_eq!(
        decode_changes(&bytes),
        Some((changes.to_vec(), vec![problem("Ada")]))
    );
    let erased = erase_changes(&bytes).unwrap().unwrap();
    assert_eq!(decode_changes(&erased), Some((vec![], vec![problem("")])));
    assert!(written(|out| put_changes(&[], &[], out)).is_empty());
}

#[test]
fn requests_come_back() {
    for (values, body) in [("", ""), ("abc", "body"), (&*"v".repeat(300), "")] {
        let request = RecordedRequest {
            values: values.to_owned().into(),
            body: body.to_owned().into(),
        };
        let bytes = written(|out| put_request(&request, out));
        assert_eq!(split_request(bytes), Some(request));
    }
}

#[test]
fn events_come_back() {
    let change = FieldChange {
        field: FieldId(5),
        previous: Some(Value::Integer(-7)),
        new: None,
    };
    let chain_ended = |reason| Event::ChainEnded {
        campaign: CampaignId(9),
        reason,
    };
    let events = [
        Event::ChangeDataValue {
            change,
            source: Source::Import,
        },
        Event::ChangeRefused {
            field: FieldId(70_000),
            text: "many".to_owned(),
            error: String::new(),
            source: Source::Campaign(CampaignId(1 << 40)),
        },
        Event::NewPerson {
            email: "\u{1F600}@example.com".to_owned(),
            source: Source::Webhook(WebhookId(3)),
        },
        Event::RequestCampaign {
            campaign: CampaignId(4),
            source: Source::Api,
        },
        chain_ended(ChainEnd::TooDeep),
        chain_ended(ChainEnd::TooMany),
    ];
    for event in events {
        let (kind, bytes) = encode_event(&event).unwrap();
        assert_eq!(decode_event(kind, &bytes), Some(event));
    }
    assert_eq!(decode_event(99, &[]), None);
}

#[test]
fn tokens_codes_and_leads_come_back() {
    let tokens = vec![
        ("Name".to_owned(), "x".repeat(300)),
        (String::new(), "\u{1F600}".to_owned()),
    ];
    assert_eq!(decode_tokens(&encode_tokens(&tokens)), Some(tokens));
    let codes = [(0, 1), (200, u64::MAX), (u16::MAX, 7)].into();
    assert_eq!(decode_codes(&encode_codes(&codes)), Some(codes));
    let leads = [3, 4, 300, i64::MAX].map(LeadId);
    let mut bytes = Vec::new();
    for pair in leads.windows(2) {
        put_lead(pair[0], pair[1], &mut bytes);
    }
    assert_eq!(decode_leads(leads[0], &bytes), Some(leads.to_vec()));
}

proptest::proptest! {
    #[test]
    fn damaged_bytes_never_panic(kind in 0_i64..8, bytes: Vec<u8>) {
        let _ = decode_event(kind, &bytes);
        let _ = decode_tokens(&bytes);
        let _ = decode_codes(&bytes);
        let _ = decode_leads(LeadId(i64::MAX - 200), &bytes);
        let _ = decode_values(&bytes);
        let places = Places::new([(FieldId(1), 0), (FieldId(9), 1)]);
        let _ = decode_places(&bytes, &places, &mut [None, None]);
        let _ = find_value(&bytes, FieldId(9));
        let _ = decode_changes(&bytes);
        let _ = erase_meta(&bytes);
        let outcome = Outcome { code: 0, error_type: String::new(), succeeded: false };
        let _ = decode_meta(&bytes, CallId(i64::MAX), &outcome);
        let _ = split_request(bytes);
    }

    #[test]
    fn numbers_come_back(unsigned: u64, signed: i64) {
        let mut out = Vec::new();
        put_number(unsigned, &mut out);
        put_signed(signed, &mut out);
        let mut reader = Reader(&out);
        proptest::prop_assert_eq!((reader.number(), reader.signed()), (Some(unsigned), Some(signed)));
    }
}
