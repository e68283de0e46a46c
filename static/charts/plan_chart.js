// The chart of what a start form plans.

import uPlot from "../vendor/uPlot.esm.js";
import { roundUp, TIME_STEPS } from "./axes.js";
import { css } from "../lib/dom.js";
import { axisCount, axisTime } from "../lib/format.js";
import { axis, AXIS_WIDTH, legendKey, line } from "./chart_card.js";

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
