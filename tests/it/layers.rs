//! The layer rules, held against every source file: who may use whom, and what else
//! has to stay out. `ARCHITECTURE.md` gives the reasons, and the table of layers.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod paths;
mod table;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use paths::find_paths;
use table::{Layer, parse_layers};

const FILE_LINES_MAX: usize = 500;
const FOLDER_FILES_MAX: usize = 20;

/// The folders that are read.
const SOURCES: &[&str] = &["src", "static", "tests"];

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

/// Words that begin an item which `mod.rs` does not hold.
const LOGIC: &[&str] = &[
    "fn",
    "impl",
    "trait",
    "struct",
    "enum",
    "type",
    "const",
    "static",
    "macro_rules!",
];

const PRINTS: &[&str] = &["print!", "println!", "eprint!", "eprintln!"];

/// Checks one file; complaints are `path:line: complaint`.
fn check_file(layers: &[Layer], path: &str, source: &str) -> Vec<String> {
    let lines = source.lines().count();
    if lines > FILE_LINES_MAX {
        return vec![format!(
            "{path}:{lines}: longer than {FILE_LINES_MAX} lines"
        )];
    }
    let inside = path.strip_prefix("src/").unwrap_or_default();
    let Some((folder, _)) = inside.split_once('/') else {
        // lib.rs and main.rs, which belong to no layer; tests and the page.
        return Vec::new();
    };
    let Some(layer) = layers.iter().find(|layer| layer.name == folder) else {
        return vec![format!("{path}:1: {folder} is not in the table of layers")];
    };
    let found = match find_paths(source) {
        Ok(found) => found,
        Err(error) => return vec![format!("{path}:1: cannot be read: {error}")],
    };
    // This many `super` lead out of the layer.
    let depth = path.trim_end_matches("/mod.rs").matches('/').count();
    let mut wrong = Vec::new();
    for used in found {
        let mut segments: Vec<&str> = used.segments.iter().map(String::as_str).collect();
        let climbs = segments.iter().take_while(|name| **name == "super").count();
        if climbs >= depth {
            segments.splice(..climbs, ["crate"]);
        }
        if let Some(complaint) = check_path(layer, layers, path, &segments) {
            wrong.push(format!("{path}:{}: {complaint}", used.line));
        }
    }
    // Several names from one group are one mistake.
    wrong.dedup();
    wrong
}

/// Checks the use of `used`, a path such as `crate::model::Wait`, in a file of
/// `layer`.
fn check_path(layer: &Layer, layers: &[Layer], path: &str, used: &[&str]) -> Option<String> {
    let name = layer.name.as_str();
    if path.ends_with("/mod.rs") && LOGIC.contains(&used[0]) {
        return Some("mod.rs holds docs and re-exports, no logic".to_owned());
    }
    if let ["crate", other, inner @ ..] = used
        && *other != name
        && layers.iter().any(|layer| layer.name == *other)
    {
        return check_use(layer, other, inner);
    }
    let joined = used.join("::");
    let names = |what: &str| joined == what || joined.starts_with(&format!("{what}::"));
    let last = *used.last()?;
    if PRINTS.contains(&last) && name != "cli" {
        return Some(format!("{last} belongs to cli"));
    }
    if names("std::env") && name != "cli" {
        return Some("std::env belongs to cli".to_owned());
    }
    if names("swarmdeck") {
        return Some("the library refers to itself as crate::".to_owned());
    }
    let impure = IMPURE.iter().find(|what| names(what))?;
    // Tests may use threads to try what is pure.
    let is_test = path.ends_with("/tests.rs") || path.ends_with("_tests.rs");
    (layer.is_pure && !(is_test && *impure == "std::thread"))
        .then(|| format!("{name} is pure and may not use {impure}"))
}

/// Checks the use of `crate::{other}::{inner}` in `layer`.
fn check_use(layer: &Layer, other: &str, inner: &[&str]) -> Option<String> {
    if !layer.uses.iter().any(|used| used == other) {
        return Some(format!("{} may not use {other}", layer.name));
    }
    // A lower-case name in the middle is a module of the other layer.
    let [module, _, ..] = inner else { return None };
    module
        .starts_with(|c: char| c.is_ascii_lowercase())
        .then(|| format!("crate::{other}::{module} is inside {other}: use what {other} re-exports"))
}

/// The folders that hold too many of `paths` side by side. Snapshots are not written by hand.
fn check_folders<'p>(paths: impl Iterator<Item = &'p str>) -> Vec<String> {
    let mut files = BTreeMap::<&str, usize>::new();
    for (folder, _) in paths.filter_map(|path| path.rsplit_once('/')) {
        *files.entry(folder).or_default() += 1;
    }
    files
        .into_iter()
        .filter(|&(folder, count)| count > FOLDER_FILES_MAX && !folder.contains("/snapshots/"))
        .map(|(folder, count)| format!("{folder}: {count} files, more than {FOLDER_FILES_MAX}"))
        .collect()
}

/// Every file in `folder` and below, as a path from the root of the package.
fn collect_files(folder: &str, into: &mut Vec<String>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for entry in fs::read_dir(root.join(folder)).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{folder}/{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            collect_files(&path, into);
        } else {
            into.push(path);
        }
    }
}

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn layers() -> Vec<Layer> {
    parse_layers(&read("ARCHITECTURE.md"))
}

#[test]
fn the_sources_keep_to_the_rules() {
    let layers = layers();
    let mut files = Vec::new();
    for folder in SOURCES {
        collect_files(folder, &mut files);
    }
    files.sort();
    let mut wrong = check_folders(files.iter().map(String::as_str));
    let is_source = |path: &&String| path.ends_with(".rs") || path.ends_with(".js");
    for path in files.iter().filter(is_source) {
        wrong.extend(check_file(&layers, path, &read(path)));
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_layer_is_a_folder_and_uses_layers_above_it_only() {
    let layers = layers();
    assert!(!layers.is_empty(), "no table of layers");
    for (row, layer) in layers.iter().enumerate() {
        let name = &layer.name;
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(name);
        assert!(folder.is_dir(), "{name} has no folder in src");
        let rows = layers.iter().filter(|other| other.name == *name).count();
        assert_eq!(rows, 1, "rows for {name}");
        for used in &layer.uses {
            let is_above = layers[..row].iter().any(|above| above.name == *used);
            assert!(is_above, "{name} uses {used}, which is no layer above it");
        }
    }
}

/// Checks a made-up file against a small table of layers.
fn complaints(path: &str, source: &str) -> String {
    let layers = parse_layers(
        "| layer | holds | may use |\n|---|---|---|\n\
         | `model` (pure) | | |\n\
         | `stats` (pure) | | model |\n\
         | `client` | | model |\n\
         | `engine` | | model, client |\n\
         | `run` | | model, stats, engine |\n\
         | `web` | | run |\n\
         | `cli` | | all |\n",
    );
    check_file(&layers, path, source).join("\n")
}

#[test]
fn every_way_to_import_another_layer_is_seen() {
    for source in [
        "\nuse crate::run::Run;",
        "\npub use crate::run::{Run, State};",
        "use crate::{model::Wait,\n run::Run};",
        "use crate::{\n run::{self, Run}, model::Wait};",
        "use crate::{model::A as B,\n run::C as D};",
        "\nfn f() -> crate::run::Run { todo() }",
        "\nlet x = Vec::<crate::run::Run>::new();",
        "\nassert_eq!(a, vec![crate::run::Run]);",
        "\nuse crate::run;",
        "\nuse crate::run::*;",
        "\nuse super::super::run::Run;",
    ] {
        let seen = "src/client/x.rs:2: client may not use run";
        assert_eq!(complaints("src/client/x.rs", source), seen, "{source}");
    }
    let both = complaints("src/model/x.rs", "use crate::{run::A as B, web::C};");
    assert!(both.contains("use run"), "{both}");
    assert!(both.contains("use web"), "{both}");
}

#[test]
fn what_the_rules_allow_passes() {
    for (path, source) in [
        (
            "src/engine/x.rs",
            "use crate::{client::{A, B as C}, model::D};",
        ),
        ("src/run/x.rs", "use crate::run::y::Z; use crate::model::W;"),
        ("src/client/x.rs", "// crate::run::Run\n/* crate::web::X */"),
        (
            "src/client/x.rs",
            r##"let a = ('"', '\'', "crate::run", r#"x" crate::run"#);"##,
        ),
        ("src/client/x.rs", "fn f<'a>(x: &'a str) -> tokio::X {}"),
        ("src/stats/x.rs", "use std::time::Duration;"),
        ("src/stats/x/tests.rs", "use std::thread;"),
        (
            "src/web/api/x.rs",
            "use super::model::A; use super::super::run::B;",
        ),
        ("src/engine/x.rs", "let now = crate::model::now();"),
        ("src/engine/mod.rs", "mod a;\npub use a::{self, B as C};"),
        ("src/main.rs", "use swarmdeck::cli; fn main() {}"),
        ("src/cli/x.rs", "println!(); std::env::args();"),
    ] {
        assert_eq!(complaints(path, source), "", "{source}");
    }
}

#[test]
fn each_broken_rule_is_named() {
    let long = "\n".repeat(FILE_LINES_MAX + 1);
    for (path, source, complaint) in [
        (
            "src/stats/x.rs",
            "use std::time::{Duration, Instant};",
            "std::time::Instant",
        ),
        ("src/model/x.rs", "use tokio::sync::mpsc;", "pure"),
        ("src/stats/x.rs", "use std::thread;", "std::thread"),
        ("src/stats/tests.rs", "use std::fs;", "std::fs"),
        ("src/stats/x.rs", "std::fs::read(p)", "std::fs"),
        (
            "src/stats/x.rs",
            "use std::{fmt, net::TcpStream};",
            "std::net",
        ),
        ("src/web/x.rs", "let h = std::env::var(\"H\");", "std::env"),
        ("src/web/x.rs", "println!(\"{}\", x)", "println! belongs"),
        ("src/web/x.rs", "std::eprintln!()", "eprintln! belongs"),
        (
            "src/web/x.rs",
            "use crate::run::inner::Thing;",
            "re-exports",
        ),
        ("src/web/x.rs", "use swarmdeck::model::Wait;", "crate::"),
        ("src/web/mod.rs", "mod a;\nfn f() {}", "mod.rs:2: mod.rs"),
        ("src/web/mod.rs", "pub struct A;", "mod.rs:1: mod.rs"),
        ("src/helpers/x.rs", "", "not in the table"),
        ("src/web/x.rs", "fn f() {", "cannot be read"),
        ("src/web/x.rs", &long, "longer than 500 lines"),
        ("src/main.rs", &long, "longer than 500 lines"),
        ("tests/it/x.rs", &long, "longer than 500 lines"),
        ("static/x.js", &long, "longer than 500 lines"),
    ] {
        let seen = complaints(path, source);
        assert!(seen.contains(complaint), "{path} {source:?}: {seen:?}");
    }
}

#[test]
fn a_crowded_folder_is_named() {
    let files: Vec<String> = (0..=FOLDER_FILES_MAX)
        .flat_map(|n| ["src/a", "src/a/b", "tests/snapshots/c"].map(|dir| format!("{dir}/{n}.rs")))
        .chain(["src/a/b/d/e.rs".to_owned()])
        .collect();
    let spare = "src/a/0.rs";
    let paths = files
        .iter()
        .map(String::as_str)
        .filter(|path| *path != spare);
    assert_eq!(check_folders(paths), ["src/a/b: 21 files, more than 20"]);
}
