"""Make the hints for a quantity, five at most: what it is; its formula; the formula in this network's names; with
numbers and one product left blank; the whole line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from tutor.errors import FormulaError
from tutor.formulas import evaluate, format_number, latex, parsed, substitute
from tutor.formulas.shorten import DOTS
from tutor.formulas.tree import Add, Call, Div, Mul, Name, Neg, Pow, Tree, names
from tutor.functions import ACTIVATIONS
from tutor.hints.one_line import LINE, left_out, on_one_line, with_dots
from tutor.hints.words import general_formula, paragraphs, what_it_is
from tutor.network import Graph, Kind, Quantity
from tutor.network.decimals import default_decimals
from tutor.network.extremes import Known, Named, Put, Slope, named_slopes
from tutor.network.worksheet import derivatives

BLANK = "\0blank"
MOST_LINES = 12
#: Kinds that are written out in a formula that only names others.
_UNFOLDED = frozenset({Kind.PRE_ACTIVATION, Kind.LOSS_SHARE, Kind.ERROR})


class RungKind(StrEnum):
    """The rungs in order; the first two reveal nothing about this network's numbers."""

    WHAT = "what"
    FORMULA = "formula"
    TERMS = "terms"
    NUMBERS = "numbers"
    LINE = "line"


#: The rungs that are about one cell of an array.
_OF_A_CELL = (RungKind.TERMS, RungKind.NUMBERS)


@dataclass(frozen=True, slots=True)
class Rung:
    """A hint in Markdown under a ``title``."""

    kind: RungKind
    title: str
    text: str


def rungs(
    graph: Graph, quantity: Quantity, known: Known, decimals: int | None = None, cell: int = 0
) -> tuple[Rung, ...]:
    """Return the hints for a quantity, five at most; for an array, the middle ones are about its ``cell`` (from 0).

    Each adds something: a formula without a general form, such as a worksheet's, is not written out a second time. One
    that is a number by itself, such as ∂Z/∂θ = 1, is the whole line already, and of one that is a single name, such as
    ∂E/∂θ = δ, nothing would be left beside the blank. ``decimals`` are those of the result in the last hint (None: the
    quantity's default).
    """
    name = quantity.cells[cell]
    decimals = default_decimals(graph, quantity) if decimals is None else decimals
    example = "" if quantity.is_number else f"One cell, ${graph.notation.latex(name)}$; the others work the same way."
    shown = _as_shown(graph, name)
    definition, symbols = shown.tree, shown.put(graph, with_dots)
    put = shown.put(graph, _put(shown.known(known)))
    short = on_one_line(graph, name, definition, symbols, put)
    terms = _line(graph, name, latex(_in_terms(graph, name, short), graph.notation, symbols))
    slope = next((each for each in names(short) if each in shown.slopes), None)
    blanked = (
        blank_one(short, lambda each: graph.values.get(each, 1.0))
        if slope is None
        else substitute(short, {slope: Name(BLANK)})
    )
    numbers = _line(graph, name, latex(blanked, graph.notation, put))
    rest = left_out(definition, short)
    whole = _whole_lines(graph, quantity, known, decimals, cell)
    ladder = [
        Rung(RungKind.WHAT, "What it is", what_it_is(graph, quantity)),
        Rung(RungKind.FORMULA, "Its formula", general_formula(graph, quantity)),
        Rung(
            RungKind.TERMS,
            "Its formula, written out",
            paragraphs(terms, rest, _about_slopes(graph, shown, with_dots, known)),
        ),
    ]
    if names(definition) and blanked != Name(BLANK):
        about = _about_slopes(graph, shown, put, known)
        numbers = paragraphs(numbers, rest, about, _missing_names(graph, shown, known))
        ladder.append(Rung(RungKind.NUMBERS, "With numbers, one left blank", numbers))
    ladder.append(Rung(RungKind.LINE, "The whole line", whole))
    said = {rung.text: rung for rung in reversed(ladder) if rung.text != whole}  # the first of two that are equal
    kept = [rung for rung in ladder if rung.kind is RungKind.LINE or said.get(rung.text) is rung]
    return tuple(replace(each, text=paragraphs(example * (each.kind in _OF_A_CELL), each.text)) for each in kept)


def _line(graph: Graph, name: str, right: str) -> str:
    return f"$${graph.notation.latex(name)} = {right}$$"


def _put(known: Known) -> Put:
    def put(name: str) -> str | None:
        if name in (BLANK, DOTS):
            return "□" if name == BLANK else with_dots(name)
        found = known(name)
        return found[0] if found is not None else None

    return put


def _about_slopes(graph: Graph, shown: Named, put: Put, known: Known) -> str:
    """Return what the slopes of maxima in a formula are, one sentence for each size of window."""
    first: dict[int, Slope] = {}
    for slope in shown.slopes.values():
        first.setdefault(len(slope.formula.arguments), slope)
    said = [slope.sentence(graph, put, known) for slope in first.values()]
    return " ".join([*said, *(["The others work the same way."] if len(said) < len(shown.slopes) else [])])


def _missing_names(graph: Graph, shown: Named, known: Known) -> str:
    """Return a sentence that lists the symbols whose values the learner has not found yet, or an empty string."""
    missing = [one for one in shown.names() if known(one) is None]
    if not missing:
        return ""
    symbols = ", ".join(f"${graph.notation.latex(one)}$" for one in missing[:MOST_LINES])
    more = f" and {len(missing) - MOST_LINES} more" if len(missing) > MOST_LINES else ""
    return f"Find {symbols}{more} first."


def _whole_lines(graph: Graph, quantity: Quantity, known: Known, decimals: int | None, cell: int) -> str:
    """Return the whole line for every cell, or for the row of ``cell`` if there are many."""
    cells: Sequence[str] = quantity.cells
    if len(cells) > MOST_LINES:
        width = quantity.shape[-1]
        row = cell // width
        cells = cells[row * width : (row + 1) * width][:MOST_LINES]
    return "\n\n".join(_worked(graph, name, known, decimals) for name in cells)


#: The width of a result such as "≈ −0.123456" after a line.
_RESULT = 12


def _worked(graph: Graph, name: str, known: Known, decimals: int | None) -> str:
    """Return the definition with its numbers and its result, or a sentence if it has none, such as the logarithm of a
    learner's own 0."""
    definition, shown = as_taught(graph, name), _as_shown(graph, name)
    put = shown.put(graph, _put(shown.known(known)))
    short = on_one_line(graph, name, shown.tree, put, room=LINE - _RESULT)
    put_in = latex(short, graph.notation, put)
    environment = dict(graph.values)
    for each in names(definition):
        found = known(each)
        if found is not None:
            environment[each] = found[1]
    try:
        result = evaluate(definition, environment)
    except FormulaError:
        return paragraphs(_line(graph, name, put_in), _without_value(graph, name, known))
    number = format_number(result, decimals).replace("−", "-")
    if put_in == number:
        return _line(graph, name, put_in)
    is_exact = number.replace("-", "").replace(".", "").isdecimal() and abs(result - float(number)) < 1e-12
    relation = "=" if is_exact else r"\approx"
    return _line(graph, name, f"{put_in} {relation} {number}")


def _without_value(graph: Graph, name: str, known: Known) -> str:
    """Return the sentence that lists the learner's own numbers for which a line has no value."""
    found = {each: known(each) for each in names(as_taught(graph, name))}
    own = {each: number[0] for each, number in found.items() if number and number[1] != graph.values[each]}
    listed = ", ".join(f"${graph.notation.latex(each)} = {shown.replace('−', '-')}$" for each, shown in own.items())
    return f"This has no value with your {listed}: look there first."


def as_taught(graph: Graph, name: str) -> Tree:
    """Return the definition; a sigmoid or ReLU is written out as one types it into a calculator."""
    definition = _unfolded(graph, name)
    if isinstance(definition, Call) and definition.function in ACTIVATIONS:
        entry = ACTIVATIONS[definition.function]
        if entry.is_typed_written_out:
            return substitute(parsed(entry.written_out), {"z": definition.arguments[0]})
    return definition


def _as_shown(graph: Graph, name: str) -> Named:
    """Return the definition, in a derivative with names for the slopes of maxima; an author's step(z) stays."""
    formula = graph.array_formulas.get(graph.nodes[name].role.get("of", name))
    is_derivative = formula is not None and bool(derivatives(formula))
    return named_slopes(graph, as_taught(graph, name)) if is_derivative else Named(as_taught(graph, name))


def _in_terms(graph: Graph, name: str, definition: Tree) -> Tree:
    """Return a definition written out; in e^Z put the sum for Z, because e^Z = e^Z says nothing."""
    if graph.nodes[name].kind is not Kind.EXP:
        return definition
    return substitute(definition, {each: graph.definition(each) for each in names(definition)})


def _unfolded(graph: Graph, name: str) -> Tree:
    """Return the definition; if it only names others (δ = error, E = E₁ + E₂, a linear ŷ = Z), write these out."""
    definition = graph.definition(name)
    terms = definition.terms if isinstance(definition, Add) else (definition,)
    parts = [term.name for term in terms if isinstance(term, Name)]
    if len(parts) < len(terms) or any(graph.nodes[part].kind not in _UNFOLDED for part in parts):
        return definition
    return substitute(definition, {part: graph.definition(part) for part in parts})


# -- blanks ---------------------------------------------------------------------------------------------------------


def blank_one(tree: Tree, value: Callable[[str], float]) -> Tree:
    """Return the tree with a blank in place of one product, not 0 if possible, or of a factor or the only name."""
    blank = Name(BLANK)
    match tree:
        case Add(terms):
            place = _term_to_blank(terms, value)
            term = terms[place]
            left = Neg(blank) if isinstance(term, Neg) else blank
            return Add((*terms[:place], left, *terms[place + 1 :]))
        case Neg(of):
            return Neg(blank_one(of, value))
        case Mul(factors):
            compound = [place for place, factor in enumerate(factors) if isinstance(factor, Add)]
            if compound:
                place = compound[-1]
                return Mul((*factors[:place], blank_one(factors[place], value), *factors[place + 1 :]))
            return Mul((*factors[:-1], blank))
        case Div(numerator, denominator):
            if names(numerator):
                return Div(blank_one(numerator, value), denominator)
            return Div(numerator, blank_one(denominator, value))
        case Pow(base, exponent):
            return Pow(blank_one(base, value), exponent)
        case Call(function, arguments) if arguments:
            place = max((at for at, each in enumerate(arguments) if names(each)), default=len(arguments) - 1)
            return Call(function, (*arguments[:place], blank_one(arguments[place], value), *arguments[place + 1 :]))
        case _:
            return blank


def _term_to_blank(terms: Sequence[Tree], value: Callable[[str], float]) -> int:
    """Return the first product that is not zero, else the first product, else the last term."""
    products = [place for place, term in enumerate(terms) if isinstance(_bare(term), Mul | Div | Call | Pow)]
    telling = [place for place in products if all(value(name) for name in names(terms[place]))]
    return (telling or products or [len(terms) - 1])[0]


def _bare(term: Tree) -> Tree:
    return term.of if isinstance(term, Neg) else term
