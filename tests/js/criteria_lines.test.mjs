import assert from "node:assert/strict";
import { test } from "node:test";

import { drawable, isAbout } from "../../static/charts/criteria_lines.js";
import { csv } from "../../static/charts/chart_export.js";

const one = (text) => drawable([{ text, standing: "met" }])[0];

test("criteria of what charts show are drawn at their value", () => {
  for (const [text, kind, value] of [
    ["p95 < 500ms", "service", 500],
    ["p99(ok) <= 1.5s every 10s abort", "service", 1500],
    ["response.p95 < 1m30s", "response", 90_000],
    ["rps >= 10000 sustained 60s", "rate", 10_000],
    ["rps(failed) < 0.5", "rate", 0.5],
    ["probe.db.active < 60", "probe", 60],
  ]) {
    assert.deepEqual([one(text)?.kind, one(text)?.value, one(text)?.of], [kind, value, null], text);
  }
  assert.equal(one("probe.db.active < 60").reading, "db.active");
  assert.equal(one("p95 < 500ms").word, "ok");
});

test("what no chart shows is not drawn", () => {
  for (const text of ["success >= 98%", "p99.9 < 1s", "p99(failed) < 1s", "p99 of tag:x < 1s", "users.failed == 0", "x"]) {
    assert.equal(one(text), undefined, text);
  }
});

test("a criterion on a name belongs to the charts of its rows", () => {
  const [get, post] = ["GET", "POST"].map((method) => ({ method, name: "/a b/" }));
  const [named, any] = ['p99 of "GET /a b/" < 1s', "p99 of '/a b/' < 1s"].map(one);
  assert.deepEqual([isAbout(named, get), isAbout(named, post)], [true, false]);
  assert.deepEqual([isAbout(any, get), isAbout(any, post)], [true, true]);
});

test("figures are saved so that every program reads them", () => {
  assert.equal(csv([["a,b", 'say "x"'], [1.5, null]]), '"a,b","say ""x"""\r\n1.5,\r\n');
});
