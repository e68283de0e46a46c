// How users behave, changed while a run goes on: run time, rate of arrivals,
// weights, waits, and which requests are sent.

import * as api from "../lib/api.js";
import { byId, el, setAttribute, setNotice, setShown, setText } from "../lib/dom.js";
import { clock, plural } from "../lib/format.js";
import { isActive, isOpen, isPreparing, isSearching, runState } from "../state/store.js";
import { parseWait, WAIT_FORMS } from "./time_syntax.js";

/** Requests that can be switched at most; more are changed by the API. */
const MAX_REQUESTS = 100;

/** The panel. It follows what others change, except where somebody types. */
export function createOverrides() {
  const box = byId("overrides");
  const fields = byId("overrides-fields");
  const message = byId("overrides-message");
  let shown = null; // of which run the fields are
  let rows = []; // of the fields: {input, follow(state)}

  const send = async (input, change) => {
    const answer = await api.change(change);
    setNotice(message, answer.success ? "" : answer.message);
    setAttribute(input, "aria-invalid", answer.success ? null : "true");
  };
  /** A field with a label, that is sent when it was changed. */
  const row = (label, input, read, follow) => {
    input.addEventListener("change", () => {
      const change = read(input.type === "checkbox" ? input.checked : input.value.trim());
      if (change) return send(input, change);
      setNotice(message, `Enter ${input.dataset.form}.`);
      return setAttribute(input, "aria-invalid", "true");
    });
    rows.push({ input, follow });
    return el("label", {}, el("span", {}, label), input);
  };
  const weight = (label, about, isIt, own) =>
    row(
      label,
      number(),
      (value) => value !== "" && { ...about, weight: Number(value) },
      ({ frame }) => frame.overrides.find(isIt)?.weight ?? own,
    );
  const userClass = (one) => {
    const about = { class: one.name };
    const isMine = (change) => change.class === one.name;
    const isWait = (change) => isMine(change) && change.wait !== undefined;
    const wait = row(
      "wait",
      el("input", { type: "text", spellcheck: "false", "data-form": WAIT_FORMS }),
      (value) => parseWait(value) !== null && { ...about, wait: parseWait(value) },
      ({ frame }) => ({ hint: frame.overrides.find(isWait)?.wait ?? one.wait }),
    );
    const tasks = one.tasks.map(({ name, weight: own }) =>
      weight(name, { ...about, task: name }, (change) => isMine(change) && change.task === name, own),
    );
    const isWeight = (change) => isMine(change) && change.weight !== undefined && !change.task;
    const ofClass = one.weight === null ? [] : [weight("weight", about, isWeight, one.weight)];
    const legend = el("legend", {}, one.name);
    return el("fieldset", {}, legend, ...ofClass, wait, el("h3", {}, "Task mix"), ...tasks);
  };
  const request = (name) => {
    const isIt = (change) => change.request === name;
    return row(
      name,
      el("input", { type: "checkbox" }),
      (isSent) => ({ request: name, do: isSent ? "send" : "skip" }),
      ({ frame }) => frame.overrides.find(isIt)?.is_sent ?? true,
    );
  };
  const ofRun = (state) => {
    const runTime = row(
      "duration",
      el("input", { type: "text", spellcheck: "false", "data-form": "a duration: 90s, 5m or none" }),
      (value) => value !== "" && { run_time: value },
      ({ frame }) => ({ hint: frame.run_time_s === null ? "none" : clock(frame.run_time_s) }),
    );
    if (!isOpen(state)) return [runTime];
    const rate = row(
      "task starts/s",
      number("any"),
      (value) => value !== "" && { rate: Number(value) },
      ({ frame }) => frame.planned_starts,
    );
    return [runTime, rate];
  };
  const build = (state, scenario) => {
    rows = [];
    const sent = state.tables.requests.filter(({ method }) => !["GROUP", "TASK"].includes(method));
    const names = sent.slice(0, MAX_REQUESTS).map((one) => `${one.method} ${one.name}`);
    const requests = el("fieldset", {}, el("legend", {}, "Enabled requests"), ...names.map(request));
    const classes = (scenario?.classes ?? []).map(userClass);
    fields.replaceChildren(...ofRun(state), ...classes, ...(names.length > 0 ? [requests] : []));
  };
  const follow = (state) => {
    for (const { input, follow: ask } of rows) {
      if (input === document.activeElement && input.type !== "checkbox") continue;
      const value = ask(state);
      if (input.type === "checkbox") input.checked = value;
      else if (value?.hint !== undefined) {
        setAttribute(input, "placeholder", value.hint);
        input.value = "";
      } else if (input.value !== String(value)) input.value = value;
      input.disabled = runState(state) === "stopping";
    }
  };
  byId("overrides-form").addEventListener("submit", (event) => event.preventDefault());

  return {
    update(state) {
      const isShown = isActive(state) && !isSearching(state) && !isPreparing(state) && state.frame !== null && state.tables !== null;
      setShown(box, isShown);
      if (!isShown) return;
      const { overrides } = state.frame;
      setText(byId("overrides-word"), overrides.length > 0 ? `${overrides.length} changed` : "");
      if (!box.open) return;
      const count = state.tables.requests.length;
      const key = `${state.run?.id} ${count} ${isOpen(state)}`;
      if (shown !== key) {
        shown = key;
        build(state, state.scenarios.find(({ name }) => name === state.run?.scenario));
      }
      follow(state);
    },
  };
}

const number = (step = "1") => el("input", { type: "number", min: "0", step, inputmode: "decimal", "data-form": "a number" });
