import assert from "node:assert/strict";
import { test } from "node:test";

import { allWords, isOffered, isSuiteShown, suiteHeadline } from "../../../static/status/suite.js";

const scenarios = ["a", "b", "c", "d", "e", "f", "g"].map((id) => ({
  id,
  name: id.toUpperCase(),
  problems: [],
}));
const all = { scenarios: ["a", "b"], endless: [], runs_take_s: 80, cool_down_s: 10 };

test("what the button would do is said in sentences", () => {
  assert.equal(
    allWords({ all, scenarios }),
    "Runs A, B in sequence with 10s between them, about 1m30s in total.",
  );
  const against = allWords({ all: { ...all, runs_take_s: null }, scenarios }, "http://x");
  assert.ok(against.startsWith("Runs A, B in sequence against http://x with"), against);
});

test("what is left out is named, with what cures it", () => {
  const broken = [...scenarios, { id: "z", name: "Z", problems: ["no"] }];
  const words = allWords({ all: { ...all, endless: ["c"] }, scenarios: broken });
  assert.match(words, /Skips C: no run time\./);
  assert.match(words, /Skips Z: has errors\./);
});

test("many names are counted", () => {
  const many = { ...all, scenarios: scenarios.map((s) => s.id) };
  assert.ok(allWords({ all: many, scenarios }).startsWith("Runs A, B, C, D, E and 2 more in sequence"));
});

test("one scenario alone is no suite", () => {
  assert.equal(isOffered(null), false);
  assert.equal(isOffered({ ...all, scenarios: ["a"] }), false);
  assert.equal(allWords({ all: { ...all, scenarios: ["a"] }, scenarios }), "");
});

test("the headline names the run that goes on or comes next", () => {
  const runs = [{ name: "A" }, { name: "B" }];
  assert.equal(suiteHeadline({ suite: null }), "");
  assert.equal(suiteHeadline({ suite: { state: "running", at: 1, runs } }), "Running 1 of 2: A");
  assert.equal(suiteHeadline({ suite: { state: "cooling_down", at: 2, runs } }), "Next: 2 of 2: B");
  assert.equal(suiteHeadline({ suite: { state: "ended", at: null, runs } }), "");
});

test("an ended suite is shown until something else is run", () => {
  const suite = { state: "ended", at: null, runs: [{ run: "1" }, { run: "2" }] };
  assert.equal(isSuiteShown({ suite: null, run: null }), false);
  assert.equal(isSuiteShown({ suite, run: null }), true);
  assert.equal(isSuiteShown({ suite, run: { id: "2" } }), true);
  assert.equal(isSuiteShown({ suite, run: { id: "3" } }), false);
  assert.equal(isSuiteShown({ suite: { ...suite, state: "running" }, run: { id: "3" } }), true);
});
