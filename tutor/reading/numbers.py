"""Read plain numbers as people write them, and decide what a comma means."""

from __future__ import annotations

import re

from tutor.formulas import FUNCTIONS, function_named
from tutor.formulas.tokens import normalise
from tutor.reading.source import Source

LARGEST = 1e100


_NUMBER = re.compile(
    r"(?P<sign>[+-]?)\s*(?:"
    r"(?P<mantissa>\d+\.?\d*|\.\d+)"
    r"(?:\s*[eE]\s*(?P<e>[+-]?\s*\d+)|\s*[*xX]\s*10\s*(?:\^|\*\*)\s*\(?\s*(?P<ten>[+-]?\s*\d+)\s*\)?)?"
    r"|10\s*(?:\^|\*\*)\s*\(?\s*(?P<power>[+-]?\s*\d+)\s*\)?"
    r")\s*(?P<percent>%?)"
)
_GROUPED = re.compile(r"[+-]?\s*(?:\d{1,3}(?: \d{3})+(?:[.,]\d+)?|\d*[.,]\d{3}(?: \d{3})*(?: \d{1,3})|\d+ ?\. ?\d+)")
_SWISS = re.compile(r"[+-]?\s*\d{1,3}(?:['’]\d{3})+(?:\.\d+)?")
_COMMAS = re.compile(r"(?<![\w.,)\]])(?P<whole>\d*)(?P<groups>(?:,\d+)+)(?P<rest>\.\d+)?")
_POINTS = re.compile(r"(?<![\w.,])\d{1,3}(?:\.\d{3})+,\d+(?![\d.,])|(?<![\w.,])\d{1,3}(?:\.\d{3}){2,}(?![\d.,])")


def plain_number(source: Source) -> tuple[float, int] | None:
    """Return the number in ``−.7``, ``1 e10``, ``3.32×10⁻¹`` or ``33.2 %`` and how many decimals it was written with
    (``3.32e-1`` has three), or None for any other text.

    Raises:
        Unreadable: The number is too large or too small.
    """
    text, _ = normalise(source.plain)
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        return None
    exponent = _exponent(match, source) - 2 * bool(match["percent"])
    mantissa = match["mantissa"] or "1"
    value = float(f"{match['sign']}{mantissa}e{exponent}")
    if abs(value) > LARGEST:
        raise source.error("This number is too large.", hint="Check its exponent.")
    if value == 0 and mantissa.strip("0."):
        raise source.error("This number is too small to tell from 0.", hint="Write 0, or check its exponent.")
    return value + 0.0, max(0, len(mantissa.partition(".")[2]) - exponent)


def _exponent(match: re.Match[str], source: Source) -> int:
    written = next((match[name] for name in ("e", "ten", "power") if match[name]), "0").replace(" ", "")
    if len(written.lstrip("+-0")) > 3:
        raise source.error("This exponent is too large.", hint="Check it.")
    return int(written)


def ungrouped(source: Source) -> Source:
    """Return a number without group separators and without spaces beside its point; return other texts unchanged.

    In a field for one number, ``1 234.5`` and ``0.331 812`` cannot mean anything else.
    """
    if _GROUPED.fullmatch(source.plain) or _SWISS.fullmatch(source.plain):
        for offset in reversed(range(1, len(source.plain))):
            if source.plain[offset] in " '’" and source.plain[offset - 1] not in "+-":
                source = source.replaced(offset, offset + 1, "")
        comma = source.plain.find(",")
        return source if comma < 0 else source.replaced(comma, comma + 1, ".")
    return source


def decimal_points(source: Source, *, whole: bool = False) -> Source:
    """Turn decimal commas into points and remove separators of thousands.

    A comma is decimal unless exactly three digits follow a whole part that is not 0. That is ambiguous, but if a
    ``whole`` number is asked for, the comma separates thousands. Between the arguments of a function that takes
    several, and in square brackets, commas stay.

    Raises:
        Unreadable: A number can be read two ways, or has too many commas.
    """
    for match in reversed(list(_POINTS.finditer(source.plain))):
        source = source.replaced(match.start(), match.end(), match[0].replace(".", "").replace(",", "."))
    separating = _separators(source.plain)
    for match in reversed(list(_COMMAS.finditer(source.plain))):
        if match.start("groups") not in separating:
            source = source.replaced(match.start(), match.end(), _without_commas(match, source, whole))
    return source


def _without_commas(match: re.Match[str], source: Source, is_whole: bool) -> str:
    whole, rest = match["whole"], match["rest"] or ""
    groups = match["groups"][1:].split(",")
    thousands = whole.strip("0") and len(whole) <= 3 and all(len(group) == 3 for group in groups)
    if len(groups) > 1 or rest:
        if thousands:
            return whole + "".join(groups) + rest
        raise source.error("There is a comma too many in this number.", match.start("groups"), hint=_ONE_POINT)
    if len(groups[0]) == 3 and whole.strip("0"):
        decimal, joined = f"{whole}.{groups[0]}", whole + groups[0]
        if is_whole and thousands:
            return joined
        message = f"{match[0]} can be read two ways: as {decimal} or as {joined}."
        raise source.error(message, match.start("groups"), hint=f"Write {decimal} or {joined}.")
    return f"{whole or '0'}.{groups[0]}"


_ONE_POINT = "Write one number, with one point: 0.332."


def _separators(text: str) -> frozenset[int]:
    """Return the offsets of commas between arguments of a function that takes several, or within square brackets."""
    found: list[int] = []
    opened: list[bool] = []
    for offset, mark in enumerate(text):
        if mark in "([":
            opened.append(mark == "[" or (mark == "(" and _takes_several(text[:offset])))
        elif mark in ")]" and opened:
            opened.pop()
        elif mark == "," and opened and opened[-1]:
            found.append(offset)
    return frozenset(found)


def _takes_several(before: str) -> bool:
    name = re.search(r"[^\W\d][\w.]*'*$", before[-40:])
    function = function_named(name[0]) if name else None
    return function is not None and FUNCTIONS[function].arity[1] > 1
