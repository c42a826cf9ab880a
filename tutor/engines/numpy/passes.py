"""The forward pass, the backward pass and the update with matrices, one training step after another.

Samples are rows: Z = H·W + θ, δ = (δ_next·W_nextᵀ)∘f′(Z), ∂E/∂W = Hᵀ·δ. δ belongs to its sample's loss; the 1/N of a
mean over the batch is applied to the gradients. Sources: Rumelhart, Hinton and Williams (1986); Goodfellow, Bengio
and Courville (2016), section 6.5.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from tutor.engines.numpy.activations import Array, softmax
from tutor.engines.numpy.losses import LOSSES
from tutor.engines.numpy.optimizers import Memory, learn
from tutor.engines.numpy.plan import Key, LayerPlan, Plan
from tutor.network import SNAP, Optimizer

#: Takes a record's kind, layer, step and matrix, and returns the matrix to continue with (given numbers put in).
Record = Callable[[str, int, int, Array], Array]

Mask = npt.NDArray[np.bool_]

#: What rounding may leave of a sum that is 0, relative to the sum of its terms' sizes.
NOISE = 1e-15
#: Up to this many cells, plain Python finds the smallest faster than NumPy does.
FEW = 64


class Run:
    """Takes a network through its training steps and hands each matrix to ``record``."""

    def __init__(
        self,
        plan: Plan,
        record: Record,
        optimizer: Optimizer | None,
        replaced: Callable[[Key], Mask | None] | None = None,
    ) -> None:
        """``replaced`` says which cells of a record hold given numbers (None: none); leave it out if none are given.

        Without it, ∂Z/∂w and ∂Z/∂x are not recorded: they equal the input and the weight.
        """
        self.plan = plan
        self.record = record
        self.explicit = replaced is not None
        self.replaced = replaced or (lambda key: None)
        self.optimizer = optimizer
        self.memory: Memory = {}
        self.data: dict[int, tuple[Array, Array | None]] = {}
        self.parameters = record("parameters", -1, 1, plan.parameters)
        self.weights: list[Array] = []
        self.biases: list[Array | None] = []

    def train(self, steps: int) -> None:
        """Take ``steps`` training steps, including the last one's update."""
        for step in range(1, steps + 1):
            self.take(step)

    def _spread(self, parameters: Array) -> None:
        """Take each layer's weights and biases out of the vector of all parameters."""
        layers = self.plan.layers
        self.weights = [parameters[layer.weights].reshape(layer.shape) for layer in layers]
        self.biases = [None if layer.bias is None else parameters[layer.bias] for layer in layers]

    def take(self, step: int) -> None:
        """Take one training step: forward, backward, update."""
        plan, record = self.plan, self.record
        self._spread(self.parameters)
        x, y = self._data(1 if step == 1 else plan.network.data_step(step))
        entering, sums = self._forward(step, x)
        output = entering.pop()
        if y is not None:
            error = record("error", plan.last, step, output - y)
            self._loss(step, sums[-1], output, y, error)
        slopes = self._factors(step, entering, sums, output)
        if y is None or not plan.has_gradients:
            return
        gradient = self._backward(step, entering, slopes, output, y, error)
        if self.optimizer is not None:
            self._update(step, gradient, self.optimizer)

    def _data(self, step: int) -> tuple[Array, Array | None]:
        """Return a step's inputs and targets, recorded once; several steps may share them."""
        if step not in self.data:
            x, y = self.plan.data(step)
            x = self.record("x", -1, step, x)
            self.data[step] = x, None if y is None else self.record("y", -1, step, y)
        return self.data[step]

    # -- forward ----------------------------------------------------------------------------------------------------

    def _forward(self, step: int, x: Array) -> tuple[list[Array], list[Array]]:
        """Return what enters each layer (the output last), and each layer's weighted sums."""
        entering, sums = [x], []
        for place, layer in enumerate(self.plan.layers):
            z = entering[-1].dot(self.weights[place])
            bias = self.biases[place]
            if bias is not None:
                z += bias
            if z.size > FEW or min(map(abs, z.ravel().tolist())) < SNAP:
                z[np.abs(z) < SNAP] = 0.0
            z = self.record("Z", place, step, z)
            h = layer.activation.value(z) if layer.activation else self._softmax(step, place, z)
            sums.append(z)
            entering.append(self.record("H", place, step, h))
        return entering, sums

    def _softmax(self, step: int, place: int, z: Array) -> Array:
        exponentials = self.record("expZ", place, step, np.exp(z))
        total = self.record("expsum", place, step, exponentials.sum(axis=1, keepdims=True))
        if self._exponentials_given(place, step):
            return exponentials / total
        return softmax(z)

    def _exponentials_given(self, place: int, step: int) -> bool:
        return self._holds_given("expZ", place, step) or self._holds_given("expsum", place, step)

    def _holds_given(self, kind: str, place: int, step: int) -> bool:
        return self.replaced((kind, place, step)) is not None

    def _loss(self, step: int, z: Array, output: Array, y: Array, error: Array) -> None:
        """Record each output's share, each sample's loss and the batch's loss."""
        network, last = self.plan.network, self.plan.last
        loss = LOSSES[network.loss]
        shares = loss.stable_share(z, y) if loss.stable_share else loss.share(output, y, error)
        given = self.replaced(("H", last, step))
        if self._exponentials_given(last, step):
            given = np.ones(output.shape, dtype=np.bool_)
        if given is not None:
            shares = np.where(given, loss.share(output, y, error), shares)
        if network.n_outputs > 1:
            shares = self.record("share", last, step, shares)
            total = np.add.reduce(shares, axis=1)
        else:
            total = shares[:, 0]
        each = self.record("loss", last, step, total)
        if network.is_batch:
            self.record("batch loss", last, step, self._over_batch(each.sum(keepdims=True), len(y)))

    def _over_batch(self, total: Array, count: int) -> Array:
        return total / count if self.plan.network.reduction == "mean" else total

    # -- backward ---------------------------------------------------------------------------------------------------

    def _factors(self, step: int, entering: list[Array], sums: list[Array], output: Array) -> list[Array]:
        """Record the derivatives of each Z and return each layer's slopes (for softmax, its Jacobian)."""
        slopes: list[Array] = []
        for place, layer in enumerate(self.plan.layers):
            if self.explicit:
                self._weighted_sum_factors(step, place, layer, entering[place])
            after = entering[place + 1] if place < self.plan.last else output
            slopes.append(self._slope(step, place, layer, sums[place], after))
        return slopes

    def _weighted_sum_factors(self, step: int, place: int, layer: LayerPlan, before: Array) -> None:
        shape = (len(before), *layer.shape)
        self.record("dZ/dW", place, step, np.broadcast_to(before[:, :, None], shape))
        self.record("dZ/dx", place, step, np.broadcast_to(self.weights[place], shape))
        if layer.bias is not None:
            self.record("dZ/dtheta", place, step, np.ones((len(before), layer.shape[1])))

    def _slope(self, step: int, place: int, layer: LayerPlan, z: Array, h: Array) -> Array:
        if layer.activation is None:
            jacobian = h[:, :, None] * (np.eye(h.shape[1]) - h[:, None, :])
            return self.record("jacobian", place, step, jacobian)
        slope = layer.activation.slope(z, h)
        if self.plan.network.layers[place].activation.name == "step":
            return slope
        return self.record("slope", place, step, slope)

    def _backward(
        self, step: int, entering: list[Array], slopes: list[Array], output: Array, y: Array, error: Array
    ) -> Array:
        """Record the error signals from the last layer to the first; return the gradient of all parameters."""
        plan, record = self.plan, self.record
        minus = plan.network.delta_sign == "minus"
        gradient = np.empty_like(plan.parameters)
        by_output = record("dE/dH", plan.last, step, self._loss_slope(step, output, y, error))
        delta = self._output_signal(by_output, slopes[-1], output, y, error)
        for place in range(plan.last, -1, -1):
            delta = record("delta", place, step, delta)
            if minus:
                record("dE/dZ", place, step, -delta)
            layer = plan.layers[place]
            gradient[layer.weights] = entering[place].T.dot(delta).ravel()
            if layer.bias is not None:
                # a shared bias collects the gradients of all units
                shared = plan.network.layers[place].shares_bias
                gradient[layer.bias] = delta.sum() if shared else np.add.reduce(delta, axis=0)
            if place > 0:
                back = _summed(delta, self.weights[place].T)
                if minus:
                    back = record("back", place - 1, step, back)
                    record("dE/dH", place - 1, step, -back)
                else:
                    back = record("dE/dH", place - 1, step, back)
                delta = back * slopes[place - 1]
        gradient = self._over_batch(gradient, len(y))
        return record("gradient", -1, step, -gradient if minus else gradient)

    def _loss_slope(self, step: int, output: Array, y: Array, error: Array) -> Array:
        loss = self.plan.network.loss
        if loss == "binary_cross_entropy" and self._holds_given("error", self.plan.last, step):
            steepness: Array = output * (1.0 - output) * y.shape[1]
            return error / steepness
        return LOSSES[loss].slope(output, y, error)

    def _output_signal(self, by_output: Array, slope: Array, output: Array, y: Array, error: Array) -> Array:
        """Return δ of the output layer, with the network's sign for δ."""
        network, rule = self.plan.network, self.plan.signal
        minus = network.delta_sign == "minus"
        if rule == "error":
            return y - output if minus else error
        if rule == "chain" and minus and network.loss == "half_squared_error":
            return (y - output) * slope
        match rule:
            case "mean error":
                signal = error / network.n_outputs
            case "softmax":
                signal = output * y.sum(axis=1, keepdims=True) - y
            case "jacobian":
                signal = np.matmul(by_output[:, None, :], slope)[:, 0, :]
            case _:
                signal = by_output * slope
        return -signal if minus else signal

    # -- update -----------------------------------------------------------------------------------------------------

    def _update(self, step: int, gradient: Array, optimizer: Optimizer) -> None:
        record, trained = self.record, self.plan.trained
        weights = self.parameters if trained is None else self.parameters[trained]
        slope = gradient if trained is None else gradient[trained]
        change = learn(
            optimizer, weights, slope, self.memory, step, lambda suffix, vector: record(suffix, -1, step, vector)
        )
        change = record("step", -1, step, change)
        if trained is None:
            new = self.parameters - change
        else:
            new = self.parameters.copy()
            new[trained] -= change
        self.parameters = record("new", -1, step, new)


def _summed(delta: Array, weights: Array) -> Array:
    """Return delta·weights, with exactly 0 where terms cancel: Adam would turn a residue of 3e-18 into a full step."""
    back: Array = delta.dot(weights)
    if back.size > FEW or min(map(abs, back.ravel().tolist())) < NOISE:
        back[np.abs(back) < NOISE * np.abs(delta).dot(np.abs(weights))] = 0.0
    return back
