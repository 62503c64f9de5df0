//! What is wrong with a template.

use std::{fmt, ops::Range};

use crate::{position::Position, template::Template};

/// Most faults, and most near misses, that are told of one template: an answer has to hold them.
pub const MAX_FAULTS: usize = 1_000;

/// Longest piece of a template that a message repeats, in characters.
const SHOWN: usize = 60;

/// A fault of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    position: Position,
    message: String,
    suggestion: Option<String>,
}

/// What kind of fault an [`Error`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A known scope and a dot, but no `}}` before the next `{{` or the end.
    Unclosed,
    /// Nothing but white space where the name should be.
    EmptyName,
    /// One of `{ } : =` in a name.
    InvalidName,
    /// Something else than `default=` behind the colon.
    InvalidDefault,
    /// `{{` inside a default.
    NestedToken,
    /// A backslash that begins none of Marketo's escapes.
    InvalidEscape,
    /// The template is longer than [`MAX_TEMPLATE`](crate::MAX_TEMPLATE).
    TooLong,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, position: Position, message: impl Into<String>) -> Error {
        Error {
            kind,
            position,
            message: message.into(),
            suggestion: None,
        }
    }

    pub(crate) fn suggest(self, suggestion: Option<String>) -> Error {
        Error { suggestion, ..self }
    }

    /// What kind of fault it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Where the token or escape at fault begins, in the text as typed.
    #[must_use]
    pub fn position(&self) -> Position {
        self.position
    }

    /// What is wrong, without the place and the suggestion.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What may have been meant: a token or escape that can be read.
    #[must_use]
    pub fn suggestion(&self) -> Option<&str> {
        self.suggestion.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.position, self.message)?;
        if let Some(suggestion) = &self.suggestion {
            write!(f, "; did you mean {suggestion}?")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

/// All faults of a template, in the order in which they stand there; at least one, at most [`MAX_FAULTS`].
///
/// They come with what was [`understood`](Errors::understood), so that whoever asks more of a template can tell all its faults at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errors {
    faults: Vec<Error>,
    understood: Option<Box<Template>>,
    malformed: Box<[Range<usize>]>,
}

impl Errors {
    /// Of a text of which nothing is understood. `faults` are not empty, and in order.
    pub(crate) fn new(faults: Vec<Error>) -> Errors {
        Errors {
            faults,
            understood: None,
            malformed: Box::default(),
        }
    }

    /// The same of a text of which `template` is understood, `malformed` apart.
    pub(crate) fn but(self, template: Template, malformed: Vec<Range<usize>>) -> Errors {
        Errors {
            understood: Some(Box::new(template)),
            malformed: malformed.into_boxed_slice(),
            ..self
        }
    }

    /// Each of them.
    pub fn iter(&self) -> std::slice::Iter<'_, Error> {
        self.faults.iter()
    }

    /// What is whole: a template of the well-formed tokens, in which all else counts as text, also what is
    /// [`malformed`](Errors::malformed). None where nothing was read as a template. Behind the last of [`MAX_FAULTS`] faults nothing
    /// is read.
    ///
    /// ```
    /// use leadhook_token::Template;
    ///
    /// let errors = Template::parse("{{lead.}} of {{lead.City}}").unwrap_err();
    /// let understood = errors.understood().expect("a template of some kind");
    /// assert_eq!(understood.tokens()[0].name(), "City");
    /// assert_eq!(errors.malformed(), [0..9]);
    /// ```
    #[must_use]
    pub fn understood(&self) -> Option<&Template> {
        self.understood.as_deref()
    }

    /// Bytes of the [`understood`](Errors::understood) text that are no token and were not meant as text, in order.
    #[must_use]
    pub fn malformed(&self) -> &[Range<usize>] {
        &self.malformed
    }
}

impl From<Error> for Errors {
    fn from(error: Error) -> Errors {
        Errors::new(vec![error])
    }
}

impl IntoIterator for Errors {
    type Item = Error;
    type IntoIter = std::vec::IntoIter<Error>;

    fn into_iter(self) -> Self::IntoIter {
        self.faults.into_iter()
    }
}

impl<'a> IntoIterator for &'a Errors {
    type Item = &'a Error;
    type IntoIter = std::slice::Iter<'a, Error>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Errors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, error) in self.iter().enumerate() {
            if at > 0 {
                f.write_str("; ")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Errors {}

/// A piece of a template as messages repeat it: cut, its control characters escaped.
pub(crate) fn shown(text: &str) -> String {
    let mut chars = text.chars();
    let mut shown = String::new();
    for char in chars.by_ref().take(SHOWN) {
        if char.is_control() {
            shown.extend(char.escape_debug());
        } else {
            shown.push(char);
        }
    }
    if chars.next().is_some() {
        shown.push_str("...");
    }
    shown
}
