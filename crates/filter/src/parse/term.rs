//! Single conditions: comparisons and function calls, checked against the schema.

use std::borrow::Cow;

use pest::iterators::Pair;

use super::{Reader, Rule, advice, start, syntax, words};
use crate::{
    Argument, Call, ErrorKind, Expr, Literal, Op, Parameter, Schema, Type,
    error::Fault,
    suggest::{shown, write},
};

impl<'t, S: Schema> Reader<'t, S> {
    pub(super) fn test(&self, pair: &Pair<'t, Rule>) -> Result<Expr<S::Field>, Fault> {
        let mut parts = pair.clone().into_inner();
        let name_pair = parts
            .next()
            .ok_or_else(|| syntax(pair, "a name is missing"))?;
        let name = text(&name_pair)?;
        let Some((field, ty)) = self.schema.field(&name) else {
            return Err(advice::unknown_field(self.schema, &name_pair, &name));
        };
        let Some(comparator) = parts.next() else {
            return Err(advice::no_operator(&name_pair, ty));
        };
        let op = op(&comparator)?;
        let Some(value) = parts.next() else {
            let message = format!("a value is missing after {}", shown(words(&comparator)));
            return Err(syntax(&comparator, message));
        };
        let test = Test {
            name_pair,
            name,
            field,
            ty,
            comparator,
            op,
            value,
        };
        if test.value.as_rule() == Rule::any {
            return test.any();
        }
        let text = text(&test.value)?;
        if text.is_empty() {
            return test.empty();
        }
        test.check_operator()?;
        let ty = test.literal_type();
        let read = self.schema.literal(&test.field, &ty, &text);
        let literal = literal(read, &ty, &text)
            .map_err(|fits| misfit(&test.value, words(&test.name_pair), &ty, fits))?;
        Ok(Expr::Compare {
            field: test.field,
            name: test.name.into(),
            op,
            literal,
        })
    }

    pub(super) fn call(&self, pair: &Pair<'t, Rule>) -> Result<Expr<S::Field>, Fault> {
        let mut parts = pair.clone().into_inner();
        let Some(function) = parts.next() else {
            return Err(syntax(pair, "a function's name is missing"));
        };
        let Some(parameters) = self.schema.function(words(&function)) else {
            return Err(advice::unknown_function(&function, self.schema.functions()));
        };
        let mut call = Call {
            function: words(&function).into(),
            arguments: Vec::new(),
        };
        for part in parts {
            let argument = self.argument(&part, &call, parameters)?;
            call.arguments.push(argument);
        }
        Ok(Expr::Call(call))
    }

    fn argument(
        &self,
        pair: &Pair<'t, Rule>,
        call: &Call,
        parameters: &'static [Parameter],
    ) -> Result<Argument, Fault> {
        let parts: Vec<_> = pair.clone().into_inner().collect();
        let [name_pair, comparator, value] = parts.as_slice() else {
            return Err(advice::argument_without_name(pair, parameters));
        };
        let name = text(name_pair)?;
        let Some(parameter) = parameters.iter().find(|parameter| parameter.name == name) else {
            return Err(advice::unknown_parameter(
                name_pair,
                &call.function,
                &name,
                parameters,
            ));
        };
        if call.argument(parameter.name).is_some() {
            let message = format!("the argument {} is given twice", shown(parameter.name));
            return Err(Fault::new(
                ErrorKind::Argument,
                start(name_pair),
                words(name_pair),
                message,
            ));
        }
        if words(comparator) != "=" {
            let message = format!(
                "an argument is given with `=`, not with {}",
                shown(words(comparator))
            );
            return Err(syntax(comparator, message).suggest(write(&format!(
                "{} = {}",
                words(name_pair),
                words(value)
            ))));
        }
        let text = text(value)?;
        if text.is_empty() {
            let message = format!("the argument {} has no value", shown(parameter.name));
            return Err(
                Fault::new(ErrorKind::Literal, start(value), words(value), message)
                    .suggest("leave it out to ask for any value".to_owned()),
            );
        }
        let read = self.schema.argument(&call.function, parameter, &text);
        let literal = literal(read, &parameter.ty, &text)
            .map_err(|fits| misfit(value, words(name_pair), &parameter.ty, fits))?;
        Ok(Argument {
            parameter: parameter.name,
            literal,
        })
    }
}

/// A comparison, its field known, its literal not yet read.
struct Test<'t, F> {
    name_pair: Pair<'t, Rule>,
    name: Cow<'t, str>,
    field: F,
    ty: Type,
    comparator: Pair<'t, Rule>,
    op: Op,
    value: Pair<'t, Rule>,
}

impl<F> Test<'_, F> {
    /// `x:*`
    fn any(self) -> Result<Expr<F>, Fault> {
        if self.op == Op::Has {
            return Ok(Expr::Has {
                field: self.field,
                name: self.name.into(),
            });
        }
        Err(self.operator(
            "`*` stands after `:` only".to_owned(),
            &format!("{}:*", words(&self.name_pair)),
        ))
    }

    /// `x = ""` and `x != ""`
    fn empty(self) -> Result<Expr<F>, Fault> {
        match self.op {
            Op::Eq => Ok(Expr::HasNone {
                field: self.field,
                name: self.name.into(),
            }),
            Op::Ne => Ok(Expr::Has {
                field: self.field,
                name: self.name.into(),
            }),
            _ => {
                let message = format!(
                    "{} compares nothing with the empty text",
                    shown(words(&self.comparator))
                );
                Err(self.operator(message, &format!("{}:*", words(&self.name_pair))))
            }
        }
    }

    /// What the literal must be: beside `=` and `!=` a part of a name will do.
    fn literal_type(&self) -> Type {
        match (self.op, self.ty) {
            (Op::Eq | Op::Ne, ty) => ty,
            (_, Type::Name(_)) => Type::Text,
            (_, ty) => ty,
        }
    }

    fn check_operator(&self) -> Result<(), Fault> {
        let (name, value) = (words(&self.name_pair), words(&self.value));
        let instead = match (self.op, self.ty) {
            (Op::Eq | Op::Ne, _) | (_, Type::Text | Type::Name(_)) => return Ok(()),
            (Op::Has, _) | (_, Type::Boolean | Type::Enum(_)) => format!("{name} = {value}"),
            _ => return Ok(()),
        };
        let message = format!(
            "{} is not for {}, which is {}",
            shown(words(&self.comparator)),
            shown(name),
            advice::describe(&self.ty)
        );
        Err(self.operator(message, &instead))
    }

    fn operator(&self, message: String, instead: &str) -> Fault {
        Fault::new(
            ErrorKind::Operator,
            start(&self.comparator),
            words(&self.comparator),
            message,
        )
        .suggest(write(instead))
    }
}

/// The schema's own reading of a literal, or that of its type.
fn literal(
    read: Result<Option<Literal>, String>,
    ty: &Type,
    text: &str,
) -> Result<Literal, String> {
    match read? {
        Some(literal) if literal.fits(ty) => Ok(literal),
        Some(_) => Err("it is out of range".to_owned()),
        None => Literal::read(text, ty),
    }
}

fn misfit(value: &Pair<'_, Rule>, name: &str, ty: &Type, fits: String) -> Fault {
    let message = format!(
        "{} does not fit {}, which is {}",
        shown(words(value)),
        shown(name),
        advice::describe(ty)
    );
    Fault::new(ErrorKind::Literal, start(value), words(value), message).suggest(fits)
}

fn op(comparator: &Pair<'_, Rule>) -> Result<Op, Fault> {
    let right = match words(comparator) {
        "=" => return Ok(Op::Eq),
        "!=" => return Ok(Op::Ne),
        "<" => return Ok(Op::Lt),
        "<=" => return Ok(Op::Le),
        ">" => return Ok(Op::Gt),
        ">=" => return Ok(Op::Ge),
        ":" => return Ok(Op::Has),
        "==" => "=",
        _ => "!=",
    };
    let message = format!("there is no operator {}", shown(words(comparator)));
    Err(syntax(comparator, message).suggest(write(right)))
}

/// A name or a literal, without the quotes that delimit it.
fn text<'t>(pair: &Pair<'t, Rule>) -> Result<Cow<'t, str>, Fault> {
    let text = words(pair);
    match text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    {
        None => Ok(Cow::Borrowed(text)),
        Some(inner) if !inner.contains('\\') => Ok(Cow::Borrowed(inner)),
        Some(inner) => unescape(inner, start(pair) + 1).map(Cow::Owned),
    }
}

fn unescape(inner: &str, at: usize) -> Result<String, Fault> {
    let mut plain = String::with_capacity(inner.len());
    let mut rest = inner.char_indices();
    while let Some((backslash, char)) = rest.next() {
        if char != '\\' {
            plain.push(char);
            continue;
        }
        match rest.next() {
            Some((_, escaped @ ('"' | '\\'))) => plain.push(escaped),
            _ => {
                let escape: String = inner[backslash..].chars().take(2).collect();
                let message = format!("there is no escape {}", shown(&escape));
                return Err(
                    Fault::new(ErrorKind::Syntax, at + backslash, &escape, message).suggest(
                        "write `\\\\` for a backslash, `\\\"` for a double quote".to_owned(),
                    ),
                );
            }
        }
    }
    Ok(plain)
}
