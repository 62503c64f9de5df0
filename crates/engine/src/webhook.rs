//! Webhooks as people define them: what is sent to save one, what is refused, what is merely suspicious, what is kept secret.

mod check;
mod draft;
#[cfg(test)]
pub(crate) mod fixture;
mod manage;
mod preview;
mod secrets;
mod state;
mod tokens;
mod userinfo;
mod warnings;

pub use self::{
    draft::{Draft, DraftHeader, DraftMapping, DraftRetryPolicy, Refused},
    preview::{MappedChange, Preview, PreviewSource, SampleResponse, Warning},
    state::WebhookState,
    tokens::TokenInfo,
};
pub(crate) use self::{state::tell_of_lanes, userinfo::Userinfo};
