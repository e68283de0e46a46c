//! The layers, read from the sources: who may use whom, and what else has to
//! stay out. `ARCHITECTURE.md` says why.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::fs;
use std::path::{Path, PathBuf};

/// A layer, the layers it may use, and the rules that hold in it.
struct Layer {
    name: &'static str,
    uses: &'static [&'static str],
    purity: Purity,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Purity {
    /// No runtime, no clock, no sockets, no files.
    Pure,
    /// May do what its libraries do.
    Effects,
}

const fn pure(name: &'static str, uses: &'static [&'static str]) -> Layer {
    Layer {
        name,
        uses,
        purity: Purity::Pure,
    }
}

const fn layer(name: &'static str, uses: &'static [&'static str]) -> Layer {
    Layer {
        name,
        uses,
        purity: Purity::Effects,
    }
}

const LAYERS: &[Layer] = &[
    pure("model", &[]),
    pure("schedule", &["model"]),
    pure("stats", &["model"]),
    pure("program", &["model"]),
    layer("disk", &[]),
    layer("scenario", &["model", "program", "disk"]),
    layer("client", &["model"]),
    pure("verdict", &["model", "stats"]),
    layer("probes", &["model"]),
    layer(
        "engine",
        &["model", "schedule", "stats", "program", "client"],
    ),
    layer(
        "run",
        &[
            "model", "schedule", "stats", "program", "client", "verdict", "probes", "engine",
        ],
    ),
    layer("locust", &["model", "stats", "run"]),
    layer("report", &["model", "stats", "verdict", "run"]),
    layer("output", &["model", "disk", "run", "locust", "report"]),
    layer(
        "suite",
        &["model", "program", "scenario", "verdict", "run", "report"],
    ),
    layer(
        "web",
        &[
            "model", "disk", "stats", "program", "scenario", "verdict", "probes", "run", "locust",
            "report", "output", "suite",
        ],
    ),
    layer("lab", &["model"]),
    layer(
        "cli",
        &[
            "model", "disk", "schedule", "stats", "program", "scenario", "client", "verdict",
            "probes", "engine", "run", "locust", "report", "output", "suite", "web", "lab",
        ],
    ),
];

/// Paths that a pure layer does not name, beginnings included.
const IMPURE: &[&str] = &[
    "tokio",
    "std::net",
    "std::fs",
    "std::thread",
    "std::process",
    "std::time::Instant",
    "std::time::SystemTime",
];

const FILE_LINES_MAX: usize = 500;

/// One layer's opinion of one file: `path:line: what is wrong`.
fn check_file(path: &str, source: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let lines = source.lines().count();
    if lines > FILE_LINES_MAX {
        wrong.push(format!(
            "{path}:{lines}: longer than {FILE_LINES_MAX} lines"
        ));
    }
    let code = blank_comments_and_strings(source);
    let mut segments = path.split('/').skip(1);
    let folder = segments.next().unwrap_or_default();
    if segments.next().is_none() {
        // lib.rs and main.rs, which belong to no layer.
        return wrong;
    }
    let Some(layer) = LAYERS.iter().find(|layer| layer.name == folder) else {
        wrong.push(format!("{path}:1: src/{folder} is no layer of the design"));
        return wrong;
    };
    if path.ends_with("/mod.rs") {
        for (line, _) in words(&code).filter(|&(_, word)| word == "fn") {
            wrong.push(format!(
                "{path}:{line}: mod.rs holds docs and re-exports, no logic"
            ));
        }
    }
    let is_test = path.ends_with("/tests.rs") || path.ends_with("_tests.rs");
    // `super` from here on climbs out of the layer.
    let depth = path.trim_end_matches("/mod.rs").matches('/').count();
    for (line, mut used) in paths(&code) {
        let climbs = used.iter().take_while(|part| **part == "super").count();
        if climbs >= depth
            && LAYERS
                .iter()
                .any(|layer| used.get(climbs) == Some(&layer.name))
        {
            used.splice(..climbs, ["crate"]);
        }
        if let Some(error) = check_path(layer, is_test, &used) {
            wrong.push(format!("{path}:{line}: {error}"));
        }
    }
    // Several names from one group are one mistake.
    wrong.dedup();
    for (line, word) in words(&code) {
        let prints = ["println", "eprintln", "print", "eprint"].contains(&word);
        if prints && layer.name != "cli" && code_after(&code, word, line).starts_with('!') {
            wrong.push(format!("{path}:{line}: {word}! belongs to cli"));
        }
    }
    wrong
}

/// What is wrong with naming `used`, a path such as `crate::model::Wait`.
/// A file of tests may use threads to try what is pure.
fn check_path(layer: &Layer, is_test: bool, used: &[&str]) -> Option<String> {
    let name = layer.name;
    if let ["crate", other, rest @ ..] = used {
        if *other == name {
            return None;
        }
        if !layer.uses.contains(other) {
            return Some(format!("{name} may not use {other}"));
        }
        // A lower-case name in the middle is a module inside the other layer.
        if rest.len() > 1 && rest[0].starts_with(|c: char| c.is_ascii_lowercase()) {
            return Some(format!(
                "crate::{other}::{} is inside {other}: use what {other} re-exports",
                rest[0]
            ));
        }
        return None;
    }
    let joined = used.join("::");
    let names = |what: &str| joined == what || joined.starts_with(&format!("{what}::"));
    if names("swarmdeck") {
        return Some("the library speaks of itself as crate::".to_owned());
    }
    if names("std::env") && name != "cli" {
        return Some("std::env belongs to cli".to_owned());
    }
    let impure = IMPURE.iter().find(|what| names(what))?;
    (layer.purity == Purity::Pure && !(is_test && *impure == "std::thread"))
        .then(|| format!("{name} is pure and may not use {impure}"))
}

/// The text from the end of the first `word` on `line`.
fn code_after<'c>(code: &'c str, word: &str, line: usize) -> &'c str {
    let text = code.lines().nth(line - 1).unwrap_or_default();
    text.split_once(word).map_or("", |(_, after)| after)
}

/// Every word of the code, with its line.
fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    code.lines().enumerate().flat_map(|(index, line)| {
        line.split(|c: char| !c.is_alphanumeric() && c != '_')
            .filter(|word| !word.is_empty())
            .map(move |word| (index + 1, word))
    })
}

/// Every path in the code that starts with `crate`, `super`, `std`, `tokio` or
/// our own name, groups in braces spread out, with its line.
fn paths(code: &str) -> Vec<(usize, Vec<&str>)> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(start) = rest.find("::") {
        let head_start = rest[..start]
            .rfind(|c: char| !c.is_alphanumeric() && c != '_')
            .map_or(0, |at| at + 1);
        let head = &rest[head_start..start];
        // Without the check, the `crate` of `$crate::x` and `foo::std::x` would count.
        let before = &rest[..head_start];
        let rooted = !before.ends_with("::") && !before.ends_with('$');
        rest = &rest[start..];
        if rooted && ["crate", "super", "std", "tokio", "swarmdeck"].contains(&head) {
            let mut prefix = vec![head];
            rest = spread(code, rest, &mut prefix, &mut found);
        } else {
            rest = &rest[2..];
        }
    }
    found
}

/// Follows `::segment`, `::{group}` and `::*` from `rest`; gives what is left.
fn spread<'c>(
    code: &'c str,
    mut rest: &'c str,
    prefix: &mut Vec<&'c str>,
    found: &mut Vec<(usize, Vec<&'c str>)>,
) -> &'c str {
    let depth = prefix.len();
    let line = code[..code.len() - rest.len()].matches('\n').count() + 1;
    while let Some(after) = rest.strip_prefix("::") {
        let after = after.trim_start();
        if let Some(mut group) = after.strip_prefix('{') {
            loop {
                group = group.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
                if group.is_empty() {
                    break;
                }
                if let Some(end) = group.strip_prefix('}') {
                    group = end;
                    break;
                }
                let (segment, tail) = segment(group);
                if segment.is_empty() {
                    // Not a group of paths after all: give up on it.
                    break;
                }
                let own = prefix.len();
                prefix.push(segment);
                group = spread(code, tail, prefix, found);
                prefix.truncate(own);
                // `as name` renames and names nothing.
                let renamed = group.trim_start();
                if let Some(alias) = renamed.strip_prefix("as ") {
                    group = self::segment(alias.trim_start()).1;
                }
            }
            prefix.truncate(depth);
            return group;
        }
        let (segment, tail) = segment(after);
        if segment.is_empty() {
            break;
        }
        prefix.push(segment);
        rest = tail;
    }
    found.push((line, prefix.clone()));
    prefix.truncate(depth);
    rest
}

fn segment(text: &str) -> (&str, &str) {
    if text.starts_with('*') {
        return text.split_at(1);
    }
    let end = text
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    text.split_at(end)
}

/// The same text with comments and literals blanked, so that prose about
/// `crate::web` is no use of it. Lines stay where they are.
fn blank_comments_and_strings(source: &str) -> String {
    let mut blank = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        let length = literal_or_comment(rest, blank.chars().next_back());
        if length == 0 {
            blank.push(c);
            rest = &rest[c.len_utf8()..];
        } else {
            let kept = |c: char| if c == '\n' { '\n' } else { ' ' };
            blank.extend(rest[..length].chars().map(kept));
            rest = &rest[length..];
        }
    }
    blank
}

/// The length of the comment or literal that starts here; 0 when none does.
fn literal_or_comment(rest: &str, before: Option<char>) -> usize {
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return rest.find("*/").map_or(rest.len(), |end| end + 2);
    }
    let in_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    if let Some(raw) = rest.strip_prefix('r').filter(|_| !in_word) {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        if raw[hashes..].starts_with('"') {
            let close = format!("\"{}", "#".repeat(hashes));
            let open = 1 + hashes + 1;
            let end = rest[open..].find(&close);
            return end.map_or(rest.len(), |end| open + end + close.len());
        }
    }
    if rest.starts_with('"') {
        return quoted(rest, '"');
    }
    if let Some(inside) = rest.strip_prefix('\'') {
        // A character, not a lifetime: '\n', 'x'.
        let mut chars = inside.chars();
        let first = chars.next();
        if first == Some('\\') || chars.next() == Some('\'') {
            return quoted(rest, '\'');
        }
    }
    0
}

fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            into.push(path);
        }
    }
}

#[test]
fn the_sources_keep_to_the_layers() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    assert!(files.len() > 10, "only {} files found", files.len());
    files.sort();
    let mut wrong = Vec::new();
    for file in files {
        let source = fs::read_to_string(&file).unwrap();
        let relative = file.strip_prefix(root).unwrap();
        let path = relative.to_str().unwrap().replace('\\', "/");
        wrong.extend(check_file(&path, &source));
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// The complaints about one made-up file.
fn complaints(path: &str, source: &str) -> String {
    check_file(path, source).join("\n")
}

#[test]
fn every_way_of_importing_is_seen() {
    let seen = "src/client/x.rs:2: client may not use run";
    for source in [
        "\nuse crate::run::Run;",
        "\npub use crate::run::{Run, State};",
        "use crate::{model::Wait,\n run::Run};",
        "use crate::{\n run::{self, Run}, model::Wait};",
        "\nfn f() -> crate::run::Run { todo() }",
        "\nlet x = Vec::<crate::run::Run>::new();",
        "\nuse crate::run;",
        "\nuse crate::run::*;",
        "\nuse super::super::run::Run;",
    ] {
        assert_eq!(complaints("src/client/x.rs", source), seen, "{source}");
    }
    let both = complaints("src/lab/x.rs", "use crate::{run::A as B, web::C};");
    assert!(
        both.contains("use run") && both.contains("use web"),
        "{both}"
    );
}

#[test]
fn what_is_allowed_is_let_through() {
    for (path, source) in [
        (
            "src/engine/x.rs",
            "use crate::{client::{A, B as C}, model::D};",
        ),
        ("src/lab/x.rs", "use crate::lab::y::Z; use crate::model::W;"),
        ("src/client/x.rs", "// crate::run::Run\n/* crate::web::X */"),
        (
            "src/client/x.rs",
            r###"let a = "crate::run"; let b = r#"x" crate::run"#;"###,
        ),
        (
            "src/client/x.rs",
            r#"let a = ('"', '\'', "crate::run::X");"#,
        ),
        (
            "src/client/x.rs",
            "fn f<'a>(x: &'a str) -> tokio::net::TcpStream {}",
        ),
        ("src/stats/x.rs", "use std::time::Duration;"),
        ("src/stats/x/tests.rs", "use std::thread;"),
        (
            "src/web/api/x.rs",
            "use super::run::A; use super::super::engine::B;",
        ),
        ("src/engine/x.rs", "let now = crate::model::now();"),
        ("src/main.rs", "use swarmdeck::cli; fn main() {}"),
        ("src/cli/x.rs", "println!(); std::env::args();"),
    ] {
        assert_eq!(complaints(path, source), "", "{source}");
    }
}

#[test]
fn code_after_a_literal_is_still_read() {
    for literal in [
        "\"\\\"\"",
        "'\"'",
        "r#\"\"\"#",
        "b'\\''",
        "\"//\"",
        "'\\\\'",
    ] {
        let source = format!("let x = {literal}; use crate::run::Run;");
        let seen = "src/client/x.rs:1: client may not use run";
        assert_eq!(complaints("src/client/x.rs", &source), seen, "{source}");
    }
}

#[test]
fn what_has_to_stay_out_is_kept_out() {
    for (path, source, complaint) in [
        (
            "src/stats/x.rs",
            "use std::time::{Duration, Instant};",
            "std::time::Instant",
        ),
        ("src/model/x.rs", "use tokio::sync::mpsc;", "pure"),
        ("src/stats/x.rs", "use std::thread;", "std::thread"),
        ("src/stats/tests.rs", "use std::fs;", "std::fs"),
        ("src/schedule/x.rs", "std::fs::read(p)", "std::fs"),
        (
            "src/program/x.rs",
            "use std::{fmt, net::TcpStream};",
            "std::net",
        ),
        ("src/web/x.rs", "let h = std::env::var(\"H\");", "std::env"),
        (
            "src/web/x.rs",
            "println!(\"{}\", x)",
            "println! belongs to cli",
        ),
        ("src/web/x.rs", "eprintln!()", "eprintln! belongs to cli"),
        (
            "src/web/x.rs",
            "use crate::run::inner::Thing;",
            "re-exports",
        ),
        ("src/web/x.rs", "use swarmdeck::model::Wait;", "crate::"),
        (
            "src/web/mod.rs",
            "mod a;\nfn f() {}",
            "src/web/mod.rs:2: mod.rs",
        ),
        ("src/helpers/x.rs", "", "no layer"),
        ("src/web/x.rs", &"\n".repeat(501), "longer than 500 lines"),
        ("src/main.rs", &"\n".repeat(501), "longer than 500 lines"),
    ] {
        let seen = complaints(path, source);
        assert!(seen.contains(complaint), "{path} {source:?}: {seen:?}");
    }
}

#[test]
fn arrows_point_one_way_only() {
    for (place, layer) in LAYERS.iter().enumerate() {
        for used in layer.uses {
            let other = LAYERS.iter().position(|other| other.name == *used);
            assert!(
                other.is_some_and(|other| other < place),
                "{} uses {used}",
                layer.name
            );
        }
    }
}
