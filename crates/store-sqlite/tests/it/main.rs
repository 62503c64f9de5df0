//! The store's contract, and what only this backend has.

mod contract;
