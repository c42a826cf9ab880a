"""Vectors and matrices are marked cell by cell; right numbers in another order are recognised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.marking.marking_exercises import graph, ids, mark, marked
from tutor.formulas import evaluate, parse
from tutor.formulas.tree import Name, Num
from tutor.lessons import load
from tutor.marking import AuthorMistake, Marker, Verdict
from tutor.mistakes import Surroundings, mistakes_at
from tutor.network import HIDDEN_KINDS, Quantity, Worksheet, build_graph
from tutor.paths import shipped_lessons

CORRECT, IMPRECISE, FOLLOWS, WRONG = Verdict.CORRECT, Verdict.IMPRECISE, Verdict.FOLLOWS, Verdict.WRONG
UNREADABLE = Verdict.UNREADABLE


@pytest.mark.parametrize(
    "answer",
    [
        "0.332 0.525",
        "0.332, 0.525",
        "0,332 0,525",
        "0,332; 0,525",
        "(0.332; 0.525)",
        "[0.332, 0.525]",
        "[[0.332], [0.525]]",
        "0.332\t0.525",
        "0.332\n0.525",
        "H = [0.332, 0.525]",
        "np.array([0.33181223, 0.52497919])",
        "[0.33181223 0.52497919]",
        "tensor([0.3318, 0.5250], grad_fn=<SigmoidBackward0>)",
        ["0.332", "0.525"],
        ["sigmoid(Z1)", "σ(Z₂)"],
        [0.332, 0.525],
    ],
)
def test_a_vector_in_every_spelling(answer: object) -> None:
    assert mark("book", "hidden.H", answer).verdict is CORRECT


@pytest.mark.parametrize(
    "answer",
    [
        "0.192 -0.306\n0.4 0.1\n-0.508 0.194",
        "[[0.192, -0.306], [0.4, 0.1], [-0.508, 0.194]]",
        "0,192; -0,306\n0,4; 0,1\n-0,508; 0,194",
        "array([[ 0.19214789, -0.30588788],\n       [ 0.4       ,  0.1       ],\n       [-0.50785211,  0.19411212]])",
        "0.192 & -0.306 \\\\ 0.4 & 0.1 \\\\ -0.508 & 0.194",
        [["0.192", "-0.306"], ["0.4", "0.1"], ["-0.508", "0.194"]],
    ],
)
def test_a_matrix_in_every_spelling(answer: object) -> None:
    assert mark("book", "hidden.W_new", answer).verdict is CORRECT
    assert mark("book", "hidden.W_new", answer, 3).verdict is CORRECT


def test_each_cell_has_its_own_verdict_and_the_grid_its_worst() -> None:
    found = mark("book", "hidden.Z", "-0.3 0.1")
    assert [cell.verdict for cell in found.cells] == [WRONG, CORRECT]
    assert found.verdict is WRONG
    assert ids(found) == ["bias-left-out"]
    assert found.message == "This leaves out the bias θ₁."
    assert [cell.quantity for cell in found.cells] == ["Z1", "Z2"]
    short = mark("book", "hidden.H", "0.33 0.525")
    assert [cell.verdict for cell in short.cells] == [IMPRECISE, CORRECT]
    assert short.verdict is IMPRECISE


def test_one_mistake_in_every_cell_is_reported_once() -> None:
    found = mark("book", "hidden.Z", "-0.3 -0.1")
    assert ids(found) == ["bias-left-out"]
    assert found.message == "This leaves out the bias θ₁. The same goes for the other one."


def test_different_mistakes_in_two_cells_are_both_reported() -> None:
    """Both are certain, so the message does not say "either … or"."""
    found = mark("book", "hidden.delta", "-0.0087 0.0262", 4)
    assert len(found.mistakes) == 2
    assert found.message == " ".join(mistake.message for mistake in found.mistakes)
    assert "δ₁" in found.message
    assert "δ₂" in found.message


#: The kernel rotated by 180 degrees: 2·a + 0·b − 1·c + 1·d for each window a b / c d.
CELLS = [(1, 1, "3"), (1, 2, "6"), (2, 1, "-1"), (2, 2, "2")]


def test_a_mistake_that_explains_every_cell_comes_first() -> None:
    """In some cells a rotated kernel gives the same number as a term left out."""
    alone = [mark("convolution", f"C[{row},{column}]", answer) for row, column, answer in CELLS]
    assert any(ids(cell) != ["kernel-turned"] for cell in alone)
    found = mark("convolution", "C", "[[3, 6], [-1, 2]]")
    assert ids(found) == ["kernel-turned"]
    assert found.message.endswith("The same goes for the other three.")


@pytest.mark.parametrize(
    ("which", "quantity", "answer", "mistake"),
    [
        ("book", "hidden.H", "0.525 0.332", "permuted"),
        ("mazur", "hidden.W_new", "0.14978 0.19956\n0.24975 0.29950", "transposed"),
        ("mazur", "output.W_new", "[[0.359, 0.409], [0.511, 0.561]]", "transposed"),
        ("book", "hidden.W_new", "-0.306 0.192\n0.1 0.4\n0.194 -0.508", "permuted"),
        ("attention", "S", "[[1, 0], [3, 1]]", "transposed"),
        ("book", "hidden.W_new", "0.192 0.4 -0.508\n-0.306 0.1 0.194", "transposed"),
        ("deep", "first.H", "{H2} {H1}", "permuted"),
    ],
)
def test_right_numbers_in_another_order_are_recognised(which: str, quantity: str, answer: str, mistake: str) -> None:
    values = graph(which).values
    shown = {name: f"{values[name]:.4f}" for name in ("H1", "H2") if name in values}
    found = mark(which, quantity, answer.format(**shown))
    assert found.verdict is WRONG
    assert ids(found) == [mistake]
    wrong = [cell for cell in found.cells if cell.verdict is WRONG]
    assert wrong
    assert all(cell.message == found.message for cell in wrong)


def test_a_matrix_of_another_shape_is_unreadable() -> None:
    for answer in ("0.192 -0.306 0.4\n0.1 -0.508 0.194", [["0.192", "-0.306", "0.4"], ["0.1", "-0.508", "0.194"]]):
        found = mark("book", "hidden.W_new", answer)
        assert found.verdict is Verdict.UNREADABLE
        assert "3 rows of 2 numbers are asked for; here are 2 rows of 3" in found.message


def test_an_authors_mistake_comes_before_a_transposed_matrix() -> None:
    """For a symmetric matrix, the softmax over columns is the transpose of the softmax over rows."""
    built = build_graph(Worksheet.from_spec({"given": {"S": [[1, 2], [2, 0.5]]}, "steps": {"A": "softmax(S)"}}))
    cells = {"A[1,1]": "1/(1 + exp(1))", "A[1,2]": "1/(1 + exp(-1.5))", "A[2,1]": "1/(1 + exp(-1))",
             "A[2,2]": "1/(1 + exp(1.5))"}  # fmt: skip
    typed = "0.269 0.818; 0.731 0.182"
    assert ids(Marker(built).mark("A", typed)) == ["transposed"]
    mistakes = {cell: [AuthorMistake(parse(when), "Each row adds up to 1.")] for cell, when in cells.items()}
    assert ids(Marker(built, mistakes=mistakes).mark("A", typed)) == ["author"]


def test_a_grid_follows_from_the_learners_earlier_numbers() -> None:
    found = marked("book", ("hidden.Z", "-0.3 0.1"), ("hidden.H", "0.426 0.525"), ("Z3", "-0.133"))
    assert [one.verdict for one in found] == [WRONG, FOLLOWS, FOLLOWS]
    assert [cell.verdict for cell in found[1].cells] == [FOLLOWS, CORRECT]
    assert found[1].because == ("Z1",)
    assert found[2].because[0] == "Z1"


def typed_grid(array: Quantity, values: Mapping[str, float], decimals: int) -> list[Any]:
    cells = [f"{values[cell]:.{decimals}f}" for cell in array.cells]
    columns = array.shape[1] if len(array.shape) == 2 else 1
    return [cells[place : place + columns] for place in range(0, len(cells), columns)] if columns > 1 else cells


@pytest.mark.parametrize(
    ("lesson", "model", "wrong", "mistake", "typed"),
    [
        ("12-xor", "learner", "hidden.Z", "bias-left-out", "hidden.Z"),
        ("12-xor", "learner", "hidden.Z", "bias-left-out", "hidden.H"),  # the mistake itself was not typed
        ("12-xor", "xor", "hidden.Z", "bias-left-out", "hidden.Z"),
        ("01-artificial-neural-networks", "gate", "Z1", "bias-left-out", "Z1"),
        ("13-softmax-and-cross-entropy", "animals", "output.delta", "derivative-left-out", "output.delta"),
        ("28-initialisation", "equal", "hidden.Z", "term-left-out", "hidden.Z"),
        ("17-one-convolution", "edge", "A", "derivative-instead", "A"),
    ],
)
def test_what_follows_from_a_whole_wrong_array_is_consistent(
    lesson: str, model: str, wrong: str, mistake: str, typed: str
) -> None:
    """One mistake in all cells often gives 0, 1 and equal numbers, which are put in nonetheless."""
    built = load(shipped_lessons() / f"{lesson}.yaml").graph(model)
    made, around = Marker(built), Surroundings(built)
    formulas = {
        cell: next(each.tree for each in mistakes_at(around, built.nodes[cell]) if each.id == mistake)
        for cell in built.quantity(wrong).cells
    }
    mistaken = built.solve({cell: evaluate(tree, built.values) for cell, tree in formulas.items()})
    first = made.mark(typed, typed_grid(built.quantity(typed), mistaken, made.decimals(typed)))
    assert first.verdict is WRONG
    later = built.solve({name: each.value for name, each in first.own.items()})
    cells = {cell for array in built.arrays.values() for cell in array.cells}
    numbers = [name for name, node in built.nodes.items() if name not in cells and node.kind not in HIDDEN_KINDS]
    asked = [each for array in built.arrays.values() for each in (array, built.quantity(array.cells[0]))]
    verdicts = set()
    for each in (*asked, *map(built.quantity, numbers)):
        if each.name != typed and any(set(first.own) & set(built.ancestors(cell)) for cell in each.cells):
            decimals = made.decimals(each)
            answer = f"{later[each.name]:.{decimals}f}" if each.is_number else typed_grid(each, later, decimals)
            found = made.mark(each, answer, own=first.own)
            assert found.verdict in (FOLLOWS, CORRECT), (each.name, answer, found.message)
            assert set(found.because) <= set(first.own)
            verdicts.add(found.verdict)
    assert FOLLOWS in verdicts


def test_an_unreadable_cell_makes_the_grid_unreadable() -> None:
    found = mark("book", "hidden.H", ["0.332", "0.5.25"])
    assert found.verdict is UNREADABLE
    assert [cell.verdict for cell in found.cells] == [CORRECT, UNREADABLE]


@pytest.mark.parametrize("answer", ["0.332", "0.332 0.525 0.1", "", "[", "[[0.332, 0.525], [1]]", "a b"])
def test_anything_but_a_vector_of_two_is_unreadable(answer: str) -> None:
    found = mark("book", "hidden.H", answer)
    assert found.verdict is UNREADABLE
    assert found.message
    assert not found.verdict.counts


def test_old_weights_are_wrong_in_every_cell_that_changes() -> None:
    found = mark("book", "hidden.W_new", "0.2 -0.3\n0.4 0.1\n-0.5 0.2")
    assert [cell.verdict for cell in found.cells] == [WRONG, WRONG, CORRECT, CORRECT, WRONG, WRONG]
    assert ids(found) == ["not-updated"]


def test_a_grid_as_json_has_its_cells() -> None:
    data = mark("book", "hidden.H", "0.332 0.525").to_json()
    assert data["value"] == pytest.approx([0.331812228, 0.524979187])
    assert [cell["quantity"] for cell in data["cells"]] == ["H1", "H2"]  # type: ignore[attr-defined]
    bare = mark("book", "hidden.H", "0.332 0.525").to_json(values=False)
    assert "value" not in str(bare)


@pytest.mark.parametrize(
    ("which", "quantity", "answer", "verdict"),
    [
        ("attention", "A", "0.2 0.8\n0.33 0.67", IMPRECISE),  # each digit is right
        ("book", "hidden.Z", "-1 0", WRONG),  # mostly zeros: too little to go by
        ("attention", "T", "1 2\n0 1", WRONG),  # 1 for 0.707 and 2 for 2.121: many numbers are rounded to these
        ("attention", "T", "0.7 2\n0 0.7", IMPRECISE),  # most of the numbers say more
        ("book", "hidden.Z", "-0.3 0.2", WRONG),  # one is short, the other is a different number
    ],
)
def test_a_grid_in_fewer_decimals_is_judged_as_a_whole(
    which: str, quantity: str, answer: str, verdict: Verdict
) -> None:
    assert mark(which, quantity, answer, 3).verdict is verdict


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("4 -1 1", WRONG),  # without the bias; each is also a whole number next to the right one
        ("3.5 -1.5 0.8", IMPRECISE),
        ("3.4 -1.5 0.7", IMPRECISE),  # cut off
        ("3.4 -1.6 0.8", WRONG),  # some of each
    ],
)
def test_a_grid_in_fewer_decimals_is_shortened_in_one_way(answer: str, verdict: Verdict) -> None:
    built = build_graph(Worksheet.from_spec({"given": {"x": [3.97, -1.03, 1.27], "b": -0.5}, "steps": {"z": "x + b"}}))
    assert Marker(built, decimals=3).mark("z", answer).verdict is verdict


@pytest.mark.parametrize(
    ("formula", "answer", "verdict"),
    [
        ("x + b", "3 2", WRONG),  # without the bias: 3.5 and 2.5 need not be shortened
        ("x + b + 1/3", "3.8 2.8", IMPRECISE),
        ("x / 4", "1 1", WRONG),  # 0.75 and 0.5: anybody's guess
        ("x / 4", "1 0", WRONG),
    ],
)
def test_two_short_numbers_are_not_the_right_ones_cut_off(formula: str, answer: str, verdict: Verdict) -> None:
    built = build_graph(Worksheet.from_spec({"given": {"x": [3, 2], "b": 0.5}, "steps": {"z": formula}}))
    assert Marker(built, decimals=3).mark("z", answer).verdict is verdict


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("1 0", WRONG),  # in whole numbers 0.5 is 1 as well
        ("0.7 -0.2", IMPRECISE),  # −0.2 alone could be a step without a factor
    ],
)
def test_new_values_in_few_decimals_are_right_as_far_as_they_go_if_a_step_shows(answer: str, verdict: Verdict) -> None:
    spec = {
        "given": {"w": [0.5, 0.3], "g": [-0.475, 0.95], "a": 0.5},
        "steps": {"w_new": "w - a*g"},
    }
    assert Marker(build_graph(Worksheet.from_spec(spec)), decimals=4).mark("w_new", answer).verdict is verdict


SHARES = Worksheet.from_spec({"given": {"S": [[0.2, 0.6], [0.3, 0.5]]}, "steps": {"A": "softmax(S)"}})


def test_a_short_answer_that_is_also_a_score_is_no_mistake() -> None:
    """0.5987 is 0.6 in one decimal, and 0.6 is also one of the scores."""
    found = Marker(build_graph(SHARES), decimals=3).mark("A", "0.4 0.6\n0.45 0.55")
    assert found.verdict is IMPRECISE
    assert not found.mistakes


@pytest.mark.parametrize(
    ("which", "quantity", "answer"),
    [
        ("attention", "S", "7 2\n3 0"),  # Q·V: a term left out gives the 2, and the 0
        ("attention", "A", "0.378 0.622\n0.438 0.562"),  # scores divided by 4: one cell equals a softmax over all cells
    ],
)
def test_a_mistake_that_explains_few_wrong_cells_is_not_named(which: str, quantity: str, answer: str) -> None:
    found = mark(which, quantity, answer)
    assert found.verdict is WRONG
    assert not found.mistakes
    assert not any(cell.mistakes for cell in found.cells)


def test_another_array_is_named_as_a_whole() -> None:
    found = mark("attention", "O", "[[1, 2], [3, 0]]")
    assert ids(found) == ["other-quantity"]
    assert found.message == "This is V; the question asks for O."


def test_another_array_of_the_same_shape_is_named_first() -> None:
    steps = {"f": "2*w", "P": "reshape(f, 2, 2)", "K": "P @ P"}
    built = build_graph(Worksheet.from_spec({"given": {"w": [1, 2, 3, 5]}, "steps": steps}))
    assert Marker(built).mark("K", "2 4; 6 10").message == "This is P; the question asks for K."


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("1 2; 3 4", "As given."),  # fits all cells
        ("1 2; 0 0", "Zeros at the end."),  # both fit the first two cells
    ],
)
def test_an_authors_mistakes_are_told_apart_in_a_grid(answer: str, said: str) -> None:
    built = build_graph(Worksheet.from_spec({"given": {"x": [[1, 2], [3, 4]]}, "steps": {"y": "2*x + 10"}}))
    mistakes = {
        f"y[{row},{column}]": [
            AuthorMistake(Name(f"x[{row},{column}]") if row == 1 else Num(0.0), "Zeros at the end."),
            AuthorMistake(Name(f"x[{row},{column}]"), "As given."),
        ]
        for row in (1, 2)
        for column in (1, 2)
    }
    found = Marker(built, mistakes=mistakes).mark("y", answer)
    assert found.message == f"{said} The same goes for the other three."


RIDGE = Worksheet.from_spec(
    {
        "given": {"X": [[1, 2], [3, 1], [0, -1]], "y": [3, 4, -2], "w": [0.5, 0.5], "lam": 0.1},
        "steps": {"r": "X @ w - y", "J": "mean(r^2) + lam*sum(w^2)", "g": "dJ/dw"},
    }
)


@pytest.mark.parametrize(
    ("answer", "words"),
    [("-14.9, -12.9", "divide by 3"), ("-2.45, -2.1167", "factor 2"), ("-7.45, -6.45", "factor 2/3")],
)
def test_a_number_left_out_of_every_term_is_one_mistake(answer: str, words: str) -> None:
    found = Marker(build_graph(RIDGE), decimals=4).mark("g", answer)
    assert {mistake.id for mistake in found.mistakes} == {"factor-left-out"}
    assert words in found.message
    assert "Two mistakes" not in found.message


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("0.198 0.804\n0.330 0.670", []),  # 0.198 has e times T in place of one power of e alone
        ("0.037 0.963\n0.164 0.836", ["other-power"]),
    ],
)
def test_another_power_is_taken_throughout_a_softmax(answer: str, expected: list[str]) -> None:
    built = build_graph(
        Worksheet.from_spec({"given": {"T": [[0.7071, 2.1213], [0, 0.7071]]}, "steps": {"A": "softmax(T)"}})
    )
    assert ids(Marker(built, decimals=3).mark("A", answer)) == expected
