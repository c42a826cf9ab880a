"""Mistakes in any formula, as a change at one place of it: worksheets' cells, typed formulas, unnamed steps."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tutor.formulas import map_tree, text
from tutor.formulas.notation import Notation
from tutor.formulas.tree import (
    ZERO,
    Add,
    Call,
    Div,
    Mul,
    Name,
    Neg,
    Num,
    Pow,
    Tree,
    add,
    children,
    mul,
    names,
    sub,
    walk,
)
from tutor.mistakes.arrays import with_child
from tutor.mistakes.entry import MISTAKES, TWICE_WRONG, Form, TypicalMistake
from tutor.mistakes.formulas import (
    ONE,
    MistakenFormula,
    Surroundings,
    exchanged,
    negated,
    products,
    renamed,
    terms_of,
    without,
    without_minus,
)
from tutor.mistakes.places import Place
from tutor.mistakes.words import Words
from tutor.network import HIDDEN_KINDS, Kind, Node

#: The most changes to one formula that are tried; more would fit by chance too often.
MOST = 120


#: How many places later such a change comes than a mistake typical of a step: "uphill", not "the difference reversed".
AFTER = 100


def changes(tree: Tree, notation: Notation) -> Iterator[tuple[TypicalMistake, Form]]:
    """Yield each mistake and the changed tree, for every mistake at every place of the tree.

    A condition such as ``step(a − b)`` stays unchanged, and so does ``1 − step(a)``: people pick the wrong case, but do
    not change its terms.
    """
    if _is_negated_condition(tree):
        return
    for mistake in MISTAKES:
        if mistake.changes is not None:
            for form in mistake.changes(tree, notation):
                yield mistake, form
    for place, child in enumerate(() if _is_condition(tree) else children(tree)):
        for mistake, form in () if _is_condition(child) else changes(child, notation):
            yield mistake, Form(with_child(tree, place, form.tree), form.about, form.how, form.later)


def _is_condition(tree: Tree) -> bool:
    return isinstance(tree, Call) and tree.function == "step"


def _is_negated_condition(tree: Tree) -> bool:
    match tree:
        case Add((Num(1.0), Neg(inner))):
            return _is_condition(inner)
    return False


def changed(node_name: str, tree: Tree, notation: Notation) -> Iterator[MistakenFormula]:
    """Yield the changes as mistaken formulas of a node's step, each formula once."""
    seen = {tree}
    for count, (mistake, form) in enumerate(changes(tree, notation)):
        if count >= MOST:
            break
        if form.tree not in seen:
            seen.add(form.tree)
            yield MistakenFormula(mistake.id, form.tree, node_name, form.about, form.how, form.later + AFTER)
    yield from _swapped(node_name, tree, seen)


# -- signs and factors ----------------------------------------------------------------------------------------------


def _sign_flipped(tree: Tree, notation: Notation) -> Iterator[Form]:
    if isinstance(tree, Add):
        for place, term in enumerate(tree.terms):
            if isinstance(term, Num):  # nobody turns 1 − β into −1 − β
                continue
            flipped = add(*tree.terms[:place], negated(term), *tree.terms[place + 1 :])
            yield Form(flipped, text(term.of if isinstance(term, Neg) else term, notation))


def _product_with_other_sign(around: Surroundings, node: Node) -> Iterator[Form]:
    """Yield the sum with the sign of one product reversed, if one of its factors is negative."""
    terms, values = terms_of(node.tree), around.graph.values
    for place, term in enumerate(terms if len(terms) > 1 else ()):
        if isinstance(term, Mul) and any(values[name] < 0 for name in names(term)):
            flipped = add(*terms[:place], Neg(term), *terms[place + 1 :])
            yield Form(flipped, "*".join(names(term)))


def _sum_for_difference(around: Surroundings, node: Node) -> Iterator[Form]:
    """Yield the squared loss with ŷ + y in place of ŷ − y."""
    output, target = Name(node.role["output"]), Name(node.role["target"])
    if any(isinstance(part, Call) and part.function == "ln" for part in walk(node.tree)):
        return
    added = map_tree(node.tree, lambda part: Pow(add(output, target), part.exponent) if isinstance(part, Pow) else None)
    yield Form(added, target.name)


def _factor_left_out(tree: Tree, notation: Notation) -> Iterator[Form]:
    match tree:
        case Mul(factors):
            which = _of_an_extreme(factors)
            if which:  # nobody leaves out a part of what decides which number max takes
                yield Form(mul(*(each for each in factors if each not in which)), how="extreme")
            for factor, rest in without(factors):
                if factor in which:
                    continue
                if isinstance(factor, Neg):  # of −y·ln(p) without y, the minus is left
                    yield Form(Neg(mul(*rest)), text(factor.of, notation))
                else:
                    yield Form(mul(*rest), text(factor, notation))
        case Div(over, below):
            yield Form(over, text(below, notation), "division")
        case Add(terms):
            fewest: Tree = tree
            left_out: dict[str, list[Num]] = {}
            for number, how in _shared_numbers(terms):
                without_one = partial(_without_number, number=number, how=how)
                yield Form(map_tree(tree, without_one), text(number, notation), how)
                fewest = map_tree(fewest, without_one)
                left_out.setdefault(how, []).append(number)
            if len(left_out) > 1:  # the sum of δ·x for 2/n times it
                both = Div(mul(*left_out[""]), mul(*left_out["division"]))
                yield Form(fewest, text(both, notation), later=TWICE_WRONG)


def _of_an_extreme(factors: tuple[Tree, ...]) -> list[Tree]:
    """Return the factors that make a product 0 unless a number is the largest (or smallest) of three or more; not other
    conditions, such as an author's step(a)·step(b)."""
    plain = {each: _sides(each) for each in factors if _is_condition(each)}
    negated = {each: _sides(each) for each in factors if _is_negated_condition(each)}

    def compares_one(each: Tree) -> bool:
        greater, less = {**plain, **negated}[each]
        others = (negated if each in plain else plain).values()
        return (
            any(isinstance(side, Call) and side.function == name for side, name in ((less, "max"), (greater, "min")))
            or any(greater == other and not isinstance(greater, Num) for other, _ in others)
            or any(less == other and not isinstance(less, Num) for _, other in others)
        )

    return [each for each in (*plain, *negated) if compares_one(each)]


def _sides(condition: Tree) -> tuple[Tree, Tree]:
    """Return a and b for step(a − b), which is 1 if a > b, and for 1 − step(b − a), which is 1 if a ≥ b."""
    match condition:
        case Add((_, Neg(inner))):
            return _sides(inner)[::-1]
        case Call(_, (Add((left, Neg(right))), *_)):
            return left, right
        case Call(_, (Neg(right), *_)):
            return ZERO, right
        case Call(_, (left, *_)):
            return left, ZERO
    raise AssertionError(condition)


def _shared_numbers(terms: tuple[Tree, ...]) -> Iterator[tuple[Num, str]]:
    """Yield each number by which several terms are multiplied, or divided, as in the slope of a mean of squares."""
    found = [{each for part in walk(term) for each in _numbers(part)} for term in terms]
    every = dict.fromkeys(each for of_term in found for each in sorted(of_term, key=str))
    yield from (each for each in every if sum(each in of_term for of_term in found) > 1)


def _numbers(tree: Tree) -> Iterator[tuple[Num, str]]:
    """Yield the numbers that are factors or divisors in one part of a formula."""
    match tree:
        case Mul(factors):
            yield from ((each, "") for each in factors if isinstance(each, Num))
        case Div(_, Num() as below):
            yield below, "division"


def _without_number(tree: Tree, number: Num, how: str) -> Tree | None:
    match tree:
        case Mul(factors) if not how and number in factors:
            return mul(*(each for each in factors if each != number))
        case Div(over, below) if how and below == number:
            return over
    return None


def _sigmoid_slope_without_activation(around: Surroundings, node: Node) -> Iterator[Form]:
    if node.role["slope_of"] == "sigmoid":
        active = node.role["active"]
        yield Form(sub(ONE, Name(active)), active)


def _factor_missing(w: Words) -> str:
    if w.how == "extreme":
        return _ONLY_THE_EXTREME
    if not w.about or not w.is_quotable:
        return f"This leaves out {'the division in' if w.how == 'division' else 'one factor of'} {w.q}."
    return f"This does not divide by {w.about}." if w.how == "division" else f"This leaves out the factor {w.about}."


def _factor_inverted(tree: Tree, notation: Notation) -> Iterator[Form]:
    match tree:
        case Div(over, below):
            yield Form(Div(below, over), text(tree, notation), "inverted")
            yield Form(mul(over, below), text(below, notation), "multiplied")
        case Mul((first, second)):
            yield Form(Div(first, second), text(second, notation), "divided")
            yield Form(Div(second, first), text(first, notation), "divided")


_ONLY_THE_EXTREME = "Only the number that max or min takes has the slope 1; for the others it is 0."

#: The sentence if the part can be quoted, and the sentence if it is too long.
_INVERTED = {
    "inverted": ("This turns the fraction {} upside down.", "This turns the fraction in {} upside down."),
    "multiplied": ("This multiplies by {}; divide by it.", "This multiplies where {} divides."),
    "divided": ("This divides by {}; multiply by it.", "This divides where {} multiplies."),
}


def _inverted(w: Words) -> str:
    short, long = _INVERTED[w.how]
    return short.format(w.about) if w.is_quotable else long.format(w.q)


MISTAKES.add(
    TypicalMistake(
        "sign-flipped",
        510,
        lambda w: f"This reverses the sign of {w.about or 'one term'}.",
        "Put every negative number in brackets, and work out the sign of each term before you add.",
        {
            Place.WEIGHTED_SUM: _product_with_other_sign,
            Place.SUM_BACK: _product_with_other_sign,
            Place.LOSS_SHARE: _sum_for_difference,
        },
        changes=_sign_flipped,
        in_formula="This reverses the sign of {}.",
        one_of_many=True,
    ),
    TypicalMistake(
        "factor-left-out",
        520,
        _factor_missing,
        "Write the product down and tick off each factor as you multiply.",
        {Place.SLOPE: _sigmoid_slope_without_activation},
        changes=_factor_left_out,
        in_formula={
            "": "This leaves out the factor {}.",
            "division": "This does not divide by {}.",
            "extreme": _ONLY_THE_EXTREME,
        },
        one_of_many=True,
    ),
    TypicalMistake(
        "factor-inverted",
        530,
        _inverted,
        "Look at the formula again: what is above the line, and what is below?",
        changes=_factor_inverted,
        in_formula="This multiplies where it should divide, or the reverse, at {}.",
    ),
)

# -- a sum for a product ----------------------------------------------------------------------------------------------


#: The advice after a sum for a product, and after the reverse.
_SIGNS = "Read the signs in the formula again: which numbers are multiplied, and which are added?"


def _sum_for_product(tree: Tree, notation: Notation) -> Iterator[Form]:
    factors = tree.factors if isinstance(tree, Mul) else ()
    adds_up_to_1 = any(sub(ONE, factor) in factors for factor in factors)  # nobody writes H + (1 − H)
    if factors and not adds_up_to_1 and not any(isinstance(factor, Neg) for factor in factors):
        yield Form(add(*factors), text(tree, notation))


def _product_for_sum(tree: Tree, notation: Notation) -> Iterator[Form]:
    """Yield a·b for a + b. Nobody multiplies three terms by mistake, and their product is often 0."""
    if isinstance(tree, Add) and len(tree.terms) == 2 and not any(isinstance(term, Num | Neg) for term in tree.terms):
        yield Form(mul(*tree.terms), text(tree, notation))


def _factors_added(around: Surroundings, node: Node) -> Iterator[Form]:
    """Yield δ + h for δ·h, or α + g for α·g."""
    inner, sign = without_minus(node)
    if isinstance(inner, Mul):
        factors = names(inner)
        is_unnamed = any(around.nodes[each].kind in HIDDEN_KINDS for each in factors)
        yield Form(sign(add(*inner.factors)), "" if is_unnamed else "*".join(factors))


def _products_added(around: Surroundings, node: Node) -> Iterator[Form]:
    """Yield the weighted sum with w + h in place of each w·h."""
    terms, pairs = terms_of(node.tree), products(node.tree)
    if pairs:
        yield Form(add(*(add(*term.factors) if isinstance(term, Mul) else term for term in terms)), "*".join(pairs[0]))


def _adds_factors(w: Words) -> str:
    if w.node.kind is Kind.PRE_ACTIVATION:
        return f"This adds weights and inputs; {w.q} multiplies each weight by its input, as in {w.about}."
    if not w.about:
        return f"This adds the factors of {w.q}; multiply them."
    return f"This adds where {w.quoted} multiplies."


MISTAKES.add(
    TypicalMistake(
        "sum-for-product",
        616,
        _adds_factors,
        _SIGNS,
        {
            Place.WEIGHTED_SUM: _products_added,
            Place.OUTPUT_DELTA: _factors_added,
            Place.HIDDEN_DELTA: _factors_added,
            Place.GRADIENT: _factors_added,
            Place.STEP: _factors_added,
        },
        changes=_sum_for_product,
        in_formula="This adds where {} multiplies.",
    ),
    TypicalMistake(
        "product-for-sum",
        617,
        lambda w: f"This multiplies where {w.quoted} adds.",
        _SIGNS,
        changes=_product_for_sum,
        in_formula="This multiplies where {} adds.",
    ),
)

# -- names and extremes ---------------------------------------------------------------------------------------------


def _other_extreme(tree: Tree, notation: Notation) -> Iterator[Form]:
    if isinstance(tree, Call) and tree.function in ("max", "min") and len(tree.arguments) > 1:
        other = "min" if tree.function == "max" else "max"
        yield Form(Call(other, tree.arguments), text(tree, notation), other)


def _place_from_zero(tree: Tree, notation: Notation) -> Iterator[Form]:
    if isinstance(tree, Call) and tree.function == "argmax":
        yield Form(sub(tree, ONE), text(tree, notation))


def _swapped(node_name: str, tree: Tree, seen: set[Tree]) -> Iterator[MistakenFormula]:
    """Yield the formula with two of its names swapped, for each pair."""
    found = names(tree)
    is_case = _is_condition(tree) or _is_negated_condition(tree)
    if not 2 <= len(found) <= 5 or is_case or (isinstance(tree, Call) and tree.function == "argmax"):
        return
    for place, first in enumerate(found):
        for second in found[place + 1 :]:
            swapped = renamed(tree, {first: second, second: first})
            if swapped not in seen:
                seen.add(swapped)
                yield MistakenFormula(_SWAPPED, swapped, node_name, f"{first}*{second}")


def _shares_swapped(tree: Tree, notation: Notation) -> Iterator[Form]:
    """Yield (1 − β)·m + β·g for β·m + (1 − β)·g."""
    factors = {factor for term in (tree.terms if isinstance(tree, Add) else ()) for factor in _factors(term)}
    for factor in factors if len(factors) > 1 else ():
        match factor:
            case Add((Num(1.0), Neg(share))) if share in factors:
                about = f"{text(share, notation)} and {text(factor, notation)}"
                yield Form(exchanged(tree, {share: factor, factor: share}), about)


def _factors(term: Tree) -> tuple[Tree, ...]:
    return term.factors if isinstance(term, Mul) else ()


def _target_for_output(around: Surroundings, node: Node) -> Iterator[Form]:
    """Yield the binary cross-entropy with ŷ and y swapped."""
    inner, _ = without_minus(node)
    if isinstance(inner, Add):
        output, target = node.role["output"], node.role["target"]
        yield Form(renamed(node.tree, {output: target, target: output}))


_SWAPPED = "inputs-swapped"

MISTAKES.add(
    TypicalMistake(
        "wrong-extreme",
        580,
        lambda w: (
            f"This takes the {'smallest' if w.how == 'min' else 'largest'} in place of the "
            f"{'largest' if w.how == 'min' else 'smallest'} in {w.about}."
        ),
        "Read again whether the largest or the smallest value is wanted.",
        changes=_other_extreme,
        in_formula="This takes max for min, or the reverse, in {}.",
    ),
    TypicalMistake(
        "counted-from-zero",
        585,
        "This counts from 0, as programs do; count from 1 here.",
        "The first one has the number 1 here.",
        changes=_place_from_zero,
        in_formula="This counts from 0 in {}.",
    ),
    TypicalMistake(
        _SWAPPED,
        620,
        lambda w: f"This swaps {w.about.replace('·', ' and ') or 'two quantities'} in {w.q}.",
        "Copy the formula again and write each number under its own name.",
        {Place.LOSS_SHARE: _target_for_output},
        changes=_shares_swapped,
        in_formula="This swaps {}.",
    ),
)
