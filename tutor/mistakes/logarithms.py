"""Mistakes with cross-entropies: the logarithm left out or to another base, another class, another loss.

A worksheet may write a cross-entropy as one formula of products y·ln(p). All its logarithms are then changed together,
because people take the same key of the calculator for each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tutor.formulas import map_tree, substitute, text
from tutor.formulas.notation import Notation
from tutor.formulas.tree import ZERO, Add, Call, Div, Mul, Name, Neg, Pow, Tree, add, names, sub, walk
from tutor.mistakes.entry import MISTAKES, Form, Formulas, TypicalMistake, everywhere
from tutor.mistakes.formulas import (
    ONE,
    TWO,
    Surroundings,
    changed_everywhere,
    exchanged,
    negated,
    renamed,
    same,
    without_minus,
)
from tutor.mistakes.places import Place
from tutor.mistakes.words import Words
from tutor.network import Kind, Node

#: How many places later the logarithm of one other class comes: it has a form for each class.
_ONE_OF_MANY = 75
#: How many places later a change of all logarithms of a worksheet's formula comes: after the change of one of them,
#: which can be quoted, if both give the same number.
_ALL_OF_MANY = 101


def has_logarithm(node: Node) -> bool:
    """Return whether a node's formula has a logarithm."""
    return any(isinstance(part, Call) and part.function == "ln" for part in walk(node.tree))


def _in_every_share(of_share: Formulas) -> Formulas:
    """Return the forms of a total loss whose shares all have the same mistake; of some forms of each share, the first
    ones of all go together."""

    def forms(around: Surroundings, node: Node) -> Iterator[Form]:
        shares = [around.nodes[name] for name in names(node.tree)]
        if any(share.kind is not Kind.LOSS_SHARE and "error" not in share.role for share in shares):
            return
        for several in zip(*(of_share(around, share) for share in shares), strict=False):
            tree = substitute(node.tree, {share.name: form.tree for share, form in zip(shares, several, strict=True)})
            yield Form(tree, several[0].about, several[0].how)

    return forms


# -- the logarithm --------------------------------------------------------------------------------------------------


def _inside(part: Tree) -> Tree | None:
    return part.arguments[0] if isinstance(part, Call) and part.function in ("ln", "log10") else None


def _without_logarithm(around: Surroundings, node: Node) -> Iterator[Form]:
    if has_logarithm(node):
        plain = map_tree(node.tree, _inside)
        yield Form(plain)
        yield Form(negated(plain))


def _without_any_logarithm(around: Surroundings, node: Node) -> Iterator[Form]:
    """Yield a worksheet's formula without all of its logarithms, and the same with the other sign: p for −ln(p)."""
    if has_logarithm(node):
        every = changed_everywhere(node.tree, _inside)
        if every is not None:
            yield Form(every, later=_ALL_OF_MANY)
        yield Form(negated(map_tree(node.tree, _inside)), later=_ALL_OF_MANY)


def _any_without_logarithm(tree: Tree, notation: Notation) -> Iterator[Form]:
    inside = _inside(tree)
    if inside is not None:
        yield Form(inside, text(tree, notation))


def _other_base(part: Tree) -> Tree | None:
    inside = _inside(part)
    return Call("log10" if isinstance(part, Call) and part.function == "ln" else "ln", (inside,)) if inside else None


def _base_ten(around: Surroundings, node: Node) -> Iterator[Form]:
    if has_logarithm(node):
        yield Form(map_tree(node.tree, _other_base))


def _any_other_base(tree: Tree, notation: Notation) -> Iterator[Form]:
    other = _other_base(tree)
    if other is not None:
        yield Form(other, text(tree, notation))


# -- two logarithms, one for each target ----------------------------------------------------------------------------


def _pairs(tree: Tree) -> dict[Tree, Tree]:
    """Return ln(1 − p) by ln(p), and the reverse, for each p whose logarithms are both in the tree."""
    logarithms = {part for part in walk(tree) if isinstance(part, Call) and part.function == "ln"}
    pairs: dict[Tree, Tree] = {}
    for one in logarithms:
        rest = Call("ln", (sub(ONE, one.arguments[0]),))
        if rest in logarithms:
            pairs |= {one: rest, rest: one}
    return pairs


def _other_logarithm(tree: Tree, notation: Notation) -> Iterator[Form]:
    """Yield −y·ln(p) − (1 − y)·ln(1 − p) with its two logarithms swapped; the mean of several such sums, with those of
    all of them."""
    pairs = _pairs(tree) if isinstance(tree, Add) else {}
    if pairs:
        p = min((pair[0].arguments[0] for pair in pairs.items() if isinstance(pair[0], Call)), key=_size)
        yield Form(exchanged(tree, pairs), text(p, notation))


def _size(tree: Tree) -> tuple[int, str]:
    return sum(1 for _ in walk(tree)), str(tree)


def _other_logarithm_of_share(around: Surroundings, node: Node) -> Iterator[Form]:
    inner, sign = without_minus(node)
    for form in _other_logarithm(inner, around.graph.notation):
        yield Form(sign(form.tree), form.about)


# -- another loss ---------------------------------------------------------------------------------------------------


def _another_loss(around: Surroundings, node: Node) -> Iterator[Form]:
    if has_logarithm(node):
        difference = Name(node.role["error"])
        yield Form(difference)
        yield Form(Pow(difference, TWO))
        yield Form(Div(Pow(difference, TWO), TWO))


Share = tuple[Tree, Tree, Callable[[Tree], Tree]]
"""(y, p, sign) of a product y·ln(p) of a target and a logarithm; ``sign`` puts back a minus."""


def _share(tree: Tree) -> Share | None:
    """Return the parts of a product y·ln(p), or None for another formula."""
    if not isinstance(tree, Mul) or len(tree.factors) != 2:
        return None
    for first, second in (tree.factors, tree.factors[::-1]):
        inside = _inside(second)
        if inside is not None:
            target, sign = (first.of, Neg) if isinstance(first, Neg) else (first, same)
            return target, inside, sign
    return None


def _shares(tree: Tree) -> list[Share]:
    return [share for part in walk(tree) if (share := _share(part)) is not None]


def _squares_for_logarithms(around: Surroundings, node: Node) -> Iterator[Form]:
    """Yield a worksheet's cross-entropy with the difference p − y, its square, or half of it, for −y·ln(p)."""

    def instead(power: Callable[[Tree], Tree]) -> Tree:
        def change(part: Tree) -> Tree | None:
            share = _share(part)
            if share is None:
                return None
            target, p, sign = share
            if set(names(target)) & set(names(p)):  # an entropy, −p·ln(p), is no cross-entropy
                return None
            if isinstance(target, Add):  # the second logarithm of a binary cross-entropy
                return ZERO
            return sign(Neg(power(sub(p, target))))

        return map_tree(node.tree, change)

    squared = instead(lambda difference: Pow(difference, TWO))
    if squared != node.tree and any(isinstance(part, Pow) for part in walk(squared)):
        yield Form(squared)
        yield Form(Div(squared, TWO))
        if (
            sum(not isinstance(target, Add) for target, _, _ in _shares(node.tree)) == 1
        ):  # Σ(p − y) of a softmax is 0 in any case
            yield Form(instead(same))


def without_one_kind(around: Surroundings, node: Node) -> Iterator[Form]:
    """Yield a worksheet's binary cross-entropy of several samples without its terms with y, or those with 1 − y."""
    shares = _shares(node.tree)
    names_of = [name for target, _, _ in shares for name in names(target)]
    if names_of and len(shares) > 2 and any(isinstance(target, Add) for target, _, _ in shares):
        for how in ("target", "rest"):

            def change(part: Tree, is_rest: bool = how == "rest") -> Tree | None:
                share = _share(part)
                return ZERO if share is not None and isinstance(share[0], Add) == is_rest else None

            yield Form(map_tree(node.tree, change), names_of[0].partition("[")[0], how)


# -- another class --------------------------------------------------------------------------------------------------


def _of_all_classes(around: Surroundings, node: Node) -> Iterator[Form]:
    """Of −Σ y·ln(ŷ): the logarithms of all classes, the y of none."""
    shares = [around.nodes[name] for name in names(node.tree)]
    if len(shares) > 1 and all(_is_share_of_class(share) for share in shares):
        yield Form(add(*(Neg(Call("ln", (Name(share.role["output"]),))) for share in shares)), shares[0].role["target"])


def _of_all_logarithms(around: Surroundings, node: Node) -> Iterator[Form]:
    """Yield a worksheet's cross-entropy with every logarithm, without the targets in front of them, all 0 or 1."""
    shares = _shares(node.tree)
    targets = {name for target, _, _ in shares for name in names(target)}
    if not targets or not all(around.graph.values[name] in (0, 1) for name in targets):
        return

    def change(part: Tree) -> Tree | None:
        share = _share(part)
        return share[2](Call("ln", (share[1],))) if share is not None else None

    found = changed_everywhere(node.tree, change)
    if found is not None:
        yield Form(found, how="both" if any(isinstance(target, Add) for target, _, _ in shares) else "")


def _of_another_class(around: Surroundings, node: Node) -> Iterator[Form]:
    """−ln(ŷ) of a class whose y is 0."""
    for share in (around.nodes[name] for name in names(node.tree)):
        if _is_share_of_class(share) and around.graph.values[share.role["target"]] == 0:
            yield Form(Neg(Call("ln", (Name(share.role["output"]),))), share.role["output"], later=_ONE_OF_MANY)


def _with_another_target(around: Surroundings, node: Node) -> Iterator[Form]:
    """Yield a worksheet's cross-entropy with the 1 of a row of targets at the place of another class."""
    values, rows = around.graph.values, dict[str, list[tuple[str, str]]]()
    for part in walk(node.tree):
        match _share(part):
            case (Name(target), Name(p), _) if "[" in target:
                rows.setdefault(_row_of(target), []).append((target, p))
    for row in rows.values():
        right = [target for target, _ in row if values[target] == 1]
        others = [(target, p) for target, p in row if values[target] == 0]
        if len(right) == 1 and len(others) == len(row) - 1:
            for target, p in others:
                tree = renamed(node.tree, {target: right[0], right[0]: target})
                yield Form(tree, p, later=_ONE_OF_MANY)


def _row_of(cell: str) -> str:
    """Return the array and the row of a cell: ``Y[2`` for ``Y[2,1]``, ``y`` for ``y[2]``."""
    return cell.rpartition("," if "," in cell else "[")[0]


def _is_share_of_class(node: Node) -> bool:
    """Return whether a node is −y·ln(ŷ), with no second term."""
    return node.kind is Kind.LOSS_SHARE and has_logarithm(node) and not isinstance(without_minus(node)[0], Add)


def _every_class_counted(w: Words) -> str:
    if w.how == "both":
        return f"This counts ln(p) and ln(1 − p) both; in {w.q} the target in front of each leaves only one of them."
    return f"This counts every class; in {w.q} only the right one counts, for every other y is 0."


MISTAKES.add(
    TypicalMistake(
        "logarithm-left-out",
        455,
        lambda w: f"This leaves out the logarithm in {w.quoted}.",
        "Take the logarithm of the probability first, then the minus sign.",
        {
            Place.LOSS_SHARE: _without_logarithm,
            Place.TOTAL_LOSS: _in_every_share(_without_logarithm),
            Place.CELL: _without_any_logarithm,
        },
        changes=_any_without_logarithm,
        in_formula="This leaves out the logarithm in {}.",
    ),
    TypicalMistake(
        "every-class-counted",
        457,
        _every_class_counted,
        "Multiply each logarithm by its y. All but one of the y are 0.",
        {Place.TOTAL_LOSS: _of_all_classes, Place.CELL: _of_all_logarithms},
    ),
    TypicalMistake(
        "other-class",
        458,
        lambda w: f"This is the logarithm of {w.about}; take that of the class whose target is 1.",
        "Which target is 1? The probability of that class alone counts.",
        {Place.TOTAL_LOSS: _of_another_class, Place.CELL: _with_another_target},
    ),
    TypicalMistake(
        "other-logarithm",
        445,
        lambda w: f"This swaps ln({w.about}) and ln(1 − {w.about}): where the target is 1, ln({w.about}) counts.",
        "Which of the two terms is left where the target is 1, and which where it is 0?",
        {
            Place.LOSS_SHARE: _other_logarithm_of_share,
            Place.TOTAL_LOSS: _in_every_share(_other_logarithm_of_share),
        },
        changes=_other_logarithm,
        in_formula="The logarithms of {} and of 1 minus it are swapped.",
    ),
    TypicalMistake(
        "wrong-loss",
        450,
        lambda w: f"This is not the cross-entropy: {w.q} has logarithms.",
        "Look up which loss this lesson has, and take that one.",
        {
            Place.LOSS_SHARE: _another_loss,
            Place.TOTAL_LOSS: _in_every_share(_another_loss),
            Place.CELL: _squares_for_logarithms,
        },
    ),
    TypicalMistake(
        "wrong-logarithm",
        460,
        lambda w: f"This takes the logarithm in {w.q} to another base.",
        "Look at the key of the calculator: ln is to base e, log to base 10.",
        {
            Place.LOSS_SHARE: _base_ten,
            Place.TOTAL_LOSS: _in_every_share(_base_ten),
            Place.CELL: everywhere(_other_base, later=_ALL_OF_MANY),
        },
        changes=_any_other_base,
        in_formula="The logarithm in {} has another base.",
    ),
)
