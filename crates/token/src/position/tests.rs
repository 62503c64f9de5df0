use super::*;

#[test]
fn r_def_2_lines_and_columns_are_from_1_in_code_points() {
    let text = "aé\n\u{1F600}b\r\n\n";
    for (offset, line, column) in [
        (0, 1, 1),
        (1, 1, 2),
        (2, 1, 2),
        (3, 1, 3),
        (4, 2, 1),
        (6, 2, 1),
        (8, 2, 2),
        (9, 2, 3),
        (10, 2, 4),
        (11, 3, 1),
        (12, 4, 1),
        (99, 4, 1),
    ] {
        let place = Position::of(text, offset);
        assert_eq!((place.line, place.column), (line, column), "{offset}");
    }
    assert_eq!(Position::of(text, 99).offset, text.len());
    assert_eq!(Position::of("", 0).to_string(), "line 1, column 1");
}

#[test]
fn a_walk_finds_the_places_of_the_text_as_typed() {
    // Read, this is `a"é<line feed>b`.
    let mut walk = Walk::escaped("a\\\"é\\n\nb");
    let places: Vec<_> = [0, 1, 2, 4, 5, 6, 7, 9]
        .into_iter()
        .map(|offset| {
            let place = walk.to(offset);
            (place.offset, place.line, place.column)
        })
        .collect();
    assert_eq!(
        places,
        [
            (0, 1, 1),
            (1, 1, 2),
            (3, 1, 4),
            (5, 1, 5),
            (7, 1, 7),
            (8, 2, 1),
            (9, 2, 2),
            (9, 2, 2)
        ]
    );
}

proptest::proptest! {
    #[test]
    fn a_walk_agrees_with_single_places(text in "[a-cé\u{1F600}\n\r]{0,30}") {
        let mut walk = Walk::new(&text);
        for (offset, _) in text.char_indices() {
            let line = text[..offset].matches('\n').count() + 1;
            let column = text[..offset].rsplit('\n').next().unwrap().chars().count() + 1;
            let place = walk.to(offset);
            proptest::prop_assert_eq!(place, Position::of(&text, offset));
            proptest::prop_assert_eq!((place.line as usize, place.column as usize), (line, column));
        }
    }
}
