//! Why a filter was refused, and where.

use std::fmt;

use crate::suggest::{SHOWN, shortened, shown};

/// Why a filter was refused: what is wrong, where, and what to write instead.
///
/// ```
/// use leadhook_filter::{ErrorKind, Filter, Type};
///
/// let calls = [("code", Type::Number), ("succeeded", Type::Boolean)];
/// let error = Filter::parse("succeeded = true AND cod = 503", &calls).unwrap_err();
///
/// assert_eq!(error.kind(), ErrorKind::UnknownField);
/// assert_eq!((error.line(), error.column()), (1, 22));
/// assert_eq!(error.to_string(), "line 1, column 22: there is no field `cod`; did you mean `code`?");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Error(Box<Place>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    fault: Fault,
    line: usize,
    column: usize,
}

/// What is wrong, before it is known in which line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) kind: ErrorKind,
    /// The byte where it begins.
    pub(crate) at: usize,
    /// The piece of the filter that is wrong.
    pub(crate) input: String,
    pub(crate) message: String,
    pub(crate) suggestion: Option<String>,
}

impl Fault {
    pub(crate) fn new(
        kind: ErrorKind,
        at: usize,
        input: &str,
        message: impl Into<String>,
    ) -> Fault {
        let input = shortened(input, SHOWN);
        Fault {
            kind,
            at,
            input,
            message: message.into(),
            suggestion: None,
        }
    }

    pub(crate) fn suggest(mut self, suggestion: impl Into<Option<String>>) -> Fault {
        self.suggestion = suggestion.into();
        self
    }

    /// Counts lines and columns, once, when there is an error to report.
    pub(crate) fn locate(self, text: &str) -> Error {
        let before = text.get(..self.at).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = 1 + before.bytes().filter(|byte| *byte == b'\n').count();
        let column = 1 + before[line_start..].chars().count();
        Error(Box::new(Place {
            fault: self,
            line,
            column,
        }))
    }
}

/// What sort of thing is wrong with a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// More than [`Filter::MAX_BYTES`](crate::Filter::MAX_BYTES).
    TooLong,
    /// More than [`Filter::MAX_LEVELS`](crate::Filter::MAX_LEVELS) of parentheses and `NOT`.
    TooDeep,
    /// It does not read as a filter.
    Syntax,
    /// `AND` and `OR` side by side without parentheses.
    MixedConnectives,
    /// The schema has no such field.
    UnknownField,
    /// The schema has no such function.
    UnknownFunction,
    /// The function has no such parameter, or was given it twice.
    Argument,
    /// The operator is not for fields of this type.
    Operator,
    /// The literal does not fit the type of the field or parameter.
    Literal,
}

impl Error {
    /// What sort of thing is wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.fault.kind
    }

    /// The line, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.0.line
    }

    /// The column, from 1, in code points.
    #[must_use]
    pub fn column(&self) -> usize {
        self.0.column
    }

    /// The byte of the filter where it begins, from 0.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.0.fault.at
    }

    /// The piece of the filter that is wrong, at most 60 code points of it.
    #[must_use]
    pub fn input(&self) -> &str {
        &self.0.fault.input
    }

    /// What is wrong, without the place and the way out.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.fault.message
    }

    /// The way out, where one is known: ``did you mean `code`?``, ``write `"Job Title"` ``.
    #[must_use]
    pub fn suggestion(&self) -> Option<&str> {
        self.0.fault.suggestion.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place {
            fault,
            line,
            column,
        } = &*self.0;
        write!(f, "line {line}, column {column}: {}", fault.message)?;
        match &fault.suggestion {
            Some(suggestion) => write!(f, "; {suggestion}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Error {}

/// ``did you mean `code`?``
pub(crate) fn did_you_mean(name: &str) -> String {
    format!("did you mean {}?", shown(name))
}
