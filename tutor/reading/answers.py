"""Read what a learner types for one number: a number, a formula, or a line of working with its result."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tutor.errors import FormulaError
from tutor.formulas import Tree, evaluate, format_number, names, resolve, text
from tutor.formulas.parse import Parser, column_of
from tutor.formulas.tokens import tokenise
from tutor.formulas.tree import Array, MatMul, Neg, Num, Transpose, walk
from tutor.formulas.wording import enumerated
from tutor.reading.errors import Unreadable
from tutor.reading.numbers import LARGEST, Digits, Plain, decimal_points, plain_number, ungrouped
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
_BRACES = str.maketrans("{}", "()")


@dataclass(frozen=True, slots=True)
class Part:
    """One side of an ``=``: its formula in canonical names, its value, and its digits if it is a plain number.

    ``hidden``: the value depends on a true one that the learner has not found, so it must not be shown.
    """

    tree: Tree
    value: float
    digits: Digits | None = None
    hidden: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether it is a number, not a formula."""
        return self.digits is not None


@dataclass(frozen=True, slots=True)
class Reading:
    """A number as it was meant.

    ``value`` is the answer and ``tree`` its formula. ``digits`` says how a plain number was written; None means that
    the answer is exact. ``working`` holds every part of a line ``a = b = c``, with the answer last; it is empty if
    there was only one. ``hidden``: ``value`` depends on a true value that the learner has not found, so no screen may
    show it. ``shown`` reads it back: “I read −0.7”.
    """

    text: str
    value: float
    tree: Tree
    digits: Digits | None
    shown: str
    hidden: bool = False
    names: tuple[str, ...] = ()
    working: tuple[Part, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether the answer is a number, not a formula."""
        return self.digits is not None

    @property
    def decimals(self) -> int | None:
        """How many decimals were written, or None for a formula."""
        return self.digits.decimals if self.digits is not None else None


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
    used = tuple(dict.fromkeys(name for part in parts for name in names(part.tree)))
    answer = parts[-1]
    working = tuple(parts) if len(parts) > 1 else ()
    shown = _shown(parts, scope)
    return Reading(written, answer.value, answer.tree, answer.digits, shown, answer.hidden, used, working)


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
        return Part(_number_tree(number), number.value, number.digits)
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


def _number_tree(number: Plain) -> Tree:
    size = Num(abs(number.value), shown_number(abs(number.value), number.digits))
    return Neg(size) if number.value < 0 else size


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
    canonical = _Names(scope, source)
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
    if (quoted := _EXPECTED.search(error.message)) and quoted[1] not in source.typed:
        error.message = error.message.removesuffix(quoted[0]) + "."  # do not quote a sign that LaTeX's braces became
    message = _LONG_WORD.sub(lambda word: word[0][:20] + "…", error.message)
    return source.error(message, offset, hint=error.hint or _what_to_write(scope))


def _what_to_write(scope: Scope) -> str:
    if scope.variables:
        return f"Write a formula in {enumerated(scope.variables)}."
    return "Write a number, or a formula of what is given."


class _Names:
    """Finds canonical names for ``resolve``, and adds the column to the error for a quantity that may not be used."""

    def __init__(self, scope: Scope, source: Source) -> None:
        self._scope = scope
        self._source = source

    def __call__(self, typed: str) -> str | None:
        try:
            return self._scope.canonical(typed)
        except FormulaError as error:
            column = column_of(self._source.plain, typed)
            raise self._source.error(error.message, column - 1, hint=error.hint) from None


# -- reading back ---------------------------------------------------------------------------------------------------


def shown_number(value: float, digits: Digits | None, decimals: int | None = None) -> str:
    """Return a number as it is read back: with the digits of a plain number, or rounded for reading."""
    if digits is not None and digits.decimals <= 12 and abs(value) < 1e12:
        return format_number(value, digits.decimals, trim=False)
    if digits is not None or not value:
        return format_number(value)
    rounded = format_number(value, decimals) if decimals is not None else format_number(float(f"{value:.6g}"))
    return rounded if rounded.strip("−0.") else format_number(float(f"{value:.3g}"))


def _shown(parts: list[Part], scope: Scope) -> str:
    """Return “I read σ(Z₁) = 0.332”, without the value if that would reveal one."""
    sides = [shown_part(part, scope) for part in parts]
    answer = parts[-1]
    if not answer.is_plain and not answer.hidden:
        sides.append(shown_number(answer.value, None, scope.decimals))
    return "I read " + " = ".join(sides)


def shown_part(part: Part, scope: Scope) -> str:
    """Return a part as it was written, in the lesson's symbols."""
    return shown_number(part.value, part.digits) if part.is_plain else text(part.tree, scope.notation)
