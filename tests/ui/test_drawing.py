"""The drawn network: it fits, its labels never collide, signs are told apart without colour, values stay hidden."""

from __future__ import annotations

import itertools
import random
from functools import cache

import pytest

from tutor.network import Graph, Network, build_graph
from tutor.session.model import DiagramView
from tutor.ui.drawing import draw
from tutor.ui.drawing.scene import build_scene
from tutor.ui.drawing.sheet import Sheet, strokes


@cache
def network(*sizes: int, seed: int = 1) -> Network:
    """A network of these sizes with weights to one decimal."""
    rng = random.Random(seed)
    layers = [
        {
            "weights": [[round(rng.uniform(-0.9, 0.9), 1) or 0.1 for _ in range(out)] for _ in range(into)],
            "bias": [0.1] * out,
            "activation": "sigmoid",
        }
        for into, out in itertools.pairwise(sizes)
    ]
    return Network.from_spec({"inputs": [0.5] * sizes[0], "target": [1] * sizes[-1], "layers": layers})


_graphs: dict[int, Graph] = {}


def graph_of(model: Network) -> Graph:
    """Its graph, made once (a large network takes a second); ``network`` keeps its models, so an id is one's own."""
    if id(model) not in _graphs:
        _graphs[id(model)] = build_graph(model)
    return _graphs[id(model)]


def view(model: Network, *highlight: str, hidden: bool = True) -> DiagramView:
    """The view of a network of which nothing is found yet (``hidden``), or everything."""
    graph = graph_of(model)
    given = {name for name, node in graph.nodes.items() if node.formula is None}
    drawn = [name for name in graph.nodes if not name.startswith("d") or name.startswith("delta")]
    values = {name: f"{graph.values[name]:.2g}" if name in given or not hidden else "?" for name in drawn}
    return DiagramView("d", "n", model, graph, values, highlight)


def text(drawing_of: DiagramView, width: int, height: int) -> list[str]:
    drawing = draw(drawing_of, width, height)
    return ["".join(part for part, _ in row) for row in drawing.rows]


@pytest.mark.parametrize(
    "sizes", [(3, 2, 1), (2, 2, 2), (1, 1), (5, 4, 3, 2), (4, 4, 4, 4, 4, 1), (3, 30, 2), (200, 90, 10)]
)
@pytest.mark.parametrize(("width", "height"), [(40, 8), (60, 12), (80, 12), (120, 30), (200, 50)])
def test_every_network_fits_every_size(sizes: tuple[int, ...], width: int, height: int) -> None:
    rows = text(view(network(*sizes), "Z1"), width, height)
    assert 1 <= len(rows) <= height
    assert max(map(len, rows)) <= width


def test_all_weights_of_a_small_network_are_there_with_their_names() -> None:
    model = network(3, 2, 1)
    drawn = "\n".join(text(view(model), 80, 14))
    for row in (*model.layers[0].weight_names, *model.layers[1].weight_names):
        for name in row:
            label = build_graph(model).notation.text(name)
            assert label in drawn


@pytest.mark.parametrize("seed", range(6))
def test_labels_never_touch(seed: int) -> None:
    shown = view(network(3, 3, 2, seed=seed))
    drawing = draw(shown, 100, 24)
    labels = [(y, len("".join(t for t, _ in row[:i])), t) for y, row in enumerate(drawing.rows)
              for i, (t, style) in enumerate(row) if style.startswith("weight")]  # fmt: skip
    assert labels
    for _, _, label in labels:
        assert label.count("w") <= 1, f"two labels run together: {label!r}"


def test_a_negative_weight_is_dashed_and_a_positive_one_is_not() -> None:
    sheet = Sheet(30, 3)
    sheet.line((0.5, 0.5), (29.5, 0.5), "edge-plus")
    sheet.line((0.5, 2.5), (29.5, 2.5), "edge-minus", dashed=True)
    solid, _, dashed = ("".join(part for part, _ in row) for row in sheet.runs())
    assert solid == "─" * 30
    assert " " in dashed.strip()


def test_lines_use_only_signs_that_every_font_has() -> None:
    signs = {sign for end in ((20.0, 5.0), (20.0, 0.5), (3.0, 9.0), (1.2, 9.0), (9.0, 8.0))
             for _, sign in strokes((0.5, 0.5), end)}  # fmt: skip
    assert signs <= set("▔─▁╲╱│")


def test_what_is_not_found_is_a_question_mark_and_what_is_found_its_value() -> None:
    model = network(3, 2, 1)
    hidden, found = "\n".join(text(view(model), 80, 14)), "\n".join(text(view(model, hidden=False), 80, 14))
    assert "Z₁ ?" in hidden
    assert "Z₁ ?" not in found
    assert f"Z₁ {build_graph(model).values['Z1']:.2g}" in found


def test_a_quantity_that_may_not_be_drawn_is_not() -> None:
    shown = view(network(2, 2, 1))
    kept = {name: value for name, value in shown.values.items() if not name.startswith("delta")}
    drawn = "\n".join(text(DiagramView("d", "n", shown.network, shown.graph, kept), 90, 14))
    assert "δ" not in drawn


def test_errors_flow_the_other_way() -> None:
    model = network(3, 2, 1)
    assert "▶" in "\n".join(text(view(model, "Z1"), 80, 14))
    backward = "\n".join(text(view(model, "delta1"), 80, 14))
    assert "◀" in backward
    assert "▶" not in backward
    assert build_scene(view(model, "dE/dw1_1_1")).backward


def test_what_is_asked_is_lit() -> None:
    drawing = draw(view(network(3, 2, 1), "Z2"), 80, 14)
    lit = [part for row in drawing.rows for part, style in row if style == "lit"]
    assert any("Z₂" in part for part in lit)
    assert not any("Z₁" in part for part in lit)


def test_large_layers_are_summarised() -> None:
    drawn = "\n".join(text(view(network(200, 90, 10)), 80, 14))
    assert "200" in drawn
    assert "90" in drawn


def test_a_small_place_folds_what_the_question_is_not_about() -> None:
    drawn = "\n".join(text(view(network(4, 4, 4, 4, 4, 1), "Z1"), 60, 12))
    assert "Z₁" in drawn
    assert "…" in drawn


@pytest.mark.parametrize("sizes", [(2, 2, 1), (3, 2, 1), (2, 2, 2), (5, 4, 3, 2)])
@pytest.mark.parametrize("asked", ["Z1", "delta1", "Z3"])
def test_what_is_asked_is_drawn_even_in_forty_columns(sizes: tuple[int, ...], asked: str) -> None:
    model = network(*sizes)
    assert f"{graph_of(model).notation.text(asked)} ?" in "\n".join(text(view(model, asked), 40, 12))


def test_a_network_of_two_by_two_by_two_is_drawn_whole_in_half_of_a_small_screen() -> None:
    model = network(2, 2, 2)
    shown = view(model, "Z1")
    kept = {name: value for name, value in shown.values.items() if not name.startswith("error")}
    drawn = "\n".join(text(DiagramView("d", "n", model, shown.graph, kept, ("Z1",)), 76, 12))
    for name in ("w1_1_1", "w2_2_2", "theta4", "y2"):
        assert graph_of(model).notation.text(name) in drawn
    assert "E ?" in drawn


def test_a_drawing_has_no_empty_rows_around_it_and_its_units_lie_where_they_are_drawn() -> None:
    drawing = draw(view(network(3, 2, 1), "Z1"), 74, 40)
    rows = ["".join(part for part, _ in row) for row in drawing.rows]
    assert rows[0].strip()
    assert rows[-1].strip()
    for region in drawing.units.values():
        assert rows[int(region.middle)][region.x : region.right].strip()
