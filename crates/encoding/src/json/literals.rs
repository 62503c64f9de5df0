//! Where the string literals of a JSON template are (R-ENC-4).

/// Follows a template's own text, in order, and tells of each token whether it stands inside a string literal (R-ENC-4).
///
/// Whether a template is JSON at all is decided by the first character of it that is not white space: its own `{`, `[` or `"`. A
/// token's braces are not its own. Once it begins with anything else, no token of it stands in a literal.
///
/// It is fed once, when a webhook is saved; values play no part in it, since none can end the literal in which it stands.
///
/// ```
/// use leadhook_encoding::json::Literals;
///
/// // {"greeting": "Hi {{lead.First Name}}", "score": {{lead.Lead Score}}}
/// let mut literals = Literals::default();
/// literals.text(r#"{"greeting": "Hi "#);
/// assert!(literals.token());
/// literals.text(r#"", "score": "#);
/// assert!(!literals.token());
/// literals.text("}");
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Literals {
    state: State,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// Nothing but white space so far.
    #[default]
    Undecided,
    /// The template is not JSON.
    Other,
    /// Outside of string literals.
    Outside,
    /// Inside of one.
    Inside,
    /// Inside of one, behind a backslash.
    Escape,
}

impl Literals {
    /// Takes the next piece of the template's own text. How it is cut into pieces makes no difference.
    pub fn text(&mut self, text: &str) {
        for char in text.chars() {
            self.state = match (self.state, char) {
                (State::Undecided, space) if space.is_whitespace() => State::Undecided,
                (State::Undecided, '{' | '[') | (State::Inside, '"') => State::Outside,
                (State::Undecided | State::Outside, '"') => State::Inside,
                (State::Undecided | State::Other, _) => State::Other,
                (State::Outside, _) => State::Outside,
                (State::Inside, '\\') => State::Escape,
                (State::Inside | State::Escape, _) => State::Inside,
            };
        }
    }

    /// Whether the template's own text ends, so far, with a backslash whose escape it leaves to what follows: `"C:\{{lead.Folder}}"`.
    ///
    /// With a token there the template cannot work: the backslash would take the first character of the value with it, or, without a
    /// value, the quote that ends the literal. Ask before [`token`](Literals::token), and refuse it.
    ///
    /// ```
    /// use leadhook_encoding::json::Literals;
    ///
    /// let mut literals = Literals::default();
    /// literals.text(r#"{"folder": "C:\"#);
    /// assert!(literals.is_escaping());
    /// literals.text(r"\");
    /// assert!(!literals.is_escaping());
    /// ```
    #[must_use]
    pub fn is_escaping(&self) -> bool {
        self.state == State::Escape
    }

    /// Takes the next token; whether it stands inside a string literal. An escape that the text left open ends here: what follows the
    /// token is read as if the value had taken it.
    pub fn token(&mut self) -> bool {
        match self.state {
            State::Undecided => self.state = State::Other,
            State::Escape => self.state = State::Inside,
            _ => {}
        }
        self.state == State::Inside
    }
}

#[cfg(test)]
mod tests;
