"""The rule whose numbers are learnt: how many instances each operator should have, from what is observed.

An operator needs (arrivals + growth x their change + what waits before it / drain) / (its rate x use) instances. It grows
to that at once; it shrinks to the most that it needed in the last `hold` windows.
"""
import math

# name, smallest, largest, whether they are apart by factors
NUMBERS = [("use parse", 0.3, 1.2, False), ("use match", 0.3, 1.2, False), ("use count", 0.3, 1.2, False),
           ("drain_s", 5.0, 300.0, True), ("growth", 0.0, 4.0, False), ("hold", 1.0, 40.0, True)]


def scaled(numbers):
    """Numbers from 0 to 1, as they are searched, to those of the rule."""
    ends = zip(numbers, NUMBERS)
    return [low * (high / low) ** x if factors else low + (high - low) * x for x, (_, low, high, factors) in ends]


class Rule:
    """One for each episode: it remembers. `names` are those of the observation."""

    def __init__(self, names, numbers):
        *self.use, self.drain_s, self.growth, self.hold = numbers
        place = {name: i for i, name in enumerate(names)}
        self.arrivals, self.backlog = place["alarms.ingress_rate"], place["alarms.backlog"]
        self.ops = [(place[f"alarms/{op}.queued"], place[f"alarms/{op}.true_rate"], most)
                    for op, most in (("parse", 8), ("match", 24), ("count", 12))]
        self.before, self.needed = None, [[] for _ in self.ops]

    def __call__(self, seen):
        arrivals, waiting = seen[self.arrivals], seen[self.backlog]
        change = arrivals - (arrivals if self.before is None else self.before)
        self.before = arrivals
        action = []
        for (queued, rate, most), use, needed in zip(self.ops, self.use, self.needed):
            waiting += seen[queued]
            want = (arrivals + self.growth * max(change, 0.0) + waiting / self.drain_s) / (seen[rate] * use)
            needed.append(min(max(math.ceil(want), 1), most))
            del needed[:-max(round(self.hold), 1)]
            action.append(max(needed))
        return action
