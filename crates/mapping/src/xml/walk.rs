//! The walk along trie and events.
//!
//! quick-xml finds where markup begins and ends, and that tags match. The rest of well-formedness is checked here and in
//! the modules beside it, on slices of the document that the events' positions give.

use std::borrow::Cow;

use memchr::memmem;
use quick_xml::events::Event;
use quick_xml::reader::Reader as Events;

use super::attributes::{self, Fault, Names};
use super::matches::Matches;
use super::trie::Trie;
use super::{declaration, names, references};
use crate::plan::Invalid;
use crate::slots::with_slots;

/// The deepest element (R-MAP-6): the root element is at level 1.
const MAX_LEVELS: usize = 1_000;

/// What is found for a leaf.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Found<'t> {
    /// Nothing.
    #[default]
    Nothing,
    /// An element without child elements, or an attribute.
    Text(Cow<'t, str>),
    /// An element with child elements.
    Elements,
}

/// Finds text or attribute of each leaf.
pub(super) fn walk<'t>(trie: &Trie, text: &'t str, found: &mut [Found<'t>]) -> Result<(), Invalid> {
    if let Some(at) = names::first_forbidden(text) {
        return Err(malformed(text, at, "a character that XML does not allow"));
    }
    if text.starts_with('\u{FEFF}') {
        return Err(malformed(text, 0, "two byte order marks"));
    }
    with_slots(trie.counters(), |counters| {
        with_slots(trie.nodes(), |slots| {
            let walk = Walk {
                trie,
                text,
                found,
                counters,
                matches: Matches::new(slots),
                names: Names::default(),
                level: 0,
                stage: Stage::Prolog { has_doctype: false },
                bracket: memmem::find(text.as_bytes(), BRACKET),
            };
            walk.run()
        })
    })
}

/// What must not stand in text.
const BRACKET: &[u8] = b"]]>";

/// Where in a document something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Prolog { has_doctype: bool },
    Root,
    Epilog,
}

/// What kind of event comes next. The event itself is not kept: its content is a slice of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Start,
    Empty,
    End,
    Text,
    Reference,
    CData,
    Comment,
    Instruction,
    Declaration,
    DocType,
}

struct Walk<'w, 't> {
    trie: &'w Trie,
    text: &'t str,
    found: &'w mut [Found<'t>],
    /// How many siblings of each name went by.
    counters: &'w mut [u32],
    matches: Matches<'w>,
    names: Names<'t>,
    level: usize,
    stage: Stage,
    /// The next `]]>`, wherever it stands.
    bracket: Option<usize>,
}

impl<'t> Walk<'_, 't> {
    fn run(mut self) -> Result<(), Invalid> {
        let mut events = Events::from_str(self.text);
        events.config_mut().check_comments = true;
        // White space before markup comes with the markup rather than as an event, of which there would be half again
        // as many in indented documents.
        events.config_mut().trim_text_start = true;
        let mut start = 0;
        loop {
            let kind = match events.read_event() {
                Ok(Event::Start(_)) => Kind::Start,
                Ok(Event::Empty(_)) => Kind::Empty,
                Ok(Event::End(_)) => Kind::End,
                Ok(Event::Text(_)) => Kind::Text,
                Ok(Event::GeneralRef(_)) => Kind::Reference,
                Ok(Event::CData(_)) => Kind::CData,
                Ok(Event::Comment(_)) => Kind::Comment,
                Ok(Event::PI(_)) => Kind::Instruction,
                Ok(Event::Decl(_)) => Kind::Declaration,
                Ok(Event::DocType(_)) => Kind::DocType,
                Ok(Event::Eof) => return self.end_of_document(),
                Err(error) => {
                    let at = usize::try_from(events.error_position()).unwrap_or(self.text.len());
                    return Err(malformed(self.text, at, error));
                }
            };
            let end = usize::try_from(events.buffer_position()).unwrap_or(self.text.len());
            if kind != Kind::Text {
                start += self.white_space(&self.text[start..end]);
            }
            self.take(kind, start, end)
                .map_err(|(at, fault)| malformed(self.text, start + at, fault))?;
            if self.bracket.is_some_and(|bracket| bracket < end) {
                self.bracket =
                    memmem::find(&self.text.as_bytes()[end..], BRACKET).map(|at| end + at);
            }
            start = end;
        }
    }

    /// Takes the white space before markup as the text that it is; gives its length.
    #[inline]
    fn white_space(&mut self, markup: &'t str) -> usize {
        let length = names::white_space_length(markup.as_bytes());
        if length > 0 {
            self.add(|| references::text(&markup[..length]));
        }
        length
    }

    /// Takes the event that `start..end` of the document is.
    #[inline]
    fn take(&mut self, kind: Kind, start: usize, end: usize) -> Result<(), Fault> {
        let markup = &self.text[start..end];
        match kind {
            Kind::Start | Kind::Empty => {
                self.start_tag(markup)?;
                if kind == Kind::Empty {
                    self.end_tag();
                }
                Ok(())
            }
            Kind::End => {
                self.end_tag();
                Ok(())
            }
            Kind::Text => self.characters(markup, start, end),
            Kind::Reference => self.reference(markup),
            Kind::CData => self.cdata(markup),
            Kind::Comment => Ok(()),
            Kind::Instruction => check(
                declaration::is_instruction(markup),
                "the target of a processing instruction is missing or reserved",
            ),
            Kind::Declaration => self.declaration(markup, start),
            Kind::DocType => self.doctype(markup),
        }
    }

    fn start_tag(&mut self, tag: &'t str) -> Result<(), Fault> {
        let name = &tag[1..1 + names::name_length(&tag[1..])];
        if name.is_empty() {
            return Err((1, "expected the name of an element"));
        }
        if self.level == 0 {
            check(
                matches!(self.stage, Stage::Prolog { .. }),
                "a document has one root element",
            )?;
            self.stage = Stage::Root;
        }
        if self.level == MAX_LEVELS {
            return Err((0, "elements are nested more than 1,000 levels deep"));
        }
        self.level += 1;
        self.open(name);
        if tag.len() == "<>".len() + name.len() {
            return Ok(());
        }
        let (trie, matches, found) = (self.trie, &self.matches, &mut *self.found);
        let here = matches.at(self.level);
        attributes::read(tag, 1 + name.len(), &mut self.names, |name, value| {
            for node in here.clone().map(|index| trie.node(matches.node(index))) {
                for (pattern, leaf) in &node.attributes {
                    if pattern.is_exactly(name)
                        || (found[*leaf] == Found::Nothing && pattern.matches_attribute(name))
                    {
                        found[*leaf] = Found::Text(references::attribute(value));
                    }
                }
            }
        })
    }

    /// Notes what the element is to the paths that lead into its parent.
    fn open(&mut self, name: &str) {
        for parent in self.matches.at(self.level - 1) {
            let parent = self.trie.node(self.matches.node(parent));
            if let Some(leaf) = parent.leaf {
                self.found[leaf] = Found::Elements;
            }
            for siblings in parent.children(name) {
                let index = self.counters[siblings.counter];
                self.counters[siblings.counter] = index.saturating_add(1);
                let Some(node) = siblings.element(index) else {
                    continue;
                };
                self.matches.push(self.level, node);
                if let Some(leaf) = self.trie.node(node).leaf {
                    self.found[leaf] = Found::Text(Cow::Borrowed(""));
                }
            }
        }
    }

    fn end_tag(&mut self) {
        self.matches.close(self.level);
        self.level -= 1;
        if self.level == 0 {
            self.stage = Stage::Epilog;
        }
    }

    fn characters(&mut self, text: &'t str, start: usize, end: usize) -> Result<(), Fault> {
        if let Some(bracket) = self.bracket.filter(|bracket| *bracket < end) {
            return Err((bracket - start, "`]]>` stands in text"));
        }
        if self.level == 0 {
            return check(
                text.chars().all(names::is_white_space),
                "text stands outside the root element",
            );
        }
        self.add(|| references::text(text));
        Ok(())
    }

    fn reference(&mut self, reference: &'t str) -> Result<(), Fault> {
        check(
            self.level > 0,
            "a reference stands outside the root element",
        )?;
        let Some(c) = references::resolve(&reference[1..reference.len() - 1]) else {
            return Err((0, "a reference to no predefined entity"));
        };
        self.add(|| Cow::Owned(c.to_string()));
        Ok(())
    }

    fn cdata(&mut self, section: &'t str) -> Result<(), Fault> {
        check(
            self.level > 0,
            "a CDATA section stands outside the root element",
        )?;
        self.add(|| references::text(&section[b"<![CDATA[".len()..section.len() - BRACKET.len()]));
        Ok(())
    }

    /// Adds to the text of the innermost element, if a path ends there.
    #[inline]
    fn add(&mut self, text: impl Fn() -> Cow<'t, str>) {
        for index in self.matches.at(self.level) {
            let Some(leaf) = self.trie.node(self.matches.node(index)).leaf else {
                continue;
            };
            match &mut self.found[leaf] {
                Found::Text(value) if value.is_empty() => *value = text(),
                Found::Text(value) => value.to_mut().push_str(&text()),
                Found::Nothing | Found::Elements => {}
            }
        }
    }

    fn declaration(&mut self, markup: &str, start: usize) -> Result<(), Fault> {
        check(
            start == 0,
            "an XML declaration stands at the very start of a document",
        )?;
        check(
            declaration::is_declaration(markup),
            "the XML declaration is malformed",
        )
    }

    fn doctype(&mut self, markup: &str) -> Result<(), Fault> {
        check(
            self.stage == Stage::Prolog { has_doctype: false },
            "a document type declaration stands once, before the root element",
        )?;
        self.stage = Stage::Prolog { has_doctype: true };
        let name = markup.strip_prefix("<!DOCTYPE");
        check(
            name.is_some_and(|name| name.starts_with(names::is_white_space)),
            "expected `<!DOCTYPE` and white space",
        )
    }

    fn end_of_document(&self) -> Result<(), Invalid> {
        let fault = match self.stage {
            Stage::Epilog => return Ok(()),
            Stage::Root => "the body ends within an element",
            Stage::Prolog { .. } => "there is no root element",
        };
        Err(malformed(self.text, self.text.len(), fault))
    }
}

fn check(holds: bool, fault: &'static str) -> Result<(), Fault> {
    if holds { Ok(()) } else { Err((0, fault)) }
}

fn malformed(text: &str, at: usize, fault: impl std::fmt::Display) -> Invalid {
    Invalid::at(text, at, format_args!("not well-formed XML: {fault}"))
}
