// Who changes the run from this page: a name that lasts as long as its tab.

const KEY = "swarmdeck-author";

/** The name under which this page's changes are written down. */
export const AUTHOR = kept() ?? make();

/** What others, or this page itself, are called. */
export function authorWord(by) {
  if (!by) return "";
  return by === AUTHOR ? "you" : by;
}

// Where storage is refused, the name lasts as long as the page.
function kept() {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function make() {
  const [number] = crypto.getRandomValues(new Uint16Array(1));
  const name = `browser ${number.toString(16).padStart(4, "0")}`;
  try {
    sessionStorage.setItem(KEY, name);
  } catch {
    // See above.
  }
  return name;
}
