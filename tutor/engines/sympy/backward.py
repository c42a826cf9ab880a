"""Derive the backward pass: factors of the chain rule, error signals and gradients, over every path to E."""

from __future__ import annotations

import math

from tutor.engines.sympy.chains import KINKED, Chains
from tutor.engines.sympy.forward import MOST_TERMS, derive_plain
from tutor.engines.sympy.writer import first_terms, joined, rounded, share
from tutor.formulas import text
from tutor.formulas.tree import Name, Neg, Tree, add, mul, walk
from tutor.formulas.wording import enumerated
from tutor.network import Kind, Node
from tutor.network.naming import UnitNames


class Backward(Chains):
    """Writes the derivations of one network's derivatives."""

    def derive(self, node: Node) -> None:
        """Write the lines of a factor, an error signal or a gradient."""
        match node.kind:
            case Kind.DELTA:
                self._signal(node)
            case Kind.GRADIENT:
                self._gradient(node)
            case _:
                self._factor(node)

    # -- error signals ----------------------------------------------------------------------------------------------

    def _signal(self, node: Node) -> None:
        unit = self._unit(node)
        if self.by_rule and unit.layer == self.names.last:
            self._signal_by_rule(node)
            return
        self._signal_chain(unit)
        self._finish(node.name, self.graph.definition(node.name))

    def _signal_by_rule(self, node: Node) -> None:
        what = "This lesson's rule: the output's error signal is the plain error, whatever the activation."
        if self.network.follows_loss:
            what += " With this loss and activation it is the loss's gradient."
        else:
            what += " It is not the gradient of the loss here; it gives the update's direction."
        self.writer.worked_out(what, node.name, self.graph.definition(node.name))

    def _signal_chain(self, unit: UnitNames) -> None:
        """Write the lines that lead to δ in the form in which it is taught."""
        writer, symbol = self.writer, self.writer.symbol
        name = unit.delta
        sign = "minus " if self.minus else ""
        if not self.by_rule:
            by_pre: Tree = Name(unit.named(f"dE/d{unit.pre_stem}"))
            of = f"with respect to its weighted sum {symbol(unit.pre)}"
            what = f"The error signal of a unit is {sign}the slope of the loss {of}."
            writer.line(what, name, self._turned(by_pre), named=True)
        chain = self._turned(self._chain(unit))
        writer.line(self._route(unit), name, chain, named=self.by_rule)
        self._explain_all(chain)
        together = self._together(chain)
        is_finite = math.isfinite(writer.value(together))
        if is_finite:
            writer.line("Put together.", name, together, named=True)
        taught = self.graph.definition(name)
        if text(taught) != text(together):
            writer.line(self._shortening(unit), name, taught, named=not is_finite)

    def _turned(self, tree: Tree) -> Tree:
        """Return the tree with the sign of δ; under the rule δ = ŷ − y, chains are already written with δ."""
        return Neg(tree) if self.minus and not self.by_rule else tree

    def _route(self, unit: UnitNames) -> str:
        symbol = self.writer.symbol
        if unit.layer == self.names.last:
            if unit.activation.name == "softmax":
                return f"{symbol(unit.pre)} moves every output of the softmax, so every output is a path to the loss."
            return f"{symbol(unit.pre)} reaches the loss through {symbol(unit.active)}: the chain rule."
        after = enumerated(symbol(each.pre) for each in self._after(unit))
        if self._paths(unit.layer) > 1:
            return f"{symbol(unit.active)} enters {after}: one path for each, added up."
        return f"{symbol(unit.pre)} reaches the loss through {symbol(unit.active)} and {after}: the chain rule."

    def _shortening(self, unit: UnitNames) -> str:
        if unit.layer == self.names.last:
            if unit.activation.name == "softmax" and self.network.loss == "cross_entropy":
                return "The targets add up to 1, and the sum shrinks to the difference."
            if unit.activation.name == "sigmoid" and self.network.loss == "binary_cross_entropy":
                return "ŷ(1 − ŷ) cancels: the slope of the loss undoes the slope of the sigmoid."
            return "In the form that is easiest to remember."
        deltas = [self.writer.symbol(each.delta) for each in self._after(unit)]
        are = "The first factor, before the weights, is" if len(deltas) == 1 else "The factors before the weights are"
        return f"{are} {enumerated(deltas)}, known from the layer after."

    # -- gradients --------------------------------------------------------------------------------------------------

    def _gradient(self, node: Node) -> None:
        if "delta" not in node.role:
            self._gradient_of_many(node)
            return
        unit, writer = self._unit(node), self.writer
        by_parameter = unit.named(f"d{unit.pre_stem}/d{node.role['parameter']}")
        self.factors[by_parameter] = (unit.pre, self._held(node))
        chain: Tree = mul(self._chain(unit), Name(by_parameter))
        if self.by_rule and self.minus:
            chain = Neg(chain)
        writer.line(self._gradient_words(node, unit), node.name, chain, named=True)
        self._explain_all(chain)
        together, taught = self._together(chain), self.graph.definition(node.name)
        is_finite = math.isfinite(writer.value(together))
        if is_finite:
            writer.line("Put together.", node.name, together, named=True)
        if text(taught) != text(together):
            if is_finite and self._is_handy(together):
                writer.numbers(node.name, self._with_slopes(together))
            signal = f"{'−' if self.minus else ''}{writer.symbol(unit.delta)}"
            words = f"Everything up to {writer.symbol(unit.pre)} is {signal}."
            writer.line(words, node.name, taught, named=not is_finite)
        self._finish(node.name, taught)

    def _is_handy(self, tree: Tree) -> bool:
        """Return whether the tree is short enough to read with its numbers, and nothing in it cancels."""
        cancels = self.network.loss in ("binary_cross_entropy", "cross_entropy") and not self.by_rule
        return not cancels and sum(isinstance(part, Name) for part in walk(tree)) <= 14

    def _held(self, node: Node) -> str:
        """Return the name of the parameter's value at the start of the node's step."""
        return self.names.parameter(node.role["parameter"], node.step)

    def _gradient_words(self, node: Node, unit: UnitNames) -> str:
        symbol = self.writer.symbol
        parameter = symbol(self._held(node))
        if self.by_rule and not self.network.follows_loss:
            start = "The update's direction (this lesson's δ is not the loss's gradient): the outputs' δ, passed back"
            return f"{start} to {symbol(unit.pre)} and to {parameter}."
        paths = self._paths(unit.layer)
        if paths > 1:
            return f"{parameter} moves {symbol(unit.pre)}, and from there {paths} paths lead to the loss: add them up."
        return f"{parameter} moves {symbol(unit.pre)}, and from there one path leads to the loss: the chain rule."

    def _gradient_of_many(self, node: Node) -> None:
        """Write one chain in full, and the sum or mean over the samples and over the units that share a bias."""
        writer, parameter = self.writer, node.role["parameter"]
        units = self._units_moved(node)
        example = max(units, key=lambda each: abs(self._contribution(each, parameter)))
        if len(units) > MOST_TERMS:
            self._long_sum(node, units, parameter)
        else:
            each = "slope"
            if self.by_rule and not self.network.follows_loss:
                each = "direction (this lesson's δ is not the loss's gradient)"
            if node.unit is None:
                over = ", averaged over the samples" if self.network.divisor(node.step) > 1 else ""
                start = (
                    f"{writer.symbol(self._held(node))} moves every unit of the layer: add up each one's {each}{over}"
                )
            else:
                over = "mean" if self.network.reduction == "mean" else "sum"
                start = f"The {over} over the samples of each sample's {each}"
            what = f"{start}; {self._whose(node, example)} is worked out below."
            writer.line(what, node.name, self.graph.definition(node.name), named=True)
        if self.by_rule and example.layer == self.names.last:
            writer.line(
                "This lesson's rule for the output.", example.delta, self.graph.definition(example.delta), named=True
            )
        else:
            self._signal_chain(example)
        tree = self._with_slopes(self.graph.definition(example.delta))
        writer.numbers(example.delta, tree)
        writer.result(example.delta, tree, f"The error signal of {self._whose(node, example)}.")
        by_parameter = example.named(f"d{example.pre_stem}/d{parameter}")
        self.factors[by_parameter] = (example.pre, self._held(node))
        self._explain(by_parameter)
        if len(units) <= MOST_TERMS:
            self._finish(node.name, self.graph.definition(node.name), named=True)
        else:
            writer.result(node.name, self.graph.definition(node.name), named=True)

    def _units_moved(self, node: Node) -> list[UnitNames]:
        """Return the units that a parameter acts on, sample by sample: for a shared bias, all units of the layer."""
        samples = [sample for sample, _ in self.names.samples(node.step)]
        if node.unit is not None:
            unit = self._unit(node)
            return [UnitNames(self.names, unit.layer, unit.index, sample, node.step) for sample in samples]
        assert node.layer is not None
        return [unit for sample in samples for unit in self.names.units(node.layer - 1, sample, node.step)]

    def _whose(self, node: Node, unit: UnitNames) -> str:
        """Return a unit's number and sample in words, where the gradient goes through several."""
        parts = [f"unit {self.names.unit(unit.layer, unit.index)}"] if node.unit is None else []
        return " of ".join([*parts, *([f"sample {unit.sample}"] if self.network.is_batch else [])])

    def _contribution(self, unit: UnitNames, parameter: str) -> float:
        by_parameter = unit.named(f"d{unit.pre_stem}/d{parameter}")
        return self.writer.number(unit.delta) * self.writer.number(by_parameter)

    def _long_sum(self, node: Node, units: list[UnitNames], parameter: str) -> None:
        """Write the sum over a large batch or layer with Σ, and then its first terms."""
        writer, unit = self.writer, units[0]
        sign = ("-", "−") if self.minus else ("", "")
        source = unit.named(f"d{unit.pre_stem}/d{parameter}")
        moved = self.graph.nodes[source].formula
        stem = moved.name.partition("[")[0] if isinstance(moved, Name) else ""
        factor = share(self.network.divisor(node.step))
        notation = writer.notation
        sample = ("{[n]}", "[n]") if self.network.is_batch else ("", "")
        over = (r"\sum_{n} ", "Σₙ ") if self.network.is_batch else ("", "")
        delta = self.names.delta(unit.layer, unit.index)
        signal = notation.latex(delta) + sample[0], notation.text(delta) + sample[1]
        if node.unit is None:
            over = over[0] + r"\sum_{j} ", over[1] + "Σⱼ "
            signal = rf"{notation.latex('delta')}_{{j}}{sample[0]}", f"{notation.text('delta')}ⱼ{sample[1]}"
        tail = (rf" {notation.latex(stem)}{{[n]}}", f"·{notation.text(stem)}[n]") if stem else ("", "")
        body = joined(sign, factor, over, signal, tail)
        worth = writer.value(self.graph.definition(node.name))
        whose = f"{len(units)} samples'" if node.unit is not None else "units'"
        writer.words(f"The {whose} slopes, added up.", node.name, body, worth, named=True)
        terms = [rounded(self._contribution(each, parameter)) for each in units[:3]]
        listed = (f"({term})" if term.startswith("−") else term for term in terms)
        writer.words("The first terms.", node.name, joined(sign, factor, first_terms(listed)), worth)

    # -- one factor -------------------------------------------------------------------------------------------------

    def _factor(self, node: Node) -> None:
        """Write the lines for a factor of the chain that is asked for by itself."""
        writer = self.writer
        over, _, below = node.name.partition("@")[0].partition("[")[0].partition("/")
        unit = self._unit(node)
        if over == "dE" and below == f"d{unit.active_stem}" and unit.layer < self.names.last:
            self._by_hidden(node, unit)
            return
        if over == "dE" and below == f"d{unit.pre_stem}":
            derive_plain(writer, node, "δ has the opposite sign of this slope here.")
            return
        of, by = self._pair(node, unit, over[1:], below[1:])
        self.factors[node.name] = (of, by)
        self._explain(node.name)
        taught = self._forms(node.name)[-1]
        if isinstance(taught, Name):
            writer.result(node.name, taught, f"That is {writer.symbol(taught.name)}.")
        elif self._kind_of(of) not in KINKED or of == unit.pre:
            writer.numbers(node.name, taught)
            writer.result(node.name, taught)

    def _pair(self, node: Node, unit: UnitNames, over: str, below: str) -> tuple[str, str]:
        """Return what is differentiated by what, with the suffixes of sample and step."""
        if over == "E":
            return unit.named("E"), unit.active
        if over == unit.pre_stem:
            return unit.pre, self._entering_or_held(unit, below)
        softmax = self.graph.nodes[unit.active].role.get("activation") == "softmax"
        return unit.active, unit.named(below) if softmax else unit.pre

    def _entering_or_held(self, unit: UnitNames, below: str) -> str:
        description = unit.description
        for place in range(description.n_inputs):
            if below == self.names.source(unit.layer, place):
                return unit.source(place)
        return self.names.parameter(below, unit.step)

    def _by_hidden(self, node: Node, unit: UnitNames) -> None:
        """Write ∂E/∂H of a hidden unit: one path for each unit that it enters."""
        writer, symbol = self.writer, self.writer.symbol
        after = self._after(unit)
        chain: Tree = add(*(mul(Name(self._by_pre(each)), Name(self._by_entering(each, unit))) for each in after))
        if self.by_rule and self.minus:
            chain = Neg(chain)
        paths = enumerated(symbol(each.pre) for each in after)
        writer.line(f"{symbol(unit.active)} reaches the loss through {paths}.", node.name, chain, named=True)
        self._explain_all(chain)
        taught = self.graph.definition(node.name)
        writer.line("Put together.", node.name, taught, named=True)
        self._finish(node.name, taught)
