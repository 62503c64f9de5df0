//! From templates to bytes: tokens are bound to where their values come from when a template is saved, and written when a
//! call is made. No name is looked up per call, save those of trigger and My Tokens, which the call itself brings.

mod bind;
mod context;
mod header;
mod my;
mod needs;
mod payload;
mod scene;
mod understood;
mod url;

pub use self::context::{CallContext, MyToken};
pub(crate) use self::{
    bind::{Attribute, Bound, Fault, Source, System, is_trusted, projection},
    context::Context,
    header::{HeaderTemplate, trim},
    my::{My, MyTokens, bind_my_tokens, nesting_fault},
    needs::{Answers, Named, Needs},
    payload::Payload,
    scene::Scene,
    understood::{Piece, Understood},
    url::{InvalidUrl, UrlTemplate},
};
