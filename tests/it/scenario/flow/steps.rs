//! What a user does, step by step, without a network: time passes only in
//! rests and requests.

use swarmdeck::program::{
    Action, CodeAt, Cursor, Ending, EvalContext, OnFailure, Program, Scratch, Sequences, Setting,
    Variables,
};

use crate::scenario::{compile, program_of_steps};

/// A user that goes through a program; each request takes a millisecond.
pub(super) struct Walker<'p> {
    program: &'p Program,
    variables: Variables,
    scratch: Scratch,
    rng: fastrand::Rng,
    now_us: u64,
    failing: &'p [&'p str],
}

impl<'p> Walker<'p> {
    pub(super) fn new(program: &'p Program, failing: &'p [&'p str]) -> Self {
        Self {
            program,
            variables: Variables::new(program.slot_count()),
            scratch: Scratch::default(),
            rng: fastrand::Rng::with_seed(5),
            now_us: 1,
            failing,
        }
    }

    /// What happens between the beginning and the end of a stretch, in words.
    pub(super) fn walk(&mut self, entry: CodeAt, on_failure: OnFailure) -> Vec<String> {
        let mut cursor = Cursor::default();
        cursor.start(entry, on_failure);
        let mut seen = Vec::new();
        while seen.len() < 10_000 {
            let mut setting = Setting {
                variables: &mut self.variables,
                scratch: &mut self.scratch,
                context: EvalContext {
                    rng: &mut self.rng,
                    unix_us: 0,
                    sequences: &Sequences::default(),
                },
                now_us: self.now_us,
            };
            let action = cursor.next(self.program, &mut setting);
            let (words, failed) = self.act(action);
            seen.push(words);
            if failed {
                cursor.fail();
            }
            if let Action::End(_) = action {
                if cursor.has_failed() {
                    seen.push("failed".to_owned());
                }
                return seen;
            }
        }
        panic!("no end: {:?}", &seen[..20])
    }

    fn act(&mut self, action: Action<'_>) -> (String, bool) {
        let name = |id: swarmdeck::model::NameId| &self.program.names[id.index()].name;
        let words = match action {
            Action::Request(id) => {
                let name = name(self.program.requests[id.index()].name).clone();
                self.now_us += 1_000;
                let failed = self.failing.contains(&name.as_str());
                return (name, failed);
            }
            Action::Parallel { first, count } => format!("{count} from {}", first.index()),
            Action::Rest { due_us } => {
                let rest_us = due_us - self.now_us;
                self.now_us = due_us;
                format!("rest {}ms", rest_us / 1_000)
            }
            Action::Yield => {
                self.now_us += 100;
                "yield".to_owned()
            }
            Action::Group {
                name: id,
                began_us,
                has_failed,
            } => {
                let took_ms = (self.now_us - began_us) / 1_000;
                let how = if has_failed { "failed" } else { "ok" };
                format!("{} {how} {took_ms}ms", name(id))
            }
            Action::Failed { task, failure, .. } => {
                format!("{}: {}", name(task), self.program.describe(failure))
            }
            Action::Log(text) => {
                let mut context = EvalContext {
                    rng: &mut self.rng,
                    unix_us: 0,
                    sequences: &Sequences::default(),
                };
                text.text(&self.variables, &mut context)
                    .unwrap_or_else(|missing| self.program.describe_missing(missing))
            }
            Action::End(Ending::Over) => "end".to_owned(),
            Action::End(Ending::UserEnds) => "user ends".to_owned(),
        };
        (words, false)
    }
}

/// A task of these steps.
pub(super) fn walk(steps: &str, failing: &[&str]) -> Vec<String> {
    let program = program_of_steps(steps);
    let entry = program.classes[0].tasks[0].entry;
    Walker::new(&program, failing).walk(entry, OnFailure::GoOn)
}

#[track_caller]
fn check(steps: &str, expected: &[&str]) {
    assert_eq!(walk(steps, &[]), expected, "{steps}");
}

#[test]
fn thinks() {
    check("- think: 1500ms", &["rest 1500ms", "end"]);
    check("- think: {constant: 2s}", &["rest 2000ms", "end"]);
    let rests = walk(
        "- repeat: 200\n  steps: [{think: {between: [1s, 2s]}}]",
        &[],
    );
    let in_between =
        |rest: &String| rest.len() == "rest 1000ms".len() && rest.starts_with("rest 1");
    assert_eq!(rests.iter().filter(|rest| in_between(rest)).count(), 200);
    let rests = walk("- repeat: 500\n  steps: [{think: {poisson: 10/s}}]", &[]);
    let sum: u32 = rests
        .iter()
        .filter_map(|rest| {
            rest.strip_prefix("rest ")?
                .strip_suffix("ms")?
                .parse::<u32>()
                .ok()
        })
        .sum();
    assert!((40_000..60_000).contains(&sum), "{sum}");
}

#[test]
fn sets_values_that_keep_their_type() {
    let steps = "- set: {n: 3, t: '3', f: 1.5, yes: true, nothing: null, list: [1, '{{ n }}', x], map: {k: '{{ t }}'}}
- set: {sum: '{{ n + 1 }}', text: 'n{{ n }}', copy: '{{ map }}', element: '{{ list[1] + 1 }}'}
- log: '{{ sum }} {{ text }} {{ copy }} {{ element }} {{ list }} {{ f }} {{ yes }}'
- set: {n: '{{ n * 2 }}', sum: '{{ t * 2 }}'}
- log: '{{ n }} {{ sum is defined }} {{ t + t }} {{ nothing is defined }}'";
    let lines = [
        r#"4 n3 {"k":"3"} 4 [1,3,"x"] 1.5 true"#,
        "6 true 33 true",
        "end",
    ];
    check(steps, &lines);
}

#[test]
fn what_has_no_value_is_unset() {
    let steps = "- set: {x: 1}\n- set: {x: '{{ 1 / (x - x) }}'}\n- log: 'x is {{ x }}'";
    check(
        steps,
        &["(not written: variable \"x\" is not set yet)", "end"],
    );
}

#[test]
fn goes_one_way_or_the_other() {
    let steps = |value| {
        format!(
            "- set: {{total: {value}}}\n- if: total > 10\n  then: [{{get: /a}}]\n  else: [{{get: /b}}, {{get: /c}}]\n- if: a\n  then: [{{get: /d}}]\n- get: /e"
        )
    };
    check(&steps(11), &["/a", "/e", "end"]);
    check(&steps(10), &["/b", "/c", "/e", "end"]);
}

#[test]
fn repeats() {
    check(
        "- repeat: 3\n  steps: [{get: /a}]",
        &["/a", "/a", "/a", "end"],
    );
    let given = "- set: {n: 2}\n- repeat: n + 1\n  steps: [{get: /a}]\n- repeat: '{{ n }}'\n  steps: [{get: /b}]\n- repeat: a\n  steps: [{get: /c}]";
    check(given, &["/a", "/a", "/a", "/b", "/b", "end"]);
    let counted = "- set: {page: 0}\n- repeat: {while: page < 3}\n  steps: [{get: /p}, {set: {page: '{{ page + 1 }}'}}]\n- log: '{{ page }}'";
    check(counted, &["/p", "/p", "/p", "3", "end"]);
    let bounded = "- repeat: {while: 'true', max: 2}\n  steps: [{get: /a}]";
    check(bounded, &["/a", "/a", "end"]);
    let each = "- set: {list: [1, x, {k: [2]}]}\n- repeat: {each: item, in: list}\n  steps:\n    - log: '{{ item }}'\n- log: '{{ item.k[0] + 1 }}'";
    check(each, &["1", "x", r#"{"k":[2]}"#, "3", "end"]);
    let first = "- repeat: {each: i, in: '[1, 2, 3]', max: 2}\n  steps: [{repeat: {each: k, in: '[i, 9]'}, steps: [{log: '{{ i }}{{ k }}'}]}]";
    check(first, &["11", "19", "22", "29", "end"]);
    check("- repeat: {each: i, in: a}\n  steps: [{get: /a}]", &["end"]);
}

#[test]
fn loops_are_not_cut_short() {
    let counted = "- set: {n: 0}\n- repeat: {while: n < 1500}\n  steps: [{get: /a}, {set: {n: '{{ n + 1 }}'}}]";
    assert_eq!(walk(counted, &[]).len(), 1_501, "nothing is cut short");
    let items = (0..1_500).map(|item| item.to_string()).collect::<Vec<_>>();
    let each = format!(
        "- set: {{list: [{}]}}\n- repeat: {{each: i, in: list}}\n  steps: [{{get: /a}}]",
        items.join(", ")
    );
    assert_eq!(walk(&each, &[]).len(), 1_501, "nothing is cut short");
    let endless = "- repeat: {while: 'true'}\n  steps: [{set: {x: 1}}]\n- get: /never";
    let end = walk(endless, &[]);
    let end: Vec<_> = end.iter().filter(|words| *words != "yield").collect();
    let expected = [
        "t: `while: true` is still true after 1000000 rounds",
        "end",
        "failed",
    ];
    assert_eq!(end, expected);
}

#[test]
fn a_loop_without_requests_gives_way() {
    let seen = walk("- repeat: 1000\n  steps: [{set: {x: 1}}]\n- get: /a", &[]);
    let yields = seen.iter().filter(|words| *words == "yield").count();
    assert!((3..20).contains(&yields), "{seen:?}");
    assert_eq!(seen[yields..], ["/a", "end"]);
}

#[test]
fn chooses_by_weight() {
    let steps = "- repeat: 4500\n  steps:\n    - choose: [{weight: 6, steps: [{get: /a}]}, {weight: 2, steps: [{get: /b}, {get: /b2}]}, {steps: [{get: /c}]}]";
    let seen = walk(steps, &[]);
    let count = |name| seen.iter().filter(|words| *words == name).count();
    assert_eq!(count("/b"), count("/b2"));
    assert_eq!(count("/a") + count("/b") + count("/c"), 4_500);
    assert!((2_840..3_160).contains(&count("/a")), "{}", count("/a"));
    assert!((870..1_130).contains(&count("/b")), "{}", count("/b"));
}

#[test]
fn groups_have_rows_of_their_own() {
    let steps = "- group: outer
  steps:
    - get: /a
    - group: inner
      steps: [{get: /bad}, {think: 1s}]
    - group: fine
      steps: [{get: /a}]
- group: after
  steps: [{get: /a}]";
    let expected = [
        "/a",
        "/bad",
        "rest 1000ms",
        "inner failed 1001ms",
        "/a",
        "fine ok 1ms",
        "outer failed 1003ms",
        "/a",
        "after ok 1ms",
        "end",
        "failed",
    ];
    assert_eq!(walk(steps, &["/bad"]), expected);
}

#[test]
fn a_group_of_nothing_counts() {
    let steps = "- choose: [{steps: [{group: abandoned, steps: []}]}]\n- get: /after";
    assert_eq!(walk(steps, &[])[1..], ["/after", "end"]);
    assert!(
        walk(steps, &[])[0].contains("abandoned"),
        "{:?}",
        walk(steps, &[])
    );
}

#[test]
fn a_task_that_fails_is_over() {
    let steps = "- group: g\n  steps:\n    - repeat: 3\n      steps: [{get: /a}, {fail: no stock}]\n- get: /b";
    check(
        steps,
        &["/a", "t: no stock", "g failed 1ms", "end", "failed"],
    );
}

#[test]
fn a_user_can_end_itself() {
    let steps = "- group: g\n  steps: [{get: /a}, {stop_user: true}]\n- get: /b";
    check(steps, &["/a", "g ok 1ms", "user ends"]);
}

#[test]
fn polls() {
    let done = "- set: {n: 0}
- poll: {until: n == 3, every: 1s, timeout: 30s}
  steps: [{get: /bad}, {set: {n: '{{ n + 1 }}'}}]
- get: /b";
    let expected = [
        "/bad",
        "rest 999ms",
        "/bad",
        "rest 999ms",
        "/bad",
        "/b",
        "end",
    ];
    assert_eq!(
        walk(done, &["/bad"]),
        expected,
        "trying in vain is no failure"
    );
    let late =
        "- poll: {until: a == 1, every: 1s, timeout: 1500ms}\n  steps: [{get: /a}]\n- get: /b";
    let expected = [
        "/a",
        "rest 999ms",
        "/a",
        "rest 499ms",
        "/a",
        "t: timed out after 1s500ms: a == 1",
        "/b",
        "end",
        "failed",
    ];
    let seen = walk(late, &[]);
    assert_eq!(seen.len(), expected.len(), "{seen:?}");
    assert_eq!(seen[..5], expected[..5]);
    assert!(seen[5].starts_with("t: timed out after 1"), "{seen:?}");
    assert_eq!(seen[6..], expected[6..]);
}

#[test]
fn on_start_ends_with_its_first_failure_outside_a_poll() {
    let text = |steps: &str| {
        format!(
            "user_classes:\n  U:\n    on_start:\n      {steps}\n    tasks: {{t: [{{get: /}}]}}\n"
        )
    };
    let first = |steps: &str, failing: &[&str]| {
        let program = compile(&text(&steps.replace('\n', "\n      ")));
        let entry = program.classes[0].on_start.unwrap();
        Walker::new(&program, failing).walk(entry, OnFailure::End)
    };
    let seen = first("- group: g\n  steps: [{get: /bad}, {get: /a}]", &["/bad"]);
    assert_eq!(seen, ["/bad", "g failed 1ms", "end", "failed"]);
    let poll = "- set: {n: 0}\n- poll: {until: n == 2}\n  steps: [{get: /bad}, {set: {n: '{{ n + 1 }}'}}]\n- get: /a";
    let seen = first(poll, &["/bad"]);
    assert_eq!(seen, ["/bad", "rest 999ms", "/bad", "/a", "end"]);
    let late = first(
        "- poll: {until: 1 == 2, timeout: 1ms}\n  steps: [{get: /a}]\n- get: /b",
        &[],
    );
    assert_eq!(
        late,
        [
            "/a",
            "on_start: timed out after 1ms: 1 == 2",
            "end",
            "failed"
        ]
    );
}

#[test]
fn blocks_are_steps_under_a_name() {
    let text = "blocks:
  pair: [{use: one}, {get: /two, capture: {x: {json: $.x}}}]
  one: [{get: '/one/{{ y }}'}]
variables: {y: 1, greeting: 'hello {{ who }}'}
user_classes:
  A:
    variables: {who: you, y: 2, shout: '{{ who + who }}'}
    tasks: {t: [{use: pair}, {use: one}, {log: '{{ x }}'}, {log: '{{ y }} {{ shout }}'}]}
  B:
    on_start: [{get: /start}]
    variables: {who: me}
    tasks: {t: [{use: one}, {log: '{{ greeting }}'}]}
";
    let program = compile(text);
    let [a, b] = program.classes.as_slice() else {
        panic!("two classes")
    };
    let mut user = Walker::new(&program, &[]);
    assert_eq!(user.walk(a.on_start.unwrap(), OnFailure::End), ["end"]);
    let seen = user.walk(a.tasks[0].entry, OnFailure::GoOn);
    let expected = [
        "/one/{y}",
        "/two",
        "/one/{y}",
        "(not written: variable \"x\" is not set yet)",
        "2 youyou",
        "end",
    ];
    assert_eq!(seen, expected);
    let mut user = Walker::new(&program, &[]);
    let seen = user.walk(b.on_start.unwrap(), OnFailure::End);
    assert_eq!(seen, ["/start", "end"], "variables come first");
    let seen = user.walk(b.tasks[0].entry, OnFailure::GoOn);
    let unset = "(not written: variable \"greeting\" is not set yet)";
    assert_eq!(
        seen,
        ["/one/{y}", unset, "end"],
        "the class's come after the file's"
    );
}

#[test]
fn parallel_requests_stand_next_to_each_other() {
    let seen = walk(
        "- get: /a\n- parallel: [{get: /b}, {post: /c}]\n- get: /d",
        &[],
    );
    // The first request of the program is that of `on_start`.
    assert_eq!(seen, ["/a", "2 from 2", "/d", "end"]);
}

#[test]
fn tasks_may_be_called_like_steps() {
    let text = "user_classes:
  U:
    tasks:
      json: [{get: /a, capture: {x: {json: $.x}}}]
      set: {steps: [{set: {y: 1}}]}
      use: [{log: '{{ x }} {{ y }}'}]
";
    compile(text);
}
