use std::collections::{BTreeMap, BTreeSet};

use swarmdeck::lab::{Fault, Latency};
use swarmdeck::scenario::{Environment, Source, load};

use super::cases::Set;
use super::results::fingerprint;
use super::score::HEALTHY;

const SETS: [Set; 2] = [Set::Tuning, Set::HeldOut];

#[test]
fn the_sets_are_as_large_as_they_are_reported_to_be_and_do_not_share_a_run() {
    let [tuning, held_out] = SETS.map(Set::cases);
    for (set, cases, about) in [(SETS[0], &tuning, 210), (SETS[1], &held_out, 105)] {
        let (name, count) = (set.word(), cases.len());
        assert!(count.abs_diff(about) <= 15, "{name}: {count}");
    }
    let healthy = tuning.iter().filter(|case| case.family == HEALTHY);
    assert_eq!(healthy.count(), 60);
    let known: BTreeSet<String> = tuning.iter().map(fingerprint).collect();
    let shared = held_out
        .iter()
        .filter(|case| known.contains(&fingerprint(case)));
    let shared: Vec<_> = shared.map(|case| case.id.as_str()).collect();
    assert_eq!(shared, Vec::<&str>::new());
}

#[test]
fn a_set_is_the_same_each_time_and_fits_into_its_time() {
    for set in SETS {
        let cases = set.cases();
        assert_eq!(cases, set.cases());
        let ids: BTreeSet<_> = cases.iter().map(|case| &case.id).collect();
        assert_eq!(ids.len(), cases.len());
        let seconds: f64 = cases
            .iter()
            .map(|case| case.scenario.run_s.unwrap_or(3.0) + 1.0)
            .sum();
        assert!(seconds < 3_000.0, "{seconds}");
    }
}

#[test]
fn every_run_has_a_scenario_that_compiles_and_faults_that_the_lab_knows() {
    for case in SETS.into_iter().flat_map(Set::cases) {
        let text = case.scenario.text();
        let loaded = load(&Source::new("run.json", &text), &Environment::default());
        let loaded = loaded.unwrap_or_else(|problems| panic!("{}: {problems:#?}", case.id));
        loaded
            .compile(Some("http://localhost:1"))
            .unwrap_or_else(|error| panic!("{}: {error}", case.id));
        for fault in &case.faults {
            fault
                .parse::<Fault>()
                .unwrap_or_else(|error| panic!("{}: {error}", case.id));
        }
        case.latency
            .parse::<Latency>()
            .unwrap_or_else(|error| panic!("{}: {error}", case.id));
    }
}

#[test]
fn every_fault_meets_three_loads() {
    let cases = Set::Tuning.cases();
    let faults = cases.iter().flat_map(|case| &case.faults);
    let mut by_name: BTreeMap<&str, usize> = BTreeMap::new();
    for fault in faults {
        let name = fault
            .split_once('=')
            .map_or(fault.as_str(), |(name, _)| name);
        *by_name.entry(name).or_default() += 1;
    }
    assert_eq!(by_name.len(), 14, "{by_name:?}");
    assert!(by_name.values().all(|count| *count >= 3), "{by_name:?}");
}
