"""The key of a formula question keeps to the names that the question allows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.formulas import text
from tutor.lessons import load
from tutor.lessons.blocks import Expression
from tutor.marking import Verdict
from tutor.marking.expressions import mark_expression

LESSON = """\
title: Keys
network:
  inputs: [1, 0, 1]
  target: 1
  layers:
    - weights: [{{w11: 0.2, w12: -0.3}}, {{w13: 0.4, w14: 0.1}}, {{w15: -0.5, w16: 0.2}}]
      bias: {{theta1: -0.4, theta2: 0.2}}
      activation: {activation}
    - {{weights: [{{w21: -0.3}}, {{w22: -0.2}}], bias: {{theta3: 0.1}}, activation: {activation}}}
  optimizer: {{sgd: {{lr: 0.5}}}}
screens:
  - blocks:
      - expression: {asked}
        {using}
"""

CASES = [
    ("sigmoid", "dE/dw21", "[delta3, H1]", "δ₃·H₁"),
    ("sigmoid", "dE/dw21", "[yhat, y, H1]", "(ŷ − y)·ŷ·(1 − ŷ)·H₁"),
    ("sigmoid", "delta3", "[yhat, y]", "(ŷ − y)·ŷ·(1 − ŷ)"),
    ("tanh", "delta2", "[delta3, w22, H2]", "w₂₂·δ₃·(1 − H₂²)"),
    # The names do not say which side of the kink is meant; at these numbers the slope is 1.
    ("relu", "dE/dw22", "[yhat, y, H2]", "(ŷ − y)·H₂"),
    ("relu", "dE/dw22", "[yhat, y, H2, Z3]", "(ŷ − y)·ReLU′(Z₃)·H₂"),
    ("sigmoid", "w21_new", "[w21, alpha, delta3, H1]", "w₂₁ − α·δ₃·H₁"),
]


@pytest.mark.parametrize(("activation", "asked", "using", "shown"), CASES)
def test_the_key_uses_only_the_allowed_names(
    activation: str, asked: str, using: str, shown: str, tmp_path: Path
) -> None:
    path = tmp_path / "lesson.yaml"
    path.write_text(LESSON.format(activation=activation, asked=asked, using=f"using: {using}"), encoding="utf-8")
    (block,) = load(path).blocks
    assert isinstance(block, Expression)
    assert block.graph is not None
    key = text(block.answer_as_allowed(), block.graph.notation)
    assert key == shown
    mark = mark_expression(key, block.answer, graph=block.graph, asked=asked, using=block.using)
    assert mark.verdict is Verdict.CORRECT


@pytest.mark.parametrize(
    ("activation", "asked", "using"),
    [("tanh", "delta2", "using: [delta3, H2]"), ("sigmoid", "dE/dw21", "prompt: Write it")],
    ids=["not enough names", "no list of names"],
)
def test_a_key_that_cannot_or_need_not_be_rewritten_is_unchanged(
    activation: str, asked: str, using: str, tmp_path: Path
) -> None:
    path = tmp_path / "lesson.yaml"
    path.write_text(LESSON.format(activation=activation, asked=asked, using=using), encoding="utf-8")
    (block,) = load(path).blocks
    assert isinstance(block, Expression)
    assert block.answer_as_allowed() is block.answer
