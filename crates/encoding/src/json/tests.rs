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
fn r_enc_2_every_character_below_u_0100_as_serde_json_writes_it() {
    for char in '\0'..'\u{100}' {
        // At every place of a word of eight, with other bytes around it or none.
        for at in 0..17 {
            let text = format!("{}{char}{}", "a".repeat(at), "b".repeat(17 - at));
            for text in [text.as_str(), &text[..text.floor_char_boundary(at + 2)]] {
                assert_eq!(string(text), serde_json::to_string(text).unwrap());
            }
        }
    }
}

#[test]
fn r_enc_4_a_fragment_is_a_string_without_its_quotes() {
    for text in ["", "a\"b", "\n", "plain", "\u{1F600}\\"] {
        let mut out = b"\"".to_vec();
        write_fragment(text, &mut out);
        out.push(b'"');
        assert_eq!(String::from_utf8(out).unwrap(), string(text));
    }
}

proptest::proptest! {
    #[test]
    fn r_enc_2_what_is_written_is_read_back(text: String) {
        let written = string(&text);
        proptest::prop_assert_eq!(&written, &serde_json::to_string(&text).unwrap());
        proptest::prop_assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
    }

    #[test]
    fn r_enc_2_eight_bytes_at_a_time_find_what_one_at_a_time_does(text in proptest::collection::vec(0_u8.., 0..40)) {
        let one = text.iter().position(|byte| ESCAPES[usize::from(*byte)] != 0).unwrap_or(text.len());
        proptest::prop_assert_eq!(clean_prefix(&text), one);
    }
}
