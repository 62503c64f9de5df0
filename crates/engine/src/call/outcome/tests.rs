use leadhook_field::{Object, Value, Zone};
use leadhook_store::{ProblemReason, ResponseType};

use super::{MappedAnswer, map_answer, outcome};
use crate::{
    call::fixture::{FAILURES, attempt, failures},
    compile::Compiled,
    webhook::{
        Draft, DraftMapping,
        fixture::{Stage, field},
    },
};

fn webhook(response_type: ResponseType, mappings: &[(&str, &str)]) -> Compiled {
    compiled(response_type, mappings, |_| ())
}

fn compiled(
    response_type: ResponseType,
    mappings: &[(&str, &str)],
    change: impl FnOnce(&mut Draft),
) -> Compiled {
    let mappings = mappings.iter().map(|(path, field)| DraftMapping {
        response_attribute: (*path).to_owned(),
        field: (*field).to_owned(),
    });
    let stage = Stage::new().with(|draft| {
        draft.response_type = response_type;
        draft.response_mappings = mappings.collect();
        change(draft);
    });
    stage.save().unwrap().1
}

#[tokio::test]
async fn r_call_3_how_an_answer_ends_a_call() {
    use ResponseType::{Json, None as Unread, Xml};
    let answer = |status: &str, body: &str| {
        format!(
            "HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    for (response_type, answer, code, error_type, succeeded, mapped) in [
        (Json, answer("200 OK", "{}"), 200, "OK", true, true),
        (
            Xml,
            answer("201 Made It", "<a/>"),
            201,
            "Made It",
            true,
            true,
        ),
        (Json, answer("299 ", "nonsense"), 299, "", true, true),
        (Unread, answer("200 Fine", ""), 200, "Fine", true, true),
        (
            Unread,
            answer("204 No Content", ""),
            204,
            "No Content",
            true,
            true,
        ),
        (
            Json,
            answer("200 OK", ""),
            1001,
            "EMPTY_RESPONSE",
            false,
            false,
        ),
        (
            Xml,
            answer("200 OK", ""),
            1001,
            "EMPTY_RESPONSE",
            false,
            false,
        ),
        (
            Json,
            answer("204 No Content", ""),
            1001,
            "EMPTY_RESPONSE",
            false,
            false,
        ),
        (
            Json,
            answer("301 Moved Permanently", ""),
            301,
            "Moved Permanently",
            false,
            false,
        ),
        (
            Json,
            answer("404 Not Here", "{}"),
            404,
            "Not Here",
            false,
            false,
        ),
        (
            Json,
            answer("503 ", ""),
            503,
            "Service Unavailable",
            false,
            false,
        ),
        // In also_map_codes.
        (
            Json,
            answer("422 Unprocessable", "{}"),
            422,
            "Unprocessable",
            false,
            true,
        ),
        // No complete answer, at whatever point it broke.
        (
            Json,
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}".to_owned(),
            0,
            "CLOSED",
            false,
            false,
        ),
        (
            Json,
            "HTTP/1.1 422 OK\r\nContent-Length: 9\r\n\r\n{}".to_owned(),
            0,
            "CLOSED",
            false,
            false,
        ),
        (
            Unread,
            "nonsense\r\n\r\n".to_owned(),
            0,
            "PROTOCOL",
            false,
            false,
        ),
    ] {
        let webhook = compiled(response_type, &[], |draft| draft.also_map_codes = vec![422]);
        let (outcome, is_mapped) = outcome(&webhook, &attempt(&answer).await);
        assert_eq!(
            (
                outcome.code,
                &*outcome.error_type,
                outcome.succeeded,
                is_mapped
            ),
            (code, error_type, succeeded, mapped),
            "{response_type:?} {answer}"
        );
    }
}

#[tokio::test]
async fn r_call_4_local_failures_have_code_0_and_their_word() {
    let webhook = webhook(ResponseType::Json, &[]);
    for (failure, kind) in failures().await.into_iter().zip(FAILURES) {
        let (outcome, is_mapped) = outcome(&webhook, &Err(failure.clone()));
        assert_eq!(outcome.code, 0, "{failure}");
        assert_eq!(outcome.error_type, kind.word(), "{failure}");
        assert!(!outcome.succeeded && !is_mapped, "{failure}");
    }
}

fn mapped(mappings: &[(&str, &str)], body: &str) -> MappedAnswer {
    let webhook = webhook(ResponseType::Json, mappings);
    map_answer(
        &webhook.mapping.unwrap(),
        body.as_bytes(),
        None,
        &Zone::utc(),
    )
}

fn text(text: &str) -> Option<Value> {
    Some(Value::Text(text.into()))
}

/// Display name and value of each lead field written.
fn written(answer: &MappedAnswer) -> Vec<(leadhook_field::FieldId, Option<Value>)> {
    let writes = answer.writes.lead.iter();
    writes
        .map(|write| (write.field, write.value.clone()))
        .collect()
}

#[test]
fn r_map_8_the_last_mapping_whose_value_fits_wins() {
    let city = field("City").id;
    let both = [("a", "City"), ("b", "City")];
    for (body, value) in [
        (r#"{"a":"x","b":"y"}"#, Some(text("y"))),
        (r#"{"b":"y","a":"x"}"#, Some(text("y"))),
        // Null fits, it clears.
        (r#"{"a":"x","b":null}"#, Some(None)),
        (r#"{"a":null,"b":"y"}"#, Some(text("y"))),
        // What is not there or does not fit leaves the one before.
        (r#"{"a":"x"}"#, Some(text("x"))),
        (r#"{"a":"x","b":{}}"#, Some(text("x"))),
        (r#"{"a":[],"b":[]}"#, None),
        // Of a key that is there twice, the last one counts.
        (r#"{"a":"x","b":"y","b":"z"}"#, Some(text("z"))),
        (r#"{"a":"x","b":"y","b":[]}"#, Some(text("x"))),
    ] {
        let answer = mapped(&both, body);
        let expected: Vec<_> = value.into_iter().map(|value| (city, value)).collect();
        assert_eq!(written(&answer), expected, "{body}");
    }
}

#[test]
fn r_map_5_a_problem_leaves_its_field_and_the_others_apply() {
    let answer = mapped(
        &[
            ("a", "Priority"),
            ("b", "City"),
            ("c", "Country"),
            ("d", "State"),
            ("e", "Lead Score"),
        ],
        &format!(
            r#"{{"a":"42","b":"Malmö","d":"{}","e":99999999999}}"#,
            "x".repeat(256)
        ),
    );
    assert_eq!(written(&answer), [(field("City").id, text("Malmö"))]);
    let problems: Vec<_> = answer
        .problems
        .iter()
        .map(|problem| (problem.mapping, problem.reason))
        .collect();
    assert_eq!(
        problems,
        [
            (0, ProblemReason::TypeMismatch),
            (2, ProblemReason::NotFound),
            (3, ProblemReason::TooLong),
            (4, ProblemReason::OutOfRange),
        ]
    );
}

#[test]
fn r_map_6_a_body_that_is_not_well_formed_writes_nothing() {
    let answer = mapped(&[("a", "City"), ("b", "Country")], r#"{"a":"x"} {"#);
    assert_eq!(written(&answer), []);
    assert_eq!(answer.problems.len(), 2);
    for problem in answer.problems {
        assert_eq!(problem.reason, ProblemReason::InvalidResponse);
    }
}

#[test]
fn r_map_9_a_company_field_is_written_to_the_company() {
    let answer = mapped(
        &[("a", "Industry"), ("b", "City")],
        r#"{"a":"Rail","b":"Lund"}"#,
    );
    assert_eq!(written(&answer), [(field("City").id, text("Lund"))]);
    let company = &answer.writes.company;
    assert_eq!(company.len(), 1);
    assert_eq!(field("Industry").object, Object::Company);
    assert_eq!(
        (company[0].field, &company[0].value),
        (field("Industry").id, &text("Rail"))
    );
}
