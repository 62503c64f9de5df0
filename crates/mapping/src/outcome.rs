//! What a mapping comes to: a value, a cleared field, or a problem that says what was there.

use leadhook_field::{Error, ErrorKind, FieldType, Value};

use crate::path::Path;

/// The longest [`Problem::detail`], in code points.
pub const MAX_DETAIL_LENGTH: usize = 160;

/// What one target comes to (R-MAP-5).
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The value is there and fits the field.
    Value(Value),
    /// null or empty text: the field is cleared.
    Clear,
    /// The field stays as it is.
    Problem(Problem),
}

/// Why a field stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Which rule says so.
    pub reason: Reason,
    /// What was there, in short: the value and the field's type, or the fault of the body and its place. At most
    /// [`MAX_DETAIL_LENGTH`] code points, on one line.
    pub detail: String,
}

/// Which rule leaves a field as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The path is not there (R-MAP-5).
    NotFound,
    /// The value is of another type than the field (R-MAP-4).
    TypeMismatch,
    /// The number is beyond what the field holds (R-FLD-1).
    OutOfRange,
    /// The text is longer than the field holds (R-FLD-1); nothing is ever cut.
    TooLong,
    /// An object, an array or an element with child elements, where the field holds one value (R-MAP-3, R-MAP-4).
    NotScalar,
    /// The body is not well-formed, or not in its charset (R-MAP-6): every target of the plan has this problem.
    InvalidResponse,
}

/// The longest excerpt of a value in a detail, in code points.
const EXCERPT: usize = 48;

impl Outcome {
    pub(crate) fn not_found(path: &Path) -> Self {
        Self::problem(Reason::NotFound, &format!("there is nothing at {path}"))
    }

    /// Something that the field cannot hold. `what` names its kind, `raw` is how it stands in the body.
    pub(crate) fn misfit(reason: Reason, what: &str, raw: &str, field_type: FieldType) -> Self {
        let rule = match reason {
            Reason::OutOfRange => "is out of range for",
            Reason::TooLong => "is too long for",
            _ => "does not fit",
        };
        let excerpt = shorten(raw, EXCERPT);
        Self::problem(
            reason,
            &format!("{what} {excerpt} {rule} the type {}", field_type.name()),
        )
    }

    /// What came of reading a value as a field's type.
    pub(crate) fn read(
        read: Result<Option<Value>, Error>,
        what: &str,
        raw: &str,
        field_type: FieldType,
    ) -> Self {
        match read {
            Ok(Some(value)) => Self::Value(value),
            Ok(None) => Self::Clear,
            Err(error) => Self::misfit(reason(&error), what, raw, field_type),
        }
    }

    fn problem(reason: Reason, detail: &str) -> Self {
        Self::Problem(Problem::new(reason, detail))
    }
}

fn reason(error: &Error) -> Reason {
    match error.kind() {
        ErrorKind::OutOfRange => Reason::OutOfRange,
        ErrorKind::TooLong => Reason::TooLong,
        _ => Reason::TypeMismatch,
    }
}

impl Problem {
    pub(crate) fn new(reason: Reason, detail: &str) -> Self {
        Self {
            reason,
            detail: shorten(detail, MAX_DETAIL_LENGTH),
        }
    }
}

/// At most `limit` code points of `text` on one line; what is left out is shown as `...`.
pub(crate) fn shorten(text: &str, limit: usize) -> String {
    let printable = |c: char| if c.is_control() { ' ' } else { c };
    if text.chars().nth(limit).is_none() {
        return text.chars().map(printable).collect();
    }
    let mut short: String = text.chars().take(limit - 3).map(printable).collect();
    short.push_str("...");
    short
}
