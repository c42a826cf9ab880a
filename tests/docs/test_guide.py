"""Every example of the guide and of the README works as written."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.docs.examples import (
    GUIDE,
    README,
    Example,
    examples,
    folder_with_files,
    lesson_around,
    network_with,
)
from tests.lessons.test_schema import fits
from tutor.authoring import Options, check_paths
from tutor.cli import COMMANDS, group
from tutor.lessons import load_source
from tutor.lessons.models import NetworkFile
from tutor.lessons.schema import lesson_schema
from tutor.lessons.yaml.document import Document
from tutor.practice import open_variant

YAML = [*examples(README, "yaml"), *examples(GUIDE, "yaml")]
COMMAND_LINES = [
    (example, line)
    for page in (README, GUIDE)
    for example in examples(page, "")
    for line in example.text.splitlines()
    if line.startswith("tutor ")
]


def label(example: Example) -> str:
    return f"line-{example.line}"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return folder_with_files(tmp_path)


def as_a_file(text: str) -> str:
    """Return an example as a complete file: as it is, or put into a lesson or a network."""
    data = Document(text, "example").data
    if isinstance(data, list):
        return lesson_around(text)
    assert isinstance(data, dict)
    return network_with(text) if set(data) <= set(NetworkFile.model_fields) else text


@pytest.mark.parametrize("example", [each for each in YAML if each.name != "answers.yaml"], ids=label)
def test_an_example_works_without_a_warning(example: Example, folder: Path) -> None:
    path = folder / "example.yaml"
    path.write_text(as_a_file(example.text), encoding="utf-8")
    load_source(path)
    report = check_paths([path], Options(with_torch=False, use_cache=False))
    assert [str(problem) for problem in report.problems] == []
    assert open_variant(f"{path}#17").variant == "17"


@pytest.fixture(scope="module")
def schema() -> Any:
    return lesson_schema()


@pytest.mark.parametrize("example", [each for each in YAML if each.name != "answers.yaml"], ids=label)
def test_an_editor_finds_nothing_wrong_with_an_example(example: Example, schema: Any) -> None:
    assert fits(Document(as_a_file(example.text), "example").data, schema, schema)


def test_there_are_examples() -> None:
    assert len(examples(README, "yaml")) == 1
    assert len(examples(GUIDE, "yaml")) >= 15


@pytest.mark.parametrize(("example", "line"), COMMAND_LINES, ids=lambda each: each if isinstance(each, str) else "")
def test_a_command_exists_with_its_options(example: Example, line: str) -> None:
    words = shlex.split(re.split(r"\s{3,}", line)[0])[1:]
    name = words[0] if words[0] in COMMANDS else "open"
    command = group.get_command(None, name)  # type: ignore[arg-type]
    assert command is not None
    known = {option for parameter in command.params for option in parameter.opts}
    assert [word for word in words if word.startswith("-") and word not in known] == []


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(group, list(arguments), standalone_mode=False)
    assert result.exception is None, result.exception
    return int(result.return_value or 0), result.output


def test_the_answers_of_the_example_are_right(folder: Path) -> None:
    status, output = run("mark", "mine.yaml", "--answers", "answers.yaml", "--json")
    assert {mark["verdict"] for mark in json.loads(output)["marks"]} == {"correct"}
    assert status == 0


def test_keys_and_sheets_are_made(folder: Path) -> None:
    assert "bias-left-out" in run("key", "mine.yaml", "--mistakes")[1]
    assert "Z₁" in run("key", "mine.yaml#17")[1]
    assert "#a.miller" in run("sheet", "forward-pass#a.miller")[1]
    run("sheet", "mine.yaml#17", "--worked", "-o", "sheet.html")
    assert (folder / "sheet.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_links_within_the_guide_have_a_heading() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    headings = {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in re.findall(r"^#+ (.+)$", text, re.M)}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= headings


def inline_checks() -> list[str]:
    """Return the checks of a lab in the table of checks."""
    _, _, after = GUIDE.read_text(encoding="utf-8").partition("| check | passes when |")
    rows = [line.split(" | ")[0] for line in after.split("\n\n")[0].splitlines()]
    return [found for row in rows for found in re.findall(r"`(\{.*\})`", row)]


def test_the_checks_of_the_table_load(folder: Path) -> None:
    checks = inline_checks()
    assert len(checks) >= 9
    lab = "- lab: All checks\n  checks:\n" + "".join(f"    - {check}\n" for check in checks)
    path = folder / "checks.yaml"
    path.write_text(lesson_around(lab), encoding="utf-8")
    assert load_source(path).questions


@pytest.mark.parametrize(
    "inputs",
    re.findall(r"`data: (\{columns: .*?\})`", GUIDE.read_text(encoding="utf-8")),
)
def test_data_within_the_file_loads(inputs: str, folder: Path) -> None:
    path = folder / "data.yaml"
    layer = "{weights: [[0.5]], activation: sigmoid}"
    path.write_text(f"network: {{data: {inputs}, layers: [{layer}]}}\n", encoding="utf-8")
    assert load_source(path).models
