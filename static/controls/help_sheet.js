// The help sheet: the table of shortcuts, to be read.

import { byId, el } from "../lib/dom.js";
import { SHORTCUTS } from "./shortcuts.js";

/** What keys are called on the sheet, where not as in the table. */
const NAMES = { Control: "Ctrl", Escape: "Esc" };

/**
 * Fills the sheet and opens it on its button.
 * @param {{areOn: () => boolean, turn: (on: boolean) => void}} keys
 */
export function createHelpSheet(keys) {
  const sheet = byId("help");
  const single = byId("help-single");
  // What this page does not have is not explained.
  const rows = SHORTCUTS.filter(({ on }) => document.querySelector(on));
  for (const [title, shortcuts] of Map.groupBy(rows, ({ group }) => group)) {
    byId("help-groups").append(group(title, shortcuts));
  }
  byId("help-open").addEventListener("click", () => {
    single.checked = keys.areOn();
    sheet.showModal();
  });
  single.addEventListener("change", () => keys.turn(single.checked));
  byId("help-close").addEventListener("click", () => sheet.close());
  // The sheet's own box is all content: what is clicked of it is the backdrop.
  sheet.addEventListener("click", ({ target }) => {
    if (target === sheet) sheet.close();
  });
}

function group(title, shortcuts) {
  const lines = shortcuts.map(({ keys, words }) => {
    const names = keys.flatMap((name, i) => [i > 0 ? " or " : "", ...caps(name)]);
    return el("div", {}, el("dt", {}, ...names), el("dd", {}, words));
  });
  return el("section", {}, el("h3", {}, title), el("dl", {}, ...lines));
}

/** The keys to be pressed for a name of the table. */
export function keyNames(name) {
  const parts = name.length === 1 ? [name] : name.split(/[+ ]/);
  return parts.map((part) => NAMES[part] ?? part);
}

const caps = (name) => keyNames(name).flatMap((part, i) => [i > 0 ? " " : "", el("kbd", {}, part)]);
