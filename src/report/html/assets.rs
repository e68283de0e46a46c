//! Style and script of the page, and the policy that admits nothing else.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// A file of the dashboard that a report has too.
macro_rules! shared {
    ($path:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/static/", $path))
    };
}

/// A file of the report alone.
macro_rules! own {
    ($path:literal) => {
        include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/templates/report/",
            $path
        ))
    };
}

/// The dashboard's tokens and charts, and the report's own styles.
const STYLES: [&str; 4] = [
    shared!("css/style.css"),
    include_str!(concat!(env!("OUT_DIR"), "/vendor/uPlot.min.css")),
    shared!("css/plot.css"),
    own!("report.css"),
];

/// The chart library, a module that imports nothing.
const CHART_LIBRARY: &str = include_str!(concat!(env!("OUT_DIR"), "/vendor/uPlot.esm.js"));

/// Our own modules, which import nothing but from those before them, each in one
/// line. They share one scope: no two may use the same name at their top level.
const MODULES: [&str; 10] = [
    shared!("lib/format.js"),
    shared!("lib/dom.js"),
    shared!("charts/axes.js"),
    shared!("charts/series.js"),
    shared!("charts/legend.js"),
    shared!("charts/overlays.js"),
    shared!("charts/plot.js"),
    shared!("charts/capacity.js"),
    shared!("charts/capacity_chart.js"),
    own!("report.js"),
];

/// Follows the system's colours, and changes them.
const THEME: &str = shared!("lib/theme.js");

/// The parts of the page that never change.
pub(super) struct Assets {
    pub(super) style: String,
    pub(super) script: String,
    pub(super) theme: &'static str,
    pub(super) policy: String,
}

/// Made once; about 190 KB.
pub(super) static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    let style = STYLES.concat();
    let script = script();
    let policy = format!(
        "default-src 'none'; script-src '{}' '{}'; style-src '{}'; img-src data:; base-uri 'none'; form-action 'none'",
        hash(&script),
        hash(THEME),
        hash(&style)
    );
    Assets {
        style,
        script,
        theme: THEME,
        policy,
    }
});

/// The content security policy of a page: its own script and style, by hash,
/// and nothing else.
#[must_use]
pub fn html_policy() -> &'static str {
    &ASSETS.policy
}

/// The modules as one. The library's own names are kept apart from ours.
fn script() -> String {
    let library = CHART_LIBRARY.replace("export { uPlot as default };", "return uPlot;");
    let ours = MODULES.map(unlinked).concat();
    format!("const uPlot = (() => {{\n{library}\n}})();\n{ours}")
}

/// A module without the lines that tie it to others.
fn unlinked(module: &str) -> String {
    let lines = module.lines().filter(|line| !line.starts_with("import "));
    let lines = lines.map(|line| line.strip_prefix("export ").unwrap_or(line));
    lines.fold(String::with_capacity(module.len()), |mut text, line| {
        text.push_str(line);
        text.push('\n');
        text
    })
}

/// A text as a policy names it.
fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_is_one_module_and_nothing_ends_it_early() {
        let script = &ASSETS.script;
        assert!(!script.contains("export {"));
        let (library, ours) = script.split_once("\n})();\n").expect("both");
        assert!(library.trim_end().ends_with("return uPlot;"));
        for line in ours.lines() {
            assert!(!line.starts_with("export "), "{line}");
            assert!(!line.starts_with("import "), "{line}");
        }
        for text in [script, &ASSETS.style, &ASSETS.theme.to_owned()] {
            let text = text.to_lowercase();
            assert!(!text.contains("</script") && !text.contains("</style"));
        }
        assert!(script.contains("MIT License"), "the library's licence");
    }
}
