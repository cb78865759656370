"""A policy over the pipe that reads what hosts report: it leaves a host whose memory grows window after window.

    weir compare workloads/demos/anomaly.json --policy static --policy 'exec:python3 workloads/demos/watch.py'
"""
import json
import sys

params = {"windows": 6, "bytes": 10e6}  # so many windows in a row in which the memory grows by so much
grown, last, sick = {}, {}, set()


def watch(host):
    name, memory = host["name"], host["memory_reported_bytes"]
    grows = memory > last.get(name, memory) + params["bytes"]
    grown[name] = grown.get(name, 0) + 1 if grows else 0
    last[name] = memory
    if grown[name] >= params["windows"]:
        sick.add(name)


def leave(job, op, hosts):
    places = [instance["host"] for instance in op["planned"]]
    if op["changing"] or not sick.intersection(places):
        return []
    why = f"memory of {', '.join(sorted(sick))} grows in {params['windows']} windows in a row"
    room = [host["name"] for host in hosts for _ in range(host["free_slots"] or 0)
            if host["up"] and host["name"] not in sick]
    for i, place in enumerate(places):
        if place in sick and room:
            places[i] = room.pop(0)
    return [{"job": job["name"], "op": op["name"], "instances": [{"host": place} for place in places], "why": why}]


for line in sys.stdin:
    message = json.loads(line)
    if "hello" in message:
        params.update(message["hello"]["params"])
    elif message["event"] == "window_ends":
        view = message["view"]
        for host in view["hosts"]:
            watch(host)
        plan = [decision for job in view["jobs"] if job["running"]
                for op in job["operators"] for decision in leave(job, op, view["hosts"])]
        print(json.dumps({"plan": plan}), flush=True)
    elif message["event"] != "end":
        print("{}", flush=True)
