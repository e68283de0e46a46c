//! The functions an expression can call.

use std::ops::Range;

use crate::program::{Expression, Fake, Function, Literal, Now, TimeForm};
use crate::scenario::expr::filters;
use crate::scenario::expr::parser::{Clock, Parser, not_a_number};
use crate::scenario::yaml::diagnostic::Mistake;
use crate::scenario::yaml::suggest::{did_you_mean, did_you_mean_or_list};
use crate::scenario::yaml::units;

/// Every function.
pub(super) const NAMES: [&str; 16] = [
    "base64",
    "base64_decode",
    "base64url",
    "choice",
    "env",
    "float",
    "hex",
    "hmac_sha256",
    "int",
    "md5",
    "now",
    "secret",
    "sequence",
    "sha256",
    "urlencode",
    "uuid",
];

/// A function of one text, by name; such a one is a filter as well.
pub(super) fn of_text(name: &str) -> Option<Function> {
    Some(match name {
        "base64" => Function::Base64,
        "base64_decode" => Function::Base64Decode,
        "base64url" => Function::Base64Url,
        "md5" => Function::Md5,
        "sha256" => Function::Sha256,
        "urlencode" => Function::UrlEncode,
        _ => return None,
    })
}

/// How a function is called.
fn usage(name: &str) -> &'static str {
    match name {
        "base64" => "base64(x)",
        "base64_decode" => "base64_decode(x)",
        "base64url" => "base64url(x)",
        "choice" => "choice(['a', 'b'])",
        "env" => "env('NAME', 'default')` or `env.NAME",
        "float" => "float(0.5, 2.0)",
        "hex" => "hex(8)",
        "hmac_sha256" => "hmac_sha256(key, x)` or `hmac_sha256(key, x, 'base64')",
        "int" => "int(1, 6)",
        "md5" => "md5(x)",
        "now" => "now()`, `now('%Y-%m-%d')` or `now('unix', '-1h')",
        "secret" => "secret('NAME')",
        "sequence" => "sequence()` or `sequence('orders')",
        "sha256" => "sha256(x)",
        "urlencode" => "urlencode(x)",
        _ => "uuid()",
    }
}

/// A call, for what is said about it.
struct Call<'n> {
    name: &'n str,
    span: Range<usize>,
}

impl Call<'_> {
    fn wrong(&self) -> Mistake {
        let name = self.name;
        let message = format!("wrong arguments for `{name}`");
        Mistake::new(self.span.clone(), message).help(format!("write `{}`", usage(name)))
    }
}

/// Reads the arguments of a call and checks them.
pub(super) fn call(
    parser: &mut Parser<'_>,
    name: &str,
    span: Range<usize>,
) -> Result<Expression, Mistake> {
    if !NAMES.contains(&name) {
        let message = format!("unknown function `{name}`");
        let help = if filters::NAMES.contains(&name) {
            format!("`{name}` is a filter: write `x | {name}`")
        } else {
            did_you_mean_or_list(name, &NAMES)
        };
        return Err(Mistake::new(span, message).help(help));
    }
    parser.expect("(")?;
    let arguments_start = parser.span().start;
    let arguments = parser.items(")")?;
    let whole = span.start..parser.span().start.max(arguments_start);
    let call = Call { name, span };
    let mut arguments = arguments.into_iter();
    let first = arguments.next();
    let second = arguments.next();
    let third = arguments.next();
    if arguments.next().is_some() {
        return Err(call.wrong());
    }
    match (name, first, second, third) {
        ("uuid", None, ..) => Ok(Expression::Uuid),
        ("sequence", None, ..) => sequence(parser, "", call.span),
        ("sequence", Some(Expression::Literal(Literal::Text(name))), None, _) => {
            sequence(parser, &name, call.span)
        }
        ("now", None, ..) => now(parser, None, None, call.span),
        ("now", Some(Expression::Literal(Literal::Text(format))), shift, None) => match shift {
            None => now(parser, Some(format), None, call.span),
            Some(Expression::Literal(Literal::Text(shift))) => {
                now(parser, Some(format), Some(&shift), call.span)
            }
            Some(_) => Err(call.wrong()),
        },
        ("hex", Some(digits), None, _) => hex(&call, digits),
        ("int" | "float", Some(low), Some(high), None) => {
            range(name, low, high).map_err(|message| Mistake::new(whole, message))
        }
        ("choice", Some(list), None, _) => choice(&call, list),
        ("env" | "secret", Some(Expression::Literal(Literal::Text(variable))), default, None) => {
            let is_set = parser.names.environment().value(&variable).is_some();
            let value = match default {
                Some(default) if !is_set => default,
                _ => parser.environment(&variable, call.span),
            };
            if let (Expression::Literal(Literal::Text(value)), "secret") = (&value, name) {
                parser.names.keep_secret(value);
            }
            Ok(value)
        }
        ("hmac_sha256", Some(key), Some(message), form) => hmac(&call, key, message, form),
        (name, Some(text), None, _) => match of_text(name) {
            Some(function) => Ok(Expression::Apply(function, Box::new(text), None)),
            None => Err(call.wrong()),
        },
        _ => Err(call.wrong()),
    }
}

fn hex(call: &Call<'_>, digits: Expression) -> Result<Expression, Mistake> {
    match digits {
        Expression::Literal(Literal::Int(1..=65_536)) => Ok(Expression::Hex(Box::new(digits))),
        Expression::Literal(_) => Err(call.wrong().help("n must be 1 to 65536, as in `hex(8)`")),
        digits if not_a_number(&digits).is_some() => Err(call.wrong()),
        digits => Ok(Expression::Hex(Box::new(digits))),
    }
}

fn choice(call: &Call<'_>, list: Expression) -> Result<Expression, Mistake> {
    match list {
        Expression::List(items) if items.is_empty() => {
            Err(call.wrong().help("the list must not be empty"))
        }
        Expression::List(items) => Ok(Expression::Choice(items)),
        Expression::Literal(_) => Err(call.wrong()),
        list => Ok(Expression::ChoiceOf(Box::new(list))),
    }
}

fn hmac(
    call: &Call<'_>,
    key: Expression,
    message: Expression,
    form: Option<Expression>,
) -> Result<Expression, Mistake> {
    let function = match form {
        None => Function::HmacSha256,
        Some(Expression::Literal(Literal::Text(form))) => match &*form {
            "hex" => Function::HmacSha256,
            "base64" => Function::HmacSha256Base64,
            _ => return Err(call.wrong()),
        },
        Some(_) => return Err(call.wrong()),
    };
    let (key, message) = (Box::new(key), Some(Box::new(message)));
    Ok(Expression::Apply(function, key, message))
}

/// After `fake`: `.name()`.
pub(super) fn fake(parser: &mut Parser<'_>) -> Result<Expression, Mistake> {
    parser.expect(".")?;
    let (name, span) = parser.name()?;
    let found = Fake::ALL.iter().find(|(known, _)| *known == name);
    let Some((_, fake)) = found else {
        let names: Vec<_> = Fake::ALL.iter().map(|(name, _)| *name).collect();
        let message = format!("unknown function `fake.{name}()`");
        return Err(Mistake::new(span, message).help(did_you_mean_or_list(&name, &names)));
    };
    parser.expect("(")?;
    parser.expect(")")?;
    Ok(Expression::Fake(*fake))
}

fn sequence(parser: &Parser<'_>, name: &str, span: Range<usize>) -> Result<Expression, Mistake> {
    if parser.clock == Clock::Absent {
        let message = "`sequence()` is not allowed in a condition";
        return Err(Mistake::new(span, message));
    }
    match parser.names.sequence(name) {
        Some(sequence) => Ok(Expression::Sequence(sequence)),
        None => Err(Mistake::new(span, "more than 1000 sequences, the limit")),
    }
}

fn now(
    parser: &Parser<'_>,
    format: Option<Box<str>>,
    shift: Option<&str>,
    span: Range<usize>,
) -> Result<Expression, Mistake> {
    if parser.clock == Clock::Absent {
        return Err(Mistake::new(span, "`now()` is not allowed in a condition"));
    }
    let form = match format {
        None => TimeForm::Rfc3339,
        Some(format) => match &*format {
            "unix" => TimeForm::Unix,
            "unix_ms" => TimeForm::UnixMs,
            text if Now::is_format(text) => TimeForm::Format(format),
            text => {
                let help = match did_you_mean(text, ["unix", "unix_ms"]) {
                    Some(similar) => similar,
                    None => "use a strftime format (UTC), such as now('%Y-%m-%d')".to_owned(),
                };
                let message = format!("`{text}` is not a time format");
                return Err(Mistake::new(span, message).help(help));
            }
        },
    };
    let shift_us = match shift.map(|shift| (shift, shift_us(shift))) {
        None => 0,
        Some((_, Some(shift_us))) => shift_us,
        Some((shift, None)) => {
            let message = format!("`{shift}` is not a valid time offset");
            let help = "write +2d, -1h30m or +500ms";
            return Err(Mistake::new(span, message).help(help));
        }
    };
    Ok(Expression::Now(Now { form, shift_us }))
}

/// `+2d`, `-1h30m`, in microseconds.
fn shift_us(text: &str) -> Option<i64> {
    let text = text.trim();
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+')?),
    };
    let shift_us = units::duration(rest)?.as_micros();
    Some(sign * i64::try_from(shift_us).ok()?)
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
        return Err(format!(
            "the first argument of `{name}` must not be greater than the second"
        ));
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
