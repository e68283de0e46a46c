//! YAML to a tree of nodes with places. Every table here is bounded: the size
//! of the text, its depth, and how many nodes aliases make of it.

use std::collections::HashMap;

use granit_parser::{Event, Options, Parser, ScalarStyle, ScanError, StrInput};

use crate::scenario::yaml::diagnostic::Problems;
use crate::scenario::yaml::node::{Entry, Node, NodeKind, Scalar, Style};
use crate::scenario::yaml::source::Span;
use crate::scenario::yaml::source_map::SourceMap;

/// The most text of a scenario, in bytes; all its files together.
pub(crate) const MAX_BYTES: usize = 1 << 20;
/// The deepest nesting.
const MAX_DEPTH: usize = 64;
/// The most nodes, those that aliases repeat included.
const MAX_NODES: usize = 200_000;

/// Reads the one document of a stretch of the text. `nodes` are counted over
/// all texts of a scenario. Nothing is returned where the text is not YAML, or
/// breaks a limit; the problems say why.
pub(crate) fn parse(
    texts: &SourceMap,
    stretch: Span,
    nodes: &mut usize,
    problems: &mut Problems<'_>,
) -> Option<Node> {
    if texts.text.len() > MAX_BYTES {
        let what = if stretch.start == 0 {
            "the file is"
        } else {
            "the scenario's files together are"
        };
        let message = format!("{what} larger than 1 MiB, the limit for a scenario");
        let start = Span::new(stretch.start, stretch.start);
        problems.report(start, message);
        return None;
    }
    let mut options = Options::default();
    options.set_emit_comments(false);
    options.flow_nesting_limit = MAX_DEPTH;
    options.block_nesting_limit = MAX_DEPTH;
    let text = texts.text.get(stretch.start..stretch.end).unwrap_or("");
    let mut tree = Tree {
        parser: Parser::new_from_str_with_options(text, options),
        texts,
        start: stretch.start,
        problems,
        anchors: HashMap::new(),
        nodes,
        depth: 0,
    };
    tree.document().ok().flatten()
}

struct Tree<'s, 'p, 'q> {
    parser: Parser<'s, StrInput<'s>>,
    texts: &'s SourceMap,
    /// Where the text begins; all spans count from the first file's start.
    start: usize,
    problems: &'p mut Problems<'q>,
    anchors: HashMap<usize, Node>,
    nodes: &'p mut usize,
    depth: usize,
}

/// The text cannot be read on; the problem is reported.
struct Broken;

type Read<T> = Result<T, Broken>;

impl<'s> Tree<'s, '_, '_> {
    fn document(&mut self) -> Read<Option<Node>> {
        let mut root = None;
        while let Some((event, span)) = self.next()? {
            match event {
                Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => {}
                Event::StreamEnd => break,
                _ if root.is_some() => {
                    let message = "a scenario file holds one document; a second one starts here";
                    self.problems.report(span, message);
                    return Err(Broken);
                }
                event => root = Some(self.node(event, span)?),
            }
        }
        if root.is_none() {
            self.problems.report_with(
                Span::new(self.start, self.start),
                "the file is empty",
                "a scenario needs at least `user_classes`; see docs/scenarios.md",
            );
        }
        Ok(root)
    }

    fn next(&mut self) -> Read<Option<(Event<'s>, Span)>> {
        match self.parser.next_event() {
            None => Ok(None),
            Some(Ok((event, span))) => {
                let range = span.byte_range().unwrap_or(0..0);
                Ok(Some((event, Span::from(range).shifted(self.start))))
            }
            Some(Err(error)) => Err(self.syntax(&error)),
        }
    }

    /// The next event within a node; the parser ends a document only after it.
    fn inner(&mut self) -> Read<(Event<'s>, Span)> {
        self.next()?.ok_or(Broken)
    }

    fn syntax(&mut self, error: &ScanError) -> Broken {
        let at = error.marker().byte_offset().unwrap_or(0) + self.start;
        let at = self.texts.floor(at);
        let line_start = self.texts.text[..at].rfind('\n').map_or(0, |at| at + 1);
        let line = self.texts.text[line_start..].lines().next().unwrap_or("");
        let help = if line.contains("{{") {
            Some("text with `{{ }}` has to stand in quotes here: \"{{ x }}\"".to_owned())
        } else if line.trim_start_matches(' ').starts_with('\t') {
            Some("YAML is indented with spaces, not with tabs".to_owned())
        } else {
            None
        };
        let message = format!("this is not YAML: {}", error.info());
        self.problems.report_maybe(Span::new(at, at), message, help);
        Broken
    }

    fn node(&mut self, event: Event<'s>, span: Span) -> Read<Node> {
        self.count(1, span)?;
        let (kind, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_tag(tag.is_some(), span);
                let scalar = self.scalar(&text, style, span);
                (NodeKind::Scalar(scalar), anchor)
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.refuse_tag(tag.is_some(), span);
                (self.list(span)?, anchor)
            }
            Event::MappingStart(_, anchor, tag) => {
                self.refuse_tag(tag.is_some(), span);
                (self.map(span)?, anchor)
            }
            Event::Alias(anchor) => return self.alias(anchor, span),
            _ => {
                self.problems.report(span, "this is not YAML");
                return Err(Broken);
            }
        };
        let node = Node { span, kind };
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Read<Node> {
        let Some(node) = self.anchors.get(&anchor).cloned() else {
            self.problems.report(span, "this alias names itself");
            return Err(Broken);
        };
        self.count(size(&node), span)?;
        self.check_depth(self.depth + depth(&node), span)?;
        Ok(node)
    }

    fn list(&mut self, span: Span) -> Read<NodeKind> {
        self.enter(span)?;
        let mut items = Vec::new();
        loop {
            match self.inner()? {
                (Event::SequenceEnd, _) => break,
                (event, span) => items.push(self.node(event, span)?),
            }
        }
        self.depth -= 1;
        Ok(NodeKind::List(items))
    }

    fn map(&mut self, span: Span) -> Read<NodeKind> {
        self.enter(span)?;
        let mut entries: Vec<Entry> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        loop {
            let (event, span) = self.inner()?;
            if matches!(event, Event::MappingEnd) {
                break;
            }
            let key = self.node(event, span)?;
            let (event, value_span) = self.inner()?;
            let value = self.node(event, value_span)?;
            let NodeKind::Scalar(key) = key.kind else {
                self.odd_key(key.span);
                continue;
            };
            if let Some(first) = places.get(&key.text) {
                let line = self.texts.line(*first);
                let message = format!("`{}` is already given in line {line}", key.text);
                let help = Some("give it once; the values do not add up".to_owned());
                self.problems.report_maybe(key.span, message, help);
                continue;
            }
            places.insert(key.text.clone(), key.span.start);
            entries.push(Entry { key, value });
        }
        self.depth -= 1;
        Ok(NodeKind::Map(entries))
    }

    fn odd_key(&mut self, span: Span) {
        let before = self.texts.floor(span.start.saturating_sub(1));
        let is_hole = self.texts.text[before..].starts_with("{{");
        if is_hole {
            let help = "write \"{{ x }}\"; without quotes YAML takes the braces for a map";
            self.problems.report_with(
                Span::new(before, span.end.max(before + 2)),
                "a template has to stand in quotes",
                help,
            );
        } else {
            self.problems.report(span, "a key has to be a plain word");
        }
    }

    fn refuse_tag(&mut self, has_tag: bool, span: Span) {
        if has_tag {
            self.problems
                .report(span, "tags (`!name`) have no meaning in a scenario");
        }
    }

    fn enter(&mut self, span: Span) -> Read<()> {
        self.depth += 1;
        self.check_depth(self.depth, span)
    }

    /// What reads the tree recurses; aliases must not make it deeper than that.
    fn check_depth(&mut self, depth: usize, span: Span) -> Read<()> {
        if depth > MAX_DEPTH {
            let message = format!("nested deeper than {MAX_DEPTH} levels, the limit");
            self.problems.report(span, message);
            return Err(Broken);
        }
        Ok(())
    }

    fn count(&mut self, nodes: usize, span: Span) -> Read<()> {
        *self.nodes = self.nodes.saturating_add(nodes);
        if *self.nodes > MAX_NODES {
            let message = format!("more than {MAX_NODES} values, aliases included: the limit");
            self.problems.report(span, message);
            return Err(Broken);
        }
        Ok(())
    }

    fn scalar(&self, text: &str, style: ScalarStyle, span: Span) -> Scalar {
        let quote = usize::from(matches!(
            style,
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted
        ));
        let start = span.start + quote;
        let verbatim = self.texts.text.get(start..start + text.len()) == Some(text);
        Scalar {
            text: text.to_owned(),
            style: match style {
                ScalarStyle::Plain => Style::Plain,
                _ => Style::Quoted,
            },
            span,
            verbatim_at: verbatim.then_some(start),
        }
    }
}

/// How many nodes a node is.
fn size(node: &Node) -> usize {
    match &node.kind {
        NodeKind::Scalar(_) => 1,
        NodeKind::List(items) => items.iter().map(size).sum::<usize>() + 1,
        NodeKind::Map(entries) => entries.iter().map(|e| size(&e.value)).sum::<usize>() + 1,
    }
}

/// How many levels a node has below its own.
fn depth(node: &Node) -> usize {
    match &node.kind {
        NodeKind::Scalar(_) => 0,
        NodeKind::List(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        NodeKind::Map(entries) => 1 + entries.iter().map(|e| depth(&e.value)).max().unwrap_or(0),
    }
}
