"""Write the lines of a derivation: one formula tree gives a line's LaTeX, its text and its value."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable

from tutor.engines.sympy.convert import to_sympy, value
from tutor.engines.sympy.steps import Step, Value
from tutor.formulas import format_number, latex, map_tree, text
from tutor.formulas.evaluate import settled
from tutor.formulas.tree import Add, Div, Mul, Name, Neg, Num, Tree, mul, names
from tutor.network import Graph

#: Returns the text to show in place of a quantity's number, or None to show the number.
Shown = Callable[[str], str | None]

#: A piece of mathematics, as LaTeX and as text.
Written = tuple[str, str]

#: Significant figures of a number in a formula; results are shown with more.
FIGURES = 6

#: The most pieces of two lines to compare; in longer lines nobody would notice what is new.
_MOST_PIECES = 4_000

_TOKENS = re.compile(r"[^\W]+|\s+|.", re.S)


class Writer:
    """Collects the lines of one derivation over one graph."""

    def __init__(self, graph: Graph, shown: Shown | None = None) -> None:
        """``shown`` may replace the text of a quantity's number (by ``?`` while a learner has not found it)."""
        self.graph = graph
        self.notation = graph.notation
        self.steps: list[Step] = []
        self._shown = shown
        self._values: dict[Tree, float] = {}  # one tree is written in names, in numbers, and as its value

    # -- names and numbers ------------------------------------------------------------------------------------------

    def number(self, name: str) -> float:
        """Return a quantity's number, also by an alias such as ``dE/dZ3``."""
        return self.graph.values[name if name in self.graph.nodes else self.graph.aliases[name]]

    def symbol(self, name: str) -> str:
        """Return a name as it is written in a sentence."""
        return self.notation.text(name)

    def put(self, name: str) -> str:
        """Return the text of a name's number."""
        shown = self._shown(name) if self._shown is not None else None
        return rounded(self.number(name)) if shown is None else shown

    def hides(self, tree: Tree) -> bool:
        """Return whether the tree has a number that must not be shown."""
        return self._shown is not None and any(self._shown(name) is not None for name in names(tree))

    def env(self, tree: Tree) -> dict[str, float]:
        """Return the numbers of the names in a tree."""
        return {name: self.number(name) for name in names(tree)}

    def value(self, tree: Tree) -> float:
        """Return the value of a tree, by SymPy."""
        if tree not in self._values:
            self._values[tree] = value(to_sympy(tree), self.env(tree))
        return self._values[tree]

    # -- lines ------------------------------------------------------------------------------------------------------

    def line(self, what: str, quantity: str, tree: Tree, *, numbers: bool = False, named: bool = False) -> None:
        """Add the line ``quantity = tree`` (``named``) or ``= tree``, with numbers for the names if ``numbers``."""
        put = self.put if numbers else None
        written = latex(tree, self.notation, put), text(tree, self.notation, put)
        self.words(what, quantity, written, self.value(tree), named=named)

    def worked_out(
        self, what: str, quantity: str, tree: Tree, *, named: bool = True, with_products: bool = False
    ) -> None:
        """Add a line with the tree, the lines with its numbers, and its value."""
        self.line(what, quantity, tree, named=named)
        self.numbers(quantity, tree)
        if with_products:
            self.products(quantity, tree)
        self.result(quantity, tree)

    def numbers(
        self, quantity: str, tree: Tree, what: str = "With the numbers put in.", *, named: bool = False
    ) -> None:
        """Add the line with the numbers, unless the tree is a single name or number: the result shows that already."""
        if not isinstance(tree, Name | Num):
            self.line(what, quantity, tree, numbers=True, named=named)

    def products(self, quantity: str, tree: Tree) -> None:
        """Add a line with the products of a sum worked out: 0.2·1 + 0.4·0 becomes 0.2 + 0."""
        if not isinstance(tree, Add) or not any(isinstance(term, Mul) for term in tree.terms):
            return
        if self.hides(tree):
            return
        terms = tuple(_signed(self.value(term)) for term in tree.terms)
        shown = Add(tuple(_signed(float(f"{self.value(term):.{FIGURES}g}")) for term in tree.terms))
        written = latex(shown, self.notation), text(shown, self.notation)
        self.words("Each product worked out.", quantity, written, self.value(Add(terms)))

    def result(self, quantity: str, tree: Tree, what: str = "", *, named: bool = False) -> None:
        """Add the last line: the value of the tree."""
        worth = settled(self.value(tree), tree, self.env(tree))
        shown = self._shown(quantity) if self._shown is not None else None
        written = digits(format_number(worth) if shown is None else shown)
        self.words(what or "The value.", quantity, written, worth, named=named)

    def given(self, name: str) -> None:
        """Add the only line of a given number."""
        self.words("This is given.", name, digits(self.put(name)), self.value(Name(name)), named=True)

    def words(
        self,
        what: str,
        quantity: str,
        body: Written,
        worth: Value,
        *,
        named: bool = False,
        head: Written | None = None,
    ) -> None:
        """Add a line whose mathematics is already written.

        Its left-hand side is ``head``, for a derivative without a name in the graph, or the quantity's symbol if the
        line is ``named``, or empty.
        """
        symbol = (self.notation.latex(quantity), self.notation.text(quantity)) if named else ("", "")
        in_latex, in_text = (f"{left} = {right}".lstrip() for left, right in zip(head or symbol, body, strict=True))
        before = self.steps[-1].text if self.steps else ""
        self.steps.append(Step(what, in_latex, in_text, worth, quantity, new_pieces(before, in_text)))


def rounded(number: float) -> str:
    """Return a number with at most six significant figures, as formulas show it."""
    return format_number(float(f"{number:.{FIGURES}g}"))


def joined(*pieces: Written) -> Written:
    """Return pieces of mathematics side by side."""
    return "".join(piece for piece, _ in pieces), "".join(piece for _, piece in pieces)


def share(count: int) -> Written:
    """Return the factor 1/count of a mean; nothing for one."""
    return (rf"\frac{{1}}{{{count}}} ", f"1/{count}·") if count > 1 else ("", "")


def first_terms(terms: Iterable[str]) -> Written:
    """Return the beginning of a long sum, in brackets."""
    listed = " + ".join(terms)
    return rf"({listed} + \ldots)".replace("−", "-"), f"({listed} + …)"


def digits(number: str) -> Written:
    """Return a number's text as LaTeX and as text."""
    return number.replace("−", "-"), number


def new_pieces(before: str, after: str) -> tuple[str, ...]:
    """Return the pieces of a line that are not in the line above, or none if the two lines are very long."""
    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    if len(old) + len(new) > _MOST_PIECES:
        return ()
    blocks = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    pieces = ("".join(new[start:end]).strip() for tag, _, _, start, end in blocks if tag in ("replace", "insert"))
    return tuple(piece for piece in pieces if piece and piece != "=")


def _signed(number: float) -> Tree:
    return Neg(Num(-number)) if number < 0 else Num(number)


def tidy(tree: Tree) -> Tree:
    """Move every minus as far out as it goes: −a·(−b) becomes a·b, (−a)/b becomes −a/b."""

    def change(part: Tree) -> Tree | None:
        match part:
            case Neg(Neg(of)):
                return of
            case Div(Neg(over), below):
                return Neg(Div(over, below))
            case Mul(factors) if any(isinstance(factor, Neg) for factor in factors):
                plain = mul(*(factor.of if isinstance(factor, Neg) else factor for factor in factors))
                return Neg(plain) if sum(isinstance(factor, Neg) for factor in factors) % 2 else plain
        return None

    return map_tree(tree, change)
