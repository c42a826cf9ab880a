"""Laws on random networks: right work is never refused, a value out of reach of rounding is never accepted, and one
mistake counts once."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.marking.marking_exercises import graph as exercise
from tests.marking.marking_exercises import marker as marker_of
from tutor.errors import FormulaError
from tutor.formulas import evaluate
from tutor.marking import Marker, Typed, Verdict
from tutor.mistakes import Surroundings, mistakes_at
from tutor.network import HIDDEN_KINDS, SUB_STEPS, Graph, Kind, Network, build_graph
from tutor.network.decimals import default_decimals

HEADS = [
    ("sigmoid", "half_squared_error"),
    ("tanh", "half_squared_error"),
    ("relu", "half_squared_error"),
    ("linear", "squared_error"),
    ("sigmoid", "binary_cross_entropy"),
]
ASKED = {Kind.PRE_ACTIVATION, Kind.ACTIVATION, Kind.OUTPUT, Kind.LOSS, Kind.DELTA, Kind.GRADIENT, Kind.UPDATED}
TENTH = st.integers(-9, 9).filter(bool).map(lambda value: value / 10)


@lru_cache(maxsize=64)
def built(numbers: tuple[float, ...], hidden: str, head: tuple[str, str], rate: float) -> Marker:
    """Return a marker for a 2-2-1 network made of eleven numbers: inputs, weights and biases."""
    x1, x2, a, b, c, d, e, f, g, h, i = numbers
    spec = {
        "inputs": [abs(x1), abs(x2)],
        "target": 1,
        "layers": [
            {"weights": [[a, b], [c, d]], "bias": [e, f], "activation": hidden},
            {"weights": [[g], [h]], "bias": [i], "activation": head[0]},
        ],
        "loss": head[1],
        "optimizer": {"sgd": {"lr": rate}},
    }
    return Marker(build_graph(Network.from_spec(spec)))


markers = st.builds(
    built,
    st.tuples(*[TENTH] * 11),
    st.sampled_from(["sigmoid", "tanh", "relu"]),
    st.sampled_from(HEADS),
    st.sampled_from([0.1, 0.5, 0.9]),
)


def asked_of(graph: Graph) -> list[str]:
    return [name for name, node in graph.nodes.items() if node.kind in ASKED]


def nearest(value: float, decimals: int) -> float:
    return math.copysign(math.floor(abs(value) * 10**decimals + 0.5 + 1e-9) / 10**decimals, value)


def cut(value: float, decimals: int) -> float:
    return math.copysign(math.floor(abs(value) * 10**decimals + 1e-9) / 10**decimals, value)


def worked(
    graph: Graph,
    keep: Callable[[str, float], float],
    typed: Mapping[str, float] | None = None,
    *,
    parts: bool = False,
) -> dict[str, float]:
    """Return every value, each worked out from the values that ``keep`` left of those before it.

    ``typed`` values replace computed ones. Parts of a formula that have no name on paper stay in full unless ``parts``.
    """
    names, fixed = list(graph.nodes), typed or {}
    values = [node.value or 0.0 for node in graph.nodes.values()]
    for slot, formula in graph.program:
        name = names[slot]
        if name in fixed:
            values[slot] = fixed[name]
            continue
        value = formula(values)
        value = 0.0 if abs(value) < 1e-12 else value
        is_part = graph.nodes[name].kind in SUB_STEPS
        values[slot] = value if is_part and not parts else keep(name, value)
    return dict(zip(names, values, strict=True))


def by_default(graph: Graph) -> Callable[[str, float], float]:
    return lambda name, value: nearest(value, default_decimals(graph, graph.as_quantity(name)))


def moves(graph: Graph, name: str, answer: float) -> bool:
    """Return False if rounding hides an update, so that the old and the new weight are the same number."""
    old = graph.nodes[name].role.get("old")
    return old is None or abs(answer - graph.values[old]) > 1e-12 or graph.values[name] == graph.values[old]


def strays(graph: Graph, name: str, rounded: float) -> bool:
    """Return whether rounding each step led more than a quarter away, so that such an answer says nothing any more."""
    return abs(rounded - graph.values[name]) > abs(graph.values[name]) / 4


@given(markers, st.data())
@settings(max_examples=60)
def test_a_right_value_is_accepted_however_it_was_rounded(made: Marker, data: st.DataObject) -> None:
    graph = made.graph
    name = data.draw(st.sampled_from(asked_of(graph)))
    places = made.decimals(name)
    kept = worked(graph, by_default(graph))
    ways = {
        "once": f"{nearest(graph.values[name], places):.{places}f}",
        "in full": f"{graph.values[name]:.12f}",
        "each step": f"{kept[name]:.{places}f}",
        "more": f"{nearest(graph.values[name], places + 1):.{places + 1}f}",
        "cut": f"{cut(graph.values[name], places):.{places}f}",
    }
    if strays(graph, name, kept[name]):
        del ways["each step"]
    for way, answer in ways.items():
        assume(moves(graph, name, float(answer)))
        assert made.mark(name, answer).verdict is Verdict.CORRECT, (way, name, answer, graph.values[name])


@given(markers, st.data())
@settings(max_examples=60)
def test_a_right_value_after_typed_values_is_accepted(made: Marker, data: st.DataObject) -> None:
    graph = made.graph
    name = data.draw(st.sampled_from(asked_of(graph)))
    kept = worked(graph, by_default(graph))
    assume(moves(graph, name, kept[name]) and not strays(graph, name, kept[name]))
    before = [each for each in graph.ancestors(name) if each in asked_of(graph) and each != name]
    typed = data.draw(st.sets(st.sampled_from(before))) if before else set()
    own = {each: Typed(kept[each], made.decimals(each), made.decimals(each)) for each in typed}
    assert made.mark(name, f"{kept[name]:.{made.decimals(name)}f}", own=own).verdict is Verdict.CORRECT


@given(markers, st.data())
@settings(max_examples=60)
def test_a_value_that_no_rounding_reaches_is_refused(made: Marker, data: st.DataObject) -> None:
    """It is further off than half a unit in every earlier number, all in the worst direction, and a unit at the end."""
    graph = made.graph
    name = data.draw(st.sampled_from(asked_of(graph)))
    places = made.decimals(name)
    reach = 1.2 * bound(made, name) + 1.1 * 10.0**-places
    away = data.draw(st.floats(1.05, 50)) * reach * data.draw(st.sampled_from([-1, 1]))
    answer = nearest(graph.values[name] + away, places)
    assume(abs(answer - graph.values[name]) > reach)
    assert made.mark(name, f"{answer:.{places}f}").verdict is not Verdict.CORRECT, (answer, graph.values[name], reach)


def bound(made: Marker, name: str) -> float:
    """Return the total error that half a unit in each earlier number causes; each is moved up and down in turn."""
    graph, total = made.graph, 0.0
    for at in graph.ancestors(name):
        if graph.nodes[at].formula is None or at == name:
            continue
        half = 0.5 * 10.0 ** -min(default_decimals(graph, graph.as_quantity(at)), made.decimals(name))
        moved = [
            worked(graph, lambda each, value, by=by, at=at: value + by * (each == at), parts=True)[name]  # type: ignore[misc]
            for by in (half, -half)
        ]
        total += max(abs(value - graph.values[name]) for value in moved)
    return total


@given(markers, st.data())
@settings(max_examples=50)
def test_the_old_weight_is_never_right(made: Marker, data: st.DataObject) -> None:
    graph = made.graph
    updated = [name for name, node in graph.nodes.items() if node.kind is Kind.UPDATED]
    name = data.draw(st.sampled_from(updated))
    old = graph.values[graph.nodes[name].role["old"]]
    found = made.mark(name, data.draw(st.sampled_from([f"{old}", f"{old:.3f}", f"{old:.9f}"])))
    seen = abs(graph.values[name] - old) > 0.5 * 10.0 ** -made.decimals(name)
    if seen:
        assert found.verdict is Verdict.WRONG
    elif graph.values[name] == old:
        assert found.verdict is Verdict.CORRECT


@given(markers, st.data())
@settings(max_examples=50)
def test_one_mistake_counts_once(made: Marker, data: st.DataObject) -> None:
    """Right work after a typical mistake is consistent or right, and the place of the mistake is named."""
    graph = made.graph
    source = data.draw(st.sampled_from(asked_of(graph)))
    after = [each for each in asked_of(graph) if each != source and source in graph.ancestors(each)]
    mistakes = mistakes_at(Surroundings(graph), graph.nodes[source])
    assume(after and mistakes)
    name, mistake = data.draw(st.sampled_from(after)), data.draw(st.sampled_from(mistakes))
    right = worked(graph, by_default(graph))
    try:
        wrong = nearest(evaluate(mistake.tree, right), made.decimals(source))
        mine = worked(graph, by_default(graph), {source: wrong})
    except (ArithmeticError, ValueError, FormulaError):  # the mistake made the argument of a logarithm negative
        assume(False)
        return
    assume(abs(wrong) < 1e3 and wrong not in (0, 1, -1))
    assume(made.mark(source, f"{wrong:.9f}").verdict is Verdict.WRONG)
    assume(moves(graph, name, mine[name]))
    own = {source: Typed(wrong, made.decimals(source), made.decimals(source))}
    found = made.mark(name, f"{mine[name]:.{made.decimals(name)}f}", own=own)
    assert found.verdict in (Verdict.FOLLOWS, Verdict.CORRECT), (source, mistake.id, name, mine[name])
    if found.verdict is Verdict.FOLLOWS:
        assert found.because == (source,)


@given(
    st.sampled_from(["book", "relu", "cross-entropy", "softmax", "adam", "attention", "convolution", "adam-sheet"]),
    st.data(),
)
@settings(max_examples=100)
def test_any_number_after_any_others_gets_a_verdict_and_a_message(which: str, data: st.DataObject) -> None:
    """Earlier answers may leave a logarithm, a root or a quotient without a value."""
    graph = exercise(which)
    nodes = [
        name
        for name, node in graph.nodes.items()
        if node.formula is not None and node.kind not in HIDDEN_KINDS | SUB_STEPS
    ]
    name = data.draw(st.sampled_from(nodes))
    numbers = st.one_of(st.sampled_from([0.0, 1.0, -1.0, 0.5, 1e-9, 1e9, -1e9]), st.floats(-1e12, 1e12))
    before = [each for each in graph.ancestors(name) if each in nodes and each != name]
    own = data.draw(st.dictionaries(st.sampled_from(before), numbers, max_size=6)) if before else {}
    found = marker_of(which).mark(name, repr(data.draw(numbers)), own=own)
    assert found.verdict in (Verdict.CORRECT, Verdict.WRONG, Verdict.IMPRECISE, Verdict.FOLLOWS)
    assert found.message.endswith((".", "!"))
    assert found.value == graph.values[name]
