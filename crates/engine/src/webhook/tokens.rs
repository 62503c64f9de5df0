//! What "Insert Token" offers, and the example values that a preview without a lead shows.

use std::collections::BTreeMap;

use leadhook_field::{Field, FieldType, Object};
use leadhook_store::{MyTokenType, Store};
use leadhook_token::name_key;

use crate::{
    engine::Engine,
    error::Error,
    programs::Lineage,
    render::{Attribute, System},
};

/// A token that can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenInfo {
    /// As it is typed: `{{lead.First Name}}`.
    pub token: String,
    /// `lead`, `company` ...
    pub scope: &'static str,
    /// Name of the type of its values in lower case: `text_area`.
    pub kind: &'static str,
    /// What it stands for.
    pub description: String,
    /// A value that it may have.
    pub example: String,
}

/// Trigger tokens (R-TOK-8), each with what it tells.
const TRIGGER: [(&str, &str, &str); 20] = [
    ("Trigger Name", "which trigger fired", "Webhook is Called"),
    (
        "Name",
        "what it fired for: an e-mail, a webhook, a field",
        "Enrich",
    ),
    (
        "Link",
        "the link that was clicked",
        "https://example.com/offer",
    ),
    ("Subject", "subject of the e-mail", "Your invitation"),
    ("Category", "category of the bounce", "2"),
    ("Details", "details of the bounce", "550 no such user"),
    ("Web Page", "the page that was visited", "/pricing"),
    ("Client IP Address", "address of the visitor", "192.0.2.10"),
    ("Sent By", "who sent the e-mail", "Ada Example"),
    ("Received By", "who received the e-mail", "Grace Example"),
    (
        "Referrer",
        "where the visitor came from",
        "https://example.org/",
    ),
    (
        "Search Engine",
        "the search engine that was used",
        "example",
    ),
    ("Search Query", "what was searched for", "webhooks"),
    ("Browser", "the browser of the visitor", "Firefox"),
    (
        "Response",
        "the response payload of the webhook",
        "{\"ok\":true}",
    ),
    (
        "Error Type",
        "reason phrase or error word of the call",
        "Service Unavailable",
    ),
    ("Code", "response code of the call", "503"),
    ("New Value", "the value after the change", "CTO"),
    ("Previous Value", "the value before the change", "VP"),
    ("Source", "who requested the campaign", "API"),
];

impl<S: Store> Engine<S> {
    /// Every token whose text contains `query`, without regard to case; empty: all. With a program, `programs/{program}`, its My Tokens
    /// are among them, inherited ones included. With a campaign, `campaigns/{campaign}`, the trigger tokens are those that its triggers bring, and
    /// its program is the program where none is given. Members, which anyone may name, are not.
    ///
    /// # Errors
    /// [`Error::NotFound`] for the program or campaign.
    pub fn list_tokens(
        &self,
        query: &str,
        campaign: &str,
        program: &str,
    ) -> Result<Vec<TokenInfo>, Error> {
        let snapshot = self.snapshot();
        let campaign = match campaign {
            "" => None,
            name => Some(&snapshot.campaigns.resource(name)?.compiled),
        };
        let of_campaign = || snapshot.programs.by_id(campaign?.program?);
        let program = match program {
            "" => of_campaign(),
            name => Some(snapshot.programs.named(name)?),
        };
        let lineage = program.map(|live| snapshot.programs.lineage(live));
        let my_tokens = lineage.as_ref().map(my_tokens).unwrap_or_default();
        let is_brought =
            |name: &str| campaign.is_none_or(|campaign| campaign.brings(&name_key(name)));
        let fields = snapshot.schema.iter().map(of_field);
        let system = System::ALL
            .into_iter()
            .map(|(name, system)| of_system(name, system));
        let of_campaigns = Attribute::ALL
            .into_iter()
            .map(|(name, _)| of_attribute("campaign", name));
        let of_programs = Attribute::ALL
            .into_iter()
            .map(|(name, _)| of_attribute("program", name));
        let trigger = TRIGGER
            .into_iter()
            .filter(|(name, ..)| is_brought(name))
            .map(|(name, description, example)| TokenInfo {
                token: format!("{{{{trigger.{name}}}}}"),
                scope: "trigger",
                kind: "string",
                description: format!("trigger: {description}"),
                example: example.to_owned(),
            });
        let query = leadhook_field::fold(query).into_owned();
        let tokens = fields
            .chain(system)
            .chain(of_campaigns)
            .chain(of_programs)
            .chain(trigger)
            .chain(my_tokens)
            .filter(|info| leadhook_field::fold(&info.token).contains(&query));
        Ok(tokens.collect())
    }
}

fn of_field(field: &Field) -> TokenInfo {
    let (scope, noun) = match field.object {
        Object::Lead => ("lead", "lead"),
        Object::Company => ("company", "company"),
    };
    TokenInfo {
        token: format!("{{{{{scope}.{}}}}}", field.display_name),
        scope,
        kind: field.field_type.name(),
        description: format!("{noun} field {}", field.api_name),
        example: example(field),
    }
}

fn of_system(name: &str, system: System) -> TokenInfo {
    let (kind, description, example) = match system {
        System::Date => (
            "string",
            "the day of the call, in the server's time zone",
            "Aug 08, 2013",
        ),
        System::Time => (
            "string",
            "the time of the call, in the server's time zone",
            "04:34 PM (GMT -0700)",
        ),
        System::DateTime => (
            "string",
            "day and time of the call, in the server's time zone",
            "2013-08-08 16:36:13",
        ),
        System::Link => (
            "url",
            "only e-mails have it: it has no value in a webhook",
            "",
        ),
    };
    TokenInfo {
        token: format!("{{{{system.{name}}}}}"),
        scope: "system",
        kind,
        description: description.to_owned(),
        example: example.to_owned(),
    }
}

fn of_attribute(scope: &'static str, name: &str) -> TokenInfo {
    TokenInfo {
        token: format!("{{{{{scope}.{name}}}}}"),
        scope,
        kind: if name == "Id" { "integer" } else { "string" },
        description: format!("{} of the {scope} whose flow calls", name.to_lowercase()),
        example: if name == "Id" {
            "1042".to_owned()
        } else {
            format!("Example {scope}")
        },
    }
}

/// The My Tokens that a program sees, by name.
fn my_tokens(lineage: &Lineage) -> Vec<TokenInfo> {
    let mut nearest = BTreeMap::new();
    for live in lineage.iter() {
        for token in &live.program.my_tokens {
            let key = name_key(&token.key);
            nearest.entry(key).or_insert_with(|| TokenInfo {
                token: format!("{{{{my.{}}}}}", token.key),
                scope: "my",
                kind: type_name(token.kind),
                description: format!("My Token of {}", live.resource_name()),
                example: token.value.clone(),
            });
        }
    }
    nearest.into_values().collect()
}

fn type_name(kind: MyTokenType) -> &'static str {
    match kind {
        MyTokenType::Text => "text",
        MyTokenType::Date => "date",
        MyTokenType::Number => "number",
        MyTokenType::RichText => "rich_text",
        MyTokenType::Score => "score",
        MyTokenType::SfdcCampaign => "sfdc_campaign",
    }
}

/// An example value of a field, as text that its type can read.
pub(super) fn example(field: &Field) -> String {
    let text = match (field.api_name.as_str(), field.field_type) {
        ("FirstName", _) => "Ada",
        ("MiddleName", _) => "B.",
        ("LastName", _) => "Example",
        ("FullName", _) => "Ada B. Example",
        ("Company", _) => "Example & Co",
        ("Title", _) => "CTO",
        ("Country" | "BillingCountry", _) => "Sweden",
        (_, FieldType::Email) => "ada@example.com",
        (_, FieldType::Phone) => "+1 555 0100",
        (_, FieldType::Url) => "https://example.com/",
        (_, FieldType::Integer | FieldType::Percent | FieldType::Score) => "42",
        (_, FieldType::Float | FieldType::Currency) => "1234.5",
        (_, FieldType::Boolean) => "true",
        (_, FieldType::Date) => "2010-05-07",
        (_, FieldType::Datetime) => "2010-05-07T15:41:32Z",
        (
            _,
            FieldType::String | FieldType::TextArea | FieldType::Reference | FieldType::Formula,
        ) => {
            return format!("Example {}", field.display_name);
        }
    };
    text.to_owned()
}
