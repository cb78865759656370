"""What the drivers share: a paced load, a server that keeps its pace, and figures from times.

A driver has run(case, rate, seconds) for each of its CASES and ends in main(). It prints JSON:
    {"versions": {"name": "version"}, "cases": {"case": {"under": FIGURES, "over": FIGURES}}}
FIGURES: offered_per_s, service_s (median, from the server's beginning to its end), throughput_per_s (of the second half), lost (share
of all that was offered), waiting (mean number of items accepted and not yet begun, of the second half) and seconds.
"""
import json
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

SKIP = 77
SERVICE_S = 0.01
UNDER = (25, 4)  # items/s, s: a quarter of what the server can do
OVER = (200, 14)  # twice of it
now = time.monotonic


def skip(what):
    print(f"skipped: {what}", file=sys.stderr)
    sys.exit(SKIP)


def debian(package):
    """The version of an installed package; skips where it is not installed."""
    asked = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Status} ${Version}", package], capture_output=True, text=True)
    status, _, version = asked.stdout.partition(" ")
    if asked.returncode or status != "installed":
        skip(f"no package {package}; apt-get install {package}")
    return version


def program(name, package):
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin")
    return path or skip(f"no {name}; apt-get install {package}")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def until(ready, what, seconds=240):
    """Waits until ready() is true."""
    end = now() + seconds
    while not ready():
        if now() > end:
            raise SystemExit(f"{what} has not come up in {seconds} s")
        time.sleep(0.05)


def listens(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def schedule(rate, seconds):
    """Dates of arrivals from now on, evenly spaced; sleeps until each of them unless it has passed."""
    start = now()
    for i in range(int(rate * seconds)):
        at = start + i / rate
        if at > now():
            time.sleep(max(0, at - now()))
        yield at


class Server:
    """Takes SERVICE_S for an item, one after the other. What a sleep takes too long, the next one is shorter while items follow each
    other, so that the pace holds on a busy machine. Idle for two services: a new pace begins."""

    def __init__(self):
        self.free, self.begun, self.done = 0, [], []

    def serve(self, sleep=time.sleep):
        at = now()
        self.free = (at if at - self.free > 2 * SERVICE_S else self.free) + SERVICE_S
        self.begun.append(at)
        sleep(max(0, self.free - at))
        self.done.append(now())

    def services(self):
        return [b - a for a, b in zip(self.begun, self.done)]


def mean_between(came, left, start, end):
    """Mean number over [start, end] of what has come and not left: of sorted or unsorted dates."""
    def integral(dates):
        return sum(end - max(t, start) for t in dates if t < end)
    return (integral(came) - integral(left)) / (end - start)


def figures(start, seconds, offered, services, done, lost, waiting):
    """waiting: samples, or a pair (came, begun) of lists of dates."""
    half, end = start + seconds / 2, start + seconds
    if isinstance(waiting, tuple):
        waiting = mean_between(*waiting, half, end)
    else:
        waiting = statistics.fmean(n for t, n in waiting if half <= t < end)
    return {"offered_per_s": offered / seconds, "service_s": statistics.median(services), "seconds": seconds,
            "throughput_per_s": sum(half <= t < end for t in done) / (end - half), "lost": lost / offered, "waiting": waiting}


class Daemon:
    """A program that runs in a temporary folder of its own, and is stopped with it."""

    def __init__(self, command, files, ready, **kinds):
        self.folder = tempfile.mkdtemp(prefix="weir-brokers-")
        os.chmod(self.folder, 0o755)
        for name, text in files.items():
            with open(f"{self.folder}/{name}", "w", encoding="utf-8") as file:
                file.write(text.replace("FOLDER", self.folder))
        self.log = open(f"{self.folder}/log", "w", encoding="utf-8")
        self.process = subprocess.Popen([word.replace("FOLDER", self.folder) for word in command], stdout=self.log,
                                        stderr=self.log, stdin=subprocess.DEVNULL, **kinds)
        self.ready = ready

    def __enter__(self):
        try:
            until(lambda: self.process.poll() is not None or self.ready(), self.process.args[0])
        except SystemExit:
            self.__exit__()
            raise
        if self.process.poll() is not None:
            with open(f"{self.folder}/log", encoding="utf-8") as log:
                raise SystemExit(f"{self.process.args[0]} has ended: {log.read()[-1000:]}")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def main(versions, cases, run, under=UNDER, over=OVER):
    wanted = sys.argv[1:] or cases
    measured = {case: {"under": run(case, *under), "over": run(case, *over)} for case in wanted}
    print(json.dumps({"versions": versions | {"kernel": platform.release().split("-")[0]}, "cases": measured}, indent=1))
