// A menu is a `details` element; what the element does not do by itself is
// closing when one is done with it.

/** Closes a menu by Escape, by choosing from it, and by a click elsewhere; until `signal`. */
export function createMenu(menu, { signal } = {}) {
  const close = () => {
    menu.open = false;
  };
  menu.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !menu.open) return;
    close();
    menu.querySelector("summary").focus();
  }, { signal });
  document.addEventListener("click", ({ target }) => {
    if (menu.open && (!menu.contains(target) || target.closest("a, button"))) close();
  }, { signal });
}
