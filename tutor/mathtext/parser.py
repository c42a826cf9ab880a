"""LaTeX tokens to a tree of nodes. What is not known is an error with its column, never a guess."""

from __future__ import annotations

import re
from collections.abc import Callable

from tutor.mathtext import symbols
from tutor.mathtext.errors import MathError
from tutor.mathtext.grids import ALIGNMENTS, GATHERED
from tutor.mathtext.lexer import Lexeme, Token, tokens
from tutor.mathtext.nodes import (
    Accent,
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

DEEPEST = 40
ENVIRONMENTS = (
    frozenset(["matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "Vmatrix", "smallmatrix", "array"])
    | frozenset(["cases", "rcases", "dcases"])
    | ALIGNMENTS
    | GATHERED
)
_FRACTIONS = frozenset(["frac", "dfrac", "tfrac", "cfrac"])
_BINOMIALS = frozenset(["binom", "dbinom", "tbinom"])
_TEXTS = frozenset(["text", "textrm", "textbf", "textit", "texttt", "textsf", "textnormal", "mbox"])
_SIZES = frozenset(f"{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m"))
_MATH_STYLES = frozenset(["displaystyle", "textstyle", "scriptstyle", "scriptscriptstyle"])
_NOTHING = _MATH_STYLES | _SIZES | frozenset(["nonumber", "notag", "strut"])
_ARROWS = {"xrightarrow": "→", "xleftarrow": "←"}
_DIMENSION = re.compile(r"\s*\[\s*-?[\d.]+\s*(?:pt|em|ex|mm|cm|px|mu)\s*\]")
_DIGITS = "0123456789"
_PRIME_MARKS = "'’′"
_FENCES = {"<": "⟨", ">": "⟩", "|": "|", "/": "/"} | {mark: mark for mark in "()[]."}


def parse(source: str) -> Row:
    """The tree of a formula.

    Raises:
        MathError: with the column of the first thing that cannot be read.
    """
    reader = _Parser(source)
    row = reader.row()
    reader.finish()
    return row


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens = tokens(source)
        self.index = 0
        self.depth = 0

    # -- tokens ---------------------------------------------------------------------------------------------------

    @property
    def ahead(self) -> Lexeme:
        return self.tokens[self.index]

    def take(self) -> Lexeme:
        token = self.tokens[self.index]
        self.index = min(self.index + 1, len(self.tokens) - 1)
        return token

    def at(self, *texts: str) -> bool:
        return self.ahead.kind is Token.SPECIAL and self.ahead.text in texts

    def at_command(self, *names: str) -> bool:
        return self.ahead.kind is Token.COMMAND and self.ahead.text in names

    def fail(self, message: str, token: Lexeme | None = None, *, hint: str = "", command: str = "") -> MathError:
        return MathError(message, (token or self.ahead).start + 1, hint=hint, command=command)

    def finish(self) -> None:
        token = self.ahead
        if token.kind is Token.NEW_LINE or self.at("&"):
            raise self.fail(
                rf"{token.text!r} needs \begin{{aligned}} … \end{{aligned}} around the lines.".replace("'", "")
            )
        if self.at_command("right", "middle"):
            raise self.fail(rf"\{token.text} has no \left before it.")
        if self.at_command("end"):
            raise self.fail(r"\end has no \begin before it.")
        if token.kind is not Token.END:
            raise self.fail(f"'{token.text}' closes nothing here.")

    # -- rows, scripts, arguments ---------------------------------------------------------------------------------

    def row(self) -> Row:
        """Items up to a closing brace, ``&``, a new line, ``\\right``, ``\\middle``, ``\\end`` or the end."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.fail(f"This is nested more than {DEEPEST} deep.")
        items: list[Node] = []
        while not self._row_ends():
            item = self.item()
            if item is not None:
                items.append(item)
        self.depth -= 1
        return Row(_paired_bars(items))

    def _row_ends(self) -> bool:
        if self.ahead.kind in (Token.END, Token.NEW_LINE) or self.at("}", "&"):
            return True
        return self.at_command("right", "middle", "end", "hline", "cr")

    def item(self) -> Node | None:
        """One item with its scripts, or None for a command that only sets a size or a colour."""
        if self.at_command(*_NOTHING):
            self.take()
            return None
        if self.at_command("color", "colorlet"):
            self.take()
            self.raw_group()
            return None
        first = self.ahead
        base: Node = Row(()) if self._at_script() else self.atom(whole_number=True)
        stacked = first.kind is Token.COMMAND and first.text in symbols.STACKED_LIMITS
        stacked = stacked or first.text in ("∑", "∏", "operatorname*") or isinstance(base, Brace)
        while self.at_command("limits", "nolimits"):
            stacked = self.take().text == "limits"
        return self.scripts(base, stacked)

    def _at_script(self) -> bool:
        token = self.ahead
        return self.at("^", "_") or (
            token.kind is Token.CHARACTER and (token.text in _PRIME_MARKS or token.text in symbols.TYPED_SMALL)
        )

    def scripts(self, base: Node, stacked: bool) -> Node:
        found: dict[str, Node] = {}
        primes = 0
        while self._at_script():
            mark = self.take()
            if mark.text in _PRIME_MARKS:
                primes += 1
                continue
            place = mark.text if mark.kind is Token.SPECIAL else symbols.TYPED_SMALL[mark.text][0]
            body = self.argument(mark) if mark.kind is Token.SPECIAL else self._typed_small(mark, place)
            if place == "^" and (counted := _primes(body)):
                primes += counted
                continue
            if place in found:
                sort = "superscripts" if place == "^" else "subscripts"
                raise self.fail(f"There are two {sort}; put the first part in braces.", mark)
            found[place] = body
        sub, sup = found.get("_"), found.get("^")
        return base if sub is None and sup is None and not primes else Scripts(base, sub, sup, primes, stacked)

    def _typed_small(self, first: Lexeme, place: str) -> Node:
        """A run of characters that were typed as sub- or superscripts: w₁₁, 10⁻³."""
        plain = [symbols.TYPED_SMALL[first.text][1]]
        while self.ahead.kind is Token.CHARACTER and symbols.TYPED_SMALL.get(self.ahead.text, ("", ""))[0] == place:
            plain.append(symbols.TYPED_SMALL[self.take().text][1])
        return Row(tuple(symbols.character(mark) for mark in plain))

    def argument(self, owner: Lexeme) -> Node:
        """A braced group or a single symbol."""
        if self.at("{"):
            return self.group()
        if self._row_ends():
            raise self.fail(f"Something must follow {_shown(owner)}.")
        return self.atom(whole_number=False)

    def group(self) -> Node:
        opening = self.take()
        row = self.row()
        if not self.at("}"):
            raise self.fail("This brace is never closed.", opening)
        self.take()
        single = row.items[0] if len(row.items) == 1 else None
        if isinstance(single, Symbol) and single.kind is not Kind.ORDINARY:
            return row
        return single or row

    def raw_group(self) -> str:
        """The source of a braced group, braces within it included."""
        if not self.at("{"):
            raise self.fail("A '{' must follow here.")
        opening = self.take()
        level = 1
        while level:
            token = self.take()
            if token.kind is Token.END:
                raise self.fail("This brace is never closed.", opening)
            if token.kind is Token.SPECIAL:
                level += {"{": 1, "}": -1}.get(token.text, 0)
        return self.source[opening.end : token.start]

    # -- atoms ----------------------------------------------------------------------------------------------------

    def atom(self, *, whole_number: bool) -> Node:
        if self.at("{"):
            return self.group()
        token = self.take()
        if token.kind is Token.CHARACTER:
            if whole_number and token.text in _DIGITS + ".":
                return self.number(token)
            return symbols.character(token.text)
        if token.kind is Token.COMMAND:
            return self.command(token)
        if token.text == "~":
            return Space(1)
        if token.text in "$#%":
            raise self.fail(f"'{token.text}' must be written \\{token.text} here.", token)
        raise self.fail(f"'{token.text}' has nothing before it.", token)

    def number(self, first: Lexeme) -> Symbol:
        last = first
        while self.ahead.kind is Token.CHARACTER and self.ahead.start == last.end and self._continues_number():
            last = self.take()
        text = self.source[first.start : last.end]
        return Symbol(text, text)

    def _continues_number(self) -> bool:
        if self.ahead.text == ".":
            following = self.tokens[self.index + 1]
            return following.kind is Token.CHARACTER and following.text in _DIGITS and following.start == self.ahead.end
        return self.ahead.text in _DIGITS

    def command(self, token: Lexeme) -> Node:
        name = token.text
        if name in symbols.COMMANDS:
            return symbols.COMMANDS[name]
        if name in symbols.SPACES:
            return Space(symbols.SPACES[name])
        if name in symbols.ACCENTS:
            return Accent(name, self.argument(token))
        if name in symbols.STYLES:
            return _restyled(name, self.argument(token))
        if name in _FRACTIONS or name in _BINOMIALS:
            return self.fraction(token)
        if name in _TEXTS:
            return self.text()
        handler = _HANDLERS.get(name)
        if handler is None:
            raise self.unknown(token)
        return handler(self, token)

    def unknown(self, token: Lexeme) -> MathError:
        from difflib import get_close_matches

        near = get_close_matches(token.text, known_commands(), 1, 0.7)
        hint = f"Did you mean \\{near[0]}?" if near else "Words belong in \\text{…}."
        return self.fail(f"\\{token.text} is not a command that can be shown.", token, hint=hint, command=token.text)

    # -- commands with arguments ----------------------------------------------------------------------------------

    def fraction(self, token: Lexeme) -> Node:
        numerator, denominator = self.argument(token), self.argument(token)
        if token.text in _BINOMIALS:
            return Fenced(("(", ")"), (Fraction(numerator, denominator, bar=False),))
        return Fraction(numerator, denominator)

    def root(self, token: Lexeme) -> Node:
        index: Node | None = None
        if self.ahead.kind is Token.CHARACTER and self.ahead.text == "[":
            self.take()
            items: list[Node] = []
            while not (self.ahead.kind is Token.CHARACTER and self.ahead.text == "]"):
                if self._row_ends():
                    raise self.fail("The index of this root is never closed.", token)
                item = self.item()
                items.extend([] if item is None else [item])
            self.take()
            index = Row(tuple(items))
        return Root(self.argument(token), index)

    def text(self) -> Node:
        start = self.ahead.end
        raw = self.raw_group()
        if "$" not in raw.replace("\\$", ""):
            return Text(_plain(raw))
        parts: list[Node] = []
        for number, part in enumerate(re.split(r"(?<!\\)\$", raw)):
            try:
                parts.append(parse(part) if number % 2 else Text(_plain(part)))
            except MathError as error:
                inside = raw.find(part) + error.column
                raise MathError(error.message, start + inside, command=error.command, hint=error.hint) from None
        return Row(tuple(part for part in parts if part != Text("")))

    def operator_name(self, token: Lexeme) -> Node:
        name = _plain(self.raw_group().replace("\\,", " "))
        return Symbol(name, name, Kind.FUNCTION)

    def fenced(self, token: Lexeme) -> Node:
        fences = [self.fence()]
        bodies = [self.row()]
        while self.at_command("middle"):
            self.take()
            fences.append(self.fence())
            bodies.append(self.row())
        if not self.at_command("right"):
            raise self.fail(r"\left has no \right.", token)
        self.take()
        fences.append(self.fence())
        return Fenced(tuple(fences), tuple(bodies))

    def fence(self) -> str:
        token = self.take()
        if token.kind is Token.CHARACTER and token.text in _FENCES:
            return _FENCES[token.text]
        symbol = symbols.COMMANDS.get(token.text) if token.kind is Token.COMMAND else None
        if symbol is None or symbol.text not in "()[]{}|‖⟨⟩⌊⌋⌈⌉↑↓":
            raise self.fail("A delimiter such as ( or | must follow; a dot stands for none.", token)
        return symbol.text

    def negated(self, token: Lexeme) -> Node:
        body = self.argument(token)
        if isinstance(body, Row) and len(body.items) == 1:
            body = body.items[0]
        if not isinstance(body, Symbol) or body.text not in symbols.NEGATED:
            raise self.fail(r"\not cannot be put before this.", token)
        return Symbol(symbols.NEGATED[body.text], f"!{body.ascii}", Kind.RELATION)

    def grid(self, token: Lexeme) -> Node:
        environment = self.raw_group().strip()
        if environment not in ENVIRONMENTS:
            raise self.fail(
                f"There is no environment {environment!r} here.", token, hint=_near_environment(environment)
            )
        columns = self.raw_group() if environment in ("array", "alignedat") else ""
        rows: list[tuple[Node, ...]] = []
        cells: list[Node] = []
        rules: list[int] = []
        while True:
            while self.at_command("hline"):
                self.take()
                rules.append(len(rows))
            cells.append(self.row())
            if self.at("&"):
                self.take()
                continue
            if self.ahead.kind is Token.NEW_LINE or self.at_command("cr"):
                self.take()
                self._skip_dimension()
                rows.append(tuple(cells))
                cells = []
                continue
            break
        self._close(environment, token)
        if cells != [Row(())] or not rows:
            rows.append(tuple(cells))
        return Grid(environment, tuple(rows), columns, tuple(rules))

    def _skip_dimension(self) -> None:
        if match := _DIMENSION.match(self.source, self.tokens[self.index - 1].end):
            while self.ahead.start < match.end() and self.ahead.kind is not Token.END:
                self.take()

    def _close(self, environment: str, opening: Lexeme) -> None:
        if not self.at_command("end"):
            raise self.fail(f"\\begin{{{environment}}} is never ended.", opening)
        ending = self.take()
        name = self.raw_group().strip()
        if name != environment:
            raise self.fail(f"\\begin{{{environment}}} is ended by \\end{{{name}}}.", ending)

    def stacked(self, token: Lexeme) -> Node:
        mark, base = self.argument(token), self.argument(token)
        if isinstance(base, Row) and len(base.items) == 1:
            base = base.items[0]
        under = token.text == "underset"
        return Scripts(base, mark if under else None, None if under else mark, stacked=True)

    def arrow(self, token: Lexeme) -> Node:
        under: Node | None = None
        if self.ahead.kind is Token.CHARACTER and self.ahead.text == "[":
            self.take()
            items: list[Node] = []
            while not (self.ahead.kind is Token.CHARACTER and self.ahead.text == "]"):
                if self._row_ends():
                    raise self.fail("What stands under this arrow is never closed.", token)
                item = self.item()
                items.extend([] if item is None else [item])
            self.take()
            under = Row(tuple(items))
        return Arrow(_ARROWS[token.text], self.argument(token), under)

    def skip_then(self, token: Lexeme) -> Node:
        """``\\textcolor{red}{x}`` is x, ``\\htmlClass{changed}{x}`` is x, lit."""
        self.raw_group()
        body = self.argument(token)
        return Lit(body) if token.text == "htmlClass" else body

    def tag(self, token: Lexeme) -> Node:
        return Row((Space(4), Text(f"({_plain(self.raw_group())})")))

    def modulo(self, token: Lexeme) -> Node:
        return Row((Space(2), Symbol("(", "("), Text("mod "), self.argument(token), Symbol(")", ")")))

    def substack(self, token: Lexeme) -> Node:
        if not self.at("{"):
            raise self.fail(r"A '{' must follow \substack.")
        opening = self.take()
        rows: list[tuple[Node, ...]] = [(self.row(),)]
        while self.ahead.kind is Token.NEW_LINE:
            self.take()
            rows.append((self.row(),))
        if not self.at("}"):
            raise self.fail("This brace is never closed.", opening)
        self.take()
        return Grid("gathered", tuple(rows))


_Handler = Callable[[_Parser, Lexeme], Node]
_HANDLERS: dict[str, _Handler] = {
    "sqrt": _Parser.root,
    "left": _Parser.fenced,
    "begin": _Parser.grid,
    "not": _Parser.negated,
    "operatorname": _Parser.operator_name,
    "operatorname*": _Parser.operator_name,
    "overline": lambda parser, token: Line(parser.argument(token), over=True),
    "underline": lambda parser, token: Line(parser.argument(token), over=False),
    "overbrace": lambda parser, token: Brace(parser.argument(token), over=True),
    "underbrace": lambda parser, token: Brace(parser.argument(token), over=False),
    "overset": _Parser.stacked,
    "underset": _Parser.stacked,
    "stackrel": _Parser.stacked,
    "xrightarrow": _Parser.arrow,
    "xleftarrow": _Parser.arrow,
    "textcolor": _Parser.skip_then,
    "htmlClass": _Parser.skip_then,
    "lit": lambda parser, token: Lit(parser.argument(token)),
    "boxed": lambda parser, token: Boxed(parser.argument(token)),
    "phantom": lambda parser, token: Phantom(parser.argument(token)),
    "mathop": lambda parser, token: parser.argument(token),
    "tag": _Parser.tag,
    "pmod": _Parser.modulo,
    "substack": _Parser.substack,
}


def known_commands() -> list[str]:
    """Every command that can be shown, without its backslash."""
    tables = (
        symbols.COMMANDS,
        symbols.SPACES,
        symbols.ACCENTS,
        symbols.STYLES,
        _FRACTIONS,
        _BINOMIALS,
        _TEXTS,
        _HANDLERS,
        _NOTHING,
    )
    return sorted({name for table in tables for name in table if name.isalpha()} | {"right", "middle", "end", "limits"})


def _shown(token: Lexeme) -> str:
    return f"\\{token.text}" if token.kind is Token.COMMAND else f"'{token.text}'"


def _near_environment(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, sorted(ENVIRONMENTS), 1)
    return f"Did you mean {near[0]}?" if near else "There are aligned, cases, array and the matrices."


def _paired_bars(items: list[Node]) -> tuple[Node, ...]:
    """Bars as the brackets that they are where they come in pairs: |x|, ‖w‖₂."""
    for mark in ("|", "‖"):
        places = [number for number, item in enumerate(items) if _is_bar(item, mark)]
        if len(places) % 2 == 0:
            for order, number in enumerate(places):
                items[number] = _bracket(items[number], Kind.CLOSE if order % 2 else Kind.OPEN)
    return tuple(items)


def _is_bar(item: Node, mark: str) -> bool:
    symbol = item.base if isinstance(item, Scripts) else item
    return isinstance(symbol, Symbol) and symbol.text == mark and symbol.kind is Kind.ORDINARY


def _bracket(item: Node, kind: Kind) -> Node:
    if isinstance(item, Scripts) and isinstance(item.base, Symbol):
        return Scripts(Symbol(item.base.text, item.base.ascii, kind), item.sub, item.sup, item.primes)
    return Symbol(item.text, item.ascii, kind) if isinstance(item, Symbol) else item


def _primes(body: Node) -> int:
    items = body.items if isinstance(body, Row) else (body,)
    prime = symbols.COMMANDS["prime"]
    return len(items) if all(item == prime for item in items) else 0


def _plain(raw: str) -> str:
    """Words as they are meant: ``\\_`` is an underscore, ``~`` a space, ``\\text`` braces vanish."""
    return re.sub(r"\\([%$_&#{} ])", r"\1", re.sub(r"(?<!\\)[{}]", "", re.sub(r"\s+", " ", raw.replace("~", " "))))


def _restyled(style: str, node: Node) -> Node:
    if isinstance(node, Symbol):
        text = symbols.styled(style, node.text)
        return node if text == node.text else Symbol(text, node.ascii, node.kind)
    if isinstance(node, Row):
        return Row(tuple(_restyled(style, item) for item in node.items))
    return node
