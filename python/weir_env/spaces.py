"""Spaces of observations and actions: gymnasium's where it is installed, else two small classes that do as these do."""
import math
import random

try:
    import gymnasium
    import numpy
except ImportError:
    gymnasium = numpy = None


class Box:
    """Lists of `shape[0]` numbers, each of them finite."""

    def __init__(self, shape):
        self.low, self.high, self.shape = -math.inf, math.inf, shape

    def contains(self, values):
        return len(values) == self.shape[0] and all(isinstance(value, (int, float)) and math.isfinite(value) for value in values)

    def __repr__(self):
        return f"Box(-inf, inf, {self.shape}, float64)"


class MultiDiscrete:
    """Lists of whole numbers: the i-th is one of nvec[i], from start[i] on."""

    def __init__(self, nvec, start):
        self.nvec, self.start, self.shape = list(nvec), list(start), (len(nvec),)
        self.dice = random.Random()

    def seed(self, seed=None):
        self.dice.seed(seed)

    def sample(self):
        return [start + self.dice.randrange(count) for count, start in zip(self.nvec, self.start)]

    def contains(self, values):
        return len(values) == len(self.nvec) and all(
            start <= value < start + count for value, count, start in zip(values, self.nvec, self.start))

    def __repr__(self):
        return f"MultiDiscrete({self.nvec}, start={self.start})"


class Plan:
    """What a plan is one of, which nothing can draw: lists of decisions. Of gymnasium's spaces none is like it."""

    shape = None

    def sample(self):
        return []

    def contains(self, plan):
        return isinstance(plan, (list, tuple)) and all(isinstance(decision, dict) for decision in plan)

    def __repr__(self):
        return "Plan()"


class Nothing:
    """What is there of gymnasium.Env without it."""

    def reset(self, *, seed=None, options=None):
        """That has generators to seed."""


Base = gymnasium.Env if gymnasium else Nothing


def box(count):
    return gymnasium.spaces.Box(-math.inf, math.inf, (count,), numpy.float64) if gymnasium else Box((count,))


def multi_discrete(nvec, start):
    return gymnasium.spaces.MultiDiscrete(nvec, start=start) if gymnasium else MultiDiscrete(nvec, start)


def observation(values):
    """As the space of observations has it."""
    return numpy.array(values, dtype=numpy.float64) if gymnasium else values
