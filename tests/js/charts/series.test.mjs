import assert from "node:assert/strict";
import { test } from "node:test";

import { valueRange } from "../../../static/charts/axes.js";
import { CHARTS, columnName, columns } from "../../../static/charts/series.js";

test("times are drawn in milliseconds, of the kind that is asked for", () => {
  const series = { t_s: [1, 2], p50_us: [1000, null], p95_us: [2000, 1], p99_us: [3000, 2] };
  const other = Object.fromEntries(Object.entries(series).map(([name, values]) => [name === "t_s" ? name : `response_${name}`, values]));
  const drawn = [[1, 2], [1, null], [2, 0.001], [3, 0.002]];
  assert.deepEqual(columns(CHARTS.latency, series, "service", [0, 60]), drawn);
  assert.deepEqual(columns(CHARTS.latency, other, "response", [0, 60]), drawn);
  assert.equal(columnName(CHARTS.throughput, { column: "rps" }, "response"), "rps");
});

test("a plan of nobody is not drawn, and no rows are an empty frame", () => {
  const series = { t_s: [1, 2], planned_users: [0, 0], users: [3, 4] };
  assert.deepEqual(columns(CHARTS.users, series, "service", [0, 60]), [[1, 2], [null, null], [3, 4]]);
  const none = { t_s: [], planned_users: [], users: [] };
  assert.deepEqual(columns(CHARTS.users, none, "service", [0, 60])[0], [0, 60]);
});

test("an axis has its criteria on it, unless all else would vanish", () => {
  const linear = { isLog: false, floor: 10 };
  assert.deepEqual(valueRange(linear, 0, 100), [0, 120]);
  assert.deepEqual(valueRange({ ...linear, limits: [{ value: 300 }, { value: 5000 }] }, 0, 100), [0, 400]);
  assert.deepEqual(valueRange({ isLog: true, floor: 1, limits: [{ value: 1000 }] }, 2, 80), [1, 1000]);
  assert.deepEqual(valueRange({ isLog: false, floor: 0 }, 0, 0), [0, 1]);
});
