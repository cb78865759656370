/* Figures: a heading, a word on how to read it, a drawing, and its download as SVG and CSV. */
import {csvText, digits, show, stepFor} from "./numbers.js";
import {labelLines} from "./names.js";
import {linear, logTicks, logarithmic, niceTicks, timeLabel, timeTicks} from "./scales.js";
import {LISTENERS, STATE, el, save, shown, svg} from "./base.js";
import {svgFile} from "./svg_file.js";
import {POLICIES, SERIES, span} from "./data.js";
import {swatch} from "./table.js";
const FIGURES = [];

const followsJob = (spec) => !SERIES.length || (spec.follows || []).includes("job") || ["op", "graph"].includes(spec.id);
/* Said while a job is chosen, where it makes no difference. */
function allJobsNote() {
  const note = el("p", {class: "help all-jobs", hidden: true});
  LISTENERS.push((what) => {
    if (what !== "job") return;
    note.hidden = !STATE.job;
    note.textContent = STATE.job ? `Of all jobs, not of ${STATE.job} alone.` : "";
  });
  return note;
}

class Figure {
  /* spec: id, title, help, wide, draw(figure, width) -> SVG or element, csv() -> rows, follows: what makes it draw
     anew */
  constructor(parent, spec) {
    this.spec = spec;
    this.body = el("div", {class: "body"});
    this.tools = el("span", {});
    this.node = el(
      "figure",
      {id: spec.id, class: spec.wide ? "wide" : null},
      el(
        "header",
        {},
        el("h3", {}, spec.title),
        this.tools,
        el(
          "span",
          {class: "downloads"},
          el("button", {class: "small", "aria-label": spec.title + " as SVG", onclick: () => this.saveSvg()}, "SVG"),
          el(
            "button",
            {
              class: "small",
              "aria-label": "Data of " + spec.title + " as CSV",
              onclick: () => save(spec.id + ".csv", "text/csv", csvText(spec.csv()))
            },
            "CSV"
          )
        )
      ),
      el("p", {class: "help"}, spec.help),
      followsJob(spec) ? null : allJobsNote(),
      (this.paper = el("p", {class: "legend paper"})),
      this.body
    );
    parent.append(this.node);
    this.near = false;
    this.stale = true;
    FIGURES.push(this);
  }
  /* On paper the bar with the policies is far away, or not there. */
  printLegend() {
    const policies = POLICIES.map((_, policy) => policy).filter(shown);
    this.paper.replaceChildren(
      ...(this.spec.single || policies.length < 2
        ? []
        : policies.map((policy) => el("span", {}, swatch(policy), " ", POLICIES[policy])))
    );
  }
  isDue(force) {
    return this.stale && (force || this.near);
  }
  width() {
    return Math.max(260, Math.round(this.body.clientWidth || 600));
  }
  /* `paper` is the width on paper, if it is for that; `width` that on the screen, where it is known. */
  draw(force, paper, width) {
    if (!this.isDue(force)) return;
    this.stale = Boolean(paper);
    if (paper) this.printLegend();
    this.body.replaceChildren(
      this.spec.draw(this, paper || width || this.width()) || el("p", {class: "empty"}, this.spec.empty || "The results say nothing about it.")
    );
  }
  again() {
    this.stale = true;
    this.draw(false);
  }
  saveSvg() {
    const text = svgFile(this);
    if (text) save(this.spec.id + ".svg", "image/svg+xml", text);
  }
}

/* All widths are asked before anything is drawn: the browser lays the page out once, not once a figure. */
function drawFigures(figures) {
  const due = figures.filter((figure) => figure.isDue(false)),
    widths = due.map((figure) => figure.width());
  due.forEach((figure, i) => figure.draw(false, 0, widths[i]));
}
function drawAgain(figures) {
  for (const figure of figures) figure.stale = true;
  drawFigures(figures);
}
function drawAll() {
  for (const figure of FIGURES) figure.draw(true);
}
/* Figures draw when they come near the screen, all of them before the page is printed. */
function watchFigures() {
  const near = new IntersectionObserver(
    (entries) => {
      const shown = new Map(entries.map((entry) => [entry.target, entry.isIntersecting]));
      const figures = FIGURES.filter((figure) => shown.has(figure.node));
      for (const figure of figures) figure.near = shown.get(figure.node);
      drawFigures(figures);
    },
    {rootMargin: "600px"}
  );
  for (const figure of FIGURES) near.observe(figure.node);
  let width = document.documentElement.clientWidth;
  window.addEventListener("resize", () => {
    if (width === document.documentElement.clientWidth) return;
    width = document.documentElement.clientWidth;
    drawAgain(FIGURES);
  });
  /* On paper: two columns of A4 less its margins, or their sum. */
  window.addEventListener("beforeprint", () =>
    FIGURES.forEach((figure) => {
      figure.stale = true;
      figure.draw(true, figure.spec.wide ? 700 : 338);
    })
  );
  window.addEventListener("afterprint", () => drawFigures(FIGURES));
  LISTENERS.push((what) => drawAgain(FIGURES.filter((figure) => (figure.spec.follows || ["policies"]).includes(what))));
}

/* The name of a row at the right end of its margin, in at most two lines about the height of y. */
function rowLabel(x, y, name, most) {
  const lines = labelLines(name, most);
  return svg(
    "text",
    {x, y: lines.length > 1 ? y - 5 : y, "text-anchor": "end"},
    lines.map((line, i) => (lines.length > 1 ? svg("tspan", {x, dy: i ? 11 : 0}, line) : line))
  );
}

/* --- axes --- */

/* Labels of a scale of time, the outer ones inside it, with their feet at y. */
function timeAxis(root, x, y, count) {
  for (const tick of timeTicks(x.low, x.high, count))
    root.append(
      svg(
        "text",
        {class: "faint", x: x(tick), y, "text-anchor": tick === x.low ? "start" : tick >= x.high ? "end" : "middle"},
        timeLabel(tick, x.high)
      )
    );
}
/* A drawing of rows of things, their names at the left, over the time that is looked at: what timeControls() wants. */
function rowsOverTime(width, height, margin, label) {
  const left = Math.min(150, width * 0.28),
    right = width - margin,
    bottom = height + 4,
    x = linear(...span(), left, right);
  const root = svg("svg", {
    class: "chart",
    viewBox: `0 0 ${width} ${bottom + 20}`,
    role: "img",
    tabindex: 0,
    "aria-label": label
  });
  timeAxis(root, x, bottom + 13, (width - left) / 90);
  return {root, x, left, right, top: 0, bottom, width};
}
/* A plot with axes: {root, plot, x, y, width, height, left, top}. Spec: x and y are {low, high, log, unit, label, time}.
   A tick's text may be given: x.ticks = [{at, text}]. */
function plotArea(width, height, spec) {
  const right = 12,
    top = 10,
    bottom = 34;
  const [size, unit] = stepFor(spec.y.unit, Math.max(Math.abs(spec.y.low), Math.abs(spec.y.high)));
  const yTicks = spec.y.log
    ? logTicks(spec.y.low, spec.y.high, (height - top - bottom) / 30)
    : niceTicks(spec.y.low, spec.y.high, (height - 44) / 34);
  const yTexts = yTicks.map((tick) => (spec.y.log ? show(tick, spec.y.unit) : digits(tick / size)));
  const left = Math.max(46, 28 + 6.3 * Math.max(...yTexts.map((text) => text.length)));
  const root = svg("svg", {
    class: "chart",
    viewBox: `0 0 ${width} ${height}`,
    role: "img",
    tabindex: 0,
    "aria-label": spec.label
  });
  const make = (axis, from, to) => (axis.log ? logarithmic : linear)(axis.low, axis.high, from, to);
  const x = make(spec.x, left, width - right),
    y = make(spec.y, height - bottom, top);
  const rules = svg("g"),
    texts = svg("g");
  yTicks.forEach((tick, i) => {
    rules.append(svg("line", {class: "rule", x1: left, x2: width - right, y1: y(tick), y2: y(tick)}));
    texts.append(svg("text", {class: "faint", x: left - 6, y: y(tick) + 4, "text-anchor": "end"}, yTexts[i]));
  });
  const xTicks = spec.x.ticks
    ? spec.x.ticks.map((one) => one.at)
    : x.log
      ? logTicks(x.low, x.high, (width - left) / 60)
      : (spec.x.time ? timeTicks : niceTicks)(x.low, x.high, (width - left) / 90);
  const [xSize, xUnit] = stepFor(spec.x.unit, Math.max(Math.abs(x.low), Math.abs(x.high)));
  xTicks.forEach((tick, i) => {
    texts.append(svg("line", {class: "axis", x1: x(tick), x2: x(tick), y1: y.from, y2: y.from + 4}));
    texts.append(
      svg(
        "text",
        {
          class: "faint",
          x: x(tick),
          y: y.from + 16,
          "text-anchor": spec.x.time && x(tick) > width - right - 14 ? "end" : "middle"
        },
        spec.x.ticks
          ? spec.x.ticks[i].text
          : spec.x.time
            ? timeLabel(tick, x.high)
            : x.log
              ? show(tick, spec.x.unit)
              : digits(tick / xSize)
      )
    );
  });
  const named = (text, inUnit) => (text && inUnit && text !== inUnit ? `${text} (${inUnit})` : text || inUnit);
  const yName = named(spec.y.label, y.log ? "" : unit),
    xName = spec.x.time ? "" : named(spec.x.label, x.log ? "" : xUnit);
  texts.append(svg("text", {class: "faint", x: width - right, y: height - 3, "text-anchor": "end"}, xName));
  texts.append(
    svg(
      "text",
      {
        class: "faint",
        x: 12,
        y: (y.from + y.to) / 2,
        "text-anchor": "middle",
        transform: `rotate(-90 12 ${(y.from + y.to) / 2})`
      },
      yName
    )
  );
  const plot = svg("g");
  const clip = svg(
    "clipPath",
    {id: "clip-" + (plotArea.count = (plotArea.count || 0) + 1)},
    svg("rect", {x: left, y: top - 3, width: Math.max(0, width - right - left + 3), height: height - bottom - top + 6})
  );
  plot.setAttribute("clip-path", `url(#clip-${plotArea.count})`);
  root.append(clip, rules, plot, svg("path", {class: "axis", d: `M${left},${top}V${y.from}H${width - right}`}), texts);
  return {root, plot, x, y, width, height, left, top, bottom: y.from, right: width - right};
}
export {Figure, plotArea, timeAxis, rowsOverTime, drawAll, watchFigures, rowLabel};
