//! A line of the table.

use super::script::{self, Answer};

/// The variable that picks cases by a part of their name.
pub(super) const ONLY: &str = "WIRE_CASE";
/// Where paths go.
pub(super) const HOST: &str = "here.test";

const METHODS: [&str; 8] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE",
];

/// One case.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) name: String,
    /// File and line.
    pub(super) place: String,
    pub(super) asks: Vec<Ask>,
    pub(super) answers: Vec<Answer>,
    /// What Swarmdeck makes of it, as [`super::Observation`] writes it.
    pub(super) expected: String,
    pub(super) curl: SecondOpinion,
}

/// A request that the client is told to make.
#[derive(Debug)]
pub(super) struct Ask {
    pub(super) method: String,
    /// A path or an address.
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Option<String>,
    /// Whether the text of the body is looked at as well.
    pub(super) wants_text: bool,
}

/// What is said of curl.
#[derive(Debug)]
pub(super) enum SecondOpinion {
    Same,
    /// Why it does something else.
    Differs(String),
}

impl Case {
    pub(super) fn agrees(&self) -> bool {
        matches!(self.curl, SecondOpinion::Same)
    }
}

impl Ask {
    /// The address of the request.
    pub(super) fn url(&self) -> String {
        if self.target.contains("://") {
            self.target.clone()
        } else {
            format!("http://{HOST}{}", self.target)
        }
    }

    /// The host in it, without user and port.
    pub(super) fn host(&self) -> String {
        let url = self.url();
        let rest = url.split_once("://").map_or("", |(_, rest)| rest);
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        host.to_owned()
    }
}

/// The cases of a file.
pub(super) fn parse(file: &str, text: &str) -> Vec<Case> {
    let lines = text.lines().enumerate();
    let lines = lines.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    lines
        .map(|(index, line)| one(&format!("{file}:{}", index + 1), line))
        .collect()
}

fn one(place: &str, line: &str) -> Case {
    let columns: Vec<_> = line.split(" | ").map(str::trim).collect();
    let [name, asks, answers, expected, curl] = columns[..] else {
        panic!("{place}: {} columns, not 5", columns.len());
    };
    let curl = match curl.split_once("differs:") {
        None if curl == "=" => SecondOpinion::Same,
        Some(("", why)) => {
            assert!(why.contains("RFC "), "{place}: by which RFC?");
            SecondOpinion::Differs(why.trim().to_owned())
        }
        _ => panic!("{place}: the last column is `=` or `differs: why, RFC`"),
    };
    Case {
        name: name.to_owned(),
        place: place.to_owned(),
        asks: asks_of(place, asks),
        answers: answers.split(" ++ ").map(script::answer).collect(),
        expected: expected
            .split(" ; ")
            .map(str::trim)
            .collect::<Vec<_>>()
            .join(" ; "),
        curl,
    }
}

fn asks_of(place: &str, text: &str) -> Vec<Ask> {
    let mut asks: Vec<Ask> = Vec::new();
    for part in text.split(" ; ").map(str::trim) {
        let (word, rest) = part.split_once(' ').unwrap_or((part, ""));
        if METHODS.contains(&word) {
            asks.push(Ask {
                method: word.to_owned(),
                target: script::text(rest),
                headers: Vec::new(),
                body: None,
                wants_text: false,
            });
            continue;
        }
        let ask = asks.last_mut();
        let ask = ask.unwrap_or_else(|| panic!("{place}: no method in {part:?}"));
        if word == "text" {
            ask.wants_text = true;
        } else if word == "=" {
            ask.body = Some(script::text(rest));
        } else if let Some(name) = word.strip_suffix(':') {
            ask.headers.push((name.to_owned(), script::text(rest)));
        } else {
            panic!("{place}: neither a request, a field, a body nor `text`: {part:?}");
        }
    }
    asks
}
