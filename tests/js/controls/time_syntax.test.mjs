import assert from "node:assert/strict";
import { test } from "node:test";

import { parseDuration, parseWait } from "../../../static/controls/time_syntax.js";

test("waits are read as people write them", () => {
  assert.equal(parseWait(" 1.5s "), "1.5s");
  assert.equal(parseWait("none"), "none");
  assert.deepEqual(parseWait("500ms to 2s"), { between: ["500ms", "2s"] });
  assert.deepEqual(parseWait("1s-2s"), { between: ["1s", "2s"] });
  assert.deepEqual(parseWait("pacing 2s"), { pacing: "2s" });
  assert.deepEqual(parseWait("throughput 0.5/s"), { throughput: "0.5/s" });
  for (const wrong of ["", "soon", "1 to", "every 2s"]) assert.equal(parseWait(wrong), null);
});

test("durations as an operator types them", () => {
  const typed = { "2m": 120, "1m30s": 90, 90: 90, "1h 5m": 3900, "500ms": 0.5 };
  for (const [text, seconds] of Object.entries(typed)) {
    assert.equal(parseDuration(text), seconds, text);
  }
  for (const text of ["", "soon", "2x", "-3s"]) assert.equal(parseDuration(text), null);
});
