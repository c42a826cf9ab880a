"""Words and letters that the whole tutor shares: counts with their nouns, lists of names, the Greek alphabet."""

from __future__ import annotations

from collections.abc import Sequence

#: Greek letters by the words that people type for them.
GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "eps": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "kappa": "κ", "lambda": "λ", "lambd": "λ", "lam": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π",
    "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip
#: The word for each letter.
FROM_GREEK = {letter: word for word, letter in reversed(GREEK.items())} | {"ε": "eps"}


def counted(count: int, noun: str, plural: str = "") -> str:
    """Return a count with its noun: ``1 row``, ``2 rows``."""
    return f"{count} {noun if count == 1 else plural or noun + 's'}"


def enumerated(names: Sequence[str]) -> str:
    """Return names joined for a sentence: ``Z₁``, ``Z₁ and Z₂``, ``Z₁, Z₂ and H₁``."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
