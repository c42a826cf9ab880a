"""Parse LaTeX tokens into a tree of nodes. Anything unknown is an error with its column, never a guess."""

from __future__ import annotations

from functools import lru_cache

from tutor.mathtext import commands, symbols
from tutor.mathtext.errors import MathError
from tutor.mathtext.lexer import Lexeme, Token, tokens
from tutor.mathtext.nodes import Accent, Brace, Kind, Node, Row, Scripts, Space, Symbol, items_in

DEEPEST = 40
_SIZES = frozenset(f"{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m"))
_MATH_STYLES = frozenset(["displaystyle", "textstyle", "scriptstyle", "scriptscriptstyle"])
_NOTHING = _MATH_STYLES | _SIZES | frozenset(["nonumber", "notag", "strut"])
_DIGITS = "0123456789"
_PRIME_MARKS = "'’′"


@lru_cache(maxsize=512)
def parse(source: str) -> Row:
    """Return the tree of a formula, cached: one formula is drawn in rows, on one line, and at several widths.

    Raises:
        MathError: with the column of the first thing that cannot be read.
    """
    return Parser(source).whole()


class Parser:
    """Parses one source; commands with arguments call back to read what follows them."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens = tokens(source)
        self.index = 0
        self.depth = 0

    # -- tokens ---------------------------------------------------------------------------------------------------

    @property
    def ahead(self) -> Lexeme:
        """The next token, which stays next."""
        return self.tokens[self.index]

    def take(self) -> Lexeme:
        """Return the next token and move past it."""
        token = self.tokens[self.index]
        self.index = min(self.index + 1, len(self.tokens) - 1)
        return token

    def at(self, *texts: str) -> bool:
        """Return whether one of these special characters comes next."""
        token = self.tokens[self.index]
        return token.kind is Token.SPECIAL and token.text in texts

    def at_character(self, text: str) -> bool:
        """Return whether this character comes next."""
        return self.ahead.kind is Token.CHARACTER and self.ahead.text == text

    def at_command(self, *names: str) -> bool:
        """Return whether one of these commands comes next."""
        token = self.tokens[self.index]
        return token.kind is Token.COMMAND and token.text in names

    def fail(self, message: str, token: Lexeme | None = None, *, hint: str = "", command: str = "") -> MathError:
        """Return the error for a token, by default the next one."""
        return MathError(message, (token or self.ahead).start + 1, hint=hint, command=command)

    def whole(self) -> Row:
        """Return the whole source as one row."""
        row = self.row()
        self._finish()
        return row

    def _finish(self) -> None:
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
        """Read items up to a closing brace, ``&``, a new line, ``\\right``, ``\\middle``, ``\\end`` or the end."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.fail(f"This is nested more than {DEEPEST} deep.")
        items: list[Node] = []
        while not self.row_ends():
            item = self.item()
            if item is not None:
                items.append(item)
        self.depth -= 1
        return Row(_paired_bars(items))

    def row_ends(self) -> bool:
        """Return whether the next token ends a row."""
        token = self.ahead
        if token.kind is Token.SPECIAL:
            return token.text in ("}", "&")
        if token.kind is Token.COMMAND:
            return token.text in ("right", "middle", "end", "hline", "cr")
        return token.kind in (Token.END, Token.NEW_LINE)

    def item(self) -> Node | None:
        """Read one item with its scripts; None for a command that only sets a size or a colour."""
        first = self.ahead
        if first.kind is Token.COMMAND and first.text in _NOTHING:
            self.take()
            return None
        if self.at_command("color", "colorlet"):
            self.take()
            self.raw_group()
            return None
        base: Node = Row(()) if self._at_script() else self.atom(whole_number=True)
        stacked = first.kind is Token.COMMAND and first.text in symbols.STACKED_LIMITS
        stacked = stacked or first.text in ("∑", "∏", "operatorname*") or isinstance(base, Brace)
        while self.at_command("limits", "nolimits"):
            stacked = self.take().text == "limits"
        return self.scripts(base, stacked)

    def _at_script(self) -> bool:
        token = self.ahead
        if token.kind is Token.SPECIAL:
            return token.text in ("^", "_")
        return token.kind is Token.CHARACTER and (token.text in _PRIME_MARKS or token.text in symbols.TYPED_SMALL)

    def scripts(self, base: Node, stacked: bool) -> Node:
        """Read the primes and scripts after a base and attach them."""
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
        """Read a run of Unicode sub- or superscript characters: w₁₁, 10⁻³."""
        plain = [symbols.TYPED_SMALL[first.text][1]]
        while self.ahead.kind is Token.CHARACTER and symbols.TYPED_SMALL.get(self.ahead.text, ("", ""))[0] == place:
            plain.append(symbols.TYPED_SMALL[self.take().text][1])
        return Row(tuple(symbols.character(mark) for mark in plain))

    def argument(self, owner: Lexeme) -> Node:
        """Read a braced group or a single symbol."""
        if self.at("{"):
            return self.group()
        if self.row_ends():
            raise self.fail(f"Something must follow {_shown(owner)}.")
        return self.atom(whole_number=False)

    def group(self) -> Node:
        """Read a braced group; a single item needs no row, except a sign, which in braces is no longer an operator."""
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
        """Read a braced group and return its source, including any braces in it."""
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
        """Read one item without its scripts; with ``whole_number`` all digits of a number, else one, as LaTeX does."""
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
        """Read a number: digits, perhaps with a decimal point between them."""
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
        """Return the node for a command, reading its arguments."""
        name = token.text
        if name in symbols.COMMANDS:
            return symbols.COMMANDS[name]
        if name in symbols.SPACES:
            return Space(symbols.SPACES[name])
        if name in symbols.ACCENTS:
            return Accent(name, self.argument(token))
        if name in symbols.STYLES:
            return _restyled(name, self.argument(token))
        handler = commands.HANDLERS.get(name)
        if handler is None:
            raise self.unknown(token)
        return handler(self, token)

    def unknown(self, token: Lexeme) -> MathError:
        """Return the error for an unknown command, with the nearest known one as a hint."""
        near = _nearest_command(token.text)
        hint = f"Did you mean \\{near}?" if near else "Words belong in \\text{…}."
        return self.fail(f"\\{token.text} is not a command that can be shown.", token, hint=hint, command=token.text)


@lru_cache(maxsize=64)
def _nearest_command(name: str) -> str:
    """Return the known command that an unknown one resembles, or an empty text. This takes half a millisecond."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, known_commands(), 1, 0.7)), "")


def known_commands() -> list[str]:
    """Return every command that can be shown, without its backslash."""
    tables = (symbols.COMMANDS, symbols.SPACES, symbols.ACCENTS, symbols.STYLES, commands.HANDLERS, _NOTHING)
    return sorted({name for table in tables for name in table if name.isalpha()} | {"right", "middle", "end", "limits"})


def _shown(token: Lexeme) -> str:
    return f"\\{token.text}" if token.kind is Token.COMMAND else f"'{token.text}'"


def _paired_bars(items: list[Node]) -> tuple[Node, ...]:
    """Turn bars that come in pairs into brackets: |x|, ‖w‖₂."""
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
    items = items_in(body)
    prime = symbols.COMMANDS["prime"]
    return len(items) if all(item == prime for item in items) else 0


def _restyled(style: str, node: Node) -> Node:
    if isinstance(node, Symbol):
        text = symbols.styled(style, node.text)
        return node if text == node.text else Symbol(text, node.ascii, node.kind)
    if isinstance(node, Row):
        return Row(tuple(_restyled(style, item) for item in node.items))
    return node
