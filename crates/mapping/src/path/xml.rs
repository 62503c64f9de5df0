//! The grammar of paths into XML (R-MAP-3).
//!
//! ```text
//! path      = element *( "." element ) [ "." "@" name ]
//! element   = name [ "[" 1*DIGIT "]" ]
//! name      = an XML name without "."
//! ```

use super::cursor::Cursor;
use super::error::Fault;
use super::{XmlStep, XmlSteps};
use crate::xml::names::{is_name_char, is_name_start};

pub(super) fn parse(text: &str) -> Result<XmlSteps, Fault> {
    let mut cursor = Cursor::new(text);
    let mut steps = XmlSteps::default();
    loop {
        let at = cursor.at();
        if cursor.eat('@') {
            attribute(&mut cursor, at, &mut steps)?;
            return Ok(steps);
        }
        let name = name(
            &mut cursor,
            if steps.elements.is_empty() {
                "the name of the root element"
            } else {
                "an element name or `@` after `.`"
            },
        )?;
        let index = if cursor.eat('[') { cursor.index()? } else { 0 };
        cursor.level(at)?;
        steps.elements.push(XmlStep { name, index });
        if cursor.is_at_end() {
            return Ok(steps);
        }
        if !cursor.eat('.') {
            return Err(match cursor.peek() {
                Some('@') => {
                    cursor.fault("an attribute is a level of its own: expected `.` before `@`")
                }
                Some('[') => cursor.fault("an element has one index"),
                _ => cursor.expected("`.`, `[` or the end of the path"),
            });
        }
    }
}

fn attribute(cursor: &mut Cursor<'_>, at: usize, steps: &mut XmlSteps) -> Result<(), Fault> {
    if steps.elements.is_empty() {
        return Err(Fault::syntax(
            at,
            "an attribute belongs to an element: expected the name of the root element, found `@`",
        ));
    }
    steps.attribute = Some(name(cursor, "an attribute name after `@`")?);
    cursor.level(at)?;
    if !cursor.is_at_end() {
        return Err(cursor.expected("the end of the path after the attribute"));
    }
    Ok(())
}

fn name(cursor: &mut Cursor<'_>, what: &str) -> Result<Box<str>, Fault> {
    if !cursor.peek().is_some_and(is_name_start) {
        return Err(cursor.expected(what));
    }
    Ok(cursor.take_while(|c| is_name_char(c) && c != '.').into())
}
