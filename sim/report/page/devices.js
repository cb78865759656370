/* Devices that move, as dots on a stage whose hosts stand where they are. */
import {svg} from "./base.js";
import {list} from "./data.js";
import {windowAt} from "./graph.js";
/* From metres to the stage; `frame` is {left, right, bottom, top, width, height}. What is all in one line stands in the
   middle. */
const share = (part, whole) => (whole > 0 ? part / whole : 0.5);
const onMap = (frame, x, y) => [
  4 + share(x - frame.left, frame.right - frame.left) * frame.width,
  4 + share(frame.top - y, frame.top - frame.bottom) * frame.height
];
/* Where the sources of these jobs that move are in each window: [{job, name, xs, ys}]. One of several is named after
   its job and itself. */
const waysOf = (run, jobs) =>
  [...run.jobs, ...(run.devices ?? [])]
    .filter((one) => one.device_x !== undefined && jobs.has(one.job))
    .map((one) => ({
      job: one.job,
      name: one.source === undefined ? one.job : one.job + "/" + one.source,
      xs: list(one, "device_x", run.entity_times.length),
      ys: list(one, "device_y", run.entity_times.length)
    }));
class Devices {
  constructor(stage) {
    this.stage = stage;
    this.node = svg("g", {class: "devices"});
    this.dots = new Map();
  }
  /* A dot, and a line from it to the hosts that work first on what it sends. */
  make(name) {
    const dot = svg("circle", {class: "device", r: 4}, svg("title", {}, name)),
      line = svg("path", {class: "sends"});
    this.dots.set(name, {dot, line});
    this.node.prepend(line);
    this.node.append(dot);
  }
  /* Where each device is between two windows: as if it went straight on. */
  show(time, before, part) {
    const {run, frame, boxes, player} = this.stage,
      times = run.entity_times;
    if (!frame) return;
    const ways = waysOf(run, player.jobs),
      now = windowAt(times, time),
      then = before < time ? windowAt(times, before) : now;
    for (const {job, name, xs, ys} of ways) {
      if (!this.dots.has(name)) this.make(name);
      const {dot, line} = this.dots.get(name),
        seen = Number.isFinite(xs[now]) && Number.isFinite(ys[now]);
      for (const node of [dot, line]) node.setAttribute("visibility", seen ? "visible" : "hidden");
      if (!seen) continue;
      const between = (values) => (values[then] ?? values[now]) + (values[now] - (values[then] ?? values[now])) * part;
      const [x, y] = onMap(frame, between(xs), between(ys)).map((value) => value.toFixed(1)),
        hosts = [...this.stage.firstHosts(job, time)].map((host) => boxes.get(host)).filter(Boolean);
      dot.setAttribute("cx", x);
      dot.setAttribute("cy", y);
      line.setAttribute("d", hosts.map((box) => `M${x},${y}L${box.x + box.width / 2},${box.y + box.height / 2}`).join(""));
    }
  }
}
export {Devices, onMap, waysOf};
