// What the server keeps of the run's past: asked for when a second has been
// closed, and only while somebody looks.

import { list } from "../lib/api.js";
import { joined, MAX_COLUMNS } from "../charts/heatmap.js";
import { EMPTY, joinColumns } from "./columns.js";
import { runState } from "./store.js";

const PATH = "api/v1/run/";

/** The path and query of a stretch of the past. */
export function pathOf(what, { from_s = 0, to_s = null, row = null }) {
  const query = new URLSearchParams({ from_s });
  if (to_s !== null) query.set("to_s", to_s);
  if (row) query.set("name", row.name);
  if (row?.method) query.set("method", row.method);
  return `${PATH}${what}?${query}`;
}

/**
 * Keeps what a path tells, and asks for what is new.
 *
 * @param {string} what the last part of the path
 * @param {{row?: object, empty: any, join: (held: any, body: object) => any,
 *   endOf: (held: any) => number, isFull: (held: any) => boolean,
 *   isWanted: () => boolean, onChange: () => void}} how
 */
function createFeed(what, { row = null, empty, join, endOf, isFull, isWanted, onChange }) {
  let held = empty;
  let state = null;
  let run = null;
  let asked = ""; // for which moment it was asked last
  let isBusy = false;
  let isOver = false;

  const ask = async () => {
    const newest = state?.series.t_s.at(-1) ?? null;
    const hasEnded = state !== null && runState(state) === "stopped";
    const moment = `${newest} ${hasEnded}`;
    if (!run || (newest === null && !hasEnded)) return;
    if (isBusy || isOver || moment === asked || !isWanted()) return;
    isBusy = true;
    asked = moment;
    if (isFull(held)) held = empty;
    const of = run;
    const body = await list(pathOf(what, { from_s: endOf(held), row }));
    isBusy = false;
    if (isOver) return;
    if (body && of === run) {
      held = join(held, body);
      onChange();
    }
    ask();
  };
  return {
    held: () => held,
    ask,
    /** Every hello brings another `run`: what was held may be void. */
    update(next) {
      state = next;
      if (next.run !== run) {
        run = next.run;
        asked = "";
        if (held !== empty) {
          held = empty;
          onChange();
        }
      }
      ask();
    },
    end() {
      isOver = true;
    },
  };
}

/** Keeps the columns of a heatmap: of a row, or of all requests. */
export function createHeatmapFeed({ row, isWanted, onChange }) {
  return createFeed("heatmap", {
    row,
    empty: [],
    join: joined,
    endOf: (columns) => columns.at(-1)?.to_s ?? 0,
    isFull: (columns) => columns.length > MAX_COLUMNS,
    isWanted,
    onChange,
  });
}

/** Keeps the series of a row. */
export function createSeriesFeed({ row, isWanted, onChange }) {
  return createFeed("series", {
    row,
    empty: EMPTY,
    join: joinedSeries,
    endOf: ({ t_s }) => t_s.at(-1) ?? 0,
    isFull: ({ t_s }) => t_s.length > MAX_COLUMNS,
    isWanted,
    onChange,
  });
}

/** The columns with those that begin where they end, or replace what they overlap. */
export function joinedSeries(held, body) {
  const first = body.t_s.length > 0 ? body.t_s[0] - body.width_s[0] : Infinity;
  const after = held.t_s.findIndex((t) => t > first + 1e-6);
  const keep = after < 0 ? held.t_s.length : after;
  return joinColumns(held, body, { keep });
}
