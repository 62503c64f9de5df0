//! A lead, a call that was made for it, and what the call wrote; then the calls that a filter leaves.
//!
//! `cargo run -p leadhook-store-sqlite --example record`

use std::{error::Error, sync::Arc, time::SystemTime};

use leadhook_field::{Datetime, FieldId, Schema, Value};
use leadhook_filter::Filter;
use leadhook_store::{
    CallId, CallQuery, CallSchema, Effect, FieldWrite, IdempotencyKey, LeadTarget, LeadUpsert,
    LeadUpserted, NewCall, Order, Origin, Outcome, Revision, Source, Store, WebhookId, Writes,
};
use leadhook_store_sqlite::SqliteStore;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let dir = tempfile::tempdir()?;
    let store = SqliteStore::open(dir.path(), "an example")?;
    let schema = Schema::standard();
    let field = |name: &str| {
        schema
            .find(name)
            .map(|field| field.id)
            .ok_or("no such field")
    };
    let now = Datetime::from(SystemTime::now());

    let email = Value::Text("ada@example.com".into());
    let row = LeadUpsert {
        target: LeadTarget::Lookup {
            field: FieldId::EMAIL,
            value: email.clone(),
        },
        writes: writes(vec![(FieldId::EMAIL, email)]),
    };
    let [LeadUpserted::Created(lead)] = store
        .upsert_leads(vec![row], Source::Api, now, None)
        .await?[..]
    else {
        return Err("the store was empty".into());
    };

    // Whoever closes a batch of calls stamps their ids.
    let id = CallId::next(*store.last_call().borrow(), now.as_micros() / 1_000);
    let call = NewCall {
        id,
        has_waited: false,
        wait: None,
        origin: Origin {
            webhook: WebhookId(1),
            version: Revision(1),
            campaign: None,
            run: None,
        },
        outcome: Outcome {
            code: 200,
            error_type: "OK".to_owned(),
            succeeded: true,
        },
        created: now,
        ended: now,
        attempts: Vec::new(),
        request: None,
        response: None,
        effect: Effect::Lead(
            lead,
            writes(vec![(field("City")?, Value::Text("London".into()))]),
        ),
        problems: Vec::new(),
        idempotency_key: IdempotencyKey([7; 16]),
        replay_of: None,
        request_mark: None,
        progress: None,
    };
    // Once this is answered, call and field are on the disk.
    let recorded = store.record([call].into()).await?;
    assert_eq!(recorded[0].changes.len(), 1);

    let query = CallQuery {
        filter: Arc::new(Filter::parse(
            "succeeded = true AND lead = leads/1",
            &CallSchema,
        )?),
        order: Order::NewestFirst,
        after: None,
        limit: 10,
        max_bytes: 1 << 20,
        max_scanned: 100_000,
        full: false,
    };
    let page = store.list_calls(query).await?;
    assert_eq!(page.rows[0].id, id);
    Ok(())
}

fn writes(values: Vec<(FieldId, Value)>) -> Writes {
    let write = |(field, value)| FieldWrite {
        field,
        value: Some(value),
    };
    Writes {
        lead: values.into_iter().map(write).collect(),
        company: Vec::new(),
    }
}
