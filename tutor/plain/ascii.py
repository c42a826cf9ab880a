"""Write text in ASCII, as one would type it: ``Z₁`` as Z1, ``∂E/∂w₁₁`` as dE/dw11, ``x²`` as x^2."""

from __future__ import annotations

import re
import unicodedata

from tutor.formulas.wording import FROM_GREEK

_SIGNS = {
    "−": "-", "–": "-", "—": " - ", "·": "*", "×": "*", "÷": "/", "⋅": "*", "⊙": "*", "∂": "d", "′": "'", "″": "''",
    "√": "sqrt", "∑": "sum", "∞": "inf", "≈": "~", "≠": "!=", "≤": "<=", "≥": ">=", "½": "1/2", "°": " degrees",
    "→": "->", "←": "<-", "⇒": "=>", "\u2044": "/", "…": "...", "∈": "in", "ℝ": "R", "∘": "o", "ᵀ": "^T", "ŷ": "yhat",
    "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "«": '"', "»": '"', "\u00a0": " ",
    "✓": "ok", "✗": "x", "•": "*", "□": "[ ]", "─": "-", "│": "|", "█": "#", "━": "=", "╸": "-",
}  # fmt: skip
_POWERS = re.compile("[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ]+")
_TABLE = str.maketrans({**FROM_GREEK, "Σ": "Sum", **_SIGNS})


def to_ascii(text: str) -> str:
    """Return the text in ASCII; a character without a spelling becomes ``?``."""
    if text.isascii():
        return text
    flat = _POWERS.sub(lambda power: f"^{power[0]}", unicodedata.normalize("NFC", text))
    plain = unicodedata.normalize("NFKD", flat.translate(_TABLE)).translate(_TABLE)
    kept = "".join(character for character in plain if not unicodedata.combining(character))
    return kept.encode("ascii", "replace").decode()
