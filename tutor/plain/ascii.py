"""Text without a character outside ASCII, as one would type it: ``Z₁`` is Z1, ``∂E/∂w₁₁`` dE/dw11, ``x²`` x^2."""

from __future__ import annotations

import re
import unicodedata

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "eps", "ζ": "zeta", "η": "eta", "θ": "theta",
    "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau",
    "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda",
    "Σ": "Sum", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip
_SIGNS = {
    "−": "-", "–": "-", "—": " - ", "·": "*", "×": "*", "÷": "/", "⋅": "*", "⊙": "*", "∂": "d", "′": "'", "″": "''",
    "√": "sqrt", "∑": "sum", "∞": "inf", "≈": "~", "≠": "!=", "≤": "<=", "≥": ">=", "½": "1/2", "°": " degrees",
    "→": "->", "←": "<-", "⇒": "=>", "\u2044": "/", "…": "...", "∈": "in", "ℝ": "R", "∘": "o", "ᵀ": "^T", "ŷ": "yhat",
    "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "«": '"', "»": '"', "\u00a0": " ",
    "✓": "ok", "✗": "x", "•": "*", "□": "[ ]", "─": "-", "│": "|", "█": "#", "━": "=", "╸": "-",
}  # fmt: skip
_POWERS = re.compile("[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ]+")
_TABLE = str.maketrans({**_GREEK, **_SIGNS})


def to_ascii(text: str) -> str:
    """The text in ASCII; what has no spelling there becomes ``?``."""
    if text.isascii():
        return text
    flat = _POWERS.sub(lambda power: f"^{power[0]}", unicodedata.normalize("NFC", text))
    plain = unicodedata.normalize("NFKD", flat.translate(_TABLE)).translate(_TABLE)
    kept = "".join(character for character in plain if not unicodedata.combining(character))
    return kept.encode("ascii", "replace").decode()
