import assert from "node:assert/strict";
import { test } from "node:test";

import * as axes from "../../../static/charts/axes.js";

test("an axis ends at a round number above the data", () => {
  assert.equal(axes.roundUp(0, 10), 10);
  assert.equal(axes.roundUp(11_482, 10), 12_000);
  assert.equal(axes.roundUp(99, 10), 100);
  assert.equal(axes.roundUp(null, 1), 1);
  assert.equal(axes.roundUp(1000, 1), 1000);
});

test("time begins before the first row and spans half a minute at least", () => {
  assert.deepEqual(axes.timeRange([], []), [0, 60]);
  assert.deepEqual(axes.timeRange([1, 2], [1, 1]), [0, 30]);
  assert.deepEqual(axes.timeRange([660, 720], [60, 60]), [600, 720]);
});

test("decades hold the values, and their ticks thin out", () => {
  assert.deepEqual(axes.decades(4, 61), [1, 100]);
  assert.deepEqual(axes.decades(10, 10), [10, 100]);
  assert.deepEqual(axes.decades(null, null), [1, 1000]);
  assert.deepEqual(axes.logTicks(1, 100), [1, 2, 5, 10, 20, 50, 100]);
  assert.deepEqual(axes.logTicks(0.1, 100), [0.1, 1, 10, 100]);
});

test("a value between gaps is found", () => {
  assert.deepEqual(axes.isolated([1]), [0]);
  assert.deepEqual(axes.isolated([null, 2, null, 3, 4, null, 5]), [1, 6]);
  assert.equal(axes.isolated([1, 2, null]), null);
});

test("keys zoom within the run, and the whole of it is no zoom", () => {
  const whole = [0, 100];
  assert.deepEqual(axes.zoomed(whole, whole, "in"), [25, 75]);
  assert.deepEqual(axes.zoomed([25, 75], whole, "later"), [37.5, 87.5]);
  assert.deepEqual(axes.zoomed([37.5, 87.5], whole, "later"), [50, 100]);
  assert.deepEqual(axes.zoomed([50, 100], whole, "later"), [50, 100], "there is no more");
  assert.deepEqual(axes.zoomed([10, 20], whole, "earlier"), [7.5, 17.5]);
  assert.deepEqual(axes.zoomed([90, 100], whole, "out"), [80, 100], "the end stays the end");
  assert.deepEqual(axes.zoomed([10, 12], whole, "in"), [10, 12], "no closer than that");
  assert.equal(axes.zoomed([25, 75], whole, "out"), null);
  assert.equal(axes.zoomed(whole, whole, "out"), null);
});
