//! Over which stretches: `sustained 60s`, `every 10s`, `in 99% of seconds`.

use crate::model::{CriterionWindow, duration_literal};
use crate::scenario::criterion::lexer::{Token, Tokens};
use crate::scenario::criterion::value;
use crate::scenario::yaml::diagnostic::Mistake;
use crate::scenario::yaml::source::Span;
use crate::scenario::yaml::units;

/// The longest stretch of `every`: what lies in it is kept second by second.
const MAX_EVERY_S: u32 = 600;
/// The longest stretch of `sustained`, a day.
const MAX_SUSTAINED_S: u32 = 86_400;

/// Reads a window; the whole run where there is none.
pub(super) fn read(tokens: &mut Tokens<'_>) -> Result<CriterionWindow, Mistake> {
    if tokens.take(Token::Plain("sustained")).is_some() {
        return seconds(tokens, "sustained 60s", MAX_SUSTAINED_S).map(CriterionWindow::Sustained);
    }
    if tokens.take(Token::Plain("every")).is_some() {
        return seconds(tokens, "every 10s", MAX_EVERY_S).map(CriterionWindow::Every);
    }
    match tokens.take(Token::Plain("in")) {
        Some(start) => in_seconds(tokens, start),
        None => Ok(CriterionWindow::Whole),
    }
}

fn seconds(tokens: &mut Tokens<'_>, example: &str, max: u32) -> Result<u32, Mistake> {
    let here = tokens.here();
    let given = value::amount(tokens);
    let found = given.as_ref().and_then(|(text, _)| units::duration(text));
    let whole = found
        .filter(|found| found.subsec_nanos() == 0)
        .map(|found| found.as_secs());
    let fits = whole.and_then(|whole| u32::try_from(whole).ok());
    fits.filter(|seconds| (1..=max).contains(seconds))
        .ok_or_else(|| {
            let longest = duration_literal(std::time::Duration::from_secs(u64::from(max)));
            let message = format!("a window is whole seconds long, from 1s to {longest}");
            let span = given.map_or(here, |(_, span)| span);
            Mistake::new(span, message).help(format!("for example `{example}`"))
        })
}

fn in_seconds(tokens: &mut Tokens<'_>, start: Span) -> Result<CriterionWindow, Mistake> {
    let help = "for example `in 99% of seconds`";
    if tokens.peek() == Some(Token::Plain("every")) {
        let help = "leave the `in` out: `every 10s`";
        return Err(Mistake::new(start, "`in` goes with a share of seconds").help(help));
    }
    let here = tokens.here();
    let given = value::amount(tokens);
    let found = given.as_ref().and_then(|(text, _)| value::share(text));
    let share = found.filter(|share| *share > 0.0).ok_or_else(|| {
        let span = given.map_or(here, |(_, span)| span);
        Mistake::new(span, "a share of seconds is above 0% and at most 100%").help(help)
    })?;
    for word in ["of", "seconds"] {
        if tokens.take(Token::Plain(word)).is_none() {
            let message = format!("`{word}` is missing here");
            return Err(Mistake::new(tokens.here(), message).help(help));
        }
    }
    Ok(CriterionWindow::InSeconds(share))
}
