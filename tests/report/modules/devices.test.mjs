/* Dots of sources that move: from metres to the stage, and between two windows. */
import assert from "node:assert/strict";
import test from "node:test";
import "./page.mjs";
const {Devices} = await import("../../../sim/report/page/devices.js");

const run = {
  entity_times: [10, 20],
  jobs: [{job: "car", device_x: [100, 300], device_y: 50}, {job: "still"}, {job: "other", device_x: [0, 0], device_y: [0, 0]}]
};
const frame = {left: 0, right: 1000, bottom: 0, top: 100, width: 500, height: 200};
const stage = () => ({run, frame, player: {jobs: new Set(["car"])}});
const place = (devices, job) => ["cx", "cy"].map((key) => Number(devices.dots.get(job).attributes[key]));

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
test("without a map there are none", () => {
  const devices = new Devices({...stage(), frame: null});
  devices.show(10, 0, 1);
  assert.equal(devices.dots.size, 0);
});
