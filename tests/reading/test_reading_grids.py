"""Vectors and matrices, typed or pasted from other programs."""

from __future__ import annotations

import pytest

from tests.reading.reading_exercises import asked
from tutor.reading import GridReading, Reading, Unreadable, cells_of, read_grid


def values(grid: GridReading) -> list[float]:
    return [cell.value for cell in grid.cells if isinstance(cell, Reading)]


@pytest.mark.parametrize(
    "typed",
    [
        "[0.332, 0.525]",
        "0.332 0.525",
        "0.332, 0.525",
        "0.332,0.525",
        "(0.332; 0.525)",
        "0.332; 0.525",
        "{0.332, 0.525}",
        "(0.332, 0.525)^T",
        "[0.332, 0.525]ᵀ",
        "[0.332, 0.525].T",
        "| 0.332 | 0.525 |",
        "0,332 0,525",
        "0,332; 0,525",
        "0,332;0,525",
        "0,332, 0,525",
        "[0,332; 0,525]",
        "0.332\t0.525",
        "0,332\t0,525",
        "0.332\n0.525",
        "0.332;\n0.525",
        "[[0.332],[0.525]]",
        "[[0.332, 0.525]]",
        "[0.332 0.525]",
        "[ 0.332  0.525 ]",
        "[[0.332]\n [0.525]]",
        "np.array([0.332, 0.525])",
        "numpy.array([0.332, 0.525])",
        "array([0.332, 0.525])",
        "array([0.332, 0.525], dtype=float32)",
        "np.asarray([0.332, 0.525], dtype=np.float64)",
        "torch.tensor([0.332, 0.525])",
        "tensor([0.3320, 0.5250])",
        "tensor([[0.3320, 0.5250]], grad_fn=<SigmoidBackward0>)",
        "tensor([0.3320, 0.5250], device='cuda:0', requires_grad=True)",
        "Parameter containing:\ntensor([0.3320, 0.5250], requires_grad=True)",
        "[np.float64(0.332), np.float64(0.525)]",
        "H = [0.332, 0.525]",
        "hidden.H = np.array([0.332, 0.525])",
        "H1 = 0.332, H2 = 0.525",
        "H1 = 0.332\nH2 = 0.525",
        "0.332 & 0.525",
        "０．３３２　０．５２５",
        "【0.332，0.525】",
        "0.332\u00a00.525",
        "“0.332, 0.525”",
    ],
)
def test_a_vector_in_every_spelling(typed: str) -> None:
    assert values(read_grid(typed, (2,), asked("hidden.H"))) == pytest.approx([0.332, 0.525])


@pytest.mark.parametrize(
    "typed",
    [
        "[[0.2, -0.3], [0.4, 0.1]]",
        "[[0.2,-0.3],[0.4,0.1]]",
        "[[ 0.2 -0.3]\n [ 0.4  0.1]]",
        "array([[ 0.2, -0.3],\n       [ 0.4,  0.1]])",
        "tensor([[ 0.2000, -0.3000],\n        [ 0.4000,  0.1000]])",
        "tensor([[ 0.2000, -0.3000],\n        [ 0.4000,  0.1000]], grad_fn=<AddmmBackward0>)",
        "Parameter containing:\ntensor([[ 0.2000, -0.3000],\n        [ 0.4000,  0.1000]], requires_grad=True)",
        "W = [[0.2, -0.3],\n     [0.4, 0.1]]",
        "((0.2, -0.3), (0.4, 0.1))",
        "[0.2, -0.3], [0.4, 0.1]",
        "0.2 -0.3\n0.4 0.1",
        "0.2, -0.3\n0.4, 0.1\n",
        "0.2, -0.3,\n0.4, 0.1",
        "0.2\t-0.3\n0.4\t0.1",
        "0,2\t-0,3\r\n0,4\t0,1",
        "0,2 -0,3\n0,4 0,1",
        "[[0,2; -0,3], [0,4; 0,1]]",
        "0.2 -0.3; 0.4 0.1",
        "[0.2, -0.3; 0.4, 0.1]",
        "0.2 −0.3\n\n0.4 0.1",
        "0.2 & -0.3 \\\\ 0.4 & 0.1",
        "\\begin{bmatrix} 0.2 & -0.3 \\\\ 0.4 & 0.1 \\end{bmatrix}",
    ],
)
def test_a_matrix_in_every_spelling(typed: str) -> None:
    assert values(read_grid(typed, (2, 2))) == pytest.approx([0.2, -0.3, 0.4, 0.1])


@pytest.mark.parametrize(
    ("typed", "shape", "expected"),
    [
        ("[0.1 0.2 0.3\n 0.4]", (4,), [0.1, 0.2, 0.3, 0.4]),
        ("[[1 2 3\n 4]\n [5 6 7\n 8]]", (2, 4), [1, 2, 3, 4, 5, 6, 7, 8]),
        ("1,2", (2,), [1, 2]),
        ("1,2", (1,), [1.2]),
        ("1,2\n3,4", (2,), [1.2, 3.4]),
        ("1,2\n3,4", (2, 2), [1, 2, 3, 4]),
        ("1,2;3,4", (2,), [1.2, 3.4]),
        ("1,2;3,4", (2, 2), [1, 2, 3, 4]),
        ("0.2 - 0.5 - 0.4  0.1", (2,), [-0.7, 0.1]),
        ("-0.7 -0.1", (2,), [-0.7, -0.1]),
        ("1 / 2, 1 / 4", (2,), [0.5, 0.25]),
        ("max(0, -0.7), max(0, 0.1)", (2,), [0, 0.1]),
        ("x1 x2 x3", (3,), [1, 0, 1]),
        ("[1 0 1]", (1, 3), [1, 0, 1]),
        ("[[1], [0], [1]]", (3, 1), [1, 0, 1]),
        ("1 0 1", (3, 1), [1, 0, 1]),
        ("0.5", (1,), [0.5]),
        ("[[0.5]]", (1, 1), [0.5]),
    ],
)
def test_the_shape_decides_which_characters_separate_numbers(
    typed: str, shape: tuple[int, ...], expected: list[float]
) -> None:
    scope = asked("hidden.H") if "x1" in typed else None
    assert values(read_grid(typed, shape, scope)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("typed", "shape", "column", "message"),
    [
        ("", (2,), 1, "2 numbers are expected"),
        ("[]", (2,), 1, "2 numbers are expected"),
        ("0.332", (2,), 6, "here is 1"),
        ("1 2 3", (2,), 6, "here are 3"),
        ("1 2\n3 4\n5 6", (2, 2), 12, "here are 3 rows of 2"),
        ("[[1, 2], [3]]", (2, 2), 14, "different lengths"),
        ("[[1,2],[3]]", (2, 2), 12, "different lengths"),
        ("[[1,2,3],[4,5,6]]", (3, 2), 18, "here are 2 rows of 3"),
        ("1 2 3 4", (2, 2), 8, "2 rows of 2 numbers are asked for; here are 4"),
        ("0.1,0.2,0.3", (2, 2), 12, "2 rows of 2 numbers are asked for; here are 3"),
        ("0.332", (2, 1), 6, "2 numbers are asked for; here is 1"),
        ("[0.332, 0.525", (2,), 1, "never closed"),
        ("np.array([0.332, 0.525", (2,), 9, "never closed"),
        ("[0.332,, 0.525]", (2,), 8, "cell is empty"),
        ("0,332,0,525", (2,), 12, "Write ; between the numbers"),
        ("0.332 foo", (2,), 7, "foo is not a name"),
        ("[0.332, 1/0]", (2,), 9, "divides by zero"),
        ("0.332; 1,234", (2,), 9, "two ways"),
        ("0.1 \x00", (2,), 5, "control character"),
        ("1 " * 4_000, (2,), 1, "more than 1000 numbers"),
        ("1" * 10_001, (2,), 10_001, "longer than 10000"),
    ],
)
def test_an_unreadable_grid_says_where(typed: str, shape: tuple[int, ...], column: int, message: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_grid(typed, shape)
    assert message in str(caught.value)
    assert caught.value.column == column


def test_separate_cells_are_read_one_by_one() -> None:
    grid = read_grid([["−0,7", ""], ["1,234", "1/4"]], (2, 2))
    first, blank, ambiguous, last = grid.cells
    assert isinstance(first, Reading)
    assert first.value == -0.7
    assert blank is None
    assert isinstance(ambiguous, Unreadable)
    assert isinstance(last, Reading)
    assert grid.shown == "I read [−0.7, □; ?, 1/4 = 0.25]"


def test_a_flat_list_of_cells_fills_a_matrix() -> None:
    assert values(read_grid(["1", "2", "3", "4"], (2, 2))) == [1, 2, 3, 4]
    with pytest.raises(Unreadable, match="here are 3"):
        read_grid(["1", "2", "3"], (2, 2))


def test_each_cell_is_the_quantity_asked_for() -> None:
    grid = read_grid(["Z1 = -0.7", "Z1 + 0.8"], (2,), asked("hidden.Z"))
    assert values(grid) == pytest.approx([-0.7, 0.1])
    refused = read_grid(["Z2", "Z2"], (2,), asked("hidden.Z"))
    messages = [cell.message for cell in refused.cells if isinstance(cell, Unreadable)]
    assert messages == ["Z₂ comes after Z₁.", "Z₂ is what is asked for."]


def test_a_pasted_matrix_becomes_the_texts_of_its_cells() -> None:
    pasted = "array([[0.2, −0.3],\n       [1/3, 0.10]])"
    assert cells_of(pasted, (2, 2)) == ("0.2", "−0.3", "1/3", "0.10")


def test_the_caret_of_a_pasted_matrix_is_on_its_line() -> None:
    with pytest.raises(Unreadable) as caught:
        read_grid("0.2 0.3\n0.4 foo", (2, 2))
    assert caught.value.caret == "0.4 foo\n    ^"
