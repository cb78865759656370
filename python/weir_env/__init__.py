"""weir as an environment for reinforcement learning, with gymnasium's interface and without needing gymnasium.

    import weir_env

    environment = weir_env.Environment("autoscale-surge")
    observation, info = environment.reset(seed=1)
    over = False
    while not over:
        action = environment.action_space.sample()
        observation, reward, terminated, truncated, info = environment.step(action)
        over = terminated or truncated
    environment.close()

What is observed, rewarded and done stands in the scenario, under "learning" (docs/environments.md).
"""
from .environment import Environment
from .learning import Learning
from .parallel import Parallel
from .play import play
from .run import WeirError, find_weir

__all__ = ["Environment", "Learning", "Parallel", "WeirError", "find_weir", "play"]
