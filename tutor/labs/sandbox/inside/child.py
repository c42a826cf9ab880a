"""The process that runs a learner's program: it takes commands and answers them as JSON lines, and keeps the names.

``supervisor`` starts it, in a process that has given up its rights. Commands come on standard input, the program's
output goes to standard output, and the answers go to standard error. A random mark, written to standard output after
each run, shows where its output ends; the answers carry it too, so that a stray write is noticed.

A program can change everything in its process, this module included. So nothing is decided here: this process only
returns values, which are compared elsewhere. The author's checks run in another process like this one, in which no
program ever runs (``check``); ``tutor.labs.lab`` describes how they work together.
"""

from __future__ import annotations

import _thread
import ast
import builtins
import contextlib
import faulthandler
import io
import json
import linecache
import os
import queue
import signal
import sys
import threading
import time
import types
import warnings
from collections.abc import Mapping
from typing import Any

from tutor.labs.sandbox.inside.describe import Described, describe, is_module
from tutor.labs.sandbox.inside.failure import failure
from tutor.labs.sandbox.inside.fit import find_fit, fit_of
from tutor.labs.sandbox.inside.values import NeedsProgram, decode, decode_names, encode, encode_names
from tutor.labs.sandbox.inside.watch import Watcher, has_gradient

_LONGEST_VALUE = 20_000
_LONGEST_NAME, _MOST_NAMES, _MOST_LAYERS = 200, 5_000, 500
_REPORT_EVERY = 0.05

Command = dict[str, Any]


class OutOfTime(Exception):
    """The processor time is used up."""


class Channel:
    """Sends messages to the tutor, one JSON object per line; any thread may send."""

    def __init__(self, file: int) -> None:
        self.file = file
        self._lock = threading.Lock()

    def send(self, kind: str, **what: object) -> None:
        """Send a message of this ``kind`` with its data."""
        text = json.dumps({"is": kind, **what}, allow_nan=False, ensure_ascii=False)
        data = (text + "\n").encode("utf-8", "replace")
        with self._lock:
            while data:
                data = data[os.write(self.file, data) :]


class Reports:
    """Collects the epochs that a program reports, so that a fast loop does not flood the channel."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._points: list[dict[str, object]] = []
        self._sent = 0.0
        self._drawn = 0.0

    def add(self, epoch: float, total: float | None, figures: dict[str, float]) -> None:
        """Add one epoch's figures; numbers that are not finite are sent as text."""
        safe = {name: value if abs(value) < float("inf") else str(value) for name, value in figures.items()}
        self._points.append({"epoch": epoch, "total": total, "figures": safe})
        if time.monotonic() - self._sent > _REPORT_EVERY:
            self.flush()

    def flush(self) -> None:
        """Send the collected epochs."""
        if self._points:
            self._channel.send("report", points=self._points)
            self._points = []
        self._sent = time.monotonic()

    def show(self, model: object, inputs: object, targets: object) -> None:
        """Send the points of the fit, at most twice a second."""
        if time.monotonic() - self._drawn > 0.5 and (fit := fit_of(model, inputs, targets)):
            self._channel.send("fit", fit=_finite(fit))
            self._drawn = time.monotonic()


class Child:
    """Holds the learner's names, and runs commands with them."""

    def __init__(self, commands: int, channel: Channel) -> None:
        self.channel = channel
        self.reports = Reports(channel)
        self.watcher = Watcher()
        self.main = types.ModuleType("__main__")
        self.names: dict[str, object] = self.main.__dict__
        self.source = ""
        self.process = os.getpid()
        self.is_running = False
        self._stop = ""  # the mark of the run that is to be interrupted, which may not have begun
        self._go_on = threading.Event()
        self._go_on.set()
        self._queue: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._commands = commands

    # -- the loop -----------------------------------------------------------------------------------------------------

    def serve(self) -> None:
        """Answer commands until the tutor closes the pipe."""
        sys.modules["__main__"] = self.main
        self.watcher.install()
        # our listening thread holds no lock that a forked program could wait for
        warnings.filterwarnings("ignore", message=".*multi-threaded, use of fork", category=DeprecationWarning)
        self._prepare_reporter()
        self._prepare_signals()
        threading.Thread(target=self._listen, daemon=True).start()
        self.channel.send("ready", process=self.process)
        while True:
            command = self._queue.get()
            if command["do"] == "run":
                self.run(command)
            elif command["do"] == "look":
                self.look(command)
            elif command["do"] == "check":
                self.check(command)
            elif command["do"] == "reap":
                _reap()

    def _listen(self) -> None:
        with os.fdopen(self._commands, "rb") as lines:
            for line in lines:
                command = json.loads(line)
                if command["do"] == "interrupt":
                    self._stop = command["mark"]
                    self._go_on.set()
                    self._signal(signal.SIGINT)
                elif command["do"] == "pause":
                    self._go_on.clear()
                    self._signal(getattr(signal, "SIGUSR1", signal.SIGTERM))
                elif command["do"] == "continue":
                    self._go_on.set()
                else:
                    self._queue.put(command)
        os._exit(0)

    def _signal(self, number: int) -> None:
        if sys.platform == "win32":
            _thread.interrupt_main(number)
        else:
            signal.pthread_kill(threading.main_thread().ident or 0, number)

    def _prepare_signals(self) -> None:
        def interrupt(*_: object) -> None:
            if self.is_running:
                raise KeyboardInterrupt

        def pause(*_: object) -> None:
            self._go_on.wait()

        def out_of_time(*_: object) -> None:
            if self.is_running:
                raise OutOfTime("the processor time is used up")

        signal.signal(signal.SIGINT, interrupt)
        signal.signal(getattr(signal, "SIGUSR1", signal.SIGTERM), pause)
        if sys.platform != "win32":
            signal.signal(signal.SIGXCPU, out_of_time)
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a file that grows too long is an OSError at its line

    def _prepare_reporter(self) -> None:
        sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "given"))
        import tutor_progress  # type: ignore[import-not-found]  # from the folder just added

        tutor_progress._send = self.reports.add
        tutor_progress._show = self.reports.show

    # -- running ------------------------------------------------------------------------------------------------------

    def run(self, command: Command) -> None:
        """Run the command's ``source`` under its ``name``; send its value or failure, and then that it is done."""
        source, name = command["source"], command["name"]
        self.source = source
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        self.names["__file__"] = name
        _allow_cpu(command.get("cpu"))
        begun = time.perf_counter()
        self.is_running = True
        try:
            if self._stop == command["mark"]:
                raise KeyboardInterrupt
            value = self._execute(source, name)
            self.is_running = False
            self._end_if_forked()
            if value is not None:
                self.channel.send("value", mark=command["mark"], text=_text(value))
        except SystemExit as leaving:
            self._end_if_forked()
            if leaving.code not in (None, 0):
                print(leaving.code)
        except BaseException as error:
            self.is_running = False
            self._end_if_forked()
            self.channel.send("error", mark=command["mark"], **failure(error, name))
        self.is_running = False
        seconds = time.perf_counter() - begun
        self.reports.flush()
        marked = _write_mark(command["mark"])
        self.channel.send("done", mark=command["mark"], seconds=seconds, marked=marked, names=self._own_names())

    def _execute(self, source: str, name: str) -> object:
        tree = ast.parse(source, name)
        last = tree.body[-1] if tree.body else None
        if isinstance(last, ast.Expr) and not source.rstrip().endswith(";"):
            tree.body.pop()
            exec(compile(tree, name, "exec"), self.names)
            return eval(compile(ast.Expression(last.value), name, "eval"), self.names)
        exec(compile(tree, name, "exec"), self.names)
        return None

    def _end_if_forked(self) -> None:
        """End this process if the program forked it: it must not answer in place of the original."""
        if os.getpid() != self.process:
            os._exit(0)

    def _own_names(self) -> list[str]:
        names = [name for name in list(self.names) if type(name) is str and not name.startswith("__")]
        return sorted(name for name in names if len(name) <= _LONGEST_NAME)[:_MOST_NAMES]

    # -- looking ------------------------------------------------------------------------------------------------------

    def look(self, command: Command) -> None:
        """Answer questions about what the program left."""
        answers = []
        for question in command["questions"]:
            self.is_running = True
            try:
                answers.append(self._answer(question))
            except BaseException as error:
                answers.append({"error": failure(error, "check")})
            self.is_running = False
            self._end_if_forked()
        _write_mark(command["mark"])
        self.channel.send("answers", mark=command["mark"], answers=answers)

    def _answer(self, question: Mapping[str, Any]) -> dict[str, object]:
        names = {**_libraries(), **self.watcher.names, **self.names}
        if question.get("when"):
            names = {**_libraries(), **self._rerun(question["when"])}
        if question["ask"] == "value":
            return {"value": self._value(question["source"].strip(), names)}
        if question["ask"] == "python":
            exec(compile(question["source"], "check", "exec"), names)
            return {}
        if question["ask"] == "fit":
            return {"fit": _finite(find_fit({**self.watcher.names, **self.names}))}
        if question["ask"] == "values":
            return {"values": encode_names(self.names)}
        if question["ask"] == "call":
            arguments, options = (decode(question[part], _no_calls) for part in ("arguments", "options"))
            function: Any = names[question["name"]]
            return {"encoded": encode(function(*arguments, **options))}
        return self._facts()

    def _rerun(self, when: Mapping[str, object]) -> dict[str, object]:
        """Return the names that the program leaves if it begins with other values for some of them."""
        given = with_values(ast.parse(self.source), when)
        names: dict[str, object] = {"__name__": "__main__"}
        with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
            exec(compile(given, "check", "exec"), names)
        return names

    def _value(self, source: str, names: dict[str, object]) -> Described:
        """Describe the value of an expression; a gradient that was cleared is described as it was before."""
        value: Any = eval(compile(source, "check", "eval"), names)
        if source.endswith(".grad"):
            recorded = self.watcher.gradient(eval(compile(source.removesuffix(".grad"), "check", "eval"), names))
            is_cleared = value is None or not bool(value.any())
            return describe(recorded if recorded is not None and is_cleared else value)
        found = describe(value)
        if (recorded := self.watcher.gradient(value)) is not None and not has_gradient(value) and recorded.any():
            found["was_cleared"] = True
        return found

    def _facts(self) -> dict[str, object]:
        inside = {name: value for name, value in self.watcher.names.items() if len(name) <= _LONGEST_NAME}
        own = {**inside, **{name: self.names[name] for name in self._own_names()}}
        called = {getattr(value, "__name__", "") for value in own.values() if callable(value)}
        found: dict[str, object] = _finite(
            {
                "seen": self.watcher.plain(),
                "models": [_model(name, value) for name, value in own.items() if is_module(value)],
                "callables": [name for name, value in own.items() if callable(value)],
                "integers": {name: value for name, value in own.items() if type(value) is int and abs(value) < 1 << 62},
                "rows": sorted(_rows(own)),
                "names": self._own_names(),
                "losses": sorted(name for name in called if type(name) is str and len(name) <= _LONGEST_NAME),
            }
        )
        return found

    # -- checking: in a separate process, with the program's values --------------------------------------------------

    def check(self, command: Command) -> None:
        """Run an author's check on the values that a program left; calls of its functions are sent to the tutor."""
        mark: str = command["mark"]

        def call(name: str, arguments: object, options: object) -> object:
            self.channel.send("call", mark=mark, name=name, arguments=arguments, options=options)
            reply = self._queue.get()
            if (error := reply.get("error")) is not None:
                raise _raised(error["type"], error["message"])
            return reply["encoded"]

        error, needs_program = None, False
        try:
            exec(compile(command["source"], "check", "exec"), {**decode_names(command["values"], call)})
        except NeedsProgram:
            needs_program = True
        except BaseException as raised:
            error = failure(raised, "check")
        _write_mark(mark)
        self.channel.send("checked", mark=mark, error=error, needs_program=needs_program)


def _no_calls(*_: object) -> object:
    raise TypeError("a function is no argument")


def _raised(kind: str, message: str) -> Exception:
    """Return the exception that a program's function raised, or a RuntimeError if its type is not built in."""
    found = getattr(builtins, kind, RuntimeError)
    try:
        return found(message) if issubclass(found, Exception) else RuntimeError(message)
    except TypeError:
        return RuntimeError(message)


def _reap() -> None:
    """Collect the status of processes that were killed from outside; until then they count towards the limit."""
    if sys.platform != "win32":
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def with_values(tree: ast.Module, values: Mapping[str, object]) -> ast.Module:
    """Return a program in which the first assignments to some names have other values; a call such as ``np.array(…)``
    around the value stays."""
    left = dict(values)
    for statement in tree.body:
        target = statement.targets[0] if isinstance(statement, ast.Assign) else None
        if isinstance(statement, ast.Assign) and isinstance(target, ast.Name) and target.id in left:
            value = ast.parse(repr(left.pop(target.id)), mode="eval").body
            if isinstance(statement.value, ast.Call) and statement.value.args:
                statement.value.args[0] = value
            else:
                statement.value = value
    return ast.fix_missing_locations(tree)


def _libraries() -> dict[str, object]:
    """Return NumPy and PyTorch by their usual names, if the program has imported them."""
    return {
        short: sys.modules[name]
        for short, name in (("np", "numpy"), ("numpy", "numpy"), ("torch", "torch"))
        if name in sys.modules
    }


def _model(name: str, model: Any) -> dict[str, object]:
    leaves = [module for module in model.modules() if not list(module.children())]
    return {
        "name": name,
        "type": type(model).__name__[:_LONGEST_NAME],
        "layers": [
            {"type": type(leaf).__name__[:_LONGEST_NAME], "settings": str(leaf.extra_repr())[:_LONGEST_NAME]}
            for leaf in leaves[:_MOST_LAYERS]
        ],
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
    }


def _rows(names: Mapping[str, object]) -> set[int]:
    """Return the numbers of rows of the program's arrays, one of which an epoch of hand-cut batches may cover."""
    found: set[int] = set()
    for value in names.values():
        shape = getattr(value, "shape", None)
        if isinstance(shape, tuple) and shape:  # the module numpy also has a shape, which is a function
            found.add(int(shape[0]))
    return found


def _finite(data: Any) -> Any:
    """Replace numbers that are not finite by None, because JSON has none."""
    if isinstance(data, dict):
        return {key: _finite(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_finite(value) for value in data]
    return None if isinstance(data, float) and not abs(data) < float("inf") else data


def _text(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + " …"


def _write_mark(mark: str) -> bool:
    """Write the mark that ends the output; return False if the program has closed standard output."""
    try:
        sys.stdout.flush()
        data = f"\0{mark}\0".encode()
        while data:
            data = data[os.write(1, data) :]
    except (OSError, ValueError, AttributeError):
        return False
    return True


def _allow_cpu(seconds: float | None) -> None:
    """Let this run use ``seconds`` more of processor time, within the hard limit."""
    if seconds is None or sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def _take_pipes() -> tuple[int, int]:
    """Return the pipes for commands and answers; give the program an empty input and one output for both streams."""
    commands, answers = os.dup(0), os.dup(2)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(1, 2)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - the program's own, for as long as it runs
    for name in ("stdout", "stderr"):
        raw = open(1 if name == "stdout" else 2, "wb", buffering=0, closefd=False)  # noqa: SIM115
        stream = __import__("io").TextIOWrapper(raw, encoding="utf-8", errors="replace", write_through=True)
        setattr(sys, name, stream)
    return commands, answers


def main() -> None:
    """Serve commands; the process must have given up its rights already."""
    commands, answers = _take_pipes()
    faulthandler.enable(answers)
    for name in [name for name in sys.modules if name.partition(".")[0] == "tutor"]:
        del sys.modules[name]  # all of it is loaded by now
    sys.modules["tutor"] = None  # type: ignore[assignment]  # so that "import tutor" finds nothing, wherever it is
    Child(commands, Channel(answers)).serve()
