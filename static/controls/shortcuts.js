// Every shortcut there is: from this table come what keys do (`keyboard.js`) and
// the help sheet (`help_sheet.js`). A shortcut does what can be done to something on
// the page, and holds for as long as that is there to be used.

/**
 * A row: `keys`, each of which does it: characters as they are typed, names of
 * other keys, with Shift+ or Control+ before, or the same key twice in a row;
 * `words` for what it does; and a selector, `on`, for what it acts on. That is
 * clicked, unless the row has
 *
 * - `isHeld`: it is pressed for as long as the key is,
 * - `goes`: it is clicked and gets the focus, `goes: "only"`: that alone,
 * - `sends`: an event of this name and detail is sent to it, again and again
 *   while the key is down.
 */
export const SHORTCUTS = [
  { group: "Before a run", keys: ["S"], words: "Start swarming", on: "#start" },
  { group: "Before a run", keys: ["A"], words: "Run all", on: "#run-all" },
  { group: "Before a run", keys: ["M"], words: "Play the demo", on: "#demo" },

  { group: "During a run", keys: ["Escape"], words: "Exit the demo", on: "#demo-leave" },
  { group: "During a run", keys: ["P"], words: "Pause or resume", on: "#pause" },
  { group: "During a run", keys: ["X"], words: "Stop", on: "#stop" },
  { group: "During a run", keys: ["Q"], words: "Finish and stop", on: "#drain" },
  { group: "During a run", keys: ["Escape Escape"], words: "Kill now", on: "#halt" },
  { group: "During a run", keys: ["U"], words: "Enter the number of users", on: "#users", goes: "only" },
  { group: "During a run", keys: ["+", "="], words: "More users", on: "#users", sends: ["nudge", 1] },
  { group: "During a run", keys: ["-"], words: "Fewer users", on: "#users", sends: ["nudge", -1] },
  { group: "During a run", keys: ["."], words: "Ramp up faster", on: "#spawn-rate", sends: ["nudge", 1] },
  { group: "During a run", keys: [","], words: "Ramp up slower", on: "#spawn-rate", sends: ["nudge", -1] },
  { group: "During a run", keys: ["2"], words: "Burst ×2 (hold to sustain)", on: "#burst [data-factor='2']", isHeld: true },
  { group: "During a run", keys: ["5"], words: "Burst ×5 (hold to sustain)", on: "#burst [data-factor='5']", isHeld: true },
  { group: "During a run", keys: ["0"], words: "Burst ×10 (hold to sustain)", on: "#burst [data-factor='10']", isHeld: true },
  { group: "During a run", keys: ["K"], words: "Take over from the plan", on: "#take-over" },
  { group: "During a run", keys: ["B"], words: "Resume the plan", on: "#back-to-plan" },
  { group: "During a run", keys: ["H"], words: "Live tuning", on: "#overrides summary", goes: "too" },
  { group: "During a run", keys: ["Control+Z"], words: "Undo your last change", on: "#undo" },

  { group: "Charts", keys: ["I"], words: "Zoom in", on: "#charts", sends: ["zoom", "in"] },
  { group: "Charts", keys: ["O"], words: "Zoom out", on: "#reset-zoom", sends: ["zoom", "out"] },
  { group: "Charts", keys: ["<"], words: "Earlier", on: "#reset-zoom", sends: ["zoom", "earlier"] },
  { group: "Charts", keys: [">"], words: "Later", on: "#reset-zoom", sends: ["zoom", "later"] },
  { group: "Charts", keys: ["W"], words: "Reset zoom", on: "#reset-zoom" },
  { group: "Charts", keys: ["G"], words: "Logarithmic or linear scale", on: "#latency-scale" },
  { group: "Charts", keys: ["Y"], words: "Service time or Response time (with queueing)", on: "#latency-time" },

  { group: "Tables", keys: ["R"], words: "Requests", on: "#tab-requests", goes: "too" },
  { group: "Tables", keys: ["F"], words: "Failures", on: "#tab-failures", goes: "too" },
  { group: "Tables", keys: ["E"], words: "Events", on: "#tab-events", goes: "too" },
  { group: "Tables", keys: ["C"], words: "Totals check", on: "#tab-counts", goes: "too" },
  { group: "Tables", keys: ["L"], words: "Logs", on: "#tab-logs", goes: "too" },
  { group: "Tables", keys: ["/"], words: "Search the log", on: "#log-search", goes: "only" },
  { group: "Tables", keys: ["D"], words: "Downloads", on: "#downloads summary", goes: "too" },

  { group: "Any time", keys: ["Shift+Delete", "Shift+Backspace"], words: "Reset stats", on: "#reset" },
  { group: "Any time", keys: ["V"], words: "Open the report", on: "#report" },
  { group: "Any time", keys: ["N"], words: "New run", on: "#new" },
  { group: "Any time", keys: ["T"], words: "Switch theme", on: "#theme-toggle" },
  { group: "Any time", keys: ["?"], words: "Show this help", on: "#help-open" },
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
