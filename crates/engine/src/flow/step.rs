//! What single steps need to know: what is written to a lead, whether a campaign lets it in.

use leadhook_field::Object;
use leadhook_store::{CampaignId, FieldWrite, NewEntry, Subject, Writes};

use crate::{
    campaign::{self, campaign_is_requested},
    engine::Shared,
    render::{Answers, Context, Needs, Scene},
};

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
    /// What its template needs of a context.
    pub(super) fn needs<'a>(&'a self, context: &'a Context) -> Needs<'a> {
        Needs::new(&self.named, context)
    }

    /// Renders the template for a lead and reads it as the field's type (R-FLD-2).
    pub(super) fn value<S>(
        &self,
        shared: &Shared<S>,
        (subject, answers): &(Subject, Answers),
        context: &Context,
        needs: &Needs<'_>,
    ) -> Change {
        let (settings, now) = (&shared.settings, (shared.environment.now)());
        let (zone, limit) = (&settings.zone, settings.max_payload);
        let Ok(scene) = Scene::new(subject, context, needs, answers, now, zone, limit) else {
            return Change::Misfit {
                text: String::new(),
                error: format!("the rendered value has more than {limit} bytes"),
            };
        };
        let (mut scratch, mut out) = (Vec::new(), Vec::new());
        self.value.render(&scene, &mut scratch, &mut out);
        let text = String::from_utf8(out).expect("templates and values are text");
        match self.field_type.read(&text, &settings.zone) {
            Ok(value) => Change::Write(self.writes(value)),
            Err(error) => Change::Misfit {
                error: error.to_string(),
                text,
            },
        }
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
