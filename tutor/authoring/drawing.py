"""Draw a network as SVG: inputs at the left, a column for each layer, weights on the lines, biases under the units."""

from __future__ import annotations

from html import escape

from tutor.formulas import format_number
from tutor.network import Graph, Kind, Network

_COLUMN, _ROW, _RADIUS, _MARGIN = 240, 92, 22, 40
_SHARES = (0.3, 0.42, 0.54, 0.66, 0.24, 0.74)
MOST_UNITS = 12
"""Networks with wider layers are not drawn: there would be too many lines to read."""


def network_svg(network: Network, graph: Graph, *, with_numbers: bool = True) -> str:
    """Return the drawing as an SVG element, or the sizes of the layers as a paragraph if there is too much to draw."""
    sizes = [len(network.input_names), *(layer.n_units for layer in network.layers)]
    if max(sizes) > MOST_UNITS:
        return f"<p>{escape(' → '.join(map(str, sizes)))} units</p>"
    places = [[_place(column, row, size, max(sizes)) for row in range(size)] for column, size in enumerate(sizes)]
    lines, units = [], []
    labels = _Labels()
    for column, layer in enumerate(network.layers):
        for unit in range(layer.n_units):
            for source in range(layer.n_inputs):
                start, end = places[column][source], places[column + 1][unit]
                lines.append(_line(start, end))
                name = layer.weight_names[source][unit]
                labels.add(start, end, _text(graph, name, layer.weights[source][unit], with_numbers))
            number = network.unit_numbers(column)[unit]
            bias = ""
            if layer.bias is not None and layer.bias_names is not None:
                bias = _text(graph, layer.bias_names[unit], layer.bias[unit], with_numbers)
            units.append(_unit(places[column + 1][unit], _unit_name(graph, number), bias))
    for place, name in zip(places[0], network.input_names, strict=True):
        given = graph.values.get(name)
        value = f" = {format_number(given)}" if given is not None and with_numbers and not network.is_batch else ""
        units.append(_input(place, graph.notation.text(name) + value))
    width = _MARGIN * 2 + _COLUMN * (len(sizes) - 1) + 60
    height = _MARGIN * 2 + _ROW * (max(sizes) - 1) + 20
    inner = "".join([*lines, *units, *labels.drawn])
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" role="img" font-family="sans-serif" font-size="12">'
        f"<title>{escape(' → '.join(map(str, sizes)))} network</title>{inner}</svg>"
    )


def _unit_name(graph: Graph, number: int) -> str:
    """Return the symbol of a unit's activation: ``H₁`` or ``ŷ``."""
    for name, node in graph.nodes.items():
        if node.unit == number and node.kind in (Kind.ACTIVATION, Kind.OUTPUT):
            return graph.notation.text(name.partition("[")[0])
    return str(number)


def _place(column: int, row: int, size: int, most: int) -> tuple[float, float]:
    top = _MARGIN + _ROW * (most - size) / 2
    return _MARGIN + 30 + column * _COLUMN, top + row * _ROW


def _text(graph: Graph, name: str, value: float, with_numbers: bool) -> str:
    symbol = graph.notation.text(name)
    return f"{symbol} = {format_number(value)}" if with_numbers else symbol


def _line(start: tuple[float, float], end: tuple[float, float]) -> str:
    return (
        f'<line x1="{start[0] + _RADIUS:.0f}" y1="{start[1]:.0f}" x2="{end[0] - _RADIUS:.0f}" y2="{end[1]:.0f}" '
        'stroke="#777"/>'
    )


class _Labels:
    """Places the weights on their lines so that they do not overlap, as far as there is room."""

    def __init__(self) -> None:
        self.drawn: list[str] = []
        self._places: list[tuple[float, float]] = []

    def add(self, start: tuple[float, float], end: tuple[float, float], text: str) -> None:
        """Put a label on the line from ``start`` to ``end``."""
        spots = [(start[0] + (end[0] - start[0]) * at, start[1] + (end[1] - start[1]) * at - 4) for at in _SHARES]
        x, y = max(spots, key=lambda spot: (min(self._room(spot), 1.0), -spots.index(spot)))
        self._places.append((x, y))
        self.drawn.append(_words(x, y, text, 'stroke="#fff" stroke-width="4" paint-order="stroke"'))

    def _room(self, spot: tuple[float, float]) -> float:
        """Return the distance from a spot to the nearest label, as a share of a label's size; from 1 up they do not
        touch."""
        apart = (max(abs(spot[0] - x) / 76, abs(spot[1] - y) / 15) for x, y in self._places)
        return min(apart, default=1.0)


def _unit(place: tuple[float, float], name: str, bias: str) -> str:
    x, y = place
    circle = f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{_RADIUS}" fill="#fff" stroke="#111"/>'
    under = _words(x, y + _RADIUS + 14, bias, 'fill="#333"') if bias else ""
    return circle + _words(x, y + 4, name) + under


def _input(place: tuple[float, float], text: str) -> str:
    x, y = place
    left, width = x - _RADIUS - 6, 2 * _RADIUS + 12
    square = f'<rect x="{left:.0f}" y="{y - 14:.0f}" width="{width}" height="28" fill="#fff" stroke="#111"/>'
    return square + _words(x, y + 4, text, 'font-size="11"')


def _words(x: float, y: float, text: str, more: str = "") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="middle" {more}>{escape(text)}</text>'
