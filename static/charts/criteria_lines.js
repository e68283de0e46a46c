// Criteria that can be drawn into a chart: pure, so that it can be tested. The
// server decides what they mean; a text that is not understood is not drawn.

import { standing } from "../status/criteria.js";
import { parseDuration } from "../controls/time_syntax.js";

const FORM =
  /^(probe\.\S+|(?:response\.)?p(?:50|95|99)|rps)\s*(?:\((ok|failed)\))?\s*(?:of\s+(?:"([^"]*)"|'([^']*)'|(\S+))\s*)?(?:<=|>=|==|!=|<|>)\s*([\d.]+[^\s]*)/;

/**
 * The criteria that are about what a chart shows.
 * @param {{text: string, standing: string}[]} lines as the judgement has them
 * @returns {{text: string, kind: "service"|"response"|"rate"|"probe", reading: string|null,
 *   of: string|null, value: number, standing: string, word: string}[]} `of` is a name, with
 *   its method or without, or null for all requests; times in milliseconds
 */
export function drawable(lines) {
  return lines.flatMap((line) => {
    const parts = FORM.exec(line.text);
    if (!parts) return [];
    const [, metric, outcome, quoted, single, plain, written] = parts;
    // Tags, tasks, classes and statuses have no chart.
    if (plain !== undefined) return [];
    const kind = kindOf(metric);
    const isTime = kind === "service" || kind === "response";
    if (isTime && outcome === "failed") return [];
    const value = isTime ? milliseconds(written) : Number.parseFloat(written);
    if (!Number.isFinite(value)) return [];
    const { word } = standing(line);
    const reading = kind === "probe" ? metric.slice("probe.".length) : null;
    const of = quoted ?? single ?? null;
    return [{ text: line.text, kind, reading, of, value, standing: line.standing, word }];
  });
}

/** Whether a criterion is about a row: by its name, and its method if it says one. */
export const isAbout = ({ of }, { method, name }) => of === name || of === `${method} ${name}`;

function kindOf(metric) {
  if (metric === "rps") return "rate";
  if (metric.startsWith("probe.")) return "probe";
  return metric.startsWith("response.") ? "response" : "service";
}

function milliseconds(written) {
  const micros = /^([\d.]+)(us|µs)$/.exec(written);
  if (micros) return Number(micros[1]) / 1000;
  const seconds = parseDuration(written);
  return seconds === null ? NaN : seconds * 1000;
}
