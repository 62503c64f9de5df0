//! The engine as its callers see it, on the embedded store.

mod calls;
mod clock;
mod companies;
mod damage;
mod fields;
mod import;
mod leads;
mod world;
