"""The names of the warnings, as ``allow:`` accepts them, and what each means."""

from __future__ import annotations

from collections.abc import Mapping

WARNINGS: Mapping[str, str] = {
    "key-fails": "The right answer, typed as asked, is not marked as correct.",
    "hidden-mistake": "A typical mistake gives the right answer at the decimals asked for, but not at more.",
    "answer-shown": "The screen shows the answer to a question before it is answered.",
    "loose-answer": "Rounding the steps before it can move the answer by more than a twentieth of itself.",
    "small-step": "An updated parameter looks like the old one at the decimals asked for.",
    "mistake-is-right": "A mistake that the author declares gives the right answer with these numbers.",
    "mistake-fails": "A mistake that the author declares has no value with these numbers.",
    "dead-unit": "A ReLU unit gives 0 for every sample, so nothing before it can learn.",
    "left-out-cells": "A window of a convolution or pooling leaves out the last rows or columns.",
    "convention": "δ is not the gradient of the loss.",
    "engines-disagree": "NumPy, SymPy and PyTorch do not agree on a number.",
    "number-in-text": "A number in the text equals a given one, which differs in a variant.",
    "wide-formula": "A formula is wider than a terminal of 80 columns.",
    "long-screen": "A screen is far longer than a terminal of 24 lines.",
    "dollar": "A dollar sign before a digit may be money; or mathematics is never closed.",
    "broken-link": "A link leads to a file that does not exist.",
    "missing-file": "A file does not exist.",
    "missing-alt": "A picture or plot has no description for those who cannot see it.",
    "shows-answer": "A block shows a number that the lesson still asks for.",
    "after-nothing": "A block waits for something that nothing asks.",
    "nothing-asked": "A screen asks nothing.",
    "output-differs": "A code cell does not print what the lesson says.",
    "solution-fails": "A lab's solution does not pass its own checks.",
    "starter-passes": "A lab's starter passes its checks as it is.",
    "no-solution": "A lab has no solution, so nobody knows whether it can be solved.",
    "wrong-passes": "A spoilt solution does not fail where it should.",
    "requires": "A lesson requires one that does not exist, or lessons require one another in a circle.",
    "duplicate-id": "Two lessons have the same id.",
    "unused-allow": "`allow` names a warning that does not occur.",
}

#: Warnings that are never given, because they are matters of taste. ``allow:`` still accepts their names.
OPTIONAL = frozenset({"nothing-asked"})
