"""Give advice about programs that raise no exception but do not learn, or learn wrongly."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from tutor.labs.syntax import tree
from tutor.labs.training_checks import TRAINING, not_cleared

_SIZES = re.compile(
    r"target size \(torch\.Size\((\[[\d, ]{0,80}\])\)\)[^()]{0,80}input size \(torch\.Size\((\[[\d, ]{0,80}\])\)\)"
)
_COPIES = ("reshape", "view", "detach", "unsqueeze", "squeeze", "flatten")
_COPIES_OF_TENSORS = ("to", "cuda", "cpu", "float", "double")
"""Methods that return a copy of a tensor, but change a module in place."""


def advise(
    source: str, facts: Mapping[str, Any] | None, output: str = "", failed: Collection[int] = ()
) -> tuple[str, ...]:
    """Return advice about a program that ran. ``facts`` are what its process recorded about PyTorch, or None.

    No advice concerns the statements on the lines ``failed``, which an exception left unfinished.
    """
    code = tree(source)
    calls = [node for node in ast.walk(code) if isinstance(node, ast.Expr)] if code is not None else []
    finished = [node for node in calls if not any(node.lineno <= line <= (node.end_lineno or 0) for line in failed)]
    seen = (facts or {}).get("seen") or {}
    return (
        *_thrown_away(finished, facts), *_uncalled(finished), *_not_the_loss(finished, code, source),
        *_broadcast(output), *_training(seen),
    )  # fmt: skip


def _thrown_away(statements: Iterable[ast.Expr], facts: Mapping[str, Any] | None) -> Iterator[str]:
    """Find discarded results. Without facts it is not known which names are modules."""
    models = {model["name"] for model in (facts or {}).get("models", ())}
    copies = (*_COPIES, *_COPIES_OF_TENSORS) if facts else _COPIES
    for node in statements:
        call = node.value
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in copies):
            continue
        name = call.func.value.id if isinstance(call.func.value, ast.Name) else ""
        if name and name not in models and (call.func.attr != "to" or call.args or call.keywords):
            what = ast.unparse(call)
            yield (
                f"Line {node.lineno}: {what} returns a new tensor and leaves {name} as it was. Write {name} = {what}."
            )


def _uncalled(statements: Iterable[ast.Expr]) -> Iterator[str]:
    """Find lines that name a method without calling it."""
    for node in statements:
        if isinstance(node.value, ast.Attribute) and node.value.attr in _STEPS:
            call = ast.unparse(node.value)
            yield f"Line {node.lineno}: the parentheses are missing, so nothing happens. Write {call}()."


def _not_the_loss(statements: Iterable[ast.Expr], code: ast.Module | None, source: str) -> Iterator[str]:
    """Find a backward pass that begins at what the loss is calculated from, while none begins at the loss."""
    if code is None or re.search(r"\bloss\b.*\.backward\(", source):
        return
    sources: set[str] = set()
    for each in ast.walk(code):
        match each:
            case ast.Assign(targets=[ast.Name("loss")], value=ast.expr() as value):
                sources |= _calculated_from(value)
    for node in statements:
        match node.value:
            case ast.Call(func=ast.Attribute(value=ast.Name(name), attr="backward")):
                if name in sources:
                    yield f"Line {node.lineno}: {name}.backward() differentiates {name}. Write loss.backward()."


def _calculated_from(value: ast.expr) -> set[str]:
    """Return the names from which a tensor is calculated; none if it is the same tensor, or a number read from one."""
    match value:
        case ast.Name() | ast.Call(func=ast.Name("float" | "round" | "int")):
            return set()
        case ast.Call(func=ast.Attribute(attr="item" | "detach" | "tolist" | "numpy")):
            return set()
    return {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}


_STEPS = ("backward", "step", "zero_grad", "train", "eval")


def _broadcast(output: str) -> tuple[str, ...]:
    """Explain PyTorch's own warning about a loss between different shapes, which is easily overlooked."""
    found = _SIZES.search(output)
    if found is None:
        return ()
    target, given = (f"({size[1:-1]}{',' if ',' not in size else ''})" for size in found.groups())
    return (
        f"The loss compares predictions of the shape {given} with targets of the shape {target}: every prediction is"
        " compared with every target, and the model learns their mean. Give both one shape, for instance"
        " targets.reshape(-1, 1).",
    )


def _training(seen: Mapping[str, Any]) -> tuple[str, ...]:
    steps, backwards, made = (int(seen.get(key, 0)) for key in ("steps", "backwards", "optimizers_made"))
    leaves, left_out = int(seen.get("leaves", 0)), int(seen.get("left_out", 0))
    if steps and not backwards:
        return ("optimizer.step() ran but loss.backward() never did: without gradients nothing is learnt.",)
    if backwards > 1 and not steps and made:
        return ("loss.backward() ran but optimizer.step() never did: the parameters stay as they are.",)
    found = [not_cleared(seen) or ""]
    if made > 4 and steps:
        found.append(
            f"An optimizer was made {made:,} times. Make the model and the optimizer once, before the loop: what is"
            " made again begins untrained."
        )
    elif steps and leaves and left_out == leaves:
        found.append(
            "optimizer.step() changes other parameters than those that the prediction is calculated from: the optimizer"
            " was given another model's, or the model was made again after it."
        )
    elif steps and left_out:
        found.append(
            f"The optimizer does not have {left_out} of the {leaves} parameters that the prediction is calculated from,"
            " so they stay as they are. Give it model.parameters(), of the whole model."
        )
    elif steps and not seen.get("gradients", True) and seen.get("backwards_first"):
        found.append(
            "optimizer.step() found no gradients although backward() had run: zero_grad() comes between the two. The"
            " order is zero_grad, backward, step."
        )
    elif steps and not seen.get("gradients", True):
        found.append(
            "The first optimizer.step() came before any loss.backward(): it had no gradients to go by. The order is"
            " zero_grad, backward, step."
        )
    return tuple(each for each in found if each)


def exploded(seen: Mapping[str, Any]) -> str:
    """Return what to do about a loss that grows without bound, based on the record."""
    if not_cleared(seen):
        return "The gradients of all steps add up: clear them in every step."
    unscaled = [name for name in ("inputs", "targets") if seen.get(name) and TRAINING[f"scaled {name}"](seen)]
    if unscaled:
        return f"The {' and the '.join(unscaled)} are not scaled: subtract each column's mean, divide by its deviation."
    return "Take a smaller learning rate."
