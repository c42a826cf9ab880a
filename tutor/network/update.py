"""The nodes of an optimizer's step, parameter by parameter, from the formulas in the optimizer's entry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tutor.formulas import parsed, substitute
from tutor.formulas.tree import Name, Num, Tree, add, mul, sub
from tutor.functions import OPTIMIZERS
from tutor.functions.optimizers import Rule
from tutor.network.layers import Optimizer
from tutor.network.naming import Names
from tutor.network.nodes import Kind, Node, suffixed


def update_nodes(names: Names, step: int) -> Iterator[Node]:
    """Yield the memory, step and new value of every parameter, if there are an optimizer and gradients."""
    network = names.network
    if network.optimizer is None or not network.has_gradients:
        return
    for layer in range(names.last, -1, -1):
        description = network.layers[layer]
        numbers = network.unit_numbers(layer)
        for row in description.weight_names:
            for unit, weight in zip(numbers, row, strict=True):
                yield from _Update(names, network.optimizer, weight, step, layer, (unit,)).nodes()
        for bias in description.biases:
            units = tuple(numbers[unit] for unit in description.units_with(bias))
            update = _Update(names, network.optimizer, bias, step, layer, units)
            yield from update.nodes() if network.update_bias else update.kept()


@dataclass(frozen=True)
class _Update:
    """One parameter's update in one training step; ``units`` are the units it leads to, several for a shared bias."""

    names: Names
    optimizer: Optimizer
    parameter: str
    step: int
    layer: int
    units: tuple[int, ...]

    def nodes(self) -> Iterator[Node]:
        rule = OPTIMIZERS[self.optimizer.name].rule(self.optimizer.parameters, self.step)
        names = self._names_in_rule(rule)
        for memory, form in rule.memory:
            yield self._node(self._own(memory), Kind.MEMORY, substitute(parsed(form), names), {"of": memory})
        change = substitute(parsed(rule.change), names)
        yield self._node(self._own("step"), Kind.STEP, change, {"gradient": self._gradient_name})
        role = {"old": self._old, "gradient": self._gradient_name, "step": self._own("step")}
        taught = self._textbook()
        formula = sub(Name(self._old), Name(self._own("step")))
        yield self._node(self._own("new"), Kind.UPDATED, formula, role, taught)

    def kept(self) -> Iterator[Node]:
        """Yield the new value of a bias that is not updated, which is the old one."""
        yield self._node(self._own("new"), Kind.UPDATED, Name(self._old), {"old": self._old, "kept": "yes"})

    # -- names ------------------------------------------------------------------------------------------------------

    def _node(self, name: str, kind: Kind, formula: Tree, role: dict[str, str], taught: Tree | None = None) -> Node:
        role = {"parameter": self.parameter, **role}
        unit = self.units[0] if len(self.units) == 1 else None
        return Node(name, kind, formula, taught=taught, role=role, layer=self.layer + 1, unit=unit, step=self.step)

    def _own(self, stem: str) -> str:
        return suffixed(f"{self.parameter}_{stem}", None, self.step)

    def _names_in_rule(self, rule: Rule) -> dict[str, Tree]:
        """Return the trees for the names in a rule's formulas, for this parameter and step."""
        names: dict[str, Tree] = {
            "g": self._gradient(),
            "w": Name(self._old),
            "step": Num(float(self.step), str(self.step)),
            "earlier": Num(float(self.step - 1)),
            "start": Num(self.optimizer.parameters.get("initial_accumulator_value", 0.0)),
        }
        for memory, _ in rule.memory:
            names[memory] = Name(self._own(memory))
            names[f"{memory}_before"] = Name(suffixed(f"{self.parameter}_{memory}", None, self.step - 1))
        return names

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
        """Return the gradient, including weight decay if the optimizer adds it to the gradient."""
        gradient: Tree = Name(self._gradient_name)
        if self._has_decay and not OPTIMIZERS[self.optimizer.name].decays_apart:
            return add(gradient, mul(Name("weight_decay"), Name(self._old)))
        return gradient

    def _textbook(self) -> Tree | None:
        """Return w + α·δ·h if δ = −∂E/∂Z and the step is plain gradient descent, or None."""
        plain = self.optimizer.name == "sgd" and not self._has_decay and not self.optimizer["momentum"]
        if self.names.network.delta_sign == "plus" or not plain or self.names.network.is_batch:
            return None
        deltas = (Name(suffixed(f"delta{unit}", None, self.step)) for unit in self.units)
        weight_names = self.names.network.layers[self.layer].weight_names
        place = next((row for row, names in enumerate(weight_names) if self.parameter in names), None)
        factors: list[Tree] = [Name("alpha"), add(*deltas)]
        if place is not None:
            at = self.names.network.data_step(self.step) if self.layer == 0 else self.step
            factors.append(Name(suffixed(self.names.source(self.layer, place), None, at)))
        return add(Name(self._old), mul(*factors))
