use super::*;

const NAMES: [&str; 4] = ["Email", "Job Title", "code", "x"];

#[test]
fn a_near_miss_differs_in_a_third_at_most() {
    for (typed, meant) in [
        ("email", Some("Email")),
        ("Emial", Some("Email")),
        ("Mail", Some("Email")),
        ("job tittle", Some("Job Title")),
        ("JobTitle", Some("Job Title")),
        ("X", Some("x")),
        ("y", None),
        ("cxdx", None),
        ("", None),
    ] {
        assert_eq!(near(typed, NAMES), meant, "{typed}");
    }
    assert_eq!(near(&"x".repeat(61), ["x".repeat(61)]), None);
}

#[test]
fn the_prefix_of_an_enum_is_forgiven() {
    let names = ["ENDED", "WAITING"];
    assert_eq!(enum_value("CALL_STATE_ENDED", &names), Some("ENDED"));
    assert_eq!(enum_value("UNENDED_", &names), None);
    assert_eq!(enum_value("waitin", &names), Some("WAITING"));
}

#[test]
fn what_is_shown_is_cut_and_escaped() {
    assert_eq!(shown("a\tb\u{7f}"), "`a\\tb\\u{7f}`");
    assert_eq!(shortened("日本語", 2), "日本...");
    assert_eq!(shortened("日本", 2), "日本");
    assert_eq!(list(&["a", "b"]), "a, b");
    assert_eq!(list(&["a"; 17]).matches('a').count(), 16);
}
