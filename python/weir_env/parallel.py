"""Many environments at once. Each has a weir of its own, so that they run on as many cores as there are."""
from .environment import check_seed
from .run import WeirError


def attempt(failed, call, *what):
    """Calls; a WeirError is kept in `failed`."""
    try:
        return call(*what)
    except WeirError as error:
        failed.append(error)
        return None


class Parallel:
    """environments: a list of them, which it closes. Their episodes need not be of one length: one that is over takes
    no more steps, whatever its action, until it is reset."""

    def __init__(self, environments):
        self.environments = list(environments)
        self.last = None  # what the last step or reset of each said

    def __len__(self):
        return len(self.environments)

    def reset(self, seeds):
        """One seed for each: lists of observations and infos."""
        seeds = list(seeds)
        if len(seeds) != len(self):
            raise ValueError(f"there must be {len(self)} seeds, one for each environment, not {len(seeds)}")
        seeds = [check_seed(seed) for seed in seeds]
        self.last = [environment.reset(seed=seed) for environment, seed in zip(self.environments, seeds)]
        return [one[0] for one in self.last], [one[1] for one in self.last]

    def step(self, actions):
        """One action for each: lists of observations, rewards, terminated, truncated and infos. One that was over has
        its last observation, reward 0 and the info {}.

        Errors: ValueError if one of them is no action; no episode goes on then. WeirError if a weir has gone; its episode
        is over then, and the others have gone on."""
        actions = list(actions)
        if len(actions) != len(self):
            raise ValueError(f"there must be {len(self)} actions, one for each environment, not {len(actions)}")
        if self.last is None:
            raise WeirError("no episode has begun: call reset")
        decided = {i: environment.decide(actions[i]) for i, environment in enumerate(self.environments) if not environment.over}
        steps, failed = [(one[0], 0.0, False, True, {}) for one in self.last], []
        try:
            for i, what in decided.items():
                attempt(failed, self.environments[i].begin, what)
            for i in decided:
                if not self.environments[i].over:
                    steps[i] = attempt(failed, self.environments[i].end) or steps[i]
        except BaseException:  # interrupted: who has been answered and who has answered is not known
            self.close()
            raise
        self.last = steps
        if failed:
            raise failed[0]
        return tuple(list(values) for values in zip(*steps))

    def over(self):
        return all(environment.over for environment in self.environments)

    def close(self):
        self.last = None
        for environment in self.environments:
            environment.close()

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.close()
