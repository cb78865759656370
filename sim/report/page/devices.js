/* Sources that move, as dots on a stage whose hosts stand where they are. */
import {svg} from "./base.js";
import {list} from "./data.js";
import {windowAt} from "./graph.js";
class Devices {
  constructor(stage) {
    this.stage = stage;
    this.node = svg("g", {class: "devices"});
    this.dots = new Map();
  }
  /* From metres to the stage; `frame` is {left, right, bottom, top, width, height}. */
  at(frame, x, y) {
    return [
      4 + ((x - frame.left) / (frame.right - frame.left || 1)) * frame.width,
      4 + ((frame.top - y) / (frame.top - frame.bottom || 1)) * frame.height
    ];
  }
  /* Where each device is between two windows: as if it went straight on. */
  show(time, before, part) {
    const {run, frame, player} = this.stage,
      times = run.entity_times;
    if (!frame) return;
    for (const job of run.jobs) {
      const xs = job.device_x === undefined ? null : list(job, "device_x", times.length),
        ys = xs && list(job, "device_y", times.length);
      const now = windowAt(times, time),
        then = before < time ? windowAt(times, before) : now;
      const here = ys && [xs[now], ys[now]],
        there = ys && [xs[then] ?? xs[now], ys[then] ?? ys[now]];
      const seen = here && Number.isFinite(here[0]) && player.jobs.has(job.job);
      if (seen && !this.dots.has(job.job)) {
        const dot = svg("circle", {class: "device", r: 4}, svg("title", {}, job.job));
        this.dots.set(job.job, dot);
        this.node.append(dot);
      }
      const dot = this.dots.get(job.job);
      if (!dot) continue;
      dot.setAttribute("visibility", seen ? "visible" : "hidden");
      if (!seen) continue;
      const [x, y] = this.at(frame, ...there.map((from, i) => from + (here[i] - from) * part));
      dot.setAttribute("cx", x.toFixed(1));
      dot.setAttribute("cy", y.toFixed(1));
    }
  }
}
export {Devices};
