/* Around the job graph: in words who holds whom back, two graphs side by side, series of an operator, a table of many jobs. */
import {byTemplate, depths, verdictText} from "./held.js";
import {LISTENERS, STATE, colour, dash, el, shown} from "./base.js";
import {Figure} from "./chart.js";
import {POLICIES, SERIES, chooseJob, jobNames, list, seriesOf} from "./data.js";
import {swatch} from "./table.js";
import {legend} from "./bars.js";
import {lineFigure} from "./time.js";
import {columnsIn} from "./graph_layout.js";
import {GraphPanel, JOBS, chosenOp, graphJob, hasSink, heldOf, isChosen, opFigures, opFound, worstOf} from "./graph.js";
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

/* Columns of a job's graph. */
const columnsOf = (job) => Math.max(0, ...depths(JOBS.get(job).ops.length, JOBS.get(job).edges)) + 1;
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
      if (!JOBS.has(graphJob())) return null;
      const half = (width - 16) / 2,
        beside = width >= 900 && panels.length > 1 && columnsOf(graphJob()) <= columnsIn(half - 20, hasSink(JOBS.get(graphJob()))),
        each = beside ? half : width;
      const place = el("div", {class: beside ? "panels" : "panels below"}, panels.map((panel) => panel.node));
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
export {graphFigure, heldFigure};
