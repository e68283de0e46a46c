// The capacity curve: throughput and p95 over load, and what a search for the
// limit found. Stands in the page and in reports, and is handed the chart library.

import { roundUp } from "./axes.js";
import { axisCount, axisLatency, count, latency, rate } from "../lib/format.js";

const CAPACITY_FONT = '11px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';

const capacityColor = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** The latest level of each load, by load. */
export function levelsByLoad({ levels }) {
  const latest = new Map(levels.map((level) => [level.load, level]));
  return [...latest.values()].sort((a, b) => a.load - b.load);
}

/** A load in words: 412 users, 80 starts/s. */
export function loadWords(of, load) {
  if (of === "rate") return `${rate(load)} starts/s`;
  return load === 1 ? "1 user" : `${count(load)} users`;
}

/** What came of a level, in words; empty where it was not judged. */
export function outcomeWords({ outcome, why }) {
  const word = outcome ? outcome.replace("_", "-") : "";
  return why ? `${word}: ${why}` : word;
}

/**
 * The chart, drawn into `place`, with its names and values in `legend`.
 * @param {Function} Chart the chart library
 */
export function createCapacityChart(Chart, place, legend) {
  let plot = null;
  let capacity = null;
  const values = ["load", "requests/s", "p95"].map((label, i) => capacityKey(legend, label, ["", "--go", "--p95"][i]));
  const tell = (u) => {
    const at = u.cursor.idx;
    const level = at == null ? null : levelsByLoad(capacity)[at];
    const figures = level ? [loadWords(capacity.of, level.load), rate(level.rps), latency(level.p95_us)] : ["", "", ""];
    values.forEach((value, i) => {
      if (value.textContent !== figures[i]) value.textContent = figures[i];
    });
  };
  const size = () => ({ width: place.clientWidth, height: place.clientHeight });
  const redraw = () => {
    plot?.destroy();
    plot = null;
    if (!capacity || place.clientWidth === 0) return;
    plot = new Chart({ ...size(), ...capacityOptions(capacity, tell) }, capacityColumns(capacity), place);
  };
  new ResizeObserver(() => {
    const { width, height } = size();
    if (!plot) redraw();
    else if (width > 0 && (plot.width !== width || plot.height !== height)) plot.setSize({ width, height });
  }).observe(place);
  return {
    panel: {},
    redraw,
    /** @param {object|null} next as the server tells it */
    update(next) {
      if (next === capacity) return;
      capacity = next;
      redraw();
    },
  };
}

/** Loads, throughput, and p95 in milliseconds. */
export function capacityColumns(capacity) {
  const levels = levelsByLoad(capacity);
  return [
    levels.map(({ load }) => load),
    levels.map(({ rps }) => rps),
    levels.map(({ p95_us: us }) => (us === null ? null : us / 1000)),
  ];
}

/** A name in the legend; the element that its value goes to. */
function capacityKey(legend, label, color) {
  const key = document.createElement("span");
  key.className = "key";
  const value = document.createElement("b");
  if (color) {
    const swatch = document.createElement("i");
    swatch.setAttribute("aria-hidden", "true");
    // The page draws lines, reports draw squares.
    swatch.style.color = `var(${color})`;
    swatch.style.background = `var(${color})`;
    key.append(swatch, `${label} `, value);
  } else {
    key.append(value);
  }
  legend.append(key);
  return value;
}

function capacityOptions(capacity, tell) {
  const soft = capacityColor("--soft");
  const axis = { stroke: soft, font: CAPACITY_FONT, grid: { show: false }, ticks: { show: false } };
  const grid = { stroke: capacityColor("--line"), width: 1 };
  const from0 = (_, __, max) => [0, roundUp((max ?? 1) * 1.05, 1)];
  const line = (scale, color) => ({ scale, stroke: capacityColor(color), width: 1.8, points: { show: false }, spanGaps: true });
  // An axis has the colour of its line.
  const of = (scale, color, values, rest) => ({ ...axis, scale, stroke: capacityColor(color), size: 58, space: 30, values, ...rest });
  return {
    padding: [12, 0, 0, 0],
    legend: { show: false },
    scales: { x: { time: false, range: from0 }, rps: { range: from0 }, ms: { range: from0 } },
    axes: [
      { ...axis, space: 64, size: 28, gap: 8, values: (_, ticks) => ticks.map((t) => (capacity.of === "users" && t % 1 ? "" : axisCount(t))) },
      of("rps", "--go", (_, ticks) => ticks.map(axisCount), { grid }),
      of("ms", "--p95", (_, ticks) => ticks.map(axisLatency), { side: 1 }),
    ],
    series: [{}, line("rps", "--go"), line("ms", "--p95")],
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    hooks: {
      drawClear: [(u) => drawAnswer(u, capacity.search)],
      draw: [(u) => drawLevels(u, levelsByLoad(capacity))],
      setCursor: [tell],
    },
  };
}

/** The stretch between the highest load kept and the lowest one broken. */
function drawAnswer(u, search) {
  if (!search || (search.kept === null && search.broken === null)) return;
  const { ctx, bbox } = u;
  const at = (load) => Math.min(Math.max(u.valToPos(load, "x", true), bbox.left), bbox.left + bbox.width);
  const left = at(search.kept ?? 0);
  const right = at(search.broken ?? search.kept);
  ctx.save();
  ctx.globalAlpha = 0.22;
  ctx.fillStyle = capacityColor("--warn");
  ctx.fillRect(left, bbox.top, Math.max(right - left, 2 * devicePixelRatio), bbox.height);
  ctx.restore();
}

/** A dot for what was kept, a cross for what broke, a ring for all others. */
function drawLevels(u, levels) {
  const { ctx } = u;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.lineWidth = 2 * ratio;
  for (const [scale, color, value] of [
    ["rps", "--go", ({ rps }) => rps],
    ["ms", "--p95", ({ p95_us: us }) => (us === null ? null : us / 1000)],
  ]) {
    for (const level of levels) {
      if (value(level) === null) continue;
      const [x, y] = [u.valToPos(level.load, "x", true), u.valToPos(value(level), scale, true)];
      ctx.strokeStyle = level.outcome === "broken" ? capacityColor("--fail") : capacityColor(color);
      ctx.fillStyle = ctx.strokeStyle;
      ctx.beginPath();
      if (level.outcome === "broken") {
        const arm = 4 * ratio;
        ctx.moveTo(x - arm, y - arm);
        ctx.lineTo(x + arm, y + arm);
        ctx.moveTo(x - arm, y + arm);
        ctx.lineTo(x + arm, y - arm);
        ctx.stroke();
      } else {
        ctx.arc(x, y, 3.5 * ratio, 0, 2 * Math.PI);
        if (level.outcome === "kept") ctx.fill();
        else ctx.stroke();
      }
    }
  }
  ctx.restore();
}
