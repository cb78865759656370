"""Learns the numbers of rule.py on the load `surge` by the cross-entropy method [rubinstein-1999], and writes learnt.json.

    PYTHONPATH=python python3 policies/examples/surge/train.py [FILE]

In each round a population is drawn around what is believed best; each member plays one episode for each seed of the
round, the same for all; the best fifth say where the next round looks. Seeds from 1001 on, which no evaluation uses.
"""
import json
import os
import random
import sys
import time

import weir_env
from rule import NUMBERS, Rule, scaled

ROUNDS, MEMBERS, BEST, SEEDS = 8, 20, 4, 2
SETS = []  # changes of the scenario


def play(world, members, seed):
    """One episode of each member: the sums of their rewards, and of what these count."""
    rules = [Rule(world.environments[0].learning.names, scaled(numbers)) for numbers in members]
    seen, _ = world.reset([seed] * len(members))
    sums, counted = [0.0] * len(members), [{} for _ in members]
    while not world.over():
        seen, rewards, _, _, infos = world.step([rule(one) for rule, one in zip(rules, seen)])
        for i, (reward, info) in enumerate(zip(rewards, infos)):
            sums[i] += reward
            for name, value in info.get("counted", {}).items():
                counted[i][name] = counted[i].get(name, 0.0) + value
    return sums, counted


def main():
    scenario = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../workloads/scenarios/autoscale-surge.json")
    began, dice = time.monotonic(), random.Random(1)
    mean, spread = [0.5] * len(NUMBERS), [0.3] * len(NUMBERS)
    cores = len(os.sched_getaffinity(0))
    with weir_env.Parallel([weir_env.Environment(scenario, sets=SETS) for _ in range(cores)]) as world:
        for turn in range(ROUNDS):
            members = [[min(max(dice.gauss(m, s), 0.0), 1.0) for m, s in zip(mean, spread)] for _ in range(MEMBERS)]
            if turn:
                members[0] = list(mean)
            rewards, counted = [0.0] * MEMBERS, [{} for _ in members]
            for k in range(SEEDS):
                for at in range(0, MEMBERS, cores):
                    some = members[at:at + cores]
                    some += [some[-1]] * (cores - len(some))
                    sums, counts = play(world, some, 1001 + SEEDS * turn + k)
                    for i in range(at, min(at + cores, MEMBERS)):
                        rewards[i] += sums[i - at] / SEEDS
                        for name, value in counts[i - at].items():
                            counted[i][name] = counted[i].get(name, 0.0) + value / SEEDS
            order = sorted(range(MEMBERS), key=lambda i: -rewards[i])[:BEST]
            for d in range(len(NUMBERS)):
                best = [members[i][d] for i in order]
                mean[d] = sum(best) / BEST
                spread[d] = 0.7 * (sum((x - mean[d]) ** 2 for x in best) / BEST) ** 0.5 + 0.3 * spread[d]
            told = ", ".join(f"{name} {value:.0f}" for name, value in counted[order[0]].items())
            print(f"round {turn + 1}: best {rewards[order[0]]:.0f} ({told}); "
                  + ", ".join(f"{name} {value:.3g}" for (name, *_), value in zip(NUMBERS, scaled(mean)))
                  + f"; {time.monotonic() - began:.0f} s", flush=True)
        description = world.environments[0].learning.description
    numbers = [float(f"{value:.3g}") for value in scaled(mean)]
    path = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "learnt.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"numbers": dict(zip((name for name, *_ in NUMBERS), numbers)), "learning": description}, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
