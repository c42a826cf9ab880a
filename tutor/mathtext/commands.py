"""The commands that take arguments, and the environments: each reads what follows it and returns a node."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from tutor.mathtext import symbols
from tutor.mathtext.errors import MathError
from tutor.mathtext.grids import ALIGNMENTS, GATHERED
from tutor.mathtext.lexer import Lexeme, Token
from tutor.mathtext.nodes import (
    Arrow,
    Boxed,
    Brace,
    Fenced,
    Fraction,
    Grid,
    Kind,
    Line,
    Lit,
    Node,
    Phantom,
    Root,
    Row,
    Scripts,
    Space,
    Symbol,
    Text,
)

if TYPE_CHECKING:
    from tutor.mathtext.parser import Parser

ENVIRONMENTS = (
    frozenset(["matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "Vmatrix", "smallmatrix", "array"])
    | frozenset(["cases", "rcases", "dcases"])
    | ALIGNMENTS
    | GATHERED
)
_FRACTIONS = frozenset(["frac", "dfrac", "tfrac", "cfrac"])
_BINOMIALS = frozenset(["binom", "dbinom", "tbinom"])
_TEXTS = frozenset(["text", "textrm", "textbf", "textit", "texttt", "textsf", "textnormal", "mbox"])
_ARROWS = {"xrightarrow": "→", "xleftarrow": "←"}
_DIMENSION = re.compile(r"\s*\[\s*-?[\d.]+\s*(?:pt|em|ex|mm|cm|px|mu)\s*\]")
_FENCES = {"<": "⟨", ">": "⟩", "|": "|", "/": "/"} | {mark: mark for mark in "()[]."}


def fraction(parser: Parser, token: Lexeme) -> Node:
    """Read ``\\frac``, ``\\binom`` and their variants."""
    numerator, denominator = parser.argument(token), parser.argument(token)
    if token.text in _BINOMIALS:
        return Fenced(("(", ")"), (Fraction(numerator, denominator, bar=False),))
    return Fraction(numerator, denominator)


def root(parser: Parser, token: Lexeme) -> Node:
    """Read ``\\sqrt[3]{x}``."""
    index = _in_square_brackets(parser, token)
    return Root(parser.argument(token), index)


def text(parser: Parser, token: Lexeme) -> Node:
    """Read ``\\text{…}``, with mathematics between dollar signs."""
    start = parser.ahead.end
    raw = parser.raw_group()
    if "$" not in raw.replace("\\$", ""):
        return Text(_plain(raw))
    parts: list[Node] = []
    for number, part in enumerate(re.split(r"(?<!\\)\$", raw)):
        try:
            parts.append(type(parser)(part).whole() if number % 2 else Text(_plain(part)))
        except MathError as error:
            inside = raw.find(part) + error.column
            raise MathError(error.message, start + inside, command=error.command, hint=error.hint) from None
    return Row(tuple(part for part in parts if part != Text("")))


def operator_name(parser: Parser, token: Lexeme) -> Node:
    """Read ``\\operatorname{softmax}``."""
    name = _plain(parser.raw_group().replace("\\,", " "))
    return Symbol(name, name, Kind.FUNCTION)


def fenced(parser: Parser, token: Lexeme) -> Node:
    """Read ``\\left( … \\middle| … \\right)``."""
    fences = [fence(parser)]
    bodies = [parser.row()]
    while parser.at_command("middle"):
        parser.take()
        fences.append(fence(parser))
        bodies.append(parser.row())
    if not parser.at_command("right"):
        raise parser.fail(r"\left has no \right.", token)
    parser.take()
    fences.append(fence(parser))
    return Fenced(tuple(fences), tuple(bodies))


def fence(parser: Parser) -> str:
    """Read the delimiter after ``\\left``, ``\\middle`` or ``\\right``."""
    token = parser.take()
    if token.kind is Token.CHARACTER and token.text in _FENCES:
        return _FENCES[token.text]
    symbol = symbols.COMMANDS.get(token.text) if token.kind is Token.COMMAND else None
    if symbol is None or symbol.text not in "()[]{}|‖⟨⟩⌊⌋⌈⌉↑↓":
        raise parser.fail("A delimiter such as ( or | must follow; a dot stands for none.", token)
    return symbol.text


def negated(parser: Parser, token: Lexeme) -> Node:
    """Read ``\\not`` and the relation after it."""
    body = _unpacked(parser.argument(token))
    if not isinstance(body, Symbol) or body.text not in symbols.NEGATED:
        raise parser.fail(r"\not cannot be put before this.", token)
    return Symbol(symbols.NEGATED[body.text], f"!{body.ascii}", Kind.RELATION)


def grid(parser: Parser, token: Lexeme) -> Node:
    """Read an environment, from ``\\begin`` to ``\\end``."""
    environment = parser.raw_group().strip()
    if environment not in ENVIRONMENTS:
        raise parser.fail(f"There is no environment {environment!r} here.", token, hint=_near_environment(environment))
    columns = parser.raw_group() if environment in ("array", "alignedat") else ""
    rows: list[tuple[Node, ...]] = []
    cells: list[Node] = []
    rules: list[int] = []
    while True:
        while parser.at_command("hline"):
            parser.take()
            rules.append(len(rows))
        cells.append(parser.row())
        if parser.at("&"):
            parser.take()
            continue
        if parser.ahead.kind is Token.NEW_LINE or parser.at_command("cr"):
            parser.take()
            _skip_dimension(parser)
            rows.append(tuple(cells))
            cells = []
            continue
        break
    _close(parser, environment, token)
    if cells != [Row(())] or not rows:
        rows.append(tuple(cells))
    return Grid(environment, tuple(rows), columns, tuple(rules))


def _skip_dimension(parser: Parser) -> None:
    if match := _DIMENSION.match(parser.source, parser.tokens[parser.index - 1].end):
        while parser.ahead.start < match.end() and parser.ahead.kind is not Token.END:
            parser.take()


def _close(parser: Parser, environment: str, opening: Lexeme) -> None:
    if not parser.at_command("end"):
        raise parser.fail(f"\\begin{{{environment}}} is never ended.", opening)
    ending = parser.take()
    name = parser.raw_group().strip()
    if name != environment:
        raise parser.fail(f"\\begin{{{environment}}} is ended by \\end{{{name}}}.", ending)


def stacked(parser: Parser, token: Lexeme) -> Node:
    """Read ``\\overset``, ``\\underset`` or ``\\stackrel``."""
    mark, base = parser.argument(token), _unpacked(parser.argument(token))
    under = token.text == "underset"
    return Scripts(base, mark if under else None, None if under else mark, stacked=True)


def arrow(parser: Parser, token: Lexeme) -> Node:
    """Read ``\\xrightarrow[under]{over}``."""
    under = _in_square_brackets(parser, token)
    return Arrow(_ARROWS[token.text], parser.argument(token), under)


def skip_then(parser: Parser, token: Lexeme) -> Node:
    """Read ``\\textcolor{red}{x}`` as x, and ``\\htmlClass{changed}{x}`` as x highlighted."""
    parser.raw_group()
    body = parser.argument(token)
    return Lit(body) if token.text == "htmlClass" else body


def tag(parser: Parser, token: Lexeme) -> Node:
    """Read ``\\tag{1}``, the equation's number, which is written after it."""
    return Row((Space(4), Text(f"({_plain(parser.raw_group())})")))


def modulo(parser: Parser, token: Lexeme) -> Node:
    """Read ``\\pmod{n}``."""
    return Row((Space(2), Symbol("(", "("), Text("mod "), parser.argument(token), Symbol(")", ")")))


def substack(parser: Parser, token: Lexeme) -> Node:
    """Read ``\\substack{… \\\\ …}``, the lines of a script."""
    if not parser.at("{"):
        raise parser.fail(r"A '{' must follow \substack.")
    opening = parser.take()
    rows: list[tuple[Node, ...]] = [(parser.row(),)]
    while parser.ahead.kind is Token.NEW_LINE:
        parser.take()
        rows.append((parser.row(),))
    if not parser.at("}"):
        raise parser.fail("This brace is never closed.", opening)
    parser.take()
    return Grid("gathered", tuple(rows))


def _unpacked(node: Node) -> Node:
    """Return the item of a row that has only one, such as a sign in braces; other nodes stay."""
    return node.items[0] if isinstance(node, Row) and len(node.items) == 1 else node


def _in_square_brackets(parser: Parser, token: Lexeme) -> Node | None:
    """Read the optional argument in square brackets."""
    if not parser.at_character("["):
        return None
    parser.take()
    items: list[Node] = []
    while not parser.at_character("]"):
        if parser.row_ends():
            raise parser.fail("This square bracket is never closed.", token)
        item = parser.item()
        items.extend([] if item is None else [item])
    parser.take()
    return Row(tuple(items))


def _near_environment(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, sorted(ENVIRONMENTS), 1)
    return f"Did you mean {near[0]}?" if near else "There are aligned, cases, array and the matrices."


def _plain(raw: str) -> str:
    """Return words without LaTeX's escapes: ``\\_`` becomes an underscore, ``~`` a space; braces are left out."""
    return re.sub(r"\\([%$_&#{} ])", r"\1", re.sub(r"(?<!\\)[{}]", "", re.sub(r"\s+", " ", raw.replace("~", " "))))


Handler = Callable[["Parser", Lexeme], Node]
HANDLERS: dict[str, Handler] = {
    **dict.fromkeys([*_FRACTIONS, *_BINOMIALS], fraction),
    **dict.fromkeys(_TEXTS, text),
    "sqrt": root,
    "left": fenced,
    "begin": grid,
    "not": negated,
    "operatorname": operator_name,
    "operatorname*": operator_name,
    "overline": lambda parser, token: Line(parser.argument(token), over=True),
    "underline": lambda parser, token: Line(parser.argument(token), over=False),
    "overbrace": lambda parser, token: Brace(parser.argument(token), over=True),
    "underbrace": lambda parser, token: Brace(parser.argument(token), over=False),
    "overset": stacked,
    "underset": stacked,
    "stackrel": stacked,
    "xrightarrow": arrow,
    "xleftarrow": arrow,
    "textcolor": skip_then,
    "htmlClass": skip_then,
    "lit": lambda parser, token: Lit(parser.argument(token)),
    "boxed": lambda parser, token: Boxed(parser.argument(token)),
    "phantom": lambda parser, token: Phantom(parser.argument(token)),
    "mathop": lambda parser, token: parser.argument(token),
    "tag": tag,
    "pmod": modulo,
    "substack": substack,
}
"""The function that reads each command with arguments."""
