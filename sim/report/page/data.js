/* What the data say, looked up: series of a policy, of a job or an operator, values as lists. */
import {firstWord} from "./names.js";
import {D, METRICS, STATE, change} from "./base.js";
const SERIES = D.series || [];
const POLICIES = D.policies;
const seriesOf = (policy) => SERIES.find((run) => run.policy === policy);
const runsOf = (policy) => (D.runs || []).filter((run) => run.policy === policy);

/* A metric as a list, one value a window: one that never changes stands there once. */
function list(entity, metric, count) {
  const values = entity && entity[metric];
  if (values === undefined) return null;
  return Array.isArray(values) ? values : new Array(count).fill(values);
}
/* The entity and the times of a job ("" is all jobs together). */
function jobSeries(run, job) {
  if (!job) return {entity: run.all, times: run.times};
  const group = run.groups.jobs.find((one) => one.job === job);
  if (group) return {entity: group, times: run.times};
  return {entity: run.jobs.find((one) => one.job === job), times: run.entity_times};
}
/* Operators of a job, or those of all groups. */
function opSeries(run, job) {
  if (!job) return run.groups.ops.map((entity) => ({entity, times: run.times}));
  const groups = run.groups.ops.filter((one) => one.job === job);
  if (groups.length) return groups.map((entity) => ({entity, times: run.times}));
  return run.ops.filter((one) => one.job === job).map((entity) => ({entity, times: run.entity_times}));
}
/* Names to choose a job from: groups, then the members of each. */
function jobNames() {
  const names = new Set();
  for (const run of SERIES) {
    for (const group of run.groups.jobs) names.add(group.job);
    for (const job of run.jobs) names.add(job.job);
  }
  return [...names];
}
function sum(entities, metric) {
  let total = null;
  for (const {entity, times} of entities) {
    const values = list(entity, metric, times.length);
    if (values) total = values.map((value, i) => (value || 0) + (total ? total[i] : 0));
  }
  return total;
}
/* Objectives of the jobs that a choice of job stands for. */
function objectives(job) {
  const jobs = D.scenario ? D.scenario.jobs : [];
  return [
    ...new Set(
      jobs.filter((one) => one.slo && (!job || one.name === job || firstWord(one.name) === job)).map((one) => one.slo)
    )
  ];
}

/* The summary: policy -> metric -> its row as numbers and as it stands in summary.csv. */
const SUMMARY = new Map(POLICIES.map((name) => [name, new Map()]));
const SUMMARY_METRICS = [];
for (const [policy, metric, unit, better, n, ...texts] of D.summary || []) {
  const [mean, low, high, diff, diffLow, diffHigh, none] = texts
    .slice(0, 7)
    .map((text) => (text === "" ? null : Number(text)));
  const [doubt, diffDoubt] = texts.slice(7);
  SUMMARY.get(policy).set(metric, {
    n: Number(n),
    none,
    mean,
    low,
    high,
    diff,
    diffLow,
    diffHigh,
    doubt,
    diffDoubt,
    texts,
    unit,
    better
  });
  if (!SUMMARY_METRICS.some((one) => one.name === metric))
    SUMMARY_METRICS.push({help: "", ...METRICS.get(metric), name: metric, unit, better});
}
const summaryOf = (policy, metric) => SUMMARY.get(POLICIES[policy]).get(metric);
const label = (metric) => metric.replaceAll("_", " ").replace("slo", "SLO").replace(/^cpu /, "CPU ");

/* Anomalies of a host: [start, end, kind]. */
const anomaliesOf = (host) =>
  (D.anomalies || []).filter((one) => one[2] === host).map(([start, end, , kind]) => [start, end, kind]);

/* The time span that is shown. */
function span() {
  const ends = SERIES.map((run) => run.times[run.times.length - 1] || 0);
  return STATE.zoom || [0, Math.max(1, ...ends, ...(D.runs || []).map((run) => run.duration || 0))];
}
/* The jobs that all charts are about: one, all copies of a template, or ("") all. */
function chooseJob(job) {
  const select = document.getElementById("job");
  if (select) select.value = job;
  change("job", {job});
}
export {chooseJob, SERIES, POLICIES, span, summaryOf, SUMMARY_METRICS, label, runsOf, jobSeries, sum, opSeries, list};
export {objectives, seriesOf, anomaliesOf, jobNames};
