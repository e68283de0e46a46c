// What stands in the charts' place before a run: the chosen scenario in words,
// its problems if it has any, and the plan as a curve.

import { el, setText } from "../lib/dom.js";
import { count, duration, percent, plural } from "../lib/format.js";
import { createPlanChart } from "../charts/plan_chart.js";
import { planCurves, stageSentences } from "./load_plan.js";

/** @param {HTMLElement} root */
export function createScenarioPreview(root) {
  const words = el("div", { class: "words" });
  const caption = el("figcaption");
  const plot = el("div", { class: "plot", "data-plot": "" });
  const legend = el("p", { class: "legend" });
  const figure = el("figure", { class: "plan" }, el("h2", {}, "Plan"), legend, plot, caption);
  root.append(words, figure);
  const chart = createPlanChart(plot, legend);
  let shown;

  return {
    /** @param {object|null} scenario @param {object} plan of the start form */
    update(scenario, plan) {
      if (scenario !== shown) {
        shown = scenario;
        words.replaceChildren(...(scenario ? describe(scenario) : nothing()));
      }
      figure.hidden = !scenario || scenario.problems.length > 0;
      if (figure.hidden) return;
      chart.update(planCurves(scenario.plans, plan));
      setText(caption, planWords(scenario.plans, plan));
    },
  };
}

function nothing() {
  return [
    el("h1", {}, "No scenario"),
    el("p", {}, "Save a .yaml file in ./scenarios and it appears here, or start Swarmdeck with -f FILE."),
  ];
}

function describe(scenario) {
  const head = [el("h1", {}, scenario.name), el("p", { class: "file mono" }, scenario.file)];
  if (scenario.problems.length > 0) return [...head, ...problems(scenario)];
  const text = scenario.description ? [el("p", { class: "lead" }, scenario.description)] : [];
  const limits = scenario.limits.join(" · ");
  if (limits !== "") text.push(el("p", { class: "quiet" }, limits));
  return [...head, ...text, ...scenario.classes.map(userClass)];
}

function problems({ problems: list }) {
  return [
    el("h2", { class: "bad" }, `${plural(list.length, "error")}. Fix and save the file; this page reloads it.`),
    ...list.map((text) => el("pre", { class: "problem", tabindex: "0" }, text)),
  ];
}

function userClass({ name, population, wait, order, tasks }) {
  const whole = tasks.reduce((sum, task) => sum + task.weight, 0);
  const rows = tasks.map((task) => {
    const share = whole > 0 ? task.weight / whole : 0;
    const bar = el("i", { class: "share", "aria-hidden": "true" });
    bar.style.setProperty("--p", `${share * 100}%`);
    return el(
      "tr",
      {},
      el("td", { class: "mono" }, task.name),
      el("td", {}, count(task.weight)),
      el("td", {}, bar, el("span", { class: "share-text" }, percent(share))),
    );
  });
  const titles = el("tr", {}, el("th", {}, "Task"), el("th", {}, "Weight"), el("th", {}, "Share"));
  return el(
    "section",
    { class: "user-class" },
    el("h3", {}, name),
    el("p", { class: "quiet" }, [population, wait, order].filter(Boolean).join(" · ")),
    el("table", {}, el("thead", {}, titles), el("tbody", {}, ...rows)),
  );
}

function planWords(plans, { users, spawnRate, runTimeS, host }) {
  const at = host === "" ? "" : ` against ${host}`;
  const isSteered = users !== undefined;
  if (!isSteered) return `${stageSentences(plans, false)}${at}; ${endWords(runTimeS)}.`;
  const steered = rampWords({ users, spawnRate, runTimeS, at });
  return plans.length === 0 ? steered : `${steered} ${stageSentences(plans, true)}.`;
}

const endWords = (runTimeS) =>
  runTimeS > 0 ? `stops after ${duration(runTimeS)}` : "runs until you stop it";

function rampWords({ users, spawnRate, runTimeS, at }) {
  if (!(users > 0) || !(spawnRate > 0)) return "Enter users and spawn rate to preview the load.";
  const rampS = users / spawnRate;
  if (!(runTimeS > 0) || rampS <= runTimeS) {
    return `Ramps to ${plural(users, "user")}${at} in ${duration(Math.ceil(rampS))}, then holds; ${endWords(runTimeS)}.`;
  }
  const reached = Math.floor(spawnRate * runTimeS);
  return `Reaches ${count(reached)} of ${plural(users, "user")}: the ramp needs longer than the run (${duration(runTimeS)}).`;
}
