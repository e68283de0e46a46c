//! The functions an expression can call.

use std::ops::Range;

use crate::program::{Expression, Literal};
use crate::scenario::diagnostic::Mistake;
use crate::scenario::expression::parser::{Clock, Parser, not_a_number};
use crate::scenario::suggest::did_you_mean_or_list;

/// Every function.
pub(super) const NAMES: [&str; 7] = ["choice", "env", "float", "hex", "int", "now", "uuid"];

/// Reads the arguments of a call and checks them.
pub(super) fn call(
    parser: &mut Parser<'_>,
    name: &str,
    span: Range<usize>,
) -> Result<Expression, Mistake> {
    if !NAMES.contains(&name) {
        let message = format!("there is no function `{name}`");
        return Err(Mistake::new(span, message).help(did_you_mean_or_list(name, &NAMES)));
    }
    parser.expect("(")?;
    let arguments_start = parser.span().start;
    let arguments = parser.items(")")?;
    let whole = span.start..parser.span().start.max(arguments_start);
    let wrong = |usage: &str| {
        Mistake::new(
            span.clone(),
            format!("`{name}` is called with other arguments"),
        )
        .help(format!("write `{usage}`"))
    };
    let mut arguments = arguments.into_iter();
    let arguments = (arguments.next(), arguments.next(), arguments.next());
    match (name, arguments) {
        ("uuid", (None, ..)) => Ok(Expression::Uuid),
        ("now", (None, ..)) => now(parser, None, span),
        ("now", (Some(Expression::Literal(Literal::Text(format))), None, _)) => {
            now(parser, Some(format), span)
        }
        ("hex", (Some(digits), None, _)) => match digits {
            Expression::Literal(Literal::Int(1..=65_536)) => Ok(Expression::Hex(Box::new(digits))),
            Expression::Literal(_) => {
                Err(wrong("hex(8)").help("hex(n) makes 1 to 65536 digits: `hex(8)`"))
            }
            digits if not_a_number(&digits).is_some() => Err(wrong("hex(8)")),
            digits => Ok(Expression::Hex(Box::new(digits))),
        },
        ("int" | "float", (Some(low), Some(high), None)) => {
            range(name, low, high).map_err(|message| Mistake::new(whole, message))
        }
        ("choice", (Some(list), None, _)) => match list {
            Expression::List(items) if items.is_empty() => {
                Err(wrong("choice(['a', 'b'])").help("the list is empty"))
            }
            Expression::List(items) => Ok(Expression::Choice(items)),
            Expression::Literal(_) => Err(wrong("choice(['a', 'b'])")),
            list => Ok(Expression::ChoiceOf(Box::new(list))),
        },
        ("env", (Some(Expression::Literal(Literal::Text(variable))), default, None)) => Ok(match (
            parser.names.environment().value(&variable),
            default,
        ) {
            (None, Some(default)) => default,
            _ => parser.environment(&variable, span),
        }),
        ("uuid", _) => Err(wrong("uuid()")),
        ("now", _) => Err(wrong("now()` or `now('%Y-%m-%d')")),
        ("hex", _) => Err(wrong("hex(8)")),
        ("int", _) => Err(wrong("int(1, 6)")),
        ("float", _) => Err(wrong("float(0.5, 2.0)")),
        ("env", _) => Err(wrong("env('NAME', 'default')` or `env.NAME")),
        _ => Err(wrong("choice(['a', 'b'])")),
    }
}

fn now(
    parser: &Parser<'_>,
    format: Option<Box<str>>,
    span: Range<usize>,
) -> Result<Expression, Mistake> {
    if parser.clock == Clock::Absent {
        return Err(Mistake::new(span, "`now()` has no meaning in a condition"));
    }
    if let Some(format) = &format
        && !Expression::is_time_format(format)
    {
        return Err(
            Mistake::new(span, format!("`{format}` is not a time format"))
                .help("the formats are those of strftime, in UTC: now('%Y-%m-%d')"),
        );
    }
    Ok(Expression::Now(format))
}

fn range(name: &str, low: Expression, high: Expression) -> Result<Expression, String> {
    for side in [&low, &high] {
        if let Some(kind) = not_a_number(side) {
            return Err(format!("`{name}` needs two numbers; one is {kind}"));
        }
        let is_float = matches!(side, Expression::Literal(Literal::Float(_)));
        if name == "int" && is_float {
            return Err("`int` needs whole numbers; `float(a, b)` takes others".to_owned());
        }
    }
    let reversed = match (number(&low), number(&high)) {
        (Some(low), Some(high)) => low > high,
        _ => false,
    };
    if reversed {
        return Err(format!("the first number of `{name}` is the smaller one"));
    }
    let (low, high) = (Box::new(low), Box::new(high));
    Ok(if name == "int" {
        Expression::Int(low, high)
    } else {
        Expression::Float(low, high)
    })
}

fn number(expression: &Expression) -> Option<f64> {
    match expression {
        #[expect(clippy::cast_precision_loss, reason = "only compared")]
        Expression::Literal(Literal::Int(int)) => Some(*int as f64),
        Expression::Literal(Literal::Float(float)) => Some(*float),
        _ => None,
    }
}
