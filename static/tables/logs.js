// The program's log: what it, its runs and its scenarios say. Asked for while
// somebody looks, since nobody else needs it.

import { list } from "../lib/api.js";
import { LOGS } from "./columns.js";
import { byId } from "../lib/dom.js";
import { count } from "../lib/format.js";
import { createTable } from "./tables.js";

/** Lines kept at most, as many as the server keeps. */
export const MAX_LINES = 500;
const PAUSE_MS = 2000;
/** What a choice of level lets through. */
const LEVELS = { all: null, warning: ["warning", "error"], error: ["error"] };

/** Nothing known yet. */
export const noLines = () => ({ lines: [], last: 0, dropped: 0 });

/**
 * What is known after an answer. A server that has written fewer lines than
 * are known here is another one: what is known is void.
 */
export function learn(known, { lines, last, dropped }) {
  if (last < known.last) return noLines();
  const all = [...known.lines, ...lines.filter((line) => line.number > known.last)];
  return { lines: all.slice(-MAX_LINES), last, dropped };
}

/** The lines of a level that hold all of the words, newest first. */
export function choose(lines, level, search) {
  const levels = LEVELS[level] ?? null;
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const holds = ({ text, source }) => {
    const whole = `${source} ${text}`.toLowerCase();
    return words.every((word) => whole.includes(word));
  };
  const chosen = lines.filter((line) => (!levels || levels.includes(line.level)) && holds(line));
  return chosen.toReversed();
}

/** What stands below the lines. */
export function footnote(known, shown, failed) {
  if (failed) return "Cannot load logs: Swarmdeck does not respond.";
  const parts = [];
  if (shown < known.lines.length) parts.push(`${count(shown)} of ${count(known.lines.length)} lines.`);
  if (known.dropped > 0) parts.push(`${count(known.dropped)} older lines are no longer kept.`);
  return parts.join(" ");
}

/** Fills the panel of the log while it is open. */
export function createLogs() {
  const level = byId("log-level");
  const search = byId("log-search");
  const table = createTable(byId("log-lines"), LOGS);
  let known = noLines();
  let failed = false;
  let open = false;
  let timer = 0;

  const draw = () => {
    const shown = choose(known.lines, level.value, search.value);
    table.update(shown, null, footnote(known, shown.length, failed));
  };
  const ask = async () => {
    clearTimeout(timer);
    timer = 0;
    const answer = await list(`api/v1/logs?after=${known.last}`);
    failed = answer === null;
    const before = known.last;
    if (answer) known = learn(known, answer);
    draw();
    const again = known.last < before;
    if (open && !document.hidden && !timer) timer = setTimeout(ask, again ? 0 : PAUSE_MS);
  };
  level.addEventListener("change", draw);
  search.addEventListener("input", draw);
  document.addEventListener("visibilitychange", () => {
    if (open && !document.hidden) ask();
  });

  return {
    /** Whether somebody looks at it. */
    show(isOpen) {
      if (open === isOpen) return;
      open = isOpen;
      if (open) ask();
    },
  };
}
