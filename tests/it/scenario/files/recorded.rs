//! Loads that were recorded in a file.

use std::path::Path;
use std::time::Duration;

use swarmdeck::model::{Drive, Scenario};
use swarmdeck::scenario::{Colour, Environment, Source, load};

use crate::support::{Folder, assert_snapshot};

const CLASSES: &str = "user_classes: {U: {tasks: {t: [{get: /}]}}}\n";

/// Reads a scenario with this load, beside `day.csv`.
fn read(plan: &str) -> Result<Scenario, String> {
    let folder = Folder::new();
    folder.file("day.csv", "time,users\n8:00,0\n9:00,40\n10:00,10\n");
    let path = folder.file("day.yaml", &format!("load: {plan}\n{CLASSES}"));
    let source = Source::read(Path::new(&path)).unwrap();
    load(&source, &Environment::default())
        .map(|loaded| loaded.scenario)
        .map_err(|mistakes| {
            let mistakes = mistakes.iter().map(|one| one.render(Colour::Never));
            let mistakes: String = mistakes.collect();
            mistakes.replace(folder.path(), "FOLDER")
        })
}

#[test]
fn a_recorded_load_ends_by_itself_or_is_cut() {
    let recorded = "recorded: {file: day.csv, column: users, step: 10s, scale: 0.5}";
    let scenario = read(&format!("{{users: {{{recorded}}}}}")).unwrap();
    let Drive::Users(curve) = &scenario.workloads[0].drive else {
        panic!("{:?}", scenario.workloads);
    };
    let points = curve.points().iter();
    let points: Vec<_> = points.map(|point| (point.at_us, point.value)).collect();
    assert_eq!(points, [(0, 0.0), (10_000_000, 20.0), (20_000_000, 5.0)]);
    assert_eq!(scenario.run_time, Some(Duration::from_secs(20)));

    let cut = read(&format!("{{rate: {{{recorded}}}, run_time: 5s}}")).unwrap();
    assert!(
        matches!(&cut.workloads[0].drive, Drive::Arrivals(arrivals) if arrivals.rate == *curve)
    );
    assert_eq!(cut.run_time, Some(Duration::from_secs(5)));
}

#[test]
fn mistakes_have_their_place() {
    let cases = [
        "{users: {recorded: {file: night.csv}}}",
        "{users: {recorded: {column: users}}}",
        "{users: {recorded: {file: day.csv}}}",
        "{users: {recorded: {file: day.csv, column: user}}}",
        "{users: {recorded: {file: day.csv, column: time}}}",
        "{users: {recorded: {file: day.csv, column: users, scale: -1}}}",
        "{users: {recorded: {file: day.csv, rows: 1}}}",
    ];
    let messages = cases.map(|load| read(load).expect_err(load) + "\n\n");
    assert_snapshot("mistakes/recorded", &messages.concat());
}
