// The six figures that read from three metres.

import { deliveredWords, isUndelivered } from "../state/delivery.js";
import { setAttribute, setText } from "../lib/dom.js";
import { count, latency, latencyParts, NONE, number, percentParts, rate, RESPONSE_TIME } from "../lib/format.js";
import { isPreparing, runState } from "../state/store.js";

const BLANK = "\u00a0";

/** @param {ParentNode} root holds a `[data-tile]` for each figure */
export function createTiles(root) {
  const tiles = new Map();
  for (const card of root.querySelectorAll("[data-tile]")) {
    tiles.set(card.dataset.tile, {
      card,
      value: card.querySelector("[data-value]"),
      unit: card.querySelector("[data-unit]"),
      first: card.querySelector("[data-first]"),
      second: card.querySelector("[data-second]"),
    });
  }

  const put = (id, { raw, text, unit = "", first = BLANK, second = BLANK, tone = null }) => {
    const tile = tiles.get(id);
    setText(tile.value, text);
    setAttribute(tile.value, "data-raw", raw == null ? "" : String(raw));
    setText(tile.unit, unit);
    setText(tile.first, first);
    setText(tile.second, second);
    setAttribute(tile.card, "data-tone", tone);
  };

  return {
    update(state) {
      const frame = state.run ? state.frame : null;
      if (!frame) {
        for (const id of tiles.keys()) put(id, { raw: null, text: NONE });
        return;
      }
      put("users", usersTile(frame, isPreparing(state) ? "preparing" : runState(state)));
      put("rps", rpsTile(frame, state.tables?.counts));
      put("failures", failuresTile(frame));
      for (const id of ["p50", "p95", "p99"]) put(id, latencyTile(id, frame, runState(state)));
    },
  };
}

function usersTile(frame, state) {
  const { target_users: target, planned_starts: starts } = frame;
  const figure = { raw: frame.users, text: count(frame.users) };
  // The plan of a run that ends is nobody, that of one to begin has not begun:
  // what was asked for says more.
  if (["preparing", "stopping", "stopped"].includes(state)) {
    return target === null ? figure : { ...figure, first: `target ${count(target)}` };
  }
  const paced = starts === null ? BLANK : `target ${number(starts)} task starts/s`;
  if (target === null && starts !== null) return { ...figure, first: "as needed", second: paced };
  // Beside planned users there are those that starts need: more than planned.
  const planned = count(frame.planned_users);
  const first = starts === null ? `of ${planned}` : `${planned} + as needed`;
  const isUnderWay = state === "spawning" && starts === null && target !== null;
  return { ...figure, first, second: isUnderWay && target !== frame.planned_users ? `ramping to ${count(target)}` : paced };
}

function rpsTile(frame, counts) {
  const inFlight = counts?.in_flight > 0 ? `${count(counts.in_flight)} in flight` : BLANK;
  return {
    raw: frame.rps,
    text: rate(frame.rps),
    first: `${count(frame.requests)} total`,
    second: deliveredWords(frame.delivery) || inFlight,
    tone: isUndelivered(frame.delivery) ? "bad" : null,
  };
}

function failuresTile(frame) {
  const share = frame.requests > 0 ? frame.failures / frame.requests : null;
  const [text, unit] = percentParts(share);
  return {
    raw: share === null ? null : share * 100,
    text,
    unit,
    first: frame.failures > 0 ? `${count(frame.failures)} total` : "none",
    second: frame.fps > 0 ? `${rate(frame.fps)}/s` : BLANK,
    tone: frame.failures > 0 ? "bad" : null,
  };
}

function latencyTile(id, frame, state) {
  const us = frame.now?.[`${id}_us`] ?? null;
  const [text, unit] = latencyParts(us);
  const whole = frame.total?.[`${id}_us`] ?? null;
  const response = frame.now?.[`response_${id}_us`] ?? null;
  const spans = state === "stopped" ? "whole run" : `run: ${latency(whole)}`;
  return {
    raw: us,
    text,
    unit,
    first: whole === null ? BLANK : spans,
    second: response === null ? BLANK : `${RESPONSE_TIME} ${latency(response)}`,
  };
}
