// The burst pad: more users for a chosen time, or for as long as a button is held.

import * as api from "../lib/api.js";
import { byId, setShown } from "../lib/dom.js";
import { isActive, isPreparing, isSearching, isSteered, runState } from "../state/store.js";

/** A button that is pressed longer than this is held, in milliseconds. */
const HELD = 350;
/** A held burst is renewed this often, in milliseconds. */
const RENEW = 400;
/** What a renewed burst is good for: a page that is lost ends it. */
const LEASE = "1s";

/** @param {(answer: object) => void} onAnswer hears what became of a burst */
export function createBurst(onAnswer) {
  const pad = byId("burst");
  const buttons = [...pad.querySelectorAll("[data-factor]")];
  const hold = byId("burst-hold");
  const rise = byId("burst-rise");
  let timer = 0;
  let lease = 0;
  let wasHeld = false;
  let isAsking = false;

  const burst = async (button, time) => {
    // A renewal that has to wait for the last one is late already.
    if (isAsking) return;
    isAsking = true;
    const factor = Number(button.dataset.factor);
    const answer = await api.burst({ factor, rise: rise.value, hold: time });
    isAsking = false;
    if (!answer.success) release();
    onAnswer(answer);
  };
  const press = (button) => {
    release();
    wasHeld = false;
    timer = setTimeout(() => {
      wasHeld = true;
      burst(button, LEASE);
      lease = setInterval(() => burst(button, LEASE), RENEW);
    }, HELD);
  };
  const release = () => {
    clearTimeout(timer);
    clearInterval(lease);
  };
  for (const button of buttons) {
    button.addEventListener("pointerdown", (event) => {
      if (event.button === 0) press(button);
    });
    button.addEventListener("keydown", ({ key, repeat }) => {
      if (repeat) return;
      if (key === " ") press(button);
      else wasHeld = false;
    });
    for (const end of ["keyup", "blur"]) button.addEventListener(end, release);
    button.addEventListener("click", () => {
      release();
      if (!wasHeld) burst(button, hold.value);
      wasHeld = false;
    });
    // A finger that stays long is no wish for a menu.
    button.addEventListener("contextmenu", (event) => event.preventDefault());
  }
  for (const end of ["pointerup", "pointercancel", "blur"]) window.addEventListener(end, release);

  return {
    update(state) {
      const isOffered = isActive(state) && isSteered(state) && !isPreparing(state) && !isSearching(state);
      setShown(pad, isOffered);
      const isEnding = runState(state) === "stopping";
      for (const button of buttons) button.disabled = isEnding;
      if (!isOffered || isEnding) release();
    },
  };
}
