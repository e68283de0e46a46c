//! The files of a scenario, before anything is read in them. `include:` names
//! others whose parts are taken in.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::scenario::Environment;
use crate::scenario::edit::overrides;
use crate::scenario::edit::overrides::Override;
use crate::scenario::file::sub_scenario::SubScenario;
use crate::scenario::lower::reader::Reader;
use crate::scenario::lower::selection::Selection;
use crate::scenario::schema::limits::MAX_FILES;
use crate::scenario::schema::{Kind, MANY};
use crate::scenario::yaml::diagnostic::{FoundMistakes, Problems};
use crate::scenario::yaml::node::{Entry, Node, NodeKind, Scalar, Style, shorten};
use crate::scenario::yaml::source::{Source, Span};
use crate::scenario::yaml::source_map::{Origin, SourceMap};
use crate::scenario::yaml::suggest::did_you_mean;
use crate::scenario::yaml::{fields, parser};

/// Keys that are taken in from an included file.
const TAKEN: [&str; 4] = ["user_classes", "blocks", "data", "variables"];
/// Keys that an included file may have beside these: it may be run by itself as well.
const LEFT: [&str; 7] = [
    "include",
    "name",
    "description",
    "host",
    "load",
    "criteria",
    "timeline",
];

/// A scenario with everything that it takes in.
#[derive(Debug)]
pub(crate) struct Gathered {
    pub(crate) texts: SourceMap,
    /// The tree of the scenario's own file and all that it includes; nothing
    /// where a file cannot be read.
    pub(crate) root: Option<Node>,
    /// The files that it lists, each with all that it includes.
    pub(crate) listed: Vec<SubScenario>,
    pub(crate) found: FoundMistakes,
    /// The files beside the scenario's own that were read, or should have been.
    pub(crate) paths: Vec<PathBuf>,
}

/// Reads a scenario's text and those of the files that it includes and lists,
/// and sets `overrides` in them. Blocks while it reads.
pub(crate) fn gather(
    source: &Source,
    overrides: &[Override],
    environment: &Environment,
) -> Gathered {
    let mut gatherer = Gatherer {
        environment: environment.clone(),
        ..Gatherer::default()
    };
    let own = source.folder().map(|folder| folder.join(file_name(source)));
    let own = own.and_then(|path| path.canonicalize().ok());
    gatherer.trail.push(Step {
        path: own.clone().unwrap_or_default(),
        file: source.file.clone(),
    });
    gatherer.seen.extend(own);
    let mut listed = Vec::new();
    let mut root = gatherer.parse(source.clone(), Origin::Own);
    // Which files are listed is set before they are read, the rest after.
    let (of_list, others): (Vec<_>, Vec<_>) = overrides.iter().partition(|one| one.is_of_list());
    if let Some(root) = &mut root {
        gatherer.take_in(root);
        gatherer.set(&of_list, &mut [root]);
        listed = gatherer.list(root);
    }
    if gatherer.is_torn {
        root = None;
    }
    if let Some(root) = &mut root {
        let roots = listed.iter_mut().map(|one| &mut one.root);
        let mut roots: Vec<_> = std::iter::once(root).chain(roots).collect();
        gatherer.set(&others, &mut roots);
    }
    Gathered {
        texts: gatherer.texts,
        root,
        listed,
        found: gatherer.found,
        paths: gatherer.paths,
    }
}

fn file_name(source: &Source) -> &Path {
    let path = Path::new(&source.file);
    path.file_name().map_or(path, Path::new)
}

/// The files so far.
#[derive(Debug, Default)]
pub(super) struct Gatherer {
    pub(crate) texts: SourceMap,
    environment: Environment,
    found: FoundMistakes,
    nodes: usize,
    paths: Vec<PathBuf>,
    /// The files that were read, by their one true path.
    sources: HashMap<PathBuf, Source>,
    /// Those of the tree that is being gathered: each is taken in once.
    pub(crate) seen: Vec<PathBuf>,
    /// From the scenario's own file to the one that is being read.
    pub(super) trail: Vec<Step>,
    /// The definitions of included files, by their key at the top.
    taken: Vec<(&'static str, Entry)>,
    /// A file is missing or no YAML: whatever else is said would be wrong.
    pub(super) is_torn: bool,
}

/// A file on the way to another.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) path: PathBuf,
    file: String,
}

impl Gatherer {
    fn parse(&mut self, source: Source, origin: Origin) -> Option<Node> {
        let start = self.texts.add(source, origin);
        let stretch = Span::new(start, self.texts.text.len());
        let mut problems = Problems::new(&self.texts);
        let root = parser::parse(&self.texts, stretch, &mut self.nodes, &mut problems);
        self.found.extend(problems.into_found());
        self.is_torn |= root.is_none();
        root
    }

    /// Sets values in the trees; the first is that of the scenario's own file.
    fn set(&mut self, overrides: &[&Override], roots: &mut [&mut Node]) {
        for one in overrides {
            let found = overrides::apply(one, roots, &mut self.texts, &mut self.nodes);
            self.found.extend(found);
        }
    }

    /// Takes what the files in `include` define into the tree.
    pub(crate) fn take_in(&mut self, root: &mut Node) {
        let NodeKind::Map(entries) = &mut root.kind else {
            return;
        };
        let Some(at) = entries.iter().position(|entry| entry.key.text == "include") else {
            return;
        };
        let mut include = entries.remove(at);
        self.include(&mut include.value);
        for key in TAKEN {
            let (mine, others) = std::mem::take(&mut self.taken)
                .into_iter()
                .partition(|(of, _)| *of == key);
            self.taken = others;
            let mine: Vec<(&str, Entry)> = mine;
            let mine = mine.into_iter().map(|(_, entry)| entry);
            self.add(entries, key, include.key.span, mine.collect());
        }
    }

    /// Adds what another file defines to the map under a key of the top.
    pub(crate) fn add(&mut self, top: &mut Vec<Entry>, key: &str, span: Span, defined: Vec<Entry>) {
        if defined.is_empty() {
            return;
        }
        let at = top.iter().position(|entry| entry.key.text == key);
        let at = at.unwrap_or_else(|| {
            top.push(empty(key, span));
            top.len() - 1
        });
        if let NodeKind::Map(own) = &mut top[at].value.kind {
            // Two files may include the same.
            let is_new = |one: &Entry| !own.iter().any(|other| self.is_same(one, other));
            let defined: Vec<_> = defined.into_iter().filter(is_new).collect();
            own.extend(defined);
            let own = &*own;
            self.report(|problems| refuse_doubles(key, own, problems));
        }
    }

    /// Whether two entries are one, of a file that was taken in twice.
    fn is_same(&self, one: &Entry, other: &Entry) -> bool {
        let place = |entry: &Entry| {
            let part = self.texts.part(entry.key.span.start)?;
            Some((part.source.file.as_str(), entry.key.span.start - part.start))
        };
        one.key.text == other.key.text && place(one) == place(other)
    }

    /// `include:` is a path, or a list of paths.
    fn include(&mut self, node: &mut Node) {
        if !self.fill_in(node, &Kind::List(&Kind::Known, 0, MANY)) {
            return;
        }
        let one = std::slice::from_ref(node);
        let paths = match &node.kind {
            NodeKind::List(items) => items.as_slice(),
            NodeKind::Scalar(_) => one,
            NodeKind::Map(_) => {
                let expected = "`include` must be a path or a list of paths";
                self.report(|problems| fields::wrong_type(node, expected, problems));
                return;
            }
        };
        for node in paths {
            let mut problems = Problems::new(&self.texts);
            let path = fields::plain_text(node, "`include`", &mut problems);
            self.found.extend(problems.into_found());
            let included = path.map(|path| self.include_one(path, node.span));
            if let Some(Err(message)) = &included {
                self.report(|problems| problems.report(node.span, message));
            }
            self.is_torn |= !matches!(included, Some(Ok(())));
        }
    }

    /// Takes one file in, if it was not taken in before; else says why not.
    fn include_one(&mut self, text: &str, span: Span) -> Result<(), String> {
        if let Some((step, root)) = self.open(text, span, "include")? {
            self.trail.push(step);
            self.keep(root);
            self.trail.pop();
        }
        Ok(())
    }

    /// Reads a file that is named at a place, if it was not read before for
    /// this tree.
    pub(crate) fn open(
        &mut self,
        text: &str,
        span: Span,
        verb: &str,
    ) -> Result<Option<(Step, Node)>, String> {
        let path = self
            .texts
            .resolve(span, text)
            .ok_or_else(|| format!("built-in scenarios cannot {verb} other files"))?;
        self.paths.push(path.clone());
        let real = path.canonicalize().unwrap_or_else(|_| path.clone());
        if let Some(at) = self.trail.iter().position(|step| step.path == real) {
            let way = self.trail[at..].iter().map(|step| step.file.as_str());
            let way: Vec<_> = way.chain([self.trail[at].file.as_str()]).collect();
            let message = format!("a file cannot {verb} itself: {}", way.join(" -> "));
            return Err(message);
        }
        if self.seen.contains(&real) {
            return Ok(None);
        }
        self.seen.push(real.clone());
        let source = match self.sources.get(&real) {
            Some(source) => source.clone(),
            None if self.sources.len() >= MAX_FILES => {
                return Err(format!(
                    "more than {MAX_FILES} included files and listed scenarios, the limit"
                ));
            }
            None => {
                let source = Source::read_named(&path).map_err(|error| error.to_string())?;
                self.sources.insert(real.clone(), source.clone());
                source
            }
        };
        let file = source.file.clone();
        let step = Step { path: real, file };
        let root = self.parse(source, Origin::Included);
        Ok(root.map(|root| (step, root)))
    }

    /// Keeps what an included file defines, and follows what it includes.
    fn keep(&mut self, root: Node) {
        let NodeKind::Map(entries) = root.kind else {
            self.report(|problems| {
                fields::wrong_type(&root, "an included file must be a map", problems);
            });
            return;
        };
        for mut entry in entries {
            let key = entry.key.text.as_str();
            if key == "include" {
                self.include(&mut entry.value);
            } else if let Some(key) = TAKEN.iter().find(|taken| **taken == key) {
                let what = format!("`{key}`");
                self.report(|problems| {
                    let _ = fields::entries(&entry.value, &what, problems);
                });
                if let NodeKind::Map(defined) = entry.value.kind {
                    self.taken
                        .extend(defined.into_iter().map(|one| (*key, one)));
                }
            } else if !LEFT.contains(&key) {
                self.report(|problems| not_taken(&entry.key, problems));
            }
        }
    }

    /// Fills in the environment in the names of files; whether all of it is set.
    /// A secret is no part of a name.
    pub(crate) fn fill_in(&mut self, node: &mut Node, kind: &Kind) -> bool {
        let selection = Selection::default();
        let mut reader = Reader::new(&self.texts, &self.environment, &selection);
        let mut filled = node.clone();
        let is_known = reader.fill_in(&mut filled, kind);
        if reader.mentions.secret_count.get() == 0 {
            *node = filled;
        }
        self.found.extend(reader.problems.into_found());
        self.is_torn |= !is_known;
        is_known
    }

    pub(crate) fn report(&mut self, say: impl FnOnce(&mut Problems<'_>)) {
        let mut problems = Problems::new(&self.texts);
        say(&mut problems);
        self.found.extend(problems.into_found());
    }
}

fn not_taken(key: &Scalar, problems: &mut Problems<'_>) {
    let help = did_you_mean(&key.text, TAKEN.into_iter().chain(LEFT)).unwrap_or_else(|| {
        format!(
            "only {} are allowed; move it to the including file or to a user class",
            TAKEN.map(|key| format!("`{key}`")).join(", ")
        )
    });
    let message = format!(
        "`{}` is not allowed in an included file",
        shorten(&key.text)
    );
    problems.report_with(key.span, message, help);
}

/// Names that two files define.
fn refuse_doubles(key: &str, entries: &[Entry], problems: &mut Problems<'_>) {
    let mut places: HashMap<&str, Span> = HashMap::new();
    for entry in entries {
        let name = entry.key.text.as_str();
        if let Some(first) = places.get(name) {
            let first = problems.source.name_place(first.start);
            let message = format!("`{key}.{}` is already defined at {first}", shorten(name));
            let help = "names are shared by all files of a scenario; rename one of the two";
            problems.report_with(entry.key.span, message, help);
        } else {
            places.insert(name, entry.key.span);
        }
    }
}

/// An empty map under a key that no file writes there.
pub(crate) fn empty(key: &str, span: Span) -> Entry {
    Entry {
        key: Scalar {
            text: key.to_owned(),
            style: Style::Plain,
            span,
            verbatim_at: None,
        },
        value: Node {
            span,
            kind: NodeKind::Map(Vec::new()),
        },
    }
}
