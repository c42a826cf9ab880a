"""Write the sentence beside an answer: the verdict, what led to it, and what to do next."""

from __future__ import annotations

from tutor.formulas import format_number, text
from tutor.formulas.tree import Add, Num, names
from tutor.formulas.wording import counted
from tutor.marking.judgement import Found, Judgement, Tier
from tutor.marking.mark import Mistake, Verdict
from tutor.mistakes import MISTAKES, MistakenFormula, sentence
from tutor.mistakes.words import LONGEST, where
from tutor.mistakes.writing import OTHER_QUANTITY
from tutor.network import Graph, Kind, Node


def mistakes_of(graph: Graph, judgement: Judgement) -> tuple[Mistake, ...]:
    """Return the mistakes with the sentences to show, the likeliest first."""
    return tuple(_mistake(graph, found) for found in judgement.found)


def fitting_of(graph: Graph, judgement: Judgement) -> tuple[Mistake, ...]:
    """Return every mistake that fits, one for each id and each of an author's, to find what several cells share."""
    first: dict[tuple[str, str], Found] = {}
    for found in sorted(judgement.every, key=lambda each: each.rank):
        first.setdefault((found.mistaken.id, found.mistaken.about if found.tier is Tier.AUTHOR else ""), found)
    return tuple(_mistake(graph, found) for found in first.values())


def _mistake(graph: Graph, found: Found) -> Mistake:
    mistaken = found.mistaken
    if found.tier is Tier.AUTHOR:
        return Mistake(mistaken.id, mistaken.about, mistaken.at)
    if found.tier is Tier.EVERYWHERE:
        mistake = MISTAKES.get(mistaken.id)
        assert mistake is not None
        return Mistake(mistaken.id, mistake.systematic, mistaken.at)
    said = sentence(graph, mistaken)
    if found.tier is Tier.EARLIER:
        at, made = where(graph, mistaken.at), _made_earlier(graph, mistaken)
        said = (
            f"A different {at} from the one shown would explain it: {made}"
            if found.is_shown
            else f"An earlier mistake would explain it, at {at}: {made}"
        )
    elif found.other is not None:
        said = f"Two mistakes together explain it. {said} And at {where(graph, found.other.at)}: "
        said += _made_earlier(graph, found.other)
    return Mistake(mistaken.id, said, mistaken.at)


def _made_earlier(graph: Graph, mistaken: MistakenFormula) -> str:
    """Return the sentence about a mistake at an earlier step, to follow a colon; the question did not ask for it."""
    if mistaken.id == OTHER_QUANTITY:
        return f"this takes {where(graph, mistaken.about)} in its place."
    return lowered(sentence(graph, mistaken))


def message_of(graph: Graph, name: str, judgement: Judgement, decimals: int, mistakes: tuple[Mistake, ...]) -> str:
    """Return the sentence beside the answer."""
    match judgement.verdict:
        case Verdict.CORRECT:
            return _right(graph, name, judgement, decimals, mistakes)
        case Verdict.IMPRECISE:
            return _imprecise(judgement, decimals, mistakes)
        case Verdict.FOLLOWS:
            more = f" Give {counted(decimals, 'decimal')} here." if judgement.short else ""
            return _follows(graph, judgement) + more
        case _:
            return _wrong(graph, graph.nodes[name], judgement, mistakes, decimals)


def _right(graph: Graph, name: str, judgement: Judgement, decimals: int, mistakes: tuple[Mistake, ...]) -> str:
    if mistakes:
        asked = counted(decimals, "decimal")
        return f"Right to the {asked} asked for, but not in the digits after them. {either(mistakes)}"
    if judgement.cut:
        rounded, places = format_number(graph.values[name], decimals, trim=False), counted(decimals, "decimal")
        return f"Right. You cut the digits off; rounded to {places}, {graph.notation.text(name)} is {rounded}."
    return "Right."


def _imprecise(judgement: Judgement, decimals: int, mistakes: tuple[Mistake, ...]) -> str:
    if judgement.short:
        return too_short(decimals)
    said = f"Nearly: rounded too early. Keep {counted(judgement.keep, 'decimal')} at every step."
    return f"{said} Or: {lowered(either(mistakes))}" if mistakes else said


def too_short(decimals: int) -> str:
    """Return what is said of a right answer with fewer decimals than asked for."""
    return f"Right as far as it goes: give {counted(decimals, 'decimal')}."


def _first_because(graph: Graph, judgement: Judgement) -> str:
    return f"{graph.notation.text(judgement.because[0])} = {format_number(judgement.blamed)}"


def _follows(graph: Graph, judgement: Judgement) -> str:
    first = _first_because(graph, judgement)
    if judgement.early:
        return (
            f"Consistent: it follows from your {first}, which needs more digits. Give them, and this is marked again."
        )
    return f"Consistent: it follows from your {first}. The mistake is there; fix it and this is marked again."


def _wrong(graph: Graph, node: Node, judgement: Judgement, mistakes: tuple[Mistake, ...], decimals: int) -> str:
    said = either(mistakes)
    if judgement.tie and judgement.because:
        return f"{said} Or it follows from your {_first_because(graph, judgement)}: show one more decimal."
    if judgement.tie:
        return f"{said} Or it is right but rounded early: show one more decimal."
    if judgement.little:
        asked = counted(decimals, "decimal")
        return f"{said} Or it is rounded too far: give {asked}." if said else f"Rounded too far to tell: give {asked}."
    if said:
        return said
    if judgement.whole:
        return "Not right: a whole number is expected here."
    if judgement.before:
        if not judgement.short:
            return "Not right: this is the value before the update."
        return f"With so few decimals, this is also the value before the update. Give {counted(decimals, 'decimal')}."
    if judgement.one_digit:
        return f"Not right, and one digit does not tell why. {next_step(graph, node)}"
    if judgement.several:
        return f"Not right, and more than one earlier mistake would give this number. {next_step(graph, node)}"
    return unexplained(graph, node.name)


def unexplained(graph: Graph, name: str) -> str:
    """Return what is said of a wrong number that no mistake explains."""
    return f"Not right, and no typical mistake gives this number. {next_step(graph, graph.nodes[name])}"


def either(mistakes: tuple[Mistake, ...]) -> str:
    """Return one explanation, or two joined by "Either" and "Or", or an empty string."""
    if len(mistakes) < 2:
        return mistakes[0].message if mistakes else ""
    first, second = mistakes[0].message, mistakes[1].message
    return f"Either: {lowered(first)} Or: {lowered(second)}"


def next_step(graph: Graph, node: Node) -> str:
    """Return what to look at next if no mistake explains an answer."""
    notation = graph.notation
    match node.kind:
        case Kind.UPDATED if "step" in node.role:
            slope = notation.text(node.role["gradient"])
            return f"Work out the step alone first, from {slope}."
        case Kind.DELTA if "back" in node.role:
            slope = notation.text(node.role["slope"])
            return f"Take it in two parts: the sum that comes back to this unit, then the slope {slope}."
        case Kind.DELTA if "slope" in node.role and node.role.get("rule") == "chain":
            return f"Take it in two parts: the difference, then the slope {notation.text(node.role['slope'])}."
        case Kind.ACTIVATION | Kind.OUTPUT:
            return f"Work out one line at a time, starting from {notation.text(node.role['pre'])}."
    if isinstance(node.formula, Add) and not isinstance(node.formula.terms[0], Num):
        if node.kind is Kind.LOSS and (term := _only_term(graph, node.formula)):
            return f"Only one term is not 0: {term}. Work out that one."
        first = text(node.formula.terms[0], notation)
        if len(first) > LONGEST:
            return f"Compare it term by term; there are {len(node.formula.terms)}."
        return f"Compare the first term, {first}."
    return "Work it out again, one line at a time."


def _only_term(graph: Graph, total: Add) -> str:
    """Return the formula of the one share of a loss that is not 0; empty where there are more."""
    shares = [name for name in names(total) if graph.values[name] != 0]
    formula = graph.nodes[shares[0]].formula if len(shares) == 1 < len(total.terms) else None
    return text(formula, graph.notation) if formula is not None else ""


def lowered(sentence_: str) -> str:
    """Return the sentence with a small first letter, to follow a colon; a symbol at its start keeps its case."""
    word = sentence_.split(" ", 1)[0].rstrip(".,:;")
    is_symbol = len(word) < 2 or not word.isascii() or not word.isalpha() or not word[1:].islower()
    return sentence_ if is_symbol else sentence_[:1].lower() + sentence_[1:]
