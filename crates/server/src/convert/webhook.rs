//! Webhooks.

use leadhook_engine::{
    Draft, DraftHeader, DraftMapping, DraftRetryPolicy, Preview, REDACTED, Refused, Secret,
    Violation, WebhookState,
};
use leadhook_field::Schema;
use leadhook_proto::v1;
use leadhook_store as store;
use leadhook_store::{Definition, HeaderText, Sealed};

use super::{call, time};

/// What a client wants to be saved. What this version cannot carry out is refused, not ignored.
pub(crate) fn draft(webhook: v1::Webhook) -> Draft {
    let limits = webhook.limits.unwrap_or_default();
    let mut refused = unknown_enums(&webhook);
    if webhook.client_certificate.is_some() {
        refused.push(Refused::Unimplemented("webhook.client_certificate"));
    }
    Draft {
        request_type: request_type(webhook.request_type),
        request_token_encoding: request_token_encoding(webhook.request_token_encoding),
        response_type: response_type(webhook.response_type),
        custom_headers: webhook
            .custom_headers
            .into_iter()
            .map(|header| DraftHeader {
                key: header.key,
                value: Secret::new(header.value),
                sensitive: header.sensitive,
            })
            .collect(),
        response_mappings: webhook
            .response_mappings
            .into_iter()
            .map(|mapping| DraftMapping {
                response_attribute: mapping.response_attribute,
                field: mapping.field,
            })
            .collect(),
        timeout_micros: webhook.timeout.as_ref().map(time::micros),
        retry_policy: webhook.retry_policy.map(|policy| DraftRetryPolicy {
            max_attempts: policy.max_attempts,
            initial_backoff_micros: policy.initial_backoff.as_ref().map(time::micros),
            max_backoff_micros: policy.max_backoff.as_ref().map(time::micros),
            retry_codes: policy.retry_codes,
        }),
        max_concurrency: limits.max_concurrency,
        max_rate: limits.max_rate,
        authentication: authentication(webhook.authentication, &mut refused),
        display_name: webhook.display_name,
        description: webhook.description,
        url: webhook.url,
        payload_template: webhook.payload_template,
        marketo_escapes: webhook.marketo_escapes,
        also_map_codes: webhook.also_map_codes,
        refused,
    }
}

/// A stored webhook, its secrets redacted (R-DEF-4).
pub(crate) fn message(
    webhook: &store::Webhook,
    state: WebhookState,
    schema: &Schema,
) -> v1::Webhook {
    let definition = &webhook.definition;
    v1::Webhook {
        name: format!("webhooks/{}", webhook.name),
        display_name: definition.display_name.clone(),
        description: definition.description.clone(),
        url: definition.url.clone(),
        request_type: match definition.request_type {
            store::RequestType::Get => v1::RequestType::Get,
            store::RequestType::Post => v1::RequestType::Post,
            store::RequestType::Put => v1::RequestType::Put,
            store::RequestType::Patch => v1::RequestType::Patch,
            store::RequestType::Delete => v1::RequestType::Delete,
        }
        .into(),
        payload_template: definition.payload_template.clone(),
        request_token_encoding: match definition.request_token_encoding {
            store::RequestTokenEncoding::None => v1::RequestTokenEncoding::None,
            store::RequestTokenEncoding::Json => v1::RequestTokenEncoding::Json,
            store::RequestTokenEncoding::FormUrl => v1::RequestTokenEncoding::FormUrl,
            store::RequestTokenEncoding::Xml => v1::RequestTokenEncoding::Xml,
        }
        .into(),
        response_type: match definition.response_type {
            store::ResponseType::None => v1::ResponseType::None,
            store::ResponseType::Json => v1::ResponseType::Json,
            store::ResponseType::Xml => v1::ResponseType::Xml,
        }
        .into(),
        custom_headers: definition
            .custom_headers
            .iter()
            .map(|header| {
                let (value, sensitive) = match &header.value {
                    HeaderText::Plain(text) => (text.clone(), false),
                    HeaderText::Sensitive(_) => (REDACTED.to_owned(), true),
                };
                v1::CustomHeader {
                    key: header.key.clone(),
                    value,
                    sensitive,
                }
            })
            .collect(),
        response_mappings: definition
            .response_mappings
            .iter()
            .map(|mapping| v1::ResponseMapping {
                response_attribute: mapping.response_attribute.clone(),
                field: schema
                    .get(mapping.field)
                    .map(|field| field.api_name.clone())
                    .unwrap_or_default(),
            })
            .collect(),
        timeout: definition.timeout.map(time::duration),
        retry_policy: definition
            .retry_policy
            .as_ref()
            .map(|policy| v1::RetryPolicy {
                max_attempts: i32::try_from(policy.max_attempts).unwrap_or(i32::MAX),
                initial_backoff: policy.initial_backoff.map(time::duration),
                max_backoff: policy.max_backoff.map(time::duration),
                retry_codes: policy
                    .retry_codes
                    .iter()
                    .map(|code| i32::from(*code))
                    .collect(),
            }),
        limits: limits(definition),
        authentication: redacted(definition),
        etag: webhook.version.to_string(),
        create_time: Some(time::timestamp(webhook.created)),
        update_time: Some(time::timestamp(webhook.updated)),
        marketo_escapes: definition.marketo_escapes,
        also_map_codes: definition
            .also_map_codes
            .iter()
            .map(|code| i32::from(*code))
            .collect(),
        client_certificate: None,
        state: match state {
            WebhookState::Active => v1::webhook::State::Active,
            WebhookState::Paused => v1::webhook::State::Paused,
            WebhookState::CircuitOpen => v1::webhook::State::CircuitOpen,
        }
        .into(),
    }
}

pub(crate) fn preview(preview: Preview) -> v1::PreviewWebhookResponse {
    v1::PreviewWebhookResponse {
        request: Some(call::request(preview.request)),
        warnings: preview
            .warnings
            .into_iter()
            .map(|warning| v1::Warning {
                location: warning.location,
                message: warning.message,
                suggestion: warning.suggestion,
            })
            .collect(),
        field_changes: preview
            .changes
            .into_iter()
            .map(call::field_change)
            .collect(),
        mapping_problems: preview
            .problems
            .into_iter()
            .map(call::mapping_problem)
            .collect(),
    }
}

fn limits(definition: &Definition<Sealed>) -> Option<v1::Limits> {
    let store::Limits {
        max_concurrency,
        max_rate,
    } = definition.limits;
    (max_concurrency != 0 || max_rate != 0.0).then(|| v1::Limits {
        max_concurrency: i32::try_from(max_concurrency).unwrap_or(i32::MAX),
        max_rate,
    })
}

fn redacted(definition: &Definition<Sealed>) -> Option<v1::Authentication> {
    use v1::authentication::Kind;
    let kind = match definition.authentication.as_ref()? {
        store::Authentication::Basic { username, .. } => Kind::Basic(v1::BasicAuth {
            username: username.clone(),
            password: REDACTED.to_owned(),
        }),
        store::Authentication::Bearer { .. } => Kind::Bearer(v1::BearerAuth {
            token: REDACTED.to_owned(),
        }),
    };
    Some(v1::Authentication { kind: Some(kind) })
}

fn authentication(
    given: Option<v1::Authentication>,
    refused: &mut Vec<Refused>,
) -> Option<store::Authentication<Secret>> {
    use v1::authentication::Kind;
    let unimplemented = match given?.kind? {
        Kind::Basic(basic) => {
            return Some(store::Authentication::Basic {
                username: basic.username,
                password: Secret::new(basic.password),
            });
        }
        Kind::Bearer(bearer) => {
            return Some(store::Authentication::Bearer {
                token: Secret::new(bearer.token),
            });
        }
        Kind::Oauth2(_) => "webhook.authentication.oauth2",
        Kind::StandardWebhooks(_) => "webhook.authentication.standard_webhooks",
    };
    refused.push(Refused::Unimplemented(unimplemented));
    None
}

/// A number that the contract does not know is a fault, not the default.
fn unknown_enums(webhook: &v1::Webhook) -> Vec<Refused> {
    let faults = [
        (
            "request_type",
            webhook.request_type,
            v1::RequestType::try_from(webhook.request_type).is_ok(),
        ),
        (
            "request_token_encoding",
            webhook.request_token_encoding,
            v1::RequestTokenEncoding::try_from(webhook.request_token_encoding).is_ok(),
        ),
        (
            "response_type",
            webhook.response_type,
            v1::ResponseType::try_from(webhook.response_type).is_ok(),
        ),
    ];
    faults
        .into_iter()
        .filter(|(_, _, is_known)| !is_known)
        .map(|(field, number, _)| {
            let message = format!("{number} is no value of this enum that the server knows");
            Refused::Fault(Violation::new(format!("webhook.{field}"), message))
        })
        .collect()
}

fn request_type(given: i32) -> Option<store::RequestType> {
    match v1::RequestType::try_from(given).ok()? {
        v1::RequestType::Unspecified => None,
        v1::RequestType::Get => Some(store::RequestType::Get),
        v1::RequestType::Post => Some(store::RequestType::Post),
        v1::RequestType::Put => Some(store::RequestType::Put),
        v1::RequestType::Patch => Some(store::RequestType::Patch),
        v1::RequestType::Delete => Some(store::RequestType::Delete),
    }
}

fn request_token_encoding(given: i32) -> store::RequestTokenEncoding {
    match v1::RequestTokenEncoding::try_from(given).unwrap_or_default() {
        v1::RequestTokenEncoding::Unspecified | v1::RequestTokenEncoding::None => {
            store::RequestTokenEncoding::None
        }
        v1::RequestTokenEncoding::Json => store::RequestTokenEncoding::Json,
        v1::RequestTokenEncoding::FormUrl => store::RequestTokenEncoding::FormUrl,
        v1::RequestTokenEncoding::Xml => store::RequestTokenEncoding::Xml,
    }
}

fn response_type(given: i32) -> store::ResponseType {
    match v1::ResponseType::try_from(given).unwrap_or_default() {
        v1::ResponseType::Unspecified | v1::ResponseType::None => store::ResponseType::None,
        v1::ResponseType::Json => store::ResponseType::Json,
        v1::ResponseType::Xml => store::ResponseType::Xml,
    }
}
