use super::*;

fn written(write: fn(&str, &mut Vec<u8>), text: &str) -> String {
    let mut out = Vec::new();
    write(text, &mut out);
    String::from_utf8(out).unwrap()
}

/// What the `%XX` of a text stand for.
fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        decoded.push(if byte == b'%' {
            let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
            assert!(!digits.iter().any(u8::is_ascii_lowercase), "{text}");
            u8::from_str_radix(str::from_utf8(&digits).unwrap(), 16).unwrap()
        } else {
            byte
        });
    }
    decoded
}

#[test]
fn r_url_1_what_a_request_line_cannot_carry() {
    for char in [
        ' ',
        '\n',
        '\u{7f}',
        'é',
        '<',
        '>',
        '"',
        '`',
        '\0',
        '\u{80}',
        '\u{1F600}',
    ] {
        assert!(forbidden(char), "{char:?}");
    }
    for char in "azAZ09-._~:/?#[]@!$&'()*+,;=%{}|\\^".chars() {
        assert!(!forbidden(char), "{char:?}");
    }
}

#[test]
fn r_url_2_values_by_place() {
    let text = "a/b c?d=é&~*#%\"";
    assert_eq!(written(write_raw, text), "a/b%20c?d=%C3%A9&~*%23%%22");
    assert_eq!(
        written(write_path, text),
        "a%2Fb%20c%3Fd%3D%C3%A9%26~%2A%23%25%22"
    );
    assert_eq!(
        written(write_query, text),
        "a%2Fb+c%3Fd%3D%C3%A9%26%7E*%23%25%22"
    );
}

#[test]
fn r_url_2_every_ascii_character_by_place() {
    for char in '\0'..'\u{80}' {
        let percent = format!("%{:02X}", u32::from(char));
        let either = |kept: bool| {
            if kept {
                char.to_string()
            } else {
                percent.clone()
            }
        };
        let text = char.to_string();
        let letter = char.is_ascii_alphanumeric();
        assert_eq!(
            written(write_path, &text),
            either(letter || "-._~".contains(char))
        );
        let query = if char == ' ' {
            "+".to_owned()
        } else {
            either(letter || "*-._".contains(char))
        };
        assert_eq!(written(write_query, &text), query);
        let raw = char.is_ascii_graphic() && !"<>\"`#".contains(char);
        assert_eq!(written(write_raw, &text), either(raw));
    }
}

proptest::proptest! {
    #[test]
    fn r_url_2_what_is_written_is_read_back(text: String) {
        let path = written(write_path, &text);
        proptest::prop_assert_eq!(decoded(&path), text.as_bytes());
        proptest::prop_assert!(!path.contains(['/', '?', '#', '&', '+']));
        let query = written(write_query, &text);
        let read: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
        proptest::prop_assert_eq!(read.first().map_or("", |(key, _)| key.as_ref()), text.as_str());
        let raw = written(write_raw, &text);
        proptest::prop_assert!(!raw.contains(|char| forbidden(char) || char == '#'));
        if !text.contains('%') {
            proptest::prop_assert_eq!(decoded(&raw), text.as_bytes());
        }
    }
}
