use leadhook_store::{Authentication, HeaderText};

use crate::{
    REDACTED,
    vault::Secret,
    webhook::{
        draft::{Draft, DraftHeader},
        fixture::Stage,
    },
};

fn redacted(key: &str) -> DraftHeader {
    DraftHeader {
        key: key.to_owned(),
        value: Secret::new(REDACTED),
        sensitive: false,
    }
}

fn plain(key: &str, value: &str) -> DraftHeader {
    DraftHeader {
        key: key.to_owned(),
        value: Secret::new(value),
        sensitive: false,
    }
}

fn bearer(token: &str) -> Option<Authentication<Secret>> {
    Some(Authentication::Bearer {
        token: Secret::new(token),
    })
}

fn basic(password: &str) -> Option<Authentication<Secret>> {
    Some(Authentication::Basic {
        username: "u".to_owned(),
        password: Secret::new(password),
    })
}

#[test]
fn r_def_4_an_update_with_redacted_keeps_what_is_stored() {
    let url = Stage::new().with(|draft| draft.url = "https://u:hunter2@example.com/".to_owned());
    let url = url.update(|draft| draft.url = format!("https://u:{REDACTED}@example.com/other"));
    assert_eq!(url.sent("authorization"), ["Basic dTpodW50ZXIy"]);
    assert_eq!(url.sent_url().as_deref(), Ok("https://example.com/other"));

    let token = Stage::new().with(|draft| draft.authentication = bearer("hunter2"));
    let token = token.update(|draft| draft.authentication = bearer(REDACTED));
    assert_eq!(token.sent("authorization"), ["Bearer hunter2"]);

    let password = Stage::new().with(|draft| draft.authentication = basic("hunter2"));
    let password = password.update(|draft| draft.authentication = basic(REDACTED));
    assert_eq!(password.sent("authorization"), ["Basic dTpodW50ZXIy"]);

    let header = Stage::new().secret_header("X-Key", "{{lead.City}}-hunter2");
    let header = header.update(|draft| draft.custom_headers = vec![redacted("x-key")]);
    assert_eq!(header.sent("x-key"), ["-hunter2"]);
    // A kept one stays sensitive, whatever the update says.
    let (definition, _) = header.save().unwrap();
    assert!(matches!(
        definition.custom_headers[0].value,
        HeaderText::Sensitive(_)
    ));
    assert!(
        header
            .shown()
            .headers
            .contains(&("x-key".to_owned(), REDACTED.to_owned()))
    );
}

#[test]
fn r_def_4_a_secret_given_again_takes_the_place_of_the_stored_one() {
    let stage = Stage::new()
        .with(|draft| draft.authentication = bearer("old"))
        .secret_header("X-Key", "old")
        .update(|draft| {
            draft.authentication = bearer("new");
            draft.custom_headers[0].value = Secret::new("new");
        });
    assert_eq!(stage.sent("authorization"), ["Bearer new"]);
    assert_eq!(stage.sent("x-key"), ["new"]);
}

#[test]
fn r_def_4_a_secret_that_does_not_open_is_given_again_and_the_others_stay() {
    let mut stage = Stage::new()
        .with(|draft| {
            draft.authentication = bearer("old");
            draft.custom_headers = vec![plain("A", "x")];
        })
        .update(|_| {});
    if let Some(stored) = &mut stage.stored {
        stored.authentication = Some(Authentication::Bearer { token: None });
    }
    let kept = stage
        .clone()
        .with(|draft| draft.authentication = bearer(REDACTED));
    assert_eq!(
        kept.faulty_fields(),
        ["webhook.authentication.bearer.token"]
    );
    let mended = stage
        .clone()
        .with(|draft| draft.authentication = bearer("new"));
    assert!(mended.faults().is_empty(), "{:?}", mended.faults());
}

#[test]
fn r_def_4_redacted_is_refused_where_nothing_is_stored() {
    type Change = fn(&mut Draft);
    let cases: [(Change, &str); 5] = [
        (
            |draft| draft.url = format!("https://u:{REDACTED}@example.com/"),
            "webhook.url",
        ),
        (
            |draft| draft.authentication = bearer(REDACTED),
            "webhook.authentication.bearer.token",
        ),
        (
            |draft| draft.authentication = basic(REDACTED),
            "webhook.authentication.basic.password",
        ),
        (
            |draft| draft.custom_headers = vec![plain("A", "x"), redacted("X-Key")],
            "webhook.custom_headers[1].value",
        ),
        // What is stored as plain text is no secret to be kept.
        (
            |draft| draft.custom_headers = vec![redacted("X-Plain")],
            "webhook.custom_headers[0].value",
        ),
    ];
    for (change, field) in cases {
        let created = Stage::new().with(change);
        assert!(
            created.faulty_fields().contains(&field.to_owned()),
            "created: {field}"
        );
        let updated = Stage::new().header("X-Plain", "x").update(change);
        assert!(
            updated.faulty_fields().contains(&field.to_owned()),
            "updated: {field}"
        );
    }
    // Another kind of secret is none to be kept either.
    let other = Stage::new().with(|draft| draft.authentication = bearer("t"));
    let other = other.update(|draft| draft.authentication = basic(REDACTED));
    assert_eq!(
        other.faulty_fields(),
        ["webhook.authentication.basic.password"]
    );
}

#[test]
fn r_def_4_secrets_go_to_another_place_only_when_given_again() {
    let stored = || {
        Stage::new()
            .with(|draft| draft.authentication = bearer("hunter2"))
            .secret_header("X-Key", "hunter2")
    };
    for (url, refused) in [
        ("https://example.com/other?x=1", false),
        ("https://EXAMPLE.com/", false),
        ("http://example.com/", true),
        ("https://example.com:8443/", true),
        ("https://example.com.evil.example/", true),
        ("https://example.com{{my.Rest}}/", true),
        ("https://{{my.Host}}/", true),
        ("{{my.Endpoint}}", true),
    ] {
        let update = stored().update(|draft| {
            draft.url = url.to_owned();
            draft.authentication = bearer(REDACTED);
            draft.custom_headers = vec![redacted("X-Key")];
        });
        let mut fields = update.faulty_fields();
        fields.sort();
        let expected: &[&str] = if refused {
            &[
                "webhook.authentication.bearer.token",
                "webhook.custom_headers[0].value",
            ]
        } else {
            &[]
        };
        assert_eq!(fields, expected, "{url}");
        assert!(!format!("{:?}", update.faults()).contains("hunter2"));
        let again = stored().update(|draft| draft.url = url.to_owned());
        assert_eq!(again.faulty_fields(), [""; 0], "given again: {url}");
    }
    // The password in the URL itself is such a secret.
    let url = Stage::new()
        .with(|draft| draft.url = "https://u:hunter2@example.com/".to_owned())
        .update(|draft| draft.url = format!("https://u:{REDACTED}@evil.example/"));
    assert_eq!(url.faulty_fields(), ["webhook.url"]);
}

#[test]
fn r_def_4_headers_are_matched_by_name_in_order() {
    let stored = || {
        Stage::new()
            .secret_header("X-Key", "one")
            .secret_header("X-Other", "other")
            .secret_header("x-key", "two")
    };
    for (headers, sent) in [
        (
            vec![redacted("X-KEY"), redacted("X-Key")],
            vec!["one", "two"],
        ),
        (vec![redacted("X-Key")], vec!["one"]),
        // One that is given again takes its turn.
        (
            vec![plain("X-Key", "new"), redacted("X-Key")],
            vec!["new", "two"],
        ),
    ] {
        let update = stored().update(|draft| draft.custom_headers = headers);
        assert_eq!(update.sent("x-key"), sent);
    }
    let third = stored().update(|draft| {
        draft.custom_headers = vec![redacted("X-Key"), redacted("X-Key"), redacted("X-Key")];
    });
    assert_eq!(third.faulty_fields(), ["webhook.custom_headers[2].value"]);
}

#[test]
fn r_def_4_a_definition_holds_no_secret_that_can_be_read() {
    let stage = Stage::new()
        .with(|draft| {
            draft.url = "https://u:hunter2@example.com/".to_owned();
        })
        .secret_header("X-Key", "hunter2");
    let (definition, compiled) = stage.save().unwrap();
    assert_eq!(definition.url, format!("https://u:{REDACTED}@example.com/"));
    assert!(!format!("{definition:?}").contains("hunter2"));
    assert!(!format!("{:?}", stage.shown()).contains("hunter2"));
    assert!(compiled.authorization.is_none());
}
