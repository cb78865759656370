/* Who holds whom back, in words. Verdicts are those of result.json, the worst first. Needs no page. */
import {show} from "./numbers.js";
import {firstWord} from "./names.js";

const asShare = (value) => show(value, "share");
/* An operator that is busier is said to be at its limit, though nobody waits for it yet. */
const NEAR = 0.95;
const isSource = (wait) => wait.name === "source";
/* "parse waits for it 58 % of the time, the source 100 %": operators first, as they are nearer. */
function waitsText(waits) {
  return [...waits.filter((one) => !isSource(one)), ...waits.filter(isSource)]
    .map((one, i) => {
      const who = isSource(one) ? "the source" : one.name;
      return i ? `${who} ${asShare(one.share)}` : `${who} waits for it ${asShare(one.share)} of the time`;
    })
    .join(", ");
}
function neckText(verdict) {
  if (verdict.kind === "link")
    return (
      `the link ${verdict.name} is in use ${asShare(verdict.use)}` +
      (verdict.lost > 0 ? `, and down or slowed by faults ${asShare(verdict.lost)} of the time` : "")
    );
  if (verdict.kind === "host") return `the host ${verdict.name} is down ${asShare(verdict.lost)} of the time`;
  return (
    `${verdict.name} is busy ${asShare(verdict.busy)}` +
    (verdict.busiest_instance > verdict.busy * 1.1 ? ` (its busiest instance ${asShare(verdict.busiest_instance)})` : "") +
    (verdict.dropped > 0 ? `, and full inputs drop ${asShare(verdict.dropped)} of its items` : "")
  );
}
/* What holds a job back, as one sentence. */
function verdictText(verdict) {
  if (!verdict) return "Not told: an older weir made these results, or the job is not among those in the page.";
  if (verdict.kind !== "none")
    return [neckText(verdict), waitsText(verdict.waits)].filter(Boolean).join("; ") + ".";
  const [most] = verdict.waits,
    busiest = verdict.name && `${verdict.name} is busy ${asShare(verdict.busy)}`;
  return [
    "nobody is held back" + (verdict.busy >= NEAR ? `, but ${busiest}, close to its limit.` : ": the source sends no more."),
    verdict.busy >= NEAR || !busiest ? "" : `The busiest operator, ${busiest.replace(" is", ", is")}.`,
    most ? `(${isSource(most) ? "The source" : most.name} waits ${asShare(most.share)} of the time at most.)` : ""
  ]
    .filter(Boolean)
    .join(" ");
}
const severity = (verdict) => Math.max(verdict.waits.length ? verdict.waits[0].share : 0, verdict.dropped || 0);

/* [{name, jobs, held, worst}] a template, worst first; held: jobs in which somebody is held back. */
function byTemplate(verdicts) {
  const templates = new Map();
  for (const verdict of verdicts) {
    const name = firstWord(verdict.job);
    if (!templates.has(name)) templates.set(name, {name, jobs: 0, held: 0, worst: verdict});
    const one = templates.get(name);
    one.jobs++;
    if (verdict.kind !== "none") one.held++;
    if (severity(verdict) > severity(one.worst)) one.worst = verdict;
  }
  return [...templates.values()].sort((a, b) => severity(b.worst) - severity(a.worst));
}

/* Depth of each operator of a job: steps from the source on the longest way; edges are [from, to], -1 source or sink. */
function depths(count, edges) {
  const depth = new Array(count).fill(0);
  for (let o = 0; o < count; o++)
    for (const [from, to] of edges) if (to === o && from >= 0) depth[o] = Math.max(depth[o], depth[from] + 1);
  return depth;
}
/* The edges at which a link holds back: from one that waits to one that does not. */
function neckEdges(verdict, ops, edges) {
  if (!verdict || verdict.kind !== "link") return [];
  const waits = new Set(verdict.waits.map((one) => one.name));
  const isWaiting = (o) => o >= 0 && waits.has(ops[o].name);
  return edges.filter(([from, to]) => (from < 0 ? waits.has("source") : isWaiting(from)) && !isWaiting(to));
}
export {asShare, verdictText, severity, byTemplate, depths, neckEdges};
