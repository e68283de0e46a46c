// Planned task starts that did not happen: pure, so that it can be tested.

import { count, percent } from "../lib/format.js";

/** The part of the planned starts that may be missing. */
const MISSING_MAX = 0.01;

/**
 * The stretches in which the plan was not met: more than 1 % of the starts planned in a row
 * were given up, or waited too long at its end.
 * @param {object} series the columns of the run
 * @returns {[number, number][]} from when to when, in seconds; neighbours are one stretch
 */
export function unmet({ t_s, width_s, planned = [], undelivered = [], overdue = [] }) {
  const stretches = [];
  t_s.forEach((end, i) => {
    const width = width_s[i] ?? 1;
    const missing = (undelivered[i] ?? 0) * width + (overdue[i] ?? 0);
    if (missing <= (planned[i] ?? 0) * width * MISSING_MAX) return;
    const last = stretches.at(-1);
    if (last && last[1] >= end - width) last[1] = end;
    else stretches.push([end - width, end]);
  });
  return stretches;
}

/** Whether less of the plan is delivered than has to be. */
export const isUndelivered = (delivery) => (delivery?.delivered ?? 1) < 1 - MISSING_MAX;

/** What became of planned task starts, where some did not happen; else nothing. */
export function undeliveredText(delivery) {
  const { started = 0, dropped = 0, missed = 0, delivered = null } = delivery ?? {};
  if (dropped + missed === 0) return "";
  const all = count(started + dropped + missed);
  const ways = [
    [dropped, "dropped"],
    [missed, "missed"],
  ];
  const told = ways.filter(([times]) => times > 0).map(([times, word]) => `${count(times)} ${word}`);
  return `${count(dropped + missed)} of ${all} planned task starts did not happen (${percent(delivered)} delivered): ${told.join(", ")}.`;
}

/** How much of the plan is delivered, in a few words; nothing where all of it is, or none is planned. */
export function deliveredWords(delivery) {
  if (!delivery || delivery.delivered === null || delivery.dropped + delivery.missed === 0) return "";
  return `${percent(delivery.delivered)} of planned starts`;
}
