"""An agent as a policy: what was learnt decides in `weir run`, `compare` and `sweep`, as a program at a pipe."""
import json
import sys

from . import spaces
from .learning import Learning


def play(description, act):
    """Answers weir at stdin and stdout until the run is over.

    description: what the scenario says under "learning" (Learning.description), kept with what was learnt, so that the
    agent sees the same numbers in other scenarios. act(observation) returns an action."""
    learning = description if isinstance(description, Learning) else Learning(description)
    for line in sys.stdin:
        message = json.loads(line)
        event = message.get("event", "hello")
        plan = []
        if event == "window_ends":
            view = message["view"]
            plan = learning.plan(act(spaces.observation(learning.observe(view))), view)
        if event not in ("hello", "end"):
            print(json.dumps({"plan": plan}), flush=True)
