"""Looks at the player of a page: its steps, failures, anomalies, keys, vehicles."""
import json

from page_common import check, click, near_player, no_complaints, player_at, same


def player(page):
    near_player(page)
    stage = "document.querySelector('.stage').outerHTML + document.getElementById('player-time').textContent"
    before = page.run(stage)
    click(page, "#step")
    after = page.run(stage)
    check(after != before, "a step moves the player")
    click(page, "#play")
    page.wait(f"{stage} !== {json.dumps(after)}", 5)
    page.wait("Number(document.querySelector('#player input').value) > 2", 5)
    click(page, "#play")
    at = page.run("document.querySelector('#player input').value")
    page.run("new Promise((done) => setTimeout(done, 400))")
    same(page.run("document.querySelector('#player input').value"), at, "the player stands still after a pause")
    same(page.run("document.querySelectorAll('.stage').length"), 2, "two policies side by side")
    same(page.run("document.querySelector('#player input').max"), "11", "a place for each of the 12 windows")


def failures_and_moves(page):
    """cloud4 is down from 15 to 24 s: at 15 and 20 s, when windows 2 and 3 end; edge2 from 38 to 46 s: at 40 and 45 s."""
    near_player(page)
    crosses = "document.querySelector('.stage').querySelectorAll('.cross[visibility=visible]').length"
    for window, wanted in ((1, 0), (3, 1), (5, 0), (8, 1), (10, 0)):
        player_at(page, window)
        same(page.run(crosses), wanted, f"crosses at window {window}")
    check(page.run("document.querySelectorAll('.stage .operator[visibility=visible]').length") > 0, "operators are drawn")
    check(page.run("document.querySelectorAll('.stage .flow').length") > 0, "transfers are drawn")
    ill = "[...document.querySelector('.stage').querySelectorAll('.host.ill')].map((one) => one.parentNode.firstChild.textContent)"
    for window, wanted in ((4, []), (7, ["edge (overload)"]), (10, [])):  # from 32 to 44 s; windows end at 25, 40, 55 s
        player_at(page, window)
        same(page.run(ill), wanted, f"anomalies at window {window}")
    same(page.run("document.querySelectorAll('#hosts [data-mark=anomaly]').length"), 1, "anomalies framed")


def keys_and_clicks(page):
    """Space plays where the player is seen; a click in a chart moves it."""
    page.run("document.querySelector('#platform').scrollIntoView(); document.activeElement.blur()")
    at = "Number(document.querySelector('#player input').value)"
    for wanted in ("true", "false"):
        page.call("Input.dispatchKeyEvent", type="keyDown", key=" ", code="Space", text=" ")
        page.call("Input.dispatchKeyEvent", type="keyUp", key=" ", code="Space")
        same(page.run("document.getElementById('play').textContent.includes('Pause')"), wanted == "true", "space plays and stops")
    page.run("document.querySelector('#latency').scrollIntoView({block: 'center'})")
    page.run("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))")
    left, top, width, height = page.run("(() => { const box = document.querySelector('#latency svg.chart').getBoundingClientRect(); return [box.left, box.top, box.width, box.height]; })()")
    for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
        page.call("Input.dispatchMouseEvent", type=kind, x=left + width * 0.97, y=top + height / 2, button="none" if kind == "mouseMoved" else "left", clickCount=1)
    same(page.run(at), 11, "the player after a click at the end of a chart")


# Of each stage: its dots, those outside it, and lines from them.
DOTS = """[...document.querySelectorAll('.stage')].map((stage) => {
  const box = stage.getBoundingClientRect();
  const dots = [...stage.querySelectorAll('.device[visibility=visible]')].map((one) => one.getBoundingClientRect());
  return [dots.length, dots.filter((one) => one.left < box.left || one.right > box.right || one.top < box.top - 1 || one.bottom > box.bottom + 1).length,
    [...stage.querySelectorAll('.sends[visibility=visible]')].filter((one) => one.getAttribute('d').startsWith('M')).length]; })"""


def vehicles(page, folder):
    """Sources that move are dots on the map, all of them inside it, each with a line to where its items are worked on."""
    page.open(folder + "/report.html", 1280, 900)
    near_player(page)
    same(page.run(DOTS), [[1, 0, 1], [1, 0, 1]], "dots of one job, those outside, and lines")
    page.run("(() => { const job = document.getElementById('player-job'); job.value = ''; job.dispatchEvent(new Event('change')); })()")
    same(page.run(DOTS), [[40, 0, 40], [40, 0, 40]], "dots of all jobs, those outside, and lines")
    places = "[...document.querySelectorAll('.device')].map((one) => one.getAttribute('cx') + ',' + one.getAttribute('cy')).join()"
    before = page.run(places)
    player_at(page, 4)
    check(page.run(places) != before, "dots move")
    check("source that moves" in page.run("document.querySelector('#platform .legend').innerText"), "what dots are")
    hosts = page.run("[...document.querySelectorAll('.stage')[0].querySelectorAll('.host')].map((one) => one.parentNode.firstChild.textContent + '@' + Math.round(Number(one.getAttribute('x')) + Number(one.getAttribute('width')) / 2))")
    columns = {}
    for name, x in (one.split("@") for one in hosts if one.startswith("ap-")):
        columns.setdefault(int(name[3:]) % 4, set()).add(int(x))
    check(len(columns) == 4 and all(max(one) - min(one) <= 60 for one in columns.values()) and max(columns[0]) < min(columns[3]),
          f"access points of a column stand below each other: {columns}")
    no_complaints(page, "vehicles")


def street(page, folder):
    """A bus that is the only job, on a street along which all hosts stand in the middle of the map. At 205 s it is at 1450 of 1800 m."""
    page.open(folder + "/report.html", 1280, 900)
    near_player(page)
    same(page.run(DOTS), [[1, 0, 1], [1, 0, 1]], "dots of the only job, those outside, and lines")
    player_at(page, 40)
    x, y, height = page.run("(() => { const dot = document.querySelector('.device'), box = dot.closest('svg').viewBox.baseVal; return [(dot.getAttribute('cx') - 4) / (box.width - 8), Number(dot.getAttribute('cy')), box.height]; })()")
    same(round(x, 2), round(1450 / 1800, 2), "where the bus is, as a share of the street")
    check(abs(y - height / 2) < 10, f"the street is at {y} of {height}")
    no_complaints(page, "street")
