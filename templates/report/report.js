// Draws the charts of a report. It stands in the page behind format.js, axes.js
// and the chart library, whose names it uses.

import uPlot from "../../static/vendor/uPlot.esm.js";
import { decades, isolated, logTicks, markerLabel, roundUp, TIME_STEPS } from "../../static/charts/axes.js";
import { createCapacityChart } from "../../static/charts/capacity_chart.js";
import { axisCount, axisLatency, axisTime, count, latency, number, rate, RESPONSE_TIME, SERVICE_TIME } from "../../static/lib/format.js";

const TEXT_FONT = '11px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
const MICROS = 1000;

/** Percentiles of one kind of time, whose columns begin like this. */
const times = (title, prefix) => ({
  title,
  floor: 1,
  tick: axisLatency,
  hasLogScale: true,
  divide: MICROS,
  lines: ["p50", "p95", "p99"].map((name) => ({
    label: name,
    column: `${prefix}${name}_us`,
    color: `--${name}`,
    show: (ms) => latency(ms * MICROS),
  })),
});

/** What is drawn of every run, as far as there is any; times in milliseconds. */
const PANELS = [
  {
    title: "Throughput",
    floor: 10,
    tick: axisCount,
    lines: [
      { label: "requests/s", column: "rps", color: "--go", show: rate },
      { label: "failures/s", column: "fps", color: "--fail", show: rate },
    ],
  },
  times(SERVICE_TIME, ""),
  times(RESPONSE_TIME, "response_"),
  {
    title: "Users",
    floor: 1,
    tick: axisCount,
    lines: [{ label: "users", column: "users", color: "--users", show: count }],
  },
];

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function node(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

/** A panel a reading of a probe. */
function readingPanel({ name, unit, t_s: times, value: values }) {
  const show = (value) => `${number(value)} ${unit}`.trim();
  const line = { label: "", column: "value", color: "--accent", show };
  return { title: unit ? `${name} (${unit})` : name, floor: 0, tick: axisCount, lines: [line], own: { t_s: times, value: values } };
}

/** Draws the capacity curve of one run, if it has one. */
function drawCapacity(section) {
  const root = section.querySelector("[data-capacity]");
  if (!root) return [];
  const { capacity } = JSON.parse(section.querySelector("[data-figures]").textContent);
  const legend = node("span", "legend");
  const place = node("div", "plot");
  root.append(node("section", "card chart", node("h4", "", "Throughput and p95", legend), place));
  const chart = createCapacityChart(uPlot, place, legend);
  chart.update(capacity);
  return [chart];
}

/** Draws the charts of one run; a drag on one of them zooms all. */
function drawRun(section, index) {
  const root = section.querySelector("[data-charts]");
  if (!root) return [];
  const figures = JSON.parse(section.querySelector("[data-figures]").textContent);
  const resetZoom = section.querySelector("[data-reset-zoom]");
  const scale = section.querySelector("[data-scale]");
  const shared = { key: `run-${index}`, zoom: null, isLog: true, figures, charts: [] };
  const start = Math.max(0, figures.t_s[0] - figures.width_s[0]);
  shared.full = [start, Math.max(figures.t_s.at(-1), start + 1)];
  shared.zoomTo = (range) => {
    shared.zoom = range;
    resetZoom.hidden = range === null;
    const [min, max] = range ?? shared.full;
    for (const chart of shared.charts) chart.plot.setScale("x", { min, max });
  };
  const panels = PANELS.filter(({ lines }) => lines.every(({ column }) => column in figures));
  for (const panel of [...panels, ...figures.readings.map(readingPanel)]) {
    shared.charts.push(createChart(root, panel, shared));
  }
  resetZoom.addEventListener("click", () => shared.zoomTo(null));
  scale.hidden = false;
  scale.addEventListener("click", () => {
    shared.isLog = !shared.isLog;
    scale.textContent = shared.isLog ? "log" : "linear";
    for (const chart of shared.charts) if (chart.panel.hasLogScale) chart.redraw();
  });
  return shared.charts;
}

function createChart(root, panel, shared) {
  const values = panel.lines.map(() => node("b", ""));
  const keys = panel.lines.map(({ label, color }, i) => {
    const swatch = node("i", "");
    swatch.style.background = `var(${color})`;
    return node("span", "", swatch, `${label} `, values[i]);
  });
  const place = node("div", "plot");
  const legend = node("span", "legend", ...keys);
  root.append(node("section", "card chart", node("h4", "", panel.title, legend), place));
  const columns = panel.own ?? shared.figures;
  const scaled = (column) => (panel.divide ? column.map((v) => (v === null ? null : v / panel.divide)) : column);
  const data = [columns.t_s, ...panel.lines.map(({ column }) => scaled(columns[column]))];
  const tell = (u) => {
    const at = u.cursor.idx;
    panel.lines.forEach(({ show }, i) => {
      const value = at == null ? null : u.data[i + 1][at];
      values[i].textContent = value == null ? "" : show(value);
    });
  };
  const chart = { panel, plot: null, redraw: null };
  const size = () => ({ width: place.clientWidth, height: place.clientHeight });
  chart.redraw = () => {
    chart.plot?.destroy();
    chart.plot = new uPlot({ ...size(), ...chartOptions(panel, shared, tell) }, data, place);
  };
  chart.redraw();
  new ResizeObserver(() => {
    const { width, height } = size();
    if (width > 0 && (chart.plot.width !== width || chart.plot.height !== height)) chart.plot.setSize({ width, height });
  }).observe(place);
  return chart;
}

function chartOptions(panel, shared, tell) {
  const isLog = panel.hasLogScale && shared.isLog;
  const axis = { stroke: token("--soft"), font: TEXT_FONT, grid: { show: false }, ticks: { show: false } };
  return {
    padding: [16, 16, 0, 0],
    legend: { show: false },
    scales: {
      x: { time: false, range: () => shared.zoom ?? shared.full },
      y: {
        distr: isLog ? 3 : 1,
        range: (_, min, max) => (isLog ? decades(min, max) : [Math.min(0, min), roundUp(max * 1.02, panel.floor) || 1]),
      },
    },
    axes: [
      { ...axis, space: 64, incrs: TIME_STEPS, size: 28, gap: 8, values: (_, ticks) => ticks.map(axisTime) },
      {
        ...axis,
        size: 58,
        space: 30,
        grid: { stroke: token("--line"), width: 1 },
        values: (_, ticks) => ticks.map(panel.tick),
        ...(isLog && { splits: (_u, _i, min, max) => logTicks(min, max), filter: (_, ticks) => ticks }),
      },
    ],
    series: [{}, ...panel.lines.map(({ color }) => chartLine(token(color)))],
    cursor: {
      y: false,
      drag: { x: true, y: false, setScale: false },
      bind: { dblclick: () => () => shared.zoomTo(null) },
      // Only the crosshair is shared; a drag is carried out once, by `zoomTo`.
      sync: { key: shared.key, scales: ["x", null], filters: { pub: (type) => type === "mousemove" } },
    },
    hooks: {
      draw: [(u) => drawMarks(u, shared.figures.marks)],
      setCursor: [tell],
      setSelect: [(u) => takeSelection(u, shared)],
    },
  };
}

function chartLine(stroke) {
  // A value between two gaps is no line yet: it shows as a dot.
  const points = { show: false, size: 4, width: 0, fill: stroke, filter: (u, i) => isolated(u.data[i]) };
  return { stroke, width: 1.6, points };
}

function takeSelection(u, shared) {
  const { left, width } = u.select;
  const [from, to] = [u.posToVal(left, "x"), u.posToVal(left + width, "x")];
  for (const { plot } of shared.charts) plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  if (width >= 5 && to - from >= 2) shared.zoomTo([from, to]);
}

function drawMarks(u, marks) {
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio;
  const colors = { error: token("--fail"), warning: token("--warn"), info: token("--soft") };
  let labelEnd = -Infinity;
  ctx.save();
  ctx.font = TEXT_FONT.replace("11px", `${11 * ratio}px`);
  ctx.setLineDash([4 * ratio, 4 * ratio]);
  ctx.lineWidth = ratio;
  for (const mark of marks) {
    const x = Math.round(u.valToPos(mark.t_s, "x", true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.strokeStyle = colors[mark.level] ?? colors.info;
    ctx.fillStyle = ctx.strokeStyle;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top - 4 * ratio);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const label = markerLabel(mark);
    const start = x + 3 * ratio;
    if (start < labelEnd) continue; // the line has to do
    ctx.fillText(label, start, bbox.top - 5 * ratio);
    labelEnd = start + ctx.measureText(label).width + 8 * ratio;
  }
  ctx.restore();
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
