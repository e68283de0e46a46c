//! `criteria:`, and whether a scenario has what they are about.

use crate::model::{
    ClassId, Clocked, Criteria, Criterion, Drive, Metric, RequestId, Selector, TimeKind, Workload,
};
use crate::program::{Class, Coverage, Unselected};
use crate::scenario::criterion::{CriterionError, Places, parse};
use crate::scenario::lower::loader::Loaded;
use crate::scenario::lower::reader::Reader;
use crate::scenario::lower::unselected::UnselectedParts;
use crate::scenario::schema::maps;
use crate::scenario::yaml::diagnostic::Mistake;
use crate::scenario::yaml::node::{Node, NodeKind, shorten};
use crate::scenario::yaml::suggest::did_you_mean;

impl Reader<'_> {
    /// Reads `criteria:`, a list or a map with `after` and the list.
    pub(crate) fn criteria(
        &mut self,
        node: &Node,
        classes: &[Class],
        workloads: &[Workload],
    ) -> Criteria {
        let NodeKind::Map(_) = node.kind else {
            let (list, left_out) = self.criteria_list(node, classes, workloads);
            return Criteria {
                list,
                left_out,
                ..Criteria::default()
            };
        };
        let Some(fields) = self.fields(node, "`criteria`", &maps::CRITERIA) else {
            return Criteria::default();
        };
        let Some(list) = fields.value("all") else {
            return Criteria::default();
        };
        let (list, left_out) = self.criteria_list(list, classes, workloads);
        Criteria {
            after: fields.get("after").unwrap_or_default(),
            list,
            left_out,
            ..Criteria::default()
        }
    }

    /// The criteria, and in words those on what is left out.
    fn criteria_list(
        &mut self,
        node: &Node,
        classes: &[Class],
        workloads: &[Workload],
    ) -> (Vec<Criterion>, Vec<String>) {
        let (mut list, mut left_out) = (Vec::new(), Vec::new());
        let of = "criteria such as `p99 < 500ms`";
        let Some(items) = self.items(node, "`criteria`", of) else {
            return (list, left_out);
        };
        // Where something else is wrong, what a criterion is about may be missing for that.
        let is_sound = self.problems.is_empty();
        for item in items {
            let Some(scalar) = self.text(item, "a criterion") else {
                continue;
            };
            let parsed = parse(&scalar.text).and_then(|(criterion, places)| {
                let fit = if is_sound {
                    let tables = &self.tables;
                    let requests = &tables.requests;
                    let row_of = |id: RequestId| requests.get(id.index()).map(|one| one.name);
                    let usage = Coverage::new(&tables.names, classes, &tables.code, row_of);
                    let plans = Plans { classes, workloads };
                    check(
                        &criterion,
                        places,
                        (&usage, &self.classes.unselected),
                        plans,
                    )?
                } else {
                    Fit::Judged
                };
                Ok((criterion, fit))
            });
            match parsed {
                Ok((criterion, Fit::Judged)) => list.push(criterion),
                Ok((criterion, Fit::Unselected)) => {
                    left_out.push(not_judged(&criterion, &self.selection.words()));
                }
                Err(mistake) => self.report_within(scalar, mistake),
            }
        }
        (list, left_out)
    }
}

/// Whether a criterion can be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// The scenario has what it is about.
    Judged,
    /// It is about something that the selection leaves out.
    Unselected,
}

/// Says which criterion is not judged, and why.
fn not_judged(criterion: &Criterion, selection: &str) -> String {
    let text = &criterion.text;
    format!("not judged: {text}: {selection} leaves out what it is about")
}

impl Loaded {
    /// Whether the scenario has what a criterion is about, that does not stand
    /// in its file.
    ///
    /// # Errors
    /// It selects requests that there are not, or times that nothing plans.
    pub fn check_criterion(&self, criterion: &Criterion) -> Result<Fit, CriterionError> {
        let text = criterion.text.as_str();
        let in_text = |mistake| CriterionError::new(text, mistake);
        let (_, places) = parse(text).map_err(in_text)?;
        let (names, tables) = (self.names(), &self.tables);
        let row_of = |id: RequestId| tables.requests.get(id.index()).map(|one| one.name);
        let usage = Coverage::new(&names, &self.classes, &tables.code, row_of);
        let plans = Plans {
            classes: &self.classes,
            workloads: &self.scenario.workloads,
        };
        check(criterion, places, (&usage, &self.unselected), plans).map_err(in_text)
    }

    /// Adds a criterion that does not stand in the scenario's file.
    ///
    /// # Errors
    /// As [`check_criterion`](Self::check_criterion).
    pub(crate) fn add_criterion(
        &self,
        criterion: &Criterion,
        to: &mut Criteria,
    ) -> Result<(), CriterionError> {
        match self.check_criterion(criterion)? {
            Fit::Judged => to.list.push(criterion.clone()),
            Fit::Unselected => to.left_out.push(not_judged(criterion, &self.selected)),
        }
        Ok(())
    }
}

/// The plans of the task starts of the classes.
#[derive(Clone, Copy)]
struct Plans<'a> {
    classes: &'a [Class],
    workloads: &'a [Workload],
}

impl Plans<'_> {
    /// Whether the task starts of a class are planned, so that there are response times.
    fn has(self, class: ClassId) -> bool {
        let class = self.classes.get(class.index());
        class.is_some_and(|class| self.is_open(class) || class.wait.period_seconds().is_some())
    }

    fn is_open(self, class: &Class) -> bool {
        let workload = self.workloads.get(class.workload);
        workload.is_some_and(|one| matches!(one.drive, Drive::Arrivals(_)))
    }

    /// The classes that share the arrivals of a class with it.
    fn sharing(self, class: &Class) -> usize {
        let of = |other: &&Class| other.workload == class.workload;
        match self.is_open(class) {
            true => self.classes.iter().filter(of).count() - 1,
            false => 0,
        }
    }
}

/// Whether a criterion on planned task starts can be judged.
fn check_delivery(
    of: &Selector,
    places: Places,
    (usage, unselected_parts): (&Coverage<'_>, &UnselectedParts),
    plans: Plans<'_>,
) -> Result<Fit, Mistake> {
    let help = "plan the starts: `load: {rate: 10/s}`, `wait: {pacing: 2s}`, \
                `wait: {throughput: 0.5/s}`; or leave the criterion out";
    let mut ids = usage.classes().into_iter();
    let Selector::Class(name) = of else {
        if ids.any(|class| plans.has(class)) {
            return Ok(Fit::Judged);
        }
        if unselected_parts.is_planned() {
            return Ok(Fit::Unselected);
        }
        let message = "nothing plans when tasks start, so no start can be dropped or missed";
        return Err(Mistake::new(places.metric, message).help(help));
    };
    let id = ids.find(|id| plans.classes[id.index()].name == *name);
    let Some(id) = id else {
        if unselected_parts.has(of) {
            return Ok(Fit::Unselected);
        }
        let known = plans
            .classes
            .iter()
            .map(|class| class.name.clone())
            .collect();
        return Err(unselected(of, Unselected::Unknown(known), places, usage));
    };
    if !plans.has(id) {
        let name = shorten(name);
        let message = format!(
            "nothing plans when tasks of `{name}` start, so no start can be dropped or missed"
        );
        return Err(Mistake::new(places.of, message).help(help));
    }
    if plans.sharing(&plans.classes[id.index()]) > 0 {
        let name = shorten(name);
        let message = format!(
            "`{name}` shares its arrivals with other classes: a start that no user takes belongs to none of them"
        );
        let help = "leave `of` out, or give the class a `load` of its own";
        return Err(Mistake::new(places.of, message).help(help));
    }
    Ok(Fit::Judged)
}

fn check(
    criterion: &Criterion,
    places: Places,
    (usage, unselected_parts): (&Coverage<'_>, &UnselectedParts),
    plans: Plans<'_>,
) -> Result<Fit, Mistake> {
    if criterion.metric.is_of_delivery() {
        return check_delivery(&criterion.of, places, (usage, unselected_parts), plans);
    }
    let rows = match usage.rows(&criterion.of) {
        Ok(rows) => rows,
        Err(Unselected::Unknown(_) | Unselected::Empty) if unselected_parts.has(&criterion.of) => {
            return Ok(Fit::Unselected);
        }
        Err(why) => return Err(unselected(&criterion.of, why, places, usage)),
    };
    let is_response = matches!(
        criterion.metric,
        Metric::Mean(Clocked {
            time: TimeKind::Response,
            ..
        }) | Metric::Max(Clocked {
            time: TimeKind::Response,
            ..
        }) | Metric::Quantile(
            Clocked {
                time: TimeKind::Response,
                ..
            },
            _
        )
    );
    let mut classes = match &rows {
        Some(rows) => usage.classes_of(rows),
        None => usage.classes(),
    }
    .into_iter();
    if is_response && !classes.any(|class| plans.has(class)) {
        if rows.is_none() && unselected_parts.is_planned() {
            return Ok(Fit::Unselected);
        }
        let message = "there is no response time here: nothing plans when tasks start";
        let help = "leave `response.` out, or plan the starts: `wait: {pacing: 2s}`, \
                    `wait: {throughput: 0.5/s}`, `load: {rate: 10/s}`";
        return Err(Mistake::new(places.metric, message).help(help));
    }
    Ok(Fit::Judged)
}

fn unselected(of: &Selector, why: Unselected, places: Places, usage: &Coverage<'_>) -> Mistake {
    let what = match of {
        Selector::All => "all requests".to_owned(),
        Selector::Name(Some(method), name) => format!("\"{method} {}\"", shorten(name)),
        Selector::Name(None, name) => format!("\"{}\"", shorten(name)),
        Selector::Tag(tag) => format!("tag:{}", shorten(tag)),
        Selector::Task(task) => format!("task:{}", shorten(task)),
        Selector::Class(class) => format!("class:{}", shorten(class)),
        Selector::Status(first, last) => format!("status:{first}-{last}"),
    };
    let span = places.of;
    match why {
        Unselected::Unknown(known) => {
            let written = match of {
                Selector::Name(Some(method), name) => format!("{method} {name}"),
                Selector::Name(None, word)
                | Selector::Tag(word)
                | Selector::Task(word)
                | Selector::Class(word) => word.clone(),
                Selector::All | Selector::Status(..) => String::new(),
            };
            let help = did_you_mean(&written, known.iter().map(String::as_str));
            let help = help.or_else(|| (!known.is_empty()).then(|| listed(of, &known)));
            let mistake = Mistake::new(span, format!("{what} selects nothing in this scenario"));
            match help {
                Some(help) => mistake.help(help),
                None => mistake,
            }
        }
        Unselected::Empty => {
            let message = format!("{what} sends no requests, so there is nothing to measure");
            Mistake::new(span, message)
        }
        Unselected::Shared { row, with } => {
            let name = usage.name(row);
            let message = format!(
                "{what} cannot be told from others: {with} counts in \"{}\" as well",
                shorten(&name)
            );
            let help = "give the requests that are meant a name of their own: `name: ...`";
            Mistake::new(span, message).help(help)
        }
    }
}

/// The first few of what could be selected.
fn listed(of: &Selector, known: &[String]) -> String {
    const SHOWN: usize = 8;
    // Names are listed with their method alone.
    let of_names = matches!(of, Selector::Name(..));
    let known = if of_names {
        &known[..known.len() / 2]
    } else {
        known
    };
    let shown: Vec<_> = known.iter().take(SHOWN).map(|one| shorten(one)).collect();
    let more = if known.len() > SHOWN { ", ..." } else { "" };
    format!("expected one of: {}{more}", shown.join(", "))
}
