"""Which lines of the sources each test executes, as gcov tells of a build of its own.

What is found is kept beside that build: a test is run again when its own sources have changed, or one of the files that are
to be changed and that it executes.
"""
import json
import os
import signal
import subprocess
import sys

from mutation.tree import Tree, digest, end_group, find_tests, keep, kept, limit, shell

# A child that ends by _exit writes its counts, too.
DUMP = """void __gcov_dump(void);
_Noreturn void __real__exit(int code);
_Noreturn void __wrap__exit(int code);
_Noreturn void __wrap__exit(int code)
{
    __gcov_dump();
    __real__exit(code);
}
"""
LONGEST_S = 45  # a test that takes more processor time in this build is ended, and taken to execute all of each file that
# it has come to; on a busy machine that may last WAIT times as long
WAIT = 12


class Coverage:
    """What the tests whose names fit execute of the sources as they are."""

    def __init__(self, tree, pattern, files):
        self.tree = Tree(tree.source, tree.folder, "coverage")
        self.path = os.path.join(tree.folder, "coverage.json")
        self.kept = kept(self.path) or {"tests": {}, "known": {}}
        self.now = {path: self.digest(path) for path in files}
        self.configure()
        self.executed = {}
        for test in find_tests(self.tree, pattern, anew=False):
            entry = self.kept["tests"].get(test.name)
            if not self.is_valid(test, entry):
                entry = self.kept["tests"][test.name] = self.ask(test)
                keep(self.path, self.kept)
            self.executed[test.name] = {path: set(lines) for path, lines in entry["lines"].items()}

    def digest(self, path):
        return digest(os.path.join(self.tree.copy, path))[:12]

    def own(self, test):
        """Of the test's own sources."""
        inside = [f"/{target}.dir/" for target in test.targets]
        rows = [row for row in self.tree.commands() if any(part in row["command"] for part in inside)]
        return [digest(row["file"])[:12] for row in rows]

    def is_valid(self, test, entry):
        return bool(entry) and entry["own"] == self.own(test) and self.now.items() >= {
            path: seen for path, seen in entry["digests"].items() if path in self.now
        }.items()

    def configure(self):
        source, wrap = (os.path.join(self.tree.folder, "dump" + end) for end in (".c", ".o"))
        with open(source, "w", encoding="utf-8") as file:
            file.write(DUMP)
        done = shell(["cc", "-c", source, "-o", wrap])
        if done.returncode:
            sys.exit(done.stderr)
        self.tree.configure("-O0 -DNDEBUG --coverage", f"--coverage -Wl,--wrap=_exit {wrap}")

    def ask(self, test):
        """The lines that the test executes, by path, and of which sources that is known."""
        error = self.tree.make(test.targets)
        if error:
            sys.exit(error)
        for path in self.counts():
            os.remove(path)
        process = subprocess.Popen(
            test.command, cwd=test.folder, env=self.tree.environment, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            preexec_fn=lambda: limit(LONGEST_S),
        )  # fmt: skip
        try:
            cut = process.wait(WAIT * LONGEST_S) == -signal.SIGXCPU
        except subprocess.TimeoutExpired:
            cut = True
        if cut:
            end_group(process.pid)
            process.wait()
        counts = self.counts()
        found = {}
        for told in self.files(counts) if counts else ():
            path = os.path.relpath(os.path.join(self.tree.build, told["file"]), self.tree.copy)
            if not path.startswith(".."):
                found.setdefault(path, set()).update(line["line_number"] for line in told["lines"] if line["count"])
                if cut and found[path]:
                    found[path].update(line["line_number"] for line in told["lines"])
                self.learn(path, told)
        lines = {path: sorted(numbers) for path, numbers in found.items() if numbers}
        return {"own": self.own(test), "digests": {path: self.digest(path) for path in lines}, "lines": lines}

    def learn(self, path, told):
        """Where a file has code, and its functions; of a header each object that is compiled with it tells a part."""
        now, known = self.digest(path), self.kept["known"].get(path, {})
        if known.get("digest") != now:
            known = self.kept["known"][path] = {"digest": now, "lines": [], "functions": []}
        known["lines"] = sorted({line["line_number"] for line in told["lines"]}.union(known["lines"]))
        spans = {(f["start_line"], f["end_line"]) for f in told["functions"]}
        known["functions"] = sorted(spans.union(map(tuple, known["functions"])))

    def files(self, counts):
        told = shell(["gcov", "--json-format", "--stdout", *counts], cwd=self.tree.build).stdout
        return [file for line in told.splitlines() for file in json.loads(line)["files"]]

    def counts(self):
        return [os.path.join(folder, n) for folder, _, names in os.walk(self.tree.build) for n in names if n.endswith(".gcda")]

    def tests_of(self, path, line):
        """Names of the tests that execute a line; of one outside all functions, those that execute any line of the file;
        None of a file of which gcov knows nothing."""
        known = self.kept["known"].get(path)
        if not known or path.endswith(".cpp"):  # what is loaded as a module says nothing when a child ends
            return None
        around = [span for span in known["functions"] if span[0] <= line <= span[1]]
        if not around:
            return {name for name, executed in self.executed.items() if path in executed}
        begins = max(span[0] for span in around)
        at = max((n for n in known["lines"] if begins <= n <= line), default=begins)
        return {name for name, executed in self.executed.items() if at in executed.get(path, ())}
