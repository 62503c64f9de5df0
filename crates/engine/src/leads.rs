//! Leads: typed from what clients and files give, found by their lookup field, read back by name (R-LEAD).

mod csv;
mod erasures;
mod filter;
mod import;
mod input;
mod lookup;
mod near;
mod select;
mod shown;
mod upsert;
mod view;

pub(crate) use self::{
    erasures::{Erasure, Erasures},
    filter::lead_filter,
    input::{FieldFault, InputReader, ReadOnly, read_company_inputs, read_inputs},
    lookup::lookup,
    near::Names,
    select::Selection,
    shown::shown,
    upsert::{MAX_ROWS, named},
    view::lead_not_found,
};
pub use self::{
    import::{ImportOptions, ImportProgress, Importer, RowError},
    input::Input,
    upsert::{LeadInput, RowFault, RowResult, UpsertedLead},
    view::{LeadView, ListLeads},
};
