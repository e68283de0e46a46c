//! A file that grows.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::output::{OutputError, WriteError, replace};

/// Bytes that wait for a disk that takes nothing; lines beyond that are lost
/// and counted.
const WAITING: usize = 4 << 20;

/// Lines that are appended to a file, or wait for that. The file holds whole
/// lines only, unless the program is killed in the middle of one.
#[derive(Debug)]
pub(super) struct AppendLog {
    path: PathBuf,
    header: Vec<u8>,
    waiting: Vec<u8>,
    lost: u64,
}

impl AppendLog {
    /// Begins the file anew. A link in its place is replaced, not followed.
    pub(super) fn create(path: PathBuf, header: Vec<u8>) -> Result<Self, WriteError> {
        replace(&path, &header)?;
        Ok(Self {
            path,
            header,
            waiting: Vec::new(),
            lost: 0,
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Has lines written by the next [`flush`](Self::flush).
    pub(super) fn push(&mut self, lines: &[u8]) {
        if self.waiting.len() + lines.len() > WAITING {
            let count = lines.iter().filter(|byte| **byte == b'\n').count();
            self.lost += count as u64;
        } else {
            self.waiting.extend_from_slice(lines);
        }
    }

    pub(super) fn flush(&mut self) -> Result<(), WriteError> {
        if !self.waiting.is_empty() {
            self.append().map_err(|error| WriteError::File {
                path: self.path.clone(),
                error,
            })?;
            self.waiting.clear();
        }
        Ok(())
    }

    /// The lines that will never be written.
    pub(super) fn lost(&self) -> Option<OutputError> {
        (self.lost > 0).then(|| OutputError::Lost {
            path: self.path.clone(),
            lines: self.lost,
        })
    }

    /// Opened each time: a folder that was away is found again.
    fn append(&self) -> io::Result<()> {
        let mut file = open_to_append(&self.path)?;
        let length = file.metadata()?.len();
        let header = if length == 0 { &self.header[..] } else { &[] };
        let written = file
            .write_all(header)
            .and_then(|()| file.write_all(&self.waiting));
        if written.is_err() {
            // The part of a line that a full disk took; it is tried again.
            let _ = file.set_len(length);
        }
        written
    }
}

/// Opens a file of our own, or makes it anew where it is gone.
fn open_to_append(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // Another process may have put a link or a pipe in its place.
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        options.custom_flags(flags.bits().cast_signed());
    }
    options.open(path)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_an_error_and_what_waits_is_bounded() {
        let mut appended = AppendLog {
            path: "/dev/full".into(),
            header: b"A,B\r\n".to_vec(),
            waiting: Vec::new(),
            lost: 0,
        };
        appended.push(b"1,2\r\n");
        let error = appended.flush().expect_err("no room");
        assert!(error.to_string().contains("No space left"), "{error}");
        assert_eq!(appended.waiting, b"1,2\r\n", "tried again");
        let line = [b'x'; 1023].into_iter().chain([b'\n']).collect::<Vec<_>>();
        for _ in 0..5 << 10 {
            appended.push(&line);
        }
        assert!(appended.waiting.len() <= WAITING);
        let lost = appended.lost().expect("lines").to_string();
        assert!(lost.contains("/dev/full is missing 1025 lines"), "{lost}");
    }
}
