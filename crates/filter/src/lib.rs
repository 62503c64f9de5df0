//! Filters that people type, such as `code >= 500 AND webhook:crm`: a typed subset of [AIP-160].
//!
//! - [`Filter`] is a filter that was read, once, and is asked whether it matches, as often as you like.
//! - [`Schema`] is what you implement (or an array of names and types): which fields there are, and their types.
//! - [`Value`] is what your record has in a field.
//! - [`Needle`] compares texts as a filter does, for whoever has no filter.
//! - [`Error`] says what is wrong, in which line and column, and what to write instead.
//!
//! A filter is a plain tree ([`Expr`]), so that a store can look for a condition that an index answers
//! ([`Filter::conjuncts`]) before it scans.
//!
//! # Examples
//!
//! A filter over a record. Text is compared without regard to case:
//!
//! ```
//! use leadhook_filter::{Filter, Type, Value};
//!
//! let leads = [("Email", Type::Text), ("City", Type::Text), ("Lead Score", Type::Number)];
//! let filter = Filter::parse(r#"City = "KÖLN" AND "Lead Score" > 50"#, &leads)?;
//!
//! let matches = filter.matches(|field| match *field {
//!     "City" => Some(Value::Text("Köln")),
//!     "Lead Score" => Some(Value::Integer(72)),
//!     _ => None,
//! });
//! assert!(matches);
//! # Ok::<(), leadhook_filter::Error>(())
//! ```
//!
//! A mistake, and what is said to it:
//!
//! ```
//! # use leadhook_filter::{Filter, Type};
//! # let leads = [("Email", Type::Text), ("City", Type::Text), ("Lead Score", Type::Number)];
//! let error = Filter::parse("City = Oslo AND Lead Score > 50 OR Email:*", &leads).unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "line 1, column 17: a name with spaces stands in double quotes; write `\"Lead Score\"`",
//! );
//!
//! let error = Filter::parse("City = Oslo AND City = Rom OR Email:*", &leads).unwrap_err();
//! assert_eq!(
//!     error.suggestion(),
//!     Some("write `(City = Oslo AND City = Rom) OR Email:*` or `City = Oslo AND (City = Rom OR Email:*)`"),
//! );
//! ```
//!
//! A function, and a store that looks for an index:
//!
//! ```
//! use leadhook_filter::{Expr, Filter, Op, Parameter, Schema, Type};
//!
//! struct Leads;
//!
//! impl Schema for Leads {
//!     type Field = &'static str;
//!
//!     fn field(&self, name: &str) -> Option<(&'static str, Type)> {
//!         name.eq_ignore_ascii_case("email").then_some(("Email", Type::Text))
//!     }
//!
//!     fn function(&self, name: &str) -> Option<&'static [Parameter]> {
//!         const PARAMETERS: &[Parameter] = &[
//!             Parameter { name: "webhook", ty: Type::Text },
//!             Parameter { name: "code", ty: Type::Number },
//!         ];
//!         (name == "called_webhook").then_some(PARAMETERS)
//!     }
//! }
//!
//! let filter = Filter::parse(r#"email = a@b.c AND called_webhook(code = 503)"#, &Leads)?;
//!
//! let by_index = filter.conjuncts().any(|condition| {
//!     matches!(condition, Expr::Compare { field: "Email", op: Op::Eq, .. })
//! });
//! assert!(by_index);
//! assert!(filter.matches_with(
//!     |_| Some(leadhook_filter::Value::Text("A@B.C")),
//!     |call| call.function.as_ref() == "called_webhook" && call.argument("webhook").is_none(),
//! ));
//! # Ok::<(), leadhook_filter::Error>(())
//! ```
//!
//! # The language
//!
//! All of it (rules R-FIL-1, R-FIL-2 and R-CMP-4 of leadhook's semantics); the grammar is `src/filter.pest`.
//!
//! ```text
//! filter     = [ expression ]                            blank: everything matches
//! expression = operand { "AND" operand }
//!            | operand { "OR" operand }                  AND beside OR needs parentheses
//! operand    = { "NOT" } ( "(" expression ")" | call | test )
//! test       = name ( "=" | "!=" | "<" | "<=" | ">" | ">=" | ":" ) literal
//!            | name ":" "*"
//! call       = function "(" [ name "=" literal { "," name "=" literal } ] ")"
//! name       = letters, digits, "_" and "."              or anything in double quotes
//! literal    = letters, digits and "_-.@:/+"             or anything in double quotes
//! ```
//!
//! Letters are those of any script, combining marks included. In double quotes `\"` and `\\` stand for `"` and `\`, and
//! there is no other escape. Between the parts there may be spaces, tabs and line ends. `AND`, `OR` and `NOT` are in
//! capitals, and bare they are no name and no literal. What stands right of an operator is a literal, never a field. A
//! filter has at most 64 KiB, parentheses and `NOT` nest at most 50 deep.
//!
//! | written | holds when |
//! |---|---|
//! | `City = Oslo`, `"Job Title" = "CTO"` | the value is that one; texts by full Unicode case folding (`Straße` is `STRASSE`) |
//! | `code != 200` | the value is another, **or there is none** |
//! | `code >= 500` | there is a value and it is that large; texts by the code points of their folding |
//! | `Company:gmbh` | the text contains that one, case folded; texts only |
//! | `City:*`, `City != ""` | there is a value |
//! | `City = ""` | there is no value; an empty text is none |
//! | `NOT City = Oslo` | the condition does not hold: here as `City != Oslo` |
//! | `called_webhook(code = 503)` | the function of the [`Schema`] holds; every argument may be left out |
//!
//! Which literals fit is up to the field's [`Type`] ([`Literal::read`] has the table), or to [`Schema::literal`]. Quotes only
//! delimit: `code = "503"` is `code = 503`. Enums and Booleans know `=` and `!=` only; of a resource
//! name those two want the whole: `webhook = webhooks/enrich`, where `webhook:enrich` would do too.
//!
//! What AIP-160 has besides is refused, with a suggestion: `a b` for `a AND b`, `-a` for `NOT a`, values alone, wildcards,
//! `AND` and `OR` side by side (in AIP-160 `OR` binds closer, which few people expect).
//!
//! # Bounds
//!
//! Reading is linear in the text. Matching allocates nothing and is linear in the values that are compared; both recurse at
//! most as deep as a filter may nest.
//!
//! [AIP-160]: https://google.aip.dev/160

mod brackets;
mod display;
mod error;
mod expr;
mod filter;
mod fold;
mod literal;
mod matches;
mod parse;
mod schema;
mod suggest;

pub use crate::{
    error::{Error, ErrorKind},
    expr::{Argument, Call, Expr, Op},
    filter::Filter,
    fold::{Needle, fold},
    literal::{Literal, Number, Text},
    schema::{Parameter, Schema, Type, Value},
};

/// The example of the README is a test, too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
