import assert from "node:assert/strict";
import { test } from "node:test";

import { alike, course, said, summary } from "../../../static/tables/samples.js";

const phases = { resolve_us: 0, connect_us: 0, tls_us: 0, first_byte_us: 12_300, transfer_us: 0 };
const sample = {
  at_s: 3,
  took_us: 12_300,
  status: 500,
  phases,
  request_id: null,
  head: [],
  body_kind: "text",
  body: '{"error":"No active risk model found"}',
  body_is_cut: false,
  body_bytes: 38,
};
const silent = { ...sample, status: null, body_kind: "none", body: "", body_bytes: 0 };

test("an answer is told by its text, or by why there is none", () => {
  assert.equal(said(sample), '{"error":"No active risk model found"}');
  assert.equal(said({ ...sample, body: "Oops", body_is_cut: true }), "Oops…");
  assert.equal(said({ ...sample, body: "", body_kind: "page" }), "38 B without text");
  assert.equal(said({ ...sample, body_kind: "binary" }), "Binary, 38 B");
  assert.equal(said({ ...sample, body_kind: "compressed" }), "Compressed, 38 B");
  assert.equal(said({ ...sample, body_kind: "not_kept" }), "38 B, not stored");
  assert.equal(said({ ...silent, status: 502 }), "Empty body");
  assert.equal(said(silent), "");
});

test("a failure without an answer says where the time went", () => {
  assert.equal(course(sample), "Status 500 after 12.3 ms");
  const slow = { ...silent, took_us: 2_000_000, phases: { ...phases, connect_us: 900 } };
  assert.equal(course(slow), "No response after 2.00 s (connect 0.900 ms, first byte 12.3 ms)");
  assert.equal(course({ ...silent, took_us: null }), "No response");
});

test("the line of a kind is that of its first sample", () => {
  assert.equal(summary([sample, silent]), sample.body);
  assert.equal(summary([silent]), "No response after 12.3 ms");
  assert.equal(summary([]), "");
});

test("what a failed expectation found comes first", () => {
  const found = { ...sample, status: 200, found: 'found "5" (text)' };
  assert.equal(summary([found]), 'Found "5" (text)');
  assert.equal(course(found), 'Status 200 after 12.3 ms, found "5" (text)');
  assert.deepEqual(alike([found, { ...found, found: "found nothing" }]).length, 2);
});

test("samples that say the same stand together", () => {
  const named = { ...sample, head: [["x-request-id", "1"]], request_id: { field: "x-request-id", value: "1" } };
  const again = { ...named, at_s: 4, head: [["x-request-id", "2"]], request_id: { field: "x-request-id", value: "2" } };
  const other = { ...sample, at_s: 5, body: "Oops" };
  assert.deepEqual(alike([named, other, again]), [[named, again], [other]]);
  assert.deepEqual(alike([]), []);
});
