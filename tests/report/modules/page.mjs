/* What the page's modules find when they load under node: data of one small comparison, and nodes that keep what is put
   into them. Import this file before any of them. */
const times = [10, 20, 30];
const run = (policy, values) => ({
  policy,
  seed: 1,
  times,
  entity_times: times,
  all: {ingress_rate: [100, 100, 100], backlog: 0, ...values.all},
  jobs: [{job: "camera-0", ingress_rate: [100, 100, 100], backlog: [0, 50, 150], source_backpressured: [0, 0.5, 1], latency_p95: values.p95}],
  groups: {jobs: [], ops: []},
  ops: [
    {job: "camera-0", op: "parse", instances: 1, output_rate: [100, 95, 90], queued: [0, 5, 10], busy: [0.5, 0.9, 1], backpressured: 0},
    {job: "camera-0", op: "count", instances: [1, 2, 2], output_rate: [1, 1, 1], queued: 0, busy: [0.25, 0.5, 0.75], backpressured: [0, 0.25, 0.5]}
  ],
  hosts: [],
  links: [],
  placed: [
    ["camera-0", "parse", "edge1", [10, 1]],
    ["camera-0", "count", "edge1", [10, 1]],
    ["camera-0", "count", "cloud1", [20, 1]],
    ["camera-0", "count", "edge1", [20, 1]]
  ]
});
const data = {
  kind: "comparison",
  weir: "0",
  title: "modules",
  policies: ["static", "ds2"],
  metrics: [["latency_mean", "s", "low", "Mean."]],
  summary: [],
  runs: [{policy: 0, seed: 1, duration: 30, warmup: 10}],
  problems: [],
  notes: [],
  series: [run(0, {p95: [0.1, 0.2, null], all: {latency_p95: [0.1, 0.2, null]}}), run(1, {p95: [0.1, 0.1, 0.1], all: {latency_p95: [0.1, 0.1, 0.1]}})],
  held: [{bottlenecks: [], operators: {"camera-0": {parse: [0.8, 0, 5]}}}, {bottlenecks: [], operators: {}}],
  scenario: {
    warmup: 10,
    hosts: [["edge1", 1, "", 0], ["cloud1", 2, "", 0]],
    jobs: [{name: "camera-0", slo: 0.15, source: "edge1", sink: "cloud1", ops: [{name: "parse"}, {name: "count"}], edges: [[-1, 0], [0, 1], [1, -1]]}]
  }
};

class Node {
  constructor(tag) {
    Object.assign(this, {tag, attributes: {}, children: [], style: {}, dataset: {}, textContent: ""});
  }
  setAttribute(name, value) {
    this.attributes[name] = String(value);
  }
  append(...children) {
    this.children.push(...children);
  }
  prepend(...children) {
    this.children.unshift(...children);
  }
  replaceChildren(...children) {
    this.children = children;
  }
  addEventListener() {}
  getContext() {
    return {};
  }
}
/* All nodes below one that have a tag. */
export function below(node, tag) {
  return (node.children || []).flatMap((child) => [...(child.tag === tag ? [child] : []), ...below(child, tag)]);
}
/* The texts below a node, in their order. */
export const texts = (node) => (node.children || []).flatMap((child) => (child.children ? texts(child) : [String(child)]));

const tip = new Node("div");
globalThis.document = {
  getElementById: (id) => (id === "data" ? {textContent: JSON.stringify(data)} : tip),
  createElement: (tag) => new Node(tag),
  createElementNS: (_, tag) => new Node(tag),
  addEventListener() {}
};
globalThis.location = {hash: "", pathname: "", search: ""};
globalThis.history = {replaceState() {}};
