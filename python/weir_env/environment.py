"""An environment with gymnasium's interface: an episode is a run, a step is a window."""
import os
import random

from . import folder, spaces
from .learning import Learning, describe
from .run import Run, WeirError, answer_line


def check_seed(seed):
    """The seed as an int; None stays. Errors: ValueError."""
    try:
        wrong = seed is not None and (isinstance(seed, bool) or int(seed) != seed or seed < 0)
    except (TypeError, ValueError, OverflowError):
        wrong = True
    if wrong:
        raise ValueError(f"the seed must be a whole number from 0 on, not {seed!r}")
    return None if seed is None else int(seed)


class Environment(spaces.Base):
    """scenario: a file, or a name of `weir list scenarios`; weir: the program, found by itself unless it is given;
    sets: changes of the scenario, as in ["duration=600s"]; views: whether info["view"] is the whole view, which takes
    longer, and not only what is observed and rewarded. Errors: WeirError if the scenario is wrong."""

    metadata = {"render_modes": []}
    render_mode = None

    def __init__(self, scenario, weir=None, sets=(), views=False):
        self.scenario, self.weir, self.sets, self.views, self.run = scenario, weir, tuple(sets), views, None
        self.told = {}
        folder.sweep()
        self.learning = self.learn(self.sets)
        self.observation_space = self.learning.observation_space()
        self.action_space = self.learning.action_space()
        self.dice = random.Random()
        self.over = True

    def learn(self, sets):
        if sets not in self.told:
            self.told[sets] = Learning(describe(self.scenario, self.weir, sets))
        return self.told[sets]

    def reset(self, *, seed=None, options=None):
        """Starts a run; returns observation and info at the end of its first window, in which nothing was decided.

        seed: that of the run, a whole number from 0 on. Without one it is drawn: by a generator that the last seed
        given has set, so that the seeds of many episodes follow from the first.
        options: {"sets": ["duration=600s"], "output": FOLDER}, more changes, and where the run's results stay."""
        options = options or {}
        unknown = set(options) - {"sets", "output"}
        if unknown:
            raise ValueError(f"there is no option {sorted(unknown)[0]!r}; there are 'sets' and 'output'")
        seed = check_seed(seed)
        self.close()
        super().reset(seed=seed)
        if seed is None:
            seed = self.dice.randrange(1 << 31)
        else:
            self.dice.seed(seed)
        sets = self.sets + tuple(options.get("sets", ()))
        self.learning = self.learn(sets)
        if len(self.learning.names) != self.observation_space.shape[0]:
            raise ValueError("the sets change what is observed; make an environment of its own for them")
        self.seed = seed
        self.run = Run(self.scenario, self.seed, self.weir, sets, options.get("output"),
                       "" if self.views else self.learning.fields())
        self.view, self.over = None, False
        try:
            self.run.event()  # the hello
            if not self.listen():
                raise WeirError("the run was over before its first window ended; there is nothing to decide")
        except BaseException:
            self.close()
            raise
        return self.seen()

    def listen(self):
        """Goes on to the end of the next window, or of the run. Jobs come and go without a decision."""
        while True:
            event = self.run.event()
            if event["event"] == "end":
                self.over = True
                self.run.wait()
                return False
            self.view = event["view"]
            if event["event"] == "window_ends":
                return True
            self.run.answer(answer_line([]))

    def seen(self):
        observation = self.learning.observe(self.view)
        return spaces.observation(observation), {"seed": self.seed, "time_s": self.view["time_s"], "view": self.view}

    def decide(self, action):
        """What an action stands for, to be handed to `begin`; nothing is sent. Errors: ValueError if it is no action,
        RuntimeError if no episode goes on here."""
        if self.over:
            raise RuntimeError("the episode is over, or none has begun: call reset")
        if self.run.owner != os.getpid():
            raise RuntimeError("the episode is that of the process from which this one was forked: call reset")
        return answer_line(self.learning.plan(action, self.view))

    def begin(self, decided):
        """The first half of a step: hands it over, and does not wait. Errors, here and in `end`: WeirError if weir has
        gone; the episode is over then, as it is when it is interrupted in its step."""
        try:
            self.run.answer(decided)
        except BaseException:
            self.close()
            raise

    def end(self):
        """The second half."""
        try:
            going = self.listen()
        except BaseException:
            self.close()
            raise
        counted = self.learning.rewards(self.view) if going else {}
        observation, info = self.seen()
        info["counted"] = counted
        reward = self.learning.reward(counted) if going else 0.0
        return observation, reward, False, not going, info

    def step(self, action):
        """Carries the action out and goes on to the end of the next window: observation, reward of that window, False
        (no state of a run ends it), whether the time of the scenario is over (truncated), and info.

        The window in which the run ends is not seen, by policies neither: the last step has the observation of before
        and the reward 0. info["counted"] says what the reward is made of, info["view"] is the view."""
        self.begin(self.decide(action))
        return self.end()

    def result(self):
        """When the episode is over: what weir wrote to result.json."""
        if not self.over or not self.run:
            raise RuntimeError("there is a result when the episode is over")
        return self.run.result()

    def close(self):
        """Ends the run, if there is one; nothing of it is left."""
        if self.run:
            self.run.close()
        self.run, self.over = None, True

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.close()
