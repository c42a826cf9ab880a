"""The chain rule written out: every path from a unit to the loss, and every factor on it.

A chain is first written with the names of its factors. SymPy then computes each factor by differentiating a
definition, and the factors are put together in the form in which they are taught.
"""

from __future__ import annotations

from tutor.engines.sympy.convert import differentiated
from tutor.engines.sympy.forward import definition
from tutor.engines.sympy.writer import Writer, tidy
from tutor.formulas import map_tree, substitute, text
from tutor.formulas.tree import Call, Name, Num, Tree, add, mul, names
from tutor.network import Kind, Network, Node
from tutor.network.naming import Names, UnitNames

#: The most paths to E that are written out; with more, the chain stops at the next layer's error signals.
MOST_PATHS = 6

#: Activations made of two pieces, whose slope depends on the side of 0.
KINKED = frozenset({"relu", "leaky_relu", "elu"})


class Chains:
    """Writes the chains of one network, from a unit to the loss over every path, and works out each factor."""

    def __init__(self, writer: Writer, network: Network) -> None:
        self.writer = writer
        self.graph = writer.graph
        self.network = network
        self.names = Names(network)
        self.minus = network.delta_sign == "minus"
        self.by_rule = network.error_signal == "difference"
        self.factors: dict[str, tuple[str, str]] = {}

    # -- finding units ----------------------------------------------------------------------------------------------

    def _unit(self, node: Node) -> UnitNames:
        assert node.layer is not None
        assert node.unit is not None
        index = node.unit - self.names.unit(node.layer - 1, 0)
        return UnitNames(self.names, node.layer - 1, index, node.sample, node.step)

    def _after(self, unit: UnitNames) -> list[UnitNames]:
        return list(self.names.units(unit.layer + 1, unit.sample, unit.step))

    # -- chains -----------------------------------------------------------------------------------------------------

    def _paths(self, layer: int) -> int:
        """Return how many paths lead from one unit of a layer to the loss."""
        count = 1
        for after in self.network.layers[layer + 1 :]:
            count *= after.n_units
        is_softmax = self.network.layers[-1].activation.name == "softmax" and not self.by_rule
        return count * (self.network.n_outputs if is_softmax else 1)

    def _chain(self, unit: UnitNames) -> Tree:
        """Return ∂E/∂Z of a unit over the names of its factors; under the rule δ = ŷ − y, δ over the outputs' δ."""
        if unit.layer == self.names.last:
            return self._output_chain(unit)
        is_short = self._paths(unit.layer) > MOST_PATHS
        branches = []
        for after in self._after(unit):
            onward = Name(self._by_pre(after)) if is_short else self._chain(after)
            branches.append(mul(onward, Name(self._by_entering(after, unit))))
        self.factors[unit.slope] = (unit.active, unit.pre)
        return mul(add(*branches), Name(unit.slope))

    def _output_chain(self, unit: UnitNames) -> Tree:
        if self.by_rule:
            return Name(unit.delta)
        if unit.activation.name != "softmax":
            self.factors[unit.by_active] = (unit.named("E"), unit.active)
            self.factors[unit.slope] = (unit.active, unit.pre)
            return mul(Name(unit.by_active), Name(unit.slope))
        terms = []
        for output in self.names.units(unit.layer, unit.sample, unit.step):
            cross = unit.named(f"d{output.active_stem}/d{unit.pre_stem}")
            self.factors[output.by_active] = (unit.named("E"), output.active)
            self.factors[cross] = (output.active, unit.pre)
            terms.append(mul(Name(output.by_active), Name(cross)))
        return add(*terms)

    def _by_pre(self, unit: UnitNames) -> str:
        """Return the name of a unit's ∂E/∂Z; under the rule δ = ŷ − y, of its δ."""
        name = unit.delta if self.by_rule else unit.named(f"dE/d{unit.pre_stem}")
        self.factors[name] = ("", unit.pre)
        return name

    def _by_entering(self, after: UnitNames, unit: UnitNames) -> str:
        name = after.named(f"d{after.pre_stem}/d{unit.active_stem}")
        self.factors[name] = (after.pre, unit.active)
        return name

    # -- factors ----------------------------------------------------------------------------------------------------

    def _taught(self, factor: str) -> Tree:
        """Return a factor in the form in which it is taught: H(1 − H), ŷ − y, the weight, the input."""
        if factor in self.graph.nodes and self.factors.get(factor, ("", ""))[0]:
            forms = self._forms(factor)
            return forms[0] if isinstance(forms[0], Call) else forms[-1]
        name = factor if factor in self.graph.nodes else self.graph.aliases[factor]
        return Name(name)

    def _differentiated(self, of: str, by: str) -> Tree:
        """Return ∂of/∂by as SymPy derives it from the definition of ``of``."""
        return differentiated(definition(self.graph, of), by)

    def _explain(self, factor: str) -> None:
        """Write the lines that work out one factor."""
        of, by = self.factors[factor]
        writer = self.writer
        if not of:
            words = f"{writer.symbol(factor)} is known from the layer after."
            writer.line(words, factor, self._taught(factor), named=True)
            return
        first, *others = self._forms(factor)
        writer.line(self._reason(of, by), factor, first, named=True)
        for other in others:
            writer.line(self._short_reason(of, by), factor, other)
        if isinstance(first, Call) and self._kind_of(of) in KINKED:
            side = "above" if writer.number(by) > 0 else "not above"
            writer.result(factor, first, f"Since {writer.symbol(by)} is {side} 0.")

    def _forms(self, factor: str) -> list[Tree]:
        """Return a factor as SymPy differentiates it and as it is taught, the longer first; ReLU′(Z) before its value.

        One form is enough where the two agree.
        """
        of, by = self.factors[factor]
        taught = self.graph.definition(factor)
        if self._kind_of(of) == "softmax" or self.graph.nodes[of].formula == Name(by):
            return [taught]
        found = self._differentiated(of, by)
        if text(found) == text(taught):
            return [taught]
        if isinstance(taught, Call):
            return [taught, found]
        return sorted((found, taught), key=lambda form: -len(text(form)))

    def _kind_of(self, name: str) -> str:
        return self.graph.nodes[name].role.get("activation", "")

    def _reason(self, of: str, by: str) -> str:
        symbol = self.writer.symbol
        kind = self.graph.nodes[of].kind
        defined = f"{symbol(of)} = {text(definition(self.graph, of), self.writer.notation)}"
        if kind is Kind.LOSS:
            return f"Differentiate the loss with respect to {symbol(by)}: {defined}."
        if kind is Kind.PRE_ACTIVATION:
            return f"In {defined}, only one term has {symbol(by)} in it."
        activation = self._kind_of(of)
        if activation == "softmax":
            same = self.graph.nodes[of].role["pre"] == by
            whose, slope = ("its own", "ŷ(1 − ŷ)") if same else ("another's", "−ŷₖŷⱼ")
            return f"The slope of a softmax output with respect to {whose} sum: {slope}."
        if activation in KINKED:
            return f"The slope of {symbol(of)} at {symbol(by)}."
        return f"The slope of {defined} at {symbol(by)}."

    def _short_reason(self, of: str, by: str) -> str:
        symbol = self.writer.symbol
        if self.graph.nodes[of].kind is Kind.LOSS:
            return "The same, in its shortest form."
        if self._kind_of(of) not in ("sigmoid", "tanh"):
            return "Its derivative, worked out."
        return f"{symbol(of)} is already known, so no new exponential is needed."

    # -- putting together -------------------------------------------------------------------------------------------

    def _together(self, chain: Tree) -> Tree:
        """Return a chain with every factor in its taught form."""
        return tidy(substitute(chain, {name: self._taught(name) for name in names(chain)}))

    def _with_slopes(self, tree: Tree) -> Tree:
        """Replace slopes such as ReLU′(Z₃) by their names, so that the line with the numbers shows one number each."""
        slopes: dict[Tree, str] = {}
        for factor, (_, by) in self.factors.items():
            formula = self.graph.nodes[factor].formula if factor in self.graph.nodes else None
            if isinstance(formula, Call) and by:
                slopes[formula] = factor
        return map_tree(tree, lambda part: Name(slopes[part]) if part in slopes else None)

    def _explain_all(self, chain: Tree) -> None:
        for factor in names(chain):
            if factor in self.factors:
                self._explain(factor)

    def _finish(self, name: str, together: Tree, *, named: bool = False) -> None:
        """Write the numbers and the value of a derivative; ``named`` if the line above is about something else."""
        tree = self._with_slopes(together)
        self.writer.numbers(name, tree, named=named)
        self.writer.products(name, tree)
        is_first = named and isinstance(tree, Name | Num)
        self.writer.result(name, tree, self._why_zero(name), named=is_first)

    def _why_zero(self, name: str) -> str:
        """Return why a derivative is 0, where the reason is known; else ""."""
        node = self.graph.nodes[name]
        if self.writer.number(name) != 0 or node.layer is None or node.sample is not None:
            return ""
        unit = self._unit(node) if node.unit is not None else None
        if unit is not None and unit.slope in self.graph.nodes and self.writer.number(unit.slope) == 0:
            return "0: the unit's slope is 0 here, so nothing passes through it (a dead unit)."
        if node.role.get("input") and self.writer.number(node.role["input"]) == 0:
            return "0: what enters through this weight is 0, so the weight had no part in the error."
        return ""
