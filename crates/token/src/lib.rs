//! The grammar of Marketo's `{{scope.Name:default=text}}` tokens, and templates that are parsed once and rendered without allocating.
//!
//! - [`Template`] is a parsed text: it lists its [`Token`]s and writes itself into a buffer of the caller's, who writes the values.
//! - [`Errors`] are all faults of a text, each with line, column, and what may have been meant.
//!
//! ```
//! use leadhook_token::Template;
//!
//! let template = Template::parse("Hi {{lead.First Name:default=there}}!")?;
//! let mut out = Vec::new();
//! template.render(&mut out, |at, out| {
//!     let token = &template.tokens()[at];
//!     out.extend_from_slice(token.default().unwrap_or_default().as_bytes());
//! });
//! assert_eq!(out, b"Hi there!");
//! # Ok::<(), leadhook_token::Errors>(())
//! ```
//!
//! A near miss is told with its place and its mend:
//!
//! ```
//! use leadhook_token::Template;
//!
//! let errors = Template::parse("Dear\n{{company.Company Name=edit me}}").unwrap_err();
//! let error = errors.iter().next().unwrap();
//! assert_eq!((error.position().line, error.position().column), (2, 1));
//! assert_eq!(error.suggestion(), Some("{{company.Company Name:default=edit me}}"));
//! ```
//!
//! # The whole grammar
//!
//! ```text
//! template = { token | text }
//! token    = "{{" scope "." name [ ":default=" text ] "}}"
//! scope    = "lead" | "company" | "system" | "trigger" | "campaign" | "program" | "my" | "member"
//! name     = one character or more, but none of { } : =
//! ```
//!
//! Scope and `default` are matched without regard to case. In a name white space at its ends is ignored and a run of it counts as one space;
//! [`name_key`] is what two spellings of one name have in common. The text of a default is kept as typed, runs to the first `}}`, and may
//! hold anything but `{{`; `:default=` alone gives the empty text. `{{` that no known scope and dot follow is plain text, white space
//! between included; where that looks like a slip, [`Template::near_misses`] tells it.
//!
//! Which names there are, what they stand for and how values are encoded is not known here. A template has at most
//! [`MAX_TEMPLATE`] bytes.

mod diagnosis;
mod error;
mod escape;
mod name;
mod near_miss;
mod position;
mod scope;
mod template;

pub use crate::{
    error::{Error, ErrorKind, Errors},
    escape::{EscapeError, marketo_unescape},
    name::{NameError, check_name, name_key},
    near_miss::NearMiss,
    position::Position,
    scope::{Scope, UnknownScope},
    template::{MAX_TEMPLATE, Segment, Template, Token},
};
