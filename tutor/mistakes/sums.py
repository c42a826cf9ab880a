"""Mistakes with weighted sums and with what enters them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tutor.formulas import text
from tutor.formulas.notation import Notation
from tutor.formulas.tree import Add, Call, Div, Mul, Name, Neg, Num, Tree, add, mul, sub, walk
from tutor.mistakes.entry import MISTAKES, TWICE_WRONG, Form, InProgram, TypicalMistake
from tutor.mistakes.formulas import (
    ONE,
    Surroundings,
    parts_of_mean,
    products,
    renamed,
    terms_of,
    without,
    without_minus,
)
from tutor.mistakes.logarithms import without_one_kind
from tutor.mistakes.places import Place
from tutor.mistakes.words import Words
from tutor.network import Graph, Kind, Node

# -- the bias -------------------------------------------------------------------------------------------------------


def _product_terms(node: Node) -> list[Tree]:
    return [mul(Name(weight), Name(source)) for weight, source in products(node.tree)]


def _without_bias(around: Surroundings, node: Node) -> Iterator[Form]:
    if bias := node.role.get("bias"):
        yield Form(add(*_product_terms(node)), bias)


def _minus_bias(around: Surroundings, node: Node) -> Iterator[Form]:
    if bias := node.role.get("bias"):
        yield Form(add(*_product_terms(node), Neg(Name(bias))), bias)


MISTAKES.add(
    TypicalMistake(
        "bias-left-out",
        10,
        lambda w: f"This leaves out the bias {w.about}.",
        "Count the terms of the sum: one product for each value that comes in, and then the bias.",
        {Place.WEIGHTED_SUM: _without_bias},
        systematic="This is the result without any bias.",
        in_program=InProgram("is what comes out when the biases are left out"),
    ),
    TypicalMistake(
        "bias-subtracted",
        170,
        lambda w: f"This subtracts the bias {w.about}; {w.q} adds it.",
        "Add the bias with its own sign. If it is negative, adding it makes the sum smaller.",
        {Place.WEIGHTED_SUM: _minus_bias},
        systematic="This is the result with every bias subtracted.",
        in_program=InProgram("is what comes out when the biases are subtracted"),
    ),
)

# -- terms ----------------------------------------------------------------------------------------------------------


def _symbol_of(term: Tree) -> str:
    match term:
        case Mul((Name(left), Name(right))):
            return f"{left}*{right}"
        case Name(name):
            return name
    return ""


def _sum_without_term(around: Surroundings, node: Node) -> Iterator[Form]:
    terms, bias = terms_of(node.tree), node.role.get("bias", "")
    if len(terms) > 2 or (len(terms) > 1 and not bias):
        for term, rest in without(terms):
            if term != Name(bias):
                yield Form(add(*rest), _symbol_of(term))


def _softmax_without_itself(around: Surroundings, node: Node) -> Iterator[Form]:
    assert isinstance(node.formula, Div)
    rest = [Call("exp", (Name(each.role["pre"]),)) for each in around.siblings(node)]
    yield Form(Div(node.formula.numerator, add(*rest)), how="total")


def _loss_without_term(around: Surroundings, node: Node) -> Iterator[Form]:
    """Yield the binary cross-entropy without the term with y, and without the one with 1 − y."""
    inner, _ = without_minus(node)
    if isinstance(inner, Add):
        target = Name(node.role["target"])
        for term, rest in without(inner.terms):
            direct = isinstance(term, Mul) and target in term.factors
            yield Form(Neg(add(*rest)), target.name, "target" if direct else "rest")


def _back_without_term(around: Surroundings, node: Node) -> Iterator[Form]:
    terms = terms_of(node.tree)
    if len(terms) > 2:
        for term, rest in without(terms):
            yield Form(add(*rest), _symbol_of(term))


def _gradient_without_term(around: Surroundings, node: Node) -> Iterator[Form]:
    total, finish = parts_of_mean(node)
    terms = terms_of(total)
    if len(terms) > 1:
        for term, rest in without(terms):
            yield Form(finish(add(*rest)), _symbol_of(term) if products(term) else "")


#: How many places later a for 1 − a comes than another term left out: after the wrong logarithm of a cross-entropy.
_RARELY = 300


def _any_without_term(tree: Tree, notation: Notation) -> Iterator[Form]:
    if isinstance(tree, Add):
        for term, rest in without(tree.terms):
            if any(isinstance(part, Name) for left in rest for part in walk(left)):  # nobody reduces 1 − β to 1
                yield Form(add(*rest), text(term.of if isinstance(term, Neg) else term, notation))
    match tree:
        case Add((Num(1.0), Neg(of))):
            if not isinstance(of, Add):
                yield Form(of, text(of, notation), "complement", later=_RARELY)


def _term_left_out(w: Words) -> str:
    if w.how == "complement" and w.about:
        return f"This takes {w.about} where {w.q} has 1 − {w.about}."
    if w.how == "target" and w.about:
        return f"This leaves out the term with {w.about}; it counts too."
    if w.how == "rest" and w.about:
        return f"This leaves out the term with 1 − {w.about}; it counts too."
    if w.how == "total":
        return "The sum below the line takes e^Z of every unit of the layer, this one's too."
    return f"This leaves out the term {w.about}." if w.about else f"This leaves out one term of {w.q}."


def _count_terms(graph: Graph, node: Node) -> str:
    if node.kind in (Kind.PRE_ACTIVATION, Kind.DELTA, Kind.BACK):
        return "Put a finger on each arrow into the unit: every one gives a product, even where it is small."
    return "Count the terms: write the formula down and tick off each one as you work it out."


MISTAKES.add(
    TypicalMistake(
        "term-left-out",
        160,
        _term_left_out,
        _count_terms,
        {
            Place.WEIGHTED_SUM: _sum_without_term,
            Place.SOFTMAX: _softmax_without_itself,
            Place.LOSS_SHARE: _loss_without_term,
            Place.SUM_BACK: _back_without_term,
            Place.BATCH_GRADIENT: _gradient_without_term,
            Place.CELL: without_one_kind,
        },
        changes=_any_without_term,
        in_formula={
            "": "This leaves out the term {}.",
            "complement": "This takes {} itself, not 1 minus it.",
        },
        one_of_many=True,
    )
)

# -- weights --------------------------------------------------------------------------------------------------------


def _with_other_weights(around: Surroundings, node: Node) -> Iterator[Form]:
    """Yield the sum with another unit's weights, with or without its bias, and with rows of W for columns."""
    own = [weight for weight, _ in products(node.tree)]
    columns = [own]

    def taking(weights: Sequence[str]) -> Tree:
        return renamed(node.tree, dict(zip(own, weights, strict=True)))

    for other in around.siblings(node):
        theirs = [weight for weight, _ in products(other.tree)]
        if len(theirs) != len(own):
            continue
        columns.append(theirs)
        yield Form(taking(theirs), other.name)
        if node.role.get("bias"):
            yield Form(other.tree, other.name)
    ordered = sorted(columns, key=lambda column: around.order[column[0]] if column else 0)
    place = ordered.index(own)
    if len(columns) > 1 and place < len(own) and len(ordered) == len(own):
        yield Form(taking([column[place] for column in ordered]), how="rows")
    if len(ordered) > 1 and all(ordered):
        in_rows = [weight for row in zip(*ordered, strict=True) for weight in row]
        yield Form(taking(in_rows[place * len(own) : (place + 1) * len(own)]), how="rows")


def _other_share(around: Surroundings, node: Node) -> Iterator[Form]:
    assert isinstance(node.formula, Div)
    for other in around.siblings(node):
        pre = other.role["pre"]
        yield Form(Div(Call("exp", (Name(pre),)), node.formula.denominator), pre)


#: How many places later another unit's sum comes: it has a form for each other unit, so it comes after the activation
#: in place of its slope.
_ONE_FOR_EACH_UNIT = 91


def _other_sum_back(around: Surroundings, node: Node) -> Iterator[Form]:
    pairs = products(node.tree)
    for other in around.siblings(node):
        if other.name.split("/")[0] == node.name.split("/")[0]:
            yield Form(other.tree, pairs[0][0] if pairs else "", later=_ONE_FOR_EACH_UNIT)


def _other_unit_weights(w: Words) -> str:
    if w.how == "rows":
        return f"This reads the weights row by row; {w.q} takes the column {w.weights}."
    if w.node.kind is Kind.PRE_ACTIVATION:
        return f"This uses another unit's weights; {w.q} takes {w.weights}."
    if w.node.kind is Kind.OUTPUT:
        return f"This is another output's share; {w.q} has e^{w.role('pre')} above the line."
    return f"This uses another unit's weights; take those that leave its own unit, such as {w.about}."


def _follow_the_arrows(graph: Graph, node: Node) -> str:
    if node.kind is Kind.PRE_ACTIVATION:
        return "Follow the arrows into *this* unit and write down the weight on each, before you multiply."
    if node.kind is Kind.OUTPUT:
        return "The exponential above the line belongs to *this* output; the sum below it is the same for all."
    return "Follow the arrows that leave *this* unit and write down the weight on each, before you multiply."


MISTAKES.add(
    TypicalMistake(
        "other-unit-weights",
        270,
        _other_unit_weights,
        _follow_the_arrows,
        {
            Place.WEIGHTED_SUM: _with_other_weights,
            Place.SOFTMAX: _other_share,
            Place.SUM_BACK: _other_sum_back,
        },
    )
)

# -- inputs ---------------------------------------------------------------------------------------------------------


def _sums_for_activations(around: Surroundings, node: Node) -> Iterator[Form]:
    names = around.sums_behind(source for _, source in products(node.tree))
    if names:
        yield Form(renamed(node.tree, names), next(iter(names)))


def _error_of_sum(around: Surroundings, node: Node) -> Iterator[Form]:
    output, target = node.role["output"], Name(node.role["target"])
    pre = around.before_activation(output)
    if pre and around.has_activation(output):
        yield Form(sub(Name(pre), target), output)


def _signal_of_sum(around: Surroundings, node: Node) -> Iterator[Form]:
    if around.has_activation(node.role["output"]):
        yield Form(sub(Name(node.role["pre"]), Name(node.role["target"])))


def _slope_of_sum(around: Surroundings, node: Node) -> Iterator[Form]:
    """Yield H(1 − H) or 1 − H² with Z in place of H."""
    pre, active = Name(node.role["pre"]), node.role["active"]
    if node.role["slope_of"] == "sigmoid":
        yield Form(mul(pre, sub(ONE, pre)), active)
    if node.role["slope_of"] == "tanh":
        yield Form(sub(ONE, mul(pre, pre)), active)


def _activated(around: Surroundings, node: Node) -> Iterator[Form]:
    active = around.of_unit(Kind.ACTIVATION, node) or around.of_unit(Kind.OUTPUT, node)
    if active is not None and active.role.get("activation") not in ("linear", "softmax"):
        yield Form(active.tree, active.name)


MISTAKES.add(
    TypicalMistake(
        "activation-skipped-before",
        120,
        lambda w: f"This uses a weighted sum in place of {w.about or w.role('output')}: the activation is missing.",
        "The layer before passes on activations, not weighted sums.",
        {
            Place.WEIGHTED_SUM: _sums_for_activations,
            Place.ERROR: _error_of_sum,
            Place.OUTPUT_DELTA: _signal_of_sum,
            Place.SLOPE: _slope_of_sum,
        },
        in_program=InProgram("is what comes out with Z in place of H", (Place.WEIGHTED_SUM,)),
    ),
    TypicalMistake(
        "activation-too-early",
        560,
        lambda w: f"This is {w.about}; {w.q} comes before the activation.",
        "Stop one step earlier: the weighted sum has no activation function yet.",
        {Place.WEIGHTED_SUM: _activated},
    ),
)

# -- other steps and samples ----------------------------------------------------------------------------------------


def _first_parameters(around: Surroundings, node: Node) -> Iterator[Form]:
    """Yield a later step's sum with the parameters of the first step, with all of them or all but one."""
    if node.step == 1:
        return
    weights = [weight for weight, _ in products(node.tree)]
    biases = [each for each in (node.role.get("bias"),) if each]
    known = {name: start for name in (*weights, *biases) for start in (around.first(name),) if start}
    for some, how in (((*weights, *biases), ""), (biases, "bias"), (weights, "weights")):
        old = {name: known[name] for name in some if name in known}
        if old and (not how or len(old) < len(known)):
            yield Form(renamed(node.tree, old), some[0], how)
    inputs = {source: start for _, source in products(node.tree) for start in (around.first(source),) if start}
    if known and inputs:
        yield Form(renamed(node.tree, known | inputs), next(iter(known)))
    for new in known if len(known) > 1 else ():
        others = {name: start for name, start in known.items() if name != new}
        for given in (inputs, {}):  # what comes in is the first step's as well, or this step's
            yield Form(renamed(node.tree, others | given), new, "one", later=TWICE_WRONG)


def _from_the_start(around: Surroundings, node: Node) -> Iterator[Form]:
    """Yield a later update subtracted from the first value."""
    first = around.first(node.role["old"])
    if first and "step" in node.role:
        yield Form(sub(Name(first), Name(node.role["step"])), node.role["old"])


def _other_samples(around: Surroundings, node: Node) -> Iterator[Form]:
    pairs = products(node.tree)
    if node.sample is None or not pairs:
        return
    earlier = {source: first for _, source in pairs if (first := around.first(source))}
    if len(earlier) == len(pairs):
        yield Form(renamed(node.tree, earlier), how="earlier")
    for place in range(len(around.other_samples(pairs[0][1]))):
        names = {}
        for _, source in pairs:
            others = around.other_samples(source)
            if place < len(others):
                names[source] = others[place]
        yield Form(renamed(node.tree, names))


def _old_parameter_used(w: Words) -> str:
    if w.node.kind is Kind.UPDATED:
        return f"This starts from the first value; {w.q} goes on from {w.about}."
    if w.how == "bias":
        return f"This uses the first bias; use the updated {w.about}."
    if w.how == "weights":
        return "This uses the first weights with the updated bias; use the updated weights."
    if w.how == "one":
        new = f"Of the new parameters this uses {w.about} alone" if w.about else "This uses one new parameter alone"
        return f"{new}; the others are those of the first step."
    return "This uses the first weights; use the updated ones."


MISTAKES.add(
    TypicalMistake(
        "old-parameter-used",
        420,
        _old_parameter_used,
        "This step begins with the parameters after the previous step.",
        {Place.WEIGHTED_SUM: _first_parameters, Place.UPDATE: _from_the_start},
        systematic="This is the result with the parameters of the first step.",
        one_of_many=True,
    ),
    TypicalMistake(
        "other-sample-used",
        610,
        lambda w: (
            "This uses the samples of the first step; take those of this one."
            if w.how == "earlier"
            else f"This uses another sample's values; {w.q} belongs to one sample."
        ),
        "Look at the number in square brackets: it says which row of the data this is about.",
        {Place.WEIGHTED_SUM: _other_samples},
    ),
)
