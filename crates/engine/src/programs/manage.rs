//! Programs created, read, changed and deleted.

use std::collections::HashSet;

use leadhook_store::{CatalogChange, MyToken, Page, Program, ProgramId, Store};

use super::{draft::ProgramDraft, filter, tree::Programs};
use crate::{
    engine::{Edit, Engine},
    error::{Error, Kind, Violation},
    resource_id,
    snapshot::Snapshot,
};

/// A program with what it inherits.
#[derive(Clone, Debug, PartialEq)]
pub struct ProgramView {
    /// As it is saved.
    pub program: Program,
    /// Resource name of the one above; empty: none.
    pub parent: String,
    /// My Tokens of the ones above that are not overridden, the nearest first; each with the resource name of the program that it sits on.
    pub inherited: Vec<(String, MyToken)>,
}

/// Programs and folders at most.
const MAX_PROGRAMS: usize = 10_000;

impl<S: Store> Engine<S> {
    /// Creates a program of the resource id `name`; empty: one is made of its display name.
    ///
    /// # Errors
    /// [`Error::Invalid`] with all faults (R-TOK-4, -5), [`Error::AlreadyExists`], [`Error::Store`].
    pub async fn create_program(
        &self,
        name: &str,
        draft: ProgramDraft,
    ) -> Result<ProgramView, Error> {
        self.edit(|snapshot, revision| {
            let name = match name {
                "" => resource_id::made_of(&draft.display_name, Kind::Program, revision),
                name => name.to_owned(),
            };
            if snapshot.programs.get(&name).is_some() {
                return Err(Error::AlreadyExists {
                    kind: Kind::Program,
                    name: format!("programs/{name}"),
                });
            }
            let program = new_program(snapshot, ProgramId(revision.0), &name, draft.clone())?;
            Ok(saved(snapshot, program))
        })
        .await
    }

    /// Changes a program: `change` makes a draft of what is stored. With `create`, a program that is not there is created of a draft that
    /// `change` makes of nothing.
    ///
    /// # Errors
    /// As [`create_program`](Self::create_program), for the programs below as well (R-TOK-5), and [`Error::NotFound`].
    pub async fn update_program(
        &self,
        name: &str,
        create: bool,
        change: impl Fn(Option<&ProgramView>) -> ProgramDraft,
    ) -> Result<ProgramView, Error> {
        self.edit(|snapshot, revision| {
            let programs = &snapshot.programs;
            let program = match programs.get(name) {
                Some(live) => {
                    let stored = view(programs, &live.program);
                    let (id, draft) = (live.program.id, change(Some(&stored)));
                    draft.check(id, name.to_owned(), programs, &snapshot.schema)?
                }
                None if create => new_program(snapshot, ProgramId(revision.0), name, change(None))?,
                None => return Err(programs.not_found(name)),
            };
            Ok(saved(snapshot, program))
        })
        .await
    }

    /// A program.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn get_program(&self, name: &str) -> Result<ProgramView, Error> {
        let programs = &self.snapshot().programs;
        let live = programs.required(name)?;
        Ok(view(programs, &live.program))
    }

    /// A page of programs, oldest first, those after `after`.
    ///
    /// # Errors
    /// [`Error::Invalid`] for the filter.
    pub fn list_programs(
        &self,
        filter: &str,
        after: Option<ProgramId>,
        limit: usize,
    ) -> Result<Page<ProgramView, ProgramId>, Error> {
        let matches = filter::parse(filter)?;
        let programs = &self.snapshot().programs;
        let matching = programs
            .iter()
            .map(|live| &live.program)
            .filter(|program| after.is_none_or(|after| program.id > after))
            .filter(|program| matches(program, &parent(programs, program)));
        let page = Page::take(matching, limit, |program| program.id);
        Ok(page.map(|program| view(programs, program)))
    }

    /// Deletes a program, and erases who its members are.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::InUse`] naming the programs below it and its campaigns (R-DEF-5); [`Error::Store`].
    pub async fn delete_program(&self, name: &str) -> Result<(), Error> {
        self.edit(|snapshot, _| {
            let programs = &snapshot.programs;
            let live = programs.required(name)?;
            let id = live.program.id;
            let children = programs
                .iter()
                .filter(|live| live.program.parent == Some(id));
            let campaigns = snapshot
                .campaigns
                .users(|live| live.campaign.definition.program == Some(id));
            let users = children.map(|live| live.resource_name()).chain(campaigns);
            Error::unless_free(Kind::Program, live.resource_name(), users.collect())?;
            Ok(Edit {
                changes: vec![CatalogChange::DeleteProgram(id)],
                answer: (),
            })
        })
        .await
    }
}

fn new_program(
    snapshot: &Snapshot,
    id: ProgramId,
    name: &str,
    mut draft: ProgramDraft,
) -> Result<Program, Error> {
    draft.refused.extend(resource_id::fault(name, "program_id"));
    let count = snapshot.programs.iter().count();
    if count >= MAX_PROGRAMS {
        let message = format!("there are {count} programs, which is the most; delete one first");
        draft.refused.push(Violation::new("program", message));
    }
    draft.check(id, name.to_owned(), &snapshot.programs, &snapshot.schema)
}

/// What is as it was is not saved again.
fn saved(snapshot: &Snapshot, program: Program) -> Edit<ProgramView> {
    let programs = &snapshot.programs;
    let stored = programs.by_id(program.id).map(|live| &live.program);
    let answer = view(programs, &program);
    let changes = if stored == Some(&program) {
        vec![]
    } else {
        vec![CatalogChange::PutProgram(Box::new(program))]
    };
    Edit { changes, answer }
}

/// A program, stored or about to be.
fn view(programs: &Programs, program: &Program) -> ProgramView {
    let mut inherited = Vec::new();
    if let Some(above) = program.parent.and_then(|id| programs.by_id(id)) {
        let lineage = programs.lineage(above);
        let mut seen: HashSet<_> = keys(program).collect();
        for live in lineage.iter() {
            for (token, key) in live.program.my_tokens.iter().zip(keys(&live.program)) {
                if seen.insert(key) {
                    inherited.push((live.resource_name(), token.clone()));
                }
            }
        }
    }
    ProgramView {
        program: program.clone(),
        parent: parent(programs, program),
        inherited,
    }
}

fn keys(program: &Program) -> impl Iterator<Item = String> {
    let tokens = program.my_tokens.iter();
    tokens.map(|token| leadhook_token::name_key(&token.key))
}

/// Resource name of the one above.
fn parent(programs: &Programs, program: &Program) -> String {
    let above = program.parent.and_then(|id| programs.by_id(id));
    above.map(|live| live.resource_name()).unwrap_or_default()
}
