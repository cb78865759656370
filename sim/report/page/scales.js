/* Scales, their ticks, and lines through points. Needs no page. */
import {digits} from "./numbers.js";

function niceTicks(low, high, count) {
  const span = high - low;
  if (!(span > 0)) return [low];
  const raw = span / Math.max(1, count),
    power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= raw * 0.999) * power;
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9) + 0; i * step <= high + step * 1e-9; i++) ticks.push(i * step);
  return ticks;
}
function timeTicks(low, high, count) {
  const raw = (high - low) / Math.max(1, count);
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];
  const step = raw < 1 ? null : steps.find((one) => one >= raw) || Math.ceil(raw / 86400) * 86400;
  if (!step) return niceTicks(low, high, count);
  const ticks = [];
  for (let i = Math.ceil(low / step); i * step <= high; i++) ticks.push(i * step);
  return ticks;
}
function timeLabel(seconds, span) {
  if (span <= 600) return digits(seconds) + " s";
  if (span <= 3 * 3600) return digits(seconds / 60) + " min";
  return digits(seconds / 3600, 3) + " h";
}
const linear = (low, high, from, to) => {
  const scale = (value) => from + ((value - low) / (high - low || 1)) * (to - from);
  scale.invert = (at) => low + ((at - from) / (to - from)) * (high - low);
  return Object.assign(scale, {low, high, from, to, log: false});
};
const logarithmic = (low, high, from, to) => {
  const inner = linear(Math.log(low), Math.log(high), from, to);
  const scale = (value) => inner(Math.log(Math.max(value, low)));
  scale.invert = (at) => Math.exp(inner.invert(at));
  return Object.assign(scale, {low, high, from, to, log: true});
};
function logTicks(low, high, room) {
  const ticks = [];
  const decades = Math.log10(high / low);
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
    for (const factor of decades > room / 2 ? [1] : decades > room / 5 ? [1, 3] : [1, 2, 5])
      if (factor * 10 ** power >= low * 0.999 && factor * 10 ** power <= high * 1.001) ticks.push(factor * 10 ** power);
  return ticks;
}

/* A line through points; gaps where a value is missing. */
function linePath(xs, ys, x, y) {
  let path = "",
    pen = false;
  for (let i = 0; i < xs.length; i++) {
    const value = ys[i];
    if (value === null || value === undefined || (y.log && !(value > 0))) {
      pen = false;
      continue;
    }
    path += (pen ? "L" : "M") + x(xs[i]).toFixed(1) + "," + y(value).toFixed(1);
    pen = true;
  }
  return path;
}
function extent(lists, positive) {
  let low = Infinity,
    high = -Infinity;
  for (const list of lists)
    for (const value of list) {
      if (value === null || value === undefined || !isFinite(value) || (positive && !(value > 0))) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  return low <= high ? [low, high] : null;
}
export {niceTicks, timeTicks, timeLabel, linear, logarithmic, logTicks, linePath, extent};
