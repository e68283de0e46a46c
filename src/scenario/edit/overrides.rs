//! `--set path=value`: values that replace those of a file, before it is read.

use crate::scenario::file::include::empty;
use crate::scenario::yaml::diagnostic::{FoundMistakes, Problems};
use crate::scenario::yaml::node::{Entry, Node, NodeKind, Scalar, Style, shorten};
use crate::scenario::yaml::parser;
use crate::scenario::yaml::source::{Source, Span};
use crate::scenario::yaml::source_map::{Origin, SourceMap};
use crate::scenario::yaml::suggest::did_you_mean_or_list;

/// A value for a place in a scenario: `load.users=50`,
/// `user_classes.Shopper.tasks.buy.steps.0.name=Order`. A part of the path
/// that has dots in it stands in quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    text: String,
    path: Vec<Segment>,
    /// Where the value begins in the text.
    value_at: usize,
}

/// A part of the path, and where it stands in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Segment {
    name: String,
    span: Span,
}

/// Why a text is no override.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a path and a value, like load.users=50 or user_classes.Shopper.weight=2")]
pub struct OverrideError;

impl std::str::FromStr for Override {
    type Err = OverrideError;

    fn from_str(text: &str) -> Result<Self, OverrideError> {
        let mut path = Vec::new();
        let mut at = 0;
        loop {
            let rest = &text[at..];
            let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
            let (start, end, next) = if let Some(quote) = quote {
                let end = rest[1..].find(quote).ok_or(OverrideError)? + 1;
                (1, end, end + 1)
            } else {
                let end = rest.find(['.', '=']).ok_or(OverrideError)?;
                (0, end, end)
            };
            let name = rest[start..end].trim();
            if name.is_empty() {
                return Err(OverrideError);
            }
            path.push(Segment {
                name: name.to_owned(),
                span: Span::new(at + start, at + end),
            });
            at += next;
            match text.as_bytes().get(at) {
                Some(b'.') => at += 1,
                Some(b'=') => break,
                _ => return Err(OverrideError),
            }
        }
        Ok(Self {
            text: text.to_owned(),
            path,
            value_at: at + 1,
        })
    }
}

impl Override {
    /// Whether it says which files are listed, or how.
    pub(crate) fn is_of_list(&self) -> bool {
        self.path
            .first()
            .is_some_and(|first| first.name == "scenarios")
    }

    /// Which tree it is about, given the user classes of each.
    fn root_of(&self, classes: &[Vec<String>]) -> usize {
        let [top, class, ..] = self.path.as_slice() else {
            return 0;
        };
        if top.name != "user_classes" {
            return 0;
        }
        let named = classes.iter().position(|names| names.contains(&class.name));
        let any = || classes.iter().position(|names| !names.is_empty());
        named.or_else(any).unwrap_or(0)
    }
}

/// The user classes of a tree.
fn class_names(root: &Node) -> Vec<String> {
    let classes = root.map_under("user_classes").iter();
    classes.map(|class| class.key.text.clone()).collect()
}

/// Sets one value in one of the trees; what stands in the way is reported where
/// it stands on the command line. The text becomes one of the files, so that
/// whatever is found wrong with the value later is shown there, too. User
/// classes are found in every tree, everything else in the first.
pub(crate) fn apply(
    one: &Override,
    roots: &mut [&mut Node],
    texts: &mut SourceMap,
    nodes: &mut usize,
) -> FoundMistakes {
    let start = texts.add(Source::new("--set", one.text.as_str()), Origin::Override);
    let mut problems = Problems::new(texts);
    let stretch = Span::new(start + one.value_at, start + one.text.len());
    let value = match &one.text[one.value_at..] {
        text if text.trim().is_empty() => Some(scalar("", Style::Plain, stretch)),
        // YAML takes the braces for a map, which is not meant.
        text if text.trim_start().starts_with("{{") => Some(scalar(text, Style::Quoted, stretch)),
        _ => parser::parse(texts, stretch, nodes, &mut problems),
    };
    if let Some(value) = value {
        let classes: Vec<_> = roots.iter().map(|root| class_names(root)).collect();
        let at = one.root_of(&classes);
        let setter = Setter {
            path: &one.path,
            start,
            classes: &classes.concat(),
        };
        let set = roots.get_mut(at).map(|root| setter.set(root, 0, value));
        if let Some(Err((at, message, help))) = set {
            problems.report_maybe(at, message, help);
        }
    }
    problems.into_found()
}

fn scalar(text: &str, style: Style, span: Span) -> Node {
    let scalar = Scalar {
        text: text.to_owned(),
        style,
        span,
        verbatim_at: Some(span.start),
    };
    Node {
        span,
        kind: NodeKind::Scalar(scalar),
    }
}

/// An obstacle: where, what, and the cure.
type Obstacle = (Span, String, Option<String>);

struct Setter<'o> {
    path: &'o [Segment],
    start: usize,
    /// The user classes of all trees.
    classes: &'o [String],
}

impl Setter<'_> {
    /// Sets the value below `node`, which the first `depth` parts lead to.
    fn set(&self, node: &mut Node, depth: usize, value: Node) -> Result<(), Obstacle> {
        let segment = &self.path[depth];
        let span = segment.span.shifted(self.start);
        let is_last = depth + 1 == self.path.len();
        let index = segment.name.parse::<usize>().ok();
        if self.is_task(depth) && index.is_none() && matches!(node.kind, NodeKind::List(_)) {
            // The short form of a task; it gets room for more than steps.
            let steps = std::mem::replace(node, empty("task", node.span).value);
            if let NodeKind::Map(entries) = &mut node.kind {
                let key = empty("steps", steps.span).key;
                entries.push(Entry { key, value: steps });
            }
        }
        let what = self.shown(depth);
        match &mut node.kind {
            NodeKind::Map(entries) => {
                let found = entries
                    .iter()
                    .position(|entry| entry.key.text == segment.name);
                let at = match found {
                    Some(at) => at,
                    None if self.names_things(depth)
                        || (depth == 0 && segment.name == "include") =>
                    {
                        return Err(self.unknown(depth, span, entries));
                    }
                    None => {
                        entries.push(empty(&segment.name, span));
                        entries.len() - 1
                    }
                };
                let entry = &mut entries[at];
                if is_last {
                    entry.key.span = span;
                    entry.key.verbatim_at = None;
                    entry.value = value;
                    return Ok(());
                }
                if entry.value.is_null() {
                    entry.value = empty("", span).value;
                }
                self.set(&mut entry.value, depth + 1, value)
            }
            NodeKind::List(items) => {
                let count = items.len();
                let Some(item) = index.and_then(|index| items.get_mut(index)) else {
                    let message = format!(
                        "{what} has {count} entries; there is no entry `{}`",
                        shorten(&segment.name)
                    );
                    let help = (count > 0).then(|| format!("use a number from 0 to {}", count - 1));
                    return Err((span, message, help));
                };
                if is_last {
                    *item = value;
                    return Ok(());
                }
                self.set(item, depth + 1, value)
            }
            NodeKind::Scalar(_) => {
                let message = format!("{what} is {} and has no keys", node.describe());
                Err((span, message, None))
            }
        }
    }

    fn unknown(&self, depth: usize, span: Span, entries: &[Entry]) -> Obstacle {
        let name = &self.path[depth].name;
        if depth == 0 {
            let message = "`include` cannot be overridden".to_owned();
            return (span, message, None);
        }
        let of_others = self.classes.iter().map(String::as_str);
        let of_others = of_others.filter(|_| depth == 1 && self.name(0) == "user_classes");
        let mut names: Vec<_> = entries
            .iter()
            .map(|entry| entry.key.text.as_str())
            .collect();
        names.extend(of_others.filter(|other| !entries.iter().any(|one| one.key.text == **other)));
        let message = format!("{} has no `{}`", self.shown(depth), shorten(name));
        (span, message, Some(did_you_mean_or_list(name, &names)))
    }

    /// What the first parts lead to, for a message.
    fn shown(&self, depth: usize) -> String {
        let names: Vec<_> = self.path[..depth]
            .iter()
            .map(|one| one.name.as_str())
            .collect();
        if names.is_empty() {
            "the scenario".to_owned()
        } else {
            format!("`{}`", names.join("."))
        }
    }

    fn name(&self, depth: usize) -> &str {
        self.path.get(depth).map_or("", |segment| &segment.name)
    }

    /// Whether the keys at this depth are names that a file gives: one more of
    /// them would be a slip of the pen.
    fn names_things(&self, depth: usize) -> bool {
        match depth {
            1 => matches!(self.name(0), "user_classes" | "blocks" | "data"),
            3 => self.name(0) == "user_classes" && self.name(2) == "tasks",
            _ => false,
        }
    }

    /// Whether this depth is below a task.
    fn is_task(&self, depth: usize) -> bool {
        depth == 4 && self.names_things(3)
    }
}
