"""``tutor mark``: reads a file of answers and prints a mark for each."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from tutor.cli import main

LESSON = """
tutor: 1
title: Marks
networks:
  lab2:
    inputs: [1, 0, 1]
    target: 1
    layers:
      - name: hidden
        weights: [{w11: 0.2, w12: -0.3}, {w13: 0.4, w14: 0.1}, {w15: -0.5, w16: 0.2}]
        bias: {theta1: -0.4, theta2: 0.2}
        activation: sigmoid
      - {name: output, weights: [{w21: -0.3}, {w22: -0.2}], bias: {theta3: 0.1}, activation: sigmoid}
    optimizer: {sgd: {lr: 0.9}}
  other: {from: lab2, activation: relu}
screens:
  - title: One
    of: lab2
    blocks:
      - ask: [Z1, H1]
        id: first
      - ask: Z2
        id: second
        decimals: 2
        mistakes: [{when: w12*x1, say: Only the first product.}]
      - ask: other:H2
      - choose: Which?
        id: which
        options: [{text: The output, correct: true}, {text: The input, why: Not there.}]
      - order: Steps
        id: steps
        steps: [one, two, three]
        extra: [four]
      - fill: a ____ b
        id: gap
        gaps: ['@']
      - number: How many?
        id: count
        answer: 3*2
        mistakes: [{when: 3 + 2, say: Multiply.}]
      - write: Why?
        id: why
      - text: Nothing to answer.
        id: prose
"""


@pytest.fixture
def lesson_file(tmp_path: Path) -> Path:
    path = tmp_path / "marks.yaml"
    path.write_text(LESSON, encoding="utf-8")
    return path


@pytest.fixture
def network_file(tmp_path: Path) -> Path:
    import textwrap

    path = tmp_path / "network.yaml"
    body = LESSON.split("  lab2:\n")[1].split("  other:")[0]
    path.write_text("network:\n" + textwrap.indent(textwrap.dedent(body), "  "), encoding="utf-8")
    return path


def mark(
    capsys: pytest.CaptureFixture[str], file: Path | str, answers: object, *options: str
) -> tuple[int, list[dict[str, Any]]]:
    """Run ``tutor mark`` and return the exit status and the marks."""
    path = Path(str(file).partition("#")[0]).with_suffix(".answers.yaml")
    path.write_text(answers if isinstance(answers, str) else json.dumps(answers), encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["mark", str(file), "--answers", str(path), "--json", *options])
    shown = capsys.readouterr()
    code = int(ended.value.code or 0)
    return code, json.loads(shown.out)["marks"] if code < 2 else [{"error": shown.err}]


def test_answers_are_read_as_they_are_written(capsys: pytest.CaptureFixture[str], network_file: Path) -> None:
    answers = """
- {quantity: Z1, answer: -0.70}
- {quantity: Z2, answer: "0,10"}
- {quantity: hidden.H, answer: [0.332, "0.525"]}
- {quantity: hidden.W, answer: [[0.2, -0.3], [0.4, 0.1], [-0.5, 0.2]]}
- {quantity: yhat, answer: 0.474}
"""
    code, marks = mark(capsys, network_file, answers)
    assert code == 0
    assert [one["verdict"] for one in marks] == ["correct"] * 5
    assert [one["answer"] for one in marks][:3] == ["-0.70", "0,10", ["0.332", "0.525"]]
    assert marks[0] == {**marks[0], "quantity": "Z1", "value": -0.7, "mistakes": []}
    assert [cell["quantity"] for cell in marks[2]["cells"]] == ["H1", "H2"]
    assert len(marks[3]["cells"]) == 6


def test_answers_may_come_through_a_pipe(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, network_file: Path
) -> None:
    def piped(text: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        with pytest.raises(SystemExit) as ended:
            main(["mark", str(network_file), "--answers", "-"])
        return int(ended.value.code or 0), *capsys.readouterr()

    assert piped("- {quantity: Z1, answer: -0.7}\n- {quantity: Z2, answer: '0,10'}\n") == (
        0,
        "✓ Z1  -0.7  correct: Right.\n✓ Z2  0,10  correct: Right.\n",
        "",
    )
    code, _, wrong = piped("- {quantity: Z1, answer: -0.7\n")
    assert code == 2
    assert "<stdin>:1:3: This { is never closed" in wrong


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there is no /dev/zero here")
def test_endless_answers_are_refused(capsys: pytest.CaptureFixture[str], network_file: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["mark", str(network_file), "--answers", "/dev/zero"])
    assert ended.value.code == 2
    assert "not a regular file" in capsys.readouterr().err


def test_a_mistake_is_named_and_the_exit_status_is_1(capsys: pytest.CaptureFixture[str], network_file: Path) -> None:
    code, marks = mark(capsys, network_file, [{"quantity": "Z1", "answer": "-0.3"}])
    assert code == 1
    assert marks[0]["verdict"] == "wrong"
    assert marks[0]["mistakes"][0]["id"] == "bias-left-out"
    assert marks[0]["mistakes"][0]["message"]


def test_an_answer_that_follows_from_a_wrong_one_is_marked_so(
    capsys: pytest.CaptureFixture[str], network_file: Path
) -> None:
    answers = [{"quantity": "Z1", "answer": "-0.3"}, {"quantity": "H1", "answer": "0.426"}]
    _, marks = mark(capsys, network_file, answers)
    assert marks[1]["verdict"] == "follows"
    assert marks[1]["because"] == ["Z1"]
    _, alone = mark(capsys, network_file, answers, "--independent")
    assert alone[1]["verdict"] == "wrong"
    assert "because" not in alone[1]


def test_no_values_omits_the_right_values(capsys: pytest.CaptureFixture[str], network_file: Path) -> None:
    answers = [{"quantity": "Z1", "answer": "-0.7"}, {"quantity": "hidden.H", "answer": "0.332 0.525"}]
    _, marks = mark(capsys, network_file, answers, "--no-values")
    assert "value" not in json.dumps(marks)


def test_decimals_come_from_the_answer_the_lesson_or_the_command(
    capsys: pytest.CaptureFixture[str], lesson_file: Path
) -> None:
    def verdict(quantity: str, answer: str, *options: str, **more: object) -> str:
        _, marks = mark(capsys, lesson_file, [{"quantity": quantity, "answer": answer, "of": "lab2", **more}], *options)
        return str(marks[0]["verdict"])

    assert verdict("Z2", "0.1") == "correct"
    assert verdict("H1", "0.33") == "imprecise"
    assert verdict("H1", "0.33", decimals=2) == "correct"
    assert verdict("yhat", "0.47") == "imprecise"
    assert verdict("yhat", "0.47", "--decimals", "2") == "correct"


def test_each_answer_names_its_network_if_there_are_several(
    capsys: pytest.CaptureFixture[str], lesson_file: Path
) -> None:
    answers = [
        {"quantity": "lab2:Z1", "answer": "-0.7"},
        {"quantity": "H1", "answer": "0", "of": "other"},
        {"quantity": "H2", "answer": "0.1"},
    ]
    code, marks = mark(capsys, lesson_file, answers)
    assert code == 0, marks
    code, marks = mark(capsys, lesson_file, [{"quantity": "yhat", "answer": "0"}])
    assert code == 2
    assert "lab2 or other" in marks[0]["error"]
    assert mark(capsys, lesson_file, [{"quantity": "yhat", "answer": "0.474"}], "--of", "lab2")[0] == 0


def test_the_authors_mistake_comes_first(capsys: pytest.CaptureFixture[str], lesson_file: Path) -> None:
    _, marks = mark(capsys, lesson_file, [{"quantity": "lab2:Z2", "answer": "-0.3"}])
    assert marks[0]["mistakes"][0]["message"] == "Only the first product."


@pytest.mark.parametrize(
    ("block", "answer", "verdict"),
    [
        ("which", "The output", "correct"),
        ("which", "1", "correct"),
        ("which", "a", "correct"),
        ("which", "B", "wrong"),
        ("which", "a)", "correct"),
        ("which", "(b)", "wrong"),
        ("which", "a, b", "wrong"),
        ("which", 2, "wrong"),
        ("steps", ["one", "two", "three"], "correct"),
        ("steps", [1, 3, 2], "wrong"),
        ("steps", ["one", "two", "three", "four"], "wrong"),
        ("gap", "@", "correct"),
        ("gap", ["*"], "wrong"),
        ("count", "6", "correct"),
        ("count", "5", "wrong"),
        ("why", "So.", "kept"),
        ("second", "0.10", "correct"),
    ],
)
def test_answers_to_other_kinds_of_question(
    capsys: pytest.CaptureFixture[str], lesson_file: Path, block: str, answer: object, verdict: str
) -> None:
    code, marks = mark(capsys, lesson_file, [{"block": block, "answer": answer}])
    assert (marks[0]["block"], marks[0]["verdict"]) == (block, verdict)
    assert code == (0 if verdict in ("correct", "kept") else 1)


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ("{quantity: Z1}", "list of answers"),
        ("- Z1", "not a mapping"),
        ("- {quantity: Z1}", "no answer"),
        ("- {answer: 1}", "either a quantity or a block"),
        ("- {quantity: Z1, answr: 1}", "'answr'"),
        ("- {quantity: Z17, answer: 1, of: lab2}", "Answer 1: "),
        ("- {quantity: forward, answer: 1, of: lab2}", "Answer 1: forward is several quantities."),
        ("- {quantity: Z1, answer: {a: 1}, of: lab2}", "text, a number or a list"),
        ("- {quantity: Z1, answer: 1, of: lab2, decimals: many}", "whole number"),
        ("- {block: nothing, answer: 1}", "no block 'nothing'"),
        ("- {block: prose, answer: 1}", "asks nothing"),
        ("- {block: first, answer: 1}", "asks Z1, H1"),
        ("- {block: which, answer: The middle}", "not an option of"),
        ("- {quantity: Z1, answer: 1, of: lab3}", "no network 'lab3'"),
        ("- [", ":1:"),
        ("- &a [*a, *a]", ""),
    ],
)
def test_unusable_answers_are_refused(
    capsys: pytest.CaptureFixture[str], lesson_file: Path, answers: str, said: str
) -> None:
    code, marks = mark(capsys, lesson_file, answers)
    assert code == 2
    assert said in marks[0]["error"]
    assert marks[0]["error"].startswith("These answers cannot be marked")
    assert "Traceback" not in marks[0]["error"]


@pytest.mark.parametrize("form", ["{answers}", "answers:\n{answers}"])
def test_an_unusable_answer_is_located(capsys: pytest.CaptureFixture[str], lesson_file: Path, form: str) -> None:
    answers = form.format(answers="- {quantity: Z1, of: lab2, answer: 1}\n- {quantity: Z17, of: lab2, answer: 1}\n")
    _, marks = mark(capsys, lesson_file, answers)
    line = 2 + form.count("\n")
    assert f"marks.answers.yaml:{line}:3: Answer 2: " in marks[0]["error"]


def test_a_variant_is_marked_with_its_own_numbers(capsys: pytest.CaptureFixture[str], network_file: Path) -> None:
    from tutor.practice import open_variant

    name = f"{network_file}#17"
    (model,) = open_variant(name).parts.values()
    answers = [{"quantity": "Z1", "answer": f"{model.graph.values['Z1']:.6f}"}]
    assert mark(capsys, name, answers)[0] == 0
    assert mark(capsys, network_file, answers)[0] == 1


def test_without_json_marks_are_printed_as_text(capsys: pytest.CaptureFixture[str], network_file: Path) -> None:
    answers = network_file.with_suffix(".yml")
    answers.write_text("- {quantity: Z1, answer: -0.7}\n- {quantity: hidden.H, answer: 0.332 0.5}\n", encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["mark", str(network_file), "--answers", str(answers)])
    shown = capsys.readouterr().out
    assert ended.value.code == 1
    assert "✓ Z1  -0.7  correct" in shown
    assert "✗ hidden.H" in shown or "≈ hidden.H" in shown


MAZUR = """
network:
  inputs: [0.05, 0.10]
  target: [0.01, 0.99]
  layers:
    - {weights: [[0.15, 0.25], [0.20, 0.30]], bias: [0.35, 0.35], activation: sigmoid}
    - {weights: [[0.40, 0.50], [0.45, 0.55]], bias: [0.60, 0.60], activation: sigmoid}
  optimizer: {sgd: {lr: 0.5}}
  update_bias: false
"""


@pytest.fixture
def mazur_file(tmp_path: Path) -> Path:
    path = tmp_path / "mazur.yaml"
    path.write_text(MAZUR, encoding="utf-8")
    return path


def test_later_steps_are_worked_out_when_an_answer_names_them(
    capsys: pytest.CaptureFixture[str], mazur_file: Path
) -> None:
    answers = [
        {"quantity": "E", "answer": "0.298371109"},
        {"quantity": "E@2", "answer": "0.291027774"},
        {"quantity": "E@3", "answer": "0.283547", "decimals": 6},
    ]
    code, marks = mark(capsys, mazur_file, answers)
    assert code == 0, marks
    assert [one["verdict"] for one in marks] == ["correct"] * 3
    assert marks[1]["value"] == pytest.approx(0.291027774, abs=5e-10)


def test_an_absurd_step_is_not_a_quantity(capsys: pytest.CaptureFixture[str], mazur_file: Path) -> None:
    code, marks = mark(capsys, mazur_file, [{"quantity": "E@100000", "answer": "0"}])
    assert code == 2
    assert "'E@100000'" in marks[0]["error"]


def test_a_sheet_is_marked_in_every_spelling(capsys: pytest.CaptureFixture[str], mazur_file: Path) -> None:
    sheet: list[tuple[str, object, str, str]] = [
        ("Z1", "0.3775", "correct", ""),
        ("Z1", "0,15*0,05 + 0,2*0,1 + 0,35 = 0,3775", "correct", ""),
        ("Z1", "0.15*0.05 + 0.2*0.1 + 0.35 = 0.4775", "wrong", "arithmetic"),
        ("Z1", "0.15*0.05 + 0.2*0.1 = 0.0275", "wrong", "bias-left-out"),
        ("Z1", "0.3775", "correct", ""),
        ("H1", "σ(Z1)", "correct", ""),
        ("H1", "1/(1+e^(-0.3775))", "correct", ""),
        ("hidden.H", "np.array([0.59326999, 0.59688438])", "correct", ""),
        ("hidden.H", "tensor([0.5933, 0.5969], grad_fn=<SigmoidBackward0>)", "correct", ""),
        ("hidden.H", ["0,593", "0,597"], "correct", ""),
        ("hidden.H", [0.597, 0.593], "wrong", "permuted"),
        ("hidden.H", [0.593, 0.597], "correct", ""),
        ("Z3", "1,106", "unreadable", ""),
        ("Z3", "1,1059", "correct", ""),
        ("yhat1", "75.14 %", "correct", ""),
        ("yhat2", "7.729e-1", "correct", ""),
        ("E", "0.298371109", "correct", ""),
        ("delta3", ".138498562", "correct", ""),
        ("hidden.W_new", [[0.14978, 0.19956], [0.24975, 0.2995]], "wrong", "transposed"),
        ("hidden.W_new", [[0.14978, 0.24975], [0.19956, 0.2995]], "correct", ""),
        ("w1_1_1_new", "0.15", "wrong", "not-updated"),
        ("w1_1_1_new", "0.149780716", "correct", ""),
    ]
    answers = [{"quantity": quantity, "answer": answer} for quantity, answer, _, _ in sheet]
    answers.append({"quantity": "E@2", "answer": "0.291027924", "decimals": 9})
    answers.append({"quantity": "E@2", "answer": "0.291027924"})
    code, marks = mark(capsys, mazur_file, answers)
    assert code == 1
    found = [(one["verdict"], one["mistakes"][0]["id"] if one["mistakes"] else "") for one in marks]
    expected = [(verdict, mistake) for _, _, verdict, mistake in sheet]
    assert found == [*expected, ("wrong", "updated-weights-used"), ("correct", "updated-weights-used")]
    assert "two ways: as 1.106 or as 1106" in marks[12]["message"]
