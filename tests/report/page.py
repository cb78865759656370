"""Looks at reports in a headless browser. Usage: page.py --is-there | page.py FOLDER, which holds results of a
comparison `page` (hostile names, failures), `first`, `failed` (a run is missing), of a `run` and a `sweep`, each with its report."""
import csv
import json
import math
import os
import re
import sys

import browser
import page_graph
import page_player
from page_common import check, click, failures, hover, no_complaints, same

SVG_MARKS = """Object.fromEntries(FIGURES.map((figure) => [figure.spec.id,
  figure.body.querySelectorAll('[data-mark]').length || figure.body.querySelectorAll('.empty').length * -1]))"""


def table_equals_summary(page, folder):
    """Every number of the table is that of summary.csv: exactly in data-value, and rounded to four digits as shown."""
    cells = page.run("""[...document.querySelectorAll('#comparison td[data-value]')].map((cell) => [cell.dataset.policy,
      cell.dataset.metric, cell.dataset.value, cell.dataset.low, cell.dataset.high, cell.dataset.size, cell.firstChild.textContent])""")
    with open(folder + "/summary.csv", newline="", encoding="utf-8") as file:
        rows = {(row["policy"], row["metric"]): row for row in csv.DictReader(file)}
    shown = {}
    for policy, metric, value, low, high, size, text in cells:
        row = rows[policy, metric]
        same((value, low, high), (row["mean"], row["ci95_low"], row["ci95_high"]), f"{policy} {metric} in the table")
        shown[policy, metric] = True
        got = re.sub(r"[\u202f ★]", "", text)
        wanted = float(row["mean"]) / float(size)
        if "·10" in got:
            base, power = got.split("·10")
            got = base + "e" + power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
            check(math.isclose(float(got), wanted, rel_tol=5.1e-3), f"{policy} {metric} is shown as {text}, is {wanted}")
        else:
            check(math.isclose(float(got), wanted, rel_tol=5.1e-4, abs_tol=1e-8), f"{policy} {metric} is shown as {text}, is {wanted}")
    same(len(shown), sum(1 for row in rows.values() if row["mean"]), "figures in the table")


def comparison(page, folder, width):
    at = f"{width} pixels: "
    page.open(folder + "/report.html", width)
    page.draw_all()
    no_complaints(page, at + "opening")
    check(page.run("document.documentElement.scrollWidth") <= width, at + "the page is wider than the window")
    marks = page.run(SVG_MARKS)
    wanted = {"parts", "cdf", "latency", "price", "violations", "objectives", "throughput", "backlog", "instances", "states", "hosts",
              "links", "decisions"}
    check(wanted <= set(marks), at + f"charts are missing: {wanted - set(marks)}")
    for figure, count in marks.items():
        check(count > 0, at + f"chart {figure} is empty")
    check(page.run("!/\\b(null|undefined|NaN)\\b/.test(document.body.innerText)"), at + "the page shows what a script has not found")
    return marks


def operators_in_time(page):
    """The small charts of operators say what share of the time an operator was busy, held back and idle."""
    said = hover(page, "comparison", ("latency", "throughput", "backlog", "states", "cdf", "hosts", "links"))
    check(all("busy" in text and "idle" in text for text in said["states"]), "states: what operators do is not said")


def sorting(page):
    order = "[...document.querySelectorAll('#comparison .group:first-child tbody tr')].map((row) => row.dataset.policy)"
    means = ("[...document.querySelectorAll('#comparison .group:first-child td[data-metric=latency_mean]')]"
             ".map((cell) => Number(cell.dataset.value))")
    before = page.run(order)
    click(page, "#comparison [data-sort=latency_mean]")
    values = page.run(means)
    same(values, sorted(values), "sorted by latency")
    same(page.run("document.querySelector('#comparison [data-sort=latency_mean]').closest('th').getAttribute('aria-sort')"),
         "ascending", "what a screen reader is told")
    click(page, "#comparison [data-sort=latency_mean]")
    same(page.run(means), sorted(values, reverse=True), "sorted the other way")
    click(page, "#comparison [data-sort=policy]")
    same(page.run(order), sorted(before, key=str.lower), "sorted by name")
    best = page.run("[...document.querySelectorAll('#comparison .group:first-child td.best[data-metric=latency_mean]')].map((cell) => Number(cell.dataset.value))")
    same(best, [min(values)], "the best mean latency is marked")
    click(page, "#differences")
    check(page.run("[...document.querySelectorAll('#comparison td small')].some((one) => /^[+-]/.test(one.textContent))"), "differences are shown")
    click(page, "#differences")


def switches(page):
    count = "document.querySelectorAll('#latency [data-mark=line]').length"
    page.draw_all()
    same(page.run(count), 3, "lines, all policies on")
    click(page, "#bar input[data-policy=static]")
    page.draw_all()
    same(page.run(count), 2, "lines, one policy off")
    same(page.run("document.querySelectorAll('#comparison .group:first-child tbody tr').length"), 2, "rows, one policy off")
    click(page, "#bar input[data-policy=static]")
    page.draw_all()
    same(page.run(count), 3, "lines, all policies on again")
    title = page.run("document.querySelector('#latency [data-mark=line]').getAttribute('d')")
    page.run("(() => { const job = document.getElementById('job'); job.value = job.options[1].value; job.dispatchEvent(new Event('change')); })()")
    page.draw_all()
    check(page.run("document.querySelector('#latency [data-mark=line]').getAttribute('d')") != title, "another job gives other lines")
    page.run("(() => { const job = document.getElementById('job'); job.value = ''; job.dispatchEvent(new Event('change')); })()")


def zoom(page):
    texts = "[...document.querySelectorAll('#backlog svg text')].map((one) => one.textContent).join()"
    box = "(() => { const box = document.querySelector('#latency svg.chart').getBoundingClientRect(); return [box.left, box.top, box.width, box.height]; })()"
    page.run("document.querySelector('#latency').scrollIntoView({block: 'center'})")
    page.run("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))")  # what has come near is drawn
    left, top, width, height = page.run(box)
    before = page.run(texts)
    for kind, share, buttons in (("mouseMoved", 0.4, 0), ("mousePressed", 0.4, 1), ("mouseMoved", 0.5, 1), ("mouseMoved", 0.6, 1), ("mouseReleased", 0.6, 0)):
        page.call("Input.dispatchMouseEvent", type=kind, x=left + width * share, y=top + height / 2, button="left" if kind != "mouseMoved" or buttons else "none",
                  buttons=buttons, clickCount=1)
    page.draw_all()
    check(page.run("STATE.zoom !== null"), "dragging zooms")
    check(page.run(texts) != before, "the zoom is linked")
    page.call("Input.dispatchMouseEvent", type="mouseMoved", x=left + width * 0.55, y=top + height / 2)
    check(page.run("!TIP.hidden && TIP.textContent.includes('static')"), "values are shown where the pointer is")
    click(page, "#unzoom")
    page.draw_all()
    same(page.run(texts), before, "the whole time again")
    page.run("document.querySelector('#latency svg.chart').focus()")
    for key in ("ArrowRight", "ArrowRight", "+"):
        page.call("Input.dispatchKeyEvent", type="keyDown", key=key, text=key if key == "+" else "")
        page.call("Input.dispatchKeyEvent", type="keyUp", key=key)
    check(page.run("STATE.zoom !== null && STATE.cursor !== null"), "keys move and zoom")
    same(page.run("document.activeElement.closest('figure').id"), "latency", "the chart keeps the focus")
    page.call("Input.dispatchKeyEvent", type="keyDown", key="Escape")
    check(page.run("STATE.zoom === null"), "Escape shows the whole time")


def downloads(page, folder):
    """What is saved is caught before it reaches the disk."""
    page.run("window.saved = {}; window.kept = save; save = (name, type, content) => { window.saved[name] = content; }; 1")
    page.run("document.querySelectorAll('figure .downloads button').forEach((button) => button.click())")
    saved = page.run("window.saved")
    same(len(saved), 2 * page.run("FIGURES.length"), "downloads")
    for name, content in saved.items():
        if name.endswith(".svg"):
            check(content.startswith("<svg") and page.run(f"new DOMParser().parseFromString(saved[{json.dumps(name)}], 'image/svg+xml').querySelector('parsererror') === null"),
                  name + " is no SVG")
            check(not re.search(r"var\(|<style|class=|style=|color\(", content), name + " needs the page's rules")
            fills = set(re.findall(r'(?:fill|stroke)="([^"]*)"', content))
            check(all(re.fullmatch(r"#[0-9a-f]{6}|none|url\(.*\)", fill) for fill in fills), f"{name} has colours {fills}")
            check(len(fills) > 3, f"{name} has only the colours {fills}")
        else:
            rows = list(csv.reader(content.splitlines()))
            check(len(rows) > 1 or name == "decisions.csv", name + " has no rows")
            check(len({len(row) for row in rows}) == 1, name + " has rows of different length")
    with open(folder + "/runs/static/seed-1/windows.csv", newline="", encoding="utf-8") as file:
        sums = {}
        for row in csv.DictReader(file):
            if row["metric"] == "backlog":
                sums[row["time"]] = sums.get(row["time"], 0) + float(row["value"])
        wanted = list(sums.values())
    got = [float(row["value"]) for row in csv.DictReader(saved["backlog.csv"].splitlines()) if row["series"] == "static"]
    same(len(got), len(wanted), "windows of backlog.csv")
    for one, two in zip(got, wanted):
        check(math.isclose(one, two, rel_tol=5.1e-4), f"backlog.csv has {one}, windows.csv {two}")


def hostile(page, folder):
    with open(folder + "/report.html", encoding="utf-8") as file:
        text = file.read()
    same(text.count("<script>alert"), 0, "a job's name as an element in the file")
    same(page.run("document.title"), "page </script><b> - weir", "the title")
    same(page.run("document.querySelector('h1').textContent"), "page </script><b>", "the heading")
    same(page.run("document.querySelectorAll('h1 b, main script').length"), 0, "elements made of names")
    check(page.run("[...document.querySelectorAll('#job option')].some((one) => one.textContent === '<script>alert(1)</script>')"), "the job's name is text")


def sweep(page, folder, width):
    at = f"sweep, {width} pixels: "
    page.open(folder + "/report.html", width)
    page.draw_all()
    no_complaints(page, at + "opening")
    check(page.run("document.documentElement.scrollWidth") <= width, at + "the page is wider than the window")
    for figure, count in page.run(SVG_MARKS).items():
        check(count > 0, at + f"chart {figure} is empty")
    before = page.run("document.querySelector('#over svg').outerHTML")
    page.run("(() => { const metric = document.getElementById('sweep-metric'); metric.value = 'cost'; metric.dispatchEvent(new Event('change')); })()")
    page.draw_all()
    check(page.run("document.querySelector('#over svg').outerHTML") != before, at + "another metric gives another chart")
    names = page.run("[...document.querySelectorAll('#plane text.faint')].map((one) => { const at = one.getBoundingClientRect(); return [one.textContent, at.left, at.right, at.top]; })")
    values = set(page.run("parameter(SWEEP.x).values.map((one) => one.text)"))
    row = [one for one in names if one[0] in values]
    check(len(row) > 1 or len(values) < 2, at + f"values below the map: {names}")
    check(all(left >= right for (_, _, right, top), (_, left, _, low) in zip(row, row[1:]) if top == low), at + f"values below the map lie on each other: {row}")
    click(page, "#pairs [data-sort='a − b']")
    no_complaints(page, at + "use")
    with open(folder + "/pairs.csv", newline="", encoding="utf-8") as file:
        pairs = [row for row in csv.DictReader(file) if row["metric"] == "cost"]
    same(page.run("document.querySelectorAll('#pairs tbody tr').length"), len(pairs), at + "rows of pairs")
    with open(folder + "/aggregate.csv", newline="", encoding="utf-8") as file:
        means = [float(row["mean"]) for row in csv.DictReader(file) if row["metric"] == "cost"]
    got = page.run("S.values.cost.map((row) => row[3])")
    check(len(got) == len(means) and all(math.isclose(one, two, rel_tol=1e-4) for one, two in zip(got, means)), at + "means are those of aggregate.csv")


def filters(page):
    """Decisions by words and by kind; a row's time moves the player."""
    rows = "document.querySelectorAll('.decisions tbody tr').length"
    page.draw_all()
    before = page.run(rows)
    set_value = "(() => {{ const one = document.getElementById('{}'); one.value = '{}'; one.dispatchEvent(new Event('{}')); FIGURES.forEach((figure) => figure.draw(true)); }})()"
    page.run(set_value.format("decision-words", "model REACTIVE", "input"))
    texts = page.run("[...document.querySelectorAll('.decisions tbody tr')].map((row) => row.textContent)")
    check(0 < len(texts) < before and all("model" in text and "reactive" in text for text in texts), f"filtered decisions: {texts[:3]} of {before}")
    click(page, ".decisions .time button")
    time = page.run("STATE.at")
    check(time is not None and page.run("Number(document.querySelector('#player input').value)") == page.run(f"windowAt(SERIES[0].entity_times, {time})"),
          "the player is where the decision was")
    page.run(set_value.format("decision-words", "no such words", "input"))
    same(page.run(rows), 0, "decisions that have other words")
    page.run(set_value.format("decision-words", "", "input"))
    same(page.run(rows), before, "all decisions again")


def state_in_address(page, folder):
    """What is chosen stands in the address, and opening that shows the same."""
    page.run("chooseJob(jobNames()[1])")
    click(page, "#bar input[data-policy=static]")
    page.run("change('zoom', {zoom: [10, 40]})")
    page.run("PLAYER.goTo(25)")
    same(page.run("document.querySelectorAll('.all-jobs:not([hidden])').length > 3"), True, "what does not follow the job says so")
    address, job = page.run("location.hash"), page.run("STATE.job")
    page.call("Page.navigate", url="about:blank")
    page.call("Page.navigate", url="file://" + os.path.abspath(folder + "/report.html") + address)
    page.wait("document.documentElement?.dataset.ready === '1'")
    same(page.run("[STATE.job, [...STATE.hidden], STATE.zoom, STATE.at, document.getElementById('job').value, document.querySelector('#bar input').checked]"),
         [job, [0], [10, 40], 25, job, False], "the state of a page opened at " + address)
    page.run("change('zoom', {zoom: null})")
    click(page, "#bar input[data-policy=static]")
    page.run("chooseJob('')")


def main():
    folder = sys.argv[1]
    page = browser.Browser()
    try:
        for width in (1280, 400):
            comparison(page, folder + "/page", width)
            table_equals_summary(page, folder + "/page")
            page_player.player(page)
        comparison(page, folder + "/page", 1280)
        operators_in_time(page)
        hostile(page, folder + "/page")
        sorting(page)
        switches(page)
        zoom(page)
        page_player.failures_and_moves(page)
        page_player.keys_and_clicks(page)
        filters(page)
        state_in_address(page, folder + "/page")
        downloads(page, folder + "/page")
        click(page, "#theme")
        same(page.run("document.documentElement.dataset.theme"), "dark", "the other theme")
        no_complaints(page, "use")
        page.call("Emulation.setEmulatedMedia", media="print")
        same(page.run("document.querySelector('#price header').innerText"), "Price against latency", "on paper there are no labels of what cannot be chosen there")
        page.call("Emulation.setEmulatedMedia", media="")
        pdf = page.pdf(folder + "/page.pdf")
        check(pdf.startswith(b"%PDF") and len(pdf) > 50000, f"the PDF has {len(pdf)} bytes")
        page_graph.shapes(page, folder + "/shapes")
        page_graph.graphs(page, folder + "/shapes")
        page_player.vehicles(page, folder + "/vehicles")
        page_player.street(page, folder + "/street")
        comparison(page, folder + "/first", 1280)
        hover(page, "first", ("latency", "states"))
        table_equals_summary(page, folder + "/first")
        page.open(folder + "/failed/report.html")
        page.draw_all()
        no_complaints(page, "a failed run")
        hover(page, "a failed run")
        told = page.run("document.querySelector('.problems').textContent")
        check("static, seed 2: there is no result" in told, "the failed run is told: " + told)
        check(page.run("document.querySelectorAll('#comparison td[data-value]').length") > 50, "the rest is shown")
        page.open(folder + "/run/report.html")
        page.draw_all()
        no_complaints(page, "a single run")
        hover(page, "a single run")
        same(page.run("[...document.querySelectorAll('#comparison tbody tr')].length"), page.run("document.querySelectorAll('#comparison .group').length"),
             "a row a group for one run")
        check(page.run("!/\\b(null|undefined|NaN)\\b/.test(document.body.innerText)"), "a page shows what a script has not found")
        for width in (1280, 400):
            sweep(page, folder + "/sweep", width)
        hover(page, "a sweep")
    finally:
        page.close()
    return 1 if failures else 0


if __name__ == "__main__":
    if sys.argv[1] == "--is-there":
        if not browser.find():
            print("skipped: there is no Chromium (or another of its family, or WEIR_CHROMIUM)")
        sys.exit(0 if browser.find() else 1)
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    sys.exit(main())
