// Durations and waits as people type them in a field.

const UNITS_S = { h: 3600, m: 60, s: 1, ms: 0.001 };

/**
 * A duration (2m, 1m30s, 90) in seconds; null for anything else. The server
 * decides what is valid, this only draws the plan.
 */
export function parseDuration(text) {
  const typed = text.trim();
  if (/^\d+(\.\d+)?$/.test(typed)) return Number(typed);
  if (!/^(\d+(\.\d+)?(h|ms|m|s)\s*)+$/.test(typed)) return null;
  let seconds = 0;
  for (const [, figure, , unit] of typed.matchAll(/(\d+(\.\d+)?)(h|ms|m|s)/g)) {
    seconds += Number(figure) * UNITS_S[unit];
  }
  return seconds;
}

const DURATION = String.raw`\d+(?:\.\d+)?(?:us|ms|s|m|h)?`;
const BETWEEN = new RegExp(`^(${DURATION})\\s*(?:to|-|–)\\s*(${DURATION})$`);
const KIND = /^(pacing|throughput|poisson)\s+(\S+)$/;

/** How a wait can be written. */
export const WAIT_FORMS = "none, 1s, 500ms to 2s, pacing 2s, throughput 0.5/s or poisson 2/s";

/**
 * `1s`, `500ms to 2s`, `pacing 2s`, `throughput 0.5/s`, `poisson 2/s`, `none`.
 * @returns {string|object|null} as a scenario file has it; null for anything else
 */
export function parseWait(text) {
  const said = text.trim();
  if (said === "none" || new RegExp(`^${DURATION}$`).test(said)) return said;
  const between = said.match(BETWEEN);
  if (between) return { between: [between[1], between[2]] };
  const kind = said.match(KIND);
  return kind ? { [kind[1]]: kind[2] } : null;
}
