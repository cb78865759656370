/* Where the instances of operators are: rows of the data by operator, and the hosts at a time. Needs no page. */
/* Where the instances of each operator are from which time on: "job\nop" -> [{host, times, counts}]. */
function placements(run) {
  const result = new Map();
  for (const [job, op, host, changes] of run.placed) {
    const key = job + "\n" + op;
    if (!result.has(key)) result.set(key, []);
    const times = [],
      counts = [];
    for (let i = 0; i < changes.length; i += 2) {
      times.push(changes[i]);
      counts.push(changes[i + 1]);
    }
    result.get(key).push({host, times, counts});
  }
  return result;
}
/* Rows of one time replace all earlier ones of the operator. */
function placedAt(rows, time) {
  let latest = -Infinity;
  for (const row of rows) for (const at of row.times) if (at <= time && at > latest) latest = at;
  const hosts = new Map();
  for (const row of rows) {
    const i = row.times.indexOf(latest);
    if (i >= 0 && row.host && row.counts[i] > 0) hosts.set(row.host, row.counts[i]);
  }
  return hosts;
}
export {placedAt, placements};
