//! Values of the environment where nothing else can stand: in the host, the
//! load, the files of data. They are known before the file is read further.

use crate::program::Encoding;
use crate::scenario::node::{Entry, Node, NodeKind, Scalar, Style};
use crate::scenario::reader::Reader;
use crate::scenario::template::Part;

/// Parts of a file in which `{{ env.NAME }}` is filled in at once.
const TOP: [&str; 8] = [
    "name",
    "description",
    "host",
    "load",
    "http",
    "criteria",
    "timeline",
    "data",
];
/// The same of a user class.
const OF_CLASS: [&str; 7] = [
    "weight",
    "count",
    "load",
    "http",
    "wait",
    "order",
    "iterations",
];
/// The same of a task.
const OF_TASK: [&str; 2] = ["weight", "tags"];

impl Reader<'_> {
    /// Fills in the environment in a whole file. What is not set is a mistake,
    /// and the value is left out, so that it is told once.
    pub(in crate::scenario) fn fill_in_environment(&mut self, root: &mut Node) {
        self.fill_in_parts(root, &TOP);
        for class in entries_under(root, "user_classes") {
            self.fill_in_parts(&mut class.value, &OF_CLASS);
            for task in entries_under(&mut class.value, "tasks") {
                self.fill_in_parts(&mut task.value, &OF_TASK);
            }
        }
    }

    fn fill_in_parts(&mut self, node: &mut Node, keys: &[&str]) {
        let NodeKind::Map(entries) = &mut node.kind else {
            return;
        };
        entries.retain_mut(|entry| {
            let key = entry.key.text.as_str();
            // Rows and names are texts whatever they look like.
            let style = match key {
                "data" | "name" | "description" => Style::Quoted,
                _ => Style::Plain,
            };
            !keys.contains(&key) || self.fill_in(&mut entry.value, style)
        });
    }

    /// Fills in a value and all below it; whether it can stay.
    fn fill_in(&mut self, node: &mut Node, style: Style) -> bool {
        match &mut node.kind {
            NodeKind::Scalar(scalar) => self.fill_in_scalar(scalar, style),
            NodeKind::List(items) => {
                items.retain_mut(|item| self.fill_in(item, style));
                true
            }
            NodeKind::Map(entries) => {
                entries.retain_mut(|entry| self.fill_in(&mut entry.value, style));
                true
            }
        }
    }

    fn fill_in_scalar(&mut self, scalar: &mut Scalar, style: Style) -> bool {
        if !scalar.text.contains("{{") {
            return true;
        }
        let original = scalar.clone();
        let Some(parts) = self.parts(&original) else {
            return false;
        };
        let mut text = String::new();
        for part in parts {
            match part {
                Part::Literal { text: literal, .. } => text.push_str(literal),
                Part::Hole { source, start } => {
                    // Others are refused where they stand, with words for the place.
                    if !source.trim_start().starts_with("env") {
                        return true;
                    }
                    let Some(hole) = self.hole(&original, source, start, Encoding::Raw) else {
                        return false;
                    };
                    match hole.constant().map(String::from_utf8) {
                        Some(Ok(known)) => text.push_str(&known),
                        _ => return true,
                    }
                }
            }
        }
        *scalar = Scalar {
            text,
            style,
            span: original.span,
            verbatim_at: None,
        };
        true
    }
}

/// The entries of the map under a key; none where there is no such map.
fn entries_under<'n>(node: &'n mut Node, key: &str) -> &'n mut [Entry] {
    let NodeKind::Map(entries) = &mut node.kind else {
        return &mut [];
    };
    let found = entries.iter_mut().find(|entry| entry.key.text == key);
    match found.map(|entry| &mut entry.value.kind) {
        Some(NodeKind::Map(entries)) => entries,
        _ => &mut [],
    }
}
