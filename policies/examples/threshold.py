"""A policy over the pipe: thresholds on smoothed busy time, the same rule as threshold.c.

    weir compare SCENARIO --policy static --policy 'exec:python3 threshold.py'
"""
import json
import sys

params = {"high": 0.8, "low": 0.3, "memory": 0.5}
smooth = {}


def decide(job, op):
    key = job["name"], op["name"]
    memory = params["memory"]
    smooth[key] = memory * smooth.get(key, 0.0) + (1 - memory) * op["busy"]
    count = len(op["planned"])
    if op["changing"]:
        return []
    if smooth[key] > params["high"] and count < op["max_parallelism"]:
        return [{"job": job["name"], "op": op["name"], "scale": count + 1,
                 "why": f"busy {smooth[key]:.2f} > {params['high']:.2f}"}]
    if smooth[key] < params["low"] and count > 1:
        return [{"job": job["name"], "op": op["name"], "scale": count - 1,
                 "why": f"busy {smooth[key]:.2f} < {params['low']:.2f}"}]
    return []


def window_ends(view):
    return [decision for job in view["jobs"] if job["running"]
            for op in job["operators"] for decision in decide(job, op)]


for line in sys.stdin:
    message = json.loads(line)
    if "hello" in message:
        params.update(message["hello"]["params"])
    elif message["event"] == "window_ends":
        print(json.dumps({"plan": window_ends(message["view"])}), flush=True)
    elif message["event"] != "end":
        print("{}", flush=True)
