import assert from "node:assert/strict";
import { test } from "node:test";

import { startFailureText } from "../../../static/status/header.js";

test("users that could not start are told with the newest figure and the latest reason", () => {
  const why = { request: "/login", failure: "status 401" };
  assert.equal(startFailureText(null), "");
  assert.equal(startFailureText({ users_failed: 0, start_failure: why }), "");
  assert.equal(startFailureText({ users_failed: 1, start_failure: null }), "1 user could not start: on_start failed.");
  assert.equal(
    startFailureText({ users_failed: 1200, start_failure: why }),
    "1,200 users could not start: on_start failed at /login (status 401).",
  );
});
