// The stretch of the run that the tables are limited to: chosen by a drag on
// a chart, told beside the tables.

import { list } from "../lib/api.js";
import { byId, setShown, setText } from "../lib/dom.js";
import { clock } from "../lib/format.js";
import { pathOf } from "../state/window_query.js";
import { runState } from "../state/store.js";

/** @param {{onChange: () => void}} listeners `onChange` hears that the tables are others */
export function createTableWindow({ onChange }) {
  const chip = byId("table-window");
  const words = byId("table-window-words");
  let wanted = null; // [from, to] in seconds
  let tables = null; // what the server says of it
  let state = null;
  let run = null;
  let asked = "";
  const limitedTables = createMemory();
  const eventsWithin = createMemory();

  const show = (trouble = "") => {
    setShown(chip, wanted !== null);
    if (wanted) setText(words, sentence(wanted, tables, trouble));
    onChange();
  };
  /** A stretch that is not over yet is asked for again when one more second is. */
  const ask = async () => {
    if (!wanted || !state?.run || tables?.to_s >= wanted[1]) return;
    const moment = `${state.series.t_s.at(-1)} ${runState(state)}`;
    if (moment === asked) return;
    asked = moment;
    const [range, of] = [wanted, run];
    const body = await list(pathOf("window", { from_s: range[0], to_s: range[1] }));
    if (range !== wanted || of !== run) return;
    tables = body ?? tables;
    show(body ? "" : "cannot be read");
  };
  const limit = (range) => {
    if (range === wanted) return;
    [wanted, tables, asked] = [range, null, ""];
    show();
    ask();
  };
  byId("table-window-whole").addEventListener("click", () => limit(null));
  return {
    /** Limits the tables to a stretch, `[from, to]` in seconds; null for the whole run. */
    limit,
    update(next) {
      state = next;
      if (next.run !== run) {
        // A hello: the figures may have been zeroed since.
        [run, tables, asked] = [next.run, null, ""];
      }
      ask();
    },
    /** The state as tables show it: what they are of is its `window`, null for the whole run. */
    over(all) {
      if (!wanted || !tables) return { ...all, window: null };
      const [from_s, to_s] = [tables.from_s ?? wanted[0], tables.to_s ?? wanted[1]];
      const counts = all.tables?.counts;
      const isWithin = ({ t_s }) => t_s >= from_s && t_s <= to_s;
      return {
        ...all,
        tables: limitedTables([tables, counts], () => ({ ...tables, counts })),
        events: eventsWithin([tables, all.events], () => all.events.filter(isWithin)),
        window: { from_s, to_s },
      };
    },
  };
}

/** Makes a value anew only when what it is made from is another. */
function createMemory() {
  let from = [];
  let value = null;
  return (parts, make) => {
    if (from.length === 0 || parts.some((part, i) => part !== from[i])) {
      from = parts;
      value = make();
    }
    return value;
  };
}

function sentence([from, to], tables, trouble) {
  const stretch = `Showing ${clock(tables?.from_s ?? from)}–${clock(tables?.to_s ?? to)}`;
  if (trouble) return `${stretch} ${trouble}`;
  if (!tables) return `${stretch} …`;
  const step_s = Math.round(tables.step_s);
  return step_s > 1 ? `${stretch}, in steps of ${step_s} s` : stretch;
}
