//! The language from outside: what is read, what is refused and how, what matches.

mod allocations;
mod bounds;
mod functions;
mod language;
mod matching;
mod properties;
mod refusals;
mod schema;
