/* The page: head, bar, sections. */
import {clock} from "./numbers.js";
import {coinciding, readHash} from "./names.js";
import {D, LISTENERS, STATE, change, el} from "./base.js";
import {drawAll, watchFigures} from "./chart.js";
import {POLICIES, SERIES, chooseJob, jobNames, seriesOf, summaryOf} from "./data.js";
import {Table, swatch} from "./table.js";
import {barFigure, cdfFigure, partsFigure, priceFigure} from "./bars.js";
import {PLAYER, stateFigure, timeFigures} from "./time.js";
import {NO_OBJECTIVE, objectiveFigure, useFigures} from "./heat.js";
import {decisionFigure} from "./decisions.js";
import {graphFigure, heldFigure} from "./graph_parts.js";
import {Player} from "./player.js";
import {S, sweepFigures} from "./sweep.js";
function theme() {
  const kept = (() => {
    try {
      return localStorage.getItem("weir-theme");
    } catch {
      return null;
    }
  })();
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const set = (name) => (document.documentElement.dataset.theme = name);
  const asked = new URLSearchParams(location.search).get("theme");
  set(asked || kept || (dark.matches ? "dark" : "light"));
  let before = null;
  window.addEventListener("beforeprint", () => {
    before = document.documentElement.dataset.theme;
    set("light");
  });
  window.addEventListener("afterprint", () => {
    if (before) set(before);
  });
  return el(
    "button",
    {
      id: "theme",
      onclick: () => {
        const name = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
        set(name);
        try {
          localStorage.setItem("weir-theme", name);
        } catch {
          /* a page without storage forgets */
        }
      }
    },
    "Light / dark"
  );
}

const counted = (count, noun) => `${count} ${count === 1 ? noun : noun.replace(/y$/, "ie") + "s"}`;
function facts() {
  if (D.kind === "sweep")
    return [
      counted(S.configurations.length, "configuration"),
      "of " + counted(S.parameters.length, "parameter") + ",",
      counted(POLICIES.length, "policy")
    ].join(" ");
  const seeds = new Set(D.runs.map((run) => run.seed)),
    run = D.runs[0];
  return [
    counted(POLICIES.length, "policy") + ", " + counted(seeds.size, "seed"),
    run && `${clock(run.duration)} simulated` + (run.warmup ? `, ${clock(run.warmup)} of it warm-up` : ""),
    D.scenario && counted(D.scenario.jobs.length, "job"),
    D.seed && `charts over time show seed ${D.seed}`
  ]
    .filter(Boolean)
    .join("; ");
}

function head() {
  document.getElementById("head").append(el("h1", {}, D.title), el("p", {class: "facts"}, facts()), theme());
  if (D.problems.length)
    document.getElementById("main").append(
      el(
        "div",
        {class: "problems", role: "alert"},
        el("strong", {}, "Not all is there"),
        el(
          "ul",
          {},
          D.problems.map((text) => el("li", {}, text))
        )
      )
    );
}
function bar() {
  const toggles = el(
    "fieldset",
    {class: "policies", "aria-label": "Policies"},
    POLICIES.map((name, policy) =>
      el(
        "label",
        {title: name},
        el("input", {
          type: "checkbox",
          checked: true,
          "data-policy": name,
          onchange: (event) => {
            const hidden = new Set(STATE.hidden);
            if (event.target.checked) hidden.delete(policy);
            else hidden.add(policy);
            change("policies", {hidden});
          }
        }),
        swatch(policy),
        el("span", {}, name)
      )
    )
  );
  const names = jobNames(),
    push = el("div", {class: "push"});
  if (names.length > 1)
    push.append(
      el(
        "label",
        {},
        "job ",
        el(
          "select",
          {id: "job", onchange: (event) => chooseJob(event.target.value)},
          el("option", {value: ""}, "all jobs"),
          names.map((name) => el("option", {value: name}, name))
        )
      )
    );
  if (SERIES.length) {
    const reset = el(
      "button",
      {id: "unzoom", disabled: true, onclick: () => change("zoom", {zoom: null})},
      "Whole time"
    );
    LISTENERS.push((what) => {
      if (what === "zoom") reset.disabled = !STATE.zoom;
    });
    push.append(reset);
  }
  document.getElementById("bar").append(toggles, push);
}
function section(title, text) {
  const grid = el("div", {class: "grid"});
  document
    .getElementById("main")
    .append(
      el(
        "section",
        {id: "part-" + title.toLowerCase().replaceAll(" ", "-")},
        el("h2", {}, title),
        text ? el("p", {class: "facts"}, text) : null,
        grid
      )
    );
  return grid;
}
/* What the platform earns by what it serves, and how often something was wrong. */
function accountFigures(parent) {
  barFigure(
    parent,
    "revenue",
    "Revenue",
    "Servers that earn all they can, the mean of all windows; lines are 95 % intervals.",
    "revenue"
  );
  barFigure(
    parent,
    "anomalies",
    "Anomalies of requests",
    "Share of requests served by a server with an anomaly, late or dropped; lines are 95 % intervals.",
    "anomaly_frequency"
  );
}
/* Policies that come to the same are told, lest one looks for a difference. */
function coincide(parent) {
  const except = new Set(["decisions", "refused", "warnings"].map((name) => D.metrics.findIndex((one) => one[0] === name)));
  for (const policies of coinciding(D.runs, POLICIES.length, except))
    parent.append(
      el(
        "p",
        {class: "facts coincide"},
        policies.map((policy) => POLICIES[policy]).join(", ") + ": the same in each seed, in all figures but their decisions."
      )
    );
}
function comparison() {
  const main = document.getElementById("main");
  if (SERIES.length) {
    STATE.policy = SERIES[0].policy;
    STATE.pair = STATE.first = [SERIES[0].policy, (SERIES[1] || SERIES[0]).policy];
    const necks = el("section", {id: "part-held"}, el("h2", {}, "Who holds whom back"));
    main.append(necks);
    heldFigure(necks);
  }
  const top = el("section", {"aria-label": "Comparison"});
  main.append(top);
  coincide(top);
  const table = new Table(top);
  LISTENERS.push((what) => {
    if (what === "policies") table.draw();
  });
  if (SERIES.length) graphFigure(section("Job graph"));
  const latency = section("Latency"),
    objectives = section("Objectives and price"),
    flow = SERIES.length
      ? section(
          "Flow",
          "Drag across a chart to zoom all of them; " + "keys: ← → move, + − zoom, 0 shows the whole time."
        )
      : null;
  const resources = SERIES.length ? section("Resources") : null;
  partsFigure(latency);
  cdfFigure(latency);
  priceFigure(objectives);
  const beside = el("div", {});
  objectives.append(beside);
  barFigure(
    beside,
    "violations",
    "SLO violations",
    "Share of the results due that came too late, or not at all; lines are 95 % intervals.",
    "slo_violations",
    NO_OBJECTIVE
  );
  if (POLICIES.some((_, policy) => summaryOf(policy, "energy")?.mean > 0))
    barFigure(
      beside,
      "energy",
      "Energy",
      "Of hosts and links for which the platform gives watts; lines are 95 % intervals.",
      "energy"
    );
  if (POLICIES.some((_, policy) => summaryOf(policy, "revenue")?.mean != null)) accountFigures(section("Account"));
  if (!SERIES.length) return;
  timeFigures(latency, flow, resources);
  objectiveFigure(objectives);
  stateFigure(resources);
  useFigures(resources);
  decisionFigure(section("Decisions"));
  main.append(el("section", {id: "platform"}, el("h2", {}, "Platform player")));
  main.lastChild.querySelector("h2").tabIndex = -1;
  const player = new Player(main.lastChild);
  if (player.times) Object.assign(PLAYER, {goTo: (time) => player.goTo(time), draw: () => player.drawStale()});
}
/* What the address says of the state, where the page has it. */
function restore() {
  const {hidden, job, op, zoom, at, pair} = readHash(location.hash, POLICIES);
  if (D.kind === "sweep") return change("policies", {hidden});
  for (const box of document.querySelectorAll("#bar input")) box.checked = !hidden.has(POLICIES.indexOf(box.dataset.policy));
  change("policies", {hidden});
  if (!SERIES.length) return;
  if (pair && pair.every(seriesOf)) change("pair", {pair});
  chooseJob(jobNames().includes(job) ? job : "");
  change("op", {op});
  change("zoom", {zoom});
  if (at !== null) PLAYER.goTo(at);
}
/* All is drawn first, so that nothing moves away afterwards and there is room below. */
function jump(head) {
  drawAll();
  PLAYER.draw();
  head.scrollIntoView();
}
/* From the bar to the parts of the page. */
function jumps() {
  const parts = [...document.querySelectorAll("main section > h2")].filter((head) => head.parentNode.id);
  if (parts.length < 2) return;
  document.getElementById("bar").append(
    el(
      "span",
      {class: "jumps"},
      parts.map((head) =>
        el("button", {class: "small", "data-part": head.parentNode.id, onclick: () => jump(head)}, head.textContent)
      )
    )
  );
}
function start() {
  head();
  bar();
  if (D.kind === "sweep") sweepFigures(document.getElementById("main"));
  else comparison();
  document.body.append(
    el(
      "footer",
      {},
      D.notes.length
        ? el(
            "ul",
            {class: "notes"},
            D.notes.map((text) => el("li", {}, text))
          )
        : null,
      `Made by weir ${D.weir} from the results alone. This page needs no network. ★ best of its column; ± half the 95 % ` +
        "confidence interval over seeds."
    )
  );
  jumps();
  watchFigures();
  if (location.hash) restore();
  window.addEventListener("hashchange", restore);
  document.documentElement.dataset.ready = "1";
}
start();
