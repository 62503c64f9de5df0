//! A typed subset of AIP-160 filters: parsed by a pest grammar, checked against a schema that the caller gives.

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
    fold::fold,
    literal::{Literal, Number, Text},
    schema::{Parameter, Schema, Type, Value},
};
