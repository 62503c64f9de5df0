//! What is said to a filter that is refused: why, and how to write it instead. Conditions side by side, the commonest
//! mistake, have a module of their own.

use std::fmt::Write as _;

use pest::{error::InputLocation, iterators::Pair};

use super::{Connective, Rule, start, syntax, words};
use crate::{
    ErrorKind, Parameter, Schema, Type, display,
    error::{Fault, did_you_mean},
    suggest::{LISTED, list, near, shortened, shown, write},
};

/// A rewriting that is longer is not shown whole.
const REWRITTEN: usize = 300;
/// How much of each operand is shown then.
const OPERAND: usize = 20;

/// What the grammar has no place for.
pub(super) fn unexpected(text: &str, error: &pest::error::Error<Rule>) -> Fault {
    let (InputLocation::Pos(at) | InputLocation::Span((at, _))) = error.location;
    let rest = text.get(at..).unwrap_or_default();
    let Some(first) = rest.chars().next() else {
        return Fault::new(ErrorKind::Syntax, at, rest, "the filter ends too early");
    };
    let piece: &str = match rest.find(|char: char| !char.is_alphanumeric()) {
        Some(0) | None => &rest[..first.len_utf8()],
        Some(end) => &rest[..end],
    };
    let suggestion = match first {
        '\'' | '`' | '\u{2018}'..='\u{201F}' | '\u{AB}' | '\u{BB}' => {
            "write texts between plain double quotes: `\"CTO\"`"
        }
        '*' | '?' | '%' | '~' => "there are no wildcards: write `:` for contains",
        '&' => "write `AND`",
        '|' => "write `OR`",
        ';' => "join conditions with AND or OR",
        _ if piece == "AND" || piece == "OR" => "a condition is missing before it",
        '=' | '<' | '>' | ':' | '!' => "an operator stands between one name and one value",
        _ if first.is_whitespace() => "write a plain space",
        _ => "texts with such characters stand in double quotes",
    };
    Fault::new(
        ErrorKind::Syntax,
        at,
        piece,
        format!("{} is not expected here", shown(piece)),
    )
    .suggest(suggestion.to_owned())
}

/// `a AND b OR c`, with the two ways to write it.
pub(super) fn mixed(
    at: usize,
    operands: &[Pair<'_, Rule>],
    connectives: &[(Connective, usize)],
) -> Fault {
    let texts: Vec<_> = operands
        .iter()
        .map(|operand| words(operand).to_owned())
        .collect();
    let joints: Vec<_> = connectives
        .iter()
        .map(|(connective, _)| *connective)
        .collect();
    let length: usize = texts.iter().map(|text| text.chars().count()).sum();
    let (texts, joints) = if length <= REWRITTEN {
        (texts, joints)
    } else {
        around_the_change(&texts, &joints)
    };
    let kept = joints.iter().find(|joint| Some(*joint) != joints.first());
    Fault::new(
        ErrorKind::MixedConnectives,
        at,
        kept.map_or("", |joint| joint.text()),
        "AND and OR are mixed without parentheses",
    )
    .suggest(format!(
        "write `{}` or `{}`",
        grouped(&texts, &joints, Connective::And),
        grouped(&texts, &joints, Connective::Or),
    ))
}

/// The three operands where AND and OR first meet, shortened.
fn around_the_change(texts: &[String], joints: &[Connective]) -> (Vec<String>, Vec<Connective>) {
    let change = joints
        .windows(2)
        .position(|pair| pair[0] != pair[1])
        .unwrap_or(0);
    let short = texts
        .iter()
        .skip(change)
        .take(3)
        .map(|text| shortened(text, OPERAND))
        .collect();
    (short, joints.iter().skip(change).take(2).copied().collect())
}

/// The operands with parentheses around those that this connective joins.
fn grouped(texts: &[String], joints: &[Connective], tight: Connective) -> String {
    let joint = |at: usize| joints.get(at).copied();
    let mut written = String::new();
    for (at, text) in texts.iter().enumerate() {
        let before = at.checked_sub(1).and_then(joint);
        let after = joint(at);
        if before != Some(tight) && after == Some(tight) {
            written.push('(');
        }
        written.push_str(text);
        if before == Some(tight) && after != Some(tight) {
            written.push(')');
        }
        if let Some(after) = after {
            let _ = write!(written, " {} ", after.text());
        }
    }
    written
}

impl Connective {
    fn text(self) -> &'static str {
        match self {
            Connective::And => "AND",
            Connective::Or => "OR",
        }
    }
}

/// `NOT` passes; `-`, `!` and `not` do not.
pub(super) fn negation(pair: &Pair<'_, Rule>, negated: &Pair<'_, Rule>) -> Result<(), Fault> {
    let typed = words(pair);
    if typed == "NOT" {
        return Ok(());
    }
    let message = format!("{} negates nothing", shown(typed));
    Err(syntax(pair, message).suggest(write(&format!("NOT {}", words(negated)))))
}

/// The name of a function where no call of it can be read: without parentheses, or with something else than arguments in them.
pub(super) fn not_called(name: &Pair<'_, Rule>, parameters: &[Parameter]) -> Fault {
    let function = words(name);
    let arguments: Vec<_> = parameters
        .iter()
        .map(|parameter| format!("{} = {}", parameter.name, example(&parameter.ty)))
        .collect();
    let message = format!("{} is a function", shown(function));
    syntax(name, message).suggest(format!(
        "its arguments stand in parentheses, each with its name and a comma before the next, texts with spaces in double quotes, as in \
         `{function}({})`",
        arguments.join(", ")
    ))
}

/// How a value of this type is written.
fn example(ty: &Type) -> &'static str {
    match ty {
        Type::Number => "503",
        Type::Boolean => "true",
        Type::Date => "2010-05-07",
        Type::Timestamp => "\"2010-05-07T15:41:32Z\"",
        _ => "\"...\"",
    }
}

/// A name alone: AIP-160's search in all fields is not part of this subset.
pub(super) fn no_operator(name: &Pair<'_, Rule>, ty: Type) -> Fault {
    let instead = match ty {
        Type::Boolean => format!("{} = true", words(name)),
        _ => format!("{}:*", words(name)),
    };
    syntax(
        name,
        format!("{} alone is no condition", shown(words(name))),
    )
    .suggest(format!(
        "an operator (= != < <= > >= :) and a value are missing, as in {}",
        shown(&instead)
    ))
}

pub(super) fn unknown_field<S: Schema>(schema: &S, pair: &Pair<'_, Rule>, name: &str) -> Fault {
    if let Some(parameters) = schema.function(name) {
        return not_called(pair, parameters);
    }
    let names = schema.names();
    let suggestion = match near(name, &names) {
        Some(meant) => Some(did_you_mean(&display::name(meant))),
        None => there_are(&names),
    };
    let message = format!("there is no field {}", shown(name));
    Fault::new(ErrorKind::UnknownField, start(pair), words(pair), message).suggest(suggestion)
}

pub(super) fn unknown_function(pair: &Pair<'_, Rule>, functions: &[&'static str]) -> Fault {
    let name = words(pair);
    let fault = |message| Fault::new(ErrorKind::UnknownFunction, start(pair), name, message);
    if functions.is_empty() {
        return fault(format!(
            "this filter has no functions, so there is no {}",
            shown(name)
        ));
    }
    let suggestion = match near(name, functions) {
        Some(meant) => Some(did_you_mean(meant)),
        None => there_are(functions),
    };
    fault(format!("there is no function {}", shown(name))).suggest(suggestion)
}

pub(super) fn unknown_parameter(
    pair: &Pair<'_, Rule>,
    function: &str,
    name: &str,
    parameters: &[Parameter],
) -> Fault {
    let names: Vec<_> = parameters.iter().map(|parameter| parameter.name).collect();
    let suggestion = match near(name, &names) {
        Some(meant) => Some(did_you_mean(meant)),
        None => there_are(&names),
    };
    let message = format!("{} has no parameter {}", shown(function), shown(name));
    Fault::new(ErrorKind::Argument, start(pair), words(pair), message).suggest(suggestion)
}

pub(super) fn argument_without_name(pair: &Pair<'_, Rule>, parameters: &[Parameter]) -> Fault {
    let suggestion = parameters
        .first()
        .map(|parameter| write(&format!("{} = {}", parameter.name, words(pair))));
    let message = format!("the argument {} has no name", shown(words(pair)));
    Fault::new(ErrorKind::Argument, start(pair), words(pair), message).suggest(suggestion)
}

fn there_are<N: AsRef<str>>(names: &[N]) -> Option<String> {
    match names.len() {
        1..=LISTED => Some(format!("there are {}", list(names))),
        _ => None,
    }
}

pub(super) fn describe(ty: &Type) -> &'static str {
    match ty {
        Type::Text => "a text",
        Type::Number => "a number",
        Type::Boolean => "a Boolean",
        Type::Date => "a date",
        Type::Timestamp => "a time",
        Type::Enum(_) => "an enum",
        Type::Name(_) => "a resource name",
    }
}
