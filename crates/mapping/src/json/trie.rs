//! All paths of a plan, those with a common beginning sharing it.

use std::ops::Range;

use crate::path::{JsonStep, Path, Steps};

/// From so many keys of one object on they are searched by halves.
const MANY: usize = 8;

/// The paths. Its first node is the root of the body.
#[derive(Clone, Debug)]
pub(super) struct Trie {
    nodes: Vec<Node>,
    leaf_of_target: Box<[Option<usize>]>,
    leaves: usize,
}

/// A value that a path reads or passes through.
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    /// Where the value goes, if a path ends here.
    pub(super) leaf: Option<usize>,
    /// All leaves at and below this node: they are numbered in that order.
    pub(super) leaves: Range<usize>,
    /// Ascending.
    keys: Vec<(Box<str>, usize)>,
    /// Ascending.
    pub(super) elements: Vec<(u32, usize)>,
}

impl Trie {
    pub(super) fn new(paths: &[&Path]) -> Self {
        let mut trie = Self {
            nodes: vec![Node::default()],
            leaf_of_target: Box::default(),
            leaves: 0,
        };
        let ends: Vec<Option<usize>> = paths.iter().map(|path| trie.insert(path)).collect();
        for end in ends.iter().flatten() {
            trie.nodes[*end].leaf = Some(0);
        }
        trie.number(0);
        trie.leaf_of_target = ends
            .into_iter()
            .map(|end| end.and_then(|end| trie.nodes[end].leaf))
            .collect();
        trie
    }

    pub(super) fn root(&self) -> &Node {
        &self.nodes[0]
    }

    pub(super) fn node(&self, index: usize) -> &Node {
        &self.nodes[index]
    }

    pub(super) fn leaves(&self) -> usize {
        self.leaves
    }

    /// For each target where its value goes; `None` for a path into another format.
    pub(super) fn leaf_of_target(&self) -> impl Iterator<Item = Option<usize>> + '_ {
        self.leaf_of_target.iter().copied()
    }

    /// The node at which this path ends.
    fn insert(&mut self, path: &Path) -> Option<usize> {
        let Steps::Json(steps) = path.steps() else {
            return None;
        };
        Some(steps.iter().fold(0, |node, step| self.child(node, step)))
    }

    fn child(&mut self, parent: usize, step: &JsonStep) -> usize {
        let new = self.nodes.len();
        let node = &mut self.nodes[parent];
        let child = match step {
            JsonStep::Key(key) => match node.keys.binary_search_by(|(known, _)| known.cmp(key)) {
                Ok(at) => node.keys[at].1,
                Err(at) => {
                    node.keys.insert(at, (key.clone(), new));
                    new
                }
            },
            JsonStep::Index(index) => match node
                .elements
                .binary_search_by_key(index, |(known, _)| *known)
            {
                Ok(at) => node.elements[at].1,
                Err(at) => {
                    node.elements.insert(at, (*index, new));
                    new
                }
            },
        };
        if child == new {
            self.nodes.push(Node::default());
        }
        child
    }

    /// Numbers the leaves at and below a node. It calls itself once per level of a path, of which there are 100 at most.
    fn number(&mut self, index: usize) {
        let start = self.leaves;
        if let Some(leaf) = &mut self.nodes[index].leaf {
            *leaf = start;
            self.leaves += 1;
        }
        let node = &self.nodes[index];
        let below: Vec<usize> = node
            .keys
            .iter()
            .map(|(_, child)| *child)
            .chain(node.elements.iter().map(|(_, child)| *child))
            .collect();
        for child in below {
            self.number(child);
        }
        self.nodes[index].leaves = start..self.leaves;
    }
}

impl Node {
    pub(super) fn has_keys(&self) -> bool {
        !self.keys.is_empty()
    }

    pub(super) fn has_elements(&self) -> bool {
        !self.elements.is_empty()
    }

    /// The node of a key of this object.
    pub(super) fn key(&self, key: &[u8]) -> Option<usize> {
        if self.keys.len() < MANY {
            return self
                .keys
                .iter()
                .find(|(known, _)| known.as_bytes() == key)
                .map(|(_, child)| *child);
        }
        let at = self
            .keys
            .binary_search_by(|(known, _)| known.as_bytes().cmp(key))
            .ok()?;
        Some(self.keys[at].1)
    }
}
