use super::*;

/// Every character there is: its folding fits the buffer, and the bounds by which `equals` gives up early.
#[test]
fn r_fil_2_every_character_folds_on_the_fly_as_in_a_text() {
    let mut utf8 = [0; 4];
    let mut on_the_fly = String::new();
    for char in '\0'..=char::MAX {
        let text = char.encode_utf8(&mut utf8);
        on_the_fly.clear();
        on_the_fly.extend(Folded::of(char));
        let whole = fold(text);
        assert_eq!(on_the_fly, whole, "{char:?}");
        assert!(
            whole.len() <= 3 * text.len() && text.len() <= 3 * whole.len(),
            "{char:?}"
        );
    }
}

#[test]
fn an_ascii_text_in_lower_case_is_borrowed() {
    assert!(matches!(fold("a-b 1"), Cow::Borrowed("a-b 1")));
    assert_eq!(fold("A-b 1"), "a-b 1");
}
