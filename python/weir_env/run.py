"""One run of weir that is answered from here: `weir run` at the other end of a socket."""
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import weakref


class WeirError(RuntimeError):
    """weir ended with an error; the text is what it said."""


def find_weir(weir=None):
    """The program: as given, else $WEIR, else the one of the tree that this module was installed in or lies in, else
    that of the PATH. Errors: WeirError."""
    if weir or os.environ.get("WEIR"):
        return os.fspath(weir or os.environ["WEIR"])
    for folder in pathlib.Path(__file__).resolve().parents[1:6]:
        for place in ("bin/weir", "build/weir"):
            if (folder / place).is_file() and os.access(folder / place, os.X_OK):
                return str(folder / place)
    found = shutil.which("weir")
    if not found:
        raise WeirError("there is no weir beside this module nor in the PATH; give its path, or set WEIR")
    return found


def end(process, channel, folder):
    """Leaves no process, no socket and no folder."""
    channel.close()
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    shutil.rmtree(folder, ignore_errors=True)


class Run:
    """Started at once. Events are taken by `event` and answered by `answer`."""

    def __init__(self, scenario, seed, weir=None, sets=(), output=None, fields="", timeout="1h"):
        self.folder = tempfile.mkdtemp(prefix="weir-env-")
        self.output = output or os.path.join(self.folder, "run")
        ours, theirs = socket.socketpair()
        policy = {"name": "exec", "descriptor": theirs.fileno(), "timeout": timeout, "label": "environment",
                  "fields": fields}
        words = [find_weir(weir), "run", scenario, "--policy", json.dumps(policy), "--seed", str(seed),
                 "--output", self.output, "--force", "--json", "--quiet"]
        for one in sets:
            words += ["--set", one]
        with open(os.path.join(self.folder, "stderr"), "wb") as errors:
            try:
                self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                                stderr=errors, pass_fds=[theirs.fileno()])
            except OSError as error:
                ours.close()
                shutil.rmtree(self.folder)
                raise WeirError(f"{words[0]}: {error.strerror}") from None
            finally:
                theirs.close()
        self.channel = ours
        self.lines = ours.makefile("rb", 1 << 16)
        self.finish = weakref.finalize(self, end, self.process, ours, self.folder)

    def event(self):
        """The next message, a dictionary; the one that ends the run is {"event": "end"}. Errors: WeirError with what
        weir said."""
        line = self.lines.readline()
        if not line.endswith(b"\n"):
            raise WeirError(self.said())
        return json.loads(line)

    def answer(self, plan):
        """Errors: WeirError if weir has gone."""
        try:
            self.channel.sendall(json.dumps({"plan": plan}).encode() + b"\n" if plan else b"{}\n")
        except OSError:
            raise WeirError(self.said()) from None

    def said(self):
        code = self.process.wait()
        text = pathlib.Path(self.folder, "stderr").read_text(errors="replace").strip()
        return text or f"weir ended with code {code}"

    def wait(self):
        """After the last event: until the results are written."""
        if self.process.wait() != 0:
            raise WeirError(self.said())

    def result(self):
        """After that: result.json of the run, as docs/results.md has it."""
        return json.loads(pathlib.Path(self.output, "result.json").read_text())

    def close(self):
        self.lines.close()
        self.finish()
