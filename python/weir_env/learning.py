"""What a scenario says under "learning": how views become observations and rewards, and actions become plans."""
import json
import numbers
import subprocess

from . import spaces
from .run import WeirError, find_weir


def describe(scenario, weir=None, sets=()):
    """The description that `weir check --json` gives, a dictionary. Errors: WeirError."""
    words = [find_weir(weir), "check", "--json", scenario]
    for one in sets:
        words += ["--set", one]
    try:
        done = subprocess.run(words, capture_output=True, text=True)
    except OSError as error:
        raise WeirError(f"{words[0]}: {error.strerror}") from None
    if not done.stdout:
        raise WeirError(done.stderr.strip() or f"weir check ended with code {done.returncode}")
    told = json.loads(done.stdout)["files"][0]
    if told["errors"]:
        raise WeirError("; ".join(told["errors"]))
    if "learning" not in told:
        raise WeirError(f'{told["file"]}: has no "learning" that says what is observed and rewarded; see docs/environments.md')
    return told["learning"]


class Learning:
    """Made of a description; knows nothing of processes."""

    def __init__(self, description):
        self.description = description
        self.observe_rows, self.reward_rows = description["observe"], description["reward"]
        self.kind, self.operators = description["actions"]["kind"], description["actions"]["operators"]
        self.hosts, self.missing = description["actions"]["hosts"], description["missing"]
        self.names = [row["name"] for row in self.observe_rows]
        self.columns = [(row["record"], row.get("host") or row.get("job"), row.get("op"), row["field"], row["count"])
                        for row in self.observe_rows]

    def fields(self):
        """The fields of the view that are looked at, as the parameter `fields` of `exec` has them."""
        used = {f"{row['record']}.{row['field']}" for row in self.observe_rows + self.reward_rows}
        return ",".join(sorted(used)) or "view.time_s"

    def observation_space(self):
        return spaces.box(len(self.names))

    def action_space(self):
        if self.kind == "plan":
            return spaces.Plan()
        if self.kind == "count":
            return spaces.multi_discrete([op["max"] - op["min"] + 1 for op in self.operators],
                                         [op["min"] for op in self.operators])
        choices = 3 if self.kind == "step" else len(self.hosts)
        return spaces.multi_discrete([choices] * len(self.operators), [0] * len(self.operators))

    def observe(self, view):
        """The numbers that are observed, a list, in the order of `names`."""
        found = {("view", None, None): view}
        for host in view.get("hosts", ()):
            found["host", host["name"], None] = host
        for job in view["jobs"]:
            if job["running"]:
                found["job", job["name"], None] = job
                for op in job["operators"]:
                    found["operator", job["name"], op["name"]] = op
        missing, values = self.missing, []
        for record, who, op, field, count in self.columns:
            value = found.get((record, who, op), {}).get(field)
            values.append(missing if value is None else float(len(value)) if count else float(value))
        return values

    def rewards(self, view):
        """What each row of the reward counted in the window, by name; not weighted."""
        jobs = [job for job in view["jobs"] if job["running"]]
        records = {"host": view.get("hosts", ()), "job": jobs, "operator": [op for job in jobs for op in job["operators"]]}
        return {row["name"]: view["window_s"] * sum(record[row["field"]] or 0 for record in records[row["record"]])
                for row in self.reward_rows}

    def reward(self, counted):
        """Weighs them."""
        return float(sum(row["weight"] * counted[row["name"]] for row in self.reward_rows))

    def plan(self, action, view):
        """The decisions, as the pipe has them, that an action stands for; those about operators that are changing, or
        whose job is not there, are left out. Errors: ValueError if it is no action."""
        if self.kind == "plan":
            if not spaces.Plan().contains(action):
                raise ValueError(f"the action must be a list of decisions such as {{'job': ..., 'op': ..., 'scale': 2}}, not {action!r}")
            return list(action)
        return [decision for op, value in zip(self.operators, self.check(action))
                for decision in self.decide(op, value, self.find(view, op))]

    def check(self, action):
        """The action as a list of whole numbers in their ranges."""
        try:
            values = list(action)
        except TypeError:
            raise ValueError(f"the action must be a list of {len(self.operators)} whole numbers, not {action!r}") from None
        if len(values) != len(self.operators):
            raise ValueError(f"the action must have {len(self.operators)} numbers, one for each operator, not {len(values)}")
        for op, value in zip(self.operators, values):
            low, high = self.ends(op)
            if isinstance(value, bool) or not isinstance(value, numbers.Integral) or not low <= value <= high:
                raise ValueError(f"the action for {op['job']}/{op['op']} must be a whole number from {low} to {high}, not {value!r}")
        return [int(value) for value in values]

    def ends(self, op):
        if self.kind == "count":
            return op["min"], op["max"]
        return 0, 2 if self.kind == "step" else len(self.hosts) - 1

    @staticmethod
    def find(view, wanted):
        """The operator in the view; None if its job is not there or it is changing."""
        for job in view["jobs"]:
            if job["name"] == wanted["job"] and job["running"]:
                for op in job["operators"]:
                    if op["name"] == wanted["op"]:
                        return None if op["changing"] else op
        return None

    def decide(self, op, value, seen):
        if seen is None:
            return []
        decision = {"job": op["job"], "op": op["op"], "why": "weir_env"}
        now = len(seen["planned"])
        if self.kind == "host":
            host = self.hosts[value]
            return [] if all(one["host"] == host for one in seen["planned"]) else [{**decision, "move": host}]
        count = value if self.kind == "count" else min(max(now + value - 1, op["min"]), op["max"])
        return [] if count == now else [{**decision, "scale": count}]
