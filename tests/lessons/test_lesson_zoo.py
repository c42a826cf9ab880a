"""A short run of the campaign of hostile lessons, and the limits that it found missing."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.campaigns import lesson_zoo
from tutor.authoring import Options, check_paths, shown
from tutor.authoring.programs import same_output
from tutor.errors import FormulaError, NetworkError
from tutor.formulas import parse
from tutor.lessons import LessonProblems, load
from tutor.lessons.patterns import PatternError, check_pattern, is_found
from tutor.lessons.problems import MOST_KEPT, Problem, ProblemList
from tutor.mistakes import Surroundings
from tutor.network import Network

LESSON = """\
title: A
network: {inputs: [1], target: 1, layers: [{weights: [[1]]}]}
screens:
  - blocks:
      - ask: Z1
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs Unix signals")
def test_hostile_lessons_are_refused_quickly(tmp_path: Path) -> None:
    result = lesson_zoo.campaign(lesson_zoo.quarter(3), range(12), 3, tmp_path)
    assert result.faults == []
    assert result.refused > result.taken > 0


def problems(text: str, folder: Path) -> LessonProblems:
    path = folder / "lesson.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LessonProblems) as raised:
        load(path)
    return raised.value


def test_only_the_first_of_many_problems_are_listed(tmp_path: Path) -> None:
    error = problems(LESSON + "".join(f"k{n}: 1\n" for n in range(1_100)), tmp_path)
    assert len(error.problems) == MOST_KEPT
    assert error.more == 1_100 - MOST_KEPT
    assert error.problems[0].line == LESSON.count("\n") + 1
    assert "more." in str(error)
    (file,) = check_paths([tmp_path / "lesson.yaml"], Options(use_cache=False)).files
    assert len(file.problems) == MOST_KEPT
    assert file.notes == ["… and 1,000 more."]


def test_only_the_first_of_many_warnings_are_listed(tmp_path: Path) -> None:
    path = tmp_path / "lesson.yaml"
    path.write_text(LESSON + "      - text: '" + "[a](b.txt) " * 500 + "'\n")
    options = Options(with_torch=False, with_programs=False)
    for is_cached in (False, True):
        (file,) = check_paths([path], options).files
        assert file.is_cached is is_cached
        assert len(file.problems) == MOST_KEPT
        assert len(file.notes) == 1


def test_messages_are_cut_to_a_readable_length(tmp_path: Path) -> None:
    error = problems(LESSON + f"{'k' * 50_000}: 1\n", tmp_path)
    assert all(len(problem.message) < 1_000 for problem in error.problems)


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ("- lab: A\n  checks: [{prints: '(a|aa)+$'}]", "takes far too long"),
        ("- lab: A\n  checks: [{prints: '(?:a{1000}){1000}'}]", "repeat something"),
        ("- lab: A\n  checks: [{python: pass}]\n  time_limit: 100000", "up to 600 seconds"),
        ("- lab: A\n  checks: [{prints: '" + "a" * 600 + "'}]", "at most 500"),
        ("- run: print(1)\n  time_limit: 0", "up to 600 seconds"),
        ("- number: A\n  answer: 1\n  within: .inf", "finite number"),
        ("- choose: A\n  options: [" + "{text: a}, " * 300 + "]", "At most 200"),
        ("- ask: Z1\n  hints: [" + "a, " * 2_000 + "]", "at most 1,000"),
    ],
)
def test_exceeding_a_limit_is_an_error_at_its_line(block: str, words: str, tmp_path: Path) -> None:
    lines = "".join(f"      {line}\n" for line in block.split("\n"))
    found = problems(LESSON + lines, tmp_path).problems
    assert any(words in problem.message for problem in found), found
    assert all(problem.line > LESSON.count("\n") for problem in found)


def test_too_many_values_are_refused_at_the_line_of_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor.lessons.yaml.document.MOST_VALUES", 100)
    (found,) = problems(LESSON + "".join(f"k{n}: 1\n" for n in range(100)), tmp_path).problems
    assert "more than 100 values" in found.message
    assert found.line > LESSON.count("\n") + 30


def test_a_problem_is_listed_once() -> None:
    problem = Problem("lesson.yaml", 1, 1, "It has no title.", "")
    found = ProblemList([problem, problem])
    found.add(problem)
    assert found.more == 0
    assert len(LessonProblems(found).problems) == 1


def test_a_network_spec_of_wrong_types_is_refused() -> None:
    layers = [{"weights": [[1]]}]
    for spec in ({"inputs": [1], "layers": layers, "optimizer": 1e99}, {"inputs": [1], "layers": [[1]]}):
        with pytest.raises(NetworkError, match="must be keys with values"):
            Network.from_spec(spec)


def test_a_huge_size_is_refused() -> None:
    with pytest.raises(FormulaError, match="A whole number from 1"):
        parse("reshape(x, 9999999999)")


@pytest.fixture(autouse=True)
def short_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up a pattern sooner: which ones never end does not depend on the deadline."""
    monkeypatch.setattr("tutor.lessons.patterns.DEADLINE", 0.05)


def test_patterns_are_searched_with_a_deadline() -> None:
    check_pattern(r"^Epoch .*1000$")
    assert is_found(r"^Epoch .*1000$", "Epoch 1\nEpoch 1000\n")
    assert not is_found(r"^Epoch .*1000$", "Epoch 999")
    with pytest.raises(PatternError):
        is_found("(x+x+)+y", "x" * 5_000)


def test_an_ellipsis_matches_any_output_quickly() -> None:
    assert same_output("a…b…c", "a1b2b3c")
    assert not same_output("a…b…c", "a1c")
    assert not same_output("ab…bc", "abc")
    assert not same_output("… " * 5_000 + "z", "a" * 20_000)


def test_an_invalid_override_of_an_inherited_network_is_located(tmp_path: Path) -> None:
    text = LESSON.replace("network: {", "networks:\n  a: {").replace("}]}\n", "}]}\n  b: {from: a, inputs: true}\n", 1)
    assert [problem.line for problem in problems(text.replace("ask: Z1", "ask: a:Z1"), tmp_path).problems] == [4]


def test_an_unknown_network_is_reported_at_its_line(tmp_path: Path) -> None:
    found = problems(LESSON + "      - {expression: Z1, of: nowhere}\n", tmp_path).problems
    assert [problem.line for problem in found] == [6]


def test_a_large_model_is_checked_without_sympy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor.authoring.models.MOST_FOR_SYMPY", 3)
    path = tmp_path / "lesson.yaml"
    path.write_text(LESSON)
    (file,) = check_paths([path], Options(with_torch=False)).files
    assert file.problems == []
    assert "SymPy" in file.notes[0]


def test_warnings_of_pythons_compiler_are_silenced(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    path = tmp_path / "lesson.yaml"
    path.write_text(LESSON + "      - lab: A\n        checks: [{python: \"assert '\\\\d'\"}]\n")
    load(path)
    assert not [*recwarn]


@pytest.mark.parametrize("version", ["tutor: 1:", "tutor:- 1", "tutor: [1", "tutor: {", "tutor: 2"])
def test_an_unreadable_version_is_reported_at_its_line(version: str, tmp_path: Path) -> None:
    found = problems(f"{version}\n{LESSON}", tmp_path).problems
    assert found[0].line <= 2


def test_checking_a_large_batch_does_shared_work_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Repeating it for each answer would take minutes with a few thousand samples."""
    calls: Counter[str] = Counter()

    def counted(where: object, name: str) -> None:
        real = getattr(where, name)

        def call(*given: object) -> object:
            calls[name] += 1
            return real(*given)

        monkeypatch.setattr(where, name, call)

    counted(shown, "_plain")
    counted(Surroundings, "__init__")
    rows = ", ".join(f"[{number}]" for number in range(60))
    batch = f"network: {{inputs: [{rows}], target: [{rows}], layers: [{{weights: [[0.5]]}}]}}"
    path = tmp_path / "lesson.yaml"
    path.write_text(LESSON.replace(LESSON.split("\n")[1], batch).replace("Z1", "output.Z") + "      - text: Z1 = 3.7\n")
    (file,) = check_paths([path], Options(with_torch=False)).files
    assert not file.errors
    nodes = sum(len(model.graph.nodes) for model in load(path).parts.values())
    assert calls["_plain"] < 4 * nodes
    assert calls["__init__"] < 10
