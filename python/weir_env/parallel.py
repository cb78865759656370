"""Many environments at once. Each has a weir of its own, so that they run on as many cores as there are."""


class Parallel:
    """environments: a list of them, which it closes. Their episodes need not be of one length: one that is over takes
    no more steps, whatever its action, until it is reset."""

    def __init__(self, environments):
        self.environments = list(environments)

    def __len__(self):
        return len(self.environments)

    def reset(self, seeds):
        """One seed for each: lists of observations and infos."""
        seeds = list(seeds)
        if len(seeds) != len(self):
            raise ValueError(f"there must be {len(self)} seeds, one for each environment, not {len(seeds)}")
        self.last = [environment.reset(seed=seed) for environment, seed in zip(self.environments, seeds)]
        return [one[0] for one in self.last], [one[1] for one in self.last]

    def step(self, actions):
        """One action for each: lists of observations, rewards, terminated, truncated and infos. One that was over has
        its last observation, reward 0 and the info {}."""
        actions = list(actions)
        if len(actions) != len(self):
            raise ValueError(f"there must be {len(self)} actions, one for each environment, not {len(actions)}")
        going = [not environment.over for environment in self.environments]
        for environment, action, goes in zip(self.environments, actions, going):
            if goes:
                environment.begin(action)
        steps = []
        for i, environment in enumerate(self.environments):
            if going[i]:
                steps.append(environment.end())
                self.last[i] = steps[i]
            else:
                steps.append((self.last[i][0], 0.0, *self.last[i][2:4], {}))
        return tuple(list(values) for values in zip(*steps))

    def over(self):
        return all(environment.over for environment in self.environments)

    def close(self):
        for environment in self.environments:
            environment.close()

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.close()
