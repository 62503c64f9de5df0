//! Where the string literals of a JSON template are (R-ENC-4).

/// Follows a template's own text, in order, and tells of each token whether it stands inside a string literal.
///
/// Whether a template is JSON at all is decided by the first character of it that is not white space: its own `{`, `[` or `"`. A
/// token's braces are not its own. Once it begins with anything else, no token of it stands in a literal.
///
/// ```
/// use leadhook_encoding::json::Literals;
///
/// let mut literals = Literals::default();
/// literals.text(r#"{"greeting": "Hi "#);
/// assert!(literals.token());
/// literals.text(r#"", "score": "#);
/// assert!(!literals.token());
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
    /// Takes the next piece of the template's own text.
    pub fn text(&mut self, text: &str) {
        for byte in text.bytes() {
            self.state = match (self.state, byte) {
                (State::Undecided, b' ' | b'\t' | b'\n' | b'\r') => State::Undecided,
                (State::Undecided, b'{' | b'[') | (State::Inside, b'"') => State::Outside,
                (State::Undecided | State::Outside, b'"') => State::Inside,
                (State::Undecided | State::Other, _) => State::Other,
                (State::Outside, _) => State::Outside,
                (State::Inside, b'\\') => State::Escape,
                (State::Inside | State::Escape, _) => State::Inside,
            };
        }
    }

    /// Takes the next token; whether it stands inside a string literal. What a backslash before a token escapes is the first character of
    /// its value, which is data: the backslash ends here.
    pub fn token(&mut self) -> bool {
        match self.state {
            State::Undecided => self.state = State::Other,
            State::Escape => self.state = State::Inside,
            _ => {}
        }
        self.state == State::Inside
    }
}
