//! Templates: parsed once, rendered as often as there are values.

use std::convert::Infallible;

use crate::{
    error::{Errors, MAX_FAULTS},
    escape::{Unescaped, unescape},
    near_miss::{NearMiss, near_misses},
    parse::{Reading, check_length, read},
    position::Walk,
    token::Token,
};

/// A text with tokens in it.
///
/// It owns its text, is cheap to share behind an `Arc`, and rendering changes nothing in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    text: Box<str>,
    /// The text before Marketo's escapes were read, where they were.
    typed: Option<Box<str>>,
    tokens: Box<[Token]>,
}

/// A piece of a [`Template`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment<'a> {
    /// The template's own text; never empty.
    Text(&'a str),
    /// A token, with its index among [`Template::tokens`].
    Token(usize, &'a Token),
}

impl Template {
    /// Parses a text.
    ///
    /// ```
    /// use leadhook_token::{ErrorKind, Template};
    ///
    /// assert_eq!(Template::parse("{{lead.City}}, {{lead.State}}")?.tokens().len(), 2);
    ///
    /// let errors = Template::parse("{{lead.}}\n{{lead.City").unwrap_err();
    /// let kinds: Vec<_> = errors.iter().map(|error| error.kind()).collect();
    /// assert_eq!(kinds, [ErrorKind::EmptyName, ErrorKind::Unclosed]);
    /// # Ok::<(), leadhook_token::Errors>(())
    /// ```
    ///
    /// # Errors
    /// All faults of its tokens, [`MAX_FAULTS`](crate::MAX_FAULTS) at most (R-DEF-2); [`TooLong`](crate::ErrorKind::TooLong) beyond
    /// [`MAX_TEMPLATE`](crate::MAX_TEMPLATE).
    pub fn parse(text: &str) -> Result<Template, Errors> {
        check_length(text)?;
        Template::of(text, None, read(text, Walk::new(text)))
    }

    /// Parses a text as Marketo's editor reads it: first its escapes, as [`marketo_unescape`](crate::marketo_unescape) does, then its tokens (R-ENC-7). All
    /// positions are places in the text as typed.
    ///
    /// ```
    /// use leadhook_token::Template;
    ///
    /// let template = Template::parse_marketo(r#"{\"city\":\n {{lead.City}}}"#)?;
    /// assert_eq!(template.text(), "{\"city\":\n {{lead.City}}}");
    /// assert_eq!(template.tokens()[0].position().to_string(), "line 1, column 14");
    /// # Ok::<(), leadhook_token::Errors>(())
    /// ```
    ///
    /// # Errors
    /// All faults of its escapes and tokens together, as [`parse`](Template::parse) tells them. A backslash that begins no escape
    /// counts as text in the rest.
    pub fn parse_marketo(typed: &str) -> Result<Template, Errors> {
        check_length(typed)?;
        let Unescaped {
            text,
            mut faults,
            mut malformed,
        } = unescape(typed);
        let mut reading = read(&text, Walk::escaped(typed));
        faults.append(&mut reading.faults);
        malformed.append(&mut reading.malformed);
        faults.sort_by_key(|fault| fault.position().offset);
        faults.truncate(MAX_FAULTS);
        malformed.sort_by_key(|range| range.start);
        Template::of(
            &text,
            Some(typed),
            Reading {
                faults,
                malformed,
                ..reading
            },
        )
    }

    fn of(text: &str, typed: Option<&str>, reading: Reading) -> Result<Template, Errors> {
        let template = Template {
            text: text.into(),
            typed: typed.map(Into::into),
            tokens: reading.tokens.into_boxed_slice(),
        };
        if reading.faults.is_empty() {
            Ok(template)
        } else {
            Err(Errors::new(reading.faults).but(template, reading.malformed))
        }
    }

    /// The text that is rendered.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its tokens, in the order in which they stand there.
    #[must_use]
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// Its pieces, in order: put together they are the text.
    ///
    /// ```
    /// use leadhook_token::{Segment, Template};
    ///
    /// let template = Template::parse("to {{lead.City}}!")?;
    /// let own: Vec<_> = template
    ///     .segments()
    ///     .filter_map(|segment| match segment {
    ///         Segment::Text(text) => Some(text),
    ///         Segment::Token(..) => None,
    ///     })
    ///     .collect();
    /// assert_eq!(own, ["to ", "!"]);
    /// # Ok::<(), leadhook_token::Errors>(())
    /// ```
    pub fn segments(&self) -> impl Iterator<Item = Segment<'_>> {
        let mut at = 0;
        let before = self
            .tokens
            .iter()
            .enumerate()
            .flat_map(move |(index, token)| {
                let text = &self.text[at..token.span.start];
                at = token.span.end;
                [Segment::Text(text), Segment::Token(index, token)]
            });
        before
            .chain([Segment::Text(self.tail())])
            .filter(|segment| !matches!(segment, Segment::Text("")))
    }

    /// Writes the template behind what `out` holds; `write` is called for each token, in order, with its index among
    /// [`tokens`](Template::tokens), and writes its value. Nothing is allocated here but what `out` needs to grow.
    pub fn render(&self, out: &mut Vec<u8>, mut write: impl FnMut(usize, &mut Vec<u8>)) {
        let Ok(()) = self.try_render(out, |index, out| {
            write(index, out);
            Ok::<(), Infallible>(())
        });
    }

    /// The same with values that may fail to be written; then `out` holds what came before.
    ///
    /// # Errors
    /// The first of `write`.
    pub fn try_render<E>(
        &self,
        out: &mut Vec<u8>,
        mut write: impl FnMut(usize, &mut Vec<u8>) -> Result<(), E>,
    ) -> Result<(), E> {
        let text = self.text.as_bytes();
        let mut at = 0;
        for (index, token) in self.tokens.iter().enumerate() {
            out.extend_from_slice(&text[at..token.span.start]);
            write(index, out)?;
            at = token.span.end;
        }
        out.extend_from_slice(&text[at..]);
        Ok(())
    }

    /// Plain text that looks like a token of a misspelt scope (R-TOK-6 makes it text; R-DEF-3 warns of it), in order,
    /// [`MAX_FAULTS`](crate::MAX_FAULTS) at most.
    ///
    /// ```
    /// use leadhook_token::Template;
    ///
    /// let template = Template::parse("Hi {{leed.First Name}}")?;
    /// let misses = template.near_misses();
    /// assert_eq!(misses[0].text(), "{{leed.First Name}}");
    /// assert_eq!(misses[0].suggestion(), "{{lead.First Name}}");
    /// # Ok::<(), leadhook_token::Errors>(())
    /// ```
    #[must_use]
    pub fn near_misses(&self) -> Vec<NearMiss> {
        near_misses(self)
    }

    /// Tells where each byte of the text was typed.
    pub(crate) fn walk(&self) -> Walk<'_> {
        match &self.typed {
            Some(typed) => Walk::escaped(typed),
            None => Walk::new(&self.text),
        }
    }

    fn tail(&self) -> &str {
        let end = self.tokens.last().map_or(0, |token| token.span.end);
        &self.text[end..]
    }
}

#[cfg(test)]
mod tests;
