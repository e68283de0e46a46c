//! The suite of the dashboard: one at a time; the last one is kept, with its
//! run files, until the next begins.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, watch};

use crate::output::Source;
use crate::report::About;
use crate::run::{Consent, Level, RunError, RunInfo, StopReason, Why};
use crate::scenario::{RunOptions, RunTime, duration_text};
use crate::session::machine;
use crate::session::{Catalog, CatalogEntry};
use crate::session::{End, Progress, Sequence, SuiteEntry, SuiteEvent};
use crate::web::http::problem::Problem;
use crate::web::launch::Initiator;
use crate::web::live::dead_man::Charge;
use crate::web::state::{App, Defaults};

/// The most scenarios of a suite: the files of its runs are kept in memory.
const ENTRIES_MAX: usize = 50;

/// What is preset for the target to recover between two runs.
pub(super) const COOL_DOWN: Duration = Duration::from_secs(10);

/// The last suite, and the way to stop it.
#[derive(Debug, Default)]
pub(super) struct Suites {
    /// Written by the suite's task, read by handlers and the feed.
    course: watch::Sender<Option<Arc<Progress>>>,
    /// What reports say of its present run.
    about: watch::Sender<About>,
    /// Why the suite is to stop; written by who stops it, read by its task.
    stop: watch::Sender<Option<Why>>,
}

/// What is asked of a suite.
#[derive(Clone, Debug, Default)]
pub(super) struct SuiteWish {
    /// Ids or names; `None` for all that end by themselves.
    pub(super) scenarios: Option<Vec<String>>,
    /// The target; each scenario's own if `None`.
    pub(super) host: Option<String>,
    /// When each run stops by itself.
    pub(super) run_time: RunTime,
    /// How long the target may recover between two runs.
    pub(super) cool_down: Option<Duration>,
    /// What is said about its targets.
    pub(super) consent: Consent,
    /// Who asks for it.
    pub(super) asker: Initiator,
}

/// Which of the scenarios on offer "all" are.
#[derive(Debug, Default)]
pub(super) struct All<'a> {
    /// Those that end by themselves.
    pub(super) ending: Vec<&'a CatalogEntry>,
    /// Those that do not, and are left out. Broken ones are in neither.
    pub(super) endless: Vec<&'a CatalogEntry>,
    /// How long the runs take; `None` where one ends when so much is done.
    pub(super) runs_take: Option<Duration>,
}

impl Suites {
    /// The last suite, as far as it has come.
    pub(super) fn course(&self) -> Option<Arc<Progress>> {
        self.course.borrow().clone()
    }

    /// The same as it goes on.
    pub(super) fn courses(&self) -> watch::Receiver<Option<Arc<Progress>>> {
        self.course.subscribe()
    }

    /// Whether a suite goes on.
    pub(super) fn is_active(&self) -> bool {
        let course = self.course.borrow();
        course.as_ref().is_some_and(|course| course.is_active())
    }

    /// What reports say of a run, if it is the latest of a suite.
    pub(super) fn about(&self, run: &RunInfo) -> Option<About> {
        let about = self.about.borrow();
        let is_it = run.scenario == about.scenario && run.host == about.host;
        is_it.then(|| about.clone())
    }

    /// Stops the suite that goes on: its present run ends, the rest is left
    /// out. Comes back when the final figures stand; false if none goes on.
    pub(super) async fn stop(&self, why: Why) -> bool {
        self.tell_to_stop(why) && self.over().await
    }

    /// The same without waiting for it.
    pub(super) fn tell_to_stop(&self, why: Why) -> bool {
        let is_active = self.is_active();
        if is_active {
            self.stop.send_replace(Some(why));
        }
        is_active
    }

    /// Comes back when no suite goes on.
    pub(super) async fn over(&self) -> bool {
        let mut courses = self.courses();
        let over = courses.wait_for(|course| course.as_ref().is_none_or(|one| !one.is_active()));
        // The sender is ours: it does not go away.
        over.await.is_ok()
    }

    fn tell(&self, course: &Progress) {
        self.course.send_replace(Some(Arc::new(course.clone())));
    }
}

impl<'a> All<'a> {
    /// Of the scenarios on offer, run as it is wished.
    pub(super) fn of(catalog: &'a Catalog, wish: &RunOptions) -> Self {
        let mut all = Self {
            runs_take: Some(Duration::ZERO),
            ..Self::default()
        };
        for offered in catalog.iter() {
            let Ok(loaded) = offered.loaded() else {
                continue;
            };
            match End::of(&loaded.scenario, wish) {
                End::After(time) => {
                    all.ending.push(offered);
                    all.runs_take = all.runs_take.map(|sum| sum.saturating_add(time));
                }
                End::Done => {
                    all.ending.push(offered);
                    all.runs_take = None;
                }
                End::Never => all.endless.push(offered),
            }
        }
        all
    }
}

impl App {
    /// Starts a suite and says what it does.
    ///
    /// # Errors
    /// A run or a suite goes on, or a scenario cannot be part of a suite. Then
    /// nothing has begun.
    pub(super) async fn start_suite(&self, wish: SuiteWish) -> Result<String, Problem> {
        let permit = self.permit()?;
        if self.runs.snapshot().state.is_active() {
            return Err(RunError::Active.into());
        }
        let entries = entries(&self.catalog(), &self.defaults, &wish)?;
        self.admit(&entries, &wish.consent).await?;
        let cool_down = wish.cool_down.unwrap_or(COOL_DOWN);
        let said = match entries.len() {
            1 => "running 1 scenario".to_owned(),
            many => format!(
                "running {many} scenarios, {} apart",
                duration_text(cool_down)
            ),
        };
        self.pass_gate().await?;
        // What was on show is no part of it.
        self.runs.clear().await?;
        let entries: Arc<[SuiteEntry]> = entries.into();
        self.suites.stop.send_replace(None);
        self.suites.tell(&Progress::new(&entries));
        if wish.asker == Initiator::Page {
            self.presence.take_charge(Charge::Suite);
        }
        let app = self.clone();
        let sequence = Sequence::new(self.runs.clone(), Arc::clone(&entries), cool_down);
        tokio::spawn(async move { app.go_on(sequence, &entries, permit).await });
        Ok(said)
    }

    /// Whether all of it may have its users and targets. A target that cannot
    /// be looked up is the matter of its own run.
    async fn admit(&self, entries: &[SuiteEntry], consent: &Consent) -> Result<(), Problem> {
        for entry in entries {
            let admitted = self.runs.admit(consent, &entry.spec, &entry.program);
            let admitted = admitted.await;
            if let Err(error @ RunError::Rail(_)) = admitted {
                return Err(error.into());
            }
        }
        Ok(())
    }

    /// Follows a suite to its end. Whoever asks meanwhile may not start a run.
    async fn go_on(
        self,
        mut sequence: Sequence,
        entries: &[SuiteEntry],
        permit: OwnedSemaphorePermit,
    ) {
        let mut course = Progress::new(entries);
        let mut stops = self.suites.stop.subscribe();
        let mut stop = std::pin::pin!(async move {
            let why = stops.wait_for(Option::is_some).await;
            why.ok()
                .and_then(|why| why.clone())
                .unwrap_or_else(|| StopReason::ProgramEnds.into())
        });
        while let Some(step) = sequence.next(&mut stop).await {
            if let SuiteEvent::Begun(at) = step {
                self.suites.about.send_replace(entries[at].about.clone());
            }
            self.write_down(entries, &step);
            course.take(step);
            if course.is_active() {
                self.suites.tell(&course);
            }
        }
        course.end();
        // Who hears that it is over may start the next one.
        drop(permit);
        self.suites.tell(&course);
    }

    /// What the program's log says of a step.
    fn write_down(&self, entries: &[SuiteEntry], step: &SuiteEvent) {
        let said = match step {
            SuiteEvent::Begun(at) => {
                let name = entries[*at].name();
                format!("run {} of {}: {name}", at + 1, entries.len())
            }
            SuiteEvent::Stopped { left_out } => {
                format!("the scenarios were stopped; {} left out", left_out.len())
            }
            SuiteEvent::Ended(..) | SuiteEvent::CoolingDown { .. } => return,
        };
        self.log.write(Level::Info, Source::Main, said);
    }
}

/// What is to be run, or the first thing that stands in the way.
fn entries(
    catalog: &Catalog,
    defaults: &Defaults,
    asked: &SuiteWish,
) -> Result<Vec<SuiteEntry>, Problem> {
    let wish = RunOptions {
        host: asked.host.clone(),
        run_time: asked.run_time,
        ..RunOptions::default()
    };
    let wish = wish.or(&defaults.wish());
    let offered = match &asked.scenarios {
        None => All::of(catalog, &wish).ending,
        Some(ids) => {
            let found = ids.iter().map(|id| {
                let found = catalog.find(id);
                found.ok_or_else(|| Problem::unknown_scenario(id, catalog))
            });
            found.collect::<Result<_, _>>()?
        }
    };
    let refuse = |message: String| Problem::bad_request(message, Some("scenarios"));
    if offered.is_empty() {
        let cure = "no scenario ends by itself: give a run time, or `load.run_time` in a file";
        return Err(refuse(cure.to_owned()));
    }
    if offered.len() > ENTRIES_MAX {
        let many = offered.len();
        return Err(refuse(format!(
            "{many} scenarios are too many: name at most {ENTRIES_MAX} as `scenarios`"
        )));
    }
    let machine = machine();
    let entries = offered.into_iter().map(|offered| {
        let loaded = offered
            .loaded()
            .map_err(|problems| Problem::broken_scenario(offered, problems))?;
        let entry = SuiteEntry::new(&*offered.id, loaded, &wish, machine.clone());
        entry.map_err(|error| Problem::of_entry(offered.name(), error))
    });
    entries.collect()
}
