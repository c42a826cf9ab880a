"""The frozen description of a network that the graph, the three engines and the lessons share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from tutor.errors import NetworkError, Place
from tutor.formulas.notation import Notation, fold
from tutor.functions.losses import LOSSES, Reduction
from tutor.network.data import Data, batch_size
from tutor.network.layers import Layer, Matrix, Optimizer
from tutor.network.spec import (
    check_loss,
    check_targets,
    read_layers,
    read_optimizer,
    read_symbols,
    switch,
)
from tutor.network.values import IDENTIFIER, choice, mapping, unknown_keys

KEYS = frozenset(
    {
        "inputs", "target", "data", "batch_size", "layers", "layout", "activation", "loss", "reduction", "optimizer",
        "update_bias", "error_signal", "delta_sign", "notation",
    }
)  # fmt: skip
#: Keys of a lesson beside a network that do not affect its numbers.
LESSON_KEYS = frozenset({"vary", "allow", "from", "name"})

_TAKEN = re.compile(
    r"^(Z\d+|H\d+|E\d*|error\d*|yhat\d*|delta\d*|expZ\d+|alpha|lr|beta1|beta2|eps|rho|momentum|dampening|weight_decay"
    r"|lr_decay|forward|backward|update|all|e|pi|.*_(new|v|m|mhat|vhat|vmax|buf|gavg|step|back))$"
)
#: Words with a meaning in formulas, which are never read as names.
_WORDS = frozenset({"and", "or", "not", "rows", "columns"})
_DEFAULT_WEIGHT = re.compile(r"^w\d+_\d+_\d+$")

_NEEDS_OPTIMIZER = re.compile(r".*_(new|v|m|vhat|mhat)(\[.*\])?|update|\w+@\d+")
_NEEDS_TARGET = re.compile(r"(E|error|delta)\d*(\[.*\])?|dE/.*|\w+\.(delta|dW|dtheta)|backward")


@dataclass(frozen=True)
class Network:
    """A feed-forward network with its data, loss and optimizer.

    ``inputs`` is samples × features and ``targets`` samples × outputs (empty without a target). Without ``is_batch``,
    there is exactly one sample. ``batch_size`` divides the rows into one batch per training step, and starts again with
    the first batch after the last.
    """

    name: str
    inputs: Matrix
    input_names: tuple[str, ...]
    targets: Matrix
    target_names: tuple[str, ...]
    layers: tuple[Layer, ...]
    loss: str = "half_squared_error"
    reduction: Reduction = "sum"
    optimizer: Optimizer | None = None
    update_bias: bool = True
    error_signal: Literal["gradient", "difference"] = "gradient"
    delta_sign: Literal["plus", "minus"] = "plus"
    is_batch: bool = False
    batch_size: int | None = None
    symbols: Mapping[str, str] = field(default_factory=dict)
    column_names: tuple[str, ...] = ()

    @classmethod
    def from_spec(cls, spec: Mapping[str, object], *, name: str = "network") -> Network:
        """Return the network that plain YAML data describes.

        Raises:
            NetworkError: Something in it does not fit; the error has its place.
        """
        mapping(spec, (), "A network")
        unknown_keys(spec, KEYS | LESSON_KEYS, (), "a network")
        data = Data(spec)
        layers = read_layers(spec, len(data.input_names))
        last = layers[-1]
        loss = choice(spec.get("loss", "half_squared_error"), LOSSES, ("loss",), "loss")
        are_classes = LOSSES[loss].goes_with == "softmax" and last.activation.name == "softmax"
        targets, target_names = data.targets(last.n_units, may_be_classes=are_classes)
        check_loss(loss, last, "loss" in spec)
        check_targets(loss, targets, ("data", "target") if "data" in spec else ("target",))
        network = cls(
            name=name,
            inputs=data.inputs,
            input_names=data.input_names,
            targets=targets,
            target_names=target_names,
            layers=layers,
            loss=loss,
            reduction=choice(
                spec.get("reduction", LOSSES[loss].reduction), ("mean", "sum"), ("reduction",), "reduction"
            ),  # type: ignore[arg-type]
            optimizer=read_optimizer(spec.get("optimizer")),
            update_bias=switch(spec.get("update_bias", True), ("update_bias",)),
            error_signal=choice(
                spec.get("error_signal", "gradient"), ("gradient", "difference"), ("error_signal",), "error signal"
            ),  # type: ignore[arg-type]
            delta_sign=choice(spec.get("delta_sign", "plus"), ("plus", "minus"), ("delta_sign",), "sign of δ"),  # type: ignore[arg-type]
            is_batch=data.is_batch,
            batch_size=batch_size(spec, data),
            symbols=read_symbols(spec.get("notation")),
            column_names=data.column_names,
        )
        network._check_names()
        return network

    @property
    def n_outputs(self) -> int:
        """The number of outputs."""
        return self.layers[-1].n_units

    @property
    def has_target(self) -> bool:
        """Whether the network has targets."""
        return bool(self.targets)

    @property
    def follows_loss(self) -> bool:
        """Whether δ is ±∂E/∂Z; with ``error_signal: difference``, it is only for some pairs of loss and activation."""
        if self.error_signal == "gradient":
            return True
        loss, output = LOSSES[self.loss], self.layers[-1].activation.name
        if loss.cancels != output or (loss.averages_outputs and self.n_outputs > 1):
            return False
        return output != "softmax" or self.targets_add_up_to_1

    @property
    def targets_add_up_to_1(self) -> bool:
        """Whether the targets of every sample add up to 1."""
        return all(abs(sum(row) - 1.0) < 1e-12 for row in self.targets)

    @property
    def has_gradients(self) -> bool:
        """Whether there is a loss with gradients: not with ``step`` units, except at the output if δ = ŷ − y."""
        layers = self.layers[:-1] if self.error_signal == "difference" else self.layers
        return self.has_target and not any(layer.activation.name == "step" for layer in layers)

    @property
    def constants(self) -> dict[str, float]:
        """The optimizer's numbers by the names that formulas use; empty without an optimizer."""
        return self.optimizer.constants if self.optimizer is not None else {}

    def rows(self, step: int = 1) -> tuple[int, ...]:
        """Return the rows of ``inputs`` (from 0) in the batch of a training step (from 1)."""
        return tuple(self._batch(step))

    def _batch(self, step: int) -> range:
        total = len(self.inputs)
        if self.batch_size is None or self.batch_size >= total:
            return range(total)
        batches = -(-total // self.batch_size)
        start = ((step - 1) % batches) * self.batch_size
        return range(start, min(start + self.batch_size, total))

    def data_step(self, step: int) -> int:
        """Return the step in the names of this step's data: the first, unless this step has another batch."""
        return step if self._batch(step) != self._batch(1) else 1

    def divisor(self, step: int = 1) -> int:
        """Return the divisor of a sum over a step's samples: their number if the loss is a mean, or else 1."""
        return len(self._batch(step)) if self.reduction == "mean" else 1

    def unit_numbers(self, layer: int) -> range:
        """Return the numbers of a layer's units, counted through the network from 1; layers count from 0."""
        return self._units[layer]

    @cached_property
    def _units(self) -> tuple[range, ...]:
        numbers: list[range] = []
        first = 1
        for layer in self.layers:
            numbers.append(range(first, first + layer.n_units))
            first += layer.n_units
        return tuple(numbers)

    def lacks(self, name: str) -> str:
        """Return a sentence that says what the network lacks for this quantity, or an empty string."""
        is_update = _NEEDS_OPTIMIZER.fullmatch(name) is not None
        if not is_update and _NEEDS_TARGET.fullmatch(name) is None:
            return ""
        if not self.has_target:
            return f"{name} needs a target:, and {self.name} has none."
        if is_update and self.optimizer is None:
            return f"{name} needs an optimizer:, and {self.name} has none."
        if any(layer.activation.name == "step" for layer in self.layers):
            return f"{name} needs a slope, and the activation step has none."
        return ""

    def _check_names(self) -> None:
        """Check that names are valid, different in every spelling, and not those of quantities."""
        seen: dict[str, str] = {}
        places: list[tuple[str, Place, str]] = [(name, ("inputs",), "an input") for name in self.input_names]
        places += [(name, ("target",), "a target") for name in self.target_names]
        for index, layer in enumerate(self.layers):
            places += [(name, ("layers", index, "weights"), "a weight") for row in layer.weight_names for name in row]
            places += [(name, ("layers", index, "bias"), "a bias") for name in layer.biases]
        for name, place, what in places:
            if not IDENTIFIER.match(name):
                raise NetworkError(f"{name!r} cannot be the name of {what}.", place, hint="Use letters, digits and _.")
            if name in _WORDS:
                raise NetworkError(f"{name!r} cannot be the name of {what}: it is a word of formulas.", place)
            if _TAKEN.match(name) or _TAKEN.match(fold(name)):
                hint = "Choose another name, such as w11 or theta1."
                raise NetworkError(
                    f"{name!r} cannot be the name of {what}: a quantity has that name.", place, hint=hint
                )
            key = name if _DEFAULT_WEIGHT.match(name) else fold(name)
            if key in seen:
                message = f"The name {name!r} is given twice, to {seen[key]} and to {what}."
                raise NetworkError(message, place, hint="Every name must be used once; w_11 and w11 are one.")
            seen[key] = what
        layer_names = [layer.name for layer in self.layers]
        for index, name in enumerate(layer_names):
            if name in layer_names[:index]:
                raise NetworkError(f"Two layers are called {name!r}.", ("layers", index))
        if self.symbols:
            self._check_symbols()

    def _check_symbols(self) -> None:
        """Check that the class's own symbols do not make two things look alike: an input net1 and the sum Z1."""
        notation = Notation(dict(self.symbols), follows_loss=self.follows_loss)
        seen: dict[str, tuple[str, str]] = {}
        for kind, names in self._kinds().items():
            for name in names:
                shown = notation.text(name)
                other, name_of_other = seen.setdefault(shown, (kind, name))
                if name_of_other != name:
                    message = f"{name_of_other} ({other}) and {name} ({kind}) would both be shown as {shown}."
                    raise NetworkError(message, ("notation",), hint="Give one of them another symbol.")

    def _kinds(self) -> dict[str, list[str]]:
        """Return the names of everything that has a symbol, by a description of its kind."""
        outputs = range(1, self.n_outputs + 1)
        units = range(1, sum(layer.n_units for layer in self.layers) + 1)
        single = self.n_outputs == 1
        return {
            "an input": list(self.input_names),
            "a target": list(self.target_names),
            "a weight": [name for layer in self.layers for row in layer.weight_names for name in row],
            "a bias": [name for layer in self.layers for name in layer.biases],
            "a sum": [f"Z{unit}" for unit in units],
            "an activation": [f"H{unit}" for unit in units[: -self.n_outputs]],
            "an output": ["yhat"] if single else [f"yhat{output}" for output in outputs],
            "the loss": ["E"] if single else ["E", *(f"E{output}" for output in outputs)],
            "an error signal": [*(f"delta{unit}" for unit in units), *(["delta"] if single else [])],
            "the rate": ["alpha"],
            "a number of the optimizer": [name for name in self.constants if name != "alpha"],
        }
