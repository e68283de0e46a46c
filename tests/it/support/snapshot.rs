//! Texts that are kept as files and compared as a whole.

use std::path::Path;

/// Compares `text` with the file `tests/it/snapshots/NAME.snap`.
///
/// A difference fails the test and leaves the new text beside the file as `.snap.new`;
/// with `INSTA_UPDATE=always` the new text becomes the file.
#[track_caller]
pub(crate) fn assert_snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    let (folder, name) = name.rsplit_once('/').unwrap_or(("", name));
    settings.set_snapshot_path(Path::new("../snapshots").join(folder));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}
