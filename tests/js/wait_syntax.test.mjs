import assert from "node:assert/strict";
import { test } from "node:test";

import { parseWait } from "../../static/controls/wait_syntax.js";

test("waits are read as people write them", () => {
  assert.equal(parseWait(" 1.5s "), "1.5s");
  assert.equal(parseWait("none"), "none");
  assert.deepEqual(parseWait("500ms to 2s"), { between: ["500ms", "2s"] });
  assert.deepEqual(parseWait("1s-2s"), { between: ["1s", "2s"] });
  assert.deepEqual(parseWait("pacing 2s"), { pacing: "2s" });
  assert.deepEqual(parseWait("throughput 0.5/s"), { throughput: "0.5/s" });
  for (const wrong of ["", "soon", "1 to", "every 2s"]) assert.equal(parseWait(wrong), null);
});
