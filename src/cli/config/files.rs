//! Configuration files.

use std::io;
use std::path::{Path, PathBuf};

use super::error::InputError;
use crate::cli::config::setting::Setting;
use crate::cli::config::{conf, toml};
use crate::disk::{open_typed, read_at_most};

/// Files that are read in the working directory, after `~/.locust.conf`; a
/// later one has precedence.
const HERE: [&str; 3] = ["locust.conf", "pyproject.toml", "swarmdeck.conf"];
const AT_HOME: &str = ".locust.conf";
const MAX_BYTES: u64 = 1 << 20;

/// The settings of all files, lowest precedence first. `named` is the file of
/// `--config`, which has to exist.
pub(super) fn read(
    home: Option<PathBuf>,
    named: Option<&Path>,
) -> Result<Vec<Setting>, InputError> {
    let usual = home.map(|home| home.join(AT_HOME)).into_iter();
    let usual = usual.chain(HERE.iter().map(PathBuf::from));
    let mut settings = Vec::new();
    for path in usual {
        match read_one(&path) {
            Err(InputError::Unreadable { error, .. })
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::IsADirectory
                ) => {}
            read => settings.extend(read?),
        }
    }
    if let Some(path) = named {
        settings.extend(read_one(path)?);
    }
    Ok(settings)
}

fn read_one(path: &Path) -> Result<Vec<Setting>, InputError> {
    let text = text(path)?;
    let is_toml = path
        .extension()
        .is_some_and(|extension| extension == "toml");
    if is_toml {
        toml::read(path, &text)
    } else {
        conf::read(path, &text)
    }
}

fn text(path: &Path) -> Result<String, InputError> {
    let no_text = || InputError::NoText {
        path: path.to_owned(),
    };
    match open_typed(path).and_then(|file| read_at_most(file, MAX_BYTES)) {
        Err(error) => Err(InputError::Unreadable {
            path: path.to_owned(),
            error,
        }),
        Ok(None) => Err(no_text()),
        Ok(Some(bytes)) => String::from_utf8(bytes).map_err(|_| no_text()),
    }
}
