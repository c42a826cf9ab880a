"""Networks with PyTorch's tensors, autograd and ``torch.optim``.

Every derivative comes from autograd. Where a PyTorch function differs from the plain formula (``BCELoss`` clamps its
logarithms, ``Softplus`` becomes a straight line), a form without that difference is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from tutor.functions import OPTIMIZERS
from tutor.network import SNAP, Activation, Network, Optimizer
from tutor.network.naming import Names, UnitNames
from tutor.network.nodes import suffixed

torch.set_num_threads(1)


def network_values(network: Network, steps: int = 1) -> dict[str, float]:
    """Return every computed number of a network's training steps, by its canonical name."""
    run = _Run(network)
    for step in range(1, steps + 1):
        run.step(step)
    # leave out nan, such as 0/0
    return {name: found for name, found in run.values.items() if found == found}


def tensor(value: object) -> Tensor:
    """Return a tensor of float64."""
    return torch.tensor(value, dtype=torch.float64)


# -- functions ------------------------------------------------------------------------------------------------------

FUNCTIONS: Mapping[str, Callable[..., Tensor]] = {
    "linear": lambda z: z,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": functional.relu,
    "leaky_relu": lambda z, slope=0.01: functional.leaky_relu(z, float(slope)),
    "elu": lambda z, alpha=1.0: functional.elu(z, float(alpha)),
    "softplus": lambda z: functional.softplus(z, threshold=40.0),
    "gelu": functional.gelu,
    "silu": functional.silu,
    "step": lambda z, at_zero=0.0: torch.heaviside(z, tensor(float(at_zero))),
}


def _activate(activation: Activation, z: Tensor) -> Tensor:
    if activation.name == "softmax":
        return functional.softmax(z, dim=1)
    return FUNCTIONS[activation.name](z, *activation.arguments)


def _squared(output: Tensor, y: Tensor) -> Tensor:
    return functional.mse_loss(output, y, reduction="none")


#: Each output's share of each sample's loss by PyTorch's loss functions, from Z, ŷ and the target (samples × outputs).
SHARES: dict[str, Callable[[Tensor, Tensor, Tensor], Tensor]] = {
    "half_squared_error": lambda z, output, y: 0.5 * _squared(output, y),
    "squared_error": lambda z, output, y: _squared(output, y),
    "mse": lambda z, output, y: _squared(output, y) / y.shape[1],
    "binary_cross_entropy": lambda z, output, y: (
        functional.binary_cross_entropy_with_logits(z, y, reduction="none") / y.shape[1]
    ),
    "cross_entropy": lambda z, output, y: -y * functional.log_softmax(z, dim=1),
}


def _batch_loss(network: Network, z: Tensor, output: Tensor, y: Tensor) -> Tensor:
    """Return the loss of a batch, by PyTorch's loss function with that reduction if there is one."""
    if network.reduction == "mean":
        match network.loss:
            case "mse":
                return functional.mse_loss(output, y)
            case "binary_cross_entropy":
                return functional.binary_cross_entropy_with_logits(z, y)
            case "cross_entropy":
                return functional.cross_entropy(z, y)
        return SHARES[network.loss](z, output, y).sum(dim=1).mean()
    return SHARES[network.loss](z, output, y).sum()


def _loss_of_outputs(loss: str, output: Tensor, y: Tensor) -> Tensor:
    """Return the sum of all samples' losses as a function of ŷ, for ∂E/∂ŷ."""
    match loss:
        case "binary_cross_entropy":
            # written out, because functional.binary_cross_entropy limits its slope where ŷ is within 1e-12 of 0 or 1
            ones, zeros = y > 0, y < 1
            total = (y[ones] * torch.log(output[ones])).sum() + ((1 - y)[zeros] * torch.log1p(-output[zeros])).sum()
            return -total / y.shape[1]
        case "cross_entropy":
            return -(y * torch.log(output)).sum()
    return SHARES[loss](output, output, y).sum()


def _optimizer(optimizer: Optimizer, parameters: list[torch.nn.Parameter]) -> torch.optim.Optimizer:
    options: dict[str, Any] = dict(optimizer.parameters)
    if "beta1" in options:
        options["betas"] = (options.pop("beta1"), options.pop("beta2"))
    kind = getattr(torch.optim, OPTIMIZERS[optimizer.name].torch)
    made: torch.optim.Optimizer = kind(parameters, **options)
    return made


def _leave_compiler_unloaded() -> None:
    """Let optimizers work without PyTorch's compiler. They load it, which takes most of a second, only to tell it not
    to compile them."""
    for kind in {torch.optim.Optimizer, *(getattr(torch.optim, each.torch) for each in OPTIMIZERS.values())}:
        for name in ("add_param_group", "step"):
            inner = getattr(vars(kind).get(name), "__wrapped__", None)
            if inner is not None:  # another version of PyTorch may define it in another way
                setattr(kind, name, torch.no_grad()(inner))


_leave_compiler_unloaded()

#: PyTorch's names for an optimizer's memory, and ours.
_MEMORIES = {
    "momentum_buffer": "v",
    "sum": "v",
    "square_avg": "v",
    "grad_avg": "gavg",
    "exp_avg": "m",
    "exp_avg_sq": "v",
    "max_exp_avg_sq": "vmax",
}


# -- a network ------------------------------------------------------------------------------------------------------


class _Run:
    """Takes a network through its training steps."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.names = Names(network)
        self.values: dict[str, float] = {}
        self.linears = [_linear(network, place) for place in range(len(network.layers))]
        self.optimizer: torch.optim.Optimizer | None = None
        if network.optimizer is not None:
            trained = [linear.weight for linear in self.linears]
            if network.update_bias:
                trained += [linear.bias for linear in self.linears if linear.bias is not None]
            self.optimizer = _optimizer(network.optimizer, trained)

    def step(self, step: int) -> None:
        """Take one training step: forward, backward, update."""
        rows = list(self.network.rows(step))
        x = tensor([self.network.inputs[row] for row in rows]).requires_grad_()
        entering, sums = self._forward(x)
        self._note_forward(step, sums, entering)
        self._local_slopes(step, entering, sums)
        if not self.network.has_target:
            return
        y = tensor([self.network.targets[row] for row in rows])
        self._note_loss(step, sums[-1], entering[-1], y)
        if self.network.has_gradients:
            self._note_signals(step, entering, sums, y)
            self._backward(step, entering[-1], sums[-1], y)
            self._update(step)

    def _forward(self, x: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        entering, sums = [x], []
        for layer, linear in zip(self.network.layers, self.linears, strict=True):
            z = linear(entering[-1])
            z = torch.where(z.abs() < SNAP, z - z.detach(), z)
            sums.append(z)
            entering.append(_activate(layer.activation, z))
        return entering, sums

    # -- noting -----------------------------------------------------------------------------------------------------

    def _units(self, layer: int, step: int) -> Iterator[tuple[int, int, UnitNames]]:
        """Yield the row, the column and the names of every unit of a layer in every sample."""
        for row, (sample, _) in enumerate(self.names.samples(step)):
            for unit in self.names.units(layer, sample, step):
                yield row, unit.index, unit

    def _note(self, layer: int, step: int, values: Tensor, name: Callable[[UnitNames], str]) -> None:
        rows = values.tolist()
        for row, column, unit in self._units(layer, step):
            self.values[name(unit)] = rows[row][column]

    def _note_forward(self, step: int, sums: list[Tensor], entering: list[Tensor]) -> None:
        for place, (z, h) in enumerate(zip(sums, entering[1:], strict=True)):
            self._note(place, step, z, lambda unit: unit.pre)
            if self.network.layers[place].activation.name == "softmax":
                grown = z.exp()
                self._note(place, step, grown, lambda unit: unit.exponential)
                self._note(place, step, grown.sum(dim=1, keepdim=True).expand_as(z), lambda unit: unit.softmax_sum())
            self._note(place, step, h, lambda unit: unit.active)

    def _note_loss(self, step: int, z: Tensor, output: Tensor, y: Tensor) -> None:
        last = self.names.last
        self._note(last, step, output - y, lambda unit: unit.error)
        shares = SHARES[self.network.loss](z, output, y)
        if self.network.n_outputs > 1:
            self._note(last, step, shares, lambda unit: unit.named(f"E{unit.index + 1}"))
        self._note(last, step, shares.sum(dim=1, keepdim=True).expand_as(z), lambda unit: unit.named("E"))
        if self.network.is_batch:
            self.values[suffixed("E", None, step)] = _batch_loss(self.network, z, output, y).item()

    # -- derivatives ------------------------------------------------------------------------------------------------

    def _local_slopes(self, step: int, entering: list[Tensor], sums: list[Tensor]) -> None:
        """Note the derivatives of each Z by its weights, inputs and bias, and of each activation by its Z."""
        for place, layer in enumerate(self.network.layers):
            linear, z, before = self.linears[place], sums[place], entering[place]
            for row, column, unit in self._units(place, step):
                sources = [linear.weight, before] + ([] if linear.bias is None else [linear.bias])
                slopes = torch.autograd.grad(z[row, column], sources, retain_graph=True)
                for source, names in enumerate(layer.weight_names):
                    by_weight = unit.named(f"d{unit.pre_stem}/d{names[column]}")
                    self.values[by_weight] = slopes[0][column, source].item()
                    by_input = unit.named(f"d{unit.pre_stem}/d{self.names.source(place, source)}")
                    self.values[by_input] = slopes[1][row, source].item()
                if layer.bias_names is not None:
                    # no other unit's bias enters this Z, so the sum is this bias's slope, shared or not
                    self.values[unit.named(f"d{unit.pre_stem}/d{layer.bias_names[column]}")] = slopes[2].sum().item()
            self._activation_slopes(step, place, z, entering[place + 1])

    def _activation_slopes(self, step: int, place: int, z: Tensor, h: Tensor) -> None:
        activation = self.network.layers[place].activation.name
        if activation == "step":
            return
        if activation != "softmax":
            (slope,) = torch.autograd.grad(h.sum(), z, retain_graph=True)
            self._note(place, step, slope, lambda unit: unit.slope)
            return
        for output in range(h.shape[1]):
            (slope,) = torch.autograd.grad(h[:, output].sum(), z, retain_graph=True)
            guess = self.names.activation(place, output)
            self._note(place, step, slope, lambda unit, guess=guess: unit.named(f"d{guess}/d{unit.pre_stem}"))  # type: ignore[misc]

    def _note_signals(self, step: int, entering: list[Tensor], sums: list[Tensor], y: Tensor) -> None:
        """Note ∂E/∂ŷ, ∂E/∂H and δ of each sample's loss, under the lesson's conventions."""
        last = self.names.last
        guess = entering[-1].detach().requires_grad_()
        (by_output,) = torch.autograd.grad(_loss_of_outputs(self.network.loss, guess, y), guess)
        self._note(last, step, by_output, lambda unit: unit.by_active)
        total = self._objective(entering[-1], sums[-1], y, each_sample=True)
        by_sums = torch.autograd.grad(total, sums, retain_graph=True)
        minus = self.network.delta_sign == "minus"
        for place, slope in enumerate(by_sums):
            self._note(place, step, -slope if minus else slope, lambda unit: unit.delta)
            if minus:
                self._note(place, step, slope, lambda unit: unit.named(f"dE/d{unit.pre_stem}"))
        hidden = entering[1:-1]
        for place, slope in enumerate(torch.autograd.grad(total, hidden, retain_graph=True) if hidden else ()):
            self._note(place, step, slope, lambda unit: unit.by_active)
            if minus:
                self._note(place, step, -slope, lambda unit: unit.named(f"{unit.active_stem}_back"))

    def _objective(self, output: Tensor, z: Tensor, y: Tensor, *, each_sample: bool) -> Tensor:
        """Return what is differentiated: the loss or, where the lesson's rule is δ = ŷ − y, Σ(ŷ − y)·Z with ŷ − y
        held constant.

        With ``each_sample`` the samples' losses are added up, whatever the reduction.
        """
        if self.network.error_signal == "difference":
            total = ((output - y).detach() * z).sum()
            return total if each_sample or self.network.reduction == "sum" else total / len(y)
        if each_sample:
            return SHARES[self.network.loss](z, output, y).sum()
        return _batch_loss(self.network, z, output, y)

    def _backward(self, step: int, output: Tensor, z: Tensor, y: Tensor) -> None:
        """Compute and note every gradient; ``backward`` leaves it in ``grad``, where PyTorch's optimizers read it."""
        for linear in self.linears:
            linear.zero_grad()
        self._objective(output, z, y, each_sample=False).backward()
        for name, parameter, place in self._parameters():
            gradient = parameter.grad
            assert gradient is not None
            self.values[suffixed(f"dE/d{name}", None, step)] = gradient[place].item()

    def _parameters(self) -> Iterator[tuple[str, torch.nn.Parameter, tuple[int, ...]]]:
        """Yield each parameter's name, its tensor and its place in the tensor (PyTorch's rows are units)."""
        for layer, linear in zip(self.network.layers, self.linears, strict=True):
            for source, names in enumerate(layer.weight_names):
                for column, name in enumerate(names):
                    yield name, linear.weight, (column, source)
            for column, name in enumerate(layer.biases):
                yield name, linear.bias, (column,)

    # -- update -----------------------------------------------------------------------------------------------------

    def _update(self, step: int) -> None:
        if self.optimizer is None:
            return
        old = {name: parameter[place].item() for name, parameter, place in self._parameters()}
        self.optimizer.step()
        for name, parameter, place in self._parameters():
            new = parameter[place].item()
            self.values[suffixed(f"{name}_new", None, step)] = new
            state = self.optimizer.state.get(parameter, {})
            if self.network.update_bias or parameter.dim() > 1:
                self.values[suffixed(f"{name}_step", None, step)] = old[name] - new
                for ending, value in self._memory(state, place, step):
                    self.values[suffixed(f"{name}_{ending}", None, step)] = value

    def _memory(self, state: Mapping[str, Any], place: tuple[int, ...], step: int) -> Iterator[tuple[str, float]]:
        """Yield the optimizer's memory of one parameter; for Adam, also the two corrected averages of its step."""
        described = self.network.optimizer
        assert described is not None
        kept = {key: value[place].item() for key, value in state.items() if key in _MEMORIES and value is not None}
        for key, value in kept.items():
            is_buffer = described.name == "rmsprop" and key == "momentum_buffer"
            yield "buf" if is_buffer else _MEMORIES[key], value
        if "exp_avg" in kept:
            second = kept.get("max_exp_avg_sq", kept["exp_avg_sq"])
            yield "mhat", kept["exp_avg"] / (1.0 - described["beta1"] ** step)
            yield "vhat", second / (1.0 - described["beta2"] ** step)


def _linear(network: Network, place: int) -> torch.nn.Linear:
    """Return a layer as ``nn.Linear`` with the given numbers (its rows are units)."""
    layer = network.layers[place]
    linear = torch.nn.Linear(layer.n_inputs, layer.n_units, bias=layer.bias is not None, dtype=torch.float64)
    with torch.no_grad():
        linear.weight.copy_(tensor(layer.weights).T)
    if layer.bias is not None:
        linear.bias = torch.nn.Parameter(tensor(list(layer.biases.values())))  # a single number if the units share it
    return linear
