//! Between the messages of the contract and the engine's types; decides nothing.

pub(crate) mod activity;
pub(crate) mod call;
pub(crate) mod campaign;
pub(crate) mod lead;
pub(crate) mod program;
pub(crate) mod run;
pub(crate) mod time;
pub(crate) mod value;
pub(crate) mod webhook;
