// The guard rails that hold, and what they have done.

import { byId, setNotice } from "../lib/dom.js";
import { duration, number, plural } from "../lib/format.js";

/** What holds for every run, in sentences; empty where nothing does. */
export function railsSentence(rails) {
  if (!rails) return "";
  const most = [];
  if (rails.max_users !== null) most.push(plural(rails.max_users, "user"));
  if (rails.max_rps !== null) most.push(`${number(rails.max_rps)} requests/s`);
  const parts = [];
  if (most.length > 0) parts.push(`at most ${most.join(", ")}`);
  if (rails.targets !== null) parts.push(`targets: ${rails.targets.join(", ")}`);
  if (rails.confirm_public) parts.push("public targets need confirmation");
  if (rails.dead_man_s !== null) {
    parts.push(`ramps down when no dashboard is open for ${duration(rails.dead_man_s)}`);
  }
  return parts.length === 0 ? "" : `Guard rails: ${parts.join("; ")}.`;
}

/** Why the run on show was let go; empty where it was not. */
export function letGoText({ run, events }) {
  const text = run ? (events.findLast(({ kind }) => kind === "unattended")?.text ?? "") : "";
  return text === "" ? "" : `${text[0].toUpperCase()}${text.slice(1)}.`;
}

/** The line under the fields, and the banner. */
export function createGuardRails() {
  return {
    update(state) {
      setNotice(byId("rails"), railsSentence(state.rails));
      setNotice(byId("banner-unattended"), letGoText(state));
    },
  };
}
