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

from . import folder


class WeirError(RuntimeError):
    """weir ended with an error; the text is what it said."""


def find_weir(weir=None):
    """The program: as given, else $WEIR, else the one of the tree that this module was installed in or lies in, else
    that of the PATH. Errors: WeirError."""
    if weir or os.environ.get("WEIR"):
        return os.fspath(weir or os.environ["WEIR"])
    for above in pathlib.Path(__file__).resolve().parents[1:6]:
        for place in ("bin/weir", "build/weir"):
            if (above / place).is_file() and os.access(above / place, os.X_OK):
                return str(above / place)
    found = shutil.which("weir")
    if not found:
        raise WeirError("there is no weir beside this module nor in the PATH; give its path, or set WEIR")
    return found


def answer_line(plan):
    """An answer, as the pipe has it. Errors: ValueError if JSON cannot hold the plan."""
    try:
        return json.dumps({"plan": plan}, allow_nan=False).encode() + b"\n" if plan else b"{}\n"
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"the action must be of texts, numbers, truths and lists, as JSON has them: {error}") from None


def end(owner, process, channel, errors, place, descriptor, partial):
    """Leaves no process, no socket and no folder. In a child that was forked meanwhile it only forgets them: they are
    its parent's."""
    channel.close()
    errors.close()
    if os.getpid() == owner:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if partial and process.returncode < 0:
            folder.remove_partial(partial)
        shutil.rmtree(place, ignore_errors=True)
    os.close(descriptor)


class Run:
    """Started at once. Events are taken by `event` and answered by `answer`."""

    def __init__(self, scenario, seed, weir=None, sets=(), output=None, fields="", timeout="1h"):
        program = find_weir(weir)
        self.owner, self.text = os.getpid(), None
        place, descriptor = folder.make()
        self.output = os.path.abspath(output or os.path.join(place, "run"))
        # A folder DIR.partial that was there before is not this run's to remove.
        partial = None if os.path.exists(self.output + ".partial") else self.output
        ours, theirs = socket.socketpair()
        policy = {"name": "exec", "descriptor": theirs.fileno(), "timeout": timeout, "label": "environment",
                  "fields": fields}
        words = [program, "run", scenario, "--policy", json.dumps(policy), "--seed", str(seed),
                 "--output", self.output, "--force", "--json", "--quiet"]
        for one in sets:
            words += ["--set", one]
        self.errors = tempfile.TemporaryFile()
        try:
            self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                            stderr=self.errors, pass_fds=[theirs.fileno(), descriptor])
        except OSError as error:
            ours.close()
            self.errors.close()
            shutil.rmtree(place)
            os.close(descriptor)
            raise WeirError(f"{words[0]}: {error.strerror}") from None
        finally:
            theirs.close()
        self.channel = ours
        self.lines = ours.makefile("rb", 1 << 16)
        self.finish = weakref.finalize(self, end, self.owner, self.process, ours, self.errors, place, descriptor, partial)

    def event(self):
        """The next message, a dictionary; the one that ends the run is {"event": "end"}. Errors: WeirError with what
        weir said."""
        try:
            line = self.lines.readline()
        except OSError:  # killed, with an answer that it had not read
            line = b""
        if not line.endswith(b"\n"):
            raise WeirError(self.said())
        return json.loads(line)

    def answer(self, line):
        """Errors: WeirError if weir has gone."""
        try:
            self.channel.sendall(line)
        except OSError:
            raise WeirError(self.said()) from None

    def said(self):
        code = self.process.wait()
        self.errors.seek(0)
        text = self.errors.read().decode(errors="replace").strip()
        if code < 0:
            return f"weir ended with {signal.Signals(-code).name}" + (f": {text}" if text else "")
        return text or f"weir ended with code {code}"

    def wait(self):
        """After the last event: until the results are written. Nothing is left then but these."""
        if self.process.wait() != 0:
            raise WeirError(self.said())
        self.text = pathlib.Path(self.output, "result.json").read_text(encoding="utf-8")
        self.close()

    def result(self):
        """After that: result.json of the run, as docs/results.md has it."""
        return json.loads(self.text)

    def close(self):
        self.lines.close()
        self.finish()
