"""Translate between canonical names and what people see and type: ``theta1`` is shown as θ₁ and typed as ``θ1``, ``θ₁``
or ``theta_1``.

A class may have its own symbols (``{sum: net, error_signal: e}``). They change what is shown and typed, but not the
canonical names.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cached_property

from tutor.formulas.tokens import normalise
from tutor.formulas.wording import FROM_GREEK, GREEK

#: What a class may give its own symbol, and the head of the canonical names that it replaces.
SYMBOL_HEADS: Mapping[str, str] = {
    "sum": "Z",
    "activation": "H",
    "output": "yhat",
    "target": "y",
    "weight": "w",
    "bias": "theta",
    "error_signal": "delta",
    "loss": "E",
    "rate": "alpha",
}

_GREEK_LATEX = {"epsilon": "varepsilon", "eps": "varepsilon", "lambd": "lambda", "lam": "lambda"}
_HAT = "\u0302"

#: Other heads that classes and books use; they are tried only if nothing has the name itself.
_OTHER_HEADS = {
    "net": "Z", "out": "H", "b": "theta", "bias": "theta", "d": "delta", "err": "error",
    "L": "E", "loss": "E", "lr": "alpha", "eta": "alpha", "rate": "alpha", "learningrate": "alpha", "epsilon": "eps",
}  # fmt: skip

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_PARTS = re.compile(r"(?P<base>.*?)(?P<cell>\[[\d,]+\])?(?P<step>@\d+)?", re.S)
_HEAD = re.compile(r"(?P<head>[^\W\d]+?(?:_[^\W\d]+?)*)(?P<gap>_?)(?P<digits>\d+(?:_\d+)*)?(?P<tail>(?:_[^\W\d]+)*)")
_QUOTIENT = re.compile(
    r"d(?P<over>{0})_d(?P<below>{0}(?:_[^\W\d]+)?)".format(rf"(?:[^\W\d]|yhat|{'|'.join(GREEK)})(?:_?\d+)*")
)
_MEMORY = re.compile(r"(?P<of>.+)_(?P<memory>v|m|mhat|vhat|vmax|gavg|buf|step)")
_ARRAY_HEAD = re.compile(r"(?P<layer>[^\W\d]\w*)\.(?P<what>\w+)")


#: Names of numbers; a class's symbol does not replace them, only a quantity with exactly this name does.
_CONSTANTS = frozenset({"e", "pi"})


class Notation:
    """The symbols of a lesson. ``symbols`` maps ``sum``, ``activation`` … (see ``SYMBOL_HEADS``) to the class's own.

    Without ``follows_loss``, error signals are not gradients of the loss, and ``dE/dw11`` is shown as the update's
    direction for w₁₁, because it is not ∂E/∂w₁₁.
    """

    def __init__(self, symbols: Mapping[str, str] | None = None, *, follows_loss: bool = True) -> None:
        self.symbols: dict[str, str] = dict(symbols or {})
        self.follows_loss = follows_loss
        self._known: Collection[str] | None = None
        self._spellings: dict[str, str | None] = {}
        self._size = -1
        self._shown: dict[tuple[str, bool], str] = {}

    @cached_property
    def _heads(self) -> dict[str, str]:
        """The class's symbol for the head of a canonical name."""
        return {SYMBOL_HEADS[role]: symbol for role, symbol in self.symbols.items() if role in SYMBOL_HEADS}

    # -- canonical to shown -----------------------------------------------------------------------------------------

    def text(self, name: str) -> str:
        """Return the name on one line of Unicode: ``Z₁``, ``∂E/∂w₁₁``, ``w₁₁′``, ``ŷ[2]``, ``Z₁@2``."""
        return self._cached(name, as_latex=False)

    def latex(self, name: str) -> str:
        """Return the name as LaTeX: ``Z_{1}``, ``\\frac{\\partial E}{\\partial w_{11}}``."""
        return self._cached(name, as_latex=True)

    def _cached(self, name: str, *, as_latex: bool) -> str:
        key = (name, as_latex)
        if key not in self._shown:
            if len(self._shown) > 20_000:
                self._shown.clear()
            self._shown[key] = self._write(name, as_latex)
        return self._shown[key]

    def _write(self, name: str, as_latex: bool) -> str:
        prefix, _, rest = name.rpartition(":")
        match = _PARTS.fullmatch(rest)
        base, cell, step = (match["base"], match["cell"] or "", match["step"] or "") if match else (rest, "", "")
        shown = self._base(base, as_latex)
        if as_latex and (cell or step):
            cell = cell.replace(",", "{,}")  # LaTeX would add a space after a bare comma
            shown = f"{shown}{{{cell}{step}}}"
        else:
            shown += cell + step
        if not prefix:
            return shown
        return rf"\text{{{prefix}: }}{shown}" if as_latex else f"{prefix}:{shown}"

    def _base(self, base: str, as_latex: bool) -> str:
        over, slash, below = base.partition("/")
        if slash and over[:1] == "d" and below[:1] == "d":
            bottom = self._base(below[1:], as_latex)
            return self._slope(over[1:], bottom, as_latex)
        quotient = _QUOTIENT.fullmatch(base)
        if quotient:
            return self._slope(quotient["over"], self._base(quotient["below"], as_latex), as_latex)
        if base.startswith("exp") and len(base) > 3 and (base[3].isupper() or base[3:] in self._heads):
            inner = self._base(base[3:], as_latex)
            return f"e^{{{inner}}}" if as_latex else f"e^{inner}"
        array = _ARRAY_HEAD.fullmatch(base)
        if array:
            return self._array(array["layer"], array["what"], as_latex)
        memory = _MEMORY.fullmatch(base)
        if memory:
            of, kept = self._base(memory["of"], as_latex), memory["memory"]
            head = _hat(kept[0], as_latex) if kept.endswith("hat") else kept
            head = rf"\text{{{kept}}}" if as_latex and head == kept and len(kept) > 1 else head
            return f"{head}({of})"
        return self._symbol(base, as_latex)

    def gradient(self, below: str) -> str:
        """Return the derivative of the loss by ``below``, both as LaTeX."""
        return self._slope("E", below, as_latex=True)

    def _slope(self, over: str, below: str, as_latex: bool) -> str:
        if over == "E" and not self.follows_loss:
            return rf"\text{{direction}}({below})" if as_latex else f"direction({below})"
        top = self._base(over, as_latex)
        return rf"\frac{{\partial {top}}}{{\partial {below}}}" if as_latex else f"∂{top}/∂{below}"

    def _array(self, layer: str, what: str, as_latex: bool) -> str:
        """Return the symbol of a layer's array: W′ with the layer's name as index for ``hidden.W_new``."""
        if what == "expsum":
            inner = self._head("Z", as_latex)
            return rf"\sum e^{{{inner}}}" if as_latex else f"Σe^{inner}"
        if what.startswith("d") and what[1:] in ("W", "theta"):
            return self._slope("E", self._array(layer, what[1:], as_latex), as_latex)
        what, new, _ = what.partition("_new")
        symbol = self._heads["w"].upper() if what == "W" and "w" in self._heads else self._head(what, as_latex)
        if as_latex:
            return rf"{symbol}_{{\text{{{layer}}}}}" + ("'" if new else "")
        return f"{symbol}_{layer}" + ("′" if new else "")

    def _symbol(self, base: str, as_latex: bool) -> str:
        bare = base.rstrip("'")
        match = _HEAD.fullmatch(bare)
        if match is None:
            return _plain(base, as_latex)
        tails = [part for part in match["tail"].split("_") if part]
        head, digits = match["head"], match["digits"] or ""
        words = head.split("_")
        while len(words) > 1 and words[-1] in ("new", "hat"):
            tails.insert(0, words.pop())
        head, below = words[0], words[1:] + [part for part in tails if part not in ("new", "hat")]
        symbol = self._head(head, as_latex)
        if "hat" in tails:
            symbol = _hat(symbol, as_latex)
        parts = digits.split("_") if digits else []
        joined = ("" if all(len(part) == 1 for part in parts) else ",").join(parts)
        primes = tails.count("new") + len(base) - len(bare)
        last = "" if match["gap"] or not words[1:] else joined  # net_h1: the first of the h, not of the net
        joined = "" if last else joined
        if as_latex:
            index = ",".join(filter(None, [joined, *(rf"\text{{{word}}}" for word in below)])) + last
            return symbol + (f"_{{{index}}}" if index else "") + "'" * primes
        index = joined.translate(_SUBSCRIPTS) + "".join(f"_{word}" for word in below) + last.translate(_SUBSCRIPTS)
        return symbol + index + "′" * primes

    def _head(self, head: str, as_latex: bool) -> str:
        return _own_symbol(self._heads.get(head, head), as_latex)

    # -- typed to canonical -----------------------------------------------------------------------------------------

    def canonical(self, typed: str, known: Collection[str]) -> str | None:
        """Return the ``known`` name that a person means, in any spelling, or None if there is none or more than one."""
        if typed in known:
            return typed
        if known is not self._known or len(known) != self._size:
            self._spellings = self._index(known)
            self._known, self._size = known, len(known)
        folded = fold(typed)
        if not folded or folded in _CONSTANTS:
            return None  # e^−Z is a power of 2.718… even if the class's error signal is e
        if folded in self._spellings:
            return self._spellings[folded]
        other = self._other_head(folded)
        if other in self._spellings:
            return self._spellings[other]
        return self._spellings.get("\0" + folded.lower()) if len(folded) > 1 else None

    def _index(self, known: Collection[str]) -> dict[str, str | None]:
        """Return the known name for each folded spelling, or None if two names share it; names come before symbols."""
        exact: dict[str, str | None] = {}
        shown: dict[str, str | None] = {}
        lower: dict[str, str | None] = {}
        for name in known:
            key = fold(name)
            exact[key] = name if exact.get(key, name) == name else None
            key = fold(self.text(name))
            shown[key] = name if shown.get(key, name) == name else None
        for key, meant in (*exact.items(), *shown.items()):
            small = "\0" + key.lower()
            lower[small] = meant if lower.get(small, meant) == meant else None
        return {**lower, **shown, **exact}

    @staticmethod
    def _other_head(folded: str) -> str:
        def swap(match: re.Match[str]) -> str:
            return match[1] + _OTHER_HEADS.get(match[2], match[2])

        whole = re.match(r"()([^\W\d]+)", folded)
        if "/" not in folded:
            return swap(whole) + folded[whole.end() :] if whole else folded
        return re.sub(r"((?:^|/)d)([^\W\d]+)", swap, folded)


def fold(name: str) -> str:
    """Return a key that all spellings of a name share: ``w_11``, ``w₁₁`` and ``w11``, or ``w11_new`` and ``w11′``."""
    plain, _ = normalise(name.strip())
    plain = plain.replace("^(", "").replace(" ", "")
    plain = "".join(FROM_GREEK.get(char, char) for char in plain)
    plain = re.sub(r"_?new(?![^\W\d_])", "'", plain)
    return plain.replace("_", "")


def _hat(symbol: str, as_latex: bool) -> str:
    return rf"\hat{{{symbol}}}" if as_latex else symbol + _HAT


def _own_symbol(symbol: str, as_latex: bool) -> str:
    word = FROM_GREEK.get(symbol, symbol)
    if word in GREEK:
        return "\\" + _GREEK_LATEX.get(word, word) if as_latex else GREEK[word]
    if word in ("yhat", "ŷ"):
        return r"\hat{y}" if as_latex else "ŷ"
    return _plain(symbol, as_latex)


def _plain(word: str, as_latex: bool) -> str:
    if not as_latex:
        return word
    return word if len(word) == 1 else rf"\text{{{word}}}"
