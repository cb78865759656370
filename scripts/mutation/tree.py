"""A copy of a tree of sources that is built in a folder of its own, and its tests."""
import hashlib
import json
import math
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time

LABELS_LEFT_OUT = {"long", "cluster", "memcheck", "browser"}
MEMORY = 6 << 30  # bytes that a test may take

# What a failed assertion of CUnit says of how the mutant was noticed; the first that fits. The strongest comes last.
VERDICTS = [
    ("checksum", r"checksum|hash|memcmp"),
    ("text", r"STRING|strcmp|strstr|message|(?<!metrics\.)decisions|csv"),
    ("run", r"\bcode\b|WEIR_OK|died"),
    ("value", r""),
]
STRENGTH = ["unreached", "survived", "hang", "crash", "text", "checksum", "run", "value"]


def shell(command, **options):
    return subprocess.run(command, text=True, capture_output=True, check=False, **options)


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def kept(path):
    """What is kept in a file of JSON; {} where there is none."""
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def keep(path, what):
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(what, file)
    os.replace(path + ".new", path)


class Tree:
    """A copy of the sources, built in a folder of its own."""

    def __init__(self, source, folder, build="build"):
        self.source, self.folder = source, folder
        self.copy, self.build = os.path.join(folder, "tree"), os.path.join(folder, build)
        self.environment = dict(os.environ)
        if shutil.which("ccache"):
            for language in "C", "CXX":
                self.environment.setdefault(f"CMAKE_{language}_COMPILER_LAUNCHER", "ccache")
            self.environment.setdefault("CCACHE_BASEDIR", folder)

    def files(self):
        listing = shell(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=self.source)
        if listing.returncode == 0:
            return [f for f in listing.stdout.split("\0") if f and os.path.isfile(os.path.join(self.source, f))]
        found = []
        for folder, folders, names in os.walk(self.source):
            folders[:] = [f for f in folders if not f.startswith(("build", "."))]
            found += [os.path.relpath(os.path.join(folder, n), self.source) for n in names]
        return found

    def synchronise(self):
        """Makes the copy equal to the sources again, whatever a run that was stopped has left there."""
        wanted = set(self.files())
        for folder, _, names in os.walk(self.copy):
            for name in names:
                path = os.path.join(folder, name)
                if os.path.relpath(path, self.copy) not in wanted:
                    os.remove(path)
        for name in wanted:
            there, here = os.path.join(self.source, name), os.path.join(self.copy, name)
            if not os.path.isfile(here) or digest(there) != digest(here):
                os.makedirs(os.path.dirname(here), exist_ok=True)
                shutil.copy(there, here)

    def configure(self, compile_flags="-O2 -DNDEBUG", link_flags=""):
        """Most of the time of a mutant is that of linking its tests: gold takes a fifth of it."""
        gold = "-fuse-ld=gold " if shutil.which("ld.gold") else ""
        done = shell(
            ["cmake", "-G", "Ninja", "-S", self.copy, "-B", self.build, "-DCMAKE_BUILD_TYPE=Release"]
            + ["-DCMAKE_EXPORT_COMPILE_COMMANDS=ON", "-DWEIR_LTO=OFF"]
            + [f"-DCMAKE_EXE_LINKER_FLAGS={gold}{link_flags}"]
            + [f"-DCMAKE_{language}_FLAGS_RELEASE={compile_flags}" for language in ("C", "CXX")],
            env=self.environment,
        )
        if done.returncode:
            sys.exit(done.stdout + done.stderr)

    def commands(self):
        return kept(os.path.join(self.build, "compile_commands.json"))

    def objects_of(self, path):
        """What is compiled from a file, as targets; none of a header."""
        rows = [row for row in self.commands() if row["file"] == os.path.join(self.copy, path)]
        return [re.search(r" -o (\S+) ", row["command"]).group(1) for row in rows]

    def make(self, targets):
        """None, or what the compiler says."""
        done = shell(["ninja", "-C", self.build, *targets], env=self.environment)
        return done.stdout + done.stderr if done.returncode else None

    def has(self, target):
        return any(target in names for _, _, names in os.walk(os.path.join(self.build, "tests")))

    def read(self, path):
        with open(os.path.join(self.copy, path), encoding="utf-8") as file:
            return file.read()

    def write(self, path, text):
        with open(os.path.join(self.copy, path), "w", encoding="utf-8") as file:
            file.write(text)


class Test:
    """One of ctest's."""

    def __init__(self, tree, told):
        self.tree, self.name, self.command = tree, told["name"], told["command"]
        properties = {p["name"]: p["value"] for p in told.get("properties", [])}
        self.labels = set(properties.get("LABELS", []))
        self.folder = properties.get("WORKING_DIRECTORY", tree.build)
        self.programs = [c for c in self.command if c.startswith(tree.build + os.sep) and "." not in os.path.basename(c)]
        self.targets = [os.path.basename(p) for p in self.programs]
        self.seconds, self.digests = 0.0, None

    def prints(self):
        return [digest(p) for p in self.programs]

    def run(self, cpu_s, wall_s):
        """(verdict, detail): how the test noticed something, strongest first. It hangs beyond these limits; that of
        processor time, for each of its processes, holds on a busy machine, too."""
        began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
        process = subprocess.Popen(
            ["stdbuf", "-oL", *self.command],
            cwd=self.folder,
            env=self.tree.environment,
            text=True,
            errors="replace",
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=lambda: limit(cpu_s),
        )
        # The whole group is ended after the limit, also when nothing is printed any more.
        killer = subprocess.Popen(["sh", "-c", f"sleep {wall_s}; kill -9 -{process.pid}"], start_new_session=True)
        found, detail = "survived", ""
        for line in process.stdout:
            match = re.match(r"\s+\d+\. (?:.*/)?([^/]+:\d+)\s+- (.*)", line)
            if not match:
                continue
            verdict = next(v for v, pattern in VERDICTS if re.search(pattern, match.group(2)))
            if STRENGTH.index(verdict) > STRENGTH.index(found):
                found, detail = verdict, f"{match.group(1)} {match.group(2)}"
            if found == "value":
                break
        late = time.monotonic() - began >= wall_s - 0.05
        if found == "value" or late:
            end_group(process.pid)
        process.stdout.close()
        status = process.wait()
        end_group(killer.pid)
        killer.wait()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.took_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        late |= status == -signal.SIGXCPU
        if found == "survived" and status:
            found = "hang" if late else "crash" if status < 0 or status > 128 else "text"
        return found, detail


def limit(cpu_s):
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (int(cpu_s), int(cpu_s) + 1))


def end_group(leader):
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        pass


def programs_of(tree, pattern):
    """Targets of the tests whose names fit, as ctest is told of them before they are built."""
    targets = set()
    for folder, _, names in os.walk(tree.build):
        if "CTestTestfile.cmake" not in names:
            continue
        with open(os.path.join(folder, "CTestTestfile.cmake"), encoding="utf-8") as file:
            for name, command in re.findall(r"^add_test\(\[=\[(.*?)\]=\] (.*)\)$", file.read(), re.MULTILINE):
                if re.search(pattern, name):
                    paths = re.findall(r'"(' + re.escape(tree.build) + r'/[^"]*)"', command)
                    targets |= {os.path.basename(p) for p in paths if "." not in os.path.basename(p)}
    return sorted(targets)


def find_tests(tree, pattern, anew=True):
    """The tests whose names fit, built, or as they are if they are there; those with certain labels are left out."""
    error = tree.make([t for t in programs_of(tree, pattern) if anew or not tree.has(t)] or ["help"])
    if error:
        sys.exit(error)
    told = json.loads(shell(["ctest", "--show-only=json-v1"], cwd=tree.build).stdout)
    tests = [Test(tree, t) for t in told["tests"] if "command" in t and re.search(pattern, t["name"])]
    tests = [t for t in tests if not t.labels & LABELS_LEFT_OUT]
    if not tests:
        sys.exit(f"mutate: no test is called {pattern}")
    return tests


def measure(tree, tests, longest_s):
    """The tests that take little enough processor time, in order of it, as they run on the sources as they are; kept from
    one call to the next for those that have not changed."""
    path = os.path.join(tree.folder, "seconds.json")
    seconds, chosen = kept(path), []
    for test in tests:
        test.digests = test.prints()
        key = " ".join([test.name, *test.digests])
        if key not in seconds or not test.digests:
            verdict, detail = test.run(longest_s, 20 * longest_s)
            if verdict not in ("survived", "hang"):
                print(f"left out, fails on the sources as they are: {test.name} {detail}")
                continue
            if verdict == "survived":
                seconds = {k: s for k, s in seconds.items() if k.split()[0] != test.name} | {key: test.took_s}
                keep(path, seconds)
        test.seconds = seconds.get(key, math.inf)
        if test.seconds > longest_s:
            print(f"left out, over {longest_s:g} s: {test.name}")
        else:
            chosen.append(test)
    return sorted(chosen, key=lambda t: t.seconds)
