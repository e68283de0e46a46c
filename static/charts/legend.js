// The legend of a chart: names, colours, and the values under the cursor.

import { el, setShown, setText } from "../lib/dom.js";
import { axisTime, NONE } from "../lib/format.js";
import { latestAt } from "./series.js";

const isDrawn = (values) => values.some((value) => value != null);

/** A line's name beside a piece of it. */
export function legendKey({ label, color, look }) {
  const swatch = el("i", { "aria-hidden": "true", "data-look": look ?? "line" });
  swatch.style.color = `var(${color})`;
  return el("span", { class: "key" }, swatch, label);
}

/**
 * Names, colours, and the values under the cursor; else the latest, or none.
 * @param {HTMLElement} root
 * @param {{lines: object[], divide?: number}} spec one of `CHARTS`
 */
export function createLegend(root, { lines, divide = 1 }, { showsLatest = true } = {}) {
  const at = el("span", { class: "at" });
  const keys = lines.map(legendKey);
  const values = keys.map((key) => {
    const value = el("b", {}, showsLatest ? NONE : "");
    key.append(value);
    return value;
  });
  root.append(at, ...keys);
  return {
    /** @param {object} u the plot */
    show(u) {
      const [times, ...columns] = u.data;
      const isRead = u.cursor.idx != null;
      const place = u.cursor.idx ?? times.length - 1;
      setText(at, isRead ? axisTime(times[place]) : "");
      lines.forEach((entry, i) => {
        const value = entry.isSparse ? latestAt(columns[i], place) : columns[i][place];
        const isTold = isRead || showsLatest;
        const text = value == null ? NONE : entry.format(value * divide);
        setText(values[i], isTold ? text : "");
        if (entry.isBlankAtZero) setShown(keys[i], !columns.some(isDrawn) || isDrawn(columns[i]));
      });
    },
  };
}
