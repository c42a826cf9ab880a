"""Read what a learner types for one number: a number, a formula, or a line of working with its result."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tutor.errors import FormulaError
from tutor.formulas import Tree, evaluate, format_number, names, resolve, text
from tutor.formulas.notation import fold
from tutor.formulas.parse import Parser, column_of
from tutor.formulas.tokens import tokenise
from tutor.formulas.tree import Array, MatMul, Neg, Num, Transpose, walk
from tutor.formulas.wording import enumerated
from tutor.reading.errors import Unreadable
from tutor.reading.numbers import LARGEST, decimal_points, plain_number, ungrouped
from tutor.reading.pasted import unwrapped
from tutor.reading.scope import Scope
from tutor.reading.source import Source, clean
from tutor.reading.typed_latex import without_latex

LONGEST = 500
_ABOVE_COMPARISONS = 9
_EQUALS = re.compile(r":=|==|(?<![<>!])=|(?<=[\w'])\s*:\s+")
_NAME = re.compile(r"(?:[^\W\d]|∂)[^=+*()]*")
_WITH_WORD = re.compile(r"[-+]?[\d.,]*\d\s*([^\W\d_]{1,20})\.?")
_LONG_WORD = re.compile(r"\S{40,}")
_EXPECTED = re.compile(r", not '(.+)'\.$")
_STRAY_END = re.compile(r"(?<=\d)\.(?=\s*$)|[;,]\s*$")
_ABOUT = re.compile(r"(?:ca\.?|circa|about|approx\.?|approximately)\s+(?=[-+.\d])", re.IGNORECASE)
_GOES_ON = re.compile(r"(?<=\d)\s*(?:…|\.{2,3})$")
_SENTENCE = re.compile(r"[^\W\d_]+(?:[\s,.'!?]+[^\W\d_]+)+[\s.!?]*")
_BRACES = str.maketrans("{}", "()")


@dataclass(frozen=True, slots=True)
class Part:
    """One side of an ``=``: its formula in canonical names and its value.

    ``decimals`` is how many a plain number was written with, and None for a formula. ``hidden``: the value depends on a
    true one that the learner has not found, so it must not be shown.
    """

    tree: Tree
    value: float
    decimals: int | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A number as it was meant.

    ``value`` is the answer and ``tree`` its formula. ``decimals`` is how many a plain number was written with; None
    means that the answer is exact. ``working`` holds every part of a line ``a = b = c``, with the answer last; it is
    empty if there was only one. ``shown`` reads it back, without a true value that the learner has not found:
    “I read −0.7”.
    """

    text: str
    value: float
    tree: Tree
    decimals: int | None
    shown: str
    working: tuple[Part, ...] = ()


def read_number(text: str, scope: Scope | None = None) -> Reading:
    """Read what a learner typed for one number.

    Raises:
        Unreadable: It cannot be read (with the column where reading stopped), or can be read two ways (with both).
    """
    return read_source(clean(text, LONGEST), scope or Scope())


def read_source(source: Source, scope: Scope) -> Reading:
    """Do what ``read_number`` does with a text that is already cleaned."""
    if len(source.plain) > LONGEST:
        raise source.error(f"This is longer than {LONGEST} characters.", LONGEST, hint="Write a shorter one.")
    written = source.written
    source = _without_unit(unwrapped(source), scope.unit)
    source = without_latex(source)
    source = source.with_characters(source.plain.translate(_BRACES))
    if not source.plain:
        raise source.error("A number is expected here.", hint="Write one such as −0.7, or a formula.")
    parts = [_read_part(part, scope) for part in _sides(source, scope)]
    answer = parts[-1]
    working = tuple(parts) if len(parts) > 1 else ()
    return Reading(written, answer.value, answer.tree, answer.decimals, _shown(parts, scope), working)


def _without_unit(source: Source, unit: str) -> Source:
    """Return the text without a unit, words for "about", and dots for further digits."""
    number = source.plain.removesuffix(unit)
    if number != source.plain and not number[-1:].isalpha():  # kg does not end with the unit g
        source = source.part(0, len(number))
    if about := _ABOUT.match(source.plain):
        source = source.part(about.end(), len(source.plain))
    if goes_on := _GOES_ON.search(source.plain):
        source = source.part(0, goes_on.start())
    stray = _STRAY_END.search(source.plain)
    if stray and (stray[0].strip() == ";" or "." in source.plain[: stray.start()].rpartition(" ")[2]):
        return source.part(0, stray.start())
    return source


def _sides(source: Source, scope: Scope) -> list[Source]:
    """Return the parts around each ``=``, without the name of the quantity asked for at either end."""
    bounds = [0]
    for match in _EQUALS.finditer(source.plain):
        bounds += [match.start(), match.end()]
    bounds.append(len(source.plain))
    sides = [source.part(start, end) for start, end in zip(bounds[::2], bounds[1::2], strict=True)]
    if len(sides) > 1 and not sides[0].plain:
        sides = sides[1:]
    if len(sides) > 1 and _names_the_asked(sides[0], scope):
        sides = sides[1:]
    elif len(sides) > 1 and _names_the_asked(sides[-1], scope):
        sides = sides[:-1]
    elif len(sides) > 1 and _NAME.fullmatch(sides[0].plain) and scope.is_later(sides[0].plain):
        asked, named = scope.notation.text(scope.asked or ""), sides[0].plain
        raise sides[0].error(f"This line gives {named}; {asked} is asked for.", hint=f"Write the value of {asked}.")
    for side in sides:
        if not side.plain:
            raise side.error("A number is expected on this side of the =.", hint="Write one, or take the = away.")
    return sides


def answer_side(source: Source, scope: Scope) -> Source:
    """Return what comes after the last ``=``, or the whole text."""
    return _sides(source, scope)[-1]


def _names_the_asked(side: Source, scope: Scope) -> bool:
    if scope.asked is not None and fold(side.plain) == fold(scope.notation.text(scope.asked)):
        return True  # as its field is labelled, such as v(w₁)
    if not _NAME.fullmatch(side.plain) or (scope.graph is None and not side.plain.isidentifier()):
        return False
    try:
        return scope.is_asked(side.plain)
    except FormulaError:
        return False


# -- one part -------------------------------------------------------------------------------------------------------


def _read_part(source: Source, scope: Scope) -> Part:
    source = decimal_points(ungrouped(source.unbracketed("[")), whole=scope.decimals == 0)
    number = plain_number(ungrouped(source.unbracketed("(")))
    if number is not None:
        value, decimals = number
        size = Num(abs(value), _shown_number(abs(value), decimals))
        return Part(Neg(size) if value < 0 else size, value, decimals)
    try:
        tree = formula_of(source, scope)
    except Unreadable as error:
        raise _unit_error(error, source, scope) or error from None
    used = names(tree)
    try:
        value = evaluate(tree, scope.values(used))
    except (FormulaError, ArithmeticError, ValueError, TypeError) as error:
        message = error.message if isinstance(error, FormulaError) else "This has no value."
        raise source.error(message, hint="Check what is divided, rooted and raised.") from None
    if abs(value) > LARGEST:
        raise source.error("The result is too large.", hint="Check what is raised.")
    return Part(tree, value + 0.0, hidden=scope.hides(used))


def _unit_error(error: Unreadable, source: Source, scope: Scope) -> Unreadable | None:
    """Return the error for a number followed by an unknown word, usually a unit, or None for other errors."""
    match = _WITH_WORD.fullmatch(source.plain)
    if match is None or error.column != source.places[match.start(1)] + 1:
        return None
    unit = f", in {scope.unit}" if scope.unit else ""
    return source.error(error.message, match.start(1), hint=f"Write the number alone{unit}.")


def formula_of(source: Source, scope: Scope) -> Tree:
    """Return the formula in a text, in canonical names.

    Raises:
        Unreadable: It cannot be read; the error has the column where reading stopped.
    """
    try:
        parser = Parser(tokenise(source.plain), scope.joins)
        tree = parser.expression(_ABOVE_COMPARISONS)
        parser.finish()
        tree = scope.completed(_resolved(tree, scope, source))
    except Unreadable:
        raise
    except FormulaError as error:
        raise _with_place(source, error, scope) from None
    for part in walk(tree):
        if isinstance(part, Array | MatMul | Transpose):
            raise source.error("One number is asked for here, not a list.", hint="Write a single number.")
    return tree


def _resolved(tree: Tree, scope: Scope, source: Source) -> Tree:
    def canonical(typed: str) -> str | None:
        try:
            return scope.canonical(typed)
        except FormulaError as error:  # of a quantity that may not be used
            raise source.error(error.message, column_of(source.plain, typed) - 1, hint=error.hint) from None

    try:
        return resolve(tree, canonical, source=source.plain)
    except Unreadable:
        raise
    except FormulaError:
        # try again with the names to suggest from, which take a while to list
        return resolve(tree, canonical, source=source.plain, known=scope.known)


def _with_place(source: Source, error: FormulaError, scope: Scope) -> Unreadable:
    """Return the parser's error at its place in the typed text, in words that fit an answer."""
    offset = error.column - 1
    if source.plain[offset : offset + 1] in (",", ";") and "does not fit" in error.message:
        return source.error("One number is asked for; it ends before this.", offset, hint="Write a single number.")
    what = (
        f"a formula in {enumerated(scope.variables)}" if scope.variables else "a number, or a formula of what is given"
    )
    if "does not fit" in error.message and _SENTENCE.fullmatch(source.plain):
        return source.error("Words cannot be marked here.", 0, hint=f"Write {what}.")
    if (quoted := _EXPECTED.search(error.message)) and quoted[1] not in source.typed:
        error.message = error.message.removesuffix(quoted[0]) + "."  # do not quote a sign that LaTeX's braces became
    message = _LONG_WORD.sub(lambda word: word[0][:20] + "…", error.message)
    return source.error(message, offset, hint=error.hint or f"Write {what}.")


# -- reading back ---------------------------------------------------------------------------------------------------


def _shown_number(value: float, decimals: int) -> str:
    """Return a plain number as it is read back, with the decimals that it was written with."""
    return format_number(value, decimals, trim=False) if decimals <= 12 and abs(value) < 1e12 else format_number(value)


def _shown(parts: list[Part], scope: Scope) -> str:
    """Return “I read σ(Z₁) = 0.332”, in the lesson's symbols and without the value if that would reveal one."""
    sides = [
        text(part.tree, scope.notation) if part.decimals is None else _shown_number(part.value, part.decimals)
        for part in parts
    ]
    answer = parts[-1]
    if answer.decimals is None and not answer.hidden:
        sides.append(_rounded(answer.value, scope.decimals))
    return "I read " + " = ".join(sides)


def _rounded(value: float, decimals: int | None) -> str:
    """Return the value of a formula, rounded for reading."""
    if not value:
        return format_number(value)
    rounded = format_number(value, decimals) if decimals is not None else format_number(float(f"{value:.6g}"))
    return rounded if rounded.strip("−0.") else format_number(float(f"{value:.3g}"))
