use super::*;

#[test]
fn the_charset_parameter_is_found() {
    let cases = [
        ("text/plain", None),
        ("text/plain;", None),
        ("text/plain; charset=utf-8", Some("utf-8")),
        ("text/plain;charset=UTF-8", Some("UTF-8")),
        ("text/plain; CharSet = \"utf-8\" ; x=y", Some("utf-8")),
        (
            "text/plain; format=flowed; charset=iso-8859-1",
            Some("iso-8859-1"),
        ),
        (
            "text/plain; x=\"; charset=utf-16\"; charset=utf-8",
            Some("utf-8"),
        ),
        (
            "text/plain; x=\"a\\\"; charset=utf-16\"; charset=utf-8",
            Some("utf-8"),
        ),
        ("text/plain; flag; charset=utf-8", Some("utf-8")),
        ("text/plain; charset=", Some("")),
        ("text/plain; charset=\"open", None),
        ("text/plain; mycharset=utf-8", None),
        ("text/plain; charset=a; charset=b", Some("a")),
    ];
    for (content_type, expected) in cases {
        assert_eq!(charset(content_type), expected, "{content_type:?}");
    }
}
