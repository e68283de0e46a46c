// The number formatter of the page and of reports. `src/model/number_text.rs` is the same in
// Rust; both are tested against `tests/format_cases.json`, so that a figure reads
// the same on the page, in the terminal and in every report. Pure: no locale of
// the machine, no clock.
//
// - A missing figure is a dash, never a zero. Thousands are separated. Halves are
//   rounded up: `round(value * 10^digits)`, in binary floating point.
// - Measured figures have three significant digits, and no fewer when the last is
//   0 (80.0): columns do not jitter. From 100 on they are whole numbers.
// - Times are in milliseconds below 1 s (down to 0.001 ms, the resolution of the
//   measurement), in seconds from there on: one scale for all that is compared.
// - Figures that were set, and shares, lose zeros behind the point: 50, 0.5, 60%.
// - A share is never 0% or 100% unless it is exactly that; from 99% on it has two
//   digits behind the point. The percent sign follows without a space.
// - Clocks are 0:05 and 1:02:14, cut to seconds; durations are as in a scenario: 1m30s.

/** Stands for a missing figure. */
export const NONE = "–";

/** The two kinds of time, as `docs/metrics.md` defines them, under their only names. */
export const SERVICE_TIME = "Service time";
export const RESPONSE_TIME = "Response time (with queueing)";

const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

const group = (digits) => digits.replace(/\B(?=(\d{3})+(?!\d))/g, ",");

/** A value that is not negative, in decimal notation, halves rounded up. */
function fixed(value, digits) {
  const steps = Math.round(value * 10 ** digits);
  const text = String(steps).padStart(digits + 1, "0");
  const point = text.length - digits;
  return digits > 0 ? `${group(text.slice(0, point))}.${text.slice(point)}` : group(text);
}

const trimmed = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);

/** Three digits from 1 on, the whole number from 100 on; `below1` digits behind the point below 1. */
function threeDigits(value, below1 = 2) {
  if (value < 1 - 0.5 / 10 ** below1) return fixed(value, below1);
  if (value < 9.995) return fixed(value, 2);
  return fixed(value, value < 99.95 ? 1 : 0);
}

/** A whole number: 1,412,905. */
export function count(value) {
  return isNumber(value) ? fixed(value, 0) : NONE;
}

/** A measured rate per second: 11,482 · 80.0 · 0.42. */
export function rate(value) {
  if (!isNumber(value)) return NONE;
  if (value === 0) return "0";
  return value < 0.01 ? "<0.01" : threeDigits(value);
}

/** A number that was set, or read by a probe: 50 · 0.5 · 1,234 · -12.5. */
export function number(value) {
  if (!isNumber(value)) return NONE;
  const size = Math.abs(value);
  const below1 = size > 0 && size < 1 ? Math.min(12, 2 - Math.floor(Math.log10(size))) : 2;
  return `${value < 0 ? "-" : ""}${trimmed(threeDigits(size, below1))}`;
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

/** A time in microseconds as a figure and its unit: ["6.47", "ms"]. */
export function latencyParts(us) {
  if (!isNumber(us)) return [NONE, ""];
  if (us === 0) return ["0", "ms"];
  if (us < 0.5) return ["<0.001", "ms"];
  return us < 999_500 ? [threeDigits(us / 1e3, 3), "ms"] : [threeDigits(us / 1e6), "s"];
}

/** A time in microseconds: 0.310 ms · 6.47 ms · 1.23 s. */
export function latency(us) {
  return latencyParts(us).join(" ").trim();
}

/** A share (0 to 1) as a figure and its unit: ["99.5", "%"]. */
export function percentParts(share) {
  if (!isNumber(share)) return [NONE, ""];
  const value = share * 100;
  if (value <= 0) return ["0", "%"];
  if (value >= 100) return ["100", "%"];
  if (value < 0.01) return ["<0.01", "%"];
  if (value > 99.99) return [">99.99", "%"];
  return [trimmed(value < 99 ? threeDigits(value) : fixed(value, 2)), "%"];
}

/** A share (0 to 1): 60% · 5.23% · 99.95%. */
export function percent(share) {
  return percentParts(share).join("");
}

/** A size in bytes: 318 B · 4.20 KiB · 117 MiB. */
export function bytes(value) {
  if (!isNumber(value)) return NONE;
  const units = ["B", "KiB", "MiB", "GiB"];
  let size = value;
  while (size >= 999.5 && units.length > 1) {
    size /= 1024;
    units.shift();
  }
  return `${units[0] === "B" ? fixed(size, 0) : threeDigits(size)} ${units[0]}`;
}

/** Seconds since the start: 2:14 · 1:02:14. */
export function clock(seconds) {
  if (!isNumber(seconds)) return NONE;
  const whole = Math.max(0, Math.floor(seconds));
  const pad = (n) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
}

/** Seconds on an axis: 0:30 · 12:00 · 1:02:00; of a short stretch 0:04.5. */
export function axisTime(seconds) {
  const text = clock(seconds);
  const tenths = Math.floor((seconds % 1) * 10 + 1e-6);
  return tenths > 0 ? `${text}.${tenths}` : text;
}

/** A number on an axis: 10,000 · 1.5M · 0.5. */
export function axisCount(value) {
  if (!isNumber(value)) return "";
  return Math.abs(value) >= 1e6 ? `${number(value / 1e6)}M` : number(value);
}

/** Milliseconds on an axis: 0.1 ms · 250 ms · 2 s. */
export function axisLatency(ms) {
  if (!isNumber(ms)) return "";
  if (ms === 0) return "0";
  return ms < 1000 ? `${number(ms)} ms` : `${number(ms / 1000)} s`;
}

/** Seconds as an operator would type them: 2s · 1m30s · 500ms. */
export function duration(seconds) {
  if (!isNumber(seconds) || seconds < 0) return NONE;
  if (seconds > 0 && seconds < 0.9995) return `${number(seconds * 1000)}ms`;
  if (seconds < 59.95) return `${number(seconds)}s`;
  const whole = Math.round(seconds);
  const parts = [["h", Math.floor(whole / 3600)], ["m", Math.floor(whole / 60) % 60], ["s", whole % 60]];
  return parts.filter(([, value]) => value > 0).map(([unit, value]) => `${value}${unit}`).join("");
}

/** One of many: plural(1, "user") is "1 user". */
export function plural(value, word) {
  return `${count(value)} ${word}${value === 1 ? "" : "s"}`;
}

/** The time of day where the reader is, of Unix milliseconds: 18:51:42.187. */
export function dayTime(unixMs) {
  if (!isNumber(unixMs)) return NONE;
  const at = new Date(unixMs);
  const two = (value) => String(value).padStart(2, "0");
  const millis = String(at.getMilliseconds()).padStart(3, "0");
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${millis}`;
}
