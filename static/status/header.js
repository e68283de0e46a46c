// Header and banners: what goes on, where, and what is wrong with it.

import { undeliveredText } from "../state/delivery.js";
import { byId, setAttribute, setNotice, setText } from "../lib/dom.js";
import { clock, plural, rate } from "../lib/format.js";
import { isActive, isPreparing, runState } from "../state/store.js";
import { suiteHeadline, suiteVerdict } from "./suite.js";

const WORDS = {
  loading: "Connecting",
  ready: "Ready",
  spawning: "Spawning",
  running: "Running",
  paused: "Paused",
  stopping: "Stopping",
  stopped: "Stopped",
};
const CONNECTION = { connecting: "Connecting", live: "Connected", lost: "Reconnecting…" };

/** Shows state, scenario, host and connection at the top of the page. */
export function createHeader() {
  let announced = "";
  return {
    update(state) {
      const word = runState(state);
      const spoken = spokenWord(state, word);
      setAttribute(document.body, "data-state", word);
      setText(byId("state-word"), spoken);
      setText(byId("state-clock"), clockText(state));
      setText(byId("run-scenario"), suiteHeadline(state) || runName(state.run));
      setText(byId("run-host"), state.run?.host ?? "");
      const connection = byId("connection");
      setAttribute(connection, "data-connection", state.connection);
      setText(connection, CONNECTION[state.connection]);
      setTitle(state, word, spoken);
      const verdict = suiteVerdict(state);
      const said = `Swarm: ${spoken}${verdict === "" ? "" : `. All scenarios: ${verdict}`}`;
      if (said !== announced) {
        announced = said;
        setText(byId("announcer"), said);
      }
      showBanners(state, word);
    },
  };
}

const coolDown = ({ suite }) => suite?.cool_down_left_s ?? null;

function spokenWord(state, word) {
  if (coolDown(state) !== null) return "Cooling down";
  return isPreparing(state) ? "Preparing" : (WORDS[word] ?? word);
}

function clockText(state) {
  const left = coolDown(state);
  if (left !== null) return `${left} s`;
  return state.run && !isPreparing(state) ? clock(state.frame?.elapsed_s) : "";
}

/** What runs, and under which label. */
function runName(run) {
  return [run?.scenario, run?.profile].filter(Boolean).join(" · ");
}

function setTitle(state, word, spoken) {
  const moving = state.run && state.frame && word !== "stopped";
  const pace = moving ? `${rate(state.frame.rps)}/s · ` : "";
  const title = `${pace}${spoken} · Swarmdeck`;
  if (document.title !== title) document.title = title;
}

function showBanners(state, word) {
  const lost = state.connection === "lost";
  const goesOn = isActive(state);
  const rest = goesOn ? " Figures are frozen; the test may still be running." : "";
  setNotice(byId("banner-connection"), lost ? `Connection lost, retrying.${rest}` : "");

  const frame = state.run ? state.frame : null;
  setNotice(byId("banner-on-start"), startFailureText(frame));
  setNotice(byId("banner-verdict"), frame?.verdict ? `Invalid run: ${frame.verdict}.` : "");
  setNotice(byId("banner-dropped"), undeliveredText(frame?.delivery));
}

/** How many users could not start, and why the latest of them. */
export function startFailureText(frame) {
  if (!frame?.users_failed) return "";
  const why = frame.start_failure;
  const at = why ? ` at ${why.request} (${why.failure})` : "";
  return `${plural(frame.users_failed, "user")} could not start: on_start failed${at}.`;
}
