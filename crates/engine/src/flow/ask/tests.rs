use std::cell::Cell;

use leadhook_store::ErrorKind;

use super::*;

fn leads(count: i64) -> Vec<LeadId> {
    (0..count).map(LeadId).collect()
}

/// What a store says that cannot read the rows of `unread`.
fn read(ids: &[LeadId], unread: &[i64], kind: ErrorKind) -> Result<Vec<i64>, Error> {
    match ids.iter().find(|id| unread.contains(&id.0)) {
        Some(LeadId(id)) => Err(leadhook_store::Error::new(kind, format!("row {id}")).into()),
        None => Ok(ids.iter().map(|id| id.0 * 10).collect()),
    }
}

#[tokio::test]
async fn a_damaged_row_is_the_error_of_its_lead_alone() {
    for damaged in [
        &[][..],
        &[0],
        &[3],
        &[6],
        &[0, 6],
        &[2, 3],
        &[0, 1, 2, 3, 4, 5, 6],
    ] {
        let asked = Cell::new(0);
        let ask = |ids: Vec<LeadId>| {
            asked.set(asked.get() + 1);
            std::future::ready(read(&ids, damaged, ErrorKind::Corrupt))
        };
        let answers = in_parts(&leads(7), ask).await.unwrap();
        let answers = answers
            .into_iter()
            .map(|answer| answer.map_err(|error| error.to_string()));
        let expected = (0..7).map(|id| {
            let is_damaged = damaged.contains(&id);
            if is_damaged {
                Err(format!("row {id}"))
            } else {
                Ok(id * 10)
            }
        });
        assert!(answers.eq(expected), "{damaged:?}");
        assert!(
            !damaged.is_empty() || asked.get() == 1,
            "one query where all is well"
        );
    }
}

#[tokio::test]
async fn a_store_that_fails_otherwise_is_asked_again_for_all() {
    let ask = |ids: Vec<LeadId>| std::future::ready(read(&ids, &[3], ErrorKind::Unwritable));
    let error = in_parts(&leads(7), ask).await.unwrap_err();
    assert!(!error.is_lasting(), "{error}");
}
