// The charts of a run over one time axis, and who looks at what of it.

import { timeRange, zoomed } from "./axes.js";
import { drawable } from "./criteria_lines.js";
import { el, setAttribute, setShown, setText } from "../lib/dom.js";
import { axisCount, axisLatency, number, RESPONSE_TIME, SERVICE_TIME } from "../lib/format.js";
import { createNameCharts } from "./name_charts.js";
import { createChartCard } from "./chart_card.js";
import { createHeatmapFeed } from "../state/window_query.js";
import { CHARTS } from "./series.js";
import { readingCharts, readingColumns } from "./readings.js";
import { isOpen, markers } from "../state/store.js";

/** Criteria of one kind on all requests. */
const criteriaOf = ({ criteria }, kind) => criteria.filter((one) => one.kind === kind && one.of === null);

/** What the page adds to the charts of a run: its criteria, and where its plan was not met. */
const SPECS = {
  throughput: { ...CHARTS.throughput, showsUnmet: true, criteria: (shared) => criteriaOf(shared, "rate") },
  latency: { ...CHARTS.latency, criteria: (shared) => criteriaOf(shared, shared.time) },
  users: CHARTS.users,
  starts: { ...CHARTS.starts, showsUnmet: true },
};

/**
 * The charts of a run, one shared time axis.
 * @param {HTMLElement} root holds a `[data-chart]` for each panel
 * @param {HTMLElement} target where the charts of probes go
 * @param {{resetZoom: HTMLButtonElement, scale: HTMLButtonElement, time: HTMLButtonElement}} buttons
 * @param {{onZoom: (range: number[]|null) => void, onRow: (row: object|null) => void}} listeners
 *   `onZoom` hears which stretch is looked at, `onRow` whose charts are open beside those of all
 */
export function createRunCharts(root, target, { resetZoom, scale, time }, { onZoom, onRow }) {
  const shared = {
    run: null,
    zoom: null,
    series: null,
    readings: {},
    marks: [],
    criteria: [],
    latencyScale: "log",
    time: "service",
    panels: [],
  };

  const zoomTo = (range) => {
    if (range === shared.zoom) return;
    shared.zoom = range;
    setShown(resetZoom, range !== null);
    for (const panel of shared.panels) panel.rescale();
    onZoom(range);
  };
  shared.zoomTo = zoomTo;
  const card = (id) => root.querySelector(`[data-chart="${id}"]`);
  for (const [id, spec] of Object.entries(SPECS)) {
    shared.panels.push(createChartCard(card(id), id, spec, shared));
  }
  const heat = createHeat(card("heat"), shared);
  shared.panels.push(heat.panel);
  const names = createNameCharts(SPECS, shared, { onChange: onRow });

  const latencies = () => shared.panels.filter((panel) => panel.isLatency);
  resetZoom.addEventListener("click", () => zoomTo(null));
  root.addEventListener("zoom", ({ detail }) => {
    if (!shared.series) return;
    const whole = timeRange(shared.series.t_s, shared.series.width_s);
    zoomTo(zoomed(shared.zoom ?? whole, whole, detail));
  });
  scale.addEventListener("click", () => {
    shared.latencyScale = shared.latencyScale === "log" ? "linear" : "log";
    setText(scale, shared.latencyScale);
    for (const panel of latencies()) panel.rebuild();
  });
  const titles = document.querySelectorAll("[data-chart$=latency] h2");
  const show = (kind) => {
    shared.time = kind;
    setAttribute(time, "aria-pressed", String(kind === "response"));
    for (const title of titles) setText(title, kind === "response" ? RESPONSE_TIME : SERVICE_TIME);
    for (const panel of latencies()) panel.draw();
  };
  time.addEventListener("click", () => show(shared.time === "service" ? "response" : "service"));
  document.addEventListener("themechange", () => {
    for (const panel of shared.panels) panel.rebuild();
  });

  const drawSoon = createPace();
  const probes = createProbeCharts(target, shared);
  let events = null;
  let judged = "";
  return {
    /** Opens the charts of a row of the requests, or closes them. */
    toggleRow: names.toggle,
    /** Draws the state, if anything that is drawn changed. */
    update(state) {
      const { series, readings } = shared;
      if (state.run?.id !== shared.run?.id) zoomTo(null);
      shared.run = state.run;
      const criteria = state.run ? (state.frame?.judgement?.criteria ?? []) : [];
      const standings = criteria.map(({ text, standing }) => `${standing} ${text}`).join("\n");
      const isMarkedAlike = state.events === events && standings === judged;
      if (state.series !== series || state.readings !== readings || !isMarkedAlike) {
        shared.series = state.series;
        shared.readings = state.readings;
        shared.criteria = drawable(criteria);
        [events, judged] = [state.events, standings];
        probes.sort(readingCharts(state.readings, state.run?.probes ?? []));
        const hasResponse = state.series.response_p50_us?.some((us) => us !== null) ?? false;
        setShown(time, hasResponse);
        if (!hasResponse && shared.time === "response") show("service");
        setShown(card("starts"), isOpen(state));
        shared.marks = markers(state);
        // A reset may have left nothing of what was zoomed into.
        if (shared.zoom?.[1] <= timeRange(state.series.t_s, state.series.width_s)[0]) zoomTo(null);
        for (const panel of shared.panels) {
          if (!panel.isFed || !isMarkedAlike) drawSoon(panel);
        }
      }
      heat.update(state);
      names.update(state);
    },
  };
}

/** Draws one chart a frame: all of them in one would make it a long one. */
function createPace() {
  const waiting = new Set();
  const drawNext = () => {
    const [panel] = waiting;
    waiting.delete(panel);
    panel.draw();
    if (waiting.size > 0) requestAnimationFrame(drawNext);
  };
  return (panel) => {
    if (waiting.size === 0) requestAnimationFrame(drawNext);
    waiting.add(panel);
  };
}

/** How all service times are spread. */
function createHeat(card, shared) {
  let panel = null;
  const feed = createHeatmapFeed({ isWanted: () => panel.isSeen(), onChange: () => panel.draw() });
  const spec = { isLatency: true, tick: axisLatency, isFed: true, heat: { columns: feed.held }, onSight: feed.ask };
  panel = createChartCard(card, "heat", spec, shared);
  return { panel, update: feed.update };
}

/** The charts of probes: made when there is something to draw. */
function createProbeCharts(target, shared) {
  const root = target.querySelector("[data-charts]");
  let sorted = "";
  let panels = [];
  return {
    /** @param {object[]} charts as `readingCharts` sorts them */
    sort(charts) {
      const wanted = JSON.stringify(charts);
      if (wanted === sorted) return;
      sorted = wanted;
      for (const panel of panels) panel.destroy();
      setShown(target, charts.length > 0);
      const cards = charts.map(({ title }) => probeCard(title));
      root.replaceChildren(...cards);
      panels = charts.map((chart, i) => createChartCard(cards[i], chart.id, probeSpec(chart), shared));
      const others = shared.panels.filter((panel) => !panel.isOfProbe);
      shared.panels = [...others, ...panels];
    },
  };
}

function probeCard(title) {
  const legend = el("span", { class: "legend", "data-legend": "" });
  const header = el("header", {}, el("h2", {}, title), el("span", { class: "grow" }), legend);
  const attributes = { class: "card chart", "data-chart": "probe", "aria-label": `${title} over time` };
  return el("section", attributes, header, el("div", { class: "plot", "data-plot": "" }));
}

function probeSpec({ lines }) {
  const names = lines.map(({ reading }) => reading);
  return {
    floor: 1,
    tick: axisCount,
    isOfProbe: true,
    data: ({ readings }) => readingColumns(readings, names),
    criteria: ({ criteria }) => criteria.filter(({ reading }) => names.includes(reading)),
    lines: lines.map(({ label, color }) => ({ label, color, look: "line", format: number, isSparse: true })),
  };
}
