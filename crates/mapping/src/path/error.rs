//! What is wrong with a path, where, and what was probably meant.

use std::fmt;

/// A path that does not parse.
///
/// Its text names the place, the fault and the way out:
///
/// ```
/// use leadhook_mapping::{Format, Path, PathErrorKind};
///
/// let error = Path::parse(Format::Json, "orders.[0]").unwrap_err();
/// assert_eq!(error.kind(), PathErrorKind::Syntax);
/// assert_eq!(
///     error.to_string(),
///     "line 1, column 8: expected a key after `.`, found `[`; did you mean `orders[0]`?"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathError {
    kind: PathErrorKind,
    message: String,
    input: Box<str>,
    offset: usize,
    line: usize,
    column: usize,
    suggestion: Option<String>,
}

/// Which rule a path breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PathErrorKind {
    /// There is no path at all.
    Empty,
    /// It does not follow the grammar.
    Syntax,
    /// An index beyond 4,294,967,295.
    IndexTooLarge,
    /// More than [`MAX_LEVELS`](crate::MAX_LEVELS) levels (R-MAP-2).
    TooDeep,
    /// More than [`MAX_PATH_LENGTH`](crate::MAX_PATH_LENGTH) code points.
    TooLong,
}

/// A fault as the grammars find it: a byte offset, no text copied yet.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) kind: PathErrorKind,
    pub(crate) at: usize,
    pub(crate) message: String,
}

impl Fault {
    pub(crate) fn syntax(at: usize, message: impl Into<String>) -> Self {
        Self {
            kind: PathErrorKind::Syntax,
            at,
            message: message.into(),
        }
    }
}

impl PathError {
    pub(crate) fn new(input: &str, fault: Fault, suggestion: Option<String>) -> Self {
        let before = &input[..fault.at];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            kind: fault.kind,
            message: fault.message,
            input: input.into(),
            offset: before.chars().count(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            suggestion,
        }
    }

    /// Which rule is broken.
    #[must_use]
    pub fn kind(&self) -> PathErrorKind {
        self.kind
    }

    /// What is wrong, without the place and the suggestion.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The path that was given.
    #[must_use]
    pub fn input(&self) -> &str {
        &self.input
    }

    /// Code points before the fault: from 0.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The line of the fault: from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column of the fault in its line, in code points: from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.column
    }

    /// A path that parses and was probably meant.
    #[must_use]
    pub fn suggestion(&self) -> Option<&str> {
        self.suggestion.as_deref()
    }
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "line {}, column {}: {}",
            self.line, self.column, self.message
        )?;
        match &self.suggestion {
            Some(suggestion) => write!(f, "; did you mean `{suggestion}`?"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for PathError {}
