//! The look before parsing: quotes are closed, parentheses are balanced and nest 50 deep at most.
//!
//! The parser that pest generates recurses at every parenthesis and knows no limit. One pass over the bytes, without
//! recursion, keeps from it what could take it deep; it also says of an open parenthesis or quote where it opened, which
//! a parser only knows by where it gave up.

use crate::{ErrorKind, error::Fault, parse::MAX_LEVELS, suggest::shown};

pub(crate) fn check(text: &str) -> Result<(), Fault> {
    let mut open = [0_usize; MAX_LEVELS];
    let mut levels = 0;
    let mut rest = text.bytes().enumerate();
    while let Some((at, byte)) = rest.next() {
        match byte {
            b'"' => {
                let closed = skip_quoted(&mut rest);
                if !closed {
                    return Err(syntax(text, at, "the double quote is not closed"));
                }
            }
            b'(' => {
                let place = open.get_mut(levels).ok_or_else(|| too_deep(at))?;
                *place = at;
                levels += 1;
            }
            b')' if levels == 0 => return Err(syntax(text, at, "`)` closes no parenthesis")),
            b')' => levels -= 1,
            _ => {}
        }
    }
    match levels {
        0 => Ok(()),
        _ => Err(syntax(
            text,
            open[levels - 1],
            "the parenthesis is not closed",
        )),
    }
}

/// Goes behind the closing quote; false when there is none.
fn skip_quoted(rest: &mut impl Iterator<Item = (usize, u8)>) -> bool {
    while let Some((_, byte)) = rest.next() {
        match byte {
            b'"' => return true,
            b'\\' => {
                rest.next();
            }
            _ => {}
        }
    }
    false
}

fn syntax(text: &str, at: usize, message: &str) -> Fault {
    Fault::new(ErrorKind::Syntax, at, &text[at..], message)
}

pub(crate) fn too_deep(at: usize) -> Fault {
    let message = format!("parentheses and NOT nest deeper than {MAX_LEVELS} levels here");
    Fault::new(ErrorKind::TooDeep, at, "(", message).suggest(format!(
        "leave out what {} does not need",
        shown("a AND (b AND c)")
    ))
}
