//! Values in documents, read back by the parsers that people use.

use leadhook_encoding::{Encoding, Kind, Scalar, json::Literals};
use proptest::prelude::*;

/// A template taken apart: its own text, and between two pieces a token.
type Pieces = &'static [&'static str];

/// Fills a JSON template in as a webhook does: literals are found first, then the values are written.
fn fill(pieces: Pieces, values: &[Scalar<'_>]) -> String {
    let mut literals = Literals::default();
    let mut places = Vec::new();
    for (at, own) in pieces.iter().enumerate() {
        literals.text(own);
        assert!(!literals.is_escaping());
        if at + 1 < pieces.len() {
            places.push(literals.token());
        }
    }
    let mut out = Vec::new();
    for (at, own) in pieces.iter().enumerate() {
        out.extend_from_slice(own.as_bytes());
        if let (Some(value), Some(in_literal)) = (values.get(at), places.get(at)) {
            Encoding::Json.write(*value, *in_literal, &mut out);
        }
    }
    String::from_utf8(out).expect("pieces and values are UTF-8")
}

fn text(text: &str) -> Scalar<'_> {
    Scalar {
        text,
        kind: Kind::Text,
    }
}

fn bare(text: &str) -> Scalar<'_> {
    Scalar {
        text,
        kind: Kind::Bare,
    }
}

#[test]
fn r_enc_1_the_same_body_under_each_encoding() {
    let values = [bare("1"), text("NOT PROVIDED"), text("TRUE")];
    for (encoding, expected) in [
        (Encoding::None, "1;NOT PROVIDED;TRUE"),
        (Encoding::FormUrl, "1;NOT+PROVIDED;TRUE"),
        (Encoding::Json, r#"1;"NOT PROVIDED";"TRUE""#),
        (Encoding::Xml, "1;NOT PROVIDED;TRUE"),
    ] {
        let mut out = Vec::new();
        for (at, value) in values.into_iter().enumerate() {
            if at > 0 {
                out.push(b';');
            }
            encoding.write(value, false, &mut out);
        }
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}

#[test]
fn r_enc_4_a_token_inside_a_string_literal() {
    let body = fill(
        &[
            r#"{"greeting": "Hi "#,
            r#"!", "score": "#,
            ", ",
            r#": "", "n": ""#,
            "\"}",
        ],
        &[text("Zoë \"Zo\""), bare("87"), text("ke\\y"), bare("-1.5")],
    );
    assert_eq!(
        body,
        r#"{"greeting": "Hi Zoë \"Zo\"!", "score": 87, "ke\\y": "", "n": "-1.5"}"#
    );
}

proptest! {
    #[test]
    fn r_enc_4_no_value_leaves_its_place(a: String, b: String, c: String, d: String) {
        let body = fill(
            &["\n[{\"a\": \"x", "\\\"", "y\", ", ": [", "]}, \"\\\\\"]"],
            &[text(&a), text(&b), text(&c), text(&d)],
        );
        let read: serde_json::Value = serde_json::from_str(&body).unwrap();
        let joined = format!("x{a}\"{b}y");
        let expected = if c == "a" {
            serde_json::json!([{"a": [d]}, "\\"])
        } else {
            serde_json::json!([{"a": joined, c: [d]}, "\\"])
        };
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn r_enc_5_no_value_adds_a_parameter(a: String, b: String) {
        let mut out = b"a=".to_vec();
        Encoding::FormUrl.write(text(&a), false, &mut out);
        out.extend_from_slice(b"&b=");
        Encoding::FormUrl.write(text(&b), true, &mut out);
        let read: Vec<_> = form_urlencoded::parse(&out).collect();
        prop_assert_eq!(read, [("a".into(), a.into()), ("b".into(), b.into())]);
    }

    #[test]
    fn r_enc_6_no_value_adds_markup(a in "[a<>&'\" \\]é]{0,20}", b in "[a<>&'\" \\]é]{0,20}") {
        let mut out = b"<r q=\"".to_vec();
        Encoding::Xml.write(text(&a), false, &mut out);
        out.extend_from_slice(b"\">");
        Encoding::Xml.write(text(&b), true, &mut out);
        out.extend_from_slice(b"</r>");
        let document = String::from_utf8(out).unwrap();
        let document = roxmltree::Document::parse(&document).unwrap();
        let root = document.root_element();
        prop_assert_eq!(root.attributes().len(), 1);
        prop_assert_eq!(root.attribute("q"), Some(a.as_str()));
        prop_assert_eq!(root.text().unwrap_or_default(), b);
    }
}
