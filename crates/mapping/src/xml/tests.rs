use leadhook_field::{FieldType, Value, Zone};

use crate::plan::tests::{apply, detail, reason, text};
use crate::{Format, Outcome, Reason};

fn one(path: &str, body: impl AsRef<[u8]>) -> Outcome {
    crate::plan::tests::one(Format::Xml, path, FieldType::String, body)
}

fn is_valid(body: impl AsRef<[u8]>) -> bool {
    reason(&one("wanted", body)) != Some(Reason::InvalidResponse)
}

#[test]
fn r_map_3_every_level_from_the_root_on() {
    let body = "<example><foo>a</foo><bar><foo>b</foo></bar></example>";
    assert_eq!(one("example.foo", body), text("a"));
    assert_eq!(one("example[0].bar[0].foo[0]", body), text("b"));
    for path in [
        "foo",
        "bar.foo",
        "example.foo.foo",
        "example[1].foo",
        "Example.foo",
        "example.bar.foo.@id",
    ] {
        assert_eq!(reason(&one(path, body)), Some(Reason::NotFound), "{path}");
    }
}

#[test]
fn r_map_3_siblings_are_counted_by_name() {
    let body = "<l><e>0</e><x/><e>1</e><y>only</y><e><e>nested</e></e></l>";
    let cases = [
        ("l.e", "0"),
        ("l.e[0]", "0"),
        ("l.e[1]", "1"),
        ("l.y[0]", "only"),
        ("l.e[2].e", "nested"),
        ("l.e[2].e[0]", "nested"),
    ];
    for (path, expected) in cases {
        assert_eq!(one(path, body), text(expected), "{path}");
    }
    assert_eq!(reason(&one("l.e[3]", body)), Some(Reason::NotFound));
}

#[test]
fn r_map_3_the_first_element_is_taken_even_if_it_lacks_the_rest() {
    let body = "<l><e><a>0</a></e><e><b>1</b></e></l>";
    assert_eq!(reason(&one("l.e.b", body)), Some(Reason::NotFound));
    assert_eq!(one("l.e[1].b", body), text("1"));
}

#[test]
fn r_map_3_attributes() {
    let body = r#"<a id=" 7 " x:lang='en' xmlns:ns="u" empty=""><b ns:id="p"/><c x:id="first" id="own"/><d id="own" x:id="second"/></a>"#;
    let cases = [
        ("a.@id", "7"),
        ("a.@lang", "en"),
        ("a.@x:lang", "en"),
        ("a.@xmlns:ns", "u"),
        ("a.b.@id", "p"),
        ("a.c.@id", "own"),
        ("a.d.@id", "own"),
        ("a.d.@x:id", "second"),
    ];
    for (path, expected) in cases {
        assert_eq!(one(path, body), text(expected), "{path}");
    }
    for path in ["a.@ns", "a.@b", "a.@y:lang", "a.b.@ns"] {
        assert_eq!(reason(&one(path, body)), Some(Reason::NotFound), "{path}");
    }
    assert_eq!(one("a.@empty", body), Outcome::Clear);
}

#[test]
fn r_map_3_names_with_and_without_prefix() {
    let body = "<s:e xmlns:s='u'><s:a>1</s:a><a>2</a><t:a>3</t:a></s:e>";
    let cases = [
        ("s:e.s:a", "1"),
        ("e.a", "1"),
        ("e.a[1]", "2"),
        ("e.a[2]", "3"),
        ("e.t:a", "3"),
        ("s:e.t:a[0]", "3"),
    ];
    let paths = cases.map(|(path, _)| (path, FieldType::String));
    let out = apply(Format::Xml, &paths, body);
    for ((path, expected), outcome) in cases.iter().zip(out) {
        assert_eq!(outcome, text(expected), "{path} beside the others");
        assert_eq!(one(path, body), text(expected), "{path} alone");
    }
    for path in ["e.t:a[1]", "t:e.a", ":e.a", "e.x:a"] {
        assert_eq!(reason(&one(path, body)), Some(Reason::NotFound), "{path}");
    }
}

#[test]
fn r_map_3_text_is_pieced_together_and_trimmed() {
    let cases = [
        ("<a> \t\r\nx y\n </a>", "x y"),
        ("<a><![CDATA[<b>&amp;]] >]]></a>", "<b>&amp;]] >"),
        ("<a>1<![CDATA[2]]>3<!-- no -->4<?no no?>5</a>", "12345"),
        (
            "<a>&lt;&amp;&gt;&quot;&apos;&#65;&#x42;&#x1F600;</a>",
            "<&>\"'AB😀",
        ),
        ("<a> <![CDATA[ x ]]> </a>", "x"),
        ("<a>x\r\ny\rz&#13;\n!</a>", "x\ny\nz\r\n!"),
        ("<a>\u{a0}x\u{a0}</a>", "\u{a0}x\u{a0}"),
        ("<a>></a>", ">"),
        ("<a>]]&gt;</a>", "]]>"),
    ];
    for (body, expected) in cases {
        assert_eq!(one("a", body), text(expected), "{body:?}");
    }
    for body in [
        "<a/>",
        "<a></a>",
        "<a> \n</a>",
        "<a><!-- x --></a>",
        "<a><![CDATA[]]></a>",
        "<a>&#32;</a>",
    ] {
        assert_eq!(one("a", body), Outcome::Clear, "{body:?}");
    }
    let body = "<a b='1\t2\n3\r\n4&#10;5&amp;&#x41;&apos;\"' c=\"'>\"/>";
    assert_eq!(one("a.@b", body), text("1 2 3 4\n5&A'\""));
    assert_eq!(one("a.@c", body), text("'>"));
}

#[test]
fn r_map_3_an_element_with_child_elements_is_not_scalar() {
    for body in ["<a>x<b/></a>", "<a><b>y</b>x</a>", "<a><b/></a>"] {
        for field_type in [FieldType::String, FieldType::TextArea, FieldType::Integer] {
            let out = crate::plan::tests::one(Format::Xml, "a", field_type, body);
            assert_eq!(reason(&out), Some(Reason::NotScalar), "{body}");
        }
    }
    let out = apply(
        Format::Xml,
        &[("a", FieldType::String), ("a.b", FieldType::String)],
        "<a>x<b>y</b></a>",
    );
    assert_eq!(
        (reason(&out[0]), &out[1]),
        (Some(Reason::NotScalar), &text("y"))
    );
    assert_eq!(
        detail(&out[0]),
        "the element with child elements at a does not fit the type string"
    );
}

#[test]
fn r_map_3_a_doctype_is_skipped_and_entities_are_refused() {
    let doctypes = [
        "<!DOCTYPE a>",
        "<!DOCTYPE a SYSTEM \"x>y.dtd\">",
        "<!DOCTYPE a PUBLIC '-//x' 'y' [ ]>",
        "<!DOCTYPE a [<!ENTITY e \"]>\"><!-- ]> --><!ELEMENT a (#PCDATA)><!ATTLIST a b CDATA '>'><?pi ]> ?>]>",
    ];
    for doctype in doctypes {
        assert_eq!(
            one("a", format!("<?xml version='1.0'?>\n{doctype}\n<a>x</a>")),
            text("x"),
            "{doctype}"
        );
        assert!(!is_valid(format!("<a>{doctype}</a>")), "{doctype} inside");
        assert!(!is_valid(format!("<a/>{doctype}")), "{doctype} after");
        assert!(
            !is_valid(format!("{doctype}{doctype}<a/>")),
            "{doctype} twice"
        );
    }
    let bomb = "<!DOCTYPE a [<!ENTITY b \"bbb\"><!ENTITY c \"&b;&b;\">]>";
    for body in [
        "<a>&c;</a>",
        "<a><other>&c;</other>x</a>",
        "<a b='&c;'>x</a>",
        "<a>&AMP;</a>",
        "<a>&nbsp;</a>",
        "<a>&;</a>",
    ] {
        assert!(!is_valid(format!("{bomb}{body}")), "{body}");
    }
    assert!(!is_valid("<!doctype a><a/>"));
    assert!(!is_valid("<!DOCTYPEa><a/>"));
}

#[test]
fn r_map_4_text_is_read_as_the_fields_type() {
    use FieldType::*;
    let read =
        |field_type: FieldType, text: &str| field_type.read(text, &Zone::utc()).unwrap().unwrap();
    let cases = [
        (Integer, " 42 ", Value::Integer(42)),
        (Float, "4.5e1", Value::Float(45.0)),
        (Boolean, "Yes", Value::Boolean(true)),
        (Date, "2010-05-07", read(Date, "2010-05-07")),
        (
            Datetime,
            "2010-05-07T15:41:32+02:00",
            read(Datetime, "2010-05-07T13:41:32Z"),
        ),
        (Phone, "007", Value::Text("007".into())),
    ];
    for (field_type, raw, value) in cases {
        let body = format!("<a b='{raw}'>{raw}</a>");
        let out = apply(
            Format::Xml,
            &[("a", field_type), ("a.@b", field_type)],
            body,
        );
        assert_eq!(
            out,
            [Outcome::Value(value.clone()), Outcome::Value(value)],
            "{raw}"
        );
    }
    let misfits = [
        (Integer, "x", Reason::TypeMismatch),
        (Integer, "99999999999", Reason::OutOfRange),
        (Date, "soon", Reason::TypeMismatch),
    ];
    for (field_type, raw, expected) in misfits {
        let out = crate::plan::tests::one(Format::Xml, "a", field_type, format!("<a>{raw}</a>"));
        assert_eq!(reason(&out), Some(expected), "{raw}");
    }
    assert_eq!(
        reason(&one("a", format!("<a>{}</a>", "x".repeat(256)))),
        Some(Reason::TooLong)
    );
}

#[test]
fn r_map_6_bodies_that_are_not_well_formed() {
    let bodies = [
        // roots
        "",
        " ",
        "x",
        "<!-- only -->",
        "<?pi?>",
        "<a>",
        "<a><b></a>",
        "<a></b>",
        "<a></a",
        "<a",
        "</a>",
        "<a/><b/>",
        "<a></a><a></a>",
        "<a/>x",
        "x<a/>",
        "<a/>&amp;",
        "&amp;<a/>",
        "<![CDATA[x]]><a/>",
        "<a/><![CDATA[]]>",
        "<a><b></a></b>",
        "<a/></a>",
        "<a></a x='1'>",
        "<a></ a>",
        // names
        "<1a/>",
        "<a!b/>",
        "< a/>",
        "<>x</>",
        "<-a/>",
        "<.a/>",
        "<a\u{d7}/>",
        "<\u{301}a/>",
        "<a=b/>",
        "<a/b/>",
        "<a / >",
        // attributes
        "<a b/>",
        "<a b=/>",
        "<a b=c/>",
        "<a b='c/>",
        "<a b='1'c='2'/>",
        "<a b='1' b='2'/>",
        "<a b='<'/>",
        "<a b='&'/>",
        "<a b='&x;'/>",
        "<a b='&amp'/>",
        "<a 1b='1'/>",
        "<a b!='1'/>",
        "<a ='1'/>",
        "<a b='1'\" />",
        "<a b=\"1'/>",
        "<a b = = '1'/>",
        "<a b='&#0;'/>",
        "<a/ b='1'>",
        // characters and references
        "<a>\u{0}</a>",
        "<a>\u{1}</a>",
        "<a>\u{fffe}</a>",
        "<a>\u{ffff}</a>",
        "<a b='\u{b}'/>",
        "<!-- \u{c} --><a/>",
        "<a>&#0;</a>",
        "<a>&#1;</a>",
        "<a>&#xFFFF;</a>",
        "<a>&#xD800;</a>",
        "<a>&#x110000;</a>",
        "<a>&#;</a>",
        "<a>&#x;</a>",
        "<a>&#X41;</a>",
        "<a>&#+65;</a>",
        "<a>&#99999999999;</a>",
        "<a>&</a>",
        "<a>& b</a>",
        "<a>&amp</a>",
        "<a>&x;</a>",
        "<a>]]></a>",
        "<a>x]]>y</a>",
        "<a><![CDATA[]]>]]></a>",
        "<a><b/>]]></a>",
        "<a>\u{1f}</a>",
        // comments, instructions, declarations
        "<!-- a -- b --><a/>",
        "<!-- a ---><a/>",
        "<!-- a <a/>",
        "<!-><a/>",
        "<a><!FOO></a>",
        "<a><![CDATA[x]></a>",
        "<a><![cdata[x]]></a>",
        "<??><a/>",
        "<?1?><a/>",
        "<? pi?><a/>",
        "<?XML version='1.0'?><a/>",
        "<?pi!?><a/>",
        "<?pi <a/>",
        " <?xml version='1.0'?><a/>",
        "<a><?xml version='1.0'?></a>",
        "<?xml version='1.0'?><?xml version='1.0'?><a/>",
        "<?xml?><a/>",
        "<?xml ?><a/>",
        "<?xml encoding='utf-8'?><a/>",
        "<?xml version='2.0'?><a/>",
        "<?xml version='1.0' standalone='maybe'?><a/>",
        "<?xml version='1.0'encoding='utf-8'?><a/>",
        "<?xml version='1.0' standalone='yes' encoding='utf-8'?><a/>",
        "<?xml version='1.0' x='y'?><a/>",
        "<?xml version=1.0?><a/>",
        "\u{feff}\u{feff}<a/>",
    ];
    for body in bodies {
        assert!(!is_valid(body), "{body:?}");
    }
}

#[test]
fn r_map_6_bodies_that_are_well_formed() {
    let bodies = [
        "<a/>",
        "\u{feff}<a/>",
        "\n <a/> \n",
        "<a></a >",
        "<a\n/>",
        "<a\tb = '1'\r\nc\n=\n\"2\" />",
        "<a b='>'/>",
        "<_:é.-1\u{b7}/>",
        "<:a/>",
        "<a:b:c/>",
        "<?xml version=\"1.0\"?><a/>",
        "<?xml version = '1.1' encoding = 'UTF-8' standalone = 'no' ?><a/>",
        "<?xml-stylesheet href='x'?><a/><?pi?><!-- - -->",
        "<a>]] ></a>",
        "<a>]]</a>",
        "<a b=']]>'/>",
        "<!-- ]]> --><a/>",
        "<?pi ]]>?><a/>",
        "<a><![CDATA[]]]]></a>",
        "<a>\u{fffd}\u{10ffff}\u{7f}\u{85}</a>",
        "<a><![CDATA[<&]]></a>",
        "<!----><a/>",
        "<a><!-- <b> & --></a>",
        "<a>&#x10FFFF;&#9;</a>",
        "<\u{f900}/>",
    ];
    for body in bodies {
        let out = one("wanted", body);
        assert_eq!(reason(&out), Some(Reason::NotFound), "{body:?}: {out:?}");
    }
}

#[test]
fn r_map_6_faults_say_where() {
    let cases = [
        (
            "<a>\n  <b></c>\n</a>",
            "line 2, column 6: not well-formed XML: ill-formed document: expected `</b>`, but `</c>` was found",
        ),
        (
            "<é>\u{1}</é>",
            "line 1, column 4: not well-formed XML: a character that XML does not allow",
        ),
        (
            "<a b='1' b='2'/>",
            "line 1, column 10: not well-formed XML: an element has an attribute twice",
        ),
        (
            "<a>x]]></a>",
            "line 1, column 5: not well-formed XML: `]]>` stands in text",
        ),
        (
            "<a>",
            "line 1, column 4: not well-formed XML: the body ends within an element",
        ),
    ];
    for (body, expected) in cases {
        assert_eq!(detail(&one("a", body)), expected);
    }
}

#[test]
fn r_map_6_beyond_1000_levels_or_1000_attributes_a_body_is_invalid() {
    let nested = |levels: usize| "<a>".repeat(levels) + &"</a>".repeat(levels);
    assert!(is_valid(nested(1_000)));
    assert!(!is_valid(nested(1_001)));
    assert!(!is_valid(nested(100_000)));
    assert!(!is_valid(
        "<a>".repeat(999) + "<a><a/></a>" + &"</a>".repeat(999)
    ));

    let attributes =
        |count: usize| -> String { (0..count).map(|n| format!(" a{n}='{n}'")).collect() };
    let body = |attributes: &str| format!("<x><y{attributes}/></x>");
    assert_eq!(one("x.y.@a999", body(&attributes(1_000))), text("999"));
    assert!(!is_valid(body(&attributes(1_001))));
    assert!(!is_valid(body(&attributes(10_000))));
    for count in [2, 15, 16, 17, 18, 999] {
        assert!(is_valid(body(&attributes(count))), "{count}");
        let twice = attributes(count) + &format!(" a{}=''", count / 2);
        assert!(!is_valid(body(&twice)), "{count} and one of them again");
    }
}

#[test]
fn characters_are_checked_at_every_offset() {
    for length in 0..140 {
        let filler = "x".repeat(length);
        for bad in ["\u{1}", "\u{fffe}", "\u{ffff}", "\u{1f}"] {
            assert!(
                !is_valid(format!("<a>{filler}{bad}{filler}</a>")),
                "{bad:?} at {length}"
            );
        }
        assert!(
            is_valid(format!("<a>{filler}\u{fffd}\u{f000}\t{filler}</a>")),
            "{length}"
        );
    }
}

#[test]
fn many_names_and_many_siblings_are_all_found() {
    let paths: Vec<String> = (0..40)
        .map(|n| format!("l.{}n{}[{}]", ["", "p:", "q:"][n % 3], n * 7 % 40, n % 2))
        .collect();
    let targets: Vec<(&str, FieldType)> = paths
        .iter()
        .map(|path| (path.as_str(), FieldType::String))
        .collect();
    let element = |n: usize| format!("<p:n{n}>p{n}</p:n{n}><q:n{n}>q{n}</q:n{n}><n{n}>{n}</n{n}>");
    let body: String = (0..40).map(element).collect();
    let out = apply(Format::Xml, &targets, format!("<l>{body}</l>"));
    for (n, outcome) in out.iter().enumerate() {
        let name = n * 7 % 40;
        let expected = match (n % 3, n % 2) {
            (0 | 1, 0) => Some(format!("p{name}")),
            (0, _) | (_, 0) => Some(format!("q{name}")),
            _ => None,
        };
        match expected {
            Some(expected) => assert_eq!(*outcome, text(&expected), "{}", paths[n]),
            None => assert_eq!(reason(outcome), Some(Reason::NotFound), "{}", paths[n]),
        }
    }
}
