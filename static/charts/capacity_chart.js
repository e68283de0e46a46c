// The capacity curve, on the page and in reports: throughput and p95 over load,
// and what a search for the limit found.

import { roundUp } from "./axes.js";
import { capacityColumns, levelsByLoad, loadWords } from "./capacity.js";
import { legendKey } from "./legend.js";
import { axis, createPlot, line, valueAxis } from "./plot.js";
import { css, el, setText } from "../lib/dom.js";
import { axisCount, axisLatency, latency, rate } from "../lib/format.js";

const CAPACITY_LINES = [
  { label: "requests/s", color: "--go", look: "line", isSparse: true, scale: "rps" },
  { label: "p95", color: "--p95", look: "line", isSparse: true, scale: "ms" },
];

/** The chart, drawn into `place`, with its names and values in `legend`. */
export function createCapacityChart(place, legend) {
  let capacity = null;
  const keys = CAPACITY_LINES.map(legendKey);
  const values = [0, 1, 2].map(() => el("b", {}));
  keys.forEach((key, i) => key.append(values[i + 1]));
  legend.append(el("span", { class: "key" }, values[0]), ...keys);
  const tell = (u) => {
    const level = u.cursor.idx == null ? null : levelsByLoad(capacity)[u.cursor.idx];
    const figures = level ? [loadWords(capacity.of, level.load), rate(level.rps), latency(level.p95_us)] : ["", "", ""];
    values.forEach((value, i) => setText(value, figures[i]));
  };
  const plot = createPlot(place, {
    options: () => capacityOptions(capacity, tell),
    data: () => capacity && capacityColumns(capacity),
  });
  const redraw = () => {
    plot.clear();
    plot.draw();
  };
  return {
    redraw,
    /** @param {object|null} next as the server tells it */
    update(next) {
      if (next === capacity) return;
      capacity = next;
      redraw();
    },
  };
}

function capacityOptions(capacity, tell) {
  const from0 = (_, __, max) => [0, roundUp((max ?? 1) * 1.05, 1)];
  const loadTick = (load) => (capacity.of === "users" && load % 1 ? "" : axisCount(load));
  // An axis has the colour of its line.
  const [rps, ms] = CAPACITY_LINES.map(({ scale, color }) => ({ scale, stroke: css(color) }));
  return {
    padding: [12, 0, 0, 0],
    legend: { show: false },
    scales: { x: { time: false, range: from0 }, rps: { range: from0 }, ms: { range: from0 } },
    axes: [
      axis({ space: 64, size: 28, gap: 8, values: (_, ticks) => ticks.map(loadTick) }),
      valueAxis(axisCount, rps),
      valueAxis(axisLatency, { ...ms, side: 1, grid: { show: false } }),
    ],
    series: [{}, ...CAPACITY_LINES.map((entry) => ({ ...line(entry), scale: entry.scale }))],
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
  ctx.fillStyle = css("--warn");
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
      ctx.strokeStyle = level.outcome === "broken" ? css("--fail") : css(color);
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
