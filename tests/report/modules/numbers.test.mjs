/* Numbers as text, scales and their ticks. */
import assert from "node:assert/strict";
import test from "node:test";
import {clock, csvText, digits, show} from "../../../sim/report/page/numbers.js";
import {extent, linear, linePath, logarithmic, logTicks, niceTicks, timeLabel, timeTicks} from "../../../sim/report/page/scales.js";

test("digits: four, thousands apart, powers where they are short", () => {
  assert.deepEqual([0, 12.3456, 12345.678, -0.00123456, 1e-7, null, NaN].map((one) => digits(one)), ["0", "12.35", "12\u202f350", "-0.001235", "1·10⁻⁷", "–", "–"]);
});
test("units by the size of the value", () => {
  assert.deepEqual([show(0.0123, "s"), show(2.5e6, "B"), show(0.58335, "share"), show(0, "share"), show(null, "s")], ["12.3\u202fms", "2.5\u202fMB", "58.34\u202f%", "0\u202f%", "–"]);
});
test("clock", () => assert.deepEqual([90, 150, 3600, 5400].map(clock), ["90 s", "2 min 30 s", "1 h", "1 h 30 min"]));
test("CSV quotes what needs it", () => assert.equal(csvText([["a", 'b"c', "d,e", null]]), 'a,"b""c","d,e",\n'));
test("ticks", () => {
  assert.deepEqual(niceTicks(0, 1, 5), [0, 0.2, 0.4, 0.6000000000000001, 0.8, 1]);
  assert.deepEqual(timeTicks(0, 600, 5), [0, 120, 240, 360, 480, 600]);
  assert.deepEqual(logTicks(1, 100, 20), [1, 2, 5, 10, 20, 50, 100]);
  assert.equal(timeLabel(7200, 7200), "120 min");
});
test("scales and their inverse", () => {
  const x = linear(0, 10, 100, 200),
    y = logarithmic(1, 100, 0, 50);
  assert.deepEqual([x(5), x.invert(150), y(10)], [150, 5, 25]);
  assert.ok(Math.abs(y.invert(25) - 10) < 1e-9);
});
test("a line breaks where a value is missing", () =>
  assert.equal(linePath([0, 1, 2, 3], [1, null, 2, 3], linear(0, 3, 0, 3), linear(0, 3, 3, 0)), "M0.0,2.0M2.0,1.0L3.0,0.0"));
test("extent", () => {
  assert.deepEqual(extent([[3, null, 1], [2]]), [1, 3]);
  assert.deepEqual(extent([[-1, 0, 5]], true), [5, 5]);
  assert.equal(extent([[null]]), null);
});
