// Every shortcut there is: from this table come what keys do (`keyboard.js`) and
// the help sheet (`help_sheet.js`). A shortcut does what can be done to something on
// the page, and holds for as long as that is there to be used.

/**
 * A row: `keys`, each of which does it: characters as they are typed, names of
 * other keys, with Shift+ or Control+ before, or the same key twice in a row;
 * `words` for what it does and `when` for when it holds, which is always where
 * it is left out; and a selector, `on`, for what it acts on. That is clicked,
 * unless the row has
 *
 * - `isHeld`: it is pressed for as long as the key is,
 * - `goes`: it is clicked and gets the focus, `goes: "only"`: that alone,
 * - `sends`: an event of this name and detail is sent to it, again and again
 *   while the key is down.
 */
export const SHORTCUTS = [
  { group: "Run", keys: ["S"], words: "Start swarming", when: "before a run", on: "#start" },
  { group: "Run", keys: ["A"], words: "Run all, one after the other", when: "before a run", on: "#run-all" },
  { group: "Run", keys: ["M"], words: "Play the demo", when: "before a run", on: "#demo" },
  { group: "Run", keys: ["Escape"], words: "Leave the demo", when: "while it is played", on: "#demo-leave" },
  { group: "Run", keys: ["P"], words: "Pause, or resume", when: "while a run goes on", on: "#pause" },
  { group: "Run", keys: ["X"], words: "Stop", when: "while a run goes on", on: "#stop" },
  { group: "Run", keys: ["Q"], words: "Drain: every task ends, then the run stops", when: "while a run goes on", on: "#drain" },
  { group: "Run", keys: ["Escape Escape"], words: "Halt: cut everything off now", when: "while a run goes on", on: "#halt" },
  { group: "Run", keys: ["Shift+Delete", "Shift+Backspace"], words: "Reset: zero the statistics", when: "in and after a run", on: "#reset" },
  { group: "Run", keys: ["V"], words: "View the report", when: "in and after a run", on: "#report" },
  { group: "Run", keys: ["N"], words: "New: put the run away", when: "when it has stopped", on: "#new" },

  { group: "Load", keys: ["U"], words: "Type the number of users", when: "where they are steered", on: "#users", goes: "only" },
  { group: "Load", keys: ["+", "="], words: "More users", when: "where they are steered", on: "#users", sends: ["nudge", 1] },
  { group: "Load", keys: ["-"], words: "Fewer users", when: "where they are steered", on: "#users", sends: ["nudge", -1] },
  { group: "Load", keys: ["."], words: "Spawn them faster", when: "where they are steered", on: "#spawn-rate", sends: ["nudge", 1] },
  { group: "Load", keys: [","], words: "Spawn them slower", when: "where they are steered", on: "#spawn-rate", sends: ["nudge", -1] },
  { group: "Load", keys: ["2"], words: "Burst ×2, or for as long as you hold the key", when: "while a run goes on", on: "#burst [data-factor='2']", isHeld: true },
  { group: "Load", keys: ["5"], words: "Burst ×5, the same", when: "while a run goes on", on: "#burst [data-factor='5']", isHeld: true },
  { group: "Load", keys: ["0"], words: "Burst ×10, the same", when: "while a run goes on", on: "#burst [data-factor='10']", isHeld: true },
  { group: "Load", keys: ["K"], words: "Steer by hand", when: "where the file plans", on: "#take-over" },
  { group: "Load", keys: ["B"], words: "Back to plan", when: "where you steer instead", on: "#back-to-plan" },
  { group: "Load", keys: ["H"], words: "How users behave", when: "while a run goes on", on: "#overrides summary", goes: "too" },
  { group: "Load", keys: ["Control+Z"], words: "Undo your last change", when: "while a run goes on", on: "#undo" },

  { group: "Charts", keys: ["I"], words: "Zoom in", when: "in and after a run", on: "#charts", sends: ["zoom", "in"] },
  { group: "Charts", keys: ["O"], words: "Zoom out", when: "in and after a run", on: "#reset-zoom", sends: ["zoom", "out"] },
  { group: "Charts", keys: ["<"], words: "Earlier", when: "while zoomed in", on: "#reset-zoom", sends: ["zoom", "earlier"] },
  { group: "Charts", keys: [">"], words: "Later", when: "while zoomed in", on: "#reset-zoom", sends: ["zoom", "later"] },
  { group: "Charts", keys: ["W"], words: "The whole run: reset the zoom", when: "while zoomed in", on: "#reset-zoom" },
  { group: "Charts", keys: ["G"], words: "Times: logarithmic or linear", when: "in and after a run", on: "#latency-scale" },
  { group: "Charts", keys: ["Y"], words: "Service time, or Response time (with queueing)", when: "where starts are planned", on: "#latency-time" },

  { group: "Tables", keys: ["R"], words: "Requests", when: "in and after a run", on: "#tab-requests", goes: "too" },
  { group: "Tables", keys: ["F"], words: "Failures", when: "in and after a run", on: "#tab-failures", goes: "too" },
  { group: "Tables", keys: ["E"], words: "Events", when: "in and after a run", on: "#tab-events", goes: "too" },
  { group: "Tables", keys: ["C"], words: "Counts", when: "in and after a run", on: "#tab-counts", goes: "too" },
  { group: "Tables", keys: ["L"], words: "Logs", when: "in and after a run", on: "#tab-logs", goes: "too" },
  { group: "Tables", keys: ["/"], words: "Search the log", when: "where it is open", on: "#log-search", goes: "only" },
  { group: "Tables", keys: ["D"], words: "Downloads", when: "in and after a run", on: "#downloads summary", goes: "too" },

  { group: "Page", keys: ["T"], words: "Theme: as the system says, dark, light", on: "#theme-toggle" },
  { group: "Page", keys: ["?"], words: "This sheet", on: "#help-open" },
];

const KEY = /^(?:(Control|Shift)\+)?(.+)$/;

/** Whether a name of a key is that of something one types. */
export const isCharacter = (name) => name.length === 1;

/**
 * Whether a press of a key is what a name says.
 * @param {string} name as in the table
 * @param {KeyboardEvent} event
 * @param {boolean} isSecond whether it is the second press in a row, and quickly
 */
export function isPressed(name, event, isSecond) {
  const [once, again] = name.split(" ");
  if (again !== undefined && !isSecond) return false;
  const [, modifier, key] = KEY.exec(once);
  if (event.altKey || (event.ctrlKey || event.metaKey) !== (modifier === "Control")) return false;
  // How a sign is typed differs from keyboard to keyboard; Caps Lock is no Shift.
  const isSign = isCharacter(key) && !/[a-z]/i.test(key);
  if (!isSign && event.shiftKey !== (modifier === "Shift")) return false;
  return event.key?.toLowerCase() === key.toLowerCase();
}
