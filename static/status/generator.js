// How the load generator itself is: its busiest thread, its timers, and what
// disturbs it.

import { byId, setAttribute, setText } from "../lib/dom.js";
import { latency, percent } from "../lib/format.js";

/** What is said of the generator, and whether it is a warning. */
export function generatorState({ run, frame }) {
  const disturbed = run ? frame?.generator?.disturbed : null;
  return disturbed ? { text: `! ${disturbed.text}`, standing: "at_risk" } : { text: "On time", standing: null };
}

/** The card of the generator. Its last line has a place of its own, so that nothing moves. */
export function createGenerator() {
  return {
    update(state) {
      const generator = state.run ? state.frame?.generator : null;
      setText(byId("generator-cpu"), percent(generator?.cpu_share));
      setText(byId("generator-lateness"), latency(generator?.lateness_p99_us));
      const { text, standing } = generatorState(state);
      setText(byId("generator-state"), text);
      setAttribute(byId("generator-state"), "data-standing", standing);
    },
  };
}
