// The heatmap of a chart: painted as one image, read with the pointer or the
// arrow keys.

import { css, el, setShown, setText } from "../lib/dom.js";
import { axisTime, count, latency, percent, plural } from "../lib/format.js";
import { cellAt, columnAt, heatRange, heatTable, palette, shade } from "./heatmap.js";

const STOPS = ["--heat-0", "--heat-1", "--heat-2", "--heat-3", "--heat-4"];
const FAINTEST = "0.1%";
const STRONGEST = "100%";

/**
 * @param {HTMLElement} plot where the chart is
 * @param {HTMLElement} words where its legend goes
 * @param {{columns: () => object[]}} source who keeps the columns, see `heatmap.js`
 */
export function createHeatmapPlot(plot, words, source) {
  const picture = createPicture();
  const legend = createLegend(plot, words, source);
  let range = null;
  let ranged = null; // the columns of that range
  return {
    legend,
    data: (frame) => {
      const ends = source.columns().map(({ to_s }) => to_s);
      return [ends.length > 0 ? ends : frame];
    },
    /** From where to where the times go, in milliseconds. */
    range() {
      const columns = source.columns();
      if (columns !== ranged) range = heatRange(columns).map((us) => us / 1000);
      ranged = columns;
      return range;
    },
    paint: (u) => picture.paint(u, source.columns()),
    drive: (u) => driveByKeys(plot, words, u, source, legend),
    keys: () => STOPS.map((color, i) => ({ color, label: { 0: FAINTEST, 4: STRONGEST }[i] ?? "" })),
    table: (span) => heatTable(source.columns(), span),
  };
}

/** One image that is as large as the plot, and written only when something changed. */
function createPicture() {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  let image = null;
  let shades = null;
  let colors = null;
  let theme = "";
  return {
    paint(u, columns) {
      const { left, top, width, height } = u.bbox;
      if (width < 1 || height < 1) return;
      if (canvas.width !== width || canvas.height !== height || !image) {
        Object.assign(canvas, { width, height });
        image = context.createImageData(width, height);
        shades = new Uint8Array(width * height);
      }
      const toX = (t_s) => u.valToPos(t_s, "x", true) - left;
      const toY = (us) => u.valToPos(us / 1000, "y", true) - top;
      shade(shades, width, height, columns, toX, toY);
      const { theme: now } = document.documentElement.dataset;
      if (now !== theme) [colors, theme] = [palette(STOPS.map(css)), now];
      const pixels = new Uint32Array(image.data.buffer);
      for (let i = 0; i < pixels.length; i += 1) pixels[i] = colors[shades[i]];
      context.putImageData(image, 0, 0);
      u.ctx.drawImage(canvas, left, top);
    },
  };
}

/** What the colours mean, and the cell under the cursor. */
function createLegend(plot, root, source) {
  const at = el("span", { class: "at" });
  const cell = el("span", { class: "cell", "data-cell": "" });
  const scale = el("i", { class: "heat-scale", "aria-hidden": "true" });
  const meaning = el("span", { class: "key", title: "Share of that second's requests" }, FAINTEST, scale, STRONGEST);
  root.append(at, cell, meaning);
  return {
    show(u) {
      const { left, top } = u.cursor;
      const column = left >= 0 ? columnAt(source.columns(), u.posToVal(left, "x")) : undefined;
      // Where another chart is read, only the moment is meant.
      const isHere = top >= 0 && plot.matches(":hover, :focus");
      setText(at, column ? axisTime(column.from_s) : "");
      setText(cell, column ? wordsOf(column, isHere ? u.posToVal(top, "y") * 1000 : null) : "");
      setShown(meaning, !column);
    },
  };
}

/** A cell in words: its band, its share, its count; of the whole column without a time. */
function wordsOf(column, us) {
  const cell = us === null ? undefined : cellAt(column, us);
  if (us === null) return plural(column.total, "request");
  if (!cell) return `none of ${count(column.total)}`;
  const { low_us, high_us } = cell;
  const share = percent(cell.count / column.total);
  return `${latency(low_us)} to ${latency(high_us)} · ${share} · ${count(cell.count)} of ${count(column.total)}`;
}

/** The arrow keys go from cell to cell. */
function driveByKeys(plot, words, u, source, legend) {
  const middle = ({ low_us, high_us }) => (low_us + high_us) / 2;
  const nearest = ({ cells }, us) => {
    const distance = (cell) => Math.abs(Math.log(middle(cell) / us));
    return cells.reduce((best, cell) => (distance(cell) < distance(best) ? cell : best), cells[0]);
  };
  const go = (column, cell) => {
    if (!column || !cell) return;
    const left = u.valToPos((column.from_s + column.to_s) / 2, "x");
    u.setCursor({ left, top: u.valToPos(middle(cell) / 1000, "y") }, true, true);
  };
  const fullest = ({ cells }) => cells.reduce((best, cell) => (cell.count > best.count ? cell : best), cells[0]);
  plot.tabIndex = 0;
  plot.setAttribute("role", "group");
  plot.setAttribute("aria-label", "Heatmap cells: use the arrow keys");
  plot.onfocus = () => words.setAttribute("aria-live", "polite");
  plot.onblur = () => {
    words.removeAttribute("aria-live");
    legend.show(u);
  };
  plot.onkeydown = (event) => {
    const columns = source.columns().filter(({ cells, from_s, to_s }) => {
      return cells.length > 0 && to_s > u.scales.x.min && from_s < u.scales.x.max;
    });
    const [aside, up] = [
      { ArrowLeft: -1, ArrowRight: 1 }[event.key] ?? 0,
      { ArrowDown: -1, ArrowUp: 1 }[event.key] ?? 0,
    ];
    if (columns.length === 0 || (aside === 0 && up === 0)) return;
    event.preventDefault();
    const { left, top } = u.cursor;
    const at = left >= 0 ? columns.indexOf(columnAt(columns, u.posToVal(left, "x"))) : -1;
    if (at < 0 || top < 0) {
      go(columns.at(-1), fullest(columns.at(-1)));
      return;
    }
    const us = u.posToVal(top, "y") * 1000;
    const column = columns[Math.min(columns.length - 1, Math.max(0, at + aside))];
    const cell = nearest(column, us);
    go(column, column.cells[column.cells.indexOf(cell) + up] ?? cell);
  };
}
