// Saving what was played: the scenario with a timeline, and what that adds to it.

import * as api from "./api.js";
import { byId, el, setNotice } from "./dom.js";

const LOOK = { "+": "added", "-": "removed", " ": "kept" };

/** The button in the menu, and the dialog that it opens. */
export function createSaved() {
  const dialog = byId("saved");
  const diff = byId("saved-diff");
  let file = null;

  byId("save-scenario").addEventListener("click", async () => {
    const answer = await api.get("api/v1/run/scenario");
    file = answer.success === false ? null : answer;
    setNotice(byId("saved-message"), file ? "" : answer.message);
    const lines = file?.diff ?? [];
    diff.replaceChildren(...lines.map((line) => el("span", { class: LOOK[line[0]] }, `${line}\n`)));
    byId("saved-download").disabled = file === null;
    dialog.showModal();
    diff.querySelector(".added, .removed")?.scrollIntoView({ block: "center" });
  });
  byId("saved-download").addEventListener("click", () => {
    const url = URL.createObjectURL(new Blob([file.text], { type: "application/yaml" }));
    el("a", { href: url, download: file.file }).click();
    // The download has its own hold on it from here on.
    setTimeout(() => URL.revokeObjectURL(url), 1000);
    dialog.close();
  });
  byId("saved-close").addEventListener("click", () => dialog.close());
}
