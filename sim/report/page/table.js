/* The comparison: policies as rows, metrics as columns, in groups; sorted by a click on a column's head. */
import {digits, show, stepFor} from "./numbers.js";
import {colour, dash, el, shown, svg, tipped} from "./base.js";
import {POLICIES, SUMMARY_METRICS, label, summaryOf} from "./data.js";
const GROUPS = [
  [
    "Overview",
    [
      "throughput",
      "latency_mean",
      "latency_p50",
      "latency_p95",
      "latency_p99",
      "slo_violations",
      "dropped",
      "duplicates",
      "instances",
      "cost"
    ]
  ],
  ["Latency", ["latency_mean", "latency_max", "waiting", "service", "network", "blocked"]],
  [
    "Items",
    ["emitted", "delivered", "duplicates", "dropped", "in_flight", "replayed", "lost", "restarts", "backlog_max", "backlog_end"]
  ],
  ["Resources", ["cpu_device", "cpu_edge", "cpu_cloud", "backpressured", "energy", "cost", "instance_cost", "network_bytes", "crossing_bytes"]],
  ["Decisions", ["decisions", "refused", "rescales", "migrations", "tier_crossings", "state_moved", "paused"]],
  [
    "Checkpoints",
    ["checkpoints", "checkpoints_failed", "checkpoint_duration", "checkpoint_alignment", "checkpoint_bytes"]
  ],
  ["Attempts", ["failed_attempts", "retries", "hedges", "rejected"]],
  [
    "Account",
    [
      "revenue",
      "utilisation",
      "anomaly_frequency",
      "device_anomalies",
      "service_anomalies",
      "income",
      "fines",
      "requests"
    ]
  ]
];

/* Why an interval may not hold (summary.csv, doubt). */
const DOUBTS = {skewed: "the runs are skewed", heavy: "the variance of latencies is infinite"};

/* A metric that no policy has a value of (an account's, where there is none) would be a column of dashes. */
const hasValue = (metric) => POLICIES.some((_, policy) => summaryOf(policy, metric)?.mean != null);

class Table {
  constructor(parent) {
    this.sort = {metric: null, down: false};
    this.differences = false;
    this.tabs = el("div", {class: "tabs", role: "group", "aria-label": "Metrics"});
    this.place = el("div", {id: "comparison"});
    const known = new Set(GROUPS.flatMap(([, metrics]) => metrics));
    const others = SUMMARY_METRICS.map((metric) => metric.name).filter((name) => !known.has(name) && hasValue(name));
    this.groups = [...GROUPS, ["Others", others]]
      .map(([name, metrics]) => [name, metrics.filter(hasValue)])
      .filter(([, metrics]) => metrics.length);
    this.open = this.groups[0][0];
    const none = SUMMARY_METRICS.map((metric) => metric.name).filter((name) => !hasValue(name));
    parent.append(
      this.tabs,
      this.place,
      none.length ? el("p", {class: "facts none"}, "Without a value in any run: " + none.map(label).join(", ") + ".") : ""
    );
    this.draw();
  }
  order() {
    const order = POLICIES.map((_, policy) => policy).filter((policy) => shown(policy));
    const {metric, down} = this.sort;
    if (metric === "policy") order.sort((a, b) => POLICIES[a].localeCompare(POLICIES[b]) * (down ? -1 : 1));
    else if (metric) {
      const value = (policy) => summaryOf(policy, metric)?.mean ?? null;
      order.sort(
        (a, b) => (value(a) === null) - (value(b) === null) || (value(a) - value(b)) * (down ? -1 : 1) || a - b
      );
    }
    return order;
  }
  by(metric) {
    const first = SUMMARY_METRICS.find((one) => one.name === metric)?.better === "high";
    this.sort = this.sort.metric === metric ? {metric, down: !this.sort.down} : {metric, down: first};
    this.draw(metric);
  }
  head(metric, unit, group) {
    const info = SUMMARY_METRICS.find((one) => one.name === metric);
    const better = {low: "Less is better.", high: "More is better."}[info.better] || "Neither less nor more is better.";
    const sorted = this.sort.metric === metric ? (this.sort.down ? "descending" : "ascending") : "none";
    const arrow = {descending: " ↓", ascending: " ↑", none: ""}[sorted];
    const button = el(
      "button",
      {onclick: () => this.by(metric), "data-sort": metric, "data-group": group},
      label(metric) + arrow,
      el("small", {}, unit || "\u00a0")
    );
    return el(
      "th",
      {scope: "col", "aria-sort": sorted},
      tipped(button, metric, () => [[info.help || "A metric of another version of weir."], [better]])
    );
  }
  cell(policy, metric, size, best) {
    const row = summaryOf(policy, metric);
    if (!row || row.mean === null) return el("td", {"data-metric": metric}, "–");
    const show4 = (value) => digits(value / size);
    const half = row.low === null ? null : (row.high - row.low) / 2;
    const differs = row.diffLow !== null && (row.diffLow > 0 || row.diffHigh < 0);
    const second = this.differences
      ? policy === 0 || row.diff === null
        ? ""
        : (row.diff > 0 ? "+" : "") + show4(row.diff) + (differs ? " *" : "")
      : half === null
        ? ""
        : "± " + digits(half / size, 2) + (row.doubt ? " ~" : "");
    const isBest = best !== null && !row.none && row.mean === best;
    const cell = el(
      "td",
      {
        class: [isBest ? "best" : "", this.differences && differs ? "sure" : ""].join(" ").trim() || null,
        "data-metric": metric,
        "data-policy": POLICIES[policy],
        "data-value": row.texts[0],
        "data-low": row.texts[1],
        "data-high": row.texts[2],
        "data-size": size
      },
      show4(row.mean) + (isBest ? " ★" : ""),
      second ? el("small", {}, second) : null
    );
    return tipped(cell, `${POLICIES[policy]}: ${label(metric)}`, () => [
      ["mean", show(row.mean, row.unit)],
      ["as in summary.csv", row.texts[0]],
      ["runs", row.none ? `${row.n}; ${row.none} more have no value, so it is not marked` : String(row.n)],
      ...(row.doubt ? [["the interval may not hold", DOUBTS[row.doubt]]] : []),
      ...(row.low === null ? [] : [["95 % interval", `${show(row.low, row.unit)} to ${show(row.high, row.unit)}`]]),
      ...(policy === 0 || row.diff === null ? [] : [["difference to " + POLICIES[0], show(row.diff, row.unit)]]),
      ...(policy === 0 || row.diffLow === null
        ? []
        : [["its interval", `${show(row.diffLow, row.unit)} to ` + show(row.diffHigh, row.unit)]])
    ]);
  }
  table(name, metrics) {
    const order = this.order();
    const columns = metrics.map((metric) => {
      const means = order
        .map((policy) => summaryOf(policy, metric))
        .filter((row) => row && row.mean !== null && !row.none)
        .map((row) => row.mean);
      const info = SUMMARY_METRICS.find((one) => one.name === metric);
      const all = POLICIES.map((_, policy) => Math.abs(summaryOf(policy, metric)?.mean ?? 0));
      const [size, unit] = stepFor(info.unit, Math.max(...all));
      const best =
        info.better === "none" || new Set(means).size < 2
          ? null
          : info.better === "low"
            ? Math.min(...means)
            : Math.max(...means);
      return {metric, size, unit, best};
    });
    const sorted = this.sort.metric === "policy" ? (this.sort.down ? "descending" : "ascending") : "none";
    return el(
      "div",
      {class: "scroll"},
      el(
        "table",
        {class: "figures"},
        el(
          "thead",
          {},
          el(
            "tr",
            {},
            el(
              "th",
              {scope: "col", "aria-sort": sorted},
              el("button", {onclick: () => this.by("policy"), "data-sort": "policy", "data-group": name}, "policy")
            ),
            columns.map(({metric, unit}) => this.head(metric, unit, name))
          )
        ),
        el(
          "tbody",
          {},
          order.map((policy) =>
            el(
              "tr",
              {"data-policy": POLICIES[policy]},
              el("th", {scope: "row", title: POLICIES[policy]}, swatch(policy), " ", POLICIES[policy]),
              columns.map(({metric, size, best}) => this.cell(policy, metric, size, best))
            )
          )
        )
      )
    );
  }
  draw(focus) {
    const active = document.activeElement?.dataset?.group;
    this.tabs.replaceChildren(
      ...this.groups.map(([name]) =>
        el(
          "button",
          {
            "aria-pressed": String(name === this.open),
            onclick: () => {
              this.open = name;
              this.draw();
            }
          },
          name
        )
      ),
      POLICIES.length > 1
        ? el(
            "button",
            {
              "aria-pressed": String(this.differences),
              id: "differences",
              onclick: () => {
                this.differences = !this.differences;
                this.draw();
              }
            },
            `Differences to ${POLICIES[0]}`
          )
        : ""
    );
    this.place.replaceChildren(
      ...this.groups.map(([name, metrics]) =>
        el(
          "div",
          {
            class: "group",
            "data-group": name, style: name === this.open ? null : "display:none"
          },
          el("h3", {}, name),
          this.table(name, metrics)
        )
      )
    );
    if (focus)
      [...this.place.querySelectorAll("[data-sort]")]
        .find((one) => one.dataset.sort === focus && one.dataset.group === active)
        ?.focus();
  }
}
function swatch(policy) {
  return svg(
    "svg",
    {width: 26, height: 10, viewBox: "0 0 26 10", "aria-hidden": "true"},
    svg("line", {
      x1: 1,
      x2: 25,
      y1: 5,
      y2: 5,
      style: `stroke:${colour(policy)}`,
      "stroke-width": 3,
      "stroke-dasharray": dash(policy)
    })
  );
}
export {swatch, GROUPS, Table};
