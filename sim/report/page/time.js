/* Charts over time: one zoom and one cursor for all of them. */
import {clock, show} from "./numbers.js";
import {shorten} from "./names.js";
import {extent, linePath, linear} from "./scales.js";
import {D, LISTENERS, STATE, change, colour, dash, el, shown, svg, tip, untip} from "./base.js";
import {Figure, plotArea, timeAxis} from "./chart.js";
import {POLICIES, SERIES, jobSeries, list, objectives, opSeries, seriesOf, span, sum} from "./data.js";
import {legend} from "./bars.js";
import {mean} from "./heat.js";

/* Lets a plot over time be pointed at, dragged to zoom, and used by keys. `rows(time)` gives the values for the box. */
function timeControls(area, times, rows) {
  const mark = svg("line", {class: "cursor", y1: area.top, y2: area.bottom, visibility: "hidden", "data-cursor": true});
  const brush = svg("rect", {class: "brush", y: area.top, height: area.bottom - area.top, width: 0});
  area.root.append(brush, mark);
  area.root.cursorAt = (time) => {
    const inside = time !== null && time >= area.x.low && time <= area.x.high;
    mark.setAttribute("visibility", inside ? "visible" : "hidden");
    if (inside) for (const end of ["x1", "x2"]) mark.setAttribute(end, area.x(time));
  };
  const timeAt = (event) => {
    const box = area.root.getBoundingClientRect();
    return Math.min(
      area.x.high,
      Math.max(area.x.low, area.x.invert(((event.clientX - box.left) * area.width) / box.width))
    );
  };
  const nearest = (time) =>
    times.reduce((best, one) => (Math.abs(one - time) < Math.abs(best - time) ? one : best), times[0] ?? 0);
  let start = null;
  area.root.addEventListener("pointerdown", (event) => {
    if (event.button === 0 && event.pointerType !== "touch") start = timeAt(event);
  });
  area.root.addEventListener("pointermove", (event) => {
    const time = timeAt(event);
    if (start !== null) {
      brush.setAttribute("x", area.x(Math.min(start, time)));
      brush.setAttribute("width", Math.abs(area.x(time) - area.x(start)));
    }
    const at = nearest(time);
    setCursor(at);
    tip(event.clientX, event.clientY, "up to " + clock(at), rows(at));
  });
  const stop = (event) => {
    if (start === null) return;
    const end = timeAt(event),
      from = Math.min(start, end),
      to = Math.max(start, end);
    start = null;
    brush.setAttribute("width", 0);
    if (area.x(to) - area.x(from) > 6) zoomTo(from, to);
    else if (event.type === "pointerup") PLAYER.goTo(end);
  };
  area.root.addEventListener("pointerup", stop);
  area.root.addEventListener("pointerleave", (event) => {
    stop(event);
    untip();
    setCursor(null);
  });
  area.root.addEventListener("blur", () => {
    untip();
    setCursor(null);
  });
  area.root.addEventListener("dblclick", () => change("zoom", {zoom: null}));
  area.root.addEventListener("keydown", (event) => {
    const visible = times.filter((time) => time >= area.x.low && time <= area.x.high);
    if (!visible.length) return;
    const now = STATE.cursor ?? visible[0],
      i = Math.max(0, visible.indexOf(nearest(now)));
    const to = {
      ArrowLeft: Math.max(0, i - 1),
      ArrowRight: Math.min(visible.length - 1, i + 1),
      Home: 0,
      End: visible.length - 1
    }[event.key];
    const width = area.x.high - area.x.low;
    if (to !== undefined) {
      setCursor(visible[to]);
      const box = area.root.getBoundingClientRect();
      tip(
        box.left + (area.x(visible[to]) * box.width) / area.width,
        box.top + 20,
        "up to " + clock(visible[to]),
        rows(visible[to])
      );
    } else if (event.key === "+" || event.key === "=") zoomTo(now - width / 4, now + width / 4, area.root);
    else if (event.key === "-") zoomTo(now - width, now + width, area.root);
    else if (event.key === "0" || event.key === "Escape") zoomTo(-Infinity, Infinity, area.root);
    else return;
    event.preventDefault();
  });
}
function zoomTo(from, to, focused) {
  STATE.zoom = null;
  const [low, high] = span();
  const zoom = [Math.max(low, from), Math.min(high, to)];
  const id = focused?.closest("figure")?.id,
    cursor = STATE.cursor;
  change("zoom", {zoom: zoom[0] <= low && zoom[1] >= high ? null : zoom});
  if (!id) return;
  /* What had the focus was drawn anew. */
  document.querySelector(`#${CSS.escape(id)} svg.chart`)?.focus({preventScroll: true});
  setCursor(cursor);
}
/* A click in a chart is where the player goes. */
const PLAYER = {goTo: () => {}, draw: () => {}};
function setCursor(time) {
  STATE.cursor = time;
  for (const root of document.querySelectorAll("svg.chart")) root.cursorAt?.(time);
}

/* Lines over time. `lines()` gives [{name, times, values, colour, dash}]; limits are drawn across. */
function lineFigure(parent, spec) {
  const follows = ["policies", "zoom", "job", ...(spec.follows || [])];
  const figure = {
    follows,
    csv: () => [
      ["time", "series", "value"],
      ...spec.lines().flatMap((line) => line.times.map((time, i) => [time, line.name, line.values[i]]))
    ],
    draw: (_, width) => drawLines(width, spec, spec.lines())
  };
  return new Figure(parent, Object.assign(Object.create(spec), figure)); /* its title may change */
}
function drawLines(width, spec, lines) {
  const [low, high] = span();
  const inside = (line) => line.values.filter((_, i) => line.times[i] >= low && line.times[i] <= high);
  const range = extent(lines.map(inside), spec.log);
  if (!range) return null;
  const limits = spec.limits ? spec.limits() : [];
  const isLog = spec.log && range[1] / range[0] > 20;
  const top = Math.max(range[1], ...limits.filter((limit) => limit <= range[1] * 3));
  const area = plotArea(width, spec.height || 230, {
    label: spec.title,
    x: {low, high, time: true, unit: "s"},
    y: {
      low: isLog ? range[0] * 0.8 : 0,
      high: (isLog ? top * 1.3 : top * 1.06) || 1,
      log: isLog,
      unit: spec.unit,
      label: spec.axis || ""
    }
  });
  const warm = D.scenario?.warmup ?? D.runs?.[0]?.warmup ?? 0;
  if (warm > low)
    area.plot.append(
      svg(
        "rect",
        {
          class: "warm",
          x: area.left,
          y: area.top,
          width: Math.max(0, area.x(Math.min(warm, high)) - area.left),
          height: area.bottom - area.top
        },
        svg("title", {}, "warm-up, not in the metrics")
      )
    );
  for (const limit of limits)
    if (limit >= area.y.low && limit <= area.y.high)
      area.plot.append(
        svg("line", {class: "slo", x1: area.left, x2: area.right, y1: area.y(limit), y2: area.y(limit)}),
        svg("text", {class: "faint", x: area.left + 4, y: area.y(limit) - 4}, "objective " + show(limit, spec.unit))
      );
  for (const line of lines)
    area.plot.append(
      svg("path", {
        class: "line",
        "data-mark": "line",
        d: linePath(line.times, line.values, area.x, area.y),
        style: `stroke:${line.colour}` + (line.thin ? ";stroke-width:1.2" : ""),
        "stroke-dasharray": line.dash
      })
    );
  const times = [...new Set(lines.flatMap((line) => line.times))].sort((a, b) => a - b);
  timeControls(area, times, (time) =>
    lines.map((line) => {
      const i = line.times.findIndex((one) => one >= time);
      return [line.name, show(i < 0 ? null : line.values[i], spec.unit)];
    })
  );
  return area.root;
}
/* A line a policy, of a metric of the job that is chosen. */
function policyLines(metric) {
  return SERIES.filter((run) => shown(run.policy))
    .map((run) => {
      const {entity, times} = jobSeries(run, STATE.job);
      const values =
        metric === "instances" && STATE.job
          ? sum(opSeries(run, STATE.job), "instances")
          : list(entity, metric, times.length);
      return values && {name: POLICIES[run.policy], times, values, colour: colour(run.policy), dash: dash(run.policy)};
    })
    .filter(Boolean);
}

function timeFigures(latency, flow, resources) {
  const quantiles = [
    ["latency_p50", "median"],
    ["latency_p95", "95 %"],
    ["latency_p99", "99 %"],
    ["latency_mean", "mean"]
  ];
  const over = lineFigure(latency, {
    id: "latency",
    title: "Latency over time",
    unit: "s",
    log: true,
    wide: true,
    follows: ["quantile"],
    help:
      "Of the items delivered in each window; of several jobs together it is the mean of theirs, weighted by " +
      "items. Dashed: the " +
      "objective. Shaded: the warm-up.",
    lines: () => policyLines(STATE.quantile),
    limits: () => objectives(STATE.job)
  });
  over.tools.append(
    el(
      "select",
      {"aria-label": "Quantile", onchange: (event) => change("quantile", {quantile: event.target.value})},
      quantiles.map(([name, text]) => el("option", {value: name, selected: name === STATE.quantile}, text))
    )
  );
  lineFigure(flow, {
    id: "throughput",
    title: "Throughput",
    unit: "items/s",
    help:
      "Items delivered a second. Thin grey: what arrives at the sources, the same for all policies of a seed " +
      "(left out where " +
      "operators make few results of many items).",
    lines: () => {
      const run = SERIES[0],
        arrives = run && jobSeries(run, STATE.job);
      const values = arrives && list(arrives.entity, "ingress_rate", arrives.times.length),
        lines = policyLines("delivered_rate");
      /* Where operators make few results of many items, arrivals would press the lines to the ground. */
      const fits = values && lines.length && mean(values) < 2 * Math.max(...lines.map((line) => mean(line.values)));
      return [
        ...(fits
          ? [{name: "arriving", times: arrives.times, values, colour: "var(--faint)", dash: null, thin: true}]
          : []),
        ...lines
      ];
    }
  });
  lineFigure(flow, {
    id: "backlog",
    title: "Backlog",
    unit: "items",
    help:
      "Items that wait at the sources at the end of each window. A line that climbs means that the load is above " +
      "the capacity.",
    lines: () => policyLines("backlog")
  });
  lineFigure(resources, {
    id: "instances",
    title: "Instances",
    unit: "",
    axis: "instances",
    wide: true,
    help: "Instances that occupy a host, at the end of each window.",
    lines: () => policyLines("instances")
  });
}

/* Busy, backpressured and idle shares of each operator, stacked, for one policy. */
function stateFigure(parent) {
  const ops = () => {
    const run = seriesOf(STATE.policy);
    return run ? opSeries(run, STATE.job).filter(({entity}) => entity.busy !== undefined) : [];
  };
  const name = (entity) => (new Set(ops().map((one) => one.entity.job)).size > 1 ? entity.job + " / " : "") + entity.op;
  policyFigure(parent, {
    id: "states",
    title: "What operators do",
    wide: true,
    follows: ["policy", "zoom", "job"],
    help:
      "Shares of their time that the instances of each operator are busy, backpressured (they could send, but the " +
      "next operator's " +
      "input is full) and idle. Backpressure above a busy operator points at the bottleneck.",
    csv: () => [
      ["time", "job", "operator", "busy", "backpressured"],
      ...ops().flatMap(({entity, times}) => {
        const busy = list(entity, "busy", times.length),
          blocked = list(entity, "backpressured", times.length) || [];
        return times.map((time, i) => [time, entity.job, entity.op, busy[i], blocked[i]]);
      })
    ],
    draw: (figure, width) => {
      const all = ops();
      if (!all.length) return null;
      const columns = Math.max(1, Math.min(4, Math.floor(width / (width < 600 ? 250 : 170)), all.length));
      const each = Math.floor(width / columns),
        height = 118;
      const root = svg("svg", {
        class: "chart",
        viewBox: `0 0 ${width} ${Math.ceil(all.length / columns) * height}`,
        role: "img",
        "aria-label": "What operators do"
      });
      all.forEach(({entity, times}, i) =>
        root.append(
          svg(
            "g",
            {transform: `translate(${(i % columns) * each} ${Math.floor(i / columns) * height})`},
            smallStack(each - 14, height, name(entity), entity, times)
          )
        )
      );
      return el(
        "div",
        {},
        legend([
          ["busy", "var(--busy)"],
          ["backpressured", "var(--blocked)"],
          ["idle", "var(--idle)"]
        ]),
        root
      );
    }
  });
}
function smallStack(width, height, name, entity, times) {
  const [low, high] = span(),
    x = linear(low, high, 0, width),
    y = linear(0, 1, height - 24, 20);
  const busy = list(entity, "busy", times.length),
    blocked = list(entity, "backpressured", times.length) || busy.map(() => 0);
  const seen = times.map((time, i) => [time, i]).filter(([time]) => time > low && time <= high + 1e-9);
  const step = times.length > 1 ? times[1] - times[0] : high - low;
  const group = svg(
    "g",
    {},
    svg("text", {x: 0, y: 13}, shorten(name, width / 6.2)),
    svg("rect", {x: 0, y: y.to, width, height: y.from - y.to, style: "fill:var(--idle)"})
  );
  const layer = (from, to, fill) => {
    let path = "";
    for (const [time, i] of seen) {
      const left = Math.max(0, x(time - step)),
        right = x(time);
      if (busy[i] !== null && to(i) > from(i)) {
        const [bottom, top] = [y(from(i)), y(to(i))].map((one) => one.toFixed(1));
        path += `M${left.toFixed(1)},${bottom}H${right.toFixed(1)}V${top}H${left.toFixed(1)}Z`;
      }
    }
    return svg("path", {d: path, style: `fill:${fill}`, "data-mark": "area"});
  };
  group.append(
    layer(
      () => 0,
      (i) => busy[i],
      "var(--busy)"
    ),
    layer(
      (i) => busy[i],
      (i) => Math.min(1, busy[i] + (blocked[i] || 0)),
      "var(--blocked)"
    )
  );
  timeAxis(group, x, height - 10, width / 70);
  group.addEventListener("pointermove", (event) => {
    const local = new DOMPoint(event.clientX, event.clientY).matrixTransform(group.getScreenCTM().inverse());
    const i = times.findIndex((time) => time >= x.invert(local.x));
    if (i < 0) return;
    setCursor(times[i]);
    tip(event.clientX, event.clientY, `${name}, up to ${clock(times[i])}`, [
      ["busy", show(busy[i], "share")],
      ["backpressured", show(blocked[i], "share")],
      ["idle", show(busy[i] === null ? null : Math.max(0, 1 - busy[i] - (blocked[i] || 0)), "share")]
    ]);
  });
  group.addEventListener("click", (event) => {
    const local = new DOMPoint(event.clientX, event.clientY).matrixTransform(group.getScreenCTM().inverse());
    PLAYER.goTo(x.invert(local.x));
  });
  group.addEventListener("pointerleave", () => {
    untip();
    setCursor(null);
  });
  return group;
}
/* A figure about one policy, which can be chosen there for all such figures. */
function policyFigure(parent, spec) {
  const figure = new Figure(parent, {...spec, single: true});
  const select = el(
    "select",
    {
      "aria-label": `Policy of ${spec.title}`,
      "data-policy-choice": true,
      onchange: (event) => change("policy", {policy: Number(event.target.value)})
    },
    SERIES.map((run) => el("option", {value: run.policy, selected: run.policy === STATE.policy}, POLICIES[run.policy]))
  );
  LISTENERS.push((what) => {
    if (what === "policy") select.value = STATE.policy;
  });
  figure.tools.append(select);
  return figure;
}
export {policyFigure, timeControls, PLAYER, lineFigure, setCursor, timeFigures, stateFigure, drawLines, policyLines};
