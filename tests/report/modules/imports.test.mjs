/* In the page all scripts share one scope, so that a missing import would be noticed by nobody: each module imports what
   it uses of others, from where it stands, and exports only what is there. */
import assert from "node:assert/strict";
import {readdirSync, readFileSync} from "node:fs";
import test from "node:test";
import "./page.mjs";

const FOLDER = new URL("../../../sim/report/page/", import.meta.url);
const modules = readdirSync(FOLDER).filter((name) => name.endsWith(".js"));
/* Without comments, strings and names of methods; what stands in the braces of a template stays. */
const code = (text) => text.replace(/\/\*[^]*?\*\//g, " ").replace(/"(?:[^"\\\n]|\\.)*"/g, '""').replace(/^  \w+(\(.*\) \{)$/gm, "$1");
const FREE = "(?<![\\w$]|(?<!\\.\\.)\\.)"; /* what stands before a name that is no property; "..." may */
const names = (text, word) => [...text.matchAll(new RegExp(`^${word} \\{(.*)\\}`, "gm"))].flatMap((line) => line[1].split(", "));
const parts = new Map(
  modules.map((name) => {
    const text = readFileSync(new URL(name, FOLDER), "utf8");
    const body = code(text.replace(/^(import|export) \{.*\n?/gm, ""));
    return [name, {imports: names(text, "import"), exports: names(text, "export"), body}];
  })
);
/* Whether a name is called, read into, or handed over as it is, and is no property and no local name. */
function uses(body, name) {
  const word = name.replace("$", "\\$");
  const local = new RegExp(`(?:const|let|class|function)\\s+${word}\\b|[,{[(]\\s*${word}\\s*(?:=(?!=)|[,}\\])]\\s*[^;]*(?:=>|=(?![=>])))|\\b${word}\\s*=>`);
  return new RegExp(`${FREE}${word}\\s*[(.[]`).test(body) && !local.test(body);
}

for (const name of modules)
  test(name, async () => {
    const {imports, body} = parts.get(name);
    const missing = [...parts].filter(([other]) => other !== name).flatMap(([, {exports}]) => exports).filter((one) => uses(body, one) && !imports.includes(one));
    assert.deepEqual(missing, []);
    const idle = imports.filter((one) => !new RegExp(`${FREE}${one}\\b`).test(body));
    assert.deepEqual(idle, [], "imported in vain");
    if (name !== "main.js") await import(new URL(name, FOLDER)); /* main.js begins the page */
  });
