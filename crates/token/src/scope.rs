//! Scopes: the worlds that tokens name things in.

use std::{fmt, str::FromStr};

/// What a token's name belongs to.
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
    /// All scopes.
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

impl FromStr for Scope {
    type Err = UnknownScope;

    /// Without regard to case.
    fn from_str(text: &str) -> Result<Scope, UnknownScope> {
        let is = |scope: &Scope| scope.as_str().eq_ignore_ascii_case(text);
        Scope::ALL.into_iter().find(is).ok_or(UnknownScope)
    }
}
