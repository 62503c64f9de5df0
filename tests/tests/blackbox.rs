//! The server as its clients see it: the binary is started, gRPC is spoken to it, services are called by it.
//!
//! What needs Python or Node stands in modules that `cargo xtask integration` can leave out: `httpbin`, the parts of `clients`,
//! and the tests of `contract` that begin with `buf`.

mod activities;
mod attempts;
mod awkward_services;
mod calls;
mod campaigns;
mod circuits;
mod clients;
mod contract;
mod definitions;
mod demo;
mod durability;
mod failures;
mod fairness;
mod fields;
mod hostile;
mod httpbin;
mod imports;
mod kills;
mod leads;
mod limits;
mod programs;
mod rates;
mod runs;
mod runs_faults;
mod runs_watched;
mod scenarios;
mod tls;
mod waiting_calls;
mod webhooks;
