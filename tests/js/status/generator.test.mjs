import assert from "node:assert/strict";
import { test } from "node:test";
import { generatorState } from "../../../static/status/generator.js";

const state = (disturbed) => ({ run: {}, frame: { generator: { disturbed } } });

test("what disturbs the generator is a warning with a sign, not with colour alone", () => {
  const said = generatorState(state({ text: "The load generator is up to 50 ms late." }));
  assert.deepEqual(said, { text: "! The load generator is up to 50 ms late.", standing: "at_risk" });
});

test("nothing is said of a generator that is on time", () => {
  for (const calm of [state(null), state(undefined), { run: null, frame: null }, { run: {}, frame: null }]) {
    assert.deepEqual(generatorState(calm), { text: "On time", standing: null });
  }
});
