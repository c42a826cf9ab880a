"""SymPy's numbers for a network, from the loss as one expression that is differentiated directly.

No error signal is passed back: for each quantity the loss is written as an expression of that quantity, SymPy
differentiates it, and the result is evaluated with forty digits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import sympy

from tutor.engines.sympy.convert import number, value
from tutor.engines.sympy.functions import FUNCTIONS
from tutor.engines.sympy.updates import updated
from tutor.network import SNAP, Network
from tutor.network.naming import Names, UnitNames
from tutor.network.nodes import suffixed

Expression = Any

#: Each loss's share per output, as a function of ŷ, the target and 1/outputs.
SHARES: dict[str, Callable[[Expression, Expression, Expression], Expression]] = {
    "half_squared_error": lambda guess, y, _: (guess - y) ** 2 / 2,
    "squared_error": lambda guess, y, _: (guess - y) ** 2,
    "mse": lambda guess, y, mean: mean * (guess - y) ** 2,
    "binary_cross_entropy": lambda guess, y, mean: -mean * (y * sympy.log(guess) + (1 - y) * sympy.log(1 - guess)),
    "cross_entropy": lambda guess, y, _: -y * sympy.log(guess),
}


def network_values(network: Network, steps: int = 1) -> dict[str, float]:
    """Return every computed number of a network's training steps, by its canonical name.

    A logarithm is missing where forty digits cannot tell the output from 0 or 1.
    """
    run = _Run(network)
    for step in range(1, steps + 1):
        run.step(step)
    return {name: found for name, found in run.values.items() if math.isfinite(found)}


class _Run:
    """Takes a network through its training steps; ``parameters`` are those at the start of the current step.

    ``derivatives`` of expressions serve all samples and steps, whose expressions are the same.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.names = Names(network)
        self.values: dict[str, float] = {}
        self.parameters: dict[str, float] = {}
        self.memory: dict[str, dict[str, float]] = {}
        self.derivatives: dict[tuple[Expression, str], Expression] = {}
        for layer in network.layers:
            for names, numbers in zip(layer.weight_names, layer.weights, strict=True):
                self.parameters.update(zip(names, numbers, strict=True))
            self.parameters.update(layer.biases)

    def step(self, step: int) -> None:
        """Compute the forward pass, the derivatives and the update of one training step."""
        gradients: dict[str, float] = {}
        for sample, row in self.names.samples(step):
            pass_ = _Sample(self, step, sample, row)
            pass_.forward()
            pass_.local_slopes()
            if self.network.has_target:
                pass_.loss()
                if self.network.has_gradients:
                    for name, slope in pass_.signals():
                        gradients[name] = gradients.get(name, 0.0) + slope
        if not self.network.has_target:
            return
        count = len(self.names.samples(step))
        share = 1.0 / count if self.network.reduction == "mean" else 1.0
        if self.network.is_batch:
            losses = (self.values[suffixed("E", sample, step)] for sample, _ in self.names.samples(step))
            self.values[suffixed("E", None, step)] = sum(losses) * share
        for name, slope in gradients.items():
            self.values[suffixed(f"dE/d{name}", None, step)] = slope * share
            self._update(name, slope * share, step)

    def _update(self, name: str, gradient: float, step: int) -> None:
        optimizer = self.network.optimizer
        if optimizer is None:
            return
        biases = {bias for layer in self.network.layers for bias in layer.biases}
        old = self.parameters[name]
        if not self.network.update_bias and name in biases:
            self.values[suffixed(f"{name}_new", None, step)] = old
            return
        memory = self.memory.setdefault(name, {})
        change = updated(optimizer, old, gradient, memory, step)
        for ending, remembered in memory.items():
            self.values[suffixed(f"{name}_{ending}", None, step)] = remembered
        self.values[suffixed(f"{name}_step", None, step)] = change
        self.parameters[name] = old - change
        self.values[suffixed(f"{name}_new", None, step)] = old - change


class _Sample:
    """One sample in one training step; ``env`` has its numbers by stem, without suffixes (``Z1``, ``H1``, ``yhat``)."""

    def __init__(self, run: _Run, step: int, sample: int | None, row: int) -> None:
        self.run, self.names, self.network = run, run.names, run.network
        self.step, self.sample = step, sample
        self.env: dict[str, float] = dict(run.parameters)
        self.env.update(zip(self.network.input_names, self.network.inputs[row], strict=True))
        if self.network.has_target:
            self.env.update(zip(self.network.target_names, self.network.targets[row], strict=True))
        self.last = self.names.last

    def _units(self, layer: int) -> Iterator[UnitNames]:
        return self.names.units(layer, self.sample, self.step)

    def _note(self, name: str, number: float) -> float:
        self.run.values[suffixed(name, self.sample, self.step)] = number
        return number

    # -- expressions ------------------------------------------------------------------------------------------------

    def _entering(self, layer: int) -> list[Expression]:
        count = self.network.layers[layer].n_inputs
        return [sympy.Symbol(self.names.source(layer, place)) for place in range(count)]

    def _sums(self, layer: int, entering: list[Expression]) -> list[Expression]:
        """Return a layer's Z as expressions of the layer's inputs."""
        described = self.network.layers[layer]
        weights = [[sympy.Symbol(name) for name in row] for row in described.weight_names]
        biases = [sympy.Symbol(name) for name in described.bias_names or ()] or [sympy.Integer(0)] * described.n_units
        return [
            sympy.Add(*(row[unit] * each for row, each in zip(weights, entering, strict=True)), biases[unit])
            for unit in range(described.n_units)
        ]

    def _activations(self, layer: int, sums: list[Expression]) -> list[Expression]:
        activation = self.network.layers[layer].activation
        if activation.name == "softmax":
            grown = [sympy.exp(z) for z in sums]
            return [each / sympy.Add(*grown) for each in grown]
        parameter = tuple(map(number, activation.arguments))
        return [FUNCTIONS[activation.name](z, *parameter) for z in sums]

    def _outputs(self, layer: int, sums: list[Expression]) -> list[Expression]:
        """Return ŷ as expressions of a layer's Z, through all later layers."""
        active = self._activations(layer, sums)
        for after in range(layer + 1, self.last + 1):
            active = self._activations(after, self._sums(after, active))
        return active

    def _shares(self, outputs: list[Expression]) -> list[Expression]:
        """Return each output's share of the sample's loss."""
        pairs = [(guess, sympy.Symbol(name)) for guess, name in zip(outputs, self.network.target_names, strict=True)]
        return [SHARES[self.network.loss](guess, y, sympy.Rational(1, len(pairs))) for guess, y in pairs]

    def _objective(self, layer: int, sums: list[Expression]) -> Expression:
        """Return the expression to differentiate, over a layer's Z: the loss, or Σ(ŷ − y)·Z with ŷ − y held constant
        where the lesson's rule is δ = ŷ − y."""
        if self.network.error_signal == "gradient":
            return sympy.Add(*self._shares(self._outputs(layer, sums)))
        at_output = sums
        for after in range(layer + 1, self.last + 1):
            at_output = self._sums(after, self._activations(after - 1, at_output))
        errors = [sympy.Symbol(self.names.output(unit, "error")) for unit in range(self.network.n_outputs)]
        return sympy.Add(*(error * z for error, z in zip(errors, at_output, strict=True)))

    # -- values -----------------------------------------------------------------------------------------------------

    def forward(self) -> None:
        """Compute Z, e^Z, H and ŷ, layer by layer."""
        for layer, described in enumerate(self.network.layers):
            units = list(self._units(layer))
            for unit, expression in zip(units, self._sums(layer, self._entering(layer)), strict=True):
                z = value(expression, self.env)
                self.env[unit.pre_stem] = self._note(unit.pre_stem, 0.0 if abs(z) < SNAP else z)
            symbols = [sympy.Symbol(unit.pre_stem) for unit in units]
            if described.activation.name == "softmax":
                for unit, z in zip(units, symbols, strict=True):
                    self._note(f"exp{unit.pre_stem}", value(sympy.exp(z), self.env))
                total = value(sympy.Add(*map(sympy.exp, symbols)), self.env)
                self._note(f"{described.name}.expsum", total)
            for unit, expression in zip(units, self._activations(layer, symbols), strict=True):
                self.env[unit.active_stem] = self._note(unit.active_stem, value(expression, self.env))

    def loss(self) -> None:
        """Compute ŷ − y, the shares and the loss of this sample."""
        sums = [sympy.Symbol(unit.pre_stem) for unit in self._units(self.last)]
        shares = self._shares(self._outputs(self.last, sums))
        for unit, share in zip(self._units(self.last), shares, strict=True):
            stem = self.names.output(unit.index, "error")
            error = sympy.Symbol(unit.active_stem) - sympy.Symbol(self.network.target_names[unit.index])
            self.env[stem] = self._note(stem, value(error, self.env))
            if self.network.n_outputs > 1:
                self._note(f"E{unit.index + 1}", value(share, self.env))
        self._note("E", value(sympy.Add(*shares), self.env))

    def local_slopes(self) -> None:
        """Compute the derivatives of each Z by its weights, inputs and bias, and of each activation by its Z."""
        for layer, described in enumerate(self.network.layers):
            units = list(self._units(layer))
            sums = self._sums(layer, self._entering(layer))
            for unit, expression in zip(units, sums, strict=True):
                names = [row[unit.index] for row in described.weight_names]
                names += [self.names.source(layer, place) for place in range(described.n_inputs)]
                names += (described.bias_names or ())[unit.index : unit.index + 1]
                for name in names:
                    self._note(f"d{unit.pre_stem}/d{name}", self._slope(expression, name))
            active = self._activations(layer, [sympy.Symbol(unit.pre_stem) for unit in units])
            for of, by in ((of, by) for of in units for by in units):
                softmax = described.activation.name == "softmax"
                if softmax or (of.index == by.index and described.activation.name != "step"):
                    slope = self._slope(active[of.index], by.pre_stem)
                    self._note(f"d{of.active_stem}/d{by.pre_stem}", slope)

    def _slope(self, expression: Expression, by: str) -> float:
        known = self.run.derivatives
        if (expression, by) not in known:
            known[expression, by] = sympy.diff(expression, sympy.Symbol(by))
        return value(known[expression, by], self.env)

    def signals(self) -> Iterator[tuple[str, float]]:
        """Compute ∂E/∂ŷ, ∂E/∂H and δ of this sample's loss; yield each parameter and its derivative of that loss."""
        sign = -1.0 if self.network.delta_sign == "minus" else 1.0
        guesses = [sympy.Symbol(unit.active_stem) for unit in self._units(self.last)]
        loss = sympy.Add(*self._shares(guesses))
        for unit in self._units(self.last):
            self._note(f"dE/d{unit.active_stem}", self._slope(loss, unit.active_stem))
        for layer in range(self.last, -1, -1):
            units = list(self._units(layer))
            by_sums = self._objective(layer, [sympy.Symbol(unit.pre_stem) for unit in units])
            for unit in units:
                slope = self._slope(by_sums, unit.pre_stem)
                self._note(self.names.delta(layer, unit.index), sign * slope)
                if sign < 0:
                    self._note(f"dE/d{unit.pre_stem}", slope)
            by_entering = self._objective(layer, self._sums(layer, self._entering(layer)))
            for unit in self._units(layer - 1) if layer else ():
                slope = self._slope(by_entering, unit.active_stem)
                self._note(f"dE/d{unit.active_stem}", slope)
                if sign < 0:
                    self._note(f"{unit.active_stem}_back", -slope)
            for name in self.names.parameters(layer):
                yield name, self._slope(by_entering, name)
