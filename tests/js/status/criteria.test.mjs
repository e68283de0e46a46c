import assert from "node:assert/strict";
import { test } from "node:test";
import { standing, verdict } from "../../../static/status/criteria.js";
import { latency } from "../../../static/lib/format.js";

const line = { text: "p99 < 1s", standing: "met", figure: "400 ms", value: 400000, note: null };

const state = (word, criteria, run = {}) => ({
  known: true,
  run,
  frame: { state: word, judgement: { verdict: "FAIL", reason: "criterion not met: p99 < 1s (1.4 s)", criteria } },
});

test("each standing has an icon and a word of its own", () => {
  const names = ["met", "at_risk", "broken", "undecided", "disturbed"];
  const all = names.map((name) => standing({ ...line, standing: name }));
  assert.equal(new Set(all.map(({ icon }) => icon)).size, 5);
  assert.equal(new Set(all.map(({ word }) => word)).size, 5);
  assert.equal(standing({ ...line, note: "so far" }).note, "so far");
  const own = standing({ ...line, note: "so far", own_us: 3000 }).note;
  assert.equal(own, `up to ${latency(3000)} of it is generator delay; so far`);
  assert.equal(standing({ ...line, standing: "unheard of" }).word, "undecided");
});

test("the verdict is told at the end, and only of a run with criteria", () => {
  assert.equal(verdict(state("running", [line])), null);
  assert.equal(verdict(state("stopped", [])), null);
  assert.equal(verdict(state("stopped", [line], null)), null);
  const told = verdict(state("stopped", [line]));
  assert.deepEqual(told, { word: "FAIL", reason: "criterion not met: p99 < 1s (1.4 s)", tone: "broken" });
});
