//! Files that a scenario names, relative to its own folder.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::disk::read_regular;
use crate::scenario::lower::reader::Reader;
use crate::scenario::yaml::node::Node;

/// The most bytes of all files that are sent, together.
const MAX_SENT_BYTES: usize = 64 << 20;
/// The most bytes of a file of data.
const MAX_DATA_BYTES: usize = 256 << 20;

/// The files that were read so far, each once.
#[derive(Debug, Default)]
pub(crate) struct Files {
    sent: HashMap<PathBuf, Arc<[u8]>>,
    sent_bytes: usize,
    /// Those that are sent as they are although they hold `{{`.
    pub(crate) unfilled: Vec<String>,
    /// All beside the scenario's own that were read, or should have been.
    pub(crate) paths: Vec<PathBuf>,
}

impl Reader<'_> {
    /// The bytes of a file that is sent.
    pub(crate) fn sent_file(&mut self, node: &Node) -> Option<Arc<[u8]>> {
        let path = self.path(node)?;
        if let Some(bytes) = self.files.sent.get(&path) {
            return Some(Arc::clone(bytes));
        }
        let left = MAX_SENT_BYTES - self.files.sent_bytes;
        let limit = "files that are sent have at most 64 MiB together";
        let bytes: Arc<[u8]> = self.read_file(node, &path, left, limit)?.into();
        self.files.sent_bytes += bytes.len();
        self.files.sent.insert(path, Arc::clone(&bytes));
        Some(bytes)
    }

    /// The bytes of a file of data.
    pub(crate) fn data_file(&mut self, node: &Node) -> Option<Vec<u8>> {
        let path = self.path(node)?;
        let limit = "a file of data has at most 256 MiB";
        self.read_file(node, &path, MAX_DATA_BYTES, limit)
    }

    /// Where a file is that the scenario names: relative to the file that
    /// names it. It is followed from now on.
    pub(crate) fn path(&mut self, node: &Node) -> Option<PathBuf> {
        let text = self.plain_text(node, "a file")?;
        let path = if Path::new(text).is_absolute() {
            Some(PathBuf::from(text))
        } else {
            self.problems.source.resolve(node.span, text)
        };
        let Some(path) = path else {
            let message = "a built-in scenario has no folder to read files from";
            let help = "save it as a file, beside the files that it names";
            self.report_with(node.span, message, help);
            return None;
        };
        self.files.paths.push(path.clone());
        Some(path)
    }

    fn read_file(&mut self, node: &Node, path: &Path, most: usize, limit: &str) -> Option<Vec<u8>> {
        match read_regular(path, most as u64) {
            Ok(Some(bytes)) => Some(bytes),
            Ok(None) => {
                self.report(node.span, format!("too large: {limit}"));
                None
            }
            Err(error) => {
                let message = format!("cannot read {}: {error}", path.display());
                let help = "files are looked for in the folder of the scenario";
                self.report_with(node.span, message, help);
                None
            }
        }
    }
}

/// The type of a file by its name, as far as it is commonly sent.
pub(crate) fn content_type(name: &str) -> &'static str {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    match extension.to_ascii_lowercase().as_str() {
        "json" => "application/json",
        "xml" => "application/xml",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        "gz" => "application/gzip",
        "csv" => "text/csv; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        "html" | "htm" => "text/html; charset=utf-8",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "svg" => "image/svg+xml",
        "webp" => "image/webp",
        "mp4" => "video/mp4",
        "mp3" => "audio/mpeg",
        _ => "application/octet-stream",
    }
}
