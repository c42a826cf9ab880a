"""The form in which a learner enters a network: the text of every field, as typed.

This imports nothing heavy, so that the form appears at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tutor.errors import TutorError
from tutor.functions import ACTIVATIONS, LOSSES

HIDDEN = tuple(name for name, entry in ACTIVATIONS.items() if entry.value is not None)
OUTPUT = tuple(ACTIVATIONS)
LOSS_NAMES = tuple(LOSSES)

MOST_UNITS, MOST_LAYERS = 12, 6

_YAML = re.compile(r"(?m)^[ \t]*(?:- )?(?:network|networks|layers)[ \t]*:")


@dataclass(frozen=True, slots=True)
class Form:
    """The fields as typed. ``numbers`` are weights and biases, or a whole network in YAML. ``rows`` says whether a row
    of weights belongs to an input or a unit, if the numbers do not show it."""

    title: str = ""
    sizes: str = ""
    inputs: str = ""
    target: str = ""
    hidden: str = "sigmoid"
    output: str = "sigmoid"
    loss: str = "half_squared_error"
    rate: str = "0.1"
    numbers: str = ""
    rows: str = ""

    @property
    def is_yaml(self) -> bool:
        """Whether the numbers are a whole network in YAML, which replaces the other fields."""
        return _YAML.search(self.numbers) is not None


class FormError(TutorError):
    """A ``field`` of the form is missing or wrong. ``line`` and ``column`` count from 1; they are 0 for the whole
    field."""

    title = "This is not a network yet"

    def __init__(self, field: str, message: str, *, hint: str = "", line: int = 0, column: int = 0) -> None:
        super().__init__(message, hint=hint)
        self.field = field
        self.line = line
        self.column = column

    @property
    def place(self) -> str:
        """The place in words: ``line 2, column 5``; empty for the whole field."""
        return f"line {self.line}, column {self.column}" if self.line else ""


def read_sizes(text: str) -> tuple[int, ...]:
    """Return the sizes in ``3-2-1`` (or ``3, 2, 1``): inputs, then the units of each layer; () if nothing is typed.

    Raises:
        FormError: A part is not a valid number of units, or there are too few or too many layers.
    """
    parts = [part for part in re.split(r"[\s,;x×–—-]+", text.strip()) if part]
    hint = "Write inputs, hidden units and outputs: 3-2-1."
    for part in parts:
        if not part.isdecimal() or not 1 <= int(part) <= MOST_UNITS:
            raise FormError("sizes", f"“{part}” is not a number from 1 to {MOST_UNITS}.", hint=hint)
    if len(parts) == 1 or len(parts) > MOST_LAYERS + 1:
        message = "One number is not enough." if len(parts) == 1 else f"There are more than {MOST_LAYERS} layers."
        raise FormError("sizes", message, hint=hint)
    return tuple(map(int, parts))
