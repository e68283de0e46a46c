//! `scenarios:`, other files that are run together: which they are, and what
//! they have in common. What they do is read later, each for itself.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::scenario::file::include::{Gatherer, empty};
use crate::scenario::schema::limits::MAX_FILES;
use crate::scenario::schema::{Fields, Kind, maps};
use crate::scenario::yaml::fields;
use crate::scenario::yaml::node::{Entry, Node, NodeKind};
use crate::scenario::yaml::source::Span;

/// Keys that all files of a run share; they are added to the listing file.
const SHARED: [&str; 2] = ["blocks", "data"];
/// The longest name that a class is given here.
const MAX_NAME: usize = 90;

/// A file that is listed.
#[derive(Debug)]
pub(crate) struct SubScenario {
    /// How it is listed.
    pub(crate) listing: Node,
    /// Its tree and what it includes, without what all files share.
    pub(crate) root: Node,
    /// The file's name without folders and extension.
    stem: String,
}

impl Gatherer {
    /// Reads the files that a scenario lists, and adds to it what is shared.
    pub(crate) fn list(&mut self, root: &mut Node) -> Vec<SubScenario> {
        let NodeKind::Map(top) = &mut root.kind else {
            return Vec::new();
        };
        let Some(given) = top.iter_mut().find(|entry| entry.key.text == "scenarios") else {
            return Vec::new();
        };
        // The key stays: a file that has it needs no classes, whatever is wrong with the list.
        let nothing = empty("", given.value.span).value;
        let list = std::mem::replace(&mut given.value, nothing);
        let NodeKind::List(listings) = list.kind else {
            let expected = "`scenarios` must be a list such as `[{file: a.yaml, share: 2}]`";
            self.report(|problems| fields::wrong_type(&list, expected, problems));
            return Vec::new();
        };
        if listings.is_empty() || listings.len() > MAX_FILES {
            let message = format!("`scenarios` must list 1 to {MAX_FILES} files");
            self.report(|problems| problems.report(list.span, message));
            return Vec::new();
        }
        let mut places = HashMap::new();
        let mut listed = Vec::new();
        for listing in listings {
            if let Some(mut one) = self.list_one(listing, &mut places) {
                self.share(&mut one, top);
                listed.push(one);
            }
        }
        rename_classes(root, &mut listed);
        listed
    }

    fn list_one(
        &mut self,
        mut listing: Node,
        places: &mut HashMap<PathBuf, Span>,
    ) -> Option<SubScenario> {
        if !self.fill_in(&mut listing, &Kind::Of(&maps::LISTED)) {
            return None;
        }
        let mut named = None;
        self.report(|problems| {
            let what = "an entry of `scenarios`";
            let at = (what, listing.span);
            let fields = Fields::read(&listing, at, &maps::LISTED, problems);
            named = fields.and_then(|fields| {
                let path: &str = fields.get("file")?;
                Some((path.to_owned(), fields.value("file")?.span))
            });
        });
        let (path, span) = named?;
        let outer = std::mem::take(&mut self.seen);
        let opened = self.open(&path, span, "list").and_then(|opened| {
            let Some((step, _)) = &opened else {
                return Ok(opened);
            };
            match places.insert(step.path.clone(), span) {
                None => Ok(opened),
                Some(first) => {
                    let first = self.texts.name_place(first.start);
                    Err(format!(
                        "this file is already listed at {first}; give that entry a larger `share`"
                    ))
                }
            }
        });
        let listed = match opened {
            Ok(Some((step, mut root))) => {
                let stem = Path::new(&path).file_stem().unwrap_or_default();
                let stem = stem.to_string_lossy().into_owned();
                self.trail.push(step);
                self.take_in(&mut root);
                self.trail.pop();
                Some(SubScenario {
                    listing,
                    root,
                    stem,
                })
            }
            Ok(None) => None,
            Err(message) => {
                self.report(|problems| problems.report(span, message));
                None
            }
        };
        self.is_torn |= listed.is_none();
        self.seen = outer;
        listed
    }

    /// Moves what is shared from a listed file to the top of the listing one.
    fn share(&mut self, listed: &mut SubScenario, top: &mut Vec<Entry>) {
        let NodeKind::Map(entries) = &mut listed.root.kind else {
            return;
        };
        for key in SHARED {
            let Some(at) = entries.iter().position(|entry| entry.key.text == key) else {
                continue;
            };
            let Entry { key, value } = entries.remove(at);
            let what = format!("`{}`", key.text);
            self.report(|problems| {
                let _ = fields::entries(&value, &what, problems);
            });
            if let NodeKind::Map(defined) = value.kind {
                self.add(top, &key.text, key.span, defined);
            }
        }
        let nested = entries
            .iter()
            .position(|entry| entry.key.text == "scenarios");
        if let Some(at) = nested {
            let span = entries.remove(at).key.span;
            let message = "`scenarios` cannot be nested";
            let help = "list all files in the top file";
            self.report(|problems| problems.report_with(span, message, help));
        }
    }
}

/// Gives user classes of listed files whose name is not the only one of its
/// kind the name of their file besides.
fn rename_classes(root: &Node, listed: &mut [SubScenario]) {
    let (mut taken, mut doubled) = (HashSet::new(), HashSet::new());
    let roots = listed.iter().map(|one| &one.root);
    let roots = std::iter::once(root).chain(roots);
    for class in roots.flat_map(|root| root.map_under("user_classes")) {
        if !taken.insert(class.key.text.clone()) {
            doubled.insert(class.key.text.clone());
        }
    }
    for one in listed {
        let stem = one.stem.clone();
        for class in one.classes_mut() {
            let key = &mut class.key.text;
            if doubled.contains(key) {
                let name = name_of(key, &stem);
                let numbered = (2..).map(|number| format!("{name}-{number}"));
                let mut names = std::iter::once(name.clone()).chain(numbered);
                *key = names.find(|name| !taken.contains(name)).unwrap_or(name);
                taken.insert(key.clone());
            }
        }
    }
}

/// A class's name with that of its file.
fn name_of(class: &str, stem: &str) -> String {
    let stem = stem.chars().map(|c| match c {
        '-' => '-',
        c if c.is_ascii_alphanumeric() => c,
        _ => '_',
    });
    let room = MAX_NAME.saturating_sub(class.len());
    format!("{class}-{}", stem.take(room).collect::<String>())
}

impl SubScenario {
    fn classes_mut(&mut self) -> impl Iterator<Item = &mut Entry> {
        let top = match &mut self.root.kind {
            NodeKind::Map(top) => top.as_mut_slice(),
            _ => &mut [],
        };
        let classes = top
            .iter_mut()
            .find(|entry| entry.key.text == "user_classes");
        let classes = classes.and_then(|classes| match &mut classes.value.kind {
            NodeKind::Map(classes) => Some(classes),
            _ => None,
        });
        classes.into_iter().flatten()
    }
}
