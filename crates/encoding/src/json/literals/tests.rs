use super::*;

/// Of each `T` in a template, whether it stands inside a literal (i) or outside (o); upper case where it follows an open escape.
fn places(template: &str) -> String {
    let mut literals = Literals::default();
    let mut found = String::new();
    for (at, text) in template.split('T').enumerate() {
        if at > 0 {
            let escaping = literals.is_escaping();
            let place = if literals.token() { 'i' } else { 'o' };
            found.push(if escaping {
                place.to_ascii_uppercase()
            } else {
                place
            });
            assert!(!literals.is_escaping(), "{template}");
        }
        literals.text(text);
    }
    found
}

#[test]
fn r_enc_4_literals_are_found_in_the_templates_own_text() {
    for (template, expected) in [
        (r#"{"a": T, "b": "x T y", T: 1}"#, "oio"),
        (r#"{"T": 1}"#, "i"),
        (r#"["T", T]"#, "io"),
        (r#""T""#, "i"),
        (r#""T" T"#, "io"),
        (r#"{"a": "TT-T", "b": T}"#, "iiio"),
        (r#"{"a\"T": "\\", "b": T}"#, "io"),
        (r#"{"a": "\\T", "b": T}"#, "io"),
        (r#"{"a": "\\\"T", "b": T}"#, "io"),
        (r#"{"a": "\\\\" T}"#, "o"),
        (r#"{"a": "é\u0022T"}"#, "i"),
        // Outside of literals a backslash is no escape.
        (r#"{\"T": T}"#, "io"),
        (r#"{T}"#, "o"),
        ("{", ""),
    ] {
        assert_eq!(places(template), expected, "{template}");
    }
}

#[test]
fn r_enc_4_a_template_that_begins_with_anything_else_is_not_json() {
    for (template, expected) in [
        (r#"T{"a": "T"}"#, "oo"),
        (r#"T"T""#, "oo"),
        (r#" T ["T"]"#, "oo"),
        (r#"x=T&y="T""#, "oo"),
        (r#"<a b="T">{"T"}</a>"#, "oo"),
        (r#"-1 "T""#, "o"),
        ("T", "o"),
        ("", ""),
    ] {
        assert_eq!(places(template), expected, "{template}");
    }
}

#[test]
fn r_enc_4_white_space_before_the_first_character_does_not_count() {
    for space in [" ", "\t\r\n", "\u{a0}\u{3000}", "\u{b}"] {
        for (template, expected) in [(r#"{"T": T}"#, "io"), (r#"["T"]"#, "i"), (r#""T""#, "i")] {
            assert_eq!(places(&format!("{space}{template}")), expected);
        }
        assert_eq!(places(&format!("{space}x\"T\"")), "o");
    }
}

#[test]
fn r_enc_4_an_escape_left_open_is_told_and_ends_with_the_token() {
    for (template, expected) in [
        (r#"{"a": "\T", "b": T}"#, "Io"),
        (r#"{"a": "\\\T", "b": T}"#, "Io"),
        (r#"{"a": "\TT"}"#, "Ii"),
        (r#"{"a": \T}"#, "o"),
        (r#"\T"\T""#, "oo"),
    ] {
        assert_eq!(places(template), expected, "{template}");
    }
}

proptest::proptest! {
    #[test]
    fn r_enc_4_how_the_text_is_cut_makes_no_difference(template in "[ {\\[\"\\\\aé\u{a0}]{0,16}", cut in 0_usize..20) {
        let cut = template.floor_char_boundary(cut);
        let (mut whole, mut pieces) = (Literals::default(), Literals::default());
        whole.text(&template);
        pieces.text(&template[..cut]);
        pieces.text(&template[cut..]);
        proptest::prop_assert_eq!(whole.state, pieces.state);
    }
}
