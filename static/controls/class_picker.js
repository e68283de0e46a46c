// The choice of user classes in the start form: all of them run, unless some
// are unchecked.

import { byId, el, setNotice, setShown, setText } from "../lib/dom.js";
import { count } from "../lib/format.js";
import { ownLoad } from "./load_plan.js";

/**
 * What is left of a scenario without some of its user classes. Where nothing is
 * left, nothing can be started: then all of it.
 * @param {object|null} scenario
 * @param {Set<string>} left the names that are left out
 */
export function without(scenario, left) {
  const runs = (name) => !left.has(name);
  const classes = scenario?.classes.filter(({ name }) => runs(name)) ?? [];
  if (classes.length === 0 || classes.length === scenario.classes.length) return scenario;
  const planned = new Set(scenario.plans.flatMap((plan) => plan.classes));
  const isSteered = classes.some(({ name }) => !planned.has(name));
  const plans = scenario.plans.map((plan) => ({ ...plan, classes: plan.classes.filter(runs) }));
  return {
    ...scenario,
    classes,
    plans: plans.filter((plan) => plan.classes.length > 0),
    users: isSteered ? scenario.users : null,
    spawn_rate: isSteered ? scenario.spawn_rate : null,
  };
}

/** How many of the classes run, in a word or two. */
export function choiceWords(all, chosen) {
  if (chosen === 0) return "none";
  return chosen === all ? `all ${count(all)}` : `${count(chosen)} of ${count(all)}`;
}

/** What the scenario says of a class: how many users, and what they do. */
export function classWords({ name, population, tasks }, plans) {
  const names = tasks.map((task) => task.name).join(", ");
  const { words, isAlone } = ownLoad(plans, name);
  return [words, isAlone ? "" : population, names].filter(Boolean).join(" · ");
}

/**
 * The picker. What it leaves out stays left out when the file is saved.
 * @param {() => void} onInput hears every change of the choice
 */
export function createClassPicker(onInput) {
  const box = byId("class-picker");
  const list = byId("class-list");
  const all = byId("all-classes");
  const left = new Set();
  let shown = null;
  let boxes = [];

  const isShown = () => !box.hidden;
  const problem = () => {
    if (!isShown() || boxes.some((one) => one.checked)) return null;
    return { success: false, field: "classes", message: "Choose at least one user class." };
  };
  const draw = () => {
    const chosen = boxes.filter((one) => one.checked).length;
    setText(byId("class-choice"), choiceWords(boxes.length, chosen));
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
    setNotice(byId("classes-error"), problem()?.message ?? "");
  };
  const changed = () => {
    left.clear();
    for (const one of boxes) if (!one.checked) left.add(one.value);
    draw();
    onInput();
  };
  list.addEventListener("change", changed);
  all.addEventListener("change", () => {
    for (const one of boxes) one.checked = all.checked;
    changed();
  });

  return {
    problem,
    left,
    /** The names of those that run; nothing where it is all of them. */
    names() {
      if (!isShown() || left.size === 0) return undefined;
      return boxes.filter((one) => one.checked).map((one) => one.value);
    },
    /** Shows the classes of a scenario; of another one than before, all are chosen. */
    show(scenario) {
      if (scenario === shown) return;
      if (scenario?.id !== shown?.id) left.clear();
      shown = scenario;
      const classes = scenario?.problems.length === 0 ? scenario.classes : [];
      const known = new Set(classes.map(({ name }) => name));
      for (const name of left) if (!known.has(name)) left.delete(name);
      const rows = classes.map((one, i) => row(one, scenario.plans, `class-${i}`));
      boxes = rows.map(([input]) => input);
      for (const one of boxes) one.checked = !left.has(one.value);
      list.replaceChildren(...rows.map(([, item]) => item));
      setShown(box, classes.length > 1 || (classes.length === 1 && "always" in box.dataset));
      setShown(all.parentElement, classes.length > 1);
      draw();
    },
  };
}

function row(one, plans, id) {
  const input = el("input", { type: "checkbox", id, value: one.name, "aria-describedby": `${id}-words` });
  const words = el("small", { id: `${id}-words`, class: "quiet" }, classWords(one, plans));
  return [input, el("li", {}, input, el("label", { for: id }, one.name), words)];
}
