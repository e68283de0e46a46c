//! This process.

use std::time::Instant;

use tokio::task::spawn_blocking;

use crate::probes::counter::Counter;
use crate::probes::{Round, Value, host};

/// Reads what this process uses; what this system does not tell is left out.
#[derive(Debug, Default)]
pub(super) struct ProcessReader {
    cpu_us: Counter,
}

impl ProcessReader {
    pub(super) async fn read(&mut self) -> Round {
        // Where descriptors have to be counted, that takes a while.
        let asked = spawn_blocking(|| (host::resident_bytes(), host::open_descriptors())).await;
        let (memory, descriptors) = asked.unwrap_or_default();
        let cpu_us = host::process_cpu_us().map(float);
        let cpu_us = cpu_us.and_then(|cpu_us| self.cpu_us.rate(Instant::now(), cpu_us));
        let values = [
            cpu_us.map(|us| Value::new("cpu", "%", us / 1e4)),
            memory.map(|bytes| Value::new("memory", "MB", float(bytes) / 1e6)),
            descriptors.map(|count| Value::new("descriptors", "", float(count))),
        ];
        Round {
            values: values.into_iter().flatten().collect(),
            error: None,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn float(value: u64) -> f64 {
    value as f64
}
