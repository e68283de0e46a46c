// What probes read, sorted into charts: pure, so that it can be tested.

const COLORS = ["--users", "--go", "--p95", "--p50", "--starts", "--p99", "--warn", "--fail"];

/**
 * A chart for each unit of each probe that the scenario names. Readings of
 * others, that of the program itself for one, are not about the target.
 * @param {Record<string, {unit: string}>} readings by name, `PROBE.READING`
 * @param {string[]} probes names of probes, in the order of the scenario
 * @returns {{id: string, title: string, lines: {label: string, reading: string, color: string}[]}[]}
 */
export function readingCharts(readings, probes) {
  const charts = new Map();
  for (const probe of probes) {
    for (const [name, { unit }] of Object.entries(readings)) {
      if (!name.startsWith(`${probe}.`)) continue;
      const id = `${probe} ${unit}`;
      const title = unit ? `${probe}, ${unit}` : probe;
      if (!charts.has(id)) charts.set(id, { id, title, lines: [] });
      const { lines } = charts.get(id);
      const color = COLORS[lines.length % COLORS.length];
      lines.push({ label: name.slice(probe.length + 1), reading: name, color });
    }
  }
  return [...charts.values()];
}

/**
 * Readings on one time axis: probes do not read at the same moments, so a
 * value that is not there is a gap, which is drawn over.
 * @returns {[number[], ...(number|null)[][]]}
 */
export function readingColumns(readings, names) {
  const all = names.map((name) => readings[name] ?? { t_s: [], value: [] });
  const times = [...new Set(all.flatMap(({ t_s }) => t_s))].sort((a, b) => a - b);
  const places = new Map(times.map((t, i) => [t, i]));
  const columns = all.map(({ t_s, value }) => {
    const column = new Array(times.length).fill(null);
    t_s.forEach((t, i) => {
      column[places.get(t)] = value[i];
    });
    return column;
  });
  return [times, ...columns];
}
