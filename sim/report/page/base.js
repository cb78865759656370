/* The data, building of elements, and what the charts share. */
import {stateHash} from "./names.js";
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

/* What all charts follow. */
const STATE = {hidden: new Set(), job: "", zoom: null, cursor: null, quantile: "latency_p95", policy: 0, pair: [0, 0], first: [0, 0], op: "", at: null};
const LISTENERS = [];
function change(what, values) {
  Object.assign(STATE, values);
  for (const listener of LISTENERS) listener(what);
  keepState();
}
/* The address keeps what is chosen, so that a link shows the same. */
function keepState() {
  const hash = stateHash(STATE, D.policies);
  if (hash === location.hash.slice(1)) return;
  try {
    history.replaceState(null, "", hash ? "#" + hash : location.pathname + location.search);
  } catch {
    /* a page that may not do so keeps nothing */
  }
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
export {el, LISTENERS, STATE, save, shown, svg, colour, dash, SVG, D, METRICS, tipped, tip, untip, change, keepState};
export {build};
