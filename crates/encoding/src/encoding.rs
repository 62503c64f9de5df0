//! The encodings as one type, and what they encode.

use crate::{form, json, xml};

/// How token values are encoded (R-ENC).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// As they are.
    None,
    /// As JSON.
    Json,
    /// As application/x-www-form-urlencoded.
    FormUrl,
    /// With XML's escapes.
    Xml,
}

/// A value in its text form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scalar<'a> {
    /// Its text.
    pub text: &'a str,
    /// What it is to JSON.
    pub kind: Kind,
}

/// What a value is to JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Quoted.
    Text,
    /// A number or a Boolean: its text is JSON already.
    Bare,
}

impl Encoding {
    /// Writes a value behind what `out` holds. `in_literal` says that it stands inside a string literal of a JSON template, where
    /// it gets no quotes of its own (R-ENC-4); the other encodings know no such place.
    #[inline]
    pub fn write(self, value: Scalar<'_>, in_literal: bool, out: &mut Vec<u8>) {
        match (self, value.kind) {
            (Encoding::None, _) | (Encoding::Json, Kind::Bare) => {
                out.extend_from_slice(value.text.as_bytes());
            }
            (Encoding::Json, Kind::Text) if in_literal => json::write_fragment(value.text, out),
            (Encoding::Json, Kind::Text) => json::write_string(value.text, out),
            (Encoding::FormUrl, _) => form::write(value.text, out),
            (Encoding::Xml, _) => xml::write(value.text, out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r_enc_1_the_same_body_under_three_encodings() {
        let values = [
            ("1", Kind::Bare),
            ("NOT PROVIDED", Kind::Text),
            ("TRUE", Kind::Text),
        ];
        for (encoding, expected) in [
            (Encoding::None, "1;NOT PROVIDED;TRUE"),
            (Encoding::FormUrl, "1;NOT+PROVIDED;TRUE"),
            (Encoding::Json, r#"1;"NOT PROVIDED";"TRUE""#),
        ] {
            let mut out = Vec::new();
            for (at, (text, kind)) in values.into_iter().enumerate() {
                if at > 0 {
                    out.push(b';');
                }
                encoding.write(Scalar { text, kind }, false, &mut out);
            }
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }

    #[test]
    fn r_enc_4_no_quotes_inside_a_literal() {
        let mut out = Vec::new();
        Encoding::Json.write(
            Scalar {
                text: "a\"b",
                kind: Kind::Text,
            },
            true,
            &mut out,
        );
        Encoding::Json.write(
            Scalar {
                text: "7",
                kind: Kind::Bare,
            },
            true,
            &mut out,
        );
        assert_eq!(out, br#"a\"b7"#);
    }
}
