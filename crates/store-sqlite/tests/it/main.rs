//! The store's contract, and what only this backend has.

mod contract;
mod damage;
mod directory;
mod erased;
mod schema;
