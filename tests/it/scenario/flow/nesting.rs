//! Steps inside steps: the flat program against the tree that was written.

use proptest::prelude::*;
use serde_json::{Value, json};
use swarmdeck::program::OnFailure;

use super::steps::Walker;
use crate::scenario::compile;

/// A step, as a tree.
#[derive(Clone, Debug)]
enum Step {
    Get(u8),
    Repeat(u8, Vec<Step>),
    While(u8, Vec<Step>),
    Each(u8, Vec<Step>),
    If(bool, Vec<Step>, Vec<Step>),
    Group(Vec<Step>),
    Poll(Vec<Step>),
    Fail,
    Stop,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let leaf = prop_oneof![
        20 => (0_u8..4).prop_map(Step::Get),
        1 => Just(Step::Fail),
        1 => Just(Step::Stop),
    ];
    let step = leaf.prop_recursive(4, 30, 4, |inner| {
        let list = prop::collection::vec(inner, 1..4);
        prop_oneof![
            (1_u8..4, list.clone()).prop_map(|(times, steps)| Step::Repeat(times, steps)),
            (0_u8..4, list.clone()).prop_map(|(times, steps)| Step::While(times, steps)),
            (0_u8..4, list.clone()).prop_map(|(times, steps)| Step::Each(times, steps)),
            (any::<bool>(), list.clone(), list.clone())
                .prop_map(|(holds, then, or)| Step::If(holds, then, or)),
            list.clone().prop_map(Step::Group),
            list.prop_map(Step::Poll),
        ]
    });
    prop::collection::vec(step, 1..5)
}

/// As it is written; `depth` tells the variables of loops inside loops apart.
fn written(steps: &[Step], depth: usize) -> Value {
    let inner = |steps: &[Step]| written(steps, depth + 1);
    let lists = steps.iter().map(|step| match step {
        Step::Get(name) => vec![json!({"get": format!("/{name}")})],
        Step::Repeat(times, steps) => vec![json!({"repeat": times, "steps": inner(steps)})],
        Step::While(times, steps) => {
            let n = format!("n{depth}");
            let raised = format!("{{{{ {n} + 1 }}}}");
            let mut inside = vec![json!({"set": {&*n: raised}})];
            inside.extend(inner(steps).as_array().unwrap().iter().cloned());
            let condition = format!("{n} < {times}");
            vec![
                json!({"set": {&*n: 0}}),
                json!({"repeat": {"while": condition}, "steps": inside}),
            ]
        }
        Step::Each(times, steps) => {
            let list: Vec<u8> = (0..*times).collect();
            let each = json!({"each": format!("e{depth}"), "in": format!("{list:?}")});
            vec![json!({"repeat": each, "steps": inner(steps)})]
        }
        Step::If(holds, then, or) => {
            vec![json!({"if": holds, "then": inner(then), "else": inner(or)})]
        }
        Step::Group(steps) => vec![json!({"group": "g", "steps": inner(steps)})],
        Step::Poll(steps) => vec![json!({"poll": {"until": true}, "steps": inner(steps)})],
        Step::Fail => vec![json!({"fail": "so"})],
        Step::Stop => vec![json!({"stop_user": true})],
    });
    lists.flatten().collect()
}

/// What happens, by going down the tree; requests for `/0` fail.
#[derive(Default)]
struct Expected {
    seen: Vec<String>,
    failures: u32,
    ending: Option<&'static str>,
}

impl Expected {
    fn list(&mut self, steps: &[Step], times: u8) {
        for _ in 0..times {
            for step in steps {
                if self.ending.is_none() && self.seen.len() < 5_000 {
                    self.step(step);
                }
            }
        }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Get(name) => {
                self.seen.push(format!("/{name}"));
                self.failures += u32::from(*name == 0);
            }
            Step::Repeat(times, steps) | Step::While(times, steps) | Step::Each(times, steps) => {
                self.list(steps, *times);
            }
            Step::If(true, steps, _) | Step::If(false, _, steps) => self.list(steps, 1),
            Step::Group(steps) => {
                let before = (self.failures, self.requests());
                self.list(steps, 1);
                let took = self.requests() - before.1;
                let how = if self.failures > before.0 {
                    "failed"
                } else {
                    "ok"
                };
                self.seen.push(format!("g {how} {took}ms"));
            }
            Step::Poll(steps) => {
                let before = self.failures;
                self.list(steps, 1);
                if self.ending.is_none() {
                    self.failures = before;
                }
            }
            Step::Fail => {
                self.seen.push("t: so".to_owned());
                self.failures += 1;
                self.ending = Some("end");
            }
            Step::Stop => self.ending = Some("user ends"),
        }
    }

    fn requests(&self) -> usize {
        self.seen
            .iter()
            .filter(|words| words.starts_with('/'))
            .count()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// The flat program does what the tree of steps says.
    #[test]
    fn jumps_do_what_the_tree_says(steps in steps()) {
        let mut expected = Expected::default();
        expected.list(&steps, 1);
        prop_assume!(expected.seen.len() < 5_000);
        expected.seen.push(expected.ending.unwrap_or("end").to_owned());
        if expected.failures > 0 {
            expected.seen.push("failed".to_owned());
        }
        let text = json!({"user_classes": {"U": {"tasks": {"t": written(&steps, 0)}}}});
        let program = compile(&text.to_string());
        let entry = program.classes[0].tasks[0].entry;
        let seen = Walker::new(&program, &["/0"]).walk(entry, OnFailure::GoOn);
        let seen: Vec<_> = seen.into_iter().filter(|words| words != "yield").collect();
        prop_assert_eq!(seen, expected.seen);
    }
}
