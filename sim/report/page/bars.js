/* Charts of whole runs: bars with intervals, parts of the latency, distributions, one metric against another. */
import {show} from "./numbers.js";
import {shorten} from "./names.js";
import {extent, linePath, linear} from "./scales.js";
import {D, colour, dash, el, shown, svg, tip, tipped, untip} from "./base.js";
import {Figure, plotArea, rowLabel} from "./chart.js";
import {POLICIES, SUMMARY_METRICS, label, runsOf, summaryOf} from "./data.js";

/* Horizontal bars of a metric, a row a policy, with the interval of the mean. */
function barFigure(parent, id, title, help, metric, empty) {
  const rows = () => {
    const all = POLICIES.map((_, policy) => policy).filter((policy) => shown(policy) && summaryOf(policy, metric));
    return all.some((policy) => summaryOf(policy, metric).mean !== null) ? all : [];
  };
  new Figure(parent, {
    id,
    title,
    help,
    empty,
    csv: () => [
      ["policy", "mean", "ci95_low", "ci95_high"],
      ...rows().map((policy) => [POLICIES[policy], ...summaryOf(policy, metric).texts.slice(0, 3)])
    ],
    draw: (figure, width) => {
      const policies = rows();
      if (!policies.length) return null;
      const top = Math.max(
        ...policies.map((policy) => Math.max(summaryOf(policy, metric).mean, summaryOf(policy, metric).high ?? 0))
      );
      return rowBars(
        width,
        policies,
        (policy) => [{value: summaryOf(policy, metric).mean ?? 0, fill: colour(policy)}],
        top,
        summaryOf(policies[0], metric).unit,
        title,
        (policy) => summaryOf(policy, metric)
      );
    }
  });
}
function rowBars(width, policies, partsOf, top, unit, title, interval, names) {
  const left = Math.min(150, width * 0.3),
    right = 74,
    height = 26;
  const x = linear(0, top || 1, left, width - right);
  const root = svg("svg", {
    class: "chart",
    viewBox: `0 0 ${width} ${policies.length * height + 6}`,
    role: "img",
    tabindex: 0,
    "aria-label": title
  });
  policies.forEach((policy, i) => {
    const y = 4 + i * height;
    let from = 0;
    const group = svg("g");
    group.append(rowLabel(left - 8, y + 14, POLICIES[policy], left / 6.6));
    for (const part of partsOf(policy)) {
      group.append(
        svg("rect", {
          x: x(from),
          y: y + 2,
          width: Math.max(0, x(from + part.value) - x(from)),
          height: height - 10,
          style: `fill:${part.fill}`,
          "data-mark": "bar"
        })
      );
      from += part.value;
    }
    const row = interval && interval(policy),
      low = row && x(Math.max(0, row.low));
    if (row && row.low !== null)
      group.append(
        svg("path", {
          class: "axis",
          style: "stroke:var(--ink)",
          d: `M${low},${y + 10}H${x(row.high)}M${low},${y + 6}v8M${x(row.high)},${y + 6}v8`
        })
      );
    const end = x(Math.max(from, row?.high ?? 0)) + 6;
    group.append(svg("text", {x: end, y: y + 14}, row && row.mean === null ? "none" : show(from, unit)));
    root.append(
      tipped(group, POLICIES[policy], () =>
        names
          ? partsOf(policy).map((part, k) => [names[k], show(part.value, unit)])
          : [
              ["mean", row.mean === null ? "none: nothing was measured" : show(row.mean, unit)],
              ...(row.low === null ? [] : [["interval", `${show(row.low, unit)} to ${show(row.high, unit)}`]])
            ]
      )
    );
  });
  return root;
}

const PARTS = ["waiting", "service", "network", "blocked"];
function partsFigure(parent) {
  const rows = () =>
    POLICIES.map((_, policy) => policy).filter((policy) => shown(policy) && summaryOf(policy, "waiting")?.mean != null);
  new Figure(parent, {
    id: "parts",
    title: "Where the time goes",
    help:
      "Mean latency, split without a rest: waiting for an instance, in service, on connections, and blocked " +
      "behind full " +
      "inputs (the source's backlog included).",
    csv: () => [
      ["policy", ...PARTS],
      ...rows().map((policy) => [POLICIES[policy], ...PARTS.map((part) => summaryOf(policy, part).texts[0])])
    ],
    draw: (figure, width) => {
      const policies = rows();
      if (!policies.length) return null;
      const parts = (policy) =>
        PARTS.map((part) => ({value: summaryOf(policy, part)?.mean ?? 0, fill: `var(--${part})`}));
      const top = Math.max(...policies.map((policy) => parts(policy).reduce((total, part) => total + part.value, 0)));
      return el(
        "div",
        {},
        legend(PARTS.map((part) => [part, `var(--${part})`])),
        rowBars(width, policies, parts, top, "s", "Where the time goes", null, PARTS)
      );
    }
  });
}
const legend = (entries) =>
  el(
    "div",
    {class: "legend"},
    entries.map(([name, fill]) => el("span", {}, el("i", {style: `background:${fill}`}), name))
  );

/* Distribution of latencies: the mean over seeds of each quantile, with the range of the seeds as a band. */
function distributions() {
  const result = [];
  POLICIES.forEach((_, policy) => {
    const runs = runsOf(policy).filter((run) => run.cdf.length);
    if (!runs.length || !shown(policy)) return;
    const shares = runs[0].cdf.map(([share]) => share);
    const at = (i) => runs.map((run) => run.cdf[i]?.[1]).filter((value) => value !== undefined);
    result.push({
      policy,
      shares,
      mean: shares.map((_, i) => at(i).reduce((a, b) => a + b, 0) / at(i).length),
      low: shares.map((_, i) => Math.min(...at(i))),
      high: shares.map((_, i) => Math.max(...at(i)))
    });
  });
  return result;
}
function cdfFigure(parent) {
  new Figure(parent, {
    id: "cdf",
    title: "Distribution of latencies",
    help:
      "The share of results that came within a time (which is on a logarithmic scale); further left is better, a " +
      "flat part is a " +
      "tail. Line: mean over seeds; band: their range. All jobs.",
    csv: () => [
      ["policy", "share", "latency_s", "lowest_seed_s", "highest_seed_s"],
      ...distributions().flatMap((one) =>
        one.shares.map((share, i) => [POLICIES[one.policy], share, one.mean[i], one.low[i], one.high[i]])
      )
    ],
    draw: (figure, width) => {
      const all = distributions();
      const range = extent(
        all.map((one) => one.mean),
        true
      );
      if (!range) return null;
      const area = plotArea(width, 280, {
        label: "Distribution of latencies",
        x: {low: range[0] * 0.9, high: range[1] * 1.1, log: true, unit: "s", label: "latency"},
        y: {low: 0, high: 1, unit: "share", label: "results"}
      });
      for (const {policy, shares, mean, low, high} of all) {
        const band = shares
          .map((share, i) => `${area.x(low[i])},${area.y(share)}`)
          .concat(shares.map((share, i) => `${area.x(high[i])},${area.y(share)}`).reverse());
        area.plot.append(
          svg("polygon", {points: band.join(" "), style: `fill:${colour(policy)};opacity:0.18`}),
          svg("path", {
            class: "line",
            "data-mark": "line",
            d: linePath(mean, shares, area.x, area.y),
            style: `stroke:${colour(policy)}`,
            "stroke-dasharray": dash(policy)
          })
        );
      }
      const mark = svg("line", {class: "cursor", y1: area.top, y2: area.bottom, visibility: "hidden"});
      area.root.append(mark);
      const point = (latency, clientX, clientY) => {
        mark.setAttribute("x1", area.x(latency));
        mark.setAttribute("x2", area.x(latency));
        mark.setAttribute("visibility", "visible");
        tip(
          clientX,
          clientY,
          "within " + show(latency, "s"),
          all.map((one) => [POLICIES[one.policy], show(shareAt(one, latency), "share")])
        );
      };
      hoverable(
        area,
        (value, x, y) => point(value, x, y),
        () => mark.setAttribute("visibility", "hidden"),
        (value, step) => value * 1.1 ** step
      );
      return area.root;
    }
  });
}
function shareAt({shares, mean}, latency) {
  let i = mean.findIndex((value) => value > latency);
  if (i < 0) return 1;
  if (i === 0) return 0;
  return shares[i - 1] + ((shares[i] - shares[i - 1]) * (latency - mean[i - 1])) / (mean[i] - mean[i - 1] || 1);
}

/* Pointer and arrow keys move along x; `on(value, clientX, clientY)`. */
function hoverable(area, on, off, move) {
  let value = (area.x.low + area.x.high) / 2;
  const at = (event) => {
    const box = area.root.getBoundingClientRect();
    return ((event.clientX - box.left) * area.width) / box.width;
  };
  area.root.addEventListener("pointermove", (event) => {
    const x = at(event);
    if (x < area.left || x > area.right) return;
    value = area.x.invert(x);
    on(value, event.clientX, event.clientY);
  });
  for (const leave of ["pointerleave", "blur"])
    area.root.addEventListener(leave, () => {
      untip();
      off();
    });
  area.root.addEventListener("keydown", (event) => {
    const step = {ArrowLeft: -1, ArrowRight: 1}[event.key];
    if (!step) return;
    event.preventDefault();
    value = Math.min(area.x.high, Math.max(area.x.low, move(value, step)));
    const box = area.root.getBoundingClientRect();
    on(value, box.left + (area.x(value) * box.width) / area.width, box.top + 30);
  });
}

/* One metric against another: a point a run, a cross for the mean of a policy with its intervals,
   and the policies that no
 * other beats in both. */
function priceFigure(parent) {
  const names = SUMMARY_METRICS.filter((metric) => metric.better !== "none").map((metric) => metric.name);
  const has = (name) => POLICIES.some((_, policy) => summaryOf(policy, name)?.mean > 0);
  const choice = {x: has("cost") ? "cost" : "instances", y: "latency_p95"};
  if (!names.includes(choice.x) || !names.includes(choice.y)) return;
  const policies = () =>
    POLICIES.map((_, policy) => policy).filter(
      (policy) =>
        shown(policy) && summaryOf(policy, choice.x)?.mean != null && summaryOf(policy, choice.y)?.mean != null
    );
  const isBeaten = (policy) =>
    policies().some(
      (other) =>
        other !== policy &&
        ["x", "y"].every((axis) => atLeast(other, policy, axis)) &&
        ["x", "y"].some((axis) => !atLeast(policy, other, axis))
    );
  const atLeast = (a, b, axis) => {
    const [one, two] = [summaryOf(a, choice[axis]), summaryOf(b, choice[axis])];
    return one.better === "high" ? one.mean >= two.mean : one.mean <= two.mean;
  };
  const figure = new Figure(parent, {
    id: "price",
    title: "Price against latency",
    help:
      "A dot a run, a cross the mean of a policy with its intervals. Joined by a line: policies that no other " +
      "beats in both (the " +
      "Pareto front). Both scales can be chosen.",
    csv: () => [
      ["policy", choice.x, choice.y, "on_front"],
      ...policies().map((policy) => [
        POLICIES[policy],
        summaryOf(policy, choice.x).texts[0],
        summaryOf(policy, choice.y).texts[0],
        isBeaten(policy) ? 0 : 1
      ])
    ],
    draw: (self, width) => drawPrice(width, choice, policies(), isBeaten)
  });
  for (const axis of ["x", "y"])
    figure.tools.append(
      el(
        "label",
        {class: "small"},
        axis === "x" ? "across " : " up ",
        el(
          "select",
          {
            "aria-label": axis === "x" ? "Metric across" : "Metric upwards",
            onchange: (event) => {
              choice[axis] = event.target.value;
              figure.again();
            }
          },
          names.map((name) => el("option", {value: name, selected: name === choice[axis]}, label(name)))
        )
      )
    );
}
function drawPrice(width, choice, policies, isBeaten) {
  const index = (name) => D.metrics.findIndex(([one]) => one === name);
  const points = policies.map((policy) => ({
    policy,
    x: summaryOf(policy, choice.x),
    y: summaryOf(policy, choice.y),
    runs: runsOf(policy).map((run) => [run.metrics[index(choice.x)], run.metrics[index(choice.y)]])
  }));
  const range = (axis, k) =>
    extent(points.map((one) => [one[axis].mean, one[axis].low, one[axis].high, ...one.runs.map((run) => run[k])]));
  const xs = range("x", 0),
    ys = range("y", 1);
  if (!xs || !ys) return null;
  const axis = ([least, high], name, unit) => {
    const low = points.every((one) => one.x.mean >= 0 && one.y.mean >= 0) ? Math.max(0, least) : least;
    const isLog = low > 0 && high / low > 20;
    return {
      low: isLog ? low * 0.8 : Math.min(0, low),
      high: isLog ? high * 1.3 : high * 1.1 || 1,
      log: isLog,
      unit,
      label: label(name)
    };
  };
  const area = plotArea(width, 300, {
    label: `${label(choice.y)} against ${label(choice.x)}`,
    x: axis(xs, choice.x, points[0].x.unit),
    y: axis(ys, choice.y, points[0].y.unit)
  });
  const clamp = (scale, value) => scale(Math.max(scale.low, value));
  const front = points.filter((one) => !isBeaten(one.policy)).sort((a, b) => a.x.mean - b.x.mean);
  area.plot.append(
    svg("path", {
      class: "line slo",
      d: linePath(
        front.map((one) => one.x.mean),
        front.map((one) => one.y.mean),
        area.x,
        area.y
      )
    })
  );
  const placed = [];
  for (const one of points) {
    const x = clamp(area.x, one.x.mean),
      y = clamp(area.y, one.y.mean),
      stroke = `stroke:${colour(one.policy)}`;
    for (const [rx, ry] of one.runs)
      if (rx !== null && ry !== null)
        area.plot.append(
          svg("circle", {
            cx: clamp(area.x, rx),
            cy: clamp(area.y, ry),
            r: 2.5,
            style: `fill:${colour(one.policy)};opacity:0.5`
          })
        );
    const lows = [one.x.low ?? one.x.mean, one.y.low ?? one.y.mean],
      highs = [one.x.high ?? one.x.mean, one.y.high ?? one.y.mean];
    const group = svg(
      "g",
      {"data-mark": "point", tabindex: 0, role: "img", "aria-label": POLICIES[one.policy]},
      svg("path", {
        style: stroke,
        "stroke-width": 2,
        d: `M${clamp(area.x, lows[0])},${y}H${area.x(highs[0])}M${x},${clamp(area.y, lows[1])}V${area.y(highs[1])}`
      }),
      svg("circle", {cx: x, cy: y, r: 5, style: `fill:var(--back);${stroke}`, "stroke-width": 2.5})
    );
    const end = x > area.right - 90;
    let at = y - 8;
    while (placed.some((box) => Math.abs(box.y - at) < 12 && Math.abs(box.x - x) < 90)) at += 13;
    placed.push({x, y: at});
    group.append(
      svg(
        "text",
        {x: end ? x - 8 : x + 8, y: at, "text-anchor": end ? "end" : "start"},
        shorten(POLICIES[one.policy], 22)
      )
    );
    area.root.append(
      tipped(group, POLICIES[one.policy], () => [
        [label(choice.x), show(one.x.mean, one.x.unit)],
        [label(choice.y), show(one.y.mean, one.y.unit)],
        [isBeaten(one.policy) ? "Another policy is at least as good in both and better in one." : "On the front."]
      ])
    );
  }
  return area.root;
}
export {legend, hoverable, barFigure, partsFigure, cdfFigure, priceFigure, shareAt};
