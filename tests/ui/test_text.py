"""Text from people, lessons and programs is never read as markup, and formulas, tables and code are laid out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content

from tutor.session.model import Result, Verdict
from tutor.ui.diff_highlight import aligned, lit_changes
from tutor.ui.text import NO_BREAK, bar, clean, one_line, plain, with_lowered_subscript
from tutor.ui.widgets.mathematics import Formula
from tutor.ui.widgets.prose import inline, is_inline, table_content
from tutor.ui.widgets.verdict import words


@given(st.text())
def test_no_control_character_is_left(text: str) -> None:
    for shown in (clean(text), one_line(text), plain(text).plain):
        assert not any(ord(c) < 0x20 and c != "\n" for c in shown)
        assert not any(0x7F <= ord(c) < 0xA0 for c in shown)


@pytest.mark.parametrize("text", ["[relu]", "p[i] = x[0]", "[/]", "[$error]x[/]", "[@click=app.quit]x[/]", "a [b]c"])
def test_brackets_are_not_markup(text: str) -> None:
    assert plain(text).plain == text
    assert inline(text).plain == text


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("What is $w_{11}$?", "What is w₁₁?"),
        ("It costs $5 and $6.", "It costs $5 and $6."),
        ("`x = [1]` is *code*", "x = [1] is code"),
        ("a < b and <b>c</b>", "a < b and <b>c</b>"),
        (r"$\frac{1}{2}$", "1/2"),
    ],
)
def test_inline_code_mathematics_and_html_are_shown_as_text(markdown: str, shown: str) -> None:
    assert inline(markdown).plain.replace(NO_BREAK, " ") == shown


@pytest.mark.parametrize(
    "text",
    ["`0.4*2 - 0.3 + 0.1`", "$a - b = c + d$", "[0, −1.5, ?]", "[[1, 2], [3, 4]]"],
)
def test_short_pieces_are_not_broken_across_lines(text: str) -> None:
    whole = inline(text).plain.replace(NO_BREAK, " ")
    for width in range(len(whole), len(whole) + 20):
        lines = inline(f"Twelve words, {text}, and more of them").wrap(width)
        assert any(whole in line.plain.replace(NO_BREAK, " ") for line in lines)


def test_a_long_formula_keeps_its_wide_spaces_and_breaks_there() -> None:
    formula = inline(r"So $a = 1000000000 \qquad b = 2000000000 \qquad c = 3$")
    assert "1000000000    b = " in formula.plain.replace(NO_BREAK, " ")
    assert max(line.cell_length for line in formula.wrap(24)) <= 24


def test_long_pieces_and_words_in_brackets_may_be_broken() -> None:
    for text in ("`" + "one + " * 9 + "two`", "[an aside, put in brackets]"):
        assert NO_BREAK not in inline(text).plain


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("Write `xb = xb.to(device)`.", "Write xb = xb.to(device)."),
        ("That is $w_{11}$, not w12.", "That is w₁₁, not w12."),
        ("read as 2*3*4 [b]x[/] <i>", "read as 2*3*4 [b]x[/] <i>"),
        ("It costs $5 and $6.", "It costs $5 and $6."),
    ],
)
def test_a_verdict_formats_code_and_mathematics_only(message: str, shown: str) -> None:
    assert words(Result(Verdict.WRONG, message)).plain.replace(NO_BREAK, " ") == shown


def test_a_table_that_is_too_wide_is_wrapped_without_losing_words() -> None:
    headers = [Content("system"), Content("what comes")]
    rows = [[Content("Linux"), Content("the build for NVIDIA cards, several gigabytes; it runs without a card too")]]
    lines = table_content(headers, rows, 40).plain.split("\n")
    assert max(len(line) for line in lines) == 40
    assert " ".join(" ".join(line[8:].split()) for line in lines[2:]) == rows[0][1].plain
    assert len(table_content(headers, rows).plain.split("\n")) == 3


def test_columns_of_numbers_move_closer_but_are_never_broken() -> None:
    headers = [Content("one"), Content("two")]
    rows = [[Content("123456"), Content("0.123456")]]
    assert table_content(headers, rows, 17).plain.endswith("123456   0.123456")
    assert table_content(headers, rows, 16).plain.endswith("123456  0.123456")
    assert table_content(headers, rows, 9).plain.endswith("123456  0.123456")


def test_one_line_without_display_mathematics_is_inline() -> None:
    assert is_inline("One line with $x^2$.")
    assert not is_inline("One\n\nTwo")
    assert not is_inline("$$x$$")


@pytest.mark.parametrize(
    ("share", "shown"), [(0, "──────"), (1, "━━━━━━"), (0.5, "━━━───"), (0.42, "━━╸───"), (7, "━━━━━━")]
)
def test_a_bar_is_readable_without_colour(share: float, shown: str) -> None:
    assert bar(share, 6).plain == shown


@pytest.mark.parametrize(
    ("before", "line", "shown"),
    [
        ("", "a = b", "a = b"),
        (r"\delta = a \cdot b", r"= a \cdot c", r"= a \cdot \lit{c}"),
        (r"y = (a - b) \cdot c", r"= (a - b) \cdot 0.5", r"= (a - b) \cdot \lit{0.5}"),
        (r"= w \cdot x + b", r"= 0.2 \cdot x + b", r"= \lit{0.2} \cdot x + b"),
        (r"= x", r"\frac{a}{b} = 3", r"\frac{a}{b} = \lit{3}"),
        (r"= x", r"= \begin{bmatrix} 1 & 2 \end{bmatrix}", r"=\lit{\begin{bmatrix} 1 & 2 \end{bmatrix}}"),
    ],
)
def test_changes_are_highlighted(before: str, line: str, shown: str) -> None:
    assert lit_changes(line, before) == shown


def test_copied_lines_are_aligned_at_their_equals_signs() -> None:
    lines = [r"\delta = \frac{a = b}{c}", "= y (1 - y)", r"X = \begin{bmatrix} 1 \end{bmatrix}", "no sign"]
    assert aligned(lines).splitlines() == [
        r"\begin{aligned}",
        r"\delta & = \frac{a = b}{c} \\",
        r"&= y (1 - y) \\",
        r"X & = \begin{bmatrix} 1 \end{bmatrix} \\",
        "& no sign",
        r"\end{aligned}",
    ]


def test_formulas_are_side_by_side_where_they_fit() -> None:
    matrix = r"\begin{bmatrix}1 & 2 \\ 0 & 1\end{bmatrix}"
    formulas = Formula(f"Q = {matrix}", f"K = {matrix}", "d = 2", r"\what")
    rows = {width: [line.plain.rstrip() for line in formulas.content(width).split()] for width in (80, 30, 12)}
    assert rows[80][:2] == ["Q = ⎡1  2⎤    K = ⎡1  2⎤    d = 2", "    ⎣0  1⎦        ⎣0  1⎦"]
    assert rows[30][:4] == ["Q = ⎡1  2⎤    K = ⎡1  2⎤", "    ⎣0  1⎦        ⎣0  1⎦", "", "d = 2"]
    assert rows[12][:4] == ["Q = ⎡1  2⎤", "    ⎣0  1⎦", "", "K = ⎡1  2⎤"]
    for shown in rows.values():
        assert shown[-2].startswith("✗ "), "a formula that cannot be parsed affects no other"
        assert shown[-1] == r"\what"


def test_a_broken_formula_takes_the_whole_width_and_is_not_broken_again() -> None:
    long = Formula(rf"a = \frac{{{' + '.join('bcdefghijklmn')}}}{{2}}")
    assert long.get_optimal_width({}, 40) == 40
    assert Formula("a = b").get_optimal_width({}, 40) == 5


@pytest.mark.parametrize(
    ("label", "lines"),
    [
        ("Z_hidden", ("Z", " hidden")),
        ("∂E/∂W_output", ("∂E/∂W", "     output")),
        ("θ_hidden′", ("θ′", " hidden")),
        ("Z₂@2", ("Z₂@2", "")),
    ],
)
def test_words_below_a_letter_go_on_a_second_line(label: str, lines: tuple[str, str]) -> None:
    assert with_lowered_subscript(label) == lines
