"""Which cells are up to date, stale, failed or not run."""

from __future__ import annotations

import pytest

from tutor.labs.notebook import CellState, Notebook, names_made

CELLS = {"a": "x = 1", "b": "y = x + 1", "c": "import numpy as np\nprint(y)"}


def ran(*cells: str) -> Notebook:
    book = Notebook(dict(CELLS))
    for cell in cells:
        run(book, cell)
    return book


def run(book: Notebook, cell: str, *, is_ok: bool = True) -> None:
    book.begin(cell)
    assert book.state(cell) is CellState.RUNNING
    book.end(cell, is_ok=is_ok)


def test_cells_run_in_order_are_fresh() -> None:
    book = ran("a", "b", "c")
    assert [book.state(cell) for cell in CELLS] == [CellState.FRESH] * 3


def test_an_edited_cell_and_those_after_it_are_stale() -> None:
    book = ran("a", "b", "c")
    book.edit("b", "y = x + 2")
    assert book.state("a") is CellState.FRESH
    assert book.why_stale("b") == "Edited since it ran: run it again."
    assert book.why_stale("c") == "Cell 2 was edited: run it and then this one."
    book.edit("b", CELLS["b"])
    assert book.state("c") is CellState.FRESH


def test_running_an_earlier_cell_again_makes_later_ones_stale() -> None:
    book = ran("a", "b", "c")
    run(book, "b")
    assert book.state("b") is CellState.FRESH
    assert book.why_stale("c") == "Cell 2 has run again since: run this one again too."
    run(book, "c")
    assert book.state("c") is CellState.FRESH


def test_a_failure_and_a_restart_are_shown() -> None:
    book = ran("a")
    run(book, "b", is_ok=False)
    assert book.state("b") is CellState.FAILED
    assert book.not_yet_run("c") == ("b",)
    book.restart()
    assert {book.state(cell) for cell in CELLS} == {CellState.NOT_RUN}


def test_the_cell_that_makes_a_name_is_found() -> None:
    book = ran("a")
    assert book.maker("y", besides="c") == "cell 2"
    assert book.maker("np") == "cell 3"
    assert book.maker("x") is None  # its cell has run, so the name is missing for another reason


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("x = 1\nfor i in range(3):\n    y, (z, *rest) = f(i)", {"x", "i", "y", "z", "rest"}),
        ("if (n := 3) > 2:\n    a: int = n\nwith open(p) as stream:\n    b = 1", {"n", "a", "stream", "b"}),
        ("import numpy as np, os.path\nfrom math import exp", {"np", "os", "exp"}),
        ("def f(x):\n    y = x\n    return y\nclass C:\n    z = 1\nasync def g():\n    w = 1", {"f", "C", "g"}),
        ("squares = [k * k for k in range(3)]\nkey = lambda v: (u := v)", {"squares", "key"}),
        ("x = = 1", set()),
    ],
)
def test_names_that_a_cell_makes(source: str, names: set[str]) -> None:
    """Names made inside a function or a comprehension do not reach other cells."""
    assert names_made(source) == names
