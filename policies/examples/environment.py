"""weir as an environment for reinforcement learning: reset, step, reward. Standard library only.

weir starts its policy; a learner wants to be in charge. So reset() starts `weir run` with this file as the policy, and that
copy does nothing but pass lines between weir and the learner, over a socket.
"""
import json
import os
import random
import shlex
import socket
import subprocess
import sys
import tempfile


class Environment:
    def __init__(self, scenario, weir="weir", timeout="1h"):
        self.scenario, self.weir, self.timeout, self.run, self.line = scenario, weir, timeout, None, None

    def reset(self, seed=1):
        """Starts a run; returns the first view, and no decision has been made."""
        self.close()
        self.folder = tempfile.TemporaryDirectory()
        path = os.path.join(self.folder.name, "line")
        server = socket.socket(socket.AF_UNIX)
        server.bind(path)
        server.listen(1)
        relay = {"name": "exec", "exec": shlex.join([sys.executable, os.path.abspath(__file__), path]),
                 "timeout": self.timeout}
        self.run = subprocess.Popen([self.weir, "run", self.scenario, "--policy", json.dumps(relay), "--seed", str(seed),
                                     "--output", os.path.join(self.folder.name, "run"), "--json", "--quiet"],
                                    stdout=subprocess.PIPE, text=True)
        server.settimeout(0.1)
        while True:
            try:
                self.line = server.accept()[0].makefile("rw")
                break
            except TimeoutError:
                if self.run.poll() is not None:
                    raise RuntimeError(f"weir ended with code {self.run.returncode}") from None
        server.close()
        self.hello = json.loads(self.line.readline())["hello"]
        return self.listen()[0]

    def listen(self):
        """The view at the end of the next window, and whether the run is over. Jobs come and go without a decision."""
        for text in self.line:
            event = json.loads(text)
            if event["event"] == "end":
                return self.view, True
            self.view = event["view"]
            if event["event"] == "window_ends":
                return self.view, False
            self.answer([])
        raise RuntimeError(f"weir ended with code {self.run.wait()}")

    def answer(self, plan):
        print(json.dumps({"plan": plan}), file=self.line, flush=True)

    def step(self, plan):
        """Carries out a plan, a list of decisions as in docs/add-a-policy.md; returns view, reward, done."""
        self.answer(plan)
        view, done = self.listen()
        return view, self.reward(view), done

    def reward(self, view):
        """Change this. Here: items delivered in the window, in thousands, less a tenth for each instance."""
        jobs = [job for job in view["jobs"] if job["running"]]
        instances = sum(len(op["instances"]) for job in jobs for op in job["operators"])
        return sum(job["delivered_rate"] for job in jobs) * view["window_s"] / 1000 - 0.1 * instances

    def result(self):
        """After the last step: what weir wrote to result.json."""
        return json.loads(self.run.communicate()[0])

    def close(self):
        if self.run:
            self.run.kill()
            self.run.wait()
            self.run.stdout.close()
            self.folder.cleanup()
        if self.line:
            self.line.close()
        self.run = self.line = None


def relay(path):
    line = socket.socket(socket.AF_UNIX)
    line.connect(path)
    learner = line.makefile("rw")
    for text in sys.stdin:
        print(text, end="", file=learner, flush=True)
        message = json.loads(text)
        if "event" in message and message["event"] != "end":
            answer = learner.readline()
            if not answer:
                sys.exit("the learner has gone")
            print(answer, end="", flush=True)


def random_agent(environment, seed):
    """Gives some operator an instance more or less, at random; returns the sum of the rewards."""
    dice, total, done = random.Random(seed), 0.0, False
    view = environment.reset(seed)
    while not done:
        job = dice.choice([job for job in view["jobs"] if job["running"]])
        op = dice.choice(job["operators"])
        count = min(max(len(op["instances"]) + dice.choice([-1, 1]), 1), op["max_parallelism"])
        plan = [] if op["changing"] else [{"job": job["name"], "op": op["name"], "scale": count, "why": "a throw of dice"}]
        view, reward, done = environment.step(plan)
        total += reward
    return total


if __name__ == "__main__":
    if len(sys.argv) == 2:
        relay(sys.argv[1])
    else:
        world = Environment(sys.argv[1], weir=sys.argv[2])
        print("reward", random_agent(world, seed=int(sys.argv[3])))
        print("checksum", world.result()["checksum"])
        world.close()
