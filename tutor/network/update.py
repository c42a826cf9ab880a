"""The nodes of an optimizer's step, parameter by parameter, as PyTorch's optimizers compute them.

Source: the algorithms in the documentation of ``torch.optim`` (SGD, Adagrad, RMSprop, Adam, AdamW).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tutor.formulas.tree import Call, Div, Name, Num, Pow, Tree, add, mul, sub
from tutor.network.backward import has_gradients
from tutor.network.forward import ONE, TWO
from tutor.network.graph import Kind, Node
from tutor.network.model import Optimizer
from tutor.network.naming import Names, suffixed


def update_nodes(names: Names, step: int) -> Iterator[Node]:
    """Memory, step and new value of every parameter; nothing where there is no optimizer or nothing to follow."""
    network = names.network
    if network.optimizer is None or not network.has_target or not has_gradients(names):
        return
    for layer in range(names.last, -1, -1):
        description = network.layers[layer]
        biases = description.bias_names or ()
        for row in description.weight_names:
            for unit, weight in zip(network.unit_numbers(layer), row, strict=True):
                yield from _Update(names, network.optimizer, weight, step, layer, unit).nodes()
        for unit, bias in zip(network.unit_numbers(layer), biases, strict=False):
            update = _Update(names, network.optimizer, bias, step, layer, unit)
            yield from update.nodes() if network.update_bias else update.kept()


@dataclass(frozen=True)
class _Update:
    """One parameter's update in one training step."""

    names: Names
    optimizer: Optimizer
    parameter: str
    step: int
    layer: int
    unit: int

    def nodes(self) -> Iterator[Node]:
        rules = {"sgd": self._sgd, "adagrad": self._adagrad, "rmsprop": self._rmsprop}
        memory, change = rules.get(self.optimizer.name, self._adam)()
        for name, formula in memory:
            yield self._node(name, Kind.MEMORY, formula, {"of": name.partition("@")[0].rpartition("_")[2]})
        yield self._node(self._own("step"), Kind.STEP, change, {"gradient": self._gradient_name})
        role = {"old": self._old, "gradient": self._gradient_name, "step": self._own("step")}
        taught = self._textbook()
        formula = sub(Name(self._old), Name(self._own("step")))
        yield self._node(self._own("new"), Kind.UPDATED, formula, role, taught)

    def kept(self) -> Iterator[Node]:
        """A bias that the lesson leaves alone."""
        yield self._node(self._own("new"), Kind.UPDATED, Name(self._old), {"old": self._old, "kept": "yes"})

    # -- names ------------------------------------------------------------------------------------------------------

    def _node(self, name: str, kind: Kind, formula: Tree, role: dict[str, str], taught: Tree | None = None) -> Node:
        role = {"parameter": self.parameter, **role}
        layer, unit, step = self.layer + 1, self.unit, self.step
        return Node(name, kind, formula, taught=taught, role=role, layer=layer, unit=unit, step=step)

    def _own(self, stem: str) -> str:
        return suffixed(f"{self.parameter}_{stem}", None, self.step)

    def _before(self, stem: str) -> Tree | None:
        """A memory from the step before; None in the first step."""
        return Name(suffixed(f"{self.parameter}_{stem}", None, self.step - 1)) if self.step > 1 else None

    @property
    def _old(self) -> str:
        return self.names.parameter(self.parameter, self.step)

    @property
    def _gradient_name(self) -> str:
        return suffixed(f"dE/d{self.parameter}", None, self.step)

    @property
    def _has_decay(self) -> bool:
        return self.optimizer["weight_decay"] != 0.0

    def _gradient(self) -> Tree:
        """The gradient, with weight decay's share where it is part of the gradient (everywhere but AdamW)."""
        gradient: Tree = Name(self._gradient_name)
        if self._has_decay and self.optimizer.name != "adamw":
            return add(gradient, mul(Name("weight_decay"), Name(self._old)))
        return gradient

    def _textbook(self) -> Tree | None:
        """w + α·δ·h, where δ = −∂E/∂Z and nothing else enters."""
        plain = self.optimizer.name == "sgd" and not self._has_decay and not self.optimizer["momentum"]
        if self.names.network.delta_sign == "plus" or not plain or self.names.network.is_batch:
            return None
        delta = suffixed(f"delta{self.unit}", None, self.step)
        place = next(
            (row for row, names in enumerate(self._layer_names()) if self.parameter in names), None
        )  # fmt: skip
        factors: list[Tree] = [Name("alpha"), Name(delta)]
        if place is not None:
            at = self.names.data_step(self.step) if self.layer == 0 else self.step
            factors.append(Name(suffixed(self.names.source(self.layer, place), None, at)))
        return add(Name(self._old), mul(*factors))

    def _layer_names(self) -> tuple[tuple[str, ...], ...]:
        return self.names.network.layers[self.layer].weight_names

    # -- the rules --------------------------------------------------------------------------------------------------

    def _sgd(self) -> tuple[list[tuple[str, Tree]], Tree]:
        """v = μ·v + (1 − τ)·g, from the second step on; the first v is g itself."""
        gradient = self._gradient()
        if not self.optimizer["momentum"]:
            return [], mul(Name("alpha"), gradient)
        before = self._before("v")
        fresh = gradient if not self.optimizer["dampening"] else mul(sub(ONE, Name("dampening")), gradient)
        memory = gradient if before is None else add(mul(Name("momentum"), before), fresh)
        velocity: Tree = Name(self._own("v"))
        if self.optimizer["nesterov"]:
            velocity = add(gradient, mul(Name("momentum"), velocity))
        return [(self._own("v"), memory)], mul(Name("alpha"), velocity)

    def _adagrad(self) -> tuple[list[tuple[str, Tree]], Tree]:
        """v = v + g², the step α·g/(√v + ε)."""
        gradient = self._gradient()
        start = self.optimizer["initial_accumulator_value"]
        before = self._before("v") or (Num(start) if start else None)
        squared = Pow(gradient, TWO)
        rate: Tree = Name("alpha")
        if self.optimizer["lr_decay"] and self.step > 1:
            rate = Div(rate, add(ONE, mul(Num(float(self.step - 1)), Name("lr_decay"))))
        change = Div(mul(rate, gradient), self._root(Name(self._own("v"))))
        return [(self._own("v"), squared if before is None else add(before, squared))], change

    def _root(self, of: Tree) -> Tree:
        return add(Call("sqrt", (of,)), Name("eps"))

    def _moving(self, stem: str, rate: str, fresh: Tree) -> Tree:
        """A moving average that starts at 0: rate·before + (1 − rate)·fresh."""
        share = mul(sub(ONE, Name(rate)), fresh)
        before = self._before(stem)
        return share if before is None else add(mul(Name(rate), before), share)

    def _rmsprop(self) -> tuple[list[tuple[str, Tree]], Tree]:
        """v = ρ·v + (1 − ρ)·g², the step α·g/(√v + ε), through a momentum buffer if there is one."""
        gradient = self._gradient()
        memory = [(self._own("v"), self._moving("v", "rho", Pow(gradient, TWO)))]
        spread: Tree = Name(self._own("v"))
        if self.optimizer["centered"]:
            memory.append((self._own("gavg"), self._moving("gavg", "rho", gradient)))
            spread = sub(spread, Pow(Name(self._own("gavg")), TWO))
        change: Tree = Div(gradient, self._root(spread))
        if self.optimizer["momentum"]:
            before = self._before("buf")
            memory.append((self._own("buf"), change if before is None else add(mul(Name("momentum"), before), change)))
            change = Name(self._own("buf"))
            return memory, mul(Name("alpha"), change)
        return memory, Div(mul(Name("alpha"), gradient), self._root(spread))

    def _adam(self) -> tuple[list[tuple[str, Tree]], Tree]:
        """Kingma and Ba's Adam; AdamW shrinks the parameter itself by α·λ first."""
        gradient = self._gradient()
        memory = [
            (self._own("m"), self._moving("m", "beta1", gradient)),
            (self._own("v"), self._moving("v", "beta2", Pow(gradient, TWO))),
        ]
        second = self._own("v")
        if self.optimizer.parameters["amsgrad"]:
            second = self._own("vmax")
            before = self._before("vmax")
            largest: Tree = Name(self._own("v"))
            memory.append((second, largest if before is None else Call("max", (before, largest))))
        memory.append((self._own("mhat"), self._corrected(Name(self._own("m")), "beta1")))
        memory.append((self._own("vhat"), self._corrected(Name(second), "beta2")))
        change: Tree = Div(mul(Name("alpha"), Name(self._own("mhat"))), self._root(Name(self._own("vhat"))))
        if self.optimizer.name == "adamw" and self._has_decay:
            change = add(mul(Name("alpha"), Name("weight_decay"), Name(self._old)), change)
        return memory, change

    def _corrected(self, memory: Tree, rate: str) -> Tree:
        """A moving average that started at 0, made as large as it should be."""
        power: Tree = Name(rate) if self.step == 1 else Pow(Name(rate), Num(float(self.step), str(self.step)))
        return Div(memory, sub(ONE, power))
