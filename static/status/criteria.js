// The criteria of the run: how each stands, and the verdict at the end.

import { byId, el, setAttribute, setShown, setText } from "../lib/dom.js";
import { latency } from "../lib/format.js";
import { runState } from "../state/store.js";

/** An icon and a word for each standing: colour alone tells nothing. */
const STANDINGS = {
  met: ["\u2713", "ok"],
  at_risk: ["!", "at risk"],
  broken: ["\u2717", "failed"],
  undecided: ["?", "undecided"],
  disturbed: ["~", "not judged"],
};

const TONES = { PASS: "met", UNDECIDED: "at_risk" };

/** The standing of a criterion in words: icon, word, and what is to be said with it. */
export function standing({ standing: name, note, own_us }) {
  const [icon, word] = STANDINGS[name] ?? STANDINGS.undecided;
  const own = own_us == null ? null : `up to ${latency(own_us)} of it is generator delay`;
  return { icon, word, note: [own, note].filter(Boolean).join("; ") };
}

/** Which standing a verdict is coloured like. */
export const tone = (verdict) => TONES[verdict] ?? "broken";

/** The word at the end of a run with criteria; nothing before. */
export function verdict(state) {
  const judgement = judged(state);
  if (!judgement?.criteria.length || runState(state) !== "stopped") return null;
  const word = judgement.verdict;
  return { word, reason: judgement.reason, tone: tone(word) };
}

const judged = ({ run, frame }) => (run ? (frame?.judgement ?? null) : null);

/** The card of criteria; hidden where the scenario has none. */
export function createCriteria() {
  const card = byId("criteria");
  const list = byId("criteria-list");
  const word = byId("criteria-verdict");
  const rows = [];

  return {
    update(state) {
      const lines = judged(state)?.criteria ?? [];
      setShown(card, lines.length > 0);
      while (rows.length < lines.length) rows.push(addRow(list));
      while (rows.length > lines.length) rows.pop().item.remove();
      lines.forEach((line, at) => fill(rows[at], line));
      const end = verdict(state);
      setShown(word, end !== null);
      setText(word, end?.word ?? "");
      setAttribute(word, "data-standing", end?.tone ?? null);
      setAttribute(word, "title", end?.reason ?? null);
    },
  };
}

function addRow(list) {
  const icon = el("span", { class: "icon", "aria-hidden": "true" });
  const text = el("span", { class: "text" });
  const figure = el("span", { class: "figure-now" });
  const word = el("b");
  const note = el("span");
  const item = el("li", {}, icon, text, figure, el("span", { class: "standing" }, word, note));
  list.append(item);
  return { item, icon, text, figure, word, note };
}

function fill(row, line) {
  const { icon, word, note } = standing(line);
  setAttribute(row.item, "data-standing", line.standing);
  setText(row.icon, icon);
  setText(row.text, line.text);
  setText(row.figure, line.figure ?? "");
  setText(row.word, word);
  setText(row.note, note === "" ? "" : `: ${note}`);
}
