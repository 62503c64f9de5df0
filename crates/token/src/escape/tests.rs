use super::*;

#[test]
fn r_enc_7_the_eight_escapes_become_their_characters() {
    let text = marketo_unescape(r#"\b\t\n\f\r\\\"\'"#).unwrap();
    assert_eq!(text, "\u{8}\t\n\u{c}\r\\\"'");
    // What an escape became is not read again.
    assert_eq!(marketo_unescape(r"\\n").unwrap(), r"\n");
    assert_eq!(marketo_unescape("é\\\"ü").unwrap(), "é\"ü");
}

#[test]
fn r_enc_7_a_text_without_backslashes_is_not_copied() {
    assert!(matches!(
        marketo_unescape("{{lead.City}}\n"),
        Ok(Cow::Borrowed("{{lead.City}}\n"))
    ));
}

#[test]
fn r_enc_7_all_other_backslashes_are_refused_where_they_were_typed() {
    let errors = marketo_unescape("é\\n\\u00e9\n \\N \\é\\").unwrap_err();
    let told: Vec<_> = errors
        .iter()
        .map(|error| {
            assert_eq!(error.kind(), ErrorKind::InvalidEscape);
            let place = error.position();
            (place.line, place.column, error.suggestion().unwrap())
        })
        .collect();
    assert_eq!(
        told,
        [
            (1, 4, r"\\u"),
            (2, 2, r"\\N"),
            (2, 5, r"\\é"),
            (2, 7, r"\\")
        ]
    );
    assert_eq!(
        errors.iter().next().unwrap().to_string(),
        r#"line 1, column 4: `\u` is no escape; there are \b \t \n \f \r \\ \" \'; did you mean \\u?"#
    );
    for letter in ('\0'..'\u{250}').filter(|char| !"btnfr\\\"'".contains(*char)) {
        assert!(
            marketo_unescape(&format!("\\{letter}")).is_err(),
            "{letter:?}"
        );
    }
}

proptest::proptest! {
    #[test]
    fn r_enc_7_what_is_escaped_is_read_back(text: String) {
        let mut typed = String::new();
        for char in text.chars() {
            match char {
                '\u{8}' => typed.push_str("\\b"),
                '\t' => typed.push_str("\\t"),
                '\n' => typed.push_str("\\n"),
                '\u{c}' => typed.push_str("\\f"),
                '\r' => typed.push_str("\\r"),
                '\\' | '"' | '\'' => typed.extend(['\\', char]),
                _ => typed.push(char),
            }
        }
        proptest::prop_assert_eq!(marketo_unescape(&typed).unwrap(), text);
    }
}
