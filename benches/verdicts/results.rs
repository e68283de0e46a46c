//! The file of results: a line of JSON for each finished run, so that a bench
//! that was interrupted goes on where it was.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::case::Case;
use super::outcome::Finished;

/// The results of earlier sittings, and the file that takes further ones.
#[derive(Debug)]
pub(crate) struct Results {
    finished: BTreeMap<String, Finished>,
    file: File,
}

impl Results {
    /// Opens a file of results, or makes one. With `fresh`, what is in it goes.
    pub(crate) fn open(path: &Path, fresh: bool) -> io::Result<Self> {
        let mut file = OpenOptions::new()
            .create(true)
            .read(true)
            .write(true)
            .truncate(fresh)
            .open(path)?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        // A line that was cut off by the end of the last sitting goes.
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        let end = u64::try_from(whole).unwrap_or(u64::MAX);
        file.set_len(end)?;
        file.seek(SeekFrom::Start(end))?;
        let finished = text[..whole].lines();
        let finished = finished.filter_map(|line| serde_json::from_str::<Finished>(line).ok());
        Ok(Self {
            finished: finished.map(|run| (run.id.clone(), run)).collect(),
            file,
        })
    }

    /// The result of a case, if it was run as it is now.
    pub(crate) fn of(&self, case: &Case) -> Option<&Finished> {
        let finished = self.finished.get(&case.id)?;
        (finished.case == fingerprint(case)).then_some(finished)
    }

    /// Keeps a result.
    pub(crate) fn add(&mut self, run: Finished) -> io::Result<()> {
        let mut line = serde_json::to_vec(&run)?;
        line.push(b'\n');
        self.file.write_all(&line)?;
        self.finished.insert(run.id.clone(), run);
        Ok(())
    }
}

/// What is run, in a word: another word for another run of the same id. What is
/// expected of it is not in it.
pub(crate) fn fingerprint(case: &Case) -> String {
    let mut hasher = DefaultHasher::new();
    case.scenario.text().hash(&mut hasher);
    case.faults.hash(&mut hasher);
    case.latency.hash(&mut hasher);
    case.shards.hash(&mut hasher);
    format!("{:?}", case.disturbance).hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}
