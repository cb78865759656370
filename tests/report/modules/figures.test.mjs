/* Figures of operators, where instances are, and the lines of a chart: the small comparison of page.mjs, by hand. */
import assert from "node:assert/strict";
import test from "node:test";
import {below, texts} from "./page.mjs";
const page = (name) => import(`../../../sim/report/page/${name}.js`);
const {SERIES, jobSeries, list, objectives, opSeries, span, sum} = await page("data");
const {STATE, change} = await page("base");
const {GraphPanel, brief, fit, opFigures, sentRate, tiersAt, valueAt, windowAt} = await page("graph");
const {placedAt, placements} = await page("placed");
const {drawLines, policyLines} = await page("time");
const {plotArea} = await page("chart");
const {direction, kindOf} = await page("decisions");
const [run] = SERIES;

test("a value that never changes is a list, too", () => {
  assert.deepEqual(list({queued: 3}, "queued", 2), [3, 3]);
  assert.deepEqual(list({queued: [1, 2]}, "queued", 2), [1, 2]);
  assert.equal(list({}, "queued", 2), null);
});
test("sums, and nothing is no number", () => {
  assert.deepEqual(sum(opSeries(run, "camera-0"), "instances"), [2, 3, 3]);
  assert.equal(sum(opSeries(run, "camera-0"), "nothing"), null);
  assert.equal(jobSeries(run, "").entity, run.all);
});
test("objectives of the job that is chosen, of a template's copies, of none", () => {
  assert.deepEqual(objectives(""), [0.15]);
  assert.deepEqual(objectives("camera-0"), [0.15]);
  assert.deepEqual(objectives("other"), []);
});
test("the window that holds a time", () => {
  assert.equal(windowAt([10, 20, 30], 10), 0);
  assert.equal(windowAt([10, 20, 30], 10.5), 1);
  assert.equal(windowAt([10, 20, 30], 99), 2);
});
test("means leave the warm-up out", () => {
  const found = {entity: run.ops[1], times: run.entity_times};
  assert.equal(valueAt(found, "busy", null), 0.625); /* of 0.5 and 0.75, not of 0.25 */
  assert.equal(valueAt(found, "busy", 10), 0.25);
  assert.equal(valueAt(found, "nothing", null), null);
});
test("figures of an operator: those of the whole run are told, those of a window are read", () => {
  assert.deepEqual(opFigures(run, "camera-0", "parse", null), {busy: 0.8, held: 0, queue: 5, instances: 1, out: 92.5});
  assert.deepEqual(opFigures(run, "camera-0", "count", 30), {busy: 0.75, held: 0.5, queue: 0, instances: 2, out: 1});
});
test("a source sends what comes less what its backlog grows by", () => {
  assert.deepEqual(sentRate(run, "camera-0", 30), {sent: 90, backlog: 150, held: 1}); /* 100 - (150 - 50) / 10 */
  assert.equal(sentRate(run, "camera-0", 20).sent, 95);
});
test("where instances are: rows of one time replace all earlier ones", () => {
  const placed = placements(run);
  assert.deepEqual([...placedAt(placed.get("camera-0\ncount"), 10)], [["edge1", 1]]);
  assert.deepEqual([...placedAt(placed.get("camera-0\ncount"), 25)].sort(), [["cloud1", 1], ["edge1", 1]]);
  assert.deepEqual([...placedAt(placed.get("camera-0\ncount"), 5)], []);
  assert.deepEqual(tiersAt(placed, "camera-0", "count", 10), [0, 1, 0]);
  assert.deepEqual(tiersAt(placed, "camera-0", "count", null), [0, 1, 1]);
});
test("lines of the policies that are shown, of the job that is chosen", () => {
  assert.deepEqual(policyLines("latency_p95").map((line) => [line.name, line.values]), [["static", [0.1, 0.2, null]], ["ds2", [0.1, 0.1, 0.1]]]);
  change("policies", {hidden: new Set([0])});
  assert.deepEqual(policyLines("latency_p95").map((line) => line.name), ["ds2"]);
  change("policies", {hidden: new Set()});
  change("job", {job: "camera-0"});
  assert.deepEqual(policyLines("instances").map((line) => line.values), [[2, 3, 3], [2, 3, 3]]);
  change("job", {job: ""});
});
test("a plot maps its range onto its frame", () => {
  const area = plotArea(400, 200, {label: "a", x: {low: 0, high: 30, time: true, unit: "s"}, y: {low: 0, high: 2, unit: "", label: "n"}});
  assert.deepEqual([area.x(0), area.x(30), area.y(0), area.y(2)], [area.left, area.right, area.bottom, area.top]);
  assert.equal(area.y(1), (area.top + area.bottom) / 2);
});
test("a chart: a path a line, broken where there is no value, an objective, the warm-up", () => {
  const root = drawLines(400, {title: "t", unit: "s", limits: () => [0.15]}, policyLines("latency_p95"));
  const lines = below(root, "path").filter((one) => one.attributes["data-mark"] === "line");
  const first = lines.map((one) => one.attributes.d.match(/[\d.]+,[\d.]+/g).map((at) => at.split(",").map(Number)));
  assert.deepEqual(first.map((points) => points.length), [2, 3]);
  assert.equal(first[0][0][1], first[1][0][1]); /* both begin at 0.1 */
  assert.ok(first[0][1][1] < first[0][0][1]); /* 0.2 is above 0.1 */
  assert.ok(texts(root).some((text) => text.startsWith("objective")));
  assert.equal(below(root, "rect").filter((one) => one.attributes.class === "warm").length, 1);
  assert.equal(drawLines(400, {title: "t", unit: "s"}, []), null);
});
test("zoom bounds what is drawn", () => {
  assert.deepEqual(span(), [0, 30]);
  STATE.zoom = [10, 20];
  assert.deepEqual(span(), [10, 20]);
  STATE.zoom = null;
});
test("kinds of decisions by their words", () => {
  assert.equal(direction("1 -> 2 instances: edge1"), "more");
  assert.equal(direction("2 -> 1 instances: edge1"), "fewer");
  assert.equal(direction("2 -> 2 instances: cloud1"), "moved");
  assert.equal(direction("learnt anew"), "other");
  assert.equal(kindOf([0, "ds2", "camera-0", "count", "1 -> 2", "why", "no host"]), "refused");
});
test("an operator is on the tier where it is, was last, or will be first: before its first row there is no other place", () => {
  const panel = Object.assign(Object.create(GraphPanel.prototype), {name: "camera-0", placed: placements(run), job: {ops: [{name: "parse"}, {name: "count"}], edges: [[-1, 0], [0, 1], [1, -1]], source: "edge1", sink: "cloud1"}});
  panel.placed.set("camera-0\nparse", [{host: "cloud1", times: [10, 20], counts: [1, 0]}]);
  panel.arrange(800);
  assert.deepEqual([0, 10, 30, null].map((time) => panel.tiers(time)[0]), [2, 2, 2, 2]);
  assert.deepEqual(panel.layout.lines[0].rows, [0, 1, 1]);
});
test("numbers in a box have room", () => {
  assert.deepEqual([0, 0.0001, 0.5, 12.345, 1220, 12345, 1234567, 2.5e9].map((value) => brief(value, 3)), ["0", "<0.001", "0.5", "12.3", "1220", "12.3k", "1.23M", "2.5G"]);
  assert.equal(brief(null, 3), "\u2013");
  assert.equal(fit(8, (n) => "x".repeat(6) + "1234".slice(0, n)), "xxxxxx12");
  assert.equal(fit(3, (n) => "x".repeat(6) + "1234".slice(0, n)), "xxxxxx1");
});
