/* A sweep: a metric over what was varied, small multiples, a heat map of two parameters, paired differences. */
import {show} from "./numbers.js";
import {plainPaths, sameTogether, shorten} from "./names.js";
import {extent, linePath} from "./scales.js";
import {D, change, colour, dash, el, shown, svg, tip, tipped} from "./base.js";
import {Figure, plotArea} from "./chart.js";
import {POLICIES, label} from "./data.js";
import {hoverable} from "./bars.js";
import {heat} from "./heat.js";
import {overall, pairTable} from "./sweep_tables.js";
const S = D.sweep;

/* The numbers of a parameter's values, or their order if they are no numbers; asked for often. */
const PARAMETERS = new Map();
function parameter(k) {
  if (!PARAMETERS.has(k)) PARAMETERS.set(k, readParameter(k));
  return PARAMETERS.get(k);
}
function readParameter(k) {
  const texts = [...new Set(S.configurations.map((row) => row[k + 1]))];
  const numbers = texts.map((text) => number(text));
  const isNumber = texts.length > 1 && numbers.every((value) => value !== null);
  const order = texts.map((text, i) => ({text, at: isNumber ? numbers[i] : i})).sort((a, b) => a.at - b.at);
  const suffixes = texts.map((text) => text.replace(/^[-\d.eE+]+/, "")),
    among = (names) => isNumber && suffixes.every((suffix) => names.includes(suffix));
  const unit = among(["ns", "us", "ms", "s", "min", "h", "d"]) ? "s" : among(["B", "kB", "MB", "GB"]) ? "B" : "";
  return {name: S.parameters[k], isNumber, unit, values: order, at: new Map(order.map((one) => [one.text, one.at]))};
}
/* "20ms" is 0.02: units are those of scenarios. */
const UNITS = Object.fromEntries(
  (
    " 1,% 0.01,ns 1e-9,us 1e-6,ms 1e-3,s 1,min 60,h 3600,d 86400,B 1,kB 1e3,MB 1e6,GB 1e9,KiB 1024,MiB 1048576," +
    "GiB 1073741824,f 1,kf 1e3,Mf 1e6,Gf 1e9,Tf 1e12,/s 1,bps 1,kbps 1e3,Mbps 1e6,Gbps 1e9,Bps 1,kBps 1e3,MBps 1e6," +
    "GBps 1e9"
  )
    .split(",")
    .map((pair) => pair.split(" "))
    .map(([name, size]) => [name, Number(size)])
);
function number(text) {
  const found = /^(-?[\d.]+(?:[eE][-+]?\d+)?)\s*([A-Za-z%/]*)$/.exec(text);
  return found && UNITS[found[2]] !== undefined ? Number(found[1]) * UNITS[found[2]] : null;
}
const PLAIN_NAMES = S ? new Map(plainPaths(S.parameters, POLICIES).map((name, k) => [S.parameters[k], name])) : new Map();
const shortName = (path) => PLAIN_NAMES.get(path) || path;
const SWEEP = {metric: null, x: 0, y: 1, policy: 0};

/* Points of a policy over a parameter: others are averaged unless they are held at a value. */
function sweepPoints(policy, k, held) {
  const axis = parameter(k),
    sums = new Map();
  const configurations = new Map(S.configurations.map((row) => [row[0], row]));
  for (const [configuration, p, , mean, low, high] of S.values[SWEEP.metric] || []) {
    const row = configurations.get(configuration);
    if (p !== policy || mean === null || !row || (held && !held(row))) continue;
    const at = axis.at.get(row[k + 1]);
    if (!sums.has(at))
      sums.set(at, {at, text: row[k + 1], n: 0, mean: 0, low: 0, high: 0, least: Infinity, most: -Infinity});
    const one = sums.get(at);
    one.n++;
    one.mean += mean;
    one.low += low ?? mean;
    one.high += high ?? mean;
    one.least = Math.min(one.least, mean);
    one.most = Math.max(one.most, mean);
  }
  return [...sums.values()]
    .sort((a, b) => a.at - b.at)
    .map((one) => ({
      at: one.at,
      text: one.text,
      n: one.n,
      mean: one.mean / one.n,
      low: one.n > 1 ? one.least : one.low,
      high: one.n > 1 ? one.most : one.high
    }));
}
const metricOf = (name) => {
  const [, unit, better] = S.metrics.find((one) => one[0] === name);
  return {unit, better};
};

function drawSweep(width, height, k, lists, title, range, names) {
  const axis = parameter(k),
    {unit} = metricOf(SWEEP.metric);
  const xs = axis.values.map((one) => one.at);
  if (!lists.some((one) => one.points.length)) return null;
  const low = Math.min(...xs),
    high = Math.max(...xs),
    isLog = axis.isNumber && low > 0 && high / low >= 10;
  const scatter = lists.some((one) => one.points.length > 40);
  const pad = (high - low || 1) * 0.04;
  const yLog = range[0] > 0 && range[1] / range[0] > 50;
  /* Few values are written at the axis as they stand in the study. */
  const room = (width - 70) / axis.values.length;
  const ticks =
    axis.values.length <= 12
      ? axis.values.map(({text, at}) => ({at, text: shorten(text, Math.max(3, room / 6.5))}))
      : null;
  const across = isLog ? {low: low / 1.15, high: high * 1.15, log: true} : {low: low - pad, high: high + pad};
  const area = plotArea(width, height, {
    label: title,
    x: {...across, ticks, unit: ticks ? "" : axis.unit, label: names ? shortName(axis.name) : ""},
    y: {
      low: yLog ? range[0] * 0.8 : Math.min(0, range[0]),
      high: (yLog ? range[1] * 1.25 : range[1] * 1.06) || 1,
      log: yLog,
      unit,
      label: names ? label(SWEEP.metric) : ""
    }
  });
  for (const {policy, points} of lists) {
    if (!scatter) {
      const band = points
        .map((one) => `${area.x(one.at)},${area.y(Math.max(area.y.low, one.low))}`)
        .concat(points.map((one) => `${area.x(one.at)},${area.y(one.high)}`).reverse());
      area.plot.append(
        svg("polygon", {points: band.join(" "), style: `fill:${colour(policy)};opacity:0.16`}),
        svg("path", {
          class: "line",
          "data-mark": "line",
          d: linePath(
            points.map((one) => one.at),
            points.map((one) => one.mean),
            area.x,
            area.y
          ),
          style: `stroke:${colour(policy)}`,
          "stroke-dasharray": dash(policy)
        })
      );
    }
    for (const one of points)
      area.plot.append(
        svg("circle", {
          cx: area.x(one.at),
          cy: area.y(one.mean),
          r: scatter ? 2 : 3,
          "data-mark": "point",
          style: `fill:${colour(policy)}` + (scatter ? ";opacity:0.6" : "")
        })
      );
  }
  hoverable(
    area,
    (value, x, y) => {
      const near = axis.values.reduce((best, one) =>
        Math.abs(area.x(one.at) - area.x(value)) < Math.abs(area.x(best.at) - area.x(value)) ? one : best
      );
      tip(
        x,
        y,
        `${shortName(axis.name)} = ${near.text}`,
        lists.map(({policy, points}) => {
          const one = points.find((point) => point.at === near.at);
          return [
            POLICIES[policy],
            one ? `${show(one.mean, unit)} (${show(one.low, unit)} to ${show(one.high, unit)})` : "–"
          ];
        })
      );
    },
    () => {},
    (value, step) => {
      const i = axis.values.findIndex((one) => one.at >= value - 1e-12);
      return axis.values[Math.max(0, Math.min(axis.values.length - 1, (i < 0 ? axis.values.length - 1 : i) + step))].at;
    }
  );
  return area.root;
}
const sweepPolicies = () => POLICIES.map((_, policy) => policy).filter((policy) => shown(policy));
const rangeOf = (lists) =>
  extent(lists.map((one) => one.points.flatMap((point) => [point.low, point.high, point.mean]))) || [0, 1];

function sweepFigures(main) {
  overall(main);
  SWEEP.metric = S.metrics.some(([name]) => name === "latency_p95") ? "latency_p95" : S.metrics[0][0];
  /* First those that take the most values. */
  const order = S.parameters
    .map((_, k) => k)
    .sort((a, b) => parameter(b).values.length - parameter(a).values.length || a - b);
  SWEEP.x = order[0];
  SWEEP.y = order.length > 1 ? order[1] : order[0];
  const follows = ["policies", "sweep"],
    several = S.parameters.length > 1;
  const section = el("section", {}, el("h2", {}, "What was varied"));
  const choose = (text, id, names, now, on) =>
    el(
      "label",
      {},
      text + " ",
      el(
        "select",
        {
          id,
          onchange: (event) => {
            on(event.target.value);
            change("sweep", {});
          }
        },
        names.map(([value, name]) => el("option", {value, selected: String(value) === String(now)}, name))
      )
    );
  const parameters = S.parameters.map((name, k) => [k, shortName(name)]);
  section.append(
    el(
      "div",
      {class: "controls"},
      choose(
        "metric",
        "sweep-metric",
        S.metrics.map(([name]) => [name, label(name)]),
        SWEEP.metric,
        (value) => {
          SWEEP.metric = value;
        }
      ),
      choose("over", "sweep-x", parameters, SWEEP.x, (value) => {
        SWEEP.x = Number(value);
      }),
      several
        ? choose("and", "sweep-y", parameters, SWEEP.y, (value) => {
            SWEEP.y = Number(value);
          })
        : null
    )
  );
  const grid = el("div", {class: "grid"});
  section.append(grid);
  main.append(section);
  const all = () => sweepPolicies().map((policy) => ({policy, points: sweepPoints(policy, SWEEP.x)}));
  new Figure(grid, {
    id: "over",
    title: "Over a parameter",
    wide: !several,
    follows,
    help: several
      ? "Mean over all configurations with that value; the band is the range of their means."
      : "Mean over seeds; the band is its 95 % interval.",
    csv: () => [
      ["policy", S.parameters[SWEEP.x], SWEEP.metric, "low", "high"],
      ...all().flatMap(({policy, points}) =>
        points.map((one) => [POLICIES[policy], one.text, one.mean, one.low, one.high])
      )
    ],
    draw: (figure, width) => drawSweep(width, 300, SWEEP.x, all(), "Over a parameter", rangeOf(all()), true)
  });
  if (several) {
    sweepHeat(grid, follows);
    sweepMultiples(grid, follows);
  }
  pairTable(main);
}
/* A chart for each value of the second parameter; the band is the 95 % interval. */
function sweepMultiples(parent, follows) {
  const held = () => {
    const axis = parameter(SWEEP.y === SWEEP.x ? (SWEEP.x + 1) % S.parameters.length : SWEEP.y);
    const k = S.parameters.indexOf(axis.name);
    const groups = sameTogether(
      axis.values.map((one) => one.text),
      (text) => lists(k, text)
    );
    return {k, axis, groups, values: groups.slice(0, 12)};
  };
  const lists = (k, text) =>
    sweepPolicies().map((policy) => ({policy, points: sweepPoints(policy, SWEEP.x, (row) => row[k + 1] === text)}));
  new Figure(parent, {
    id: "multiples",
    title: "Small multiples",
    wide: true,
    follows,
    help:
      "The same, one chart for each value of the second parameter (the first twelve), all on one scale; values that give the " +
      "same share a chart. Bands are " +
      "95 % intervals of the mean over seeds " +
      "(ranges, where a third parameter varies).",
    csv: () => {
      const {k, axis, values} = held();
      return [
        ["policy", axis.name, S.parameters[SWEEP.x], SWEEP.metric, "low", "high"],
        ...values.flatMap(({texts: [text]}) =>
          lists(k, text).flatMap(({policy, points}) =>
            points.map((one) => [POLICIES[policy], text, one.text, one.mean, one.low, one.high])
          )
        )
      ];
    },
    draw: (figure, width) => {
      const {axis, values} = held(),
        columns = Math.max(1, Math.min(values.length, Math.floor(width / 230))) /* three on paper, so that a page has room for twelve */,
        each = Math.floor(width / columns),
        height = 190;
      const range = rangeOf(values.flatMap(({given}) => given));
      const root = svg("svg", {
        class: "chart",
        viewBox: `0 0 ${width} ${Math.ceil(values.length / columns) * (height + 18)}`,
        role: "img",
        "aria-label": "Small multiples"
      });
      values.forEach(({texts, given}, i) => {
        const text = texts.join(", ");
        const one = drawSweep(each - 10, height, SWEEP.x, given, text, range, false);
        if (!one) return;
        for (const [name, value] of [
          ["x", (i % columns) * each],
          ["y", Math.floor(i / columns) * (height + 18) + 16],
          ["width", each - 10],
          ["height", height],
          ["tabindex", -1]
        ])
          one.setAttribute(name, value);
        root.append(
          svg(
            "text",
            {x: (i % columns) * each + 54, y: Math.floor(i / columns) * (height + 18) + 12},
            shorten(`${shortName(axis.name)} = ${text}`, (each - 60) / 6)
          ),
          one
        );
      });
      return root;
    }
  });
}
function sweepHeat(parent, follows) {
  const figure = new Figure(parent, {
    id: "plane",
    title: "Two parameters",
    follows,
    help: "The metric of one policy; each field is the mean over seeds and over what else varies. The stronger the colour, the higher.",
    csv: () => [["x", "y", SWEEP.metric], ...fields().map((one) => [one.x, one.y, one.mean])],
    draw: (self, width) => {
      const all = fields(),
        range = extent([all.map((one) => one.mean)]);
      if (!range) return null;
      const [low, high] = range,
        isLog = low > 0 && high / low > 30;
      const part = (value) =>
        high > low ? (isLog ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low)) : 0;
      const xs = parameter(SWEEP.x).values,
        ys = parameter(SWEEP.y).values,
        left = 90,
        bottom = 34,
        height = Math.max(140, Math.min(330, ys.length * 44)) + bottom;
      const w = (width - left - 6) / xs.length,
        h = (height - bottom) / ys.length,
        {unit} = metricOf(SWEEP.metric);
      const root = svg("svg", {
        class: "chart",
        viewBox: `0 0 ${width} ${height}`,
        role: "img",
        "aria-label": "Two parameters"
      });
      for (const one of all) {
        const i = xs.findIndex((x) => x.text === one.x),
          j = ys.length - 1 - ys.findIndex((y) => y.text === one.y);
        const group = svg(
          "g",
          {tabindex: 0},
          svg("rect", {
            "data-mark": "cell",
            x: left + i * w,
            y: j * h,
            width: Math.max(0.5, w - 1),
            height: Math.max(0.5, h - 1),
            style: `fill:${heat(0.06 + 0.94 * part(one.mean))}`
          })
        );
        if (w > 56 && h > 16)
          group.append(
            svg(
              "text",
              {
                x: left + (i + 0.5) * w,
                y: (j + 0.5) * h + 4,
                "text-anchor": "middle",
                style: part(one.mean) > 0.55 ? "fill:var(--back)" : null
              },
              show(one.mean, unit)
            )
          );
        root.append(
          tipped(
            group,
            `${shortName(S.parameters[SWEEP.x])} = ${one.x}, ${shortName(S.parameters[SWEEP.y])} = ${one.y}`,
            [[label(SWEEP.metric), show(one.mean, unit)]]
          )
        );
      }
      /* Every n-th value is written where there is no room for all. */
      const longest = Math.min(14, Math.max(...xs.map((x) => x.text.length))),
        skip = Math.ceil((6.5 * longest + 6) / w);
      xs.forEach((x, i) => {
        if (i % skip) return;
        const at = {class: "faint", x: left + (i + 0.5) * w, y: height - 20, "text-anchor": "middle"};
        root.append(svg("text", at, shorten(x.text, longest)));
      });
      ys.forEach((y, j) => {
        if (j % Math.ceil(13 / h)) return;
        const at = {class: "faint", x: left - 6, y: (ys.length - 0.5 - j) * h + 4, "text-anchor": "end"};
        root.append(svg("text", at, shorten(y.text, 11)));
      });
      root.append(
        svg(
          "text",
          {class: "faint", x: width - 6, y: height - 4, "text-anchor": "end"},
          shortName(S.parameters[SWEEP.x])
        ),
        svg(
          "text",
          {
            class: "faint",
            x: 12,
            y: (height - bottom) / 2,
            "text-anchor": "middle",
            transform: `rotate(-90 12 ${(height - bottom) / 2})`
          },
          shortName(S.parameters[SWEEP.y])
        )
      );
      return root;
    }
  });
  figure.tools.append(
    el(
      "select",
      {
        "aria-label": "Policy of the map",
        onchange: (event) => {
          SWEEP.policy = Number(event.target.value);
          figure.again();
        }
      },
      POLICIES.map((name, policy) => el("option", {value: policy}, name))
    )
  );
}
function fields() {
  const result = new Map(),
    rows = new Map(S.configurations.map((row) => [row[0], row]));
  for (const [configuration, policy, , mean] of S.values[SWEEP.metric] || []) {
    const row = rows.get(configuration);
    if (policy !== SWEEP.policy || mean === null || !row) continue;
    const key = row[SWEEP.x + 1] + "\n" + row[SWEEP.y + 1];
    if (!result.has(key)) result.set(key, {x: row[SWEEP.x + 1], y: row[SWEEP.y + 1], n: 0, mean: 0});
    const one = result.get(key);
    one.mean = (one.mean * one.n + mean) / ++one.n;
  }
  return [...result.values()];
}
export {S, metricOf, sweepPolicies, SWEEP, shortName, parameter, sweepFigures, number};
