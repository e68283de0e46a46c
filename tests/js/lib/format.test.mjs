import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import * as format from "../../../static/lib/format.js";

const CASES = JSON.parse(readFileSync(new URL("../../format_cases.json", import.meta.url), "utf8"));

test("every case of the table that Rust and JavaScript share", () => {
  for (const { kind, value, text } of CASES) assert.equal(format[kind](value), text, `${kind} of ${value}`);
});

test("a missing figure is a dash, never a zero", () => {
  for (const kind of new Set(CASES.map((one) => one.kind))) {
    for (const value of [null, undefined, NaN, Infinity]) assert.equal(format[kind](value), "–", kind);
  }
});

test("a figure and its unit can stand apart", () => {
  assert.deepEqual(format.latencyParts(6474), ["6.47", "ms"]);
  assert.deepEqual(format.percentParts(0.125), ["12.5", "%"]);
  assert.deepEqual(format.latencyParts(null), ["–", ""]);
  assert.deepEqual(format.percentParts(null), ["–", ""]);
});

test("axes", () => {
  assert.equal(format.axisTime(30), "0:30");
  assert.equal(format.axisTime(720), "12:00");
  assert.equal(format.axisTime(4.5), "0:04.5");
  assert.equal(format.axisTime(3.98), "0:03.9");
  assert.equal(format.axisCount(15_000), "15,000");
  assert.equal(format.axisCount(2500), "2,500");
  assert.equal(format.axisCount(1_500_000), "1.5M");
  assert.equal(format.axisLatency(0.25), "0.25 ms");
  assert.equal(format.axisLatency(2000), "2 s");
});
