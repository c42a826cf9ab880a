"""Ask PyTorch in a child process, so that its imports (1.7 seconds, 200 MB) never slow down the tutor."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

from tutor.errors import TutorError
from tutor.functions import ACTIVATIONS
from tutor.network import Layer, Network, Worksheet
from tutor.paths import child_environment

TIME_LIMIT = 120.0

Spec = dict[str, Any]


class CrosscheckError(TutorError):
    """Raised when PyTorch is not installed or gives no answer."""

    title = "PyTorch could not be asked"


def available() -> bool:
    """Return whether PyTorch is installed, without importing it."""
    return find_spec("torch") is not None


def torch_values(model: Network | Worksheet, steps: int = 1) -> dict[str, float]:
    """Return every number of the model as PyTorch computes it in a child process.

    Raises:
        CrosscheckError: PyTorch is not installed, fails, or takes longer than two minutes.
    """
    return torch_values_of([(model, steps)])[0]


def torch_values_of(models: Sequence[tuple[Network | Worksheet, int]]) -> list[dict[str, float]]:
    """Return the same for several models, each with its number of training steps, from one child process."""
    if not available():
        raise CrosscheckError("PyTorch is not installed.", hint="tutor doctor names the command for it.")
    questions = [_question(model, steps) for model, steps in models]
    try:
        child = subprocess.run(
            [sys.executable, "-P", "-m", "tutor.engines.torch.child"],
            input=json.dumps({"questions": questions}),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=TIME_LIMIT,
            env={**child_environment(), "PYTHONIOENCODING": "utf-8"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CrosscheckError(f"PyTorch gave no answer within {TIME_LIMIT:.0f} seconds.") from None
    if child.returncode != 0:
        last_line = child.stderr.strip().rpartition("\n")[2]
        raise CrosscheckError(f"PyTorch failed: {last_line or 'no message'}")
    answers: list[dict[str, float]] = json.loads(child.stdout)["answers"]
    return answers


def _question(model: Network | Worksheet, steps: int) -> Spec:
    """Return the plain data that a model is made from, to send to the child."""
    if isinstance(model, Worksheet):
        return {"worksheet": _worksheet_spec(model)}
    return {"network": _network_spec(model), "steps": steps}


def _network_spec(network: Network) -> Spec:
    """Return plain data from which ``Network.from_spec`` makes an equal network."""
    spec: Spec = {
        "layers": [_layer(layer) for layer in network.layers],
        "loss": network.loss,
        "reduction": network.reduction,
        "update_bias": network.update_bias,
        "error_signal": network.error_signal,
        "delta_sign": network.delta_sign,
    }
    samples = [dict(zip(network.input_names, row, strict=True)) for row in network.inputs]
    spec["inputs"] = samples if network.is_batch else samples[0]
    if network.has_target:
        targets = [dict(zip(network.target_names, row, strict=True)) for row in network.targets]
        spec["target"] = targets if network.is_batch else targets[0]
    if network.batch_size is not None:
        spec["batch_size"] = network.batch_size
    if network.optimizer is not None:
        spec["optimizer"] = {network.optimizer.name: dict(network.optimizer.parameters)}
    return spec


def _layer(layer: Layer) -> Spec:
    rows, names = layer.weights, layer.weight_names
    if layer.layout == "units_by_inputs":
        rows, names = tuple(zip(*rows, strict=True)), tuple(zip(*names, strict=True))
    spec: Spec = {
        "name": layer.name,
        "layout": layer.layout,
        "weights": [dict(zip(*pair, strict=True)) for pair in zip(names, rows, strict=True)],
        "activation": layer.activation.name,
    }
    if layer.activation.parameter is not None:
        parameter = ACTIVATIONS[layer.activation.name].parameter
        assert parameter is not None
        spec["activation"] = {layer.activation.name: {parameter[0]: layer.activation.parameter}}
    if layer.bias is not None:
        spec["bias"] = {**layer.biases, **({"shared": True} if layer.shares_bias else {})}
    return spec


def _worksheet_spec(worksheet: Worksheet) -> Spec:
    """Return plain data from which ``Worksheet.from_spec`` makes an equal worksheet."""
    given: Spec = dict(worksheet.given)
    given |= {f"{name}@{at}": value for (name, at), value in worksheet.given_rounds.items()}
    return {"given": given, "steps": dict(worksheet.sources), "repeat": worksheet.repeat}
