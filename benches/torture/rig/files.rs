//! What is on disk, and whether all of it is whole.

use std::fs;
use std::path::Path;

use swarmdeck::report::RunFile;

/// What the files of a run say.
#[derive(Debug, Default)]
pub(super) struct OutputFiles {
    /// The run file, if it is there.
    pub(super) run: Option<RunFile>,
    /// Of the file of statistics, if it is there: the requests of the row for
    /// all, and the sum of the others.
    pub(super) stats: Option<(u64, u64)>,
    /// How many files there are.
    pub(super) count: usize,
    /// What is wrong with them.
    pub(super) broken: Vec<String>,
}

impl OutputFiles {
    /// Reads all files of a folder and of those in it. What the program had begun
    /// beside a file's place, and could not put there, is no result.
    pub(super) fn read(folder: &Path) -> Self {
        let mut found = Self::default();
        found.add(folder);
        found
    }

    fn add(&mut self, folder: &Path) {
        let Ok(entries) = fs::read_dir(folder) else {
            return;
        };
        for entry in entries.flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy();
            if path.is_dir() {
                self.add(&path);
            } else if !(name.starts_with('.') && name.contains(".tmp")) {
                self.count += 1;
                if let Err(why) = self.file(&path, &name) {
                    self.broken.push(format!("{name}: {why}"));
                }
            }
        }
    }

    fn file(&mut self, path: &Path, name: &str) -> Result<(), String> {
        let text = fs::read_to_string(path).map_err(|why| why.to_string())?;
        if name.ends_with(".csv") {
            let stats = csv_rows(&text)?;
            if name.ends_with("_stats.csv") {
                self.stats = stats;
            }
        } else if name.ends_with("_run.json") {
            self.run = Some(RunFile::from_json(&text).map_err(|why| why.to_string())?);
        } else if name.ends_with(".json") {
            serde_json::from_str::<serde_json::Value>(&text).map_err(|why| why.to_string())?;
        } else if name.ends_with(".html") && !text.trim_end().ends_with("</html>") {
            return Err("has no end".to_owned());
        } else if name.ends_with(".xml") {
            roxmltree::Document::parse(&text).map_err(|why| why.to_string())?;
        }
        Ok(())
    }
}

/// The requests of the row for all and the sum of the others, where there is
/// such a row.
fn csv_rows(text: &str) -> Result<Option<(u64, u64)>, String> {
    if !text.ends_with("\r\n") {
        return Err(format!("its last line is cut off, at {} bytes", text.len()));
    }
    let (mut all, mut sum) = (None, 0);
    for row in csv::Reader::from_reader(text.as_bytes()).records() {
        let row = row.map_err(|why| why.to_string())?;
        let requests = row.get(2).and_then(|cell| cell.parse::<u64>().ok());
        match (row.get(0), row.get(1)) {
            (_, Some("Aggregated")) => all = requests,
            (Some("GROUP"), _) => {}
            _ => sum += requests.unwrap_or_default(),
        }
    }
    Ok(all.map(|all| (all, sum)))
}
