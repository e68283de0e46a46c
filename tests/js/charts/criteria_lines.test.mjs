import assert from "node:assert/strict";
import { test } from "node:test";

import { drawable, isAbout } from "../../../static/charts/criteria_lines.js";
import { csv } from "../../../static/charts/chart_export.js";

const line = (metric, value, selector = { kind: "all" }) => ({
  text: "as written",
  standing: "met",
  condition: { metric, selector, op: "<", value, window: { kind: "whole" } },
});
const one = (...parts) => drawable([line(...parts)])[0];
const time = (quantile, rest = {}) => ({ name: "quantile", quantile, time: "service", outcome: "any", ...rest });

test("criteria of what charts show are drawn at their value", () => {
  for (const [metric, value, kind, drawn] of [
    [time(0.95), 500_000, "service", 500],
    [time(0.99, { outcome: "ok" }), 1_500_000, "service", 1500],
    [time(0.5, { time: "response" }), 90_000_000, "response", 90_000],
    [{ name: "rps", outcome: "failed" }, 0.5, "rate", 0.5],
    [{ name: "probe", reading: "db.active" }, 60, "probe", 60],
  ]) {
    assert.deepEqual([one(metric, value)?.kind, one(metric, value)?.value, one(metric, value)?.of], [kind, drawn, null]);
  }
  assert.equal(one({ name: "probe", reading: "db.active" }, 60).reading, "db.active");
  assert.equal(one(time(0.95), 1).word, "ok");
});

test("what no chart shows is not drawn", () => {
  for (const metric of [{ name: "success" }, time(0.999), time(0.99, { outcome: "failed" }), { name: "users_failed" }]) {
    assert.equal(one(metric, 1), undefined, JSON.stringify(metric));
  }
  assert.equal(one(time(0.99), 1, { kind: "tag", name: "x" }), undefined);
  assert.deepEqual(drawable([{ text: "p99 < 1s", standing: "met" }]), [], "a report of an older version");
});

test("a criterion on a name belongs to the charts of its rows", () => {
  const [get, post] = ["GET", "POST"].map((method) => ({ method, name: "/a b/" }));
  const [named, any] = [{ method: "GET" }, {}].map((rest) => one(time(0.99), 1, { kind: "name", name: "/a b/", ...rest }));
  assert.deepEqual([isAbout(named, get), isAbout(named, post)], [true, false]);
  assert.deepEqual([isAbout(any, get), isAbout(any, post)], [true, true]);
  assert.equal(isAbout(any, { method: "GET", name: "/" }), false);
});

test("figures are saved so that every program reads them", () => {
  assert.equal(csv([["a,b", 'say "x"'], [1.5, null]]), '"a,b","say ""x"""\r\n1.5,\r\n');
});
