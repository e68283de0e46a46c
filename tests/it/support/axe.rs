//! axe-core, which looks over a page for what keeps people out. It is fetched
//! for the tests alone, as `build.rs` fetches the chart library: what
//! `package-lock.json` names, and nothing else.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use npm_utils::{download, extract, integrity, registry::Registry};
use serde_json::Value;
use tokio::sync::OnceCell;
use tokio::task::spawn_blocking;

use super::Browser;

const PACKAGE: &str = "axe-core";
const FILE: &str = "axe.min.js";
/// A `node_modules` with the package in it, for tests without a network.
const NPM_DIR: &str = "SWARMDECK_NPM_DIR";

/// What is looked for: WCAG 2 up to AA, and what axe-core thinks good besides.
const TAGS: &str = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']";

/// The rules that depend on colours, which are all that another theme changes.
const COLOURS: &str = "{type: 'rule', values: ['color-contrast', 'link-in-text-block']}";

/// What axe-core finds serious or critical on the page as it is, one line each.
pub(crate) async fn serious_findings(browser: &Browser) -> Vec<String> {
    findings(browser, TAGS).await
}

/// The same of its colours alone.
pub(crate) async fn serious_findings_of_colours(browser: &Browser) -> Vec<String> {
    findings(browser, COLOURS).await
}

async fn findings(browser: &Browser, rules: &str) -> Vec<String> {
    if browser.evaluate("return typeof window.axe").await == "undefined" {
        browser.evaluate(axe().await).await;
    }
    let script = format!(
        "return axe.run({{runOnly: {rules}, resultTypes: ['violations']}}).then(({{violations}}) =>
            violations.filter(({{impact}}) => impact === 'serious' || impact === 'critical').flatMap(
                ({{id, nodes}}) => nodes.map(({{target, failureSummary}}) =>
                    `${{id}} at ${{target.join(' ')}}: ${{failureSummary}}`)))"
    );
    let found = browser.evaluate(&script).await;
    let found = found.as_array().expect("a list").iter();
    found
        .map(|one| one.as_str().expect("text").to_owned())
        .collect()
}

/// Its script.
async fn axe() -> &'static str {
    static SCRIPT: OnceCell<String> = OnceCell::const_new();
    let script = SCRIPT.get_or_init(|| async {
        let provided = spawn_blocking(provide).await.expect("no panic");
        fs::read_to_string(provided).expect("a script")
    });
    script.await
}

/// Where it is; fetched if it is not there yet.
fn provide() -> PathBuf {
    if let Some(given) = env::var_os(NPM_DIR) {
        let file = Path::new(&given).join(PACKAGE).join(FILE);
        if file.is_file() {
            return file;
        }
    }
    let lock = concat!(env!("CARGO_MANIFEST_DIR"), "/package-lock.json");
    let lock: Value = serde_json::from_str(&fs::read_to_string(lock).expect("a lock file"))
        .expect("a lock file in JSON");
    let entry = &lock["packages"][format!("node_modules/{PACKAGE}")];
    let field = |name: &str| entry[name].as_str().expect("is locked").to_owned();
    let (version, hash) = (field("version"), field("integrity"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{PACKAGE}-{version}"));
    let file = folder.join(FILE);
    if file.is_file() {
        return file;
    }
    let url = Registry::npm().tarball_url(PACKAGE, &version);
    let bytes = download::fetch(&url).unwrap_or_else(|error| {
        panic!(
            "{url}: {error}; without a network, set {NPM_DIR} to a node_modules with {PACKAGE} {version}"
        )
    });
    integrity::verify(PACKAGE, &bytes, &hash).expect("the package that is locked");
    // Another process may be at it, too: it appears as a whole.
    let partial = folder.with_extension(std::process::id().to_string());
    fs::create_dir_all(&partial).expect("a folder");
    fs::create_dir_all(&folder).expect("a folder");
    let only = extract::Select::Files(&[(FILE, FILE)]);
    let files = extract::tar_gz(&bytes, &partial, Some("package/"), only);
    assert_eq!(files.expect("an archive"), 1, "{url} has no {FILE}");
    fs::rename(partial.join(FILE), &file).expect("the script");
    fs::remove_dir_all(&partial).expect("a folder of ours");
    file
}
