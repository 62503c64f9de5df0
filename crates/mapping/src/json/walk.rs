//! The walk along trie and body. It calls itself once per level of a path, of which there are 100 at most; how deep the
//! body is does not matter.

use super::nesting::Container;
use super::scanner::{Expected, Key, Scanner, Spelling};
use super::surrogates;
use super::trie::{Node, Trie};
use crate::plan::Invalid;

/// Finds the value of each leaf, as it stands in the text.
pub(super) fn walk<'t>(
    trie: &Trie,
    text: &'t str,
    found: &mut [Option<&'t str>],
) -> Result<(), Invalid> {
    let mut walk = Walk {
        trie,
        text,
        scanner: Scanner::new(text),
        found,
    };
    walk.document().map_err(|expected| {
        let at = walk.scanner.at();
        let is = if at < text.len() {
            ""
        } else {
            ", the body ends"
        };
        Invalid::at(
            text,
            at,
            format_args!("not well-formed JSON: expected {expected}{is}"),
        )
    })?;
    let has_half_pair = |value: &&str| surrogates::has_lone(value.as_bytes());
    if walk.scanner.has_escaped_surrogates() && found.iter().flatten().any(has_half_pair) {
        return Err(Invalid(
            "a value that a path reads holds half a surrogate pair".into(),
        ));
    }
    Ok(())
}

struct Walk<'w, 't> {
    trie: &'w Trie,
    text: &'t str,
    scanner: Scanner<'t>,
    found: &'w mut [Option<&'t str>],
}

impl<'w> Walk<'w, '_> {
    fn document(&mut self) -> Result<(), Expected> {
        self.scanner.white_space();
        self.value(self.trie.root())?;
        self.scanner.white_space();
        match self.scanner.peek() {
            None => Ok(()),
            Some(_) => Err(Expected::End),
        }
    }

    fn value(&mut self, node: &'w Node) -> Result<(), Expected> {
        let start = self.scanner.at();
        match self.scanner.peek() {
            Some(b'{') if node.has_keys() => self.object(node)?,
            Some(b'[') if node.has_elements() => self.array(node)?,
            _ => self.scanner.value()?,
        }
        if let Some(leaf) = node.leaf {
            self.found[leaf] = Some(&self.text[start..self.scanner.at()]);
        }
        Ok(())
    }

    fn object(&mut self, node: &'w Node) -> Result<(), Expected> {
        let mut is_open = self.scanner.open(Container::Object);
        while is_open {
            let key = self.scanner.key()?;
            let child = match key.spelling {
                Spelling::Plain => node.key(key.raw),
                Spelling::Escaped => node.key(&decode(key)),
            };
            match child {
                Some(child) => {
                    let child = self.trie.node(child);
                    // A key that comes again makes the earlier one as if it had not been there.
                    self.found[child.leaves.clone()].fill(None);
                    self.value(child)?;
                }
                None => self.scanner.value()?,
            }
            is_open = self.scanner.next(Container::Object)?;
        }
        Ok(())
    }

    fn array(&mut self, node: &'w Node) -> Result<(), Expected> {
        let mut wanted = node.elements.iter().peekable();
        let mut is_open = self.scanner.open(Container::Array);
        let mut index = 0_usize;
        while is_open {
            match wanted.next_if(|(wanted, _)| usize::try_from(*wanted) == Ok(index)) {
                Some((_, child)) => self.value(self.trie.node(*child))?,
                None => self.scanner.value()?,
            }
            index += 1;
            is_open = self.scanner.next(Container::Array)?;
        }
        Ok(())
    }
}

/// A key with escapes as text. The scanner has refused what cannot be decoded.
fn decode(key: Key<'_>) -> Vec<u8> {
    let literal = [b"\"", key.raw, b"\""].concat();
    serde_json::from_slice::<String>(&literal).map_or(literal, String::into_bytes)
}
