/* A stage of the platform player: hosts by tier, operators on them, what flows between, for one policy and window. */
import {clock, show} from "./numbers.js";
import {shorten} from "./names.js";
import {extent} from "./scales.js";
import {D, el, svg, tipped} from "./base.js";
import {POLICIES, SERIES, anomaliesOf, jobSeries, list, seriesOf} from "./data.js";
import {DECISIONS} from "./decisions.js";
import {Devices, onMap, waysOf} from "./devices.js";
import {placedAt, placements} from "./placed.js";
import {HOST_TIERS, TIERS, windowAt} from "./graph.js";
class Stage {
  constructor(player, policy) {
    this.player = player;
    this.run = seriesOf(policy);
    this.policy = policy;
    this.placed = placements(this.run);
    this.moving = new Set(waysOf(this.run, {has: () => true}).map((way) => way.job));
    this.said = el("p", {class: "said", "aria-live": "off"});
    this.place = el("div", {});
    this.select = el(
      "select",
      {"aria-label": "Policy", onchange: (event) => player.choose(this, Number(event.target.value))},
      SERIES.map((run) => el("option", {value: run.policy, selected: run.policy === policy}, POLICIES[run.policy]))
    );
    this.node = el("div", {class: "panel"}, this.select, this.place, this.said);
    const decided = DECISIONS.find((one) => one.policy === policy);
    this.decisions = decided ? decided.rows : [];
  }
  /* Hosts that have anything to do with the jobs that are shown, and those that fail. */
  used() {
    const names = new Set(),
      {jobs} = this.player;
    for (const stage of this.player.stages)
      for (const [key, rows] of stage.placed)
        if (jobs.has(key.split("\n")[0])) for (const row of rows) if (row.host) names.add(row.host);
    for (const job of this.player.graphs)
      if (jobs.has(job.name)) for (const end of [this.moving.has(job.name) ? "" : job.source, job.sink]) if (end) names.add(end);
    for (const stage of this.player.stages)
      for (const host of stage.run.hosts) if (host.down !== undefined) names.add(host.name);
    return names;
  }
  layout(width) {
    const names = this.used(),
      known = new Map((D.scenario ? D.scenario.hosts : []).map((host) => [host[0], host]));
    const hosts = [...names].map((name) => known.get(name) || [name, 1, "", 0]);
    this.cells = new Map(hosts.map(([name]) => [name, []]));
    for (const stage of this.player.stages)
      for (const [key, rows] of stage.placed) {
        if (!this.player.jobs.has(key.split("\n")[0])) continue;
        for (const row of rows)
          if (row.host && !this.cells.get(row.host).includes(key)) this.cells.get(row.host).push(key);
      }
    const most = Math.max(1, ...[...this.cells.values()].map((cells) => cells.length));
    this.named = hosts.length <= 14 && most <= 8;
    const cell = this.named ? {width: Math.min(112, width - 60), height: 26} : {width: 11, height: 13};
    this.boxes = new Map();
    this.cell = cell;
    this.bands = [];
    this.frame = null;
    if ((hosts.length > 1 || this.moving.size) && hosts.every((host) => host.length > 4)) this.byPlace(hosts, width);
    else this.byTier(hosts, width);
  }
  size(name) {
    const {cell} = this,
      cells = this.cells.get(name).length,
      columns = this.named
        ? Math.max(1, Math.min(3, Math.ceil(cells / 3)))
        : Math.max(1, Math.ceil(Math.sqrt(cells * 1.6)));
    return {
      columns,
      width: Math.max(this.named ? 70 : 16, columns * (cell.width + 2) + 6),
      height: Math.max(1, Math.ceil(cells / columns)) * (cell.height + 2) + (this.named ? 22 : 6)
    };
  }
  /* Hosts about where their coordinates are, on a map on which all sources that move stay; those that would lie on each other
     are pushed apart. */
  byPlace(hosts, width) {
    const ways = this.player.stages.flatMap((stage) => waysOf(stage.run, this.player.jobs)),
      [left, right] = extent([hosts.map((host) => host[4]), ...ways.map((way) => way.xs)]),
      [bottom, top] = extent([hosts.map((host) => host[5]), ...ways.map((way) => way.ys)]);
    this.frame = {left, right, bottom, top, width: width - 8, height: top > bottom ? Math.max(120, Math.min(420, width * 0.6)) : 120};
    const boxes = hosts.map((host) => {
      const box = this.size(host[0]),
        [x, y] = onMap(this.frame, host[4], host[5]);
      box.x = Math.max(4, Math.min(width - 4 - box.width, x - box.width / 2));
      box.y = Math.max(4, Math.min(this.frame.height + 4 - box.height, y - box.height / 2));
      this.boxes.set(host[0], box);
      return box;
    });
    for (let round = 0; round < 60; round++)
      for (let i = 0; i < boxes.length; i++)
        for (let j = 0; j < i; j++) {
          const [a, b] = boxes[i].y < boxes[j].y ? [boxes[i], boxes[j]] : [boxes[j], boxes[i]];
          const over = a.y + a.height + 6 - b.y;
          if (over > 0 && a.x < b.x + b.width + 6 && b.x < a.x + a.width + 6) b.y += over;
        }
    this.height = Math.max(this.frame.height, ...boxes.map((box) => box.y + box.height)) + 8;
  }
  byTier(hosts, width) {
    let y = 6;
    for (const tier of [2, 1, 0]) {
      const row = hosts.filter((host) => host[1] === tier);
      if (!row.length) continue;
      const band = {tier, y};
      let x = 52,
        height = 0,
        line = [];
      /* Few hosts stand in the middle of their row. */
      const centre = () => {
        const shift = this.named ? Math.max(0, (width - 4 - (x - 18)) / 2) : 0;
        for (const box of line) box.x += shift;
        line = [];
      };
      y += 4;
      for (const [name] of row) {
        const {columns, width: w, height: h} = this.size(name);
        if (x + w > width - 4 && x > 52) {
          centre();
          x = 52;
          y += height + 6;
          height = 0;
        }
        line.push({x, y, width: w, height: h, columns});
        this.boxes.set(name, line[line.length - 1]);
        x += w + (this.named ? 18 : 5);
        height = Math.max(height, h);
      }
      centre();
      y += height + 6;
      this.bands.push({...band, height: y - band.y});
      y += this.named ? 46 : 36;
    }
    this.height = Math.max(60, y - (this.named ? 40 : 30));
  }
  draw(width) {
    this.layout(width);
    const root = svg("svg", {
      class: "chart stage",
      viewBox: `0 0 ${width} ${this.height}`,
      role: "img",
      "aria-label": `Platform under ${POLICIES[this.policy]}`
    });
    for (const band of this.bands)
      root.append(
        svg("rect", {
          x: 0,
          y: band.y,
          width,
          height: band.height,
          rx: 5,
          style: "fill:none;stroke:var(--rule);stroke-dasharray:3 3"
        }),
        svg("text", {class: "faint", x: 5, y: band.y + 14}, D.scenario ? TIERS[band.tier] : "hosts")
      );
    this.flows = svg("g");
    root.append(this.flows);
    this.marks = new Map();
    this.crosses = new Map();
    for (const [name, box] of this.boxes) {
      const frame = svg("rect", {class: "host", x: box.x, y: box.y, width: box.width, height: box.height, rx: 3});
      const group = svg("g", {}, svg("title", {}, name), tipped(frame, name, () => this.tellHost(name)));
      if (this.named) group.append(svg("text", {x: box.x + 4, y: box.y + 13}, shorten(name, box.width / 6.6)));
      this.cells.get(name).forEach((key, i) => group.append(this.operator(key, name, box, i)));
      const cross = svg("path", {
        class: "cross",
        visibility: "hidden",
        d: `M${box.x},${box.y}l${box.width},${box.height}M${box.x},${box.y + box.height}l${box.width},${-box.height}`
      });
      this.crosses.set(name, cross);
      group.append(cross);
      root.append(group);
    }
    this.movers = svg("g");
    this.devices = new Devices(this);
    root.append(this.movers, this.devices.node);
    this.place.replaceChildren(root);
    this.root = root;
    this.pool = new Map();
  }
  operator(key, host, box, i) {
    const {cell} = this,
      x = box.x + 4 + (i % box.columns) * (cell.width + 2);
    const y = box.y + (this.named ? 19 : 4) + Math.floor(i / box.columns) * (cell.height + 2);
    const [job, op] = key.split("\n");
    /* What it does from left to right, and beside it how full its inputs are. */
    const gauge = this.named ? 6 : 3,
      inner = cell.width - gauge;
    const level = svg("rect", {class: "level", x: x + inner, y: y + cell.height, width: gauge, height: 0});
    const busy = svg("rect", {class: "part busy", x, y, width: 0, height: cell.height}),
      held = svg("rect", {class: "part blocked", x, y, width: 0, height: cell.height});
    const text = this.named ? svg("text", {x: x + 4, y: y + 17}, "") : null;
    const group = svg(
      "g",
      {class: "operator"},
      svg("rect", {class: "op", x, y, width: cell.width, height: cell.height, rx: 2}),
      busy,
      held,
      level,
      this.named ? svg("path", {class: "rule", d: `M${x + inner},${y}v${cell.height}`}) : null,
      text
    );
    tipped(group, `${job} / ${op} on ${host}`, () => this.tell(key, host));
    this.marks.set(key + "\n" + host, {group, level, busy, held, inner, text, x, y, name: op});
    return group;
  }
  entity(key) {
    const [job, op] = key.split("\n"),
      run = this.run;
    const single = run.ops.find((one) => one.job === job && one.op === op);
    if (single) return {entity: single, times: run.entity_times};
    const group = run.groups.ops.find((one) => one.job === job && one.op === op);
    return {entity: group, times: run.times};
  }
  value(key, metric, time) {
    this.found = this.found || new Map();
    if (!this.found.has(key)) this.found.set(key, this.entity(key));
    const {entity, times} = this.found.get(key);
    if (!entity || entity[metric] === undefined) return null;
    if (!Array.isArray(entity[metric])) return entity[metric];
    let low = 0,
      high = times.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (times[middle] >= time - 1e-9) high = middle;
      else low = middle + 1;
    }
    return entity[metric][low] ?? null;
  }
  tell(key, host) {
    const time = this.player.time(),
      count = placedAt(this.placed.get(key) || [], time).get(host) || 0;
    return [
      ["instances here", String(count)],
      ["busy", show(this.value(key, "busy", time), "share")],
      ["backpressured", show(this.value(key, "backpressured", time), "share")],
      ["room of inputs in use", show(this.value(key, "occupancy", time), "share")],
      ["items waiting", show(this.value(key, "queued", time), "")]
    ];
  }
  tellHost(name) {
    const host = this.run.hosts.find((one) => one.name === name),
      times = this.run.entity_times,
      i = windowAt(times, this.player.time()),
      at = (metric) => (host && list(host, metric, times.length)?.[i]) ?? null;
    return [
      ["tier", TIERS[HOST_TIERS.get(name)] || "not known"],
      ["cores in use", show(at("cpu"), "share")],
      ...(at("instances") === null ? [] : [["instances", show(at("instances"), "")]]),
      ...(at("down") ? [["failed", "yes"]] : [])
    ];
  }
  show(time, before, part) {
    for (const [id, mark] of this.marks) {
      const [job, op, host] = id.split("\n"),
        key = job + "\n" + op;
      const count = placedAt(this.placed.get(key) || [], time).get(host) || 0;
      mark.group.setAttribute("visibility", count ? "visible" : "hidden");
      if (!count) continue;
      const level = Math.min(1, this.value(key, "occupancy", time) || 0),
        blocked = this.value(key, "backpressured", time) || 0,
        busy = this.value(key, "busy", time) || 0;
      const height = Math.max(level > 0 ? 1.5 : 0, level * this.cell.height);
      mark.level.setAttribute("y", mark.y + this.cell.height - height);
      mark.level.setAttribute("height", height);
      const left = mark.inner * Math.min(1, busy);
      mark.busy.setAttribute("width", left);
      mark.held.setAttribute("x", mark.x + left);
      mark.held.setAttribute("width", Math.min(mark.inner - left, mark.inner * blocked));
      mark.group.setAttribute("data-level", level.toFixed(3));
      if (mark.text) mark.text.textContent = shorten(mark.name, count > 1 ? 11 : 15) + (count > 1 ? ` ×${count}` : "");
    }
    for (const [name, cross] of this.crosses) {
      const ill = anomaliesOf(name).find(([from, to]) => from < time && to > before);
      cross.parentNode.children[1].setAttribute("class", ill ? "host ill" : "host");
      cross.parentNode.firstChild.textContent = name + (ill ? ` (${ill[2]})` : "");
      const host = this.run.hosts.find((one) => one.name === name),
        down = host && list(host, "down", this.run.entity_times.length);
      const i = this.run.entity_times.findIndex((one) => one >= time - 1e-9);
      cross.setAttribute("visibility", down && down[i] ? "visible" : "hidden");
    }
    this.showFlows(time);
    this.showMoves(time, before, part);
    const recent = this.decisions.filter((row) => row[0] > before && row[0] <= time && this.player.jobs.has(row[2]));
    this.said.replaceChildren(
      ...(recent.length
        ? recent
            .slice(0, 3)
            .map((row) =>
              el(
                "span",
                {},
                `${clock(row[0])}: ${row[2]} / ${row[3]}: ${row[4]}` +
                  (row[5] ? ` (${row[5]})` : "") +
                  (row[6] ? `, refused: ${row[6]}` : ""),
                el("br")
              )
            )
        : [this.summary(time)]),
      recent.length > 3 ? `and ${recent.length - 3} more decisions` : ""
    );
  }
  summary(time) {
    const {entity, times} = jobSeries(this.run, this.player.jobs.size === 1 ? [...this.player.jobs][0] : "");
    const i = times.findIndex((one) => one >= time - 1e-9),
      at = (metric) => (list(entity, metric, times.length) || [])[i];
    const rates = `in ${show(at("ingress_rate"), "")}/s, out ${show(at("delivered_rate"), "")}/s`;
    return `${rates}, backlog ${show(at("backlog"), "")}, 95 % within ${show(at("latency_p95"), "s")}`;
  }
  /* Bytes a second between hosts, by the items that operators send and where their instances are. */
  showFlows(time) {
    const flows = new Map();
    for (const job of this.player.graphs) {
      if (!this.player.jobs.has(job.name)) continue;
      const where = (o) => (o < 0 ? null : placedAt(this.placed.get(job.name + "\n" + job.ops[o].name) || [], time));
      const ends = job.ops.map((_, o) => where(o));
      const {entity, times} = jobSeries(this.run, job.name),
        i = times.findIndex((one) => one >= time - 1e-9);
      const emitted = ((entity && list(entity, "ingress_rate", times.length)) || [])[i] || 0;
      for (const [from, to, bytes] of job.edges) {
        if (from < 0 && this.moving.has(job.name)) continue;
        const rate =
          from < 0
            ? emitted / (entity?.members || 1)
            : this.value(job.name + "\n" + job.ops[from].name, "output_rate", time) || 0;
        const one = from < 0 ? new Map([[job.source, 1]]) : ends[from],
          two = to < 0 ? new Map(job.sink ? [[job.sink, 1]] : []) : ends[to];
        const all = (map) => [...map.values()].reduce((a, b) => a + b, 0) || 1;
        for (const [a, n] of one)
          for (const [b, m] of two)
            if (a !== b)
              flows.set(
                a + "\n" + b,
                (flows.get(a + "\n" + b) || 0) + (((rate * bytes * n) / all(one)) * m) / all(two)
              );
      }
    }
    for (const [pair, path] of this.pool)
      if (!flows.has(pair)) {
        path.remove();
        this.pool.delete(pair);
      }
    for (const [pair, bytes] of flows) {
      const [a, b] = pair.split("\n").map((name) => this.boxes.get(name));
      if (!a || !b || !(bytes > 0)) continue;
      if (!this.pool.has(pair)) {
        const down = a.y < b.y ? 1 : -1,
          same = Math.abs(a.y - b.y) < 1;
        const x1 = a.x + a.width / 2,
          x2 = b.x + b.width / 2,
          y1 = same || down < 0 ? a.y : a.y + a.height,
          y2 = same || down > 0 ? b.y : b.y + b.height;
        const bend = same ? -26 : (y2 - y1) / 2;
        const path = svg(
          "path",
          {class: "flow", d: `M${x1},${y1}C${x1},${y1 + bend} ${x2},${same ? y2 + bend : y2 - bend} ${x2},${y2}`},
          svg("title")
        );
        this.flows.append(path);
        this.pool.set(pair, path);
      }
      const path = this.pool.get(pair);
      path.setAttribute("stroke-width", Math.max(0.5, Math.min(9, 1.6 * Math.log10(1 + bytes / 1000))).toFixed(2));
      path.firstChild.textContent = pair.replace("\n", " → ") + ": " + show(bytes, "B/s");
    }
  }
  /* Hosts of the operators that a job's source sends to, at the end of a window. */
  firstHosts(name, time) {
    const job = this.player.graphs.find((one) => one.name === name),
      ops = job ? job.edges.filter(([from, to]) => from < 0 && to >= 0).map(([, to]) => job.ops[to].name) : [];
    return new Set(ops.flatMap((op) => [...placedAt(this.placed.get(name + "\n" + op) || [], time).keys()]));
  }
  /* Between two windows: an instance that is gone on one host and new on another moves there. */
  showMoves(time, before, part) {
    const movers = [];
    if (before < time && part < 1)
      for (const [key, rows] of this.placed) {
        if (!this.player.jobs.has(key.split("\n")[0])) continue;
        const old = placedAt(rows, before),
          now = placedAt(rows, time);
        const gone = [...old].filter(([host, n]) => n > (now.get(host) || 0)).map(([host]) => host),
          come = [...now].filter(([host, n]) => n > (old.get(host) || 0)).map(([host]) => host);
        for (let i = 0; i < Math.min(gone.length, come.length); i++) {
          const a = this.marks.get(key + "\n" + gone[i]),
            b = this.marks.get(key + "\n" + come[i]);
          if (a && b)
            movers.push(
              svg("rect", {
                class: "mover",
                x: a.x + (b.x - a.x) * part,
                y: a.y + (b.y - a.y) * part,
                width: this.cell.width,
                height: this.cell.height,
                rx: 2
              })
            );
        }
      }
    this.movers.replaceChildren(...movers);
    this.devices.show(time, before, part);
  }
}
export {Stage};
