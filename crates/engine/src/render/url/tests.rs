use base64::{Engine as _, engine::general_purpose::STANDARD};
use leadhook_store::{
    MyTokenType,
    RequestTokenEncoding::{self, FormUrl, Json, None as Unencoded, Xml},
};

use super::is_dots;
use crate::webhook::fixture::Stage;

const ENCODED: [RequestTokenEncoding; 3] = [Json, FormUrl, Xml];

#[test]
fn r_url_1_own_characters_are_sent_as_written() {
    for encoding in [Unencoded, Json, FormUrl, Xml] {
        for url in [
            "https://example.com/a?b=1&c=%26&d=;",
            "https://example.com/a/../b/./c",
            "https://example.com/%7e~%2e%2E/",
            "https://example.com/a%zz",
            "https://example.com:8443/?x={a}|^[]",
            "http://[::1]:8080/",
        ] {
            assert_eq!(
                Stage::url(encoding, url).sent_url().as_deref(),
                Ok(url),
                "{encoding:?}"
            );
        }
    }
}

#[test]
fn r_url_1_a_fragment_is_not_sent() {
    let stage = Stage::url(Json, "https://example.com/a?b#c{{lead.First Name}}");
    assert_eq!(
        stage.lead("First Name", "/x?y").sent_url().as_deref(),
        Ok("https://example.com/a?b")
    );
}

#[test]
fn r_url_1_what_a_request_line_cannot_carry_is_refused_with_its_encoded_form() {
    for (char, encoded) in [
        (" ", "%20"),
        ("\t", "%09"),
        ("é", "%C3%A9"),
        ("<", "%3C"),
        (">", "%3E"),
        ("\"", "%22"),
        ("`", "%60"),
        ("\u{7f}", "%7F"),
    ] {
        let stage = Stage::url(Json, &format!("https://example.com/a{char}b"));
        let faults = stage.faults();
        assert_eq!(faults.len(), 1, "{char:?}: {faults:?}");
        assert_eq!(faults[0].field, "webhook.url");
        assert_eq!(faults[0].suggestion, encoded, "{char:?}");
        assert!(
            faults[0].message.starts_with("line 1, column 22"),
            "{}",
            faults[0].message
        );
    }
    // All of them, those behind tokens too.
    let stage = Stage::url(
        Json,
        "https://example.com/ {{lead.First Name:default=a b}}é{{lead.City}}>",
    );
    let places: Vec<_> = stage
        .faults()
        .iter()
        .map(|fault| fault.message.split(':').next().unwrap().to_owned())
        .collect();
    assert_eq!(
        places,
        [
            "line 1, column 21",
            "line 1, column 53",
            "line 1, column 67"
        ]
    );
}

const VALUE: &str = "a b/c?d&e=f#g%h+é~*<\u{1}";

#[test]
fn r_url_2_values_behind_the_authority_without_encoding() {
    for (url, sent) in [
        (
            "https://example.com/{{lead.First Name}}",
            "https://example.com/a%20b/c?d&e=f%23g%h+%C3%A9~*%3C%01",
        ),
        (
            "https://example.com/?x={{lead.First Name}}",
            "https://example.com/?x=a%20b/c?d&e=f%23g%h+%C3%A9~*%3C%01",
        ),
    ] {
        let stage = Stage::url(Unencoded, url).lead("First Name", VALUE);
        assert_eq!(stage.sent_url().as_deref(), Ok(sent), "{url}");
    }
}

#[test]
fn r_url_2_values_behind_the_authority_under_every_other_encoding() {
    for encoding in ENCODED {
        for (url, sent) in [
            (
                "https://example.com/{{lead.First Name}}/x",
                "https://example.com/a%20b%2Fc%3Fd%26e%3Df%23g%25h%2B%C3%A9~%2A%3C%01/x",
            ),
            (
                "https://example.com?x={{lead.First Name}}",
                "https://example.com/?x=a+b%2Fc%3Fd%26e%3Df%23g%25h%2B%C3%A9%7E*%3C%01",
            ),
            (
                "https://example.com/?{{lead.City:default=a b}}",
                "https://example.com/?a+b",
            ),
            (
                "https://example.com/{{lead.City:default=a b}}",
                "https://example.com/a%20b",
            ),
        ] {
            let stage = Stage::url(encoding, url).lead("First Name", VALUE);
            assert_eq!(stage.sent_url().as_deref(), Ok(sent), "{encoding:?} {url}");
        }
    }
}

#[test]
fn r_url_2_a_value_does_not_climb() {
    let invalid = Err("INVALID_URL".to_owned());
    let sent = |encoding, url: &str, value: &str| {
        Stage::url(encoding, &format!("https://example.com{url}"))
            .lead("First Name", value)
            .sent_url()
            .map(|url| url["https://example.com".len()..].to_owned())
            .map_err(str::to_owned)
    };
    for (url, value) in [
        ("/{{lead.First Name}}", "."),
        ("/{{lead.First Name}}/x", ".."),
        ("/.{{lead.First Name}}/x", "."),
        ("/{{lead.First Name}}./x", "."),
        ("/%2e{{lead.First Name}}/x", "."),
        ("/%2E{{lead.First Name}}?x", "."),
        ("/.{{lead.City}}/x", ""),
    ] {
        for encoding in [Unencoded, Json, FormUrl, Xml] {
            assert_eq!(
                sent(encoding, url, value),
                invalid,
                "{encoding:?} {url} {value}"
            );
        }
    }
    // Without encoding a value may bring slashes and escapes of its own.
    for value in [
        "%2e", "%2E%2e", "a/../b", "a/..", "../a", "./a", ".%2e/a", "x/.?y",
    ] {
        assert_eq!(
            sent(Unencoded, "/{{lead.First Name}}", value),
            invalid,
            "{value}"
        );
    }
    for (encoding, url, value, expected) in [
        (Unencoded, "/{{lead.First Name}}", "...", "/..."),
        (Unencoded, "/{{lead.First Name}}", "a..b", "/a..b"),
        (Unencoded, "/a{{lead.First Name}}", "..", "/a.."),
        // Typed climbing is the template's own affair, also beside values; and in the query dots mean nothing.
        (Unencoded, "/../{{lead.First Name}}", "a", "/../a"),
        (
            Unencoded,
            "/%2e%2e/x?{{lead.First Name}}",
            "..",
            "/%2e%2e/x?..",
        ),
        (Unencoded, "/x?{{lead.First Name}}", "/../a", "/x?/../a"),
        (Json, "/{{lead.First Name}}", "a/../b", "/a%2F..%2Fb"),
        (Json, "/{{lead.First Name}}", "%2e", "/%252e"),
    ] {
        assert_eq!(
            sent(encoding, url, value).as_deref(),
            Ok(expected),
            "{encoding:?} {url} {value}"
        );
    }
}

#[test]
fn r_url_2_dots_are_seen_however_they_are_spelt() {
    for (segment, dots) in [
        (".", true),
        ("..", true),
        ("%2e", true),
        ("%2E.", true),
        ("%2e%2E", true),
        ("", false),
        ("...", false),
        ("%2e%2e.", false),
        ("%2f", false),
        (".a", false),
        ("%2", false),
    ] {
        assert_eq!(is_dots(segment.as_bytes()), dots, "{segment}");
    }
}

#[test]
fn r_url_3_the_authority_comes_from_the_template_and_from_what_runs_the_campaign() {
    let sent = |url: &str| {
        Stage::url(Json, url)
            .my("Endpoint", "https://api.example.com/v1")
            .my("Host", "api.example.com")
            .my("Sub", "eu-{{my.Number}}")
            .my_of(MyTokenType::Number, "Number", "01")
            .my("Pair", "{{my.Sub}}.example.com:8443/{{lead.First Name}}/")
            .my("Query", "https://{{my.Host}}/a?b={{lead.First Name}}")
            .my("Scheme", "http")
            .lead("First Name", "a b/c")
            .sent_url()
    };
    for (url, expected) in [
        ("{{my.Endpoint}}", "https://api.example.com/v1"),
        ("{{my.Endpoint}}?x=1", "https://api.example.com/v1?x=1"),
        // What follows is behind the authority, which the My Token has ended.
        (
            "{{my.Endpoint}}/{{lead.First Name}}",
            "https://api.example.com/v1/a%20b%2Fc",
        ),
        (
            "{{my.Endpoint}}?{{lead.First Name}}",
            "https://api.example.com/v1?a+b%2Fc",
        ),
        (
            "https://{{my.Host}}/{{my.Host}}/{{my.Endpoint}}",
            "https://api.example.com/api.example.com/https%3A%2F%2Fapi.example.com%2Fv1",
        ),
        // A number stands there as typed.
        (
            "https://{{my.Sub}}.example.com/{{my.Number}}",
            "https://eu-01.example.com/1",
        ),
        (
            "https://{{my.Pair}}",
            "https://eu-01.example.com:8443/a%20b%2Fc/",
        ),
        (
            "{{my.Query}}&c={{lead.First Name}}",
            "https://api.example.com/a?b=a+b%2Fc&c=a+b%2Fc",
        ),
        ("{{my.Scheme}}://{{my.Host}}/", "http://api.example.com/"),
        (
            "https://{{my.None:default=d.example.com/p/}}{{lead.First Name}}",
            "https://d.example.com/p/a%20b%2Fc",
        ),
        (
            "https://{{program.Name:default=p.example.com}}/",
            "https://p.example.com/",
        ),
    ] {
        assert_eq!(sent(url).as_deref(), Ok(expected), "{url}");
    }
}

#[test]
fn r_url_3_a_value_that_the_template_shows_in_the_authority_is_refused_on_save() {
    for scope in [
        "lead.First Name",
        "company.Company Name",
        "trigger.Name",
        "member.x",
    ] {
        for url in [
            format!("{{{{{scope}}}}}"),
            format!("{{{{{scope}}}}}://example.com/"),
            format!("https://{{{{{scope}}}}}/"),
            format!("https://a.{{{{{scope}}}}}.com/"),
            format!("https://example.com:{{{{{scope}}}}}/"),
            format!("https://{{{{{scope}}}}}@example.com/"),
            format!("https://u:{{{{{scope}}}}}@example.com/"),
            format!("https://example.com{{{{{scope}}}}}"),
        ] {
            let stage = Stage::url(Json, &url);
            assert_eq!(stage.faulty_fields(), ["webhook.url"], "{url}");
            let message = &stage.faults()[0].message;
            assert!(message.starts_with("line 1, column "), "{message}");
        }
    }
}

#[test]
fn r_url_3_a_value_that_turns_out_to_stand_in_the_authority_ends_the_call() {
    let stage = |url: &str, host: &str| {
        Stage::url(Json, url)
            .my("Host", host)
            .lead("First Name", "evil.example.com")
            .trigger("Name", "evil")
            .sent_url()
    };
    for (url, host) in [
        ("https://{{my.Host}}/", "{{lead.First Name}}"),
        ("https://{{my.Host}}/", "a.{{trigger.Name}}.com"),
        ("https://{{my.Host}}{{lead.First Name}}/", "a."),
        ("{{my.Host}}{{lead.First Name}}", "https://"),
        ("{{my.Host}}{{lead.First Name}}", "https:"),
        ("{{my.Host}}", "{{lead.First Name}}"),
    ] {
        assert_eq!(stage(url, host), Err("INVALID_URL"), "{url} {host}");
    }
    // The place is what counts: a lead whose value is empty now may have one tomorrow.
    assert_eq!(
        Stage::url(Json, "{{my.Host}}{{lead.City}}/x")
            .my("Host", "https://example.com")
            .sent_url(),
        Err("INVALID_URL")
    );
}

#[test]
fn r_url_3_a_rendered_url_must_be_one() {
    for endpoint in [
        "",
        "example.com",
        "ftp://example.com/",
        "mailto:a@example.com",
        "https://",
        "https:///x",
        "https://example.com:99999/",
        "https://exa mple.com/",
        "//example.com/",
    ] {
        let stage = Stage::url(Json, "{{my.Endpoint}}").my("Endpoint", endpoint);
        assert_eq!(stage.sent_url(), Err("INVALID_URL"), "{endpoint}");
    }
    for url in [
        "example.com",
        "ftp://example.com",
        "https://",
        "https:// /",
        "https://example.com:x/",
    ] {
        assert!(!Stage::url(Json, url).faults().is_empty(), "{url}");
    }
}

#[test]
fn r_url_3_a_rendered_url_has_at_most_8_kib() {
    let base = "https://example.com/";
    let stage = |len: usize| {
        let url = format!("{base}{{{{my.Long}}}}");
        Stage::url(Json, &url).my("Long", &"a".repeat(len - base.len()))
    };
    assert_eq!(stage(8192).sent_url().map(|url| url.len()), Ok(8192));
    assert_eq!(stage(8193).sent_url(), Err("INVALID_URL"));
    // Nor do many My Tokens that say nothing, in the authority, cost without bound.
    let many = Stage::url(Json, "https://{{my.Wide}}/")
        .my("Wide", &"{{my.Empty}}".repeat(2_000))
        .my("Empty", "");
    assert_eq!(many.sent_url(), Err("INVALID_URL"));
}

fn basic(credentials: &str) -> String {
    format!("Basic {}", STANDARD.encode(credentials))
}

#[test]
fn r_url_4_userinfo_becomes_a_basic_header() {
    for (url, credentials) in [
        (
            "https://a%41%{{my.hex}}:%4{{my.hex}}%42@example.com/x",
            "aA%41:%441B",
        ),
        ("https://user:pass@example.com/x", "user:pass"),
        ("https://user@example.com/x", "user"),
        ("https://us%3Aer:p%40ss%C3%A9@example.com/x", "us:er:p@ssé"),
        ("https://user:p@ss@example.com/x", "user:p@ss"),
        ("https://user:%zz%4@example.com/x", "user:%zz%4"),
        // Raw from a token, decoded where it was typed.
        ("https://u%20:{{my.Pass}}@example.com/x", "u :p%41:@s"),
        ("https://{{my.User}}@example.com/x", "u%20:p%41:@s"),
        ("{{my.Whole}}/x", "a%40:b"),
    ] {
        let stage = Stage::url(Json, url)
            .my("hex", "41")
            .my("Pass", "p%41:@s")
            .my("User", "u%20:{{my.Pass}}")
            .my("Whole", "https://a%40:b@example.com");
        assert_eq!(
            stage.sent_url().as_deref(),
            Ok("https://example.com/x"),
            "{url}"
        );
        assert_eq!(stage.sent("authorization"), [basic(credentials)], "{url}");
    }
    // An `@` behind the authority is none of it.
    let stage = Stage::url(Json, "https://example.com/a:b@c?d@e");
    assert!(stage.sent("authorization").is_empty());
}

#[test]
fn r_url_4_userinfo_is_recorded_nowhere() {
    for url in [
        "https://user:hunter2@example.com/{{lead.First Name}}?k={{my.K}}",
        "https://user:{{my.Pass}}@example.com/{{lead.First Name}}?k={{my.K}}",
        "{{my.Whole}}/{{lead.First Name}}?k={{my.K}}",
    ] {
        let stage = Stage::url(Json, url)
            .my("Pass", "hunter2")
            .my("Whole", "https://user:hunter2@example.com")
            .my("K", "1")
            .lead("First Name", "Zo");
        let shown = stage.shown();
        assert_eq!(shown.url, "https://example.com/Zo?k=1");
        assert!(
            shown
                .headers
                .contains(&("authorization".to_owned(), "[redacted]".to_owned()))
        );
        let recorded = stage.render().unwrap().recorded();
        for secret in ["hunter2", &STANDARD.encode("user:hunter2")] {
            assert!(
                !recorded
                    .values
                    .windows(secret.len())
                    .any(|at| at == secret.as_bytes()),
                "{url}: {secret}"
            );
        }
        let (definition, _) = stage.save().unwrap();
        assert!(!format!("{definition:?}").contains("hunter2"), "{url}");
    }
}

#[test]
fn r_url_4_userinfo_of_a_token_excludes_other_authorization() {
    let stage = Stage::url(Json, "{{my.Whole}}/")
        .my("Whole", "https://a:b@example.com")
        .header("Authorization", "Bearer x");
    assert_eq!(stage.sent_url(), Err("INVALID_URL"));
}
