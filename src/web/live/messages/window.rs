use serde::Serialize;
use utoipa::ToSchema;

use crate::run::{FailureLine, StatRow, WindowQuery};
use crate::stats::{Heatmap, band_from_us};
use crate::web::openapi::references;

/// The tables of a stretch of the run.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Window)]
pub(crate) struct WindowBody {
    /// What is really covered; `null` where nothing was closed.
    from_s: Option<f64>,
    to_s: Option<f64>,
    /// The longest step in which the window is kept.
    step_s: f64,
    #[schema(value_type = Vec<references::Row>)]
    requests: Vec<StatRow>,
    #[schema(value_type = references::Row)]
    aggregated: StatRow,
    failures: Vec<FailureLine>,
    failures_dropped: u64,
}

/// How the service times of a stretch are spread.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Heatmap)]
pub(crate) struct HeatmapBody {
    from_s: Vec<f64>,
    to_s: Vec<f64>,
    /// Edges of the rows: one more than there are rows.
    edges_us: Vec<u64>,
    cells: CellsBody,
}

/// Cells as columns of equal length.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = HeatmapCells)]
struct CellsBody {
    column: Vec<usize>,
    #[schema(value_type = Vec<u32>)]
    row: Vec<u8>,
    count: Vec<u64>,
}

impl WindowBody {
    pub(crate) fn new(past: &WindowQuery) -> Self {
        let tables = past.tables();
        let span_s = past.span_s();
        Self {
            from_s: span_s.map(|(from_s, _)| from_s),
            to_s: span_s.map(|(_, to_s)| to_s),
            step_s: past.step_s(),
            requests: tables.requests,
            aggregated: tables.aggregated,
            failures: tables.failures,
            failures_dropped: tables.failures_dropped,
        }
    }
}

impl HeatmapBody {
    pub(crate) fn new(heat: &Heatmap) -> Self {
        let bands = || heat.cells.iter().map(|cell| cell.band);
        let lowest = bands().min().unwrap_or(0);
        let edges_us = bands().max().map_or(Vec::new(), |highest| {
            (lowest..=highest + 1).map(band_from_us).collect()
        });
        #[expect(clippy::cast_precision_loss, reason = "moments of a run")]
        let seconds = |ms: u64| ms as f64 / 1e3;
        Self {
            from_s: heat.columns.iter().map(|one| seconds(one.0)).collect(),
            to_s: heat.columns.iter().map(|one| seconds(one.1)).collect(),
            edges_us,
            cells: CellsBody {
                column: heat.cells.iter().map(|cell| cell.column).collect(),
                row: bands().map(|band| band - lowest).collect(),
                count: heat.cells.iter().map(|cell| cell.count).collect(),
            },
        }
    }
}
