//! The encodings as one type, and what they encode.

use crate::{form, json, xml};

/// How token values are encoded: a webhook's request token encoding (R-ENC-1 to -6).
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

/// A value in its text form (R-TOK-9): what each encoding starts from.
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
    /// A number or a Boolean: its text must be JSON already, and goes in as it is.
    Bare,
}

impl Encoding {
    /// Writes a value behind what `out` holds. `in_literal` says that it stands inside a string literal of a JSON template, where
    /// it gets no quotes of its own (R-ENC-4, [`json::Literals`]); the other encodings know no such place.
    ///
    /// ```
    /// use leadhook_encoding::{Encoding, Kind, Scalar};
    ///
    /// let written = |encoding: Encoding, in_literal| {
    ///     let value = Scalar { text: "R&D \"Nord\"", kind: Kind::Text };
    ///     let mut out = Vec::new();
    ///     encoding.write(value, in_literal, &mut out);
    ///     String::from_utf8(out).expect("every encoding gives UTF-8")
    /// };
    /// assert_eq!(written(Encoding::None, false), r#"R&D "Nord""#);
    /// assert_eq!(written(Encoding::Json, false), r#""R&D \"Nord\"""#);
    /// assert_eq!(written(Encoding::Json, true), r#"R&D \"Nord\""#);
    /// assert_eq!(written(Encoding::FormUrl, false), "R%26D+%22Nord%22");
    /// assert_eq!(written(Encoding::Xml, false), "R&amp;D &quot;Nord&quot;");
    /// ```
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
mod tests;
