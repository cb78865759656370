/* The platform player: plays the windows on one stage or two in step. */
import {clock} from "./numbers.js";
import {D, LISTENERS, STATE, change, el, keepState} from "./base.js";
import {SERIES} from "./data.js";
import {setCursor} from "./time.js";
import {Stage} from "./stage.js";
import {waysOf} from "./devices.js";
import {graphJob, windowAt} from "./graph.js";

class Player {
  constructor(parent) {
    this.runs = SERIES.filter((run) => run.placed.length && run.times.length);
    if (!this.runs.length) {
      parent.append(
        el(
          "p",
          {class: "empty"},
          'The results do not say where instances are (windows.csv has no rows "placed": the scenario\'s ' +
            '"record" leaves operators out, or an older weir made them).'
        )
      );
      return;
    }
    this.times = this.runs[0].entity_times;
    this.at = 0;
    this.part = 1;
    this.speed = 4;
    this.playing = false;
    this.graphs = (D.scenario ? D.scenario.jobs : []).map((job) =>
      job.like === undefined ? job : {...D.scenario.jobs[job.like], ...job}
    );
    this.names = [...new Set(this.runs.flatMap((run) => run.placed.map(([job]) => job)))];
    this.two = this.runs.length > 1;
    this.stale = true;
    this.near = false;
    this.build(parent);
    this.follow();
    this.watch();
    LISTENERS.push((what) => {
      if (what === "pair" || what === "job") this.follow();
    });
    document.addEventListener("keydown", (event) => this.key(event));
  }
  /* The policies and the job that the page is about: of several jobs the worst, as in the job graph. */
  follow() {
    const known = (policy) => this.runs.some((run) => run.policy === policy);
    const pair = [...new Set(STATE.pair.filter(known))].slice(0, this.two ? 2 : 1);
    this.stages = (pair.length ? pair : [this.runs[0].policy]).map((policy) => new Stage(this, policy));
    const job = graphJob();
    this.chooseJob(this.names.includes(job) ? job : this.names.length > 1 ? "" : this.names[0]);
  }
  /* Space plays, where the player is seen and no control has the focus. */
  key(event) {
    if (event.key !== " " || event.target.closest("button, input, select, textarea, [role=button], summary")) return;
    const box = this.panels.getBoundingClientRect();
    if (box.bottom < 0 || box.top > window.innerHeight) return;
    event.preventDefault();
    this.play(!this.playing);
  }
  goTo(time) {
    this.go(windowAt(this.times, time));
  }
  time() {
    return this.times[this.at];
  }
  build(parent) {
    this.panels = el("div", {class: "panels"});
    this.button = el("button", {id: "play", onclick: () => this.play(!this.playing)}, "▶ Play");
    this.slider = el("input", {
      type: "range",
      min: 0,
      max: this.times.length - 1,
      value: 0,
      step: 1,
      "aria-label": "Window",
      oninput: (event) => this.go(Number(event.target.value))
    });
    this.now = el("output", {id: "player-time"});
    parent.append(
      el(
        "div",
        {class: "controls", id: "player"},
        this.button,
        el("button", {"aria-label": "One window back", onclick: () => this.go(this.at - 1)}, "◀|"),
        el("button", {id: "step", "aria-label": "One window on", onclick: () => this.go(this.at + 1)}, "|▶"),
        this.slider,
        this.now,
        el(
          "label",
          {},
          "speed ",
          el(
            "select",
            {
              "aria-label": "Windows a second",
              onchange: (event) => {
                this.speed = Number(event.target.value);
              }
            },
            [1, 2, 4, 10, 25].map((speed) => el("option", {value: speed, selected: speed === 4}, `${speed} windows/s`))
          )
        ),
        el(
          "label",
          {},
          "job ",
          el(
            "select",
            {id: "player-job", "aria-label": "Job of the player", onchange: (event) => this.chooseJob(event.target.value)},
            this.names.length > 1 ? el("option", {value: ""}, "all jobs") : null,
            this.names.map((name) => el("option", {value: name}, name))
          )
        ),
        this.runs.length > 1
          ? el(
              "label",
              {},
              el("input", {type: "checkbox", checked: true, onchange: (event) => this.both(event.target.checked)}),
              " two policies"
            )
          : null
      ),
      el(
        "div",
        {class: "legend"},
        el("span", {}, el("i", {style: "background:var(--busy)"}), "busy"),
        el("span", {}, el("i", {style: "background:var(--blocked)"}), "backpressured"),
        el("span", {}, el("i", {style: "background:var(--idle)"}), "idle"),
        el("span", {}, el("i", {style: "background:var(--queue);width:5px"}), "bar at the right: room of inputs in use"),
        el("span", {}, el("i", {style: "background:var(--network)"}), "transfers (width: bytes/s, logarithmic)"),
        el("span", {}, el("i", {style: "background:var(--p3)"}), "moving"),
        el("span", {}, "✕ host has failed"),
        this.runs.some((run) => waysOf(run, new Set(this.names)).length)
          ? el("span", {}, el("i", {style: "background:var(--p2);border-radius:50%"}), "source that moves, and where its items are worked on first")
          : null,
        (D.anomalies || []).length ? el("span", {}, "purple frame: host has an anomaly") : null
      ),
      this.panels
    );
  }
  /* Stages are drawn when they come near the screen, and before the page is printed. */
  watch() {
    const near = new IntersectionObserver(
      (entries) => {
        this.near = entries[entries.length - 1].isIntersecting;
        if (this.near && this.stale) this.draw();
      },
      {rootMargin: "600px"}
    );
    near.observe(this.panels);
    window.addEventListener("beforeprint", () => this.drawStale());
  }
  drawStale() {
    if (this.stale) this.draw();
  }
  arrange() {
    this.stale = true;
    if (this.near) this.draw();
  }
  draw() {
    this.stale = false;
    this.panels.replaceChildren(...this.stages.map((stage) => stage.node));
    for (const stage of this.stages) stage.draw(Math.max(280, stage.place.clientWidth || 500));
    this.show();
  }
  choose(stage, policy) {
    const pair = [...STATE.pair];
    pair[this.stages.indexOf(stage)] = policy;
    change("pair", {pair});
  }
  chooseJob(name) {
    this.jobs = new Set(name ? [name] : this.names);
    document.getElementById("player-job").value = name;
    this.arrange();
  }
  both(on) {
    this.two = on;
    if (on && STATE.pair[0] === STATE.pair[1]) {
      const other = this.runs.find((run) => run.policy !== STATE.pair[0]);
      change("pair", {pair: [STATE.pair[0], other.policy]});
    } else this.follow();
  }
  go(at) {
    this.at = Math.max(0, Math.min(this.times.length - 1, at));
    this.part = 1;
    this.moved();
    this.show();
  }
  /* The job graph and the mark in the charts go with it. */
  moved() {
    STATE.at = this.time();
    setCursor(this.time());
    if (!this.playing) keepState();
  }
  play(on) {
    this.playing = on;
    this.button.textContent = on ? "❚❚ Pause" : "▶ Play";
    if (!on) return;
    if (this.at >= this.times.length - 1) this.at = 0;
    let last = performance.now();
    const frame = (now) => {
      if (!this.playing) return;
      this.part += ((now - last) / 1000) * this.speed;
      last = now;
      while (this.part >= 1) {
        if (this.at >= this.times.length - 1) {
          this.part = 1;
          this.play(false);
          break;
        }
        this.at++;
        this.part -= 1;
        this.moved();
      }
      this.show();
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }
  show() {
    this.slider.value = this.at;
    this.slider.setAttribute("aria-valuetext", clock(this.time()));
    this.now.textContent = clock(this.time());
    const before = this.at ? this.times[this.at - 1] : 0,
      key = this.at + ":" + STATE.pair + this.two + [...this.jobs].length;
    if (this.stale) return;
    for (const stage of this.stages) {
      if (this.part < 1 && this.shown === key) stage.showMoves(this.time(), before, this.part);
      else stage.show(this.time(), before, this.part);
    }
    this.shown = key;
  }
}
export {Player};
