/* A drawing of the page as a file of its own, which looks the same wherever it is opened: what CSS says of each of its
   elements becomes attributes, with colours as #rrggbb, in the light theme. Beside the drawing it has its title and its legend. */
import {STATE, SVG, colour, dash, shown, svg} from "./base.js";
import {POLICIES} from "./data.js";
const SVG_COLOURS = {fill: "fill-opacity", stroke: "stroke-opacity"};
const SVG_PROPERTIES = [
  "stroke-width",
  "stroke-dasharray",
  "stroke-linecap",
  "stroke-linejoin",
  "opacity",
  "visibility",
  "font-size",
  "font-weight",
  "text-anchor",
  "dominant-baseline"
];
/* [#rrggbb, opacity] of any colour that the browser knows, as it paints it; null of what is none. */
const SVG_PAINT = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
const SVG_KNOWN = new Map();
const hexColour = (numbers) =>
  "#" + numbers.slice(0, 3).map((value) => Math.round(value).toString(16).padStart(2, "0")).join("");
function plainColour(text) {
  if (text === "none" || text.startsWith("url")) return null;
  const numbers = /^rgba?\(/.test(text) ? text.match(/[\d.]+/g).map(Number) : null; /* exact, also where it is translucent */
  if (numbers && numbers.length >= 3 && !text.includes("%")) SVG_KNOWN.set(text, [hexColour(numbers), numbers[3] ?? 1]);
  if (!SVG_KNOWN.has(text)) {
    SVG_PAINT.clearRect(0, 0, 1, 1);
    SVG_PAINT.fillStyle = text;
    SVG_PAINT.fillRect(0, 0, 1, 1);
    const pixel = [...SVG_PAINT.getImageData(0, 0, 1, 1).data];
    SVG_KNOWN.set(text, [hexColour(pixel), pixel[3] / 255]);
  }
  return SVG_KNOWN.get(text);
}
function inlineStyle(node) {
  const style = getComputedStyle(node);
  if (style.display === "none") return node.remove();
  for (const [colour, opacity] of Object.entries(SVG_COLOURS)) {
    const plain = plainColour(style[colour]);
    node.setAttribute(colour, plain ? plain[0] : style[colour]);
    const share = (plain ? plain[1] : 1) * style.getPropertyValue(opacity);
    if (share !== 1) node.setAttribute(opacity, Number(share.toFixed(3)));
    else node.removeAttribute(opacity);
  }
  for (const property of SVG_PROPERTIES) {
    const value = style.getPropertyValue(property);
    if (value && value !== "auto" && (node.localName === "text" || !/^(font|text|dominant)/.test(property)))
      node.setAttribute(property, value);
  }
  if (node.localName === "text") node.setAttribute("font-family", "sans-serif");
  node.removeAttribute("style");
  node.removeAttribute("class");
}
/* Entries in rows: [name, mark(x, y), width of the mark]. Returns the group and its height. */
function keyRows(entries, width, top) {
  const group = svg("g");
  let x = 8,
    rows = entries.length ? 1 : 0;
  for (const [name, mark, size] of entries) {
    const wide = size + 16 + 7 * name.length;
    if (x + wide > width && x > 8) {
      x = 8;
      rows++;
    }
    const y = top + 16 * rows;
    group.append(mark(x, y), svg("text", {x: x + size + 6, y}, name));
    x += wide;
  }
  return {group, height: 16 * rows};
}
/* What the page says around a drawing: its title, which line is which policy, and the legend below it. */
function svgHead(figure, width) {
  const {title, single} = figure.spec;
  const policies = single ? [] : POLICIES.map((name, policy) => [name, policy]).filter(([, policy]) => shown(policy));
  const lines = policies.map(([name, policy]) => [
    name,
    (x, y) =>
      svg("path", {
        d: `M${x},${y - 4}h24`,
        style: `stroke:${colour(policy)};stroke-width:2.5`,
        "stroke-dasharray": dash(policy)
      }),
    24
  ]);
  const fills = [...figure.body.querySelectorAll(".legend span")]
    .filter((one) => !one.querySelector("span"))
    .flatMap((one) => {
      const swatches = [...one.querySelectorAll("i")];
      const mark = (x, y) =>
        svg(
          "g",
          {},
          swatches.map((swatch, i) =>
            svg("rect", {x: x + 11 * i, y: y - 10, width: 11, height: 11, style: `fill:${swatch.style.background}`})
          )
        );
      const entry = (name) => [name.trim(), mark, 11 * swatches.length];
      return swatches.length > 1 /* a ramp, between two words */
        ? [[one.firstChild.textContent.trim(), () => svg("g"), 0], entry(one.lastChild.textContent)]
        : [entry(one.textContent)];
    });
  const first = keyRows(lines, width, 18),
    second = keyRows(fills, width, 18 + first.height);
  const height = 30 + first.height + second.height;
  const node = svg(
    "g",
    {transform: `translate(0 ${-height})`},
    svg("rect", {width, height: 10000, style: "fill:var(--back)"}),
    svg("text", {x: 8, y: 16, style: "font-weight:600;font-size:13px"}, single ? `${title}: ${POLICIES[figure.spec.policy?.() ?? STATE.policy]}` : title),
    first.group,
    second.group
  );
  return {node, height};
}
/* The text of the file; null if the figure has no drawing. */
function svgFile(figure) {
  const root = document.documentElement,
    before = root.dataset.theme;
  root.dataset.theme = "light";
  figure.draw(true);
  const drawing = figure.body.querySelector("svg.chart") || figure.body.querySelector("svg");
  let text = null;
  if (drawing) {
    const copy = drawing.cloneNode(true),
      {width, height} = drawing.viewBox.baseVal,
      head = svgHead(figure, width);
    copy.setAttribute("xmlns", SVG);
    copy.setAttribute("width", width);
    copy.setAttribute("height", height + head.height);
    copy.setAttribute("viewBox", `0 ${-head.height} ${width} ${height + head.height}`);
    copy.prepend(head.node);
    drawing.parentNode.append(copy); /* where the page's rules see it as they see the drawing */
    for (const node of [...copy.querySelectorAll("*")]) if (copy.contains(node)) inlineStyle(node);
    copy.remove();
    copy.removeAttribute("class");
    copy.removeAttribute("style");
    text = new XMLSerializer().serializeToString(copy);
  }
  root.dataset.theme = before;
  figure.draw(true);
  return text;
}
export {svgFile};
