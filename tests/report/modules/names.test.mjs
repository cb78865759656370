/* Names, the state in the address, what coincides. */
import assert from "node:assert/strict";
import test from "node:test";
import {coinciding, firstWord, labelLines, plainPaths, readHash, sameTogether, shorten, stateHash} from "../../../sim/report/page/names.js";

test("short names keep what tells them apart", () => {
  assert.equal(shorten("backhaul_UP", 12), "backhaul_UP");
  assert.equal(shorten("backhaul-of-the-north_DOWN", 14), "backhaul…_DOWN");
  assert.equal(shorten("backhaul-of-the-north_UP", 14), "backhaul-o…_UP");
  assert.equal(shorten("camera-detection-17", 10), "camera…-17");
  assert.equal(shorten("abcdefgh_DOWN", 6), "abcde…");
});
test("a label in two lines where one is too short", () => {
  assert.deepEqual(labelLines("reactive", 14), ["reactive"]);
  assert.deepEqual(labelLines("ds2+load-balancer", 14), ["ds2+", "load-balancer"]);
  assert.deepEqual(labelLines("flink-autoscaler+load-balancer", 17), ["flink-autoscaler+", "load-balancer"]);
  assert.deepEqual(labelLines("a-very-long-policy-of-a-user-of-weir", 12), ["a-very-long-", "policy-of-a…"]);
  assert.deepEqual(labelLines("abcdefghijklmnop", 8), ["abcdefg…"]);
});
test("copies of a template", () => assert.deepEqual(["cam-12", "cam-x", "cam"].map(firstWord), ["cam-*", "cam-x", "cam"]));
test("paths in words", () => {
  assert.deepEqual(
    plainPaths(
      ["//link[@id='uplink']/@latency", "//host[starts-with(@id, 'edge')]/@speed", "//link/@bandwidth", "policies[1].high", "workload.jobs[0].load.rate", "rate of calls"],
      ["static", "reactive"]
    ),
    ["uplink latency", "edge speed", "all links bandwidth", "reactive high", "jobs[0].load.rate", "rate of calls"]
  );
  const twins = ["//link[@id='a']/@latency", "/platform//link[@id='a']/@latency"];
  assert.deepEqual(plainPaths(twins, []), twins);
});
test("values that give the same share a chart", () =>
  assert.deepEqual(sameTogether([1, 2, 3, -1], (value) => ({square: value * value})), [
    {texts: [1, -1], given: {square: 1}},
    {texts: [2], given: {square: 4}},
    {texts: [3], given: {square: 9}}
  ]));
test("the state goes into the address and comes back", () => {
  const policies = ["static", "a&b", "c=d, #1"];
  const state = {hidden: new Set([1]), job: "cam <1>", op: "price", zoom: [10, 20.5], at: 15, pair: [2, 0], first: [0, 1]};
  const {first, ...wanted} = state;
  assert.deepEqual(readHash("#" + stateHash(state, policies), policies), wanted);
  assert.equal(stateHash({hidden: new Set(), job: "", op: "", zoom: null, at: null, pair: first, first}, policies), "");
  assert.deepEqual(readHash("#hide=gone&side=static&zoom=9-3&at=x", policies), {hidden: new Set(), job: "", op: "", zoom: null, at: null, pair: null});
});
test("policies that coincide", () => {
  const run = (policy, seed, ...metrics) => ({policy, seed, metrics});
  const runs = [run(0, "1", 5, 9), run(0, "2", 6, 9), run(1, "2", 6, 1), run(1, "1", 5, 2), run(2, "1", 5, 9), run(3, "1", 5, 9.5)];
  assert.deepEqual(coinciding(runs, 5, new Set([1])), [[0, 1], [2, 3]]);
  assert.deepEqual(coinciding(runs, 5, new Set()), []);
});
