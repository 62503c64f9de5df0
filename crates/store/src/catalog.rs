//! What people define: webhooks, custom fields and programs, as one catalog that changes by compare-and-set.

use std::{convert::Infallible, time::Duration};

use leadhook_field::{Datetime, Field, FieldId};
use serde::{Deserialize, Serialize};

use crate::{Campaign, CampaignId, Program, ProgramId, Revision, WebhookId};

/// Everything that is defined, as of one revision.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// What the next change must name as its predecessor.
    pub revision: Revision,
    /// Custom fields, in id order; standard fields are built in.
    pub fields: Vec<Field>,
    /// Webhooks that are not deleted, in id order.
    pub webhooks: Vec<Webhook>,
    /// Campaigns that are not deleted, in id order.
    pub campaigns: Vec<Campaign>,
    /// Programs and folders, in id order.
    pub programs: Vec<Program>,
}

impl Default for Revision {
    /// The revision of an empty catalog.
    fn default() -> Self {
        Revision(0)
    }
}

/// One change of the catalog. A change set is applied whole or not at all.
#[derive(Clone, Debug)]
pub enum CatalogChange {
    /// Creates or replaces the webhook of this id. Its definition is kept for good under its `version`.
    PutWebhook(Box<Webhook>),
    /// Deletes the webhook; its versions stay for the calls that name them, and what it held back is released.
    DeleteWebhook(WebhookId),
    /// Creates or replaces the campaign of this id. Its definition is kept for good under its `version`.
    PutCampaign(Box<Campaign>),
    /// Deletes the campaign, unless it has entries or a run that is not over ([`InUse`](crate::ErrorKind::InUse)); its versions stay for the
    /// runs and calls that name them.
    DeleteCampaign(CampaignId),
    /// Creates the custom field.
    PutField(Field),
    /// Deletes the custom field; values that leads have in it are no longer seen.
    DeleteField(FieldId),
    /// Creates or replaces the program of this id.
    PutProgram(Box<Program>),
    /// Deletes the program, and erases who its members are.
    DeleteProgram(ProgramId),
}

/// A saved webhook.
#[derive(Clone, Debug, PartialEq)]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// The last part of its resource name, `[a-z][a-z0-9-]{0,62}`.
    pub name: String,
    /// The revision that wrote this definition; the etag.
    pub version: Revision,
    /// When it was created.
    pub created: Datetime,
    /// When its definition last changed.
    pub updated: Datetime,
    /// Whether calls are held back (R-CALL-12).
    pub paused: bool,
    /// What it does.
    pub definition: Definition<Sealed>,
}

impl Webhook {
    /// What tokens call it: its display name, else its resource id (R-TOK-8).
    #[must_use]
    pub fn display_name(&self) -> &str {
        match &*self.definition.display_name {
            "" => &self.name,
            given => given,
        }
    }
}

/// A definition as it was at one version, for the calls that were made with it.
#[derive(Clone, Debug, PartialEq)]
pub struct WebhookVersion {
    /// The last part of its resource name at that time.
    pub name: String,
    /// What it did.
    pub definition: Definition<Sealed>,
}

/// What a webhook does (R-DEF-1). `S` is what its secrets are held in: [`Sealed`] in a store.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Definition<S> {
    /// What people call it; empty: its resource id.
    pub display_name: String,
    /// Free text.
    pub description: String,
    /// Template of the URL; a password in it stands here as `[redacted]`.
    pub url: String,
    /// The password that stood in the URL, as typed.
    pub url_password: Option<S>,
    /// The method.
    pub request_type: RequestType,
    /// Template of the body; empty: none.
    pub payload_template: String,
    /// How token values are encoded.
    pub request_token_encoding: RequestTokenEncoding,
    /// How answers are read.
    pub response_type: ResponseType,
    /// Headers beside and instead of the default ones.
    pub custom_headers: Vec<CustomHeader<S>>,
    /// What of an answer goes where.
    pub response_mappings: Vec<ResponseMapping>,
    /// Bound of one attempt; none: the default.
    pub timeout: Option<Duration>,
    /// None: one attempt.
    pub retry_policy: Option<RetryPolicy>,
    /// Politeness towards the service.
    pub limits: Limits,
    /// None: no authentication of ours.
    pub authentication: Option<Authentication<S>>,
    /// Whether the payload template is read as Marketo's editor reads it (R-ENC-7).
    pub marketo_escapes: bool,
    /// Codes beyond 2xx whose answers are mapped.
    pub also_map_codes: Vec<u16>,
}

/// A secret that only who holds the installation's key can open: text, opaque to the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sealed(pub String);

/// The method of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the variants are HTTP's own words")]
pub enum RequestType {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

/// How token values are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RequestTokenEncoding {
    /// As they are.
    None,
    /// As JSON values, or as text within a JSON string.
    Json,
    /// As application/x-www-form-urlencoded.
    FormUrl,
    /// With XML's five escapes.
    Xml,
}

/// How answers are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ResponseType {
    /// Not at all.
    None,
    /// As JSON.
    Json,
    /// As XML.
    Xml,
}

/// A header of a webhook.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CustomHeader<S> {
    /// Its name, as typed.
    pub key: String,
    /// Template of its value.
    pub value: HeaderText<S>,
}

/// The template of a header's value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum HeaderText<S> {
    /// Shown to everyone.
    Plain(String),
    /// Shown to no one.
    Sensitive(S),
}

/// One response mapping.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResponseMapping {
    /// The path, as typed.
    pub response_attribute: String,
    /// Where its value goes.
    pub field: FieldId,
}

/// When and how often a call is tried again (R-CALL-6). Nothing given means the documented default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RetryPolicy {
    /// The first included; 0: 5.
    pub max_attempts: u32,
    /// Default 1 s.
    pub initial_backoff: Option<Duration>,
    /// Default 10 min.
    pub max_backoff: Option<Duration>,
    /// Empty: 408, 425, 429, 500, 502, 503, 504.
    pub retry_codes: Vec<u16>,
}

/// Politeness towards a service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// Calls in flight; 0: the server's default.
    pub max_concurrency: u32,
    /// Calls per second; 0: unlimited.
    pub max_rate: f64,
}

/// How a webhook proves itself to its service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Authentication<S> {
    /// RFC 7617.
    Basic {
        /// As typed; holds no colon.
        username: String,
        /// As typed.
        password: S,
    },
    /// RFC 6750.
    Bearer {
        /// As typed.
        token: S,
    },
}

impl<S> Definition<S> {
    /// The same definition with every secret passed through `f`.
    pub fn map_secrets<T>(self, mut f: impl FnMut(S) -> T) -> Definition<T> {
        let Ok(mapped) = self.try_map_secrets(|secret| Ok::<_, Infallible>(f(secret)));
        mapped
    }

    /// The same definition with every secret passed through `f`; its first error ends it.
    ///
    /// # Errors
    /// What `f` gives.
    pub fn try_map_secrets<T, E>(
        self,
        mut f: impl FnMut(S) -> Result<T, E>,
    ) -> Result<Definition<T>, E> {
        Ok(Definition {
            url_password: self.url_password.map(&mut f).transpose()?,
            custom_headers: self
                .custom_headers
                .into_iter()
                .map(|CustomHeader { key, value }| {
                    Ok(CustomHeader {
                        key,
                        value: match value {
                            HeaderText::Plain(text) => HeaderText::Plain(text),
                            HeaderText::Sensitive(secret) => HeaderText::Sensitive(f(secret)?),
                        },
                    })
                })
                .collect::<Result<_, E>>()?,
            authentication: match self.authentication {
                None => None,
                Some(Authentication::Basic { username, password }) => Some(Authentication::Basic {
                    username,
                    password: f(password)?,
                }),
                Some(Authentication::Bearer { token }) => {
                    Some(Authentication::Bearer { token: f(token)? })
                }
            },
            display_name: self.display_name,
            description: self.description,
            url: self.url,
            request_type: self.request_type,
            payload_template: self.payload_template,
            request_token_encoding: self.request_token_encoding,
            response_type: self.response_type,
            response_mappings: self.response_mappings,
            timeout: self.timeout,
            retry_policy: self.retry_policy,
            limits: self.limits,
            marketo_escapes: self.marketo_escapes,
            also_map_codes: self.also_map_codes,
        })
    }
}
