"""Plays the numbers of workers that were measured: a policy over the pipe. Its parameter `plan` is a list of [time in s, workers]."""
import json
import sys


def wanted(plan, time_s):
    """The workers at a time."""
    return [workers for at_s, workers in plan if at_s <= time_s][-1]


def main():
    plan = None
    for line in sys.stdin:
        message = json.loads(line)
        if "hello" in message:
            plan = message["hello"]["params"]["plan"]
        elif message["event"] == "window_ends":
            view = message["view"]
            job = view["jobs"][0]
            op = job["operators"][0]
            hosts = [i["host"] for i in op["instances"]]
            workers = wanted(plan, view["time_s"])
            answer = []
            if len(hosts) != workers:
                free = [f"worker-{i}" for i in range(24) if f"worker-{i}" not in hosts]
                hosts = (hosts + free)[:workers]
                answer = [{"job": job["name"], "op": op["name"], "why": "as measured", "instances": [{"host": h} for h in hosts]}]
            print(json.dumps({"plan": answer}), flush=True)
        elif message["event"] != "end":
            print("{}", flush=True)


if __name__ == "__main__":
    main()
