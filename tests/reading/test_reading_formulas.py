"""Formulas that a learner types, laws that hold for any text, and the rule that no text is ever executed."""

from __future__ import annotations

import ast
import math
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import tutor
from tests.reading.reading_exercises import asked, network
from tutor.formulas.tree import Add, Mul, Name, Neg, Num, Pow
from tutor.network import Network, build_graph
from tutor.reading import GridReading, Reading, Scope, Unreadable, read_formula, read_grid, read_number


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("(yhat - y)*H1", "I read (ŷ − y)·H₁"),
        ("(ŷ−y)H₁", "I read (ŷ − y)·H₁"),
        ("H1*(y_hat - y)", "I read H₁·(ŷ − y)"),
        ("dE/dw21 = (yhat - y) H1", "I read (ŷ − y)·H₁"),
        ("δ3 · H1", "I read δ₃·H₁"),
        ("0,5*H1", "I read 0.5·H₁"),
    ],
)
def test_a_formula_in_every_spelling(typed: str, shown: str) -> None:
    assert read_formula(typed, asked("dE/dw21")).shown == shown


def test_an_unknown_name_is_answered_with_the_variables() -> None:
    with pytest.raises(Unreadable, match=r"u is not a name here\. Write a formula in x and y\."):
        read_formula("6*u", ["x", "y"])


def test_a_formula_of_bare_variables() -> None:
    reading = read_formula("2z^2 - theta", ["z", "theta"])
    assert reading.tree == Add((Mul((Num(2.0, "2"), Pow(Name("z"), Num(2.0, "2")))), Neg(Name("theta"))))
    assert read_formula("θ", ["z", "theta"]).tree == Name("theta")


@pytest.mark.parametrize(
    ("typed", "column", "message"),
    [
        ("", 1, "A formula is expected"),
        ("dE/dw21", 1, "is what is asked for"),
        ("2*dE/dw21", 3, "is what is asked for"),
        ("delta3*H1", 1, "may not be used here"),
        ("(yhat - y", 10, "bracket is not closed"),
        ("yhat - q", 8, "q is not a name"),
        ("[yhat, y]", 1, "not a list"),
        ("x" * 600, 501, "longer than"),
    ],
)
def test_a_formula_that_cannot_be_read(typed: str, column: int, message: str) -> None:
    scope = Scope(network(), "dE/dw21", using=["yhat", "y", "H1"])
    with pytest.raises(Unreadable) as caught:
        read_formula(typed, scope)
    assert message in str(caught.value)
    assert caught.value.column == column


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("δ₃[1]·∂Z₃/∂H₁[1] + δ₄[1]·∂Z₄/∂H₁[1]", "dE/dH1[1]"),
        ("delta3[2]*dZ3/dH1[2] + delta4[2]*dZ4/dH1[2]", "dE/dH1[2]"),
        ("dE/dH1[2]*dH1/dZ1[2]", "delta1[2]"),
        ("w₁₁₁′ − α·v(w₁₁₁)@2", "w1_1_1_new@2"),
    ],
)
def test_what_a_derivation_shows_can_be_typed(typed: str, name: str) -> None:
    layers = [{"weights": [[0.1, 0.2], [0.3, 0.4]], "activation": "tanh"}] * 2
    spec = {"inputs": [[1, 2], [3, 1]], "target": [[1, 0], [0, 1]], "layers": layers}
    graph = build_graph(Network.from_spec({**spec, "optimizer": {"sgd": {"lr": 0.1, "momentum": 0.9}}}), 2)
    assert read_number(typed, Scope(graph, name)).value == pytest.approx(graph.values[name])


# -- any text -------------------------------------------------------------------------------------------------------

PIECES = [
    *"0123456789.,;:=+-*/^()[]{}% \t\n'\"e_@!<>√σθδαŷ₁²⁻½×·−–∂′０，（）“”\u00a0\u2009\u0302\u200b\x1b&\\",
    *[
        "Z1",
        "Z2",
        "x1",
        "w11",
        "yhat",
        "H1",
        "dE/dw11",
        "hidden.Z",
        "x[1]",
        "max(",
        "sigmoid(",
        "e-3",
        "10^",
        "np.array([",
    ],
    *["tensor(", "grad_fn=<A>", "1,234", "0,5", "\r\n", "nan", "σ'(", "log(", "not", "and", ".T", "..", "w11_new"],
]
TEXTS = st.one_of(st.lists(st.sampled_from(PIECES), max_size=25).map("".join), st.text(max_size=40))


def _column(error: Unreadable) -> int:
    assert error.caret.count("\n") == 1
    assert error.message
    return error.column


@given(TEXTS, st.sampled_from(["Z1", "yhat", "delta1", "dE/dw11", "w11_new"]))
@example(",", "Z1")
@example(" ;", "Z1")
def test_any_text_is_a_number_or_unreadable_inside_it(text: str, name: str) -> None:
    try:
        reading = read_number(text, asked(name))
    except Unreadable as error:
        column = _column(error)
    else:
        column = 1
        assert math.isfinite(reading.value)
        assert reading.shown.startswith("I read ")
    assert 1 <= column <= len(text) + 1


@given(TEXTS, st.sampled_from([(2,), (2, 2), (1,), (3, 1)]))
def test_any_text_is_a_grid_or_unreadable_inside_it(text: str, shape: tuple[int, ...]) -> None:
    try:
        grid = read_grid(text, shape, asked("hidden.Z") if shape == (2,) else None)
    except Unreadable as error:
        column = _column(error)
    else:
        column = 1
        assert all(isinstance(cell, Reading) and math.isfinite(cell.value) for cell in grid.cells)
        assert len(grid.cells) == math.prod(shape)
    assert 1 <= column <= len(text) + 1


@given(TEXTS)
def test_any_text_is_a_formula_or_unreadable_inside_it(text: str) -> None:
    try:
        read_formula(text, asked("dE/dw21"))
    except Unreadable as error:
        column = _column(error)
    else:
        column = 1
    assert 1 <= column <= len(text) + 1


@given(st.floats(-1e6, 1e6), st.integers(0, 9), st.sampled_from(["-", "−", "–"]), st.sampled_from(".,"))
def test_a_written_number_comes_back(value: float, decimals: int, minus: str, point: str) -> None:
    written = f"{value:.{decimals}f}"
    typed = written.replace("-", minus).replace(".", point)
    if point == "," and decimals == 3 and written.lstrip("-").split(".")[0].strip("0"):
        with pytest.raises(Unreadable):
            read_number(typed)
        return
    reading = read_number(typed)
    assert reading.value == float(written)
    assert reading.decimals == decimals


@given(st.lists(st.floats(-100, 100).map(lambda value: round(value, 4)), min_size=6, max_size=6))
def test_a_printed_matrix_comes_back(numbers: list[float]) -> None:
    rows = [numbers[:3], numbers[3:]]
    for text in (str(rows), "\n".join("\t".join(map(str, row)) for row in rows), f"tensor({rows}, grad_fn=<A>)"):
        grid = read_grid(text, (2, 3))
        assert isinstance(grid, GridReading)
        assert [cell.value for cell in grid.cells if isinstance(cell, Reading)] == numbers


# -- no text is ever executed ---------------------------------------------------------------------------------------

FORBIDDEN = {"eval", "exec", "compile", "__import__", "sympify", "parse_expr"}
PACKAGE = Path(tutor.__file__).parent


def calls(path: Path) -> set[str]:
    """Return the forbidden functions that a module calls or imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found.add(node.func.id)
        elif (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in ("sympy", "builtins", "sp")
        ):
            found.add(node.attr)
        elif isinstance(node, ast.ImportFrom):
            found.update(alias.name for alias in node.names)
    return found & FORBIDDEN


def test_no_text_is_ever_executed_outside_the_sandbox() -> None:
    """Only the sandboxed process may run a learner's program."""
    contained = PACKAGE / "labs" / "sandbox" / "inside"
    offenders = {
        str(path.relative_to(PACKAGE)): calls(path) for path in PACKAGE.rglob("*.py") if contained not in path.parents
    }
    assert {name: found for name, found in offenders.items() if found} == {}


def test_the_search_finds_forbidden_calls(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text("import sympy\nfrom sympy import parse_expr\nsympy.sympify('x')\neval('1')\n")
    assert calls(module) == {"sympify", "eval", "parse_expr"}


def test_reading_loads_nothing_heavy() -> None:
    code = (
        "import sys; from tutor.reading import read_number; read_number('sigmoid(-0.7)');"
        "read_number('tensor(1.0)'); print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"numpy", "sympy", "pydantic", "yaml", "textual", "rich", "torch"} & set(loaded)
