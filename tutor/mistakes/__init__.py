"""The registry of typical mistakes: each entry has formulas, where it applies, how likely it is, and what to say.

Begin with ``entry.py`` for what an entry holds, and with ``sums.py`` for the simplest entries. To add a mistake, add an
entry to the module of its subject; marking, hints, labs, keys and the guide's list find it in ``MISTAKES``.
"""

from tutor.mistakes import (  # noqa: F401
    activations,
    any_formula,
    arrays,
    logarithms,
    losses,
    powers,
    signals,
    slopes,
    sums,
    updates,
    windows,
    writing,
)
from tutor.mistakes.any_formula import changes
from tutor.mistakes.entry import MISTAKES, TWICE_WRONG, Form, InProgram, TypicalMistake
from tutor.mistakes.finding import advice, code_mistake, formula_sentence, mistakes_at, rank, sentence
from tutor.mistakes.formulas import MistakenFormula, Surroundings, surroundings
from tutor.mistakes.places import Place, place_of

__all__ = [
    "MISTAKES",
    "TWICE_WRONG",
    "Form",
    "InProgram",
    "MistakenFormula",
    "Place",
    "Surroundings",
    "TypicalMistake",
    "advice",
    "changes",
    "code_mistake",
    "formula_sentence",
    "mistakes_at",
    "place_of",
    "rank",
    "sentence",
    "surroundings",
]
