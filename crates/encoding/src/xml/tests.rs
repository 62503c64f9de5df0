use super::*;

fn is_xml(char: char) -> bool {
    matches!(char, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

proptest::proptest! {
    #[test]
    fn r_enc_6_what_is_written_is_read_back_without_what_xml_forbids(text: String) {
        let mut out = b"<a b='".to_vec();
        write(&text, &mut out);
        out.extend_from_slice(b"'>");
        write(&text, &mut out);
        out.extend_from_slice(b"</a>");
        let document = String::from_utf8(out).unwrap();
        let document = roxmltree::Document::parse(&document).unwrap();
        let kept: String = text.chars().filter(|char| is_xml(*char)).collect();
        // A parser reads every line break as one line feed.
        let read = kept.replace("\r\n", "\n").replace('\r', "\n");
        proptest::prop_assert_eq!(document.root_element().text().unwrap_or_default(), &read);
        // In an attribute it reads every line break and tab as a space.
        let read = read.replace(['\n', '\t'], " ");
        proptest::prop_assert_eq!(document.root_element().attribute("b"), Some(read.as_str()));
    }
}

#[test]
fn r_enc_6_the_five_escapes() {
    let mut out = Vec::new();
    write("&<>\"'&amp;]]>é", &mut out);
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "&amp;&lt;&gt;&quot;&apos;&amp;amp;]]&gt;é"
    );
}

#[test]
fn r_enc_6_every_character_is_kept_or_dropped_as_xml_1_0_says() {
    for char in '\0'..=char::MAX {
        let mut out = Vec::new();
        write(char.encode_utf8(&mut [0; 4]), &mut out);
        assert_eq!(!out.is_empty(), is_xml(char), "{char:?}");
    }
}

#[test]
fn r_enc_6_non_characters_and_controls_are_dropped() {
    let mut out = Vec::new();
    write("a\u{ffff}\u{fffe}\u{1}\u{b}\u{fffd}\tb", &mut out);
    assert_eq!(String::from_utf8(out).unwrap(), "a\u{fffd}\tb");
}
