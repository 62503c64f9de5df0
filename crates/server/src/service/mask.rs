//! Which fields of a webhook an update changes (AIP-134).

use leadhook_engine::{Error, Kind, Violation};
use leadhook_proto::v1;

/// The fields that an update changes, as they stand in the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mask(Vec<Field>);

/// A field that an update may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    DisplayName,
    Description,
    Url,
    RequestType,
    PayloadTemplate,
    RequestTokenEncoding,
    ResponseType,
    CustomHeaders,
    ResponseMappings,
    Timeout,
    RetryPolicy,
    Limits,
    Authentication,
    MarketoEscapes,
    AlsoMapCodes,
    ClientCertificate,
}

const FIELDS: [(&str, Field); 16] = [
    ("display_name", Field::DisplayName),
    ("description", Field::Description),
    ("url", Field::Url),
    ("request_type", Field::RequestType),
    ("payload_template", Field::PayloadTemplate),
    ("request_token_encoding", Field::RequestTokenEncoding),
    ("response_type", Field::ResponseType),
    ("custom_headers", Field::CustomHeaders),
    ("response_mappings", Field::ResponseMappings),
    ("timeout", Field::Timeout),
    ("retry_policy", Field::RetryPolicy),
    ("limits", Field::Limits),
    ("authentication", Field::Authentication),
    ("marketo_escapes", Field::MarketoEscapes),
    ("also_map_codes", Field::AlsoMapCodes),
    ("client_certificate", Field::ClientCertificate),
];

/// Fields that a mask may name without effect: they identify, guard, or are the server's.
const IGNORED: [&str; 5] = ["name", "etag", "create_time", "update_time", "state"];

impl Mask {
    /// Reads a mask. None given: every field that has a value in `webhook`; `*`: every field.
    pub(super) fn read(
        mask: Option<&prost_types::FieldMask>,
        webhook: &v1::Webhook,
    ) -> Result<Mask, Error> {
        let Some(mask) = mask.filter(|mask| !mask.paths.is_empty()) else {
            let blank = v1::Webhook::default();
            let given = FIELDS.iter().map(|(_, field)| *field).filter(|field| {
                let mut copied = blank.clone();
                field.copy(webhook, &mut copied);
                copied != blank
            });
            return Ok(Mask(given.collect()));
        };
        let (mut fields, mut faults) = (Vec::new(), Vec::new());
        for (at, path) in mask.paths.iter().enumerate() {
            if path == "*" {
                fields.extend(FIELDS.iter().map(|(_, field)| *field));
            } else if let Some((_, field)) = FIELDS.iter().find(|(name, _)| name == path) {
                fields.push(*field);
            } else if !IGNORED.contains(&path.as_str()) {
                faults.push(unknown(at, path));
            }
        }
        if faults.is_empty() {
            Ok(Mask(fields))
        } else {
            Err(Error::Invalid {
                subject: Kind::Request,
                violations: faults,
            })
        }
    }

    /// What is stored, with the fields of the mask as they are given.
    pub(super) fn apply(&self, mut stored: v1::Webhook, given: &v1::Webhook) -> v1::Webhook {
        for field in &self.0 {
            field.copy(given, &mut stored);
        }
        stored
    }
}

fn unknown(at: usize, path: &str) -> Violation {
    let violation = Violation::new(
        format!("update_mask.paths[{at}]"),
        format!("a webhook has no field `{path}` that an update could change"),
    );
    let parent = path.split('.').next().unwrap_or_default();
    match FIELDS.iter().find(|(name, _)| *name == parent) {
        Some(_) => violation.suggest(format!("`{parent}`, which is changed as a whole")),
        None => violation,
    }
}

impl Field {
    fn copy(self, from: &v1::Webhook, to: &mut v1::Webhook) {
        match self {
            Field::DisplayName => to.display_name.clone_from(&from.display_name),
            Field::Description => to.description.clone_from(&from.description),
            Field::Url => to.url.clone_from(&from.url),
            Field::RequestType => to.request_type = from.request_type,
            Field::PayloadTemplate => to.payload_template.clone_from(&from.payload_template),
            Field::RequestTokenEncoding => {
                to.request_token_encoding = from.request_token_encoding;
            }
            Field::ResponseType => to.response_type = from.response_type,
            Field::CustomHeaders => to.custom_headers.clone_from(&from.custom_headers),
            Field::ResponseMappings => to.response_mappings.clone_from(&from.response_mappings),
            Field::Timeout => to.timeout = from.timeout,
            Field::RetryPolicy => to.retry_policy.clone_from(&from.retry_policy),
            Field::Limits => to.limits = from.limits,
            Field::Authentication => to.authentication.clone_from(&from.authentication),
            Field::MarketoEscapes => to.marketo_escapes = from.marketo_escapes,
            Field::AlsoMapCodes => to.also_map_codes.clone_from(&from.also_map_codes),
            Field::ClientCertificate => {
                to.client_certificate.clone_from(&from.client_certificate);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(paths: &[&str]) -> prost_types::FieldMask {
        prost_types::FieldMask {
            paths: paths.iter().map(|path| (*path).to_owned()).collect(),
        }
    }

    #[test]
    fn a_mask_changes_what_it_names_and_nothing_else() {
        let stored = v1::Webhook {
            url: "https://a".to_owned(),
            description: "old".to_owned(),
            ..Default::default()
        };
        let given = v1::Webhook {
            url: "https://b".to_owned(),
            ..Default::default()
        };
        let changed = |mask: Option<prost_types::FieldMask>| {
            Mask::read(mask.as_ref(), &given)
                .unwrap()
                .apply(stored.clone(), &given)
        };
        let only_given = changed(None);
        assert_eq!(
            (&*only_given.url, &*only_given.description),
            ("https://b", "old")
        );
        let cleared = changed(Some(mask(&["description"])));
        assert_eq!((&*cleared.url, &*cleared.description), ("https://a", ""));
        let whole = changed(Some(mask(&["*"])));
        assert_eq!((&*whole.url, &*whole.description), ("https://b", ""));
    }

    #[test]
    fn an_unknown_path_is_refused_with_the_way_out() {
        let error = Mask::read(
            Some(&mask(&["url", "limits.max_rate", "ulr"])),
            &v1::Webhook::default(),
        );
        let text = error.unwrap_err().to_string();
        assert!(
            text.contains("limits.max_rate") && text.contains("as a whole"),
            "{text}"
        );
    }
}
