"""Check a PyTorch program's layers, loss, optimizer, batches and epochs, from what was recorded while it ran."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tutor.labs.syntax import tree
from tutor.labs.training_checks import TRAINING
from tutor.lessons.blocks import Check

Facts = Mapping[str, Any]
TorchCheck = Callable[[Check, Facts, str], str | None]
"""Takes a check, the facts (with a record of PyTorch) and the source; returns what is wrong, or None if the check
passed."""


def _layers(check: Check, facts: Facts, _: str) -> str | None:
    """Compare the layers of the kinds asked for, in order: those that the prediction used, or else those of a model."""
    listed = check.subject if isinstance(check.subject, tuple | list) else (check.subject,)
    expected = [_parsed(str(layer)) for layer in listed]
    models = [model for model in facts.get("models", ()) if model["parameters"] or not model["type"].endswith("Loss")]
    used = list(facts.get("seen", {}).get("layers", ()))
    kinds = {kind for kind, _, _ in expected}
    if used and kinds <= {"Linear", *_ACTIVATIONS}:
        counted = kinds if kinds == {"Linear"} else {"Linear", *_ACTIVATIONS}
        said = _compare_layers("The prediction", "comes through", used, expected, counted)
        return said and said + _unused(used, models, kinds)
    if not models:
        return "There is no model: a variable that holds an nn.Sequential(…) or another nn.Module is looked for."
    best = ""
    for model in sorted(models, key=lambda model: -len(model["layers"])):
        said = _compare_layers(str(model["name"]), "has", model["layers"], expected, kinds)
        if said is None:
            return None
        best = best or said
    return best


_ACTIVATIONS = ("ReLU", "LeakyReLU", "Sigmoid", "Tanh", "ELU", "GELU", "SiLU", "Softplus", "Softmax", "LogSoftmax")


def _unused(used: Sequence[Mapping[str, Any]], models: Sequence[Mapping[str, Any]], kinds: set[str]) -> str:
    """Return a sentence about a layer that a model has but does not use, or an empty text."""
    there = {layer["type"] for layer in used}
    made = {layer["type"] for model in models for layer in model["layers"]}
    idle = sorted((made & kinds) - there)
    return f" The model has a {idle[0]}, but forward never calls it." if idle else ""


def _compare_layers(
    name: str,
    verb: str,
    layers: Sequence[Mapping[str, Any]],
    expected: Sequence[tuple[str, list[Any], dict[str, Any]]],
    counted: set[str],
) -> str | None:
    """Return what is wrong with the layers whose type is in ``counted``, or None."""
    there = [layer for layer in layers if layer["type"] in counted]
    shown = ", ".join(f"{layer['type']}({_short(layer['settings'])})" for layer in layers) or "no layers"
    if [layer["type"] for layer in there] != [kind for kind, _, _ in expected]:
        return f"{name} {verb} {shown}; the layers asked for are {', '.join(_written(*each) for each in expected)}."
    for layer, (kind, numbers, settings) in zip(there, expected, strict=True):
        positional, named = _settings(layer["settings"])
        all_named = {**dict(zip(_ORDER.get(kind, ()), positional, strict=False)), **named}
        values = positional or list(all_named.values())
        if any(not _same(a, b) for a, b in zip(numbers, [*values, *[None] * len(numbers)], strict=False)) or any(
            name in all_named and not _same(value, all_named[name]) for name, value in settings.items()
        ):
            return f"{name} {verb} {shown}; {_written(kind, numbers, settings)} is asked for."
    return None


_ORDER = {"Linear": ("in_features", "out_features")}


def _short(settings: str) -> str:
    return settings.replace("in_features=", "").replace("out_features=", "").replace(", bias=True", "")


def _written(kind: str, numbers: Sequence[Any], settings: Mapping[str, Any]) -> str:
    inner = ", ".join([*map(str, numbers), *(f"{name}={value}" for name, value in settings.items())])
    return f"{kind}({inner})" if inner else kind


def _parsed(layer: str) -> tuple[str, list[Any], dict[str, Any]]:
    """Split ``Linear(3, 8)`` into its kind, its positional numbers and its settings."""
    kind, _, rest = layer.strip().partition("(")
    positional, named = _settings(rest.rpartition(")")[0])
    return kind.strip().rpartition(".")[2], positional, named


def _settings(text: str) -> tuple[list[Any], dict[str, Any]]:
    code = tree(f"f({text})")
    call = code.body[0].value if code is not None and isinstance(code.body[0], ast.Expr) else None
    if not isinstance(call, ast.Call):
        return [], {}
    try:
        positional = [ast.literal_eval(argument) for argument in call.args]
        return positional, {keyword.arg or "": ast.literal_eval(keyword.value) for keyword in call.keywords}
    except (ValueError, TypeError):  # TypeError: a list in a set
        return [], {}


def _same(a: Any, b: Any) -> bool:
    if isinstance(b, tuple) and not isinstance(a, tuple):
        return all(_same(a, each) for each in b)
    if isinstance(a, float) and isinstance(b, int | float):
        return abs(a - b) <= 1e-9 * max(1.0, abs(a))
    return bool(a == b)


def _criterion(check: Check, facts: Facts, source: str) -> str | None:
    expected = str(check.subject).rpartition(".")[2]
    seen = list(facts.get("seen", {}).get("criteria", ()))
    reduction = str(check.parameters.get("reduction", "mean"))
    functions = [name for name in facts.get("losses", ()) if name.endswith("_loss") or name == "cross_entropy"]
    named = {_plain(name): name for name in (*seen, *functions, *_loss_calls(source))}
    if any(_plain(expected) in (name, f"{name}loss") for name in named):
        made = [how for name, how in zip(seen, facts["seen"].get("reductions", ()), strict=False) if name == expected]
        if made and reduction not in made:
            return f"{expected} has reduction={made[-1]!r}, and {reduction!r} is asked for (the mean is the default)."
        return None
    if not named:
        return f"No loss function was made: criterion = nn.{expected}()."
    return f"The loss function is {', '.join(dict.fromkeys(named.values()))}, and {expected} is asked for."


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("binarycrossentropy", "bce")


def _loss_calls(source: str) -> list[str]:
    """Return the losses that are called as functions: ``F.mse_loss(pred, y)``."""
    return re.findall(r"\b(?:F|functional)\.(\w*(?:loss|cross_entropy)\w*)", source)


def _optimizer(check: Check, facts: Facts, _: str) -> str | None:
    expected = str(check.subject).rpartition(".")[2]
    made = facts.get("seen", {}).get("optimizers", ())
    if not made:
        return f"No optimizer was made: optimizer = torch.optim.{expected}(model.parameters(), lr=…)."
    same = [optimizer for optimizer in made if optimizer["name"].lower() == expected.lower()]
    if not same:
        return f"The optimizer is {', '.join(sorted({each['name'] for each in made}))}, and {expected} is asked for."
    for optimizer in reversed(same):
        off = [
            f"{name} is {optimizer['parameters'].get(name)}, and {value} is asked for"
            for name, value in check.parameters.items()
            if not _same(value if isinstance(value, bool) else float(value), optimizer["parameters"].get(name))
        ]
        if not off:
            return None
    return f"{expected}: {'; '.join(off)}."


def _batch_size(check: Check, facts: Facts, _: str) -> str | None:
    """Compare the rows per loss with the batch size asked for; if they are not known, ask the loader or a variable."""
    expected = int(str(check.subject))
    loaders = facts.get("seen", {}).get("loaders", ())
    sizes = [loader["batch_size"] for loader in loaders]
    taken = Counter(rows for rows in _rows(facts) if rows)
    usual = taken.most_common(1)[0][0] if taken else 0
    if usual == expected or (usual < expected and expected in sizes):
        return None
    if usual and expected in sizes:
        return (
            f"The loader gives batches of {expected} rows, but the loss was taken of {usual}: inside the loop, predict"
            " from the batch and compare with its targets, criterion(model(xb), yb)."
        )
    if usual:
        return f"The batches have {usual} rows, and {expected} are asked for."
    if not loaders and expected in _by_hand(facts):
        return None
    if not loaders:
        return f"No DataLoader was made: DataLoader(dataset, batch_size={expected}, shuffle=True)."
    return (
        f"The batches have {', '.join(str(size) for size in dict.fromkeys(sizes))} rows, and {expected} are asked for."
    )


def _rows(facts: Facts) -> Sequence[int]:
    """Return for each backward pass how many rows its loss was computed from."""
    rows: Sequence[int] = facts.get("seen", {}).get("rows", ())
    return rows


def _by_hand(facts: Facts) -> list[int]:
    """Return the sizes of batches that the program cuts itself, from variables with the usual names."""
    return [int(value) for name, value in facts.get("integers", {}).items() if name.lower() in _BATCH_NAMES]


_BATCH_NAMES = ("batch_size", "batch", "bs", "batchsize", "minibatch_size")


def _epochs(check: Check, facts: Facts, _: str) -> str | None:
    expected = int(str(check.subject))
    steps = int(facts.get("seen", {}).get("steps", 0))
    if not steps:
        return "optimizer.step() was never called: without it no parameter changes."
    batches = _batches(facts)
    if any(steps == expected * count for count in batches) or _has_fed(expected, facts):
        return None
    count = max(batches)
    if steps % count == 0:
        done = f"that is {_times(steps // count, 'epoch')} of {_times(count, 'batch')}"
    else:
        done = f"with {_times(count, 'batch')} in an epoch that is {steps / count:.1f} epochs"
    return f"optimizer.step() was called {_times(steps, 'time')}; {done}, and {expected:,} are asked for."


def _has_fed(epochs: int, facts: Facts) -> bool:
    """Return whether the losses cover all rows ``epochs`` times, those of a loader or of a table cut by hand."""
    rows = _rows(facts)
    if len(rows) != facts["seen"]["steps"] or not all(rows):
        return False
    loaders = facts["seen"].get("loaders", ())
    tables = [int(loader["rows"]) for loader in loaders] or [int(count) for count in facts.get("rows", ())]
    longer = [count for count in tables if count > max(rows)] or [max(rows)]
    return sum(rows) in {epochs * count for count in longer}


def _times(count: int, what: str) -> str:
    return f"{count:,} {what}" + ("" if count == 1 else "es" if what == "batch" else "s")


def _batches(facts: Facts) -> set[int]:
    """Return the possible numbers of steps per epoch: the loaders', or 1 and those of batches cut by hand."""
    loaders = facts.get("seen", {}).get("loaders", ())
    if loaders:
        return {int(loader["batches"]) for loader in loaders if loader["batches"]} or {1}
    rows = [int(count) for count in facts.get("rows", ())]
    sizes = _by_hand(facts) or [max(_rows(facts), default=0)]
    return {1, *(-(-count // size) for count in rows for size in sizes if size > 0)}


def _training(check: Check, facts: Facts, _: str) -> str | None:
    return TRAINING[str(check.subject)](facts["seen"])


TORCH_CHECKS: dict[str, TorchCheck] = {
    "layers": _layers,
    "criterion": _criterion,
    "optimizer": _optimizer,
    "batch_size": _batch_size,
    "epochs": _epochs,
    "training": _training,
}
