"""Mistakes with errors, losses and their slopes: the difference, the square, factors of 2, sums and means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tutor.formulas import map_tree, text
from tutor.formulas.notation import Notation
from tutor.formulas.tree import Add, Call, Div, Mul, Name, Neg, Num, Pow, Tree, add, mul, sub
from tutor.functions import LOSSES
from tutor.mistakes.entry import MISTAKES, Form, InProgram, TypicalMistake
from tutor.mistakes.formulas import ONE, TWO, Surroundings, negated, products, terms_of, without_minus
from tutor.mistakes.logarithms import has_logarithm
from tutor.mistakes.places import Place
from tutor.mistakes.words import Words
from tutor.network import Kind, Node

#: How many places later one share alone comes: it has a form for each share, so it comes after the mean and the factor
#: of 2, which have one.
_ONE_OF_MANY = 75

# -- the difference -------------------------------------------------------------------------------------------------


def negative(around: Surroundings, node: Node) -> Iterator[Form]:
    """Yield a step's formula with the other sign."""
    yield Form(negated(node.tree))


def _target_minus_output(around: Surroundings, node: Node) -> Iterator[Form]:
    yield Form(sub(Name(node.role["target"]), Name(node.role["output"])))


def _is_difference(first: Tree, second: Tree) -> bool:
    """Return whether two terms form a difference that people may reverse: a − b, but not −a − b or 1 − a."""
    return _is_negative(first) != _is_negative(second) and not isinstance(first, Num)


def _is_negative(term: Tree) -> bool:
    return isinstance(term, Neg) or (isinstance(term, Mul) and isinstance(term.factors[0], Neg))


def _any_difference_reversed(tree: Tree, notation: Notation) -> Iterator[Form]:
    if isinstance(tree, Add) and len(tree.terms) == 2 and _is_difference(*tree.terms):
        yield Form(add(*(negated(term) for term in tree.terms)), text(tree, notation))


def _difference_reversed(w: Words) -> str:
    output, target = w.role("output"), w.role("target")
    which = f" of {output} and {target}" if output and target else f" {w.about}" if w.about else ""
    size = "" if w.node.kind is Kind.CELL else ": the size is right, the sign is not"
    return f"This reverses the difference{which}{size}."


MISTAKES.add(
    TypicalMistake(
        "difference-reversed",
        70,
        _difference_reversed,
        "Output minus target, or target minus output? Take the order that the lesson's formula has.",
        {Place.ERROR: _target_minus_output, Place.OUTPUT_DELTA: negative, Place.LOSS_SLOPE: negative},
        changes=_any_difference_reversed,
        in_formula="This reverses the difference {}.",
        systematic="This is the result with the difference reversed from the start.",
        in_program=InProgram(
            "is what comes out when the difference is taken the wrong way round, target minus prediction",
            (Place.LOSS_SLOPE,),
        ),
    )
)

# -- the square -----------------------------------------------------------------------------------------------------


def _squared(around: Surroundings, node: Node) -> Iterator[Form]:
    yield Form(Pow(sub(Name(node.role["output"]), Name(node.role["target"])), TWO))


def _loss_for_signal(around: Surroundings, node: Node) -> Iterator[Form]:
    yield from _loss_for_slope(around, node)
    yield Form(Pow(Name(node.role["error"]), TWO))


def _loss_for_slope(around: Surroundings, node: Node) -> Iterator[Form]:
    share = around.of_unit(Kind.LOSS_SHARE, node) or around.of_unit(Kind.LOSS, node)
    if share is not None:
        yield Form(Name(share.name), share.name)


def _loss_instead(w: Words) -> str:
    if w.node.kind is Kind.ERROR:
        return f"This is squared; {w.q} is the plain difference of {w.role('output')} and {w.role('target')}."
    what = "the loss" if w.mistaken.about else "the squared difference"
    if w.node.formula == Name(w.node.role.get("error", "")):
        return f"This is {what}; {w.q} is the difference of {w.role('output')} and {w.role('target')}."
    return f"This is {what}; {w.q} says how the loss changes."


def _without_square(around: Surroundings, node: Node) -> Iterator[Form]:
    if not has_logarithm(node):
        error = node.role["error"]
        yield Form(map_tree(node.tree, lambda part: part.base if isinstance(part, Pow) else None), error)
        yield Form(Name(error), error)


def _slope_without_square(around: Surroundings, node: Node) -> Iterator[Form]:
    """Yield 1 − H in place of tanh′ = 1 − H²."""
    if node.role["slope_of"] == "tanh":
        yield Form(sub(ONE, Name(node.role["active"])), node.role["active"])


MISTAKES.add(
    TypicalMistake(
        "loss-instead",
        375,
        _loss_instead,
        "That is the loss. What is asked for is how it changes, with its sign.",
        {Place.ERROR: _squared, Place.OUTPUT_DELTA: _loss_for_signal, Place.LOSS_SLOPE: _loss_for_slope},
    ),
    TypicalMistake(
        "square-left-out",
        330,
        lambda w: "This leaves out the square.",
        "Write the power out as a product: g² is g·g.",
        {
            Place.LOSS_SHARE: _without_square,
            Place.SLOPE: _slope_without_square,
        },
    ),
)

# -- a factor of 2 --------------------------------------------------------------------------------------------------


def _doubled_and_halved(around: Surroundings, node: Node) -> Iterator[Form]:
    yield Form(mul(TWO, node.tree), how="double")
    yield Form(Div(node.tree, TWO), how="half")


def _signal_doubled_and_halved(around: Surroundings, node: Node) -> Iterator[Form]:
    difference, slope = Name(node.role["error"]), node.role.get("slope")
    by_active = f"dE/d{node.role['output']}"
    by_output = around.nodes[by_active].formula if by_active in around.nodes else difference
    if node.role.get("rule") == "chain" and slope and by_output != difference:
        plain = negated(difference) if around.is_minus(node) else difference
        yield Form(mul(plain, Name(slope)), how="half")
    if node.tree != difference:
        yield from _doubled_and_halved(around, node)


def _factor_two(w: Words) -> str:
    said = f"There is a factor of 2 between this and {w.q}"
    about_loss, about_slope = LOSSES[w.loss].factor if w.loss in LOSSES else ("", "")
    if not about_loss:
        return f"{said}: look for a 2 or a ½ in its formula."
    if not about_slope:
        return f"{said}; {about_loss}."
    is_loss = w.node.kind in (Kind.LOSS, Kind.LOSS_SHARE)
    return f"{said}: {about_loss}" + ("." if is_loss else f", {about_slope}.")


MISTAKES.add(
    TypicalMistake(
        "factor-two",
        220,
        _factor_two,
        "Look at the loss's formula: is there a ½ in it, and does it cancel the square's 2?",
        {
            Place.LOSS_SHARE: _doubled_and_halved,
            Place.TOTAL_LOSS: _doubled_and_halved,
            Place.LOSS_SLOPE: _doubled_and_halved,
            Place.OUTPUT_DELTA: _signal_doubled_and_halved,
        },
        systematic="This is the result with a factor of 2 too many or too few in the loss.",
        in_program=InProgram(
            {
                "double": "is what comes out with twice the loss: a ½ is missing, or there is a 2 too many",
                "half": "is what comes out with half the loss: a 2 is missing, or there is a ½ too many",
            },
            (Place.LOSS_SHARE, Place.LOSS_SLOPE),
        ),
    )
)

# -- sums and means -------------------------------------------------------------------------------------------------


def _sum_of_mean(around: Surroundings, node: Node) -> Iterator[Form]:
    inner, sign = without_minus(node)
    if isinstance(inner, Div) and isinstance(inner.denominator, Num):
        yield Form(sign(inner.numerator))


def _mean_of_sum(around: Surroundings, node: Node) -> Iterator[Form]:
    inner, sign = without_minus(node)
    terms = terms_of(inner)
    is_mean = isinstance(inner, Div) and isinstance(inner.denominator, Num)
    if not is_mean and len(terms) > 1 and not _has_divided_shares(around, node, terms):
        yield Form(sign(Div(inner, Num(float(len(terms)), str(len(terms))))))


def _has_divided_shares(around: Surroundings, node: Node, shares: Sequence[Tree]) -> bool:
    """Return whether the shares of a loss are divided already, so that their sum is the mean over the outputs."""
    of = [around.nodes[each.name].formula for each in shares if isinstance(each, Name)]
    return node.kind is Kind.LOSS and any(isinstance(each, Div) for each in of)


def _one_share(around: Surroundings, node: Node) -> Iterator[Form]:
    total = node.tree.numerator if isinstance(node.tree, Div) else node.tree
    for term in terms_of(total) if len(terms_of(total)) > 1 else ():
        if isinstance(term, Name):
            yield Form(term, term.name, later=_ONE_OF_MANY)


def _one_sample(around: Surroundings, node: Node) -> Iterator[Form]:
    inner, signed = without_minus(node)
    total = inner.numerator if isinstance(inner, Div) else inner
    samples = around.shares(total, lambda signal: signal.sample)
    for share in samples.values() if len(samples) > 1 else ():
        yield Form(signed(share))


def _one_path(around: Surroundings, node: Node) -> Iterator[Form]:
    terms = terms_of(node.tree)
    for term in terms if len(terms) > 1 else ():
        pair = products(term)
        yield Form(term, pair[0][1] if pair else "")


def _sum_left_out(w: Words) -> str:
    if w.node.kind in (Kind.LOSS, Kind.LOSS_SHARE):
        whole = "is the mean over all" if isinstance(w.node.formula, Div) else "adds up all of them"
        return f"This is {w.about} alone; {w.q} {whole}."
    if w.node.kind is Kind.GRADIENT:
        return f"This is one sample's share; {w.q} takes every sample of the batch."
    return f"This is only the share through {w.about}; {w.q} adds one for each unit of the next layer."


#: Names that stand for a number of samples or terms.
_COUNTS = frozenset({"n", "N", "m", "M", "count"})


def _divided_by_one_less(around: Surroundings, node: Node) -> Iterator[Form]:
    inner, signed = without_minus(node)
    for form in _any_divided_by_one_less(inner, around.graph.notation):
        yield Form(signed(form.tree), form.about, form.how)


def _any_divided_by_one_less(tree: Tree, notation: Notation) -> Iterator[Form]:
    """Yield a sum of n terms divided by n − 1, or by n if the formula has n − 1."""
    match tree:
        case Div(Add(terms) as total, Num(count)) if count in (len(terms), len(terms) - 1):
            other = len(terms) - 1 if count == len(terms) else len(terms)
            if other > 1:  # dividing by 1 gives the sum, which is another mistake
                yield Form(Div(total, Num(float(other), str(other))), f"{count:g}", str(other))
        case Div(total, Name(count)) if count in _COUNTS:
            yield Form(Div(total, sub(Name(count), ONE)), count, f"{notation.text(count)} − 1")
        case Div(total, Add((Name(count), Neg(Num(1.0))))) if count in _COUNTS:
            yield Form(Div(total, Name(count)), f"{notation.text(count)} − 1", notation.text(count))


def _signal_over_batch(around: Surroundings, node: Node) -> Iterator[Form]:
    """Yield δ of one sample divided by the number of samples, as automatic differentiation of the mean gives it."""
    count = len(around.other_samples(node.name, most=1000)) + 1
    if node.sample is not None and count > 1 and getattr(around.graph.model, "reduction", "") == "mean":
        yield Form(Div(node.tree, Num(float(count), str(count))), how=str(count))


def _mean_twice(around: Surroundings, node: Node) -> Iterator[Form]:
    """Yield the mean of a batch's gradients, divided by the number of samples a second time."""
    inner, _ = without_minus(node)
    if isinstance(inner, Div) and isinstance(inner.denominator, Num):
        yield Form(Div(node.tree, inner.denominator), how=f"{inner.denominator.value:g}")


def _divided_by_batch(w: Words) -> str:
    if w.node.kind is Kind.GRADIENT:
        return f"This is divided by the {w.how} samples twice; the mean divides once."
    return f"This is divided by the {w.how} samples already; here only the gradients take the mean."


def _exchanged(tree: Tree, function: str, other: str) -> Iterator[Form]:
    """Yield a worksheet's sum as a mean, or its mean as a sum; a sum of products is less likely to become a mean."""
    if isinstance(tree, Call) and tree.function == function:
        yield Form(Call(other, tree.arguments), later=_OF_ARRAYS)


def _sum_for_mean(w: Words) -> str:
    if w.node.kind is Kind.CELL:
        return f"This takes the sum; {w.q} takes the mean: divide by how many there are."
    return f"This is the sum; {w.q} is the mean: divide by how many there are."


def _mean_for_sum(w: Words) -> str:
    if w.node.kind is Kind.CELL:
        return f"This takes the mean; {w.q} takes the sum, with nothing divided."
    return f"This is a mean; {w.q} is the sum, with nothing divided."


#: How many places later these mistakes come in a worksheet's formula, which may have many sums.
_OF_ARRAYS = 200

MISTAKES.add(
    TypicalMistake(
        "divided-by-one-less",
        215,
        lambda w: f"This divides by {w.how}; divide by {w.about} here.",
        "Count how many there are, and read again what the formula divides by.",
        {Place.TOTAL_LOSS: _divided_by_one_less, Place.BATCH_GRADIENT: _divided_by_one_less},
        changes=_any_divided_by_one_less,
        in_formula="This divides by one more or one less than {}.",
    ),
    TypicalMistake(
        "divided-by-batch",
        225,
        _divided_by_batch,
        "Here an error signal belongs to one sample; the mean over the samples comes in with the gradients.",
        {
            Place.OUTPUT_DELTA: _signal_over_batch,
            Place.HIDDEN_DELTA: _signal_over_batch,
            Place.BATCH_GRADIENT: _mean_twice,
        },
    ),
    TypicalMistake(
        "sum-left-out",
        150,
        _sum_left_out,
        lambda graph, node: (
            "Work out the share of every sample, then put them together."
            if node.kind is Kind.GRADIENT
            else "Work out every share, then put them together."
            if node.kind is Kind.LOSS
            else "This unit feeds several others. Each of them sends a share back; add them all up."
        ),
        {Place.TOTAL_LOSS: _one_share, Place.BATCH_GRADIENT: _one_sample, Place.SUM_BACK: _one_path},
    ),
    TypicalMistake(
        "sum-for-mean",
        200,
        _sum_for_mean,
        "The lesson takes the mean: divide by how many there are.",
        {Place.TOTAL_LOSS: _sum_of_mean, Place.BATCH_GRADIENT: _sum_of_mean},
        array_changes=lambda tree: _exchanged(tree, "mean", "sum"),
        systematic="This is the result with sums in place of means.",
    ),
    TypicalMistake(
        "mean-for-sum",
        210,
        _mean_for_sum,
        "The lesson takes the sum: nothing is divided.",
        {Place.TOTAL_LOSS: _mean_of_sum, Place.BATCH_GRADIENT: _mean_of_sum},
        array_changes=lambda tree: _exchanged(tree, "sum", "mean"),
        systematic="This is the result with means in place of sums.",
    ),
)
