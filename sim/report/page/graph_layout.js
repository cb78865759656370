/* Where the boxes of a job graph are: columns by the way from the source, rows by tier. A graph that is wider than its place
   is folded into lines, the first one above, so that all of it is seen. Needs no page. */
const BOX = {width: 126, height: 66, gap: 18, left: 8, source: 84, sink: 62, row: 90, lane: 14};

/* How wide what stands before and after the operators is. */
const endsOf = (hasSink) => BOX.left + BOX.source + BOX.gap + (hasSink ? BOX.sink + BOX.gap : 0);
/* Columns of operators for which a width has room. */
const columnsIn = (width, hasSink) => Math.max(1, Math.floor((width - endsOf(hasSink)) / (BOX.width + BOX.gap)));

class GraphLayout {
  /* `depth` of each operator; `moments`: the tiers of the operators at each time for which there must be room; `source` and
     `sink` are tiers. */
  constructor({depth, moments, source, sink, hasSink}, width) {
    Object.assign(this, {depth, source, sink});
    const columns = Math.max(0, ...depth) + 1,
      count = Math.ceil(columns / columnsIn(width, hasSink));
    this.columns = Math.ceil(columns / count);
    this.width = Math.max(width, endsOf(hasSink) + this.columns * (BOX.width + BOX.gap));
    this.pitch = (this.width - endsOf(hasSink)) / this.columns;
    this.lines = Array.from({length: count}, () => ({rows: [0, 0, 0], bands: []}));
    for (const tiers of moments) this.makeRoom(tiers);
    for (const [line, tier] of [
      [this.lines[0], source],
      [this.lines[count - 1], hasSink ? sink : source]
    ])
      line.rows[tier] = Math.max(1, line.rows[tier]);
    let y = 4;
    for (const line of this.lines) {
      line.top = y;
      for (const tier of [2, 1, 0])
        if (line.rows[tier]) {
          const height = line.rows[tier] * BOX.row + 6;
          line.bands[tier] = {y, height};
          y += height + 6;
        }
      y += BOX.lane;
    }
    this.height = y - BOX.lane;
  }
  lineOf(o) {
    return Math.min(this.lines.length - 1, Math.floor(this.depth[o] / this.columns));
  }
  makeRoom(tiers) {
    const beside = new Map();
    tiers.forEach((tier, o) => {
      const key = this.depth[o] + ":" + tier,
        {rows} = this.lines[this.lineOf(o)];
      beside.set(key, (beside.get(key) || 0) + 1);
      rows[tier] = Math.max(rows[tier], beside.get(key));
    });
  }
  /* {ops, source, sink} as {x, y, width, line} while operators are on these tiers. */
  places(tiers) {
    const used = new Map();
    const put = (line, tier, column, x, width) => {
      const key = tier + ":" + column,
        row = used.get(key) || 0,
        {bands, rows} = this.lines[line],
        band = bands[tier] || bands.find(Boolean);
      used.set(key, row + 1);
      return {x, y: band.y + 20 + Math.min(row, (rows[tier] || 1) - 1) * BOX.row, width, line};
    };
    const first = BOX.left + BOX.source + BOX.gap + (this.pitch - BOX.gap - BOX.width) / 2;
    return {
      ops: tiers.map((tier, o) =>
        put(this.lineOf(o), tier, this.depth[o], first + (this.depth[o] % this.columns) * this.pitch, BOX.width)
      ),
      source: put(0, this.source, -1, BOX.left, BOX.source),
      sink: put(this.lines.length - 1, this.sink, "sink", this.width - BOX.sink - 6, BOX.sink)
    };
  }
  /* The way from one box to another: a curve in a line, else through the gaps between columns and the lane above the line. */
  way(a, b) {
    const x1 = a.x + a.width,
      y1 = a.y + BOX.height / 2,
      y2 = b.y + BOX.height / 2,
      bend = Math.max(12, (b.x - x1) / 2);
    if (a.line === b.line) return `M${x1},${y1}C${x1 + bend},${y1} ${b.x - bend},${y2} ${b.x},${y2}`;
    const lane = this.lines[b.line].top - BOX.lane / 2 - 3;
    return `M${x1},${y1}H${x1 + BOX.gap / 2}V${lane}H${b.x - BOX.gap / 2}V${y2}H${b.x}`;
  }
}
export {BOX, GraphLayout, columnsIn};
