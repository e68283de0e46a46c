import assert from "node:assert/strict";
import { test } from "node:test";

import * as format from "../../static/lib/format.js";

test("a missing figure is a dash, never a zero", () => {
  const kinds = ["count", "rate", "latency", "percent", "part", "bytes", "clock"];
  for (const kind of kinds) {
    for (const value of [null, undefined, NaN]) assert.equal(format[kind](value), "–", kind);
  }
});

test("counts have their thousands separated", () => {
  assert.equal(format.count(0), "0");
  assert.equal(format.count(999.4), "999");
  assert.equal(format.count(1412905), "1,412,905");
});

test("rates keep three digits and never round a trickle to nothing", () => {
  assert.equal(format.rate(11482.4), "11,482");
  assert.equal(format.rate(80.06), "80.1");
  assert.equal(format.rate(9.996), "10.0");
  assert.equal(format.rate(0.42), "0.42");
  assert.equal(format.rate(0.001), "<0.01");
  assert.equal(format.rate(0), "0");
});

test("latencies change their unit, not their length", () => {
  const texts = [120, 994, 996, 4100, 9960, 18_400, 412_000, 999_600, 1_240_000, 12_400_000];
  assert.deepEqual(texts.map(format.latency), [
    "0.12 ms",
    "0.99 ms",
    "1.0 ms",
    "4.1 ms",
    "10 ms",
    "18 ms",
    "412 ms",
    "1.00 s",
    "1.24 s",
    "12.4 s",
  ]);
});

test("percent never says 0 or 100 of what is not quite so", () => {
  assert.equal(format.percent(0), "0");
  assert.equal(format.percent(1e-7), "<0.01");
  assert.equal(format.percent(0.0002), "0.02");
  assert.equal(format.percent(0.125), "12.5");
  assert.equal(format.percent(0.99999), ">99.99");
  assert.equal(format.percent(1), "100");
});

test("sizes are binary and named so", () => {
  assert.equal(format.bytes(318), "318 B");
  assert.equal(format.bytes(4301), "4.2 KiB");
  assert.equal(format.bytes(5_000_000_000), "4.7 GiB");
});

test("clocks and axes", () => {
  assert.equal(format.clock(134.9), "02:14");
  assert.equal(format.clock(3734), "1:02:14");
  assert.equal(format.axisTime(30), "0:30");
  assert.equal(format.axisTime(720), "12:00");
  assert.equal(format.axisTime(4.5), "0:04.5");
  assert.equal(format.axisTime(3.98), "0:03.9");
  assert.equal(format.axisCount(15_000), "15k");
  assert.equal(format.axisCount(2500), "2,500");
  assert.equal(format.axisLatency(0.25), "250 µs");
  assert.equal(format.axisLatency(2000), "2 s");
});

test("durations as an operator types them", () => {
  const typed = { "2m": 120, "1m30s": 90, 90: 90, "1h 5m": 3900, "500ms": 0.5 };
  for (const [text, seconds] of Object.entries(typed)) {
    assert.equal(format.durationSeconds(text), seconds, text);
  }
  for (const text of ["", "soon", "2x", "-3s"]) assert.equal(format.durationSeconds(text), null);
});

test("durations and rates as somebody gave them", () => {
  const told = [0, 0.5, 2, 90, 300, 3661.5].map(format.duration);
  assert.deepEqual(told, ["0s", "500ms", "2s", "1m30s", "5m", "1h1m1.5s"]);
  assert.deepEqual([50, 1234, 0.5, null].map(format.figure), ["50", "1,234", "0.50", "–"]);
});

test("a slider reaches round figures and finds its way back", () => {
  assert.equal(format.sliderValue(0, 10_000), 1);
  assert.equal(format.sliderValue(1000, 10_000), 10_000);
  for (const value of [1, 10, 100, 1000, 10_000]) {
    assert.equal(format.sliderValue(format.sliderPosition(value, 10_000), 10_000), value);
  }
  assert.equal(format.sliderPosition(1e9, 10_000), 1000);
  assert.equal(format.sliderPosition(NaN, 10_000), 0);
});

test("keys go up and down by about a tenth", () => {
  const up = [0, 1, 9, 57, 100, 115, 1000].map((value) => format.nudged(value, 1));
  assert.deepEqual(up, [1, 2, 10, 58, 110, 120, 1100]);
  const down = [1, 2, 10, 100, 110, 115, 1000].map((value) => format.nudged(value, -1));
  assert.deepEqual(down, [1, 1, 9, 99, 100, 110, 990]);
  assert.equal(format.nudged(NaN, 1), 1);
  assert.equal(format.nudged(0, -1), 0);
  assert.equal(format.nudged(0.5, -1), 0.5);
});
