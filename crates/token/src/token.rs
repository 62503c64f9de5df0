//! A token as it was parsed. What its name stands for is not known here.

use std::ops::Range;

use crate::{position::Position, scope::Scope};

/// A token of a [`Template`](crate::Template) (R-TOK-1, R-TOK-2).
///
/// ```
/// use leadhook_token::{Scope, Template};
///
/// let template = Template::parse("Dear {{Lead.first  name:default=friend}}")?;
/// let [token] = template.tokens() else { unreachable!("there is one") };
/// assert_eq!(token.scope(), Scope::Lead);
/// assert_eq!(token.name(), "first name");
/// assert_eq!(token.default(), Some("friend"));
/// assert_eq!(token.position().to_string(), "line 1, column 6");
/// assert_eq!(&template.text()[token.span()], "{{Lead.first  name:default=friend}}");
/// # Ok::<(), leadhook_token::Errors>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub(crate) scope: Scope,
    pub(crate) name: Box<str>,
    pub(crate) default: Option<Box<str>>,
    pub(crate) position: Position,
    pub(crate) span: Range<usize>,
}

impl Token {
    /// What its name belongs to.
    #[must_use]
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// Its name in the case in which it was typed, without white space at its ends, each run of it one space. Never empty.
    /// Compare names by [`name_key`](crate::name_key).
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What stands in when there is no value, as typed: `Some("")` for `:default=`, `None` where no default is given.
    #[must_use]
    pub fn default(&self) -> Option<&str> {
        self.default.as_deref()
    }

    /// Where its first brace was typed.
    #[must_use]
    pub fn position(&self) -> Position {
        self.position
    }

    /// Its bytes in [`Template::text`](crate::Template::text), braces included.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }
}
