//! What a gRPC error says, for a person at a terminal.

use anyhow::anyhow;
use tonic::Status;
use tonic_types::StatusExt;

/// All field violations, one a line; an error without any speaks for itself.
pub(crate) fn explain(doing: &str, status: &Status) -> anyhow::Error {
    let violations = status
        .get_details_bad_request()
        .map(|request| request.field_violations)
        .unwrap_or_default();
    if violations.is_empty() {
        return anyhow!("{doing} was refused: {}", status.message());
    }
    let mut text = format!("{doing} was refused:");
    for violation in violations {
        let at = match violation.field.as_str() {
            "" => String::new(),
            field => format!("{field}: "),
        };
        text.push_str(&format!("\n  {at}{}", violation.description));
    }
    anyhow!(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tonic_types::{ErrorDetails, FieldViolation};

    #[test]
    fn all_violations_are_shown() {
        let details = ErrorDetails::with_bad_request(vec![
            FieldViolation::new("csv", "line 1: no field is called `Emial`"),
            FieldViolation::new("", "line 1: another"),
        ]);
        let status = Status::with_error_details(
            tonic::Code::InvalidArgument,
            "the heading is refused",
            details,
        );
        assert_eq!(
            explain("the import", &status).to_string(),
            "the import was refused:\n  csv: line 1: no field is called `Emial`\n  line 1: another"
        );
    }

    #[test]
    fn an_error_without_violations_shows_its_message() {
        let status = Status::unavailable("the server stops");
        assert_eq!(
            explain("the import", &status).to_string(),
            "the import was refused: the server stops"
        );
    }
}
