// Scenarios that are run one after the other: what the button would do, and
// how far those that were started have come.

import { tone } from "./criteria.js";
import { byId, el, setAttribute, setNotice, setShown, setText } from "../lib/dom.js";
import { duration, plural } from "../lib/format.js";
import { isSuiteActive } from "../state/store.js";

/** Names that are listed; of more, the rest is counted. */
const NAMES = 6;

/** An icon for each state and verdict: colour alone tells nothing. */
const ICONS = {
  waiting: "\u00b7",
  running: "\u25b8",
  left_out: "\u2013",
  PASS: "\u2713",
  FAIL: "\u2717",
  INVALID: "!",
  UNDECIDED: "?",
  ERROR: "!",
};
const STATES = { waiting: "queued", running: "running", left_out: "skipped" };

/** The progress of the suite, in one line; empty where none is active. */
export function suiteHeadline({ suite }) {
  if (!suite || suite.at === null) return "";
  const name = suite.runs[suite.at - 1]?.name ?? "";
  const place = `${suite.at} of ${suite.runs.length}: ${name}`;
  return suite.state === "cooling_down" ? `Next: ${place}` : `Running ${place}`;
}

/**
 * What the button would do, in sentences; empty where it is not offered. The
 * host is that of all, where there is one.
 */
export function allWords({ all, scenarios }, host = "") {
  if (!isOffered(all)) return "";
  const names = (ids) => listed(ids.map((id) => scenarios.find((s) => s.id === id)?.name ?? id));
  const ids = all.scenarios;
  const pause = duration(all.cool_down_s);
  const takes = all.runs_take_s;
  const whole = takes === null ? "" : `, about ${duration(takes + (ids.length - 1) * all.cool_down_s)} in total`;
  const at = host === "" ? "" : ` against ${host}`;
  const words = [`Runs ${names(ids)} in sequence${at} with ${pause} between them${whole}.`];
  if (all.endless.length > 0) words.push(`Skips ${names(all.endless)}: no run time.`);
  const broken = scenarios.filter((s) => s.problems.length > 0).map((s) => s.id);
  if (broken.length > 0) words.push(`Skips ${names(broken)}: has errors.`);
  return words.join(" ");
}

/** Whether there are several scenarios that could be run one after the other. */
export function isOffered(all) {
  return (all?.scenarios.length ?? 0) > 1;
}

/** Whether the last suite belongs to what is on show: nothing else was run since. */
export function isSuiteShown({ suite, run }) {
  if (!suite) return false;
  return suite.state !== "ended" || !run || suite.runs.some((one) => one.run === run.id);
}

/** The verdict on all runs; empty until they have ended. */
export function suiteVerdict(state) {
  return isSuiteShown(state) && !isSuiteActive(state) ? (state.suite.verdict ?? "") : "";
}

function listed(names) {
  if (names.length <= NAMES) return names.join(", ");
  return `${names.slice(0, NAMES - 1).join(", ")} and ${names.length - NAMES + 1} more`;
}

function title(state) {
  const { suite } = state;
  const left = suite.runs.filter((one) => one.state === "left_out").length;
  const rest = suite.at === null ? 0 : suite.runs.length - suite.at;
  if (!isSuiteActive(state)) {
    return `Suite of ${suite.runs.length}${left > 0 ? `: ${left} skipped` : ""}`;
  }
  const stop = suite.state === "cooling_down" ? rest + 1 : rest;
  return `${suiteHeadline(state)}${stop > 0 ? `. Stop skips the other ${stop}.` : ""}`;
}

/** The card of the last suite. */
export function createSuite() {
  const card = byId("suite");
  const list = byId("suite-list");
  const rows = [];
  return {
    update(state) {
      const shown = isSuiteShown(state);
      setShown(card, shown);
      if (!shown) return;
      const { suite } = state;
      setText(byId("suite-title"), title(state));
      const word = suiteVerdict(state);
      setNotice(byId("suite-verdict"), word);
      setAttribute(byId("suite-verdict"), "data-standing", word === "" ? null : tone(word));
      while (rows.length < suite.runs.length) rows.push(addRow(list, rows.length + 1));
      while (rows.length > suite.runs.length) rows.pop().item.remove();
      suite.runs.forEach((one, at) => fill(rows[at], one));
      setShown(byId("suite-reports"), word !== "");
    },
  };
}

function addRow(list, number) {
  const icon = el("span", { class: "icon", "aria-hidden": "true" });
  const name = el("span", { class: "name" });
  const word = el("b");
  const reason = el("span", { class: "reason" });
  const href = `api/v1/suite/report.html?run=${number}`;
  const link = el("a", { href, target: "_blank" }, "Report");
  const item = el("li", {}, icon, name, word, reason, link);
  list.append(item);
  return { item, icon, name, word, reason, link };
}

function fill(row, { name, state, verdict, reason }) {
  const word = STATES[state] ?? verdict ?? "not judged";
  setAttribute(row.item, "data-state", state);
  setAttribute(row.item, "data-standing", verdict ? tone(verdict) : null);
  setText(row.icon, ICONS[state] ?? ICONS[verdict] ?? "?");
  setText(row.name, name);
  setText(row.word, word);
  setText(row.reason, reason ?? "");
  setAttribute(row.link, "aria-label", `Report on ${name}`);
  setShown(row.link, state === "ended");
}
