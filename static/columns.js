// What the tables show: a title, a text and, for sorting, a value per column.

import { el, setAttribute, setNotice, setText } from "./dom.js";
import { bytes, clock, count, latency, part, percent, rate } from "./format.js";

const text = (id, title, value) => ({ id, title, isText: true, value, text: value });
const figure = (id, title, field, format, hint) => ({
  id,
  title,
  hint,
  value: (row) => row[field],
  text: (row) => format(row[field]),
});

const method = {
  ...text("method", "Method", (row) => row.method ?? ""),
  paint(cell, row, title) {
    if (title) return;
    if (!cell.firstChild) cell.append(el("span", { class: "method" }));
    setText(cell.firstChild, row.method);
  },
};
const name = {
  ...text("name", "Name", (row) => row.name ?? ""),
  paint(cell, row, title) {
    if (!cell.firstChild) cell.append(el("span", {}), el("small", { hidden: "" }));
    setText(cell.firstChild, title ?? row.name);
    const statuses = title ? [] : (row.statuses ?? []);
    const odd = statuses.filter(([status]) => status < 200 || status > 299);
    setNotice(cell.lastChild, statusWords(odd));
    setAttribute(cell, "title", odd.length > 0 ? `Statuses: ${statusWords(statuses)}` : null);
  },
};

const statusWords = (statuses) =>
  statuses.map(([status, times]) => `${status} × ${count(times)}`).join(" · ");

const PHASES = [
  ["resolve", "resolve_us"],
  ["connect", "connect_us"],
  ["TLS", "tls_us"],
  ["first byte", "first_byte_us"],
  ["transfer", "transfer_us"],
];

function phaseWords({ phases }) {
  if (!phases) return null;
  const parts = PHASES.filter(([, field]) => phases[field] > 0);
  if (parts.length === 0) return null;
  return `Mean per phase: ${parts.map(([word, field]) => `${word} ${latency(phases[field])}`).join(", ")}`;
}

const share = {
  ...figure("share", "Share of time", "share", part, "Part of all service time spent here"),
  paint(cell, row, title) {
    // The time of a group is that of its requests: it has no share of its own.
    if (title || row.method === "GROUP") return cell.replaceChildren();
    if (!cell.firstChild) {
      cell.append(el("i", { class: "share", "aria-hidden": "true" }), el("span", { class: "share-text" }));
    }
    cell.firstChild.style.setProperty("--p", `${(row.share ?? 0) * 100}%`);
    setText(cell.lastChild, part(row.share));
  },
};

/** One row per (method, name). */
export const REQUESTS = {
  caption: "Requests by method and name",
  empty: "No request has ended yet.",
  sort: { id: "requests", direction: "descending" },
  key: (row) => `${row.method} ${row.name}`,
  columns: [
    method,
    name,
    figure("requests", "Requests", "requests", count),
    {
      ...figure("failures", "Failures", "failures", count),
      tone: (row) => (row.failures > 0 ? "bad" : null),
      tip: (row) =>
        row.failures > 0 ? `${percent(row.failures / row.requests)} % of its requests` : null,
    },
    figure("p50", "Median", "p50_us", latency),
    figure("p95", "p95", "p95_us", latency),
    figure("p99", "p99", "p99_us", latency),
    { ...figure("mean", "Average", "mean_us", latency), tip: phaseWords },
    figure("min", "Min", "min_us", latency),
    figure("max", "Max", "max_us", latency),
    figure("size", "Size", "mean_bytes", bytes, "Mean size of an answer's body"),
    figure("rps", "RPS", "rps", rate, "Requests per second over the last full seconds"),
    share,
  ],
};

/** One row per kind of failure. */
export const FAILURES = {
  caption: "Failures by kind",
  empty: "No failures.",
  sort: { id: "count", direction: "descending" },
  key: (row) => `${row.method} ${row.name} ${row.kind} ${row.text}`,
  columns: [
    figure("count", "Count", "count", count),
    method,
    text("name", "Name", (row) => row.name),
    { ...text("what", "What", (row) => row.text), tone: () => "bad" },
    figure("first", "First seen", "first_s", clock),
    figure("last", "Last seen", "last_s", clock),
  ],
};

/** Newest first. A level is said in a word, not by its colour alone. */
export const EVENTS = {
  caption: "Events of the run",
  empty: "Nothing has happened yet.",
  sort: null,
  key: (row) => row,
  columns: [
    figure("time", "Time", "t_s", clock),
    {
      ...text("level", "Level", (row) => row.level),
      paint(cell, row) {
        if (!cell.firstChild) cell.append(el("span", { class: "level" }));
        setText(cell.firstChild, row.level);
        setAttribute(cell.firstChild, "data-level", row.level);
      },
    },
    text("what", "What", (row) => row.text),
  ],
};

const sum = (parts) => parts.reduce((total, part) => total + (part ?? 0), 0);

/** Nothing gets lost: what was started is accounted for. */
export const COUNTS = {
  caption: "Conservation counts",
  empty: "Nothing was counted yet.",
  sort: null,
  key: (row) => row.what,
  rows(c) {
    const ended = [c.succeeded, c.failed, c.in_flight, c.cut_off];
    const adds = sum(ended) === c.requests_started;
    return [
      { what: "Requests started", value: c.requests_started },
      { what: "= succeeded", value: c.succeeded },
      { what: "+ failed", value: c.failed },
      { what: "+ in flight", value: c.in_flight },
      { what: "+ cut off at stop", value: c.cut_off, note: adds ? "adds up" : "does not add up" },
      { what: "Tasks started", value: c.tasks_started },
      { what: "Tasks succeeded", value: c.tasks_succeeded },
      { what: "Tasks failed", value: c.tasks_failed },
      { what: "Exchanges", value: c.exchanges, note: "messages on the wire, each redirect is one" },
      { what: "Connections opened", value: c.connections_opened },
      {
        what: "Connections replaced",
        value: c.connections_replaced,
        note: "closed by the server while idle",
      },
    ];
  },
  columns: [
    text("what", "What", (row) => row.what),
    figure("value", "Count", "value", count),
    {
      ...text("note", "", (row) => row.note ?? ""),
      tone: (row) => (row.note === "does not add up" ? "bad" : null),
    },
  ],
};

