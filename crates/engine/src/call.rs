//! The way of one call: wait for a slot, render, send, map, record, answer. And calls as they are read back.

mod caller;
mod ending;
#[cfg(test)]
mod fixture;
mod flight;
mod gate;
mod gauge;
mod left_behind;
mod list;
mod outcome;
mod record;
mod recorder;
mod rendered;
mod request;
mod retry;
mod subject;
mod versions;
mod view;
mod watch;

#[cfg(test)]
pub(crate) use self::rendered::{NotSent, Rendered};
pub(crate) use self::{
    caller::{Calls, FlowCall, FlowPart, call_in_flow},
    gate::Gates,
    gauge::{Gauge, Place},
    left_behind::LeftBehind,
    outcome::{MappedAnswer, map_answer},
    record::RequestShape,
    recorder::{Recorder, StepRecorder},
    rendered::render,
    subject::CallSubjectData,
    versions::{ShownVersion, Versions},
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
