//! R-LEAD-6 down to the bytes of the files.

use std::{fs, path::Path, time::Duration};

use bytes::Bytes;
use leadhook_field::{FieldId, Value};
use leadhook_store::{
    Attempt, CatalogChange, Effect, LeadId, MemberUpsert, MemberUpserted, MemberWrite, NewCall,
    Program, ProgramId, Qualification, RecordedRequest, RecordedResponse, Store, Wait,
    suite::{
        flow::{CAMPAIGN, On, into, react},
        make::{
            ADDRESS, CITY, INDUSTRY, START, at, call, change, id, lead, put, row, row_of, set,
            upsert, writes,
        },
    },
};
use leadhook_store_sqlite::SqliteStore;

/// Stands in everything that is known of the lead.
const MARKER: &str = "Ottilie-7731";

fn marked(dir: &Path) -> Vec<String> {
    let is_marked = |file: &Path| {
        let bytes = fs::read(file).unwrap();
        bytes
            .windows(MARKER.len())
            .any(|window| window.eq_ignore_ascii_case(MARKER.as_bytes()))
    };
    let files = fs::read_dir(dir).unwrap().map(|file| file.unwrap().path());
    files
        .filter(|file| is_marked(file))
        .map(|file| file.display().to_string())
        .collect()
}

#[tokio::test]
async fn r_lead_6_no_byte_of_an_erased_lead_is_left_in_any_file() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path(), "a test").unwrap();
    // What triggers say of the lead stands in entries that wait.
    let mut waits = into(CAMPAIGN, Qualification::Once);
    waits.trigger = vec![("Response".to_owned(), MARKER.repeat(500))];
    react(&store, &[(On::Changed(CITY), waits)]);
    let webhook = put(&store, "enrich").await;
    let long = MARKER.repeat(2_000);
    let fields = [set(ADDRESS, &long), set(FieldId::FIRST_NAME, MARKER)];
    let email = format!("{MARKER}@example.com");
    let erased = lead(&store, row(&email, &fields, [set(INDUSTRY, MARKER)])).await;
    let other = lead(&store, row("b@example.com", &[set(CITY, "Oslo")], [])).await;
    let marked_call = |n: i64| NewCall {
        attempts: vec![Attempt {
            started: at(START + n),
            duration: Duration::from_millis(1),
            code: 0,
            error_type: "DNS".to_owned(),
            detail: format!("{MARKER}.example has no address"),
        }],
        request: Some(RecordedRequest {
            values: Bytes::from_static(MARKER.as_bytes()),
            body: Bytes::from(long.clone()),
        }),
        response: Some(RecordedResponse {
            body: Bytes::from(long.clone()),
            truncated: false,
        }),
        effect: Effect::Lead(erased, writes([set(CITY, &format!("{MARKER} {n}"))], [])),
        ..call(n, &webhook)
    };
    // Activities tell of changes that no call made.
    let change = [set(CITY, &format!("{MARKER} 0"))];
    upsert(&store, 2_000, vec![row_of(erased, change, [])]).await;
    // Beside rows that stay, on the same pages.
    for n in 0..40 {
        let stays = NewCall {
            effect: Effect::Lead(other, writes([], [])),
            ..call(2 * n + 2, &webhook)
        };
        store
            .record([marked_call(2 * n + 1), stays].into())
            .await
            .unwrap();
    }
    // One call waits for its next attempt, which needs what the lead gave it.
    let waits = NewCall {
        wait: Some(Wait {
            due: at(START + 9_000),
            sealed: Bytes::from(long.clone()),
            is_claimed: false,
        }),
        ..marked_call(99)
    };
    store.record([waits].into()).await.unwrap();
    for program in [ProgramId(1), ProgramId(2)] {
        put_program(&store, program).await;
        join(&store, program, erased, &long).await;
    }
    assert!(
        !marked(dir.path()).is_empty(),
        "the test can see what it looks for"
    );
    assert!(store.delete_lead(erased, at(9)).await.unwrap());
    // The checkpoint comes right behind the answer; the next write comes behind the checkpoint.
    put(&store, "next").await;
    assert_eq!(marked(dir.path()), Vec::<String>::new());
    assert!(store.call(id(1)).await.unwrap().is_some());
}

#[tokio::test]
async fn no_byte_of_the_members_of_a_deleted_program_is_left_in_any_file() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path(), "a test").unwrap();
    put_program(&store, ProgramId(1)).await;
    for n in 0..40 {
        let lead = lead(&store, row(&format!("{n}@example.com"), &[], [])).await;
        join(&store, ProgramId(1), lead, &MARKER.repeat(n + 1)).await;
    }
    assert!(!marked(dir.path()).is_empty());
    change(&store, vec![CatalogChange::DeleteProgram(ProgramId(1))]).await;
    put(&store, "next").await;
    assert_eq!(marked(dir.path()), Vec::<String>::new());
}

async fn put_program(store: &SqliteStore, id: ProgramId) {
    let program = Program {
        id,
        name: format!("p{id}"),
        display_name: String::new(),
        description: String::new(),
        folder: false,
        parent: None,
        my_tokens: Vec::new(),
    };
    change(store, vec![CatalogChange::PutProgram(Box::new(program))]).await;
}

async fn join(store: &SqliteStore, program: ProgramId, lead: LeadId, text: &str) {
    let writes = vec![MemberWrite {
        key: MARKER.to_lowercase().into(),
        value: Some(Value::Text(text.into())),
    }];
    let rows = vec![MemberUpsert { lead, writes }];
    let results = store.upsert_members(program, rows).await.unwrap();
    assert_eq!(results.unwrap(), [MemberUpserted::Created]);
}
