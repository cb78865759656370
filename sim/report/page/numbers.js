/* Numbers as text: units, digits, times, CSV. Needs no page. */

/* Units: a value is shown in the largest step that leaves at least 1 of it. */
const STEPS = {
  s: [
    [1, "s"],
    [1e-3, "ms"],
    [1e-6, "µs"]
  ],
  B: [
    [1e12, "TB"],
    [1e9, "GB"],
    [1e6, "MB"],
    [1e3, "kB"],
    [1, "B"]
  ],
  "B/s": [
    [1e9, "GB/s"],
    [1e6, "MB/s"],
    [1e3, "kB/s"],
    [1, "B/s"]
  ],
  J: [
    [1e9, "GJ"],
    [1e6, "MJ"],
    [1e3, "kJ"],
    [1, "J"]
  ],
  share: [[0.01, "%"]]
};
function stepFor(unit, largest) {
  const steps = STEPS[unit] || [[1, unit === "count" ? "" : unit]];
  if (!(largest > 0)) return unit === "B" ? steps[steps.length - 1] : steps[0];
  return steps.find(([size]) => largest >= size * 0.9999) || steps[steps.length - 1];
}
/* Four digits, thousands apart. */
function digits(value, count = 4) {
  if (value === null || !isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.floor(Math.log10(Math.abs(value)));
  if (size < -4 || size > 11) {
    const power = [...String(size)].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit] || "⁻").join("");
    return Number((value / 10 ** size).toPrecision(Math.min(count, 3))) + "·10" + power;
  }
  const text = Number(value.toPrecision(count)).toFixed(Math.max(0, Math.min(8, count - 1 - size)));
  const [whole, part] = text.split(".");
  const apart = whole.length > 4 + (value < 0) ? whole.replace(/\B(?=(\d{3})+$)/g, "\u202f") : whole;
  const rest = (part || "").replace(/0+$/, "");
  return rest ? apart + "." + rest : apart;
}
function show(value, unit) {
  if (value === null || value === undefined || !isFinite(value)) return "–";
  const [size, name] = stepFor(unit, Math.abs(value));
  return digits(value / size) + (name ? "\u202f" + name : "");
}
const clock = (seconds) => {
  if (seconds < 120) return digits(seconds) + " s";
  const s = Math.round(seconds),
    h = Math.floor(s / 3600),
    m = Math.floor(s / 60) % 60;
  return [h && h + " h", m && m + " min", s % 60 && !h && (s % 60) + " s"].filter(Boolean).join(" ");
};

const csvField = (value) => {
  const text = value === null || value === undefined ? "" : String(value);
  return /[",\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
};
const csvText = (rows) => rows.map((row) => row.map(csvField).join(",")).join("\n") + "\n";
export {stepFor, digits, show, clock, csvText};
