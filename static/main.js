// Wires the parts: the socket feeds the store, a frame draws what it holds.

import { createCapacityCard } from "./charts/capacity_card.js";
import { createRunCharts } from "./charts/run_charts.js";
import { createDemo } from "./controls/demo.js";
import { createHelpSheet } from "./controls/help_sheet.js";
import { createKeyboard } from "./controls/keyboard.js";
import { createOverrides } from "./controls/overrides.js";
import { createRunControls } from "./controls/run_controls.js";
import { createScenarioExport } from "./controls/scenario_export.js";
import { createScenarioPreview } from "./controls/scenario_preview.js";
import { byId } from "./lib/dom.js";
import { createMenu } from "./lib/menu.js";
import { connect } from "./state/live.js";
import { connection, initialState, isActive, reduce } from "./state/store.js";
import { createCriteria } from "./status/criteria.js";
import { createGenerator } from "./status/generator.js";
import { createGuardRails } from "./status/guard_rails.js";
import { createHeader } from "./status/header.js";
import { createSuite } from "./status/suite.js";
import { createTiles } from "./status/tiles.js";
import { createLogs } from "./tables/logs.js";
import { createTableWindow } from "./tables/table_window.js";
import { createTables } from "./tables/tables.js";

const RELOADED = "swarmdeck.reloaded";

let state = initialState();
let scheduled = false;

const preview = createScenarioPreview(byId("explain"));
const logs = createLogs();
createMenu(byId("downloads"));
createScenarioExport();
createHelpSheet(createKeyboard());
const tableWindow = createTableWindow({ onChange: schedule });
const charts = createRunCharts(
  byId("charts"),
  byId("target"),
  { resetZoom: byId("reset-zoom"), scale: byId("latency-scale"), time: byId("latency-time") },
  { onZoom: tableWindow.limit, onRow: (row) => tables.mark(row) },
);
const tables = createTables({
  onOpen: (tab) => logs.show(tab === "logs"),
  onRow: (row) => charts.toggleRow(row),
});
const parts = [
  createHeader(),
  createRunControls({ onPlan: (scenario, plan) => preview.update(scenario, plan) }),
  createOverrides(),
  createTiles(document),
  createCriteria(),
  createSuite(),
  createGuardRails(),
  createDemo(),
  charts,
  createCapacityCard(),
  tableWindow,
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
    requestAnimationFrame(() => tables.update(tableWindow.over(state)));
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
