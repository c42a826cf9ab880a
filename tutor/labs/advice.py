"""Mistakes that raise nothing: a loop that learns nothing, or learns wrong, told from what the program did."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from typing import Any

from tutor.labs.syntax import tree

_SIZES = re.compile(
    r"target size \(torch\.Size\((\[[\d, ]{0,80}\])\)\)[^()]{0,80}input size \(torch\.Size\((\[[\d, ]{0,80}\])\)\)"
)
_MOVES = ("to", "cuda", "cpu", "float", "double", "reshape", "view", "detach", "unsqueeze", "squeeze", "flatten")


def advise(source: str, facts: Mapping[str, Any] | None, output: str = "") -> tuple[str, ...]:
    """What to tell about a program that ran; ``facts`` are the child's about PyTorch (None: it was not looked at)."""
    found = tree(source)
    models = {model["name"] for model in (facts or {}).get("models", ())}
    thrown_away = _thrown_away(found, models) if found is not None else ()
    return (*thrown_away, *_broadcast(output), *(_training((facts or {}).get("seen") or {})))


def _thrown_away(code: ast.AST, models: Iterable[str]) -> tuple[str, ...]:
    """Results that nobody keeps: a module moves itself, a tensor returns its copy."""
    found = []
    for node in ast.walk(code):
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
            continue
        call = node.value.func
        if isinstance(call, ast.Attribute) and call.attr in _MOVES and isinstance(call.value, ast.Name):
            name = call.value.id
            if name not in models and (call.attr != "to" or node.value.args or node.value.keywords):
                what = ast.unparse(node.value)
                found.append(
                    f"Line {node.lineno}: {what} returns a new tensor and leaves {name} as it was. Write {name} ="
                    f" {what}."
                )
    return tuple(found)


def _broadcast(output: str) -> tuple[str, ...]:
    """PyTorch's own warning about a loss of different shapes, which is easily overlooked."""
    found = _SIZES.search(output)
    if found is None:
        return ()
    target, given = (f"({size[1:-1]}{',' if ',' not in size else ''})" for size in found.groups())
    return (
        f"The loss compares predictions of the shape {given} with targets of the shape {target}: each prediction meets"
        " every target, and what is learnt is their mean. Give both one shape, for instance targets.reshape(-1, 1).",
    )


def _training(seen: Mapping[str, Any]) -> tuple[str, ...]:
    steps, backwards, clears = (int(seen.get(key, 0)) for key in ("steps", "backwards", "clears"))
    if steps and not backwards:
        return ("optimizer.step() ran but loss.backward() never did: without gradients nothing is learnt.",)
    if backwards > 1 and not steps and seen.get("optimizers"):
        return ("loss.backward() ran but optimizer.step() never did: the parameters stay as they are.",)
    if steps > 1 and not clears:
        return (
            "Nothing cleared the gradients: each backward() adds to those of all steps before. Call"
            " optimizer.zero_grad() in every step, before loss.backward().",
        )
    if steps and not seen.get("gradients", True) and seen.get("backwards_first"):
        return (
            "optimizer.step() found no gradients although backward() had run: either zero_grad() stands between the"
            " two, or the optimizer was given the parameters of another model than the one that predicts.",
        )
    if steps and not seen.get("gradients", True):
        return (
            "The first optimizer.step() came before any loss.backward(): it had no gradients to go by. The order is"
            " zero_grad, backward, step.",
        )
    return ()
