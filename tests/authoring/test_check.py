"""Warnings about a lesson: found, named, located, and accepted where the author allows them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from tutor.authoring import Options, check_paths
from tutor.authoring.lint import FindingsCache
from tutor.authoring.programs import same_output
from tutor.authoring.warnings import WARNINGS
from tutor.errors import TutorError
from tutor.labs.sandbox.level import level
from tutor.lessons.problems import Problem
from tutor.marking import Mark, Marker, Verdict
from tutor.paths import shipped_lessons

NETWORK = """\
title: Checked
{top}network:
  inputs: [2, 3, 1.5]
  target: 1
  layers:
    - weights: [{{w11: 0.25, w12: -0.3}}, {{w13: 0.4, w14: 0.35}}, {{w15: -0.5, w16: 0.2}}]
      bias: {{theta1: {theta1}, theta2: 0.2}}
      activation: {activation}
    - weights: [{{w21: -0.3}}, {{w22: -0.2}}]
      bias: {{theta3: 0.1}}
      activation: sigmoid
  optimizer: {{sgd: {{lr: {lr}}}}}
{more}screens:
  - title: One
    blocks:
      - ask: Z1
"""
BLOCK_LINE = 16


def written(folder: Path, blocks: str = "", **changes: str) -> Path:
    usual = {"activation": "sigmoid", "lr": "0.5", "theta1": "-0.4", "top": "", "more": ""}
    text = NETWORK.format(**usual | changes)
    text += "".join(f"      {line}\n" for line in blocks.split("\n") if blocks)
    path = folder / "lesson.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def warnings(path: Path, *, programs: bool = False) -> list[Problem]:
    options = Options(with_torch=False, with_programs=programs, use_cache=False)
    return check_paths([path], options).problems


def names(path: Path) -> list[tuple[str, int]]:
    return [(problem.name, problem.line) for problem in warnings(path)]


def test_a_good_lesson_has_no_warning(tmp_path: Path) -> None:
    blocks = "- ask: [Z2, H1, yhat]\n- text: 'The first input is {{x1}}.'\n- ask: E\n  decimals: 4"
    assert warnings(written(tmp_path, blocks)) == []


CASES = [
    ("number-in-text", "- text: 'With $w_{11} = 0.25$ we get on.'", 1, {}),
    ("number-in-text", "- text: 'The first input, x1 = 2, is large.'", 1, {}),
    ("number-in-text", "- text: |\n    One.\n    A weight of −0.3 pulls down.", 3, {}),
    ("dollar", "- text: It costs $5 a month.", 1, {}),
    ("dollar", "- text: It costs $5 a month or so $ in all.", 1, {}),
    ("dollar", "- text: 'So $$Z_1 = 3$ it is.'", 1, {}),
    ("dollar", "- text: 'So $\\frac{1}{2} it is.'", 1, {}),
    ("broken-link", "- text: 'See [the notes](notes.md).'", 1, {}),
    ("missing-alt", "- text: 'Look: ![](lesson.yaml)'", 1, {}),
    ("missing-alt", "- plot: w^2\n  over: {w: [-1, 1]}", 1, {}),
    ("missing-file", "- image: unit.png\n  alt: A unit.", 1, {}),
    ("after-nothing", "- text: Later.\n  after: H2", 1, {}),
    ("small-step", "- ask: w21_new\n  decimals: 3", 1, {"lr": "0.001"}),
    ("hidden-mistake", "- ask: E\n  decimals: 0\n  allow: {loose-answer: on purpose}", 1, {}),
    ("mistake-is-right", "- ask: Z2\n  mistakes: [{when: w12*x1 + w14*x2 + w16*x3 + theta2, say: No.}]", 1, {}),
    ("mistake-is-right", "- number: Two and two?\n  answer: 4\n  mistakes: [{when: 2*2, say: No.}]", 1, {}),
    ("key-fails", "- expression: delta3\n  answer: y - yhat", 1, {}),
    ("key-fails", "- expression: Z3\n  answer: w21*H1 + w22*H2 + theta3\n  using: [w21, H1]", 1, {}),
    ("key-fails", "- expression: What?\n  answer: ln(z)\n  variables: {z: [-3, -1]}", 1, {}),
    ("key-fails", "- number: What?\n  answer: sqrt(2)\n  within: 0", 1, {}),
    ("mistake-fails", "- number: How much?\n  answer: 4\n  mistakes: [{when: 1/(x1-x1), say: No.}]", 1, {}),
    ("mistake-fails", "- ask: Z2\n  mistakes: [{when: Z1/(x1-x1), say: No.}]", 1, {}),
    ("dead-unit", "- ask: yhat", -14, {"activation": "relu", "theta1": "-2"}),
    ("convention", "- ask: delta3", -4, {"more": "  error_signal: difference\n"}),
    ("requires", "", -15, {"top": "requires: [nowhere-to-be-found]\n"}),
    ("unused-allow", "- ask: yhat\n  allow: {dead-unit: no reason}", 2, {}),
    ("unused-allow", "- ask: yhat\n  allow: {dead-units: no such warning}", 2, {}),
    ("wide-formula", "- text: '$$" + "Z_1 = \\text{" + "x" * 90 + "}$$'", 1, {}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "blocks", "line", "changes"), CASES)
def test_a_doubtful_block_gets_exactly_its_warning(
    name: str, blocks: str, line: int, changes: dict[str, str], tmp_path: Path
) -> None:
    path = written(tmp_path, blocks, **changes)
    added = changes.get("top", "").count("\n") + changes.get("more", "").count("\n")
    wanted = BLOCK_LINE + added + line
    found = names(path)
    assert (name, wanted) in found, found
    assert {each for each, _ in found} == {name}


CLEAN = [
    # The allowed names cannot say which side of ReLU's kink is meant, so its slope is a number; marking accepts that.
    ("- expression: dE/dw21\n  using: [yhat, y, H1]", {"activation": "relu", "theta1": "0.4"}),
    # An author's mistake that changes only one of two cells is not hidden.
    ("- ask: hidden.H\n  mistakes: [{when: relu(Z1), say: No.}]", {"activation": "relu", "theta1": "0.4"}),
]


@pytest.mark.parametrize(("blocks", "changes"), CLEAN)
def test_these_blocks_get_no_warning(blocks: str, changes: dict[str, str], tmp_path: Path) -> None:
    assert warnings(written(tmp_path, blocks, **changes)) == []


@pytest.mark.parametrize(
    ("formula", "lost"),
    [
        ("maxpool(X, 2)", "1 column"),
        ("sum(relu(avgpool(X, 3x2)))", "1 row and 1 column"),
        ("conv(X, [[1, 0], [0, 1]], stride=2)", "1 column"),
        ("conv(X, [[1, 0], [0, 1]], stride=2, pad=0x1)", "1 column"),
        ("maxpool(X, 2, stride=1)", ""),
        ("maxpool(pad(X, 0x1), 2x7)", ""),
    ],
)
def test_windows_that_leave_out_cells_are_reported(formula: str, lost: str, tmp_path: Path) -> None:
    path = tmp_path / "lesson.yaml"
    rows = "[[1, 2, 3, 4, 5], [0, 7, 1, 3, 2], [2, 4, 3, 1, 6], [5, 3, 8, 2, 1]]"
    path.write_text(
        f"title: Windows\nworksheet:\n  given: {{X: {rows}}}\n  steps:\n    s: {formula}\n"
        "screens:\n  - blocks:\n      - ask: s\n"
    )
    found = [problem for problem in warnings(path) if problem.name == "left-out-cells"]
    assert [problem.line for problem in found] == [5] * bool(lost)
    assert all(lost in problem.message for problem in found)


@pytest.mark.parametrize(("decimals", "loose"), [(3, True), (7, False)])
def test_an_answer_sensitive_to_rounding_is_reported(decimals: int, loose: bool, tmp_path: Path) -> None:
    """A difference quotient subtracts nearly equal numbers and divides by a small one."""
    path = tmp_path / "lesson.yaml"
    path.write_text(
        "title: Slope\nworksheet: {given: {w: 0.5, h: 0.01}, steps: {a: sigmoid(w), b: sigmoid(w + h), q: (b - a)/h}}\n"
        f"screens:\n  - blocks:\n      - ask: [a, b]\n        decimals: {decimals}\n"
        "      - ask: q\n        decimals: 3\n"
    )
    assert [(name, line) for name, line in names(path) if name == "loose-answer"] == [("loose-answer", 7)] * loose


@pytest.mark.parametrize(("z", "hidden"), [("[-8, -8.5]", True), ("[-8, 0.5]", False)])
def test_a_mistake_visible_in_one_cell_of_a_grid_is_not_hidden(z: str, hidden: bool, tmp_path: Path) -> None:
    path = tmp_path / "lesson.yaml"
    path.write_text(
        f"title: Grid\nworksheet: {{given: {{z: {z}}}, steps: {{a: relu(z)}}}}\nscreens:\n  - blocks:\n      - ask: a\n"
    )
    assert [name for name, _ in names(path)] == ["hidden-mistake"] * hidden


def test_a_very_long_screen_is_reported(tmp_path: Path) -> None:
    assert ("long-screen", 14) in names(written(tmp_path, "- text: |\n" + "\n".join(["    Line.\n"] * 70)))


@pytest.mark.parametrize("where", ["block", "screen", "network", "lesson"])
def test_allow_accepts_a_warning(where: str, tmp_path: Path) -> None:
    path = written(tmp_path, "- text: 'A weight of 0.25.'")
    text = path.read_text()
    allow = "allow: {number-in-text: the text is about this number}"
    old, new = {
        "block": ("      - text: 'A weight of 0.25.'\n", f"      - text: 'A weight of 0.25.'\n        {allow}\n"),
        "screen": ("  - title: One\n", f"  - title: One\n    {allow}\n"),
        "network": ("  target: 1\n", f"  target: 1\n  {allow}\n"),
        "lesson": ("title: Checked\n", f"title: Checked\n{allow}\n"),
    }[where]
    path.write_text(text.replace(old, new))
    assert warnings(path) == []


@pytest.mark.parametrize(
    ("engine", "answer", "words"),
    [
        ("tutor.engines.sympy.sympy_values", {"dE/dw11": 7.0}, "SymPy gives 7 for dE/dw11, and NumPy "),
        ("tutor.engines.torch.torch_values_of", [{"yhat": 7.0}], "PyTorch gives 7 for yhat, and NumPy "),
    ],
)
def test_a_disagreement_of_the_engines_is_reported(
    engine: str, answer: object, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, "- ask: yhat")
    monkeypatch.setattr("tutor.engines.torch.available", lambda: True)
    monkeypatch.setattr("tutor.engines.torch.torch_values_of", lambda _: [{}])
    monkeypatch.setattr(engine, lambda *_: answer)
    (problem,) = check_paths([path], Options(with_programs=False, use_cache=False)).problems
    assert problem.name == "engines-disagree"
    assert problem.message.startswith(words)


def test_a_derivation_with_another_result_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, "- derive: H1")
    monkeypatch.setattr("tutor.engines.sympy.derive", lambda *_: SimpleNamespace(numbers=(7.0,)))
    found = [problem.message for problem in warnings(path) if problem.name == "engines-disagree"]
    assert found == [f"The derivation of {name} does not end in its value." for name in ("H1", "Z1")]


def test_a_key_that_is_not_marked_right_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path)
    mark = Marker.mark

    def refused(marker: Marker, *arguments: Any, **options: Any) -> Mark:
        return replace(mark(marker, *arguments, **options), verdict=Verdict.IMPRECISE, message="Too short.")

    monkeypatch.setattr(Marker, "mark", refused)
    (problem,) = warnings(path)
    assert (problem.name, problem.line) == ("key-fails", 16)
    assert problem.message == "The key of Z1, 0.55, is marked 'imprecise': Too short."


def test_the_course_has_only_allowed_warnings() -> None:
    report = check_paths([shipped_lessons()], Options(with_torch=False, with_programs=False, use_cache=False))
    assert len(report.files) >= 17
    assert [str(problem) for problem in report.problems] == []
    reasons = re.findall(r"allow: \{[\w-]+: '?([^}']*)", "".join(file.path.read_text() for file in report.files))
    assert all(len(reason.split()) >= 4 for reason in reasons), reasons


def test_circular_requirements_are_reported(tmp_path: Path) -> None:
    for name, other in (("a", "b"), ("b", "c"), ("c", "a")):
        (tmp_path / f"{name}.yaml").write_text(
            f"title: {name}\nrequires: {other}\nscreens:\n  - blocks:\n      - number: One?\n        answer: 1\n"
        )
    found = [problem.message for problem in warnings(tmp_path)]
    assert found == [
        f"These require one another: {way}." for way in ("a → b → c → a", "b → c → a → b", "c → a → b → c")
    ]


def test_a_duplicate_id_is_reported(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(
            f"title: {name}\nid: same\nscreens:\n  - blocks:\n      - number: One?\n        answer: 1\n"
        )
    assert [(problem.name, problem.file.endswith("b.yaml")) for problem in warnings(tmp_path)] == [
        ("duplicate-id", True)
    ]


def test_only_changed_lessons_are_checked_again(tmp_path: Path) -> None:
    path = written(tmp_path, "- text: 'A weight of 0.25.'\n- table: data.csv")
    data = tmp_path / "data.csv"
    data.write_text("a,b\n1,2\n")
    options = Options(with_torch=False, with_programs=False)
    cache = FindingsCache(tmp_path / "cache")
    runs = [check_paths([path], options, cache=cache) for _ in range(2)]
    assert [run.files[0].is_cached for run in runs] == [False, True]
    assert runs[0].problems == runs[1].problems
    data.write_text("a,b\n1,3\n")
    assert not check_paths([path], options, cache=cache).files[0].is_cached
    assert check_paths([path], options, cache=cache).files[0].is_cached
    path.write_text(path.read_text().replace("0.25.", "about a quarter."))
    assert check_paths([path], options, cache=cache).problems == []


@pytest.mark.parametrize(
    ("blocks", "name"), [("- text: 'See [the notes](notes.md).'", "notes.md"), ("- image: a.png\n  alt: A.", "a.png")]
)
def test_a_file_added_later_is_noticed(blocks: str, name: str, tmp_path: Path) -> None:
    path = written(tmp_path, blocks)
    options = Options(with_torch=False, with_programs=False)
    cache = FindingsCache(tmp_path / "cache")
    assert check_paths([path], options, cache=cache).problems
    (tmp_path / name).touch()
    assert check_paths([path], options, cache=cache).problems == []
    (tmp_path / name).unlink()
    assert check_paths([path], options, cache=cache).problems


def test_other_files_of_a_folder_are_not_checked(tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / "answers.yaml").write_text("- {quantity: Z1, answer: 3}\n")
    (tmp_path / "net.yaml").write_text("network: {inputs: [1], layers: [{weights: [[1]]}]}\n")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "x.yaml").write_text("network: 3\n")
    report = check_paths([tmp_path], Options(with_torch=False, use_cache=False))
    assert sorted(file.path.name for file in report.files) == ["lesson.yaml", "net.yaml"]


def test_a_missing_path_or_a_folder_without_lessons_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TutorError, match="There is no file"):
        check_paths([tmp_path / "none.yaml"])
    with pytest.raises(TutorError, match="There is no lesson"):
        check_paths([tmp_path])


# -- programs ---------------------------------------------------------------------------------------------------------

PROGRAMS = """\
title: Programs
allow: {long-screen: it is a test}
screens:
  - blocks:
      - run: print(1 + 1)
        output: '2'
      - run: |
          x = 3
          x * 2.0001
        output: {text: '6', within: 0.001}
      - run: print(x)
        output: '4'
      - lab: Double it
        starter: |
          def double(x):
              return 0
        checks:
          - {call: double(4), equals: 8}
          - {call: double(-1), equals: -2}
        solution: |
          def double(x):
              return 2 * x
        wrong:
          - {replace: [2 * x, abs(2 * x)], fails: 2}
          - {replace: [2 * x, 2 * x + 0], fails: 1}
      - lab: Unsolved
        checks: [{call: f(), equals: 1}]
      - lab: Badly solved
        checks: [{variable: a, equals: 1}]
        solution: a = 2
      - lab: Nothing to do
        starter: a = 1
        checks: [{variable: a, equals: 1}]
        solution: a = 1
"""


@pytest.mark.skipif(not level().can_run, reason="programs cannot run here")
def test_programs_are_run_and_compared(tmp_path: Path) -> None:
    path = tmp_path / "lesson.yaml"
    path.write_text(PROGRAMS)
    found = [(problem.name, problem.line) for problem in warnings(path, programs=True)]
    expected = [
        ("output-differs", 11),
        ("wrong-passes", 25),
        ("no-solution", 26),
        ("solution-fails", 28),
        ("starter-passes", 31),
    ]
    assert found == expected


@pytest.mark.parametrize(
    ("wanted", "printed", "within", "same"),
    [
        ("a\nb", "a  \nb\n\n", None, True),
        ("loss 0.25", "loss 0.2501", 0.001, True),
        ("loss 0.25", "loss 0.26", 0.001, False),
        ("loss 0.25", "cost 0.25", 0.001, False),
        ("0.25", "0.25 0.5", 0.001, False),
        ("Epoch 1 … done", "Epoch 1\nEpoch 2\n done", None, True),
        ("2", "3", None, False),
    ],
)
def test_outputs_are_compared_with_tolerance_and_ellipses(
    wanted: str, printed: str, within: float | None, same: bool
) -> None:
    assert same_output(wanted, printed, within) is same


# -- the command ------------------------------------------------------------------------------------------------------


def run(*arguments: str) -> tuple[int, str]:
    from tutor.cli import check

    result = CliRunner().invoke(check.command, list(arguments), standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return int(result.return_value), result.output


def test_the_command_locates_a_warning_and_exits_1(tmp_path: Path) -> None:
    path = written(tmp_path, "- text: 'A weight of 0.25.'")
    status, output = run(str(path), "--no-torch", "--again")
    assert status == 1
    assert output.startswith(f"{path}:17:28: warning[number-in-text]: 0.25 is w11 of network")
    assert "  17 |       - text: 'A weight of 0.25.'\n" in output
    assert output.endswith("1 file, 0 errors, 1 warning\n")


def test_the_command_prints_json(tmp_path: Path) -> None:
    path = written(tmp_path, "- aks: H2")
    status, output = run(str(path), "--json", "--no-torch")
    assert status == 1
    data = json.loads(output)
    assert (data["errors"], data["warnings"]) == (1, 0)
    (problem,) = data["files"][0]["problems"]
    assert (problem["line"], problem["column"], problem["severity"], problem["name"]) == (17, 9, "error", "error")


def test_the_command_exits_0_without_warnings(tmp_path: Path) -> None:
    assert run(str(written(tmp_path)), "--no-torch") == (0, "1 file, 0 errors, 0 warnings\n")


def test_every_warning_is_explained() -> None:
    assert all(name == name.lower() and text.endswith(".") for name, text in WARNINGS.items())


def test_a_title_without_screens_is_not_a_lesson(tmp_path: Path) -> None:
    path = tmp_path / "half.yaml"
    path.write_text("title: Half\nworksheet: {given: {a: 1}, steps: {b: a + 1}}\n")
    assert ["cannot be opened as a lesson" in problem.message for problem in warnings(path)] == [True]
    path.write_text("worksheet: {given: {a: 1}, steps: {b: a + 1}}\n")
    assert warnings(path) == []


def test_the_key_lists_mistakes_declared_by_a_worksheet(tmp_path: Path) -> None:
    from tutor.authoring.key import answer_key
    from tutor.lessons import load

    path = tmp_path / "own.yaml"
    path.write_text(
        "title: Own\nworksheet: {given: {a: 2, b: 3}, steps: {p: a*b},"
        " mistakes: {p: [{when: a + b, say: This adds them.}]}}\nscreens:\n  - blocks:\n      - ask: p\n"
    )
    (entry,) = answer_key(load(path), with_mistakes=True)
    assert ("5", "This adds them.") in [(each.text, each.message) for each in entry.mistakes]


SHOWN = """title: Shown
network:
  inputs: [0.3, 0.7]
  target: 1
  layers: [{{weights: [{{w1: 0.41}}, {{w2: -0.83}}], activation: linear}}]
screens:
  - title: One
    blocks:
      - {question}
      - {block}
"""


@pytest.mark.parametrize(
    ("block", "question", "is_shown"),
    [
        ("text: 'So the output is {{yhat}}.'", "ask: Z1", True),
        ("text: 'As always Z_1 = -0.458 here.'", "ask: Z1", True),
        ("text: 'As always $Z_1 = {{w1*x1 + w2*x2}}$.'", "ask: Z1", True),
        ("text: 'It was -0.458 before.'", "ask: Z1", True),
        ("table: {columns: [a, b], rows: [[1, '{{yhat}}']]}", "ask: Z1", True),
        ("plot: p\n        over: {p: [0, 1]}\n        alt: A line through {{yhat}}.", "ask: Z1", True),
        ("choose: Which is it?\n        options: [{text: '{{yhat}}', correct: true}, {text: 'No'}]", "ask: Z1", True),
        ("text: 'The slope is $\\delta_1 x_1$.'", "expression: dE/dw1\n        using: [delta1, x1]", True),
        ("text: 'So the output is {{Z1}}.'", "ask: Z1", False),
        ("text: 'So the output is {{yhat}}.'\n        after: Z1", "ask: Z1", False),
        ("text: 'The inputs are {{x1}} and {{x2}}, the weight 0.41.'", "ask: Z1", False),
        ("text: 'The output is {{yhat}}.'", "ask: E", False),
        ("text: 'A rate of 21.6 is too high.'", "{number: How many?, answer: 22, decimals: 0}", False),
    ],
)
def test_an_answer_shown_on_its_screen_is_reported(block: str, question: str, is_shown: bool, tmp_path: Path) -> None:
    path = tmp_path / "shown.yaml"
    path.write_text(
        SHOWN.replace("{{", "{").replace("}}", "}").replace("{block}", block).replace("{question}", question)
    )
    report = check_paths([path], Options(with_torch=False, with_programs=False, use_cache=False))
    assert report.files[0].errors == []
    assert ("answer-shown" in {problem.name for problem in report.problems}) == is_shown


def test_answers_in_a_column_of_a_table_are_reported(tmp_path: Path) -> None:
    path = tmp_path / "column.yaml"
    path.write_text(
        "title: Column\n"
        "network: {inputs: [[0], [1], [2], [4]], target: [0, 0, 0, 0], layers: [{weights: [[2]]}]}\n"
        "screens:\n  - blocks:\n      - ask: {yhat: {decimals: 0}}\n"
        "      - table: {columns: [x, y], rows: [[0, 0], [1, 2], [2, 4], [4, 8]]}\n"
    )
    report = check_paths([path], Options(with_torch=False, with_programs=False, use_cache=False))
    assert "answer-shown" in {problem.name for problem in report.problems}


def test_a_lesson_that_would_replace_one_of_the_course_is_reported(tmp_path: Path) -> None:
    taken = next(path for path in sorted(shipped_lessons().glob("*.yaml")) if path.name.endswith("xor.yaml"))
    for name, is_reported in (("03-xor.yaml", True), (taken.name, False), ("03-xor-of-mine.yaml", False)):
        path = tmp_path / name
        path.write_text("title: Mine\nscreens: [{blocks: [text: Hello.]}]\n")
        report = check_paths([path], Options(with_torch=False, with_programs=False, use_cache=False))
        assert ("duplicate-id" in {problem.name for problem in report.problems}) == is_reported
