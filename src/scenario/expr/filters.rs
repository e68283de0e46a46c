//! Filters: `x | upper`.

use std::ops::Range;

use crate::program::{Expression, Function, Literal};
use crate::scenario::expr::functions;
use crate::scenario::expr::lexer::Token;
use crate::scenario::expr::parser::Parser;
use crate::scenario::yaml::diagnostic::Mistake;
use crate::scenario::yaml::suggest::did_you_mean_or_list;

/// Every filter.
pub(super) const NAMES: [&str; 19] = [
    "base64",
    "base64_decode",
    "base64url",
    "default",
    "first",
    "float",
    "int",
    "join",
    "json",
    "last",
    "length",
    "lower",
    "md5",
    "raw",
    "sha256",
    "string",
    "trim",
    "upper",
    "urlencode",
];

/// Reads what follows `x |`.
pub(super) fn filter(parser: &mut Parser<'_>, value: Expression) -> Result<Expression, Mistake> {
    let (name, span) = parser.name()?;
    if !NAMES.contains(&name.as_str()) {
        let message = format!("unknown filter `{name}`");
        let help = if functions::NAMES.contains(&name.as_str()) {
            format!("`{name}` is a function: write `{name}(...)`")
        } else {
            did_you_mean_or_list(&name, &NAMES)
        };
        return Err(Mistake::new(span, message).help(help));
    }
    let arguments = if *parser.peek() == Token::Sign("(") {
        parser.take();
        parser.items(")")?
    } else {
        Vec::new()
    };
    apply(&name, value, arguments, span)
}

fn apply(
    name: &str,
    value: Expression,
    arguments: Vec<Expression>,
    span: Range<usize>,
) -> Result<Expression, Mistake> {
    let mut arguments = arguments.into_iter();
    let (argument, None) = (arguments.next(), arguments.next()) else {
        return Err(wrong(name, span));
    };
    let value = Box::new(value);
    let function = match (name, argument) {
        ("default", Some(other)) => return Ok(Expression::Default(value, Box::new(other))),
        ("join", between) => {
            let nothing = || Expression::Literal(Literal::Text("".into()));
            let between = between.unwrap_or_else(nothing);
            return Ok(Expression::Apply(
                Function::Join,
                value,
                Some(Box::new(between)),
            ));
        }
        (_, Some(_)) | ("default", None) => return Err(wrong(name, span)),
        ("upper", None) => Function::Upper,
        ("lower", None) => Function::Lower,
        ("trim", None) => Function::Trim,
        ("length", None) => Function::Length,
        ("first", None) => Function::First,
        ("last", None) => Function::Last,
        ("json", None) => Function::Json,
        ("float", None) => Function::ToFloat,
        ("int", None) => Function::ToInt,
        ("raw", None) => Function::Raw,
        ("string", None) => Function::ToString,
        (name, None) => functions::of_text(name).ok_or_else(|| wrong(name, span))?,
    };
    Ok(Expression::Apply(function, value, None))
}

fn wrong(name: &str, span: Range<usize>) -> Mistake {
    let usage = match name {
        "default" => "x | default('a')".to_owned(),
        "join" => "x | join(', ')".to_owned(),
        name => format!("x | {name}"),
    };
    let message = format!("wrong arguments for filter `{name}`");
    Mistake::new(span, message).help(format!("write `{usage}`"))
}
