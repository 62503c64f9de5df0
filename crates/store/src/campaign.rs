//! Smart campaigns: what lets leads in, and the flow that they go through. Part of the catalog.

use std::time::Duration;

use leadhook_field::{Datetime, FieldId};
use serde::{Deserialize, Serialize};

use crate::{CampaignId, ProgramId, Revision, WebhookId};

/// A saved campaign.
#[derive(Clone, Debug, PartialEq)]
pub struct Campaign {
    /// Its id; the revision that created it.
    pub id: CampaignId,
    /// The last part of its resource name, `[a-z][a-z0-9-]{0,62}`.
    pub name: String,
    /// The revision that wrote this definition.
    pub version: Revision,
    /// When it was created.
    pub created: Datetime,
    /// When its definition last changed.
    pub updated: Datetime,
    /// Whether its triggers let leads in.
    pub active: bool,
    /// What it does.
    pub definition: CampaignDefinition,
}

/// A definition as it was at one version, for the entries that began with it (R-CMP-6).
#[derive(Clone, Debug, PartialEq)]
pub struct CampaignVersion {
    /// The last part of its resource name at that time.
    pub name: String,
    /// What it did.
    pub definition: CampaignDefinition,
}

/// What a campaign does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CampaignDefinition {
    /// What people call it; empty: its resource id.
    pub display_name: String,
    /// Free text.
    pub description: String,
    /// Whose My Tokens and members are in scope.
    pub program: Option<ProgramId>,
    /// How leads come in.
    pub campaign_type: CampaignType,
    /// What lets a lead in.
    pub triggers: Vec<Trigger>,
    /// What is done for it, step by step.
    pub flow: Vec<FlowStep>,
    /// How often one lead may come in (R-CMP-8).
    pub qualification: Qualification,
}

/// How leads come into a campaign (R-CMP-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CampaignType {
    /// One by one, when a trigger fires.
    Trigger,
    /// Many at once, when somebody runs it; it calls no webhook (R-CALL-2).
    Batch,
}

/// How often one lead may come in, counted from entering (R-CMP-8).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Qualification {
    /// As often as it comes.
    #[default]
    EveryTime,
    /// Once.
    Once,
    /// Once within so long.
    OncePer(Duration),
}

/// What lets a lead in. Of several any one does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Trigger {
    /// RequestCampaign, or the flow action of that name.
    CampaignIsRequested,
    /// The lead is new.
    PersonIsCreated,
    /// A call for the lead ended; all that is given must hold (R-CMP-3).
    WebhookIsCalled {
        /// None: any.
        webhook: Option<WebhookId>,
        /// On the kept payload.
        response: Option<StringConstraint>,
        /// On the call's error type.
        error_type: Option<StringConstraint>,
        /// Of the call; empty: any.
        codes: Vec<i32>,
    },
    /// A field of the lead, or of its company, got another value.
    DataValueChanges {
        /// Which.
        field: FieldId,
        /// On what it is now.
        new_value: Option<StringConstraint>,
        /// On what it was.
        previous_value: Option<StringConstraint>,
    },
}

/// A condition on a text; without regard to case (R-CMP-7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StringConstraint {
    /// What must be.
    pub operator: Operator,
    /// Any of them; for the NOT forms none of them. None for the EMPTY forms.
    pub values: Vec<String>,
}

/// What a [`StringConstraint`] demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the variants are the contract's own words")]
pub enum Operator {
    Is,
    IsNot,
    Contains,
    NotContains,
    StartsWith,
    NotStartsWith,
    IsEmpty,
    IsNotEmpty,
}

/// A step of a flow: the first choice whose condition holds, else the default action, else nothing (R-CMP-2).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FlowStep {
    /// In order.
    pub choices: Vec<Choice>,
    /// Where no choice is taken.
    pub default_action: Option<Action>,
}

/// One choice of a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// A filter of leads, as typed.
    pub condition: String,
    /// None: nothing is done.
    pub action: Option<Action>,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Action {
    /// Calls a webhook for the lead.
    CallWebhook(WebhookId),
    /// Writes a field.
    ChangeDataValue {
        /// Of the lead, or of its company.
        field: FieldId,
        /// Template of the value, read as R-FLD-2 reads text.
        new_value: String,
    },
    /// Goes on later.
    Wait(Duration),
    /// Lets the lead into another campaign.
    RequestCampaign(CampaignId),
    /// Ends the entry.
    RemoveFromFlow,
}
