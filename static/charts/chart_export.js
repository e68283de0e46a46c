// Saves a chart: as a picture with its title and legend, or its figures as CSV.

import { css, el } from "../lib/dom.js";
import { createMenu } from "../lib/menu.js";

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';
/** Lengths of the picture, in pixels of the page. */
const PAD = 14;
const ROW = 20;

/**
 * Puts a menu into a chart's header.
 *
 * @param {HTMLElement} card
 * @param {{id: string, subject: () => (string|undefined)[], run: () => {id: string}|null,
 *   chart: () => object|null, keys: () => {label: string, color: string}[],
 *   table: () => any[][]}} what the chart as it is now, and the rows that it shows
 */
export function createChartExport(card, what) {
  const controller = new AbortController();
  // The title changes with what a chart shows.
  const title = () => card.querySelector("h2").textContent;
  const picture = el("button", { type: "button", "data-save": "png" }, "Image", el("span", { class: "quiet" }, "PNG"));
  const figures = el("button", { type: "button", "data-save": "csv" }, "Data", el("span", { class: "quiet" }, "CSV"));
  const summary = el("summary", { class: "chip", title: "Save this chart", "aria-label": `Save ${title()}` }, "↓");
  const list = el("div", { class: "menu-list" }, picture, figures);
  const menu = el("details", { class: "menu save" }, summary, list);
  card.querySelector("header").append(menu);
  createMenu(menu, { signal: controller.signal });
  picture.addEventListener("click", async () => {
    const chart = what.chart();
    if (!chart) return;
    const words = [title(), ...what.subject().filter(Boolean)].join(" · ");
    const blob = await paint(chart, words, what.keys());
    if (blob) save(blob, `${nameOf(what)}.png`);
  });
  figures.addEventListener("click", () => {
    if (!what.chart()) return;
    save(new Blob([csv(what.table())], { type: "text/csv" }), `${nameOf(what)}.csv`);
  });
  return {
    destroy() {
      controller.abort();
      menu.remove();
    },
  };
}

/** Rows as RFC 4180 has them; nothing for null. */
export function csv(rows) {
  const field = (value) => {
    const text = value === null ? "" : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => `${row.map(field).join(",")}\r\n`).join("");
}

/** A name that every system takes. */
function nameOf({ id, subject, run }) {
  const words = ["swarmdeck", run()?.id, id, subject()[1]].filter(Boolean).join("_");
  return words.replaceAll(/[^A-Za-z0-9.-]+/g, "_").slice(0, 100);
}

function save(blob, name) {
  const url = URL.createObjectURL(blob);
  el("a", { href: url, download: name }).click();
  // The download has begun by then; until it has, the address must hold.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** The chart on the ground of its card, under its title and legend. */
function paint(chart, title, keys) {
  const source = chart.ctx.canvas;
  const ratio = source.width / chart.width;
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  const width = chart.width + 2 * PAD;
  const places = arrange(context, keys, width);
  const head = PAD + ROW * (1 + (places.at(-1)?.row ?? -1) + 1);
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round((head + chart.height + PAD) * ratio);
  context.scale(ratio, ratio);
  context.fillStyle = css("--panel");
  context.fillRect(0, 0, width, head + chart.height + PAD);
  context.textBaseline = "middle";
  context.fillStyle = css("--ink");
  context.font = `600 13px ${FONT}`;
  context.fillText(title, PAD, PAD + ROW / 2 - 2, width - 2 * PAD);
  context.font = `11.5px ${FONT}`;
  for (const { label, color, x, row } of places) {
    const y = PAD + ROW * (row + 1) + ROW / 2 - 4;
    context.fillStyle = css(color);
    context.fillRect(x, y - 2, 14, 4);
    context.fillStyle = css("--soft");
    context.fillText(label, x + 19, y);
  }
  context.drawImage(source, PAD, head, chart.width, chart.height);
  return new Promise((done) => {
    canvas.toBlob(done, "image/png");
  });
}

/** Where each key of the legend stands: in rows that are not wider than the picture. */
function arrange(context, keys, width) {
  context.font = `11.5px ${FONT}`;
  let [x, row] = [PAD, 0];
  return keys.map((key) => {
    const wide = 19 + (key.label ? context.measureText(key.label).width + 16 : -3);
    if (x > PAD && x + wide > width - PAD) [x, row] = [PAD, row + 1];
    const place = { ...key, x, row };
    x += wide;
    return place;
  });
}
