//! A program as it is sent to be saved: nothing in it is believed yet.

use leadhook_field::Schema;
use leadhook_store::{self as store, MyTokenType, Program, ProgramId};

use super::{
    shape::shape_faults,
    tree::{LiveProgram, Programs},
};
use crate::{
    error::{Error, Kind, Violation},
    leads::shown,
    render::MyToken,
    resource_id::nearest,
};

/// A program or folder to be saved.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProgramDraft {
    /// What people call it; at most 255 characters.
    pub display_name: String,
    /// Free text; at most 30,000 bytes.
    pub description: String,
    /// Whether it is shown as a folder.
    pub folder: bool,
    /// Resource name of the one above, `programs/{program}`; empty: none.
    pub parent: String,
    /// At most 1,000, with texts of at most 65,536 bytes; a type that is not given is text.
    pub my_tokens: Vec<MyToken>,
    /// What was found wrong before, to be told with the rest.
    pub refused: Vec<Violation>,
}

const MAX_DISPLAY_NAME: usize = 255;
const MAX_DESCRIPTION: usize = 30_000;
const MAX_MY_TOKENS: usize = 1_000;
const MAX_VALUE: usize = 64 << 10;

impl ProgramDraft {
    /// The program, if it may stand in the tree: with it the My Tokens of all below it are sound (R-TOK-5).
    pub(super) fn check(
        self,
        id: ProgramId,
        name: String,
        programs: &Programs,
        schema: &Schema,
    ) -> Result<Program, Error> {
        let mut faults = self.refused.clone();
        self.check_sizes(&mut faults);
        let program = Program {
            id,
            name,
            parent: self.find_parent(programs, &mut faults),
            display_name: self.display_name,
            description: self.description,
            folder: self.folder,
            my_tokens: self.my_tokens.into_iter().map(stored).collect(),
        };
        let (live, more) = LiveProgram::new(program.clone(), schema);
        faults.extend(more);
        let mut changed = programs.clone();
        changed.put(live);
        faults.extend(shape_faults(&changed, id));
        Error::unless_valid(Kind::Program, faults)?;
        Ok(program)
    }

    fn check_sizes(&self, faults: &mut Vec<Violation>) {
        let name = self.display_name.chars().count();
        let tokens = self.my_tokens.len();
        let sizes = [
            ("display_name", name, MAX_DISPLAY_NAME, "characters"),
            (
                "description",
                self.description.len(),
                MAX_DESCRIPTION,
                "bytes",
            ),
            ("my_tokens", tokens, MAX_MY_TOKENS, "My Tokens"),
        ];
        for (field, size, most, unit) in sizes {
            if size > most {
                let message = format!("has {size} {unit}; at most {most} are taken");
                faults.push(Violation::new(format!("program.{field}"), message));
            }
        }
        for (at, token) in self.my_tokens.iter().enumerate() {
            let size = token.value.len();
            if size > MAX_VALUE {
                let message = format!("has {size} bytes; at most {MAX_VALUE} are taken");
                faults.push(Violation::new(
                    format!("program.my_tokens[{at}].value"),
                    message,
                ));
            }
        }
    }

    fn find_parent(&self, programs: &Programs, faults: &mut Vec<Violation>) -> Option<ProgramId> {
        if self.parent.is_empty() {
            return None;
        }
        let parent = programs.named(&self.parent).ok();
        if parent.is_none() {
            let message = format!(
                "no program is called `{}`; name one as `programs/...`, or none",
                shown(&self.parent)
            );
            let id = self.parent.trim_start_matches("programs/");
            let near = nearest(id, programs.iter().map(|live| &*live.program.name));
            let near = near.map(|near| format!("programs/{near}"));
            let fault = Violation::new("program.parent", message);
            faults.push(fault.suggest(near.unwrap_or_default()));
        }
        parent.map(|parent| parent.program.id)
    }
}

fn stored(token: MyToken) -> store::MyToken {
    store::MyToken {
        key: token.key,
        kind: token.kind.unwrap_or(MyTokenType::Text),
        value: token.value,
    }
}
