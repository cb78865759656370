/* The job graph: operators as boxes on their tiers, filled by what they do, edges as wide as their rate. */
import {clock, digits, show} from "./numbers.js";
import {firstWord, shorten} from "./names.js";
import {depths, neckEdges, verdictText} from "./held.js";
import {D, STATE, change, el, svg, tipped} from "./base.js";
import {POLICIES, SERIES, jobSeries, list, seriesOf} from "./data.js";
import {BOX, GraphLayout} from "./graph_layout.js";
import {mean} from "./heat.js";
import {placedAt, placements} from "./placed.js";
const HELD = SERIES.map((_, i) => (D.held && D.held[i]) || {bottlenecks: [], operators: {}});
const heldOf = (policy) => HELD[SERIES.findIndex((run) => run.policy === policy)] || HELD[0];
const JOBS = new Map(
  (D.scenario ? D.scenario.jobs : []).map((job) => [
    job.name,
    job.like === undefined ? job : {...D.scenario.jobs[job.like], ...job}
  ])
);
const TIERS = ["device", "edge", "cloud"];
const isChosen = (name) => !STATE.job || name === STATE.job || firstWord(name) === STATE.job;
/* The worst of the jobs that are chosen, under a policy. */
const worstOf = (policy) => heldOf(policy)?.bottlenecks.find((one) => isChosen(one.job));
/* The job whose graph is shown: the one chosen, else the worst under the first of the two policies. */
function graphJob() {
  if (JOBS.has(STATE.job)) return STATE.job;
  const worst = worstOf(STATE.pair[0]);
  return worst ? worst.job : [...JOBS.keys()].find(isChosen);
}

/* --- figures of an operator --- */

/* Its series: its own, or those of all copies of its job. */
function opFound(run, job, op) {
  const own = run.ops.find((one) => one.job === job && one.op === op);
  if (own) return {entity: own, times: run.entity_times, of: 1};
  const group = run.groups.ops.find((one) => one.op === op && (one.job === job || one.job === firstWord(job)));
  return group ? {entity: group, times: run.times, of: group.members || 1} : null;
}
function windowAt(times, time) {
  const i = times.findIndex((one) => one >= time - 1e-9);
  return i < 0 ? times.length - 1 : i;
}
const WARMUP = D.scenario?.warmup ?? D.runs?.[0]?.warmup ?? 0;
/* The value of a window (the one that holds `time`), or the mean of those after the warm-up (`time` null). */
function valueAt(found, metric, time) {
  const values = found && list(found.entity, metric, found.times.length);
  if (!values) return null;
  if (time !== null) return values[windowAt(found.times, time)] ?? null;
  return mean(values.filter((value, i) => value !== null && found.times[i] > WARMUP + 1e-9));
}
/* What the source sent: what arrived less what its backlog grew by. */
function sentRate(run, job, time) {
  const {entity, times} = jobSeries(run, job);
  const series = entity ? {entity, times} : jobSeries(run, firstWord(job));
  const came = series.entity && list(series.entity, "ingress_rate", series.times.length);
  if (!came) return null;
  const of = series.entity.members || 1,
    waits = list(series.entity, "backlog", series.times.length) || came.map(() => 0);
  const sent = came.map((rate, i) => {
    const before = i ? series.times[i - 1] : 0;
    return Math.max(0, rate - ((waits[i] || 0) - (i ? waits[i - 1] || 0 : 0)) / (series.times[i] - before)) / of;
  });
  return {
    sent: valueAt({entity: {sent}, times: series.times}, "sent", time),
    backlog: (valueAt(series, "backlog", time) || 0) / of,
    held: valueAt(series, "source_backpressured", time)
  };
}
/* {busy, held, queue, instances, out} of an operator; busy, held and queue of the whole run are those of result.json. */
function opFigures(run, job, op, time) {
  const found = opFound(run, job, op),
    total = time === null ? heldOf(run.policy).operators[job]?.[op] : null,
    of = found ? found.of : 1;
  const each = (metric) => {
    const value = valueAt(found, metric, time);
    return value === null ? null : value / of;
  };
  return {
    busy: total ? total[0] : valueAt(found, "busy", time),
    held: total ? total[1] : valueAt(found, "backpressured", time),
    queue: total ? total[2] : each("queued"),
    instances: each("instances"),
    out: each("output_rate")
  };
}

/* --- the drawing --- */

/* The operator that was clicked, else the bottleneck or what it holds back. */
function chosenOp() {
  const job = graphJob(),
    ops = (JOBS.get(job)?.ops || []).map((op) => op.name),
    verdict = heldOf(STATE.pair[0]).bottlenecks.find((one) => one.job === job);
  if (ops.includes(STATE.op)) return STATE.op;
  return [verdict?.name, ...(verdict?.waits || []).map((one) => one.name)].find((name) => ops.includes(name)) || ops[0];
}

/* Tiers on which an operator's instances are: [instances on device, edge, cloud]. */
function tiersAt(placed, job, op, time) {
  const counts = [0, 0, 0];
  for (const [host, count] of placedAt(placed.get(job + "\n" + op) || [], time ?? Infinity))
    counts[HOST_TIERS.get(host) ?? 1] += count;
  return counts;
}
const HOST_TIERS = new Map((D.scenario ? D.scenario.hosts : []).map((host) => [host[0], host[1]]));

class GraphPanel {
  constructor(side) {
    this.side = side;
    this.select = el(
      "select",
      {"aria-label": "Policy of the graph", onchange: (event) => this.choose(Number(event.target.value))},
      SERIES.map((run) => el("option", {value: run.policy}, POLICIES[run.policy]))
    );
    this.when = el("span", {class: "when"});
    this.words = el("p", {class: "words"});
    this.place = el("div", {class: "scroll"});
    this.node = el("div", {class: "panel graph"}, el("div", {}, this.select, " ", this.when), this.place, this.words);
  }
  choose(policy) {
    const pair = [...STATE.pair];
    pair[this.side] = policy;
    change("pair", {pair});
  }
  draw(width) {
    this.policy = STATE.pair[this.side];
    this.run = seriesOf(this.policy);
    this.select.value = this.policy;
    this.name = graphJob();
    this.job = JOBS.get(this.name);
    this.verdict = heldOf(this.policy).bottlenecks.find((one) => one.job === this.name);
    this.words.textContent = verdictText(this.verdict);
    if (!this.job) return false;
    this.placed = placements(this.run);
    this.arrange(width);
    this.root = svg("svg", {
      class: "chart graph",
      viewBox: `0 0 ${this.layout.width} ${this.layout.height}`,
      style: `width:${this.layout.width}px;max-width:none`,
      role: "group",
      "aria-label": `Job ${this.name} under ${POLICIES[this.policy]}: ${verdictText(this.verdict)}`
    });
    this.root.cursorAt = (time) => this.show(time ?? STATE.at);
    this.place.replaceChildren(this.root);
    this.shown = undefined;
    this.show(STATE.cursor ?? STATE.at);
    return true;
  }
  /* In each tier as many rows as it has operators beside each other at any time. */
  arrange(width) {
    const {ops, edges, source, sink} = this.job;
    this.dates = new Map(
      ops.map((op) => [
        op.name,
        (this.placed.get(this.name + "\n" + op.name) || []).flatMap((row) => row.times.filter((_, i) => row.counts[i] > 0))
      ])
    );
    const dates = new Set([...this.dates.values()].flat());
    this.layout = new GraphLayout(
      {
        depth: depths(ops.length, edges),
        moments: [...[...dates].slice(0, 200), null].map((time) => this.tiers(time)),
        source: HOST_TIERS.get(source) ?? 1,
        sink: HOST_TIERS.get(sink) ?? 1,
        hasSink: hasSink(this.job)
      },
      width
    );
  }
  tiers(time) {
    return this.job.ops.map((op) => this.tier(op.name, time));
  }
  /* Where most of its instances are, else where they were last, else where they will be first. */
  tier(op, time) {
    const dates = this.dates.get(op),
      before = dates.filter((date) => date <= (time ?? Infinity));
    if (!dates.length) return 1;
    const counts = tiersAt(this.placed, this.name, op, before.length ? Math.max(...before) : Math.min(...dates));
    return counts.indexOf(Math.max(...counts));
  }
  show(time) {
    if (this.shown === time) return;
    this.shown = time;
    this.when.textContent =
      `${this.name}, ` + (time === null ? "the whole run after the warm-up" : `window up to ${clock(this.run.times[windowAt(this.run.times, time)])}`);
    const {ops, edges} = this.job,
      at = this.layout.places(this.tiers(time)),
      figures = ops.map((op) => opFigures(this.run, this.name, op.name, time)),
      source = sentRate(this.run, this.name, time);
    const necks = neckEdges(this.verdict, ops, edges);
    const rates = edges.map(([from]) => (from < 0 ? source?.sent : figures[from].out) || 0),
      most = Math.max(...rates, 1e-9);
    const into = ops.map((_, o) => edges.reduce((total, edge, e) => total + (edge[1] === o ? rates[e] : 0), 0));
    const group = svg("g");
    for (const {bands} of this.layout.lines)
      bands.forEach((band, tier) =>
        group.append(
          svg("rect", {class: "tier", x: 1, y: band.y, width: this.layout.width - 2, height: band.height, rx: 5}),
          svg("text", {class: "faint", x: 6, y: band.y + 14}, D.scenario ? TIERS[tier] : "hosts")
        )
      );
    edges.forEach((edge, e) => {
      const a = edge[0] < 0 ? at.source : at.ops[edge[0]],
        b = edge[1] < 0 ? at.sink : at.ops[edge[1]];
      group.append(this.edge(a, b, rates[e], most, necks.includes(edge)));
    });
    group.append(this.end(at.source, "source", source ? [fit(13, (n) => `${brief(source.sent, n)} /s`), `held ${asPart(source.held)}`, fit(13, (n) => `backlog ${asCount(source.backlog, n)}`)] : [], source?.held));
    ops.forEach((op, o) => group.append(this.box(op.name, at.ops[o], figures[o], into[o], time)));
    if (hasSink(this.job)) {
      const out = edges.reduce((total, edge, e) => total + (edge[1] < 0 ? rates[e] : 0), 0);
      group.append(this.end(at.sink, "sink", [fit(9, (n) => `${brief(out, n)} /s`)], 0));
    }
    this.root.replaceChildren(group);
  }
  edge(a, b, rate, most, isNeck) {
    const group = svg(
      "g",
      {},
      svg("title", {}, `${digits(rate)} items/s` + (isNeck ? `; held back by the link ${this.verdict.name}` : "")),
      svg("path", {
        class: "way" + (isNeck ? " neck" : ""),
        "data-mark": "edge",
        d: this.layout.way(a, b),
        "stroke-width": (rate > 0 ? 1 + (7 * rate) / most : 1).toFixed(1),
        "stroke-dasharray": rate > 0 ? null : "3 3"
      })
    );
    if (isNeck) {
      const half = 3.4 * this.verdict.name.length,
        x = a.line === b.line ? (a.x + a.width + b.x) / 2 : b.x;
      group.append(
        svg(
          "text",
          {
            class: "neck",
            x: Math.max(half + 4, Math.min(this.layout.width - half - 4, x)),
            y: (a.line === b.line ? Math.min(a.y, b.y) : b.y) - 7,
            "text-anchor": "middle"
          },
          this.verdict.name
        )
      );
    }
    return group;
  }
  end(at, name, lines, held) {
    return svg(
      "g",
      {class: "end", "data-end": name},
      svg("rect", {class: "frame", x: at.x, y: at.y, width: at.width, height: BOX.height, rx: 12}),
      held > 0
        ? svg("rect", {class: "part blocked", x: at.x + 6, y: at.y + BOX.height - 9, width: Math.max(0, (at.width - 12) * Math.min(1, held)), height: 5})
        : null,
      svg("text", {x: at.x + at.width / 2, y: at.y + 15, "text-anchor": "middle", class: "name"}, name),
      lines.map((line, i) => svg("text", {x: at.x + at.width / 2, y: at.y + 29 + 13 * i, "text-anchor": "middle"}, line))
    );
  }
  box(op, at, figures, rateIn, time) {
    const {x, y, width} = at,
      inner = width - 2;
    const busy = Math.min(1, figures.busy || 0),
      held = Math.min(1 - busy, figures.held || 0),
      none = figures.instances === 0;
    const isNeck = this.verdict && this.verdict.kind === "operator" && this.verdict.name === op;
    const counts = tiersAt(this.placed, this.name, op, time);
    const count = figures.instances === null ? "" : ` ×${digits(figures.instances, 3)}`;
    const lines = [
      none ? "no instance" : `busy ${asPart(figures.busy)}, held ${asPart(figures.held)}`,
      fit(22, (n) => `in ${brief(rateIn, n)}, out ${brief(figures.out, n)} /s`),
      fit(22, (n) => `queue ${asCount(figures.queue, n)}`)
    ];
    const part = (cls, from, share) =>
      svg("rect", {class: "part " + cls, x: x + 1 + inner * from, y: y + 1, width: Math.max(0, inner * share), height: BOX.height - 2});
    const node = svg(
      "g",
      {
        class: "box" + (isNeck ? " neck" : "") + (chosenOp() === op ? " chosen" : ""),
        tabindex: 0,
        role: "button",
        "data-mark": "operator",
        "data-op": op
      },
      part("idle", 0, 1),
      part("busy", 0, busy),
      part("blocked", busy, held),
      svg("rect", {class: "frame", x, y, width, height: BOX.height, rx: 3}),
      svg("text", {class: "name", x: x + 6, y: y + 15}, shorten(op, 17 - count.length) + count),
      lines.map((line, i) => svg("text", {x: x + 6, y: y + 30 + 13 * i}, line))
    );
    if (isNeck) node.append(svg("text", {class: "neck", x: x + width / 2, y: y - 4, "text-anchor": "middle"}, "bottleneck"));
    const open = () => change("op", {op: STATE.op === op ? "" : op});
    node.addEventListener("click", open);
    node.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      open();
    });
    return tipped(node, `${this.name} / ${op}`, () => [
      ["busy", show(figures.busy, "share")],
      ["held back", show(figures.held, "share")],
      ["idle", show(figures.busy === null ? null : Math.max(0, 1 - figures.busy - (figures.held || 0)), "share")],
      ["in, out (items/s)", `${digits(rateIn)}, ${digits(figures.out)}`],
      ["items waiting", digits(figures.queue)],
      ["instances", digits(figures.instances)],
      ...TIERS.map((tier, i) => [`on ${tier}`, String(counts[i])]).filter((_, i) => counts[i])
    ]);
  }
}
/* For a box: a share with two digits, at most one of them behind the point; waiting items, of which hundredths are nothing; any
   number in few characters; and the text that `text` makes with three digits, or with fewer if it is longer than `most`. */
const asPart = (value) =>
  value === null || value === undefined ? "–" : digits(Math.round(value * 1000) / 10, value < 0.995 ? 2 : 3) + " %";
const asCount = (value, n) => brief(value === null || value === undefined ? null : Math.round(value * 100) / 100, n);
function brief(value, n) {
  if (value > 0 && value < 0.001) return "<0.001";
  const [size, letter] = [[1e9, "G"], [1e6, "M"], [1e4, "k"]].find(([from]) => value >= from) || [1, ""];
  return digits(value === null ? null : value / Math.min(size, letter === "k" ? 1e3 : size), n) + letter;
}
const fit = (most, text) => [3, 2].map(text).find((one) => one.length <= most) ?? text(1);
const hasSink = (job) => job.edges.some(([, to]) => to < 0);
export {HOST_TIERS, JOBS, TIERS, asPart, brief, chosenOp, graphJob, hasSink, heldOf, isChosen, opFigures, opFound, sentRate, tiersAt};
export {GraphPanel, fit, valueAt, windowAt, worstOf};
