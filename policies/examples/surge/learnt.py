"""What train.py has learnt, as a policy over the pipe:

    PYTHONPATH=python weir compare autoscale-surge --policy reactive --policy 'exec:python3 policies/examples/surge/learnt.py'
"""
import json
import os

import weir_env
from rule import Rule

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "learnt.json"), encoding="utf-8") as file:
    learnt = json.load(file)
names = [row["name"] for row in learnt["learning"]["observe"]]
weir_env.play(learnt["learning"], Rule(names, learnt["numbers"].values()))
