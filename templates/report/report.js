// Draws the charts of a report with the modules of the page, which stand in the
// report before it.

import { valueRange } from "../../static/charts/axes.js";
import { createCapacityChart } from "../../static/charts/capacity_chart.js";
import { createLegend } from "../../static/charts/legend.js";
import { drawMarkers } from "../../static/charts/overlays.js";
import { createPlot, timeOptions } from "../../static/charts/plot.js";
import { CHARTS, columnName, columns } from "../../static/charts/series.js";
import { el, setText } from "../../static/lib/dom.js";
import { axisCount, number, RESPONSE_TIME, SERVICE_TIME } from "../../static/lib/format.js";

/** What is drawn of every run, as far as the report has its columns. */
const PANELS = [
  { title: "Throughput", spec: CHARTS.throughput },
  { title: SERVICE_TIME, spec: CHARTS.latency, time: "service" },
  { title: RESPONSE_TIME, spec: CHARTS.latency, time: "response" },
  { title: "Users", spec: { ...CHARTS.users, lines: CHARTS.users.lines.filter(({ column }) => column === "users") } },
];

/** A chart in its card: where its plot goes, and its legend. */
function addCard(root, title) {
  const legend = el("span", { class: "legend" });
  const plot = el("div", { class: "plot" });
  const header = el("header", {}, el("h4", {}, title), el("span", { class: "grow" }), legend);
  root.append(el("section", { class: "card chart" }, header, plot));
  return { plot, legend };
}

/** The panel of one reading of a probe. */
function readingPanel({ name, unit, t_s, value }) {
  const line = { label: "", column: "value", color: "--accent", format: (figure) => `${number(figure)} ${unit}`.trim() };
  const spec = { floor: 0, tick: axisCount, lines: [line] };
  return { title: unit ? `${name} (${unit})` : name, spec, series: { t_s, value } };
}

/** Draws the capacity curve of one run, if it has one. */
function drawCapacity(section) {
  const root = section.querySelector("[data-capacity]");
  if (!root) return [];
  const { capacity } = figuresOf(section);
  const card = addCard(root, "Throughput and p95");
  const chart = createCapacityChart(card.plot, card.legend);
  chart.update(capacity);
  return [chart];
}

const figuresOf = (section) => JSON.parse(section.querySelector("[data-figures]").textContent);

/** Draws the charts of one run; a drag on one of them zooms all. */
function drawRun(section, index) {
  const root = section.querySelector("[data-charts]");
  if (!root) return [];
  const figures = figuresOf(section);
  const resetZoom = section.querySelector("[data-reset-zoom]");
  const scale = section.querySelector("[data-scale]");
  const start = Math.max(0, figures.t_s[0] - figures.width_s[0]);
  const full = [start, Math.max(figures.t_s.at(-1), start + 1)];
  const shared = { key: `run-${index}`, zoom: null, isLog: true, marks: figures.marks };
  shared.span = () => shared.zoom ?? full;
  shared.zoomTo = (range) => {
    shared.zoom = range;
    resetZoom.hidden = range === null;
    const [min, max] = shared.span();
    for (const { plot } of charts) plot.chart()?.setScale("x", { min, max });
  };
  const isKnown = ({ spec, time }) => spec.lines.every((entry) => columnName(spec, entry, time) in figures);
  const panels = PANELS.filter(isKnown).map((panel) => ({ ...panel, series: figures }));
  const charts = [...panels, ...figures.readings.map(readingPanel)].map((panel) => createChart(root, panel, shared));
  resetZoom.addEventListener("click", () => shared.zoomTo(null));
  scale.hidden = false;
  scale.addEventListener("click", () => {
    shared.isLog = !shared.isLog;
    setText(scale, shared.isLog ? "log" : "linear");
    for (const chart of charts) if (chart.isLatency) chart.redraw();
  });
  return charts;
}

function createChart(root, { title, spec, time, series }, shared) {
  const card = addCard(root, title);
  const legend = createLegend(card.legend, spec, { showsLatest: false });
  const options = () => {
    const isLog = spec.isLatency === true && shared.isLog;
    return timeOptions({
      ...shared,
      lines: spec.lines,
      tick: spec.tick,
      isLog,
      range: (_, min, max) => valueRange({ isLog, floor: spec.floor }, min, max),
      hooks: { draw: [(u) => drawMarkers(u, shared.marks)], setCursor: [(u) => legend.show(u)] },
    });
  };
  const plot = createPlot(card.plot, { options, data: () => columns(spec, series, time, shared.span()) });
  plot.draw();
  return {
    isLatency: spec.isLatency === true,
    plot,
    redraw() {
      plot.clear();
      plot.draw();
    },
  };
}

const sections = [...document.querySelectorAll("[data-run]")];
const drawn = [...sections.flatMap(drawRun), ...sections.flatMap(drawCapacity)];
const redrawAll = () => {
  for (const chart of drawn) chart.redraw();
};
document.addEventListener("themechange", redrawAll);

// Paper is light.
let onScreen = "";
window.addEventListener("beforeprint", () => {
  onScreen = document.documentElement.dataset.theme;
  document.documentElement.dataset.theme = "light";
  for (const details of document.querySelectorAll("details")) details.open = true;
  redrawAll();
});
window.addEventListener("afterprint", () => {
  document.documentElement.dataset.theme = onScreen;
  redrawAll();
});
