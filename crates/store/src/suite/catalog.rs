//! What people define.

use leadhook_field::{Field, FieldId, FieldType, Object};

use super::make::{at, change, definition, put, webhook};
use crate::{CatalogChange, ErrorKind, Revision, Store, WebhookId, WebhookVersion};

pub async fn a_fresh_store_is_empty(store: &impl Store) {
    let catalog = store.catalog().await.unwrap();
    assert_eq!(catalog.revision, Revision(0));
    assert!(catalog.fields.is_empty() && catalog.webhooks.is_empty());
    assert!(catalog.programs.is_empty());
    let versions = vec![(WebhookId(1), Revision(1))];
    assert_eq!(store.webhook_versions(versions).await.unwrap(), [None]);
}

pub async fn what_is_put_is_read_back(store: &impl Store) {
    let (first, second) = (webhook(1, "first"), webhook(1, "second"));
    let second = crate::Webhook {
        id: WebhookId(2),
        paused: true,
        ..second
    };
    let puts =
        [&second, &first].map(|webhook| CatalogChange::PutWebhook(Box::new(webhook.clone())));
    let next = store.change_catalog(Revision(0), puts.into()).await;
    assert_eq!(next.unwrap(), Revision(1));
    let catalog = store.catalog().await.unwrap();
    assert_eq!(catalog.revision, Revision(1));
    assert_eq!(catalog.webhooks, [first, second], "in id order");
}

pub async fn a_change_of_another_revision_is_refused_whole(store: &impl Store) {
    put(store, "first").await;
    for stale in [0, 2] {
        let late = CatalogChange::PutWebhook(Box::new(webhook(2, "late")));
        let deletion = CatalogChange::DeleteWebhook(WebhookId(1));
        let refused = store.change_catalog(Revision(stale), vec![deletion, late]);
        assert_eq!(refused.await.unwrap_err().kind(), ErrorKind::Conflict);
    }
    let catalog = store.catalog().await.unwrap();
    assert_eq!(catalog.revision, Revision(1));
    assert_eq!(catalog.webhooks, [webhook(1, "first")]);
}

pub async fn one_of_two_changes_at_once_wins(store: &impl Store) {
    let change = |name: &str| {
        let put = CatalogChange::PutWebhook(Box::new(webhook(1, name)));
        store.change_catalog(Revision(0), vec![put])
    };
    let results = super::make::all(vec![change("a"), change("b"), change("c")]).await;
    let won = results.iter().filter(|result| result.is_ok()).count();
    assert_eq!(won, 1);
    let lost = results.into_iter().filter_map(Result::err);
    assert!(
        lost.map(|error| error.kind())
            .all(|kind| kind == ErrorKind::Conflict)
    );
    assert_eq!(store.catalog().await.unwrap().webhooks.len(), 1);
}

pub async fn definitions_are_kept_for_good(store: &impl Store) {
    let first = put(store, "enrich").await;
    let mut second = first.clone();
    second.version = Revision(2);
    second.updated = at(99);
    second.definition = definition("https://example.org/");
    change(
        store,
        vec![CatalogChange::PutWebhook(Box::new(second.clone()))],
    )
    .await;
    assert_eq!(store.catalog().await.unwrap().webhooks, [second.clone()]);
    // What bears a version that is there already changes no definition.
    let mut altered = second.clone();
    altered.definition.url.push_str("altered");
    change(store, vec![CatalogChange::PutWebhook(Box::new(altered))]).await;
    change(store, vec![CatalogChange::DeleteWebhook(first.id)]).await;
    assert!(store.catalog().await.unwrap().webhooks.is_empty());
    let asked = [(1, 2), (7, 1), (1, 1), (1, 3)];
    let asked = asked.map(|(id, version)| (WebhookId(id), Revision(version)));
    let version = |webhook: crate::Webhook| {
        Some(WebhookVersion {
            name: webhook.name,
            definition: webhook.definition,
        })
    };
    let versions = store.webhook_versions(asked.into()).await.unwrap();
    assert_eq!(versions, [version(second), None, version(first), None]);
}

pub async fn a_name_is_free_once_its_webhook_is_deleted(store: &impl Store) {
    let first = put(store, "enrich").await;
    change(store, vec![CatalogChange::DeleteWebhook(first.id)]).await;
    let second = put(store, "enrich").await;
    assert_ne!(first.id, second.id);
    assert_eq!(store.catalog().await.unwrap().webhooks, [second]);
}

pub async fn a_change_of_state_leaves_the_definition(store: &impl Store) {
    let mut webhook = put(store, "enrich").await;
    webhook.paused = true;
    change(
        store,
        vec![CatalogChange::PutWebhook(Box::new(webhook.clone()))],
    )
    .await;
    let catalog = store.catalog().await.unwrap();
    assert_eq!(catalog.revision, Revision(2));
    assert_eq!(catalog.webhooks, [webhook]);
}

pub async fn custom_fields_come_and_go(store: &impl Store) {
    let field = |id, object| Field {
        id: FieldId(id),
        api_name: format!("Custom{id}"),
        rest_name: format!("custom{id}"),
        display_name: "Größe \"2\"".to_owned(),
        field_type: FieldType::Float,
        object,
        read_only: false,
        custom: true,
    };
    let (first, second) = (field(1_000, Object::Lead), field(1_001, Object::Company));
    let puts = [&second, &first].map(|field| CatalogChange::PutField(field.clone()));
    change(store, puts.into()).await;
    let fields = store.catalog().await.unwrap().fields;
    assert_eq!(fields, [first.clone(), second.clone()], "in id order");
    change(store, vec![CatalogChange::DeleteField(first.id)]).await;
    assert_eq!(store.catalog().await.unwrap().fields, [second]);
}
