// How service times are spread over time: pure, so that it can be tested.
//
// Columns, oldest first: `{from_s, to_s, total, cells}`, and of each the cells
// that hold samples, from fast to slow: `{low_us, high_us, count, shade}`, where
// `shade` is how strong its colour is, 1 to 255.

/** Columns kept at most; the server's own are fewer. */
export const MAX_COLUMNS = 2400;

/** The columns with those of an answer of the server, which replace what they overlap. */
export function joined(columns, { from_s, to_s, edges_us, cells }) {
  const added = from_s.map((from, i) => ({ from_s: from, to_s: to_s[i], total: 0, cells: [] }));
  cells.column.forEach((column, i) => {
    const row = cells.row[i];
    const count = cells.count[i];
    added[column].cells.push({ low_us: edges_us[row], high_us: edges_us[row + 1], count, shade: 0 });
    added[column].total += count;
  });
  for (const { total, cells: own } of added) {
    for (const cell of own) cell.shade = 1 + Math.round(254 * strength(cell.count / total));
  }
  const first = added[0]?.from_s ?? Infinity;
  return [...columns.filter((column) => column.to_s <= first), ...added];
}

/** The column at a moment; undefined where there is none. */
export function columnAt(columns, t_s) {
  let [low, high] = [0, columns.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (columns[middle].to_s <= t_s) low = middle + 1;
    else high = middle;
  }
  const column = columns[low];
  return column && column.from_s <= t_s ? column : undefined;
}

/** The cell of a column at a time; undefined where no sample is. */
export const cellAt = (column, us) =>
  column.cells.find(({ low_us, high_us }) => low_us <= us && us < high_us);

/** From the fastest to the slowest that there is, in microseconds. */
export function heatRange(columns) {
  let [low, high] = [Infinity, 0];
  for (const { cells } of columns) {
    if (cells.length === 0) continue;
    low = Math.min(low, cells[0].low_us);
    high = Math.max(high, cells.at(-1).high_us);
  }
  return high > 0 ? [Math.max(low, 1), high] : [1000, 1_000_000];
}

/** The share that is as faint as can be seen. */
const FAINTEST = 0.001;

/** How strong the colour of a share is, 0 to 1: equal steps multiply. */
export function strength(share) {
  if (!(share > 0)) return 0;
  const steps = Math.log10(share / FAINTEST) / Math.log10(1 / FAINTEST);
  return Math.min(1, Math.max(0, steps));
}

/**
 * Writes the strength of each pixel, 1 to 255, 0 for no sample. Where several
 * columns share a pixel, the strongest is seen.
 * @param {Uint8Array} shades `width` times `height`, row by row
 * @param {(t_s: number) => number} toX
 * @param {(us: number) => number} toY
 */
export function shade(shades, width, height, columns, toX, toY) {
  shades.fill(0);
  const rows = new Map(); // Edges are few, and asked for again and again.
  const yOf = (us) => {
    let y = rows.get(us);
    if (y === undefined) rows.set(us, (y = Math.round(toY(Math.max(us, 0.5)))));
    return y;
  };
  for (const { from_s, to_s, cells } of columns) {
    const left = Math.max(0, Math.round(toX(from_s)));
    const right = Math.min(width, Math.max(left + 1, Math.round(toX(to_s))));
    if (right <= 0 || left >= width) continue;
    for (const { low_us, high_us, shade: value } of cells) {
      // What lies below the axis is in its lowest row, what lies above in its highest.
      const top = Math.min(height - 1, Math.max(0, yOf(high_us)));
      const bottom = Math.min(height, Math.max(top + 1, yOf(low_us)));
      for (let y = top; y < bottom; y += 1) {
        for (let at = y * width + left; at < y * width + right; at += 1) {
          if (shades[at] < value) shades[at] = value;
        }
      }
    }
  }
}

/** The colours of 256 strengths between these stops (`#rrggbb`), as pixels; the first is none. */
export function palette(stops) {
  const parts = stops.map((stop) => [1, 3, 5].map((at) => parseInt(stop.slice(at, at + 2), 16)));
  const pixels = new Uint8ClampedArray(256 * 4);
  for (let i = 1; i < 256; i += 1) {
    const place = ((i - 1) / 254) * (parts.length - 1);
    const at = Math.min(parts.length - 2, Math.floor(place));
    const mixed = parts[at].map((from, k) => from + (parts[at + 1][k] - from) * (place - at));
    pixels.set([...mixed, 255], i * 4);
  }
  return new Uint32Array(pixels.buffer);
}

/** Rows of a table: a cell each, of the columns that lie between two moments. */
export function heatTable(columns, [from, to]) {
  const seen = columns.filter(({ from_s, to_s }) => to_s > from && from_s < to);
  const rows = seen.flatMap(({ from_s, to_s, cells }) =>
    cells.map(({ low_us, high_us, count }) => [from_s, to_s, low_us, high_us, count]),
  );
  return [["from_s", "to_s", "from_us", "to_us", "count"], ...rows];
}
