// Users and spawn rate: a number and a slider each. Before a run they are part
// of the start form; in a run a change takes effect at once.

import * as api from "../lib/api.js";
import { byId, setAttribute, setShown } from "../lib/dom.js";
import { count } from "../lib/format.js";
import { nudged, sliderPosition, sliderValue } from "./slider.js";

const SLIDER_MAX = { users: 10_000, spawnRate: 1_000 };
/** While a slider is dragged, no change is sent more often than this. */
const DRAG_PAUSE_MS = 250;
/** Frames that were on their way when a change was sent tell of the past. */
const SETTLE_MS = 1000;

/**
 * @param {HTMLFormElement} form
 * @param {object} listeners
 * @param {() => boolean} listeners.isLive whether a run takes changes
 * @param {(answer: object) => void} listeners.onAnswer to a change
 * @param {() => void} listeners.onInput hears every change of a figure
 */
export function createLoadFields(form, { isLive, onAnswer, onInput }) {
  const users = field("users", "users", "users", (value) => Number.isInteger(value));
  const spawnRate = field("spawn-rate", "spawnRate", "users per second", (value) => Number.isFinite(value));
  const fields = [users, spawnRate];
  const box = byId("steered");
  let timer = 0;
  let sending = false;
  let again = false;
  let quietUntil = 0;
  /** The fields that were changed here since the last change was sent. */
  const touched = new Set();

  /** Nothing where nothing is steered. */
  const values = () => (box.hidden ? {} : { users: users.value(), spawnRate: spawnRate.value() });
  const problem = () => {
    if (box.hidden) return null;
    const bad = fields.find((f) => !f.isValid());
    if (!bad) return null;
    const wanted = bad === users ? "a whole number" : "a number";
    return { success: false, field: bad.name, message: `Enter ${wanted}.` };
  };
  const commit = async () => {
    clearTimeout(timer);
    timer = 0;
    if (box.hidden) return undefined;
    const bad = problem();
    if (bad) return onAnswer(bad);
    if (sending) {
      again = true;
      return undefined;
    }
    if (touched.size === 0) return undefined;
    // What was not touched may be older here than what somebody else has asked for.
    const wish = Object.fromEntries([...touched].map((f) => [f.name, f.value()]));
    touched.clear();
    sending = true;
    const answer = await api.edit(wish);
    sending = false;
    quietUntil = performance.now() + SETTLE_MS;
    onAnswer(answer);
    if (again) {
      again = false;
      return commit();
    }
    return undefined;
  };

  const changed = (f) => {
    if (isLive()) touched.add(f);
    onInput();
  };
  /** What changes step by step is sent now and then. */
  const moved = (f) => {
    changed(f);
    if (isLive() && !timer) timer = setTimeout(commit, DRAG_PAUSE_MS);
  };
  for (const f of fields) {
    f.slider.addEventListener("input", () => {
      f.setNumber(sliderValue(Number(f.slider.value), f.max));
      moved(f);
    });
    f.number.addEventListener("nudge", ({ detail }) => {
      f.set(nudged(f.value(), detail));
      moved(f);
    });
    f.number.addEventListener("input", () => {
      f.setSlider();
      changed(f);
    });
    f.number.addEventListener("change", () => {
      if (isLive()) commit();
    });
  }

  return {
    values,
    problem,
    commit,
    /** Shows the fields where there is something to steer. */
    show(isSteered) {
      setShown(box, isSteered);
    },
    /** Sets both, as if typed; null where a scenario steers nothing. */
    set(userCount, rate) {
      if (userCount == null) return;
      users.set(userCount);
      spawnRate.set(rate);
    },
    /** Takes over what a scenario that was saved says now, but nothing that was typed. */
    adopt(before, after) {
      if (after.users == null) return;
      const isNew = before.users == null;
      if (isNew || users.value() === before.users) users.set(after.users);
      if (isNew || spawnRate.value() === before.spawn_rate) spawnRate.set(after.spawn_rate);
    },
    enable(enabled) {
      for (const f of fields) {
        f.number.disabled = !enabled;
        f.slider.disabled = !enabled;
      }
    },
    /** Shows what the run was asked for, unless someone is changing it here. */
    follow(state) {
      const editing = sending || timer !== 0 || performance.now() < quietUntil;
      if (!state.run || state.frame?.target_users == null || editing) return;
      users.follow(state.frame.target_users);
      spawnRate.follow(state.frame.spawn_rate);
    },
  };
}

function field(id, key, unit, isValid) {
  const number = byId(id);
  const slider = byId(`${id}-slider`);
  const max = SLIDER_MAX[key];
  const value = () => (number.value.trim() === "" ? NaN : Number(number.value));
  const setSlider = () => {
    slider.value = String(sliderPosition(value(), max));
    setAttribute(slider, "aria-valuetext", `${count(value())} ${unit}`);
  };
  const setNumber = (next) => {
    number.value = String(next);
    setAttribute(slider, "aria-valuetext", `${count(next)} ${unit}`);
  };
  const set = (next) => {
    setNumber(next);
    setSlider();
  };
  return {
    name: number.name,
    number,
    slider,
    max,
    value,
    isValid: () => isValid(value()),
    set,
    setNumber,
    setSlider,
    follow(next) {
      const held = document.activeElement === number || slider.matches(":active");
      if (!held && next !== value()) set(next);
    },
  };
}
