//! Encodings from outside: whole documents are what a parser reads back, and nothing is allocated.

mod allocations;
mod documents;
