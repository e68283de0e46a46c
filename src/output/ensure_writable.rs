use std::path::Path;
use std::{fs, io};

use crate::output::WriteError;
use crate::output::atomic::{beside, create_new};

/// Checks that a file can be written later: creates its folder, and tries a
/// file beside it. The file itself is not touched. Blocks.
pub(crate) fn ensure_writable(path: &Path) -> Result<(), WriteError> {
    if let Some(folder) = path.parent().filter(|folder| *folder != Path::new("")) {
        fs::create_dir_all(folder).map_err(|error| WriteError::Folder {
            path: folder.to_owned(),
            error,
        })?;
    }
    let beside = beside(path);
    let tried = if path.is_dir() {
        Err(io::ErrorKind::IsADirectory.into())
    } else {
        create_new(&beside).and_then(|_| fs::remove_file(&beside))
    };
    tried.map_err(|error| WriteError::File {
        path: path.to_owned(),
        error,
    })
}
