"""The guide names every key, block, quantity, warning, mistake and command that exists, and no others."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.docs.examples import GUIDE, README, examples, folder_with_files
from tutor.authoring.warnings import OPTIONAL, WARNINGS
from tutor.cli import COMMANDS
from tutor.errors import QuantityError
from tutor.formulas.functions import FUNCTIONS
from tutor.formulas.notation import SYMBOL_HEADS
from tutor.functions import ACTIVATIONS, LOSSES, OPTIMIZERS
from tutor.lessons import load_source, models
from tutor.lessons.field_types import FileModel
from tutor.lessons.models import BLOCKS
from tutor.lessons.networks import NETWORK_GROUPS
from tutor.lessons.validate import field_names
from tutor.marking import Verdict
from tutor.mistakes import MISTAKES
from tutor.network import Network, build_graph

TEXT = GUIDE.read_text(encoding="utf-8")
#: The text in backticks and in examples, where a word is a key or a value.
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
    "mistakes": [mistake.id for mistake in MISTAKES],
    "more mistakes": ["author"],
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


@pytest.mark.parametrize("optimizer", [name for name in OPTIMIZERS if name != "adamw"])
def test_every_parameter_of_an_optimizer_has_its_default(optimizer: str) -> None:
    (line,) = re.findall(rf"^\| `{optimizer}` \| (.*) \|$", TEXT, re.M)
    told = dict(re.findall(r"`(\w+)` ([\w.-]+)", line))
    assert {name: str(value).lower() for name, value in OPTIMIZERS[optimizer].parameters.items()} == {
        name: value if value in ("true", "false") else str(float(value)) for name, value in told.items()
    }


NETWORKS = """
networks:
  lab2: {from: networks/lab2.yaml}
  adam: {from: lab2, activation: sigmoid, optimizer: {adam: {}}}
  batch: {from: lab2, inputs: [[1, 0, 1], [0, 1, 1], [1, 1, 0], [0, 0, 1]], target: [1, 0, 1, 0]}
  two:
    inputs: [1, 2]
    target: [1, 0]
    layers:
      - {weights: [[0.1, 0.2], [0.3, 0.4]], activation: tanh}
      - {weights: [[0.1, 0.2], [0.3, 0.4]], activation: softmax}
    loss: cross_entropy
    optimizer: {sgd: {}}
"""


def _quantities() -> list[str]:
    _, _, after = TEXT.partition("| write | for |")
    rows = [line.split("|")[1] for line in after.split("\n\n")[0].splitlines() if line.startswith("| `")]
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row)]


def test_every_quantity_of_the_table_can_be_asked_for(tmp_path: Path) -> None:
    path = folder_with_files(tmp_path) / "networks.yaml"
    path.write_text(NETWORKS, encoding="utf-8")
    networks = load_source(path).models.values()
    graphs = [build_graph(network, 3) for network in networks if isinstance(network, Network)]

    def is_known(name: str) -> bool:
        for graph in graphs:
            with contextlib.suppress(QuantityError):
                return bool(graph.expand(name.removeprefix("lab2:")))
        return False

    names = _quantities()
    assert len(names) > 40
    assert [name for name in names if not is_known(name)] == []


def _first_cells(heading: str) -> Iterable[str]:
    """Yield the names in the first column of the table under this heading."""
    _, _, after = TEXT.partition(f"| {heading} |")
    for line in after.split("\n\n")[0].splitlines():
        yield from re.findall(r"`([\w-]+)`", line.split("|")[1] if line.startswith("|") else "")


def test_the_tables_name_exactly_what_exists() -> None:
    assert set(_first_cells("warning | when")) == set(WORDS["warnings"])
    assert set(_first_cells("verdict | when")) == set(WORDS["verdicts"])
    ids = {each for line in TEXT.partition("| of | ids |")[2].splitlines() for each in re.findall(r"`([\w-]+)`", line)}
    assert ids == {*WORDS["mistakes"], *WORDS["more mistakes"]}
