// The figures that a slider and the arrow keys reach: pure, so that they can be tested.

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
  const from = Number.isFinite(value) ? value : 0;
  // From 100 down the steps are those of 99.
  const order = Math.floor(Math.log10(Math.max(1, sign > 0 ? from : from - 1e-6)));
  const step = Math.max(1, 10 ** (order - 1));
  const next = sign > 0 ? Math.floor(from / step) + 1 : Math.ceil(from / step) - 1;
  return Math.max(Math.min(1, from), next * step);
}

/** Where a value stands on that slider. */
export function sliderPosition(value, max) {
  if (!(value > 1)) return 0;
  const position = (Math.log(value) / Math.log(max)) * SLIDER_STEPS;
  return Math.min(SLIDER_STEPS, Math.round(position));
}
