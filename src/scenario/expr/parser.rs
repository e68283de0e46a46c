//! A Pratt parser: each operator binds as tightly as its level says.

use std::ops::Range;

use crate::program::{Binary, Expression, Function, Literal, TimeForm};
use crate::scenario::expr::lexer::{Placed, Token};
use crate::scenario::expr::names::Names;
use crate::scenario::expr::{filters, functions, lexer};
use crate::scenario::yaml::diagnostic::Mistake;
use crate::scenario::yaml::suggest::did_you_mean;

/// The deepest nesting of an expression.
const MAX_DEPTH: usize = 32;
/// The most operators of an expression: a chain of them is a deep tree.
const MAX_OPERATORS: usize = 64;
/// The most words and signs of an expression, for long lists.
const MAX_TOKENS: usize = 10_000;

const OR: u8 = 1;
const AND: u8 = 2;
const NOT: u8 = 3;
const COMPARE: u8 = 4;
const SUM: u8 = 5;
const PRODUCT: u8 = 6;
const SIGN: u8 = 7;

/// Whether an expression may ask for the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clock {
    Available,
    Absent,
}

/// Reads an expression.
pub(crate) fn parse(text: &str, names: &dyn Names, clock: Clock) -> Result<Expression, Mistake> {
    let tokens = lexer::tokens(text)?;
    if tokens.len() > MAX_TOKENS {
        return Err(Mistake::new(
            0..text.len(),
            format!("the expression is too long (at most {MAX_TOKENS} tokens)"),
        ));
    }
    let mut parser = Parser {
        tokens,
        at: 0,
        depth: 0,
        operators: 0,
        names,
        clock,
        unset: Vec::new(),
    };
    if *parser.peek() == Token::End {
        return Err(Mistake::new(0..text.len(), "missing expression"));
    }
    let expression = parser.expression(0)?;
    if *parser.peek() != Token::End {
        return Err(parser.unexpected("an operator or the end"));
    }
    match parser.unset.into_iter().next() {
        None => Ok(expression),
        Some(mistake) => Err(mistake),
    }
}

pub(super) struct Parser<'t> {
    tokens: Vec<Placed>,
    at: usize,
    depth: usize,
    operators: usize,
    pub(super) names: &'t dyn Names,
    pub(super) clock: Clock,
    /// Environment variables that are not set; an `or` forgives them.
    unset: Vec<Mistake>,
}

pub(super) type Parsed = Result<Expression, Mistake>;

impl Parser<'_> {
    pub(super) fn expression(&mut self, level: u8) -> Parsed {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let message =
                format!("the expression is nested too deeply (at most {MAX_DEPTH} levels)");
            return Err(Mistake::new(self.span(), message));
        }
        let unset_before = self.unset.len();
        let start = self.span().start;
        let mut left = self.prefix()?;
        while let Some((operator, operator_level)) = self.operator() {
            if operator_level <= level {
                break;
            }
            left = self.infix(left, operator, operator_level, start..unset_before)?;
        }
        self.depth -= 1;
        Ok(left)
    }

    /// The start of an expression.
    fn prefix(&mut self) -> Parsed {
        let span = self.span();
        let unset_before = self.unset.len();
        let expression = match self.take() {
            Token::Int(int) => Expression::Literal(Literal::Int(int)),
            Token::Float(float) => Expression::Literal(Literal::Float(float)),
            Token::Number(number) => Expression::Literal(Literal::Number(number.into())),
            Token::Text(text) => Expression::Literal(Literal::Text(text.into())),
            Token::Sign("(") => {
                let inner = self.expression(0)?;
                self.expect(")")?;
                inner
            }
            Token::Sign("[") => Expression::List(self.items("]")?),
            Token::Sign("-") => {
                let inner = self.expression(SIGN)?;
                negate(inner)
            }
            Token::Word(word) if word == "not" => Expression::Not(Box::new(self.expression(NOT)?)),
            Token::Word(word) => self.word(&word, span)?,
            _ => {
                self.at -= 1;
                return Err(self.unexpected("a value"));
            }
        };
        self.postfix(expression, unset_before)
    }

    fn word(&mut self, word: &str, span: Range<usize>) -> Parsed {
        if *self.peek() == Token::Sign("(") {
            return functions::call(self, word, span);
        }
        Ok(Expression::Literal(match word {
            "true" | "True" => Literal::Bool(true),
            "false" | "False" => Literal::Bool(false),
            "none" | "None" | "null" => Literal::None,
            "env" => {
                self.expect(".")?;
                let (name, name_span) = self.name()?;
                return Ok(self.environment(&name, span.start..name_span.end));
            }
            "and" | "or" | "in" | "is" => {
                self.at -= 1;
                return Err(self.unexpected("a value"));
            }
            _ => return self.variable(word, span),
        }))
    }

    /// An environment variable; one that is not set is a mistake unless an
    /// `or` follows.
    pub(super) fn environment(&mut self, name: &str, span: Range<usize>) -> Expression {
        if let Some(value) = self.names.environment().value(name) {
            return Expression::Literal(Literal::Text(value.into()));
        }
        let similar = did_you_mean(name, self.names.environment().names());
        let default = format!("set it, or give a default: `env.{name} or 'value'`");
        let help = match similar {
            Some(similar) => format!("{similar} Or {default}"),
            None => default,
        };
        let message = format!("the environment variable `{name}` is not set");
        self.unset.push(Mistake::new(span, message).help(help));
        Expression::Literal(Literal::None)
    }

    /// Fields, elements and filters. `unset_before`: how many environment
    /// variables were unset before the expression; a default forgives it.
    fn postfix(&mut self, mut expression: Expression, unset_before: usize) -> Parsed {
        for _ in 0..MAX_DEPTH {
            match self.peek() {
                Token::Sign(".") => {
                    self.take();
                    let (name, _) = self.name()?;
                    expression = Expression::Field(Box::new(expression), name.into());
                }
                Token::Sign("[") => {
                    self.take();
                    let index = self.expression(0)?;
                    self.expect("]")?;
                    expression = Expression::Index(Box::new(expression), Box::new(index));
                }
                Token::Sign("|") => {
                    self.take_operator()?;
                    if *self.peek() == Token::Word("default".to_owned()) {
                        self.unset.truncate(unset_before);
                    }
                    expression = filters::filter(self, expression)?;
                }
                _ => return Ok(expression),
            }
        }
        let message = format!("too many fields, indices and filters (at most {MAX_DEPTH})");
        Err(Mistake::new(self.span(), message))
    }

    /// The operator that comes next, without taking it.
    fn operator(&self) -> Option<(Operator, u8)> {
        Some(match self.peek() {
            Token::Word(word) => match word.as_str() {
                "or" => (Operator::Or, OR),
                "and" => (Operator::And, AND),
                "in" => (Operator::Binary(Binary::In), COMPARE),
                "is" => (Operator::Is, COMPARE),
                "not" => (Operator::NotIn, COMPARE),
                _ => return None,
            },
            Token::Sign(sign) => {
                let (binary, level) = match *sign {
                    "==" => (Binary::Equal, COMPARE),
                    "!=" => (Binary::NotEqual, COMPARE),
                    "<" => (Binary::Less, COMPARE),
                    "<=" => (Binary::LessOrEqual, COMPARE),
                    ">" => (Binary::Greater, COMPARE),
                    ">=" => (Binary::GreaterOrEqual, COMPARE),
                    "+" => (Binary::Add, SUM),
                    "-" => (Binary::Subtract, SUM),
                    "*" => (Binary::Multiply, PRODUCT),
                    "/" => (Binary::Divide, PRODUCT),
                    "%" => (Binary::Remainder, PRODUCT),
                    _ => return None,
                };
                (Operator::Binary(binary), level)
            }
            _ => return None,
        })
    }

    /// `start..unset`: where the left side begins, and how many environment
    /// variables were unset before it.
    fn infix(
        &mut self,
        left: Expression,
        operator: Operator,
        level: u8,
        left_start: Range<usize>,
    ) -> Parsed {
        let sign = self.span();
        self.take_operator()?;
        match operator {
            Operator::Or => {
                self.unset.truncate(left_start.end);
                let right = self.expression(level)?;
                Ok(match left {
                    Expression::Literal(literal) if literal.is_true() => {
                        Expression::Literal(literal)
                    }
                    Expression::Literal(_) => right,
                    left => Expression::Or(Box::new(left), Box::new(right)),
                })
            }
            Operator::And => {
                let right = self.expression(level)?;
                Ok(Expression::And(Box::new(left), Box::new(right)))
            }
            Operator::Is => {
                if self.unset.len() > left_start.end {
                    self.unset.truncate(left_start.end);
                    self.is_defined(Expression::Literal(Literal::None))
                } else {
                    self.is_defined(left)
                }
            }
            Operator::NotIn => {
                if *self.peek() != Token::Word("in".to_owned()) {
                    return Err(self.unexpected("`in`"));
                }
                self.take();
                let right = self.expression(level)?;
                let within = Expression::Binary(Binary::In, Box::new(left), Box::new(right));
                Ok(Expression::Not(Box::new(within)))
            }
            Operator::Binary(binary) => {
                let right = self.expression(level)?;
                check_operands(binary, &left, &right)
                    .map_err(|message| Mistake::new(sign, message))?;
                Ok(Expression::Binary(binary, Box::new(left), Box::new(right)))
            }
        }
    }

    /// After `is`.
    fn is_defined(&mut self, left: Expression) -> Parsed {
        let negated = *self.peek() == Token::Word("not".to_owned());
        if negated {
            self.take();
        }
        if *self.peek() != Token::Word("defined".to_owned()) {
            return Err(self.unexpected("`defined`"));
        }
        self.take();
        // An environment variable that is not set is all that reads as `none` here.
        let defined = match left {
            Expression::Literal(literal) => {
                Expression::Literal(Literal::Bool(literal != Literal::None))
            }
            left => Expression::IsDefined(Box::new(left)),
        };
        Ok(if negated {
            Expression::Not(Box::new(defined))
        } else {
            defined
        })
    }

    /// Expressions up to the closing sign, which is taken.
    pub(super) fn items(&mut self, close: &'static str) -> Result<Vec<Expression>, Mistake> {
        let mut items = Vec::new();
        loop {
            if *self.peek() == Token::Sign(close) {
                self.take();
                return Ok(items);
            }
            items.push(self.expression(0)?);
            if *self.peek() == Token::Sign(",") {
                self.take();
            } else if *self.peek() != Token::Sign(close) {
                return Err(self.unexpected(&format!("`,` or `{close}`")));
            }
        }
    }

    pub(super) fn name(&mut self) -> Result<(String, Range<usize>), Mistake> {
        let span = self.span();
        match self.take() {
            Token::Word(word) => Ok((word, span)),
            _ => {
                self.at -= 1;
                Err(self.unexpected("a name"))
            }
        }
    }

    pub(super) fn expect(&mut self, sign: &'static str) -> Result<(), Mistake> {
        if *self.peek() == Token::Sign(sign) {
            self.take();
            Ok(())
        } else {
            Err(self.unexpected(&format!("`{sign}`")))
        }
    }

    /// Takes an operator, of which there are not endlessly many.
    fn take_operator(&mut self) -> Result<(), Mistake> {
        let sign = self.span();
        self.take();
        self.operators += 1;
        if self.operators > MAX_OPERATORS {
            let message = format!("too many operators (at most {MAX_OPERATORS})");
            return Err(Mistake::new(sign, message));
        }
        Ok(())
    }

    fn unexpected(&self, wanted: &str) -> Mistake {
        let found = match self.peek() {
            Token::End => "the end of the expression".to_owned(),
            Token::Word(word) => format!("`{word}`"),
            Token::Sign(sign) => format!("`{sign}`"),
            Token::Int(_) | Token::Float(_) | Token::Number(_) => "a number".to_owned(),
            Token::Text(_) => "a string".to_owned(),
        };
        let mistake = Mistake::new(self.span(), format!("expected {wanted}, found {found}"));
        match self.peek() {
            Token::Sign("~") => mistake.help("use `+` to join strings"),
            _ => mistake,
        }
    }

    pub(super) fn span(&self) -> Range<usize> {
        self.tokens
            .get(self.at)
            .map_or(0..0, |(_, span)| span.clone())
    }

    pub(super) fn peek(&self) -> &Token {
        self.tokens
            .get(self.at)
            .map_or(&Token::End, |(token, _)| token)
    }

    pub(super) fn take(&mut self) -> Token {
        let token = self.peek().clone();
        self.at += 1;
        token
    }
}

#[derive(Clone, Copy, Debug)]
enum Operator {
    Or,
    And,
    Is,
    NotIn,
    Binary(Binary),
}

fn negate(inner: Expression) -> Expression {
    match inner {
        Expression::Literal(Literal::Int(int)) => Expression::Literal(Literal::Int(-int)),
        Expression::Literal(Literal::Number(number)) => {
            Expression::Literal(Literal::Number(format!("-{number}").into()))
        }
        Expression::Literal(Literal::Float(float)) => Expression::Literal(Literal::Float(-float)),
        inner => Expression::Negate(Box::new(inner)),
    }
}

/// Refuses arithmetic that can never work.
fn check_operands(binary: Binary, left: &Expression, right: &Expression) -> Result<(), String> {
    let arithmetic = match binary {
        Binary::Subtract => "-",
        Binary::Multiply => "*",
        Binary::Divide => "/",
        Binary::Remainder => "%",
        _ => return Ok(()),
    };
    for side in [left, right] {
        if let Some(kind) = not_a_number(side) {
            return Err(format!("`{arithmetic}` needs numbers; one side is {kind}"));
        }
    }
    let divides = matches!(binary, Binary::Divide | Binary::Remainder);
    if divides && matches!(right, Expression::Literal(Literal::Int(0))) {
        return Err("division by zero".to_owned());
    }
    Ok(())
}

/// What an expression is, where it is surely not a number.
pub(super) fn not_a_number(expression: &Expression) -> Option<&'static str> {
    match expression {
        Expression::Literal(Literal::Text(_))
        | Expression::Uuid
        | Expression::Hex(_)
        | Expression::Fake(_) => Some("a string"),
        Expression::Now(now) => match now.form {
            TimeForm::Unix | TimeForm::UnixMs => None,
            TimeForm::Rfc3339 | TimeForm::Format(_) => Some("a string"),
        },
        Expression::Apply(function, ..) => match function {
            Function::Length
            | Function::ToInt
            | Function::ToFloat
            | Function::Raw
            | Function::First
            | Function::Last => None,
            _ => Some("a string"),
        },
        Expression::Literal(Literal::None) => Some("none"),
        Expression::Literal(Literal::Bool(_)) | Expression::Not(_) | Expression::IsDefined(_) => {
            Some("true or false")
        }
        Expression::List(_) => Some("a list"),
        _ => None,
    }
}
