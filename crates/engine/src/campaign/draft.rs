//! A campaign as it is sent to be saved: nothing in it is believed yet.

use leadhook_store::{CampaignType, Operator};

use crate::error::Violation;

/// A campaign to be saved. Resources stand as they were typed: `webhooks/{webhook}`, `campaigns/{campaign}`.
#[derive(Clone, Debug)]
pub struct CampaignDraft {
    /// What people call it; at most 255 characters.
    pub display_name: String,
    /// Free text; at most 30,000 bytes.
    pub description: String,
    /// Whose My Tokens and members are in scope; empty: none.
    pub program: String,
    /// How leads come in; required.
    pub campaign_type: Option<CampaignType>,
    /// At most 100; none in a batch campaign.
    pub triggers: Vec<DraftTrigger>,
    /// At most 100 steps.
    pub flow: Vec<DraftStep>,
    /// How often one lead may come in.
    pub qualification: DraftQualification,
    /// What was sent and stands in no other field of the draft: it is refused together with all other faults.
    pub refused: Vec<Violation>,
}

/// How often one lead may come in (R-CMP-8).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DraftQualification {
    /// As often as it comes.
    #[default]
    EveryTime,
    /// Once.
    Once,
    /// Once within so many microseconds; more than 0.
    OncePerMicros(i64),
}

/// What lets a lead in.
#[derive(Clone, Debug)]
pub enum DraftTrigger {
    /// It does not say what; refused.
    Unsaid,
    /// RequestCampaign, or the flow action of that name.
    CampaignIsRequested,
    /// The lead is new.
    PersonIsCreated,
    /// A call for the lead ended.
    WebhookIsCalled {
        /// Empty: any.
        webhook: String,
        /// On the kept payload.
        response: Option<DraftConstraint>,
        /// On the call's error type.
        error_type: Option<DraftConstraint>,
        /// At most 1,000; empty: any.
        codes: Vec<i32>,
    },
    /// A field got another value.
    DataValueChanges {
        /// A lead or company field, by any of its names (R-LEAD-3).
        field: String,
        /// On what it is now.
        new_value: Option<DraftConstraint>,
        /// On what it was.
        previous_value: Option<DraftConstraint>,
    },
}

/// A condition on a text.
#[derive(Clone, Debug)]
pub struct DraftConstraint {
    /// What must be.
    pub operator: Operator,
    /// At most 1,000 of 255 characters each; none for the EMPTY forms.
    pub values: Vec<String>,
}

/// A step of a flow.
#[derive(Clone, Debug, Default)]
pub struct DraftStep {
    /// At most 100, in order.
    pub choices: Vec<DraftChoice>,
    /// Where no choice is taken; none: nothing is done.
    pub default_action: Option<DraftAction>,
}

/// One choice of a step.
#[derive(Clone, Debug)]
pub struct DraftChoice {
    /// A filter of leads; required.
    pub condition: String,
    /// None: nothing is done.
    pub action: Option<DraftAction>,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum DraftAction {
    /// It does not say what; refused.
    Unsaid,
    /// Calls a webhook.
    CallWebhook(String),
    /// Writes a field.
    ChangeDataValue {
        /// A lead or company field that is not read-only, by any of its names (R-LEAD-3).
        field: String,
        /// Template of the value; empty clears the field.
        new_value: String,
    },
    /// Goes on after so many microseconds: more than 0, at most ten years.
    WaitMicros(i64),
    /// Lets the lead into another campaign, or into this one once more.
    RequestCampaign(String),
    /// Ends the entry.
    RemoveFromFlow,
}
