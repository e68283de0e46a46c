// What the first failures of each kind said: a line below the kind, and all of
// it on a click or on Enter.

import { el, setShown } from "./dom.js";
import { bytes, clock, latency } from "./format.js";

const PHASES = [
  ["resolve", "resolve_us"],
  ["connect", "connect_us"],
  ["TLS", "tls_us"],
  ["first byte", "first_byte_us"],
  ["transfer", "transfer_us"],
];

/** What an answer said, or why that is not shown; empty where there was none. */
export function said({ status, body_kind, body, body_is_cut, body_bytes }) {
  switch (body_kind) {
    case "text":
    case "page":
      if (body === "") return `${bytes(body_bytes)} without text`;
      return body_is_cut ? `${body}…` : body;
    case "binary":
      return `Binary, ${bytes(body_bytes)}`;
    case "compressed":
      return `Compressed, ${bytes(body_bytes)}`;
    case "not_kept":
      return `${bytes(body_bytes)}, not kept`;
    default:
      return status === null ? "" : "Empty body";
  }
}

/** How a failure went: its status, how long it took, and in which phases. */
export function course({ status, took_us, phases }) {
  const parts = PHASES.filter(([, field]) => phases[field] > 0);
  const answer = status === null ? "No answer" : `Status ${status}`;
  const time = took_us === null ? "" : ` after ${latency(took_us)}`;
  const words = parts.map(([word, field]) => `${word} ${latency(phases[field])}`).join(", ");
  return `${answer}${time}${parts.length > 1 ? ` (${words})` : ""}`;
}

/** The line of a kind while it is closed: what its first answer said. */
export function summary(samples) {
  if (samples.length === 0) return "";
  return said(samples[0]) || course(samples[0]);
}

/** Shows the samples of a kind in `cell`, below what is there; an open list stays open. */
export function paintSamples(cell, samples = []) {
  let details = cell.querySelector("details");
  if (!details) {
    if (samples.length === 0) return;
    details = el("details", { class: "samples" }, el("summary", {}), el("ol", {}));
    cell.append(details);
  }
  const shown = JSON.stringify(samples);
  if (details.dataset.shown === shown) return;
  details.dataset.shown = shown;
  setShown(details, samples.length > 0);
  details.firstChild.textContent = summary(samples);
  details.lastChild.replaceChildren(...samples.map(item));
}

function item(sample) {
  const { at_s, request_id, head } = sample;
  const fields = head.filter(([name]) => name !== request_id?.field);
  const lines = [
    el("p", {}, el("span", { class: "quiet" }, `${clock(at_s)} `), course(sample)),
    request_id && el("p", { class: "field" }, `${request_id.field}: ${request_id.value}`),
    ...fields.map(([name, value]) => el("p", { class: "field" }, `${name}: ${value}`)),
    said(sample) && el("p", { class: "said" }, said(sample)),
  ];
  return el("li", {}, ...lines.filter(Boolean));
}
