"""Answer keys and sheets: right answers, no answers on a blank sheet, well-formed pages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from tutor.authoring.key import answer_key
from tutor.authoring.render import as_markdown, as_text
from tutor.authoring.sheet import Sheet, make_sheet
from tutor.authoring.sheet_html import as_html, markdown_html
from tutor.authoring.typical import typical_mistakes
from tutor.lessons import load, load_source
from tutor.lessons.plain_text import plain
from tutor.paths import shipped_lessons

LESSONS = sorted(shipped_lessons().glob("*.yaml"))
LAB2 = shipped_lessons() / "networks" / "lab2.yaml"

LESSON = """\
title: Keys & <sheets>
network: {from: lab2.yaml}
screens:
  - title: All kinds
    blocks:
      - text: 'Work out $Z_1$; the answer is {{Z1}}.'
      - diagram
      - ask: {Z1: {}, hidden.H: {prompt: 'The *activations*:'}}
      - number: Half of three?
        answer: 3/2
        unit: kg
        mistakes: [{when: 3*2, say: Halve it.}]
      - expression: dE/dw21
      - choose: Which?
        options: [{text: '$a < b$'}, {text: '**B**', correct: true}]
      - order: Steps
        steps: [first, [second, third]]
        extra: [never]
      - fill: loss.____()
        language: python
        gaps: [[backward, back]]
      - write: Why?
        model: Because.
      - table:
        columns: [a, b]
        rows: [[1, '$x_1$']]
      - plot: w^2
        over: {w: [-1, 1]}
        alt: A parabola.
        caption: The curve of $w^2$.
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "lab2.yaml").write_text(LAB2.read_text(encoding="utf-8"), encoding="utf-8")
    found = tmp_path / "lesson.yaml"
    found.write_text(LESSON, encoding="utf-8")
    return found


def test_the_key_has_every_answer(path: Path) -> None:
    answers = [" | ".join(entry.answer) for entry in answer_key(load(path))]
    assert answers[0] == "Z₁ = −0.7"
    assert answer_key(load(path))[3].label == "∂E/∂w₂₁ as a formula"
    assert answers[1].endswith("= [0, 0.1]")
    assert answers[2] == "1.5 kg"
    assert "H₁" in answers[3]
    assert answers[4] == "b  **B**"
    assert answers[5] == "1. first | 2. second | third  (either way round)"
    assert answers[6:] == ["gap 1: backward or back", "Because."]


def test_the_key_can_list_typical_mistakes(path: Path) -> None:
    z1, hidden, number, *_ = answer_key(load(path), with_mistakes=True)
    assert ("−0.3", "bias-left-out") in [(mistake.text, mistake.id) for mistake in z1.mistakes]
    assert {mistake.cell for mistake in hidden.mistakes} == {"H1", "H2"}
    assert [(mistake.text, mistake.id, mistake.message) for mistake in number.mistakes] == [
        ("6", "author", "Halve it.")
    ]


def test_the_key_omits_hidden_mistakes_and_lists_other_answers_last(tmp_path: Path) -> None:
    path = tmp_path / "batch.yaml"
    path.write_text(
        "worksheet:\n  given: {d: -3, var: 5, eps: 0.00001, gamma: 2}\n"
        "  steps: {xhat: d/sqrt(var + eps), out: gamma*xhat, r: out^2, s: r + 1}\n",
        encoding="utf-8",
    )
    for entry in answer_key(load_source(path), with_mistakes=True):
        texts, ids = zip(*((each.text, each.id) for each in entry.mistakes), strict=True)
        assert entry.answer[0].partition(" = ")[2] not in texts
        assert list(ids) == sorted(ids, key=lambda each: each == "other-quantity")


def test_mistakes_give_different_numbers() -> None:
    graph = load_source(LAB2).graph()
    for cell in ("Z1", "H2", "yhat", "E", "delta2", "dE/dw12", "w12_new"):
        found = [mistake.value for mistake in typical_mistakes(graph, cell)]
        assert found
        assert all(abs(value - graph.values[cell]) > 1e-10 for value in found)
        assert len(set(found)) == len(found)


def test_a_network_without_a_lesson_has_a_key() -> None:
    entries = answer_key(load_source(LAB2))
    answers = {entry.id: entry.answer[0] for entry in entries}
    assert answers["E"] == "E = 0.423"
    assert answers["w22_new"] == "w₂₂′ = −0.199908"
    assert list(answers).index("Z1") < list(answers).index("delta3") < list(answers).index("w22_new")


def test_a_blank_sheet_shows_no_answers(path: Path) -> None:
    text = as_text(make_sheet(load(path)))
    assert "the answer is ?." in text
    assert "−0.7" not in text.partition("All kinds")[2]
    assert "backward" not in text
    assert "Because" not in text


def test_a_worked_sheet_shows_every_step(path: Path) -> None:
    text = as_text(make_sheet(load(path), worked=True))
    assert "Z₁ = w₁₁·x₁ + w₁₃·x₂ + w₁₅·x₃ + θ₁" in text
    assert "= −0.7" in text
    assert "→ gap 1: backward or back" in text


SHEET = """\
title: Sheets
network: {from: lab2.yaml}
screens:
  - blocks:
      - text: |
          | name | value |
          | --- | --- |
          | a long one | 1.5 |
          | b | 10.25 |
      - diagram
      - ask: Z1
      - number: The squared error
        answer: error^2
        decimals: 4
        unit: units
""" + "".join(
    f"      - {{choose: Ask {number}, options: [{{text: right, correct: true}}, {{text: no}}, {{text: nor this}}]}}\n"
    for number in range(12)
)  # fmt: skip


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    (tmp_path / "lab2.yaml").write_text(LAB2.read_text(encoding="utf-8"), encoding="utf-8")
    found = tmp_path / "sheet.yaml"
    found.write_text(SHEET, encoding="utf-8")
    return found


def test_options_are_shuffled_and_the_key_has_the_sheets_letters(sheet: Path) -> None:
    lesson = load(sheet)
    places = re.findall(r"\[ \] (\w) right", as_text(make_sheet(lesson)))
    assert len(set(places)) == 3
    key = [entry.answer[0] for entry in answer_key(lesson) if entry.label.startswith("Ask")]
    assert key == [f"{place}  right" for place in places]
    kept = sheet.with_name("kept.yaml")
    kept.write_text(SHEET.replace("{choose:", "{shuffle: false, choose:"), encoding="utf-8")
    assert set(re.findall(r"\[ \] (\w) right", as_text(make_sheet(load(kept))))) == {"a"}


def test_a_diagram_shows_its_numbers_on_paper(sheet: Path) -> None:
    lesson = load(sheet)
    for page in (as_text(make_sheet(lesson)), as_markdown(make_sheet(lesson)), as_html(make_sheet(lesson))):
        assert "−0.5" in page or "-0.5" in page
        assert "0.001" in page


def test_a_layers_name_is_a_subscript(path: Path) -> None:
    assert "H<sub>hidden</sub> <span" in as_html(make_sheet(load(path)))


@pytest.mark.parametrize("form", [as_text, as_markdown, as_html])
def test_lines_of_given_numbers_break_only_between_them(form: Callable[[Sheet], str], tmp_path: Path) -> None:
    path = tmp_path / "many.yaml"
    given = ", ".join(f"rate{number}: 0.{number}" for number in range(1, 10))
    path.write_text(f"worksheet:\n  given: {{{given}}}\n  steps: {{s: rate1 + rate9}}\n", encoding="utf-8")
    lines = [line for line in form(make_sheet(load_source(path))).splitlines() if "rate" in line and "=" in line]
    assert len(lines) > 1
    for line in lines[:-1]:
        assert line.count("rate") == len(re.findall(r"= 0\.\d", line))


def test_a_text_sheet_aligns_tables_and_states_decimals(sheet: Path) -> None:
    text = as_text(make_sheet(load(sheet)))
    assert "    name        value\n    ----------  -----\n    a long one    1.5\n    b           10.25\n" in text
    assert "units, 4 decimals" in text
    whole = sheet.with_name("whole.yaml")
    whole.write_text(SHEET.replace("- ask: Z1", "- {ask: Z1, decimals: 0}"), encoding="utf-8")
    assert "(a whole number)" in as_text(make_sheet(load(whole)))


def test_a_worked_line_is_not_repeated(tmp_path: Path) -> None:
    path = tmp_path / "linear.yaml"
    path.write_text("network: {inputs: [2], target: 1, layers: [{weights: [[0.25]], activation: linear}]}\n")
    assert "1 input → output: 1 unit, linear" in as_text(make_sheet(load_source(path)))
    lines = [line.strip(" =") for line in as_text(make_sheet(load_source(path), worked=True)).splitlines()]
    assert not any(line and line == after for line, after in pairwise(lines))


class Balance(HTMLParser):
    """Collect tags that are opened and not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "line", "circle", "rect", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("line", "circle", "rect", "br"):
            assert self.open.pop() == tag


@pytest.mark.parametrize("path", [*LESSONS, LAB2], ids=lambda path: path.stem)
def test_sheets_of_the_course_are_well_formed(path: Path) -> None:
    lesson = load_source(path) if path == LAB2 else load(path)
    for worked in (False, True):
        sheet = make_sheet(lesson, worked=worked)
        page = as_html(sheet)
        balance = Balance()
        balance.feed(page)
        assert balance.open == []
        assert "<script" not in page
        assert not re.search(r"MATHS\d+E", page)
        assert as_text(sheet).count("\n") > 10
        assert as_markdown(sheet).startswith("# ")


def test_texts_are_escaped_in_html(path: Path) -> None:
    page = as_html(make_sheet(load(path)))
    assert "Keys &amp; &lt;sheets&gt;" in page
    assert "a &lt; b" in page
    assert "<strong>B</strong>" in page
    assert "<svg" in page
    assert "<script>" not in markdown_html("<script>alert(1)</script>")


def test_formulas_become_plain_text() -> None:
    assert plain(r"So $w_{11} x_1$ it is.") == "So w₁₁ x₁ it is."
    assert "────" in plain("$$\n\\frac{a}{b + c}\n$$")


def run(name: str, *arguments: str) -> str:
    import importlib

    module = importlib.import_module(f"tutor.cli.{name}")
    result = CliRunner().invoke(module.command, list(arguments), standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return result.output


def test_the_key_command_prints_text_or_json(path: Path) -> None:
    assert "  Z₁ = −0.7\n" in run("key", str(path))
    assert "bias-left-out" in run("key", str(path), "--mistakes")
    data = json.loads(run("key", f"{path}#17", "--json", "--mistakes"))
    assert data["variant"] == "17"
    assert data["answers"][0]["id"] == "Z1, hidden.H"


def test_the_sheet_command_prints_or_writes_a_sheet(path: Path, tmp_path: Path) -> None:
    assert "Name: ____" in run("sheet", str(path))
    target = tmp_path / "sheet.html"
    run("sheet", f"{path}#17", "--worked", "-o", str(target))
    assert "#17</title>" in target.read_text(encoding="utf-8")
    assert run("sheet", str(path), "--format", "markdown").startswith("# Keys")


def test_the_schema_command_prints_or_writes_the_schema(tmp_path: Path) -> None:
    assert json.loads(run("schema"))["$defs"]["ask"]
    target = tmp_path / "s.json"
    run("schema", "-o", str(target))
    assert json.loads(target.read_text(encoding="utf-8"))["$defs"]


def test_a_worksheet_without_a_loss_has_no_message_about_one(tmp_path: Path) -> None:
    path = tmp_path / "newton.yaml"
    path.write_text(
        "worksheet: {given: {x: 2}, steps: {f: x^3 - 5, slope: df/dx, x_new: x - f/slope}}\n", encoding="utf-8"
    )
    graph = load_source(path).graph()
    said = {mistake.id: mistake.message for mistake in typical_mistakes(graph, "x_new")}
    assert said["ascent"] == "This adds the step; x′ subtracts it."


def test_softmax_over_all_cells_is_named_as_a_mistake(tmp_path: Path) -> None:
    path = tmp_path / "softmax.yaml"
    path.write_text("worksheet: {given: {T: [[1, 2], [3, 5]]}, steps: {A: softmax(T)}}\n", encoding="utf-8")
    mistakes = typical_mistakes(load_source(path).graph(), "A[1,1]")
    said = [mistake.message for mistake in mistakes if mistake.id == "softmax-direction"]
    assert said == [
        "This takes softmax along the wrong direction of T.",
        "This takes softmax over all cells at once.",
    ]


@pytest.mark.parametrize("form", [as_text, as_markdown, as_html])
def test_prompts_and_captions_are_on_the_sheet(form: Callable[[Sheet], str], path: Path) -> None:
    sheet = form(make_sheet(load(path)))
    asked = re.search(r"The \W?\w*\W?activations", sheet)
    assert asked is not None
    assert asked.start() < sheet.index("The curve of")
