//! The login check: where a class wants it, what its users do first is tried before
//! the ramp: a login that the target refuses is reported before a thousand users
//! have failed at it.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::ready;
use futures_util::stream::{self, StreamExt as _};
use tokio::time::sleep;

use crate::engine::{OneOff, OneOffEnd, SwarmSetup, run_one_off};
use crate::model::{ClassId, Failure, FeedId, Method, micros};
use crate::program::{Class, Program};
use crate::run::events::details::SetupEvent;
use crate::run::events::event::Level;
use crate::run::events::log::Log;
use crate::run::prepare::lifecycle_hooks::{failure_text, log_setup};
use crate::verdict::{Finding, LoginAnswer, login_form_again, login_refused};

/// The most rows that are tried of a class whose users are told apart by rows:
/// its accounts, evenly spread.
const ACCOUNTS: usize = 8;
/// The number of tries at the same time, each on a thread of its own.
const AT_ONCE: usize = 8;
/// The time limit of a try. One that takes longer says nothing.
const LIMIT: Duration = Duration::from_secs(10);
/// The pause before what was refused is tried once more.
const PAUSE: Duration = Duration::from_millis(250);

/// Whether there is a login to check.
pub(crate) fn is_due(program: &Program) -> bool {
    program.classes.iter().any(|class| class.is_rehearsed)
}

/// The result of the login check.
#[derive(Debug, Default)]
pub(crate) struct LoginChecked {
    /// Why no user may start: the target refuses what users do first.
    pub(crate) refused: Option<Finding>,
    /// Further findings; users start all the same.
    pub(crate) noticed: Vec<Finding>,
}

/// The result of one try.
enum LoginResult {
    Refused(Finding),
    Noticed(Finding),
}

/// Lets a user of each class do its `on_start`, outside the statistics. Only
/// what the target refuses as wrong, or answers otherwise than the scenario
/// expects, twice, keeps users from being started. Other failures are a
/// warning; the run will count them.
pub(crate) async fn check_logins(setup: &SwarmSetup, log: &Log) -> LoginChecked {
    let setup = &with_bodies(setup);
    let attempts = stream::iter(attempts(&setup.program));
    let tries = attempts.map(|attempt| try_out(setup, attempt, log));
    let tries = tries.buffered(AT_ONCE).filter_map(ready);
    let mut tries = pin!(tries);
    let mut checked = LoginChecked::default();
    while let Some(tried) = tries.next().await {
        match tried {
            LoginResult::Refused(finding) => {
                checked.refused = Some(finding);
                break;
            }
            // One account of several says it for all.
            LoginResult::Noticed(finding) if checked.noticed.is_empty() => {
                let noticed = SetupEvent::LoginNoticed(finding.text.clone());
                log_setup(log, Level::Warning, noticed);
                checked.noticed.push(finding);
            }
            LoginResult::Noticed(_) => {}
        }
    }
    checked
}

/// The same with responses that are kept, whether the scenario looks at them or
/// not.
fn with_bodies(setup: &SwarmSetup) -> SwarmSetup {
    let mut program = Program::clone(&setup.program);
    for request in &mut program.requests {
        request.needs.preview = true;
    }
    SwarmSetup {
        program: Arc::new(program),
        ..setup.clone()
    }
}

/// The tries of all classes.
fn attempts(program: &Program) -> Vec<OneOff> {
    let classes = program.classes.iter().enumerate();
    classes
        .filter(|(_, class)| class.is_rehearsed)
        .filter_map(|(id, class)| Some((ClassId::from(id), class, class.on_start?)))
        .flat_map(|(id, class, entry)| {
            let feeds: Vec<_> = class
                .rows
                .user
                .iter()
                .chain(&class.rows.on_start)
                .copied()
                .collect();
            let rows = accounts(program, &feeds);
            rows.into_iter().map(move |row| OneOff {
                class: id,
                entry,
                feeds: feeds.clone(),
                row,
                is_traced: true,
                cut_at_us: None,
            })
        })
        .collect()
}

/// The rows to try: of the feed that has most.
fn accounts(program: &Program, feeds: &[FeedId]) -> Vec<Option<u32>> {
    let rows = |feed: &FeedId| program.feeds.get(feed.index()).map(|feed| feed.rows.len());
    let Some(rows) = feeds.iter().filter_map(rows).max() else {
        return vec![None];
    };
    let tried = rows.min(ACCOUNTS);
    let spread = (0..tried).map(|at| u32::try_from(at * rows / tried).ok());
    spread.collect()
}

/// Makes an attempt, and once more if it is refused.
async fn try_out(setup: &SwarmSetup, attempt: OneOff, log: &Log) -> Option<LoginResult> {
    let (done, failure) = try_once(setup, &attempt).await?;
    let Some(why) = failure else {
        return form_again(setup, &attempt, &done).map(LoginResult::Noticed);
    };
    if refusal(&setup.program, &done).is_none() {
        let class = class_of(setup, &attempt);
        let failed = SetupEvent::OnStartFailed {
            class,
            failure: why,
        };
        log_setup(log, Level::Warning, failed);
        return None;
    }
    sleep(PAUSE).await;
    let (done, failure) = try_once(setup, &attempt).await?;
    let why = failure?;
    let answer = refusal(&setup.program, &done)?;
    let class = class_of(setup, &attempt);
    let row = attempt.row.filter(|_| !attempt.feeds.is_empty());
    let row = row.map(|row| format!(" (data row {})", row + 1));
    let row = row.unwrap_or_default();
    let text = format!("login check failed: `on_start` of {class}{row}: {why}");
    Some(LoginResult::Refused(login_refused(text, answer)))
}

/// The result of an attempt, and why it failed if it did; `None` if it was not
/// over in time.
async fn try_once(setup: &SwarmSetup, attempt: &OneOff) -> Option<(OneOffEnd, Option<String>)> {
    let done = run_one_off(setup.clone(), attempt.clone(), micros(LIMIT)).await;
    let done = done.ok().filter(|done| done.is_over)?;
    let failure = failure_text(&setup.program, &done, LIMIT);
    Some((done, failure))
}

/// A login without a failure whose last post returned a page that
/// asks for a password.
fn form_again(setup: &SwarmSetup, attempt: &OneOff, done: &OneOffEnd) -> Option<Finding> {
    let mut posts = done.traces.iter();
    let post = posts.rfind(|trace| trace.method == Method::Post)?;
    if !post.asks_for_password {
        return None;
    }
    let name = setup.program.names.get(post.name.index())?;
    let class = class_of(setup, attempt);
    let status = post.status.unwrap_or_default();
    let text = format!(
        "the login of {class} may have failed: {} {} returned status {status} and a page with a password field",
        name.kind, name.name
    );
    Some(login_form_again(text, status))
}

fn class_of(setup: &SwarmSetup, attempt: &OneOff) -> String {
    let class = setup.program.classes.get(attempt.class.index());
    class.map_or_else(String::new, |class: &Class| format!("`{}`", class.name))
}

/// The response by which the target says that the request is wrong, no matter
/// how often it is sent; `None` for what may be otherwise the next time.
fn refusal(program: &Program, done: &OneOffEnd) -> Option<LoginAnswer> {
    let (_, failure) = done.failure?;
    match failure {
        // Time-outs, conflicts and limits pass.
        Failure::Status(408 | 409 | 425 | 429) => None,
        Failure::Status(status @ 400..=499) => Some(LoginAnswer::Status(status)),
        Failure::Status(..400) | Failure::Capture(_) | Failure::Said(_) => {
            Some(LoginAnswer::NotAsExpected)
        }
        Failure::Expectation(_) if !program.is_only_late(failure) => {
            Some(LoginAnswer::NotAsExpected)
        }
        _ => None,
    }
}
