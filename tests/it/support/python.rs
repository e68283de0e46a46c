use std::path::{Path, PathBuf};

/// A command of the Python environment that `tests/run` installs: `python`
/// (with pandas), `locust`, `schemathesis` or `uvicorn`. `None` where `tests/run` said that it could not.
pub(crate) fn python(command: &str) -> Option<PathBuf> {
    if std::env::var_os("SWARMDECK_TESTS_WITHOUT_PYPI").is_some() {
        return None;
    }
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent();
    let path = target.expect("a folder").join("python/bin").join(command);
    let shown = path.display();
    assert!(path.exists(), "{shown} is missing: `tests/run` installs it");
    Some(path)
}
