// Columns of equal length by name, as the server sends them: pure, so that it can be tested.

/** No rows; all have an end and a width. */
export const EMPTY = { t_s: [], width_s: [] };

/** How many rows there are. */
export const lengthOf = ({ t_s }) => t_s?.length ?? 0;

/**
 * The first `keep` rows of the one and the rows of the other from `from` on. What
 * only one of them names is blank in the rows of the other.
 */
export function joinColumns(held, added, { keep = lengthOf(held), from = 0 } = {}) {
  const column = (columns, name) => {
    const values = columns[name] ?? [];
    return Array.from({ length: lengthOf(columns) }, (_, i) => values[i] ?? null);
  };
  const names = new Set([...Object.keys(held), ...Object.keys(added)]);
  const joined = (name) => [...column(held, name).slice(0, keep), ...column(added, name).slice(from)];
  return Object.fromEntries([...names].map((name) => [name, joined(name)]));
}
