// The few things every part of the page does to the DOM. Writing only what
// changed keeps a frame cheap and a selection alive.

/** @returns {any} the element with this id; the templates have it */
export const byId = (id) => document.getElementById(id);

/** The value of a custom property of the page: colours come from the style sheet. */
export const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Sets an element's text if it differs. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Shows or hides an element. */
export function setShown(element, shown) {
  if (element.hidden === shown) element.hidden = !shown;
}

/** Sets an attribute if it differs; null removes it. */
export function setAttribute(element, name, value) {
  if (value === null) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
  } else if (element.getAttribute(name) !== value) {
    element.setAttribute(name, value);
  }
}

/** Shows a text, or hides the element where there is none. */
export function setNotice(element, text) {
  setShown(element, text !== "");
  setText(element, text);
}

/**
 * Makes an element: el("td", { class: "name" }, "text", child). Texts are
 * text nodes, never markup.
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}
