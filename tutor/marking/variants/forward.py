"""Typical mistakes of a forward pass: weighted sums, activations, softmax, errors and losses."""

from __future__ import annotations

from collections.abc import Iterator

from tutor.formulas import map_tree
from tutor.formulas.tree import Add, Call, Div, Mul, Name, Neg, Num, Pow, Tree, add, mul, sub, walk
from tutor.marking.variants.model import MistakenFormula, Surroundings, negated, products, renamed, terms_of, without
from tutor.network import Kind, Node

_ONE, _TWO = Num(1.0, "1"), Num(2.0, "2")
#: What a hand may take for the activation.
_COMMON = ("sigmoid", "tanh", "relu")


def weighted_sum(around: Surroundings, node: Node) -> Iterator[MistakenFormula]:
    """Of Z = Σ w·h + θ."""
    assert node.formula is not None
    terms = terms_of(node.formula)
    pairs = products(node.formula)
    bias = node.role.get("bias")
    plain = [mul(Name(weight), Name(source)) for weight, source in pairs]
    if bias:
        yield MistakenFormula("bias-left-out", add(*plain), node.name, bias)
        yield MistakenFormula("bias-subtracted", add(*plain, Neg(Name(bias))), node.name, bias)
    skipped = {source: around.before_activation(source) for _, source in pairs if around.has_activation(source)}
    skipped = {source: pre for source, pre in skipped.items() if pre}
    if skipped:
        names = {source: pre for source, pre in skipped.items() if pre}
        yield MistakenFormula("activation-skipped-before", renamed(node.formula, names), node.name, next(iter(skipped)))
    active = around.of_unit(Kind.ACTIVATION, node) or around.of_unit(Kind.OUTPUT, node)
    if active is not None and active.formula is not None and active.role.get("activation") not in ("linear", "softmax"):
        yield MistakenFormula("activation-too-early", active.formula, node.name, active.name)
    if len(terms) > 2 or (len(terms) > 1 and not bias):
        for term, rest in without(terms):
            if term != Name(bias or ""):
                yield MistakenFormula("term-left-out", add(*rest), node.name, _symbol_of(term))
    yield from _other_weights(around, node, pairs, bias)
    yield from _old_weights(around, node, pairs)
    yield from _other_samples(around, node, pairs)


def _symbol_of(term: Tree) -> str:
    match term:
        case Mul((Name(left), Name(right))):
            return f"{left}*{right}"
        case Name(name):
            return name
    return ""


def _other_weights(
    around: Surroundings, node: Node, pairs: list[tuple[str, str]], bias: str | None
) -> Iterator[MistakenFormula]:
    """Another unit's weights with this unit's bias or its own; rows of W for its columns."""
    assert node.formula is not None
    own = [weight for weight, _ in pairs]
    columns = [own]
    for other in around.siblings(node):
        assert other.formula is not None
        theirs = [weight for weight, _ in products(other.formula)]
        if len(theirs) != len(own):
            continue
        columns.append(theirs)
        swapped = renamed(node.formula, dict(zip(own, theirs, strict=True)))
        yield MistakenFormula("other-unit-weights", swapped, node.name, other.name)
        if bias:
            yield MistakenFormula("other-unit-weights", other.formula, node.name, other.name)
    ordered = sorted(columns, key=lambda column: list(around.nodes).index(column[0]) if column else 0)
    place = ordered.index(own)
    if len(columns) > 1 and place < len(own) and len(ordered) == len(own):
        row = [column[place] for column in ordered]
        yield MistakenFormula("other-unit-weights", renamed(node.formula, dict(zip(own, row, strict=True))), node.name)


def _old_weights(around: Surroundings, node: Node, pairs: list[tuple[str, str]]) -> Iterator[MistakenFormula]:
    """In a later step, the weights of the first one."""
    assert node.formula is not None
    if node.step == 1:
        return
    parameters = [weight for weight, _ in pairs] + [each for each in (node.role.get("bias"),) if each]
    first = {name: around.first(name) for name in parameters}
    known = {name: start for name, start in first.items() if start}
    if known:
        yield MistakenFormula("old-parameter-used", renamed(node.formula, known), node.name, parameters[0])


def _other_samples(around: Surroundings, node: Node, pairs: list[tuple[str, str]]) -> Iterator[MistakenFormula]:
    assert node.formula is not None
    if node.sample is None or not pairs:
        return
    for place in range(len(around.other_samples(pairs[0][1]))):
        names = {}
        for _, source in pairs:
            others = around.other_samples(source)
            if place < len(others):
                names[source] = others[place]
        yield MistakenFormula("other-sample-used", renamed(node.formula, names), node.name)


# -- activations ----------------------------------------------------------------------------------------------------


def activation(around: Surroundings, node: Node) -> Iterator[MistakenFormula]:
    """Of H = f(Z), and of an output."""
    name, pre = node.role.get("activation", ""), Name(node.role.get("pre", ""))
    if name == "softmax":
        yield from _softmax(around, node)
        return
    if name != "linear":
        yield MistakenFormula("activation-left-out", pre, node.name, pre.name)
    parameter: tuple[Tree, ...] = ()
    if isinstance(node.formula, Call):
        parameter = node.formula.arguments[1:]
    for other in _COMMON:
        if other != name:
            yield MistakenFormula("wrong-activation", Call(other, (pre,)), node.name, other)
    if name in ("sigmoid", "softplus", "silu", "elu", "tanh"):
        yield MistakenFormula("sign-in-exponent", Call(name, (Neg(pre), *parameter)), node.name, pre.name)
    if name not in ("linear", "step"):
        yield MistakenFormula("derivative-instead", Call(f"{name}'", (pre, *parameter)), node.name, pre.name)
    if name == "sigmoid":
        yield MistakenFormula("exponential-left-out", Div(_ONE, add(_ONE, Neg(pre))), node.name, pre.name)


def _softmax(around: Surroundings, node: Node) -> Iterator[MistakenFormula]:
    """e^Z over the sum of all e^Z."""
    assert isinstance(node.formula, Div)
    exponential, total = node.formula.numerator, node.formula.denominator
    pre = Name(node.role["pre"])
    others = [Name(each.role["pre"]) for each in [node, *around.siblings(node)]]
    yield MistakenFormula("activation-left-out", pre, node.name, pre.name)
    yield MistakenFormula("exponential-left-out", Div(pre, add(*others)), node.name, pre.name)
    yield MistakenFormula("not-normalised", exponential, node.name, pre.name)
    yield MistakenFormula("wrong-activation", Call("sigmoid", (pre,)), node.name, "sigmoid")
    grown: list[Tree] = [Call("exp", (Neg(each),)) for each in others]
    yield MistakenFormula("sign-in-exponent", Div(grown[0], add(*grown)), node.name, pre.name)
    rest = [Call("exp", (each,)) for each in others[1:]]
    yield MistakenFormula("term-left-out", Div(exponential, add(*rest)), node.name, "total")
    for other in others[1:]:
        yield MistakenFormula("other-unit-weights", Div(Call("exp", (other,)), total), node.name, other.name)


# -- errors and losses ----------------------------------------------------------------------------------------------


def error(around: Surroundings, node: Node) -> Iterator[MistakenFormula]:
    """Of ŷ − y."""
    output, target = Name(node.role["output"]), Name(node.role["target"])
    yield MistakenFormula("difference-reversed", sub(target, output), node.name)
    yield MistakenFormula("loss-instead", Pow(sub(output, target), _TWO), node.name)
    pre = around.before_activation(output.name)
    if pre and around.has_activation(output.name):
        yield MistakenFormula("activation-skipped-before", sub(Name(pre), target), node.name, output.name)


def loss_share(around: Surroundings, node: Node) -> Iterator[MistakenFormula]:
    """Of one output's loss."""
    assert node.formula is not None
    formula = node.formula
    difference = Name(node.role["error"])
    output, target = Name(node.role["output"]), Name(node.role["target"])
    logarithms = _has_logarithm(formula)
    yield MistakenFormula("factor-two", mul(_TWO, formula), node.name)
    yield MistakenFormula("factor-two", Div(formula, _TWO), node.name)
    if not logarithms:
        yield MistakenFormula("square-left-out", _linear_loss(formula), node.name, difference.name)
        yield MistakenFormula("square-left-out", difference, node.name, difference.name)
        yield MistakenFormula("sign-flipped", _plus_loss(formula, output, target), node.name, target.name)
        return
    yield MistakenFormula("sign-lost", negated(formula), node.name)
    yield MistakenFormula("wrong-logarithm", _with_log10(formula), node.name)
    inner = formula.of if isinstance(formula, Neg) else formula
    if isinstance(inner, Add):
        for _, rest in without(inner.terms):
            yield MistakenFormula("term-left-out", Neg(add(*rest)), node.name, "hit")
        swapped = renamed(formula, {output.name: target.name, target.name: output.name})
        yield MistakenFormula("inputs-swapped", swapped, node.name)
    yield MistakenFormula("wrong-loss", difference, node.name)
    yield MistakenFormula("wrong-loss", Pow(difference, _TWO), node.name)
    yield MistakenFormula("wrong-loss", Div(Pow(difference, _TWO), _TWO), node.name)


def loss(around: Surroundings, node: Node) -> Iterator[MistakenFormula]:
    """Of the whole loss: a single output's, or a sum over outputs or samples."""
    assert node.formula is not None
    if "error" in node.role:
        yield from loss_share(around, node)
        return
    yield MistakenFormula("factor-two", mul(_TWO, node.formula), node.name)
    yield MistakenFormula("factor-two", Div(node.formula, _TWO), node.name)
    yield from sums_and_means(node, node.formula)
    total = node.formula.numerator if isinstance(node.formula, Div) else node.formula
    for term in terms_of(total) if len(terms_of(total)) > 1 else ():
        if isinstance(term, Name):
            yield MistakenFormula("sum-left-out", term, node.name, term.name)


def sums_and_means(node: Node, formula: Tree) -> Iterator[MistakenFormula]:
    """A sum where a mean is meant, and the other way round."""
    sign, inner = (Neg, formula.of) if isinstance(formula, Neg) else ((lambda tree: tree), formula)
    if isinstance(inner, Div) and isinstance(inner.denominator, Num):
        yield MistakenFormula("sum-for-mean", sign(inner.numerator), node.name)
        inner = inner.numerator
    elif len(terms_of(inner)) > 1:
        count = float(len(terms_of(inner)))
        yield MistakenFormula("mean-for-sum", sign(Div(inner, Num(count, f"{count:g}"))), node.name)


def _has_logarithm(tree: Tree) -> bool:
    return any(isinstance(part, Call) and part.function == "ln" for part in walk(tree))


def _with_log10(tree: Tree) -> Tree:
    def change(part: Tree) -> Tree | None:
        return Call("log10", part.arguments) if isinstance(part, Call) and part.function == "ln" else None

    return map_tree(tree, change)


def _linear_loss(tree: Tree) -> Tree:
    """The loss with the square forgotten."""
    return map_tree(tree, lambda part: part.base if isinstance(part, Pow) else None)


def _plus_loss(tree: Tree, output: Tree, target: Tree) -> Tree:
    """The loss of ŷ + y."""

    def change(part: Tree) -> Tree | None:
        return Pow(add(output, target), part.exponent) if isinstance(part, Pow) else None

    return map_tree(tree, change)
