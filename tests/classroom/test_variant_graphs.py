"""A lesson loaded once and given a variant's graphs marks as the variant's own lesson does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.classroom.replay import with_graphs
from tutor.lessons import load_source
from tutor.practice import Variants
from tutor.session.batch import Batch, read_answers

LESSONS = sorted(Path("lessons").glob("*.yaml"))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_variants_graphs_equal_those_of_its_lesson(path: Path) -> None:
    variants = Variants(load_source(path))
    graphs, parts = variants.graphs("17"), variants.lesson("17").parts
    assert list(graphs) == list(parts)
    for name, graph in graphs.items():
        whole = parts[name].graph
        assert {each: (node.formula, node.value) for each, node in graph.nodes.items()} == {
            each: (node.formula, node.value) for each, node in whole.nodes.items()
        }
        assert graph.values == pytest.approx(dict(whole.values), rel=1e-12, abs=1e-12, nan_ok=True)


def test_a_variants_graphs_give_the_marks_of_its_lesson() -> None:
    lesson = load_source(Path("lessons/networks/lab2.yaml"))
    variants = Variants(lesson)
    for learner in ("a", "b", "c"):
        graphs = variants.graphs(learner)
        values = graphs["network"].values
        answers = read_answers(
            [
                {"quantity": "Z1", "answer": f"{values['Z1']:.3f}"},
                {"quantity": "Z2", "answer": f"{-values['Z2']:.3f}"},
                {"quantity": "H2", "answer": "0.4711"},
                {"quantity": "w22_new", "answer": "0.1"},
            ]
        )
        marks = Batch(with_graphs(lesson, graphs, learner)).mark(answers)
        assert marks == Batch(variants.lesson(learner)).mark(answers)
