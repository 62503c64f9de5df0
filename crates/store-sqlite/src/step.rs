//! Steps of flows that made no call, recorded with what they do.

use leadhook_field::Datetime;
use leadhook_store::{CampaignId, Error, Event, LeadId, NewStep, Source, StepEffect, Stepped};

use crate::{
    activities,
    leads::apply,
    progress::Passing,
    react::{enter, react_to_changes},
    rows,
    touched::Touched,
    writer::Write,
};

pub(crate) fn step(write: &mut Write<'_>, steps: Vec<NewStep>) -> Result<Vec<Stepped>, Error> {
    let mut touched = Touched::new(write)?;
    let stepped = steps
        .into_iter()
        .map(|step| step_one(write, &mut touched, step))
        .collect::<Result<_, _>>()?;
    touched.flush(write)?;
    write.memory.runs.flush(write.connection)?;
    Ok(stepped)
}

fn step_one(
    write: &mut Write<'_>,
    touched: &mut Touched<'_>,
    step: NewStep,
) -> Result<Stepped, Error> {
    let passing = Passing::find(write, step.progress.passage, step.lead)?;
    let is_there = match step.effect {
        // A lead whose row is damaged goes on all the same where nothing of it is read.
        StepEffect::Nothing => rows::has_lead(write.connection, step.lead)?,
        _ => touched.lead(step.lead)?.is_some(),
    };
    if !is_there {
        if let Some(passing) = passing {
            passing.vanish(write, step.at)?;
        }
        return Ok(Stepped {
            entry: None,
            is_gone: true,
        });
    }
    // What the step does stands in one commit with its progress: both were recorded before.
    let Some(mut passing) = passing else {
        return Ok(Stepped::default());
    };
    carry_out(
        write,
        touched,
        &mut passing,
        step.lead,
        step.campaign,
        step.effect,
        step.at,
    )?;
    passing.go(write, step.lead, step.progress.next, None, step.at)
}

fn carry_out(
    write: &mut Write<'_>,
    touched: &mut Touched<'_>,
    passing: &mut Passing,
    lead: LeadId,
    campaign: CampaignId,
    effect: StepEffect,
    at: Datetime,
) -> Result<(), Error> {
    let source = Source::Campaign(campaign);
    match effect {
        StepEffect::Nothing => Ok(()),
        StepEffect::Write(writes) => {
            let changes = apply(write, touched, lead, &writes, at)?;
            activities::note_changes(write, lead, &changes, source, at)?;
            react_to_changes(write, lead, &changes, at, Some(&mut passing.chain))
        }
        StepEffect::Misfit { field, text, error } => {
            let event = Event::ChangeRefused {
                field,
                text,
                error,
                source,
            };
            activities::note(write, lead, at, &event)
        }
        StepEffect::Request(entry) => {
            if enter(write, lead, &entry, at, Some(&mut passing.chain))? {
                let campaign = entry.campaign;
                let event = Event::RequestCampaign { campaign, source };
                activities::note(write, lead, at, &event)?;
            }
            Ok(())
        }
    }
}
