//! Scopes: the worlds that tokens name things in.

use std::{fmt, str::FromStr};

/// What a token's name belongs to (R-TOK-1).
///
/// ```
/// use leadhook_token::Scope;
///
/// assert_eq!("LEAD".parse(), Ok(Scope::Lead));
/// assert_eq!(Scope::My.to_string(), "my");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Fields of the person.
    Lead,
    /// Fields of the person's company.
    Company,
    /// The moment of the call.
    System,
    /// What set the campaign off.
    Trigger,
    /// The campaign itself.
    Campaign,
    /// The campaign's program.
    Program,
    /// My Tokens of programs and folders.
    My,
    /// The person's membership in the program.
    Member,
}

impl Scope {
    /// All scopes, in the order of the documentation.
    pub const ALL: [Scope; 8] = [
        Scope::Lead,
        Scope::Company,
        Scope::System,
        Scope::Trigger,
        Scope::Campaign,
        Scope::Program,
        Scope::My,
        Scope::Member,
    ];

    /// As it is typed in a token, in lower case.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Scope::Lead => "lead",
            Scope::Company => "company",
            Scope::System => "system",
            Scope::Trigger => "trigger",
            Scope::Campaign => "campaign",
            Scope::Program => "program",
            Scope::My => "my",
            Scope::Member => "member",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that is no scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownScope;

impl fmt::Display for UnknownScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a scope is one of ")?;
        for (at, scope) in Scope::ALL.iter().enumerate() {
            write!(f, "{}{scope}", if at > 0 { ", " } else { "" })?;
        }
        Ok(())
    }
}

impl std::error::Error for UnknownScope {}

impl FromStr for Scope {
    type Err = UnknownScope;

    /// Without regard to case.
    ///
    /// # Errors
    /// [`UnknownScope`] for anything else, white space around a scope included.
    fn from_str(text: &str) -> Result<Scope, UnknownScope> {
        let is = |scope: &Scope| scope.as_str().eq_ignore_ascii_case(text);
        Scope::ALL.into_iter().find(is).ok_or(UnknownScope)
    }
}

#[cfg(test)]
mod tests;
