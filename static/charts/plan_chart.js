// The chart of what a start form plans.

import { roundUp } from "./axes.js";
import { legendKey } from "./legend.js";
import { createPlot, line, timeAxis, valueAxis } from "./plot.js";
import { css } from "../lib/dom.js";
import { axisCount } from "../lib/format.js";

const PLAN_LOOKS = ["line", "dashed"];

/** The plans of a start form over time: users, task starts per second, or both. */
export function createPlanChart(root, legend) {
  let plan = null;
  let shape = ""; // what the chart was built for; only the figures change later
  const plot = createPlot(root, {
    options: () => planOptions(plan, () => plan.t_s.at(-1)),
    data: () => plan && [plan.t_s, ...plan.lines.map(({ value }) => value)],
  });
  const rebuild = () => {
    plot.clear();
    plot.draw();
  };
  document.addEventListener("themechange", rebuild);
  return {
    /** @param {object} next as `planCurves` makes it */
    update(next) {
      plan = { ...next, lines: next.lines.map(withLook) };
      const wanted = plan.lines.map(({ label, color }) => `${label} ${color}`).join();
      if (wanted === shape) return plot.draw();
      shape = wanted;
      legend.replaceChildren(...plan.lines.map(legendKey));
      return rebuild();
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
  const ticks = { users: (value) => (value === Math.round(value) ? axisCount(value) : ""), starts: axisCount };
  const figures = (of, rest) => valueAxis(ticks[of], { scale: of, space: 40, ...rest });
  const [first, second] = ["users", "starts"].filter((of) => kinds.has(of));
  const right = second ? [figures(second, { side: 1, grid: { show: false }, stroke: css("--starts") })] : [];
  return {
    padding: [10, second ? 0 : 18, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false, range: () => [0, endS()] }, users: scale, starts: scale },
    axes: [timeAxis(), figures(first, {}), ...right],
    series: [{}, ...lines.map((entry) => ({ ...line(entry), scale: entry.of }))],
  };
}
