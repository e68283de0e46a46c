// What keys do, wherever the focus is: carries out the table of shortcuts.

import { setAttribute } from "../lib/dom.js";
import { isCharacter, isPressed, SHORTCUTS } from "./shortcuts.js";

/** Two presses of Escape within this time belong together, in milliseconds. */
const TWICE = 600;
const STORED = "swarmdeck.keys";

/** Where Escape has a meaning of its own: a search that it empties, a menu that it closes. */
const OWN_ESCAPE = "input[type=search], details[open] *";
/** What Escape leaves, wherever the focus is. */
const LEFT_BY_ESCAPE = "dialog[open], #stage:not([hidden])";
/** Where keys write. */
const TYPING = "textarea, input:not([type=range], [type=checkbox])";
/** Where characters choose. */
const CHOOSING = "select";

/** Whether something of the page is there to be used. */
const isThere = (element) => element !== null && !element.disabled && element.getClientRects().length > 0;

/**
 * Listens to keys.
 * @returns {{areOn: () => boolean, turn: (on: boolean) => void}} whether single
 *   characters act, which not everybody wants who types by voice
 */
export function createKeyboard() {
  let areOn = stored();
  const isSecondEscape = pairs();
  const held = new Map(); // button by the key that holds it

  const find = (event, isSecond) => {
    const means = (name) => {
      if (isCharacter(name) && (!areOn || event.target.matches(CHOOSING))) return false;
      if (!name.startsWith("Escape") && event.target.matches(TYPING)) return false;
      return isPressed(name, event, isSecond);
    };
    const meant = SHORTCUTS.filter(({ keys }) => keys.some(means));
    return meant.find(({ on }) => isThere(document.querySelector(on)));
  };
  const listen = (event) => {
    const isSecond = isSecondEscape(event);
    if (event.isComposing || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape" && event.target.matches(OWN_ESCAPE)) return;
    const shortcut = find(event, isSecond);
    if (!shortcut) return;
    event.preventDefault();
    if (event.repeat && !shortcut.sends) return;
    const element = document.querySelector(shortcut.on);
    if (shortcut.isHeld) {
      hold(element, "keydown");
      held.set(event.code, element);
    } else {
      act(shortcut, element);
    }
  };
  const release = ({ code }) => {
    const button = held.get(code);
    if (!held.delete(code)) return;
    hold(button, "keyup");
    if (isThere(button)) button.click();
  };
  // Before whoever else listens: what Escape closes is still open.
  document.addEventListener("keydown", listen, { capture: true });
  document.addEventListener("keyup", release, { capture: true });
  window.addEventListener("blur", () => held.clear());

  label(areOn);
  return {
    areOn: () => areOn,
    turn(on) {
      areOn = on;
      label(on);
      store(on);
    },
  };
}

/** Tells of each press whether it is the second one of Escape in a row, and quickly. */
function pairs() {
  let last = -Infinity;
  return ({ key, repeat, isComposing, target, timeStamp }) => {
    if (repeat || isComposing) return false;
    const isOwn = target.matches(OWN_ESCAPE) || document.querySelector(LEFT_BY_ESCAPE) !== null;
    const counts = key === "Escape" && !isOwn;
    const isSecond = counts && timeStamp - last <= TWICE;
    last = counts && !isSecond ? timeStamp : -Infinity;
    return isSecond;
  };
}

function act({ sends, goes }, element) {
  if (sends) {
    const [type, detail] = sends;
    element.dispatchEvent(new CustomEvent(type, { detail, bubbles: true }));
    return;
  }
  if (goes !== "only") element.click();
  if (!goes) return;
  element.focus();
  if (element instanceof HTMLInputElement) element.select();
}

/** Holds a button, or lets it go, as the space bar would. */
function hold(button, type) {
  button.dispatchEvent(new KeyboardEvent(type, { key: " " }));
}

/** Tells assistive technology which keys there are. */
function label(areOn) {
  const keys = new Map();
  for (const { on, keys: names, sends } of SHORTCUTS) {
    if (sends) continue; // it is no shortcut for the element itself
    const holding = names.filter((name) => areOn || !isCharacter(name)).map((name) => name.split(" ")[0]);
    keys.set(on, holding.join(" "));
  }
  for (const [on, names] of keys) {
    const element = document.querySelector(on);
    if (element) setAttribute(element, "aria-keyshortcuts", names || null);
  }
}

function stored() {
  try {
    return localStorage.getItem(STORED) !== "off";
  } catch {
    return true; // storage is switched off
  }
}

function store(on) {
  try {
    localStorage.setItem(STORED, on ? "on" : "off");
  } catch {
    // It still holds for as long as this page is open.
  }
}
