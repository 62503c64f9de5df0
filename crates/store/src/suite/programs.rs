//! Programs, and whose members leads are.

use std::sync::Arc;

use leadhook_field::Value;

use super::make::{at, change, lead, row, text};
use crate::{
    CatalogChange, LeadId, MemberUpsert, MemberUpserted, MemberWrite, MyToken, MyTokenType,
    Program, ProgramId, Store,
};

fn program(id: i64, name: &str, parent: Option<i64>) -> Program {
    Program {
        id: ProgramId(id),
        name: name.to_owned(),
        display_name: "Größe \"2\"".to_owned(),
        description: String::new(),
        folder: parent.is_none(),
        parent: parent.map(ProgramId),
        my_tokens: vec![MyToken {
            key: "Webinar Url".to_owned(),
            kind: MyTokenType::Score,
            value: "{{lead.Email}}".to_owned(),
        }],
    }
}

async fn put(store: &impl Store, id: i64) -> ProgramId {
    let program = program(id, &format!("p{id}"), None);
    change(store, vec![CatalogChange::PutProgram(Box::new(program))]).await;
    ProgramId(id)
}

fn write(key: &str, value: Option<Value>) -> MemberWrite {
    let key = key.into();
    MemberWrite { key, value }
}

async fn upsert(
    store: &impl Store,
    program: ProgramId,
    rows: &[(LeadId, &[MemberWrite])],
) -> Option<Vec<MemberUpserted>> {
    let rows = rows.iter().map(|(lead, writes)| MemberUpsert {
        lead: *lead,
        writes: writes.to_vec(),
    });
    store.upsert_members(program, rows.collect()).await.unwrap()
}

async fn read(
    store: &impl Store,
    program: ProgramId,
    leads: &[LeadId],
    keys: &[&str],
) -> Vec<Vec<Option<Value>>> {
    let keys: Vec<Box<str>> = keys.iter().map(|key| (*key).into()).collect();
    let keys: Arc<[Box<str>]> = keys.into();
    store.members(program, leads.to_vec(), keys).await.unwrap()
}

pub async fn what_is_put_is_read_back(store: &impl Store) {
    let (root, child) = (program(1, "root", None), program(2, "child", Some(1)));
    let puts = [&child, &root].map(|program| CatalogChange::PutProgram(Box::new(program.clone())));
    change(store, puts.into()).await;
    let read = store.catalog().await.unwrap().programs;
    assert_eq!(read, [root.clone(), child], "in id order");
    let moved = program(2, "renamed", None);
    change(
        store,
        vec![CatalogChange::PutProgram(Box::new(moved.clone()))],
    )
    .await;
    assert_eq!(
        store.catalog().await.unwrap().programs,
        [root, moved.clone()]
    );
    change(store, vec![CatalogChange::DeleteProgram(ProgramId(1))]).await;
    assert_eq!(store.catalog().await.unwrap().programs, [moved]);
}

pub async fn values_of_members_come_back_in_the_order_asked(store: &impl Store) {
    let program = put(store, 1).await;
    let a = lead(store, row("a@example.com", &[], [])).await;
    let b = lead(store, row("b@example.com", &[], [])).await;
    let all = [
        write("url", Some(text("https://example.com/ü"))),
        write("seats", Some(Value::Float(2.5))),
        write("paid", Some(Value::Boolean(true))),
        write("guests", Some(Value::Integer(-3))),
    ];
    let rows: [(LeadId, &[MemberWrite]); 2] = [(a, &all), (b, &[])];
    let results = upsert(store, program, &rows).await;
    assert_eq!(results.unwrap(), [MemberUpserted::Created; 2]);
    let keys = ["seats", "nothing", "url", "guests", "paid"];
    let found = read(store, program, &[b, a, LeadId(99)], &keys).await;
    let values = vec![
        Some(Value::Float(2.5)),
        None,
        Some(text("https://example.com/ü")),
        Some(Value::Integer(-3)),
        Some(Value::Boolean(true)),
    ];
    assert_eq!(found, [vec![None; 5], values, vec![None; 5]]);
}

pub async fn what_is_not_named_stays_and_none_clears(store: &impl Store) {
    let program = put(store, 1).await;
    let a = lead(store, row("a@example.com", &[], [])).await;
    let (x, y) = (write("x", Some(text("1"))), write("y", Some(text("2"))));
    upsert(store, program, &[(a, &[x, y])]).await;
    // One lead twice: in order.
    let first = [write("x", None), write("z", Some(text("3")))];
    let second = [write("z", Some(text("4")))];
    let results = upsert(store, program, &[(a, &first), (a, &second)]).await;
    assert_eq!(results.unwrap(), [MemberUpserted::Updated; 2]);
    let found = read(store, program, &[a], &["x", "y", "z"]).await;
    assert_eq!(found, [vec![None, Some(text("2")), Some(text("4"))]]);
}

pub async fn a_row_that_cannot_be_written_leaves_the_others_alone(store: &impl Store) {
    let program = put(store, 1).await;
    let a = lead(store, row("a@example.com", &[], [])).await;
    let most: Vec<_> = (0..MemberUpsert::MAX_FIELDS)
        .map(|at| write(&format!("k{at}"), Some(text("v"))))
        .collect();
    let one_more = [write("one more", Some(text("v")))];
    let instead = [write("k0", None), write("one more", Some(text("v")))];
    let rows: [(LeadId, &[MemberWrite]); 4] =
        [(a, &most), (LeadId(99), &[]), (a, &one_more), (a, &instead)];
    let results = upsert(store, program, &rows).await;
    assert_eq!(
        results.unwrap(),
        [
            MemberUpserted::Created,
            MemberUpserted::LeadNotFound,
            MemberUpserted::TooManyFields,
            MemberUpserted::Updated,
        ]
    );
    let found = read(store, program, &[a], &["k0", "k1", "one more"]).await;
    assert_eq!(found, [vec![None, Some(text("v")), Some(text("v"))]]);
    assert_eq!(upsert(store, ProgramId(7), &[(a, &[])]).await, None);
}

pub async fn r_lead_6_memberships_are_erased_with_their_lead(store: &impl Store) {
    let (first, second) = (put(store, 1).await, put(store, 2).await);
    let a = lead(store, row("a@example.com", &[], [])).await;
    let b = lead(store, row("b@example.com", &[], [])).await;
    let x = [write("x", Some(text("1")))];
    for program in [first, second] {
        upsert(store, program, &[(a, &x), (b, &x)]).await;
    }
    assert!(store.delete_lead(a, at(9)).await.unwrap());
    for program in [first, second] {
        let found = read(store, program, &[a, b], &["x"]).await;
        assert_eq!(found, [[None], [Some(text("1"))]]);
    }
}

pub async fn memberships_are_erased_with_their_program(store: &impl Store) {
    let (first, second) = (put(store, 1).await, put(store, 2).await);
    let a = lead(store, row("a@example.com", &[], [])).await;
    let x = [write("x", Some(text("1")))];
    for program in [first, second] {
        upsert(store, program, &[(a, &x)]).await;
    }
    change(store, vec![CatalogChange::DeleteProgram(first)]).await;
    assert_eq!(read(store, first, &[a], &["x"]).await, [[None]]);
    assert_eq!(read(store, second, &[a], &["x"]).await, [[Some(text("1"))]]);
    assert_eq!(upsert(store, first, &[(a, &x)]).await, None);
}
