use super::*;

fn string(text: &str) -> String {
    let mut out = Vec::new();
    write_string(text, &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn r_enc_2_short_escapes_where_there_are_and_nothing_else() {
    for (text, json) in [
        ("", r#""""#),
        ("\"\\/", r#""\"\\/""#),
        ("\u{8}\t\n\u{c}\r", r#""\b\t\n\f\r""#),
        (
            "\0\u{1f}\u{7f}\u{80}\u{2028}é\u{1F600}",
            "\"\\u0000\\u001f\u{7f}\u{80}\u{2028}é\u{1F600}\"",
        ),
        ("a <b> & 'c'", r#""a <b> & 'c'""#),
        ("12345678\"12345678", r#""12345678\"12345678""#),
    ] {
        assert_eq!(string(text), json);
    }
}

#[test]
fn r_enc_4_literals_are_found_in_the_templates_own_text() {
    // `T` stands for a token: inside a literal (i) or outside (o).
    for (template, expected) in [
        (r#"{"a": T, "b": "x T y", T: 1}"#, "oio"),
        (r#"  ["T", T]"#, "io"),
        (r#""T""#, "i"),
        (r#"{"a\"T": "\\" , "b": T}"#, "io"),
        (r#"{"a": "\T", "b": T}"#, "io"),
        (r#"T{"a": "T"}"#, "oo"),
        (r#"x=T&y="T""#, "oo"),
        (r#"T"#, "o"),
    ] {
        let mut literals = Literals::default();
        let mut found = String::new();
        for (at, text) in template.split('T').enumerate() {
            if at > 0 {
                found.push(if literals.token() { 'i' } else { 'o' });
            }
            literals.text(text);
        }
        assert_eq!(found, expected, "{template}");
    }
}

proptest::proptest! {
    #[test]
    fn r_enc_2_what_is_written_is_read_back(text: String) {
        proptest::prop_assert_eq!(serde_json::from_str::<String>(&string(&text)).unwrap(), text);
    }

    #[test]
    fn r_enc_2_eight_bytes_at_a_time_find_what_one_at_a_time_does(text in proptest::collection::vec(0_u8.., 0..40)) {
        let one = text.iter().position(|byte| ESCAPES[usize::from(*byte)] != 0).unwrap_or(text.len());
        proptest::prop_assert_eq!(clean_prefix(&text), one);
    }
}
