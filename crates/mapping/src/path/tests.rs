use super::*;

fn json(text: &str) -> Vec<JsonStep> {
    match Path::parse(Format::Json, text)
        .unwrap_or_else(|error| panic!("{text}: {error}"))
        .steps
    {
        Steps::Json(steps) => steps,
        Steps::Xml(_) => panic!("{text}: another format"),
    }
}

fn xml(text: &str) -> XmlSteps {
    match Path::parse(Format::Xml, text)
        .unwrap_or_else(|error| panic!("{text}: {error}"))
        .steps
    {
        Steps::Xml(steps) => steps,
        Steps::Json(_) => panic!("{text}: another format"),
    }
}

fn key(key: &str) -> JsonStep {
    JsonStep::Key(key.into())
}

fn element(name: &str, index: u32) -> XmlStep {
    XmlStep {
        name: name.into(),
        index,
    }
}

#[test]
fn r_map_2_dot_and_bracket_notation() {
    let cases: [(&str, Vec<JsonStep>); 12] = [
        ("a", vec![key("a")]),
        (
            "orders[0].orderDate",
            vec![key("orders"), JsonStep::Index(0), key("orderDate")],
        ),
        ("[0].id", vec![JsonStep::Index(0), key("id")]),
        ("[0][17]", vec![JsonStep::Index(0), JsonStep::Index(17)]),
        ("a[4294967295]", vec![key("a"), JsonStep::Index(u32::MAX)]),
        ("a-b_c:d 1", vec![key("a-b_c:d 1")]),
        (" a . b ", vec![key(" a "), key(" b ")]),
        (
            "größe.名前.ключ",
            vec![key("größe"), key("名前"), key("ключ")],
        ),
        (r#"a["x.y"]"#, vec![key("a"), key("x.y")]),
        (
            r#"["a"].b["c"]["d"]"#,
            vec![key("a"), key("b"), key("c"), key("d")],
        ),
        (r#"["\"]\\\u00e9\ud83d\ude00"]"#, vec![key("\"]\\é😀")]),
        (r#"[""]"#, vec![key("")]),
    ];
    for (text, steps) in cases {
        assert_eq!(json(text), steps, "{text}");
    }
}

#[test]
fn r_map_3_elements_indexes_and_attributes() {
    let cases: [(&str, Vec<XmlStep>, Option<&str>); 6] = [
        (
            "example.foo",
            vec![element("example", 0), element("foo", 0)],
            None,
        ),
        (
            "list.element[3].foo",
            vec![element("list", 0), element("element", 3), element("foo", 0)],
            None,
        ),
        (
            "soap:Envelope[0].a.@id",
            vec![element("soap:Envelope", 0), element("a", 0)],
            Some("id"),
        ),
        ("a.@xml:lang", vec![element("a", 0)], Some("xml:lang")),
        ("_a-1.é", vec![element("_a-1", 0), element("é", 0)], None),
        ("a[0].@b", vec![element("a", 0)], Some("b")),
    ];
    for (text, elements, attribute) in cases {
        let attribute = attribute.map(Into::into);
        assert_eq!(
            xml(text),
            XmlSteps {
                elements,
                attribute
            },
            "{text}"
        );
    }
}

macro_rules! end {
    ($found:literal) => {
        concat!(
            "expected `.`, `[` or the end of the path (any other key goes in brackets as a JSON string), found ",
            $found
        )
    };
}

/// Path, column, message, suggestion.
type Refusal = (&'static str, usize, &'static str, Option<&'static str>);

#[test]
fn r_def_2_json_paths_that_do_not_parse_are_refused_with_place_and_suggestion() {
    let cases: [Refusal; 22] = [
        (
            "",
            1,
            "the path is empty, it names nothing in the response",
            None,
        ),
        (".a", 1, "expected a key or `[`, found `.`", Some("a")),
        (
            "a.",
            3,
            "expected a key after `.`, found the end of the path",
            Some("a"),
        ),
        (
            "a..b",
            3,
            "expected a key after `.`, found `.`",
            Some("a.b"),
        ),
        (
            "a.[0]",
            3,
            "expected a key after `.`, found `[`",
            Some("a[0]"),
        ),
        (
            "a[0]b",
            5,
            "expected `.` or `[` after `]`, found `b`",
            Some("a[0].b"),
        ),
        (
            "$.a[0]",
            1,
            "expected a key or `[`, found `$`",
            Some("a[0]"),
        ),
        ("$", 1, "expected a key or `[`, found `$`", None),
        ("/a/b", 1, "expected a key or `[`, found `/`", Some("a.b")),
        (
            "a[",
            3,
            "expected an index or a key in double quotes after `[`, found the end of the path",
            None,
        ),
        (
            "a[]",
            3,
            "expected an index or a key in double quotes after `[`, found `]`",
            Some("a[0]"),
        ),
        (
            "a[0",
            4,
            "expected `]` after the index, found the end of the path",
            None,
        ),
        (
            "a[0.b]",
            4,
            "expected `]` after the index, found `.`",
            Some(r#"a["0.b"]"#),
        ),
        (
            "a[-1]",
            3,
            "an index counts from the start and from 0, it is not negative",
            None,
        ),
        (
            "a[*].b",
            3,
            "an index names one element, `*` is not supported",
            Some("a[0].b"),
        ),
        (
            "a['b']",
            3,
            "expected an index or a key in double quotes after `[`, found `'`",
            Some("a.b"),
        ),
        (
            "a[b].c",
            3,
            "expected an index or a key in double quotes after `[`, found `b`",
            Some("a.b.c"),
        ),
        (
            r#"a["b"#,
            3,
            "the key in quotes is not closed: expected `\"`",
            None,
        ),
        (
            r#"a["b""#,
            6,
            "expected `]` after the key, found the end of the path",
            None,
        ),
        (
            r#"a["\ud800"]"#,
            3,
            r#"the key "\ud800" is no JSON string"#,
            None,
        ),
        ("a.e@mail", 4, end!("`@`"), Some(r#"a["e@mail"]"#)),
        ("a]", 2, end!("`]`"), Some(r#"["a]"]"#)),
    ];
    refuses(Format::Json, &cases);
}

#[test]
fn r_def_2_xml_paths_that_do_not_parse_are_refused_with_place_and_suggestion() {
    let cases: [Refusal; 15] = [
        (
            "",
            1,
            "the path is empty, it names nothing in the response",
            None,
        ),
        (
            "/a/b",
            1,
            "expected the name of the root element, found `/`",
            Some("a.b"),
        ),
        (
            "a/@id",
            2,
            "expected `.`, `[` or the end of the path, found `/`",
            Some("a.@id"),
        ),
        (
            "a@id",
            2,
            "an attribute is a level of its own: expected `.` before `@`",
            Some("a.@id"),
        ),
        (
            "@id",
            1,
            "an attribute belongs to an element: expected the name of the root element, found `@`",
            None,
        ),
        (
            "a.@id.b",
            6,
            "expected the end of the path after the attribute, found `.`",
            None,
        ),
        (
            "a.@id[0]",
            6,
            "expected the end of the path after the attribute, found `[`",
            None,
        ),
        (
            "a.@",
            4,
            "expected an attribute name after `@`, found the end of the path",
            None,
        ),
        (
            "a.1b",
            3,
            "expected an element name or `@` after `.`, found `1`",
            None,
        ),
        (
            "a.",
            3,
            "expected an element name or `@` after `.`, found the end of the path",
            Some("a"),
        ),
        (
            "[0].a",
            1,
            "expected the name of the root element, found `[`",
            None,
        ),
        ("a[0][1]", 5, "an element has one index", None),
        (
            "a[x]",
            3,
            "expected an index after `[`, found `x`",
            Some("a.x"),
        ),
        (
            "a [0]",
            2,
            "expected `.`, `[` or the end of the path, found ` `",
            Some("a[0]"),
        ),
        (
            "$.a",
            1,
            "expected the name of the root element, found `$`",
            Some("a"),
        ),
    ];
    refuses(Format::Xml, &cases);
}

fn refuses(format: Format, cases: &[Refusal]) {
    for (text, column, message, suggestion) in cases {
        let error = Path::parse(format, text).expect_err(text);
        assert_eq!((error.line(), error.column()), (1, *column), "{text}");
        assert_eq!(error.offset() + 1, *column, "{text}");
        assert_eq!(error.message(), *message, "{text}");
        assert_eq!(error.suggestion(), *suggestion, "{text}");
        assert_eq!(error.input(), *text);
        if let Some(suggestion) = error.suggestion() {
            assert!(
                Path::parse(format, suggestion).is_ok(),
                "{text}: {suggestion}"
            );
        }
    }
}

#[test]
fn r_def_2_places_count_code_points_and_lines() {
    let error = Path::parse(Format::Json, "😀").unwrap_err();
    assert_eq!((error.line(), error.column(), error.offset()), (1, 1, 0));
    let error = Path::parse(Format::Json, "名前\n日付.値!").unwrap_err();
    assert_eq!((error.line(), error.column(), error.offset()), (2, 5, 7));
}

#[test]
fn r_map_2_a_path_has_at_most_100_levels() {
    for (format, level, more) in [
        (Format::Json, "a", ".a"),
        (Format::Json, "[0]", "[0]"),
        (Format::Xml, "a", ".a"),
    ] {
        let longest = level.to_owned() + &more.repeat(99);
        assert!(Path::parse(format, &longest).is_ok());
        let error = Path::parse(format, &(longest + more)).unwrap_err();
        assert_eq!(error.kind(), PathErrorKind::TooDeep, "{format:?} {more}");
        assert_eq!(error.suggestion(), None);
    }
    let attribute = "a".to_owned() + &".a".repeat(99) + ".@b";
    assert_eq!(
        Path::parse(Format::Xml, &attribute).unwrap_err().kind(),
        PathErrorKind::TooDeep
    );
}

#[test]
fn a_path_has_a_longest_length_and_a_largest_index() {
    let longest = "é".repeat(MAX_PATH_LENGTH);
    assert!(Path::parse(Format::Json, &longest).is_ok());
    let error = Path::parse(Format::Json, &(longest + "é")).unwrap_err();
    assert_eq!(
        (error.kind(), error.offset()),
        (PathErrorKind::TooLong, MAX_PATH_LENGTH)
    );
    for format in [Format::Json, Format::Xml] {
        let error = Path::parse(format, "a[4294967296]").unwrap_err();
        assert_eq!(
            (error.kind(), error.column()),
            (PathErrorKind::IndexTooLarge, 3)
        );
    }
}

#[test]
fn errors_show_place_fault_and_suggestion() {
    let error = Path::parse(Format::Json, "a.\u{7}").unwrap_err();
    assert_eq!(
        error.to_string(),
        r#"line 1, column 3: expected a key after `.`, found '\u{7}'; did you mean `a["\u0007"]`?"#
    );
}
