/* The data, building of elements, numbers and their units, and what the charts share. */
const D = JSON.parse(document.getElementById("data").textContent);
const METRICS = new Map(D.metrics.map(([name, unit, better, help]) => [name, {name, unit, better, help}]));

const SVG = "http://www.w3.org/2000/svg";
function build(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(key, value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}
const el = (tag, attributes, ...children) => build(document.createElement(tag), attributes, children);
const svg = (tag, attributes, ...children) => build(document.createElementNS(SVG, tag), attributes, children);

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

/* What all charts follow. */
const STATE = {hidden: new Set(), job: "", zoom: null, cursor: null, quantile: "latency_p95", policy: 0};
const LISTENERS = [];
function change(what, values) {
  Object.assign(STATE, values);
  for (const listener of LISTENERS) listener(what);
}

/* A policy's colour and dash, so that it is known without colour, too. */
const DASHES = ["", "7 3", "3 2", "9 3 2 3", "12 4", "4 2 1 2", "1 3", "6 2 2 2 2 2"];
const colour = (policy) => `var(--p${policy % 8})`;
const dash = (policy) => DASHES[policy % DASHES.length] || null;
const shown = (policy) => !STATE.hidden.has(policy);

/* The box beside the pointer; rows are [name, value] or one text. */
const TIP = document.getElementById("tip");
function tip(x, y, title, rows) {
  TIP.replaceChildren(
    el("strong", {}, title),
    el(
      "table",
      {},
      rows.map((row) =>
        el(
          "tr",
          {},
          row.map((cell) =>
            el("td", row.length === 1 ? {colspan: 2, style: "text-align:left;white-space:normal"} : {}, cell)
          )
        )
      )
    )
  );
  TIP.hidden = false;
  const width = TIP.offsetWidth,
    height = TIP.offsetHeight;
  const left = x + 14 + width > document.documentElement.clientWidth ? Math.max(4, x - 14 - width) : x + 14;
  TIP.style.left = left + window.scrollX + "px";
  TIP.style.top = Math.max(4, Math.min(y + 12, window.innerHeight - height - 4)) + window.scrollY + "px";
}
const untip = () => {
  TIP.hidden = true;
};
/* Shows a text when a thing is pointed at or reached by the keyboard. */
function tipped(node, title, rows) {
  const on = () => {
    const box = node.getBoundingClientRect();
    tip(box.left, box.bottom - 8, title, typeof rows === "function" ? rows() : rows);
  };
  for (const event of ["pointerenter", "focus"]) node.addEventListener(event, on);
  for (const event of ["pointerleave", "blur"]) node.addEventListener(event, untip);
  return node;
}

function save(name, type, content) {
  const link = el("a", {href: URL.createObjectURL(new Blob([content], {type})), download: name});
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
const csvField = (value) => {
  const text = value === null || value === undefined ? "" : String(value);
  return /[",\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
};
const csvText = (rows) => rows.map((row) => row.map(csvField).join(",")).join("\n") + "\n";
