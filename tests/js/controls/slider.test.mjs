import assert from "node:assert/strict";
import { test } from "node:test";

import * as slider from "../../../static/controls/slider.js";

test("a slider reaches round figures and finds its way back", () => {
  assert.equal(slider.sliderValue(0, 10_000), 1);
  assert.equal(slider.sliderValue(1000, 10_000), 10_000);
  for (const value of [1, 10, 100, 1000, 10_000]) {
    assert.equal(slider.sliderValue(slider.sliderPosition(value, 10_000), 10_000), value);
  }
  assert.equal(slider.sliderPosition(1e9, 10_000), 1000);
  assert.equal(slider.sliderPosition(NaN, 10_000), 0);
});

test("keys go up and down by about a tenth", () => {
  const up = [0, 1, 9, 57, 100, 115, 1000].map((value) => slider.nudged(value, 1));
  assert.deepEqual(up, [1, 2, 10, 58, 110, 120, 1100]);
  const down = [1, 2, 10, 100, 110, 115, 1000].map((value) => slider.nudged(value, -1));
  assert.deepEqual(down, [1, 1, 9, 99, 100, 110, 990]);
  assert.equal(slider.nudged(NaN, 1), 1);
  assert.equal(slider.nudged(0, -1), 0);
  assert.equal(slider.nudged(0.5, -1), 0.5);
});
