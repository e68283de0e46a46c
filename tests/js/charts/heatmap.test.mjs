import assert from "node:assert/strict";
import { test } from "node:test";

import { decades, logTicks } from "../../../static/charts/axes.js";
import { cellAt, columnAt, heatRange, heatTable, joined, palette, shade, strength } from "../../../static/charts/heatmap.js";
import { joinedSeries } from "../../../static/state/window_query.js";

const answer = (from_s, cells) => ({
  from_s,
  to_s: from_s.map((from) => from + 1),
  edges_us: [256, 320, 384, 448],
  cells,
});
const first = answer([0, 1, 2], { column: [0, 0, 2], row: [0, 2, 1], count: [3, 1, 5] });

test("columns of an answer replace those that they overlap", () => {
  const columns = joined([], first);
  assert.deepEqual(columns.map(({ from_s, total }) => [from_s, total]), [[0, 4], [1, 0], [2, 5]]);
  const next = joined(columns, answer([2, 3], { column: [0, 1], row: [0, 0], count: [7, 8] }));
  assert.deepEqual(next.map(({ from_s, total }) => [from_s, total]), [[0, 4], [1, 0], [2, 7], [3, 8]]);
  assert.deepEqual(joined(columns, answer([], { column: [], row: [], count: [] })), columns);
});

test("a cell is found where it is, and nowhere else", () => {
  const columns = joined([], first);
  assert.equal(columnAt(columns, 0).from_s, 0);
  assert.equal(columnAt(columns, 1.5).from_s, 1);
  assert.equal(columnAt(columns, 3), undefined);
  assert.equal(columnAt([], 0), undefined);
  assert.equal(cellAt(columns[0], 319)?.count, 3);
  assert.equal(cellAt(columns[0], 320), undefined);
  assert.deepEqual(heatRange(columns), [256, 448]);
  assert.deepEqual(heatTable(columns, [1.5, 2.5]), [
    ["from_s", "to_s", "from_us", "to_us", "count"],
    [2, 3, 320, 384, 5],
  ]);
});

test("answers faster than a millisecond are on the axis and drawn", () => {
  const within = (edges_us) => {
    const cells = { column: [0], row: [0], count: [7] };
    const columns = joined([], { from_s: [0], to_s: [1], edges_us, cells });
    const [low, high] = decades(...heatRange(columns).map((us) => us / 1000));
    const height = 100;
    const toY = (us) => height * (1 - Math.log10(us / 1000 / low) / Math.log10(high / low));
    const shades = new Uint8Array(height);
    shade(shades, 1, height, columns, (t_s) => t_s, toY);
    return { ticks: logTicks(low, high), drawn: shades.filter((value) => value > 0).length };
  };
  for (const [edges_us, ticks] of [
    [[256, 320], [0.1, 0.2, 0.5, 1]],
    [[896, 1024], [0.1, 0.2, 0.5, 1, 2, 5, 10]],
    [[28, 32], [0.01, 0.02, 0.05, 0.1]],
    [[0, 1], [0.001, 0.002, 0.005, 0.01]],
  ]) {
    const seen = within(edges_us);
    assert.deepEqual(seen.ticks, ticks);
    assert.ok(seen.drawn > 0, `${edges_us}`);
  }
});

test("a share is as strong as its factor to all", () => {
  assert.equal(strength(1), 1);
  assert.equal(strength(0), 0);
  assert.equal(strength(0.0001), 0);
  assert.ok(Math.abs(strength(0.1) - 2 / 3) < 1e-9);
});

test("every cell is seen, however little room there is", () => {
  const columns = joined([], first);
  const shades = new Uint8Array(2 * 4);
  const toY = (us) => 4 - (us - 192) / 64;
  shade(shades, 2, 4, columns, (t_s) => (t_s * 2) / 3, toY);
  assert.equal(shades.filter((value) => value > 0).length, 3);
  assert.equal(Math.max(...shades), 255, "all requests of a moment");
  const colors = palette(["#000000", "#ff8040"]);
  assert.equal(colors[0], 0, "nothing is drawn of nothing");
  assert.equal(colors[255].toString(16), "ff4080ff");
});

test("a series goes on where it ends", () => {
  const names = ["t_s", "width_s", "rps", "response_p99_us"];
  const series = (t_s) => Object.fromEntries(names.map((name) => [name, name === "width_s" ? t_s.map(() => 1) : t_s]));
  assert.deepEqual(joinedSeries(series([1, 2]), series([3])).rps, [1, 2, 3]);
  assert.deepEqual(joinedSeries(series([1, 2]), series([2, 3])).t_s, [1, 2, 3]);
  assert.deepEqual(joinedSeries(series([1, 2]), series([])).t_s, [1, 2]);
  assert.deepEqual(joinedSeries({ t_s: [] }, series([1, 2])), series([1, 2]), "names are those of the answer");
});
