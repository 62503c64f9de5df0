//! The programs of a snapshot, their My Tokens bound. Nothing is copied along the tree: what a program inherits is looked up in those above
//! it, the nearest first.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use leadhook_field::{FieldId, Schema};
use leadhook_store::{Program, ProgramId};

use crate::{
    error::{Error, Kind, Violation},
    render::{My, MyTokens, Source, bind_my_tokens},
};

/// Levels of the tree; a program without parent is on the first.
pub(super) const MAX_DEPTH: usize = 32;

/// All programs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Programs {
    by_id: BTreeMap<ProgramId, Arc<LiveProgram>>,
    by_name: HashMap<String, ProgramId>,
}

/// A program as it is saved, and its My Tokens as they are rendered.
#[derive(Debug)]
pub(crate) struct LiveProgram {
    pub(crate) program: Program,
    my: MyTokens,
}

/// A program and those above it, the nearest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lineage(Vec<Arc<LiveProgram>>);

impl LiveProgram {
    /// Binds the My Tokens. Faulty ones are left out and told, with fields such as `program.my_tokens[2].value`.
    pub(crate) fn new(program: Program, schema: &Schema) -> (LiveProgram, Vec<Violation>) {
        let mut faults = Vec::new();
        let given = program
            .my_tokens
            .iter()
            .map(|token| (&*token.key, token.kind, &*token.value));
        let my = bind_my_tokens(given, "program.my_tokens", schema, &mut faults);
        (LiveProgram { program, my }, faults)
    }

    /// `programs/{program}`.
    pub(crate) fn resource_name(&self) -> String {
        format!("programs/{}", self.program.name)
    }

    /// Whether it has My Tokens of its own.
    pub(super) fn has_my_tokens(&self) -> bool {
        !self.my.is_empty()
    }

    /// Whether a token in a My Token names the field.
    pub(crate) fn uses_field(&self, wanted: FieldId) -> bool {
        let mut sources = self.my.values().flat_map(|my| &my.text.sources);
        sources.any(|source| matches!(source, Source::Field { field, .. } if *field == wanted))
    }

    /// Keys of its My Tokens that name other My Tokens.
    fn holders(&self) -> impl Iterator<Item = &str> {
        self.my
            .iter()
            .filter(|(_, my)| my.inner().next().is_some())
            .map(|(key, _)| &**key)
    }
}

impl Lineage {
    /// The nearest My Token of a key.
    pub(crate) fn my(&self, key: &str) -> Option<&My> {
        self.0.iter().find_map(|live| live.my.get(key))
    }

    /// Keys of all My Tokens, those that are overridden included.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .flat_map(|live| live.my.keys().map(|key| &**key))
    }

    /// Keys of all My Tokens that name others, those that are overridden included.
    pub(crate) fn holders(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flat_map(|live| live.holders())
    }

    /// The program, then those above it.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &LiveProgram> {
        self.0.iter().map(|live| &**live)
    }

    /// The program itself.
    pub(crate) fn program(&self) -> Option<&Program> {
        self.0.first().map(|live| &live.program)
    }
}

impl Programs {
    /// Adds a program, or puts it in the place of the one of its id.
    pub(crate) fn put(&mut self, live: LiveProgram) {
        let (id, name) = (live.program.id, live.program.name.clone());
        self.remove(id);
        self.by_name.insert(name, id);
        self.by_id.insert(id, Arc::new(live));
    }

    pub(crate) fn remove(&mut self, id: ProgramId) {
        if let Some(live) = self.by_id.remove(&id) {
            self.by_name.remove(&live.program.name);
        }
    }

    /// The program of a resource id.
    pub(crate) fn get(&self, id: &str) -> Option<&Arc<LiveProgram>> {
        self.by_id.get(self.by_name.get(id)?)
    }

    /// The program of a resource name, `programs/{program}`.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub(crate) fn named(&self, name: &str) -> Result<&Arc<LiveProgram>, Error> {
        match name.strip_prefix("programs/") {
            Some(id) => self.required(id),
            None => Err(Error::not_found(Kind::Program, name)),
        }
    }

    /// The program of a resource id, where it has to be there.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub(crate) fn required(&self, id: &str) -> Result<&Arc<LiveProgram>, Error> {
        self.get(id).ok_or_else(|| self.not_found(id))
    }

    /// That no program has this resource id.
    pub(crate) fn not_found(&self, id: &str) -> Error {
        let known = self.iter().map(|live| &*live.program.name);
        Error::not_found_among(Kind::Program, id, known)
    }

    pub(crate) fn by_id(&self, id: ProgramId) -> Option<&Arc<LiveProgram>> {
        self.by_id.get(&id)
    }

    /// All, oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<LiveProgram>> {
        self.by_id.values()
    }

    /// A program and those above it. It ends where it would leave the depth that is checked when programs are saved.
    pub(crate) fn lineage(&self, live: &Arc<LiveProgram>) -> Lineage {
        let parent = |live: &Arc<LiveProgram>| self.by_id(live.program.parent?).cloned();
        let line = std::iter::successors(Some(Arc::clone(live)), parent);
        Lineage(line.take(MAX_DEPTH).collect())
    }
}
