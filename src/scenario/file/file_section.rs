//! A file of a run by itself: its classes, and the load that drives them.

use std::sync::Arc;
use std::time::Duration;

use crate::model::{Arrivals, Curve, Drive, LoadShare, Workload, micros};
use crate::program::Class;
use crate::scenario::connection::http::Level;
use crate::scenario::file::sub_scenario::SubScenario;
use crate::scenario::load::workload::FileLoad;
use crate::scenario::lower::reader::Reader;
use crate::scenario::request::request_ir::Http;
use crate::scenario::schema::{Fields, maps};
use crate::scenario::yaml::node::{Entry, Node, NodeKind};
use crate::scenario::yaml::source::Span;

/// A file of a run: the scenario's own, or one that it lists.
pub(crate) struct FileSection<'n> {
    pub(crate) fields: Fields<'n>,
    /// Where it stands, for what is missing in it.
    pub(crate) span: Span,
    pub(crate) http: Http,
    /// Whether it has to have classes.
    pub(super) is_required: bool,
    driven: Driven,
    /// By how much its loads are delayed.
    delay: Duration,
    /// How long waves of its classes' own loads are drawn.
    pub(crate) run_time: Option<Duration>,
    /// When those loads end, where the file keeps its own.
    ends: Option<Duration>,
}

/// The load of the classes of a file that have none of their own.
enum Driven {
    /// A share of the run's load.
    Share(u32),
    /// A load that the file plans.
    Own(Workload),
}

/// A class, and the load of its own that it may have.
pub(super) type DrivenClass = (Class, Option<Workload>);

impl<'n> FileSection<'n> {
    /// The variables that its users begin with.
    pub(crate) fn variables(&self) -> Option<&'n Node> {
        self.fields.value("variables")
    }

    /// Its user classes, as far as they are a map.
    pub(crate) fn classes(&self) -> &'n [Entry] {
        match self.fields.value("user_classes").map(|node| &node.kind) {
            Some(NodeKind::Map(classes)) => classes,
            _ => &[],
        }
    }
}

impl Reader<'_> {
    /// All files of a run, the scenario's own first.
    pub(crate) fn sections<'n>(
        &mut self,
        (own, span): (Fields<'n>, Span),
        load: &FileLoad,
        listed: &'n [SubScenario],
    ) -> Vec<FileSection<'n>> {
        if !listed.is_empty() {
            self.refuse_idle(&own);
        }
        let own = FileSection {
            http: self.http(own.value("http"), Http::default(), Level::Outer),
            is_required: own.entry("scenarios").is_none(),
            fields: own,
            span,
            driven: Driven::Share(1),
            delay: Duration::ZERO,
            run_time: load.run_time,
            ends: None,
        };
        let listed = listed.iter().filter_map(|one| self.section(one, load));
        let listed: Vec<_> = listed.collect();
        std::iter::once(own).chain(listed).collect()
    }

    /// Reports keys for classes that the file does not have.
    fn refuse_idle(&mut self, own: &Fields<'_>) {
        let has = |keys: &[&str]| keys.iter().any(|key| own.entry(key).is_some());
        for (key, used_by) in [
            ("variables", &["user_classes"][..]),
            ("headers", &["user_classes", "setup", "teardown"]),
            ("http", &["user_classes", "setup", "teardown", "health"]),
        ] {
            if let Some(entry) = own.entry(key).filter(|_| !has(used_by)) {
                let message = format!("`{key}` has no effect in this file");
                let help = "listed scenarios use their own; set it there";
                self.report_with(entry.key.span, message, help);
            }
        }
    }

    fn section<'n>(
        &mut self,
        listed: &'n SubScenario,
        of_run: &FileLoad,
    ) -> Option<FileSection<'n>> {
        let fields = self.fields(&listed.root, "a scenario", &maps::SCENARIO)?;
        let what = "an entry of `scenarios`";
        let listing = self.fields(&listed.listing, what, &maps::LISTED)?;
        let kept = self.section_load(&fields, listing.entry("load"), of_run.run_time);
        let http = self.http(fields.value("http"), Http::default(), Level::Outer);
        let mut section = FileSection {
            span: listed.root.span,
            http,
            is_required: true,
            driven: Driven::Share(listing.get("share").unwrap_or(1)),
            delay: listing.get("start").unwrap_or_default(),
            run_time: of_run.run_time.or(kept.run_time),
            ends: None,
            fields,
        };
        if let Some(workload) = kept.workload {
            section.driven = Driven::Own(workload);
            section.run_time = kept.run_time.or(of_run.run_time);
            section.ends = kept.run_time;
        }
        let drives_itself = |class: &Entry| class.value.entry("load").is_some();
        let classes = section.classes();
        let keeps = matches!(section.driven, Driven::Own(_))
            || (!classes.is_empty() && classes.iter().all(drives_itself));
        if let (Some(entry), true) = (listing.entry("share"), keeps && !listing.has("load")) {
            let message = "`share` has no effect: the listed scenario uses its own load";
            let help = "remove `share`, or add a `load` to replace its own";
            self.report_with(entry.key.span, message, help);
        }
        Some(section)
    }

    /// The load that a listed file keeps, or is given instead.
    fn section_load(
        &mut self,
        file: &Fields<'_>,
        listing: Option<&Entry>,
        run_time: Option<Duration>,
    ) -> SectionLoad {
        let own = file.value("load");
        let word = listing.and_then(|entry| entry.value.as_scalar());
        if let Some(Entry { value, .. }) = listing {
            if matches!(value.kind, NodeKind::Map(_)) {
                return self.sub_scenario_load(value, run_time);
            }
            if word.is_none_or(|word| word.text != "own") {
                let expected = "`load` must be `own`, or a map that replaces the file's load";
                self.wrong_type(value, expected);
                return SectionLoad::default();
            }
        }
        let load = own.map(|node| self.file_load(node, run_time));
        let load = load.unwrap_or_default();
        let is_planned = !matches!(load.workload.drive, Drive::Fixed(_));
        if !is_planned && listing.is_none() {
            return SectionLoad {
                workload: None,
                run_time: load.run_time,
            };
        }
        for key in ["iterations", "max_rps", "undelivered"] {
            let given = own.and_then(|node| node.entry(key));
            if let Some(entry) = given {
                let message =
                    format!("`{key}` applies to the whole run and cannot be set per file");
                let help = "move it to the `load` of the file that lists this one";
                self.report_with(entry.key.span, message, help);
            }
        }
        SectionLoad {
            workload: Some(load.workload),
            run_time: load.run_time,
        }
    }

    /// A load that all files leave to itself.
    pub(super) fn refuse_unshared(
        &mut self,
        load: Option<&Node>,
        sections: &[FileSection<'_>],
        classes: &[Vec<DrivenClass>],
    ) {
        let mut files = sections.iter().zip(classes);
        let is_shared = files.any(|(section, classes)| section.share(classes).is_some());
        // What is broken needs no load, and what is not selected neither.
        let is_whole = self.selection.classes.is_empty();
        if is_shared || !is_whole || sections.len() < 2 || !self.problems.is_empty() {
            return;
        }
        let keys = ["users", "spawn_rate", "stages", "rate", "start"];
        if let Some(entry) = load.and_then(|load| keys.iter().find_map(|key| load.entry(key))) {
            let key = &entry.key.text;
            let message = format!("`{key}` has no effect: every listed scenario uses its own load");
            let help = "remove it, or remove a `load: own`";
            self.report_with(entry.key.span, message, help);
        }
    }

    /// All workloads, and the classes with the number of theirs. `load` is
    /// the run's own, which all files share that keep none.
    pub(crate) fn workloads(
        load: &Workload,
        sections: &[FileSection<'_>],
        classes: Vec<Vec<DrivenClass>>,
    ) -> (Vec<Workload>, Vec<Class>) {
        let shares = sections.iter().zip(&classes);
        let shares: Vec<_> = shares
            .filter_map(|(section, classes)| section.share(classes))
            .collect();
        let mut parts = LoadShare::of_shares(&shares).into_iter();
        let (mut workloads, mut all) = (Vec::new(), Vec::new());
        for (section, classes) in sections.iter().zip(classes) {
            let of_section = workloads.len();
            if classes.iter().any(needs_load) {
                workloads.push(match &section.driven {
                    Driven::Share(_) => {
                        let part = parts.next().unwrap_or_else(LoadShare::whole);
                        delayed(dealt(load, part), section.delay)
                    }
                    Driven::Own(own) => section.planned(own.clone()),
                });
            }
            for (mut class, own) in classes {
                class.workload = of_section;
                if let Some(own) = own {
                    class.workload = workloads.len();
                    workloads.push(section.planned(own));
                }
                all.push(class);
            }
        }
        (workloads, all)
    }
}

/// The load that a file keeps.
#[derive(Default)]
pub(crate) struct SectionLoad {
    /// Nothing where it has a share of the run's.
    pub(crate) workload: Option<Workload>,
    /// Its duration.
    pub(crate) run_time: Option<Duration>,
}

impl FileSection<'_> {
    /// Its share of the run's load; nothing where none of its classes needs one.
    fn share(&self, classes: &[DrivenClass]) -> Option<u32> {
        match self.driven {
            Driven::Share(share) => classes.iter().any(needs_load).then_some(share),
            Driven::Own(_) => None,
        }
    }

    /// A load that this file plans, as part of the run.
    fn planned(&self, mut workload: Workload) -> Workload {
        if let Some(ends) = self.ends {
            workload = until(workload, ends);
        }
        delayed(workload, self.delay)
    }
}

fn needs_load((_, own): &DrivenClass) -> bool {
    own.is_none()
}

fn delayed(mut workload: Workload, delay: Duration) -> Workload {
    workload.start = workload.start.saturating_add(delay);
    workload
}

/// A load that ends after so long, counted from the start of its file.
fn until(workload: Workload, run_time: Duration) -> Workload {
    let end_us = micros(run_time.saturating_sub(workload.start));
    let cut = |curve: &Curve| Arc::new(curve.until(end_us));
    let drive = match workload.drive {
        Drive::Fixed(load) => Drive::Users(cut(&Curve::ramp(load))),
        Drive::Users(users) => Drive::Users(cut(&users)),
        Drive::Arrivals(arrivals) => Drive::Arrivals(Arrivals {
            rate: cut(&arrivals.rate),
            ..arrivals
        }),
        steered @ Drive::Steered(..) => steered,
    };
    Workload { drive, ..workload }
}

/// A part of a load. Users at a spawn rate are the operator's to steer.
fn dealt(load: &Workload, part: LoadShare) -> Workload {
    let scaled = |curve: &Curve| Arc::new(curve.scaled(part.fraction()));
    let drive = match &load.drive {
        Drive::Fixed(load) | Drive::Steered(load, _) => Drive::Steered(*load, part),
        Drive::Users(users) => Drive::Users(scaled(users)),
        Drive::Arrivals(arrivals) => Drive::Arrivals(Arrivals {
            rate: scaled(&arrivals.rate),
            // Starts of a part without users would never be done.
            max_users: part.of_count(arrivals.max_users).max(1),
            queue: part.of_count(arrivals.queue),
            ..*arrivals
        }),
    };
    Workload {
        start: load.start,
        drive,
    }
}
