"""What weir's commands write on a terminal: bold where it may be, nothing of it with NO_COLOR or on a dumb terminal. Usage: colours.py WEIR FOLDER."""
import os
import pty
import re
import subprocess
import sys

SHINE = re.compile(rb"\033\[[0-9;]*m")
SCENARIO = "workloads/scenarios/first.json"


def shown(weir, arguments, **more):
    """All that a command writes on a terminal, stdout and stderr."""
    to, of = pty.openpty()
    environment = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "TERM", "COLUMNS")}
    process = subprocess.Popen([weir, *arguments], stdin=subprocess.DEVNULL, stdout=of, stderr=of, env={**environment, "TERM": "xterm-256color", **more})
    os.close(of)
    text = b""
    while True:
        try:
            got = os.read(to, 1 << 16)
        except OSError:
            break
        if not got:
            break
        text += got
    os.close(to)
    process.wait()
    return process.returncode, text


def main():
    weir, folder = sys.argv[1:]
    commands = re.findall(r"^  ([a-z-]+)  ", subprocess.run([weir, "--help"], capture_output=True, text=True, check=True).stdout, re.M)
    short = ["--set", "duration=60s", "--set", "seeds=1", "--set", "workload.jobs[0].load.steps[0].rate=900/s"]
    calls = [[one, "--help"] for one in commands if one != "help"]
    calls += [["list", what] for what in ("policies", "metrics", "scenarios", "keys", "view")]
    calls += [["check", SCENARIO], ["explain", "ds2"], ["run", "--nonsense"], ["frobnicate"], ["check", "none.json"], ["generate"], ["selftest", "exact"],
              ["run", SCENARIO, "--set", "duration=20s", "-o", folder + "/run"], ["report", folder + "/run"],
              ["compare", SCENARIO, *short, "-f", "-o", folder + "/compare"], ["sweep", "tests/report/study.json", "-o", folder + "/sweep"]]
    faults = []
    if not SHINE.search(shown(weir, ["compare", SCENARIO, *short, "-o", folder + "/compare"])[1]):
        faults.append("compare shows nothing bold on a terminal: this test would see nothing")
    for call in calls:
        for more in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            code, text = shown(weir, call, **more)
            found = SHINE.search(text)
            if found:
                faults.append(f"weir {' '.join(call)} with {more}: {text[max(0, found.start() - 40):found.end() + 40]!r}")
            if code in (0, 2, 3) and not text.strip() and call[0] != "completion":
                faults.append(f"weir {' '.join(call)}: nothing is written")
            if call[0] == "sweep":
                break
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
