//! Guard rails: limits of all runs that no scenario or operator can lift.

use std::sync::Arc;
use std::time::Duration;

use crate::model::{Target, Targets, Workload};

/// The guard rails of all runs. The default limits nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rails {
    /// Where load may be sent; anywhere if `None`.
    pub allowed: Option<Targets>,
    /// The most users of a run, those of all its workloads and of bursts together.
    pub max_users: Option<u32>,
    /// The most requests per second of a run, above 0.
    pub max_rps: Option<f64>,
    /// Targets without confirmation. Every other one has to be confirmed
    /// before the first run against it; none has to be if `None`.
    pub unasked: Option<Targets>,
    /// A run started from the dashboard is ramped down once no dashboard has
    /// been open for this long; never if `None`.
    pub dead_man: Option<Duration>,
}

/// What a guard rail holds back. The messages name the rail, the value, the
/// limit, and who can change it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RailError {
    /// A target that is not allowed.
    #[error(
        "{target} is not an allowed target (--allow-target {allowed}); restart Swarmdeck with a wider --allow-target"
    )]
    Target {
        /// The target.
        target: Target,
        /// The allowed targets.
        allowed: Targets,
    },
    /// More users than are allowed.
    #[error(
        "{users} users are more than --max-users {limit} allows; restart Swarmdeck with a higher --max-users"
    )]
    Users {
        /// The value given, over all workloads.
        users: u64,
        /// The maximum.
        limit: u32,
    },
    /// Targets that have to be confirmed first.
    #[error("{}", unconfirmed(.0))]
    Unconfirmed(Vec<Target>),
}

fn unconfirmed(targets: &[Target]) -> String {
    let shown: Vec<_> = targets.iter().map(ToString::to_string).collect();
    let hosts: Vec<_> = targets.iter().map(|target| target.host.as_str()).collect();
    let (is, it) = match targets.len() {
        1 => ("is", "it"),
        _ => ("are", "them"),
    };
    format!(
        "{} {is} public: confirm that you may load-test {it} by sending `confirm`: {} (Swarmdeck was started with --confirm-public)",
        shown.join(" and "),
        hosts.join(", ")
    )
}

impl Rails {
    /// # Errors
    /// The target is not among the allowed ones.
    pub fn check_target(&self, target: &Target) -> Result<(), RailError> {
        match &self.allowed {
            Some(allowed) if !allowed.has(target) => Err(RailError::Target {
                target: target.clone(),
                allowed: allowed.clone(),
            }),
            _ => Ok(()),
        }
    }

    /// # Errors
    /// The workloads together may come to more users than are allowed.
    pub fn check_users(&self, workloads: &[Workload]) -> Result<(), RailError> {
        let users = workloads
            .iter()
            .map(|one| u64::from(one.peak_users()))
            .sum();
        match self.max_users {
            Some(limit) if users > u64::from(limit) => Err(RailError::Users { users, limit }),
            _ => Ok(()),
        }
    }

    /// Whether a target must be confirmed before anything is sent there.
    #[must_use]
    pub fn asks_for(&self, target: &Target) -> bool {
        let unasked = self.unasked.as_ref();
        unasked.is_some_and(|unasked| !unasked.has(target))
    }

    /// The limit of requests per second for a run whose scenario has this one,
    /// and what there is to say where it is not the scenario's.
    #[must_use]
    pub fn limit_rps(&self, scenario: Option<f64>) -> (Option<f64>, Option<String>) {
        let Some(limit) = self.max_rps else {
            return (scenario, None);
        };
        if scenario.is_some_and(|own| own <= limit) {
            return (scenario, None);
        }
        let instead = scenario.map_or_else(String::new, |own| format!(" instead of {own}"));
        let said = format!("limited to {limit} requests/s{instead} (--max-rps {limit})");
        (Some(limit), Some(said))
    }
}

/// Where a run may go that is under way: what redirects lead to is held to the
/// same rails. The default lets everything pass.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fence {
    rails: Arc<Rails>,
    /// The confirmed hosts.
    confirmed: Vec<String>,
}

impl Fence {
    /// For a program with these rails, where these hosts have been confirmed.
    #[must_use]
    pub fn new(rails: Arc<Rails>, confirmed: Vec<String>) -> Self {
        Self { rails, confirmed }
    }

    /// Whether load may be sent to a target. Unconfirmed targets are rejected.
    #[must_use]
    pub fn lets_pass(&self, target: &Target) -> bool {
        let is_host = |host: &String| host.eq_ignore_ascii_case(&target.host);
        self.rails.check_target(target).is_ok()
            && (!self.rails.asks_for(target) || self.confirmed.iter().any(is_host))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{AddressOrigin, Drive, Load, LoadShare};

    fn target(host: &str) -> Target {
        Target::new(host, AddressOrigin::ByName, Vec::new())
    }

    fn steered(users: u32) -> Vec<Workload> {
        let load = Load {
            users,
            spawn_rate: 1.0,
        };
        vec![Workload::steered(load)]
    }

    #[test]
    fn without_rails_nothing_is_held_back() {
        let rails = Rails::default();
        assert_eq!(rails.check_target(&target("8.8.8.8")), Ok(()));
        assert_eq!(rails.check_users(&steered(1_000_000)), Ok(()));
        assert_eq!(rails.limit_rps(None), (None, None));
        assert!(!rails.asks_for(&target("8.8.8.8")));
        assert!(Fence::default().lets_pass(&target("8.8.8.8")));
    }

    #[test]
    fn what_is_held_back_names_value_limit_and_remedy() {
        let rails = Rails {
            allowed: Some(Targets::near()),
            max_users: Some(500),
            ..Rails::default()
        };
        let said = rails.check_target(&target("8.8.8.8")).unwrap_err();
        let said = said.to_string();
        for part in [
            "8.8.8.8",
            "--allow-target loopback, private",
            "restart Swarmdeck",
        ] {
            assert!(said.contains(part), "{said}");
        }
        assert_eq!(rails.check_users(&steered(500)), Ok(()));
        let said = rails.check_users(&steered(501)).unwrap_err().to_string();
        for part in ["501", "--max-users 500", "restart Swarmdeck"] {
            assert!(said.contains(part), "{said}");
        }
        let two = ["a.test", "b.test"].map(|host| {
            let address = "203.0.113.7".parse().expect("one");
            Target::new(host, AddressOrigin::ByName, vec![address])
        });
        let said = RailError::Unconfirmed(two.into()).to_string();
        for part in [
            "a.test (203.0.113.7)",
            "`confirm`: a.test, b.test",
            "--confirm-public",
        ] {
            assert!(said.contains(part), "{said}");
        }
    }

    #[test]
    fn the_lower_limit_of_requests_holds() {
        let rails = Rails {
            max_rps: Some(100.0),
            ..Rails::default()
        };
        assert_eq!(rails.limit_rps(Some(50.0)), (Some(50.0), None));
        assert_eq!(rails.limit_rps(Some(100.0)), (Some(100.0), None));
        let (limit, said) = rails.limit_rps(Some(200.0));
        let said = said.expect("it is said");
        assert_eq!(limit, Some(100.0));
        assert!(said.contains("instead of 200") && said.contains("--max-rps 100"));
        let (limit, said) = rails.limit_rps(None);
        assert_eq!((limit, said.is_some()), (Some(100.0), true));
    }

    #[test]
    fn a_fence_asks_nobody() {
        let rails = Rails {
            unasked: Some(Targets::near()),
            ..Rails::default()
        };
        let fence = Fence::new(Arc::new(rails), vec!["203.0.113.7".to_owned()]);
        assert!(fence.lets_pass(&target("10.0.0.1")));
        assert!(fence.lets_pass(&target("203.0.113.7")));
        assert!(!fence.lets_pass(&target("203.0.113.8")));
    }

    proptest! {
        #[test]
        fn users_of_all_workloads_count(users in 0u32..1_000, fixed in 0u32..1_000, limit in 0u32..2_000, shares in proptest::collection::vec(1u32..10, 1..4)) {
            let load = |users| Load { users, spawn_rate: 1.0 };
            let parts = LoadShare::of_shares(&shares).into_iter();
            let mut workloads: Vec<_> = parts
                .map(|part| Workload { start: Duration::ZERO, drive: Drive::Steered(load(users), part) })
                .collect();
            workloads.push(Workload { start: Duration::ZERO, drive: Drive::Fixed(load(fixed)) });
            let rails = Rails { max_users: Some(limit), ..Rails::default() };
            prop_assert_eq!(rails.check_users(&workloads).is_ok(), users + fixed <= limit);
        }

        #[test]
        fn a_limit_is_never_raised(own in proptest::option::of(0.1f64..1e6), limit in proptest::option::of(0.1f64..1e6)) {
            let rails = Rails { max_rps: limit, ..Rails::default() };
            let (holds, said) = rails.limit_rps(own);
            let lowest = own.into_iter().chain(limit).reduce(f64::min);
            prop_assert_eq!(holds, lowest);
            prop_assert_eq!(said.is_some(), holds != own);
        }
    }
}
