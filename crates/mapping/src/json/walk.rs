//! The walk along trie and body. It calls itself once per level of a path, of which there are 100 at most; how deep the
//! body is does not matter.

use std::borrow::Cow;

use super::nesting::Container;
use super::scanner::{Literal, Scanner, Unexpected};
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
        scanner: Scanner::new(text),
        found,
    };
    walk.document().map_err(|Unexpected { at, expected }| {
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
    if walk.scanner.has_escaped_surrogates()
        && found.iter().flatten().any(|raw| surrogates::has_lone(raw))
    {
        return Err(Invalid(
            "a value that a path reads holds half a surrogate pair".into(),
        ));
    }
    Ok(())
}

struct Walk<'w, 't> {
    trie: &'w Trie,
    scanner: Scanner<'t>,
    found: &'w mut [Option<&'t str>],
}

impl<'w> Walk<'w, '_> {
    fn document(&mut self) -> Result<(), Unexpected> {
        self.scanner.white_space();
        self.value(self.trie.root())?;
        self.scanner.white_space();
        match self.scanner.peek() {
            None => Ok(()),
            Some(_) => self.scanner.unexpected("the end of the body"),
        }
    }

    fn value(&mut self, node: &'w Node) -> Result<(), Unexpected> {
        let start = self.scanner.at();
        match self.scanner.peek() {
            Some(b'{') if node.has_keys() => self.object(node)?,
            Some(b'[') if node.has_elements() => self.array(node)?,
            _ => self.scanner.value()?,
        }
        if let Some(leaf) = node.leaf {
            self.found[leaf] = Some(self.scanner.since(start));
        }
        Ok(())
    }

    fn object(&mut self, node: &'w Node) -> Result<(), Unexpected> {
        let mut is_open = self.scanner.open(Container::Object);
        while is_open {
            let key = self.scanner.key()?;
            match node.key(&decode(key)) {
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

    fn array(&mut self, node: &'w Node) -> Result<(), Unexpected> {
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

/// A key as text. The scanner has refused what cannot be decoded.
fn decode(key: Literal<'_>) -> Cow<'_, str> {
    if !key.is_escaped {
        return Cow::Borrowed(key.raw);
    }
    serde_json::from_str::<String>(&format!("\"{}\"", key.raw))
        .map_or(Cow::Borrowed(key.raw), Cow::Owned)
}
