"""What a formula looks like: a table whose entries were checked by eye, and laws that hold for any text."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.mathtext import Box, MathError, cells, fit, layout, render, render_inline
from tutor.mathtext.parser import known_commands

TABLE = (Path(__file__).parent / "formulas.txt").read_text(encoding="utf-8")


def entries() -> list[tuple[str, str, str, str]]:
    found = []
    for entry in re.split(r"^### ", TABLE, flags=re.M)[1:]:
        latex, rest = entry.split("\n", 1)
        rows, line, ascii_line = re.split(r"\n·· .*\n", rest)
        found.append((latex, rows, line, ascii_line.rstrip("\n")))
    return found


def test_the_table_has_at_least_150_formulas() -> None:
    assert len({latex for latex, *_ in entries()}) >= 150


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry[0])
def test_a_formula_looks_as_in_the_table(entry: tuple[str, str, str, str]) -> None:
    latex, rows, line, ascii_line = entry
    assert str(render(latex)) == rows
    assert render_inline(latex) == line
    assert render_inline(latex, ascii=True) == ascii_line


@pytest.mark.parametrize(
    ("latex", "row"),
    [
        (r"\frac{1}{2}", 1),
        (r"x", 0),
        (r"e^{-Z_1}", 1),
        (r"\sum_{i=1}^n x_i", 1),
        (r"\begin{bmatrix} 1 \\ 2 \\ 3 \end{bmatrix}", 1),
        (r"w_{g}", 0),
        (r"\sqrt{x + 1}", 1),
    ],
)
def test_the_baseline_is_the_row_of_the_surrounding_words(latex: str, row: int) -> None:
    assert render(latex).baseline == row


@pytest.mark.parametrize(
    ("text", "width"),
    [("abc", 3), ("权重", 4), ("v̂", 1), ("v\u20d7", 1), ("∂E", 2), ("ｘ", 2), ("", 0), ("a\u200bb", 2), ("ℝ", 1)],
)
def test_cells_counts_wide_characters_and_combining_marks(text: str, width: int) -> None:
    assert cells(text) == width


def test_a_box_of_wide_characters_stays_rectangular() -> None:
    box = render(r"\frac{\text{权重}}{\hat{v} + 1}")
    assert {cells(row) for row in box.rows} == {box.width}


# -- highlighted parts -----------------------------------------------------------------------------------------------


def lit_text(box: Box) -> list[str]:
    return [box.rows[row][start:end] for row, start, end in box.lit]


@pytest.mark.parametrize(
    ("latex", "lit"),
    [
        (r"Z_1 = 0.2 \cdot \lit{1} + 0.4", ["1"]),
        (r"Z_1 = 0.2 \lit{- 0.4} + 1", ["− 0.4"]),
        (r"a + \lit{\frac{b}{c}} + d", ["b", "─", "c"]),
        (r"\frac{\lit{a}}{b + c}", ["a"]),
        (r"\begin{bmatrix} 1 & \lit{12} \\ 3 & 4 \end{bmatrix}", ["12"]),
        (r"\begin{aligned} a &= \lit{b} \\ &= c \end{aligned}", ["b"]),
        (r"\htmlClass{changed}{\sigma'(Z_1)} \cdot x_1", ["σ′(Z₁)"]),
        (r"e^{\lit{-Z}}", ["−Z"]),
        (r"\lit{a} + \lit{b}", ["a", "b"]),
        (r"\left( \lit{x} + 1 \right)", ["x"]),
        (r"\sqrt{\lit{x} + 1}", ["x"]),
    ],
)
def test_highlighted_parts_are_found_in_the_box(latex: str, lit: list[str]) -> None:
    assert lit_text(render(latex)) == lit


def test_highlighting_changes_no_spacing() -> None:
    plain = r"Z_1 = 0.2 \cdot 1 - 0.4 + \frac{1}{2}"
    for latex in (r"Z_1 = \lit{0.2 \cdot 1} - 0.4 + \frac{1}{2}", r"Z_1 = 0.2 \cdot 1 \lit{- 0.4 + \frac{1}{2}}"):
        assert render(latex).rows == render(plain).rows


def test_highlighting_survives_breaking() -> None:
    box = fit(r"Z_1 = 0.2 \cdot 1 + 0.4 \cdot 0 - 0.5 \cdot \lit{1} - 0.4 = -0.7", 24)
    assert lit_text(box) == ["1"]


# -- breaking -------------------------------------------------------------------------------------------------------

SUM = (
    r"Z_1 = w_{11} \cdot x_1 + w_{13} \cdot x_2 + w_{15} \cdot x_3 + \theta_1 "
    r"= 0.2 \cdot 1 + 0.4 \cdot 0 - 0.5 \cdot 1 - 0.4 = -0.7"
)


@pytest.mark.parametrize(
    ("width", "rows"),
    [
        (80, ["Z₁ = w₁₁·x₁ + w₁₃·x₂ + w₁₅·x₃ + θ₁ = 0.2·1 + 0.4·0 − 0.5·1 − 0.4 = −0.7"]),
        (40, ["Z₁ = w₁₁·x₁ + w₁₃·x₂ + w₁₅·x₃ + θ₁", "   = 0.2·1 + 0.4·0 − 0.5·1 − 0.4", "   = −0.7"]),
        (
            24,
            ["Z₁ = w₁₁·x₁ + w₁₃·x₂", "     + w₁₅·x₃ + θ₁", "   = 0.2·1 + 0.4·0", "     − 0.5·1 − 0.4", "   = −0.7"],
        ),
    ],
)
def test_a_long_formula_breaks_at_relations_then_at_signs(width: int, rows: list[str]) -> None:
    assert [row.rstrip() for row in layout(SUM, width)] == rows


@pytest.mark.parametrize(
    ("latex", "rows"),
    [
        (r"a = \frac{x}{b + c + d + e}", ["      x", "a = ──────", "    b + c", "       + d", "       + e"]),
        (r"\sqrt{a + b + c + d + e}", [" ┌───────────", " │ a + b + c", "╲│    + d + e"]),
        (r"f(-a, -b, -c, -d)", ["f(−a, −b, −c,", "   −d)"]),
        (r"(a + b + c(1 - d))", ["(a + b", "   + c(1 − d))"]),
    ],
)
def test_what_no_sign_outside_can_break_is_broken_inside(latex: str, rows: list[str]) -> None:
    assert str(fit(latex, 14)).split("\n") == rows


def test_formulas_beside_one_another_break_between_them() -> None:
    latex = r"a = [1, 2, 3] \qquad b = [4, 5, 6] \qquad c = 1 + 2 + 3 + 4 + 5 + 6"
    assert [row.rstrip() for row in layout(latex, 30)] == [
        "a = [1, 2, 3]    b = [4, 5, 6]",
        "c = 1 + 2 + 3 + 4 + 5 + 6",
    ]
    assert [row.rstrip() for row in layout(latex, 20)] == [
        "a = [1, 2, 3]",
        "b = [4, 5, 6]",
        "c = 1 + 2 + 3 + 4",
        "    + 5 + 6",
    ]


def test_an_alignment_breaks_line_by_line() -> None:
    latex = r"\begin{aligned} Z_1 &= w_{11} x_1 + w_{13} x_2 + w_{15} x_3 + \theta_1 \\ &= -0.7 \end{aligned}"
    assert [row.rstrip() for row in layout(latex, 30)] == [
        "Z₁ = w₁₁ x₁ + w₁₃ x₂ + w₁₅ x₃",
        "     + θ₁",
        "   = −0.7",
    ]


def test_tall_lines_are_set_apart() -> None:
    latex = r"\frac{a}{b} = \frac{c}{d} \cdot \frac{e}{f} \cdot \frac{g}{h} = \frac{i}{j}"
    assert [row.rstrip() for row in layout(latex, 14)] == [
        "a   c   e   g",
        "─ = ─ · ─ · ─",
        "b   d   f   h",
        "",
        "    i",
        "  = ─",
        "    j",
    ]


def test_a_formula_that_cannot_be_broken_stays_whole() -> None:
    assert layout(r"\text{a long word that nobody breaks}", 10) == ("a long word that nobody breaks",)


@pytest.mark.parametrize("width", [1, 10, 20, 40, 80])
@pytest.mark.parametrize("latex", [SUM, r"\max(0, w_{11}x_1 + w_{13} x_2 + w_{15} x_3 + \theta_1, w_{11}x_1)"])
def test_breaking_loses_nothing(latex: str, width: int) -> None:
    assert re.sub(r"\s", "", "".join(layout(latex, width))) == re.sub(r"\s", "", "".join(render(latex).rows))


# -- errors ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("latex", "column", "message"),
    [
        (r"a + \unknown{x}", 5, r"\unknown is not a command"),
        (r"\fracc{1}{2}", 1, r"Did you mean \frac?"),
        (r"x + \frac{1", 10, "never closed"),
        (r"x_", 3, "must follow"),
        (r"x^2^3", 4, "two superscripts"),
        (r"x_1_2", 4, "two subscripts"),
        (r"a } b", 3, "closes nothing"),
        (r"a & b", 3, r"\begin{aligned}"),
        (r"a \\ b", 3, r"\begin{aligned}"),
        (r"\left( x", 1, r"no \right"),
        (r"x \right)", 3, r"no \left"),
        (r"\left x \right)", 7, "delimiter"),
        (r"\begin{foo} x \end{foo}", 1, "no environment"),
        (r"\begin{algined} x \end{algined}", 1, "Did you mean aligned?"),
        (r"\begin{bmatrix} 1 \end{pmatrix}", 19, "is ended by"),
        (r"\begin{bmatrix} 1", 1, "never ended"),
        (r"x \end{bmatrix}", 3, r"no \begin"),
        (r"50% of $5", 3, r"\%"),
        ("x\\", 2, "lone backslash"),
        (r"\sqrt[3{x}", 1, "never closed"),
        (r"\text{if $\foo$ holds}", 11, r"\foo is not a command"),
        (r"\not x", 1, "cannot be put"),
        ("x + \x1b[31m", 5, "control character"),
        ("{" * 50, 41, "nested"),
        ("x" * 6000, 5000, "5000 characters"),
    ],
)
def test_an_error_says_where_and_what(latex: str, column: int, message: str) -> None:
    with pytest.raises(MathError, match=re.escape(message)) as caught:
        render(latex)
    assert caught.value.column == column


def test_an_unknown_command_is_named() -> None:
    with pytest.raises(MathError) as caught:
        render(r"\unknown")
    assert caught.value.command == "unknown"


# -- laws -----------------------------------------------------------------------------------------------------------

PIECES = [
    *"xyZ12+-=()[]{}{}^__&|'., θŷ₁²权",
    *(rf"\{name}" for name in known_commands()),
    *(
        r"\\",
        r"\left(",
        r"\right)",
        r"\begin{matrix}",
        r"\end{matrix}",
        r"\begin{aligned}",
        r"\end{aligned}",
        r"\begin{cases}",
    ),
]


@given(st.lists(st.sampled_from(PIECES), max_size=15).map("".join), st.integers(1, 40))
def test_any_text_is_a_rectangle_or_an_error_inside_it(latex: str, width: int) -> None:
    try:
        for box in (render(latex), fit(latex, width)):
            assert {cells(row) for row in box.rows} == {box.width}
            assert 0 <= box.baseline < box.height
            assert all(0 <= start < end <= len(box.rows[row]) for row, start, end in box.lit)
        assert render_inline(latex, ascii=True).replace("权", "").isascii()
        assert "\n" not in render_inline(latex)
    except MathError as error:
        column = error.column
    else:
        column = 1
    assert 1 <= column <= len(latex) + 1


def test_every_known_command_has_an_ascii_form() -> None:
    arguments = {"begin": "{matrix}1\\end{matrix}", "left": "(x\\right)", "not": "=", "color": "{red}x"}
    alone = set(known_commands()) - {"end", "right", "middle", "limits", "hline"}
    shown = {name: render_inline(rf"\{name}" + arguments.get(name, "{a}{b}"), ascii=True) for name in alone}
    assert len(shown) > 250
    assert {name: text for name, text in shown.items() if not text.isascii()} == {}


def test_importing_mathtext_loads_nothing_heavy() -> None:
    code = "import sys, tutor.mathtext; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"numpy", "sympy", "pydantic", "yaml", "textual", "rich", "torch"} & set(loaded)
