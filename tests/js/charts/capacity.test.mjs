import assert from "node:assert/strict";
import { test } from "node:test";

import { capacityColumns, levelsByLoad, loadWords, outcomeWords } from "../../../static/charts/capacity.js";
import { initialState, isSearching, reduce } from "../../../static/state/store.js";

const level = (load, rps, p95Us, rest = {}) => ({ load, rps, p95_us: p95Us, outcome: null, why: "", ...rest });
const capacity = {
  of: "users",
  levels: [level(20, 100, 200_000), level(40, 110, null), level(30, 105, 400_000), level(20, 101, 210_000)],
  search: null,
};

test("levels are drawn by load, and of one that was tried again the last", () => {
  assert.deepEqual(capacityColumns(capacity), [
    [20, 30, 40],
    [101, 105, 110],
    [210, 400, null],
  ]);
  assert.equal(levelsByLoad(capacity).length, 3);
});

test("loads and outcomes have words", () => {
  assert.equal(loadWords("users", 1), "1 user");
  assert.equal(loadWords("users", 1412), "1,412 users");
  assert.equal(loadWords("rate", 80), "80 starts/s");
  assert.equal(outcomeWords(level(1, 1, 1)), "");
  assert.equal(outcomeWords({ outcome: "kept", why: "" }), "passed");
  assert.equal(outcomeWords({ outcome: "generator_limited", why: "it was late" }), "not judged: it was late");
});

test("a run searches until the search has ended", () => {
  const hello = { type: "hello", run: { id: "1" }, frame: { state: "running" } };
  let state = reduce(initialState(), hello);
  assert.equal(isSearching(state), false);
  const search = { criteria: [], end: null, text: "" };
  state = reduce(state, { type: "capacity", capacity: { ...capacity, search } });
  assert.equal(isSearching(state), true);
  state = reduce(state, { type: "capacity", capacity: { ...capacity, search: { ...search, end: "found" } } });
  assert.equal(isSearching(state), false);
  assert.equal(reduce(state, hello).capacity, null);
});
