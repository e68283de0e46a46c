// Asks before load is sent to a target that is neither on this machine nor in
// a private network.

import { byId, el, setText } from "../lib/dom.js";

/** What the server answers where somebody has to confirm something. */
const CODE = "confirm_public";

/**
 * Sends a body and, as often as the server asks for it, once more with the
 * hosts that the operator confirms.
 *
 * @param {(body: object) => Promise<object>} send
 * @param {object} body
 */
export async function withConfirmation(send, body) {
  let answer = await send(body);
  const confirmed = [];
  while (answer.code === CODE) {
    if (!(await ask(answer.targets))) return { success: false, message: "Not started: the target was not confirmed." };
    confirmed.push(...answer.targets.map(({ host }) => host));
    answer = await send({ ...body, confirm: confirmed });
  }
  return answer;
}

/** Where a target is, for people. */
export function whereabouts({ host, addresses }) {
  if (addresses.length === 0) return "resolved by the proxy";
  if (addresses.length === 1 && addresses[0] === host) return "";
  return addresses.join(", ");
}

/** Whether the operator confirms; closing the dialog does not. */
function ask(targets) {
  const dialog = byId("confirm");
  const hosts = targets.map(({ host }) => host);
  byId("confirm-targets").replaceChildren(
    ...targets.map((target) => {
      const where = el("span", { class: "quiet" }, whereabouts(target));
      return el("li", {}, el("b", {}, target.host), " ", where);
    }),
  );
  setText(byId("confirm-go"), hosts.length === 1 ? `Send load to ${hosts[0]}` : "Send load to all");
  return new Promise((resolve) => {
    const end = new AbortController();
    const listen = (element, event, yes) =>
      element.addEventListener(
        event,
        () => {
          end.abort();
          dialog.close();
          resolve(yes);
        },
        { signal: end.signal },
      );
    listen(byId("confirm-go"), "click", true);
    listen(byId("confirm-cancel"), "click", false);
    listen(dialog, "close", false);
    dialog.showModal();
  });
}
