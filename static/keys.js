// Keys that mean something wherever the focus is.

/** Two presses of a key within this time belong together, in milliseconds. */
const TWICE = 600;

/** Where Escape has a meaning of its own: a search that it empties, a menu that it closes. */
const OWN_ESCAPE = "input[type=search], details[open] *";
/** Where Ctrl-Z takes back what was typed. */
const TYPING = "textarea, input:is([type=text], [type=search], [type=number])";

/** Calls `act` when Escape is pressed twice in a row, and quickly. */
export function onEscapeTwice(act) {
  let last = -Infinity;
  // Before whoever else listens: what Escape closes is still open.
  const listen = ({ key, repeat, isComposing, target, timeStamp }) => {
    if (repeat || isComposing) return;
    const counts = key === "Escape" && !target.matches(OWN_ESCAPE);
    const isSecond = counts && timeStamp - last <= TWICE;
    last = counts && !isSecond ? timeStamp : -Infinity;
    if (isSecond) act();
  };
  document.addEventListener("keydown", listen, { capture: true });
}

/** Calls `act` on Ctrl-Z, or Command-Z, except where something is typed. */
export function onUndo(act) {
  document.addEventListener("keydown", (event) => {
    const { key, ctrlKey, metaKey, shiftKey, altKey, target } = event;
    const isUndo = key?.toLowerCase() === "z" && (ctrlKey || metaKey) && !shiftKey && !altKey;
    if (!isUndo || target.matches(TYPING)) return;
    event.preventDefault();
    act();
  });
}
