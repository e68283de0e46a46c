// One chart in its card: lines over time, or a heatmap, with the events of the
// run, its criteria, a legend and a menu.

import { decades, timeRange, valueRange } from "./axes.js";
import { createChartExport } from "./chart_export.js";
import { createHeatmapPlot } from "./heatmap_plot.js";
import { createLegend } from "./legend.js";
import { drawCriteria, drawMarkers, drawUnmet, UNMET } from "./overlays.js";
import { createPlot, timeOptions } from "./plot.js";
import { columns } from "./series.js";
import { el, setText } from "../lib/dom.js";
import { axisTime } from "../lib/format.js";
import { unmet } from "../state/delivery.js";

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
  const place = card.querySelector("[data-plot]");
  const words = card.querySelector("[data-legend]");
  const heat = spec.heat ? createHeatmapPlot(place, words, spec.heat) : null;
  const legend = heat?.legend ?? createLegend(words, spec);
  const told = el("p", { class: "sr", "data-criteria": "" });
  card.append(told);
  let onScreen = true;
  let stale = false;

  const fullRange = () => timeRange(shared.series?.t_s ?? [], shared.series?.width_s ?? []);
  const span = () => shared.zoom ?? fullRange();
  const criteria = () => spec.criteria?.(shared) ?? [];
  const draw = () => {
    stale = !onScreen || !plot.hasRoom();
    if (stale || !shared.series) return;
    const bands = unmetOf(spec, shared).map(([from, to]) => `${UNMET} from ${axisTime(from)} to ${axisTime(to)}`);
    setText(told, [...criteria().map(({ text, word }) => `${text}: ${word}`), ...bands.slice(0, 5)].join("; "));
    plot.draw();
    legend.show(plot.chart());
  };
  const plot = createPlot(place, {
    options: () => options({ spec, shared, span, legend, heat, criteria }),
    data: () => heat?.data(fullRange()) ?? spec.data?.(shared) ?? columns(spec, shared.series, shared.time, fullRange()),
    onMade: (chart) => heat?.drive(chart),
    onRoom: draw,
  });
  const sightings = new IntersectionObserver((entries) => {
    onScreen = entries.at(-1).isIntersecting;
    if (!onScreen) return;
    spec.onSight?.();
    if (stale) draw();
  });
  sightings.observe(place);
  const chartExport = createChartExport(card, {
    id,
    subject: () => [shared.run?.scenario, spec.subject?.()],
    run: () => shared.run,
    chart: plot.chart,
    keys: () => (heat ? heat.keys() : spec.lines),
    table: () => (heat ? heat.table(span()) : table(spec, plot.chart(), span())),
  });

  return {
    id,
    isLatency: spec.isLatency === true,
    isOfProbe: spec.isOfProbe === true,
    /** Whether somebody else draws it when there is more of what it shows. */
    isFed: spec.isFed === true,
    /** Whether it is in sight, so that it is worth to fetch what it shows. */
    isSeen: () => onScreen && plot.hasRoom(),
    draw,
    rescale() {
      const [min, max] = span();
      plot.chart()?.setScale("x", { min, max });
    },
    rebuild() {
      if (!plot.chart()) return;
      plot.clear();
      draw();
    },
    destroy() {
      onScreen = false; // whoever still means to draw it
      chartExport.destroy();
      sightings.disconnect();
      plot.destroy();
      // The card may be used again.
      told.remove();
      words.replaceChildren();
    },
  };
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
  const isLog = spec.isLatency && (heat !== null || shared.latencyScale === "log");
  return timeOptions({
    key: "run",
    span,
    zoomTo: shared.zoomTo,
    lines: spec.lines,
    tick: spec.tick,
    isLog,
    range: (_, min, max) => (heat ? decades(...heat.range()) : valueRange({ isLog, floor: spec.floor, limits: criteria() }, min, max)),
    hooks: {
      drawClear: [(u) => heat?.paint(u), (u) => drawUnmet(u, unmetOf(spec, shared))],
      draw: [(u) => drawCriteria(u, criteria()), (u) => drawMarkers(u, shared.marks)],
      setCursor: [(u) => legend.show(u)],
    },
  });
}
