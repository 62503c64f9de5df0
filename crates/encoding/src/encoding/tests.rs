use super::*;

fn written(encoding: Encoding, text: &str, kind: Kind, in_literal: bool) -> String {
    let mut out = b">".to_vec();
    encoding.write(Scalar { text, kind }, in_literal, &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn each_encoding_writes_texts_and_bare_values() {
    use Encoding::{FormUrl, Json, None, Xml};
    use Kind::{Bare, Text};
    for (encoding, text, kind, in_literal, expected) in [
        (None, "a \"&\n", Text, false, ">a \"&\n"),
        (None, "a \"&", Text, true, ">a \"&"),
        (None, "1.5", Bare, false, ">1.5"),
        (Json, "a\"b", Text, false, ">\"a\\\"b\""),
        (Json, "a\"b", Text, true, ">a\\\"b"),
        (Json, "", Text, false, ">\"\""),
        (Json, "", Text, true, ">"),
        (Json, "true", Bare, false, ">true"),
        (Json, "-7", Bare, true, ">-7"),
        (FormUrl, "a b", Text, false, ">a+b"),
        (FormUrl, "a b", Text, true, ">a+b"),
        (FormUrl, "-1.5", Bare, false, ">-1.5"),
        (Xml, "<", Text, false, ">&lt;"),
        (Xml, "<", Text, true, ">&lt;"),
        (Xml, "7", Bare, false, ">7"),
    ] {
        assert_eq!(
            written(encoding, text, kind, in_literal),
            expected,
            "{encoding:?} {kind:?} {in_literal}"
        );
    }
}
