"""Read weights and biases that are typed or pasted from NumPy and PyTorch; an error points at its place."""

from __future__ import annotations

from typing import Any

import pytest

from tutor.reading.arrays import line_and_column, read_arrays
from tutor.reading.errors import Unreadable
from tutor.reading.parameters import read_parameters, read_samples

W1, W2 = ((0.2, -0.3), (0.4, 0.1), (-0.5, 0.2)), ((-0.3,), (-0.2,))
B1, B2 = (-0.4, 0.2), (0.1,)

STATE_DICT = """\
OrderedDict([('0.weight', tensor([[ 0.2000,  0.4000, -0.5000],
        [-0.3000,  0.1000,  0.2000]])), ('0.bias', tensor([-0.4000,  0.2000])),
             ('2.weight', tensor([[-0.3000, -0.2000]])), ('2.bias', tensor([0.1000]))])"""

SAME = {
    "numpy": "W1 = np.array([[0.2, -0.3], [0.4, 0.1], [-0.5, 0.2]])\nb1 = np.array([-0.4, 0.2])\n"
    "W2 = np.array([[-0.3], [-0.2]])\nb2 = np.array([0.1])",
    "numpy by import": "import numpy as np\nW1 = np.array([\n  [0.2, -0.3],  # x1\n  [0.4, 0.1],\n  [-0.5, 0.2],\n], "
    "dtype=float)\nb1 = array([-0.4, 0.2])\nW2 = array([[-0.3], [-0.2]])\nb2 = 0.1",
    "numpy printed": "[[ 0.2 -0.3]\n [ 0.4  0.1]\n [-0.5  0.2]]\n[-0.4  0.2]\n[[-0.3]\n [-0.2]]\n[0.1]",
    "rows": "W1 =\n0.2 -0.3\n0.4 0.1\n-0.5 0.2\nb1 = -0.4 0.2\nW2 =\n-0.3\n-0.2\nb2 = 0.1",
    "rows without names": "0.2 -0.3\n0.4 0.1\n-1/2 1/5\n\n-0.4 0.2\n\n-0.3 -0.2\n\n0.1",
    "semicolons": "W₁ = 0.2, −0.3; 0.4, 0.1; −0.5, 0.2\nθ₁ = −0.4, 0.2\nW₂ = −0.3; −0.2\nθ₂ = 0.1",
    "matlab": "W1 = [0.2 -0.3; 0.4 0.1; -0.5 0.2]; b1 = [-0.4 0.2]; W2 = [-0.3; -0.2]; b2 = 0.1;",
    "column bias": "hidden.W = [[.2, -.3], [.4, .1], [-.5, 2e-1]]\nhidden.theta = [[-0.4], [0.2]]\n"
    "output.W = [[-0.3], [-0.2]]\noutput.theta = [0.1]",
    "state_dict": STATE_DICT,
    "state_dict of 3.12": STATE_DICT.replace("([(", "({").replace("', tensor", "': tensor").replace(")), (", "), ")
    .replace(")), \n", "),\n").replace("             (", "").replace(")])", "})"),
    "state_dict of a module": STATE_DICT.replace("'0.", "'model.fc1.").replace("'2.", "'model.fc2."),
    "state_dict on a GPU": STATE_DICT.replace("]))", "], device='cuda:0', dtype=torch.float64))"),
    "named parameters": "0.weight Parameter containing:\ntensor([[ 0.2, 0.4, -0.5],\n        [-0.3, 0.1, 0.2]], "
    "requires_grad=True)\n0.bias tensor([-0.4, 0.2], grad_fn=<AddBackward0>)\n2.weight tensor([[-0.3, -0.2]])\n"
    "2.bias tensor([0.1])",
    "a dict of lists": "{'fc1.weight': [[0.2, 0.4, -0.5], [-0.3, 0.1, 0.2]], 'fc1.bias': [-0.4, 0.2], "
    "'fc2.weight': [[-0.3, -0.2]], 'fc2.bias': [0.1]}",
}  # fmt: skip


@pytest.mark.parametrize("written", SAME)
@pytest.mark.parametrize("sizes", [(), (3, 2, 1)])
def test_one_network_in_many_formats(written: str, sizes: tuple[int, ...]) -> None:
    found = read_parameters(SAME[written], sizes=sizes)
    is_transposed = found.rows == "units"
    weights = [tuple(zip(*layer.weights, strict=True)) if is_transposed else layer.weights for layer in found.layers]
    assert weights == [W1, W2]
    assert [layer.bias for layer in found.layers] == [B1, B2]
    assert found.sizes == (3, 2, 1)
    assert is_transposed == any(word in written for word in ("state_dict", "named parameters", "a dict"))


@pytest.mark.needs("torch")
def test_what_the_installed_pytorch_prints_is_read() -> None:
    import torch

    model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 2, bias=False))
    for printed in (str(model.state_dict()), str(list(model.named_parameters()))):
        found = read_parameters(printed)
        assert found.sizes == (2, 3, 2)
        assert found.layers[1].bias is None
        assert found.layers[0].weights[2][1] == pytest.approx(model[0].weight[2, 1].item(), abs=5e-5)


def test_rows_are_inputs_or_units() -> None:
    wide = "W1 = [[0.2, 0.4, -0.5], [-0.3, 0.1, 0.2]]"
    assert read_parameters(wide).rows == "inputs"
    assert read_parameters(wide, sizes=(3, 2)).rows == "units"
    assert read_parameters(wide + "\nb1 = [1, 2]\nx = [1, 0, 1]").rows == "units"
    assert read_parameters("W1 = [[1, 2], [3, 4]]", rows="units").rows == "units"


# text, arguments, line, column, words of the message
ERRORS: list[tuple[str, dict[str, Any], int, int, str]] = [
    ("W1 = [[0.2, -0.3], [0.4, 0.1, 0.7]]", {}, 1, 31, "Row 2 of W1 has 3 numbers"),
    ("W1 =\n0.2 -0.3\n0.4\n-0.5 0.2", {}, 3, 4, "Row 2 of W1 has 1 number"),
    ("W1 = [[0,2, -0,3], [0,4, 0,1]]", {}, 1, 9, "write|Write a point instead of the comma: 0.2"),
    ("0.2 -0,3\n0.4 0.1", {}, 1, 7, "comma in -0,3"),
    ("W1 = [[0,2,0,3],[0,4,0,1]]", {"sizes": (2, 2)}, 1, 12, "If 0,2 is one number, write 0.2"),
    ("W1 = [[0.2, a]]", {}, 1, 13, "“a” is not a number"),
    ("W1 = [[0.2, O.5]]", {}, 1, 13, "“O.5” is not a number"),
    ("W1 = [[0.2, 0.3.1]]", {}, 1, 13, "“0.3.1” is not a number"),
    ("W1 = [[0.2, nan]]", {}, 1, 13, "nan"),
    ("W1 = [[0.2, , 3]]", {}, 1, 13, "missing"),
    ("W1 = [[0.2, ..., 3]]", {}, 1, 13, "left out"),
    ("W1 = [[0.2, 3]", {}, 1, 6, "never closed"),
    ("W1 = [[0.2, 3]]]", {}, 1, 16, "No bracket is open"),
    ("W1 = [[[0.2, 3]]]", {}, 1, 8, "more than two dimensions"),
    ("W1 = 0.2 - 0.3", {}, 1, 10, "without a number"),
    ("W1 = 0.2 .,1", {}, 1, 10, "“.” is not a number"),
    ("W1 = 0.2 a", {}, 1, 10, "“a” is not a number"),
    ("W1 = 0.2\nb1 =", {}, 2, 1, "No numbers follow b1"),
    ("W1 =\nb1 = 0.2", {}, 1, 1, "No numbers follow W1"),
    ("W1 = 0.2-0.3", {}, 1, 9, "no space before -0.3"),
    ("{'0.wieght': [[1, 2]]}", {}, 1, 2, "Did you mean 0.weight?"),
    ("V = [[1, 2]]", {}, 1, 1, "no “V”"),
    ("{'0.weight': [[1, 2]], '2.bias': [1]}", {}, 1, 24, "no 2.weight"),
    ("W1 = [[1, 2]]\nW1 = [[1, 2]]", {}, 2, 1, "twice"),
    ("w11 = 0.3", {}, 1, 1, "single weight"),
    ("rnn.weight_ih_l0 = [[1]]", {}, 1, 1, "Linear"),
    ("Sequential((0): Linear(in_features=2, out_features=3))", {}, 1, 1, "state_dict"),
    ("W1 = [[1, 2], [3, 4]]\nb1 = [1, 2, 3]", {}, 2, 13, "b1 has 3 numbers"),
    ("W1 = [[1, 2], [3, 4]]\nb1 = [1]", {}, 2, 8, "b1 has 1 number"),
    ("W1 = [[1, 2], [3, 4]]", {"sizes": (3, 2)}, 1, 20, "W1 has 2 rows, and layer 1 has 3 inputs"),
    ("W1 = [[1, 2], [3, 4], [5, 6], [7, 8]]", {"sizes": (3, 2)}, 1, 32, "W1 has 4 rows"),
    ("W1 = 1 2", {"sizes": (1, 1)}, 1, 8, "W1 has 2 numbers, and layer 1 has 1 input"),
    ("W1 = 1 2 3", {"sizes": (2, 2)}, 1, 11, "W1 has 1 row"),
    ("W1 = [[1, 2]]\nW2 = [[1, 1], [2, 2], [3, 3]]", {}, 2, 24, "W2 has 3 rows, and layer 2 has 2 inputs"),
    ("{'0.weight': [[1, 2]], '1.weight': [[1, 2]]}", {}, 1, 41, "1.weight has 2 numbers in a row"),
    ("W1 = [[1], [2]]", {"sizes": (2, 1, 1)}, 1, 14, "weights of 1 layer, and 2-1-1 has 2"),
    ("W1 = [[1], [2]]\nW2 = [[1]]", {"sizes": (2, 1)}, 2, 1, "weights of 2 layers"),
    ("", {}, 1, 1, "no numbers"),
    ("x = 1 0", {}, 1, 1, "no weights"),
    ("W1 = 1e999/3", {}, 1, 6, "too large"),
    ("hello", {}, 1, 1, "no numbers"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "how", "line", "column", "words"), ERRORS)
def test_an_error_has_its_place_and_a_hint(text: str, how: dict[str, Any], line: int, column: int, words: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_parameters(text, **how)
    problem = caught.value
    assert line_and_column(problem) == (line, column), problem
    assert any(each in str(problem) for each in words.split("|")), problem
    assert problem.hint


@pytest.mark.parametrize(
    ("text", "width", "rows"),
    [
        ("1 0 1", 3, ((1, 0, 1),)),
        ("x = [1, 0, 1]", None, ((1, 0, 1),)),
        ("[[1], [0], [1]]", 3, ((1, 0, 1),)),
        ("[[1], [0], [1]]", 1, ((1,), (0,), (1,))),
        ("1 0; 0 1", 2, ((1, 0), (0, 1))),
        ("1,0,1", 3, ((1, 0, 1),)),
        ("1", 1, ((1,),)),
    ],
)
def test_inputs_and_targets(text: str, width: int | None, rows: tuple[tuple[float, ...], ...]) -> None:
    assert read_samples(text, width) == rows


@pytest.mark.parametrize(("text", "column"), [("1 0", 4), ("1 0 1 1", 7), ("", 1), ("0,5 1 2", 2), ("1 a 2", 3)])
def test_inputs_that_do_not_fit(text: str, column: int) -> None:
    with pytest.raises(Unreadable) as caught:
        read_samples(text, 3)
    assert caught.value.column == column


def test_a_list_of_ones_and_zeros_is_no_decimal() -> None:
    assert read_arrays("[0,1,0]").arrays[0].values == ((0, 1, 0),)
    assert read_arrays("[[1,0], [0,1]]").arrays[0].values == ((1, 0), (0, 1))
