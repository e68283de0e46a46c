//! What a page says, to be compared as a whole.

use scraper::{Html, Node};

/// Attributes that are read by or to people.
const SPOKEN: [&str; 5] = ["title", "aria-label", "placeholder", "alt", "data-tip"];
/// Elements of which nobody reads the text.
const UNREAD: [&str; 2] = ["script", "style"];

/// Every text of a page in its order, one a line; attributes with their name.
pub(crate) fn page_text(html: &str) -> String {
    let document = Html::parse_document(html);
    let nodes = document.tree.nodes();
    let lines = nodes.flat_map(|node| match node.value() {
        Node::Text(text) => {
            let parent = node.parent();
            let parent = parent
                .as_ref()
                .and_then(|parent| parent.value().as_element());
            let is_read = parent.is_none_or(|parent| !UNREAD.contains(&parent.name()));
            let words: Vec<_> = text.split_whitespace().collect();
            let line = (is_read && !words.is_empty()).then(|| words.join(" "));
            line.into_iter().collect()
        }
        Node::Element(element) => {
            let spoken = element.attrs();
            let spoken = spoken.filter(|(name, value)| SPOKEN.contains(name) && !value.is_empty());
            spoken
                .map(|(name, value)| format!("[{name}] {value}"))
                .collect()
        }
        _ => Vec::new(),
    });
    lines.map(|line| line + "\n").collect()
}
