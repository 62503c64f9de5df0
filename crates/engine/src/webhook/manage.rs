//! Webhooks created, read, changed and deleted.

use leadhook_filter::{Filter, Schema, Type, Value};
use leadhook_store::{
    CatalogChange, Definition, Page, Revision, Sealed, Store, Webhook, WebhookId,
};

use super::{
    check::check,
    draft::{Draft, Refused},
};
use crate::{
    engine::{Edit, Engine},
    error::{Error, Kind, Violation},
    resource_id,
    vault::Secret,
};

impl<S: Store> Engine<S> {
    /// Creates a webhook of the resource id `name`; empty: one is made of its display name. With `validate_only` nothing is saved.
    ///
    /// # Errors
    /// [`Error::Invalid`] with all faults (R-DEF-2), [`Error::AlreadyExists`], [`Error::Store`].
    pub async fn create_webhook(
        &self,
        name: &str,
        draft: Draft,
        validate_only: bool,
    ) -> Result<Webhook, Error> {
        self.edit(|snapshot, revision| {
            let mut draft = draft.clone();
            let name = if name.is_empty() {
                resource_id::made_of(&draft.display_name, Kind::Webhook, revision)
            } else {
                let fault = resource_id::fault(name, "webhook_id");
                draft.refused.extend(fault.map(Refused::Fault));
                name.to_owned()
            };
            if snapshot.webhook(&name).is_some() {
                return Err(Error::AlreadyExists {
                    kind: Kind::Webhook,
                    name: format!("webhooks/{name}"),
                });
            }
            let definition = self.checked(draft, None, snapshot)?;
            let webhook = self.new_webhook(name, definition, revision);
            Ok(saved(webhook, validate_only))
        })
        .await
    }

    /// Changes a webhook: `change` makes a draft of what is stored. An etag that is not empty must be the stored one. With
    /// `create`, a webhook that is not there is created of a draft that `change` makes of nothing. Where the draft says what is stored
    /// already, nothing is saved, and etag and update time stay.
    ///
    /// # Errors
    /// As [`create_webhook`](Self::create_webhook), [`Error::NotFound`], [`Error::EtagMismatch`].
    pub async fn update_webhook(
        &self,
        name: &str,
        etag: &str,
        create: bool,
        change: impl Fn(Option<&Webhook>) -> Draft,
    ) -> Result<Webhook, Error> {
        self.edit(|snapshot, revision| {
            let Some(live) = snapshot.webhook(name) else {
                if !create {
                    return Err(snapshot.webhook_not_found(name));
                }
                let mut draft = change(None);
                let fault = resource_id::fault(name, "webhook_id");
                draft.refused.extend(fault.map(Refused::Fault));
                let definition = self.checked(draft, None, snapshot)?;
                let webhook = self.new_webhook(name.to_owned(), definition, revision);
                return Ok(saved(webhook, false));
            };
            let stored = &live.webhook;
            check_etag(stored, etag)?;
            let opened = self.opened(&stored.definition);
            let definition = self.checked(change(Some(stored)), Some(&opened), snapshot)?;
            if definition.clone().map_secrets(Some) == opened {
                return Ok(saved(stored.clone(), true));
            }
            let webhook = Webhook {
                version: revision,
                updated: self.now(),
                definition: self.sealed(definition),
                ..stored.clone()
            };
            Ok(saved(webhook, false))
        })
        .await
    }

    /// A webhook.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn get_webhook(&self, name: &str) -> Result<Webhook, Error> {
        let snapshot = self.snapshot();
        let live = snapshot.required_webhook(name)?;
        Ok(live.webhook.clone())
    }

    /// A page of webhooks, oldest first, those after `after`.
    ///
    /// # Errors
    /// [`Error::Invalid`] for the filter.
    pub fn list_webhooks(
        &self,
        filter: &str,
        after: Option<WebhookId>,
        limit: usize,
    ) -> Result<Page<Webhook, WebhookId>, Error> {
        let filter = Filter::parse(filter, &WebhookSchema)
            .map_err(|error| Error::filter(Violation::of_filter(&error)))?;
        let snapshot = self.snapshot();
        let matching = snapshot
            .webhooks()
            .map(|live| &live.webhook)
            .filter(|webhook| after.is_none_or(|after| webhook.id > after))
            .filter(|webhook| {
                let name = format!("webhooks/{}", webhook.name);
                let etag = webhook.version.to_string();
                filter.matches(|column| column.read(webhook, &name, &etag))
            });
        Ok(Page::take(matching, limit, |webhook| webhook.id).map(Webhook::clone))
    }

    /// Deletes a webhook. An etag that is not empty must be the stored one. Its calls stay.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::EtagMismatch`], [`Error::InUse`] (R-DEF-5), [`Error::Store`].
    pub async fn delete_webhook(&self, name: &str, etag: &str) -> Result<(), Error> {
        self.edit(|snapshot, _| {
            let live = snapshot.required_webhook(name)?;
            check_etag(&live.webhook, etag)?;
            let id = live.webhook.id;
            let users = snapshot.campaigns.users(|it| it.uses_webhook(id));
            Error::unless_free(Kind::Webhook, format!("webhooks/{name}"), users)?;
            Ok(Edit {
                changes: vec![CatalogChange::DeleteWebhook(id)],
                answer: (),
            })
        })
        .await
    }

    /// Pauses or resumes a webhook (R-CALL-12); doing it again changes nothing. One that is resumed has its circuit closed, and a Retry-After of its service is
    /// over.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Store`].
    pub async fn pause_webhook(&self, name: &str, paused: bool) -> Result<Webhook, Error> {
        let saved = self.edit(|snapshot, _| {
            let live = snapshot.required_webhook(name)?;
            let webhook = Webhook {
                paused,
                ..live.webhook.clone()
            };
            Ok(saved(webhook, live.webhook.paused == paused))
        });
        let webhook = saved.await?;
        if !paused {
            self.shared.calls.lanes.reopen(webhook.id);
        }
        Ok(webhook)
    }

    fn checked(
        &self,
        draft: Draft,
        stored: Option<&Definition<Option<Secret>>>,
        snapshot: &crate::snapshot::Snapshot,
    ) -> Result<Definition<Secret>, Error> {
        let settings = &self.shared.settings;
        check(draft, stored, &snapshot.schema, settings).map(|(definition, _)| definition)
    }

    fn new_webhook(
        &self,
        name: String,
        definition: Definition<Secret>,
        revision: Revision,
    ) -> Webhook {
        let now = self.now();
        Webhook {
            id: WebhookId(revision.0),
            name,
            version: revision,
            created: now,
            updated: now,
            paused: false,
            definition: self.sealed(definition),
        }
    }

    fn sealed(&self, definition: Definition<Secret>) -> Definition<Sealed> {
        let environment = &self.shared.environment;
        definition.map_secrets(|secret| {
            let mut nonce = [0; 12];
            (environment.random)(&mut nonce);
            environment.key.seal(&secret, nonce)
        })
    }

    /// A definition whose secrets are open, save those that this installation's key does not open: they can only be given anew.
    pub(super) fn opened(&self, definition: &Definition<Sealed>) -> Definition<Option<Secret>> {
        let key = &self.shared.environment.key;
        definition
            .clone()
            .map_secrets(|sealed| key.open(&sealed).ok())
    }
}

fn saved(webhook: Webhook, nothing: bool) -> Edit<Webhook> {
    let changes = if nothing {
        vec![]
    } else {
        vec![CatalogChange::PutWebhook(Box::new(webhook.clone()))]
    };
    Edit {
        changes,
        answer: webhook,
    }
}

fn check_etag(webhook: &Webhook, etag: &str) -> Result<(), Error> {
    let current = webhook.version.to_string();
    if etag.is_empty() || etag == current {
        return Ok(());
    }
    Err(Error::EtagMismatch {
        kind: Kind::Webhook,
        name: format!("webhooks/{}", webhook.name),
        given: etag.to_owned(),
        current,
    })
}

/// What a filter of webhooks may name: the scalar fields of their message (R-FIL-3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Name,
    DisplayName,
    Description,
    Url,
    RequestType,
    PayloadTemplate,
    RequestTokenEncoding,
    ResponseType,
    MarketoEscapes,
    Etag,
    CreateTime,
    UpdateTime,
    State,
}

struct WebhookSchema;

impl WebhookSchema {
    const COLUMNS: [(&'static str, Column, Type); 13] = [
        ("name", Column::Name, Type::Name("webhooks")),
        ("display_name", Column::DisplayName, Type::Text),
        ("description", Column::Description, Type::Text),
        ("url", Column::Url, Type::Text),
        (
            "request_type",
            Column::RequestType,
            Type::Enum(&["GET", "POST", "PUT", "PATCH", "DELETE"]),
        ),
        ("payload_template", Column::PayloadTemplate, Type::Text),
        (
            "request_token_encoding",
            Column::RequestTokenEncoding,
            Type::Enum(&["NONE", "JSON", "FORM_URL", "XML"]),
        ),
        (
            "response_type",
            Column::ResponseType,
            Type::Enum(&["NONE", "JSON", "XML"]),
        ),
        ("marketo_escapes", Column::MarketoEscapes, Type::Boolean),
        ("etag", Column::Etag, Type::Text),
        ("create_time", Column::CreateTime, Type::Timestamp),
        ("update_time", Column::UpdateTime, Type::Timestamp),
        (
            "state",
            Column::State,
            Type::Enum(&["ACTIVE", "PAUSED", "CIRCUIT_OPEN"]),
        ),
    ];
}

impl Schema for WebhookSchema {
    type Field = Column;

    fn field(&self, name: &str) -> Option<(Column, Type)> {
        let (_, column, ty) = Self::COLUMNS.iter().find(|(column, ..)| *column == name)?;
        Some((*column, *ty))
    }

    fn names(&self) -> Vec<String> {
        Self::COLUMNS
            .iter()
            .map(|(name, ..)| (*name).to_owned())
            .collect()
    }
}

impl Column {
    fn read<'a>(self, webhook: &'a Webhook, name: &'a str, etag: &'a str) -> Option<Value<'a>> {
        let definition = &webhook.definition;
        let text = |text: &'a str| (!text.is_empty()).then_some(Value::Text(text));
        match self {
            Column::Name => text(name),
            Column::DisplayName => text(&definition.display_name),
            Column::Description => text(&definition.description),
            Column::Url => text(&definition.url),
            Column::RequestType => Some(Value::Enum(definition.request_type as u32)),
            Column::PayloadTemplate => text(&definition.payload_template),
            Column::RequestTokenEncoding => {
                Some(Value::Enum(definition.request_token_encoding as u32))
            }
            Column::ResponseType => Some(Value::Enum(definition.response_type as u32)),
            Column::MarketoEscapes => Some(Value::Boolean(definition.marketo_escapes)),
            Column::Etag => text(etag),
            Column::CreateTime => Some(Value::Timestamp(webhook.created.as_micros())),
            Column::UpdateTime => Some(Value::Timestamp(webhook.updated.as_micros())),
            Column::State => Some(Value::Enum(u32::from(webhook.paused))),
        }
    }
}
