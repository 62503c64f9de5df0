//! A webhook and a call on it without engine, store or network: what tests of checking and rendering have in common.

use leadhook_field::{Datetime, Field, FieldId, Object, Schema, Value, Zone};
use leadhook_store::{
    Definition, IdempotencyKey, MyTokenType, ProgramId, Projection, RequestTokenEncoding,
    RequestType, ResponseType, Subject,
};

use super::{
    check::check,
    draft::{Draft, DraftHeader},
};
use crate::{
    call::{HttpRequest, NotSent, Rendered, RequestShape, render},
    campaign::Campaigns,
    compile::Compiled,
    environment::Settings,
    error::{Error, Violation},
    programs::{LiveProgram, Programs},
    render::{Answers, CallContext, Context, MyToken, Needs, Payload, Scene},
    vault::Secret,
};

/// One webhook, one lead, one call.
#[derive(Clone, Debug)]
pub(crate) struct Stage {
    pub(crate) draft: Draft,
    pub(crate) stored: Option<Definition<Option<Secret>>>,
    pub(crate) context: CallContext,
    pub(crate) programs: Programs,
    pub(crate) settings: Settings,
    /// Company fields too; their values are read as their types read text.
    values: Vec<(FieldId, Value)>,
    /// What the membership holds, by keys.
    members: Vec<(String, Value)>,
}

impl Stage {
    /// A POST of nothing to `https://example.com/`, for a lead without values.
    pub(crate) fn new() -> Stage {
        Stage {
            draft: Draft {
                display_name: "Enrich".to_owned(),
                description: String::new(),
                url: "https://example.com/".to_owned(),
                request_type: Some(RequestType::Post),
                payload_template: String::new(),
                request_token_encoding: RequestTokenEncoding::None,
                response_type: ResponseType::None,
                custom_headers: Vec::new(),
                response_mappings: Vec::new(),
                timeout_micros: None,
                retry_policy: None,
                max_concurrency: 0,
                max_rate: 0.0,
                authentication: None,
                marketo_escapes: false,
                also_map_codes: Vec::new(),
                refused: Vec::new(),
            },
            stored: None,
            context: CallContext::default(),
            programs: Programs::default(),
            settings: Settings::default(),
            values: Vec::new(),
            members: Vec::new(),
        }
    }

    pub(crate) fn payload(encoding: RequestTokenEncoding, template: &str) -> Stage {
        let mut stage = Stage::new();
        stage.draft.request_token_encoding = encoding;
        stage.draft.payload_template = template.to_owned();
        stage
    }

    pub(crate) fn json(template: &str) -> Stage {
        Stage::payload(RequestTokenEncoding::Json, template)
    }

    pub(crate) fn url(encoding: RequestTokenEncoding, url: &str) -> Stage {
        let mut stage = Stage::payload(encoding, "");
        stage.draft.url = url.to_owned();
        stage
    }

    pub(crate) fn header(self, key: &str, value: &str) -> Stage {
        self.with_header(key, value, false)
    }

    pub(crate) fn secret_header(self, key: &str, value: &str) -> Stage {
        self.with_header(key, value, true)
    }

    fn with_header(mut self, key: &str, value: &str, sensitive: bool) -> Stage {
        self.draft.custom_headers.push(DraftHeader {
            key: key.to_owned(),
            value: Secret::new(value),
            sensitive,
        });
        self
    }

    /// Changes the draft.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut Draft)) -> Stage {
        change(&mut self.draft);
        self
    }

    /// The next draft of the webhook that this one's draft saves.
    pub(crate) fn update(mut self, change: impl FnOnce(&mut Draft)) -> Stage {
        let saved = self.save().expect("what is updated was saved").0;
        self.stored = Some(saved.map_secrets(Some));
        self.with(change)
    }

    pub(crate) fn lead(self, name: &str, text: &str) -> Stage {
        self.value(Object::Lead, name, text)
    }

    pub(crate) fn company(self, name: &str, text: &str) -> Stage {
        self.value(Object::Company, name, text)
    }

    fn value(mut self, object: Object, name: &str, text: &str) -> Stage {
        let schema = Schema::standard();
        let field = schema.find_in(object, name).expect("a standard field");
        let value = field.field_type.read(text, &self.settings.zone);
        if let Some(value) = value.expect("a text that the field reads") {
            self.values.push((field.id, value));
        }
        self
    }

    pub(crate) fn trigger(mut self, name: &str, text: &str) -> Stage {
        self.context
            .trigger
            .push((name.to_owned(), text.to_owned()));
        self
    }

    /// A My Token without a type: a text.
    pub(crate) fn my(mut self, key: &str, value: &str) -> Stage {
        self.context.my_tokens.push(MyToken {
            key: key.to_owned(),
            kind: None,
            value: value.to_owned(),
        });
        self
    }

    pub(crate) fn my_of(mut self, kind: MyTokenType, key: &str, value: &str) -> Stage {
        self.context.my_tokens.push(MyToken {
            key: key.to_owned(),
            kind: Some(kind),
            value: value.to_owned(),
        });
        self
    }

    /// Puts a program where calls stand in it: below those that were put before, the first of which is the root.
    pub(crate) fn program(mut self, name: &str, my_tokens: &[(&str, MyTokenType, &str)]) -> Stage {
        let program = leadhook_store::Program {
            id: ProgramId(1_000 + i64::try_from(self.programs.iter().count()).expect("a few")),
            name: name.to_owned(),
            display_name: String::new(),
            description: String::new(),
            folder: false,
            parent: self.programs.iter().last().map(|live| live.program.id),
            my_tokens: my_tokens
                .iter()
                .map(|(key, kind, value)| leadhook_store::MyToken {
                    key: (*key).to_owned(),
                    kind: *kind,
                    value: (*value).to_owned(),
                })
                .collect(),
        };
        let (live, faults) = LiveProgram::new(program, &Schema::standard());
        assert_eq!(faults, []);
        self.programs.put(live);
        self.context.program = format!("programs/{name}");
        self
    }

    /// A field of the lead's membership.
    pub(crate) fn member(mut self, key: &str, value: Value) -> Stage {
        self.members.push((leadhook_token::name_key(key), value));
        self
    }

    pub(crate) fn zone(mut self, name: &str) -> Stage {
        self.settings.zone = Zone::named(name).expect("a zone of the tz database");
        self
    }

    /// Saves the draft, as far as that goes without a store.
    pub(crate) fn save(&self) -> Result<(Definition<Secret>, Compiled), Error> {
        check(
            self.draft.clone(),
            self.stored.as_ref(),
            &Schema::standard(),
            &self.settings,
        )
    }

    /// What saving it is refused for.
    pub(crate) fn faults(&self) -> Vec<Violation> {
        match self.save() {
            Ok(_) => Vec::new(),
            Err(Error::Invalid { violations, .. }) => violations,
            Err(other) => panic!("{other}"),
        }
    }

    /// What is at fault, without the words for it.
    pub(crate) fn faulty_fields(&self) -> Vec<String> {
        self.faults().into_iter().map(|fault| fault.field).collect()
    }

    /// Checks what the call brings.
    pub(crate) fn checked_context(&self) -> Result<Context, Error> {
        Context::new(
            &self.context,
            &Schema::standard(),
            &self.programs,
            &Campaigns::default(),
        )
    }

    /// Saves and renders.
    pub(crate) fn render(&self) -> Result<Rendered, NotSent> {
        self.staged(|compiled, scene| render(compiled, scene, &KEY, self.settings.max_payload))
            .unwrap_or(Err(NotSent::TooLarge))
    }

    /// Does something with the payload's template and the scene of the call.
    pub(crate) fn on_scene(&self, act: impl FnOnce(&Payload, &Scene<'_>)) {
        let acted = self.staged(|compiled, scene| {
            act(compiled.payload.as_ref().expect("a payload"), scene);
        });
        acted.expect("My Tokens of some size");
    }

    /// None when the My Tokens grow too large.
    fn staged<T>(&self, act: impl FnOnce(&Compiled, &Scene<'_>) -> T) -> Option<T> {
        let (_, compiled) = self.save().expect("a webhook that can be saved");
        let context = self.checked_context().expect("a context that is valid");
        let subject = self.subject(&compiled.projection);
        let needs = Needs::new(&compiled.named, &context);
        let answers = Answers {
            subject: self.subject(&needs.projection),
            member: self.members(&needs),
        };
        // The time that Marketo's glossary shows: 2013-08-08 16:36:13 in Los Angeles.
        let now = Datetime::parse("2013-08-08T23:36:13Z").expect("a time");
        let (zone, limit) = (&self.settings.zone, self.settings.max_payload);
        let scene = Scene::new(&subject, &context, &needs, &answers, now, zone, limit).ok()?;
        Some(act(&compiled, &scene))
    }

    pub(crate) fn body(&self) -> String {
        let rendered = self.render().expect("a request");
        String::from_utf8(rendered.request.body.to_vec()).expect("templates and values are text")
    }

    /// The URL as it goes out, or the word that the call ends with.
    pub(crate) fn sent_url(&self) -> Result<String, &'static str> {
        let rendered = self.render().map_err(|not_sent| not_sent.word())?;
        let url = &rendered.request.url;
        Ok(format!(
            "{}://{}{}",
            url.scheme().as_str(),
            url.authority(),
            url.path_and_query()
        ))
    }

    /// The values of a header as they go out.
    pub(crate) fn sent(&self, name: &str) -> Vec<String> {
        let rendered = self.render().expect("a request");
        rendered
            .request
            .headers
            .iter()
            .filter(|(sent, _)| sent == name)
            .map(|(_, value)| String::from_utf8(value.as_bytes().to_vec()).expect("UTF-8"))
            .collect()
    }

    /// The request as a record shows it.
    pub(crate) fn shown(&self) -> HttpRequest {
        let (definition, _) = self.save().expect("a webhook that can be saved");
        let recorded = self.render().expect("a request").recorded();
        let shape = RequestShape::new(&definition).expect("templates that parse");
        shape
            .rebuild(&recorded, &KEY)
            .expect("the record of this definition")
    }

    fn members(&self, needs: &Needs<'_>) -> Vec<Option<Value>> {
        let value = |wanted: &&str| {
            let found = self.members.iter().find(|(key, _)| key == wanted);
            found.map(|(_, value)| value.clone())
        };
        needs.member.iter().map(value).collect()
    }

    fn subject(&self, projection: &Projection) -> Subject {
        let fields = projection.lead.iter().chain(&projection.company);
        let value = |wanted: &FieldId| {
            let found = self.values.iter().find(|(field, _)| field == wanted);
            found.map(|(_, value)| value.clone())
        };
        Subject {
            slots: fields.map(value).collect(),
        }
    }
}

const KEY: IdempotencyKey = IdempotencyKey([0xab; 16]);

/// A standard field.
pub(crate) fn field(name: &str) -> Field {
    let schema = Schema::standard();
    schema.find(name).expect("a standard field").clone()
}
