// What the tables show: a title, a text and, for sorting, a value per column.

import { authorWord } from "../lib/author.js";
import { el, setAttribute, setNotice, setText } from "../lib/dom.js";
import {
  bytes,
  clock,
  count,
  dayTime,
  latency,
  percent,
  phaseTimes,
  rate,
  RESPONSE_TIME,
  SERVICE_TIME,
} from "../lib/format.js";
import { paintSamples } from "./samples.js";

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

function phaseWords({ phases }) {
  if (!phases) return null;
  const parts = phaseTimes(phases);
  return parts.length === 0 ? null : `Mean per phase: ${parts.join(", ")}`;
}

const share = {
  ...figure("share", "% of total time", "share", percent, "Share of all service time"),
  paint(cell, row, title) {
    // The time of a group is that of its requests: it has no share of its own.
    if (title || row.method === "GROUP") return cell.replaceChildren();
    if (!cell.firstChild) {
      cell.append(el("i", { class: "share", "aria-hidden": "true" }), el("span", { class: "share-text" }));
    }
    cell.firstChild.style.setProperty("--p", `${(row.share ?? 0) * 100}%`);
    setText(cell.lastChild, percent(row.share));
  },
};

const SERVICE_HINT = `${SERVICE_TIME}: from send to last byte`;
const RESPONSE_HINT = `${RESPONSE_TIME}: from the planned start to the last byte, including the wait for a free user; first request of each scheduled task`;

/** A column of one of the two kinds of time, below its name. */
const service = (...column) => ({ ...figure(...column, latency, SERVICE_HINT), group: SERVICE_TIME });
const response = (...column) => ({ ...figure(...column, latency, RESPONSE_HINT), group: RESPONSE_TIME });

/** One row per (method, name). */
export const REQUESTS = {
  caption: "Requests by method and name",
  empty: "Waiting for the first response.",
  sort: { id: "requests", direction: "descending" },
  key: (row) => `${row.method} ${row.name}`,
  // Columns of response times have room only where there are any.
  marks: { "data-response": (row) => row.response_p50_us != null },
  columns: [
    method,
    name,
    figure("requests", "Requests", "requests", count),
    {
      ...figure("failures", "Failures", "failures", count),
      tone: (row) => (row.failures > 0 ? "bad" : null),
      tip: (row) =>
        row.failures > 0 ? `${percent(row.failures / row.requests)} of its requests` : null,
    },
    service("p50", "Median", "p50_us"),
    service("p95", "p95", "p95_us"),
    service("p99", "p99", "p99_us"),
    // Beside what they are compared with.
    response("response_p50", "Median", "response_p50_us"),
    response("response_p95", "p95", "response_p95_us"),
    response("response_p99", "p99", "response_p99_us"),
    { ...service("mean", "Average", "mean_us"), tip: phaseWords },
    service("min", "Min", "min_us"),
    service("max", "Max", "max_us"),
    figure("size", "Size", "mean_bytes", bytes, "Mean size of a response body"),
    figure("rps", "RPS", "rps", rate, "Requests per second over the last 3 seconds"),
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
    {
      ...text("what", "What", (row) => row.text),
      paint(cell, row) {
        if (!cell.firstChild) cell.append(el("span", { class: "bad" }));
        setText(cell.firstChild, row.text);
        paintSamples(cell, row.samples);
      },
    },
    figure("first", "First seen", "first_s", clock),
    figure("last", "Last seen", "last_s", clock),
  ],
};

/** Said in a word, not by its colour alone. */
const level = {
  ...text("level", "Level", (row) => row.level),
  paint(cell, row) {
    if (!cell.firstChild) cell.append(el("span", { class: "level" }));
    setText(cell.firstChild, row.level);
    setAttribute(cell.firstChild, "data-level", row.level);
  },
};

/** Newest first. */
export const EVENTS = {
  caption: "Events of the run",
  empty: "No events yet.",
  sort: null,
  key: (row) => row,
  columns: [
    figure("time", "Time", "t_s", clock),
    level,
    text("kind", "Kind", (row) => row.kind.replaceAll("_", " ")),
    text("what", "What", (row) => row.text),
    text("by", "By", (row) => authorWord(row.by)),
  ],
};

/** Newest first, with the time of the reader's clock. */
export const LOGS = {
  caption: "The program's log",
  empty: "No matching lines.",
  sort: null,
  key: (row) => row.number,
  columns: [
    {
      ...figure("time", "Time", "at_unix_ms", dayTime),
      tip: (row) => new Date(row.at_unix_ms).toString(),
    },
    level,
    text("source", "From", (row) => row.source.replace("swarmdeck.", "")),
    text("what", "What", (row) => row.text),
  ],
};

const sum = (parts) => parts.reduce((total, part) => total + (part ?? 0), 0);

/** A whole and its parts; the last row says whether they add up. */
function identity(what, whole, parts) {
  const isBalanced = sum(parts.map(([, value]) => value)) === whole;
  const rows = parts.map(([word, value], i) => ({ what: `${i === 0 ? "=" : "+"} ${word}`, value }));
  Object.assign(rows.at(-1), { isBalanced, note: isBalanced ? "\u2713 balanced" : "does not add up" });
  return [{ what, value: whole }, ...rows];
}

/** What became of every plan of task starts. */
export const planRows = (plans) =>
  plans.flatMap((plan) =>
    identity(`Scheduled task starts: ${plan.name}`, plan.planned, [
      [`started (${plan.name})`, plan.started],
      [`dropped (${plan.name})`, plan.dropped],
      [`missed (${plan.name})`, plan.missed],
      [`waiting or unfinished (${plan.name})`, plan.waiting],
    ]),
  );

const AGREED = {
  alpn: ", by ALPN",
  prior_knowledge: ", with prior knowledge",
  fallback: ", HTTP/2 not negotiated",
};

/** What is spoken with an origin, in words. */
const spokenWords = ({ origin, protocol, tls, agreed }) =>
  `${origin}: ${protocol}${tls ? ` over ${tls}` : ""}${AGREED[agreed] ?? ""}`;

/** Nothing gets lost: what was started is accounted for. */
export const COUNTS = {
  caption: "Totals check",
  empty: "Nothing counted yet.",
  sort: null,
  key: (row) => row.what,
  /** @param {object[]} protocols what is spoken with the run's origins */
  rows(c, protocols = []) {
    const speaksHttp2 = protocols.some(({ protocol }) => protocol === "HTTP/2");
    return [
      ...identity("Requests started", c.requests_started, [
        ["succeeded", c.succeeded],
        ["failed", c.failed],
        ["in flight", c.in_flight],
        ["aborted", c.cut_off],
      ]),
      ...identity("Tasks started", c.tasks_started, [
        ["tasks succeeded", c.tasks_succeeded],
        ["tasks failed", c.tasks_failed],
        ["tasks running", c.tasks_in_flight],
        ["tasks aborted", c.tasks_cut_off],
      ]),
      ...(c.users_without_row > 0 ? [{ what: "Users without a data row", value: c.users_without_row }] : []),
      { what: "HTTP requests", value: c.exchanges, note: "including redirects" },
      {
        what: "Connections opened",
        value: c.connections_opened,
        note: protocols.map(spokenWords).join("; "),
      },
      {
        what: "Reconnects",
        value: c.connections_replaced,
        note: "after the server closed an idle connection",
      },
      ...(speaksHttp2 || c.streams_refused > 0
        ? [{ what: "HTTP/2 streams refused", value: c.streams_refused, note: "not processed by the server" }]
        : []),
    ];
  },
  columns: [
    text("what", "What", (row) => row.what),
    figure("value", "Count", "value", count),
    {
      ...text("note", "", (row) => row.note ?? ""),
      tone: (row) => (row.isBalanced === false ? "bad" : null),
    },
  ],
};

