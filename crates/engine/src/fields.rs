//! Fields as people define them: custom ones are created and deleted, all are listed.

mod draft;
mod list;

use leadhook_field::{Field, FieldId};
use leadhook_store::{self as store, CatalogChange, Revision, Store};

pub use self::{draft::FieldDraft, list::ListFields};
use crate::{
    engine::{Edit, Engine},
    error::{Error, Kind, Violation},
    snapshot::{Live, Snapshot},
};

/// Most custom fields.
const MAX_CUSTOM: usize = 2_000;

impl<S: Store> Engine<S> {
    /// Creates a custom field.
    ///
    /// # Errors
    /// [`Error::AlreadyExists`] for an API name that is taken; [`Error::Invalid`] with all faults, names that another field
    /// bears in any form among them (R-LEAD-3); [`Error::Store`].
    pub async fn create_field(&self, draft: FieldDraft) -> Result<Field, Error> {
        let draft = draft.with_defaults();
        self.edit(|snapshot, next| {
            let custom = snapshot.schema.iter().filter(|field| field.custom).count();
            if custom >= MAX_CUSTOM {
                let message = format!(
                    "there are {custom} custom fields, which is the most; delete one first"
                );
                let violations = vec![Violation::new("field", message)];
                return Err(Error::Invalid {
                    subject: Kind::Field,
                    violations,
                });
            }
            let field = draft.check(&snapshot.schema, id(next)?)?;
            let changes = vec![CatalogChange::PutField(field.clone())];
            Ok(Edit {
                changes,
                answer: field,
            })
        })
        .await
    }

    /// Deletes a custom field, by its API name.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::BuiltIn`] for a standard field; [`Error::InUse`] naming the webhooks that have it in a
    /// mapping or in a token, the programs that have it in a My Token, and the campaigns that have it in a trigger, condition, action or token
    /// (R-DEF-5); [`Error::Store`].
    pub async fn delete_field(&self, api_name: &str) -> Result<(), Error> {
        let name = format!("fields/{api_name}");
        self.edit(|snapshot, _| {
            let found = snapshot
                .schema
                .iter()
                .find(|field| field.api_name == api_name);
            let field = found.ok_or_else(|| Error::not_found(Kind::Field, &*name))?;
            if !field.custom {
                return Err(Error::BuiltIn {
                    kind: Kind::Field,
                    name: name.clone(),
                });
            }
            Error::unless_free(Kind::Field, name.clone(), users(snapshot, field.id))?;
            Ok(Edit {
                changes: vec![CatalogChange::DeleteField(field.id)],
                answer: (),
            })
        })
        .await
    }
}

/// The id of a field that a revision creates: no revision comes twice, so no id does.
fn id(revision: Revision) -> Result<FieldId, Error> {
    let id = u32::try_from(revision.0)
        .ok()
        .and_then(|it| it.checked_add(FieldId::FIRST_CUSTOM));
    id.map(FieldId).ok_or_else(|| {
        let message = format!("the catalog is at revision {revision}; ids of fields end before it");
        store::Error::new(store::ErrorKind::Other, message).into()
    })
}

/// Resource names of the webhooks, programs and campaigns that name a field.
fn users(snapshot: &Snapshot, field: FieldId) -> Vec<String> {
    let uses = |live: &Live| {
        // A definition that does not compile still has its mappings; it is to be mended, not to lose them.
        let mappings = &live.webhook.definition.response_mappings;
        mappings.iter().any(|mapping| mapping.field == field)
            || live
                .compiled
                .as_ref()
                .is_ok_and(|webhook| webhook.uses_field(field))
    };
    let webhooks = snapshot.webhooks().filter(|live| uses(live));
    let webhooks = webhooks.map(|live| format!("webhooks/{}", live.webhook.name));
    let programs = snapshot.programs.iter();
    let programs = programs.filter(|live| live.uses_field(field));
    let campaigns = snapshot.campaigns.users(|live| live.uses_field(field));
    webhooks
        .chain(programs.map(|live| live.resource_name()))
        .chain(campaigns)
        .collect()
}
