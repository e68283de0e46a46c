// Wires the parts: the socket feeds the store, a frame draws what it holds.

import { createCapacityCard } from "./capacity_card.js";
import { createCharts } from "./charts.js";
import { createConduct } from "./conduct.js";
import { createControls } from "./controls.js";
import { createCriteria } from "./criteria.js";
import { createDemo } from "./demo.js";
import { byId } from "./dom.js";
import { createExplain } from "./explain.js";
import { createGenerator } from "./generator.js";
import { createHeader } from "./header.js";
import { createHelp } from "./help.js";
import { createKeys } from "./keys.js";
import { connect } from "./live.js";
import { createLogs } from "./logs.js";
import { createMenu } from "./menu.js";
import { createRails } from "./rails.js";
import { connection, initialState, isActive, reduce } from "./store.js";
import { createSaved } from "./saved.js";
import { createSuite } from "./suite.js";
import { createTables } from "./tables.js";
import { createTiles } from "./tiles.js";
import { createWindow } from "./window.js";

const RELOADED = "swarmdeck.reloaded";

let state = initialState();
let scheduled = false;

const explain = createExplain(byId("explain"));
const logs = createLogs();
createMenu(byId("downloads"));
createSaved();
createHelp(createKeys());
const stretch = createWindow({ onChange: schedule });
const charts = createCharts(
  byId("charts"),
  byId("target"),
  { resetZoom: byId("reset-zoom"), scale: byId("latency-scale"), time: byId("latency-time") },
  { onZoom: stretch.limit, onRow: (row) => tables.mark(row) },
);
const tables = createTables({
  onOpen: (tab) => logs.show(tab === "logs"),
  onRow: (row) => charts.toggleRow(row),
});
const parts = [
  createHeader(),
  createControls({ onPlan: (scenario, plan) => explain.update(scenario, plan) }),
  createConduct(),
  createTiles(document),
  createCriteria(),
  createSuite(),
  createRails(),
  createDemo(),
  charts,
  createCapacityCard(),
  stretch,
  createGenerator(),
];

function schedule() {
  // While the page is hidden no frame comes, and nothing is drawn.
  if (scheduled || document.hidden) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    for (const part of parts) part.update(state);
    // Tables are long: they have a frame of their own.
    requestAnimationFrame(() => tables.update(stretch.over(state)));
  });
}

/** A page of another build does not understand this server: load it anew, once. */
function reloadIfReplaced(build) {
  if (build === document.body.dataset.build) return;
  try {
    if (sessionStorage.getItem(RELOADED) === build) return;
    sessionStorage.setItem(RELOADED, build);
  } catch {
    return; // Without storage "once" cannot be kept.
  }
  location.reload();
}

const live = connect({
  path: "api/v1/live",
  expectsFrames: () => isActive(state),
  onConnection(word) {
    state = connection(state, word);
    schedule();
  },
  onMessage(message) {
    if (message.type === "hello") reloadIfReplaced(message.build);
    const wasFull = state.seriesFull;
    state = reduce(state, message);
    // A fresh hello brings the server's series, which is coarser with age.
    if (state.seriesFull && !wasFull) live.resync();
    schedule();
  },
});

document.addEventListener("visibilitychange", schedule);
schedule();
