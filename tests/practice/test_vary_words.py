"""Variants keep rows one-hot or distinct, and leave lists that choose rows as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.lessons import LessonProblems, load_source
from tutor.practice.variant import Variants

LESSON = """\
title: Rows
worksheet:
  given: {{y: [[1, 0, 0], [0, 0, 1]], X: [[0, 1], [1, 1], [1, 0]], ids: [3, 1], M: [0, -inf], h: 1/3, v: [1, 2, 3]}}
  steps: {{r: 'X[ids]', s: sum(y) + h, m: 'softmax(M + X[1])', n: sum(v)}}
  vary: {{one_hot: [y], distinct: [X, v], X: [0, 1], v: [1, 2, 3]{more}}}
screens:
  - blocks:
      - ask: r, s, m, n
"""


def written(folder: Path, more: str = "") -> Path:
    path = folder / "rows.yaml"
    path.write_text(LESSON.format(more=more), encoding="utf-8")
    return path


def test_rows_that_stay_one_hot_and_distinct(tmp_path: Path) -> None:
    lesson = load_source(written(tmp_path))
    variants = Variants(lesson)
    seen = set()
    for number in range(1, 25):
        varied = variants.lesson(str(number))
        given = varied.parts["worksheet"].spec["given"]
        assert isinstance(given, dict)
        assert [sorted(row) for row in given["y"]] == [[0, 0, 1], [0, 0, 1]]
        assert len({tuple(row) for row in given["X"]}) == 3
        assert sorted(given["v"]) == [1, 2, 3]
        assert given["ids"] == [3, 1]
        graph, alone = varied.graph(), variants.graphs(str(number))["worksheet"]
        assert [graph.values[f"r[1,{column}]"] for column in (1, 2)] == given["X"][2]
        assert graph.values["m[2]"] == 0
        assert alone.values == graph.values
        seen.add(str(given["y"]))
    assert len(seen) > 4


def test_a_list_that_chooses_rows_cannot_vary(tmp_path: Path) -> None:
    with pytest.raises(LessonProblems, match="ids chooses rows"):
        load_source(written(tmp_path, ", ids: [1, 2, 3]"))
