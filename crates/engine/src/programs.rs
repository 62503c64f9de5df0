//! Programs and folders: the tree that My Tokens sit on and are inherited along (R-TOK-4), and whose members leads are.

mod tree;

pub(crate) use self::tree::{Lineage, LiveProgram, Programs};
