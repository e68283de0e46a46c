//! Names in expressions: variables, data, the user.

use std::ops::Range;

use crate::model::{FeedId, SlotId};
use crate::program::{Expression, FeedRef, Literal, RowPer, UserFact};
use crate::scenario::Environment;
use crate::scenario::expr::functions;
use crate::scenario::expr::lexer::Token;
use crate::scenario::expr::parser::{Clock, Parsed, Parser};
use crate::scenario::yaml::diagnostic::Mistake;
use crate::scenario::yaml::suggest::{did_you_mean, did_you_mean_or_list};

/// The meaning of names where an expression stands.
pub(crate) trait Names {
    /// The slot of a variable, if a step of the class sets it.
    fn slot(&self, name: &str) -> Option<SlotId>;
    /// The variables there are.
    fn variables(&self) -> Vec<&str>;
    /// The class, for messages.
    fn class(&self) -> &str;
    /// The environment.
    fn environment(&self) -> &Environment;
    /// The feed of this name.
    fn feed(&self, name: &str) -> Named<FeedRef>;
    /// The names of the feeds.
    fn feeds(&self) -> Vec<&str>;
    /// Remembers that the expression needs a row of a feed.
    fn need(&self, feed: FeedId);
    /// The sequence of this name; `None` when there are too many.
    fn sequence(&self, name: &str) -> Option<u16>;
    /// Remembers a value that is never shown.
    fn keep_secret(&self, value: &str);
}

/// The meaning of a name.
#[derive(Debug)]
pub(crate) enum Named<T> {
    /// This.
    Found(T),
    /// Something that is broken; the mistake is reported where it stands.
    Broken,
    /// Nothing.
    Unknown,
}

impl Parser<'_> {
    /// A name that is no word of the language and no call.
    pub(super) fn variable(&mut self, name: &str, span: Range<usize>) -> Parsed {
        if let Some(slot) = self.names.slot(name) {
            return Ok(Expression::Variable(slot));
        }
        match self.names.feed(name) {
            Named::Found(feed) => return self.feed(feed, span),
            Named::Broken => return Ok(Expression::Literal(Literal::None)),
            Named::Unknown => {}
        }
        match (name, self.peek()) {
            ("user", Token::Sign(".")) => return self.user(),
            ("fake", Token::Sign(".")) => return functions::fake(self),
            _ => {}
        }
        let message = format!("undefined variable `{name}` in `{}`", self.names.class());
        let help = if functions::NAMES.contains(&name) {
            format!("`{name}` is a function: write `{name}(...)`")
        } else if self.names.environment().value(name).is_some() {
            format!("for an environment variable, write `env.{name}`")
        } else {
            let known = self.names.variables().into_iter();
            let known = known.chain(self.names.feeds());
            did_you_mean(name, known).unwrap_or_else(|| match name {
                "user" => "use user.number, user.class or user.iteration".to_owned(),
                _ => "define it with `capture`, `set`, `each` or `variables`; put literal text in quotes".to_owned(),
            })
        };
        Err(Mistake::new(span, message).help(help))
    }

    /// After `user`: `.number` and so on.
    fn user(&mut self) -> Parsed {
        self.expect(".")?;
        let (name, span) = self.name()?;
        Ok(Expression::User(match name.as_str() {
            "number" => UserFact::Number,
            "class" => UserFact::Class,
            "iteration" => UserFact::Iteration,
            _ => {
                let known = ["number", "class", "iteration"];
                let message = format!("unknown field `user.{name}`");
                let help = did_you_mean_or_list(&name, &known);
                return Err(Mistake::new(span, message).help(help));
            }
        }))
    }

    /// After the name of a feed: a field of its row, or nothing.
    fn feed(&mut self, feed: FeedRef, span: Range<usize>) -> Parsed {
        let name = &feed.feed.name;
        if self.clock == Clock::Absent && feed.feed.per == RowPer::Task {
            let message = format!("`when` is evaluated before the task takes its row of `{name}`");
            let help =
                format!("use `per: user` in `{name}`, so that the user takes its row at start");
            return Err(Mistake::new(span, message).help(help));
        }
        self.names.need(feed.id);
        if *self.peek() != Token::Sign(".") {
            return Ok(Expression::Row(feed));
        }
        self.take();
        let (field, field_span) = self.name()?;
        if let Some(column) = feed.feed.rows.column(&field) {
            return Ok(Expression::Cell(feed, column));
        }
        let columns: Vec<_> = feed.feed.rows.columns().take(100).collect();
        let message = format!("the rows of `{name}` have no field `{field}`");
        let help = did_you_mean_or_list(&field, &columns);
        Err(Mistake::new(field_span, message).help(help))
    }
}
