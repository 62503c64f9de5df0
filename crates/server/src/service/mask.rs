//! Which fields of a resource an update changes (AIP-134).

use leadhook_engine::{Error, Kind, Violation};
use leadhook_proto::v1;

/// The fields that an update changes, as they stand in the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mask<M>(Vec<Copy<M>>);

/// Copies one field from a message to another.
type Copy<M> = fn(&M, &mut M);

/// A message of a resource that can be updated.
pub(super) trait Masked: Clone + Default + PartialEq + 'static {
    /// What it is, in messages.
    const KIND: Kind;
    /// The fields that an update may change.
    const FIELDS: &'static [(&'static str, Copy<Self>)];
    /// Fields that a mask may name without effect: they identify, guard, or are output only, which AIP-161 lets stand so that a mask serves for reading
    /// and writing alike.
    const IGNORED: &'static [&'static str];
}

macro_rules! fields {
    ($($field:ident),* $(,)?) => {
        &[$((stringify!($field), |from, to| to.$field.clone_from(&from.$field))),*]
    };
}

impl Masked for v1::Webhook {
    const KIND: Kind = Kind::Webhook;
    const FIELDS: &'static [(&'static str, Copy<Self>)] = fields![
        display_name,
        description,
        url,
        request_type,
        payload_template,
        request_token_encoding,
        response_type,
        custom_headers,
        response_mappings,
        timeout,
        retry_policy,
        limits,
        authentication,
        marketo_escapes,
        also_map_codes,
        client_certificate,
    ];
    const IGNORED: &'static [&'static str] =
        &["name", "etag", "create_time", "update_time", "state"];
}

impl Masked for v1::Program {
    const KIND: Kind = Kind::Program;
    const FIELDS: &'static [(&'static str, Copy<Self>)] =
        fields![display_name, description, folder, parent, my_tokens];
    const IGNORED: &'static [&'static str] = &["name", "inherited_my_tokens", "id"];
}

impl Masked for v1::Campaign {
    const KIND: Kind = Kind::Campaign;
    const FIELDS: &'static [(&'static str, Copy<Self>)] = fields![
        display_name,
        description,
        program,
        r#type,
        triggers,
        flow,
        qualification,
    ];
    const IGNORED: &'static [&'static str] = &["name", "active", "id"];
}

impl<M: Masked> Mask<M> {
    /// Reads a mask. None given: every field that has a value in `given`; `*`: every field.
    pub(super) fn read(mask: Option<&prost_types::FieldMask>, given: &M) -> Result<Mask<M>, Error> {
        let all = M::FIELDS.iter().map(|(_, copy)| *copy);
        let Some(mask) = mask.filter(|mask| !mask.paths.is_empty()) else {
            let blank = M::default();
            let has_value = |copy: &Copy<M>| {
                let mut copied = blank.clone();
                copy(given, &mut copied);
                copied != blank
            };
            return Ok(Mask(all.filter(has_value).collect()));
        };
        let (mut fields, mut faults) = (Vec::new(), Vec::new());
        for (at, path) in mask.paths.iter().enumerate() {
            if path == "*" {
                fields.extend(all.clone());
            } else if let Some((_, copy)) = M::FIELDS.iter().find(|(name, _)| name == path) {
                fields.push(*copy);
            } else if !M::IGNORED.contains(&path.as_str()) {
                faults.push(unknown::<M>(at, path));
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
    pub(super) fn apply(&self, mut stored: M, given: &M) -> M {
        for copy in &self.0 {
            copy(given, &mut stored);
        }
        stored
    }
}

fn unknown<M: Masked>(at: usize, path: &str) -> Violation {
    let violation = Violation::new(
        format!("update_mask.paths[{at}]"),
        format!(
            "a {} has no field `{path}` that an update could change",
            M::KIND
        ),
    );
    let parent = path.split('.').next().unwrap_or_default();
    match M::FIELDS.iter().find(|(name, _)| *name == parent) {
        Some(_) => violation.suggest(format!("`{parent}`, which is changed as a whole")),
        None => violation,
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
