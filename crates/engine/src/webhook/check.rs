//! What is refused when a webhook is saved (R-DEF-2): every fault, not the first.

use std::time::Duration;

use leadhook_field::Schema;
use leadhook_store::{
    Authentication, CustomHeader, Definition, HeaderText, Limits, RequestType, ResponseMapping,
    RetryPolicy,
};

use super::{
    draft::{Draft, DraftRetryPolicy, Refused},
    secrets,
    userinfo::Userinfo,
};
use crate::{
    REDACTED,
    compile::{Compiled, check_paths, compile},
    environment::Settings,
    error::{Error, Kind, Violation},
    vault::Secret,
};

const MAX_DISPLAY_NAME: usize = 255;
const MAX_DESCRIPTION: usize = 30_000;
const MAX_HEADERS: usize = 100;
const MAX_MAPPINGS: usize = 1_000;
const MAX_ATTEMPTS: i32 = 20;
const MAX_BACKOFF: Duration = Duration::from_secs(24 * 60 * 60);

/// Makes a definition of a draft and compiles it. `stored` is what an update finds; a secret of it that does not open counts as not stored.
///
/// # Errors
/// [`Error::Invalid`] with all faults of the draft and all that is not implemented; [`Error::Unimplemented`] where nothing else is wrong.
pub(super) fn check(
    mut draft: Draft,
    stored: Option<&Definition<Option<Secret>>>,
    schema: &Schema,
    settings: &Settings,
) -> Result<(Definition<Secret>, Compiled), Error> {
    let (mut faults, mut unimplemented) = (Vec::new(), Vec::new());
    for refused in draft.refused.drain(..) {
        match refused {
            Refused::Fault(fault) => faults.push(fault),
            Refused::Unimplemented(feature) => unimplemented.push(feature),
        }
    }
    secrets::keep(&mut draft, stored, &mut faults);
    sizes(&draft, &mut faults);
    if draft.request_type == Some(RequestType::Get) && !draft.payload_template.is_empty() {
        faults.push(Violation::new(
            "webhook.payload_template",
            "a GET request has no payload: choose another request_type, or leave the payload empty",
        ));
    }
    let request_type = draft.request_type.unwrap_or_else(|| {
        faults.push(Violation::new(
            "webhook.request_type",
            "is required: GET, POST, PUT, PATCH or DELETE",
        ));
        RequestType::Post
    });
    check_paths(
        draft.response_type,
        draft
            .response_mappings
            .iter()
            .map(|mapping| mapping.response_attribute.as_str()),
        &mut faults,
    );
    let (url, url_password) = hide_password(&draft.url);
    let definition = Definition {
        request_type,
        url,
        url_password,
        timeout: timeout(&draft, settings, &mut faults),
        retry_policy: draft
            .retry_policy
            .as_ref()
            .map(|policy| retry_policy(policy, &mut faults)),
        limits: limits(&draft, settings, &mut faults),
        also_map_codes: codes(&draft.also_map_codes, "webhook.also_map_codes", &mut faults),
        response_mappings: mappings(&draft, schema, &mut faults),
        authentication: authentication(&draft, &mut faults),
        custom_headers: headers(draft.custom_headers),
        display_name: draft.display_name,
        description: draft.description,
        payload_template: draft.payload_template,
        request_token_encoding: draft.request_token_encoding,
        response_type: draft.response_type,
        marketo_escapes: draft.marketo_escapes,
    };
    let compiled = compile(&definition, schema, settings);
    if let Err(more) = &compiled {
        // A path is looked at with its place in the draft, above; in the definition places may have moved.
        let more = more.iter();
        let more = more.filter(|fault| !fault.field.starts_with("webhook.response_mappings"));
        faults.extend(more.cloned());
    }
    match (compiled, unimplemented.first()) {
        (Ok(compiled), None) if faults.is_empty() => Ok((definition, compiled)),
        (Ok(_), Some(feature)) if faults.is_empty() => Err(Error::Unimplemented { feature }),
        _ => {
            let unimplemented = unimplemented.into_iter();
            faults.extend(unimplemented.map(|feature| {
                Violation::new(feature, "is not implemented in this version; leave it out")
            }));
            Err(Error::Invalid {
                subject: Kind::Webhook,
                violations: faults,
            })
        }
    }
}

fn sizes(draft: &Draft, faults: &mut Vec<Violation>) {
    let counts = [
        (
            "webhook.display_name",
            draft.display_name.chars().count(),
            MAX_DISPLAY_NAME,
            "characters",
        ),
        (
            "webhook.description",
            draft.description.len(),
            MAX_DESCRIPTION,
            "bytes",
        ),
        (
            "webhook.custom_headers",
            draft.custom_headers.len(),
            MAX_HEADERS,
            "headers",
        ),
        (
            "webhook.response_mappings",
            draft.response_mappings.len(),
            MAX_MAPPINGS,
            "mappings",
        ),
    ];
    for (field, len, max, unit) in counts {
        if len > max {
            faults.push(Violation::new(
                field,
                format!("has {len} {unit}; at most {max} are kept"),
            ));
        }
    }
    // A token names a webhook by its display name ({{trigger.Name}}), so it is held to be one line of text.
    if draft.display_name.chars().any(char::is_control) {
        faults.push(Violation::new(
            "webhook.display_name",
            "holds a control character",
        ));
    }
}

/// A password in the URL is taken out of what is shown.
fn hide_password(url: &str) -> (String, Option<Secret>) {
    let Some(range) = Userinfo::find(url).and_then(|userinfo| userinfo.password) else {
        return (url.to_owned(), None);
    };
    let mut shown = url.to_owned();
    let password = Secret::new(&url[range.clone()]);
    shown.replace_range(range, REDACTED);
    (shown, Some(password))
}

fn timeout(draft: &Draft, settings: &Settings, faults: &mut Vec<Violation>) -> Option<Duration> {
    let timeout = duration(draft.timeout_micros?);
    if timeout.is_none_or(|timeout| timeout.is_zero() || timeout > settings.max_timeout) {
        faults.push(Violation::new(
            "webhook.timeout",
            format!(
                "must be more than 0 and at most {:?}, the limit of this server",
                settings.max_timeout
            ),
        ));
    }
    timeout
}

fn retry_policy(policy: &DraftRetryPolicy, faults: &mut Vec<Violation>) -> RetryPolicy {
    if !(0..=MAX_ATTEMPTS).contains(&policy.max_attempts) {
        faults.push(Violation::new(
            "webhook.retry_policy.max_attempts",
            format!(
                "{} is not from 0 (5 attempts) to {MAX_ATTEMPTS}",
                policy.max_attempts
            ),
        ));
    }
    let backoffs = (policy.initial_backoff_micros, policy.max_backoff_micros);
    if let (Some(initial), Some(max)) = backoffs
        && max < initial
    {
        faults.push(Violation::new(
            "webhook.retry_policy.max_backoff",
            "is shorter than initial_backoff",
        ));
    }
    let mut backoff = |micros: Option<i64>, field: &str| {
        let backoff = duration(micros?);
        if backoff.is_none_or(|backoff| backoff.is_zero() || backoff > MAX_BACKOFF) {
            faults.push(Violation::new(
                format!("webhook.retry_policy.{field}"),
                "must be more than 0 and at most 24 h",
            ));
        }
        backoff
    };
    RetryPolicy {
        max_attempts: u32::try_from(policy.max_attempts).unwrap_or_default(),
        initial_backoff: backoff(policy.initial_backoff_micros, "initial_backoff"),
        max_backoff: backoff(policy.max_backoff_micros, "max_backoff"),
        retry_codes: codes(
            &policy.retry_codes,
            "webhook.retry_policy.retry_codes",
            faults,
        ),
    }
}

/// What `max_rate` may be, in calls per second.
const MAX_RATES: std::ops::RangeInclusive<f64> = 0.001..=1e9;

fn limits(draft: &Draft, settings: &Settings, faults: &mut Vec<Violation>) -> Limits {
    let max = settings.max_in_flight;
    let given = u32::try_from(draft.max_concurrency).ok();
    if given.is_none_or(|given| given as usize > max) {
        faults.push(Violation::new(
            "webhook.limits.max_concurrency",
            format!(
                "{} is not from 0 (the server's default) to {max}, the calls that this server has in flight at most",
                draft.max_concurrency
            ),
        ));
    }
    Limits {
        max_concurrency: given.unwrap_or_default(),
        max_rate: max_rate(draft, faults),
    }
}

/// Attempts per second.
fn max_rate(draft: &Draft, faults: &mut Vec<Violation>) -> f64 {
    let rate = draft.max_rate;
    if rate == 0.0 || MAX_RATES.contains(&rate) {
        return rate;
    }
    let (least, most) = (MAX_RATES.start(), MAX_RATES.end());
    let message = format!(
        "{rate} calls per second; it is from {least} to {most}, or 0 for as many as the service takes"
    );
    faults.push(Violation::new("webhook.limits.max_rate", message));
    0.0
}

fn codes(given: &[i32], field: &str, faults: &mut Vec<Violation>) -> Vec<u16> {
    let mut codes = Vec::with_capacity(given.len());
    for (at, code) in given.iter().enumerate() {
        match u16::try_from(*code)
            .ok()
            .filter(|code| (100..=599).contains(code))
        {
            Some(code) => codes.push(code),
            None => faults.push(Violation::new(
                format!("{field}[{at}]"),
                format!("{code} is no HTTP status code, which go from 100 to 599"),
            )),
        }
    }
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn mappings(draft: &Draft, schema: &Schema, faults: &mut Vec<Violation>) -> Vec<ResponseMapping> {
    let mut mappings = Vec::with_capacity(draft.response_mappings.len());
    for (at, mapping) in draft.response_mappings.iter().enumerate() {
        let path = format!("webhook.response_mappings[{at}].field");
        match schema.find(&mapping.field) {
            Some(field) if field.read_only => faults.push(Violation::new(
                path,
                format!(
                    "`{}` is read-only: a response cannot be written to it",
                    field.display_name
                ),
            )),
            Some(field) => mappings.push(ResponseMapping {
                response_attribute: mapping.response_attribute.clone(),
                field: field.id,
            }),
            None => {
                let near = schema.suggest(None, &mapping.field);
                faults.push(Violation {
                    field: path,
                    message: format!("no lead or company field is called `{}`", mapping.field),
                    suggestion: near.map(|field| field.api_name.clone()).unwrap_or_default(),
                });
            }
        }
    }
    mappings
}

/// Headers that are nothing but secrets: sealed also when nobody says so.
fn is_secret(name: &str) -> bool {
    ["authorization", "proxy-authorization"]
        .iter()
        .any(|secret| secret.eq_ignore_ascii_case(name))
}

fn headers(given: Vec<super::draft::DraftHeader>) -> Vec<CustomHeader<Secret>> {
    given
        .into_iter()
        .map(|header| CustomHeader {
            value: if header.sensitive || is_secret(&header.key) {
                HeaderText::Sensitive(header.value)
            } else {
                HeaderText::Plain(header.value.expose().to_owned())
            },
            key: header.key,
        })
        .collect()
}

fn authentication(draft: &Draft, faults: &mut Vec<Violation>) -> Option<Authentication<Secret>> {
    let authentication = draft.authentication.clone()?;
    let mut fault = |field: &str, message: &str| {
        faults.push(Violation::new(
            format!("webhook.authentication.{field}"),
            message,
        ));
    };
    match &authentication {
        Authentication::Basic { username, password } => {
            if username.contains(':') {
                fault(
                    "basic.username",
                    "holds a colon, which RFC 7617 allows in the password only",
                );
            }
            if username
                .chars()
                .chain(password.expose().chars())
                .any(char::is_control)
            {
                fault("basic", "a user name or password holds a control character");
            }
        }
        Authentication::Bearer { token } => {
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
            // What could not be filled in is told already.
            let token = token.expose();
            if token != REDACTED && (token.is_empty() || !token.bytes().all(allowed)) {
                fault(
                    "bearer.token",
                    "must be letters, digits and `-._~+/=`, at least one, as RFC 6750 says",
                );
            }
        }
    }
    Some(authentication)
}

/// None when it is negative.
fn duration(micros: i64) -> Option<Duration> {
    u64::try_from(micros).ok().map(Duration::from_micros)
}

#[cfg(test)]
mod tests;
