use proptest::prelude::*;

use super::*;

fn parsed(text: &str) -> Url {
    Url::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn r_url_1_path_and_query_stay_as_written() {
    let cases = [
        ("http://h", "/"),
        ("http://h/", "/"),
        ("http://h?x=1", "/?x=1"),
        ("http://h#top", "/"),
        ("http://h/a#b?c", "/a"),
        ("http://h/?#", "/?"),
        ("http://h/a/../b/./c//d", "/a/../b/./c//d"),
        ("http://h//double", "//double"),
        (
            "http://h/%7e%41%2F%2f?a=%26&b=%3D+%20",
            "/%7e%41%2F%2f?a=%26&b=%3D+%20",
        ),
        (
            "http://h/{a}|b^c\\d[e]?f={g}|h^i\\j[k]'",
            "/{a}|b^c\\d[e]?f={g}|h^i\\j[k]'",
        ),
        ("http://h/%zz%", "/%zz%"),
        (
            "http://h/a@b:c/;p=1,2!$&'()*+=~?/?@:",
            "/a@b:c/;p=1,2!$&'()*+=~?/?@:",
        ),
        ("http://h/http://x?u=http://y", "/http://x?u=http://y"),
    ];
    for (text, expected) in cases {
        assert_eq!(parsed(text).path_and_query(), expected, "{text}");
    }
}

#[test]
fn host_port_and_origin() {
    let name = Host::Name;
    let cases = [
        (
            "http://example.com/",
            name("example.com"),
            80,
            "example.com",
            "http://example.com:80",
        ),
        (
            "HTTPS://Example.COM",
            name("example.com"),
            443,
            "Example.COM",
            "https://example.com:443",
        ),
        (
            "https://a_b-c.d.:8443",
            name("a_b-c.d."),
            8443,
            "a_b-c.d.:8443",
            "https://a_b-c.d.:8443",
        ),
        ("http://h:80/", name("h"), 80, "h:80", "http://h:80"),
        ("http://h:/", name("h"), 80, "h", "http://h:80"),
        ("http://h:00081/", name("h"), 81, "h:00081", "http://h:81"),
        (
            "http://127.1/",
            name("127.1"),
            80,
            "127.1",
            "http://127.1:80",
        ),
    ];
    for (text, host, port, authority, origin) in cases {
        let url = parsed(text);
        assert_eq!((url.host(), url.port()), (host, port), "{text}");
        assert_eq!(
            (url.authority(), url.origin()),
            (authority, origin),
            "{text}"
        );
        assert_eq!(url.authority_bytes(), authority, "{text}");
    }
    let v4 = parsed("http://127.0.0.1:9/");
    assert_eq!(v4.host(), Host::Address(Ipv4Addr::LOCALHOST.into()));
    let v6 = parsed("http://u@[2001:DB8::1]:8080/");
    assert_eq!(v6.host().to_string(), "2001:db8::1");
    assert_eq!(v6.authority(), "[2001:DB8::1]:8080");
    assert_eq!(v6.origin(), "http://[2001:db8::1]:8080");
}

#[test]
fn r_url_4_userinfo_is_split_off_and_decoded() {
    let cases: [(&str, Option<&[u8]>); 7] = [
        ("http://h/a@b", None),
        ("http://ada:pw@h/", Some(b"ada:pw")),
        ("http://ada@h/", Some(b"ada")),
        ("http://@h/", Some(b"")),
        ("http://a%3Ab:p%40w%zz%@h/", Some(b"a:b:p@w%zz%")),
        ("http://a%c3%A9:p%@h/", Some(b"a\xc3\xa9:p%")),
        ("http://a@b:c@h/", Some(b"a@b:c")),
    ];
    for (text, expected) in cases {
        let url = parsed(text);
        assert_eq!(url.credentials(), expected, "{text}");
        assert_eq!(url.host(), Host::Name("h"), "{text}");
        let shown = format!("{url} {url:?}");
        assert!(expected.is_none() || !shown.contains('@'), "{shown}");
    }
}

#[test]
fn r_url_1_and_3_what_is_no_url_is_refused_with_its_place() {
    use UrlErrorKind::{Character, Host, Port, Scheme};
    let cases = [
        ("", Scheme, 0),
        ("example.com/a", Scheme, 0),
        ("//example.com/", Scheme, 0),
        ("/a?b=http://c", Scheme, 0),
        ("ftp://example.com/", Scheme, 0),
        ("javascript:alert(1)", Scheme, 0),
        ("http:/h/", Scheme, 0),
        ("http://", Host, 7),
        ("http:///path", Host, 7),
        ("http://?q", Host, 7),
        ("http://:80/", Host, 7),
        ("http://u:p@/", Host, 11),
        ("http://a%2eb/", Host, 7),
        ("http://a\\@b/", Host, 7),
        ("http://a,b/", Host, 7),
        ("http://[::1/", Host, 7),
        ("http://[fe80::1%25eth0]/", Host, 7),
        ("http://[127.0.0.1]/", Host, 7),
        ("http://h:0/", Port, 9),
        ("http://h:65536/", Port, 9),
        ("http://h:80a/", Port, 8),
        ("http://h:+80/", Port, 8),
        ("http://[::1]80/", Port, 12),
        ("http://h/a b", Character, 10),
        ("http://h/a\tb", Character, 10),
        ("http://h/\r\nHost: x", Character, 9),
        ("http://h/é", Character, 9),
        ("http://bücher.example/", Character, 8),
        ("http://h/<", Character, 9),
        ("http://h/>", Character, 9),
        ("http://h/?\"", Character, 10),
        ("http://h/`", Character, 9),
        ("http://h/\u{7f}", Character, 9),
        ("http://h/#\u{0}", Character, 10),
    ];
    for (text, kind, position) in cases {
        match Url::parse(text) {
            Ok(url) => panic!("{text:?} was read as {url}"),
            Err(error) => {
                assert_eq!(
                    (error.kind(), error.position()),
                    (kind, position),
                    "{text:?}: {error}"
                );
            }
        }
    }
}

#[test]
fn r_url_3_more_than_8_kib_is_refused() {
    let url = |length: usize| format!("http://h/{}", "a".repeat(length - "http://h/".len()));
    assert_eq!(
        parsed(&url(MAX_URL)).path_and_query().len(),
        MAX_URL - "http://h".len()
    );
    let error = Url::parse(&url(MAX_URL + 1)).unwrap_err();
    assert_eq!(error.kind(), UrlErrorKind::TooLong);
}

#[test]
fn errors_do_not_repeat_credentials() {
    for text in [
        "http://ada:s3cret@/",
        "http://ada:s3cret@h:x/",
        "http://ada:s3cret@a,b/",
    ] {
        let error = Url::parse(text).unwrap_err();
        assert!(
            !format!("{error} {error:?}").contains("s3cret"),
            "{error:?}"
        );
    }
}

proptest! {
    #[test]
    fn never_panics(text in "\\PC*|(https?://)?[ -~]{0,40}|http://[\\[\\]:@/?#%a1.]{0,20}") {
        let _ = Url::parse(&text);
    }

    #[test]
    fn r_url_1_every_sendable_byte_survives(
        path in "[!$-;=?-_a-~]{0,60}".prop_filter("path only", |path| !path.contains('?')),
        query in proptest::option::of("[!$-;=?-_a-~]{0,60}"),
    ) {
        let target = match query {
            Some(query) => format!("/{path}?{query}"),
            None => format!("/{path}"),
        };
        let url = Url::parse(&format!("https://example.com{target}#f")).expect("a URL");
        prop_assert_eq!(url.path_and_query(), target);
    }
}
