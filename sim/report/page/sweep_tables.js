/* Tables of a sweep: policies over all configurations, and paired differences. */
import {csvText, digits, show, stepFor} from "./numbers.js";
import {LISTENERS, METRICS, el, save, shown, tipped} from "./base.js";
import {POLICIES, label} from "./data.js";
import {GROUPS, swatch} from "./table.js";
import {mean} from "./heat.js";
import {S, SWEEP, metricOf, parameter, shortName, sweepPolicies} from "./sweep.js";

/* Policies over all configurations: the mean of their means, and in how many of them a policy is the best. */
function overall(main) {
  const metrics = GROUPS[0][1].filter((name) => S.values[name]);
  const place = el("div", {class: "scroll", id: "overall"});
  const draw = () =>
    place.replaceChildren(
      el(
        "table",
        {class: "figures"},
        el(
          "thead",
          {},
          el(
            "tr",
            {},
            el("th", {scope: "col"}, "policy"),
            metrics.map((name) => {
              const [, unit] = stepFor(metricOf(name).unit, largest(name));
              return el(
                "th",
                {scope: "col"},
                tipped(el("span", {tabindex: 0}, label(name), el("small", {}, unit || "\u00a0")), name, [
                  [METRICS.get(name)?.help || ""],
                  [
                    {low: "Less is better.", high: "More is better."}[metricOf(name).better] ||
                      "Neither less nor more is better."
                  ]
                ])
              );
            })
          )
        ),
        el(
          "tbody",
          {},
          sweepPolicies().map((policy) =>
            el(
              "tr",
              {},
              el("th", {scope: "row", title: POLICIES[policy]}, swatch(policy), " ", POLICIES[policy]),
              metrics.map((name) => {
                const values = meansOf(name, policy),
                  [size] = stepFor(metricOf(name).unit, largest(name)),
                  best = wins(name).get(policy);
                return el(
                  "td",
                  {},
                  digits(mean(values) / size),
                  el("small", {}, best === undefined ? "" : `best in ${best}`)
                );
              })
            )
          )
        )
      )
    );
  main.append(
    el(
      "section",
      {"aria-label": "Comparison"},
      el(
        "p",
        {class: "facts"},
        `Means over all ${S.configurations.length} configurations, and in how many of them ` +
          "a policy has the best mean (alone; ties count for none)."
      ),
      place
    )
  );
  LISTENERS.push((what) => {
    if (what === "policies") draw();
  });
  draw();
}
const meansOf = (name, policy) =>
  S.values[name].filter((row) => row[1] === policy && row[3] !== null).map((row) => row[3]);
const largest = (name) => Math.max(...POLICIES.map((_, policy) => Math.abs(mean(meansOf(name, policy)))));
function wins(name) {
  const {better} = metricOf(name),
    best = new Map(),
    count = new Map(sweepPolicies().map((policy) => [policy, 0]));
  if (better === "none" || count.size < 2) return new Map();
  for (const [configuration, policy, , value] of S.values[name]) {
    if (value === null || !shown(policy)) continue;
    const now = best.get(configuration),
      score = better === "low" ? value : -value;
    if (!now || score < now.score) best.set(configuration, {score, policy});
    else if (score === now.score) now.policy = -1;
  }
  for (const {policy} of best.values()) if (policy >= 0) count.set(policy, count.get(policy) + 1);
  return count;
}

/* Paired differences of the metric that is chosen. */
const PAIR_ROWS = 60;
function pairTable(main) {
  const place = el("div", {class: "scroll", id: "pairs"}),
    rows = new Map(S.configurations.map((row) => [row[0], row]));
  const sort = {column: 0, down: false};
  const draw = () => {
    const metric = METRICS.get(SWEEP.metric),
      {unit, better} = metricOf(SWEEP.metric);
    const all = S.pairs.filter(
      (row) =>
        row[3] === SWEEP.metric &&
        rows.has(row[0]) &&
        shown(POLICIES.indexOf(row[1])) &&
        shown(POLICIES.indexOf(row[2]))
    );
    const columns = [
      ...S.parameters.map((name, k) => [
        shortName(name),
        (row) => rows.get(row[0])[k + 1],
        (row) => parameter(k).at.get(rows.get(row[0])[k + 1])
      ]),
      ["a", (row) => row[1]],
      ["b", (row) => row[2]],
      ["a − b", (row) => show(row[5], unit), (row) => row[5]],
      ["95 % interval", (row) => `${show(row[6], unit)} to ${show(row[7], unit)}`, (row) => row[6]],
      ["p", (row) => digits(row[8], 2), (row) => row[8]],
      ["p (Holm)", (row) => digits(row[9], 2), (row) => row[9]],
      [
        "better",
        (row) =>
          row[9] !== null && row[9] < 0.05 && better !== "none"
            ? row[5] < 0 === (better === "low")
              ? row[1]
              : row[2]
            : "not told apart"
      ]
    ];
    const key = columns[Math.min(sort.column, columns.length - 1)],
      by = (row) => (key[2] || key[1])(row),
      keys = new Map(all.map((row) => [row, by(row)]));
    if (sort.column || sort.down)
      all.sort((a, b) => (keys.get(a) > keys.get(b) ? 1 : keys.get(a) < keys.get(b) ? -1 : 0) * (sort.down ? -1 : 1));
    place.replaceChildren(
      all.length
        ? el(
            "table",
            {class: "figures"},
            el(
              "thead",
              {},
              el(
                "tr",
                {},
                columns.map(([name], i) =>
                  el(
                    "th",
                    {scope: "col", "aria-sort": sort.column === i ? (sort.down ? "descending" : "ascending") : "none"},
                    el(
                      "button",
                      {
                        "data-sort": name,
                        onclick: () => {
                          sort.down = sort.column === i && !sort.down;
                          sort.column = i;
                          draw();
                        }
                      },
                      name + (sort.column === i ? (sort.down ? " ↓" : " ↑") : "")
                    )
                  )
                )
              )
            ),
            el(
              "tbody",
              {},
              all.slice(0, PAIR_ROWS).map((row) =>
                el(
                  "tr",
                  {"data-differs": row[9] !== null && row[9] < 0.05 ? "1" : null},
                  columns.map(([, text], i) => (i ? el("td", {}, text(row)) : el("th", {scope: "row"}, text(row))))
                )
              ),
              all.length > PAIR_ROWS
                ? el(
                    "tr",
                    {},
                    el("td", {colspan: columns.length}, `${all.length - PAIR_ROWS} more rows; the CSV has all.`)
                  )
                : null
            )
          )
        : el(
            "p",
            {class: "empty"},
            metric && metric.better === "none"
              ? "No pairs: neither less nor more of this metric is better."
              : "No pairs: there is one policy, or one seed."
          )
    );
  };
  main.append(
    el(
      "section",
      {},
      el("h2", {}, "Paired differences"),
      el(
        "p",
        {class: "facts"},
        "Runs with one seed see the same arrivals and work, so their difference is known better " +
          "than either mean. p (Holm) is corrected for all comparisons of a metric; below 0.05 the difference is " +
          "told apart from chance."
      ),
      el(
        "button",
        {
          class: "small",
          onclick: () =>
            save(
              "pairs.csv",
              "text/csv",
              csvText([
                [
                  "configuration",
                  "policy_a",
                  "policy_b",
                  "metric",
                  "n",
                  "difference",
                  "ci95_low",
                  "ci95_high",
                  "p",
                  "p_holm"
                ],
                ...S.pairs
              ])
            )
        },
        "CSV"
      ),
      place
    )
  );
  LISTENERS.push((what) => {
    if (what === "sweep" || what === "policies") draw();
  });
  draw();
}
export {overall, pairTable};
