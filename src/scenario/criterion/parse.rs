use crate::model::{Comparison, Criterion, CriterionWindow, Metric, Portion, Selector};
use crate::scenario::criterion::lexer::{Token, Tokens};
use crate::scenario::criterion::{metric, selector, value, window};
use crate::scenario::yaml::diagnostic::Mistake;
use crate::scenario::yaml::node::shorten;
use crate::scenario::yaml::source::Span;
use crate::scenario::yaml::suggest::did_you_mean_or_list;

/// Where the parts of a criterion stand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Places {
    pub(crate) metric: Span,
    pub(crate) of: Span,
    value: Span,
    window: Span,
    abort: Option<Span>,
}

/// Reads a criterion, and where its parts stand.
pub(crate) fn parse(text: &str) -> Result<(Criterion, Places), Mistake> {
    let mut tokens = Tokens::new(text)?;
    let (mut metric, metric_at) = metric::read(&mut tokens)?;
    let (of, of_at) = selector::read(&mut tokens)?;
    let op = comparison(&mut tokens)?;
    let (value, value_at) = value::read(&mut tokens, &mut metric, op)?;
    let window_at = tokens.here();
    let window = window::read(&mut tokens)?;
    let abort = tokens.take(Token::Plain("abort"));
    if let Some((word, span)) = tokens.next() {
        return Err(left_over(word, span, text, abort.is_some()));
    }
    let criterion = Criterion {
        text: text.trim().to_owned(),
        metric,
        of,
        op,
        value,
        window,
        abort: abort.is_some(),
    };
    let places = Places {
        metric: metric_at,
        of: of_at,
        value: value_at,
        window: window_at,
        abort,
    };
    sense(&criterion, &places)?;
    Ok((criterion, places))
}

fn comparison(tokens: &mut Tokens<'_>) -> Result<Comparison, Mistake> {
    match tokens.next() {
        Some((Token::Sign(op), _)) => Ok(op),
        other => {
            let span = other.map_or(tokens.here(), |(_, span)| span);
            let message = "a comparison belongs here: < <= > >= == !=";
            let help = "for example `p99 < 500ms`, or `p99 of \"GET /\" < 1s`";
            Err(Mistake::new(span, message).help(help))
        }
    }
}

/// What stands behind the end of a criterion.
fn left_over(word: Token<'_>, span: Span, text: &str, after_abort: bool) -> Mistake {
    let written = shorten(text.get(span.start..span.end).unwrap_or(""));
    let message = format!("`{written}` has no meaning here");
    let help = match word {
        _ if after_abort => "nothing comes after `abort`".to_owned(),
        Token::Plain("of") => {
            "which requests are meant comes before the comparison: `p99 of \"GET /\" < 1s`"
                .to_owned()
        }
        Token::Plain("and" | "&&" | "or" | "||") => "write two criteria".to_owned(),
        Token::Plain(word) => did_you_mean_or_list(word, &["sustained", "every", "in", "abort"]),
        _ => "after the value there is room for a window and `abort`".to_owned(),
    };
    Mistake::new(span, message).help(help)
}

/// What can be written but means nothing.
fn sense(criterion: &Criterion, places: &Places) -> Result<(), Mistake> {
    selection_makes_sense(criterion, places)?;
    if criterion.metric == Metric::UsersFailed && criterion.window != CriterionWindow::Whole {
        let message = "users that cannot start are counted over the whole run";
        return Err(Mistake::new(places.window, message).help("leave the window out"));
    }
    if let Some(trouble) = decided_beforehand(criterion) {
        return Err(Mistake::new(places.value, trouble));
    }
    match (places.abort, criterion.window) {
        (None, _) | (Some(_), CriterionWindow::Every(_)) => Ok(()),
        (Some(_), CriterionWindow::Whole) if criterion.can_break_early() => Ok(()),
        (Some(span), CriterionWindow::Whole) => {
            let message = "over the whole run this is decided at its end: `abort` comes too late";
            let help = "say over which stretches it has to hold: `every 10s abort`";
            Err(Mistake::new(span, message).help(help))
        }
        (Some(span), CriterionWindow::Sustained(_) | CriterionWindow::InSeconds(_)) => {
            let message = "with this window it is decided at the end: `abort` comes too late";
            Err(Mistake::new(span, message).help("`every 10s abort` ends a run early"))
        }
    }
}

fn selection_makes_sense(criterion: &Criterion, places: &Places) -> Result<(), Mistake> {
    let counts = matches!(
        criterion.metric,
        Metric::Requests | Metric::Failures | Metric::Rps(_)
    );
    match (&criterion.metric, &criterion.of) {
        (_, Selector::All) => Ok(()),
        (metric, Selector::Class(_)) if metric.is_of_delivery() => Ok(()),
        (metric, _) if metric.is_of_delivery() => {
            let message = "task starts are planned for user classes, not for requests";
            let help = "select a class (`dropped of class:Shopper < 1%`), or leave `of` out";
            Err(Mistake::new(places.of, message).help(help))
        }
        (Metric::UsersFailed | Metric::Probe(_), _) => {
            let message = "this is measured for the run, not for requests";
            Err(Mistake::new(places.of, message).help("leave `of` out"))
        }
        (_, Selector::Status(..)) if !counts => {
            let message = "by status only requests, failures and rps are known";
            let help = "times are told apart by outcome: `p99(ok)`, `p99(failed)`";
            Err(Mistake::new(places.metric, message).help(help))
        }
        _ => Ok(()),
    }
}

/// Why the outcome stands before the run, if it does.
fn decided_beforehand(criterion: &Criterion) -> Option<&'static str> {
    use Comparison::{AtLeast, AtMost, Greater, Less};
    if matches!(criterion.metric, Metric::Probe(_)) {
        return None;
    }
    let zero = criterion.value <= 0.0;
    let is_share = matches!(
        criterion.metric,
        Metric::Success
            | Metric::Delivered
            | Metric::Dropped(Portion::Share)
            | Metric::Missed(Portion::Share)
    );
    let all = is_share && criterion.value >= 1.0;
    match criterion.op {
        AtLeast if zero => Some("this always holds: no figure is below 0"),
        Less if zero => Some("this never holds: no figure is below 0"),
        AtMost if all => Some("this always holds: no share is above 100%"),
        Greater if all => Some("this never holds: no share is above 100%"),
        _ => None,
    }
}
