"""Say what an exception means in a learner's program, with the names, shapes and layers of the line that failed.

Begin with ``_RULES``: the first rule whose pattern matches gives the sentence.
"""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tutor.labs.extras import EXTRAS, HOW
from tutor.labs.syntax import tree


@dataclass(frozen=True)
class Scene:
    """What an explanation can use: the failure, all sources by file name, and which cell defines a name."""

    failure: Mapping[str, Any]
    sources: Mapping[str, str] = field(default_factory=dict)
    maker: Callable[[str], str | None] = lambda _: None

    @property
    def message(self) -> str:
        """The exception's own message."""
        return str(self.failure.get("message", ""))

    @property
    def place(self) -> tuple[str, int]:
        """The file and the number of the learner's line that failed."""
        last = (self.failure.get("lines") or [{"file": "", "line": 0}])[-1]
        return last["file"], last["line"]

    @property
    def source(self) -> str:
        """The code of that file."""
        return self.sources.get(self.place[0], "")

    @property
    def line(self) -> str:
        """That line."""
        number = self.place[1]
        return "".join(self.source.splitlines()[number - 1 : number]) if number else ""

    @property
    def above(self) -> str:
        """The code before that line."""
        return "\n".join(self.source.splitlines()[: max(0, self.place[1] - 1)])

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of the arrays on that line, by name."""
        return {name: tuple(shape) for name, shape in (self.failure.get("shapes") or {}).items()}


def explanation(scene: Scene) -> str:
    """Return the sentence of the first rule that fits, or an empty text."""
    for kind, pattern, say in _RULES:
        found = re.search(pattern, scene.message, re.IGNORECASE | re.DOTALL)
        if found and re.fullmatch(kind, str(scene.failure["type"])):
            sentence = say(scene, found) if callable(say) else say
            if sentence:
                return sentence
    return ""


def _made_at(scene: Scene, name: str) -> str:
    """Return where a name last got its value above the line: ", made in cell 2, line 3,"."""
    last_file, number = scene.place
    for file in sorted(scene.sources, key=lambda other: other != last_file):
        code = tree(scene.sources[file])
        stores = [
            node.lineno
            for node in (ast.walk(code) if code is not None else ())
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id == name
        ]
        above = [line for line in stores if file != last_file or line < number]
        if above:
            place = f"line {max(above)}" if file == last_file else f"{file}, line {max(above)}"
            return f", made in {place},"
    return ""


def _shapes_here(scene: Scene, *names: str) -> str:
    """Return the shapes of the names on the line, or of some of them."""
    shown = [
        f"{name}{_made_at(scene, name)} has the shape {shape}"
        for name, shape in scene.shapes.items()
        if shape and (not names or name in names)
    ]
    return "; ".join(shown[:4])


def _layer(scene: Scene, _: re.Match[str]) -> str:
    """Explain a layer that was given rows of the wrong length."""
    layer, given = str(scene.failure.get("layer", "")), tuple(scene.failure.get("layer_input") or ())
    inputs = re.search(r"in_features=(\d+)", layer)
    if not inputs or not given:
        return ""
    name = next((name for name, shape in scene.shapes.items() if shape == given), "")
    whose = f"{name}{_made_at(scene, name)}" if name else "what comes in"
    return (
        f"The layer {layer.split(', bias')[0].replace('in_features=', '').replace('out_features=', '')}) takes"
        f" {inputs[1]} numbers per row, and {whose} has the shape {given}: {given[-1]} per row. Change the"
        " layer's first number, or give it the columns it expects; after another layer it must be that layer's number"
        " of outputs."
    )


def _no_value(scene: Scene, _: re.Match[str]) -> str:
    """Explain a name on the line that is None."""
    name = next(iter(scene.failure.get("nones") or ()), "")
    if not name:
        return ""
    is_none = f"{name}{_made_at(scene, name)} is None"
    if not any(_is_result(scene.sources[file], name) for file in scene.sources):
        return f"{is_none}: it has no value yet. Give it one before this line."
    return f"{is_none}: what gave it returns nothing, as print(…), .sort() and a function without return do."


def _is_result(source: str, name: str) -> bool:
    """Return whether code gives a name the result of a call."""
    code = tree(source)
    for node in ast.walk(code) if code is not None else ():
        match node:
            case ast.Assign(targets=targets, value=ast.Call()):
                if name in [each.id for each in targets if isinstance(each, ast.Name)]:
                    return True
    return False


def _product(scene: Scene, _: re.Match[str]) -> str:
    """Explain a matrix product whose inner dimensions differ."""
    shapes = {name: shape for name, shape in scene.shapes.items() if shape}
    here = _shapes_here(scene)
    advice = "In a product A @ B, A must have as many columns as B has rows."
    for first, left in shapes.items():
        for second, right in shapes.items():
            if first == second or f"{first} @ {second}" not in scene.line:
                continue
            here = _shapes_here(scene, first, second)
            if len(right) == 1 and right[0] == left[0]:
                return f"{here}. {advice} {second} @ {first} would fit."
            if len(left) == 2 and left[0] == right[0]:
                return f"{here}. {advice} {first}.T @ {second} would fit."
            if len(left) == len(right) == 2 and left[1] == right[1]:
                return f"{here}. {advice} {first} @ {second}.T would fit."
            if right[-1] == left[0]:
                return f"{here}. {advice} {second} @ {first} would fit."
    return f"{here}. {advice}" if here else advice


def _broadcast(scene: Scene, found: re.Match[str]) -> str:
    said = found[0].partition("shapes ")[2]  # NumPy says which; PyTorch only how long they are
    given = {tuple(map(int, re.findall(r"\d+", shape))) for shape in re.findall(r"\(([\d, ]+)\)", said)}
    names = [name for name, shape in scene.shapes.items() if shape in given]
    here = _shapes_here(scene, *(names if len(names) > 1 else ())) or "The two sides have different shapes"
    return (
        f"{here}. Adding, subtracting and multiplying cell by cell needs equal shapes, or a size of 1 to be repeated."
        " Where a matrix product is meant, write @."
    )


def _numpy_of_grad(scene: Scene, _: re.Match[str]) -> str:
    called = re.search(r"\bnp\.(\w+)\(", scene.line)
    if called is None:
        return "This tensor is part of the calculation of gradients. Take its numbers out: .detach().numpy()."
    name = called[1]
    return (
        f"np.{name} works on NumPy's arrays; gradients need PyTorch's own functions. Write"
        f" {_IN_TORCH.get(name, f'torch.{name}(…)')} instead."
    )


_IN_TORCH = {"maximum": "torch.relu(…)", "dot": "… @ …", "array": "torch.tensor(…)"}


def _not_recorded(scene: Scene, _: re.Match[str]) -> str:
    """Explain a loss with no record of how it was computed."""
    return _cut_off(scene) or (
        "Nothing that this loss was calculated from asks for gradients. Calculate it with the model, or from tensors"
        " made with requires_grad=True, and outside of torch.no_grad()."
    )


def _cut_off(scene: Scene) -> str:
    """Return a sentence about the line above that detaches a value from the gradient record, or an empty text."""
    for number, line in enumerate(scene.above.splitlines(), 1):
        found = re.search(r"\.detach\(\)|\.data\b(?!\.)|\.item\(\)|\.numpy\(\)", line)
        if found and not re.search(r"\b(?:print|append|import)\b|\.data [-+]?=|\+=", line):
            return f"In line {number}, {found[0]} cuts the calculation off: no gradient gets past it. Leave it out."
    return ""


def _number(scene: Scene, found: re.Match[str]) -> str:
    """Explain a loss that has become a plain Python number."""
    return (
        f"This is a plain number, which does not know how it was calculated: .item(), float(…) or a function of NumPy's"
        f" took it out of PyTorch. Call .{found[1]}() on the loss itself, and .item() after it."
    )


def _not_called(scene: Scene, _: re.Match[str]) -> str:
    """Explain a method that is passed instead of its result."""
    method = re.search(r"[\w.]*\.(?:named_)?(?:parameters|modules|children|items|values|keys)\b(?!\()", scene.line)
    name = method[0] if method else "the method"
    return f"The parentheses are missing, so {name} is not called: write {f'{name}()' if method else 'them after it'}."


def _not_a_layer(_: Scene, found: re.Match[str]) -> str:
    """Explain something in nn.Sequential that is not a layer."""
    kind = found[1].rpartition(".")[2]
    if kind == "list":
        return (
            "nn.Sequential takes the layers one after the other, without the square brackets:"
            " nn.Sequential(first, second)."
        )
    if kind[:1].isupper():
        return f"The parentheses are missing: nn.{kind}() makes the layer, nn.{kind} is only its kind."
    layer = {"relu": "nn.ReLU()", "sigmoid": "nn.Sigmoid()", "tanh": "nn.Tanh()"}.get(kind, "an nn.Module")
    return f"{kind} is a function. nn.Sequential takes layers: write {layer}."


def _attribute(_: Scene, found: re.Match[str]) -> str:
    """Explain a misspelt attribute."""
    near = difflib.get_close_matches(found[2], _ATTRIBUTES, n=1, cutoff=0.75)
    if found[1] == "list" and found[2] in _ATTRIBUTES:
        return "This is a list. A batch from a loader has two parts: write for xb, yb in loader."
    if near and near[0] == found[2]:  # it exists, but not here
        owner = next((owner for owner, names in _OWNERS.items() if found[2] in names), "")
        return f"{found[1]} has no .{found[2]}: that belongs to {owner}." if owner else ""
    return f"Did you mean .{near[0]}?" if near else ""


#: What has an attribute that is looked for in something else.
_OWNERS = {
    "an optimizer or a model (a tensor's own gradient is cleared by w.grad.zero_())": ("zero_grad",),
    "an optimizer": ("step",),
    "the loss, a tensor: loss = criterion(prediction, target)": ("backward", "item"),
    "a model": ("parameters", "train", "eval", "state_dict"),
    "a list": ("append",),
}
_ATTRIBUTES = (
    "backward", "step", "zero_grad", "item", "parameters", "detach", "append", "reshape", "requires_grad", "grad",
    "shape", "mean", "sum", "train", "eval", "state_dict", "numpy", "float",
)  # fmt: skip


def _numpy_max(scene: Scene, _: re.Match[str]) -> str:
    if not re.search(r"\bnp\.(?:max|amax)\(", scene.line):
        return ""
    return "np.max finds the largest entry of one array. To compare each entry with 0, write np.maximum(0, …)."


def _truth(scene: Scene, _: re.Match[str]) -> str:
    """Explain an array where a single truth value is needed."""
    if made := re.search(r"(\w+) = (?:torch\.)?nn\.(\w+Loss)\s*$", scene.source, re.MULTILINE):
        return f"The parentheses are missing where the loss is made: {made[1]} = nn.{made[2]}()."
    if re.search(r"(?<![\w.])max\(", scene.line):
        right = "torch.relu(…)" if "torch" in scene.source else "np.maximum(0, …)"
        return f"Python's max compares whole arrays. For each entry by itself, write {right}."
    return "An array has many truth values. Compare entry by entry, with np.where or np.maximum for instance."


def _name(scene: Scene, found: re.Match[str]) -> str:
    name = found[1]
    if cell := scene.maker(name):
        return f"{name} is made in {cell}, which has not run yet: run it first."
    names = [other for other in scene.failure.get("names") or () if other != name]
    if other := next((other for other in names if other.lower() == name.lower()), ""):
        return f"There is no {name} here. Did you mean {other}? Capitals count."
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if near:
        return f"There is no {name} here. Did you mean {near[0]}?"
    if name in ("np", "numpy", "torch", "nn", "plt"):
        if name == "np" and "np.maximum" in scene.line and "torch" in names:
            return "NumPy is not imported, and tensors do not need it: torch.relu(…) does what np.maximum(0, …) does."
        lines = {"np": "import numpy as np", "nn": "from torch import nn", "plt": "import matplotlib.pyplot as plt"}
        return f"It has to be imported first: {lines.get(name, f'import {name}')}."
    return f"{name} has no value yet: give it one above this line, or check its spelling (capitals count)."


def _module(scene: Scene, found: re.Match[str]) -> str:
    name = found[1].split(".")[0]
    if name in EXTRAS:
        return f"{EXTRAS[name].title} is not installed in the Python that runs this. {HOW}"
    if name == "tutor_progress":
        return ""
    return f"{name} is not installed in the Python that runs your cells. In a terminal: pip install {name}"


def _no_grad(scene: Scene, _: re.Match[str]) -> str:
    """Explain a ``.grad`` that is None, from the lines above."""
    found = re.search(r"(\w+)\.grad\b", scene.line)
    if found is None:
        return ""
    name, above = found[1], scene.above
    if not re.search(r"backward\(", above):
        return (
            f"{name}.grad is None: no backward pass has reached {name}. Call loss.backward() before this line, and make"
            " the tensor with requires_grad=True."
        )
    if re.search(rf"\b{name}\.grad = None|zero_grad\(", above.rpartition("backward(")[2]):
        return f"{name}.grad is None because it was cleared after backward(). Clear it after the update."
    if re.search(rf"^\s*{name} = {name}\b", above, re.MULTILINE):
        return f"{name} = … makes a new tensor, which has no gradient. Write {name} -= …, which changes the old one."
    if cut := _cut_off(scene):
        return cut
    if re.search(rf"\b{name}\.backward\(", above):
        return f"{name} itself keeps no gradient. backward() leaves one in each parameter: W.grad, for instance."
    made = re.search(rf"^\s*{name} = torch\.[\w]*tensor\(.*\)\s*$", above, re.MULTILINE)
    if made and "requires_grad" not in made[0]:
        return f"{name}.grad is None: only a tensor made with requires_grad=True gets a gradient."
    if len(re.findall(rf"\b{name}\b", above)) == 1:
        return f"{name}.grad is None because the loss does not depend on {name}: nothing above this line uses it."
    return f"{name}.grad is None: backward() ran, but the loss does not depend on {name}."


def _none(scene: Scene, found: re.Match[str]) -> str:
    """Explain a None where something else is needed."""
    said = "Something on this line is None: often the result of what returns nothing, such as print or .sort()."
    return _no_grad(scene, found) or _no_value(scene, found) or said


_Say = str | Callable[[Scene, re.Match[str]], str]
_RULES: list[tuple[str, str, _Say]] = [
    ("NameError", r"(?:name|variable) '(\w+)'", _name),
    (
        "UnboundLocalError",
        r"variable '(\w+)'",
        lambda scene, found: (
            f"{found[1]} gets a value inside this function, so Python takes it for the function's own, which has none"
            f" yet. Do this step outside of the function, or begin the function with global {found[1]}."
        ),
    ),
    ("ModuleNotFoundError", r"No module named '([\w.]+)'", _module),
    ("RuntimeError", r"shapes cannot be multiplied|size mismatch|inconsistent tensor size", _layer),
    (
        "RuntimeError|ValueError",
        r"shapes cannot be multiplied|size mismatch|inconsistent tensor size|not aligned",
        _product,
    ),
    ("ValueError", r"enough dimensions", _no_value),
    ("ValueError", r"matmul: .*(?:mismatch|enough dimensions)|dot: ", _product),
    ("RuntimeError|ValueError", r".*(?:broadcast|must match the size of tensor).*", _broadcast),
    (
        "RuntimeError",
        r"same dtype|expected scalar type|Found dtype (?:Double|Float)|dtype .*Double|double != float",
        "One of the two is float64, NumPy's kind of number, and the other float32, PyTorch's. Convert where the data"
        " comes in: torch.from_numpy(X).float(), or torch.tensor(X, dtype=torch.float32).",
    ),
    ("RuntimeError", r"Can't call numpy\(\) on Tensor that requires grad", _numpy_of_grad),
    ("RuntimeError", r"does not require grad and does not have a grad_fn", _not_recorded),
    (
        "RuntimeError",
        r"backward through the graph a second time",
        "backward() was called on this calculation before, and one call frees it. Calculate the prediction and the"
        " loss again in every step.",
    ),
    (
        "RuntimeError",
        r"grad can be implicitly created only for scalar",
        "backward() starts from one number. Take the mean or the sum of the loss first: loss.mean().backward().",
    ),
    (
        "RuntimeError",
        r"leaf Variable that requires grad is being used in an in-place",
        "A parameter is changed while its gradient is recorded. Put the update inside with torch.no_grad(): and keep"
        " the -=.",
    ),
    (
        "RuntimeError",
        r"Expected all tensors to be on the same device|is on (?:cpu|cuda|mps)|different from other tensors",
        "The tensors are on different devices. tensor.to(device) returns the moved tensor and leaves the old"
        " one where it was: write x = x.to(device).",
    ),
    ("TypeError|RuntimeError|NotImplementedError", r"bitwise_xor|for \^=?:", "In Python a power is written **, not ^."),
    ("TypeError", r"NoneType", _none),
    ("AttributeError", r"'NoneType' object has no attribute", _none),
    (
        "AttributeError",
        r"'(list|Tensor|\w*Loss|SGD|Adam|Sequential|Linear)' object has no attribute '(\w+)'",
        _attribute,
    ),
    ("AttributeError", r"'(?:float|int|numpy\.\w+)' object has no attribute '(backward)'", _number),
    ("TypeError", r"'(?:builtin_function_or_)?method' object is not iterable", _not_called),
    (
        "TypeError|AttributeError",
        r"context manager protocol|^__enter__$",
        "with needs an object, and torch.no_grad is a class: write with torch.no_grad():, with the parentheses.",
    ),
    ("TypeError", r"([\w.]+) is not a Module subclass", _not_a_layer),
    (
        "NotImplementedError",
        r"missing the required \"forward\"",
        "Calling a model calls its method forward: write def forward(self, x):, indented as __init__ is.",
    ),
    (
        "TypeError",
        r"optimizer can only optimize Tensors",
        "Give the optimizer the numbers to learn: model.parameters().",
    ),
    (
        "ValueError",
        r"too many dimensions 'str'",
        "The table holds strings, as read from a file: convert each with float(…).",
    ),
    (
        "TypeError",
        r"'Tensor' object is not callable",
        "A tensor is not a function. An attribute such as .grad or .shape has no parentheses after it.",
    ),
    (
        "AttributeError",
        r"before Module\.__init__\(\) call",
        "A module has to be set up before it can hold layers: make super().__init__() the first line of __init__.",
    ),
    ("TypeError|AxisError", r"interpreted as an integer|axis .* is out of bounds|scalar index", _numpy_max),
    ("ValueError|RuntimeError", r"truth value of an array|Boolean value of Tensor", _truth),
    (
        "TypeError",
        r"'(?:module)' object is not callable",
        "This is a module, not what it holds: write what comes after it too, as in nn.Linear(3, 2).",
    ),
    ("TypeError", r"can't convert cuda", "This tensor is on the graphics card; bring it back first: .cpu().numpy()."),
    (
        "RuntimeError",
        r"Trying to create tensor with negative dimension|result type .* can't be cast",
        "Check the sizes and the kinds of numbers on this line.",
    ),
    (
        "IndexError",
        r"Target (-?\d+) is out of bounds",
        "CrossEntropyLoss counts classes from 0: a target must be smaller than the number of outputs of the last"
        " layer.",
    ),
    ("IndexError", r"", "The index is beyond the end: the first element has the index 0, the last one len(…) − 1."),
    ("KeyError", r"(.*)", "There is no such key: print the keys to see what they are called."),
    (
        "IndentationError|TabError",
        r"",
        "The spaces at the beginning of a line count: all lines of one block begin with equally many.",
    ),
    ("SyntaxError", r"was never closed", "An opening bracket has no closing one."),
    ("SyntaxError", r"forgot a comma", "Perhaps a comma is missing, or an operator such as * between two values."),
    ("SyntaxError", r"expected ':'", "A line that opens a block (for, if, def, class, with) ends in a colon."),
    ("SyntaxError", r"cannot assign|Maybe you meant '=='", "= gives a name a value; == compares."),
    (
        "SyntaxError",
        r"",
        "Python cannot read this line: look at its brackets, quotes and commas, and at the end of the line above.",
    ),
    ("EOFError", r"", "A cell has no keyboard: give the variable its value in the code instead of input()."),
    ("RecursionError", r"", "A function calls itself without end: it needs a case in which it returns."),
    (
        "MemoryError",
        r"",
        "It needed more memory than it may have. Is there a list or an array that grows in every step, or one of the"
        " wrong shape?",
    ),
    ("RuntimeError", r"can't start new thread", "The program may not start more processes and threads."),
    ("RuntimeError", r"alloc.*memory|not enough memory", "It needed more memory than it may have. Check the shapes."),
    ("OSError", r"Cannot allocate memory", "Another process would need more memory than the program may have."),
    ("BlockingIOError", r"", "The program may not start more processes."),
    (
        "OSError|ConnectionError|gaierror|URLError|PermissionError|TimeoutError|ConnectionRefusedError",
        r"network|name resolution|unreachable|urlopen|Name or service|nodename|Connection",
        "There is no network here. The lesson's data is in the folder of the program.",
    ),
    (
        "PermissionError|OSError",
        r"not permitted|denied|Read-only",
        "A program may read Python and its own folder only, write only there, has no network and reaches no other"
        " program.",
    ),
    ("OSError", r"File too large|No space left", "The program's files have reached their size limit."),
    (
        "FileNotFoundError",
        r"'(?:/|~|[A-Za-z]:)",
        "A program sees Python and its own folder, and nothing else of this computer. Name a file as it lies in that"
        " folder: open('data.csv').",
    ),
    ("ProcessLookupError", r"", "A program sees no process but its own."),
    (
        "FileNotFoundError",
        r"",
        "There is no such file in the folder of the program; import os; os.listdir() shows what is.",
    ),
    ("ZeroDivisionError", r"", "A division by zero: print the denominator just before this line."),
]
