//! The way of one call: wait for a slot, render, send, map, record, answer. And calls as they are read back.

mod caller;
mod ending;
#[cfg(test)]
mod fixture;
mod flight;
mod gauge;
mod held;
mod identity;
mod left_behind;
mod list;
mod memory;
mod outcome;
mod record;
mod recorder;
mod rendered;
mod request;
mod retry;
mod sealed;
mod subject;
mod versions;
mod view;
mod watch;

pub(crate) use self::{
    caller::Calls,
    ending::ended_as_recorded,
    flight::{Flight, Last},
    gauge::{Counted, Figure, Gauge},
    held::Held,
    identity::Identity,
    left_behind::LeftBehind,
    memory::payloads,
    outcome::{MappedAnswer, map_answer},
    record::RequestShape,
    recorder::Recorder,
    rendered::{NotSent, Rendered, render},
    sealed::{Opened, open},
    subject::CallSubjectData,
    versions::{CompiledVersions, MAX_VERSIONS, ShownVersion, ShownVersions},
    view::api_name,
};
pub use self::{
    list::{CallOrder, ListCalls},
    record::HttpRequest,
    request::CallRequest,
    subject::{CallSubject, InlineLead},
    view::{CallView, FieldChangeView, MappingProblemView},
    watch::{CallWatch, WatchCalls},
};
