/* Dots of sources that move: from metres to the stage, and between two windows. */
import assert from "node:assert/strict";
import test from "node:test";
import "./page.mjs";
const {Devices, onMap, waysOf} = await import("../../../sim/report/page/devices.js");
const {Stage} = await import("../../../sim/report/page/stage.js");
const {placements} = await import("../../../sim/report/page/placed.js");

const run = {
  entity_times: [10, 20],
  jobs: [{job: "car", device_x: [100, 300], device_y: 50}, {job: "still"}, {job: "other", device_x: [0, 0], device_y: [0, 0]}]
};
const frame = {left: 0, right: 1000, bottom: 0, top: 100, width: 500, height: 200};
const boxes = new Map([["here", {x: 10, y: 20, width: 40, height: 60}]]);
const stage = () => ({run, frame, boxes, player: {jobs: new Set(["car"])}, firstHosts: (job, time) => (time > 10 ? ["here", "unseen"] : [])});
const place = (devices, job) => ["cx", "cy"].map((key) => Number(devices.dots.get(job).dot.attributes[key]));

test("a device goes straight on between two windows; those of jobs that are not shown are not there", () => {
  const devices = new Devices(stage());
  devices.show(10, 0, 1);
  assert.deepEqual(place(devices, "car"), [54, 104]); /* 4 + 100 / 1000 x 500, 4 + 50 / 100 x 200 */
  devices.show(20, 10, 0.25);
  assert.deepEqual(place(devices, "car"), [79, 104]); /* at 150 m */
  devices.show(20, 10, 1);
  assert.deepEqual(place(devices, "car"), [154, 104]);
  assert.deepEqual([...devices.dots.keys()], ["car"]);
});
test("a line goes from a device to the hosts that work first on what it sends", () => {
  const devices = new Devices(stage()),
    line = () => devices.dots.get("car").line.attributes.d;
  devices.show(10, 0, 1);
  assert.equal(line(), "");
  devices.show(20, 10, 1);
  assert.equal(line(), "M154.0,104.0L30,50"); /* to the middle of the box */
});
test("a map has room for hosts and for all ways", () => {
  assert.deepEqual(onMap(frame, 0, 100), [4, 4]);
  assert.deepEqual(onMap(frame, 1000, 0), [504, 204]);
  assert.deepEqual(onMap({...frame, bottom: 100}, 0, 100), [4, 104]); /* all in a line: in the middle */
  assert.deepEqual(waysOf(run, new Set(["car", "still"])), [{job: "car", name: "car", xs: [100, 300], ys: [50, 50]}]);
});
test("of several sources of a job each that moves has a dot", () => {
  const devices = new Devices({...stage(), run: {...run, jobs: [{job: "car"}], devices: [{job: "car", source: "l", device_x: [100, 300], device_y: 50}, {job: "car", source: "r", device_x: 0, device_y: [0, 100]}]}});
  devices.show(20, 10, 1);
  assert.deepEqual([...devices.dots.keys()], ["car/l", "car/r"]);
  assert.deepEqual(place(devices, "car/l"), [154, 104]);
  assert.deepEqual(place(devices, "car/r"), [4, 4]);
});
test("a stage: hosts are about their places, dots stay inside, and what the source sends is not drawn from where it would stand", () => {
  const job = {name: "car", source: "home", ops: [{name: "see"}], edges: [[-1, 0, 1000], [0, -1, 10]]},
    moves = {...run, policy: 0, hosts: [], placed: [["car", "see", "a", [10, 1]]], ops: [], groups: {ops: [], jobs: []}, jobs: [{job: "car", device_x: [-500, 1500], device_y: [0, 1000]}]},
    player = {jobs: new Set(["car"]), graphs: [job]},
    stage = Object.assign(Object.create(Stage.prototype), {player, run: moves, placed: placements(moves), moving: new Set(["car"])});
  player.stages = [stage];
  assert.deepEqual([...stage.used()], ["a"]);
  const hosts = [["a", 1, "", 0, 0, 0], ["b", 1, "", 0, 1000, 1000]];
  Object.assign(stage, {cells: new Map([["a", []], ["b", []]]), named: true, cell: {width: 50, height: 26}, boxes: new Map()});
  stage.byPlace(hosts, 608);
  assert.deepEqual([stage.frame.left, stage.frame.right, stage.frame.bottom, stage.frame.top], [-500, 1500, 0, 1000]);
  const middle = (box) => box.x + box.width / 2;
  assert.equal(middle(stage.boxes.get("a")), 154); /* 4 + 500 / 2000 x 600 */
  assert.equal(middle(stage.boxes.get("b")), 454);
  for (const box of stage.boxes.values()) assert.ok(box.y >= 4 && box.y + box.height <= stage.height);
});
test("without a map there are none", () => {
  const devices = new Devices({...stage(), frame: null});
  devices.show(10, 0, 1);
  assert.equal(devices.dots.size, 0);
});
