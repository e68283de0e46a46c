//! Finds the addresses of the target before a run starts.

use std::sync::Arc;

use futures_util::future::{join, try_join_all};
use tokio::task::spawn_blocking;

use crate::client::{Clock, Endpoint, TlsConfig, tls_config};
use crate::engine::{Limits, SwarmSetup};
use crate::model::{
    Drive, Fence, HttpVersion, Negotiated, Origin, OriginId, Route, RunSpec, Scheme, Seed, Slots,
    Verification, Workload, micros,
};
use crate::probes::{host, thread_run_delay_us};
use crate::program::{Program, Sequences, Variables};
use crate::run::evaluate::forecast::forecast;
use crate::run::prepare::connectivity::Reached;
use crate::run::prepare::guardrails::Guardrails;
use crate::run::prepare::lookups::{Name, Names};
use crate::run::prepare::resolver::Resolver;
use crate::run::prepare::target_policy::{Admitted, admit};
use crate::run::stats::probe_polling::ProbePolling;
use crate::run::{Consent, RunError};
use crate::schedule::Mix;

/// Remarks at most; a scenario may name thousands of origins.
const REMARKS: usize = 20;
/// Origins whose protocol is reported, likewise.
const PROTOCOLS: usize = 20;

/// Descriptors of a shard before it has a user: its poll, its alarm, its mailbox, what
/// it reads about itself, and a connection.
const SHARD_DESCRIPTORS: u64 = 6;
/// Descriptors of a run beside its shards before it has a user: addresses that are
/// looked up, probes, and the files of its results.
const RUN_DESCRIPTORS: u64 = 8;
/// Descriptors that the program itself needs beside the users' connections.
const OWN_DESCRIPTORS: u64 = 100;

/// A run that can be started: its target takes connections.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) spec: RunSpec,
    pub(crate) program: Arc<Program>,
    pub(crate) reached: Vec<Reached>,
    pub(crate) endpoints: Vec<Endpoint>,
    /// Where redirects may lead.
    pub(crate) fence: Arc<Fence>,
    /// The most requests per second, by the scenario and the guard rails.
    pub(crate) max_rps: Option<f64>,
    /// Remarks on the protocols of the target.
    pub(crate) remarks: Vec<String>,
    /// The protocols of its origins.
    pub(crate) protocols: Vec<Negotiated>,
    /// Its probes, which have read once.
    pub(crate) watch: ProbePolling,
    /// The names to be looked up again during the run.
    pub(crate) names: Names,
}

impl Prepared {
    /// Finds the target and reads what TLS needs. Runs in the task that starts
    /// the run, so that the controller never waits for a name server.
    pub(crate) async fn new(
        spec: RunSpec,
        program: Arc<Program>,
        guard: &Guardrails,
        consent: &Consent,
        resolver: &Resolver,
    ) -> Result<Self, RunError> {
        let admitted = admit(&spec, &program, guard, consent, resolver).await?;
        // With a health gate it is the gate that waits for the target.
        let is_gated = program.once.health.is_some();
        let tls = tls_of_all(&program).await?;
        let names = Names::new(names(&admitted), resolver.clone());
        let targets = admitted.targets.into_iter().enumerate();
        let reached = targets.map(|(place, target)| {
            let routes = program.routes.iter().zip(&tls).zip(&admitted.places);
            let by_it = routes.filter(|(_, at)| **at == place);
            // The one that offers most shows what the target agrees to.
            let offer = by_it.max_by_key(|((route, _), _)| route.version == HttpVersion::Http2);
            (target, offer.and_then(|((_, tls), _)| tls.clone()))
        });
        let reached = reached.map(async |(target, tls)| {
            let reached = target.reach(tls).await;
            if is_gated {
                Ok(reached.or_all())
            } else {
                reached.or_error()
            }
        });
        let (reached, watch) = join(try_join_all(reached), ProbePolling::begin(&spec.probes)).await;
        let reached = reached?;
        let mut remarks = spec.remarks.clone();
        remarks.extend(forecast(&spec, &program));
        let mut protocols = Vec::new();
        let mut endpoints = Vec::new();
        let destinations = program.origins.iter().zip(&program.routes).zip(tls);
        for (((origin, route), tls), place) in destinations.zip(admitted.places) {
            let new = [remark(origin, route), reached[place].remark(route.version)];
            for new in new.into_iter().flatten() {
                if remarks.len() < REMARKS && !remarks.contains(&new) {
                    remarks.push(new);
                }
            }
            let negotiated = reached[place].negotiated(route.version);
            if let Some(negotiated) = negotiated.filter(|one| !protocols.contains(one))
                && protocols.len() < PROTOCOLS
            {
                protocols.push(negotiated);
            }
            endpoints.push(Endpoint {
                origin: origin.clone(),
                addresses: reached[place].addresses.clone(),
                route: Arc::clone(route),
                tls,
            });
        }
        Ok(Self {
            max_rps: guard.rails.limit_rps(spec.max_rps).0,
            spec,
            program: Arc::clone(&program),
            reached,
            endpoints,
            fence: Arc::new(admitted.fence),
            remarks,
            protocols,
            watch,
            names,
        })
    }
}

impl Prepared {
    /// The setup of the shards of such a run.
    pub(crate) fn setup(&self, clock: Clock, shards: usize) -> SwarmSetup {
        let Self { spec, program, .. } = self;
        SwarmSetup {
            program: Arc::clone(program),
            workloads: spec.workloads.as_slice().into(),
            limits: Arc::new(Limits::new(spec.iterations, self.max_rps)),
            sequences: Arc::new(Sequences::new(program.sequence_count, &Slots::all())),
            initial: Arc::new(Variables::new(program.slot_count())),
            endpoints: self.endpoints.clone(),
            fence: Arc::clone(&self.fence),
            clock,
            origin_us: clock.now_us(),
            shards,
            run_time_us: spec.run_time.map(micros),
            stop_timeout_us: micros(spec.stop_timeout),
            seed: Seed::new(fastrand::u64(..)),
            samples: spec.samples,
            thread_cpu_us: host::thread_cpu_us,
            thread_run_delay_us,
        }
    }
}

/// The names that the destinations of a program depend on.
fn names(admitted: &Admitted<'_>) -> Vec<Name> {
    let targets = admitted.targets.iter().enumerate();
    let names = targets.filter_map(|(place, target)| {
        let of_it = admitted.places.iter().enumerate();
        let of_it = of_it.filter(|(_, at)| **at == place);
        let origins: Vec<_> = of_it.map(|(id, _)| OriginId::from(id)).collect();
        target.name(origins.into())
    });
    names.collect()
}

/// The TLS of each destination of a program, in its order; `None` for those
/// that use plain text.
async fn tls_of_all(program: &Program) -> Result<Vec<Option<TlsConfig>>, RunError> {
    let mut made: Vec<(&Arc<Route>, TlsConfig)> = Vec::new();
    let mut all = Vec::with_capacity(program.origins.len());
    for (origin, route) in program.origins.iter().zip(&program.routes) {
        all.push(match origin.scheme {
            Scheme::Http => None,
            Scheme::Https => Some(tls_of(route, &mut made).await?),
        });
    }
    Ok(all)
}

/// The TLS of a route, made once for each.
async fn tls_of<'r>(
    route: &'r Arc<Route>,
    made: &mut Vec<(&'r Arc<Route>, TlsConfig)>,
) -> Result<TlsConfig, RunError> {
    let known = made.iter().find(|(of, _)| Arc::ptr_eq(of, route));
    if let Some((_, config)) = known {
        return Ok(config.clone());
    }
    // Reading the certificates of the system takes a while the first time.
    let wanted = Arc::clone(route);
    let config = spawn_blocking(move || tls_config(&wanted))
        .await
        .map_err(|_| RunError::Gone)??;
    made.push((route, config.clone()));
    Ok(config)
}

/// The remark on the protocol of an origin.
fn remark(origin: &Origin, route: &Route) -> Option<String> {
    match (origin.scheme, route.version, route.tls.verification) {
        (Scheme::Https, _, Verification::Off) => Some(format!(
            "TLS certificates of {origin} are not verified (`insecure: true`)"
        )),
        (Scheme::Http, HttpVersion::Http2, _) => Some(format!(
            "{origin} uses HTTP/1.1: `version: 2` needs TLS; use `2-prior-knowledge` for HTTP/2 without TLS"
        )),
        _ => None,
    }
}

/// # Errors
/// More users than classes with fixed counts only can have.
pub(crate) fn check_capacity(program: &Program, workloads: &[Workload]) -> Result<(), RunError> {
    for (index, workload) in workloads.iter().enumerate() {
        let classes = || {
            let ids = program.classes_of(index);
            ids.map(|class| &program.classes[class.index()])
        };
        let populations: Vec<_> = classes().map(|class| class.population).collect();
        let capacity = match workload.drive {
            // An open load makes do with the users there can be.
            Drive::Arrivals(_) => None,
            _ => Mix::new(&populations).capacity(),
        };
        let users = workload.peak_users();
        let Some(capacity) = capacity.filter(|capacity| users > *capacity) else {
            continue;
        };
        return Err(match &workload.drive {
            Drive::Steered(load, part) if load.users != users => {
                let (share, all) = part.share();
                let names: Vec<_> = classes().map(|class| class.name.as_str()).collect();
                RunError::CapacityOfPart {
                    classes: names.join(", "),
                    capacity,
                    share,
                    all,
                    part: users,
                    users: load.users,
                }
            }
            _ => RunError::Capacity { users, capacity },
        });
    }
    Ok(())
}

/// Whether so many shards can be started with the files that may still be opened.
///
/// # Errors
/// They cannot.
pub(crate) fn check_descriptors(shards: usize) -> Result<(), RunError> {
    let limit = host::raise_descriptor_limit();
    let (Some(limit), Some(open)) = (limit, host::open_descriptors()) else {
        return Ok(());
    };
    let needed = open + RUN_DESCRIPTORS + SHARD_DESCRIPTORS * shards as u64;
    if needed > limit {
        return Err(RunError::FewDescriptors { limit, needed });
    }
    Ok(())
}

/// The limits of this machine that are too low for the connections of so many users,
/// and what to do about it.
pub(crate) fn limits_of_machine(users: u64, reached: &[Reached]) -> Vec<String> {
    let files = host::raise_descriptor_limit().filter(|limit| users + OWN_DESCRIPTORS > *limit);
    let files = files.map(|limit| {
        format!(
            "{users} users need {users} connections, but this process may open only {limit} files: raise `ulimit -n`"
        )
    });
    let addresses = reached
        .iter()
        .map(|target| target.addresses.len() as u64)
        .min();
    let addresses = addresses.unwrap_or(1).max(1);
    let ports = host::local_ports()
        .and_then(|ports| ports_text(users, ports.all * addresses, ports.quick * addresses));
    files.into_iter().chain(ports).collect()
}

fn ports_text(users: u64, ports: u64, quick_ports: u64) -> Option<String> {
    let trouble = if users > ports {
        "not all of them can connect"
    } else if users > quick_ports {
        "above half of them, users connect slowly and delay others"
    } else {
        return None;
    };
    Some(format!(
        "{users} users need {users} connections, but there are only {ports} local ports for them: {trouble}; widen the range with `sysctl -w net.ipv4.ip_local_port_range=\"1024 65535\"`"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_that_do_not_last_are_said_before() {
        assert_eq!(ports_text(28_232, 28_232, 28_232), None);
        assert_eq!(ports_text(14_000, 28_232, 14_116), None);
        let slow = ports_text(15_000, 28_232, 14_116).expect("half of them");
        assert!(slow.contains("connect slowly"), "{slow}");
        let none = ports_text(30_000, 28_232, 28_232).expect("all of them");
        assert!(none.contains("not all of them can connect"), "{none}");
    }
}
