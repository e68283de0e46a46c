//! Resource usage of a container, computed as `docker stats` does.
//!
//! Formulas: <https://github.com/docker/cli/blob/master/cli/command/container/stats_helpers.go>

use std::collections::BTreeMap;
use std::time::Instant;

use serde::Deserialize;

use crate::probes::Value;
use crate::probes::counter::Counter;

/// A response of `/containers/NAME/stats`, as far as it is used.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Stats {
    cpu_stats: Cpu,
    memory_stats: Memory,
    networks: BTreeMap<String, Network>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Cpu {
    cpu_usage: CpuUsage,
    system_cpu_usage: u64,
    online_cpus: u32,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CpuUsage {
    total_usage: u64,
    percpu_usage: Option<Vec<u64>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Memory {
    usage: u64,
    limit: u64,
    stats: MemoryParts,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct MemoryParts {
    /// Of cgroup v1.
    total_inactive_file: Option<u64>,
    /// Of cgroup v2.
    inactive_file: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Network {
    rx_bytes: u64,
    tx_bytes: u64,
}

/// The previous sample of a container.
#[derive(Debug, Default)]
pub(super) struct Usage {
    /// The container's CPU time and that of the system, in nanoseconds.
    cpu: Option<(u64, u64)>,
    received: Counter,
    sent: Counter,
}

impl Usage {
    /// The readings of a sample; their names start with that of the container.
    pub(super) fn readings(&mut self, name: &str, stats: &Stats, now: Instant) -> Vec<Value> {
        let memory = memory_bytes(&stats.memory_stats);
        let limit = stats.memory_stats.limit;
        let total = |bytes: fn(&Network) -> u64| {
            let bytes = stats.networks.values().map(bytes);
            float(bytes.fold(0, u64::saturating_add))
        };
        // A container on the network of its host has no figures of its own.
        let has_network = !stats.networks.is_empty();
        let mut received = None;
        let mut sent = None;
        if has_network {
            received = self.received.rate(now, total(|one| one.rx_bytes));
            sent = self.sent.rate(now, total(|one| one.tx_bytes));
        }
        let values = [
            ("cpu", "%", self.cpu_percent(&stats.cpu_stats)),
            ("memory", "MB", Some(float(memory) / 1e6)),
            (
                "memory_share",
                "%",
                (limit > 0).then(|| float(memory) / float(limit) * 100.0),
            ),
            ("network_in", "B/s", received),
            ("network_out", "B/s", sent),
        ];
        let values = values.into_iter();
        values
            .filter_map(|(what, unit, value)| {
                Some(Value::new(format!("{name}.{what}"), unit, value?))
            })
            .collect()
    }

    /// 100 for each fully used core. The engine returns one sample at a time,
    /// so the previous one is kept here.
    fn cpu_percent(&mut self, cpu: &Cpu) -> Option<f64> {
        let used = cpu.cpu_usage.total_usage;
        let (used_before, system_before) = self.cpu.replace((used, cpu.system_cpu_usage))?;
        let used = used.checked_sub(used_before)?;
        let system = cpu.system_cpu_usage.checked_sub(system_before)?;
        let cores = match (cpu.online_cpus, &cpu.cpu_usage.percpu_usage) {
            (0, Some(each)) => float(each.len() as u64),
            (0, None) => return None,
            (cores, _) => f64::from(cores),
        };
        (system > 0).then(|| float(used) / float(system) * cores * 100.0)
    }
}

/// Without the files that the system keeps at hand and would give back.
fn memory_bytes(memory: &Memory) -> u64 {
    let parts = &memory.stats;
    let cached = [parts.total_inactive_file, parts.inactive_file];
    let cached = cached.into_iter().flatten();
    let mut cached = cached.filter(|cached| *cached < memory.usage);
    memory.usage - cached.next().unwrap_or(0)
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn float(value: u64) -> f64 {
    value as f64
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    fn stats(cpu: u64, system: u64, received: u64) -> Stats {
        let stats = json!({
            "cpu_stats": {
                "cpu_usage": {"total_usage": cpu, "usage_in_usermode": 1},
                "system_cpu_usage": system,
                "online_cpus": 4,
            },
            "memory_stats": {"usage": 300_000_000, "limit": 1_000_000_000, "stats": {"inactive_file": 50_000_000}},
            "networks": {"eth0": {"rx_bytes": received, "tx_bytes": 0}, "eth1": {"rx_bytes": 5, "tx_bytes": 0}},
        });
        serde_json::from_value(stats).expect("stats")
    }

    #[test]
    fn figures_are_those_of_docker_stats() {
        let mut usage = Usage::default();
        let start = Instant::now();
        let first = usage.readings("db", &stats(1_000, 100_000, 1_000), start);
        let names: Vec<_> = first.iter().map(|value| value.name.as_str()).collect();
        assert_eq!(names, ["db.memory", "db.memory_share"]);
        let later = start + Duration::from_secs(2);
        let second = usage.readings("db", &stats(6_000, 140_000, 5_000), later);
        let values: Vec<_> = second
            .iter()
            .map(|one| (one.name.as_str(), one.value))
            .collect();
        assert_eq!(
            values,
            [
                ("db.cpu", 50.0),
                ("db.memory", 250.0),
                ("db.memory_share", 25.0),
                ("db.network_in", 2_000.0),
                ("db.network_out", 0.0),
            ]
        );
        let restarted = usage.readings("db", &stats(10, 150_000, 0), later);
        assert!(
            restarted.iter().all(|value| value.name != "db.cpu"),
            "{restarted:?}"
        );
    }

    #[test]
    fn a_container_without_figures_has_no_readings_of_them() {
        let stats: Stats = serde_json::from_str("{}").expect("stats");
        let readings = Usage::default().readings("x", &stats, Instant::now());
        assert_eq!(readings, [Value::new("x.memory", "MB", 0.0)]);
    }
}
