"""Values in texts: found in prose, mathematics and code, formatted for each, hidden until the learner finds them."""

from __future__ import annotations

from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from tutor.formulas.numbers import readable_decimals
from tutor.lessons import load
from tutor.lessons.blocks import Text
from tutor.lessons.template import Context, spans

LESSON = """\
title: Texts
networks:
  lab2:
    inputs: [1, 0, 1]
    target: 1
    layers:
      - weights: [{{w11: 0.2, w12: -0.3}}, {{w13: 0.4, w14: 0.1}}, {{w15: -0.5, w16: 0.2}}]
        bias: {{theta1: -0.4, theta2: 0.2}}
        activation: sigmoid
      - weights: [{{w21: -0.3}}, {{w22: -0.2}}]
        bias: {{theta3: 0.1}}
        activation: sigmoid
screens:
  - blocks:
      - text: |
          {text}
"""


def text(source: str, folder: Path) -> Text:
    path = folder / "lesson.yaml"
    path.write_text(LESSON.format(text=source.replace("\n", "\n          ")), encoding="utf-8")
    block = load(path).blocks[0]
    assert isinstance(block, Text)
    return block


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("Z is {{Z1}}.", "Z is −0.7."),
        ("H is {{H1}}.", "H is 0.3318."),
        ("H is {{H1:6}}.", "H is 0.331812."),
        ("H is {{lab2:H1:2}}.", "H is 0.33."),
        ("w is {{w11}}, x is {{x1}}.", "w is 0.2, x is 1."),
        ("{{w11*x1 + w15*x3 + theta1}}", "−0.7"),
        ("{{3*2 + 2}} parameters", "8 parameters"),
        ("{{hidden.Z}}", "[−0.7, 0.1]"),
        ("$Z_1 = {{Z1}}$", "$Z_1 = {-0.7}$"),
        (r"$\frac{{Z1}}{2}$", r"$\frac{-0.7}{2}$"),
        (r"$\frac{{a}}{2}$", r"$\frac{{a}}{2}$"),
        (r"$x^{{a+b}}$", r"$x^{{a+b}}$"),
        ("$$\n{{output.W}}\n$$", "$$\n\\begin{bmatrix}-0.3 \\\\ -0.2\\end{bmatrix}\n$$"),
        ("`x = {{x}}`", "`x = [1, 0, 1]`"),
        ("```python\nW = {{hidden.W}}\n```", "```python\nW = [[0.2, -0.3], [0.4, 0.1], [-0.5, 0.2]]\n```"),
        (r"two braces: \{{", "two braces: {{"),
        ("costs $5 and $6", "costs $5 and $6"),
        (r"two braces, \{{, and $x_1$ and $$Z = {{ Z1 }}$$", r"two braces, {{, and $x_1$ and $$Z = {-0.7}$$"),
        (r"{{ Z1 }}, {{ lab2 : Z1 : 2 }}, and $\frac{{Z1}}{2}$", r"−0.7, −0.70, and $\frac{-0.7}{2}$"),
    ],
)  # fmt: skip
def test_values_are_formatted_for_prose_mathematics_or_code(source: str, shown: str, tmp_path: Path) -> None:
    assert text(source, tmp_path).text.fill().rstrip("\n") == shown


def test_a_value_still_to_be_found_shows_as_a_question_mark(tmp_path: Path) -> None:
    block = text("Z is {{Z1}}, half of it {{Z1/2}}, all {{hidden.Z}}, and x is {{x1}}.", tmp_path)
    shown = block.text.fill(lambda of, name: not (of == "lab2" and name == "Z1"))
    assert shown.strip() == "Z is ?, half of it ?, all [?, 0.1], and x is 1."


@pytest.mark.parametrize(
    ("value", "decimals"), [(0.0, 0), (-0.7, 6), (0.199908, 6), (1 / 3, 4), (0.00012345678, 6), (123.456789012, 4)]
)
def test_values_have_as_many_decimals_as_are_readable(value: float, decimals: int) -> None:
    assert readable_decimals(value) == decimals


MARKDOWN = [
    "Inline $w_{i} \\cdot x_i$ and $\\hat{y} = \\sigma(Z_3)$.",
    "costs $5 and $6",
    "costs \\$5 and $x$",
    "`$x$` and $y$",
    "``a ` $x$ `` and $y$",
    "$ x$ and $x $ and $x$5 and 5$x$",
    "$$x$$ within a line",
    "$$\n\\frac{1}{2}\n$$",
    "```\n$x$\n```\n$y$",
    "~~~python\n$x$\n~~~\n\n$y$",
    "- a list $x$\n\n  $$\n  y\n  $$",
    "| a | $b$ |\n|---|---|\n| `c` | $d$ |",
    "$a$$b$",
    "one ` tick and $x$",
    "a $x\ny$ b",
    "$a\\$b$ and $c$",
]


@pytest.mark.parametrize("source", MARKDOWN)
def test_mathematics_is_found_where_the_markdown_parser_finds_it(source: str) -> None:
    reader = MarkdownIt("gfm-like", {"linkify": False})
    reader.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)
    expected = []
    for token in reader.parse(source):
        for part in (token, *(token.children or ())):
            if part.type.startswith("math"):
                expected.append("".join(part.content.split()))
    found = ["".join(source[span.start : span.end].split()) for span in spans(source) if span.context is Context.MATH]
    assert found == expected
