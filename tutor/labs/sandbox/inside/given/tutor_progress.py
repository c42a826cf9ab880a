"""Report a training from its loop, so that the tutor draws the curve and the fit while it runs:

    from tutor_progress import report

    for epoch in range(1, 1001):
        ...
        report(epoch, loss=loss, total=1000)

Outside the tutor, ``report`` prints the figures.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_Send = Callable[[float, "float | None", "dict[str, float]"], None]
_send: _Send | None = None
_show: Callable[[object, object, object], None] | None = None


def report(epoch: float, *, total: float | None = None, **figures: object) -> None:
    """Report the progress: ``epoch`` of ``total``, and figures such as ``loss=loss`` (numbers or tensors)."""
    numbers = {name: _number(value) for name, value in figures.items()}
    if _send is not None:
        _send(float(epoch), None if total is None else float(total), numbers)
    else:
        shown = ", ".join(f"{name} {value:.6g}" for name, value in numbers.items())
        print(f"Epoch {epoch:g}" + (f"/{total:g}" if total else "") + (f", {shown}" if shown else ""))


def _number(value: Any) -> float:
    return float(value.detach() if hasattr(value, "detach") else value)  # PyTorch warns of a loss with its graph


def show_fit(model: object, inputs: object, targets: object) -> None:
    """Show how ``model`` fits: a line for one input, a boundary for two, predictions against targets for more."""
    if _show is not None:
        _show(model, inputs, targets)
