import assert from "node:assert/strict";
import { test } from "node:test";

import * as store from "../../../static/state/store.js";

const rows = (...times) => {
  const columns = ["t_s", "rps", "p99_us"].map((name) => [name, times.map((t) => (name === "t_s" ? t : 1))]);
  return Object.fromEntries(columns);
};
const hello = (rest = {}) => ({
  type: "hello",
  build: "b",
  version: "0",
  run: { id: "1" },
  frame: { state: "running" },
  series: rows(1, 2),
  events: [],
  ...rest,
});
const after = (...messages) => messages.reduce(store.reduce, store.initialState());

test("nothing is known before a hello", () => {
  assert.equal(store.runState(store.initialState()), "loading");
  assert.equal(store.runState(after(hello({ run: null, frame: null }))), "ready");
});

test("a hello replaces the whole state but the connection", () => {
  const before = store.connection(after(hello(), { type: "tables", requests: [] }), "live");
  const state = store.reduce(before, hello({ series: rows(9), tables: null }));
  assert.deepEqual(state.series.t_s, [9]);
  assert.equal(state.tables, null);
  assert.equal(state.connection, "live");
});

test("the seconds that a hello's own frame repeats are not added twice", () => {
  const state = after(hello({ frame: { state: "running", seconds: rows(2) } }));
  assert.deepEqual(state.series.t_s, [1, 2]);
});

test("a frame adds its seconds, each once", () => {
  const state = after(hello(), { type: "frame", state: "running", seconds: rows(2, 3, 4) });
  assert.deepEqual(state.series.t_s, [1, 2, 3, 4]);
  assert.equal(state.series.p99_us.length, 4);
});

test("a frame without new seconds keeps the very same series", () => {
  const first = after(hello());
  const next = store.reduce(first, { type: "frame", state: "running", seconds: rows() });
  assert.equal(next.series, first.series);
});

test("reducing changes nothing it was given", () => {
  const first = after(hello());
  const frozen = structuredClone(first);
  store.reduce(first, { type: "frame", state: "stopped", seconds: rows(3) });
  store.reduce(first, { type: "event", kind: "edited", level: "info", text: "", t_s: 1 });
  assert.deepEqual(first, frozen);
});

test("columns that a server leaves out are gaps, not short", () => {
  const state = after(hello({ series: { t_s: [1, 2], width_s: [1, 1], rps: [5] } }));
  assert.deepEqual(state.series.rps, [5, null]);
  const next = store.reduce(state, { type: "frame", seconds: { t_s: [3], width_s: [1], p99_us: [7] } });
  assert.deepEqual(next.series, {
    t_s: [1, 2, 3],
    width_s: [1, 1, 1],
    rps: [5, null, null],
    p99_us: [null, null, 7],
  });
});

test("series and events are bounded, and say so", () => {
  const many = Array.from({ length: store.MAX_ROWS }, (_, i) => i + 1);
  const full = after(hello({ series: rows(...many) }), {
    type: "frame",
    state: "running",
    seconds: rows(store.MAX_ROWS + 1),
  });
  assert.equal(full.series.t_s.length, store.MAX_ROWS);
  assert.equal(full.series.t_s.at(-1), store.MAX_ROWS + 1);
  assert.equal(full.seriesFull, true);

  const event = { type: "event", kind: "remark", level: "info", text: "", t_s: 1 };
  const events = Array.from({ length: store.MAX_EVENTS + 3 }, () => event);
  const state = after(hello(), ...events);
  assert.equal(state.events.length, store.MAX_EVENTS);
  assert.equal(state.eventsDropped, 3);
});

test("what a scenario writes pushes out nothing that happened", () => {
  const of = (kind) => ({ type: "event", kind, level: "info", text: "", t_s: 1 });
  const lines = Array.from({ length: store.MAX_EVENTS }, () => of("log"));
  const state = after(hello(), of("started"), ...lines);
  assert.equal(state.events.length, store.MAX_EVENTS);
  assert.equal(state.events[0].kind, "started");
  assert.equal(state.eventsDropped, 1);
});

test("only what an operator should see is marked on the charts", () => {
  const event = (kind, level) => ({ type: "event", kind, level, text: kind, t_s: 1 });
  const state = after(
    hello(),
    event("started", "info"),
    event("edited", "info"),
    event("remark", "info"),
    event("remark", "warning"),
    event("on_start_failed", "error"),
  );
  const marked = store.markers(state).map(({ kind, level }) => `${kind} ${level}`);
  assert.deepEqual(marked, ["edited info", "remark warning", "on_start_failed error"]);
});

test("scenarios that were saved replace the list and nothing else", () => {
  const before = after(hello({ scenarios: [{ id: "a" }] }));
  const state = store.reduce(before, {
    type: "scenarios",
    seq: 2,
    scenarios: [{ id: "b" }],
    defaults: { scenario: "b" },
  });
  assert.deepEqual(state.scenarios, [{ id: "b" }]);
  assert.deepEqual(state.defaults, { scenario: "b" });
  assert.equal(state.series, before.series);
  assert.equal(state.frame, before.frame);
});

test("a run is steered, planned or both, and prepares before its clock begins", () => {
  const run = (frame) => after(hello({ frame }));
  const planned = run({ state: "running", elapsed_s: 1, target_users: null, planned_starts: 0 });
  assert.deepEqual([store.isSteered(planned), store.isOpen(planned)], [false, true]);
  const steered = run({ state: "spawning", elapsed_s: 0.1, target_users: 0, planned_starts: null });
  assert.deepEqual([store.isSteered(steered), store.isOpen(steered)], [true, false]);
  assert.equal(store.isPreparing(steered), false);
  const waiting = run({ state: "spawning", elapsed_s: 0 });
  assert.equal(store.isPreparing(waiting), true);
  const told = { type: "event", kind: "setup", level: "info", text: "healthy", t_s: 0 };
  assert.equal(store.latestSetup(store.reduce(waiting, told)), "healthy");
});

test("an unknown message changes nothing", () => {
  const state = after(hello());
  assert.equal(store.reduce(state, { type: "later" }), state);
});

test("a suite is told in a hello and as it goes on", () => {
  const suite = { state: "running", at: 1, runs: [{ name: "A" }] };
  const ready = { run: null, frame: { state: "ready", elapsed_s: 0 } };
  assert.equal(store.isSuiteActive(after(hello())), false);
  const begun = after(hello({ ...ready, suite }));
  assert.equal(store.isSuiteActive(begun), true);
  assert.equal(store.runState(begun), "spawning", "nobody can start another run");
  assert.equal(store.isPreparing(begun), true);
  const ended = store.reduce(begun, { type: "suite", suite: { ...suite, state: "ended" } });
  assert.equal(store.isSuiteActive(ended), false);
  assert.equal(store.runState(ended), "ready");
});
