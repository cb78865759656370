"""The environment weir_env: what it observes, rewards and refuses, against the view, other ways to the same run, and arithmetic."""
import csv
import itertools
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

import weir_env
from weir_env import spaces

WEIR, SCENARIO = sys.argv[1], "tests/input/valid/learning.json"
FAILURES = 0


def check(what, truth):
    global FAILURES
    if not truth:
        FAILURES += 1
        print("FAILED:", what)


def refused(what, kind, fragment, call):
    try:
        call()
    except kind as error:
        check(f"{what}: {error}", fragment in str(error))
    else:
        check(f"{what} is not refused", False)


def episode(world, seed, act, **options):
    """All that an episode gives: observations, rewards, what the last step said, and infos."""
    seen, info = world.reset(seed=seed, **options)
    rows, over = [(list(seen), 0.0, info)], False
    while not over:
        seen, reward, terminated, truncated, info = world.step(act(info["view"]))
        rows.append((list(seen), reward, info))
        over = terminated or truncated
    return rows, terminated, truncated


def steady(view):
    return [1, 3, 3]


def figures(rows):
    return [(seen, reward) for seen, reward, _ in rows]


def observations_and_rewards():
    """A duration of 95 s in windows of 10 s: nine end before it; the tenth step has nothing to see."""
    with tempfile.TemporaryDirectory() as folder, weir_env.Environment(SCENARIO, WEIR, views=True) as world:
        check("names", world.learning.names == [
            "view.time_s", "sensor-0.backlog", "sensor-1.backlog", "late.backlog", "sensor-0/model.instance_count",
            "sensor-1/model.instance_count", "cloud4.instances", "late.latency_mean_s"])
        check("spaces", world.observation_space.shape == (8,) and list(world.action_space.nvec) == [3, 4, 4]
              and list(world.action_space.start) == [1, 1, 1])
        rows, terminated, truncated = episode(world, 3, steady, options={"output": os.path.join(folder, "run")})
        check("its time is over", truncated and not terminated and len(rows) == 10)
        check("times", [row[0][0] for row in rows] == [10.0 * i for i in range(1, 10)] + [90.0])
        check("the last step", rows[-1][0] == rows[-2][0] and rows[-1][1] == 0.0)
        check("actions are carried out", rows[0][0][4:6] == [1.0, 1.0] and rows[3][0][4:6] == [3.0, 3.0])
        placed = [sum(one["host"] == "cloud4" for job in view["jobs"] if job["running"] for op in job["operators"] for one in op["instances"])
                  for view in (row[2]["view"] for row in rows[:6])]
        check(f"instances of a host {placed}", [row[0][6] for row in rows[:6]] == placed and placed[0] == 2 and placed[5] > 4)
        # The job `late` is there from 35 s to 65 s: without results before and after, it is what is missing.
        there = [row[0][7] != -1 for row in rows]
        check(f"what is missing: {there}", there == [False] * 3 + [True] * 3 + [False] * 4)
        with open(os.path.join(folder, "run", "windows.csv"), encoding="utf-8") as file:
            table = list(csv.DictReader(file))
        for i in range(1, 9):
            at = [row for row in table if float(row["time"]) == 10 * (i + 1)]
            running = [job["name"] for job in rows[i][2]["view"]["jobs"] if job["running"]]
            rate = {name: sum(float(row["value"]) for row in at if row["metric"] == name and row["job"] in running and not row["operator"])
                    for name in ("delivered_rate", "late_rate")}
            instances = sum(float(row["value"]) for row in at if row["metric"] == "instances" and row["host"])
            by_hand = 0.001 * 10 * rate["delivered_rate"] - 2 * 10 * rate["late_rate"] - 0.1 * 10 * instances
            check(f"the reward of window {i}: {rows[i][1]}, by hand {by_hand}", abs(rows[i][1] - by_hand) < 1e-6 * max(1, abs(by_hand)))
        check("rewards differ", len({row[1] for row in rows[1:-1]}) > 3)
        check("the result", world.result()["seed"] == 3)
        with weir_env.Environment(SCENARIO, WEIR) as small:
            again, *_ = episode(small, 3, steady)
            check("it sees what it needs alone", set(again[1][2]["view"]["jobs"][0]) == {
                "name", "running", "operators", "backlog", "delivered_rate", "late_rate", "latency_mean_s"})
            check("of few fields, as of all", figures(again) == figures(rows))
        again, *_ = episode(world, 3, steady)
        check("one seed, twice", figures(again) == figures(rows))
        other, *_ = episode(world, 4, steady)
        check("another seed", figures(other) != figures(rows))
        world.reset(seed=5)
        drawn = [world.reset()[1]["seed"] for _ in range(2)]
        world.reset(seed=5)
        check("seeds that are drawn", drawn == [world.reset()[1]["seed"] for _ in range(2)] and drawn[0] != drawn[1])


class Threshold:
    """The rule of policies/examples/threshold.py, for operators whose number of instances is the action."""

    def __init__(self):
        self.smooth = {}

    def __call__(self, view):
        action = []
        for job in view["jobs"]:
            for op in job["operators"]:
                key = job["name"], op["name"]
                self.smooth[key] = 0.5 * self.smooth.get(key, 0.0) + 0.5 * op["busy"]
                count = len(op["planned"])
                if self.smooth[key] > 0.8 and count < op["max_parallelism"] and not op["changing"]:
                    count += 1
                elif self.smooth[key] < 0.3 and count > 1 and not op["changing"]:
                    count -= 1
                action.append(count)
        return action


def weir_run(policy, folder, scenario):
    subprocess.run([WEIR, "run", scenario, "--policy", policy, "--seed", "2", "-q", "-o", folder], check=True,
                   stdout=subprocess.DEVNULL)
    with open(os.path.join(folder, "result.json"), encoding="utf-8") as file:
        return json.load(file)


def same_as_a_pipe():
    """One rule in the environment and as a program at a pipe: all metrics are the same, to the last digit."""
    with tempfile.TemporaryDirectory() as folder:
        with open("tests/input/cli-real.json", encoding="utf-8") as file:
            scenario = json.load(file)
        scenario["platform"] = os.path.abspath("tests/input/valid/two-tier.xml")
        scenario["learning"] = {"observe": ["operator.busy"], "reward": {"late": -1}, "actions": {"kind": "count"}}
        path = os.path.join(folder, "scenario.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(scenario, file)
        piped = weir_run("exec:python3 " + os.path.abspath("policies/examples/threshold.py"), os.path.join(folder, "piped"), path)
        with weir_env.Environment(path, WEIR, views=True) as world:
            rule = Threshold()
            episode(world, 2, rule)
            driven = world.result()
        for part in ("checksum", "metrics", "latency_quantiles", "jobs", "operators", "links"):
            check(f"{part} of an environment and of a pipe", driven[part] == piped[part])
        check("some decisions", piped["metrics"]["decisions"] >= 3)


def parallel():
    with weir_env.Parallel([weir_env.Environment(SCENARIO, WEIR) for _ in range(3)]) as worlds:
        seen, _ = worlds.reset([1, 2, 3])
        rows = [[(list(one), 0.0)] for one in seen]
        while not worlds.over():
            seen, rewards, *_ = worlds.step([steady(None)] * 3)
            for i in range(3):
                rows[i].append((list(seen[i]), rewards[i]))
    with weir_env.Environment(SCENARIO, WEIR) as world:
        for i in range(3):
            check(f"in parallel as alone, {i}", rows[i] == figures(episode(world, i + 1, steady)[0]))
    refused("two seeds for three", ValueError, "there must be 3 seeds", lambda: worlds.reset([1, 2]))
    refused("a step of none", weir_env.WeirError, "call reset", lambda: worlds.step([steady(None)] * 3))


def wrong_action_of_one():
    """A wrong action in either place changes neither episode; nor does a wrong seed."""
    with weir_env.Parallel([weir_env.Environment(SCENARIO, WEIR) for _ in range(2)]) as worlds:
        refused("a step before a reset", weir_env.WeirError, "call reset", lambda: worlds.step([[1, 1, 1]] * 2))
        worlds.reset([1, 1])
        before = worlds.step([[1, 1, 1]] * 2)
        for actions in ([[3, 3, 3], [99, 0, 0]], [[99, 0, 0], [3, 3, 3]], [[3, 3, 3], None]):
            refused(f"actions {actions}", ValueError, "the action", lambda actions=actions: worlds.step(actions))
        refused("a wrong seed", ValueError, "the seed must be", lambda: worlds.reset([2, "x"]))
        after = worlds.step([[1, 3, 3]] * 2)
        check("both go on alike", [list(one) for one in after[0]] == [list(after[0][0])] * 2 and after[0][0][0] == before[0][0][0] + 10)


def kinds():
    with weir_env.Environment(SCENARIO, WEIR, sets=["learning.actions.kind=step"]) as world:
        rows, *_ = episode(world, 1, lambda view: [2, 2, 1])
        check("steps", [row[0][4:6] for row in rows[::8]] == [[1.0, 1.0], [4.0, 1.0]])  # it stops at 4, the most
        check("nothing beyond the most is asked for", world.result()["metrics"]["refused"] == 0)
    # Instances start in 15 s, so that every other window ends while a change is under way.
    with weir_env.Environment(SCENARIO, WEIR, sets=['costs={"start": "15s"}']) as world:
        turns = itertools.cycle([[1, 2, 2], [1, 3, 3]])
        episode(world, 1, lambda view: next(turns))
        metrics = world.result()["metrics"]
        check("operators that change are left alone", metrics["refused"] == 0 and metrics["rescales"] > 2)
    with weir_env.Environment(SCENARIO, WEIR, sets=["learning.actions.kind=host"]) as world:
        check("hosts", world.learning.hosts == ["edge", "edge2", "cloud", "cloud4"])
        rows, *_ = episode(world, 1, lambda view: [0, 2, 3])
        check("moves", [row[0][6] for row in rows[::3]] == [2.0, 2.0, 2.0, 1.0])  # and the late job's one
    sets = ['learning.actions={"kind": "plan"}']
    with weir_env.Environment(SCENARIO, WEIR, sets=sets) as world:
        rows, *_ = episode(world, 1, lambda view: [{"job": "sensor-1", "op": "model", "scale": 2}])
        check("plans", rows[3][0][4:6] == [1.0, 2.0])
        world.reset(seed=1)
        loop = []
        loop.append(loop)
        for what in ({1}, float("nan"), loop, object()):
            refused(f"not for JSON: {what}", ValueError, "as JSON has them",
                    lambda what=what: world.step([{"job": "sensor-1", "op": "model", "scale": what}]))
        check("it goes on after that", world.step([])[0][0] == 20.0)
        refused("no plan", ValueError, "must be a list of decisions", lambda: world.step([1]))
        refused("a job that is not there", weir_env.WeirError, "there is no job \"none\"",
                lambda: [world.step([{"job": "none", "op": "model", "scale": 2}]) for _ in range(2)])


def refusals():
    world = weir_env.Environment(SCENARIO, WEIR)
    refused("a step before a reset", RuntimeError, "call reset", lambda: world.step([1, 1, 1]))
    world.reset(seed=1)
    for action, fragment in (([1, 1], "must have 3 numbers, one for each operator, not 2"), (1, "must be a list of 3 whole numbers, not 1"),
                             ([1, 0, 1], "sensor-0/model must be a whole number from 1 to 4, not 0"),
                             ([1, 1, 5], "sensor-1/model must be a whole number from 1 to 4, not 5"),
                             ([1, 1.5, 1], "not 1.5"), ([1, True, 1], "not True"), ([1, "2", 1], "not '2'")):
        refused(f"action {action!r}", ValueError, fragment, lambda action=action: world.step(action))
    check("it goes on after a refusal", world.step([1, 1, 1])[0][0] == 20.0)
    refused("a result before the end", RuntimeError, "when the episode is over", world.result)
    for seed in (-1, 1.5, True, "x", "1", [], float("inf"), float("nan")):
        refused(f"seed {seed}", ValueError, "the seed must be a whole number", lambda seed=seed: world.reset(seed=seed))
    refused("an option", ValueError, "there is no option 'outputs'", lambda: world.reset(options={"outputs": "x"}))
    world.close()
    refused("a step after close", RuntimeError, "call reset", lambda: world.step([1, 1, 1]))
    error = weir_env.WeirError
    refused("no scenario", error, "nowhere.json: no such file", lambda: weir_env.Environment("nowhere.json", WEIR))
    refused("nothing to learn", error, 'has no "learning"', lambda: weir_env.Environment("tests/input/cli-real.json", WEIR))
    refused("a wrong reward", error, 'did you mean "late"?', lambda: weir_env.Environment(SCENARIO, WEIR, ["learning.reward.latee=1"]))
    refused("no such weir", error, "no-such-weir", lambda: weir_env.Environment(SCENARIO, "./no-such-weir"))
    done = subprocess.run([WEIR, "run", SCENARIO, "-q", "-o", os.path.join(tempfile.gettempdir(), f"weir-none-{os.getpid()}"), "--policy",
                           '{"name": "exec", "descriptor": 77}'], capture_output=True, text=True)
    check(f"no socket: {done.stderr}", done.returncode == 4 and '"descriptor": 77 is no socket' in done.stderr)


def processes():
    """Command lines of all processes that name the folder of an environment."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                line = file.read()
        except OSError:
            continue
        if os.environ["TMPDIR"].encode() in line and b"descriptor" in line:
            found.append(line)
    return found


def wait_for_none():
    for _ in range(500):
        if not processes():
            break
        time.sleep(0.02)


def nothing_is_left():
    world = weir_env.Environment(SCENARIO, WEIR)
    world.reset(seed=1)
    world.step([1, 1, 1])
    check("there is a process", len(processes()) >= 1)
    world.close()
    check("none after close", not processes())
    world.close()
    for _ in range(3):
        world.reset(seed=1)
    check("one episode at a time", len({line for line in processes()}) == 1)
    del world
    check("none when the environment is forgotten", not processes())
    check("no folder", not folders())
    # One that dies without a word: weir notices at its next event.
    text = f"import weir_env, os; w = weir_env.Environment({SCENARIO!r}, {WEIR!r}); w.reset(seed=1); os._exit(9)"
    subprocess.run([sys.executable, "-c", text], check=False)
    wait_for_none()
    check("none when its process is gone", not processes())


def kill(world):
    world.run.process.send_signal(signal.SIGKILL)
    os.waitid(os.P_PID, world.run.process.pid, os.WEXITED | os.WNOWAIT)


def killed_weirs():
    """The first step after it says so, the episode is over, and the next one is as if nothing had been."""
    error, action = weir_env.WeirError, [1, 3, 3]
    with tempfile.TemporaryDirectory() as folder, weir_env.Environment(SCENARIO, WEIR) as world:
        alone, *_ = episode(world, 1, steady)
        for steps in range(3):
            world.reset(seed=1, options={"output": os.path.join(folder, "run")})
            for _ in range(steps):
                world.step(action)
            check(f"half a run: {os.listdir(folder)}", set(os.listdir(folder)) == {"run.partial", "run.lock"})
            kill(world)
            refused("a step of a killed weir", error, "weir ended with SIGKILL", lambda: world.step(action))
            check(f"it is over, and its files are gone: {os.listdir(folder)}", world.over and not os.listdir(folder))
            refused("the next step", RuntimeError, "call reset", lambda: world.step(action))
            refused("its result", RuntimeError, "when the episode is over", world.result)
        check("another episode", figures(episode(world, 1, steady)[0]) == figures(alone))
        world.reset(seed=1, options={"output": os.path.join(folder, "run")})
        kill(world)
        world.close()
        check("closed: its files are gone", not os.listdir(folder))
        # The answer is sent before weir ends, which then has not read it.
        world.reset(seed=1)
        world.run.process.send_signal(signal.SIGSTOP)
        world.begin(world.decide(action))
        kill(world)
        refused("an answer not read", error, "weir ended with SIGKILL", world.end)
        def interrupt():
            raise KeyboardInterrupt
        world.reset(seed=1)
        world.run.event = interrupt
        refused("interrupted", KeyboardInterrupt, "", lambda: world.step(action))
        refused("a step after that", RuntimeError, "call reset", lambda: world.step(action))
        # What was there before stays; and so does what another run has locked.
        os.mkdir(os.path.join(folder, "run.partial"))
        world.reset(seed=1, options={"output": os.path.join(folder, "run")})
        kill(world)
        world.close()
        check("a folder of before", os.path.isdir(os.path.join(folder, "run.partial")))
    with tempfile.TemporaryDirectory() as folder, weir_env.Environment(SCENARIO, WEIR) as world, weir_env.Environment(SCENARIO, WEIR) as other:
        world.reset(seed=1, options={"output": os.path.join(folder, "run")})
        kill(world)
        other.reset(seed=2, options={"output": os.path.join(folder, "run")})
        world.close()
        check("another's run stays", set(os.listdir(folder)) == {"run.partial", "run.lock"})
        while not other.over:
            other.step(action)
        check("and comes to its end", os.listdir(folder) == ["run"] and other.result()["seed"] == 2)
    with weir_env.Parallel([weir_env.Environment(SCENARIO, WEIR) for _ in range(3)]) as worlds:
        worlds.reset([1, 1, 1])
        kill(worlds.environments[1])
        refused("one of three", error, "weir ended with SIGKILL", lambda: worlds.step([action] * 3))
        check("one is over", [one.over for one in worlds.environments] == [False, True, False])
        seen, rewards, _, truncated, _ = worlds.step([action] * 3)
        rows = figures(alone)
        check("the others go on", [(list(seen[i]), rewards[i]) for i in (0, 2)] == [rows[2]] * 2 and truncated == [False, True, False]
              and (list(seen[1]), rewards[1]) == (rows[0][0], 0.0))
        worlds.environments[0].run.event = worlds.environments[2].run.event = lambda: 1 // 0
        refused("one interrupted", ZeroDivisionError, "", lambda: worlds.step([action] * 3))
        check("all are over", worlds.over())
        check("and begin again", list(worlds.reset([1, 1, 1])[0][1]) == rows[0][0])


def folders():
    return [name for name in os.listdir(os.environ["TMPDIR"]) if name.startswith("weir-env-")]


def forked():
    """A child leaves its parent's run alone, whatever it does."""
    for what in (lambda world: world.close(), lambda world: sys.exit(0), lambda world: world.reset(seed=2),
                 lambda world: refused("a child's step", RuntimeError, "call reset", lambda: world.step([1, 1, 1]))):
        with weir_env.Environment(SCENARIO, WEIR) as world:
            world.reset(seed=1)
            child = os.fork()
            if child == 0:
                what(world)
                sys.exit(1 if FAILURES else 0)
            check("the child", os.waitpid(child, 0)[1] == 0)
            check("the folder of the parent stays", len(folders()) == 1)
            while not world.over:
                world.step([1, 1, 1])
            check("the parent's run comes to its end", world.result()["seed"] == 1)
        check("no folder of parent or child", not folders())


def killed_pythons():
    """weir ends at its next event; what is left of the folder goes when there is another environment."""
    output = os.path.join(os.environ["TMPDIR"], "output", "run")
    text = f"import weir_env, time; w = weir_env.Environment({SCENARIO!r}, {WEIR!r}); w.reset(seed=1, options={{'output': {output!r}}}); print(w.run.process.pid, flush=True); time.sleep(99)"
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGKILL):
        for both in (False, True):
            with subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE, text=True) as python:
                pid = int(python.stdout.readline())
                with weir_env.Environment(SCENARIO, WEIR):
                    check("an environment beside leaves it alone", len(folders()) == 1)
                if both:
                    os.kill(pid, signal.SIGKILL)
                    wait_for_none()
                python.send_signal(number)
            wait_for_none()
            left = [os.listdir(os.path.join(os.environ["TMPDIR"], name)) for name in folders()]
            beside = sorted(os.listdir(os.path.dirname(output)))
            check(f"{number}, {both}: weir is gone, and so are its files: {left}, {beside}",
                  not processes() and left == [[]] and beside == (["run.lock", "run.partial"] if both else []))
            weir_env.Environment(SCENARIO, WEIR).close()
            check(f"{number}, {both}: no folder", not folders())


def stand_ins():
    box, many = spaces.Box((2,)), spaces.MultiDiscrete([2, 3], [1, 0])
    many.seed(1)
    drawn = [many.sample() for _ in range(200)]
    check("all values are drawn", {a for a, _ in drawn} == {1, 2} and {b for _, b in drawn} == {0, 1, 2})
    check("contains", all(many.contains(one) for one in drawn) and not many.contains([0, 0]) and not many.contains([1])
          and box.contains([1.0, -2.0]) and not box.contains([1.0]) and not box.contains([1.0, float("nan")]))


for part in (stand_ins, observations_and_rewards, same_as_a_pipe, parallel, wrong_action_of_one, kinds, refusals, nothing_is_left,
             killed_weirs, forked, killed_pythons):
    part()
sys.exit(1 if FAILURES else 0)
