/* Who holds whom back in words, layers of a graph, templates: cases by hand. */
import assert from "node:assert/strict";
import test from "node:test";
import {byTemplate, depths, neckEdges, severity, verdictText} from "../../../sim/report/page/held.js";

const plain = (text) => text.replaceAll("\u202f", " ");
const waits = (...pairs) => pairs.map(([name, share]) => ({name, share}));

test("an operator is the bottleneck", () => {
  const verdict = {kind: "operator", name: "price", busy: 1, busiest_instance: 1, dropped: 0, waits: waits(["source", 1], ["parse", 0.58335])};
  assert.equal(plain(verdictText(verdict)), "price is busy 100 %; parse waits for it 58.34 % of the time, the source 100 %.");
  assert.equal(severity(verdict), 1);
});
test("one hot instance, and drops", () => {
  const verdict = {kind: "operator", name: "count", busy: 0.456, busiest_instance: 0.98, dropped: 0.5, waits: []};
  assert.equal(plain(verdictText(verdict)), "count is busy 45.6 % (its busiest instance 98 %), and full inputs drop 50 % of its items.");
  assert.equal(severity(verdict), 0.5);
});
test("a link, full or dead", () => {
  const verdict = {kind: "link", name: "up", use: 0.999, lost: 0, waits: waits(["shrink", 0.9])};
  assert.equal(plain(verdictText(verdict)), "the link up is in use 99.9 %; shrink waits for it 90 % of the time.");
  assert.match(plain(verdictText({...verdict, use: 0.08, lost: 0.85})), /up is in use 8 %, and down or slowed by faults 85 % of the time; shrink/);
});
test("a host", () =>
  assert.equal(plain(verdictText({kind: "host", name: "edge2", lost: 0.8, waits: waits(["source", 0.8])})), "the host edge2 is down 80 % of the time; the source waits for it 80 % of the time."));
test("nobody", () => {
  const verdict = {kind: "none", name: "price", busy: 0.4, waits: waits(["source", 0.05])};
  assert.equal(plain(verdictText(verdict)), "nobody is held back: the source sends no more. The busiest operator, price, is busy 40 %. (The source waits 5 % of the time at most.)");
  assert.equal(plain(verdictText({...verdict, busy: 0.999, waits: []})), "nobody is held back, but price is busy 99.9 %, close to its limit.");
  assert.match(verdictText(undefined), /^Not told/);
});
test("depths of a diamond", () => {
  assert.deepEqual(depths(4, [[-1, 0], [0, 1], [0, 2], [1, 3], [2, 3], [3, -1]]), [0, 1, 1, 2]);
  assert.deepEqual(depths(3, [[-1, 0], [0, 1], [1, 2], [-1, 2]]), [0, 1, 2]);
});
test("the edges that a link holds back", () => {
  const ops = [{name: "a"}, {name: "b"}, {name: "c"}],
    edges = [[-1, 0], [0, 1], [1, 2], [2, -1]];
  assert.deepEqual(neckEdges({kind: "link", waits: waits(["source", 1], ["a", 0.9])}, ops, edges), [[0, 1]]);
  assert.deepEqual(neckEdges({kind: "link", waits: waits(["c", 0.9])}, ops, edges), [[2, -1]]);
  assert.deepEqual(neckEdges({kind: "operator", waits: waits(["a", 1])}, ops, edges), []);
});
test("templates, worst first", () => {
  const one = (job, kind, share) => ({job, kind, waits: waits(["source", share])});
  const rows = byTemplate([one("cam-0", "none", 0.01), one("log-3", "operator", 0.9), one("cam-1", "none", 0.02), one("log-4", "link", 0.3)]);
  assert.deepEqual(rows.map((row) => [row.name, row.jobs, row.held, row.worst.job]), [["log-*", 2, 2, "log-3"], ["cam-*", 2, 0, "cam-1"]]);
});
