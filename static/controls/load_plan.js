// What a scenario plans itself, in curves and in words. Pure, so that it can
// be tested. A plan is {of, classes, max_users, t_s, value}, see docs/live.md.

import { duration, number, plural } from "../lib/format.js";

/** What a step of a curve takes on a chart, whose times have to rise. */
const STEP_S = 1e-3;

/** Users over time that are steered: corners of the ramp, time first. */
export function rampCurve(users, spawnRate, runTimeS) {
  if (!(users > 0) || !(spawnRate > 0)) return [[0, 60], [null, null]];
  const rampS = users / spawnRate;
  const endS = runTimeS > 0 ? runTimeS : Math.max(rampS * 2, rampS + 30);
  const reached = Math.min(users, spawnRate * endS);
  if (rampS >= endS) return [[0, endS], [0, reached]];
  return [[0, rampS, endS], [0, users, users]];
}

/**
 * The curves of a start form on one time axis.
 * @param {object[]} plans of the scenario
 * @param {{users?: number, spawnRate?: number, runTimeS: number|null}} wish
 *   what is asked for; users only where they are steered
 * @returns {{t_s: number[], lines: {of: string, label: string, value: number[]}[]}}
 */
export function planCurves(plans, { users, spawnRate, runTimeS }) {
  const drawn = plans.map(risingCorners);
  const ends = drawn.map(([times]) => times.at(-1));
  if (users !== undefined) {
    const ramp = rampCurve(users, spawnRate, runTimeS);
    drawn.unshift(ramp);
    ends.push(ramp[0].at(-1));
  }
  const planEndS = Math.max(0, ...ends);
  const endS = runTimeS > 0 ? runTimeS : planEndS > 0 ? planEndS : 60;
  const within = drawn.flatMap(([times]) => times).filter((t) => t > 0 && t < endS);
  const t_s = [...new Set([0, ...within, endS])].sort((a, b) => a - b);
  const labels = lineLabels(plans, users !== undefined);
  const lines = drawn.map(([times, value], i) => ({
    ...labels[i],
    value: t_s.map((t) => valueAt(times, value, t)),
  }));
  return { t_s, lines };
}

function lineLabels(plans, isSteered) {
  const several = plans.length + (isSteered ? 1 : 0) > 1;
  const labels = plans.map(({ of, classes }) => {
    const what = of === "starts" ? "task starts/s" : "users";
    return { of, label: several ? `${classes.join(", ")}: ${what}` : what };
  });
  const steered = { of: "users", label: several ? "users set here" : "users" };
  return isSteered ? [steered, ...labels] : labels;
}

/** A plan's corners from 0 on, each later than the one before. */
function risingCorners({ t_s, value }) {
  const times = [];
  const values = [];
  const add = (t, v) => {
    const before = times.at(-1) ?? -Infinity;
    times.push(Math.max(t, before + STEP_S));
    values.push(v);
  };
  // What begins later is nothing before.
  if (t_s[0] > 0) {
    add(0, 0);
    add(t_s[0], 0);
  }
  t_s.forEach((t, i) => add(t, value[i]));
  return [times, values];
}

function valueAt(times, values, t) {
  const next = times.findIndex((time) => time >= t);
  if (next < 0) return values.at(-1);
  if (next === 0 || times[next] === t) return values[next];
  const part = (t - times[next - 1]) / (times[next] - times[next - 1]);
  return values[next - 1] + part * (values[next] - values[next - 1]);
}

/** What the file plans, in one line; empty where it plans nothing. */
export function planSentence(plans, isSteered) {
  if (plans.length === 0) return "";
  const parts = plans.map((plan) => withClasses(plan, peakWords(plan), plans.length > 1 || isSteered));
  const head = isSteered ? "Also scheduled in the file" : "The file controls the load";
  return `${head}: ${parts.join("; ")}.`;
}

/**
 * What the file plans for a class, in words that are empty where it plans
 * nothing, and whether it is alone with that.
 */
export function ownLoad(plans, name) {
  const plan = plans.find(({ classes }) => classes.includes(name));
  if (!plan) return { words: "", isAlone: false };
  return { words: peakWords(plan), isAlone: plan.classes.length === 1 };
}

/** What the file plans, stage by stage while that is short. */
export function stageSentences(plans, isSteered) {
  return plans
    .map((plan) => withClasses(plan, stageWords(plan), plans.length > 1 || isSteered))
    .join("; ");
}

const withClasses = ({ classes }, words, isNamed) =>
  isNamed ? `${classes.join(", ")}: ${words}` : words;

function unit({ of }, value) {
  if (of === "starts") return `${number(value)} task starts/s`;
  return plural(Math.round(value), "user");
}

const atMost = ({ max_users: users }) => (users == null ? "" : `, up to ${plural(users, "user")}`);

function peakWords(plan) {
  const peak = Math.max(...plan.value);
  const lasts = plan.t_s.at(-1) - plan.t_s[0];
  const from = plan.t_s[0] > 0 ? ` from ${duration(plan.t_s[0])}` : "";
  if (plan.value.every((value) => value === peak)) return `${unit(plan, peak)}${from}${atMost(plan)}`;
  return `up to ${unit(plan, peak)} over ${duration(lasts)}${from}${atMost(plan)}`;
}

/** Stages told one by one; more are no words any more. */
const STAGES_TOLD = 5;

function stageWords(plan) {
  const { t_s, value } = plan;
  const stages = [];
  for (let i = 1; i < value.length; i += 1) {
    const over = t_s[i] - t_s[i - 1];
    if (value[i] !== value[i - 1]) {
      const way = `${number(value[i - 1])} to ${unit(plan, value[i])}`;
      stages.push(over > 0 ? `${way} in ${duration(over)}` : `${way} at once`);
    } else if (over > 0) {
      stages.push(`${number(value[i])} for ${duration(over)}`);
    }
  }
  if (stages.length < 2 || stages.length > STAGES_TOLD) return peakWords(plan);
  const from = t_s[0] > 0 ? `from ${duration(t_s[0])} ` : "";
  return `${from}${stages.join(", ")}${atMost(plan)}`;
}
