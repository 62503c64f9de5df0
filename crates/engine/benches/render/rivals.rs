//! The same payload, made in four ways.

use std::collections::BTreeMap;

use leadhook_encoding::{Encoding, Kind, Scalar, json::Literals};
use leadhook_token::{Segment, Template};
use minijinja::Environment;

/// A lead's values by the tokens' order, as a call reads them from its store.
pub(crate) type Lead = [Option<String>; 8];

/// Names of the tokens, in their order.
const NAMES: [&str; 8] = [
    "first_name",
    "last_name",
    "email",
    "title",
    "company",
    "city",
    "country",
    "phone",
];

pub(crate) const TEMPLATE: &str = r#"{"event":"lead.updated","person":{"firstName":{{lead.First Name}},"lastName":{{lead.Last Name}},"email":{{lead.Email Address}},"title":{{lead.Job Title}}},"company":{"name":{{company.Company Name}},"city":{{lead.City}},"country":{{lead.Country}}},"phone":{{lead.Phone Number}},"source":"campaign"}"#;

pub(crate) fn lead() -> Lead {
    [
        "Zoë",
        "Ångström-Example",
        "zoe.angstrom@example.com",
        "Head of \"Growth\" Marketing",
        "Example Logistics AB",
        "Malmö",
        "Sweden",
        "+46 40 555 0100",
    ]
    .map(|value| Some(value.to_owned()))
}

/// As the engine does it: tokens are bound to slots and their places known when the webhook is saved.
pub(crate) struct Ours {
    template: Template,
    in_literal: Vec<bool>,
}

impl Ours {
    pub(crate) fn new() -> Ours {
        let template = Template::parse(TEMPLATE).expect("a template");
        let mut literals = Literals::default();
        let mut in_literal = Vec::new();
        for segment in template.segments() {
            match segment {
                Segment::Text(text) => literals.text(text),
                Segment::Token(..) => in_literal.push(literals.token()),
            }
        }
        Ours {
            template,
            in_literal,
        }
    }

    pub(crate) fn render(&self, lead: &Lead, out: &mut Vec<u8>) {
        self.template.render(out, |at, out| match &lead[at] {
            Some(text) => {
                let kind = Kind::Text;
                Encoding::Json.write(Scalar { text, kind }, self.in_literal[at], out);
            }
            None => out.extend_from_slice(b"null"),
        });
    }
}

/// What one would write for this payload and no other.
pub(crate) fn by_hand(lead: &Lead, out: &mut Vec<u8>) {
    let [first, last, email, title, company, city, country, phone] = lead;
    out.extend_from_slice(br#"{"event":"lead.updated","person":{"firstName":"#);
    string(first.as_deref(), out);
    out.extend_from_slice(br#","lastName":"#);
    string(last.as_deref(), out);
    out.extend_from_slice(br#","email":"#);
    string(email.as_deref(), out);
    out.extend_from_slice(br#","title":"#);
    string(title.as_deref(), out);
    out.extend_from_slice(br#"},"company":{"name":"#);
    string(company.as_deref(), out);
    out.extend_from_slice(br#","city":"#);
    string(city.as_deref(), out);
    out.extend_from_slice(br#","country":"#);
    string(country.as_deref(), out);
    out.extend_from_slice(br#"},"phone":"#);
    string(phone.as_deref(), out);
    out.extend_from_slice(br#","source":"campaign"}"#);
}

fn string(text: Option<&str>, out: &mut Vec<u8>) {
    serde_json::to_writer(out, &text).expect("a vector takes everything");
}

/// The template with its tokens as `spell` writes them.
fn spelled(spell: impl Fn(&str) -> String) -> String {
    let template = Template::parse(TEMPLATE).expect("a template");
    let pieces = template.segments().map(|segment| match segment {
        Segment::Text(text) => text.to_owned(),
        Segment::Token(at, _) => spell(NAMES[at]),
    });
    pieces.collect()
}

fn by_name(lead: &Lead) -> BTreeMap<&'static str, &str> {
    let values = lead
        .iter()
        .map(|value| value.as_deref().unwrap_or_default());
    NAMES.into_iter().zip(values).collect()
}

pub(crate) struct Handlebars(handlebars::Handlebars<'static>);

impl Handlebars {
    pub(crate) fn new() -> Handlebars {
        let mut registry = handlebars::Handlebars::new();
        registry.register_escape_fn(|text| serde_json::to_string(text).expect("a text"));
        // A brace before a token would read as a third of its own.
        let template = spelled(|name| format!("{{{{{name}}}}}"));
        registry
            .register_template_string("payload", template)
            .expect("a template");
        Handlebars(registry)
    }

    pub(crate) fn render(&self, lead: &Lead) -> String {
        let values = by_name(lead);
        self.0.render("payload", &values).expect("a payload")
    }
}

pub(crate) struct Minijinja(Environment<'static>);

impl Minijinja {
    pub(crate) fn new() -> Minijinja {
        let mut environment = Environment::new();
        let template = spelled(|name| format!("{{{{{name}}}}}"));
        // Of a template of this name every value is written as JSON.
        environment
            .add_template_owned("payload.json", template)
            .expect("a template");
        Minijinja(environment)
    }

    pub(crate) fn render(&self, lead: &Lead) -> String {
        let template = self.0.get_template("payload.json").expect("it was added");
        let values = by_name(lead).into_iter();
        let values: BTreeMap<_, _> = values
            .map(|(name, value)| (name, minijinja::Value::from(value)))
            .collect();
        template.render(values).expect("a payload")
    }
}

/// Sees that all write the same bytes.
pub(crate) fn agree() {
    let lead = lead();
    let (mut ours, mut hand) = (Vec::new(), Vec::new());
    Ours::new().render(&lead, &mut ours);
    by_hand(&lead, &mut hand);
    let ours = String::from_utf8(ours).expect("UTF-8");
    assert_eq!(ours.as_bytes(), hand);
    assert_eq!(ours, Minijinja::new().render(&lead));
    assert_eq!(ours, Handlebars::new().render(&lead));
    assert!((280..=340).contains(&ours.len()), "{} bytes", ours.len());
}
