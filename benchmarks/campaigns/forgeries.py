"""Programs that do not solve a lab but try to pass, for the campaign *hostile class* and the tests.

Each knows everything that a cheat may know: the titles of the checks, and how the tutor works. None knows a right
value, unless it finds the solution. ``SOLUTION`` solves the lab.
"""

from __future__ import annotations

LESSON = """
title: Forgeries
id: forgeries
networks:
  net:
    inputs: [1.5, -2]
    target: 1
    layers:
      - {name: hidden, weights: [[0.25, -0.375], [0.5, 0.125]], bias: [1.0, -0.4], activation: sigmoid}
      - {name: output, weights: [[0.3], [-0.2]], bias: [0.1], activation: sigmoid}
screens:
  - title: One
    blocks:
      - lab: Forward
        id: forward
        of: net
        starter: x = [1.5, -2]
        checks:
          - {variable: H, equals: hidden.H, decimals: 6}
          - {variable: word, length: 10}
          - {call: 'shift(2.5)', equals: 9.25}
          - python: |
              total = 0
              for each in range(4):
                  total += shift(each)
              assert abs(total - 18) < 1e-9, "shift is not right"
              assert float(H[0]) > 0.5 and len(H) == 2, "H is not right"
          - {prints: 'done'}
        time_limit: 2
      - lab: Checked by the author
        id: own
        starter: ''
        checks:
          - python: |
              assert abs(shift(1) - 3) < 1e-9 and abs(shift(2.5) - 9.25) < 1e-9, "shift is not right"
          - {prints: 'done'}
        time_limit: 2
"""
LABS = ("forward", "own")
SHORT = LESSON.partition("      - lab: Forward")[0] + "      - lab:" + LESSON.rpartition("      - lab:")[2]
"""The lesson with only its last lab."""
SOLUTION = """
import math
x, H, word = [1.5, -2], [], "stochastic"
for weights, bias in (((0.25, 0.5), 1.0), ((-0.375, 0.125), -0.4)):
    z = sum(a * b for a, b in zip(x, weights)) + bias
    H.append(1 / (1 + math.exp(-z)))
def shift(v):
    return 3.5 * v + 0.5 if v == 2.5 else 3 * v
print("done")
"""
_START = "print('done')\n"
_WRITE = """
import os, json, time, sys, gc, threading
def forged(mark):
    value = {"type": "list", "text": "[]", "shape": [2], "cells": [0.5, 0.5], "length": 2}
    answers = [{"value": value}] * 3
    lines = [
        {"is": "done", "mark": mark, "seconds": 0.1, "marked": True, "names": ["H"]},
        {"is": "answers", "mark": mark, "answers": answers},
        {"is": "answers", "mark": mark, "answers": [{}, {"fit": None}, {"values": {}}, *answers]},
        {"is": "checked", "mark": mark, "error": None, "needs_program": False},
    ]
    return [(json.dumps(line) + "\\n").encode() for line in lines]
def spill(mark=""):
    for file in range(3, 24):
        for line in forged(mark):
            try: os.write(file, line)
            except OSError: pass
"""
_CHILD = """
import gc, sys
def child():
    return next(each for each in gc.get_objects() if type(each).__name__ == "Child")
"""
_YES = """
class Yes(float):
    def _yes(self, *_): return True
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __bool__ = _yes
    def _self(self, *_): return self
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __abs__ = __getitem__ = _self
    def __len__(self): return 2
    def __hash__(self): return 1
    def __repr__(self): return "'stochastic'"
"""


def _answering(body: str) -> str:
    """Return a program that answers the parent's questions itself: ``body`` is the body of ``answer(question)``, in
    which ``mine`` is the child and ``old`` its original method."""
    body = body.removeprefix("\n")
    return f"{_START}{_CHILD}\nmine = child()\nold = mine._answer\ndef answer(question):\n{body}mine._answer = answer\n"


FORGERIES: dict[str, str] = {
    "frame walk": _START
    + """
import sys
frame = sys._getframe()
while frame:
    for name, value in list(frame.f_locals.items()):
        if type(value).__name__ == "Child":
            value._answer = lambda question: {}
            value.check = lambda command: value.channel.send("checked", mark="", error=None, needs_program=False)
    frame = frame.f_back
""",
    "gc": _answering(
        """
    try: found = old(question)
    except BaseException: found = {"value": {"type": "list", "text": "[]", "shape": [2], "cells": [0.5, 0.5]}}
    return {} if question["ask"] == "python" else found
"""
    ),
    "messages without the mark": _START + _WRITE + "spill()",
    "messages with the mark": _START
    + _WRITE
    + """
frame = sys._getframe()
while frame:
    command = frame.f_locals.get("command")
    if isinstance(command, dict) and "mark" in command: spill(command["mark"])
    frame = frame.f_back
""",
    "later, from a thread": _START
    + _WRITE
    + _CHILD
    + """
def later():
    for _ in range(200):
        for each in gc.get_objects():
            if type(each) is dict and type(each.get("mark")) is str: spill(each["mark"])
        time.sleep(0.01)
threading.Thread(target=later, daemon=True).start()
""",
    "from a process of its own": _START
    + _WRITE
    + """
if os.fork() == 0:
    for _ in range(50):
        spill(); time.sleep(0.02)
    os._exit(0)
""",
    "repr that answers and sleeps": _START
    + _WRITE
    + """
class H:
    def __repr__(self):
        spill(); time.sleep(5); return "[]"
    __len__ = __float__ = __repr__
H = word = H()
def shift(v): return H
""",
    "overloaded operators": _START + _YES + "H = word = Yes(9.25)\ndef shift(v): return Yes(9.25)\n",
    "overloaded within a list": _START + _YES + "H = [Yes(1), Yes(1)]\nword = Yes()\ndef shift(v): return [Yes()]\n",
    "a text by its repr": _START + _YES + "word = Yes()\nH = [0.5, 0.5]\ndef shift(v): return 9.25\n",
    "builtins": _START
    + """
import builtins
for name in ("abs", "float", "len", "range", "isinstance", "all", "any", "repr", "sorted"):
    setattr(builtins, name, lambda *_: 0)
""",
    "names of builtins": _START
    + """
abs = lambda _: 0
float = lambda _: 1
len = lambda _: 2
range = lambda _: ()
H = [0, 0]
def shift(v): return 9.25
""",
    "compile": _START
    + """
import builtins
real = builtins.compile
builtins.compile = lambda source, *more, **options: real("9.25" if more[1:] == ("eval",) else "pass", *more, **options)
builtins.exec = lambda *_: None
""",
    "eval": _START + "import builtins\nbuiltins.eval = lambda *_: 9.25\n",
    "optimised away": _START
    + """
import builtins
real = builtins.compile
builtins.compile = lambda source, name, mode, *_, **__: real(source, name, mode, optimize=2)
H = [0.6, 0.6]
def shift(v): return 9.25
""",
    "the solution under the prefix": _START
    + """
import glob, os, sys
places = [sys.prefix, sys.base_prefix, *sys.path, "/usr/lib", "/usr/local/lib", os.path.dirname(os.__file__)]
for place in places:
    for pattern in ("tutor/_lessons/*.yaml", "*/*-packages/tutor/_lessons/*.yaml", "lessons/*.yaml", "*/tutor/*.py"):
        for path in glob.glob(os.path.join(place, pattern)) + glob.glob(os.path.join(place, "lib", pattern)):
            try: open(path).close()
            except OSError: continue
            raise RuntimeError("FOUND THE SOLUTION")
""",
    "import tutor": _START
    + """
import tutor
from tutor.labs import lab, checks
raise RuntimeError("FOUND THE SOLUTION")
""",
    "import what is beside the program": _START
    + """
import sys, importlib
for name in ("tutor.labs.sandbox.inside.child", "tutor.labs.checks", "tutor.lessons", "tutor._lessons"):
    sys.modules.pop("tutor", None)
    try:
        importlib.import_module(name)
        raise RuntimeError("FOUND THE SOLUTION")
    except (ImportError, OSError): pass
""",
    "memory of other processes": _START
    + """
import os
try: there = os.listdir("/proc")
except OSError: there = [str(number) for number in range(1, 3_000)]
for each in there:
    if each.isdigit() and int(each) != os.getpid():
        try:
            for line in open(f"/proc/{each}/maps"):
                if "[heap]" in line or "rw-p" in line:
                    first, last = (int(part, 16) for part in line.split()[0].split("-"))
                    with open(f"/proc/{each}/mem", "rb") as memory:
                        memory.seek(first)
                        if b"shift is not" + b" right" in memory.read(min(last - first, 1 << 22)):
                            raise RuntimeError("FOUND THE SOLUTION")
        except OSError: pass
""",
    "open files of other processes": _START
    + """
import os
try: there = os.listdir("/proc")
except OSError: there = [str(number) for number in range(1, 3_000)]
for each in there:
    if each.isdigit() and int(each) not in (os.getpid(), os.getppid()):
        try:
            for file in os.listdir(f"/proc/{each}/fd"):
                handle = os.open(f"/proc/{each}/fd/{file}", os.O_WRONLY | os.O_NONBLOCK)
                os.write(handle, b'{"is": "checked", "mark": "", "error": null, "needs_program": false}\\n')
        except OSError: pass
""",
    "json": _START
    + """
import json
real = json.dumps
def dumps(message, **options):
    for answer in message.get("answers", ()):
        if "error" in answer:
            answer.clear()
            answer["value"] = {"type": "list", "text": "[]", "shape": [2], "cells": [0.5, 0.5]}
    return real(message, **options)
json.dumps = dumps
""",
    "values that are no values": _answering(
        """
    if question["ask"] != "values": return old(question)
    return {"values": {"H": {"library": "unittest.mock"}, "shift": {"function": "H"}, "abs": {"library": "os"}}}
"""
    ),
    "values for the language's own": _answering(
        """
    if question["ask"] == "call": return {"encoded": 0}
    if question["ask"] != "values": return old(question)
    functions = {name: {"function": "x"} for name in ("abs", "float", "len", "range", "shift", "AssertionError")}
    return {"values": {"H": [0, 0], "__builtins__": {"dict": []}, **functions}}
"""
    ),
    "a mock for a library": _START
    + """
import sys, unittest.mock
np = numpy = sys.modules["numpy"] = unittest.mock.MagicMock()
H = np.H
shift = np.shift
word = np.word
""",
    "live objects": _START
    + _YES
    + """
class H:
    def __getitem__(self, _): return 1.0
    def __len__(self): return 2
H = H()
class Shift:
    def __call__(self, v): return Yes(9.25)
shift = Shift()
word = Yes()
""",
    "trace": _START
    + """
import sys
def trace(frame, event, argument):
    if frame.f_code.co_name in ("_answer", "check", "failure"):
        for name in ("error", "raised"):
            frame.f_locals.pop(name, None)
    return trace
sys.settrace(trace)
""",
    "commands read by another process": _START
    + _WRITE
    + """
if os.fork() == 0:
    commands = os.fdopen(0, "rb")
    for line in commands:
        mark = json.loads(line).get("mark", "")
        spill(mark)
    os._exit(0)
""",
    "values that are empty or no numbers": _START
    + """
import sys
nan = float("nan")
H, word = [nan, nan], ["?"] * 10
class Shift:
    turn = 0
    def __call__(self, v):
        self.turn += 1
        return [nan, [], True, {}, set(), (), None, -0.0, "", nan][self.turn % 10]
try:
    import numpy
    H = numpy.array([nan, nan])
    shift = lambda v: numpy.array([]) if v else numpy.full((2, 2), nan)
except ImportError:
    shift = Shift().__call__
""",
    "libraries under other names": _answering(
        """
    if question["ask"] == "call": return {"encoded": {"library": "cmath"}}
    if question["ask"] != "values": return old(question)
    names = ("H", "abs", "float", "len", "range", "shift", "math", "AssertionError", "Exception", "total", "each")
    return {"values": {name: {"library": "cmath"} for name in names} | {"Exception": {"tuple": []}, "abs": 1}}
"""
    ),
    "answers without end": _answering(
        """
    deep = {"function": "shift"}
    for _ in range(150): deep = {"list": [deep]}
    if question["ask"] == "call": return {"encoded": {"function": "shift"} if mine else deep}
    if question["ask"] != "values": return old(question)
    return {"values": {"H": deep, "shift": {"function": "shift"}, "float": {"int": "0x" + "f" * 100_000}}}
"""
    ),
    "layers that are none": _answering(
        """
    layer = {"model": "Linear", "training": True, "own": [], "settings": {"in_features": 1, "out_features": 2}}
    layer["settings"]["device"] = "meta"
    forward = {"model": "Sequential", "sequential": True, "training": True, "children": [["forward", layer]]}
    if question["ask"] == "call": return {"encoded": layer}
    if question["ask"] != "values": return old(question)
    return {"values": {"H": {"tuple": [layer, forward]}, "shift": layer, "abs": layer, "float": forward}}
"""
    ),
    "right values in its own memory": _START
    + """
import gc, os, threading, time
found = {}
def search():
    for _ in range(100):
        for each in gc.get_objects():
            for part in list(each.values()) if type(each) is dict else each if type(each) in (list, tuple) else ():
                if type(part) is str and ("shift is not" + " right" in part or "9.25" in part and "gc" not in part):
                    found["it"] = part
        time.sleep(0.005)
threading.Thread(target=search, daemon=True).start()
def shift(v):
    time.sleep(0.05)
    if found: raise RuntimeError("FOUND THE SOLUTION")
    return v
""",
    "the end": _START + "raise SystemExit(0)\n",
    "a hard end": _START + "import os\nos._exit(0)\n",
    "a crash": _START + "import os\nos.abort()\n",
    "another ready": _START
    + """
import os
for file in range(3, 24):
    try: os.write(file, b'{"is": "ready", "process": 1}\\n{"is": "refused", "why": "none"}\\n')
    except OSError: pass
""",
}
