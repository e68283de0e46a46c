use std::time::Duration;

use super::cost::{Cost, RunTotals};
use super::resource_usage::{Stat, memory_kb};

#[test]
fn fields_are_counted_behind_the_name() {
    let text = "7 (a (b) c) S 1 7 7 0 -1 4 10 20 0 0 250 50 3 4 20 0 2";
    let stat = Stat::parse(text, 100).expect("a stat");
    assert_eq!(stat.cpu.user, Duration::from_millis(2530));
    assert_eq!(stat.cpu.system, Duration::from_millis(540));
    assert!(!stat.has_ended);
    let ended = Stat::parse(&text.replace(" S ", " Z "), 100).expect("a stat");
    assert!(ended.has_ended);
    assert_eq!(Stat::parse("7 (a) S", 100), None);
}

#[test]
fn a_child_that_has_ended_tells_until_it_is_waited_for() {
    let mut child = std::process::Command::new("true").spawn().expect("true");
    let stat = Stat::of(child.id()).expect("on Linux");
    assert_eq!(stat.cpu.since(stat.cpu).user, Duration::ZERO);
    child.wait().expect("ours");
    assert!(Stat::of(child.id()).is_err());
}

#[test]
fn memory_is_told_by_the_name_of_its_line() {
    let own = |line| memory_kb(std::process::id(), line);
    let (resident, peak) = (own("VmRSS").expect("there"), own("VmHWM").expect("there"));
    assert!(resident > 1_000.0 && peak >= 1_000.0, "{resident} {peak}");
    assert!(own("VmNothing").is_err());
}

#[test]
fn costs_are_per_request() {
    let totals = RunTotals {
        requests: 100_000.0,
        seconds: 4.0,
    };
    let stat = "7 (a) S 1 7 7 0 -1 4 10 20 0 0 25 75 0 0 20 0 2";
    let cpu = Stat::parse(stat, 100).expect("a stat").cpu;
    let cost = Cost::new(totals, cpu).expect("it worked");
    assert!((cost.cpu_us - 10.0).abs() < 1e-9, "{cost:?}");
    assert!((cost.user_us - 2.5).abs() < 1e-9, "{cost:?}");
    assert!((cost.rps - 25_000.0).abs() < 1e-9, "{cost:?}");
    let nothing = RunTotals {
        requests: 0.0,
        ..totals
    };
    assert!(Cost::new(nothing, cpu).is_none());
}
