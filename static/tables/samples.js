// What the first failures of each kind said: a line below the kind, and all of
// it on a click or on Enter.

import { el, setShown } from "../lib/dom.js";
import { bytes, clock, latency, phaseTimes } from "../lib/format.js";

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
      return `${bytes(body_bytes)}, not stored`;
    default:
      return status === null ? "" : "Empty body";
  }
}

/** How a failure went: its status, how long it took, and in which phases. */
export function course({ status, took_us, phases, found }) {
  // What is no request's has nothing but what it found.
  if (status === null && took_us === null && found) return capital(found);
  const parts = phaseTimes(phases);
  const answer = status === null ? "No response" : `Status ${status}`;
  const time = took_us === null ? "" : ` after ${latency(took_us)}`;
  const phrase = `${answer}${time}${parts.length > 1 ? ` (${parts.join(", ")})` : ""}`;
  return found ? `${phrase}, ${found}` : phrase;
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** The line of a kind while it is closed: what was found, or what its first answer said. */
export function summary(samples) {
  if (samples.length === 0) return "";
  const { found } = samples[0];
  if (found) return capital(found);
  return said(samples[0]) || course(samples[0]);
}

/** Samples that say the same stand together, with what they said once. */
export function alike(samples) {
  const groups = new Map();
  for (const sample of samples) {
    const key = JSON.stringify([sample.status, sample.found, fields(sample), said(sample)]);
    groups.set(key, [...(groups.get(key) ?? []), sample]);
  }
  return [...groups.values()];
}

/** The fields of the head that explain something, without that which names the request. */
const fields = ({ head, request_id }) => head.filter(([name]) => name !== request_id?.field);

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
  details.lastChild.replaceChildren(...alike(samples).map(item));
}

function item(group) {
  const lines = group.flatMap((sample) => [
    el("p", {}, `${clock(sample.at_s)} ${course(sample)}`),
    ...(sample.request_id ? [field(sample.request_id.field, sample.request_id.value)] : []),
  ]);
  const text = said(group[0]);
  lines.push(...fields(group[0]).map(([name, value]) => field(name, value)));
  if (text) lines.push(el("p", { class: "said" }, text));
  return el("li", {}, ...lines);
}

const field = (name, value) => el("p", { class: "field" }, `${name}: ${value}`);
