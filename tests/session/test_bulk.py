"""Marking many hand-ins, each with its own numbers, says what marking them one by one says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.lessons import load_source
from tutor.practice import Variants
from tutor.session.batch import Batch, read_answers
from tutor.session.bulk import BulkMarker

LESSONS = sorted(Path("lessons").glob("*.yaml"))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_the_graphs_of_a_variant_are_those_of_its_lesson(path: Path) -> None:
    variants = Variants(load_source(path))
    graphs, parts = variants.graphs("17"), variants.lesson("17").parts
    assert list(graphs) == list(parts)
    for name, graph in graphs.items():
        whole = parts[name].graph
        assert {each: (node.formula, node.value) for each, node in graph.nodes.items()} == {
            each: (node.formula, node.value) for each, node in whole.nodes.items()
        }
        assert graph.values == pytest.approx(dict(whole.values), rel=1e-12, abs=1e-12, nan_ok=True)


def test_hand_ins_in_bulk_are_marked_as_one_by_one() -> None:
    lesson = load_source(Path("lessons/networks/lab2.yaml"))
    marker, variants = BulkMarker(lesson), Variants(lesson)
    for learner in ("a", "b", "c"):
        values = variants.graphs(learner)["network"].values
        answers = read_answers(
            [
                {"quantity": "Z1", "answer": f"{values['Z1']:.3f}"},
                {"quantity": "Z2", "answer": f"{-values['Z2']:.3f}"},
                {"quantity": "H2", "answer": "0.4711"},
                {"quantity": "w22@2", "answer": "0.1"},
            ]
        )
        for some in (answers, answers[:3]):
            assert marker.mark(learner, some) == Batch(variants.lesson(learner)).mark(some)
