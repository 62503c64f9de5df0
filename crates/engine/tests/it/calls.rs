//! Calls through the engine on the embedded store, to a service on the loopback that answers when the test says so.

mod activities;
mod cancelled;
mod flows;
mod outcomes;
mod repeated;
mod service;
mod site;
mod slots;
mod waiting;
mod written;
