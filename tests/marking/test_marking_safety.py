"""Whatever is typed gets a mark: it is never run, never grows without bound and never raises."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks.marking.reading import hostile
from tests.marking.marking_exercises import graph, mark, marker
from tutor.marking import Budget, Marker, Verdict, mark_expression
from tutor.marking.state import MANY_NODES
from tutor.network import Worksheet, build_graph
from tutor.reading.answers import LONGEST
from tutor.reading.grids import LONGEST as LONGEST_GRID

HOSTILE = [
    "9**9**9**9", "9^9^9^9^9", "exp(exp(exp(9)))", "1e999", "1e-999", "10^10^10", "(-8)^(1/3)", "0^-1", "1/0", "ln(0)",
    "(" * 10_000, "(" * 10_000 + "1" + ")" * 10_000, "[" * 10_000, "-" * 10_000 + "1", "1+" * 10_000 + "1",
    "2^" * 10_000 + "2", "sigmoid(" * 10_000, "1" * 10_000, "0." + "3" * 10_000, "1," * 10_000, "=" * 10_000,
    "√" * 10_000 + "2", "x1" * 5_000, "\t" * 10_000, "'" * 10_000, "\\" * 10_000, "%" * 10_000,
    "(" * 60 + "1" + ")" * 60,
    "__import__('os').system('true')", "().__class__.__bases__", "lambda: 0", "eval('1')", "exec('1')", "open('x')",
    "\x00", "\x1b[2J", "\ud800", "\u202e5.0", "nan", "inf", "-inf", "∞", "NaN", "1e", "e", "π", "i", "j", "1j", "0x10",
    "1_000", "0b1", "[link](x)", "[/]", "[bold]1[/bold]", "$1$", "{{Z1}}", "{0}", "%s", "`ls`", "$(ls)", "; rm -rf .",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:12].encode("unicode_escape").decode())
def test_hostile_text_is_wrong_or_unreadable(text: str) -> None:
    for quantity in ("Z1", "hidden.W_new"):
        found = mark("book", quantity, text)
        assert found.verdict in (Verdict.WRONG, Verdict.UNREADABLE), found.message
        assert found.message
        assert len(found.message) < 300
        assert "\x1b" not in found.message
    as_formula = mark_expression(text, graph=graph("book"), asked="dE/dw21")
    assert as_formula.verdict in (Verdict.WRONG, Verdict.UNREADABLE, Verdict.UNDECIDED)


def test_only_answers_over_the_limit_are_refused_for_their_length() -> None:
    """Up to the limit an answer is judged by its content."""
    longest = " " * (LONGEST - 4) + "-0.7"
    assert mark("book", "Z1", longest).verdict is Verdict.CORRECT
    assert f"longer than {LONGEST}" in mark("book", "Z1", " " + longest).message
    assert f"longer than {LONGEST}" in mark("book", "Z1", "1" * (LONGEST + 1)).message
    assert f"longer than {LONGEST_GRID}" in mark("book", "hidden.H", "1 " * LONGEST_GRID).message


def test_every_hostile_text_of_the_benchmark_is_marked() -> None:
    for text in hostile():
        assert mark("book", "delta1", text).verdict in (Verdict.WRONG, Verdict.UNREADABLE)


PIECES = st.sampled_from(
    ["0.332", "−0,7", "1,234", "(", ")", "[", "]", ",", ";", "=", "*", "^", "/", "-", "+", " ", "\n", "\t", "e", "E",
     "sigmoid", "σ", "Z1", "H₁", "θ1", "ŷ", "dE/dw21", "∂E/∂w₂₁", "w11_new", "np.array(", "tensor(", "%", "'", "′", "²",
     "10^", "1e", "√", "max(", "@2", "[1,2]", "\u00a0", "１", "½", "nan", "W", "hidden.W", "**", "||", "∞"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=40))
@example("1,234")
@example("[[")
@settings(max_examples=300)
def test_any_text_gets_a_mark(text: str) -> None:
    for quantity in ("delta1", "hidden.W_new"):
        found = marker("book").mark(quantity, text)
        assert found.message
        assert found.verdict is not Verdict.UNREADABLE or found.own == {} or found.cells
        found.to_json()


@pytest.mark.parametrize("answer", [None, {}, [], [[]], [[[]]], [None], [["0.1"], "0.2"], "", " ", True, 10**400, b"7"])
def test_data_that_is_not_an_answer_is_refused(answer: object) -> None:
    for quantity in ("Z1", "hidden.H"):
        found = marker("book").mark(quantity, answer)  # type: ignore[arg-type]
        assert found.verdict in (Verdict.UNREADABLE, Verdict.WRONG)


def test_marking_loads_nothing_heavy() -> None:
    code = (
        "import sys; from tests.marking.marking_exercises import mark, marked;"
        "mark('book', 'Z1', '-0.3'); marked('book', ('Z1', '-0.3'), ('H1', '0.426'));"
        "print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"sympy", "pydantic", "yaml", "textual", "rich", "torch"} & set(loaded)


def test_random_answers_are_all_marked() -> None:
    """A short run of ``python -m benchmarks.answers``, with answers from a grammar and random characters."""
    from benchmarks.answers import campaign

    verdicts, _, _ = campaign(3, 400)
    assert sum(verdicts.values()) == 400
    assert {"unreadable", "wrong", "correct"} <= set(verdicts)


def test_the_mistakes_of_a_large_grid_are_looked_for_as_long_as_there_is_time() -> None:
    size = 8
    product = build_graph(Worksheet.from_spec({"given": {"A": [[1.5] * size] * size}, "steps": {"B": "A @ A"}}))
    budget = Budget(0.0)
    budget.cancel()
    found = Marker(product).mark("B", [["7.25"] * size] * size, budget=budget)
    assert found.verdict is Verdict.WRONG
    assert MANY_NODES <= len(product.shared["typical"]) <= MANY_NODES + 1
