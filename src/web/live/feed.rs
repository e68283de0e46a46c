//! What all live sockets are fed from: each message is encoded once.

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::ws::Utf8Bytes;
use serde::Serialize;
use tokio::sync::broadcast;

use crate::format::{EventLine, event_lines};
use crate::model::{Load, Rails, Scenario, duration_literal};
use crate::run::{Log, NewPoints, Snapshot};
use crate::session::{Catalog, CatalogEntry, Defaults, Progress, Scene, Session, mask_address};
use crate::stats::{Columns, Row};
use crate::verdict::Capacity;
use crate::web::assets::build_hash;
use crate::web::live::messages::{
    AllBody, FrameBody, RailsBody, ReadingBody, ReadingsBody, RunBody, ScenarioBody, SuiteBody,
    TablesBody,
};

/// Messages a viewer may fall behind before it is resynchronised.
const BACKLOG: usize = 64;

/// A time before all readings.
const NO_READING: f64 = -1.0;

/// The publisher of live messages. It follows the snapshots and the log at
/// its own pace; viewers follow it.
#[derive(Debug)]
pub(crate) struct Feed {
    log: Arc<Log>,
    rails: Rails,
    defaults: Arc<Defaults>,
    messages: broadcast::Sender<Utf8Bytes>,
    /// How far the messages sent so far go. A viewer subscribes and reads it
    /// under the same lock, so that its hello and what follows fit together.
    told: Mutex<Told>,
}

/// What has been told.
#[derive(Clone, Debug)]
struct Told {
    seq: u64,
    snapshot: Arc<Snapshot>,
    catalog: Arc<Catalog>,
    suite: Option<Arc<Progress>>,
    scene: Option<Scene>,
    second_s: u64,
    /// The time of the latest point of a reading.
    reading_s: f64,
    events: u64,
}

#[derive(Serialize)]
struct Message<T> {
    #[serde(rename = "type")]
    kind: &'static str,
    seq: u64,
    #[serde(flatten)]
    body: T,
}

#[derive(Serialize)]
struct HelloBody {
    build: &'static str,
    version: &'static str,
    rails: RailsBody,
    #[serde(flatten)]
    offer: ScenariosBody,
    suite: Option<SuiteBody>,
    demo: Option<Scene>,
    run: Option<RunBody>,
    frame: FrameBody,
    tables: TablesBody,
    series: Columns,
    readings: Vec<ReadingBody>,
    capacity: Option<Capacity>,
    events: Vec<EventLine>,
    events_dropped: u64,
}

#[derive(Serialize)]
struct DemoMessage {
    demo: Option<Scene>,
}

#[derive(Serialize)]
struct CapacityBody<'a> {
    capacity: Option<&'a Capacity>,
}

#[derive(Serialize)]
struct SuiteMessage {
    suite: Option<SuiteBody>,
}

#[derive(Serialize)]
struct ScenariosBody {
    scenarios: Vec<ScenarioBody>,
    defaults: DefaultsBody,
    all: AllBody,
}

impl ScenariosBody {
    fn new(catalog: &Catalog, defaults: &Defaults) -> Self {
        Self {
            scenarios: catalog.iter().map(ScenarioBody::new).collect(),
            defaults: DefaultsBody::new(defaults, catalog),
            all: AllBody::new(catalog, &defaults.options()),
        }
    }
}

/// What the start form holds at first.
#[derive(Serialize)]
struct DefaultsBody {
    scenario: String,
    /// `null` where the scenario plans all of its load.
    users: Option<u32>,
    spawn_rate: Option<f64>,
    host: String,
    run_time: String,
    profile: String,
}

impl DefaultsBody {
    /// What was said on the command line, else what the scenario says.
    fn new(defaults: &Defaults, catalog: &Catalog) -> Self {
        let entry = catalog.find(&defaults.scenario);
        let scenario = entry
            .and_then(|entry| entry.loaded().ok())
            .map(|loaded| &loaded.scenario);
        let host = defaults
            .host
            .as_deref()
            .map(mask_address)
            .or_else(|| entry.and_then(CatalogEntry::host));
        // A broken file may be mended to one that is steered.
        let steered = scenario.map_or(Some(Load::DEFAULT), Scenario::steered);
        let run_time = defaults
            .run_time
            .or_else(|| scenario.and_then(|scenario| scenario.run_time));
        Self {
            scenario: defaults.scenario.clone(),
            users: steered.map(|load| defaults.users.unwrap_or(load.users)),
            spawn_rate: steered.map(|load| defaults.spawn_rate.unwrap_or(load.spawn_rate)),
            host: host.unwrap_or_default().into_owned(),
            run_time: run_time.map(duration_literal).unwrap_or_default(),
            profile: defaults.profile.clone().unwrap_or_default(),
        }
    }
}

impl Feed {
    /// Starts publishing on the current runtime; ends with the controller.
    pub(crate) fn start(session: &Session) -> Arc<Self> {
        let runs = session.runs();
        let mut catalogs = session.catalogs();
        let mut suites = session.suites().progresses();
        let mut scenes = session.scenes();
        let told = Told {
            seq: 0,
            snapshot: runs.snapshot(),
            catalog: Arc::clone(&catalogs.borrow_and_update()),
            suite: suites.borrow_and_update().clone(),
            scene: scenes.borrow_and_update().clone(),
            second_s: 0,
            reading_s: NO_READING,
            events: 0,
        };
        let feed = Arc::new(Self {
            log: runs.log(),
            rails: runs.rails().clone(),
            defaults: Arc::clone(session.defaults()),
            messages: broadcast::Sender::new(BACKLOG),
            told: Mutex::new(told),
        });
        let publisher = Arc::clone(&feed);
        let mut snapshots = runs.snapshots();
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    changed = snapshots.changed() => {
                        if changed.is_err() {
                            return;
                        }
                        let snapshot = Arc::clone(&snapshots.borrow_and_update());
                        publisher.publish(snapshot);
                    }
                    Ok(()) = catalogs.changed() => {
                        let catalog = Arc::clone(&catalogs.borrow_and_update());
                        publisher.publish_offer(catalog);
                    }
                    Ok(()) = suites.changed() => {
                        let suite = suites.borrow_and_update().clone();
                        publisher.publish_suite(suite);
                    }
                    Ok(()) = scenes.changed() => {
                        let scene = scenes.borrow_and_update().clone();
                        publisher.publish_scene(scene);
                    }
                }
            }
        });
        feed
    }

    /// A new viewer: everything so far as one message, and what comes after it.
    pub(crate) fn subscribe(&self) -> (Utf8Bytes, broadcast::Receiver<Utf8Bytes>) {
        let (receiver, told) = {
            let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
            (self.messages.subscribe(), told.clone())
        };
        (self.hello(&told), receiver)
    }

    fn publish(&self, snapshot: Arc<Snapshot>) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.snapshot.generation != snapshot.generation {
            let events = self.log.events_after(u64::MAX).1;
            let rows = self.log.rows();
            *told = Told {
                seq: told.seq + 1,
                catalog: Arc::clone(&told.catalog),
                suite: told.suite.clone(),
                scene: told.scene.clone(),
                second_s: last_s(&rows),
                reading_s: latest_s(&self.log.readings_after(NO_READING)),
                snapshot,
                events,
            };
            if self.messages.receiver_count() > 0 {
                let _ = self.messages.send(self.hello(&told));
            }
            return;
        }
        let (events, appended) = event_lines(&self.log, told.events);
        told.events = appended;
        for event in events {
            told.seq += 1;
            self.broadcast("event", told.seq, event);
        }
        let rows = self.log.seconds_after(told.second_s);
        told.second_s = last_s(&rows).max(told.second_s);
        told.seq += 1;
        self.broadcast("frame", told.seq, FrameBody::new(&snapshot, &rows));
        let new = self.log.readings_after(told.reading_s);
        if !new.is_empty() {
            told.reading_s = latest_s(&new);
            told.seq += 1;
            self.broadcast("readings", told.seq, ReadingsBody::new(&new));
        }
        let known = told.snapshot.capacity.as_ref().map(Arc::as_ptr);
        if known != snapshot.capacity.as_ref().map(Arc::as_ptr) {
            told.seq += 1;
            let capacity = snapshot.capacity.as_deref();
            self.broadcast("capacity", told.seq, CapacityBody { capacity });
        }
        if !Arc::ptr_eq(&told.snapshot.tables, &snapshot.tables) {
            told.seq += 1;
            self.broadcast(
                "tables",
                told.seq,
                TablesBody::new(&snapshot.tables, &snapshot.deliveries),
            );
        }
        told.snapshot = snapshot;
    }

    fn publish_offer(&self, catalog: Arc<Catalog>) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.seq += 1;
        let body = ScenariosBody::new(&catalog, &self.defaults);
        self.broadcast("scenarios", told.seq, body);
        told.catalog = catalog;
    }

    fn publish_suite(&self, suite: Option<Arc<Progress>>) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.seq += 1;
        let body = suite.as_deref().map(SuiteBody::new);
        self.broadcast("suite", told.seq, SuiteMessage { suite: body });
        told.suite = suite;
    }

    fn publish_scene(&self, scene: Option<Scene>) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.seq += 1;
        told.scene.clone_from(&scene);
        self.broadcast("demo", told.seq, DemoMessage { demo: scene });
    }

    /// Tells the viewers, if there are any: the next hello has it all.
    fn broadcast(&self, kind: &'static str, seq: u64, body: impl Serialize) {
        if self.messages.receiver_count() > 0 {
            let _ = self.messages.send(encode(kind, seq, body));
        }
    }

    fn hello(&self, told: &Told) -> Utf8Bytes {
        let snapshot = &told.snapshot;
        let log = &self.log;
        let mut rows = log.rows();
        rows.retain(|row| row.end_s <= told.second_s);
        let mut readings = log.readings_after(NO_READING);
        for reading in &mut readings {
            reading.points.retain(|(t_s, _)| *t_s <= told.reading_s);
        }
        readings.retain(|reading| !reading.points.is_empty());
        let (mut events, appended) = event_lines(log, 0);
        let newer = usize::try_from(appended - told.events.min(appended)).unwrap_or(usize::MAX);
        events.truncate(events.len().saturating_sub(newer));
        let body = HelloBody {
            build: build_hash(),
            version: env!("CARGO_PKG_VERSION"),
            rails: RailsBody::new(&self.rails),
            offer: ScenariosBody::new(&told.catalog, &self.defaults),
            suite: told.suite.as_deref().map(SuiteBody::new),
            demo: told.scene.clone(),
            run: snapshot.run.as_deref().map(RunBody::new),
            frame: FrameBody::new(snapshot, &[]),
            tables: TablesBody::new(&snapshot.tables, &snapshot.deliveries),
            series: Columns::of_rows(&rows),
            readings: ReadingBody::all(&readings),
            capacity: snapshot.capacity.as_deref().cloned(),
            events_dropped: log.events_dropped(),
            events,
        };
        encode("hello", told.seq, body)
    }
}

/// The time of the latest point of all; every one of them is later than the
/// [first](NO_READING).
fn latest_s(readings: &[NewPoints]) -> f64 {
    let latest = readings.iter().filter_map(|reading| reading.points.last());
    latest.fold(NO_READING, |latest, (t_s, _)| latest.max(*t_s))
}

fn last_s(rows: &[Row]) -> u64 {
    rows.last().map_or(0, |row| row.end_s)
}

fn encode(kind: &'static str, seq: u64, body: impl Serialize) -> Utf8Bytes {
    // Numbers, strings and lists always encode.
    serde_json::to_string(&Message { kind, seq, body })
        .unwrap_or_default()
        .into()
}
