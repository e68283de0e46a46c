import assert from "node:assert/strict";
import { test } from "node:test";

import * as plans from "../../../static/controls/load_plan.js";

const staged = {
  of: "users",
  classes: ["Readers"],
  max_users: null,
  t_s: [0, 2, 62, 62],
  value: [0, 40, 40, 0],
};
const even = { of: "starts", classes: ["Buyers"], max_users: 500, t_s: [0], value: [200] };
const later = { of: "starts", classes: ["Late"], max_users: 1, t_s: [30, 40], value: [10, 0.5] };

test("a ramp goes up, holds, and may end too early", () => {
  assert.deepEqual(plans.rampCurve(1000, 100, null), [[0, 10, 40], [0, 1000, 1000]]);
  assert.deepEqual(plans.rampCurve(1000, 100, 120), [[0, 10, 120], [0, 1000, 1000]]);
  assert.deepEqual(plans.rampCurve(1000, 100, 5), [[0, 5], [0, 500]]);
  assert.deepEqual(plans.rampCurve(NaN, 100, 5)[1], [null, null]);
});

test("plans are drawn to their end, or as far as the run goes", () => {
  const { t_s, lines } = plans.planCurves([staged], { runTimeS: null });
  assert.equal(t_s.at(-1), 62.001);
  assert.deepEqual(lines[0].value, [0, 40, 40, 0]);
  assert.equal(lines[0].label, "users");
  const short = plans.planCurves([staged], { runTimeS: 1 });
  assert.deepEqual([short.t_s, short.lines[0].value], [[0, 1], [0, 20]]);
  const constant = plans.planCurves([even], { runTimeS: null });
  assert.deepEqual([constant.t_s, constant.lines[0].value], [[0, 60], [200, 200]]);
});

test("plans side by side share their times and are told apart", () => {
  const both = plans.planCurves([staged, later], { users: 10, spawnRate: 10, runTimeS: 62 });
  const labels = both.lines.map(({ label }) => label);
  assert.deepEqual(labels, ["users set here", "Readers: users", "Late: task starts/s"]);
  assert.ok(both.t_s.every((t, i) => i === 0 || t > both.t_s[i - 1]));
  const starts = both.lines[2].value;
  const at = (t) => starts[both.t_s.indexOf(t)];
  assert.deepEqual([at(0), at(30), at(40), at(62)], [0, 0, 0.5, 0.5]);
  for (const { value } of both.lines) assert.equal(value.length, both.t_s.length);
});

test("a plan in one line names its peak, its length and its bound", () => {
  const sentence = plans.planSentence;
  assert.equal(sentence([], true), "");
  assert.equal(sentence([staged], false), "The file controls the load: up to 40 users over 1m2s.");
  assert.equal(
    sentence([even], false),
    "The file controls the load: 200 task starts/s, up to 500 users.",
  );
  assert.equal(
    sentence([even, later], true),
    "Also scheduled in the file: Buyers: 200 task starts/s, up to 500 users; Late: up to 10 task starts/s over 10s from 30s, up to 1 user.",
  );
});

test("few stages are told one by one", () => {
  assert.equal(
    plans.stageSentences([staged], false),
    "0 to 40 users in 2s, 40 for 1m, 40 to 0 users at once",
  );
  const wave = { ...staged, t_s: [0, 1, 2, 3, 4, 5, 6], value: [1, 2, 1, 2, 1, 2, 1] };
  assert.equal(plans.stageSentences([wave], false), "up to 2 users over 6s");
});
