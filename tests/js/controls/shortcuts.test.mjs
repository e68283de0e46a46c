import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { isPressed, SHORTCUTS } from "../../../static/controls/shortcuts.js";

const press = (key, held = {}) => ({
  key,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  ...held,
});
const [SHIFT, CONTROL, COMMAND, ALT] = ["shiftKey", "ctrlKey", "metaKey", "altKey"].map((name) => ({
  [name]: true,
}));

test("a letter is itself with Caps Lock, and something else with a modifier", () => {
  assert.ok(isPressed("S", press("s"), false));
  assert.ok(isPressed("S", press("S"), false));
  for (const held of [SHIFT, CONTROL, COMMAND, ALT]) {
    assert.ok(!isPressed("S", press("s", held), false), JSON.stringify(held));
  }
  assert.ok(isPressed("Control+Z", press("z", CONTROL), false));
  assert.ok(isPressed("Control+Z", press("z", COMMAND), false));
  assert.ok(!isPressed("Control+Z", press("Z", { ...CONTROL, ...SHIFT }), false), "that is redo");
});

test("a sign is itself however it is typed", () => {
  assert.ok(isPressed("+", press("+"), false));
  assert.ok(isPressed("+", press("+", SHIFT), false));
  assert.ok(isPressed("?", press("?", SHIFT), false));
  assert.ok(!isPressed("?", press("/"), false));
});

test("a named key wants its modifier, and twice means twice", () => {
  assert.ok(isPressed("Shift+Delete", press("Delete", SHIFT), false));
  assert.ok(!isPressed("Shift+Delete", press("Delete"), false));
  assert.ok(!isPressed("Escape Escape", press("Escape"), false));
  assert.ok(isPressed("Escape Escape", press("Escape"), true));
});

test("no key means two things, and all of them act on something", () => {
  const names = SHORTCUTS.flatMap(({ keys }) => keys);
  assert.equal(new Set(names).size, names.length);
  const page = readFileSync(new URL("../../../templates/dashboard.html", import.meta.url), "utf8");
  for (const { on, words } of SHORTCUTS) {
    const id = /^#([a-z-]+)/.exec(on)[1];
    // Tabs are written down one by one, charts and tiles in a loop.
    assert.ok(page.includes(`id="${id}"`), `${words}: ${on}`);
  }
});
