/* Heat maps: hosts and links by use, jobs by how near they are to their objective. A row a thing, time goes to the
   right. */
import {digits, show} from "./numbers.js";
import {firstWord, shorten} from "./names.js";
import {D, STATE, el, svg} from "./base.js";
import {rowsOverTime} from "./chart.js";
import {anomaliesOf, jobSeries, list, objectives, seriesOf} from "./data.js";
import {policyFigure, timeControls} from "./time.js";

/* From nothing to full; above full it turns to the colour of blocked things. */
function heat(value) {
  if (value === null || value === undefined || !isFinite(value)) return "none";
  const part = Math.max(0, Math.min(1, value));
  return `color-mix(in oklab, var(--mark) ${Math.round(part * 100)}%, var(--heat-0))`;
}
function excess(value) {
  if (value === Infinity) return excess(1e9);
  if (value === null || value === undefined || !isFinite(value)) return "none";
  if (value <= 1) return `color-mix(in oklab, var(--busy) ${Math.round(value * 70)}%, var(--heat-0))`;
  return `color-mix(in oklab, var(--blocked) ${Math.round(40 + 60 * Math.min(1, Math.log10(value)))}%, var(--heat-0))`;
}

const HEAT_ROWS = 24;
/* rows() gives [{name, times, values}], those with the most to show first. */
function heatFigure(parent, spec) {
  let open = false;
  const figure = policyFigure(parent, {
    ...spec,
    wide: true,
    follows: ["policy", "zoom", ...(spec.follows || [])],
    csv: () => [
      ["time", spec.thing, spec.value],
      ...spec.rows().flatMap((row) => row.times.map((time, i) => [time, row.name, row.values[i]]))
    ],
    draw: (self, width) => {
      const all = spec.rows();
      if (!all.length) return null;
      const rows = open ? all : all.slice(0, HEAT_ROWS);
      const more =
        all.length > HEAT_ROWS
          ? el(
              "button",
              {
                class: "small",
                onclick: () => {
                  open = !open;
                  self.again();
                }
              },
              open ? `Only ${HEAT_ROWS}` : `All ${all.length} ${spec.thing}s`
            )
          : null;
      return el("div", {}, drawHeat(width, rows, spec), el("div", {class: "legend"}, spec.legend, more));
    }
  });
  return figure;
}
function drawHeat(width, rows, spec) {
  const height = rows.length > 60 ? 9 : 14,
    area = rowsOverTime(width, rows.length * height, 8, spec.title),
    {root, x, left, bottom} = area,
    {low, high} = x;
  rows.forEach((row, k) => {
    const step = row.times.length > 1 ? row.times[1] - row.times[0] : high - low;
    if (height >= 9)
      root.append(
        svg(
          "text",
          {
            x: left - 6,
            y: k * height + height * 0.78,
            "text-anchor": "end",
            style: `font-size:${Math.min(11, height - 2)}px`
          },
          shorten(row.name, left / 6)
        )
      );
    /* Neighbours of one colour are one rectangle. */
    let from = null,
      fill = "none";
    const flush = (end) => {
      if (fill !== "none" && end > from)
        root.append(
          svg("rect", {
            x: x(from).toFixed(1),
            y: k * height + 1,
            width: Math.max(0.3, x(end) - x(from) + 0.3).toFixed(1),
            height: height - 1.5,
            style: `fill:${fill}`,
            "data-mark": "cell"
          })
        );
    };
    row.times.forEach((time, i) => {
      if (time <= low || time > high + step) return;
      const start = Math.max(low, time - step),
        next = spec.fill(row.values[i]);
      if (from === null || next !== fill) {
        if (from !== null) flush(start);
        from = start;
        fill = next;
      }
    });
    if (from !== null) flush(Math.min(high, row.times[row.times.length - 1]));
  });
  rows.forEach((row, k) => {
    for (const [from, to] of spec.marks ? spec.marks(row.name) : []) {
      const start = x(Math.max(low, from)),
        end = x(Math.min(high, to));
      if (end > start)
        root.append(
          svg("rect", {
            class: "anomaly",
            x: start,
            y: k * height + 1,
            width: end - start,
            height: height - 1.5,
            "data-mark": "anomaly"
          })
        );
    }
  });
  let row = 0;
  const pick = (event) => {
    const box = root.getBoundingClientRect();
    row = Math.max(
      0,
      Math.min(rows.length - 1, Math.floor(((event.clientY - box.top) * (bottom + 20)) / box.height / height))
    );
  };
  root.addEventListener("pointermove", pick);
  root.addEventListener("keydown", (event) => {
    const step = {ArrowUp: -1, ArrowDown: 1}[event.key];
    if (!step) return;
    row = Math.max(0, Math.min(rows.length - 1, row + step));
    event.preventDefault();
  });
  const step = rows[0].times[1] - rows[0].times[0] || high;
  timeControls(area, rows[0].times, (time) => {
    const i = rows[row].times.findIndex((one) => one >= time);
    const marks = (spec.marks ? spec.marks(rows[row].name) : []).filter(
      ([from, to]) => from < time && to > time - step
    );
    return [
      [rows[row].name, spec.say(i < 0 ? null : rows[row].values[i])],
      ...marks.map(([, , kind]) => ["anomaly", kind])
    ];
  });
  return root;
}
const mean = (values) => {
  const there = values.filter((value) => value !== null && isFinite(value));
  return there.length ? there.reduce((a, b) => a + b, 0) / there.length : 0;
};
function scale(fill, texts) {
  return el(
    "span",
    {class: "ramp"},
    texts[0] + " ",
    [0, 0.25, 0.5, 0.75, 1].map((part) => el("i", {style: `background:${fill(part)}`})),
    " " + texts[1]
  );
}

function useFigures(parent) {
  const rows = (kind, metric) => {
    const run = seriesOf(STATE.policy);
    return (run ? run[kind] : [])
      .map((one) => ({name: one.name, times: run.entity_times, values: list(one, metric, run.entity_times.length)}))
      .filter((row) => row.values)
      .sort((a, b) => mean(b.values) - mean(a.values));
  };
  heatFigure(parent, {
    id: "hosts",
    title: "Hosts",
    thing: "host",
    value: "cpu",
    fill: heat,
    say: (value) => show(value, "share"),
    help:
      "Share of a host's cores in use, as it reports it, a row a host, the busiest first. A host that is not used has " +
      "no row." +
      ((D.anomalies || []).length ? " Framed: the host has an anomaly, which no policy is told." : ""),
    rows: () => rows("hosts", "cpu"),
    marks: anomaliesOf,
    legend: scale(heat, ["idle", "all cores busy"])
  });
  heatFigure(parent, {
    id: "links",
    title: "Links",
    thing: "link",
    value: "use",
    fill: heat,
    say: (value) => show(value, "share"),
    help: "Share of a link's bandwidth in use, the busiest first. _UP and _DOWN are the two directions.",
    rows: () => rows("links", "use"),
    legend: scale(heat, ["idle", "full"])
  });
}
/* Why there is nothing to be seen of objectives, where no job has one. */
const NO_OBJECTIVE = D.scenario && !objectives("").length ? "No job has an objective (slo)." : "";
function objectiveFigure(parent) {
  const rows = () => {
    const run = seriesOf(STATE.policy);
    if (!run || !D.scenario) return [];
    return D.scenario.jobs
      .filter((job) => job.slo && (!STATE.job || job.name === STATE.job || firstWord(job.name) === STATE.job))
      .map((job) => {
        const {entity, times} = jobSeries(run, job.name),
          latencies = list(entity, "latency_p95", times.length) || times.map(() => null),
          late = list(entity, "slo_violations", times.length) || [];
        /* Where nothing came though something was due, it is as late as can be. */
        const values = latencies.map((value, w) => (value !== null ? value / job.slo : late[w] > 0 ? Infinity : null));
        return values.some((value) => value !== null) && {name: job.name, times, values};
      })
      .filter(Boolean)
      .sort((a, b) => mean(b.values) - mean(a.values) || 0);
  };
  heatFigure(parent, {
    id: "objectives",
    title: "Jobs against their objectives",
    empty: NO_OBJECTIVE,
    thing: "job",
    value: "p95_per_objective",
    fill: excess,
    follows: ["job"],
    say: (value) =>
      value === null ? "nothing delivered" : value === Infinity ? "nothing came of what was due" : digits(value, 3) + " × objective",
    rows,
    help:
      "The 95 % latency of each window as a multiple of the job's objective: green up to 1, orange above. The job " +
      "furthest off first. Where nothing came of what was due, it counts as missed by far.",
    legend: [
      el("span", {}, el("i", {style: `background:${excess(0.5)}`}), "half"),
      el("span", {}, el("i", {style: `background:${excess(1)}`}), "just met"),
      el("span", {}, el("i", {style: `background:${excess(1.2)}`}), "missed"),
      el("span", {}, el("i", {style: `background:${excess(10)}`}), "tenfold and more")
    ]
  });
}
export {NO_OBJECTIVE, mean, heat, objectiveFigure, useFigures, excess};
