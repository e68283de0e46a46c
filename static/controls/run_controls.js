// The left panel: starts, edits, stops, resets and puts away.

import * as api from "../lib/api.js";
import { AUTHOR } from "../lib/author.js";
import { createBurst } from "./burst.js";
import { createClassPicker, without } from "./class_picker.js";
import { withConfirmation } from "./confirm.js";
import { createLoadFields } from "./load_fields.js";
import { byId, el, setAttribute, setNotice, setShown, setText } from "../lib/dom.js";
import { clock, number, plural } from "../lib/format.js";
import { parseDuration } from "./time_syntax.js";
import { planSentence } from "./load_plan.js";
import { isActive, isPreparing, isSearching, isSteered, isSuiteActive, latestSetup, runState } from "../state/store.js";
import { allWords, isOffered } from "../status/suite.js";

/**
 * @param {{onPlan: (scenario: object|null, plan: object) => void}} listeners
 *   `onPlan` hears what the start form asks for, whenever that changes
 */
export function createRunControls({ onPlan }) {
  const form = byId("load-form");
  const buttons = {
    start: byId("start"),
    limit: byId("find-limit"),
    all: byId("run-all"),
    undo: byId("undo"),
    pause: byId("pause"),
    stop: byId("stop"),
    drain: byId("drain"),
    takeOver: byId("take-over"),
    back: byId("back-to-plan"),
    halt: byId("halt"),
    new: byId("new"),
    reset: byId("reset"),
  };
  const scenario = byId("scenario");
  const host = byId("host");
  const runTime = byId("run-time");
  const profile = byId("profile");
  let state = null;
  let offered = null; // the list of scenarios in the select
  let chosen = null; // the scenario last chosen
  let view = null; // the same without the classes that are left out
  let filled = null; // the scenario, as it was when its figures were filled in
  let busy = false;

  const showErrors = (answer) => {
    const field = form.querySelector(`[data-error-for="${CSS.escape(answer?.field ?? "")}"]`);
    for (const notice of form.querySelectorAll("[data-error-for]")) {
      setNotice(notice, notice === field ? answer.message : "");
      const input = form.elements.namedItem(notice.dataset.errorFor);
      // A group of fields is not invalid itself; its text says what is missing.
      if (!(input instanceof HTMLFieldSetElement)) {
        setAttribute(input, "aria-invalid", notice === field ? "true" : null);
      }
    }
    field?.closest("details")?.setAttribute("open", "");
    const general = answer && !answer.success && !field ? answer.message : "";
    setNotice(byId("form-message"), general);
  };
  const load = createLoadFields(form, {
    isLive: () => state !== null && isActive(state),
    onAnswer: showErrors,
    onInput: () => tellPlan(),
  });

  const burst = createBurst(showErrors);
  const picker = createClassPicker(() => narrow());

  /** Follows the choice of classes. */
  const narrow = () => {
    picker.show(chosen);
    view = without(chosen, picker.left);
    tellPlan();
  };
  const tellPlan = () => {
    showSteering();
    if (state) showAll(runState(state));
    const runTimeS = parseDuration(runTime.value);
    onPlan(view, { ...load.values(), runTimeS, host: host.value.trim() });
  };
  /** What can be steered, and what the file plans besides or instead. */
  const showSteering = () => {
    const isReady = state === null || !state.run;
    const steered = isReady ? view?.users !== null : isSteered(state);
    load.show(steered);
    const words = isReady ? planSentence(view?.plans ?? [], steered) : nowPlanned(state);
    setNotice(byId("load-plan"), words);
  };
  const act = async (call) => {
    if (busy) return;
    busy = true;
    showButtons();
    const answer = await call();
    busy = false;
    showErrors(answer);
    showButtons();
  };
  const showButtons = () => {
    const word = state ? runState(state) : "loading";
    const reason = startReason(state, chosen);
    setShown(buttons.start, word === "ready" || word === "loading");
    const inSuite = state !== null && isSuiteActive(state);
    const stands = word === "stopped" && !inSuite;
    const goesOn = state !== null && isActive(state);
    setShown(buttons.stop, inSuite || goesOn);
    const searches = state !== null && isSearching(state);
    setShown(buttons.limit, word === "ready" && limitOf(view) !== null);
    setShown(buttons.drain, goesOn && !inSuite);
    setShown(buttons.takeOver, goesOn && !isSteered(state) && state.frame?.planned_users > 0 && !searches);
    setShown(buttons.back, goesOn && state.frame?.is_suspended === true && !searches);
    setShown(buttons.undo, goesOn && !searches);
    setShown(buttons.pause, goesOn && !searches);
    setShown(buttons.halt, goesOn);
    setShown(buttons.new, stands);
    setShown(buttons.reset, stands || goesOn);
    buttons.start.disabled = busy || word !== "ready" || reason !== "";
    buttons.limit.disabled = buttons.start.disabled;
    buttons.all.disabled = busy || word !== "ready";
    buttons.stop.disabled = busy;
    for (const one of [buttons.drain, buttons.takeOver, buttons.back]) {
      one.disabled = busy || word === "stopping" || isPreparing(state);
    }
    buttons.undo.disabled = busy || word === "stopping" || !goesOn || !canUndo(state);
    buttons.pause.disabled = busy || word === "stopping" || !goesOn || isPreparing(state);
    buttons.new.disabled = busy;
    buttons.reset.disabled = busy || word === "stopping";
    const stop = inSuite ? "Stop all" : "Stop";
    // Whoever drains a run, anybody can cut it short.
    const stopping = busy ? "Stopping…" : "Stop now";
    setText(buttons.stop, word === "stopping" ? stopping : stop);
    setText(buttons.pause, word === "paused" ? "Resume" : "Pause");
    showAll(word);
    if (word === "ready" && reason !== "") setNotice(byId("form-message"), reason);
  };
  /** The host for all scenarios: what the chosen file says belongs to that file alone. */
  const hostOfAll = () => {
    const typed = host.value.trim();
    return typed === (chosen?.host ?? "") ? "" : typed;
  };
  /** The offer to run all scenarios one after the other. */
  const showAll = (word) => {
    const offered = word === "ready" && isOffered(state.all);
    setShown(buttons.all, offered);
    if (offered) setText(buttons.all, `Run all (${state.all.scenarios.length})`);
    setNotice(byId("run-all-words"), offered ? allWords(state, hostOfAll()) : "");
  };
  const choose = () => {
    const next = state.scenarios.find((s) => s.id === scenario.value) ?? null;
    const before = chosen;
    chosen = next;
    showErrors(null);
    if (next) {
      // A host that was given or typed belongs to the operator, not to the file.
      if (host.value === "" || host.value === (before?.host ?? "")) host.value = next.host ?? "";
      runTime.value = next.run_time;
      load.set(next.users, next.spawn_rate);
      filled = next;
    }
    showButtons();
    narrow();
  };
  const offer = () => {
    const first = offered === null;
    offered = state.scenarios;
    const keep = first ? firstChoice(state) : scenario.value;
    scenario.replaceChildren(...offered.map(option));
    scenario.value = offered.some((s) => s.id === keep) ? keep : (offered[0]?.id ?? "");
    chosen = offered.find((s) => s.id === scenario.value) ?? null;
    if (first && state.defaults) {
      host.value = state.run?.host ?? state.defaults.host;
      runTime.value = state.defaults.run_time;
      profile.value = state.run?.profile ?? state.defaults.profile;
      showProfile();
      load.set(state.defaults.users, state.defaults.spawn_rate);
      filled = chosen;
    }
    narrow();
  };
  const showProfile = () => setText(byId("profile-word"), profile.value.trim() || "none");
  /** What a file says that was saved meanwhile, wherever nobody typed something else. */
  const adopt = () => {
    if (!chosen || chosen === filled || chosen.problems.length > 0) return;
    if (filled) {
      if (host.value === (filled.host ?? "")) host.value = chosen.host ?? "";
      if (runTime.value === filled.run_time) runTime.value = chosen.run_time;
      load.adopt(filled, chosen);
    }
    filled = chosen;
    tellPlan();
  };

  scenario.addEventListener("change", choose);
  host.addEventListener("input", tellPlan);
  runTime.addEventListener("input", tellPlan);
  profile.addEventListener("input", showProfile);
  const start = (how) => {
    if (buttons.start.disabled) return undefined;
    const problem = picker.problem() ?? load.problem();
    if (problem) return showErrors(problem);
    const { users, spawnRate } = load.values();
    return act(() =>
      withConfirmation(api.start, {
        scenario: scenario.value,
        classes: picker.names(), // left out where all of them run
        users,
        spawn_rate: spawnRate, // both are left out where nothing is steered
        host: host.value.trim(),
        profile: profile.value.trim(),
        ...how,
      }),
    );
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (state && isActive(state)) return isSearching(state) ? undefined : load.commit();
    return start({ run_time: runTime.value.trim() });
  });
  // A search ends by itself: the run time is meant for the load of the file.
  buttons.limit.addEventListener("click", () => start({ find_limit: limitOf(view) }));
  buttons.all.addEventListener("click", () => act(() => withConfirmation(api.startAll, { host: hostOfAll() })));
  /** The second half of a double click on what stood here before is no click. */
  const onClick = (button, call) =>
    button.addEventListener("click", ({ detail }) => {
      if (detail < 2) act(call);
    });
  onClick(buttons.pause, () => (runState(state) === "paused" ? api.resume() : api.pause()));
  onClick(buttons.stop, api.stop);
  // Not by way of `act`: it may take long, and can be cut short meanwhile.
  buttons.drain.addEventListener("click", async () => showErrors(await api.drain()));
  onClick(buttons.takeOver, () => api.edit({ users: state.frame.planned_users }));
  onClick(buttons.back, () => api.change({ do: "back_to_plan" }));
  onClick(buttons.undo, api.undo);
  // Not by way of `act`: it must not wait for anything.
  buttons.halt.addEventListener("click", async () => showErrors(await api.halt()));
  buttons.new.addEventListener("click", () => act(api.putAway));
  buttons.reset.addEventListener("click", () => act(api.reset));

  return {
    update(next) {
      const before = state && runState(state);
      state = next;
      const word = runState(state);
      if (state.known && state.scenarios !== offered) offer();
      if (before !== word) {
        showErrors(null);
        if (word === "ready") tellPlan();
      }
      load.enable(word !== "stopping" && word !== "stopped" && !isSearching(state));
      if (word === "ready") adopt();
      showSteering();
      showButtons();
      load.follow(state);
      burst.update(state);
      showPlannedEnd(state);
    },
  };
}

/** What a search for the limit would raise; null where that is all planned. */
function limitOf(view) {
  if (!view) return null;
  if (view.users != null) return {};
  return view.plans.some(({ of }) => of === "starts") ? { of: "rate" } : null;
}

/** Whether there is a change of this page that can be undone. */
const canUndo = ({ frame }) => (frame?.undoable?.[AUTHOR] ?? 0) > 0;

/** What is chosen at first: the scenario on show, else the default. */
function firstChoice({ run, scenarios, defaults }) {
  const shown = run && scenarios.find((s) => s.name === run.scenario);
  return shown?.id ?? defaults?.scenario ?? "";
}

function option({ id, name, problems }) {
  const text = problems.length > 0 ? `${name} (${plural(problems.length, "error")})` : name;
  return el("option", { value: id }, text);
}

/** Why Start is disabled; empty where it is not. */
function startReason(state, chosen) {
  if (!state?.known || runState(state) !== "ready") return "";
  if (state.scenarios.length === 0) return "Add a scenario to start.";
  if (!chosen || chosen.problems.length === 0) return "";
  return `Fix ${plural(chosen.problems.length, "error")} first.`;
}

/** What the file plans for this moment of a run; empty where it plans nothing. */
function nowPlanned(state) {
  const { planned_starts: starts, planned_users: users } = state.frame ?? {};
  if (!isActive(state)) return isSteered(state) ? "" : "The file controls the load.";
  const planned = [];
  if (!isSteered(state) && (users > 0 || starts == null)) planned.push(plural(users, "user"));
  if (starts != null) planned.push(`${number(starts)} task starts/s, up to ${plural(state.run?.max_users, "user")}`);
  if (planned.length === 0) return "";
  return `Planned by the file now: ${planned.join(", ")}.`;
}

function showPlannedEnd(state) {
  const whole = state.frame ? state.frame.run_time_s : state.run?.run_time_s;
  const notice = byId("planned-end");
  if (isPreparing(state)) return setNotice(notice, latestSetup(state));
  if (whole == null || !isActive(state)) return setNotice(notice, "");
  const left = whole - (state.frame?.elapsed_s ?? 0);
  return setNotice(notice, left > 0 ? `${clock(Math.ceil(left))} left` : `Ends at ${clock(whole)}`);
}
