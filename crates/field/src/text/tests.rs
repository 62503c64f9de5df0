use super::*;

#[test]
fn r_fil_2_case_is_folded_fully() {
    for (a, b) in [
        ("Straße", "STRASSE"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("ﬁne", "FINE"),
        ("ÅNGSTRÖM", "ångström"),
        ("abc", "ABC"),
    ] {
        assert_eq!(fold(a), fold(b));
    }
    // A dotless i is a letter of its own, whatever the server's language.
    assert_ne!(fold("ı"), fold("I"));
}

#[test]
fn what_is_folded_already_is_borrowed() {
    for text in ["", "abc 1", "straße".get(..4).unwrap()] {
        assert!(matches!(fold(text), Cow::Borrowed(_)), "{text}");
    }
}

#[test]
fn r_tok_1_names_are_alike_but_for_case_and_white_space() {
    for (name, key) in [
        ("email", "email"),
        ("\u{a0}Email ", "email"),
        (" Job \t\r\n  TITLE ", "job title"),
        ("Größe", "grösse"),
        (" ", ""),
        ("", ""),
    ] {
        assert_eq!(name_key(name), key);
    }
    assert!(matches!(name_key(" email "), Cow::Borrowed("email")));
}

#[test]
fn r_fld_1_full_name_joins_what_there_is() {
    for (parts, name) in [
        (
            [Some("Ada"), Some("B."), Some("Example")],
            Some("Ada B. Example"),
        ),
        ([Some("Ada"), None, Some("Example")], Some("Ada Example")),
        ([Some(" Ada "), Some(" "), Some("")], Some("Ada")),
        ([None, None, Some("Example")], Some("Example")),
        ([None, Some("Anna  Maria"), None], Some("Anna  Maria")),
        ([None, Some(" "), None], None),
    ] {
        let [first, middle, last] = parts;
        assert_eq!(full_name(first, middle, last).as_deref(), name);
    }
}
