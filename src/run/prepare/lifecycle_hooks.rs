//! Hooks that run once in a run, on the control plane: before the first user, and
//! after the last.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use crate::engine::{OneOff, OneOffEnd, SwarmSetup, run_one_off};
use crate::model::{ClassId, Failure, duration_literal, duration_text, micros, plural};
use crate::program::{CodeAt, HealthGate, Program, Variables};
use crate::run::events::details::SetupEvent;
use crate::run::events::event::{Event, EventData, Level};
use crate::run::events::log::Log;
use crate::verdict::Finding;

/// The time limit of `setup` and of `teardown`.
const HOOK_LIMIT: Duration = Duration::from_secs(60);
/// The first report of a gate that stays shut; the next each time it has been shut
/// for twice as long.
const FIRST_WORD: Duration = Duration::from_secs(2);

/// Why no user was started.
#[derive(Clone, Debug, thiserror::Error)]
#[error("no users started: {why}")]
pub(crate) struct Unprepared {
    /// The reason.
    pub(crate) why: String,
    /// The part of the scenario that is to blame, where that is known.
    pub(crate) finding: Option<Box<Finding>>,
    /// The variables that `teardown` begins with; `None` where `setup` did not begin.
    pub(crate) left: Option<Box<Variables>>,
}

impl Unprepared {
    /// Nothing has begun.
    pub(super) fn before_setup(why: String) -> Self {
        Self {
            why,
            finding: None,
            left: None,
        }
    }

    /// `setup` has begun, and set these variables.
    pub(super) fn after_setup(why: String, variables: Variables) -> Self {
        Self {
            left: Some(Box::new(variables)),
            ..Self::before_setup(why)
        }
    }
}

/// Waits for the health gate and does `setup`: the variables that every user
/// begins with. `setup_begun` is set when there may be something to tear down;
/// `cut_at_us` says until when `setup` may run once the run is to stop.
///
/// # Errors
/// Why no user may start, in a sentence.
pub(crate) async fn prepare(
    setup: SwarmSetup,
    log: Arc<Log>,
    setup_begun: Arc<AtomicBool>,
    cut_at_us: Option<watch::Receiver<u64>>,
) -> Result<Variables, Unprepared> {
    let program = Arc::clone(&setup.program);
    wait_for_health(&setup, &log).await?;
    let Some(entry) = program.once.setup else {
        return Ok(Variables::new(program.slot_count()));
    };
    setup_begun.store(true, Ordering::Relaxed);
    let failed =
        |why, variables| Unprepared::after_setup(format!("setup failed: {why}"), variables);
    let done = run_hook(&setup, entry, false, HOOK_LIMIT, cut_at_us).await;
    let done = done.map_err(|why| failed(why, Variables::clone(&setup.initial)))?;
    match failure_text(&program, &done, HOOK_LIMIT) {
        Some(failure) => Err(failed(failure, done.variables)),
        None => {
            let took_ms = done.took_us / 1_000;
            log_setup(&log, Level::Info, SetupEvent::Done { took_ms });
            Ok(done.variables)
        }
    }
}

/// Waits for the health gate, if there is one.
///
/// # Errors
/// It stays shut.
pub(super) async fn wait_for_health(setup: &SwarmSetup, log: &Log) -> Result<(), Unprepared> {
    let Some(gate) = setup.program.once.health else {
        return Ok(());
    };
    let passed = pass(setup, gate, log).await;
    passed.map_err(|why| Unprepared::before_setup(why.to_string()))
}

/// Does `setup` or `teardown` with its requests remembered; and what went wrong,
/// in a sentence.
///
/// # Errors
/// It could not be done.
pub(super) async fn try_hook(
    setup: &SwarmSetup,
    entry: CodeAt,
) -> Result<(OneOffEnd, Option<String>), String> {
    let done = run_hook(setup, entry, true, HOOK_LIMIT, None).await?;
    let failure = failure_text(&setup.program, &done, HOOK_LIMIT);
    Ok((done, failure))
}

/// Does `teardown`.
///
/// # Errors
/// Its failure.
pub(crate) async fn tear_down(setup: SwarmSetup, entry: CodeAt) -> Result<(), String> {
    let program = Arc::clone(&setup.program);
    let done = run_hook(&setup, entry, false, HOOK_LIMIT, None).await;
    match failure_text(&program, &done?, HOOK_LIMIT) {
        None => Ok(()),
        Some(failure) => Err(failure),
    }
}

/// Why a health gate stayed shut.
#[derive(Clone, Debug, thiserror::Error)]
enum Unhealthy {
    #[error("the health check could not run: {0}")]
    NotDone(String),
    #[error("not healthy within {}: last {last}, {}", duration_literal(*within), plural(*tries, "try", "tries"))]
    Shut {
        within: Duration,
        /// The result of the last try that was over in time.
        last: String,
        tries: u32,
    },
    #[error("not healthy within {}: no response, {}", duration_literal(*within), plural(*tries, "try", "tries"))]
    Silent { within: Duration, tries: u32 },
}

impl Unhealthy {
    fn new(program: &Program, within: Duration, last: Option<Failure>, tries: u32) -> Self {
        let Some(failure) = last else {
            return Self::Silent { within, tries };
        };
        let words = program.describe(failure);
        Self::Shut {
            within,
            last: match failure {
                Failure::Status(_) => words,
                _ => format!("error: {words}"),
            },
            tries,
        }
    }
}

async fn pass(setup: &SwarmSetup, gate: HealthGate, log: &Log) -> Result<(), Unhealthy> {
    let began = Instant::now();
    let mut speak_after = FIRST_WORD;
    let mut last = None;
    let mut tries = 0;
    loop {
        let left = gate.within.saturating_sub(began.elapsed());
        let limit = left.max(Duration::from_millis(1));
        let done = run_hook(setup, gate.entry, false, limit, None).await;
        let done = done.map_err(Unhealthy::NotDone)?;
        tries += 1;
        let took = Duration::from_micros(done.took_us);
        let Some(failure) = failure_text(&setup.program, &done, limit) else {
            let is_slow = took > gate.slow;
            let level = if is_slow { Level::Warning } else { Level::Info };
            let took_ms = done.took_us / 1_000;
            log_setup(log, level, SetupEvent::Healthy { took_ms, is_slow });
            return Ok(());
        };
        // A try that is cut short by the end of the wait says less than the
        // response before it.
        if let (true, Some((_, failure))) = (done.is_over, done.failure) {
            last = Some(failure);
        }
        if began.elapsed() + gate.every >= gate.within {
            return Err(Unhealthy::new(&setup.program, gate.within, last, tries));
        }
        if began.elapsed() >= speak_after {
            speak_after = began.elapsed() * 2;
            log_setup(log, Level::Warning, SetupEvent::Waiting { failure });
        }
        sleep(gate.every).await;
    }
}

async fn run_hook(
    setup: &SwarmSetup,
    entry: CodeAt,
    is_traced: bool,
    limit: Duration,
    cut_at_us: Option<watch::Receiver<u64>>,
) -> Result<OneOffEnd, String> {
    let order = OneOff {
        class: ClassId(0),
        entry,
        feeds: setup.program.once.rows.clone(),
        row: None,
        is_traced,
        cut_at_us,
    };
    let done = run_one_off(setup.clone(), order, micros(limit)).await;
    done.map_err(|error| error.to_string())
}

/// Why a hook failed, in words.
pub(crate) fn failure_text(program: &Program, done: &OneOffEnd, limit: Duration) -> Option<String> {
    if !done.is_over {
        let took = Duration::from_micros(done.took_us);
        return Some(if took < limit {
            format!(
                "cut off by the stop after {}",
                duration_text(took.as_secs_f64())
            )
        } else {
            format!("did not finish within {}", duration_literal(limit))
        });
    }
    let (name, failure) = done.failure?;
    let name = program.names.get(name.index());
    let name = name.map_or_else(String::new, |name| format!("{} {}: ", name.kind, name.name));
    Some(format!("{name}{}", program.describe(failure)))
}

pub(crate) fn log_setup(log: &Log, level: Level, event: SetupEvent) {
    log.push_event(Event::new(0, level, EventData::Setup(event)));
}
