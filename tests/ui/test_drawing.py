"""The drawn network: it fits, labels never collide, signs need no colour, values to be found are hidden."""

from __future__ import annotations

import itertools
import random
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from tests.ui.driving import Opener, is_focused, lesson_screen, press, resize, seen
from tutor.lessons.blocks.diagram import DiagramView
from tutor.network import Graph, Network, build_graph
from tutor.ui.drawing import Drawing, draw
from tutor.ui.drawing.canvas import Sheet, arms
from tutor.ui.drawing.detail import unit_lines
from tutor.ui.drawing.placement import place_parts
from tutor.ui.drawing.plan import Options, Plan
from tutor.ui.drawing.scene import build_scene
from tutor.ui.screens.mapped import TEXT_AT_MOST, goes_beside, map_width
from tutor.ui.widgets.diagram import Diagram


@cache
def network(*sizes: int, seed: int = 1) -> Network:
    """Return a network with layers of these sizes and random weights to one decimal."""
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
    """Return the graph of a network, built once: a large one takes a while. ``network`` keeps its results, so ids are
    not reused."""
    if id(model) not in _graphs:
        _graphs[id(model)] = build_graph(model)
    return _graphs[id(model)]


def view(model: Network, *highlight: str, hidden: bool = True) -> DiagramView:
    """Return the view of a network with nothing found yet (``hidden``), or with everything found."""
    graph = graph_of(model)
    given = {name for name, node in graph.nodes.items() if node.formula is None}
    drawn = [name for name in graph.nodes if not name.startswith("d") or name.startswith("delta")]
    values = {name: f"{graph.values[name]:.2g}" if name in given or not hidden else "?" for name in drawn}
    return DiagramView("d", "n", model, graph, values, highlight)


def text(drawing_of: DiagramView, width: int, height: int) -> list[str]:
    drawing = draw(drawing_of, width, height)
    return ["".join(part for part, _ in row) for row in drawing.rows]


@pytest.mark.parametrize(
    "sizes", [(3, 2, 1), (2, 2, 2), (1, 1), (5, 4, 3, 2), (4, 4, 4, 4, 4, 1), (3, 30, 2), (128, 24, 10)]
)
@pytest.mark.parametrize(("width", "height"), [(40, 8), (60, 12), (80, 12), (120, 30), (200, 50)])
def test_every_network_fits_every_size(sizes: tuple[int, ...], width: int, height: int) -> None:
    rows = text(view(network(*sizes), "Z1"), width, height)
    assert 1 <= len(rows) <= height
    assert max(map(len, rows)) <= width


def test_a_small_network_shows_the_names_of_all_weights() -> None:
    model = network(3, 2, 1)
    drawn = "\n".join(text(view(model), 80, 14))
    for row in (*model.layers[0].weight_names, *model.layers[1].weight_names):
        for name in row:
            label = build_graph(model).notation.text(name)
            assert label in drawn


def labels_of(drawing: Drawing) -> list[str]:
    """Return the labels of the edges, each with its name and number."""
    rows = [
        "".join(text if style.startswith("weight") else "\n" * len(text) for text, style in r) for r in drawing.rows
    ]
    found = [(y, part.span(), part[0].strip()) for y, row in enumerate(rows) for part in re.finditer(r"[^\n]+", row)]
    labels = []
    while found:
        y, (start, end), label = found.pop(0)
        if " " not in label:  # its number is below the edge
            below = next(each for each in found if each[0] == y + 2 and each[1][0] < end and start < each[1][1])
            found.remove(below)
            label = f"{label} {below[2]}"
        labels.append(label)
    return labels


@pytest.mark.parametrize("sizes", [(3, 2, 1), (2, 2, 2), (1, 1, 1, 1)])
@pytest.mark.parametrize("columns", [100, 110, 115, 120, 130, 140, 200])
def test_every_weight_of_a_small_network_has_a_name_and_a_number(columns: int, sizes: tuple[int, ...]) -> None:
    """The drawing is beside the text or in it, wherever the labels fit."""
    model = network(*sizes)
    shown = view(model, "Z1")
    beside = goes_beside(shown, columns)
    width, rows = (map_width(columns) - 3, 26) if beside else (min(columns, TEXT_AT_MOST) - 4, 15)
    labels = labels_of(draw(shown, width, rows))
    assert len(labels) == sum(layer.n_inputs * layer.n_units for layer in model.layers)
    assert all(label.startswith("w") and label[-1].isdigit() for label in labels)


@pytest.mark.parametrize("sizes", [(3, 2, 1), (2, 2, 2), (1, 1, 1, 1, 1)])
def test_a_wider_drawing_never_has_fewer_labels(sizes: tuple[int, ...]) -> None:
    shown = view(network(*sizes))
    drawn = [labels_of(draw(shown, width, 26)) for width in range(40, 121)]
    assert all(label.startswith("w") for labels in drawn for label in labels)
    counts = [len(labels) for labels in drawn]
    assert counts == sorted(counts)


def test_the_wire_of_a_negative_weight_is_dashed() -> None:
    drawing = draw(view(network(3, 2, 1)), 100, 20)
    rows = ["".join(part for part, _ in row) for row in drawing.rows]
    labels = [(row, found) for row in rows for found in re.finditer(r"w\S* (-?)[.\d]+ (.)", row)]
    assert {found[1] for _, found in labels} == {"-", ""}
    for row, found in labels:
        wire = "╌" if found[1] else "─"
        assert found[2] == wire, row
        assert row[found.start() - 2] == wire, row


def test_the_last_row_explains_dashed_wires() -> None:
    drawing = draw(view(network(3, 2, 1)), 100, 20)
    assert any(text == "╌ negative weight" for text, style in drawing.rows[-1] if style == "note")
    positive = draw(view(network(1, 1, seed=2)), 100, 20)
    assert "negative" not in "".join(part for row in positive.rows for part, _ in row)


def test_a_chain_shows_all_weights_in_a_small_terminal() -> None:
    """Names are above the wires and numbers below where they do not fit side by side."""
    model = network(1, 1, 1, 1, 1)
    for width in (90, 96):
        labels = labels_of(draw(view(model, "H1", hidden=False), width, 12))
        assert labels == ["w₁₁₁ -0.7", "w₂₁₁ 0.6", "w₃₁₁ 0.5", "w₄₁₁ -0.4"], width


def test_units_drawn_as_rows_have_labelled_weights() -> None:
    """Three boxes would be higher than half of a small screen."""
    shown = view(network(2, 3))
    assert len(labels_of(draw(shown, 100, 12))) == 6


@pytest.mark.parametrize("seed", range(6))
def test_labels_never_touch(seed: int) -> None:
    labels = labels_of(draw(view(network(3, 3, 2, seed=seed)), 100, 24))
    assert len(labels) == 15
    for label in labels:
        assert label.count("w") == 1, f"two labels run together: {label!r}"


@pytest.mark.parametrize("sizes", [(3, 2, 1), (2, 2, 2), (2, 3, 1), (3, 3, 2), (1, 4, 1), (4, 4, 1), (5, 3, 2)])
@pytest.mark.parametrize("backward", [False, True])
def test_every_wire_can_be_followed(sizes: tuple[int, ...], backward: bool) -> None:
    """A wire may cross others, but never runs along or turns on one with which it shares no end. It continues at both
    ends of its label, and no other wire passes under the label."""
    plan = Plan(build_scene(view(network(*sizes), "delta1" if backward else "Z1")), Options(), 110)
    assert plan.shape is not None
    draft = place_parts(plan.shape, 40)
    assert draft is not None
    for wires, edges in zip(draft.wires, plan.shape.edges, strict=True):
        cells = [dict(arms(wire.corners)) for wire in wires]
        for one, other in itertools.combinations(range(len(edges)), 2):
            if edges[one][0] != edges[other][0] and edges[one][1] != edges[other][1]:
                crossed = [{cells[one][cell], cells[other][cell]} for cell in cells[one].keys() & cells[other]]
                assert all(pair == {0b0101, 0b1010} for pair in crossed), "one is horizontal there, the other vertical"
        for place, wire in enumerate(wires):
            assert wire.label is not None
            (x, y), width = wire.label, edges[place][2] + 2
            assert {(x - 1, y), (x + width, y)} <= cells[place].keys()
            covered = {(x + at, y) for at in range(width)}
            assert not any(covered & other.keys() for at, other in enumerate(cells) if at != place)


def test_the_line_drawn_last_passes_over_the_one_it_crosses() -> None:
    across, down = ((0, 1), (6, 1)), ((0, 0), (2, 0), (2, 2), (6, 2))
    for (lower, upper), sign in (((across, down), "│"), ((down, across), "─")):
        sheet = Sheet(7, 3)
        sheet.line(lower, "edge")
        sheet.line(upper, "edge-lit")
        row = [(sign, style) for run, style in sheet.runs()[1] for sign in run]
        assert row[2] == (sign, "edge-lit")


def test_both_lines_are_visible_where_they_part() -> None:
    sheet = Sheet(7, 3)
    sheet.line(((0, 0), (2, 0), (2, 2), (6, 2)), "edge")
    sheet.line(((0, 0), (2, 0), (2, 1), (6, 1)), "edge")
    assert ["".join(part for part, _ in row) for row in sheet.runs()] == ["──╮    ", "  ├────", "  ╰────"]


def test_a_line_is_dashed_where_it_does_not_share_its_way() -> None:
    sheet = Sheet(7, 4)
    sheet.line(((0, 0), (2, 0), (2, 3), (6, 3)), "edge", dashed=True)
    sheet.line(((0, 0), (2, 0), (2, 1), (6, 1)), "edge")
    sheet.line(((0, 2), (6, 2)), "edge", dashed=True)
    assert ["".join(part for part, _ in row) for row in sheet.runs()] == ["──╮    ", "  ├────", "╌╌╌╌╌╌╌", "  ╰╌╌╌╌"]


@pytest.mark.parametrize(("heavy", "rows"), [(False, ["──┤ ├──", "─▶│ │  "]), (True, ["──┨ ┠──", "─▶┃ ┃  "])])
def test_a_line_that_ends_at_a_box_joins_its_side(heavy: bool, rows: list[str]) -> None:
    sheet = Sheet(7, 4)
    sheet.box(2, 0, 3, 4, "box", heavy=heavy)
    for corners in (((0, 1), (1, 1)), ((5, 1), (6, 1)), ((0, 2), (1, 2))):
        sheet.line(corners, "edge")
    sheet.text(1, 2, "▶", "head")
    assert ["".join(part for part, _ in row) for row in sheet.runs()][1:3] == rows


def test_finding_a_value_does_not_move_the_units() -> None:
    shown = view(network(3, 2, 1), "Z1")
    found = replace(shown, values={**shown.values, "Z1": "−0.7", "H1": "0.332"})
    assert draw(shown, 77, 40).units == draw(found, 77, 40).units


@pytest.mark.parametrize(
    ("sizes", "beside"), [((3, 2, 1), True), ((1, 1, 1, 1, 1), False), ((9, 9, 9, 9, 9, 9, 9), True)]
)
def test_a_drawing_goes_beside_the_text_only_if_nothing_more_is_folded(sizes: tuple[int, ...], beside: bool) -> None:
    """A larger terminal shows no less than a smaller one; a network folded anyway is put beside the text."""
    assert goes_beside(view(network(*sizes)), 140) is beside


@pytest.mark.parametrize("rows", [9, 10, 12, 16, 22])
@pytest.mark.parametrize("width", [40, 48, 56, 76, 100])
@pytest.mark.parametrize("left_out", ["error", "delta", "nothing"])
def test_a_chain_is_drawn_in_one_row(left_out: str, width: int, rows: int) -> None:
    """Although the loss is below its last unit."""
    shown = view(network(1, 1, 1, 1), "Z1")
    kept = {name: value for name, value in shown.values.items() if not name.startswith(left_out)}
    heads = [row for row in text(replace(shown, values=kept), width, rows) if "▶" in row]
    assert len(heads) == 1


def test_a_drawing_takes_no_more_rows_than_it_needs() -> None:
    shown = view(network(3, 2, 1), "Z1")
    assert draw(shown, 76, 40).height == draw(shown, 76, 12).height


def test_values_are_question_marks_until_they_are_found() -> None:
    model = network(3, 2, 1)
    hidden, found = "\n".join(text(view(model), 80, 14)), "\n".join(text(view(model, hidden=False), 80, 14))
    assert "Z₁ ?" in hidden
    assert "Z₁ ?" not in found
    assert f"Z₁ {build_graph(model).values['Z1']:.2g}" in found


def test_quantities_without_a_value_are_not_drawn() -> None:
    shown = view(network(2, 2, 1))
    kept = {name: value for name, value in shown.values.items() if not name.startswith("delta")}
    drawn = "\n".join(text(DiagramView("d", "n", shown.network, shown.graph, kept), 90, 14))
    assert "δ" not in drawn


def test_arrows_point_backward_when_an_error_is_asked_for() -> None:
    model = network(3, 2, 1)
    assert "▶" in "\n".join(text(view(model, "Z1"), 80, 14))
    backward = "\n".join(text(view(model, "delta1"), 80, 14))
    assert "◀" in backward
    assert "▶" not in backward
    assert build_scene(view(model, "dE/dw1_1_1")).backward


def styles_of(drawing: Drawing, start: str) -> dict[str, str]:
    """Return the styles that begin with ``start``, by the text of their runs."""
    return {text.strip(): style for row in drawing.rows for text, style in row if style.startswith(start)}


def test_the_asked_quantity_is_highlighted() -> None:
    drawing = draw(view(network(3, 2, 1), "Z2"), 80, 14)
    lit = [part for row in drawing.rows for part, style in row if style == "lit"]
    assert any("Z₂" in part for part in lit)
    assert not any("Z₁" in part for part in lit)


@pytest.mark.parametrize(
    ("asked", "needed"),
    [
        ("Z2", {"w1_1_2", "w1_2_2", "w1_3_2"}),
        ("Z3", {"w2_1_1", "w2_2_1"}),
        ("delta2", {"w2_2_1"}),
        ("dE/dH1", {"w2_1_1"}),
    ],
)
def test_only_edges_that_the_question_needs_are_not_dim(asked: str, needed: set[str]) -> None:
    model = network(3, 2, 1)
    notation = graph_of(model).notation
    shown = styles_of(draw(view(model, asked), 100, 30), "weight")
    for name in (name for layer in model.layers for row in layer.weight_names for name in row):
        style = next(style for text, style in shown.items() if text.startswith(notation.text(name)))
        assert style.endswith("-dim") is (name not in needed)


def test_nothing_is_dim_without_a_question() -> None:
    assert not any(style.endswith("dim") for style in styles_of(draw(view(network(3, 2, 1)), 100, 30), "").values())


def test_a_slope_by_a_units_output_is_highlighted_at_the_unit() -> None:
    drawing = draw(view(network(2, 2, 2), "dE/dH1"), 100, 30)
    assert "∂E/∂H₁ ?" in styles_of(drawing, "lit")
    assert drawing.asked == ("H1",)
    rows = ["".join(part for part, _ in row) for row in drawing.rows]
    slope, delta = (next(at for at, row in enumerate(rows) if name in row) for name in ("∂E/∂H₁ ?", "δ₁ ?"))
    assert slope < delta, "the slope is computed before δ"


def test_no_error_arrives_at_an_input() -> None:
    rows = text(view(network(3, 2, 1), "delta2"), 100, 30)
    assert "◀" in "".join(rows)
    assert not any("● ◀" in row or "●◀" in row for row in rows)


def test_the_selected_unit_is_marked_and_the_asked_one_stays_highlighted() -> None:
    drawing = draw(view(network(3, 2, 1), "Z2"), 100, 30, "H1")
    assert any("┏" in text for text in styles_of(drawing, "box-selected"))
    assert any("Z₂" in text for text in styles_of(drawing, "lit"))


def test_the_equals_signs_of_a_wide_formula_are_aligned() -> None:
    shown = view(network(3, 2, 1), "Z2")
    (wide, *_), narrow = unit_lines(shown, "H2", 200), unit_lines(shown, "H2", 50)
    assert wide.startswith("Z₂ = w₁₁₂·x₁ + ")
    assert wide.endswith(" = ?")
    assert [row.index("=") for row in narrow[:3]] == [3, 3, 3]
    assert " ".join(row.strip() for row in narrow[:3]) == wide


def test_an_input_is_described_as_given() -> None:
    (line,) = unit_lines(view(network(3, 2, 1), "Z2"), "x1", 80)
    assert line.startswith("x₁ = ")
    assert line.endswith("(given)")


def test_large_layers_show_their_size_only() -> None:
    """Also where there is room for every unit."""
    drawn = "\n".join(text(view(network(128, 24, 10)), 200, 200))
    assert "128" in drawn
    assert "24" in drawn


def test_a_small_drawing_folds_layers_that_are_not_asked_about() -> None:
    drawn = "\n".join(text(view(network(4, 4, 4, 4, 4, 1), "Z1"), 60, 12))
    assert "Z₁" in drawn
    assert "…" in drawn


def test_a_box_of_inputs_is_labelled_where_there_is_room() -> None:
    shown = view(network(2, 2, 2), "dE/dH1")
    assert "│ 2 inputs ├" in "\n".join(text(shown, 76, 12))
    assert "│ 2 ├" in "\n".join(text(shown, 44, 12))


@pytest.mark.parametrize("sizes", [(2, 2, 1), (3, 2, 1), (2, 2, 2), (5, 4, 3, 2)])
@pytest.mark.parametrize("asked", ["Z1", "delta1", "Z3"])
def test_the_asked_quantity_is_drawn_even_in_forty_columns(sizes: tuple[int, ...], asked: str) -> None:
    model = network(*sizes)
    assert f"{graph_of(model).notation.text(asked)} ?" in "\n".join(text(view(model, asked), 40, 12))


def test_a_2_2_2_network_is_complete_in_half_a_small_screen() -> None:
    model = network(2, 2, 2)
    shown = view(model, "Z1")
    kept = {name: value for name, value in shown.values.items() if not name.startswith("error")}
    drawn = "\n".join(text(DiagramView("d", "n", model, shown.graph, kept, ("Z1",)), 76, 12))
    for name in ("w1_1_1", "w2_2_2", "theta4", "y2"):
        assert graph_of(model).notation.text(name) in drawn
    assert "E ?" in drawn


def test_a_drawing_has_no_empty_rows_and_knows_where_its_units_are() -> None:
    drawing = draw(view(network(3, 2, 1), "Z1"), 74, 40)
    rows = ["".join(part for part, _ in row) for row in drawing.rows]
    assert rows[0].strip()
    assert rows[-1].strip()
    for region in drawing.units.values():
        assert rows[int(region.middle)][region.x : region.right].strip()


async def test_a_unit_stays_selected_when_the_terminal_is_resized(opened: Opener) -> None:
    """The selection moves between the drawing beside the text and the one in it."""
    async with opened("every-kind", size=(140, 40)) as pilot:
        page = lesson_screen(pilot.app).page
        for sizes in ([(110, 40), (140, 40)], [(100, 40)], [(140, 40), (40, 10), (140, 30), (80, 24)]):
            await press(pilot, "f6", "right")
            assert "Z₂ = w₁₂·x₁" in seen(pilot.app), sizes
            for size in sizes:
                await resize(pilot, size)
                assert "Z₂ = w₁₂·x₁" in seen(pilot.app) or size == (40, 10), size
                assert pilot.app.focused is not None
                assert (page in pilot.app.focused.ancestors) is (size[0] < 140), size
            await press(pilot, "left")
            assert "Z₁ = w₁₁·x₁" in seen(pilot.app), sizes
            await press(pilot, "escape")
            assert is_focused(pilot.app, "Z1"), sizes
            selected = [drawing.selected for drawing in lesson_screen(pilot.app).query(Diagram)]
            assert selected == [None] * len(selected), sizes


async def test_page_keys_turn_the_page_also_from_a_high_drawing(opened: Opener, lessons: Path) -> None:
    weights = f"[{', '.join(['[0.1, 0.2, 0.3, 0.4, 0.5, 0.6]'] * 6)}]"
    hidden = f"{{weights: {weights}, bias: [{', '.join(['0.1'] * 6)}], activation: sigmoid}}"
    output = f"{{weights: [{', '.join(['[0.1]'] * 6)}], bias: [0.1], activation: sigmoid}}"
    (lessons / "09-high.yaml").write_text(
        f"title: High\nid: high\nnetwork: {{inputs: [1, 0, 1, 0, 1, 0], target: 1, layers: [{hidden}, {output}]}}\n"
        "screens:\n  - {title: One, blocks: [diagram, ask: Z1]}\n  - {title: Two, blocks: [text: The end.]}\n",
        encoding="utf-8",
    )
    async with opened("high", size=(130, 22)) as pilot:
        beside = lesson_screen(pilot.app).map
        await press(pilot, "f6")
        assert beside.max_scroll_y > 0
        assert "H₁ = σ(Z₁)" in seen(pilot.app), "the formula of the selected unit"
        assert "pgdn next" in seen(pilot.app)
        await press(pilot, "pagedown")
        assert "The end." in seen(pilot.app)
