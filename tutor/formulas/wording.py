"""Words and letters that the whole tutor shares: counts with their nouns, lists of names, the Greek alphabet."""

from __future__ import annotations

from collections.abc import Collection, Iterable

#: Greek letters by the words that people type for them.
GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "eps": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "kappa": "κ", "lambda": "λ", "lambd": "λ", "lam": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π",
    "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip
#: The word for each letter.
FROM_GREEK = {letter: word for word, letter in reversed(GREEK.items())} | {"ε": "eps"}


def counted(count: int, noun: str) -> str:
    """Return a count with its noun: ``1 row``, ``2 rows``."""
    return f"{count} {noun if count == 1 else noun + 's'}"


def times(count: int) -> str:
    """Return how often something happened or may happen: ``once``, ``2 times``."""
    return "once" if count == 1 else f"{count} times"


def meant(typed: str, words: Collection[str]) -> list[str]:
    """Return the word that was typed in full; else those that begin with what was typed, of which one is clear."""
    return [typed] if typed in words else [word for word in words if word.startswith(typed)]


def enumerated(names: Iterable[str]) -> str:
    """Return names joined for a sentence: ``Z₁``, ``Z₁ and Z₂``, ``Z₁, Z₂ and H₁``."""
    *others, last = [*names] or [""]
    return f"{', '.join(others)} and {last}" if others else last
