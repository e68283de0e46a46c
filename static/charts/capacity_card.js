// The card of the capacity curve: what a search says, the chart, the levels.

import { loadWords, outcomeWords } from "./capacity.js";
import { createCapacityChart } from "./capacity_chart.js";
import { byId, el, setNotice, setShown, setText } from "../lib/dom.js";
import { latency, percent, plural, rate } from "../lib/format.js";
import { isSearching } from "../state/store.js";

export function createCapacityCard() {
  const card = byId("capacity");
  const rows = byId("capacity-levels");
  const chart = createCapacityChart(byId("capacity-plot"), byId("capacity-legend"));
  document.addEventListener("themechange", chart.redraw);
  let shown = null;
  return {
    update(state) {
      const { capacity } = state;
      setNotice(byId("limit-words"), isSearching(state) ? sentence(capacity.search.text) : "");
      if (capacity === shown) return;
      shown = capacity;
      setShown(card, capacity !== null && capacity.levels.length > 0);
      if (!capacity) return;
      const search = capacity.search;
      setNotice(byId("capacity-words"), search ? sentence(search.text) : "");
      setNotice(byId("capacity-criteria"), search ? `Criteria: ${search.criteria.join("; ")}` : "");
      setText(byId("capacity-count"), `Show ${plural(capacity.levels.length, "level")}`);
      rows.replaceChildren(...capacity.levels.map((level) => row(capacity.of, level)));
      chart.update(capacity);
    },
  };
}

function sentence(text) {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function row(of, level) {
  const figure = (text) => el("td", { class: "num" }, text);
  return el(
    "tr",
    { "data-outcome": level.outcome ?? "none" },
    figure(loadWords(of, level.load)),
    figure(rate(level.rps)),
    figure(latency(level.p50_us)),
    figure(latency(level.p95_us)),
    figure(percent(level.failed)),
    el("td", {}, outcomeWords(level)),
  );
}
