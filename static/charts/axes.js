// Scales and ticks of the charts: pure, so that they can be tested.

const STEPS = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/** The next round number at or above a value, but no less than `floor`. */
export function roundUp(value, floor) {
  if (!(value > floor)) return floor;
  const unit = 10 ** Math.floor(Math.log10(value));
  return STEPS.find((step) => step * unit >= value * 0.9999) * unit;
}

/** Seconds between ticks that a clock would choose. */
export const TIME_STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400,
];

/** What the time axis spans: all rows, from half a minute on. */
export function timeRange(times, widths) {
  if (times.length === 0) return [0, 60];
  const start = Math.max(0, times[0] - (widths[0] ?? 1));
  return [start, Math.max(times[times.length - 1], start + 30)];
}

/** The shortest stretch that is zoomed into, in seconds. */
export const ZOOM_MIN_S = 2;

/**
 * The stretch of time after a step (`in`, `out`, `earlier`, `later`) from one
 * within the whole; null where that is the whole.
 */
export function zoomed([from, to], [start, end], step) {
  const span = to - from;
  const factor = { in: 0.5, out: 2 }[step] ?? 1;
  const wanted = Math.max(ZOOM_MIN_S, span * factor);
  if (wanted >= end - start) return null;
  const middle = (from + to) / 2 + ({ earlier: -span, later: span }[step] ?? 0) / 4;
  const first = Math.min(Math.max(start, middle - wanted / 2), end - wanted);
  return [first, first + wanted];
}

/** Whole decades around the values, at least one. */
export function decades(min, max) {
  if (!(min > 0) || !(max > 0)) return [1, 1000];
  const low = 10 ** Math.floor(Math.log10(min) + 1e-9);
  const high = 10 ** Math.ceil(Math.log10(max) - 1e-9);
  return [low, Math.max(high, low * 10)];
}

/**
 * What an axis of values spans. Criteria are on it, unless all else would vanish.
 * @param {{isLog: boolean, floor: number, limits?: {value: number}[]}} axis
 */
export function valueRange({ isLog, floor, limits = [] }, min, max) {
  const values = limits.map(({ value }) => value).filter((value) => value > 0);
  if (isLog) {
    // No values at all are no reason to draw limits alone.
    return min > 0 ? decades(Math.min(min, ...values), Math.max(max, ...values)) : decades(min, max);
  }
  const near = values.filter((value) => value <= 4 * max);
  return [Math.min(0, min), roundUp(Math.max(max, ...near) * 1.02, floor) || 1];
}

/** Ticks of a logarithmic axis: decades, and within few of them 2 and 5 too. */
export function logTicks(min, max) {
  const count = Math.round(Math.log10(max / min));
  const within = count <= 2 ? [1, 2, 5] : [1];
  const ticks = [];
  for (let decade = 0; decade <= count; decade += 1) {
    for (const step of within) {
      const tick = Number((min * 10 ** decade * step).toPrecision(6));
      if (tick <= max * 1.0001) ticks.push(tick);
    }
  }
  return ticks;
}

/** The places of values that have no neighbour; null where there are none. */
export function isolated(values) {
  const places = [];
  for (let i = 0; i < values.length; i += 1) {
    if (values[i] != null && values[i - 1] == null && values[i + 1] == null) places.push(i);
  }
  return places.length > 0 ? places : null;
}

/** The word that stands at an event's marker. */
export function markerLabel(event) {
  if (event.kind === "on_start_failed") return "on_start failed";
  if (event.level === "error") return "error";
  if (event.level === "warning") return "warning";
  if (event.title) return event.title.toLowerCase();
  if (event.kind === "edited" && event.text.length <= 24) return event.text;
  return event.kind;
}
