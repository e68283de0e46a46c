// Waits as people write them in a field, and as the scenario language has them.

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
