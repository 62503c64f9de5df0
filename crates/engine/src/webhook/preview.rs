//! What a call would be, without making it.

use std::sync::Arc;

use leadhook_field::{Field, FieldId, Value, Zone};
use leadhook_store::{
    Definition, FieldChange, IdempotencyKey, MappingProblem, ProblemReason, Projection, Store,
    Subject,
};

use super::{check::check, draft::Draft, tokens::example, warnings};
use crate::{
    call::{
        CallSubject, CallSubjectData, FieldChangeView, HttpRequest, MappingProblemView,
        RequestShape, api_name, map_answer, render,
    },
    compile::Compiled,
    engine::Engine,
    error::{Error, Kind, Violation},
    render::{Answers, CallContext, Context, Needs, Scene},
    snapshot::Snapshot,
    vault::Secret,
};

/// Which webhook is previewed.
#[derive(Clone, Debug)]
pub enum PreviewSource {
    /// A stored one, by its resource id.
    Stored(String),
    /// One that is not saved, with the resource id of the stored one that it would replace, if any.
    Draft(Box<Draft>, String),
}

/// An answer to try the mappings on.
#[derive(Clone, Debug)]
pub struct SampleResponse {
    /// HTTP status; 0: 200.
    pub code: u16,
    /// Its body.
    pub body: String,
}

/// What a call would be.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The request, secrets redacted.
    pub request: HttpRequest,
    /// What is suspicious (R-DEF-3).
    pub warnings: Vec<Warning>,
    /// What the sample response would write.
    pub changes: Vec<MappedChange>,
    /// Which mappings would write nothing of it.
    pub problems: Vec<MappingProblemView>,
}

/// A change that a sample response would make.
pub type MappedChange = FieldChangeView;

/// Something suspicious.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Where: `payload_template:3:17`.
    pub location: String,
    /// What.
    pub message: String,
    /// What to do; may be empty.
    pub suggestion: String,
}

impl<S: Store> Engine<S> {
    /// Previews a webhook. Without a subject every token shows an example value.
    ///
    /// # Errors
    /// What saving or calling it would be refused for.
    pub async fn preview(
        &self,
        source: &PreviewSource,
        subject: Option<&CallSubject>,
        context: &CallContext,
        sample: Option<&SampleResponse>,
    ) -> Result<Preview, Error> {
        let snapshot = self.snapshot();
        let settings = &self.shared.settings;
        let (definition, compiled) = self.definition(source, &snapshot)?;
        let bound = Context::new(
            context,
            &snapshot.schema,
            &snapshot.programs,
            &snapshot.campaigns,
        )?;
        let data = subject
            .map(|subject| CallSubjectData::new(subject, &snapshot, &settings.zone))
            .transpose()?;
        let slots = async |projection: &Arc<Projection>| match &data {
            Some(data) => data
                .slots(&self.shared, projection)
                .await?
                .ok_or_else(|| lead_not_found(subject)),
            None => Ok(examples(projection, &snapshot, &settings.zone)),
        };
        let lead = slots(&compiled.projection).await?;
        let bound = if data.is_some() {
            bound
        } else {
            bound.with_examples()
        };
        let needs = Needs::new(&compiled.named, &bound);
        let answers = match &data {
            Some(data) => data
                .answers(&self.shared, &bound, &needs)
                .await?
                .ok_or_else(|| lead_not_found(subject))?,
            None => Answers {
                subject: examples(&needs.projection, &snapshot, &settings.zone),
                ..Answers::default()
            },
        };
        let limit = settings.max_payload;
        let scene = Scene::new(
            &lead,
            &bound,
            &needs,
            &answers,
            self.now(),
            &settings.zone,
            limit,
        )
        .map_err(|_| not_sent("TOO_LARGE: the My Tokens grow beyond the largest payload"))?;
        let key = IdempotencyKey([0; 16]);
        let rendered = render(&compiled, &scene, &key, limit)
            .map_err(|error| not_sent(&format!("{}: {}", error.word(), error.detail())))?;
        let request = RequestShape::new(&definition)
            .and_then(|shape| shape.rebuild(&rendered.recorded(), &key))
            .expect("a request is made again from the definition that rendered it");
        let warnings = warnings::of(&definition, &compiled, &bound, &request);
        let (changes, problems) = match sample {
            Some(sample) => {
                self.sampled(&definition, &compiled, data.as_ref(), sample, &snapshot)
                    .await?
            }
            None => (Vec::new(), Vec::new()),
        };
        Ok(Preview {
            request,
            warnings,
            changes,
            problems,
        })
    }

    fn definition(
        &self,
        source: &PreviewSource,
        snapshot: &Snapshot,
    ) -> Result<(Definition<Option<Secret>>, Arc<Compiled>), Error> {
        match source {
            PreviewSource::Stored(name) => {
                let live = snapshot.required_webhook(name)?;
                let compiled = live.compiled.clone();
                let compiled = compiled.map_err(|violations| Error::Invalid {
                    subject: Kind::Webhook,
                    violations,
                })?;
                Ok((self.opened(&live.webhook.definition), compiled))
            }
            PreviewSource::Draft(draft, name) => {
                let settings = &self.shared.settings;
                let replaced = snapshot.webhook(name);
                let replaced = replaced.map(|live| self.opened(&live.webhook.definition));
                let draft = (**draft).clone();
                let (definition, compiled) =
                    check(draft, replaced.as_ref(), &snapshot.schema, settings)?;
                Ok((definition.map_secrets(Some), Arc::new(compiled)))
            }
        }
    }

    async fn sampled(
        &self,
        definition: &Definition<Option<Secret>>,
        compiled: &Compiled,
        data: Option<&CallSubjectData>,
        sample: &SampleResponse,
        snapshot: &Snapshot,
    ) -> Result<(Vec<MappedChange>, Vec<MappingProblemView>), Error> {
        let code = if sample.code == 0 { 200 } else { sample.code };
        let is_success = (200..300).contains(&code);
        // R-CALL-3: an empty answer is EMPTY_RESPONSE, and nothing of it is mapped.
        let is_mapped =
            (is_success && !sample.body.is_empty()) || compiled.also_map_codes.contains(&code);
        let Some(mapping) = compiled.mapping.as_ref().filter(|_| is_mapped) else {
            return Ok((Vec::new(), Vec::new()));
        };
        let zone = &self.shared.settings.zone;
        // The body came as text: whatever charset it names, it is UTF-8 now.
        let mapped = map_answer(mapping, sample.body.as_bytes(), Some("utf-8"), zone);
        let writes = mapped.writes.lead.into_iter().chain(mapped.writes.company);
        let mut projection = Projection::default();
        for (field, object) in &mapping.fields {
            match object {
                leadhook_field::Object::Lead => projection.lead.push(*field),
                leadhook_field::Object::Company => projection.company.push(*field),
            }
        }
        let fields: Vec<FieldId> = projection
            .lead
            .iter()
            .chain(&projection.company)
            .copied()
            .collect();
        let before = match data {
            Some(data) => data.slots(&self.shared, &Arc::new(projection)).await?,
            None => None,
        };
        let previous = |field: FieldId| {
            let at = fields.iter().position(|known| *known == field)?;
            before.as_ref()?.slots[at].clone()
        };
        let changes = writes
            .map(|write| FieldChange {
                field: write.field,
                previous: previous(write.field),
                new: write.value,
            })
            .filter(|change| change.previous != change.new)
            .map(|change| FieldChangeView {
                field: api_name(snapshot, change.field),
                previous: change.previous,
                new: change.new,
            });
        let problems = mapped.problems.into_iter().map(|problem: MappingProblem| {
            let mapping = &definition.response_mappings[usize::from(problem.mapping)];
            MappingProblemView {
                response_attribute: mapping.response_attribute.clone(),
                field: api_name(snapshot, mapping.field),
                detail: match problem.reason {
                    ProblemReason::InvalidResponse => with_beginning(problem.detail, &sample.body),
                    _ => problem.detail,
                },
                reason: problem.reason,
            }
        });
        Ok((changes.collect(), problems.collect()))
    }
}

/// Characters of a sample that is not well-formed that its problem quotes.
const QUOTED: usize = 40;

/// What is wrong with a whole body is often seen where it begins: an HTML page, or a text that a shell has cut.
fn with_beginning(detail: String, body: &str) -> String {
    let beginning: String = body.chars().take(QUOTED).collect();
    if beginning.is_empty() {
        return detail;
    }
    let cut = if beginning.len() < body.len() {
        "..."
    } else {
        ""
    };
    format!(
        "{detail}; sample_response.body begins with `{}{cut}`",
        beginning.escape_debug()
    )
}

fn lead_not_found(subject: Option<&CallSubject>) -> Error {
    let name = match subject {
        Some(CallSubject::Lead(id)) => format!("leads/{id}"),
        _ => String::new(),
    };
    Error::not_found(Kind::Lead, name)
}

fn not_sent(message: &str) -> Error {
    Error::Invalid {
        subject: Kind::Webhook,
        violations: vec![Violation::new(
            "webhook",
            format!("nothing would be sent: {message}"),
        )],
    }
}

fn examples(projection: &Projection, snapshot: &Snapshot, zone: &Zone) -> Subject {
    let fields = projection.lead.iter().chain(&projection.company);
    let slots = fields.map(|field| example_value(snapshot.schema.get(*field)?, zone));
    Subject {
        slots: slots.collect(),
    }
}

fn example_value(field: &Field, zone: &Zone) -> Option<Value> {
    field.field_type.read(&example(field), zone).ok().flatten()
}
