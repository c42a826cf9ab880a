"""The guide names every key, block, quantity, warning, mistake and command that the format has, and none that it has
not."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest

from tests.docs.examples import GUIDE, README, examples
from tutor.check import WARNINGS
from tutor.check.warnings import OPTIONAL
from tutor.cli import COMMANDS
from tutor.formulas.functions import FUNCTIONS
from tutor.formulas.notation import SYMBOL_HEADS
from tutor.lessons import models
from tutor.lessons.fields import FileModel
from tutor.lessons.models import BLOCKS
from tutor.lessons.parts import NETWORK_GROUPS
from tutor.lessons.validate import field_names
from tutor.marking import Verdict
from tutor.marking.variants import PRIOR
from tutor.network.model import ACTIVATIONS, LOSSES, OPTIMIZERS

TEXT = GUIDE.read_text(encoding="utf-8")
#: What stands in backticks or in an example: there a word is a key or value, elsewhere it is a word.
CODE = "\n".join([*re.findall(r"`([^`\n]+)`", TEXT), *(each.text for each in examples(GUIDE))])
CODE_WORDS = set(re.findall(r"[\w'-]+", CODE))

FILE_MODELS = [
    model
    for model in vars(models).values()
    if isinstance(model, type) and issubclass(model, FileModel) and model is not FileModel
]

WORDS = {
    "blocks": list(BLOCKS),
    "activations": list(ACTIVATIONS),
    "losses": list(LOSSES),
    "optimizers": list(OPTIMIZERS),
    "functions": [name for name in FUNCTIONS if not name.endswith("'")],
    "symbols": list(SYMBOL_HEADS),
    "what varies": list(NETWORK_GROUPS),
    "verdicts": [str(each.value) for each in Verdict],
    "choices": ["numbers", "names", "gradient", "difference", "plus", "minus", "mean", "sum", "exact"],
    "layouts": ["inputs_by_units", "units_by_inputs"],
    "warnings": sorted(set(WARNINGS) - OPTIONAL),
    "mistakes": list(PRIOR),
    "more mistakes": ["transposed", "permuted", "arithmetic"],
}


@pytest.mark.parametrize("model", FILE_MODELS, ids=lambda model: model.__name__)
def test_every_key_is_mentioned(model: type[FileModel]) -> None:
    assert [key for key in field_names(model) if key not in CODE_WORDS] == []


@pytest.mark.parametrize("kind", WORDS)
def test_every_word_is_mentioned(kind: str) -> None:
    assert [word for word in WORDS[kind] if word not in CODE_WORDS] == []


def test_every_command_is_mentioned() -> None:
    told = TEXT + README.read_text(encoding="utf-8")
    assert [name for name in COMMANDS if name != "open" and f"tutor {name}" not in told] == []


def _first_cells(heading: str) -> Iterable[str]:
    """The names in the first column of the table under a heading of two cells."""
    _, _, after = TEXT.partition(f"| {heading} |")
    for line in after.split("\n\n")[0].splitlines():
        yield from re.findall(r"`([\w-]+)`", line.split("|")[1] if line.startswith("|") else "")


def test_the_tables_name_nothing_that_is_not() -> None:
    assert set(_first_cells("warning | when")) == set(WORDS["warnings"])
    assert set(_first_cells("verdict | when")) == set(WORDS["verdicts"])
    ids = {each for line in TEXT.partition("| of | ids |")[2].splitlines() for each in re.findall(r"`([\w-]+)`", line)}
    assert ids == {*WORDS["mistakes"], *WORDS["more mistakes"]}
