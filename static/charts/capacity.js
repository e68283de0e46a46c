// What a search for the limit found, as columns and in words: pure, so that it
// can be tested.

import { count, number } from "../lib/format.js";

/** The latest level of each load, by load. */
export function levelsByLoad({ levels }) {
  const latest = new Map(levels.map((level) => [level.load, level]));
  return [...latest.values()].sort((a, b) => a.load - b.load);
}

/** A load in words: 412 users, 80 starts/s. */
export function loadWords(of, load) {
  if (of === "rate") return `${number(load)} starts/s`;
  return load === 1 ? "1 user" : `${count(load)} users`;
}

const OUTCOMES = {
  kept: "passed",
  broken: "failed",
  undecided: "not enough data",
  not_judged: "not judged",
  generator_limited: "not judged",
};

/** The result of a level in words; empty where it was not judged. */
export function outcomeWords({ outcome, why }) {
  const word = OUTCOMES[outcome] ?? "";
  return why ? `${word}: ${why}` : word;
}

/** Loads, throughput, and p95 in milliseconds. */
export function capacityColumns(capacity) {
  const levels = levelsByLoad(capacity);
  return [
    levels.map(({ load }) => load),
    levels.map(({ rps }) => rps),
    levels.map(({ p95_us: us }) => (us === null ? null : us / 1000)),
  ];
}
