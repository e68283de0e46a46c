//! Where a class asks for it, what each of its users does first is tried before
//! the ramp: a login that the target refuses is told before a thousand users
//! have failed at it.

use std::pin::pin;
use std::time::Duration;

use futures_util::future::ready;
use futures_util::stream::{self, StreamExt as _};
use tokio::time::sleep;

use crate::engine::{Errand, ErrandEnd, SwarmSetup, run_errand};
use crate::model::{ClassId, Failure, FeedId, micros};
use crate::program::{Class, Program};
use crate::run::log::{Level, Log};
use crate::run::once::{say, trouble};
use crate::verdict::{Finding, refused_at_start};

/// The most rows that are tried of a class whose users are told apart by rows:
/// its accounts, evenly spread.
const ACCOUNTS: usize = 8;
/// How many are tried at the same time, each on a thread of its own.
const AT_ONCE: usize = 8;
/// How long a try may take. One that takes longer says nothing.
const LIMIT: Duration = Duration::from_secs(10);
/// The pause before what was refused is tried once more.
const PAUSE: Duration = Duration::from_millis(250);

/// Whether there is anything to rehearse.
pub(super) fn is_due(program: &Program) -> bool {
    program.classes.iter().any(|class| class.is_rehearsed)
}

/// Lets a user of each class do its `on_start`, outside the statistics. Only
/// what the target refuses as wrong, twice, keeps users from being started:
/// the reason, and `None` if there is none. Other failures are a warning; the
/// run will count them.
pub(super) async fn rehearse(setup: &SwarmSetup, log: &Log) -> Option<Finding> {
    let errands = stream::iter(errands(&setup.program));
    let tries = errands.map(|errand| try_out(setup, errand, log));
    let refused = tries.buffered(AT_ONCE).filter_map(ready);
    pin!(refused).next().await
}

/// What is to be tried of all classes.
fn errands(program: &Program) -> Vec<Errand> {
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
            rows.into_iter().map(move |row| Errand {
                class: id,
                entry,
                feeds: feeds.clone(),
                row,
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

/// Tries an errand, and once more if it is refused.
async fn try_out(setup: &SwarmSetup, errand: Errand, log: &Log) -> Option<Finding> {
    let (done, why) = try_once(setup, &errand).await?;
    if refusal(&done).is_none() {
        let class = class_of(setup, &errand);
        let text = format!("the `on_start` of {class}, tried before the first user, failed: {why}");
        say(log, Level::Warning, text);
        return None;
    }
    sleep(PAUSE).await;
    let (done, why) = try_once(setup, &errand).await?;
    let status = refusal(&done)?;
    let class = class_of(setup, &errand);
    let row = errand.row.filter(|_| !errand.feeds.is_empty());
    let row = row.map(|row| format!(" with row {} of its data", row + 1));
    let row = row.unwrap_or_default();
    let text = format!("the `on_start` of {class}{row} was tried first and refused: {why}");
    Some(refused_at_start(text, status))
}

/// What came of an errand that failed, and why, in words.
async fn try_once(setup: &SwarmSetup, errand: &Errand) -> Option<(ErrandEnd, String)> {
    let done = run_errand(setup.clone(), errand.clone(), micros(LIMIT))
        .await
        .ok()?;
    let why = done
        .is_over
        .then(|| trouble(&setup.program, &done, LIMIT))??;
    Some((done, why))
}

fn class_of(setup: &SwarmSetup, errand: &Errand) -> String {
    let class = setup.program.classes.get(errand.class.index());
    class.map_or_else(String::new, |class: &Class| format!("`{}`", class.name))
}

/// The status by which the target says that the request is wrong, no matter
/// how often it is sent.
fn refusal(done: &ErrandEnd) -> Option<u16> {
    match done.failure? {
        (_, Failure::Status(status @ (400 | 401 | 403 | 404 | 405))) => Some(status),
        _ => None,
    }
}
