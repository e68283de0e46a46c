// Requests. Every answer to one that changes the run is {success, message, field?};
// where a guard rail stands in the way also {code, targets?}.

import { AUTHOR } from "./author.js";

const RUN = "api/v1/run";

/** Starts a run: {scenario, classes, users, spawn_rate, host, run_time, profile}. */
export const start = (load) => send("POST", RUN, load);
/** Changes the load of the run: {users, spawn_rate}. */
export const edit = (load) => send("PATCH", RUN, load);
/** Stops the run, and the suite that it is part of; the figures stand. */
export const stop = () => send("POST", `${RUN}/stop`);
/** Ends the run at once: every request is cut off, every connection closed. */
export const halt = () => send("POST", `${RUN}/halt`);
/** Lets users finish their tasks and begin nothing. */
export const pause = () => send("POST", `${RUN}/pause`);
/** Lets a paused run go on. */
export const resume = () => send("POST", `${RUN}/resume`);
/** Lets more users come for a while: {factor, rise, hold}. */
export const burst = (wish) => send("POST", `${RUN}/burst`, wish);
/** Changes one thing, worded as an entry of a timeline: {class, weight}, {run_time}, ... */
export const change = (wish) => send("POST", `${RUN}/change`, wish);
/** Lets every task go on to its end, then stops. */
export const drain = () => send("POST", `${RUN}/drain`);
/** Takes one's own last change back. */
export const undo = () => send("POST", `${RUN}/undo`);
/** Zeroes the statistics. */
export const reset = () => send("POST", `${RUN}/reset`);
/** Puts the stopped run away. */
export const putAway = () => send("DELETE", RUN);

/** Runs scenarios one after the other: {host}. */
export const startAll = (wish) => send("POST", "api/v1/suite", wish);

/** Plays the demo. */
export const playDemo = () => send("POST", "api/v1/demo");
/** Leaves the demo; its run goes on. */
export const leaveDemo = () => send("DELETE", "api/v1/demo");

/** What there is to see at a path; null when it does not come. */
export async function list(path) {
  try {
    const response = await fetch(path);
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

/** What there is to see at a path, or why it does not come: {success: false, message}. */
export async function get(path) {
  try {
    return await (await fetch(path)).json();
  } catch {
    return { success: false, message: "Swarmdeck does not respond. Is it still running?" };
  }
}

/** Never throws: a failure is an answer too. */
async function send(method, path, body) {
  const headers = { "Swarmdeck-Author": AUTHOR };
  if (body) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
  } catch {
    return { success: false, message: "Swarmdeck does not respond. Is it still running?" };
  }
  try {
    const answer = await response.json();
    if (typeof answer.success === "boolean") return answer;
  } catch {
    // Not ours, or no body: the status has to do.
  }
  return { success: response.ok, message: response.ok ? "" : `Refused: HTTP ${response.status}` };
}
