"""The questions exported to Moodle, read and graded as Moodle does, agree with the answer key."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from tutor.authoring.key import answer_key
from tutor.authoring.moodle import quiz
from tutor.classroom.codes import CodeError, code_of, lesson_of, with_numbers_of
from tutor.cli import group
from tutor.cli.export import command
from tutor.lessons import Lesson, load
from tutor.practice import vary

LESSON = """\
tutor: 1
title: A/B & <C>
network:
  inputs: [1, 2]
  target: 1
  layers:
    - {name: hidden, weights: [[0.5, 0.2], [-0.3, 0.4]], bias: [0.1, -0.2], activation: sigmoid}
    - {name: output, weights: [[0.7], [-0.6]], bias: [0.3], activation: sigmoid}
  optimizer: {sgd: {lr: 0.5}}
screens:
  - blocks: [{ask: [Z1, yhat, delta3, hidden.H]}]
"""


def number(text: str) -> float:
    return float(text.replace("−", "-").replace(",", ""))


def graded(answers: list[tuple[float, float, float, str]], typed: float) -> tuple[float, str]:
    """Grade as Moodle's numerical question does: by the first answer whose closed interval contains the number."""
    for value, tolerance, fraction, feedback in answers:
        if value - tolerance - 1e-12 <= typed <= value + tolerance + 1e-12:
            return fraction, feedback
    return 0.0, ""


def imported(xml: bytes) -> dict[str, list[tuple[float, float, float, str]]]:
    """Return each numerical question's answers by its name, and those of each gap of a cloze question."""
    found: dict[str, list[tuple[float, float, float, str]]] = {}
    for question in ET.fromstring(xml).iter("question"):
        name = question.findtext("name/text", "")
        if question.get("type") == "numerical":
            found[name] = [
                (float(each.findtext("text", "")), float(each.findtext("tolerance", "")),
                 float(each.get("fraction", "")), each.findtext("feedback/text", ""))
                for each in question.iter("answer")
            ]  # fmt: skip
        elif question.get("type") == "cloze":
            gaps = re.findall(r"\{1:NUMERICAL:((?:\\.|[^}])*)\}", question.findtext("questiontext/text", ""))
            for place, gap in enumerate(gaps):
                found[f"{name} {place}"] = [_cell(each) for each in re.split(r"(?<!\\)~", gap)]
    return found


def _cell(text: str) -> tuple[float, float, float, str]:
    said, _, feedback = text.partition("#")
    fraction = 100.0 if said.startswith("=") else 0.0
    value, tolerance = said.removeprefix("=").removeprefix("%0%").split(":")
    return float(value), float(tolerance), fraction, re.sub(r"\\(.)", r"\1", feedback)


@pytest.fixture
def lesson(tmp_path: Path) -> Lesson:
    (tmp_path / "a.yaml").write_text(LESSON)
    return load(tmp_path / "a.yaml")


@pytest.mark.parametrize("variant", ["", "3", "17"])
def test_moodle_gives_each_number_the_feedback_of_the_key(lesson: Lesson, variant: str) -> None:
    made = vary(lesson, variant) if variant else lesson
    questions = imported(quiz([made]))
    checked = 0
    for entry in answer_key(made, with_mistakes=True):
        name = entry.label + (f" #{variant}" if variant else "")
        if name not in questions:
            continue
        answers, right = questions[name], number(entry.answer[0].rpartition("= ")[2])
        assert graded(answers, right) == (100, "Right.")
        unit = 10.0 ** -(entry.decimals or 0)
        for mistake in entry.mistakes:
            near = abs(number(mistake.text) - right) <= unit * 1.01
            fraction, feedback = graded(answers, number(mistake.text))
            if near:
                continue  # not exported: its interval touches that of the right answer
            assert (fraction, feedback) == (0, mistake.message.replace("&", "&amp;").replace("<", "&lt;"))
            checked += 1
    assert checked >= 8


def test_a_vector_becomes_a_cloze_question_with_a_gap_per_cell(lesson: Lesson) -> None:
    questions = imported(quiz([lesson]))
    cells = {name: answers for name, answers in questions.items() if name.endswith((" 0", " 1"))}
    values = [lesson.graph().values[cell] for cell in lesson.graph().quantity("hidden.H").cells]
    assert len(cells) == 2
    for value, answers in zip(values, cells.values(), strict=True):
        assert graded(answers, value)[0] == 100
        assert all(feedback for *_, feedback in answers)


def test_the_command_exports_a_question_per_variant(lesson: Lesson, tmp_path: Path) -> None:
    out = tmp_path / "out.xml"
    said = CliRunner().invoke(
        command, [str(lesson.path), "--moodle", str(out), "--variants", "3"], standalone_mode=False
    )
    assert said.exception is None
    root = ET.fromstring(out.read_bytes())
    kinds = [question.get("type") for question in root.iter("question")]
    assert (kinds.count("category"), kinds.count("numerical"), kinds.count("cloze")) == (4, 9, 3)
    assert root.findtext("question/category/text") == "$course$/A//B & <C>/Z₁"


def test_each_learners_sheet_has_its_code_and_numbers(
    lesson: Lesson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tutor.authoring.key import key_as_text

    monkeypatch.chdir(tmp_path)
    (tmp_path / "students.csv").write_text("learner,name\ns1,Ann <Lee>\n../s2,\n")
    said = CliRunner().invoke(group, ["sheet", str(lesson.path), "--for", "students.csv", "-o", "out"])
    assert said.exit_code == 0
    written = sorted(path.relative_to(tmp_path / "out").parts[0] for path in (tmp_path / "out").rglob("*.*"))
    assert written == ["keys", "keys", "sheets", "sheets"]
    code = code_of("s1", lesson)
    sheet = (tmp_path / "out" / "sheets" / "s1.html").read_text()
    assert f"#{code}" in sheet
    assert "<b>Ann &lt;Lee&gt;</b>" in sheet
    made = replace(vary(lesson, code), variant=code)
    key = key_as_text(made, answer_key(made))
    assert key in (tmp_path / "out" / "keys" / "s1.txt").read_text()
    assert code != code_of("s2", lesson)
    # the code alone restores the numbers, however it is typed
    for typed in (code, code.lower(), f"{lesson.path}#{code}"):
        assert CliRunner().invoke(group, ["key", typed], catch_exceptions=False).output == key


def test_an_unusable_code_says_why(lesson: Lesson, tmp_path: Path) -> None:
    code = code_of("s1", lesson)
    assert lesson_of(code, lesson.path.parent).variant == code
    mistyped = [
        code[:at] + ("B" if code[at] != "B" else "C") + code[at + 1 :] for at in range(len(code)) if at not in (3, 8)
    ]
    for wrong in mistyped:
        with pytest.raises(CodeError):
            lesson_of(wrong, lesson.path.parent)
        with pytest.raises(CodeError, match="does not fit"):
            with_numbers_of(wrong, lesson)
    with pytest.raises(CodeError, match="fits no lesson"):
        lesson_of(code, tmp_path / "elsewhere")
    lesson.path.write_text(lesson.path.read_text().replace("inputs: [1,", "inputs: [2,"))
    with pytest.raises(CodeError, match="does not fit") as told:
        lesson_of(code, lesson.path.parent)
    assert "changed" in told.value.hint
    with pytest.raises(CodeError, match="six digits"):
        CliRunner().invoke(group, ["key", "482913"], catch_exceptions=False)
