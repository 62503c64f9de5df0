use std::sync::Arc;

use leadhook_field::Schema;
use leadhook_filter::Filter;
use leadhook_store::{LeadSchema, suite::make};

use super::*;
use crate::SqliteStore;

#[tokio::test]
async fn leads_are_not_gone_through_for_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path(), "a test").unwrap();
    make::lead(&store, make::row("a@example.com", &[], [])).await;
    let schema = LeadSchema {
        fields: &Schema::standard(),
    };
    let query = LeadQuery {
        filter: Arc::new(Filter::parse("", &schema).unwrap()),
        after: None,
        limit: 10,
        max_bytes: usize::MAX,
        max_scanned: usize::MAX,
    };
    let kinds = Arc::clone(&store.kinds);
    let listed = store.readers.read(move |connection| {
        let abandoned = Abandoned::default();
        let waiting = abandoned.when_dropped();
        let rows = list(connection, &kinds, &query, &abandoned)?.rows.len();
        drop(waiting);
        Ok((rows, list(connection, &kinds, &query, &abandoned).is_err()))
    });
    assert_eq!(listed.await.unwrap(), (1, true));
}
