"""Looks at the graphs of jobs and at what is said of bottlenecks."""
import json
import math
import re

from page_common import check, click, no_complaints, same


def digits(share):
    """A share in per cent, as the page shows it."""
    return f"{float(f'{share * 100:.4g}'):.10g}\u202f%"


def shapes(page, folder):
    """Who holds whom back stands there in words, with the figures of result.json, and is what the scenario is made for."""
    wanted = {"chain": "price", "diamond": "right", "keyed": "count", "many-3": "sum", "narrow": "thin_UP", "dead": "weak", "calm": None}
    with open(folder + "/runs/static/seed-1/result.json", encoding="utf-8") as file:
        result = json.load(file)
    page.open(folder + "/report.html", 1280, 800)
    for job, name in wanted.items():
        page.run(f"chooseJob({json.dumps(job)})")
        page.draw_all()
        ops = {op["name"]: op for op in result["operators"] if op["job"] == job}
        verdict = next(one for one in result["bottlenecks"] if one["job"] == job)
        text = page.run("document.querySelector('#necks').innerText")
        same(page.run("document.querySelector('#graph .words').innerText") in text, True, job + ": the graph says the same")
        same(page.run("document.querySelectorAll('#graph [data-op]').length"), len(ops), job + ": operators in its graph")
        same(verdict["kind"] == "none", name is None, job + ": whether somebody is held back")
        if not name:
            check("nobody is held back" in text, f"{job}: {text}")
            continue
        link = next((one for one in result["links"] if one["name"] == name), None)
        check(f"{name} is " in text, f"{job}: {name} is not named: {text}")
        check(digits(link["use"] if link else ops[name]["busy"]) in text, f"{job}: the share of {name} is not told: {text}")
        check(len(verdict["waits"]) == 2, f"{job}: who waits")
        for wait in verdict["waits"]:
            who = "the source" if wait["name"] == "source" else wait["name"]
            check(re.search(re.escape(who) + "( waits for it)? " + re.escape(digits(wait["share"])), text), f"{job}: how long {who} waits: {text}")
            if wait["name"] in ops and job != "dead":
                check(math.isclose(wait["share"], ops[wait["name"]]["backpressured"], rel_tol=1e-12), f"{job}: {wait}")
        if name in ops:
            same(page.run("document.querySelector('#graph .box.neck').dataset.op"), name, job + ": the bottleneck in the graph")
    same(page.run("document.querySelectorAll('#templates tbody tr').length"), 9, "templates")
    page.call("Emulation.setEmulatedMedia", media="print")
    check("chain" in page.run("document.querySelector('#templates tbody').innerText"), "the worst jobs of templates stand on paper")
    same(page.run("[...document.querySelectorAll('#templates button')].filter((one) => one.offsetWidth === 0).length"), 0, "worst jobs that are not on paper")
    page.call("Emulation.setEmulatedMedia", media="")
    page.run("chooseJob('chain')")
    page.draw_all()
    page.run("document.querySelector('#graph [data-op=store]').dispatchEvent(new MouseEvent('click'))")
    same(page.run("document.querySelector('#operator h3').textContent"), "store: busy", "a click shows the operator's series")
    whole = page.run("document.querySelector('#graph svg').textContent")
    page.run("setCursor(STATE.cursor ?? SERIES[0].times[0])")
    check(page.run("document.querySelector('#graph svg').textContent") != whole, "the graph follows the cursor")
    no_complaints(page, "shapes")


# Texts in a box of the job graph that stick out of it, and tiers in which there is nothing.
GRAPH_FAULTS = """(() => {
  const said = [];
  for (const panel of document.querySelectorAll("#graph .panel")) {
    const place = panel.querySelector(".scroll"), svg = place.firstChild;
    if (svg.getBoundingClientRect().width > place.clientWidth + 1) said.push("wider than its place");
    const frames = [...svg.querySelectorAll(".frame")].map((one) => one.getBoundingClientRect());
    for (const group of svg.querySelectorAll(".box, .end")) {
      const box = group.querySelector(".frame").getBoundingClientRect();
      for (const text of group.querySelectorAll("text:not(.neck)")) {
        const at = text.getBoundingClientRect();
        if (at.left < box.left || at.right > box.right) said.push(`sticks out: ${text.textContent}`);
      }
    }
    for (const tier of svg.querySelectorAll(".tier")) {
      const at = tier.getBoundingClientRect(), inside = frames.filter((one) => one.top > at.top && one.bottom < at.bottom);
      if (at.bottom - Math.max(at.top, ...inside.map((one) => one.bottom)) > 60) said.push("a row without a box");
    }
  }
  return said;
})()"""


def graphs(page, folder):
    """Job graphs have all their boxes within their place, at each width, and the names of what is short of room."""
    for width in (1280, 400):
        page.open(folder + "/report.html", width, 800)
        for job in ("chain", "diamond", "keyed", "many-3", "narrow", "dead", "calm", "long", "fan"):
            page.run(f"chooseJob({json.dumps(job)})")
            page.draw_all()
            same(page.run(GRAPH_FAULTS), [], f"{width} pixels: the graph of {job}")
    check("No job has an objective" in page.run("document.querySelector('#objectives').innerText"), "why there are no objectives")
    same(page.run("[...document.querySelectorAll('#price text')].filter((one) => /(\\w+) \\(\\1\\)/.test(one.textContent)).length"), 0, "axes named twice")
