// Live messages, mutated, read by the page's store, guided by what V8 says was
// covered: `node fuzz/live.mjs SECONDS [SEED]`. Messages keep the types of
// `docs/live.md`; values, lengths, order and what is left out are anything.

import assert from "node:assert/strict";
import { Session } from "node:inspector/promises";

import * as store from "../static/state/store.js";

const seconds = Number(process.argv[2] ?? 10);
let random = Number(process.argv[3] ?? Date.now() % 1e6) + 1;
const pick = (list) => list[Math.floor(next() * list.length)];

/** Park and Miller's generator: a run can be had again by its seed. */
function next() {
  random = (random * 48271) % 2147483647;
  return random / 2147483647;
}

const rows = (...times) => ({ t_s: times, rps: times.map(() => 1), users: times });
const SEEDS = [
  [{ type: "hello", build: "b", version: "1", run: { id: "1" }, frame: { state: "running" },
     series: rows(1, 2), events: [{ kind: "log", text: "a", t_s: 1 }], events_dropped: 0,
     readings: [{ name: "db.active", unit: "", t_s: [1], value: [2] }], scenarios: [],
     capacity: { search: { end: null } }, tables: { requests: [] }, suite: null, demo: null }],
  [{ type: "frame", state: "running", users: 3, seconds: rows(3, 4, 5) }],
  [{ type: "readings", readings: [{ name: "self.cpu", unit: "%", t_s: [1, 2], value: [3, 4] }] }],
  [{ type: "event", kind: "setup", level: "info", text: "done", t_s: 1 }],
  [{ type: "event", kind: "log", level: "info", text: "a line", t_s: 2 }],
  [{ type: "tables", requests: [{ name: "/", method: "GET" }], failures: [] }],
  [{ type: "capacity", capacity: null }, { type: "suite", suite: { at: 1 } }],
  [{ type: "scenarios", scenarios: [], defaults: {}, all: {} }, { type: "demo", demo: null }],
  [{ type: "unknown", any: [1] }],
];
const TEXTS = ["", "log", "setup", "__proto__", "constructor", "\u0000\ud800", "<b>", "x".repeat(500)];
const NUMBERS = [0, -1, 1, 0.5, 1e308, -1e308, Number.MAX_SAFE_INTEGER, 3, 4, 5, 6];

function mutated(value) {
  if (Array.isArray(value)) {
    const list = value.map((item) => (next() < 0.3 ? mutated(item) : item));
    const choice = next();
    if (choice < 0.2 && list.length > 0) list.splice(Math.floor(next() * list.length), 1);
    else if (choice < 0.5 && list.length > 0) list.push(mutated(pick(list)));
    else if (choice < 0.52 && list.length > 0) return Array.from({ length: 5000 }, (_, i) => mutated(list[i % list.length]));
    return list;
  }
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value).filter(([key]) => key in KEEP || next() > 0.05);
    const changed = entries.map(([key, item]) => [key, key !== "type" && next() < 0.4 ? mutated(item) : item]);
    const object = Object.fromEntries(changed);
    // The name of a reading begins with that of its probe.
    if (Array.isArray(value.value)) object.name = `db.${object.name}`;
    return object;
  }
  if (typeof value === "string") return pick(TEXTS);
  if (typeof value === "number") return next() < 0.5 ? value + 1 : pick(NUMBERS);
  return value;
}
// Without these a message is none of `docs/live.md`.
const KEEP = { type: 1, name: 1, t_s: 1, value: 1, kind: 1 };

function check(messages) {
  let state = store.initialState();
  for (const message of messages) {
    const before = JSON.stringify(state).length;
    const after = store.reduce(state, message);
    assert.equal(JSON.stringify(state).length, before, "a state was changed");
    state = after;
    const lengths = new Set(Object.values(state.series).map((column) => column.length));
    assert.equal(lengths.size, 1, "columns of different lengths");
    assert.ok(state.series.t_s.length <= store.MAX_ROWS + 5000, "the series outgrew its bound");
    assert.ok(state.events.length <= store.MAX_EVENTS, "events outgrew their bound");
    for (const { t_s, value } of Object.values(state.readings)) {
      assert.ok(Math.max(t_s.length, value.length) <= store.MAX_POINTS, "readings outgrew theirs");
    }
    for (const ask of [store.runState, store.isActive, store.isSteered, store.isOpen,
      store.isPreparing, store.isSearching, store.latestSetup, store.markers]) {
      ask(state);
    }
  }
}

const session = new Session();
session.connect();
await session.post("Profiler.enable");
await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });

/** The stretches of the store that ran since the last time. */
async function covered() {
  const { result } = await session.post("Profiler.takePreciseCoverage");
  const script = result.find(({ url }) => url.endsWith("/static/state/store.js"));
  const ranges = (script?.functions ?? []).flatMap(({ ranges }) => ranges);
  return ranges.filter(({ count }) => count > 0).map(({ startOffset, endOffset }) => `${startOffset}-${endOffset}`);
}

const corpus = SEEDS.slice();
const seen = new Set();
let inputs = 0;
for (const messages of corpus) check(messages);
for (const range of await covered()) seen.add(range);
const atFirst = seen.size;
const end = Date.now() + seconds * 1000;
while (Date.now() < end) {
  const batch = [];
  for (let i = 0; i < 20; i += 1) {
    const messages = [...pick(corpus), ...pick(corpus)].slice(-12).map((m) => (next() < 0.7 ? mutated(m) : m));
    try {
      check(messages);
    } catch (why) {
      console.error(JSON.stringify(messages).slice(0, 4000));
      throw why;
    }
    batch.push(messages);
    inputs += 1;
  }
  const fresh = (await covered()).filter((range) => !seen.has(range));
  for (const range of fresh) seen.add(range);
  if (fresh.length > 0 && corpus.length < 2000) corpus.push(...batch);
}
console.log(`live: ${inputs} inputs in ${seconds} s, ${atFirst} stretches covered by the seeds, ${seen.size} at the end, corpus ${corpus.length}`);
process.exit(0);
