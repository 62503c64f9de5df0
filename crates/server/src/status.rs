//! From the engine's errors to gRPC's: the one place where a status is made.
//!
//! Every status carries one `google.rpc.ErrorInfo`, whose reason is a value of `leadhook.v1.ErrorReason`; beside it BadRequest
//! with all violations, ResourceInfo for what is missing or in the way, RetryInfo where waiting helps.

use std::{collections::HashMap, time::Duration};

use leadhook_engine::{Error, Kind, RowFault, Violation};
use leadhook_proto::{ERROR_DOMAIN, v1::ErrorReason};
use leadhook_store::ErrorKind;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt};

/// Bytes of all violations of a status at most. In metadata they stand as base64, beside the message: within 8 KiB in all.
const MAX_DETAILS: usize = 4_000;
/// The same for a row of a batch: an answer of a thousand that were refused stays under 4 MiB.
const MAX_ROW_DETAILS: usize = 1_500;
/// What a violation has beside its texts, in bytes, at most.
const FRAMING: usize = 16;
/// Bytes of one text of a status at most.
const MAX_TEXT: usize = 600;

/// A text that fits a status: what a client sent is not sent back at any length.
fn cut(text: &str, max: usize) -> String {
    if text.len() <= max {
        return text.to_owned();
    }
    let mut end = max;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}...", &text[..end])
}

/// How long to wait before what failed for want of a moment is tried again.
const RETRY_SOON: Duration = Duration::from_secs(1);

/// Makes a status of an error of the engine.
pub(crate) fn status(error: &Error) -> Status {
    let message = error.to_string();
    let builder = match error {
        Error::Invalid {
            subject,
            violations,
        } => StatusBuilder::new(Code::InvalidArgument, invalid(*subject)).violations(violations),
        Error::NotFound { kind, name, .. } => {
            StatusBuilder::new(Code::NotFound, missing(*kind)).resource(*kind, name)
        }
        Error::AlreadyExists { kind, name } => {
            StatusBuilder::new(Code::AlreadyExists, ErrorReason::AlreadyExists)
                .resource(*kind, name)
        }
        Error::InUse { kind, name, users } => {
            StatusBuilder::new(Code::FailedPrecondition, ErrorReason::InUse)
                .resource(*kind, name)
                .metadata("users", users.join(","))
        }
        Error::HasEntries { name } => {
            StatusBuilder::new(Code::FailedPrecondition, ErrorReason::InUse)
                .resource(Kind::Campaign, name)
        }
        Error::NotActivatable { name, .. } => StatusBuilder::new(
            Code::FailedPrecondition,
            ErrorReason::CampaignNotActivatable,
        )
        .resource(Kind::Campaign, name),
        Error::BuiltIn { kind, name } => {
            StatusBuilder::new(Code::FailedPrecondition, ErrorReason::BuiltIn).resource(*kind, name)
        }
        Error::EtagMismatch {
            kind,
            name,
            current,
            ..
        } => StatusBuilder::new(Code::Aborted, ErrorReason::EtagMismatch)
            .resource(*kind, name)
            .metadata("etag", current.clone()),
        Error::Paused { name } => {
            StatusBuilder::new(Code::FailedPrecondition, ErrorReason::WebhookPaused)
                .resource(Kind::Webhook, name)
        }
        Error::NotRequestable { name, .. } => StatusBuilder::new(
            Code::FailedPrecondition,
            ErrorReason::CampaignNotRequestable,
        )
        .resource(Kind::Campaign, name),
        Error::TooManyRuns { .. } => {
            StatusBuilder::new(Code::ResourceExhausted, ErrorReason::TooManyRuns).retry(RETRY_SOON)
        }
        Error::RequestIdReused { request_id } => {
            let violation = Violation::new("request_id", message.clone());
            StatusBuilder::new(Code::InvalidArgument, ErrorReason::RequestIdReused)
                .violations(&[violation])
                .metadata("request_id", request_id.clone())
        }
        Error::Unimplemented { feature } => {
            StatusBuilder::new(Code::Unimplemented, ErrorReason::NotImplemented)
                .metadata("feature", (*feature).to_owned())
        }
        Error::SlowReader { .. } => {
            StatusBuilder::new(Code::ResourceExhausted, ErrorReason::SlowReader)
        }
        Error::LeftBehind => {
            StatusBuilder::new(Code::ResourceExhausted, ErrorReason::TooManyStreams)
                .retry(RETRY_SOON)
        }
        Error::ShuttingDown => {
            StatusBuilder::new(Code::Unavailable, ErrorReason::ShuttingDown).retry(RETRY_SOON)
        }
        Error::Repeated(first) => return status(first),
        Error::Store(error) => store(error.kind()),
        _ => StatusBuilder::new(Code::Internal, ErrorReason::Internal),
    };
    builder.build(&message)
}

/// Why a row of a batch was refused.
pub(crate) fn row_status(fault: &RowFault) -> Status {
    let violations = match fault {
        RowFault::Invalid(violations) => violations,
        RowFault::NotFound { kind, name } => {
            return status(&Error::not_found(*kind, name));
        }
    };
    let texts: Vec<_> = violations.iter().map(Violation::to_string).collect();
    StatusBuilder::new(Code::InvalidArgument, ErrorReason::InvalidLead)
        .violations_within(violations, MAX_ROW_DETAILS)
        .build(&texts.join("; "))
}

/// What is wrong with a request itself.
pub(crate) fn invalid_argument(reason: ErrorReason, violation: Violation) -> Status {
    invalid_arguments(reason, &[violation])
}

/// All that is wrong with a request itself.
pub(crate) fn invalid_arguments(reason: ErrorReason, violations: &[Violation]) -> Status {
    StatusBuilder::new(Code::InvalidArgument, reason)
        .violations(violations)
        .build(&Violation::summary(violations))
}

/// A part of the contract that this version does not carry out.
pub(crate) fn unimplemented(feature: &'static str) -> Status {
    status(&Error::Unimplemented { feature })
}

/// What a request is answered with that found no room in time.
pub(crate) fn too_busy() -> Status {
    StatusBuilder::new(Code::ResourceExhausted, ErrorReason::TooManyStreams)
        .retry(RETRY_SOON)
        .build("the server holds as many bytes of requests as it may; send the request again in a moment")
}

/// What a request is answered with whose message took too long.
pub(crate) fn message_too_slow(limit: Duration) -> Status {
    let message = format!(
        "a message of the request did not arrive within {} s of its length",
        limit.as_secs()
    );
    plain(
        Code::DeadlineExceeded,
        ErrorReason::DeadlineExceeded,
        message,
    )
}

/// A status with a reason and nothing else.
pub(crate) fn plain(code: Code, reason: ErrorReason, message: impl Into<String>) -> Status {
    StatusBuilder::new(code, reason).build(&message.into())
}

fn store(kind: ErrorKind) -> StatusBuilder {
    match kind {
        ErrorKind::Conflict => {
            StatusBuilder::new(Code::Aborted, ErrorReason::Conflict).retry(RETRY_SOON)
        }
        ErrorKind::Unavailable => {
            StatusBuilder::new(Code::Unavailable, ErrorReason::StoreFailed).retry(RETRY_SOON)
        }
        ErrorKind::Unwritable => {
            StatusBuilder::new(Code::ResourceExhausted, ErrorReason::StoreFailed)
        }
        ErrorKind::Closed => {
            StatusBuilder::new(Code::Unavailable, ErrorReason::ShuttingDown).retry(RETRY_SOON)
        }
        ErrorKind::Corrupt => StatusBuilder::new(Code::DataLoss, ErrorReason::StoreFailed),
        _ => StatusBuilder::new(Code::Internal, ErrorReason::StoreFailed),
    }
}

fn invalid(subject: Kind) -> ErrorReason {
    match subject {
        Kind::Webhook => ErrorReason::InvalidWebhook,
        Kind::Field => ErrorReason::InvalidField,
        Kind::Lead | Kind::Company => ErrorReason::InvalidLead,
        Kind::Filter => ErrorReason::InvalidFilter,
        Kind::Campaign => ErrorReason::InvalidCampaign,
        Kind::Program => ErrorReason::InvalidProgram,
        _ => ErrorReason::InvalidRequest,
    }
}

fn missing(kind: Kind) -> ErrorReason {
    match kind {
        Kind::Webhook => ErrorReason::WebhookNotFound,
        Kind::Field => ErrorReason::FieldNotFound,
        Kind::Lead => ErrorReason::LeadNotFound,
        Kind::Company => ErrorReason::CompanyNotFound,
        Kind::Call => ErrorReason::CallNotFound,
        Kind::Campaign => ErrorReason::CampaignNotFound,
        Kind::Program => ErrorReason::ProgramNotFound,
        Kind::Run => ErrorReason::RunNotFound,
        Kind::Filter | Kind::Request => ErrorReason::Unspecified,
    }
}

struct StatusBuilder {
    code: Code,
    reason: ErrorReason,
    metadata: HashMap<String, String>,
    details: ErrorDetails,
}

impl StatusBuilder {
    fn new(code: Code, reason: ErrorReason) -> StatusBuilder {
        StatusBuilder {
            code,
            reason,
            metadata: HashMap::new(),
            details: ErrorDetails::new(),
        }
    }

    fn metadata(mut self, key: &str, value: String) -> StatusBuilder {
        self.metadata.insert(key.to_owned(), value);
        self
    }

    /// All violations, as far as clients take them: details travel as metadata, of which many read 8 KiB at most.
    fn violations(self, violations: &[Violation]) -> StatusBuilder {
        self.violations_within(violations, MAX_DETAILS)
    }

    /// As many of the violations as have so many bytes, and how many more there are.
    fn violations_within(mut self, violations: &[Violation], mut room: usize) -> StatusBuilder {
        let mut told = Vec::new();
        for violation in violations {
            let mut description = violation.message.clone();
            if !violation.suggestion.is_empty() {
                description = format!("{description}; did you mean {}?", violation.suggestion);
            }
            let (field, description) =
                (cut(&violation.field, MAX_TEXT), cut(&description, MAX_TEXT));
            let size = field.len() + description.len() + FRAMING;
            if size > room {
                let left = violations.len() - told.len();
                told.push(FieldViolation::new("", format!("and {left} more faults")));
                break;
            }
            room -= size;
            told.push(FieldViolation::new(field, description));
        }
        self.details.set_bad_request(told);
        self
    }

    fn resource(mut self, kind: Kind, name: &str) -> StatusBuilder {
        let name = cut(name, MAX_TEXT);
        self.details
            .set_resource_info(kind.word(), name.as_str(), "", "");
        self.metadata("resource", name)
    }

    fn retry(mut self, delay: Duration) -> StatusBuilder {
        self.details.set_retry_info(Some(delay));
        self
    }

    fn build(mut self, message: &str) -> Status {
        let message = cut(message, MAX_TEXT);
        self.details
            .set_error_info(self.reason.reason(), ERROR_DOMAIN, self.metadata);
        Status::with_error_details(self.code, message, self.details)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_is_busy_is_asked_again() {
        let busy = leadhook_store::Error::new(ErrorKind::Unavailable, "busy");
        let status = status(&Error::Store(busy));
        let details = status.get_error_details();
        let reason = details.error_info().map(|info| info.reason.as_str());
        let delay = details.retry_info().and_then(|info| info.retry_delay);
        assert_eq!(
            (status.code(), reason, delay),
            (Code::Unavailable, Some("STORE_FAILED"), Some(RETRY_SOON))
        );
    }
}
