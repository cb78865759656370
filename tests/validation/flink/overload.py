"""How workers tire: a policy over the pipe that lowers their share of the core with the time that an overload has lasted.

It decides nothing that an operator of the job would decide; it is a part of the model of the measured job. Its parameter `wear` is a
list of [time in overload, share of the fresh rate], straight lines between them.
"""
import json
import sys


def share_at(wear, age):
    """The share after so long an overload."""
    if age <= wear[0][0]:
        return wear[0][1]
    for (from_s, first), (to_s, second) in zip(wear, wear[1:]):
        if age <= to_s:
            return first + (second - first) * (age - from_s) / (to_s - from_s)
    return wear[-1][1]


class Overload:
    def __init__(self, params):
        self.wear, self.limit_s = params["wear"], params["limit_s"]
        self.since, self.share = None, 1.0

    def window_ends(self, view):
        """Decisions: the share of all instances, when it has moved by half a percent."""
        job = view["jobs"][0]
        latency_s = job["latency_mean_s"]
        if latency_s is not None:  # nothing comes out while the job restarts: that says nothing
            overloaded = latency_s > self.limit_s
            self.since = None if not overloaded else view["time_s"] if self.since is None else self.since
        age = 0.0 if self.since is None else view["time_s"] - self.since
        share = share_at(self.wear, age) if self.since is not None else 1.0
        if abs(share - self.share) < 0.005:
            return []
        self.share = share
        op = job["operators"][0]
        return [{"job": job["name"], "op": op["name"], "why": f"overload for {age:.0f} s",
                 "instances": [{"host": i["host"], "cpu_share": share} for i in op["instances"]]}]


def main():
    model = None
    for line in sys.stdin:
        message = json.loads(line)
        if "hello" in message:
            model = Overload(message["hello"]["params"])
        elif message["event"] == "window_ends":
            print(json.dumps({"plan": model.window_ends(message["view"])}), flush=True)
        elif message["event"] != "end":
            print("{}", flush=True)


if __name__ == "__main__":
    main()
