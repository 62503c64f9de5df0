//! Programs and folders: the tree that My Tokens sit on and are inherited along (R-TOK-4), and whose members leads are.

mod draft;
mod filter;
mod manage;
mod members;
mod shape;
mod tree;

pub(crate) use self::tree::{Lineage, LiveProgram, Programs};
pub use self::{draft::ProgramDraft, manage::ProgramView, members::MemberInput};
