import assert from "node:assert/strict";
import { test } from "node:test";

import { deliveredWords, undeliveredText, unmet } from "../../../static/state/delivery.js";

test("stretches in which the plan was not met are joined", () => {
  const series = {
    t_s: [10, 11, 12, 13, 14, 15],
    width_s: [10, 1, 1, 1, 1, 1],
    planned: [50, 50, 50, 50, 50, 0],
    undelivered: [0, 10, 0.5, 0, 0, 0],
    overdue: [0, 0, 0, 3, 0, 1],
  };
  assert.deepEqual(unmet(series), [
    [10, 11],
    [12, 13],
    [14, 15],
  ]);
  assert.deepEqual(unmet({ ...series, undelivered: [5, 5, 5, 0, 0, 0], overdue: [] }), [[0, 12]]);
  assert.deepEqual(unmet({ t_s: [1], width_s: [1] }), [], "a series from before");
});

test("starts that did not happen are told in a sentence", () => {
  const delivery = { planned: 5003, started: 3766, dropped: 1200, missed: 34, waiting: 3, delivered: 0.7532 };
  assert.equal(
    undeliveredText(delivery),
    "1,234 of 5,000 planned task starts did not happen (75.3% delivered): 1,200 dropped, 34 missed.",
  );
  assert.match(undeliveredText({ ...delivery, missed: 0 }), /: 1,200 dropped\.$/);
  assert.equal(undeliveredText({ ...delivery, dropped: 0, missed: 0 }), "");
  assert.equal(undeliveredText(null), "");
  assert.equal(deliveredWords(delivery), "75.3% of planned starts");
  assert.equal(deliveredWords({ ...delivery, dropped: 0, missed: 0 }), "");
  assert.equal(deliveredWords(null), "");
});
