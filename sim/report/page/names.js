/* Names short enough for a label, and what a page's address says of its state. Needs no page. */

/* A name in so many letters: what tells it from others of its kind (_UP, _DOWN, -12) stays at its end. */
function shorten(text, most) {
  if (text.length <= most) return text;
  const [tail] = /(_UP|_DOWN|[-_.]\d{1,4})?$/.exec(text),
    room = Math.floor(most) - 1 - tail.length;
  return room >= 3 ? text.slice(0, room) + "…" + tail : text.slice(0, Math.max(3, most - 1)) + "…";
}

/* A name in one line, or in two where it is too long, broken behind a sign in it; what is too long still is shortened. */
function labelLines(text, most) {
  if (text.length <= most) return [text];
  const breaks = [...text.matchAll(/[-+_.:/ ]/g)].map((found) => found.index + 1).filter((at) => at <= most && at < text.length);
  const fits = breaks.find((at) => text.length - at <= most) ?? breaks.pop();
  return fits ? [text.slice(0, fits).trim(), shorten(text.slice(fits), most)] : [shorten(text, most)];
}

/* Copies of a template under one name. */
const firstWord = (name) => name.replace(/-\d+$/, "-*");
/* What a sweep varies, in words: "uplink latency" for //link[@id='uplink']/@latency, "reactive high" for policies[1].high. */
function plainPath(path, policies) {
  const policy = /^policies\[(\d+)\]\.(.+)$/.exec(path);
  if (policy && policies[Number(policy[1])]) return `${policies[Number(policy[1])]} ${policy[2]}`;
  if (!path.startsWith("/")) return path.replace(/^workload\./, "");
  const things = [...path.matchAll(/'([^']*)'|"([^"]*)"/g)].map((found) => found[1] ?? found[2]).filter(Boolean),
    elements = [...path.matchAll(/\/([a-z]\w*)/g)].map((found) => found[1]),
    attribute = /@(\w+)\s*$/.exec(path);
  return [things.length ? things.join(" ") : "all " + (elements.pop() || "elements") + "s", attribute ? attribute[1] : ""].join(" ").trim();
}
/* The same of all; those that would have one name keep theirs. */
function plainPaths(paths, policies) {
  const short = paths.map((path) => plainPath(path, policies));
  return short.map((name, i) => (short.filter((one) => one === name).length > 1 ? paths[i] : name));
}

/* Values by what they give: [{texts, given}], those with the same behind each other, in their first order. */
function sameTogether(texts, give) {
  const groups = new Map();
  for (const text of texts) {
    const given = give(text),
      key = JSON.stringify(given);
    if (!groups.has(key)) groups.set(key, {texts: [], given});
    groups.get(key).texts.push(text);
  }
  return [...groups.values()];
}

/* State of a page <-> what stands behind # in its address. Policies go by their labels, so that a link holds in another
   page of the same policies. Unknown names are passed over. */
function stateHash(state, policies) {
  const hash = new URLSearchParams();
  const names = (list) => list.map((policy) => policies[policy]);
  for (const name of names([...state.hidden])) hash.append("hide", name);
  if (state.job) hash.set("job", state.job);
  if (state.op) hash.set("op", state.op);
  if (state.zoom) hash.set("zoom", state.zoom.map((time) => Number(time.toPrecision(8))).join("-"));
  if (state.at !== null) hash.set("at", state.at);
  if (state.pair[0] !== state.first[0] || state.pair[1] !== state.first[1])
    for (const name of names(state.pair)) hash.append("side", name);
  return hash.toString();
}
function readHash(text, policies) {
  const hash = new URLSearchParams(text.replace(/^#/, ""));
  const numbers = (list) => list.map((name) => policies.indexOf(name)).filter((policy) => policy >= 0);
  const zoom = (hash.get("zoom") || "").split("-").map(Number),
    pair = numbers(hash.getAll("side")),
    at = Number.parseFloat(hash.get("at"));
  return {
    hidden: new Set(numbers(hash.getAll("hide"))),
    job: hash.get("job") || "",
    op: hash.get("op") || "",
    zoom: zoom.length === 2 && zoom[0] < zoom[1] ? zoom : null,
    at: isFinite(at) ? at : null,
    pair: pair.length === 2 ? pair : null
  };
}

/* Policies whose runs are the same in all metrics but `except`: [[policy, ...], ...]. */
function coinciding(runs, count, except) {
  const all = Array.from({length: count}, (_, policy) => policy);
  const given = (policy) =>
    runs
      .filter((run) => run.policy === policy)
      .sort((a, b) => (a.seed < b.seed ? -1 : 1))
      .map((run) => [run.seed, run.metrics.filter((_, m) => !except.has(m))]);
  return sameTogether(
    all.filter((policy) => given(policy).length),
    given
  )
    .map((one) => one.texts)
    .filter((policies) => policies.length > 1);
}
export {shorten, labelLines, firstWord, plainPaths, sameTogether, stateHash, readHash, coinciding};
