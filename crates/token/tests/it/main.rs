//! Templates from outside: what is parsed is what was written, within bounds, and rendering allocates nothing.

mod allocations;
mod bounds;
mod properties;
