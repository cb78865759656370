"""What all looks at a page need: checks that are collected, clicks, the pointer over charts, the player."""
import json
import re


failures = []


def check(is_so, what):
    if not is_so:
        failures.append(what)
        print("FAILED:", what)


def same(got, wanted, what):
    check(got == wanted, f"{what}: got {got!r}, wanted {wanted!r}")


def click(page, selector):
    page.run(f"document.querySelector({json.dumps(selector)}).click()")


def no_complaints(page, what):
    same(page.complaints(), [], f"{what}: complaints of the browser")


# The pointer goes over all that is drawn, also between the marks; how often something was said beside it, and of what.
HOVER = """(() => {
  const said = {};
  const move = (to, x, y) => {
    for (const type of ["pointerenter", "pointermove"])
      to.dispatchEvent(new PointerEvent(type, {bubbles: type === "pointermove", clientX: x, clientY: y}));
  };
  FIGURES.forEach((figure) => {
    said[figure.spec.id] = [];
    for (const root of figure.body.querySelectorAll("svg")) {
      const all = [root, ...root.querySelectorAll("*")];
      for (let i = 0; i < all.length; i += Math.ceil(all.length / 150)) {
        const box = all[i].getBoundingClientRect();
        for (const [x, y] of [[0.02, 0.5], [0.5, 0.5], [0.98, 0.9]]) {
          move(all[i], box.left + x * box.width, box.top + y * box.height);
          if (!TIP.hidden) said[figure.spec.id].push(TIP.textContent);
          all[i].dispatchEvent(new PointerEvent("pointerleave"));
        }
        root.dispatchEvent(new PointerEvent("pointerleave"));
      }
    }
  });
  return said;
})()"""


def hover(page, what, talking=()):
    """Moves over every chart: no error, and something said by those that must say something."""
    page.draw_all()
    said = page.run(HOVER)
    no_complaints(page, what + ": moving over the charts")
    for figure in talking:
        check(said.get(figure), f"{what}: {figure} says nothing of what is pointed at")
    for figure, texts in said.items():
        check(not any(re.search(r"\b(null|undefined|NaN|Infinity)\b", text) for text in texts), f"{what}: {figure} shows nonsense")
    return said


def near_player(page):
    """Stages are drawn when they come near the screen. A jump from the bar ends where it should, and stays there."""
    click(page, "#bar [data-part=platform]")
    page.wait("document.querySelector('.stage') !== null", 5)
    page.run("new Promise((done) => setTimeout(done, 200))")
    top, height = page.run("[document.querySelector('#platform h2').getBoundingClientRect().top, window.innerHeight]")
    check(0 <= top < height / 2, f"after a jump to the player its heading is at {top} of {height}")


def player_at(page, window):
    page.run(f"(() => {{ const slider = document.querySelector('#player input'); slider.value = {window}; slider.dispatchEvent(new Event('input')); }})()")
