// Node.js streams: a Readable of objects piped to a Writable that takes SERVICE_MS for each, both with the default highWaterMark of 16.
// What comes while the Readable does not want more waits in a list of its own, outside. Prints JSON as common.py says.
"use strict";
const {Readable, Writable} = require("stream");
const SERVICE_MS = 10;
const now = () => Number(process.hrtime.bigint()) / 1e9;
const median = list => list.sort((a, b) => a - b)[list.length >> 1];

function run(rate, seconds) {
  return new Promise(resolve => {
    const accepted = [], begun = [], done = [], services = [], outside = [];
    const start = now(), count = Math.floor(rate * seconds);
    let came = 0, wanted = false, free = 0, ended = false;
    const source = new Readable({objectMode: true, read() { wanted = true; pump(); }});
    function pump() {
      while (wanted && outside.length) {
        accepted.push(now());
        wanted = source.push(outside.shift());
      }
    }
    const sink = new Writable({objectMode: true, write(item, encoding, callback) {
      const at = now();
      free = (at - free > 2 * SERVICE_MS / 1e3 ? at : free) + SERVICE_MS / 1e3; // as Server of common.py
      begun.push(at);
      const end = () => {
        done.push(now());
        services.push(now() - at);
        callback();
      };
      setTimeout(end, Math.max(0, Math.ceil((free - at) * 1e3 - 0.2)));
    }});
    source.pipe(sink);
    function arrive() {
      while (came < count && start + came / rate <= now()) {
        outside.push({number: came++});
        pump();
      }
      if (now() < start + seconds)
        setTimeout(arrive, 1);
      else if (!ended) {
        ended = true;
        const half = start + seconds / 2, end = start + seconds;
        const integral = dates => dates.filter(t => t < end).reduce((sum, t) => sum + end - Math.max(t, half), 0);
        source.destroy();
        sink.destroy();
        resolve({offered_per_s: count / seconds, service_s: median(services), seconds,
          throughput_per_s: done.filter(t => t >= half && t < end).length / (end - half), lost: 0,
          waiting: (integral(accepted) - integral(begun)) / (end - half)});
      }
    }
    arrive();
  });
}

(async () => {
  const under = await run(25, 4), over = await run(200, 14);
  console.log(JSON.stringify({versions: {nodejs: process.version.slice(1), kernel: require("os").release().split("-")[0]},
    cases: {objects: {under, over}}}, null, 1));
  process.exit(0);
})();
