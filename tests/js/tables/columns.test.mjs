import assert from "node:assert/strict";
import { test } from "node:test";

import { COUNTS, planRows, REQUESTS } from "../../../static/tables/columns.js";

const counts = {
  requests_started: 10,
  succeeded: 6,
  failed: 1,
  in_flight: 2,
  cut_off: 1,
  tasks_started: 5,
  tasks_succeeded: 5,
  tasks_failed: 0,
  tasks_in_flight: 0,
  tasks_cut_off: 0,
  arrivals_scheduled: 0,
  arrivals_started: 0,
  arrivals_waiting: 0,
  arrivals_dropped: 0,
};
const notes = (more) => COUNTS.rows({ ...counts, ...more }).filter(({ isBalanced }) => isBalanced !== undefined);

test("identities are shown, and told when they are broken", () => {
  assert.deepEqual(
    notes({}).map(({ note }) => note),
    ["\u2713 balanced", "\u2713 balanced"],
  );
  assert.equal(notes({ succeeded: 5 })[0].note, "does not add up");
});

test("every row of the counts has a name of its own", () => {
  const names = COUNTS.rows({ ...counts, users_without_row: 1 }).map(COUNTS.key);
  assert.equal(new Set(names).size, names.length);
});

test("what is spoken stands beside the connections, refused streams below", () => {
  const of = (agreed, protocol = "HTTP/2", tls = null) => ({ origin: "http://a", protocol, tls, agreed });
  const rows = (more, protocols) =>
    COUNTS.rows({ ...counts, ...more }, protocols).filter(({ what }) => /^Connections opened|refused/.test(what));
  assert.deepEqual(
    rows({ streams_refused: 0 }, [of("configured", "HTTP/1.1", "TLS 1.3"), of("fallback", "HTTP/1.1")]).map(({ note }) => note),
    ["http://a: HTTP/1.1 over TLS 1.3; http://a: HTTP/1.1, HTTP/2 not negotiated"],
  );
  assert.deepEqual(
    rows({ streams_refused: 3 }, []).map(({ value }) => value),
    [undefined, 3],
  );
  const notes = rows({ streams_refused: 0 }, [of("prior_knowledge"), of("alpn", "HTTP/2", "TLS 1.2")]).map(({ note }) => note);
  assert.equal(notes[0], "http://a: HTTP/2, with prior knowledge; http://a: HTTP/2 over TLS 1.2, by ALPN");
  assert.equal(notes.length, 2);
});

test("columns of response times are marked where a row has one", () => {
  const holds = REQUESTS.marks["data-response"];
  assert.deepEqual([{ response_p50_us: null }, {}, { response_p50_us: 0 }].map(holds), [false, false, true]);
});

test("each kind of time has its name above its columns, and no other", () => {
  const groups = new Map();
  for (const { id, group } of REQUESTS.columns) if (group) groups.set(group, [...(groups.get(group) ?? []), id]);
  assert.deepEqual([...groups], [
    ["Service time", ["p50", "p95", "p99", "mean", "min", "max"]],
    ["Response time (with queueing)", ["response_p50", "response_p95", "response_p99"]],
  ]);
  const order = REQUESTS.columns.map(({ id }) => id);
  assert.equal(order.indexOf("response_p50"), order.indexOf("p99") + 1);
});

test("every plan of task starts adds up by itself", () => {
  const plan = { name: "U", planned: 9, started: 4, waiting: 2, dropped: 1, missed: 2 };
  const rows = planRows([plan, { ...plan, name: "V", missed: 3 }]);
  const told = rows.filter(({ note }) => note);
  assert.deepEqual(told.map(({ note }) => note), ["\u2713 balanced", "does not add up"]);
  assert.equal(new Set(rows.map(COUNTS.key)).size, rows.length);
});
