/* The job graph: operators as boxes on their tiers, filled by what they do, edges as wide as their rate, for two policies
   side by side; and in words who holds whom back. */
import {clock, digits, show} from "./numbers.js";
import {firstWord, shorten} from "./names.js";
import {byTemplate, depths, neckEdges, verdictText} from "./held.js";
import {D, LISTENERS, STATE, change, colour, dash, el, shown, svg, tipped} from "./base.js";
import {Figure} from "./chart.js";
import {POLICIES, SERIES, chooseJob, jobNames, jobSeries, list, seriesOf} from "./data.js";
import {swatch} from "./table.js";
import {legend} from "./bars.js";
import {lineFigure} from "./time.js";
import {mean} from "./heat.js";
import {placedAt, placements} from "./stage.js";
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

/* The sentences at the top: a line for all policies that have the same one. */
function heldFigure(parent) {
  const place = el("div", {id: "necks"});
  const draw = () => {
    const lines = new Map();
    SERIES.filter((run) => shown(run.policy)).forEach((run) => {
      const verdict = worstOf(run.policy);
      const told = heldOf(run.policy).bottlenecks.filter((one) => isChosen(one.job));
      const job = verdict && jobNames().length > 1 ? verdict.job : "";
      const text = verdictText(verdict);
      const others = told.filter((one) => one !== verdict && one.kind !== "none").length;
      const key = job + text + others;
      if (!lines.has(key)) lines.set(key, {policies: [], job, text, others, verdict});
      lines.get(key).policies.push(run.policy);
    });
    place.replaceChildren(
      ...[...lines.values()].map((line) =>
        el(
          "p",
          {class: "neck" + (line.verdict && line.verdict.kind !== "none" ? " held" : "")},
          line.policies.map((policy) => el("strong", {"data-policy": POLICIES[policy]}, swatch(policy), " ", POLICIES[policy], " ")),
          el("span", {class: "words"}, (line.job ? `${line.job}: ` : "") + line.text),
          line.others ? el("small", {}, ` ${line.others} other job${line.others > 1 ? "s are" : " is"} held back, less.`) : null
        )
      )
    );
  };
  parent.append(place);
  LISTENERS.push((what) => {
    if (what === "policies" || what === "job") draw();
  });
  draw();
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

const BOX = {width: 126, height: 66, gap: 18, left: 8, source: 68, sink: 50, row: 90};

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
    this.layout(width);
    this.root = svg("svg", {
      class: "chart graph",
      viewBox: `0 0 ${this.width} ${this.height}`,
      style: `width:${this.width}px;max-width:none`,
      role: "group",
      "aria-label": `Job ${this.name} under ${POLICIES[this.policy]}: ${verdictText(this.verdict)}`
    });
    this.root.cursorAt = (time) => this.show(time ?? STATE.at);
    this.place.replaceChildren(this.root);
    this.shown = undefined;
    this.show(STATE.cursor ?? STATE.at);
    return true;
  }
  /* Columns by the way from the source; in each tier as many rows as it has operators beside each other at any time. */
  layout(width) {
    const {ops, edges} = this.job;
    this.depth = depths(ops.length, edges);
    const columns = Math.max(0, ...this.depth) + 1,
      hasSink = edges.some(([, to]) => to < 0);
    const ends = BOX.left + BOX.source + BOX.gap + (hasSink ? BOX.sink + BOX.gap : 0),
      need = ends + columns * (BOX.width + BOX.gap);
    this.width = Math.max(width, need);
    this.pitch = (this.width - ends) / columns;
    const dates = new Set([0]);
    for (const op of ops)
      for (const row of this.placed.get(this.name + "\n" + op.name) || []) for (const time of row.times) dates.add(time);
    this.rows = [0, 0, 0];
    for (const time of [...[...dates].slice(0, 200), null]) {
      const beside = new Map();
      ops.forEach((op, o) => {
        const key = this.tier(op.name, time) + ":" + this.depth[o];
        beside.set(key, (beside.get(key) || 0) + 1);
      });
      for (const [key, count] of beside) {
        const tier = Number(key.split(":")[0]);
        this.rows[tier] = Math.max(this.rows[tier], count);
      }
    }
    for (const end of [this.job.source, this.job.sink])
      if (end && HOST_TIERS.has(end)) this.rows[HOST_TIERS.get(end)] = Math.max(1, this.rows[HOST_TIERS.get(end)]);
    this.bands = [];
    let y = 4;
    for (const tier of [2, 1, 0])
      if (this.rows[tier]) {
        const height = this.rows[tier] * BOX.row + 6;
        this.bands[tier] = {y, height};
        y += height + 6;
      }
    this.height = y;
  }
  tier(op, time) {
    const counts = tiersAt(this.placed, this.name, op, time);
    return counts.some((count) => count) ? counts.indexOf(Math.max(...counts)) : 1;
  }
  /* Places of source, operators and sink at a time. */
  places(time) {
    const used = new Map();
    const put = (tier, column, x, width) => {
      const key = tier + ":" + column,
        row = used.get(key) || 0;
      used.set(key, row + 1);
      const rows = this.rows[tier] || 1,
        band = this.bands[tier] || this.bands.find(Boolean);
      return {x, y: band.y + 20 + Math.min(row, rows - 1) * BOX.row, width};
    };
    const {left} = BOX;
    const ops = this.job.ops.map((op, o) =>
      put(
        this.tier(op.name, time),
        this.depth[o],
        left + BOX.source + BOX.gap + this.depth[o] * this.pitch + (this.pitch - BOX.gap - BOX.width) / 2,
        BOX.width
      )
    );
    const end = (host) => (HOST_TIERS.has(host) ? HOST_TIERS.get(host) : 1);
    return {
      ops,
      source: put(end(this.job.source), -1, left, BOX.source),
      sink: put(end(this.job.sink), "sink", this.width - BOX.sink - 6, BOX.sink)
    };
  }
  show(time) {
    if (this.shown === time) return;
    this.shown = time;
    this.when.textContent =
      `${this.name}, ` + (time === null ? "the whole run after the warm-up" : `window up to ${clock(this.run.times[windowAt(this.run.times, time)])}`);
    const {ops, edges} = this.job,
      at = this.places(time),
      figures = ops.map((op) => opFigures(this.run, this.name, op.name, time)),
      source = sentRate(this.run, this.name, time);
    const necks = neckEdges(this.verdict, ops, edges);
    const rates = edges.map(([from]) => (from < 0 ? source?.sent : figures[from].out) || 0),
      most = Math.max(...rates, 1e-9);
    const into = ops.map((_, o) => edges.reduce((total, edge, e) => total + (edge[1] === o ? rates[e] : 0), 0));
    const group = svg("g");
    this.bands.forEach((band, tier) =>
      group.append(
        svg("rect", {class: "tier", x: 1, y: band.y, width: this.width - 2, height: band.height, rx: 5}),
        svg("text", {class: "faint", x: 6, y: band.y + 14}, D.scenario ? TIERS[tier] : "hosts")
      )
    );
    edges.forEach((edge, e) => {
      const a = edge[0] < 0 ? at.source : at.ops[edge[0]],
        b = edge[1] < 0 ? at.sink : at.ops[edge[1]];
      group.append(this.edge(a, b, rates[e], most, necks.includes(edge)));
    });
    group.append(this.end(at.source, "source", source ? [`${digits(source.sent, 3)} /s`, `held ${asPart(source.held)}`, `backlog ${digits(source.backlog, 3)}`] : [], source?.held));
    ops.forEach((op, o) => group.append(this.box(op.name, at.ops[o], figures[o], into[o], time)));
    if (edges.some(([, to]) => to < 0)) {
      const out = edges.reduce((total, edge, e) => total + (edge[1] < 0 ? rates[e] : 0), 0);
      group.append(this.end(at.sink, "sink", [`${digits(out, 3)} /s`], 0));
    }
    this.root.replaceChildren(group);
  }
  edge(a, b, rate, most, isNeck) {
    const x1 = a.x + a.width,
      y1 = a.y + BOX.height / 2,
      y2 = b.y + BOX.height / 2,
      bend = Math.max(12, (b.x - x1) / 2);
    const group = svg(
      "g",
      {},
      svg("title", {}, `${digits(rate)} items/s` + (isNeck ? `; held back by the link ${this.verdict.name}` : "")),
      svg("path", {
        class: "way" + (isNeck ? " neck" : ""),
        "data-mark": "edge",
        d: `M${x1},${y1}C${x1 + bend},${y1} ${b.x - bend},${y2} ${b.x},${y2}`,
        "stroke-width": (rate > 0 ? 1 + (7 * rate) / most : 1).toFixed(1),
        "stroke-dasharray": rate > 0 ? null : "3 3"
      })
    );
    if (isNeck)
      group.append(
        svg("text", {class: "neck", x: (x1 + b.x) / 2, y: Math.min(y1, y2) - 40, "text-anchor": "middle"}, this.verdict.name)
      );
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
      `in ${digits(rateIn, 3)}, out ${digits(figures.out, 3)} /s`,
      `queue ${digits(figures.queue, 3)}`
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
      svg("text", {class: "name", x: x + 6, y: y + 15}, shorten(op, 19 - count.length) + count),
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
/* Two digits of a share, for a box. */
const asPart = (value) => (value === null || value === undefined ? "–" : digits(value * 100, value < 0.995 ? 2 : 3) + " %");

function graphFigure(parent) {
  const panels = (SERIES.length > 1 ? [0, 1] : [0]).map((side) => new GraphPanel(side));
  new Figure(parent, {
    id: "graph",
    title: "Operators on their tiers",
    wide: true,
    single: true,
    policy: () => STATE.pair[0],
    follows: ["policies", "job", "pair", "op"],
    help:
      "Operators on the tier of most of their instances, filled by the share of time they are busy (green), held back (orange) and idle; " +
      "edges as wide as their rate. It shows the whole run, or the window at the pointer of a chart or at the player. A click on an operator " +
      "shows its series.",
    csv: () => [
      ["policy", "job", "operator", "busy", "backpressured", "queue_mean"],
      ...STATE.pair.slice(0, panels.length).flatMap((policy) =>
        (JOBS.get(graphJob())?.ops || []).map((op) => {
          const {busy, held, queue} = opFigures(seriesOf(policy), graphJob(), op.name, null);
          return [POLICIES[policy], graphJob(), op.name, busy, held, queue];
        })
      )
    ],
    draw: (figure, width) => {
      const each = width >= 900 && panels.length > 1 ? (width - 16) / 2 : width;
      const place = el("div", {class: "panels"}, panels.map((panel) => panel.node));
      const drawn = panels.map((panel) => panel.draw(Math.floor(each - 20)));
      if (!drawn.some(Boolean)) return null;
      return el(
        "div",
        {},
        legend([
          ["busy", "var(--busy)"],
          ["held back (backpressured)", "var(--blocked)"],
          ["idle", "var(--idle)"]
        ]),
        place
      );
    }
  });
  operatorFigure(parent);
  templateTable(parent);
}
/* Series of the operator that was clicked, else of the bottleneck or what it holds back: a line a policy. */
const OP_METRICS = {
  busy: ["busy", "share"],
  backpressured: ["held back", "share"],
  queued: ["items waiting", "items"],
  output_rate: ["items out", "items/s"],
  instances: ["instances", ""],
  occupancy: ["room of inputs in use", "share"]
};
function chosenOp() {
  const job = graphJob(),
    ops = (JOBS.get(job)?.ops || []).map((op) => op.name),
    verdict = heldOf(STATE.pair[0]).bottlenecks.find((one) => one.job === job);
  if (ops.includes(STATE.op)) return STATE.op;
  return [verdict?.name, ...(verdict?.waits || []).map((one) => one.name)].find((name) => ops.includes(name)) || ops[0];
}
function operatorFigure(parent) {
  let metric = "busy";
  const spec = {
    id: "operator",
    wide: true,
    height: 190,
    follows: ["op", "pair"],
    help: "Of one operator of the job graph: the one that was clicked there, else the bottleneck.",
    get title() {
      return `${chosenOp() || "Operator"}: ${OP_METRICS[metric][0]}`;
    },
    get unit() {
      return OP_METRICS[metric][1];
    },
    get axis() {
      return this.unit ? "" : OP_METRICS[metric][0];
    },
    lines: () =>
      SERIES.filter((run) => shown(run.policy))
        .map((run) => {
          const found = opFound(run, graphJob(), chosenOp());
          const values = found && list(found.entity, metric, found.times.length);
          return (
            values && {
              name: POLICIES[run.policy],
              times: found.times,
              values,
              colour: colour(run.policy),
              dash: dash(run.policy)
            }
          );
        })
        .filter(Boolean)
  };
  const figure = lineFigure(parent, spec);
  const name = () => (figure.node.querySelector("h3").textContent = spec.title);
  figure.tools.append(
    el(
      "select",
      {
        "aria-label": "What of the operator",
        onchange: (event) => {
          metric = event.target.value;
          name();
          figure.again();
        }
      },
      Object.entries(OP_METRICS).map(([value, [text]]) => el("option", {value}, text))
    )
  );
  LISTENERS.push((what) => {
    if (["op", "job", "pair"].includes(what)) name();
  });
}
/* Many jobs: a row a template, the worst first; a click chooses its worst job. */
function templateTable(parent) {
  if (JOBS.size < 2) return;
  const place = el("div", {class: "wide"});
  const draw = () => {
    const policy = STATE.pair[0];
    const rows = byTemplate(heldOf(policy).bottlenecks);
    place.replaceChildren(
      el("p", {class: "facts"}, `Jobs by template under ${POLICIES[policy]}, worst first:`),
      el("div", {class: "scroll"}, el(
        "table",
        {class: "figures", id: "templates"},
        el("thead", {}, el("tr", {}, ["jobs", "held back", "worst", "what holds it back"].map((text) => el("th", {scope: "col"}, text)))),
        el(
          "tbody",
          {},
          rows.slice(0, 20).map((row) =>
            el(
              "tr",
              {},
              el("th", {scope: "row"}, row.name),
              el("td", {}, `${row.held} of ${row.jobs}`),
              el("td", {}, el("button", {class: "small", onclick: () => chooseJob(row.worst.job)}, row.worst.job)),
              el("td", {class: "words"}, verdictText(row.worst))
            )
          )
        )
      )),
      rows.length > 20 ? el("p", {class: "facts"}, `and ${rows.length - 20} more templates`) : ""
    );
  };
  parent.append(place);
  LISTENERS.push((what) => {
    if (what === "pair") draw();
  });
  draw();
}
export {TIERS, windowAt, HOST_TIERS, graphJob, heldFigure, graphFigure, opFigures, valueAt, sentRate, tiersAt};
export {GraphPanel};
