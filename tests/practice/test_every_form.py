"""The variants of every form of network and worksheet are pinned, and every lesson of the course has variants."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tutor.formulas import evaluate
from tutor.lessons import Lesson, cache, load
from tutor.practice import vary
from tutor.practice.grid import decimals
from tutor.practice.leaves import leaves

COURSE = sorted((Path(__file__).parents[2] / "lessons").glob("*.yaml"))

FORMS = """
tutor: 1
title: Forms
id: forms
networks:
  outputs:
    inputs: [0.05, 0.10]
    target: [0.01, 0.99]
    layers:
      - {weights: [[0.15, 0.25], [0.20, 0.30]], bias: [0.35, 0.35], activation: sigmoid}
      - {weights: [[0.40, 0.50], [0.45, 0.55]], bias: [0.60, 0.60], activation: sigmoid}
    optimizer: {sgd: {lr: 0.5}}
  batch:
    inputs: [[2, 1], [1, 3], [0, 2]]
    target: [1, 0, 0]
    layers: [{weights: [{w1: 0.5}, {w2: -0.5}], bias: {b: 0.1}, activation: sigmoid}]
    loss: binary_cross_entropy
    optimizer: {adam: {lr: 0.1}}
  classes:
    inputs: [1, -2]
    target: [0, 1, 0]
    layers: [{weights: [[0.2, -0.4, 0.1], [0.5, 0.3, -0.6]], activation: softmax}]
    loss: cross_entropy
worksheets:
  attention:
    given: {Q: [[1, 2], [0, 1]], K: [[1, 0], [1, 1]], V: [[1, 2], [3, 0]], d: 2}
    steps: {S: Q @ K.T, A: softmax(S / sqrt(d)), O: A @ V}
  momentum:
    given: {w: 1.0, g@1: 0.4, g@2: 0.3, v: 0.2, beta: 0.9, alpha: 0.1}
    steps: {v_new: beta*v + g, w_new: w - alpha*v_new}
    repeat: 2
screens:
  - title: One
    blocks:
      - ask: outputs:E, outputs:dE/dw1_1_1
      - ask: batch:E, batch:w1_new
      - ask: classes:yhat1, classes:delta1
      - ask: attention:O
      - ask: momentum:w_new@2
"""

#: Changing these numbers would change sheets that teachers have handed out.
PINNED: dict[str, dict[str, list[float]]] = {
    "17": {
        "outputs": [0.09, 0.06, 0.53, 0.92, 0.25, 0.5, 0.5, 0.15, 0.45, 0.53, 0.2, 0.25, 0.45, 0.5, 0.52, 0.36, 0.5],
        "batch": [2, 4, 1, 2, 2, 0, 0, 2, 0, -0.3, -0.5, 0.3, 0.1, 0.9, 0.999, 1e-08],
        "classes": [-1, 2, 0, 1, 0, -0.5, -0.3, 0.5, -0.6, -0.4, 0.2],
        "attention": [4, 2, 0, 2, 1, 1, 1, 0, 3, 4, 5, 0, 2],
        "momentum": [1, 0.2, 0.9, 0.1, 0.4, 0.6],
    },
    "a.miller": {
        "outputs": [0.06, 0.07, 0.45, 0.57, 0.2, 0.35, 0.25, 0.15, 0.35, 0.59, 0.25, 0.45, 0.4, 0.25, 0.52, 0.4, 0.5],
        "batch": [3, 3, 1, 4, 3, 0, 0, 4, 0, -0.2, 0.1, 0.2, 0.1, 0.9, 0.999, 1e-08],
        "classes": [-2, -1, 1, 0, 0, 0.2, 0.4, 0.1, 0.5, 0.3, 0.4],
        "attention": [2, 2, 0, 2, 1, 1, 0, 1, 4, 5, 5, 0, 2],
        "momentum": [1, 0.3, 0.9, 0.1, 0.5, 0.2],
    },
}


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Lesson:
    path = tmp_path_factory.mktemp("forms") / "forms.yaml"
    path.write_text(FORMS, encoding="utf-8")
    return load(path)


def numbers(lesson: Lesson, model: str) -> dict[str, float]:
    graph = lesson.graph(model)
    return {name: graph.values[name] for name, node in graph.nodes.items() if node.formula is None}


@pytest.mark.parametrize("variant", ["17", "a.miller"])
def test_an_id_always_gives_the_same_numbers(forms: Lesson, variant: str) -> None:
    made = vary(forms, variant)
    assert {model: list(numbers(made, model).values()) for model in made.parts} == PINNED[variant]


def test_adding_a_question_changes_no_numbers(forms: Lesson, tmp_path: Path) -> None:
    path = tmp_path / "forms.yaml"
    path.write_text(FORMS + "      - ask: outputs:all.W_new, outputs:E@3, classes:dE/dw1_1_1\n", encoding="utf-8")
    longer = load(path)
    for variant in ("17", "a.miller"):
        before, after = vary(forms, variant), vary(longer, variant)
        assert {model: list(numbers(after, model).values()) for model in after.parts} == {
            model: list(numbers(before, model).values()) for model in before.parts
        }


def everything(lesson: Lesson) -> tuple[float, ...]:
    """Return all given numbers of a lesson."""
    return tuple(value for model in lesson.parts for value in numbers(lesson, model).values())


@pytest.mark.parametrize("path", COURSE, ids=lambda path: path.stem)
def test_every_lesson_of_the_course_has_variants(path: Path) -> None:
    """Their numbers stay on the author's grid, obey ``vary`` and differ for every id."""
    lesson = cache.load(path)
    seen = set()
    for variant in ("1", "c.jones"):
        made = vary(lesson, variant)
        seen.add(everything(made))
        for key, model in made.parts.items():
            old = {leaf.path: leaf for leaf in leaves(lesson.parts[key])}
            finest: dict[str, int] = {}
            for leaf in old.values():
                finest[leaf.pool] = max(finest.get(leaf.pool, 0), decimals(leaf.value))
            for leaf in leaves(model):
                said = {each for each in leaf.names if each in (*model.vary.pick, *model.vary.ranges)}
                if not said:
                    assert decimals(leaf.value) <= finest[leaf.pool], f"{key}: {leaf}"
                if any(each in model.vary.keep for each in leaf.names) and not said:
                    assert leaf.value == old[leaf.path].value, f"{key}: {leaf}"
            where = model.vary.where
            assert where is None or evaluate(where, made.graph(key).values), f"{key}#{variant}"
    own = everything(lesson)
    assert len(seen) == 2 or seen == {own}, "two ids with the same numbers"


def test_a_variant_is_marked_by_its_own_values(forms: Lesson) -> None:

    made = vary(forms, "17")
    for item in made.asked():
        plain: Any = next(each for each in forms.asked() if each.quantity.name == item.quantity.name)
        assert item.graph is made.graph(item.of)
        assert [item.graph.values[cell] for cell in item.quantity.cells] != [
            plain.graph.values[cell] for cell in plain.quantity.cells
        ]
    assert made.variant == "17"


def test_a_shared_bias_varies_as_one_number(tmp_path: Path) -> None:
    separate = "bias: [0.35, 0.35]"
    text = FORMS.replace(separate, "bias: {b1: 0.35, shared: true}").replace("outputs:dE/dw1_1_1", "outputs:dE/db1")
    path = tmp_path / "shared.yaml"
    path.write_text(text, encoding="utf-8")
    lesson = load(path)
    pooled = [leaf.names for leaf in leaves(lesson.parts["outputs"]) if leaf.pool == "bias"]
    assert pooled == [("b1", "hidden.theta", "bias"), *pooled[1:]]
    assert len(pooled) == 3  # the other layer's two
    made = numbers(vary(lesson, "17"), "outputs")
    assert made["b1"] != 0.35
    assert decimals(made["b1"]) <= 2
