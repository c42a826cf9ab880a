"""Mistakes with an optimizer's step: the update itself, its step and the optimizer's memory."""

from __future__ import annotations

from collections.abc import Iterator

from tutor.formulas import map_tree, simplify, substitute, walk
from tutor.formulas.tree import Add, Div, Mul, Name, Neg, Num, Pow, Tree, add, mul, names, sub
from tutor.mistakes.entry import MISTAKES, TWICE_WRONG, Form, Formulas, InProgram, TypicalMistake
from tutor.mistakes.formulas import ONE, Surroundings, exchanged, negated, products, renamed
from tutor.mistakes.places import Place
from tutor.mistakes.words import Words
from tutor.network import Kind, Node
from tutor.network.decimals import old_value

# -- the update -----------------------------------------------------------------------------------------------------


def _old(around: Surroundings, node: Node) -> Iterator[Form]:
    yield Form(Name(node.role["old"]), node.role["old"])


def _old_cell(around: Surroundings, node: Node) -> Iterator[Form]:
    old = old_value(around.graph, node)
    if old is not None:
        yield Form(Name(old), old)


def _uphill(around: Surroundings, node: Node) -> Iterator[Form]:
    if "step" in node.role:
        yield Form(add(Name(node.role["old"]), Name(node.role["step"])), node.role["step"])


def _uphill_cell(around: Surroundings, node: Node) -> Iterator[Form]:
    for old, _, negative in _cell_step(around, node):
        yield Form(add(Name(old), negative), old)


def _cell_step(around: Surroundings, node: Node) -> Iterator[tuple[str, Tree, Tree]]:
    """Yield the old value of a worksheet's update, what is added to it, and the negative of that."""
    old = old_value(around.graph, node)
    if old is not None:
        assert isinstance(node.formula, Add)
        rest = [term for term in node.formula.terms if term != Name(old)]
        yield old, add(*rest), add(*(negated(term) for term in rest))


def _step_alone(around: Surroundings, node: Node) -> Iterator[Form]:
    if "step" in node.role:
        step = Name(node.role["step"])
        yield Form(step, node.role["old"], "minus")
        yield Form(Neg(step), node.role["old"], "plus")


def _step_of_cell(around: Surroundings, node: Node) -> Iterator[Form]:
    for old, step, negative in _cell_step(around, node):
        yield Form(step, old, "plus")
        yield Form(negative, old, "minus")


def _gradient(around: Surroundings, node: Node) -> Iterator[Form]:
    if "step" in node.role:
        yield Form(Name(node.role["gradient"]), node.role["gradient"])


def _gradient_for_memory(around: Surroundings, node: Node) -> Iterator[Form]:
    slope = f"dE/d{node.role['parameter']}" + (f"@{node.step}" if node.step > 1 else "")
    if slope in around.nodes and node.formula != Name(slope):
        yield Form(Name(slope), slope)


def _gradient_instead(w: Words) -> str:
    if w.node.kind is Kind.MEMORY:
        return f"This is {w.gradient}; {w.q} is made from it."
    step = w.graph.nodes[w.node.role["step"]]
    if step.formula == mul(Name("alpha"), Name(w.node.role["gradient"])):
        return f"This is {w.gradient}; {w.q} is {w.role('old')} minus {w.symbol('alpha')} times it."
    return f"This is {w.gradient}; {w.q} is {w.role('old')} minus a step made from it."


NOT_UPDATED = "not-updated"

MISTAKES.add(
    TypicalMistake(
        NOT_UPDATED,
        90,
        lambda w: f"This is still the old value {w.about}, before the step.",
        "Work out the step by itself first: it is small. Then subtract it from the old value.",
        {Place.UPDATE: _old, Place.CELL: _old_cell},
        in_program=InProgram("is what it was before the step: nothing was subtracted", (Place.UPDATE,)),
    ),
    TypicalMistake(
        "ascent",
        80,
        lambda w: (
            f"This adds the step; {w.q} subtracts it."
            if w.node.kind is Kind.CELL  # a worksheet's step may follow no loss at all
            else "This goes uphill: subtract the step, so that the loss falls."
        ),
        "The step goes against the gradient, so that the loss falls.",
        {Place.UPDATE: _uphill, Place.CELL: _uphill_cell},
        systematic="This is the result with every step added; subtract it.",
        in_program=InProgram("is what comes out when the gradient is added: it has to be subtracted", (Place.UPDATE,)),
    ),
    TypicalMistake(
        "step-only",
        100,
        lambda w: (
            f"This is the change alone; add it to {w.about}."
            if w.how == "plus"
            else f"This is the step alone; {w.q} is {w.about} minus this step."
        ),
        "That is the step. The new value is the old one minus the step.",
        {Place.UPDATE: _step_alone, Place.CELL: _step_of_cell},
        in_program=InProgram(
            "is the step alone, lr times the gradient: subtract it from the old value", (Place.UPDATE,)
        ),
    ),
    TypicalMistake(
        "gradient-instead",
        380,
        _gradient_instead,
        "That is the gradient. Look in the formula for what to do with it.",
        {Place.UPDATE: _gradient, Place.MEMORY: _gradient_for_memory},
        in_program=InProgram(
            "is the gradient itself: subtract lr times the gradient from the old value", (Place.UPDATE,)
        ),
    ),
)

# -- the step -------------------------------------------------------------------------------------------------------


def _without_rate(around: Surroundings, node: Node) -> Iterator[Form]:

    def change(part: Tree) -> Tree | None:
        if isinstance(part, Mul) and Name("alpha") in part.factors:
            return mul(*(factor for factor in part.factors if factor != Name("alpha")))
        return None

    yield Form(map_tree(node.tree, change), "alpha")


def _signal_for_gradient(around: Surroundings, node: Node) -> Iterator[Form]:
    slope = node.role.get("gradient", "")
    role = around.nodes[slope].role if slope in around.nodes else {}
    if role.get("delta") and role.get("input") and slope in names(node.tree):
        yield Form(renamed(node.tree, {slope: role["delta"]}), slope)


def _both_ways(step_forms: Formulas) -> Formulas:
    """Return forms for an update: the old value minus the mistaken step, or, with a second mistake, plus it."""

    def forms(around: Surroundings, node: Node) -> Iterator[Form]:
        for form in step_forms(around, around.nodes[node.role["step"]]) if "step" in node.role else ():
            old = Name(node.role["old"])
            yield Form(sub(old, form.tree), form.about)
            yield Form(add(old, form.tree), form.about, UPHILL, TWICE_WRONG)

    return forms


#: The form of an update that also goes uphill.
UPHILL = "uphill"


def _and_uphill(w: Words) -> str:
    return " And it goes uphill: subtract the step." if w.how == UPHILL else ""


MISTAKES.add(
    TypicalMistake(
        "rate-left-out",
        50,
        lambda w: f"This leaves out the learning rate {w.symbol('alpha')}.{_and_uphill(w)}",
        "The gradient is multiplied by the learning rate before it is subtracted.",
        {Place.STEP: _without_rate, Place.UPDATE: _both_ways(_without_rate)},
        systematic="This is the result without the learning rate in any step.",
        in_program=InProgram("is what comes out when the learning rate is left out", (Place.STEP,)),
    ),
    TypicalMistake(
        "delta-for-gradient",
        190,
        lambda w: f"This steps by the error signal; use {w.gradient}.{_and_uphill(w)}",
        "This gradient is not the error signal alone: multiply by the value that came through.",
        {Place.STEP: _signal_for_gradient, Place.UPDATE: _both_ways(_signal_for_gradient)},
    ),
)

# -- the optimizer's memory -----------------------------------------------------------------------------------------


def _memories(around: Surroundings, node: Node) -> list[str]:
    return [each for each in names(node.tree) if each in around.nodes and around.nodes[each].kind is Kind.MEMORY]


def _average(around: Surroundings, tree: Tree) -> Tree | None:
    """Return the average m for m/(1 − β^t), or for the name of such a quotient; None for another formula."""
    if isinstance(tree, Name):
        formula = around.nodes[tree.name].formula
        return _average(around, formula) if isinstance(formula, Div) else None
    match tree:
        case Div(average, Add((Num(1.0), Neg(Name(rate) | Pow(Name(rate), _))))):
            node = around.nodes[average.name] if isinstance(average, Name) else None
            whole = average if node is None else node.formula
            # p/(1 − p) is no average: that has the factor 1 − β
            is_average = whole is not None and sub(ONE, Name(rate)) in walk(whole)
            return average if is_average or (node is not None and node.kind is Kind.MEMORY) else None
    return None


def _uncorrected(around: Surroundings, node: Node) -> Iterator[Form]:
    """Yield the formula with m for m̂, with v for v̂, and with both."""
    averages = {part: average for part in walk(node.tree) if (average := _average(around, part)) is not None}
    names_of = [part.name for part in averages if isinstance(part, Name)]
    for name in names_of:
        yield Form(exchanged(node.tree, {Name(name): averages[Name(name)]}), name)
    if len(averages) > 1:
        yield Form(exchanged(node.tree, averages), "*".join(names_of), "all")


def _correction_left_out(w: Words) -> str:
    if w.how == "all":
        which = w.about.replace("·", " and ") or "the averages"
        return f"This takes {which} without their corrections: divide each by its 1 − β^t first."
    return f"This takes {w.about} without its correction: divide by 1 − β^t first."


def _step_without_memory(around: Surroundings, node: Node) -> Iterator[Form]:
    slope = node.role.get("gradient", "")
    for memory in _memories(around, node):
        if _average(around, Name(memory)) is None and slope and slope not in names(node.tree):
            yield Form(renamed(node.tree, {memory: slope}), memory)


def _without_earlier_memory(around: Surroundings, node: Node) -> Iterator[Form]:
    for memory in _memories(around, node):
        if around.nodes[memory].step < node.step:
            yield Form(simplify(substitute(node.tree, {memory: Num(0.0)})), memory)


def _without_decay(around: Surroundings, node: Node) -> Iterator[Form]:

    def change(part: Tree) -> Tree | None:
        return Num(0.0) if isinstance(part, Mul) and Name("weight_decay") in part.factors else None

    if "weight_decay" in names(node.tree):
        yield Form(simplify(map_tree(node.tree, change)), "weight_decay")


def _with_other_rate(around: Surroundings, node: Node) -> Iterator[Form]:
    for first, second in (("beta1", "beta2"), ("beta2", "beta1")):
        if first in names(node.tree):
            yield Form(renamed(node.tree, {first: second}), first)


MISTAKES.add(
    TypicalMistake(
        "memory-left-out",
        390,
        lambda w: f"This leaves out {w.about}.",
        "The optimizer remembers earlier steps: its memory comes in before the new gradient is added.",
        {Place.STEP: _step_without_memory, Place.MEMORY: _without_earlier_memory},
    ),
    TypicalMistake(
        "correction-left-out",
        400,
        _correction_left_out,
        "The averages start at 0 and are too small at first: divide by 1 − β^t.",
        {Place.STEP: _uncorrected, Place.CELL: _uncorrected},
    ),
    TypicalMistake(
        "decay-left-out",
        410,
        "This leaves out the weight decay.",
        "Weight decay adds a share of the parameter itself: look where the formula has λ.",
        {Place.STEP: _without_decay, Place.MEMORY: _without_decay},
    ),
    TypicalMistake(
        "other-rate-used",
        570,
        lambda w: f"This uses the other rate in place of {w.about}.",
        "There are two rates: one for the mean of the gradients, one for the mean of their squares.",
        {Place.MEMORY: _with_other_rate, Place.CELL: _with_other_rate},
    ),
)

# -- before and after an update -------------------------------------------------------------------------------------


def _with_other_value(after: bool) -> Formulas:
    def forms(around: Surroundings, node: Node) -> Iterator[Form]:
        for name in names(node.tree):
            found = _other_value(around, name)
            if found is not None and found[0] is after and found[1] != node.name:
                yield Form(renamed(node.tree, {name: found[1]}), name)

    return forms


def _with_old_value(around: Surroundings, node: Node) -> Iterator[Form]:
    yield from _with_other_value(after=False)(around, node)
    yield from _of_an_earlier_step(around, node)


def _of_an_earlier_step(around: Surroundings, node: Node) -> Iterator[Form]:
    """Yield the formula with a number of the step before: ``g`` for ``g@2``."""
    for name in names(node.tree):
        if before := around.before(name):
            yield Form(renamed(node.tree, {name: before}), name, "step")


def _inputs_of_an_earlier_step(around: Surroundings, node: Node) -> Iterator[Form]:
    """Yield a later step's weighted sum of what the units passed on in the step before."""
    before = {source: around.before(source) for _, source in products(node.tree)}
    known = {source: earlier for source, earlier in before.items() if earlier}
    if known and node.sample is None:  # a batch has other samples in each step
        yield Form(renamed(node.tree, known), next(iter(known)), "step")


def _other_value(around: Surroundings, name: str) -> tuple[bool, str] | None:
    """Return (whether the other value is newer, its name): ``v`` for ``v_new`` and ``v_new`` for ``v``, or None.

    In a later round, the old value is the new one of the round before.
    """
    nodes = around.nodes
    head, bracket, tail = name.partition("[")
    base, at, step = (head if bracket else name).partition("@")
    rest = bracket + tail if bracket else at + step
    if base.endswith("_new"):
        other = base.removesuffix("_new") + rest
        if other not in nodes and step.isdecimal() and int(step) > 1:
            other = base + (f"@{int(step) - 1}" if int(step) > 2 else "") + bracket + tail
        return (False, other) if other in nodes else None
    other = f"{base}_new{rest}"
    return (True, other) if other in nodes else None


MISTAKES.add(
    TypicalMistake(
        "old-value-used",
        430,
        lambda w: (
            f"This uses the value of the step before; take {w.about}."
            if w.how == "step"
            else f"This uses the value before its update; take {w.about}."
        ),
        "Look at the order of the steps: the new value is there by then.",
        {
            Place.CELL: _with_old_value,
            Place.STEP: _of_an_earlier_step,
            Place.WEIGHTED_SUM: _inputs_of_an_earlier_step,
        },
    ),
    TypicalMistake(
        "new-value-used",
        440,
        lambda w: f"This uses the value after its update; take {w.about}.",
        "Look at the order of the steps: the update comes later.",
        {Place.CELL: _with_other_value(after=True)},
    ),
)
