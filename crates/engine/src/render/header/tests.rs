use leadhook_store::{MyTokenType, RequestTokenEncoding::Json};

use super::trim;
use crate::webhook::fixture::Stage;

fn sent(value: &str, lead: &str) -> String {
    let stage = Stage::url(Json, "https://example.com/").header("X-Value", value);
    let sent = stage.lead("First Name", lead).sent("x-value");
    assert_eq!(sent.len(), 1);
    sent[0].clone()
}

#[test]
fn r_hdr_1_a_run_of_controls_in_a_value_is_one_space() {
    for (lead, expected) in [
        ("a\r\nX-Admin: 1", "<a X-Admin: 1>"),
        ("a\u{0}\t\u{7f}\u{85}b\nc", "<a b c>"),
        ("Zoë \"é\" %41 {{my.x}}", "<Zoë \"é\" %41 {{my.x}}>"),
        ("\n", "< >"),
    ] {
        assert_eq!(sent("<{{lead.First Name}}>", lead), expected, "{lead:?}");
    }
    // The default and a My Token's text are values too.
    assert_eq!(sent("<{{lead.City:default=a\r\nb}}>", ""), "<a b>");
    let my = Stage::new()
        .header("X-Value", "{{my.M}}|{{my.N}}")
        .my("M", "a\nb{{lead.First Name}}")
        .my_of(MyTokenType::Number, "N", "07.0")
        .lead("First Name", "\r\nc");
    assert_eq!(my.sent("x-value"), ["a b c|7"]);
}

#[test]
fn r_hdr_1_spaces_at_the_ends_are_trimmed_and_an_empty_value_is_sent_empty() {
    for (value, lead, expected) in [
        ("  a  b  ", "", "a  b"),
        ("{{lead.First Name}}", " \n a b\t ", "a b"),
        ("", "", ""),
        ("{{lead.First Name}}", "", ""),
        (" {{lead.First Name:default=\t }} ", "", ""),
        ("\u{a0}a", "", "\u{a0}a"),
    ] {
        assert_eq!(sent(value, lead), expected, "{value:?} {lead:?}");
    }
}

#[test]
fn r_hdr_1_a_record_shows_what_was_sent() {
    let stage = Stage::new()
        .header(
            "X-One",
            " {{lead.First Name}} and {{lead.City:default=n/a}} ",
        )
        .header("X-Two", "{{lead.First Name}}")
        .header("x-one", "again")
        .lead("First Name", "a\nb");
    let shown = stage.shown().headers;
    for (name, value) in [
        ("x-one", "a b and n/a"),
        ("x-two", "a b"),
        ("x-one", "again"),
    ] {
        assert!(
            shown.contains(&(name.to_owned(), value.to_owned())),
            "{shown:?}"
        );
    }
    let rendered = stage.render().unwrap();
    let sent: Vec<_> = rendered
        .request
        .headers
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8(value.as_bytes().to_vec()).unwrap();
            (name.as_str().to_owned(), value)
        })
        .collect();
    assert_eq!(shown, sent);
}

#[test]
fn trim_leaves_what_stands_before() {
    for (text, trimmed) in [("  a ", "a"), ("\t \t", ""), ("", ""), ("a b", "a b")] {
        let mut out = format!("x {text}").into_bytes();
        trim(&mut out, 2);
        assert_eq!(out, format!("x {trimmed}").into_bytes(), "{text:?}");
    }
}
