"""How quantities are named in lessons and answers: cells, samples, steps, lists, ranges and groups."""

from __future__ import annotations

import re

from tutor.errors import QuantityError
from tutor.formulas import differentiate
from tutor.formulas.tree import names
from tutor.network.graph import HIDDEN_KINDS, Graph, Kind, Node, Quantity
from tutor.network.naming import suffixed

_CELL = re.compile(r"^(?P<stem>[^\[\]]+)\[(?P<index>[0-9]+(?:\s*,\s*[0-9]+)?)\](?P<step>@[0-9]+)?$")
_STEP_RANGE = re.compile(r"^(?P<stem>.+)@(?P<first>[0-9]+)\.\.@?(?P<last>[0-9]+)$")
_CELL_RANGE = re.compile(r"^(?P<stem>[^\[\]]+)\[(?P<first>[0-9]+)\.\.(?P<last>[0-9]+)\](?P<step>@[0-9]+)?$")
_UNIT_RANGE = re.compile(
    r"^(?P<head>.*?)(?P<first>[0-9]+)(?P<tail>[^0-9]*)\.\.(?P<head2>.*?)(?P<last>[0-9]+)(?P<tail2>[^0-9]*)$"
)
#: A range of more cells than this is a typing error, not a question.
_LONGEST_RANGE = 200


def split_owner(text: str) -> tuple[str | None, str]:
    """``lab2:Z1`` as the name of its network and the quantity; None where no network is named."""
    owner, colon, rest = text.partition(":")
    return (owner.strip(), rest.strip()) if colon else (None, text.strip())


def steps_needed(text: str) -> int:
    """Return how many training steps must be worked out for the quantities that ``text`` names, by its highest ``@``.

    A parameter ``w11@3`` is the value after the second step; one step more than it needs does no harm.
    """
    return max((int(number) for number in re.findall(r"@(?:[0-9]+\.\.@?)?([0-9]+)", text)), default=1)


def split_list(text: str) -> tuple[str, ...]:
    """Return a list's members: commas outside brackets separate, ``hidden.W_new[3,1], E`` is two."""
    parts, depth, current = [], 0, ""
    for character in text:
        depth += (character == "[") - (character == "]")
        if character == "," and depth == 0:
            parts.append(current)
            current = ""
        else:
            current += character
    return tuple(part.strip() for part in (*parts, current) if part.strip())


def resolve_one(graph: Graph, text: str) -> Quantity:
    """Return the one quantity that ``text`` names.

    Raises:
        QuantityError: There is no such quantity.
    """
    found = _lookup(graph, text)
    if found is None:
        raise graph.unknown(text)
    if isinstance(found, QuantityError):
        raise found
    return found


def resolve_many(graph: Graph, text: str) -> tuple[Quantity, ...]:
    """Return every quantity of a list of names, ranges and groups, in order and each once.

    Raises:
        QuantityError: There is no such quantity.
    """
    found: dict[str, Quantity] = {}
    for part in split_list(text):
        for quantity in _expand_part(graph, part):
            found.setdefault(quantity.name, quantity)
    if not found:
        raise QuantityError("No quantity is named here.", hint="Name one, such as Z1.")
    return tuple(found.values())


def _expand_part(graph: Graph, text: str) -> tuple[Quantity, ...]:
    group = graph.groups.get(text.removesuffix("@1"))
    if group is not None:
        members = tuple(found for name in group if isinstance(found := _lookup(graph, name), Quantity))
        if not members:
            raise graph.lacks(text) or QuantityError(f"This network has nothing in {text!r}.")
        return members
    names = _range(text)
    return tuple(resolve_one(graph, name) for name in names) if names else (resolve_one(graph, text),)


def _range(text: str) -> list[str]:
    """Return the names in a range: ``Z1..Z3``, ``E[1..4]``, ``E@1..3``; empty where it is none."""
    if ".." not in text:
        return []
    if match := _STEP_RANGE.match(text):
        return [f"{match['stem']}@{number}" for number in _numbers(match)]
    if match := _CELL_RANGE.match(text):
        return [f"{match['stem']}[{number}]{match['step'] or ''}" for number in _numbers(match)]
    if match := _UNIT_RANGE.match(text):
        if match["head"] != match["head2"] or match["tail"] != match["tail2"]:
            raise QuantityError(
                f"{text!r} is no range.", hint="Both ends must differ in one number only, as in Z1..Z3."
            )
        return [f"{match['head']}{number}{match['tail']}" for number in _numbers(match)]
    return []


def _numbers(match: re.Match[str]) -> range:
    first, last = int(match["first"]), int(match["last"])
    if not first <= last < first + _LONGEST_RANGE:
        raise QuantityError(f"{match.group()!r} is no range.", hint="Its first end must not come after its last.")
    return range(first, last + 1)


def _lookup(graph: Graph, text: str) -> Quantity | QuantityError | None:
    name = graph.canonical(text)
    if name is not None:
        if name in graph.nodes and graph.nodes[name].kind in HIDDEN_KINDS:
            return None
        return graph.as_quantity(name)
    return _cell(graph, text) or _derived_factor(graph, text)


def _cell(graph: Graph, text: str) -> Quantity | QuantityError | None:
    """Return a cell, or in a batch a sample's row, of an array."""
    match = _CELL.match(text.strip())
    if match is None:
        return None
    array = graph.canonical(match["stem"] + (match["step"] or ""))
    if array is None or array not in graph.arrays:
        return None
    whole = graph.arrays[array]
    index = [int(number) for number in match["index"].split(",")]
    if len(index) > len(whole.shape) or any(not 1 <= i <= n for i, n in zip(index, whole.shape, strict=False)):
        size = " × ".join(map(str, whole.shape))
        return QuantityError(
            f"{text!r} lies outside {match['stem']}, which is {size}.", hint="Rows and columns count from 1."
        )
    if len(index) < len(whole.shape):
        width = whole.shape[1]
        cells = whole.cells[(index[0] - 1) * width : index[0] * width]
        return Quantity(text.strip(), whole.kind, (width,), cells)
    place = index[0] - 1 if len(index) == 1 else (index[0] - 1) * whole.shape[1] + index[1] - 1
    return graph.as_quantity(whole.cells[place])


def _derived_factor(graph: Graph, text: str) -> Quantity | None:
    """Return a factor that is not in the graph yet: a quantity's derivative by one that stands in its definition."""
    match = re.match(r"^[d∂](?P<of>.+)/[d∂](?P<by>[^\[\]@]+)(?P<suffix>(\[[0-9]+\])?(@[0-9]+)?)$", text.strip())
    if match is None:
        return None
    of = graph.canonical(match["of"] + match["suffix"])
    by = graph.canonical(match["by"] + match["suffix"]) or graph.canonical(match["by"])
    if of not in graph.nodes or by is None or by not in graph.nodes:
        return None
    return _add_factor(graph, of, by)


def _add_factor(graph: Graph, of: str, by: str) -> Quantity | None:
    definition = graph.definition(of)
    if by not in names(definition):
        return None
    whole = graph.nodes[of]
    bare_of, bare_by = (name.split("@")[0].split("[")[0] for name in (of, by))
    name = suffixed(f"d{bare_of}/d{bare_by}", whole.sample, whole.step)
    if name not in graph.nodes:
        formula = differentiate(definition, by)
        node = Node(
            name, Kind.FACTOR, formula, layer=whole.layer, unit=whole.unit, sample=whole.sample, step=whole.step
        )
        graph.add_node(node)
    return graph.as_quantity(name)
