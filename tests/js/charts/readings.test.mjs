import assert from "node:assert/strict";
import { test } from "node:test";

import { readingCharts, readingColumns } from "../../../static/charts/readings.js";
import { latestAt } from "../../../static/charts/series.js";
import { initialState, MAX_POINTS, reduce } from "../../../static/state/store.js";

const reading = (name, unit, ...points) => ({
  name,
  unit,
  t_s: points.map(([t]) => t),
  value: points.map(([, value]) => value),
});
const after = (...messages) => messages.reduce(reduce, initialState());

test("there is a chart for each unit of each probe of the scenario", () => {
  const readings = {
    "self.cpu": { unit: "%" },
    "db.active": { unit: "sessions" },
    "api.db.cpu": { unit: "%" },
    "db.total": { unit: "sessions" },
    "db.used_share": { unit: "%" },
    "dbx.a": { unit: "" },
  };
  const charts = readingCharts(readings, ["db", "api"]);
  assert.deepEqual(
    charts.map(({ title, lines }) => [title, ...lines.map(({ label }) => label)]),
    [
      ["db, sessions", "active", "total"],
      ["db, %", "used_share"],
      ["api, %", "db.cpu"],
    ],
  );
  assert.notEqual(charts[0].lines[0].color, charts[0].lines[1].color);
});

test("readings of different moments share a time axis", () => {
  const { readings } = after({
    type: "readings",
    readings: [reading("a.x", "", [0, 1], [2, 3]), reading("a.y", "", [1, 5])],
  });
  const columns = readingColumns(readings, ["a.x", "a.y", "a.z"]);
  assert.deepEqual(columns, [[0, 1, 2], [1, null, 3], [null, 5, null], [null, null, null]]);
  assert.equal(latestAt(columns[2], 2), 5);
  assert.equal(latestAt(columns[3], 2), null);
});

test("messages add points, a hello begins anew, and old points go", () => {
  const points = Array.from({ length: MAX_POINTS }, (_, i) => [i, i]);
  const first = { type: "hello", readings: [reading("a.x", "MB", ...points)] };
  const more = { type: "readings", readings: [reading("a.x", "MB", [MAX_POINTS, 7])] };
  const { readings } = after(first, more);
  assert.equal(readings["a.x"].t_s.length, MAX_POINTS);
  assert.deepEqual([readings["a.x"].value.at(-1), readings["a.x"].t_s[0]], [7, 1]);
  assert.deepEqual(after(first, more, { type: "hello" }).readings, {});
});
