"""Variants have the same numbers everywhere, stay on the author's grid and obey ``vary``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tutor.lessons import Lesson, load
from tutor.paths import split_variant
from tutor.practice import open_variant, parse_variant, vary
from tutor.practice.grid import author_grid, decimals, spaced
from tutor.practice.stream import Stream
from tutor.practice.variant import VariantError

LAB = """
tutor: 1
title: Lab
id: lab
networks:
  lab2:
    inputs: [1, 0, 1]
    target: 1
    layers:
      - name: hidden
        weights: [{w11: 0.2, w12: -0.3}, {w13: 0.4, w14: 0.1}, {w15: -0.5, w16: 0.2}]
        bias: {theta1: -0.4, theta2: 0.2}
        activation: relu
      - {name: output, weights: [{w21: -0.3}, {w22: -0.2}], bias: {theta3: 0.1}, activation: relu}
    optimizer: {sgd: {lr: 0.001}}
    %s
  soft: {from: lab2, activation: sigmoid}
screens:
  - title: One
    blocks:
      - ask: lab2:Z1, lab2:Z2
      - ask: soft:H1
"""


@pytest.fixture
def lesson(tmp_path: Path) -> Lesson:
    return written(tmp_path, "")


def written(folder: Path, vary_line: str) -> Lesson:
    path = folder / "lab.yaml"
    path.write_text(LAB % vary_line, encoding="utf-8")
    return load(path)


def numbers(lesson: Lesson, name: str = "lab2") -> dict[str, float]:
    return {
        key: value for key, value in lesson.graph(name).values.items() if lesson.graph(name).nodes[key].formula is None
    }


def test_an_id_always_gives_the_same_numbers(lesson: Lesson) -> None:
    """Changing these numbers would change sheets that teachers have handed out."""
    given = numbers(vary(lesson, "17"))
    assert [given[name] for name in ("w11", "w12", "w13", "w14", "w15", "w16")] == PINNED_WEIGHTS
    assert [given[name] for name in ("theta1", "theta2", "theta3")] == PINNED_BIASES


PINNED_WEIGHTS: list[float] = [0.5, -0.1, -0.5, -0.2, 0.5, -0.2]
PINNED_BIASES: list[float] = [0.1, 0.4, 0.3]


def test_the_stream_is_pinned() -> None:
    stream = Stream("17")
    assert [stream.below(1000) for _ in range(6)] == PINNED_STREAM


PINNED_STREAM: list[int] = [511, 92, 510, 504, 167, 287]


def test_every_id_has_different_numbers(lesson: Lesson) -> None:
    seen = {tuple(numbers(vary(lesson, name)).values()) for name in ("1", "2", "3", "a.miller", "b.miller")}
    assert len(seen) == 5
    assert tuple(numbers(lesson).values()) not in seen


@pytest.mark.parametrize("seed", range(1, 13))
def test_numbers_stay_on_the_authors_grid(lesson: Lesson, seed: int) -> None:
    given = numbers(vary(lesson, str(seed)))
    for name, value in given.items():
        if name.startswith(("w", "theta")):
            assert decimals(value) <= 1
            assert 0 < abs(value) <= 0.5
    assert sorted(given[name] for name in ("x1", "x2", "x3")) == [0, 1, 1]
    assert given["alpha"] == 0.001
    assert given["y"] == 1


@pytest.mark.parametrize("seed", range(1, 13))
def test_no_unit_is_dead_that_is_alive_in_the_lesson(lesson: Lesson, seed: int) -> None:
    values = vary(lesson, str(seed)).graph("lab2").values
    assert values["Z2"] > 0
    assert values["Z3"] > 0


def test_a_network_shares_the_numbers_of_the_one_it_comes_from(lesson: Lesson) -> None:
    made = vary(lesson, "4")
    assert numbers(made, "lab2") == numbers(made, "soft")


def test_a_lesson_in_another_language_has_the_same_numbers(lesson: Lesson, tmp_path: Path) -> None:
    other = tmp_path / "labor.yaml"
    text = (LAB % "").replace("title: Lab", "title: Labor\nlanguage: de")
    other.write_text(text, encoding="utf-8")
    assert numbers(vary(load(other), "9")) == numbers(vary(lesson, "9"))


@pytest.mark.parametrize("seed", range(1, 9))
def test_vary_is_obeyed(tmp_path: Path, seed: int) -> None:
    line = (
        "vary: {inputs: [0, 1], weights: {from: -0.9, to: 0.9, step: 0.3}, w21: [0.7], keep: [target, bias],"
        " where: Z1 < 0 and Z2 > 0}"
    )
    made = vary(written(tmp_path, line), str(seed))
    values = made.graph("lab2").values
    assert values["Z1"] < 0 < values["Z2"]
    assert values["w21"] == 0.7
    assert {values["x1"], values["x2"], values["x3"]} <= {0, 1}
    assert (values["theta1"], values["theta2"], values["theta3"]) == (-0.4, 0.2, 0.1)
    for name in ("w11", "w12", "w13", "w14", "w15", "w16", "w22"):
        assert values[name] in (-0.9, -0.6, -0.3, 0, 0.3, 0.6, 0.9)


def test_a_variant_that_cannot_differ_is_an_error(tmp_path: Path) -> None:
    lesson = written(tmp_path, "vary: {keep: [inputs, weights, bias], target: [1, 2], where: Z2 > 0.05}")
    assert vary(lesson, "1").graph("lab2").values["y"] == 2
    with pytest.raises(VariantError, match="No numbers"):
        vary(written(tmp_path, "vary: {keep: [inputs, weights, bias], target: [1]}"), "1")


def test_mistakes_stay_visible(lesson: Lesson) -> None:
    """In every variant, leaving out a bias or a term or reversing a sign changes Z."""
    for seed in range(1, 13):
        values = vary(lesson, str(seed)).graph("lab2").values
        for unit, weights in (("1", ("w11", "w13", "w15")), ("2", ("w12", "w14", "w16"))):
            assert values[f"theta{unit}"] != 0
            assert abs(values[f"Z{unit}"]) > 1e-9
            assert any(values[name] != 0 for name in weights)


WORKSHEETS = """
tutor: 1
title: Sheets
worksheets:
  adam:
    given: {w: 1.0, m: 0, v: 0, g@1: 0.4, g@2: 0.3, alpha: 0.1, beta1: 0.9, beta2: 0.999, eps: 1e-8}
    steps:
      m_new: beta1*m + (1 - beta1)*g
      v_new: beta2*v + (1 - beta2)*g^2
      w_new: w - alpha*m_new/(sqrt(v_new) + eps)
    repeat: 2
  attention:
    given: {Q: [[1, 2], [0, 1]], K: [[1, 0], [1, 1]], d: 2}
    steps: {S: Q @ K.T, T: S/sqrt(d), A: softmax(T)}
screens:
  - title: One
    blocks: [{ask: 'adam:w_new@2'}, {ask: 'attention:A'}]
"""


def test_worksheets_vary_but_keep_the_constants_of_the_method(tmp_path: Path) -> None:
    path = tmp_path / "sheets.yaml"
    path.write_text(WORKSHEETS, encoding="utf-8")
    lesson = load(path)
    for seed in range(1, 6):
        made = vary(lesson, str(seed))
        adam: Any = made.parts["adam"].spec["given"]
        attention: Any = made.parts["attention"].spec["given"]
        assert (adam["m"], adam["v"], adam["alpha"], adam["beta1"]) == (0, 0, 0.1, 0.9)
        assert decimals(adam["g@1"]) == 1
        assert attention["d"] == 2
        assert attention["Q"][1][0] == 0
        assert made.graph("adam").values["g@2"] == adam["g@2"]


def test_a_truth_table_does_not_vary(tmp_path: Path) -> None:
    path = tmp_path / "xor.yaml"
    path.write_text(
        "network:\n  inputs: [[0, 0], [0, 1], [1, 0], [1, 1]]\n  target: [0, 1, 1, 0]\n"
        "  layers: [{weights: [[0.5], [-0.5]], bias: 0.1, activation: sigmoid}]\n",
        encoding="utf-8",
    )
    made = open_variant(f"{path}#3")
    values = made.graph("network").values
    rows = [tuple(values[f"{name}[{place}]"] for name in ("x1", "x2", "y")) for place in (1, 2, 3, 4)]
    assert rows == [(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)]
    assert (values["w1_1_1"], values["w1_2_1"]) != (0.5, -0.5)


@pytest.mark.parametrize(
    ("typed", "kept"), [("#17", "17"), ("017", "17"), ("1.17", "17"), (" #A.Miller ", "a.miller"), ("anna-3", "anna-3")]
)
def test_ids_are_read_in_every_spelling(typed: str, kept: str) -> None:
    assert parse_variant(typed) == kept


@pytest.mark.parametrize("typed", ["", "#", "a b", "../x", "x" * 65, "9.17", "0.1"])
def test_an_invalid_id_is_an_error(typed: str) -> None:
    with pytest.raises(VariantError):
        parse_variant(typed)


def test_an_invalid_id_is_quoted_with_control_characters_shown() -> None:
    with pytest.raises(VariantError, match="'👩\u200d💻␛' cannot name a variant"):
        parse_variant("👩\u200d💻\x1b")


@pytest.mark.parametrize(
    ("values", "grid"),
    [
        ([0.2, -0.3, 0.1], (-0.3, -0.2, -0.1, 0.1, 0.2, 0.3)),
        ([0.15, 0.2, 0.25, 0.3], (0.15, 0.2, 0.25, 0.3)),
        ([3, 7], (3, 4, 5, 6, 7)),
        ([0, 0.0], ()),
        ([1.0], (0.9, 1.0, 1.1, 1.2)),
    ],
)
def test_the_authors_grid(values: list[float], grid: tuple[float, ...]) -> None:
    assert author_grid(values) == grid


def test_a_range_has_both_ends() -> None:
    assert spaced(-0.2, 0.2, 0.1) == (-0.2, -0.1, 0, 0.1, 0.2)
    assert spaced(1, 5, 2) == (1, 3, 5)


@pytest.mark.parametrize(
    ("name", "file", "variant"),
    [
        ("lab.yaml", "lab.yaml", ""),
        ("lab.yaml#17", "lab.yaml", "17"),
        ("lab.yaml# 17 ", "lab.yaml", "17"),
        ("forward-pass#a.miller", "forward-pass", "a.miller"),
        ("week#3.yaml", "week#3.yaml", ""),
        ("week#3.yaml#17", "week#3.yaml", "17"),
        ("~nobody-here/lab.yaml#2", "~nobody-here/lab.yaml", "2"),
        ("x" * 5000, "x" * 5000, ""),
    ],
)
def test_a_name_is_split_into_file_and_variant(
    name: str, file: str, variant: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A # in the name of an existing file belongs to that name; the variant follows the last other one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "week#3.yaml").write_text(LAB, encoding="utf-8")
    assert split_variant(name) == (file, variant)
