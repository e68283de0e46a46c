// Saving what was played: the scenario with a timeline, and what that adds to it.

import * as api from "../lib/api.js";
import { byId, el, setNotice } from "../lib/dom.js";

const LOOK = { "+": "added", "-": "removed", " ": "kept" };

/** The button in the menu, and the dialog that it opens. */
export function createScenarioExport() {
  const dialog = byId("scenario-export");
  const diff = byId("scenario-export-diff");
  let file = null;

  byId("save-scenario").addEventListener("click", async () => {
    const answer = await api.get("api/v1/run/scenario");
    file = answer.success === false ? null : answer;
    setNotice(byId("scenario-export-message"), file ? "" : answer.message);
    const lines = file?.diff ?? [];
    diff.replaceChildren(...lines.map((line) => el("span", { class: LOOK[line[0]] }, `${line}\n`)));
    byId("scenario-export-download").disabled = file === null;
    dialog.showModal();
    diff.querySelector(".added, .removed")?.scrollIntoView({ block: "center" });
  });
  byId("scenario-export-download").addEventListener("click", () => {
    const url = URL.createObjectURL(new Blob([file.text], { type: "application/yaml" }));
    el("a", { href: url, download: file.file }).click();
    // The download has its own hold on it from here on.
    setTimeout(() => URL.revokeObjectURL(url), 1000);
    dialog.close();
  });
  byId("scenario-export-close").addEventListener("click", () => dialog.close());
}
