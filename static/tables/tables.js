// The tabs below the charts. A table keeps its rows by key and writes only
// what changed, so that scrolling, selecting and sorting survive every update.

import { COUNTS, EVENTS, FAILURES, planRows, REQUESTS } from "./columns.js";
import { byId, el, setAttribute, setNotice, setShown, setText } from "../lib/dom.js";
import { count } from "../lib/format.js";

const TABS = ["requests", "failures", "events", "counts", "logs"];

/**
 * Tables of requests, failures, events and counts, one to a tab.
 *
 * @param {{onOpen: (tab: string) => void, onRow: (row: object) => void}} listeners `onOpen`
 *   hears which tab is open, `onRow` which request is chosen
 */
export function createTables({ onOpen, onRow }) {
  const requests = createTable(byId("panel-requests"), REQUESTS, onRow);
  const failures = createTable(byId("panel-failures"), FAILURES);
  const events = createTable(byId("panel-events"), EVENTS);
  const counts = createTable(byId("panel-counts"), COUNTS);
  const fill = {
    requests: ({ tables }) => requests.update(tables?.requests ?? [], tables?.aggregated),
    failures: ({ tables }) => {
      const dropped = tables?.failures_dropped ?? 0;
      const note = `${count(dropped)} more are not listed: the table is full.`;
      failures.update(tables?.failures ?? [], null, dropped > 0 ? note : "");
    },
    events: (state) => {
      const note = `${count(state.eventsDropped)} older events are no longer kept.`;
      events.update(state.events.toReversed(), null, state.eventsDropped > 0 ? note : "");
    },
    counts: ({ run, tables, window }) => {
      const note = window ? "Whole run: tasks that start in a window may end after it." : "";
      const ofRun = tables?.counts ? COUNTS.rows(tables.counts, run?.protocols) : [];
      const rows = tables?.counts ? [...ofRun, ...planRows(tables.plans ?? [])] : [];
      counts.update(rows, null, note);
    },
    logs: () => {}, // They fill themselves: no message of the socket brings them.
  };
  let open = TABS[0];
  let state = null;
  let drawn = {};

  createTabs((id) => {
    open = id;
    drawn = {};
    onOpen(id);
    if (state) draw();
  });
  const draw = () => {
    badge(byId("failures-badge"), state.tables?.failures?.length ?? 0, "kinds of failures");
    const loud = state.events.filter((e) => e.level !== "info").length;
    badge(byId("events-badge"), loud, "warnings and errors");
    const { tables, events: list } = state;
    if (drawn.tables === tables && drawn.events === list) return;
    drawn = { tables, events: list };
    fill[open](state);
  };
  return {
    update(next) {
      state = next;
      draw();
    },
    /** Marks the request whose charts are open; null for none. */
    mark: (row) => requests.mark(row),
  };
}

function badge(element, value, meaning) {
  setShown(element, value > 0);
  setText(element, count(value));
  setAttribute(element, "title", meaning);
}

function createTabs(onOpen) {
  const tabs = TABS.map((id) => byId(`tab-${id}`));
  const open = (tab) => {
    for (const other of tabs) {
      const selected = other === tab;
      setAttribute(other, "aria-selected", String(selected));
      other.tabIndex = selected ? 0 : -1;
      setShown(byId(other.getAttribute("aria-controls")), selected);
    }
    onOpen(TABS[tabs.indexOf(tab)]);
  };
  tabs.forEach((tab, i) => {
    tab.addEventListener("click", () => open(tab));
    tab.addEventListener("keydown", (event) => {
      const { key } = event;
      const at = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: -1 }[key];
      if (at === undefined) return;
      const next = tabs.at(at % tabs.length);
      event.preventDefault();
      next.focus();
      open(next);
    });
  });
}

/** A table in `root`, as described in `columns.js`. With `onRow` its rows can be chosen. */
export function createTable(root, { columns, key, sort, empty, caption, marks = {} }, onRow = null) {
  const order = sort ? { ...sort } : null;
  const heads = columns.map((column) => head(column, order !== null));
  const body = el("tbody");
  const foot = el("tfoot");
  const table = el("table", { class: "data" });
  table.append(
    el("caption", { class: "sr" }, caption),
    el("thead", {}, ...groupHeads(columns), el("tr", {}, ...heads)),
    body,
    foot,
  );
  const nothing = el("p", { class: "nothing" }, empty);
  const footnote = el("p", { class: "nothing", hidden: "" });
  // What scrolls has to be reachable without a mouse.
  const scroll = el("div", { class: "scroll", role: "group", "aria-label": caption, tabindex: "0" }, table);
  root.append(scroll, nothing, footnote);
  const kept = new Map();
  let aggregated = null;
  let rows = [];
  let marked = null; // the key of a row
  if (onRow) makeChoosable(body, (id) => onRow(rows.find((row) => key(row) === id)));
  const markOne = (id, { line }) => setAttribute(line, "aria-current", id === marked ? "true" : null);

  const arrange = () => {
    const sorted = order ? rows.toSorted(comparison(columns, order)) : rows;
    let at = body.firstChild;
    for (const row of sorted) {
      const { line } = kept.get(key(row));
      if (line === at) at = at.nextSibling;
      else body.insertBefore(line, at);
    }
    heads.forEach((th, i) => {
      const direction = order?.id === columns[i].id ? order.direction : null;
      setAttribute(th, "aria-sort", direction);
    });
  };
  heads.forEach((th, i) => {
    th.querySelector("button")?.addEventListener("click", () => {
      const flipped = order.direction === "ascending" ? "descending" : "ascending";
      const first = columns[i].isText ? "ascending" : "descending";
      order.direction = order.id === columns[i].id ? flipped : first;
      order.id = columns[i].id;
      arrange();
    });
  });

  return {
    update(next, total = null, note = "") {
      rows = next;
      const gone = new Set(kept.keys());
      for (const row of rows) {
        const id = key(row);
        gone.delete(id);
        if (!kept.has(id)) {
          kept.set(id, createLine(columns));
          if (onRow) offer(kept.get(id).line, id);
          markOne(id, kept.get(id));
        }
        kept.get(id).fill(row);
      }
      for (const id of gone) {
        kept.get(id).line.remove();
        kept.delete(id);
      }
      arrange();
      if (total && !aggregated) {
        aggregated = createLine(columns);
        foot.append(aggregated.line);
      }
      aggregated?.fill(total ?? {}, "Aggregated");
      for (const [mark, holds] of Object.entries(marks)) {
        setAttribute(table, mark, rows.some(holds) ? "" : null);
      }
      setShown(scroll, rows.length > 0);
      setShown(nothing, rows.length === 0);
      setNotice(footnote, note);
    },
    /** Marks a row, whether it is there or may come; null for none. */
    mark(row) {
      marked = row && key(row);
      for (const [id, line] of kept) markOne(id, line);
    },
  };
}

/** A row that can be chosen: with the pointer, or by Enter when it has the focus. */
function offer(line, id) {
  line.tabIndex = 0;
  line.dataset.key = id;
  line.title = "Charts of this request";
}

function makeChoosable(body, choose) {
  const keyOf = (target) => target.closest("tr")?.dataset.key;
  body.addEventListener("click", ({ target }) => {
    // Whoever selects a text does not choose.
    if (!document.getSelection().isCollapsed) return;
    choose(keyOf(target));
  });
  body.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("tr")) return;
    event.preventDefault();
    choose(keyOf(event.target));
  });
}

/** A line above the heads, where some of the columns have a name together. */
function groupHeads(columns) {
  if (columns.every(({ group }) => !group)) return [];
  const runs = [];
  for (const { id, group = "" } of columns) {
    if (runs.at(-1)?.group === group) runs.at(-1).span += 1;
    else runs.push({ id, group, span: 1 });
  }
  const cells = runs.map(({ id, group, span }) =>
    group === ""
      ? el("td", { colspan: `${span}` })
      : el("th", { scope: "colgroup", colspan: `${span}`, "data-column": `${id}_group` }, group),
  );
  return [el("tr", { class: "groups" }, ...cells)];
}

function head({ id, title, hint, isText }, sortable) {
  const label = sortable ? el("button", { type: "button" }, title) : title;
  const th = el("th", { scope: "col", "data-column": id, class: isText ? "text" : "figure" }, label);
  if (hint) th.title = hint;
  return th;
}

function createLine(columns) {
  const cells = columns.map(({ id, isText }) =>
    el("td", { "data-column": id, class: isText ? "text" : "figure" }),
  );
  const line = el("tr", {}, ...cells);
  // What each cell says: many are looked at once a second, few change.
  const said = columns.map(() => "");
  return {
    line,
    fill(row, title) {
      columns.forEach((column, i) => {
        if (column.paint) column.paint(cells[i], row, title);
        else if (said[i] !== column.text(row)) {
          said[i] = column.text(row);
          cells[i].textContent = said[i];
        }
        if (column.tone) setAttribute(cells[i], "data-tone", column.tone(row));
        if (column.tip) setAttribute(cells[i], "title", column.tip(row));
      });
    },
  };
}

/** Rows without a value come last, whichever way the others go. */
function comparison(columns, { id, direction }) {
  const value = columns.find((column) => column.id === id).value;
  const sign = direction === "ascending" ? 1 : -1;
  return (a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x == null || y == null) return (x == null) - (y == null);
    if (typeof x === "string") return sign * x.localeCompare(y, "en");
    return sign * (x - y);
  };
}
