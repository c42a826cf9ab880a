"""Parse formulas, of authors and learners alike, into trees, with a Pratt parser; nothing is ever evaluated as code.

``2w11``, ``2(a + b)`` and ``(a)(b)`` are products, ``^`` and ``**`` are powers (right-associative), ``-x^2`` is −(x²),
``%`` divides by 100, ``=`` compares. Names stay as typed; ``resolve`` replaces them by canonical names.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from functools import cache

from tutor.errors import FormulaError
from tutor.formulas.functions import FUNCTIONS, Function, function_named, in_brackets, unknown_function
from tutor.formulas.tokens import Token, tokenise
from tutor.formulas.tree import (
    Array,
    Call,
    Compare,
    Div,
    Index,
    Logic,
    MatMul,
    Name,
    Neg,
    Num,
    Pow,
    Setting,
    Transpose,
    Tree,
    add,
    mul,
)

#: The largest window, stride or padding of a function of arrays.
MOST_SIZE = 4_096

#: How deeply brackets and signs may nest.
MAX_DEPTH = 60

_SUM, _PRODUCT, _SIGN, _POWER = 10, 20, 30, 40
_OR, _AND, _NOT, _COMPARE = 2, 4, 6, 8
_RELATIONS = {"<": "<", ">": ">", "<=": "<=", ">=": ">=", "=": "=", "==": "=", "!=": "!=", "<>": "!="}
_PRODUCTS: dict[str, Callable[[Tree, Tree], Tree]] = {"*": mul, "/": Div, "@": MatMul}
_WORDS = {"&&": "and", "||": "or", "!": "not"}
# d1/d2 and delta1/delta2 are always quotients of two names
_SLOPE_PART = re.compile(r"d(?!elta|\d)\w")

Joins = Callable[[str], bool]


def parse(text: str, *, joins: Joins | None = None) -> Tree:
    """Return the tree of a formula.

    ``joins`` decides whether a text such as ``dE/dw11`` is one name; without it, every ``d…/d…`` written without spaces
    is one, except ``d1/d2`` and ``delta1/delta2``.

    Raises:
        FormulaError: The text is not a formula; the error has the column where reading stopped.
    """
    parser = Parser(tokenise(text), joins)
    tree = parser.expression()
    parser.finish()
    return tree


@cache
def parsed(text: str) -> Tree:
    """Return the tree of one of the tutor's own formulas, cached."""
    return parse(text)


class Parser:
    """Parses one list of tokens; a caller with its own separators may call ``expression`` several times."""

    def __init__(self, tokens: list[Token], joins: Joins | None = None) -> None:
        self.tokens = tokens
        self.place = 0
        self._joins = joins
        self._depth = 0
        self._open_bars = 0

    # -- tokens -----------------------------------------------------------------------------------------------------

    @property
    def next(self) -> Token:
        """The next token, which stays in place."""
        return self.tokens[self.place]

    def take(self) -> Token:
        """Take the next token and return it."""
        token = self.tokens[self.place]
        if token.kind != "end":
            self.place += 1
        return token

    def take_if(self, *texts: str) -> bool:
        """Take the next token if it is one of these operators; return whether it is."""
        if self.next.kind == "operator" and self.next.text in texts:
            self.take()
            return True
        return False

    def need(self, text: str) -> None:
        """Take this operator.

        Raises:
            FormulaError: It is missing.
        """
        if not self.take_if(text):
            if not self.next.text:
                raise FormulaError("A bracket is not closed.", self.next.column, hint=f"Add {text!r}.")
            raise FormulaError(f"A {text!r} is expected here, not {self.next.text!r}.", self.next.column)

    def finish(self) -> None:
        """Check that no token is left.

        Raises:
            FormulaError: There is one.
        """
        if self.next.kind != "end":
            raise FormulaError(
                f"{self.next.text!r} does not fit here.", self.next.column, hint="An operator may be missing before it."
            )

    # -- expressions ------------------------------------------------------------------------------------------------

    def expression(self, power: int = 0) -> Tree:
        """Return the longest expression whose operators all bind at least as tightly as ``power``."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise FormulaError("Brackets or signs are nested too deeply.", self.next.column, hint="Use fewer brackets.")
        left = self._postfix(self._prefix())
        while True:
            joined = self._infix(left, power)
            if joined is None:
                break
            left = joined
        self._depth -= 1
        return left

    def _infix(self, left: Tree, power: int) -> Tree | None:
        token = self.next
        operator = _WORDS.get(token.text, token.text)
        if token.text == "||" and self._open_bars:
            return None
        if operator in ("or", "and"):
            return self._logic(left, operator, power)
        if token.kind == "operator" and operator in _RELATIONS:
            return self._comparison(left, power) if power <= _COMPARE else None
        if token.kind == "operator" and operator in ("^", "**"):
            self.take()
            return Pow(left, self.expression(_POWER))
        if token.kind == "operator" and operator in ("+", "-"):
            if power > _SUM:
                return None
            self.take()
            right = self.expression(_SUM + 1)
            return add(left, Neg(right) if operator == "-" else right)
        if token.kind == "operator" and operator in ("*", "/", "@"):
            if power > _PRODUCT:
                return None
            self.take()
            return _PRODUCTS[operator](left, self.expression(_PRODUCT + 1))
        return self._implied_product(left, power)

    def _implied_product(self, left: Tree, power: int) -> Tree | None:
        token = self.next
        if token.kind == "number":
            before = self.tokens[self.place - 1]
            function = function_named(before.text) if before.kind == "name" else None
            if function is not None:
                message = f"{before.text} is a function."
                raise FormulaError(message, before.column, hint=in_brackets(function, token.text))
            if before.kind == "number" and token.text[0] == "." and not token.spaced:
                raise FormulaError("A number has only one point.", token.column, hint="Write one such as 0.65.")
            raise FormulaError(
                "An operator is missing before this number.", token.column, hint="Write * for a product, + for a sum."
            )
        starts = (token.kind == "name" and token.text != "not") or token.text in ("(", "√")
        if not starts or power > _PRODUCT:
            return None
        return mul(left, self.expression(_PRODUCT + 1))

    def _logic(self, left: Tree, operator: str, power: int) -> Tree | None:
        binding = _OR if operator == "or" else _AND
        if power > binding:
            return None
        self.take()
        right = self.expression(binding + 1)
        before = left.operands if isinstance(left, Logic) and left.operator == operator else (left,)
        return Logic(operator, (*before, right))

    def _comparison(self, left: Tree, power: int) -> Tree:
        parts: list[Tree] = []
        while self.next.kind == "operator" and self.next.text in _RELATIONS:
            relation = _RELATIONS[self.take().text]
            right = self.expression(_COMPARE + 1)
            parts.append(Compare(relation, left, right))
            left = right
        return parts[0] if len(parts) == 1 else Logic("and", tuple(parts))

    def _prefix(self) -> Tree:
        token = self.take()
        if token.kind == "number":
            return _number(token)
        if token.kind == "name":
            return self._negated() if token.text == "not" else self._named(token)
        match token.text:
            case "+":
                return self.expression(_SIGN)
            case "-":
                return Neg(self.expression(_SIGN))
            case "!":
                return self._negated()
            case "√":
                return Call("sqrt", (self.expression(_POWER),))
            case "(":
                return self._brackets(token)
            case "[":
                return self._array()
            case "|" | "||":
                return self._absolute(token)
        if not token.text:
            raise FormulaError("A number or a name is missing at the end.", token.column)
        raise FormulaError(f"A number or a name is expected here, not {token.text!r}.", token.column)

    def _absolute(self, opening: Token) -> Tree:
        """Return ``|a|``. Between bars, and where ``or`` makes no sense, ``||`` is two of them."""
        if opening.text == "||":
            self._split_bars(self.place - 1)
        self._open_bars += 1
        inner = self.expression()
        self._open_bars -= 1
        if self.next.text == "||":
            self._split_bars(self.place)
        self.need("|")
        return Call("abs", (inner,))

    def _split_bars(self, place: int) -> None:
        column = self.tokens[place].column
        self.tokens[place : place + 1] = [Token("operator", "|", column), Token("operator", "|", column + 1)]

    def _brackets(self, opening: Token) -> Tree:
        before = self.tokens[max(self.place - 2, 0)]
        inner = self.expression()
        if self.next.text in (",", ";") and before.kind == "name" and not opening.spaced:
            message, hint = unknown_function(before.text)
            raise FormulaError(message, before.column, hint=hint)
        self.need(")")
        return inner

    def _negated(self) -> Tree:
        return Logic("not", (self.expression(_NOT),))

    def _array(self) -> Tree:
        items = [self.expression()]
        while self.take_if(",", ";"):
            items.append(self.expression())
        self.need("]")
        return Array(tuple(items))

    # -- names ------------------------------------------------------------------------------------------------------

    def _named(self, token: Token) -> Tree:
        if token.text in ("and", "or"):
            raise FormulaError(f"A number or a name is expected before {token.text!r}.", token.column)
        if self.next.text == "(" and self.next.kind == "operator":
            function = function_named(token.text)
            if function is not None:
                return self._call(function, token)
        joined = self._slope(token)
        return Name(joined or token.text)

    def _slope(self, token: Token) -> str | None:
        """Return ``dE/dw11`` if it is one name, or None."""
        over, below = self.next, self.tokens[min(self.place + 1, len(self.tokens) - 1)]
        if over.text != "/" or below.kind != "name" or not token.text.startswith("d") or not below.text.startswith("d"):
            return None
        text = f"{token.text}/{below.text}"
        if self._joins is not None:
            fits = self._joins(text)
        else:
            before = self.tokens[self.place - 2].text if self.place >= 2 else ""
            fits = before not in ("/", "^", "**") and not over.spaced and not below.spaced
            fits = fits and bool(_SLOPE_PART.match(token.text) and _SLOPE_PART.match(below.text))
        if not fits:
            return None
        self.place += 2
        return text

    def _call(self, function: str, token: Token) -> Tree:
        self.need("(")
        entry = FUNCTIONS[function]
        arguments: list[Tree] = [self.expression()]
        settings: list[Setting] = []
        while self.take_if(",", ";"):
            setting = self._setting(entry, len(arguments))
            if setting is None:
                arguments.append(self.expression())
            else:
                settings.append(setting)
        self.need(")")
        least, most = entry.arity
        if not least <= len(arguments) <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            hint = f"Write {entry.named[0]}=2 with its name." if entry.named and len(arguments) > most else ""
            raise FormulaError(
                f"{token.text} takes {wanted} value{'s' if wanted != '1' else ''}, not {len(arguments)}.",
                token.column,
                hint=hint,
            )
        return Call(function, (*arguments, *_joined(entry, settings, token)))

    def _setting(self, function: Function, arrays: int) -> Setting | None:
        """Return a size after the arrays, ``2`` or ``2x3``, or a named one, ``stride=2``; or None for a value."""
        after = self.tokens[min(self.place + 1, len(self.tokens) - 1)]
        if function.named and self.next.kind == "name" and after.text == "=":
            name = self.take()
            if name.text not in function.named:
                known = " and ".join(function.named)
                raise FormulaError(f"{function.name} has no {name.text}=; it has {known}.", name.column)
            self.take()
            return Setting(name.text, self._sizes(0 if name.text == "pad" else 1))
        if function.sizes and arrays >= function.arity[0]:
            return Setting(function.sizes, self._sizes(0 if function.sizes == "pad" else 1), is_named=False)
        return None

    def _sizes(self, least: int) -> tuple[int, ...]:
        """Return the sizes in ``2``, or in ``2x3`` for rows and columns."""
        sizes = [self._size(self.take(), least)]
        crossed = self.next.kind == "name" and re.fullmatch(r"x(\d*)", self.next.text)
        if crossed and crossed[1]:
            token = self.take()
            sizes.append(self._size(Token("number", crossed[1], token.column), least))
        elif crossed or self.next.text == "*":
            self.take()
            sizes.append(self._size(self.take(), least))
        return tuple(sizes)

    def _size(self, token: Token, least: int) -> int:
        if token.kind != "number" or not token.text.isdigit() or not least <= int(token.text[:9]) <= MOST_SIZE:
            raise FormulaError(f"A whole number from {least} is expected here, such as 2 or 2x3.", token.column)
        return int(token.text)

    def _postfix(self, tree: Tree) -> Tree:
        while True:
            if self.take_if("%"):
                if self.next.kind in ("number", "name"):
                    raise FormulaError("% means per cent here.", self.next.column, hint="Write * between two factors.")
                tree = Div(tree, Num(100.0, "100"))
            elif self.take_if(".T"):
                tree = Transpose(tree)
            elif self.next.text == "[" and not isinstance(tree, Num | Array):
                tree = self._index(tree)
            else:
                return tree

    def _index(self, tree: Tree) -> Tree:
        self.need("[")
        if not (self.next.kind == "number" and self.next.text.isdigit()):
            return self._take(tree)
        axes = [self._axis()]
        while self.take_if(","):
            axes.append(self._axis())
        self.need("]")
        if len(axes) > 2:
            raise FormulaError("At most a row and a column go in the brackets.", self.next.column)
        step = self.tokens[min(self.place + 1, len(self.tokens) - 1)]
        at_step = self.next.text == "@" and not step.spaced and step.kind == "number" and step.text.isdigit()
        if isinstance(tree, Name) and at_step and all(first == last for first, last in axes):
            self.place += 2
            return Name(f"{tree.name}{cell_suffix(tuple(axes))}@{step.text}")
        return Index(tree, tuple(axes))

    def _take(self, tree: Tree) -> Tree:
        """Return the tree of ``E[ids]``, the rows whose numbers are in a list."""
        place = self.next.column
        chosen = self.expression()
        if isinstance(chosen, Num | Neg):
            raise FormulaError("A row or column number is expected here, from 1.", place)
        if self.next.text == ",":
            raise FormulaError("A list chooses whole rows: only the list goes in the brackets.", self.next.column)
        self.need("]")
        return Call("take", (tree, chosen))

    def _axis(self) -> tuple[int, int]:
        first = self._whole()
        return (first, self._whole()) if self.take_if("..") else (first, first)

    def _whole(self) -> int:
        token = self.take()
        if token.kind != "number" or not token.text.isdigit() or not 1 <= int(token.text[:9]) <= 10_000:
            raise FormulaError("A row or column number is expected here, from 1.", token.column)
        return int(token.text)


def _joined(function: Function, settings: list[Setting], token: Token) -> tuple[Setting, ...]:
    """Return a function's settings, checked; the sizes in ``reshape(A, 2, 3)`` become one shape."""
    if function.sizes == "shape":
        sizes = tuple(size for setting in settings for size in setting.sizes)
        settings = [Setting("shape", sizes, is_named=False)] if 1 <= len(sizes) <= 2 else []
    if function.sizes and not any(setting.name == function.sizes for setting in settings):
        missing = {"window": "the size of its window: 2 or 2x3", "pad": "how many cells: 1 or 1x2"}
        what = missing.get(function.sizes, "its new shape: 6, or 2, 3")
        raise FormulaError(f"{token.text} needs {what}.", token.column)
    if len({setting.name for setting in settings}) < len(settings):
        raise FormulaError(f"{token.text} has one setting twice.", token.column)
    return tuple(settings)


def cell_suffix(axes: tuple[tuple[int, int], ...]) -> str:
    """Return what is written after a name for a single cell: ``[2]``, ``[3,1]``."""
    return "[" + ",".join(str(first) for first, _ in axes) + "]"


def _number(token: Token) -> Num:
    value = float(token.text)
    if not math.isfinite(value) or abs(value) > 1e100:
        raise FormulaError("This number is too large.", token.column)
    return Num(value, token.text)


def column_of(source: str, name: str) -> int:
    """Return the column, from 1, of a name's first occurrence in a text, or 1."""
    if not source:
        return 1
    first = re.split(r"[/\[]", name, maxsplit=1)[0]
    return next((token.column for token in tokenise(source) if token.text == first), 1)


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return “Did you mean …?” with the closest known name, the same first letter preferred, or an empty string."""
    import difflib

    names = list(known)
    alike = [each for each in names if each[:1].lower() == name[:1].lower()]  # Z9 may be Z1; kg is not gb
    near = difflib.get_close_matches(name, alike, 1, 0.5) or difflib.get_close_matches(name, names, 1, 0.6)
    return f"Did you mean {near[0]}?" if near else ""
