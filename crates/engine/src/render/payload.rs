//! The payload: a template whose token values are encoded as the webhook says (R-ENC).

use leadhook_encoding::{Encoding, Kind, Scalar, json};
use leadhook_field::{FieldType, Zone};
use leadhook_token::Segment;

use super::{
    bind::{Attribute, Bound, Source},
    my::number,
    scene::Scene,
};

/// A payload template, ready to be rendered.
#[derive(Clone, Debug)]
pub(crate) struct Payload {
    pub(crate) bound: Bound,
    encoding: Encoding,
    /// For each token, in order.
    places: Vec<Place>,
}

/// What is known of a token's place before any value is.
#[derive(Clone, Debug)]
struct Place {
    /// Within a string literal of a JSON template (R-ENC-4).
    in_literal: bool,
    /// What stands there when there is no value (R-ENC-3), encoded.
    absent: Box<[u8]>,
}

impl Payload {
    pub(crate) fn new(bound: Bound, encoding: Encoding, zone: &Zone) -> Payload {
        let mut literals = json::Literals::default();
        let mut places = Vec::with_capacity(bound.sources.len());
        for segment in bound.template.segments() {
            match segment {
                Segment::Text(text) => literals.text(text),
                Segment::Token(at, token) => {
                    let in_literal = encoding == Encoding::Json && literals.token();
                    let default = token.default();
                    let absent = absent(&bound.sources[at], default, encoding, in_literal, zone);
                    places.push(Place { in_literal, absent });
                }
            }
        }
        Payload {
            bound,
            encoding,
            places,
        }
    }

    /// Writes the payload of a call behind what `out` holds. `scratch` is used again from call to call.
    pub(crate) fn render(&self, scene: &Scene<'_>, scratch: &mut Vec<u8>, out: &mut Vec<u8>) {
        self.bound.template.render(out, |at, out| {
            let (source, place) = (&self.bound.sources[at], &self.places[at]);
            if let Some(value) = scene.value(source, scratch) {
                self.encoding.write(value, place.in_literal, out);
                return;
            }
            match self.number_default(at, scene) {
                Some(text) => out.extend_from_slice(text.as_bytes()),
                None => out.extend_from_slice(&place.absent),
            }
        });
    }

    /// Whether a token stands in a string literal of a JSON template.
    pub(crate) fn in_literal(&self, at: usize) -> bool {
        self.places[at].in_literal
    }

    /// The default of a My Token that has no value, where the call says that it is a number: only the call knows its type.
    fn number_default(&self, at: usize, scene: &Scene<'_>) -> Option<String> {
        if self.encoding != Encoding::Json || self.places[at].in_literal {
            return None;
        }
        let Source::My(key) = &self.bound.sources[at] else {
            return None;
        };
        if !scene.my_type(key)?.is_number() {
            return None;
        }
        let default = self.bound.template.tokens()[at].default()?;
        number(default).map(|text| {
            if text.is_empty() {
                "null".to_owned()
            } else {
                text
            }
        })
    }
}

/// R-ENC-3: what stands in for a value that is not there.
fn absent(
    source: &Source,
    default: Option<&str>,
    encoding: Encoding,
    in_literal: bool,
    zone: &Zone,
) -> Box<[u8]> {
    let mut out = Vec::new();
    let json_value = encoding == Encoding::Json && !in_literal;
    match (default, field_type(source)) {
        (None, _) if json_value => out.extend_from_slice(b"null"),
        (None, _) => {}
        (Some(default), Some(field_type)) if json_value && !field_type.is_text() => {
            match field_type.read(default, zone) {
                Ok(None) => out.extend_from_slice(b"null"),
                Ok(Some(value)) => {
                    let kind = if matches!(field_type, FieldType::Date | FieldType::Datetime) {
                        Kind::Text
                    } else {
                        Kind::Bare
                    };
                    encoding.write(
                        Scalar {
                            text: &value.to_text(zone),
                            kind,
                        },
                        false,
                        &mut out,
                    );
                }
                Err(_) => {
                    encoding.write(
                        Scalar {
                            text: default,
                            kind: Kind::Text,
                        },
                        false,
                        &mut out,
                    );
                }
            }
        }
        (Some(default), _) => {
            encoding.write(
                Scalar {
                    text: default,
                    kind: Kind::Text,
                },
                in_literal,
                &mut out,
            );
        }
    }
    out.into_boxed_slice()
}

/// What a default is read as; none: text.
fn field_type(source: &Source) -> Option<FieldType> {
    match source {
        Source::Field { field_type, .. } => Some(*field_type),
        Source::Campaign(Attribute::Id) | Source::Program(Attribute::Id) => {
            Some(FieldType::Integer)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
