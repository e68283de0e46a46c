//! Where a bench keeps its files while they are needed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A folder of this process among what is temporary; removed with it.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// Makes that of a bench.
    pub(crate) fn new(bench: &str) -> io::Result<Self> {
        let name = format!("swarmdeck-{bench}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path)?;
        Ok(Self(path))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file into it and says where.
    pub(crate) fn write(&self, name: &str, content: &[u8]) -> io::Result<PathBuf> {
        let path = self.0.join(name);
        fs::write(&path, content)?;
        Ok(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Nobody is left to be told; the system clears the folder some day.
        let _ = fs::remove_dir_all(&self.0);
    }
}
