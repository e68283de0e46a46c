// What is drawn over charts: the events of the run, and its criteria.

import { markerLabel } from "./axes.js";
import { css } from "../lib/dom.js";

export const FONT = '11px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';

const scaledFont = () => FONT.replace("11px", `${11 * devicePixelRatio}px`);

/** Events as vertical lines with a word each, as far as there is room. */
export function drawMarkers(u, marks) {
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio;
  const colors = { error: css("--fail"), warning: css("--warn"), info: css("--soft") };
  let labelEnd = -Infinity;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, 0, bbox.width, bbox.top + bbox.height);
  ctx.clip();
  ctx.font = scaledFont();
  ctx.textAlign = "left";
  ctx.textBaseline = "alphabetic";
  ctx.setLineDash([4 * ratio, 4 * ratio]);
  ctx.lineWidth = ratio;
  for (const mark of marks) {
    const x = Math.round(u.valToPos(mark.t_s, "x", true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.strokeStyle = colors[mark.level] ?? colors.info;
    ctx.fillStyle = ctx.strokeStyle;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top - 4 * ratio);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const text = markerLabel(mark);
    const width = ctx.measureText(text).width;
    const right = bbox.left + bbox.width;
    const start = x + width + 4 * ratio > right ? right - width : x + 3 * ratio;
    if (start < labelEnd) continue; // the line has to do
    ctx.fillText(text, start, bbox.top - 5 * ratio);
    labelEnd = start + width + 8 * ratio;
  }
  ctx.restore();
}

/**
 * Stretches in which the plan was not met, as bands behind the lines; the first that
 * has room for it is named.
 * @param {[number, number][]} stretches in seconds
 */
export function drawUnmet(u, stretches) {
  if (stretches.length === 0) return;
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio;
  const color = css("--fail");
  const right = bbox.left + bbox.width;
  const x = (t) => Math.min(Math.max(u.valToPos(t, "x", true), bbox.left), right);
  let isNamed = false;
  ctx.save();
  ctx.font = scaledFont();
  ctx.textAlign = "left";
  ctx.textBaseline = "top";
  for (const [from, to] of stretches) {
    const [start, end] = [x(from), x(to)];
    if (end - start < 1) continue;
    ctx.fillStyle = `${color}1f`;
    ctx.fillRect(start, bbox.top, end - start, bbox.height);
    ctx.fillStyle = color;
    if (!isNamed && ctx.measureText(UNMET).width + 8 * ratio < end - start) {
      ctx.fillText(UNMET, start + 4 * ratio, bbox.top + 3 * ratio);
      isNamed = true;
    }
  }
  ctx.restore();
}

export const UNMET = "plan not met";

const TONES = { met: "--go", at_risk: "--warn", disturbed: "--warn", broken: "--fail" };

/**
 * Criteria as dashed lines, in the colour of how each stands. One beyond the
 * axis is named at its edge.
 * @param {{text: string, value: number, standing: string}[]} criteria in the axis' unit
 */
export function drawCriteria(u, criteria) {
  if (criteria.length === 0) return;
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio;
  const [top, bottom, right] = [bbox.top, bbox.top + bbox.height, bbox.left + bbox.width];
  const taken = [];
  ctx.save();
  ctx.font = scaledFont();
  ctx.textAlign = "right";
  ctx.textBaseline = "bottom";
  ctx.setLineDash([7 * ratio, 4 * ratio]);
  ctx.lineWidth = 1.5 * ratio;
  for (const { text, value, standing } of criteria) {
    const y = Math.round(u.valToPos(value, "y", true));
    if (y > bottom + 1) continue;
    const isBeyond = !(y >= top - 1);
    const color = css(TONES[standing] ?? "--soft");
    ctx.strokeStyle = color;
    if (!isBeyond) {
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(right, y);
      ctx.stroke();
    }
    const height = 14 * ratio;
    let base = isBeyond ? top + height : Math.max(y - 2 * ratio, top + height);
    // Names of lines close together stand below one another.
    while (taken.some((other) => Math.abs(other - base) < height)) base += height;
    if (base > bottom) continue; // the line has to do
    taken.push(base);
    ctx.lineWidth = 3 * ratio;
    ctx.setLineDash([]);
    ctx.strokeStyle = css("--panel");
    const word = isBeyond ? `${text} ↑` : text;
    ctx.strokeText(word, right - 4 * ratio, base);
    ctx.fillStyle = color;
    ctx.fillText(word, right - 4 * ratio, base);
    ctx.lineWidth = 1.5 * ratio;
    ctx.setLineDash([7 * ratio, 4 * ratio]);
  }
  ctx.restore();
}
