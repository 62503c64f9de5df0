//! What the engine refuses or cannot do: each variant says what its caller should do next. The texts name the thing, the
//! value and the rule; `server` alone turns them into a status.

use std::{fmt, sync::Arc};

use leadhook_store as store;

use crate::resource_id;

/// Why the engine did not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The request cannot work as it is: correct everything that is listed, then send it again.
    #[error("{subject} is not valid: {}", Violation::summary(violations))]
    Invalid {
        /// What was sent.
        subject: Kind,
        /// All faults, not the first.
        violations: Vec<Violation>,
    },
    /// What was named is not there.
    #[error(
        "{kind} `{name}` does not exist{}",
        if suggestion.is_empty() { String::new() } else { format!("; did you mean `{suggestion}`?") }
    )]
    NotFound {
        /// What kind of thing.
        kind: Kind,
        /// Its resource name.
        name: String,
        /// The resource name that may have been meant; empty where none is near.
        suggestion: String,
    },
    /// What was to be created is there already.
    #[error("{kind} `{name}` exists already; update it, or choose another id")]
    AlreadyExists {
        /// What kind of thing.
        kind: Kind,
        /// Its resource name.
        name: String,
    },
    /// What was to be deleted is in use: change its users first (R-DEF-5).
    #[error("{kind} `{name}` is in use by {}; change or delete that first", users.join(", "))]
    InUse {
        /// What kind of thing.
        kind: Kind,
        /// Its resource name.
        name: String,
        /// Resource names of what uses it.
        users: Vec<String>,
    },
    /// The campaign cannot be made active (R-CMP-1).
    #[error("campaign `{name}` cannot be activated: {why}")]
    NotActivatable {
        /// Its resource name.
        name: String,
        /// What stands in the way, and the way out.
        why: &'static str,
    },
    /// Leads are on their way through the campaign (R-DEF-5).
    #[error(
        "campaign `{name}` has leads in its flow, or a run that is not over: deactivate it, cancel its runs, or wait until they are through, then delete it"
    )]
    HasEntries {
        /// Its resource name.
        name: String,
    },
    /// What is built in is neither changed nor deleted.
    #[error("{kind} `{name}` is built in; only custom ones can be changed or deleted")]
    BuiltIn {
        /// What kind of thing.
        kind: Kind,
        /// Its resource name.
        name: String,
    },
    /// It changed since the caller read it: read it again first.
    #[error(
        "{kind} `{name}` has changed since etag `{given}` was read; its etag is now `{current}`: read it again, then repeat the change"
    )]
    EtagMismatch {
        /// What kind of thing.
        kind: Kind,
        /// Its resource name.
        name: String,
        /// The etag that was sent.
        given: String,
        /// The etag that it has.
        current: String,
    },
    /// The webhook is paused (R-CALL-12): resume it first.
    #[error("webhook `{name}` is paused: resume it with ResumeWebhook, then call again")]
    Paused {
        /// Its resource name.
        name: String,
    },
    /// The campaign cannot be requested (R-CMP-1): activate it, or give it the trigger Campaign is Requested.
    #[error(
        "campaign `{name}` cannot be requested: {}",
        if *is_active { "it lacks the trigger campaign_is_requested; add it with UpdateCampaign" }
        else { "it is not active; activate it with ActivateCampaign" }
    )]
    NotRequestable {
        /// Its resource name.
        name: String,
        /// Whether it is active; then it lacks the trigger.
        is_active: bool,
    },
    /// Runs beyond the limit: wait for one to end, or cancel one.
    #[error(
        "{limit} runs are under way, which is the limit; wait until one of them is over, or cancel one"
    )]
    TooManyRuns {
        /// How many there may be.
        limit: usize,
    },
    /// The request_id was used with another payload (R-CALL-9): choose another one.
    #[error(
        "request_id `{request_id}` was used within the last 24 h with another payload; choose a new one for a new request"
    )]
    RequestIdReused {
        /// As sent.
        request_id: String,
    },
    /// A part of the contract that this version does not carry out yet.
    #[error("{feature} is not implemented in this version; leave it out")]
    Unimplemented {
        /// Which.
        feature: &'static str,
    },
    /// The reader of a stream fell too far behind: read again from the last that came.
    #[error(
        "the reader is more than {limit} calls behind; watch again with `after` set to the last call that was read"
    )]
    SlowReader {
        /// How far behind it may be.
        limit: usize,
    },
    /// Too many calls go on whose clients went away (R-CALL-10): wait until some have ended.
    #[error(
        "too many calls go on whose clients went away: send the request again in a moment, or without a request_id"
    )]
    LeftBehind,
    /// The server is stopping: send it again to the next one.
    #[error("the server is stopping; send the request again in a moment")]
    ShuttingDown,
    /// The request of this request_id that was under way ended like this.
    #[error(transparent)]
    Repeated(Arc<Error>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl Error {
    /// Whether the store would say the same again: a row is damaged.
    pub(crate) fn is_lasting(&self) -> bool {
        matches!(self, Error::Store(error) if error.is_lasting())
    }
}

/// A kind of resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the variants are the contract's own words")]
pub enum Kind {
    Webhook,
    Field,
    Lead,
    Company,
    Call,
    Campaign,
    Program,
    Run,
    Filter,
    Request,
}

impl Kind {
    /// The word for it, as it stands in messages.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Kind::Webhook => "webhook",
            Kind::Field => "field",
            Kind::Lead => "lead",
            Kind::Company => "company",
            Kind::Call => "call",
            Kind::Campaign => "campaign",
            Kind::Program => "program",
            Kind::Run => "run",
            Kind::Filter => "filter",
            Kind::Request => "request",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// One fault of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Path of the field at fault, as the contract spells it: `webhook.custom_headers[0].value`.
    pub field: String,
    /// What is wrong, with line and column where it stands in a text.
    pub message: String,
    /// What may have been meant; empty where nothing is near.
    pub suggestion: String,
}

impl Violation {
    /// A fault without a suggestion.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Violation {
        Violation {
            field: field.into(),
            message: message.into(),
            suggestion: String::new(),
        }
    }

    /// What is wrong with a filter. What its crate suggests is a sentence, and part of the message.
    pub(crate) fn of_filter(error: &leadhook_filter::Error) -> Violation {
        let place = format!("line {}, column {}", error.line(), error.column());
        let message = match error.suggestion() {
            Some(suggestion) => format!("{place}: {}; {suggestion}", error.message()),
            None => format!("{place}: {}", error.message()),
        };
        Violation::new("filter", message)
    }

    /// The same fault with what may have been meant.
    #[must_use]
    pub fn suggest(mut self, suggestion: impl Into<String>) -> Violation {
        self.suggestion = suggestion.into();
        self
    }

    /// The same fault in another place.
    pub(crate) fn at(mut self, field: impl Into<String>) -> Violation {
        self.field = field.into();
        self
    }

    /// The first, and how many more there are: what goes into one line.
    #[must_use]
    pub fn summary(violations: &[Violation]) -> String {
        let first = violations
            .first()
            .map(Violation::to_string)
            .unwrap_or_default();
        match violations.len() {
            0 | 1 => first,
            n => format!("{first} (and {} more)", n - 1),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.message)?;
        if !self.suggestion.is_empty() {
            write!(f, "; did you mean {}?", self.suggestion)?;
        }
        Ok(())
    }
}

impl Error {
    /// The same faults in a request whose fields do not stand in a message of their own.
    pub(crate) fn outside(mut self, message: &str) -> Error {
        if let Error::Invalid { violations, .. } = &mut self {
            for violation in violations {
                if let Some(field) = violation.field.strip_prefix(message) {
                    violation.field = field.to_owned();
                }
            }
        }
        self
    }

    /// A filter that is not valid.
    pub(crate) fn filter(violation: Violation) -> Error {
        Error::Invalid {
            subject: Kind::Filter,
            violations: vec![violation],
        }
    }

    /// Nothing of this kind has this resource name.
    pub fn not_found(kind: Kind, name: impl Into<String>) -> Error {
        Error::NotFound {
            kind,
            name: name.into(),
            suggestion: String::new(),
        }
    }

    /// The same, where people choose the names: with the one of `known`, which are resource ids, that may have been meant.
    pub(crate) fn not_found_among<'a>(
        kind: Kind,
        id: &str,
        known: impl Iterator<Item = &'a str>,
    ) -> Error {
        let near = resource_id::one_edit_away(id, known);
        Error::NotFound {
            kind,
            name: format!("{kind}s/{id}"),
            suggestion: near.map_or_else(String::new, |near| format!("{kind}s/{near}")),
        }
    }

    /// No call has this id.
    pub(crate) fn call_not_found(id: store::CallId) -> Error {
        Error::not_found(Kind::Call, format!("calls/{:016x}", id.0))
    }

    /// A webhook is gone meanwhile.
    pub(crate) fn webhook_is_gone(id: &str) -> Error {
        Error::not_found(Kind::Webhook, format!("webhooks/{id}"))
    }

    /// That something is in use (R-DEF-5), if anything uses it.
    pub(crate) fn unless_free(kind: Kind, name: String, users: Vec<String>) -> Result<(), Error> {
        if users.is_empty() {
            Ok(())
        } else {
            Err(Error::InUse { kind, name, users })
        }
    }

    /// Faults of a request, if there are any.
    pub(crate) fn unless_valid(subject: Kind, violations: Vec<Violation>) -> Result<(), Error> {
        if violations.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid {
                subject,
                violations,
            })
        }
    }
}
