//! An activity in words: its type, its primary attribute, and attributes with resource names and API names (R-CMP-5).

use std::{collections::HashMap, sync::Arc};

use leadhook_field::{Datetime, FieldId, Value, Zone};
use leadhook_store::{
    Activity, ActivityId, Call, CampaignId, ChainEnd, Event, FieldChange, LeadId, MAX_CHAIN_DEPTH,
    MAX_CHAIN_ENTRIES, Revision, Source, WebhookId,
};

use crate::{
    call::{ShownVersion, api_name},
    snapshot::Snapshot,
};

/// An activity, ready to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct ActivityView {
    /// Its place in the lead's history.
    pub id: ActivityId,
    /// Whose.
    pub lead: LeadId,
    /// `Call Webhook`, `Change Data Value`, `New Person`, `Request Campaign` or `Campaign Chain Ended`.
    pub activity_type: &'static str,
    /// When.
    pub time: Datetime,
    /// The display name of the webhook, field or campaign, or the e-mail address.
    pub primary_attribute: String,
    /// All others; each name once.
    pub attributes: Vec<(&'static str, String)>,
}

pub(crate) const CODE: &str = "Code";

/// The names of all attributes.
pub(crate) const ATTRIBUTES: [&str; 12] = [
    "Webhook",
    "Response",
    "Error Type",
    CODE,
    "Call",
    "Field",
    "Old Value",
    "New Value",
    "Source",
    "Campaign",
    "Reason",
    "Error",
];

impl ActivityView {
    /// Its resource name; the lead stands in it, since leads of one run share the place of its activity.
    #[must_use]
    pub fn name(&self) -> String {
        format!("activities/{}-{}", self.lead, self.id)
    }

    /// The attribute of a name.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let (_, value) = self.attributes.iter().find(|(known, _)| *known == name)?;
        Some(value)
    }

    /// About as many bytes as it is long in a message.
    pub(crate) fn bytes(&self) -> usize {
        let attributes = self.attributes.iter();
        self.primary_attribute.len()
            + attributes
                .map(|(name, value)| name.len() + value.len())
                .sum::<usize>()
    }
}

/// What activities are put into words with.
pub(crate) struct Writer<'a> {
    pub(crate) snapshot: &'a Snapshot,
    /// The definitions that calls were made with.
    pub(crate) versions: &'a HashMap<(WebhookId, Revision), Arc<ShownVersion>>,
    pub(crate) zone: &'a Zone,
}

impl Writer<'_> {
    pub(crate) fn view(&self, activity: Activity) -> ActivityView {
        let (activity_type, primary_attribute, attributes) = match activity.event {
            Event::CallWebhook(call) => self.call(&call),
            Event::ChangeDataValue { change, source } => (
                "Change Data Value",
                self.display_name(change.field),
                self.change(&change, source),
            ),
            Event::ChangeRefused {
                field,
                text,
                error,
                source,
            } => (
                "Change Data Value",
                self.display_name(field),
                vec![
                    ("Field", api_name(self.snapshot, field)),
                    ("New Value", text),
                    ("Source", self.source(source)),
                    ("Error", error),
                ],
            ),
            Event::NewPerson { email, source } => {
                ("New Person", email, vec![("Source", self.source(source))])
            }
            Event::RequestCampaign { campaign, source } => (
                "Request Campaign",
                self.campaign_display_name(campaign),
                vec![
                    ("Campaign", self.campaign(campaign)),
                    ("Source", self.source(source)),
                ],
            ),
            Event::ChainEnded { campaign, reason } => (
                "Campaign Chain Ended",
                self.campaign_display_name(campaign),
                vec![
                    ("Campaign", self.campaign(campaign)),
                    ("Reason", reason_text(reason)),
                ],
            ),
        };
        ActivityView {
            id: activity.id,
            lead: activity.lead,
            activity_type,
            time: activity.time,
            primary_attribute,
            attributes,
        }
    }

    fn call(&self, call: &Call) -> (&'static str, String, Vec<(&'static str, String)>) {
        let version = &self.versions[&(call.origin.webhook, call.origin.version)];
        let display_name = match &*version.display_name {
            "" => &version.name,
            given => given,
        };
        let body = call.response.as_ref().map(|response| &*response.body);
        let response = String::from_utf8_lossy(body.unwrap_or_default()).into_owned();
        let attributes = vec![
            ("Webhook", format!("webhooks/{}", version.name)),
            ("Response", response),
            ("Error Type", call.outcome.error_type.clone()),
            (CODE, call.outcome.code.to_string()),
            ("Call", format!("calls/{:016x}", call.id.0)),
        ];
        ("Call Webhook", display_name.to_owned(), attributes)
    }

    fn change(&self, change: &FieldChange, source: Source) -> Vec<(&'static str, String)> {
        vec![
            ("Field", api_name(self.snapshot, change.field)),
            ("Old Value", self.text(change.previous.as_ref())),
            ("New Value", self.text(change.new.as_ref())),
            ("Source", self.source(source)),
        ]
    }

    /// A value as a person reads it; none is the empty text.
    fn text(&self, value: Option<&Value>) -> String {
        value.map_or_else(String::new, |value| value.to_text(self.zone))
    }

    fn display_name(&self, field: FieldId) -> String {
        let known = self.snapshot.schema.get(field);
        known.map_or_else(
            || api_name(self.snapshot, field),
            |field| field.display_name.clone(),
        )
    }

    fn source(&self, source: Source) -> String {
        match source {
            Source::Api => "API".to_owned(),
            Source::Import => "Import".to_owned(),
            Source::Campaign(id) => self.campaign(id),
            Source::Webhook(id) => match self.snapshot.webhook_by_id(id) {
                Some(live) => format!("webhooks/{}", live.webhook.name),
                None => format!("deleted webhook {id}"),
            },
        }
    }

    fn campaign(&self, id: CampaignId) -> String {
        match self.snapshot.campaigns.get(id) {
            Some(live) => format!("campaigns/{}", live.campaign.name),
            None => format!("deleted campaign {id}"),
        }
    }

    fn campaign_display_name(&self, id: CampaignId) -> String {
        match self.snapshot.campaigns.get(id) {
            Some(live) => live.compiled.display_name.clone(),
            None => self.campaign(id),
        }
    }
}

fn reason_text(reason: ChainEnd) -> String {
    match reason {
        ChainEnd::TooDeep => format!(
            "a chain goes through {MAX_CHAIN_DEPTH} campaigns at most; a Wait of a minute or more begins a new one"
        ),
        ChainEnd::TooMany => format!(
            "a chain makes {MAX_CHAIN_ENTRIES} entries at most; a Wait of a minute or more begins a new one"
        ),
    }
}
