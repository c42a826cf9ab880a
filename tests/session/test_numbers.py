"""Number questions, grids and gaps: which precision is asked for, and which answers it accepts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.lessons import load
from tutor.session import Session
from tutor.session.model import Verdict
from tutor.store import Store

CASES = [
    # answer, what the author says, what the screen says, what is right, what is wrong
    ("2/3", "", "3 decimals", ["0.667", "0.66667"], ["0.67", "0.7"]),
    ("2/30000", "", "7 decimals", ["0.0000667"], ["0", "0.0001"]),
    ("9", "", "", ["9"], ["9.1", "8.9995"]),
    ("1/4", "", "", ["0.25"], ["0.251", "0.3"]),
    ("86/8 + 0.25", "decimals: 0", "a whole number", ["11", "11.0"], ["10.75", "10.5", "11.25"]),
    ("11000", "decimals: 0", "a whole number", ["11000", "11,000", "11 000"], ["11"]),
    ("0.52498", "decimals: 5", "5 decimals", ["0.52498"], ["0.53", "0.52", "0.525"]),
    ("1000000/3", "figures: 2", "2 figures", ["330000", "333333"], ["340000", "33"]),
    ("2/3", "within: 0.1", "within 0.1", ["0.6", "0.7"], ["0.5"]),
]


@pytest.mark.parametrize(("answer", "more", "says", "right", "wrong"), CASES)
def test_the_precision_asked_for_decides_what_is_right(
    answer: str, more: str, says: str, right: list[str], wrong: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "numbers.yaml"
    path.write_text(
        f"title: Numbers\nscreens:\n  - blocks:\n      - number: How much?\n        answer: {answer}\n        {more}\n"
    )
    session = Session(load(path), Store(None, learner=""))
    (name,) = session.field_ids
    assert session.field(name).precision == says
    for typed in right:
        assert session.submit(name, typed).result.verdict is Verdict.CORRECT, typed
    for typed in wrong:
        assert session.submit(name, typed).result.verdict is not Verdict.CORRECT, typed


@pytest.mark.parametrize(
    ("answer", "typed", "verdict"),
    [
        ("58.2345", "58.23", Verdict.IMPRECISE),
        ("58.2345", "58", Verdict.IMPRECISE),
        ("4.2345", "4", Verdict.WRONG),  # many numbers round to one figure
        ("-0.0155", "-0.02", Verdict.IMPRECISE),
        ("-0.0155", "0.0", Verdict.WRONG),
    ],
)
def test_too_few_decimals_are_nearly_right_if_they_show_enough(
    answer: str, typed: str, verdict: Verdict, tmp_path: Path
) -> None:
    path = tmp_path / "numbers.yaml"
    asks = f"number: How much?\n        answer: {answer}\n        decimals: 4\n"
    path.write_text(f"title: Numbers\nscreens:\n  - blocks:\n      - {asks}")
    session = Session(load(path), Store(None, learner=""))
    assert session.submit(session.field_ids[0], typed).result.verdict is verdict


@pytest.mark.parametrize("typed", ["-0.33183", "-0.332"])
def test_a_wrong_sign_is_named_at_the_decimals_asked_for(typed: str, tmp_path: Path) -> None:
    path = tmp_path / "numbers.yaml"
    asks = "number: How much?\n        answer: 0.33183\n        decimals: 3\n"
    path.write_text(f"title: Numbers\nscreens:\n  - blocks:\n      - {asks}")
    session = Session(load(path), Store(None, learner=""))
    result = session.submit(session.field_ids[0], typed).result
    assert result.verdict is Verdict.WRONG
    assert "the sign is not" in result.message


def test_a_cell_is_marked_at_its_figures_while_others_are_empty(tmp_path: Path) -> None:
    path = tmp_path / "figures.yaml"
    path.write_text(
        "title: Figures\n"
        "network: {inputs: [1, 2], target: 1, layers: [{name: hidden, weights: [[0.123456, 0.5], [0.2, 0.7]],"
        " bias: [0.111, 0.2], activation: sigmoid}, {weights: [[0.1], [0.5]], bias: [0.1], activation: sigmoid}]}\n"
        "screens:\n  - blocks:\n      - ask: hidden.H\n        figures: 2\n"
    )
    session = Session(load(path), Store(None, learner=""))
    (name,) = session.field_ids
    cells = [f"{session.lesson.graph('network').values[cell]:.2g}" for cell in ("H1", "H2")]
    some = session.submit(name, (cells[0], "")).result
    assert [cell.verdict for cell in some.cells] == [Verdict.CORRECT, Verdict.UNREADABLE]
    assert session.state(name).attempts == 0
    assert session.submit(name, tuple(cells)).result.verdict is Verdict.CORRECT


def test_a_number_that_is_not_whole_can_match_an_authors_mistake(tmp_path: Path) -> None:
    path = tmp_path / "numbers.yaml"
    asks = "number: How many batches?\n        answer: 11\n        decimals: 0\n        "
    asks += "mistakes: [{when: 86/8, say: The last batch is a batch too.}]\n"
    path.write_text(f"title: Numbers\nscreens:\n  - blocks:\n      - {asks}")
    session = Session(load(path), Store(None, learner=""))
    result = session.submit(session.field_ids[0], "10.75").result
    assert (result.verdict, result.message) == (Verdict.WRONG, "The last batch is a batch too.")


@pytest.mark.parametrize(
    ("typed", "verdict"),
    [
        (("[0.3, 0.5]", ""), Verdict.CORRECT),
        (("0.3 0.5", ""), Verdict.CORRECT),
        (("", "(0.3; 0.5)"), Verdict.CORRECT),
        (("0,3", ""), Verdict.UNREADABLE),  # one number with a decimal comma; the other cell is empty
        (("0.3", "0.5"), Verdict.CORRECT),
    ],
)
def test_a_whole_vector_may_be_typed_into_one_cell(typed: tuple[str, ...], verdict: Verdict, tmp_path: Path) -> None:
    path = tmp_path / "grid.yaml"
    path.write_text(
        "title: Grid\nworksheet: {given: {a: [0.1, 0.3], b: 0.2}, steps: {s: a + b}}\n"
        "screens:\n  - blocks:\n      - ask: s\n        decimals: 1\n"
    )
    session = Session(load(path), Store(None, learner=""))
    outcome = session.submit(session.field_ids[0], typed)
    assert outcome.result.verdict is verdict
    if verdict is Verdict.CORRECT:
        assert session.state(session.field_ids[0]).answer == ("0.3", "0.5")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (("Backward", "Adam"), "Look at gap 1 again. Capital letters count in a program."),
        (("backward()", "Adam"), "Look at gap 1 again. Leave the brackets out: they are there already."),
        (("backward", "Adam()"), "Look at gap 2 again."),  # the program has no brackets there
        (("step", "Adam"), "Look at gap 1 again."),
        (("step", ""), "Look at gap 1 again."),  # the empty gap is not called wrong
    ],
)
def test_a_gap_that_is_nearly_right_says_what_to_change(typed: tuple[str, str], says: str, tmp_path: Path) -> None:
    path = tmp_path / "gaps.yaml"
    fill = "fill: |\n          loss.____()\n          make = torch.optim.____\n"
    gaps = "        language: python\n        gaps: [backward, Adam]\n"
    path.write_text(f"title: Gaps\nscreens:\n  - blocks:\n      - {fill}{gaps}")
    session = Session(load(path), Store(None, learner=""))
    assert session.submit(session.field_ids[0], typed).result.message == says


def test_an_empty_gap_is_not_a_wrong_answer(tmp_path: Path) -> None:
    path = tmp_path / "gaps.yaml"
    path.write_text("title: Gaps\nscreens:\n  - blocks:\n      - {fill: ____ and ____, gaps: [one, two]}")
    session = Session(load(path), Store(None, learner=""))
    result = session.submit(session.field_ids[0], ("one", " ")).result
    assert result.message == "Still to fill: gap 2."
    assert [cell.verdict for cell in result.cells] == [Verdict.CORRECT, Verdict.UNREADABLE]
    assert session.state(session.field_ids[0]).attempts == 0
