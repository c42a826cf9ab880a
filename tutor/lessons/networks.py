"""Build the networks and worksheets of a lesson with their graphs."""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from tutor.errors import FormulaError, NetworkError
from tutor.formulas import evaluate, substitute
from tutor.formulas.tree import Logic, Name, names
from tutor.lessons.blocks import AuthorMistake, Model, Vary
from tutor.lessons.declared import Declared, ModelLibrary, Resolved, Spec
from tutor.lessons.field_types import describe
from tutor.lessons.models import VaryFile, WorksheetFile
from tutor.lessons.resolve import Resolver, cells_of, is_condition, no_condition
from tutor.lessons.validate import Checker, did_you_mean
from tutor.lessons.yaml.document import Path_
from tutor.network import Graph, Network, Worksheet, build_graph
from tutor.network.worksheet import choosing_lists

MOST_FAULTS = 20

#: What ``vary`` and ``keep`` may name besides single parameters.
NETWORK_GROUPS = ("inputs", "target", "weights", "bias", "lr")
GROUP_SYNONYMS = {"targets": "target", "biases": "bias", "alpha": "lr", "learning_rate": "lr"}

#: Keys of a network or worksheet that are not part of what is computed.
LESSON_KEYS = ("vary", "allow", "mistakes", "from")


@dataclass
class ModelBuilder:
    """Builds the models of a lesson. ``steps`` has the number of training steps that each needs; "" stands for all."""

    checker: Checker
    library: ModelLibrary
    steps: Mapping[str, int]
    notation: Mapping[str, str] | None
    overrides: Mapping[str, Mapping[str, object]]
    failed: bool = False

    def build(self) -> dict[str, Model]:
        """Return every model that can be built; problems with the others are noted."""
        found: dict[str, Model] = {}
        for name, model in self.library.models.items():
            built = self._build(model)
            if built is None:
                self.failed = True
            else:
                found[name] = built
        self.checker.problems.extend(self.library.problems)
        return found

    def _build(self, model: Declared) -> Model | None:
        resolved = self.library.resolved(model.name)
        if resolved is None:
            return None
        spec = {**resolved.spec, **self.overrides.get(model.name, {})}
        if self.notation and "notation" not in spec:
            spec["notation"] = dict(self.notation)
        plain = {key: value for key, value in spec.items() if key not in LESSON_KEYS}
        made = self._made(plain, model, resolved)
        if made is None:
            return None
        built, graph = made
        part = Model(
            name=model.name,
            built=built,
            graph=graph,
            spec=spec,
            origin=resolved.origin,
            vary=self._vary(spec.get("vary"), model, built, graph),
            allow={str(key): str(reason) for key, reason in (spec.get("allow") or {}).items()},
        )
        return replace(part, mistakes=self._mistakes(part, model, spec))

    def _made(self, plain: Spec, model: Declared, resolved: Resolved) -> tuple[Network | Worksheet, Graph] | None:
        """Return the model and the graph of a spec, or None with its problems noted. After a problem, the rest of the
        spec is tried, so that all problems are noted at once."""
        spec, kind = plain, (Network if model.kind == "network" else Worksheet)
        for faults in range(MOST_FAULTS):
            try:
                built = kind.from_spec(spec, name=model.name)
                graph = build_graph(built, max(self.steps.get(model.name, 1), self.steps.get("", 1)))
                _ = graph.values
            except NetworkError as error:
                self._explain(error, model, resolved)
                if (rest := without(spec, error.place)) is None:
                    return None
                spec = rest
            else:
                return None if faults else (built, graph)
        return None

    def _explain(self, error: NetworkError, model: Declared, resolved: Resolved) -> None:
        place = error.place
        if place and place[0] in resolved.places:
            path = (*model.path, *place)
        elif isinstance(model.data, dict) and "from" in model.data:
            path = (*model.path, "from")
        elif len(place) == 3 and place[0] == "layers" and place[2] == "activation" and "activation" in resolved.places:
            path = (*model.path, "activation")
        else:
            path = (*model.path, *place)
        offset = None
        node = self.checker.document.nodes.get(path)
        if node is not None and node.kind == "scalar" and place[:1] == ("steps",) and "(column " in error.message:
            offset = int(error.message.rpartition("(column ")[2].split()[0]) - 1
        message = error.message.rpartition(" (column ")[0] if offset is not None else error.message
        path, at_key = self._key_in(message, path)
        self.checker.add(path, f"{message} {error.hint}".strip(), at_key=at_key, offset=offset)

    def _key_in(self, message: str, path: Path_) -> tuple[Path_, bool]:
        """Return the path of the key that a message about a mapping names, if any, and whether to point at the key."""
        keys = self.checker.document.keys
        if path and path in keys and f"'{path[-1]}'" in message:
            return path, True
        node = self.checker.document.nodes.get(path)
        for key, _ in node.pairs if node is not None else ():
            if f"'{key.text}'" in message and (*path, key.text) in keys:
                return (*path, key.text), True
        return path, node is not None and node.kind == "map"

    def _mistakes(self, part: Model, model: Declared, spec: Spec) -> dict[str, Any]:
        """Return the mistakes that a worksheet declares, by step; those of a step apply in every round."""
        written = spec.get("mistakes")
        if model.kind != "worksheet" or not written:
            return {}
        own = isinstance(model.data, dict) and "mistakes" in model.data
        path = (*model.path, "mistakes") if own else model.path
        checked = WorksheetFile.model_validate({"mistakes": written}).mistakes
        resolver = Resolver(self.checker, {part.name: part})
        found = {}
        for step, mistakes in checked.items():
            here = (*path, step)
            name = part.graph.canonical(step)
            if name is None or step not in spec["steps"]:
                meant = did_you_mean(step, spec["steps"], f"; the steps are {', '.join(spec['steps'])}.")
                self.checker.add(here, f"There is no step '{step}'{meant}", at_key=True)
                continue
            shape = part.graph.as_quantity(name).shape
            found[name] = resolver.mistakes(mistakes, part.name, here, shape)
            for at in range(2, part.graph.steps + 1):
                later = part.graph.canonical(f"{step}@{at}")
                if later is not None and later not in found:
                    found[later] = tuple(_in_round(each, part.graph, at) for each in found[name])
        return found

    # -- vary -------------------------------------------------------------------------------------------------------

    def _vary(self, value: object, model: Declared, built: Network | Worksheet, graph: Graph) -> Vary:
        path = (*model.path, "vary")
        checked = self.checker.model(VaryFile, value, path) if value else None
        if checked is None:
            return Vary()
        known = variable_names(built)
        pick: dict[str, tuple[float, ...]] = {}
        ranges: dict[str, tuple[float, float, float]] = {}
        for key, change in (checked.model_extra or {}).items():
            name = self._variable(key, known, (*path, key))
            if name and isinstance(change, list) and change and all(_is_number(each) for each in change):
                pick[name] = tuple(float(each) for each in change)
            elif name and (limits := _limits(change)):
                ranges[name] = limits
            elif name:
                message = (
                    f"A list to pick from, or {{from: -0.9, to: 0.9, step: 0.1}}, belongs here, not {describe(change)}."
                )
                self.checker.add((*path, key), message)
        named = {
            key: tuple(name for each in listed if (name := self._variable(each, known, (*path, key))))
            for key, listed in (("keep", checked.keep), ("one_hot", checked.one_hot), ("distinct", checked.distinct))
        }
        for name in choosing_lists(built) & {*pick, *ranges}:
            self.checker.add((*path, name), f"{name} chooses rows, so it stays in every variant.", at_key=True)
        where = self._where(checked.where, graph, (*path, "where"))
        return Vary(pick, ranges, where=where, where_text=checked.where or "", **named)

    def _variable(self, key: str, known: tuple[str, ...], path: Path_) -> str | None:
        name = key if key in known else GROUP_SYNONYMS.get(key, key)
        if name in known:
            return name
        instead = "; name a parameter, a given value, or inputs, target, weights, bias, lr."
        meant = did_you_mean(name, known, instead)
        self.checker.add(path, f"There is no '{key}' to vary{meant}", at_key=True)
        return None

    def _where(self, text: str | None, graph: Graph, path: Path_) -> Any:
        """Return the condition that every variant must meet. The author's numbers must meet it too."""
        if not text:
            return None
        try:
            trees = cells_of(text, graph).trees
            if not all(map(is_condition, trees)):
                self.checker.add(path, no_condition(text))
                return None
            # for a column of a batch or a vector it must hold in every cell
            tree = Logic("and", trees) if len(trees) > 1 else trees[0]
            if not evaluate(tree, graph.values):
                message = f"'{text}' does not hold for the numbers written here, and must in every variant."
                self.checker.add(path, message)
            return tree
        except FormulaError as error:
            self.checker.add(path, str(error), offset=error.column - 1)
            return None


def variable_names(built: Network | Worksheet) -> tuple[str, ...]:
    """Return the names of everything that may vary: the groups and each parameter or given value."""
    if isinstance(built, Worksheet):
        return ("given", *built.given_names)
    weights = (name for layer in built.layers for row in layer.weight_names for name in row)
    biases = (name for layer in built.layers for name in layer.biases)
    layers = (f"{layer.name}.{part}" for layer in built.layers for part in ("W", "theta"))
    return (*NETWORK_GROUPS, *built.input_names, *built.target_names, *weights, *biases, *layers)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _in_round(mistake: AuthorMistake, graph: Graph, at: int) -> AuthorMistake:
    """Return a mistake with its names replaced by those of a later round of the worksheet."""
    moved = {
        name: Name(later)
        for cell in mistake.cells
        for name in names(cell)
        if (later := graph.canonical(f"{name}@{at}")) is not None
    }
    cells = tuple(substitute(cell, moved) for cell in mistake.cells)
    return replace(mistake, when=cells[0] if mistake.when is not None else None, cells=cells)


def _limits(value: object) -> tuple[float, float, float] | None:
    if not isinstance(value, dict) or set(value) != {"from", "to", "step"} or not all(map(_is_number, value.values())):
        return None
    low, high, step = (float(value[key]) for key in ("from", "to", "step"))
    return (low, high, step) if low < high and step > 0 else None


# -- a spec without the part that is wrong ----------------------------------------------------------------------------
#
# It lets further problems be reported together with the first. That makes sense only if the rest can be judged without
# the part: of weights that do not fit, nobody knows what would.

_OMITTABLE = frozenset({"target", "loss", "optimizer", "notation", "reduction", "error_signal", "delta_sign", "repeat"})
_OMITTABLE_OF_LAYER = frozenset({"bias", "activation", "name"})


def without(spec: Mapping[str, Any], place: Path_) -> Spec | None:
    """Return a copy of a spec without the part at ``place``; None if the rest cannot be judged without it."""
    rest: Spec = copy.deepcopy(dict(spec))
    match place:
        case ("steps" | "given", str(name), *_):
            return _without_name(rest, name)
        case ("layers", int(number), str(key), *_) if key in _OMITTABLE_OF_LAYER:
            rest["layers"][number].pop(key, None)
            if key == "activation":  # a loss may require this activation
                rest.pop("loss", None)
            return rest
        case ("inputs", _, *_) | ("layers", _, "weights", _, _, *_) if _put_number(rest, place):
            return rest
        case (str(key), *_) if key in _OMITTABLE and key in rest:
            del rest[key]
            return rest
    return None


def _put_number(spec: Spec, place: Path_) -> bool:
    """Replace a single value that is not a number by a number. Return whether that was possible."""
    inside: Any = spec
    try:
        for key in place[:-1]:
            inside = inside[key]
        if isinstance(inside[place[-1]], dict | list):
            return False
        inside[place[-1]] = 0.5
    except (TypeError, KeyError, IndexError):
        return False  # the spec has no list or mapping at this place
    return True


def _without_name(spec: Spec, name: str) -> Spec | None:
    """Return a worksheet without a given value or step and without every step that uses it; None if no step is left."""
    steps: dict[str, Any] = spec.get("steps") or {}
    gone, found = {name}, {name}
    while found:
        word = re.compile("|".join(rf"(?<![^\W_])d?{re.escape(each.partition('@')[0])}\b" for each in found))
        found = {step for step, formula in steps.items() if step not in gone and word.search(str(formula))}
        gone |= found
    spec["given"] = {key: value for key, value in (spec.get("given") or {}).items() if key not in gone}
    spec["steps"] = {step: formula for step, formula in steps.items() if step not in gone}
    return spec if spec["steps"] else None
