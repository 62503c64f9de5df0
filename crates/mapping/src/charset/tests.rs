use leadhook_field::{FieldType, Zone};

use super::*;
use crate::plan::tests::{plan, reason, text};
use crate::{Outcome, Reason};

fn apply(format: Format, body: &[u8], charset: Option<&str>) -> Outcome {
    let mut out = Vec::new();
    plan(format, &[("a", FieldType::String)]).apply(body, charset, &Zone::utc(), &mut out);
    out.remove(0)
}

fn utf_16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(unit).collect()
}

const JSON: &str = r#"{"a":"é€"}"#;

#[test]
fn r_map_6_a_byte_order_mark_prevails() {
    let utf_8 = ["\u{feff}", JSON].concat().into_bytes();
    let little = utf_16(&format!("\u{feff}{JSON}"), u16::to_le_bytes);
    let big = utf_16(&format!("\u{feff}{JSON}"), u16::to_be_bytes);
    for body in [utf_8, little, big] {
        for charset in [None, Some("iso-8859-1"), Some("utf-8"), Some("nonsense")] {
            assert_eq!(
                apply(Format::Json, &body, charset),
                text("é€"),
                "{charset:?}"
            );
        }
    }
    let xml = utf_16(
        "\u{feff}<?xml version='1.0' encoding='iso-8859-1'?><a>é€</a>",
        u16::to_be_bytes,
    );
    assert_eq!(apply(Format::Xml, &xml, Some("koi8-r")), text("é€"));
}

#[test]
fn r_map_6_then_the_content_type_holds() {
    let latin = b"{\"a\":\"\xe9\x80\"}";
    for label in ["iso-8859-1", "LATIN1", " windows-1252 ", "us-ascii"] {
        assert_eq!(
            apply(Format::Json, latin, Some(label)),
            text("é€"),
            "{label}"
        );
    }
    assert_eq!(
        apply(
            Format::Json,
            &utf_16(JSON, u16::to_le_bytes),
            Some("UTF-16")
        ),
        text("é€")
    );
    assert_eq!(
        apply(
            Format::Json,
            &utf_16(JSON, u16::to_be_bytes),
            Some("utf-16be")
        ),
        text("é€")
    );
    assert_eq!(
        apply(Format::Json, b"{\"a\":\"\x93\xfa\"}", Some("shift_jis")),
        text("日")
    );
    let xml = b"<?xml version='1.0' encoding='utf-8'?><a>\xc1</a>";
    assert_eq!(
        apply(Format::Xml, xml, Some("koi8-r")),
        text("а"),
        "the declaration does not matter"
    );
}

#[test]
fn r_map_6_then_the_xml_declaration() {
    let declared = |encoding: &str, value: &[u8]| {
        [
            format!("<?xml version=\"1.0\" encoding={encoding} ?><a>").as_bytes(),
            value,
            b"</a>",
        ]
        .concat()
    };
    assert_eq!(
        apply(Format::Xml, &declared("'ISO-8859-1'", b"\xe9"), None),
        text("é")
    );
    assert_eq!(
        apply(Format::Xml, &declared("\"windows-1251\"", b"\xc4"), None),
        text("Д")
    );
    assert_eq!(
        apply(Format::Xml, &declared("'utf-8'", "é".as_bytes()), None),
        text("é")
    );
    assert_eq!(
        apply(
            Format::Xml,
            "<?xml version='1.0'?><a>é</a>".as_bytes(),
            None
        ),
        text("é")
    );
    assert_eq!(apply(Format::Xml, "<a>é</a>".as_bytes(), None), text("é"));
    assert_eq!(
        invalid(Format::Xml, &declared("'utf-8'", b"\xe9"), None),
        "byte 43 of the body is not UTF-8"
    );
    assert_eq!(
        invalid(Format::Xml, &declared("'x-none'", b"x"), None),
        "the charset `x-none` of the XML declaration is not supported"
    );
    let wide = |encoding: &str| format!("<?xml version='1.0'{encoding}?><a>é€</a>");
    for unit in [u16::to_le_bytes, u16::to_be_bytes] {
        assert_eq!(
            apply(
                Format::Xml,
                &utf_16(&wide(" encoding='UTF-16'"), unit),
                None
            ),
            text("é€")
        );
        invalid(Format::Xml, &utf_16(&wide(" encoding='utf-8'"), unit), None);
        invalid(Format::Xml, &utf_16(&wide(""), unit), None);
    }
}

#[test]
fn r_map_6_else_utf_8() {
    assert_eq!(apply(Format::Json, JSON.as_bytes(), None), text("é€"));
    let broken: [&[u8]; 5] = [
        b"{\"a\":\"\xe9\"}",
        b"{\"other\":\"\xff\",\"a\":\"x\"}",
        b"{\"a\":\"x\"}\xc0\x80",
        b"{\"a\":\"\xed\xa0\x80\"}",
        b"{\"\xf4\x90\x80\x80\":1}",
    ];
    for body in broken {
        invalid(Format::Json, body, None);
        invalid(Format::Json, body, Some("utf8"));
    }
}

#[test]
fn r_map_6_bytes_that_do_not_fit_and_unknown_labels_are_invalid() {
    let cases: [(&[u8], &str, &str); 6] = [
        (
            b"{}",
            "utf-7",
            "the charset `utf-7` of the Content-Type is not supported",
        ),
        (
            b"{}",
            "",
            "the charset `` of the Content-Type is not supported",
        ),
        (
            b"{}",
            "iso-2022-kr",
            "the charset `iso-2022-kr` of the Content-Type is not supported",
        ),
        (
            b"{\"a\":\"\x81\"}",
            "shift_jis",
            "the body holds bytes that are not Shift_JIS",
        ),
        (
            b"{\0}\0x",
            "utf-16",
            "the body holds bytes that are not UTF-16LE",
        ),
        (
            b"\0\xd8{\0}\0",
            "utf-16le",
            "the body holds bytes that are not UTF-16LE",
        ),
    ];
    for (body, label, expected) in cases {
        assert_eq!(
            invalid(Format::Json, body, Some(label)),
            expected,
            "{label}"
        );
    }
}

fn invalid(format: Format, body: &[u8], charset: Option<&str>) -> String {
    match apply(format, body, charset) {
        Outcome::Problem(problem) if problem.reason == Reason::InvalidResponse => problem.detail,
        other => panic!(
            "{:?} with {charset:?}: {other:?}",
            String::from_utf8_lossy(body)
        ),
    }
}

#[test]
fn r_map_6_the_charset_of_a_content_type() {
    let cases = [
        ("text/xml", None),
        ("", None),
        ("text/xml;", None),
        ("text/xml; charset=utf-8", Some("utf-8")),
        ("text/xml;charset=utf-8;x=y", Some("utf-8")),
        ("text/xml ; CHARSET = UTF-8 ", Some("UTF-8")),
        ("text/xml; x=\"charset=a; \\\"\"; charset=b", Some("b")),
        ("text/xml; charset=\"iso-8859-\\1\"; x", Some("iso-8859-1")),
        ("text/xml; charset=a; charset=b", Some("a")),
        ("text/xml; charset=\"open", Some("open")),
        ("text/xml; charset", Some("")),
        ("text/xml; xcharset=a", None),
    ];
    for (content_type, expected) in cases {
        assert_eq!(
            charset_of(content_type).as_deref(),
            expected,
            "{content_type}"
        );
    }
    assert_eq!(
        reason(&apply(Format::Json, b"{}", Some("charset"))),
        Some(Reason::InvalidResponse)
    );
}
