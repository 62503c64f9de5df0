//! All paths of a plan, those with a common beginning sharing it.
//!
//! A node stands for one element at most: its parent does, and an index says which of the siblings it is. So counters
//! can be kept per name and body, rather than per name and parent. One element may be several nodes, though: `<x:a>` is both `x:a` and `a`.

use super::names::{NamePattern, local};
use crate::path::{Path, Steps, XmlStep};

/// From so many names of children on they are searched by halves.
const MANY: usize = 8;

/// The paths. Its first node is the document, the parent of the root element.
#[derive(Clone, Debug)]
pub(super) struct Trie {
    nodes: Vec<Node>,
    leaf_of_target: Box<[Option<usize>]>,
    leaves: usize,
    counters: usize,
}

/// An element that a path reads or passes through.
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    /// Where its text goes, if a path ends here.
    pub(super) leaf: Option<usize>,
    /// Attributes, and where their values go.
    pub(super) attributes: Vec<(NamePattern, usize)>,
    /// Its children that matter, ascending by local name.
    children: Vec<Siblings>,
}

/// Children of one name.
#[derive(Clone, Debug)]
pub(super) struct Siblings {
    pub(super) name: NamePattern,
    /// Which counter tells how many of them went by.
    pub(super) counter: usize,
    /// Index and node, ascending.
    elements: Vec<(u32, usize)>,
}

impl Trie {
    pub(super) fn new(paths: &[&Path]) -> Self {
        let mut trie = Self {
            nodes: vec![Node::default()],
            leaf_of_target: Box::default(),
            leaves: 0,
            counters: 0,
        };
        trie.leaf_of_target = paths.iter().map(|path| trie.insert(path)).collect();
        trie
    }

    pub(super) fn node(&self, index: usize) -> &Node {
        &self.nodes[index]
    }

    pub(super) fn leaves(&self) -> usize {
        self.leaves
    }

    pub(super) fn nodes(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn counters(&self) -> usize {
        self.counters
    }

    /// For each target where its value goes; `None` for a path into another format.
    pub(super) fn leaf_of_target(&self) -> impl Iterator<Item = Option<usize>> + '_ {
        self.leaf_of_target.iter().copied()
    }

    fn insert(&mut self, path: &Path) -> Option<usize> {
        let Steps::Xml(steps) = path.steps() else {
            return None;
        };
        let end = steps
            .elements
            .iter()
            .fold(0, |node, step| self.child(node, step));
        Some(match &steps.attribute {
            Some(name) => self.attribute(end, name),
            None => self.text(end),
        })
    }

    fn child(&mut self, parent: usize, step: &XmlStep) -> usize {
        let new = self.nodes.len();
        let children = &mut self.nodes[parent].children;
        let known = children
            .iter()
            .position(|siblings| siblings.name.is_exactly(&step.name));
        let at = known.unwrap_or_else(|| {
            let name = NamePattern::new(&step.name);
            let at = children.partition_point(|siblings| siblings.name.local() < name.local());
            children.insert(
                at,
                Siblings {
                    name,
                    counter: self.counters,
                    elements: Vec::new(),
                },
            );
            self.counters += 1;
            at
        });
        let elements = &mut children[at].elements;
        match elements.binary_search_by_key(&step.index, |(index, _)| *index) {
            Ok(at) => elements[at].1,
            Err(at) => {
                elements.insert(at, (step.index, new));
                self.nodes.push(Node::default());
                new
            }
        }
    }

    fn attribute(&mut self, element: usize, name: &str) -> usize {
        let new = self.leaves;
        let attributes = &mut self.nodes[element].attributes;
        if let Some((_, leaf)) = attributes.iter().find(|(known, _)| known.is_exactly(name)) {
            return *leaf;
        }
        attributes.push((NamePattern::new(name), new));
        self.leaves += 1;
        new
    }

    fn text(&mut self, element: usize) -> usize {
        let leaf = *self.nodes[element].leaf.get_or_insert(self.leaves);
        self.leaves = self.leaves.max(leaf + 1);
        leaf
    }
}

impl Node {
    /// The children that an element of this name is one of: those without a prefix, and those with its prefix.
    #[inline]
    pub(super) fn children<'n>(&'n self, name: &'n str) -> impl Iterator<Item = &'n Siblings> {
        let children = if self.children.len() < MANY {
            &self.children
        } else {
            self.namesakes(name)
        };
        children
            .iter()
            .filter(move |siblings| siblings.name.matches(name))
    }

    /// The children of the same local name.
    #[cold]
    fn namesakes(&self, name: &str) -> &[Siblings] {
        let local = local(name);
        let start = self
            .children
            .partition_point(|siblings| siblings.name.local() < local);
        let end = self
            .children
            .partition_point(|siblings| siblings.name.local() <= local);
        &self.children[start..end]
    }
}

impl Siblings {
    /// The node of the one with this index.
    pub(super) fn element(&self, index: u32) -> Option<usize> {
        let at = self
            .elements
            .binary_search_by_key(&index, |(known, _)| *known)
            .ok()?;
        Some(self.elements[at].1)
    }
}
