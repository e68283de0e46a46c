// The demo, where the program has a target of its own to play it on: a button,
// and a caption for each act.

import * as api from "../lib/api.js";
import { byId, setNotice, setShown, setText } from "../lib/dom.js";

/** Shows what is played; nothing where the page has no demo. */
export function createDemo() {
  const button = byId("demo");
  if (!button) return { update() {} };
  const leave = byId("demo-leave");
  /** One at a time: what is asked twice is refused once. */
  const ask = (control, call) =>
    control.addEventListener("click", async () => {
      if (control.disabled) return;
      control.disabled = true;
      const answer = await call();
      control.disabled = false;
      setNotice(byId("form-message"), answer.success ? "" : answer.message);
    });
  ask(button, api.playDemo);
  ask(leave, api.leaveDemo);
  return {
    update({ demo }) {
      setShown(byId("stage"), demo !== null);
      setText(byId("stage-announcer"), demo ? `${demo.title}: ${demo.text}.` : "");
      if (!demo) return;
      setText(byId("stage-title"), demo.title);
      setText(byId("stage-count"), `${demo.act} of ${demo.of}`);
      setText(byId("stage-words"), `${demo.text[0].toUpperCase()}${demo.text.slice(1)}.`);
    },
  };
}
