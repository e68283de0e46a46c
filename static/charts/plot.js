// What all charts of the page and of reports are made of: axes, lines, the
// crosshair and the zoom that charts over time share, and a plot that follows
// the size of its place.

import uPlot from "../vendor/uPlot.esm.js";

import { css } from "../lib/dom.js";
import { axisTime } from "../lib/format.js";
import { isolated, logTicks, TIME_STEPS, ZOOM_MIN_S } from "./axes.js";
import { FONT } from "./overlays.js";

/** Shorter drags are clicks, in pixels. */
const DRAG_MIN = 5;

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

/** The axis of time since the start of the run. */
export function timeAxis() {
  return axis({ space: 64, incrs: TIME_STEPS, size: 28, gap: 8, values: (_, ticks) => ticks.map(axisTime) });
}

/** An axis of values, with a grid; `tick` is the text of a value. */
export function valueAxis(tick, { isLog = false, ...rest } = {}) {
  return axis({
    size: 58,
    space: 30,
    grid: { stroke: css("--line"), width: 1 },
    values: (_, ticks) => ticks.map(tick),
    ...(isLog && { splits: (_u, _i, min, max) => logTicks(min, max), filter: (_, ticks) => ticks }),
    ...rest,
  });
}

/** A line of a chart: plain, `dashed`, or the edge of an `area`. */
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

/**
 * The options of a chart over time. Charts with the same `key` share one crosshair
 * and one zoom. One without lines is a heatmap.
 *
 * @param {{key: string, span: () => [number, number], zoomTo: (range: [number, number]|null) => void,
 *   lines?: object[], tick: (value: number) => string, isLog: boolean,
 *   range: (u: object, min: number, max: number) => [number, number], hooks: object}} chart
 */
export function timeOptions({ key, span, zoomTo, lines = [], tick, isLog, range, hooks }) {
  const isHeatmap = lines.length === 0;
  return {
    padding: [16, 16, 0, 0],
    legend: { show: false },
    scales: { x: { time: false, range: span }, y: { distr: isLog ? 3 : 1, range } },
    axes: [timeAxis(), valueAxis(tick, { isLog, ...(isHeatmap && { grid: { show: false } }) })],
    series: [{}, ...lines.map(line)],
    cursor: {
      y: isHeatmap,
      points: { size: 7 },
      drag: { x: true, y: false, setScale: false },
      bind: { dblclick: () => () => zoomTo(null) },
      // Only the crosshair is shared; a drag is carried out once, by `zoomTo`.
      sync: { key, scales: ["x", null], filters: { pub: (type) => type === "mousemove" } },
    },
    hooks: { ...hooks, setSelect: [(u) => select(u, key, zoomTo)] },
  };
}

/** A drag on any chart zooms all of them. */
function select(u, key, zoomTo) {
  const { left, width } = u.select;
  const [from, to] = [u.posToVal(left, "x"), u.posToVal(left + width, "x")];
  for (const chart of uPlot.sync(key).plots) chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  if (width >= DRAG_MIN && to - from >= ZOOM_MIN_S) zoomTo([from, to]);
}

/**
 * A plot in its place: made as soon as there is room and data, resized with the
 * place. When colours or scales change it is cleared and drawn anew.
 *
 * @param {HTMLElement} place
 * @param {{options: () => object, data: () => any[]|null, onMade?: (u: object) => void,
 *   onRoom?: () => void}} what `data` is null while there is nothing to draw; `onRoom`
 *   draws when the place first gets a size, in place of `draw`
 */
export function createPlot(place, { options, data, onMade, onRoom }) {
  let chart = null;
  // As last observed: to ask the page would have it laid out in between.
  let size = { width: 0, height: 0 };
  const measure = () => {
    size = { width: place.clientWidth, height: place.clientHeight };
  };
  const draw = () => {
    if (size.width === 0) measure();
    const columns = size.width > 0 ? data() : null;
    if (!columns) return;
    if (chart) {
      chart.setData(columns);
    } else {
      chart = new uPlot({ ...size, ...options() }, columns, place);
      onMade?.(chart);
    }
  };
  const clear = () => {
    chart?.destroy();
    chart = null;
  };
  const resizes = new ResizeObserver(() => {
    measure();
    if (size.width === 0) return;
    if (!chart) (onRoom ?? draw)();
    else if (chart.width !== size.width || chart.height !== size.height) chart.setSize(size);
  });
  resizes.observe(place);
  return {
    chart: () => chart,
    hasRoom: () => size.width > 0,
    draw,
    clear,
    destroy() {
      resizes.disconnect();
      clear();
    },
  };
}
