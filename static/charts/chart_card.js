// One chart in its card: lines over time, or a heatmap, with the events of the
// run, its criteria, a legend and a menu. It, `plan_chart.js` and `capacity_card.js` know uPlot.

import uPlot from "../vendor/uPlot.esm.js";
import { decades, isolated, logTicks, roundUp, timeRange, TIME_STEPS, ZOOM_MIN_S } from "./axes.js";
import { css, el, setShown, setText } from "../lib/dom.js";
import { axisTime, NONE } from "../lib/format.js";
import { createHeatmapPlot } from "./heatmap_plot.js";
import { unmet } from "../state/delivery.js";
import { drawCriteria, drawMarkers, drawUnmet, FONT, UNMET } from "./overlays.js";
import { latestAt } from "./readings.js";
import { createChartExport } from "./chart_export.js";

export const AXIS_WIDTH = 58;

/**
 * A chart in a card that holds a `[data-plot]` and a `[data-legend]`.
 *
 * @param {HTMLElement} card
 * @param {string} id
 * @param {object} spec what is drawn: `lines` from the columns of the run's series (or of
 *   `data(shared)`), or the `heat` of somebody who keeps it; `criteria(shared)` in the
 *   units of its axis
 * @param {object} shared what all charts of the run have in common
 */
export function createChartCard(card, id, spec, shared) {
  const plot = card.querySelector("[data-plot]");
  const words = card.querySelector("[data-legend]");
  const heat = spec.heat ? createHeatmapPlot(plot, words, spec.heat) : null;
  const legend = heat?.legend ?? createLegend(words, spec);
  const told = el("p", { class: "sr", "data-criteria": "" });
  card.append(told);
  let chart = null;
  let onScreen = true;
  let stale = false;
  // As last observed: to ask the page would have it laid out in between.
  let size = { width: 0, height: 0 };

  const fullRange = () => timeRange(shared.series?.t_s ?? [], shared.series?.width_s ?? []);
  const span = () => shared.zoom ?? fullRange();
  const criteria = () => spec.criteria?.(shared) ?? [];
  const rebuild = () => {
    if (!chart) return;
    chart.destroy();
    chart = null;
    draw();
  };
  const rescale = () => {
    if (!chart) return;
    const [min, max] = span();
    chart.setScale("x", { min, max });
  };
  const draw = () => {
    stale = !onScreen || size.width === 0;
    if (stale || !shared.series) return;
    const data = heat?.data(fullRange()) ?? spec.data?.(shared) ?? columns(spec, shared.series, shared.time, fullRange());
    const bands = unmetOf(spec, shared).map(([from, to]) => `${UNMET} from ${axisTime(from)} to ${axisTime(to)}`);
    setText(told, [...criteria().map(({ text, word }) => `${text}: ${word}`), ...bands.slice(0, 5)].join("; "));
    if (chart) {
      chart.setData(data);
    } else {
      const all = { spec, shared, span, legend, heat, criteria };
      chart = new uPlot({ ...size, ...options(all) }, data, plot);
      heat?.drive(chart);
    }
    legend.show(chart);
  };

  const resizes = new ResizeObserver(() => {
    size = { width: plot.clientWidth, height: plot.clientHeight };
    if (size.width === 0) return;
    if (chart && (chart.width !== size.width || chart.height !== size.height)) {
      chart.setSize(size);
    } else if (!chart) {
      draw();
    }
  });
  resizes.observe(plot);
  const sightings = new IntersectionObserver((entries) => {
    onScreen = entries.at(-1).isIntersecting;
    if (!onScreen) return;
    spec.onSight?.();
    if (stale) draw();
  });
  sightings.observe(plot);
  const chartExport = createChartExport(card, {
    id,
    subject: () => [shared.run?.scenario, spec.subject?.()],
    run: () => shared.run,
    chart: () => chart,
    keys: () => (heat ? heat.keys() : spec.lines),
    table: () => (heat ? heat.table(span()) : table(spec, chart, span())),
  });
  const destroy = () => {
    onScreen = false; // whoever still means to draw it
    chartExport.destroy();
    resizes.disconnect();
    sightings.disconnect();
    chart?.destroy();
    chart = null;
    // The card may be used again.
    told.remove();
    words.replaceChildren();
  };

  return {
    id,
    isLatency: spec.isLatency === true,
    isOfProbe: spec.isOfProbe === true,
    /** Whether somebody else draws it when there is more of what it shows. */
    isFed: spec.isFed === true,
    /** Whether it is in sight, so that it is worth to fetch what it shows. */
    isSeen: () => onScreen && size.width > 0,
    draw,
    rescale,
    rebuild,
    destroy,
  };
}

/**
 * The columns of a panel; an empty frame where there are no rows yet.
 * @param {object} series columns, `t_s` first
 * @param {string} time which of the two times: "service" or "response"
 */
export function columns(spec, series, time, range) {
  if (series.t_s.length === 0) return [range, ...spec.lines.map(() => [null, null])];
  const prefix = spec.isLatency && time === "response" ? "response_" : "";
  const scaled = (values) =>
    spec.divide ? values.map((v) => (v === null ? null : v / spec.divide)) : values;
  const drawn = ({ column, isBlankAtZero }) => {
    const values = series[`${prefix}${column}`];
    // A plan of nobody, all the time, is no plan.
    return isBlankAtZero && values.every((v) => !v) ? values.map(() => null) : scaled(values);
  };
  return [series.t_s, ...spec.lines.map(drawn)];
}

/** Where the plan of task starts was not met, for a chart that shows it. */
const unmetOf = (spec, shared) => (spec.showsUnmet && shared.series ? unmet(shared.series) : []);

/** What a chart of lines shows, as rows of a table. */
function table({ lines, unit }, chart, [from, to]) {
  const [times, ...values] = chart.data;
  const head = ["t_s", ...lines.map(({ label }) => (unit ? `${label}_${unit}` : label))];
  const rows = [];
  times.forEach((t, i) => {
    const row = values.map((column) => column[i] ?? null);
    if (t >= from && t <= to && row.some((value) => value !== null)) rows.push([t, ...row]);
  });
  return [head, ...rows];
}

function options({ spec, shared, span, legend, heat, criteria }) {
  const log = spec.isLatency && (heat !== null || shared.latencyScale === "log");
  const range = (_, min, max) => {
    if (heat) return decades(...heat.range());
    return spread(log, spec.floor, min, max, criteria());
  };
  return {
    padding: [16, 16, 0, 0],
    legend: { show: false },
    scales: { x: { time: false, range: span }, y: { distr: log ? 3 : 1, range } },
    axes: [
      axis({ space: 64, incrs: TIME_STEPS, size: 28, values: (_, ts) => ts.map(axisTime), gap: 8 }),
      axis({
        scale: "y",
        size: AXIS_WIDTH,
        space: 30,
        grid: { show: heat === null, stroke: css("--line"), width: 1 },
        values: (_, ticks) => ticks.map(spec.tick),
        ...(log && { splits: (_u, _i, min, max) => logTicks(min, max), filter: (_, ticks) => ticks }),
      }),
    ],
    series: [{}, ...(spec.lines ?? []).map(line)],
    cursor: {
      y: heat !== null,
      points: { size: 7 },
      drag: { x: true, y: false, setScale: false },
      bind: { dblclick: () => () => shared.zoomTo(null) },
      // Only the crosshair is shared; a drag is carried out once, by `zoomTo`.
      sync: { key: "run", scales: ["x", null], filters: { pub: (type) => type === "mousemove" } },
    },
    hooks: {
      drawClear: [(u) => heat?.paint(u), (u) => drawUnmet(u, unmetOf(spec, shared))],
      draw: [(u) => drawCriteria(u, criteria()), (u) => drawMarkers(u, shared.marks)],
      setCursor: [(u) => legend.show(u)],
      setSelect: [(u) => select(u, shared)],
    },
  };
}

/** From where to where an axis goes: criteria are on it unless all else would vanish. */
function spread(log, floor, min, max, criteria) {
  const values = criteria.map(({ value }) => value).filter((value) => value > 0);
  if (log) {
    // No values at all are no reason to draw limits alone.
    return min > 0 ? decades(Math.min(min, ...values), Math.max(max, ...values)) : decades(min, max);
  }
  const near = values.filter((value) => value <= 4 * max);
  return [Math.min(0, min), roundUp(Math.max(max, ...near) * 1.02, floor)];
}

/** An axis in the style of the page. */
export function axis(rest) {
  return {
    stroke: css("--soft"),
    font: FONT,
    grid: { show: false },
    ticks: { show: false },
    ...rest,
  };
}

/** A line of a chart. */
export function line({ label, color, look, isSparse = false }) {
  const stroke = css(color);
  return {
    label,
    stroke,
    spanGaps: isSparse,
    width: look === "dashed" ? 1.2 : 1.8,
    dash: look === "dashed" ? [5, 4] : undefined,
    fill: look === "area" ? (u) => gradient(u, stroke) : undefined,
    // A row between two gaps (a second with answers among some without) is no
    // line yet: it shows as a dot.
    points: { show: false, size: 4, width: 0, fill: stroke, filter: (u, i) => isolated(u.data[i]) },
  };
}

function gradient(u, color) {
  const { top, height } = u.bbox;
  const fill = u.ctx.createLinearGradient(0, top, 0, top + height);
  fill.addColorStop(0, `${color}40`);
  fill.addColorStop(1, `${color}08`);
  return fill;
}

/** A drag on any chart zooms all of them. */
function select(u, shared) {
  const { left, width } = u.select;
  for (const chart of uPlot.sync("run").plots) {
    chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  }
  if (width < 5) return;
  const [from, to] = [u.posToVal(left, "x"), u.posToVal(left + width, "x")];
  if (to - from >= ZOOM_MIN_S) shared.zoomTo([from, to]);
}

const isDrawn = (values) => values.some((value) => value != null);

/** A line's name beside a piece of it. */
export function legendKey({ label, color, look }) {
  const swatch = el("i", { "aria-hidden": "true", "data-look": look });
  swatch.style.color = `var(${color})`;
  return el("span", { class: "key" }, swatch, label);
}

/** Names, colours, and the values under the cursor, else the latest. */
function createLegend(root, spec) {
  const at = el("span", { class: "at" });
  const keys = spec.lines.map(legendKey);
  const values = keys.map((key) => {
    const value = el("b", {}, NONE);
    key.append(value);
    root.append(key);
    return value;
  });
  root.prepend(at);
  return {
    show(u) {
      const times = u.data[0];
      const idx = u.cursor.idx ?? times.length - 1;
      setText(at, u.cursor.idx == null ? "" : axisTime(times[idx]));
      spec.lines.forEach((entry, i) => {
        const column = u.data[i + 1];
        const value = entry.isSparse ? latestAt(column, idx) : column[idx];
        setText(values[i], value == null ? NONE : entry.format(value * (spec.divide ?? 1)));
        if (!entry.isBlankAtZero) return;
        const hasRows = u.data.slice(1).some(isDrawn);
        setShown(keys[i], !hasRows || isDrawn(u.data[i + 1]));
      });
    },
  };
}
