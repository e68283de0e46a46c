//! The scenarios that are part of the program.

use std::sync::LazyLock;

use crate::scenario::Source;

/// File name and text of each.
const FILES: [(&str, &str); 5] = [
    (
        "1_concurrent_deployments.yaml",
        include_str!("../../../scenarios/1_concurrent_deployments.yaml"),
    ),
    (
        "2_cab_approval_backlog.yaml",
        include_str!("../../../scenarios/2_cab_approval_backlog.yaml"),
    ),
    (
        "3_connector_scaling.yaml",
        include_str!("../../../scenarios/3_connector_scaling.yaml"),
    ),
    (
        "4_burst_load.yaml",
        include_str!("../../../scenarios/4_burst_load.yaml"),
    ),
    ("hello.yaml", include_str!("../../../scenarios/hello.yaml")),
];

/// The scenarios of `scenarios/`, as they were when the program was built.
#[must_use]
pub fn builtin() -> &'static [Source] {
    static SOURCES: LazyLock<Vec<Source>> = LazyLock::new(|| {
        FILES
            .iter()
            .map(|(file, text)| Source::new(*file, *text))
            .collect()
    });
    &SOURCES
}
