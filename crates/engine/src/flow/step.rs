//! What single steps need to know: which choice a lead takes, what is written to it, whether a campaign lets it in.

use std::sync::Arc;

use leadhook_field::Object;
use leadhook_store::{CampaignId, FieldWrite, LeadId, NewEntry, Store, Writes};

use crate::{
    call::CallSubjectData,
    campaign::{self, CompiledAction, CompiledStep, campaign_is_requested},
    engine::Shared,
    error::Error,
    render::{Context, Needs, Scene},
};

/// What a step does for a lead (R-CMP-2).
pub(super) enum Taken<'a> {
    Action(&'a CompiledAction),
    Nothing,
    /// The lead is not there any more.
    Gone,
}

impl CompiledStep {
    /// The action of the first choice that the lead matches, else the default one.
    pub(super) async fn take<S: Store>(
        &self,
        shared: &Shared<S>,
        lead: LeadId,
    ) -> Result<Taken<'_>, Error> {
        let mut action = &self.default;
        if !self.conditions.is_empty() {
            let conditions = Arc::clone(&self.conditions);
            match shared.store.first_match(lead, conditions).await? {
                None => return Ok(Taken::Gone),
                Some(Some(at)) => action = &self.actions[at],
                Some(None) => {}
            }
        }
        Ok(match action {
            Some(action) => Taken::Action(action),
            None => Taken::Nothing,
        })
    }
}

/// What Change Data Value writes to a lead.
pub(super) enum Change {
    Write(Writes),
    /// The text does not fit the field (R-CMP-11).
    Misfit {
        text: String,
        error: String,
    },
    /// The lead is not there any more.
    Gone,
}

impl campaign::Change {
    /// Renders the template for a lead and reads it as the field's type (R-FLD-2).
    pub(super) async fn value_for<S: Store>(
        &self,
        shared: &Shared<S>,
        lead: LeadId,
        context: &Context,
    ) -> Result<Change, Error> {
        let subject = CallSubjectData::Stored(lead);
        let needs = Needs::new(&self.named, context);
        let Some(slots) = subject.slots(shared, &self.projection).await? else {
            return Ok(Change::Gone);
        };
        let Some(answers) = subject.answers(shared, context, &needs).await? else {
            return Ok(Change::Gone);
        };
        let (settings, now) = (&shared.settings, (shared.environment.now)());
        let (zone, limit) = (&settings.zone, settings.max_payload);
        let Ok(scene) = Scene::new(&slots, context, &needs, &answers, now, zone, limit) else {
            return Ok(Change::Misfit {
                text: String::new(),
                error: format!("the rendered value has more than {limit} bytes"),
            });
        };
        let (mut scratch, mut out) = (Vec::new(), Vec::new());
        self.value.render(&scene, &mut scratch, &mut out);
        let text = String::from_utf8(out).expect("templates and values are text");
        Ok(match self.field_type.read(&text, &settings.zone) {
            Ok(value) => Change::Write(self.writes(value)),
            Err(error) => Change::Misfit {
                error: error.to_string(),
                text,
            },
        })
    }

    fn writes(&self, value: Option<leadhook_field::Value>) -> Writes {
        let write = vec![FieldWrite {
            field: self.field,
            value,
        }];
        match self.object {
            Object::Lead => Writes {
                lead: write,
                company: Vec::new(),
            },
            Object::Company => Writes {
                lead: Vec::new(),
                company: write,
            },
        }
    }
}

/// Whether a campaign lets in whom another requests it for.
pub(super) enum Requested {
    Entry(NewEntry),
    /// It is not there, not active, or lacks the trigger (R-CMP-1).
    Closed,
}

impl<S> Shared<S> {
    /// The entry that a Request Campaign step makes; `by` is the display name of the campaign whose step it is.
    pub(super) fn requested(&self, campaign: CampaignId, by: &str) -> Requested {
        let snapshot = self.snapshot();
        match snapshot.campaigns.get(campaign) {
            Some(live) if live.is_open_to_requests() => Requested::Entry(NewEntry {
                campaign,
                version: live.campaign.version,
                qualification: live.compiled.qualification,
                trigger: campaign_is_requested(&live.compiled.display_name, by),
            }),
            _ => Requested::Closed,
        }
    }
}
