import assert from "node:assert/strict";
import { test } from "node:test";

import * as logs from "../../../static/tables/logs.js";

const line = (number, rest = {}) => ({
  number,
  at_unix_ms: number,
  level: "info",
  source: "swarmdeck.run",
  text: `line ${number}`,
  ...rest,
});
const answer = (numbers, rest = {}) => ({
  lines: numbers.map((number) => line(number)),
  last: Math.max(0, ...numbers),
  dropped: 0,
  ...rest,
});
const numbers = (lines) => lines.map(({ number }) => number);

test("answers are added, each line once", () => {
  const first = logs.learn(logs.noLines(), answer([1, 2]));
  const next = logs.learn(first, answer([2, 3]));
  assert.deepEqual(numbers(next.lines), [1, 2, 3]);
  assert.equal(next.last, 3);
  assert.deepEqual(numbers(first.lines), [1, 2], "what was given has not changed");
});

test("no more lines are kept than the server keeps", () => {
  const many = Array.from({ length: logs.MAX_LINES + 20 }, (_, i) => i + 1);
  const known = logs.learn(logs.noLines(), answer(many));
  assert.equal(known.lines.length, logs.MAX_LINES);
  assert.equal(known.lines[0].number, 21);
});

test("a server that was started again begins anew", () => {
  const known = logs.learn(logs.noLines(), answer([1, 2, 3]));
  assert.deepEqual(logs.learn(known, answer([], { last: 1 })), logs.noLines());
  assert.equal(logs.learn(known, answer([], { last: 3 })).last, 3);
});

test("lines are chosen by level and words, newest first", () => {
  const lines = [
    line(1, { text: "The target Answers" }),
    line(2, { level: "warning", text: "slow answers" }),
    line(3, { level: "error", source: "swarmdeck.main", text: "gone" }),
  ];
  const chosen = (level, search) => numbers(logs.choose(lines, level, search));
  assert.deepEqual(chosen("all", ""), [3, 2, 1]);
  assert.deepEqual(chosen("warning", ""), [3, 2]);
  assert.deepEqual(chosen("error", " "), [3]);
  assert.deepEqual(chosen("all", "answers"), [2, 1]);
  assert.deepEqual(chosen("all", "ANSWERS slow"), [2]);
  assert.deepEqual(chosen("all", "main"), [3]);
  assert.deepEqual(chosen("warning", "target"), []);
});

test("what is not shown is said", () => {
  const known = logs.learn(logs.noLines(), answer([1, 2, 3], { dropped: 1200 }));
  const whole = logs.learn(logs.noLines(), answer([1]));
  assert.equal(logs.footnote(whole, 1, false), "");
  assert.equal(logs.footnote(known, 2, false), "2 of 3 lines. 1,200 older lines are no longer kept.");
  assert.match(logs.footnote(known, 3, true), /does not respond/);
});
