/* The job graph's places, by hand: a box is 126 x 66 with 18 beside it; 8 + 84 + 18 for the source, 62 + 18 for the sink. */
import assert from "node:assert/strict";
import test from "node:test";
const {BOX, GraphLayout, columnsIn} = await import("../../../sim/report/page/graph_layout.js");
const EDGE = 1,
  CLOUD = 2;
const chain = (count) => [...Array(count).keys()];
const graph = (depth, moments) => ({depth, moments, source: EDGE, sink: EDGE, hasSink: true});

test("columns for which there is room", () => {
  assert.equal(columnsIn(190 + 3 * 144, true), 3); /* 8 + 84 + 18 + 62 + 18 = 190 */
  assert.equal(columnsIn(190 + 3 * 144 - 1, true), 2);
  assert.equal(columnsIn(100, true), 1);
  assert.equal(columnsIn(110 + 3 * 144, false), 3);
});
test("a graph that has room is one line; a row for each operator beside another in its tier", () => {
  const layout = new GraphLayout(graph([0, 1, 1, 2], [[EDGE, CLOUD, CLOUD, EDGE]]), 800);
  assert.equal(layout.lines.length, 1);
  assert.deepEqual(layout.lines[0].rows, [0, 1, 2]);
  assert.equal(layout.width, 800);
  const {ops, source, sink} = layout.places([EDGE, CLOUD, CLOUD, EDGE]);
  assert.equal(ops[1].x, ops[2].x);
  assert.equal(ops[2].y - ops[1].y, BOX.row);
  assert.equal(ops[0].y, source.y);
  assert.equal(ops[3].y, sink.y);
  assert.ok(source.x + source.width < ops[0].x && ops[3].x + BOX.width < sink.x && sink.x + sink.width < 800);
});
test("a longer one is folded into lines of like length; nothing is wider than the place, nothing lies on anything else", () => {
  const count = 12,
    tiers = chain(count).map((o) => (o < 4 ? EDGE : CLOUD)),
    layout = new GraphLayout(graph(chain(count), [tiers]), 190 + 7 * 144);
  assert.deepEqual([layout.lines.length, layout.columns, layout.width], [2, 6, 190 + 7 * 144]);
  const {ops, source, sink} = layout.places(tiers),
    all = [...ops, source, sink];
  all.forEach((a, i) => {
    assert.ok(a.x >= 0 && a.x + a.width <= layout.width && a.y + BOX.height <= layout.height);
    for (const b of all.slice(i + 1))
      assert.ok(a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + BOX.height <= b.y || b.y + BOX.height <= a.y);
  });
  assert.equal(ops[5].line, 0);
  assert.equal(ops[6].line, 1);
  assert.equal(ops[6].x, ops[0].x);
});
test("the way into the next line goes through the gap, and the lane above the line", () => {
  const tiers = [EDGE, EDGE],
    layout = new GraphLayout(graph([0, 1], [tiers]), 190 + 144),
    {ops} = layout.places(tiers);
  const [x1, y1] = [ops[0].x + BOX.width, ops[0].y + BOX.height / 2];
  assert.equal(layout.way(...ops), `M${x1},${y1}H${x1 + 9}V${layout.lines[1].top - 10}H${ops[1].x - 9}V${ops[1].y + BOX.height / 2}H${ops[1].x}`);
  assert.ok(layout.lines[1].top - 10 > ops[0].y + BOX.height);
});
test("there are no rows for what is never there", () => {
  const layout = new GraphLayout(graph([0, 1, 1, 1], [[EDGE, CLOUD, CLOUD, CLOUD]]), 800);
  assert.deepEqual(layout.lines[0].rows, [0, 1, 3]);
});
