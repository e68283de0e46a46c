// A menu is a `details` element; what the element does not do by itself is
// closing when one is done with it, and going from link to link by arrows.

/** Closes a menu by Escape, by choosing from it, and by a click elsewhere; until `signal`. */
export function createMenu(menu, { signal } = {}) {
  const summary = menu.querySelector("summary");
  const close = () => {
    menu.open = false;
  };
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      close();
      summary.focus();
      return;
    }
    const links = [...menu.querySelectorAll("a, button")];
    const at = links.indexOf(document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: Math.max(at, 0) - 1, Home: 0, End: -1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    menu.open = true;
    links.at(next % links.length).focus();
  }, { signal });
  document.addEventListener("click", ({ target }) => {
    if (menu.open && (!menu.contains(target) || target.closest("a, button"))) close();
  }, { signal });
}
