//! The guard rails of a program, and which targets have been confirmed since
//! it started.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use crate::model::{Fence, RailError, Rails, Target};

/// Hosts remembered as confirmed; the oldest is forgotten, and has to be confirmed again.
const CONFIRMED: usize = 1_000;

/// The consent to the targets of a run, given by the one who starts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Consent {
    /// Load may be sent to these hosts, wherever they are.
    Hosts(Vec<String>),
    /// To all of them: the command line asks for this very run.
    All,
}

/// Says nothing.
impl Default for Consent {
    fn default() -> Self {
        Self::Hosts(Vec::new())
    }
}

impl Consent {
    fn is_given_for(&self, target: &Target) -> bool {
        match self {
            Self::All => true,
            Self::Hosts(hosts) => names(hosts.iter(), target),
        }
    }
}

/// The rails, and what has been confirmed.
#[derive(Debug, Default)]
pub(crate) struct Guardrails {
    pub(crate) rails: Arc<Rails>,
    /// Written by who starts a run, held for copying only.
    confirmed: Mutex<VecDeque<String>>,
}

impl Guardrails {
    pub(crate) fn new(rails: Rails) -> Self {
        Self {
            rails: Arc::new(rails),
            confirmed: Mutex::default(),
        }
    }

    /// Lets a run have these targets, and remembers what was confirmed for it.
    ///
    /// # Errors
    /// One of them is not allowed, or some have to be confirmed first.
    pub(crate) fn admit(&self, targets: &[Target], consent: &Consent) -> Result<Fence, RailError> {
        for target in targets {
            self.rails.check_target(target)?;
        }
        // Nothing panics while it is held.
        let confirmed = self.confirmed.lock();
        let mut confirmed = confirmed.unwrap_or_else(PoisonError::into_inner);
        let mut unconfirmed: Vec<Target> = Vec::new();
        let mut new: Vec<&Target> = Vec::new();
        for target in targets.iter().filter(|target| self.rails.asks_for(target)) {
            if names(confirmed.iter(), target) || names(new.iter().map(|one| &one.host), target) {
                continue;
            }
            if consent.is_given_for(target) {
                new.push(target);
            } else if !unconfirmed.contains(target) {
                unconfirmed.push(target.clone());
            }
        }
        if !unconfirmed.is_empty() {
            return Err(RailError::Unconfirmed(unconfirmed));
        }
        for target in new {
            if confirmed.len() >= CONFIRMED {
                confirmed.pop_front();
            }
            confirmed.push_back(target.host.clone());
        }
        let confirmed = confirmed.iter().cloned().collect();
        Ok(Fence::new(Arc::clone(&self.rails), confirmed))
    }
}

/// Hosts are the same whatever their case.
fn names<'h>(mut hosts: impl Iterator<Item = &'h String>, target: &Target) -> bool {
    hosts.any(|host| host.eq_ignore_ascii_case(&target.host))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AddressOrigin, Targets};

    fn target(host: &str) -> Target {
        Target::new(host, AddressOrigin::ByName, Vec::new())
    }

    fn asking() -> Guardrails {
        Guardrails::new(Rails {
            unasked: Some(Targets::near()),
            ..Rails::default()
        })
    }

    fn hosts(names: &[&str]) -> Consent {
        Consent::Hosts(names.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_public_target_is_confirmed_once() {
        let guard = asking();
        let far = [target("203.0.113.7"), target("10.0.0.1")];
        for consent in [Consent::default(), hosts(&["203.0.113.8", "10.0.0.1"])] {
            let refused = guard.admit(&far, &consent);
            let expected = RailError::Unconfirmed(vec![target("203.0.113.7")]);
            assert_eq!(refused, Err(expected));
        }
        assert!(guard.admit(&far, &hosts(&["203.0.113.7"])).is_ok());
        let fence = guard.admit(&far, &Consent::default()).expect("remembered");
        assert!(fence.lets_pass(&target("203.0.113.7")));
        assert!(!fence.lets_pass(&target("203.0.113.9")));
        let other = [target("203.0.113.9")];
        assert!(guard.admit(&other, &Consent::default()).is_err());
        assert!(guard.admit(&other, &Consent::All).is_ok());
    }

    #[test]
    fn nothing_is_remembered_of_a_start_that_is_refused() {
        let guard = asking();
        let both = [target("203.0.113.7"), target("203.0.113.8")];
        assert!(guard.admit(&both, &hosts(&["203.0.113.7"])).is_err());
        assert!(guard.admit(&both[..1], &Consent::default()).is_err());
    }

    #[test]
    fn consent_does_not_widen_what_is_allowed() {
        let guard = Guardrails::new(Rails {
            allowed: Some(Targets::near()),
            ..Rails::default()
        });
        let far = [target("203.0.113.7")];
        let refused = guard.admit(&far, &Consent::All);
        assert!(matches!(refused, Err(RailError::Target { .. })));
    }

    #[test]
    fn the_memory_is_bounded() {
        let guard = asking();
        for number in 0..=CONFIRMED {
            let one = [target(&format!("host-{number}.test"))];
            assert!(guard.admit(&one, &Consent::All).is_ok());
        }
        let first = [target("host-0.test")];
        assert!(guard.admit(&first, &Consent::default()).is_err());
        let last = [target(&format!("host-{CONFIRMED}.test"))];
        assert!(guard.admit(&last, &Consent::default()).is_ok());
    }
}
