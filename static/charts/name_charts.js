// The charts of one row of the request table, opened by choosing the row.

import { byId, setShown, setText } from "../lib/dom.js";
import { isAbout } from "./criteria_lines.js";
import { axisLatency } from "../lib/format.js";
import { createChartCard } from "./chart_card.js";
import { columns } from "./series.js";
import { createHeatmapFeed, createSeriesFeed } from "../state/window_query.js";

/**
 * @param {{throughput: object, latency: object}} specs what the charts of the run draw
 * @param {object} shared what all charts of the run have in common
 * @param {{onChange: (row: object|null) => void}} listeners hears whose charts are open
 */
export function createNameCharts(specs, shared, { onChange }) {
  const root = byId("name-charts");
  const cards = ["throughput", "latency", "heat"].map((id) => root.querySelector(`[data-chart="name-${id}"]`));
  let open = null; // {row, panels, feeds}
  let state = null;

  const close = () => {
    if (!open) return;
    for (const panel of open.panels) panel.destroy();
    for (const feed of open.feeds) feed.end();
    const gone = open.panels;
    shared.panels = shared.panels.filter((panel) => !gone.includes(panel));
    open = null;
    setShown(root, false);
    onChange(null);
  };
  const show = (row) => {
    close();
    setText(byId("name-charts-title"), `${row.method} ${row.name}`);
    setShown(root, true);
    open = make(row, cards, specs, shared);
    shared.panels = [...shared.panels, ...open.panels];
    for (const feed of open.feeds) feed.update(state);
    onChange(row);
    root.scrollIntoView({ block: "nearest" });
  };
  byId("name-charts-close").addEventListener("click", () => {
    const { row } = open;
    close();
    // Whoever came by the keyboard goes on where they were.
    byId("panel-requests").querySelector(`tr[data-key="${CSS.escape(`${row.method} ${row.name}`)}"]`)?.focus();
  });
  return {
    /** Opens the charts of a row, or closes them if they are open. */
    toggle(row) {
      const isOpen = open?.row.method === row.method && open?.row.name === row.name;
      if (isOpen) close();
      else show({ method: row.method, name: row.name });
    },
    update(next) {
      state = next;
      // Another run has other names.
      if (open && next.run?.id !== open.run) close();
      for (const feed of open?.feeds ?? []) feed.update(next);
    },
  };
}

function make(row, cards, specs, shared) {
  const [throughput, latency, heat] = cards;
  const panels = [];
  const isWanted = (of) => of.some((at) => panels[at]?.isSeen());
  const series = createSeriesFeed({
    row,
    isWanted: () => isWanted([0, 1]),
    onChange: () => [0, 1].forEach((at) => panels[at].draw()),
  });
  const cells = createHeatmapFeed({
    row,
    isWanted: () => isWanted([2]),
    onChange: () => panels[2].draw(),
  });
  const subject = () => `${row.method} ${row.name}`;
  const own = ({ criteria }, kind) => criteria.filter((one) => one.kind === kind && one.of !== null && isAbout(one, row));
  const frame = [0, 60];
  const lines = (spec) => ({
    ...spec,
    isFed: true,
    subject,
    data: (all) => columns(spec, series.held(), all.time, frame),
    onSight: series.ask,
  });
  panels.push(
    createChartCard(throughput, "name-throughput", { ...lines(specs.throughput), criteria: (all) => own(all, "rate") }, shared),
    createChartCard(latency, "name-latency", { ...lines(specs.latency), criteria: (all) => own(all, all.time) }, shared),
    createChartCard(heat, "name-heat", {
      isLatency: true,
      isFed: true,
      tick: axisLatency,
      subject,
      heat: { columns: cells.held },
      onSight: cells.ask,
    }, shared),
  );
  return { row, run: shared.run?.id, panels, feeds: [series, cells] };
}
