use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

/// Opens a regular file. What else can have a name does not do: a pipe nobody
/// writes to, or a device, might never answer. Blocks as long as a disk does.
///
/// # Errors
/// The system does not give it, or it is something else.
pub fn open_regular(path: &Path) -> io::Result<File> {
    // Opening alone can do things to a device.
    refuse_others(&fs::metadata(path)?)?;
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // Should a pipe have taken its place meanwhile, nobody waits for it.
        let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
        options.custom_flags(flags.bits().cast_signed());
    }
    let file = options.open(path)?;
    refuse_others(&file.metadata()?)?;
    Ok(file)
}

/// Opens a file that was named on the command line: as [`open_regular`], and also
/// what a shell hands over by the number of a descriptor, as `<(...)` and
/// `/dev/stdin` are. Whoever typed that waits for it.
///
/// # Errors
/// As [`open_regular`].
pub fn open_typed(path: &Path) -> io::Result<File> {
    let is_descriptor = ["/dev/fd", "/proc/self/fd"]
        .iter()
        .any(|folder| path.parent() == Some(Path::new(folder)));
    if is_descriptor || path == Path::new("/dev/stdin") {
        return File::open(path);
    }
    open_regular(path)
}

/// All of an opened file, or nothing if it is longer than so many bytes. Blocks.
///
/// # Errors
/// What the system says.
pub fn read_at_most(file: File, most_bytes: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    // One byte more than may be there shows what is too long.
    file.take(most_bytes.saturating_add(1))
        .read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= most_bytes).then_some(bytes))
}

/// All of a regular file, or nothing if it is longer than so many bytes. Blocks.
///
/// # Errors
/// As [`open_regular`].
pub fn read_regular(path: &Path, most_bytes: u64) -> io::Result<Option<Vec<u8>>> {
    read_at_most(open_regular(path)?, most_bytes)
}

/// All of an opened file of certificates or of a key. Blocks.
///
/// # Errors
/// What the system says, or that the file is too long to be one.
pub fn read_certificates(file: File) -> io::Result<Vec<u8>> {
    /// A longer file is something else.
    const MOST_BYTES: u64 = 4 << 20;
    let bytes = read_at_most(file, MOST_BYTES)?;
    bytes.ok_or_else(|| io::Error::other("larger than 4 MiB"))
}

fn refuse_others(metadata: &fs::Metadata) -> io::Result<()> {
    if metadata.is_file() {
        return Ok(());
    }
    Err(if metadata.is_dir() {
        io::Error::new(io::ErrorKind::IsADirectory, "it is a folder")
    } else {
        io::Error::other("not a regular file (pipe, socket or device)")
    })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn only_regular_files_are_opened() {
        for (path, why) in [
            ("/dev/zero", "not a regular file"),
            ("/dev", "a folder"),
            ("/nowhere/x", "No such file"),
        ] {
            let error = open_regular(Path::new(path)).expect_err(path).to_string();
            assert!(error.contains(why), "{path}: {error}");
        }
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        assert_eq!(read_regular(&own, 10).expect("readable"), None);
        let all = read_regular(&own, 1 << 20).expect("readable");
        assert!(all.is_some_and(|bytes| bytes.starts_with(b"[package]")));
    }
}
