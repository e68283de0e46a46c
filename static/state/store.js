// What the page knows, as a pure function of what the server said:
// `reduce(state, message)` gives the next state and changes nothing.
// `docs/live.md` describes the messages.

import { EMPTY, joinColumns, lengthOf } from "./columns.js";

/** Rows of the series kept at most; the server's own series is shorter. */
export const MAX_ROWS = 3600;
/** Events kept at most. */
export const MAX_EVENTS = 500;

/** Points of a reading kept at most; the server's own are fewer. */
export const MAX_POINTS = 2400;

/** The state before anything was said. */
export function initialState() {
  return {
    connection: "connecting", // connecting | live | lost
    known: false, // whether a hello has come
    build: "",
    version: "",
    scenarios: [],
    rails: null, // what no run goes beyond
    defaults: null,
    all: null, // which scenarios "all" are
    suite: null, // runs one after the other, as far as they have come
    demo: null, // the act that is being played
    run: null,
    frame: null,
    tables: null,
    series: EMPTY,
    // Whether the series outgrew its bound: the next hello brings a shorter one.
    seriesFull: false,
    // What probes read: name to `{unit, t_s, value}`.
    readings: {},
    // Throughput and times over load, and what a search for the limit found.
    capacity: null,
    events: [],
    eventsDropped: 0,
  };
}

/** The run's state as one word; "loading" before the first hello. */
export function runState(state) {
  if (!state.known) return "loading";
  const word = state.frame?.state ?? "ready";
  // The first run of a suite is about to begin.
  return word === "ready" && isSuiteActive(state) ? "spawning" : word;
}

/** Whether scenarios are being run one after the other. */
export function isSuiteActive({ suite }) {
  return suite !== null && suite.state !== "ended";
}

/** Whether users may be active. */
export function isActive(state) {
  return ["spawning", "running", "paused", "stopping"].includes(runState(state));
}

/** Whether the operator steers the run on show, at least a part of it. */
export function isSteered(state) {
  return state.frame?.target_users != null;
}

/** Whether task starts per second are planned for the run on show. */
export function isOpen(state) {
  return state.run !== null && state.frame?.planned_starts != null;
}

/** Whether the run waits for its target or sets it up: its clock has not begun. */
export function isPreparing(state) {
  return runState(state) === "spawning" && (state.frame?.elapsed_s ?? 0) === 0;
}

/** Whether the run looks for the limit and steers its load itself. */
export function isSearching(state) {
  const search = state.capacity?.search;
  return isActive(state) && search != null && search.end === null;
}

/** The text of the latest event of the health gate, `setup` or `teardown`. */
export function latestSetup(state) {
  return state.events.findLast((e) => e.kind === "setup")?.text ?? "";
}

/** The state after a message of the server. Unknown types change nothing. */
export function reduce(state, message) {
  switch (message.type) {
    case "hello":
      return hello(state, message);
    case "frame":
      return frame(state, message);
    case "tables":
      return { ...state, tables: message };
    case "readings":
      return { ...state, readings: withReadings(state.readings, message.readings ?? []) };
    case "capacity":
      return { ...state, capacity: message.capacity ?? null };
    case "event":
      return event(state, message);
    case "scenarios":
      return { ...state, ...offer(message) };
    case "suite":
      return { ...state, suite: message.suite ?? null };
    case "demo":
      return { ...state, demo: message.demo ?? null };
    default:
      return state;
  }
}

/** The state after the connection changed. */
export function connection(state, word) {
  return state.connection === word ? state : { ...state, connection: word };
}

function hello(state, message) {
  const events = message.events ?? [];
  return {
    ...initialState(),
    connection: state.connection,
    known: true,
    build: message.build,
    version: message.version,
    rails: message.rails ?? null,
    ...offer(message),
    suite: message.suite ?? null,
    demo: message.demo ?? null,
    run: message.run ?? null,
    frame: message.frame ?? null,
    tables: message.tables ?? null,
    // The frame's own `seconds` are part of the series already.
    series: bounded(message.series ?? {}),
    readings: withReadings({}, message.readings ?? []),
    capacity: message.capacity ?? null,
    events: boundedEvents(events),
    eventsDropped: (message.events_dropped ?? 0) + Math.max(0, events.length - MAX_EVENTS),
  };
}

const offer = ({ scenarios, defaults, all }) => ({
  scenarios: scenarios ?? [],
  defaults: defaults ?? null,
  all: all ?? null,
});

function frame(state, message) {
  const series = append(state.series, message.seconds);
  const seriesFull = state.seriesFull || series.t_s.length > MAX_ROWS;
  return {
    ...state,
    frame: message,
    series: seriesFull ? bounded(series) : series,
    seriesFull,
  };
}

/** The readings with new points after those at hand. */
function withReadings(readings, added) {
  const next = { ...readings };
  for (const { name, unit, t_s, value } of added) {
    const known = next[name] ?? { t_s: [], value: [] };
    next[name] = {
      unit: unit ?? "",
      t_s: [...known.t_s, ...t_s].slice(-MAX_POINTS),
      value: [...known.value, ...value].slice(-MAX_POINTS),
    };
  }
  return next;
}

function event(state, message) {
  const events = boundedEvents([...state.events, message]);
  const dropped = state.events.length + 1 - events.length;
  return { ...state, events, eventsDropped: state.eventsDropped + dropped };
}

/**
 * The latest MAX_EVENTS. What the scenario writes makes room first: it must not
 * push out what happened.
 */
function boundedEvents(events) {
  let surplus = events.length - MAX_EVENTS;
  if (surplus <= 0) return events;
  const kept = events.filter(({ kind }) => {
    if (kind !== "log" || surplus === 0) return true;
    surplus -= 1;
    return false;
  });
  return kept.slice(-MAX_EVENTS);
}

/** Adds rows that are later than those at hand; the same object if none is. */
function append(series, rows) {
  const last = series.t_s.at(-1) ?? -Infinity;
  const from = rows?.t_s?.findIndex((t) => t > last) ?? -1;
  return from < 0 ? series : joinColumns(series, rows, { from });
}

/** The latest MAX_ROWS rows. */
const bounded = (series) => joinColumns(EMPTY, series, { from: Math.max(0, lengthOf(series) - MAX_ROWS) });

/** The events that are marked on the charts. */
export function markers(state) {
  const kinds = ["edited", "burst", "recovered", "paused", "resumed", "reset", "spawned", "limit", "demo"];
  return state.events.filter((e) => kinds.includes(e.kind) || e.level !== "info");
}
