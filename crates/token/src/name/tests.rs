use super::*;

#[test]
fn r_tok_1_spellings_of_one_name_have_one_key() {
    for (one, other) in [
        ("Email Address", "  EMAIL \t\u{a0}\n address "),
        ("Straße", "STRASSE"),
        ("ΌΔΟΣ", "όδος"),
        ("ﬁeld", "FIELD"),
        ("\u{212a}elvin", "kelvin"),
    ] {
        assert_eq!(name_key(one), name_key(other), "{one} {other}");
    }
    for (one, other) in [("City", "Citty"), ("Postal Code", "PostalCode"), ("a", "ä")] {
        assert_ne!(name_key(one), name_key(other), "{one} {other}");
    }
}

#[test]
fn a_key_is_its_own_key() {
    for char in '\0'..=char::MAX {
        let key = name_key(&format!("a{char}A"));
        assert_eq!(name_key(&key), key, "{char:?}");
    }
}

#[test]
fn r_tok_1_no_name_is_given_that_no_token_can_spell() {
    for name in [
        "Email Address",
        "a.b",
        "Größe",
        "100%",
        "a[0]",
        "\"x\"",
        " x ",
    ] {
        assert_eq!(check_name(name), Ok(()), "{name}");
    }
    for (name, error) in [
        ("", NameError::Empty),
        (" \t\u{3000}", NameError::Empty),
        ("a{b}", NameError::Holds('{')),
        ("a}", NameError::Holds('}')),
        ("ratio a:b", NameError::Holds(':')),
        ("a=b", NameError::Holds('=')),
    ] {
        assert_eq!(check_name(name), Err(error), "{name}");
    }
}

proptest::proptest! {
    #[test]
    fn r_tok_1_a_name_that_is_allowed_can_be_spelt_in_a_token(name: String) {
        let parsed = crate::Template::parse(&format!("{{{{my.{name}}}}}"));
        match check_name(&name) {
            Ok(()) => {
                let template = parsed.unwrap();
                proptest::prop_assert_eq!(name_key(template.tokens()[0].name()), name_key(&name));
            }
            Err(_) => {
                let one = parsed.is_ok_and(|template| {
                    template.tokens().iter().any(|token| token.default().is_none() && token.span().end == template.text().len())
                });
                proptest::prop_assert!(!one);
            }
        }
    }
}
