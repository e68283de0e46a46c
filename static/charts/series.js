// What charts over time draw: which columns of a series, in which colours and units.
// Pure, so that it can be tested.

import { axisCount, axisLatency, count, latency, rate } from "../lib/format.js";

const PERCENTILES = ["p50", "p95", "p99"];

/** The charts of a run, on the page and in reports. Figures are in the unit of the column. */
export const CHARTS = {
  throughput: {
    floor: 10,
    tick: axisCount,
    lines: [
      { label: "requests/s", column: "rps", color: "--go", look: "area", format: rate },
      { label: "failures/s", column: "fps", color: "--fail", look: "line", format: rate },
    ],
  },
  latency: {
    floor: 1,
    tick: axisLatency,
    divide: 1000,
    unit: "ms",
    isLatency: true,
    lines: PERCENTILES.map((name) => ({ label: name, column: `${name}_us`, color: `--${name}`, look: "line", format: latency })),
  },
  users: {
    floor: 1,
    tick: axisCount,
    lines: [
      { label: "plan", column: "planned_users", color: "--soft", look: "dashed", format: count, isBlankAtZero: true },
      { label: "users", column: "users", color: "--users", look: "area", format: count },
    ],
  },
  starts: {
    floor: 10,
    tick: axisCount,
    lines: [
      { label: "plan", column: "scheduled", color: "--soft", look: "dashed", format: rate },
      { label: "starts/s", column: "started", color: "--starts", look: "area", format: rate },
      { label: "dropped/s", column: "dropped", color: "--fail", look: "line", format: rate },
    ],
  },
};

/** The name of a chart's column in a series; `time` is "service" or "response". */
export const columnName = ({ isLatency }, { column }, time) =>
  isLatency && time === "response" ? `response_${column}` : column;

/**
 * The columns of a chart, times first; an empty frame where there are no rows yet.
 * @param {object} spec one of `CHARTS`
 * @param {object} series columns by name
 * @param {"service"|"response"} time which of the two times
 * @param {[number, number]} frame what an empty chart spans
 */
export function columns(spec, series, time, frame) {
  if (series.t_s.length === 0) return [frame, ...spec.lines.map(() => [null, null])];
  const scaled = (values) => (spec.divide ? values.map((v) => (v === null ? null : v / spec.divide)) : values);
  const drawn = (entry) => {
    const values = series[columnName(spec, entry, time)] ?? series.t_s.map(() => null);
    // A plan of nobody, all the time, is no plan.
    return entry.isBlankAtZero && values.every((v) => !v) ? values.map(() => null) : scaled(values);
  };
  return [series.t_s, ...spec.lines.map(drawn)];
}

/** The value of a column at a place, or the latest one before it. */
export function latestAt(column, place) {
  for (let i = place; i >= 0; i -= 1) {
    if (column[i] != null) return column[i];
  }
  return null;
}
