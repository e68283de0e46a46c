import assert from "node:assert/strict";
import { test } from "node:test";

import { whereabouts, withConfirmation } from "../../../static/controls/confirm.js";
import { letGoText, railsSentence } from "../../../static/status/guard_rails.js";

const none = { targets: null, max_users: null, max_rps: null, confirm_public: false, dead_man_s: null };

test("only what holds is told", () => {
  assert.equal(railsSentence(null), "");
  assert.equal(railsSentence(none), "");
  assert.equal(railsSentence({ ...none, max_rps: 2000 }), "Guard rails: at most 2,000 requests/s.");
  const all = {
    targets: ["*.staging.example.org", "private"],
    max_users: 1,
    max_rps: 2.5,
    confirm_public: true,
    dead_man_s: 30,
  };
  assert.equal(
    railsSentence(all),
    "Guard rails: at most 1 user, 2.5 requests/s; targets: *.staging.example.org, private; " +
      "public targets need confirmation; ramps down when no dashboard is open for 30s.",
  );
});

test("a run that was let go says so for as long as it is on show", () => {
  const events = [{ kind: "edited", text: "x" }, { kind: "unattended", text: "no dashboard" }];
  assert.equal(letGoText({ run: {}, events }), "No dashboard.");
  assert.equal(letGoText({ run: null, events }), "");
  assert.equal(letGoText({ run: {}, events: [] }), "");
});

test("where a target is, is told where its name does not", () => {
  assert.equal(whereabouts({ host: "x.test", addresses: ["203.0.113.7", "::1"] }), "203.0.113.7, ::1");
  assert.equal(whereabouts({ host: "203.0.113.7", addresses: ["203.0.113.7"] }), "");
  assert.match(whereabouts({ host: "x.test", addresses: [] }), /proxy/);
});

test("what needs no confirmation is sent once", async () => {
  const sent = [];
  const answer = { success: false, message: "no" };
  const got = await withConfirmation(
    async (body) => {
      sent.push(body);
      return answer;
    },
    { host: "x" },
  );
  assert.deepEqual([got, sent], [answer, [{ host: "x" }]]);
});
