//! Programs and folders: what My Tokens sit on, and whose members leads are.

use leadhook_field::Value;
use serde::{Deserialize, Serialize};

use crate::{LeadId, ProgramId};

/// A program or a folder. They nest alike; the engine sees to it that they form a tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// Its id; what `{{program.id}}` gives.
    pub id: ProgramId,
    /// The last part of its resource name, `[a-z][a-z0-9-]{0,62}`.
    pub name: String,
    /// What people call it; empty: its resource id.
    pub display_name: String,
    /// Free text.
    pub description: String,
    /// Whether it is shown as a folder.
    pub folder: bool,
    /// The one above.
    pub parent: Option<ProgramId>,
    /// Its own My Tokens, in the order given; no key stands twice.
    pub my_tokens: Vec<MyToken>,
}

/// A My Token of a program (R-TOK-4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MyToken {
    /// Its name, as typed.
    pub key: String,
    /// How its text is encoded.
    pub kind: MyTokenType,
    /// Its text: a template.
    pub value: String,
}

/// The type of a My Token (R-TOK-4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the variants are Marketo's own words")]
pub enum MyTokenType {
    Text,
    Date,
    Number,
    RichText,
    Score,
    SfdcCampaign,
}

impl MyTokenType {
    /// Whether its text is a number where it reads as one.
    #[must_use]
    pub fn is_number(self) -> bool {
        matches!(self, MyTokenType::Number | MyTokenType::Score)
    }
}

/// One row of an upsert of members.
#[derive(Clone, Debug)]
pub struct MemberUpsert {
    /// Who is, or becomes, a member.
    pub lead: LeadId,
    /// What the membership gets. No key stands twice.
    pub writes: Vec<MemberWrite>,
}

/// One value of a membership to be written; none clears.
#[derive(Clone, Debug, PartialEq)]
pub struct MemberWrite {
    /// What all spellings of the field's name have in common.
    pub key: Box<str>,
    /// What it gets.
    pub value: Option<Value>,
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberUpserted {
    /// A new member.
    Created,
    /// A lead that was a member, changed or not.
    Updated,
    /// The lead is not there; nothing was written.
    LeadNotFound,
    /// The membership would have more than [`MemberUpsert::MAX_FIELDS`] fields; nothing was written.
    TooManyFields,
}

impl MemberUpsert {
    /// Fields of a membership at most.
    pub const MAX_FIELDS: usize = 100;
}
