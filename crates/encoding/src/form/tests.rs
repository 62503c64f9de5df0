use super::*;

fn written(text: &str) -> String {
    let mut out = Vec::new();
    write(text, &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn r_enc_5_every_ascii_character() {
    for char in '\0'..'\u{80}' {
        let expected = match char {
            ' ' => "+".to_owned(),
            'a'..='z' | 'A'..='Z' | '0'..='9' | '*' | '-' | '.' | '_' => char.to_string(),
            _ => format!("%{:02X}", u32::from(char)),
        };
        assert_eq!(written(&char.to_string()), expected);
    }
    assert_eq!(written("é€\u{1F600}"), "%C3%A9%E2%82%AC%F0%9F%98%80");
}

proptest::proptest! {
    #[test]
    fn r_enc_5_as_form_urlencoded_writes_it(text: String) {
        let rival: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
        proptest::prop_assert_eq!(written(&text), rival);
    }
}
