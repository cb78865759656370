"""Drives weir demo through a pseudo terminal: demo_screen.py WEIR. Fails with what was wanted and what was on the screen."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

WEIR = sys.argv[1]
PATIENCE_S = 300
failures = 0


def fail(text):
    global failures
    failures += 1
    print("FAILED:", text)


class Terminal:
    """A program on a terminal of its own. What it has drawn is known after redraw()."""

    def __init__(self, arguments, term="vt100", locale="C", size=(24, 80), more=None):
        self.master, slave = pty.openpty()
        self.slave = slave
        self.resize(size)
        self.before = termios.tcgetattr(slave)
        environment = {k: v for k, v in os.environ.items() if k not in ("TERM", "LINES", "COLUMNS", "LANG", "NO_COLOR")}
        environment.update({"LC_ALL": locale, **(more or {})})
        if term:
            environment["TERM"] = term
        self.process = subprocess.Popen([WEIR, "demo"] + arguments, stdin=slave, stdout=slave, stderr=slave,
                                        env=environment, start_new_session=True,
                                        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        self.raw = b""

    def resize(self, size):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", size[0], size[1], 0, 0))

    def read(self, for_s=0.05):
        while select.select([self.master], [], [], for_s)[0]:
            try:
                got = os.read(self.master, 65536)
            except OSError:
                return
            if not got:
                return
            self.raw += got

    def send(self, keys):
        os.write(self.master, keys)

    def redraw(self):
        """The words on the screen: all is drawn anew, and moves of the cursor count as blanks."""
        self.read(0.01)
        self.raw = b""
        self.send(b"\x0c")
        self.read(0.1)
        return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[()][A-Z0-9]|\x1b[=>]|[\x0e\x0f\r\n\b]", " ",
                      self.raw.decode("utf-8", "replace"))

    def shows(self, wanted, absent=False):
        """Waits until a regular expression is on the screen."""
        until = time.monotonic() + PATIENCE_S
        while True:
            seen = self.redraw()
            if bool(re.search(wanted, seen)) != absent:
                return seen
            if time.monotonic() > until or self.process.poll() is not None:
                fail(f"{'no ' if not absent else ''}\"{wanted}\" on the screen:\n{seen}")
                return seen

    def ends(self, code, said=""):
        until = time.monotonic() + PATIENCE_S
        while self.process.poll() is None and time.monotonic() < until:
            self.read(0.05)
        self.read(0.05)
        if self.process.poll() is None:
            self.process.kill()
            fail("it does not end")
        if self.process.returncode != code:
            fail(f"exit code {self.process.returncode}, wanted {code}: {self.raw[-1500:].decode('utf-8', 'replace')}")
        if said not in self.raw.decode("utf-8", "replace"):
            fail(f"does not say \"{said}\", but {self.raw[-600:]!r}")
        if termios.tcgetattr(self.slave) != self.before:
            fail("the terminal is not as it was")
        os.close(self.master)
        os.close(self.slave)


CLOCK = r"([0-9.]+) of [0-9]+ s"


def now_s(seen):
    found = re.search(CLOCK, seen)
    return float(found.group(1)) if found else -1


def keys():
    t = Terminal(["backpressure"])
    t.shows(r"backpressure .* runs")
    t.shows("backlog")  # the first window is through
    t.send(b" ")
    t.shows("paused")
    for word in ("policy static", "load x1 ", "link wan x1 ", "job watch", "source", "decode", "alert", "sink", "backlog",
                 "latency", "camera", "static: nothing to change"):
        t.shows(word.replace(" ", " +"))
    first = now_s(t.shows(CLOCK))
    if now_s(t.shows(CLOCK)) != first:
        fail("time goes on while it is paused")
    t.send(b"n")
    t.shows(rf" {first + 5:g} of 900 s")
    t.send(b"u")
    t.shows("load x1.25")
    t.send(b"\x1bOA")  # an arrow, as a vt100 sends it
    t.shows("load x1.5")
    t.send(b"d")
    t.shows("load x1.25")
    t.send(b"[")
    t.shows("link wan x0.5")
    t.send(b"p")
    t.shows("policy reactive")
    t.send(b".")
    for words in ("load x1.25", "link wan x0.5", "policy reactive"):
        t.shows(rf"{first + 5:g} s +>> {words}")
    t.shows(rf" {first + 10:g} of 900 s")
    t.send(b"+")
    t.shows(" 20 s/s")
    t.send(b"--")
    t.shows(" 5 s/s")
    t.send(b"l")
    t.shows("all links x1")
    t.send(b"?")
    t.shows("the next policy of the scenario")
    t.send(b"?")
    t.shows("the next policy of the scenario", absent=True)
    t.resize((10, 40))
    t.shows("40x10 is too small")
    t.resize((40, 120))
    t.shows("operator +where")
    t.send(b"r")
    t.shows(" [05] of 900 s .*load x1 ")
    t.send(b"q")
    t.ends(0)


def back_and_pause():
    t = Terminal(["backpressure", "--speed", "1000", "--do", "0s:load=3", "--pause", "58s"])
    t.shows(r" 60 of 900 s .*paused")
    latency = re.search(r"latency ([0-9.]+ s)", t.shows(r"max [0-9.]+ s")).group(1)
    t.shows(rf"max {latency}")  # it has never been longer
    t.shows(r"max [0-9]+ items")
    t.shows(r"max [0-9.]+/s")
    t.send(b"bb")
    seen = t.shows(r"2 windows back .*policy static")
    t.shows(r" 50 of 900 s")
    if f"latency {latency}" in seen:
        fail("two windows back the latency is the same")
    t.send(b"n")
    t.shows(r" 55 of 900 s")
    t.send(b"n")
    t.shows(rf" 60 of 900 s .*latency {latency}")
    t.send(b"n")
    t.shows(r" 65 of 900 s")
    t.send(b"q")
    t.ends(0)


def ask():
    t = Terminal(["backpressure", "--speed", "100000", "--do", "20s:load=3", "--ask", "40s"])
    t.shows(r" 20 of 900 s .*what will the latency of watch be at 60 s".replace(" ", " +"))
    t.send(b"3")
    t.shows(r" 60 of 900 s .*60 s: latency [0-9.]+ s, .* ms before: higher. The guess was higher: right \(1 of 1\)".replace(" ", " +"))
    t.send(b"a1")
    t.shows(r" 100 of 900 s .*The guess was lower: wrong \(1 of 2\)".replace(" ", " +"))
    t.send(b"q")
    t.ends(0)


def truth():
    t = Terminal(["anomaly", "--speed", "100000", "--pause", "300s"])
    seen = t.shows(r"300 of 600 s .*GB")
    if "memory-leak" in seen:
        fail("the truth is shown to whom has not asked")
    t.send(b"t")
    t.shows("memory-leak")
    t.send(b"t")
    t.shows("memory-leak", absent=True)
    t.send(b"q")
    t.ends(0)


def sizes():
    for size in ((24, 80), (40, 140)):
        t = Terminal(["offloading", "--speed", "100000", "--pause", "150s"], size=size)
        for job in ("see/shrink", "see/draw", "hear/filter", "hear/answer", "of hear [0-9.]+ ms"):
            t.shows(r"150 of 360 s .*" + job)
        t.send(b"q")
        t.ends(0)
        t = Terminal(["backpressure", "--speed", "100000", "--do", "0s:load=3", "--pause", "60s", "--beside", "reactive"], size=size)
        t.shows(r" 60 of 900 s .*static .*reactive .*latency [0-9.]+ s, out 50.0/s .*latency [0-9.]+ m?s, out [0-9.]+/s")
        seen = t.shows(r"max ([0-9.]+ s) .*max \1")  # the same scale on both sides
        high = seen.count("#")
        t.send(b"q")
        t.ends(0)
        if size[0] == 24:
            low = high
    if high <= low:
        fail(f"curves are no higher on a larger screen: {high} cells, {low} on the small one")


def to_the_end():
    t = Terminal(["migration", "--speed", "100000", "--do", "20s:load=1.5", "--until", "230s"])
    t.shows("the run is over")
    t.shows("load x1.5")
    t.send(b"\tu[p+")  # nothing of this may hurt any more
    t.shows("the run is over")
    t.send(b"r")
    t.shows("the run is over")
    t.send(b"q")
    t.ends(0)


def endings():
    t = Terminal(["backpressure"])
    t.shows("runs")
    t.send(b"\x03")
    t.ends(130)

    t = Terminal(["backpressure"])
    t.shows("runs")
    t.process.send_signal(signal.SIGTERM)
    t.ends(130)

    t = Terminal(["backpressure", "--speed", "0.1"])
    t.shows("runs")
    engine = subprocess.run(["pgrep", "-P", str(t.process.pid)], capture_output=True, text=True).stdout.split()
    os.kill(int(engine[0]), signal.SIGKILL)
    t.ends(5, "the process was ended by signal 9 (Killed)")

    t = Terminal(["backpressure"])
    t.shows("runs")
    os.close(t.slave)
    os.close(t.master)  # the window is closed
    try:
        t.process.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        t.process.kill()
        fail("it goes on without a terminal")


def other_terminals():
    for locale in ("C.UTF-8", "C.utf8"):
        t = Terminal(["backpressure", "--speed", "1000", "--do", "0s:load=3"], term="xterm-256color", locale=locale)
        t.shows("█")
        t.read(0.3)
        if b"\x1b[3" not in t.raw:
            fail("no colours on a terminal that has them")
        t.send(b"q")
        t.ends(0)
    t = Terminal(["backpressure", "--speed", "1000", "--do", "0s:load=3"], term="xterm-256color", more={"NO_COLOR": "1"})
    seen = t.shows("####")
    if b"\x1b[31m" in t.raw or "█" in seen:
        fail("colours or Unicode where there shall be none")
    t.send(b"q")
    t.ends(0)
    for term, why in ((None, "TERM is not set"), ("dumb", "the terminal is dumb"),
                      ("no-such-terminal", "this terminal (TERM) is not known")):
        t = Terminal(["backpressure", "--until", "5s"], term=term)
        t.ends(0, why + ", so the story is told as text (--no-tty)")
        if b"in the end" not in t.raw:
            fail(f"no story on {term}")


def no_terminals():
    for stdin, why in ((subprocess.DEVNULL, "stdin is no terminal"), (None, "stdin is no terminal")):
        close = (lambda: os.close(0)) if stdin is None else None
        got = subprocess.run([WEIR, "demo", "backpressure", "--until", "5s"], stdin=stdin, capture_output=True, text=True,
                             preexec_fn=close, env={**os.environ, "TERM": "xterm"})
        if got.returncode != 0 or why not in got.stderr or "in the end" not in got.stdout:
            fail(f"without a terminal: {got}")
        got = subprocess.run([WEIR, "demo", "backpressure", "--until", "5s", "--quiet"], stdin=stdin, capture_output=True,
                             text=True, preexec_fn=close)
        if got.returncode != 0 or got.stderr:
            fail(f"--quiet says {got.stderr}")


for case in (keys, back_and_pause, ask, truth, sizes, to_the_end, endings, other_terminals, no_terminals):
    case()
sys.exit(failures > 0)
