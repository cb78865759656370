"""The example that has learnt, policies/examples/surge: its file is that of the scenario, it decides the same at a pipe as in the environment,
and training gives the same numbers twice."""
import json
import os
import subprocess
import sys
import tempfile

import weir_env

WEIR, EXAMPLE, SCENARIO = sys.argv[1], "policies/examples/surge", "workloads/scenarios/autoscale-surge.json"
SHORT = ["duration=15min", "warmup=0s"]
sys.path.insert(0, EXAMPLE)
import rule  # noqa: E402
import train  # noqa: E402


def shipped():
    with open(os.path.join(EXAMPLE, "learnt.json"), encoding="utf-8") as file:
        learnt = json.load(file)
    with weir_env.Environment(SCENARIO, WEIR) as world:
        if learnt["learning"] != world.learning.description:
            sys.exit("FAILED: learnt.json has another description than the scenario; run train.py")
    if [name for name, *_ in rule.NUMBERS] != list(learnt["numbers"]):
        sys.exit("FAILED: learnt.json has other numbers than rule.py")
    return list(learnt["numbers"].values())


def arithmetic():
    """At 100 items/s, 10 more than before, with 60 waiting at the source and 30 before `match`: parse needs (100 + 2 x 10 + 60 / 30) /
    (50 x 0.5) = 4.88, match (120 + 90 / 30) / (20 x 1) = 6.15, count (120 + 90 / 30) / (100 x 1) = 1.23. A window later with nothing
    at all each needs 1 and holds what it had; one more, and it has forgotten."""
    names = ["alarms.ingress_rate", "alarms.backlog"] + [f"alarms/{op}.{field}" for field in ("queued", "true_rate") for op in ("parse", "match", "count")]
    decide = rule.Rule(names, [0.5, 1, 1, 30, 2, 2])
    decide([90, 0, 0, 0, 0, 1e9, 1e9, 1e9])
    told = [decide([100, 60, 0, 30, 0, 50, 20, 100]), decide([0, 0, 0, 0, 0, 50, 20, 100]), decide([0, 0, 0, 0, 0, 50, 20, 100])]
    if told != [[5, 7, 2], [5, 7, 2], [1, 1, 1]]:
        sys.exit(f"FAILED: the rule says {told}")
    if rule.scaled([0, 1, 0.5, 0.5, 0, 1]) != [0.3, 1.2, 0.75, 5 * 60 ** 0.5, 0, 40]:
        sys.exit(f"FAILED: numbers are scaled to {rule.scaled([0, 1, 0.5, 0.5, 0, 1])}")


def same(numbers):
    with tempfile.TemporaryDirectory() as folder:
        words = [WEIR, "run", SCENARIO, "-p", f"exec:python3 {os.path.abspath(EXAMPLE)}/learnt.py", "-s", "7", "-q", "-o", os.path.join(folder, "run")]
        for one in SHORT:
            words += ["--set", one]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL, env=dict(os.environ, PYTHONPATH=os.path.abspath("python")))
        with open(os.path.join(folder, "run", "result.json"), encoding="utf-8") as file:
            piped = json.load(file)
    with weir_env.Environment(SCENARIO, WEIR, sets=SHORT) as world:
        decide, over = rule.Rule(world.learning.names, numbers), False
        seen, _ = world.reset(seed=7)
        while not over:
            seen, _, _, over, _ = world.step(decide(seen))
        driven = world.result()
    if piped["checksum"] != driven["checksum"] or piped["metrics"] != driven["metrics"] or not piped["metrics"]["rescales"]:
        sys.exit("FAILED: the policy at a pipe is another than the rule in the environment")


def trained():
    train.ROUNDS, train.MEMBERS, train.BEST, train.SEEDS, train.SETS = 2, 3, 1, 1, SHORT
    os.environ["WEIR"] = WEIR
    texts = []
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(2):
            sys.argv[1:] = [os.path.join(folder, str(turn))]
            train.main()
            with open(sys.argv[1], encoding="utf-8") as file:
                texts.append(file.read())
    if texts[0] != texts[1]:
        sys.exit("FAILED: training gives other numbers the second time")


arithmetic()
same(shipped())
trained()
