//! Every example of the documents: each is a whole file and sound, and those
//! about the lab work there. A `csv` block is the file `accounts.csv`; a `yaml`
//! block with a name is a file of that name, which others list.

use std::fs;
use std::path::Path;

use swarmdeck::lab::LabConfig;
use swarmdeck::model::RowKind;
use swarmdeck::scenario::{Colour, Environment, Loaded, Source, load};

use crate::support::{Folder, Program, lab};

/// The blocks of a document in a language.
fn blocks(document: &str, language: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(document);
    let text = fs::read_to_string(path).unwrap();
    let fence = format!("```{language}\n");
    let parts = text.split(&fence).skip(1);
    parts
        .map(|part| part.split("```").next().unwrap_or("").to_owned())
        .collect()
}

/// The blocks of YAML that are files with a name: name and text.
fn named_files() -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/scenarios.md");
    let text = fs::read_to_string(path).unwrap();
    let parts = text.split("```yaml ").skip(1);
    parts
        .map(|part| {
            let (name, rest) = part.split_once('\n').unwrap();
            let text = rest.split("```").next().unwrap_or("");
            (name.to_owned(), text.to_owned())
        })
        .collect()
}

/// A folder with the example, its path, and the example as it is read.
fn example(text: &str) -> (Folder, String, Loaded) {
    let folder = Folder::new();
    for csv in blocks("docs/scenarios.md", "csv") {
        folder.file("accounts.csv", &csv);
    }
    for (name, text) in named_files() {
        folder.file(&name, &text);
    }
    let path = folder.file("example.yaml", text);
    let environment: Environment = [("SHOP_PASSWORD", "secret")].into_iter().collect();
    let source = Source::read(Path::new(&path)).unwrap();
    let loaded = load(&source, &environment).unwrap_or_else(|mistakes| {
        let mistakes = mistakes.iter().map(|one| one.render(Colour::Never));
        panic!("{text}\n{}", mistakes.collect::<String>())
    });
    (folder, path, loaded)
}

fn examples() -> Vec<String> {
    let documents = ["docs/scenarios.md", "README.md"];
    let mut all = documents.map(|document| blocks(document, "yaml")).concat();
    all.extend(named_files().into_iter().map(|(_, text)| text));
    all
}

#[test]
fn every_example_is_a_sound_scenario() {
    assert!(examples().len() > 10);
    for text in examples() {
        example(&text);
    }
}

#[tokio::test]
async fn examples_about_the_lab_work_there() {
    let lab = lab(LabConfig::default());
    let url = lab.url();
    let mut tried = 0;
    for text in examples() {
        let (_folder, path, loaded) = example(&text);
        let program = loaded.compile(Some(&url)).unwrap();
        let mut requests = program.names.iter();
        let is_of_lab = requests.all(|name| {
            !matches!(name.kind, RowKind::Request(_)) || name.name.starts_with("/api/v1/")
        });
        if is_of_lab {
            let (code, said, stderr) = Program::output(&["try", &path, "-H", &url]).await;
            assert_eq!(code, Some(0), "{text}\n{said}{stderr}");
            tried += 1;
        }
    }
    assert!(tried > 8, "{tried}");
}
