// Criteria that can be drawn into a chart: pure, so that it can be tested.

import { standing } from "../status/criteria.js";

/** The quantiles that charts show. */
const QUANTILES = [0.5, 0.95, 0.99];
const MICROS = 1000;

/**
 * The criteria that are about what a chart shows. Tags, tasks, classes and statuses
 * have no chart, nor have failed requests a chart of times.
 * @param {{text: string, standing: string, condition?: object}[]} lines as the judgement has them
 * @returns {{text: string, kind: "service"|"response"|"rate"|"probe", reading: string|null,
 *   of: {name: string, method?: string}|null, value: number, standing: string, word: string}[]}
 *   `of` is null for all requests; times in milliseconds
 */
export function drawable(lines) {
  return lines.flatMap(({ text, standing: name, condition }) => {
    const kind = condition && kindOf(condition.metric);
    if (!kind || !["all", "name"].includes(condition.selector.kind)) return [];
    const { metric, selector, value } = condition;
    return {
      text,
      kind,
      reading: metric.reading ?? null,
      of: selector.kind === "name" ? selector : null,
      value: metric.name === "quantile" ? value / MICROS : value,
      standing: name,
      word: standing({ standing: name }).word,
    };
  });
}

/** Whether a criterion is about a row: by its name, and its method if it says one. */
export const isAbout = ({ of }, { method, name }) => of.name === name && (of.method ?? method) === method;

/** The kind of chart that shows a metric; null where none does. */
function kindOf({ name, quantile, time, outcome }) {
  if (name === "rps") return "rate";
  if (name === "probe") return "probe";
  return name === "quantile" && QUANTILES.includes(quantile) && outcome !== "failed" ? time : null;
}
