/* Decisions: marks on a time line, a row a policy, and the list of them with their reasons. */
import {clock} from "./numbers.js";
import {firstWord} from "./names.js";
import {D, STATE, colour, el, shown, svg} from "./base.js";
import {Figure, rowLabel, rowsOverTime} from "./chart.js";
import {POLICIES, SERIES, span} from "./data.js";
import {PLAYER, timeControls} from "./time.js";
const DECISIONS = SERIES.map((run, i) => ({policy: run.policy, rows: (D.decisions && D.decisions[i]) || []}));
const ofJob = (row) => !STATE.job || row[2] === STATE.job || firstWord(row[2]) === STATE.job;

/* "job / operator"; notes have neither. */
const whereOf = (row) => [row[2], row[3]].filter(Boolean).join(" / ");
/* "2 -> 3 instances: ...": more, fewer, or other hosts. */
function direction(what) {
  const found = /^(\d+) -> (\d+)/.exec(what);
  if (!found) return "other";
  return Number(found[2]) > Number(found[1]) ? "more" : Number(found[2]) < Number(found[1]) ? "fewer" : "moved";
}
const MARKS = {
  more: "M0,-5L4.5,4H-4.5Z",
  fewer: "M0,5L4.5,-4H-4.5Z",
  moved: "M-4,0L0,-4L4,0L0,4Z",
  other: "M-3,-3H3V3H-3Z",
  refused: "M-4,-4L4,4M4,-4L-4,4"
};

const KINDS = {
  "": "all kinds",
  more: "▲ more instances",
  fewer: "▼ fewer instances",
  moved: "◆ other hosts",
  refused: "× refused",
  other: "■ anything else"
};
const kindOf = (row) => (row[6] ? "refused" : direction(row[4]));
/* Where the filter is: words that all stand somewhere in the row, and a kind. */
function decisionFilter(again) {
  const words = el("input", {
      type: "search",
      id: "decision-words",
      placeholder: "filter: job, operator, host, reason",
      "aria-label": "Words in decisions",
      oninput: again
    }),
    kind = el(
      "select",
      {id: "decision-kind", "aria-label": "Kind of decision", onchange: again},
      Object.entries(KINDS).map(([value, text]) => el("option", {value}, text))
    );
  return {
    tools: [words, " ", kind],
    lets: (row) => {
      if (kind.value && kindOf(row) !== kind.value) return false;
      const text = row.slice(1).join(" ").toLowerCase();
      return words.value
        .toLowerCase()
        .split(/\s+/)
        .every((word) => text.includes(word));
    }
  };
}
function decisionFigure(parent) {
  const visible = () => DECISIONS.filter((one) => shown(one.policy));
  const filter = decisionFilter(() => figure.again());
  const inside = (row) => {
    const [low, high] = span();
    return row[0] >= low && row[0] <= high && ofJob(row) && filter.lets(row);
  };
  const place = el("div", {class: "decisions", tabindex: 0, role: "region", "aria-label": "List of decisions"});
  const figure = new Figure(parent, {
    id: "decisions",
    title: "Decisions",
    wide: true,
    follows: ["policies", "zoom", "job"],
    help:
      "What the policies asked for: ▲ more instances, ▼ fewer, ◆ other hosts, × refused, ■ anything else. Reasons are in the list, " +
      "and where the " +
      "pointer is.",
    csv: () => [
      ["shown", "time", "policy", "job", "operator", "what", "why", "refusal"],
      ...visible().flatMap((one) => one.rows.filter(inside).map((row) => [POLICIES[one.policy], ...row]))
    ],
    draw: (figure, width) => {
      const all = visible();
      if (!all.length) return null;
      fillList(place, all, inside);
      return el("div", {}, drawDecisions(width, all, inside), place);
    }
  });
  figure.tools.append(...filter.tools);
}
function drawDecisions(width, all, inside) {
  const height = 26,
    area = rowsOverTime(width, all.length * height, 12, "Decisions over time"),
    {root, x, left, right} = area;
  all.forEach((one, k) => {
    const y = k * height + 15;
    root.append(
      svg("line", {class: "rule", x1: left, x2: right, y1: y, y2: y}),
      rowLabel(left - 8, y + 4, POLICIES[one.policy], left / 6.6)
    );
    for (const row of one.rows.filter(inside)) {
      const kind = kindOf(row);
      root.append(
        svg("path", {
          d: MARKS[kind],
          transform: `translate(${x(row[0]).toFixed(1)} ${y})`,
          "data-mark": "decision",
          style: kind === "refused" ? "stroke:var(--warn);stroke-width:1.5" : `fill:${colour(one.policy)};opacity:0.75`
        })
      );
    }
  });
  const times = [...new Set(all.flatMap((one) => one.rows.filter(inside).map((row) => row[0])))].sort((a, b) => a - b);
  timeControls(area, times, (time) => {
    const rows = all.flatMap((one) =>
      one.rows
        .filter((row) => row[0] === time && inside(row))
        .map((row) => [
          [POLICIES[one.policy], whereOf(row), row[4]].filter(Boolean).join(": ") +
            (row[5] ? ` (${row[5]})` : "") +
            (row[6] ? `; refused: ${row[6]}` : "")
        ])
    );
    return rows.length > 6
      ? [...rows.slice(0, 6), [`and ${rows.length - 6} more`]]
      : rows.length
        ? rows
        : [["nothing was decided"]];
  });
  return root;
}
const LISTED = 400;
function fillList(place, all, inside) {
  const rows = all
    .flatMap((one) => one.rows.filter(inside).map((row) => ({policy: one.policy, row})))
    .sort((a, b) => a.row[0] - b.row[0]);
  const scenario = D.kind === "comparison" && all.length > 1;
  place.replaceChildren(
    rows.length
      ? el(
          "table",
          {},
          el(
            "thead",
            {},
            el(
              "tr",
              {},
              ["time", ...(scenario ? ["policy"] : []), "job / operator", "what", "why"].map((text) =>
                el("th", {scope: "col"}, text)
              )
            )
          ),
          el(
            "tbody",
            {},
            rows
              .slice(0, LISTED)
              .map(({policy, row}) =>
                el(
                  "tr",
                  {},
                  el(
                    "td",
                    {class: "time"},
                    el("button", {class: "small", title: "The player at this time", onclick: () => PLAYER.goTo(row[0])}, clock(row[0]))
                  ),
                  scenario ? el("td", {}, POLICIES[policy]) : null,
                  el("td", {}, whereOf(row)),
                  el("td", {}, row[4]),
                  el("td", {class: row[6] ? "refused" : null}, row[5] + (row[6] ? ` Refused: ${row[6]}` : ""))
                )
              ),
            rows.length > LISTED
              ? el("tr", {}, el("td", {colspan: 5}, `… and ${rows.length - LISTED} more; zoom in to see them.`))
              : null
          )
        )
      : el("p", {class: "empty"}, "No decisions here.")
  );
}
export {DECISIONS, decisionFigure, direction, kindOf};
