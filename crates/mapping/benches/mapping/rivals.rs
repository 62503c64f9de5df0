//! What is compared: each reads title, score, employees and the last event's URL from a body, and builds the values.

use leadhook_field::{FieldType, Value, Zone};
use leadhook_mapping::{Format, Outcome, Path, Plan, Target};

const JSON_PATHS: [(&str, FieldType); 4] = [
    ("person.title", FieldType::String),
    ("person.score", FieldType::Integer),
    ("company.metrics.employees", FieldType::Integer),
    ("events[12].url", FieldType::Url),
];

const XML_PATHS: [(&str, FieldType); 4] = [
    (
        "Envelope.Body.EnrichResponse.person.title",
        FieldType::String,
    ),
    (
        "Envelope.Body.EnrichResponse.person.score",
        FieldType::Integer,
    ),
    (
        "Envelope.Body.EnrichResponse.company.employees",
        FieldType::Integer,
    ),
    (
        "Envelope.Body.EnrichResponse.events.event[12].url",
        FieldType::Url,
    ),
];

/// The four values.
pub(crate) type Values = (Option<String>, Option<i32>, Option<i32>, Option<String>);

/// This crate, with a vector that is used again.
pub(crate) struct Ours {
    plan: Plan,
    zone: Zone,
    out: Vec<Outcome>,
}

impl Ours {
    pub(crate) fn json() -> Self {
        Self::new(Format::Json, &JSON_PATHS)
    }

    pub(crate) fn xml() -> Self {
        Self::new(Format::Xml, &XML_PATHS)
    }

    fn new(format: Format, paths: &[(&str, FieldType)]) -> Self {
        let target = |(path, field_type): &(&str, FieldType)| {
            Target::new(
                Path::parse(format, path).expect("the paths above parse"),
                *field_type,
            )
        };
        let targets: Vec<Target> = paths.iter().map(target).collect();
        Self {
            plan: Plan::new(format, &targets),
            zone: Zone::utc(),
            out: Vec::new(),
        }
    }

    pub(crate) fn apply(&mut self, body: &[u8]) -> Values {
        self.plan.apply(body, None, &self.zone, &mut self.out);
        let mut values = self.out.drain(..).map(|outcome| match outcome {
            Outcome::Value(value) => Some(value),
            Outcome::Clear | Outcome::Problem(_) => None,
        });
        let mut next = || values.next().flatten();
        (
            text(next()),
            integer(next().as_ref()),
            integer(next().as_ref()),
            text(next()),
        )
    }
}

fn text(value: Option<Value>) -> Option<String> {
    match value {
        Some(Value::Text(text)) => Some(text.into()),
        _ => None,
    }
}

fn integer(value: Option<&Value>) -> Option<i32> {
    match value {
        Some(Value::Integer(integer)) => Some(*integer),
        _ => None,
    }
}

/// The whole body as a tree.
pub(crate) fn serde_json_value(body: &[u8]) -> Values {
    let body: serde_json::Value = serde_json::from_slice(body).expect("the body is well-formed");
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let integer =
        |value: &serde_json::Value| value.as_i64().and_then(|value| value.try_into().ok());
    (
        text(&body["person"]["title"]),
        integer(&body["person"]["score"]),
        integer(&body["company"]["metrics"]["employees"]),
        text(&body["events"][12]["url"]),
    )
}

/// Lazy lookups, with SIMD. It stops at the last value that it looks for, which is why one stands near the end of the body;
/// what follows may be anything.
pub(crate) struct Sonic(sonic_rs::PointerTree);

impl Sonic {
    pub(crate) fn new() -> Self {
        let mut tree = sonic_rs::PointerTree::new();
        tree.add_path(sonic_rs::pointer!["person", "title"].iter());
        tree.add_path(sonic_rs::pointer!["person", "score"].iter());
        tree.add_path(sonic_rs::pointer!["company", "metrics", "employees"].iter());
        tree.add_path(sonic_rs::pointer!["events", 12, "url"].iter());
        Self(tree)
    }

    pub(crate) fn get_many(&mut self, body: &[u8]) -> Values {
        use sonic_rs::JsonValueTrait;
        let body = std::str::from_utf8(body).expect("the body is UTF-8");
        let found = sonic_rs::get_many(body, &self.0).expect("the body is well-formed");
        let text = |at: usize| {
            found[at]
                .as_ref()
                .and_then(|value| value.as_str().map(str::to_owned))
        };
        let integer = |at: usize| {
            found[at]
                .as_ref()
                .and_then(|value| value.as_i64()?.try_into().ok())
        };
        (text(0), integer(1), integer(2), text(3))
    }
}

/// The whole document as a tree.
pub(crate) fn roxmltree(body: &[u8]) -> Values {
    let body = std::str::from_utf8(body).expect("the body is UTF-8");
    let document = roxmltree::Document::parse(body).expect("the body is well-formed");
    let text =
        |node: Option<roxmltree::Node<'_, '_>>| node?.text().map(|text| text.trim().to_owned());
    let integer = |node: Option<roxmltree::Node<'_, '_>>| node?.text()?.trim().parse().ok();
    let answer = child(
        child(Some(document.root_element()), "Body", 0),
        "EnrichResponse",
        0,
    );
    let person = child(answer, "person", 0);
    (
        text(child(person, "title", 0)),
        integer(child(person, "score", 0)),
        integer(child(child(answer, "company", 0), "employees", 0)),
        text(child(
            child(child(answer, "events", 0), "event", 12),
            "url",
            0,
        )),
    )
}

fn child<'t, 'i>(
    node: Option<roxmltree::Node<'t, 'i>>,
    name: &str,
    index: usize,
) -> Option<roxmltree::Node<'t, 'i>> {
    node?
        .children()
        .filter(|child| child.tag_name().name() == name)
        .nth(index)
}

/// Fails unless all find the same values, all four of them.
pub(crate) fn agree() {
    let expected: Values = (
        Some("Head of Growth".into()),
        Some(87),
        Some(420),
        Some("https://example.com/p/12".into()),
    );
    let (json, xml) = (super::bodies::json(), super::bodies::xml());
    assert_eq!(Ours::json().apply(json.as_bytes()), expected);
    assert_eq!(serde_json_value(json.as_bytes()), expected);
    assert_eq!(Sonic::new().get_many(json.as_bytes()), expected);
    assert_eq!(Ours::xml().apply(xml.as_bytes()), expected);
    assert_eq!(roxmltree(xml.as_bytes()), expected);
}
