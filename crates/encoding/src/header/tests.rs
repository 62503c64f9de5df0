use super::*;

fn written(text: &str) -> String {
    let mut out = Vec::new();
    write(text, &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn r_hdr_1_a_run_of_controls_is_one_space() {
    for (text, header) in [
        ("", ""),
        ("plain é", "plain é"),
        ("a\r\n\tb", "a b"),
        ("a\r\nX-Admin: 1\r\n\r\nbody", "a X-Admin: 1 body"),
        ("\u{7f}a\u{85}\u{0}", " a "),
        ("\u{9f}\u{a0}", " \u{a0}"),
        // Spaces are no controls, and stay.
        ("a \r\n b", "a   b"),
    ] {
        assert_eq!(written(text), header, "{text:?}");
    }
}

proptest::proptest! {
    #[test]
    fn r_hdr_1_no_control_is_left_and_nothing_else_is_lost(text in "[a é\u{0}-\u{1f}\u{7f}-\u{a1}]{0,20}") {
        let header = written(&text);
        proptest::prop_assert!(!header.contains(char::is_control));
        let kept = |text: &str| text.split(|char: char| char.is_control() || char == ' ').collect::<String>();
        proptest::prop_assert_eq!(kept(&header), kept(&text));
        let runs = text.split(|char: char| !char.is_control()).filter(|run| !run.is_empty()).count();
        proptest::prop_assert_eq!(header.matches(' ').count(), text.matches(' ').count() + runs);
    }
}
