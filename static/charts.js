// The charts. The only file that knows uPlot.

import uPlot from "./vendor/uPlot.esm.js";
import { decades, isolated, logTicks, markerLabel, roundUp, timeRange, TIME_STEPS } from "./axes.js";
import { createCapacityChart } from "./capacity.js";
import { el, setShown, setText } from "./dom.js";
import { axisCount, axisLatency, axisTime, count, figure, latency, NONE, rate } from "./format.js";
import { latestAt, readingCharts, readingColumns } from "./readings.js";
import { isOpen, markers } from "./store.js";

const AXIS_WIDTH = 58;
const FONT = '11px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';

/** What each panel draws: from which columns, in which colours. */
const PANELS = {
  throughput: {
    floor: 10,
    tick: axisCount,
    lines: [
      { label: "requests/s", column: "rps", color: "--go", look: "area", format: rate },
      { label: "failures/s", column: "fps", color: "--fail", look: "line", format: rate },
    ],
  },
  latency: {
    floor: 1,
    tick: axisLatency,
    divide: 1000,
    hasTwoTimes: true,
    lines: [
      { label: "p50", column: "p50_us", color: "--p50", look: "line", format: latency },
      { label: "p95", column: "p95_us", color: "--p95", look: "line", format: latency },
      { label: "p99", column: "p99_us", color: "--p99", look: "line", format: latency },
    ],
  },
  users: {
    floor: 1,
    tick: axisCount,
    lines: [
      { label: "plan", column: "planned_users", color: "--soft", look: "dashed", format: count, isBlankAtZero: true },
      { label: "users", column: "users", color: "--users", look: "area", format: count },
    ],
  },
  starts: {
    floor: 10,
    tick: axisCount,
    lines: [
      { label: "plan", column: "scheduled", color: "--soft", look: "dashed", format: rate },
      { label: "starts/s", column: "started", color: "--starts", look: "area", format: rate },
      { label: "dropped/s", column: "dropped", color: "--fail", look: "line", format: rate },
    ],
  },
};

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/**
 * The charts of a run, one shared time axis.
 * @param {HTMLElement} root holds a `[data-chart]` for each panel
 * @param {HTMLElement} target where the charts of probes go
 * @param {{resetZoom: HTMLButtonElement, scale: HTMLButtonElement, time: HTMLButtonElement}} buttons
 */
export function createCharts(root, target, { resetZoom, scale, time }) {
  const shared = { zoom: null, series: null, readings: {}, marks: [], latencyScale: "log", time: "service", panels: [] };

  const zoomTo = (range) => {
    shared.zoom = range;
    setShown(resetZoom, range !== null);
    for (const panel of shared.panels) panel.rescale();
  };
  shared.zoomTo = zoomTo;
  for (const [id, spec] of Object.entries(PANELS)) {
    shared.panels.push(createPanel(root.querySelector(`[data-chart="${id}"]`), id, spec, shared));
  }

  resetZoom.addEventListener("click", () => zoomTo(null));
  scale.addEventListener("click", () => {
    shared.latencyScale = shared.latencyScale === "log" ? "linear" : "log";
    setText(scale, shared.latencyScale);
    shared.panels.find((panel) => panel.id === "latency").rebuild();
  });
  const show = (kind) => {
    shared.time = kind;
    setText(time, kind);
    shared.panels.find((panel) => panel.id === "latency").draw();
  };
  time.addEventListener("click", () => show(shared.time === "service" ? "response" : "service"));
  document.addEventListener("themechange", () => {
    for (const panel of shared.panels) panel.rebuild();
  });

  const probes = createProbeCharts(target, shared);
  let run = null;
  let events = null;
  return {
    /** Draws the state, if anything that is drawn changed. */
    update(state) {
      const { series, readings } = shared;
      if (state.series === series && state.readings === readings && state.events === events) return;
      if (state.run?.id !== run) {
        run = state.run?.id;
        zoomTo(null);
      }
      shared.series = state.series;
      shared.readings = state.readings;
      probes.sort(readingCharts(state.readings, state.run?.probes ?? []));
      events = state.events;
      const hasResponse = state.series.response_p50_us.some((us) => us !== null);
      setShown(time, hasResponse);
      if (!hasResponse && shared.time === "response") show("service");
      setShown(root.querySelector('[data-chart="starts"]'), isOpen(state));
      shared.marks = markers(state);
      // A reset may have left nothing of what was zoomed into.
      if (shared.zoom?.[1] <= timeRange(state.series.t_s, state.series.width_s)[0]) zoomTo(null);
      for (const panel of shared.panels) panel.draw();
    },
  };
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
      panels = charts.map((chart, i) => createPanel(cards[i], chart.id, probeSpec(chart), shared));
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
    data: ({ readings }) => readingColumns(readings, names),
    lines: lines.map(({ label, color }) => ({ label, color, look: "line", format: figure, isSparse: true })),
  };
}

function createPanel(card, id, spec, shared) {
  const plot = card.querySelector("[data-plot]");
  const legend = createLegend(card.querySelector("[data-legend]"), spec);
  let chart = null;
  let onScreen = true;
  let stale = false;

  const fullRange = () => timeRange(shared.series?.t_s ?? [], shared.series?.width_s ?? []);
  const span = () => shared.zoom ?? fullRange();
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
    const { clientWidth: width, clientHeight: height } = plot;
    stale = !onScreen || width === 0;
    if (stale || !shared.series) return;
    const data = spec.data?.(shared) ?? columns(spec, shared, fullRange());
    if (chart) {
      chart.setData(data);
    } else {
      const size = { width, height };
      chart = new uPlot(options(spec, id, shared, span, size, legend), data, plot);
    }
    legend.show(chart);
  };

  const resizes = new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = plot;
    if (width === 0) return;
    if (chart && (chart.width !== width || chart.height !== height)) {
      chart.setSize({ width, height });
    } else if (!chart) {
      draw();
    }
  });
  resizes.observe(plot);
  const sightings = new IntersectionObserver((entries) => {
    onScreen = entries.at(-1).isIntersecting;
    if (onScreen && stale) draw();
  });
  sightings.observe(plot);
  const destroy = () => {
    resizes.disconnect();
    sightings.disconnect();
    chart?.destroy();
    chart = null;
  };

  return { id, isOfProbe: spec.data !== undefined, draw, rescale, rebuild, destroy };
}

/** The columns of a panel; an empty frame where there are no rows yet. */
function columns(spec, { series, time }, range) {
  if (series.t_s.length === 0) return [range, ...spec.lines.map(() => [null, null])];
  const prefix = spec.hasTwoTimes && time === "response" ? "response_" : "";
  const scaled = (values) =>
    spec.divide ? values.map((v) => (v === null ? null : v / spec.divide)) : values;
  const drawn = ({ column, isBlankAtZero }) => {
    const values = series[`${prefix}${column}`];
    // A plan of nobody, all the time, is no plan.
    return isBlankAtZero && values.every((v) => !v) ? values.map(() => null) : scaled(values);
  };
  return [series.t_s, ...spec.lines.map(drawn)];
}

function options(spec, id, shared, span, size, legend) {
  const log = id === "latency" && shared.latencyScale === "log";
  return {
    ...size,
    padding: [16, 16, 0, 0],
    legend: { show: false },
    scales: {
      x: { time: false, range: span },
      y: {
        distr: log ? 3 : 1,
        range: (_, min, max) => (log ? decades(min, max) : [Math.min(0, min), roundUp(max * 1.02, spec.floor)]),
      },
    },
    axes: [
      axis({ space: 64, incrs: TIME_STEPS, size: 28, values: (_, ts) => ts.map(axisTime), gap: 8 }),
      axis({
        size: AXIS_WIDTH,
        space: 30,
        grid: { stroke: css("--line"), width: 1 },
        values: (_, ticks) => ticks.map(spec.tick),
        ...(log && { splits: (_u, _i, min, max) => logTicks(min, max), filter: (_, ticks) => ticks }),
      }),
    ],
    series: [{}, ...spec.lines.map(line)],
    cursor: {
      y: false,
      points: { size: 7 },
      drag: { x: true, y: false, setScale: false },
      bind: { dblclick: () => () => shared.zoomTo(null) },
      // Only the crosshair is shared; a drag is carried out once, by `zoomTo`.
      sync: { key: "run", scales: ["x", null], filters: { pub: (type) => type === "mousemove" } },
    },
    hooks: {
      draw: [(u) => drawMarkers(u, shared.marks)],
      setCursor: [(u) => legend.show(u)],
      setSelect: [(u) => select(u, shared)],
    },
  };
}

function axis(rest) {
  return {
    stroke: css("--soft"),
    font: FONT,
    grid: { show: false },
    ticks: { show: false },
    ...rest,
  };
}

function line({ label, color, look, isSparse = false }) {
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
  if (to - from >= 2) shared.zoomTo([from, to]);
}

function drawMarkers(u, marks) {
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio;
  const colors = { error: css("--fail"), warning: css("--warn"), info: css("--soft") };
  let labelEnd = -Infinity;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, 0, bbox.width, bbox.top + bbox.height);
  ctx.clip();
  ctx.font = FONT.replace("11px", `${11 * ratio}px`);
  ctx.textAlign = "left";
  ctx.textBaseline = "alphabetic";
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
    const text = markerLabel(mark);
    const width = ctx.measureText(text).width;
    const right = bbox.left + bbox.width;
    const start = x + width + 4 * ratio > right ? right - width : x + 3 * ratio;
    if (start < labelEnd) continue; // the line has to do
    ctx.fillText(text, start, bbox.top - 5 * ratio);
    labelEnd = start + width + 8 * ratio;
  }
  ctx.restore();
}

const isDrawn = (values) => values.some((value) => value != null);

/** A line's name beside a piece of it. */
function legendKey({ label, color, look }) {
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

/** Throughput and p95 over load. */
export const capacityChart = (place, legend) => createCapacityChart(uPlot, place, legend);

const PLAN_LOOKS = ["line", "dashed"];

/** The plans of a start form over time: users, task starts per second, or both. */
export function createPlanChart(root, legend) {
  let chart = null;
  let plan = null;
  let shape = ""; // what the chart was built for; only the figures change later
  const data = () => [plan.t_s, ...plan.lines.map(({ value }) => value)];
  const build = () => {
    const { clientWidth: width, clientHeight: height } = root;
    if (width === 0 || !plan) return;
    chart?.destroy();
    chart = new uPlot({ width, height, ...planOptions(plan, () => plan.t_s.at(-1)) }, data(), root);
  };
  document.addEventListener("themechange", build);
  new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = root;
    if (chart && width > 0) chart.setSize({ width, height });
    else build();
  }).observe(root);
  return {
    /** @param {object} next as `planCurves` makes it */
    update(next) {
      plan = { ...next, lines: next.lines.map(withLook) };
      const wanted = plan.lines.map(({ label, color }) => `${label} ${color}`).join();
      if (chart && wanted === shape) return chart.setData(data());
      shape = wanted;
      legend.replaceChildren(...plan.lines.map(legendKey));
      return build();
    },
  };
}

/** Lines of one kind have its colour, and differ in how they are drawn. */
function withLook(entry, i, all) {
  const place = all.slice(0, i).filter(({ of }) => of === entry.of).length;
  const color = entry.of === "starts" ? "--starts" : "--users";
  const look = i === 0 ? "area" : PLAN_LOOKS[place % PLAN_LOOKS.length];
  return { ...entry, color, look };
}

function planOptions({ lines }, endS) {
  const kinds = new Set(lines.map(({ of }) => of));
  const scale = { range: (_, __, max) => [0, roundUp(max, 1)] };
  const figures = (of, rest) =>
    axis({
      scale: of,
      size: AXIS_WIDTH,
      space: 40,
      grid: { stroke: css("--line"), width: 1 },
      values: (_, ticks) => ticks.map((t) => (of === "starts" || t === Math.round(t) ? axisCount(t) : "")),
      ...rest,
    });
  const time = { space: 64, incrs: TIME_STEPS, size: 28, values: (_, ts) => ts.map(axisTime), gap: 8 };
  const [first, second] = ["users", "starts"].filter((of) => kinds.has(of));
  const right = second ? [figures(second, { side: 1, grid: { show: false }, stroke: css("--starts") })] : [];
  return {
    padding: [10, second ? 0 : 18, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false, range: () => [0, endS()] }, users: scale, starts: scale },
    axes: [axis(time), figures(first, {}), ...right],
    series: [{}, ...lines.map((entry) => ({ ...line(entry), scale: entry.of }))],
  };
}
