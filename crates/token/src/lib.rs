//! The grammar of Marketo's `{{scope.Name:default=text}}` tokens, and templates that are parsed once and rendered without allocating.
//!
//! - [`Template`] is a parsed text: it lists its [`Token`]s and writes itself into a buffer of the caller's, who writes the values.
//! - [`Errors`] are all faults of a text, each with line, column, and what may have been meant.
//! - [`name_key`] and [`check_name`] are for whoever keeps what tokens name.
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
//! assert_eq!(
//!     errors.to_string(),
//!     "line 2, column 1: `{{company.Company Name=edit me}}` has `=` in its name; a default is written `:default=`; \
//!      did you mean {{company.Company Name:default=edit me}}?"
//! );
//! ```
//!
//! Rendering looks nothing up by name. What a token stands for is found once, when the template is parsed, and kept by index:
//!
//! ```
//! use leadhook_token::{Template, name_key};
//!
//! let columns = ["Email Address", "City"].map(name_key);
//! let rows = [["a@example.com", "Oslo"], ["b@example.com", "Rom"]];
//!
//! let template = Template::parse("{{lead.email address}} lives in {{lead.CITY}}\n")?;
//! let slots: Vec<_> = template
//!     .tokens()
//!     .iter()
//!     .map(|token| columns.iter().position(|column| *column == name_key(token.name())).expect("a known column"))
//!     .collect();
//!
//! let mut out = Vec::new();
//! for row in rows {
//!     template.render(&mut out, |at, out| out.extend_from_slice(row[slots[at]].as_bytes()));
//! }
//! assert_eq!(out, b"a@example.com lives in Oslo\nb@example.com lives in Rom\n");
//! # Ok::<(), leadhook_token::Errors>(())
//! ```
//!
//! # The whole grammar
//!
//! ```text
//! template = { token | text }
//! token    = "{{" scope "." name [ ":default=" default ] "}}"
//! scope    = "lead" | "company" | "system" | "trigger" | "campaign" | "program" | "my" | "member"
//! name     = one character or more, none of { } : = among them, and not white space alone
//! default  = characters up to the first "}}", no "{{" among them
//! text     = whatever else there is
//! ```
//!
//! - Scope and `default` are matched without regard to (ASCII) case.
//! - In a name white space at its ends is ignored, and a run of it counts as one space. [`name_key`] is what the spellings of one name
//!   have in common.
//! - A default is kept as typed, white space and line breaks included, and may hold colons, equals signs and single braces.
//!   `:default=` alone gives the empty text. In `{{lead.City:default=x}}}` the default is `x`, and a brace follows the token.
//! - `{{` that no known scope and dot follow is plain text: `{{lead}}`, `{{ lead.City }}`, `{{leed.City}}`, `{{#each}}`. Where that looks
//!   like a slip, [`Template::near_misses`] tells it.
//! - A known scope and dot that begin no token are a fault, never text: no closing braces before the next `{{` or the end, `{{` in a
//!   default, no name, one of `{ } : =` in a name, something else than `default=` behind the colon.
//! - [`Template::parse_marketo`] reads the escapes of Marketo's editor first: `\b \t \n \f \r \\ \" \'`.
//!
//! A template has at most [`MAX_TEMPLATE`] bytes, and of its faults at most [`MAX_FAULTS`] are told. Parsing takes time and memory in
//! proportion to its length, whatever stands in it.
//!
//! # What is not here
//!
//! Which names there are, what they stand for, and how values are encoded: `render` hands a token's index and the buffer to a closure.

mod diagnosis;
mod error;
mod escape;
mod name;
mod near_miss;
mod parse;
mod position;
mod scope;
mod template;
mod token;

pub use crate::{
    error::{Error, ErrorKind, Errors, MAX_FAULTS},
    escape::marketo_unescape,
    name::{NameError, check_name, name_key},
    near_miss::NearMiss,
    parse::MAX_TEMPLATE,
    position::Position,
    scope::{Scope, UnknownScope},
    template::{Segment, Template},
    token::Token,
};
