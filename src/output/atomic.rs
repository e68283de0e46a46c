//! Files that are there as a whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Why a file was not written. The file that was there before still is.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Its folder is not there and cannot be made.
    #[error("cannot create folder {path}: {error}", path = path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// It cannot be written, or not be put in its place.
    #[error("cannot write {path}: {error}; check disk space and permissions", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// The report itself could not be made.
    #[error("internal error: cannot render {path}: {reason}; please report this", path = path.display())]
    Made {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
}

/// Puts a file in the place of another, or where none was; makes its folder.
/// A reader sees the old file or the new one, never a part. Blocks.
///
/// # Errors
/// When the system does not let it be written.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    if let Some(folder) = folder {
        fs::create_dir_all(folder).map_err(|error| WriteError::Folder {
            path: folder.to_owned(),
            error,
        })?;
    }
    let beside = beside(path);
    let written = write(&beside, bytes).and_then(|()| fs::rename(&beside, path));
    written.map_err(|error| {
        // The remains are useless, and may not exist at all.
        let _ = fs::remove_file(&beside);
        WriteError::File {
            path: path.to_owned(),
            error,
        }
    })
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = create_new(path)?;
    file.write_all(bytes)?;
    // A rename must not come to the disk before what it renames.
    file.sync_all()
}

/// Creates a new file. An existing one, left by a killed process or put there
/// by another, is removed and never written into.
pub(super) fn create_new(path: &Path) -> io::Result<File> {
    match File::create_new(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            fs::remove_file(path)?;
            File::create_new(path)
        }
        created => created,
    }
}

/// A name in the same folder that no other process uses.
pub(super) fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    path.with_file_name(name)
}
