// Numbers to words. Pure: no DOM, no clock, no locale of the machine, so that
// two people who look at the same run read the same figures.

/** What stands where there is no figure. */
export const NONE = "–";

/** The two kinds of time, as `docs/metrics.md` defines them, under their only names. */
export const SERVICE_TIME = "Service time";
export const RESPONSE_TIME = "Response time (with queueing)";

const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

const group = (digits) => digits.replace(/\B(?=(\d{3})+(?!\d))/g, ",");

/** A whole number with thousands separated: 1,412,905. */
export function count(value) {
  return isNumber(value) ? group(String(Math.round(value))) : NONE;
}

/** A rate per second: 11,482 · 80.1 · 0.42. */
export function rate(value) {
  if (!isNumber(value)) return NONE;
  if (value === 0) return "0";
  if (value < 0.01) return "<0.01";
  if (value < 9.995) return value.toFixed(2);
  if (value < 99.95) return value.toFixed(1);
  return count(value);
}

/** A rate as somebody gave it: 50 is not told as 50.0. */
export function figure(value) {
  return Number.isInteger(value) ? count(value) : rate(value);
}

const PHASES = [
  ["resolve", "resolve_us"],
  ["connect", "connect_us"],
  ["TLS", "tls_us"],
  ["first byte", "first_byte_us"],
  ["transfer", "transfer_us"],
];

/** The phases of a request that took time: ["connect 0.21 ms", "first byte 4.1 ms"]. */
export function phaseTimes(phases) {
  const parts = PHASES.filter(([, field]) => phases[field] > 0);
  return parts.map(([word, field]) => `${word} ${latency(phases[field])}`);
}

/** Microseconds as a figure and its unit: ["4.1", "ms"]. */
export function latencyParts(us) {
  if (!isNumber(us)) return [NONE, ""];
  const ms = us / 1000;
  if (ms < 0.995) return [ms.toFixed(2), "ms"];
  if (ms < 9.95) return [ms.toFixed(1), "ms"];
  if (ms < 999.5) return [ms.toFixed(0), "ms"];
  const s = ms / 1000;
  if (s < 9.995) return [s.toFixed(2), "s"];
  if (s < 99.95) return [s.toFixed(1), "s"];
  return [count(s), "s"];
}

/** Microseconds as text: 4.1 ms. */
export function latency(us) {
  const [figure, unit] = latencyParts(us);
  return unit ? `${figure} ${unit}` : figure;
}

/** A share (0 to 1) as percent. Never says 0 or 100 of what is not quite so. */
export function percent(share) {
  if (!isNumber(share)) return NONE;
  const value = share * 100;
  if (value <= 0) return "0";
  if (value >= 100) return "100";
  if (value < 0.01) return "<0.01";
  if (value > 99.99) return ">99.99";
  if (value < 9.995 || value >= 99) return value.toFixed(2);
  return value.toFixed(1);
}

/** A part of a whole (0 to 1) as percent, in few digits: 60 % · 5.2 % · <0.1 %. */
export function part(share) {
  if (!isNumber(share)) return NONE;
  const value = share * 100;
  if (value === 0) return "0 %";
  if (value < 0.1) return "<0.1 %";
  return `${value < 9.95 ? Number(value.toFixed(1)) : Math.round(value)} %`;
}

/** Bytes: 318 B · 4.2 KiB · 1.3 MiB. */
export function bytes(value) {
  if (!isNumber(value)) return NONE;
  if (value < 999.5) return `${Math.round(value)} B`;
  let size = value;
  for (const unit of ["KiB", "MiB", "GiB"]) {
    size /= 1024;
    if (size < 999.5 || unit === "GiB") {
      return `${size < 9.95 ? size.toFixed(1) : count(size)} ${unit}`;
    }
  }
  return NONE;
}

/** Seconds as a clock: 02:14 · 1:02:14. */
export function clock(seconds) {
  if (!isNumber(seconds)) return NONE;
  const whole = Math.max(0, Math.floor(seconds));
  const pad = (n) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h}:${pad(m)}:${pad(s)}` : `${pad(m)}:${pad(s)}`;
}

/** Seconds on an axis: 0:30 · 12:00 · 1:02:00; of a short stretch 0:04.5. */
export function axisTime(seconds) {
  const text = clock(seconds).replace(/^0(\d:)/, "$1");
  const tenths = Math.floor((seconds % 1) * 10 + 1e-6);
  return tenths > 0 ? `${text}.${tenths}` : text;
}

/** A number on an axis, short: 15k · 1.5M · 0.5. */
export function axisCount(value) {
  if (!isNumber(value)) return "";
  const trim = (n) => String(Number(n.toFixed(2)));
  if (Math.abs(value) >= 1e6) return `${trim(value / 1e6)}M`;
  if (Math.abs(value) >= 1e4) return `${trim(value / 1e3)}k`;
  return value === Math.round(value) ? count(value) : trim(value);
}

/** Milliseconds on an axis, short: 1 ms · 250 µs · 2 s. */
export function axisLatency(ms) {
  if (!isNumber(ms)) return "";
  const trim = (n) => String(Number(n.toPrecision(3)));
  if (ms === 0) return "0";
  if (ms < 1) return `${trim(ms * 1000)} µs`;
  if (ms < 1000) return `${trim(ms)} ms`;
  return `${trim(ms / 1000)} s`;
}

const UNITS_S = { h: 3600, m: 60, s: 1, ms: 0.001 };

/**
 * A duration as an operator types it (2m, 1m30s, 90) in seconds; null where
 * there is none. The server decides what is valid, this only draws the plan.
 */
export function durationSeconds(text) {
  const trimmed = text.trim();
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed);
  if (!/^(\d+(\.\d+)?(h|ms|m|s)\s*)+$/.test(trimmed)) return null;
  let seconds = 0;
  for (const [, figure, , unit] of trimmed.matchAll(/(\d+(\.\d+)?)(h|ms|m|s)/g)) {
    seconds += Number(figure) * UNITS_S[unit];
  }
  return seconds;
}

/** Seconds as an operator would type them: 2s · 1m30s · 500ms. */
export function duration(seconds) {
  if (!isNumber(seconds)) return NONE;
  const ms = Math.round(seconds * 1000);
  if (ms < 1000 && ms > 0) return `${ms}ms`;
  const [h, m, s] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, (ms % 60_000) / 1000];
  const text = `${h > 0 ? `${h}h` : ""}${m > 0 ? `${m}m` : ""}${s > 0 ? `${s}s` : ""}`;
  return text || "0s";
}

/** One of many: plural(1, "user") is "1 user". */
export function plural(value, word) {
  return `${count(value)} ${word}${value === 1 ? "" : "s"}`;
}

const SLIDER_STEPS = 1000;

/**
 * The value at a slider's position (0 to 1000): equal steps multiply, so that
 * 10 and 10,000 are equally easy to hit. Rounded to two digits.
 */
export function sliderValue(position, max) {
  const exact = max ** (position / SLIDER_STEPS);
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(exact)) - 1);
  return Math.min(max, Math.max(1, Math.round(exact / unit) * unit));
}

/**
 * The next figure above (1) or below (-1) in steps of about a tenth: 57 to 58,
 * 110 to 120. Never below 1, unless it was there before.
 */
export function nudged(value, sign) {
  const from = isNumber(value) ? value : 0;
  // From 100 down the steps are those of 99.
  const order = Math.floor(Math.log10(Math.max(1, sign > 0 ? from : from - 1e-6)));
  const step = Math.max(1, 10 ** (order - 1));
  const next = sign > 0 ? Math.floor(from / step) + 1 : Math.ceil(from / step) - 1;
  return Math.max(Math.min(1, from), next * step);
}

/** Where a value stands on that slider. */
export function sliderPosition(value, max) {
  if (!isNumber(value) || value <= 1) return 0;
  const position = (Math.log(value) / Math.log(max)) * SLIDER_STEPS;
  return Math.min(SLIDER_STEPS, Math.round(position));
}

/** The time of day where the reader is, of Unix milliseconds: 18:51:42.187. */
export function dayTime(unixMs) {
  if (!isNumber(unixMs)) return NONE;
  const at = new Date(unixMs);
  const two = (value) => String(value).padStart(2, "0");
  const millis = String(at.getMilliseconds()).padStart(3, "0");
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${millis}`;
}
