"""Make a variant of a lesson, from its id.

``#17`` and ``#a.miller`` belong to the first generator and always will; ``#2.17`` would belong to a second one.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tutor.cleaning import clean
from tutor.errors import TutorError
from tutor.lessons import load_source, with_models
from tutor.lessons.blocks import Lesson, Model
from tutor.network import Graph
from tutor.paths import split_variant
from tutor.practice.domains import plan
from tutor.practice.grid import Number
from tutor.practice.leaves import GivenNodes, Keys, leaves, replaced
from tutor.practice.stream import Stream
from tutor.practice.vetting import Vetting

GENERATOR = 1

#: New numbers by the model's name and their path in its description.
Drawn = dict[str, dict[Keys, Number]]
#: Every node's value by the model's name.
Values = dict[str, list[float]]

_GENERATED = re.compile(r"(\d+)\.(\d+)")
_ID = re.compile(r"[\w.\-@+]{1,64}")
_TRIES = 3000
_CANDIDATES = 16


class VariantError(TutorError):
    """A variant that cannot be made."""

    title = "There are no such numbers"


def parse_variant(text: str) -> str:
    """Return a variant's id as it is stored: without its ``#``, and ``17`` for ``1.17``.

    Raises:
        VariantError: The text is not a variant's id.
    """
    name = text.strip().removeprefix("#").strip()
    if not _ID.fullmatch(name):
        raise VariantError(
            f"'{clean(text)}' cannot name a variant.", hint="Use a number or a word, such as #17 or #a.miller."
        )
    match = _GENERATED.fullmatch(name)
    if match is None:
        return str(int(name)) if name.isdecimal() else name.casefold()
    generator, seed = int(match[1]), int(match[2])
    if generator != GENERATOR:
        message = f"#{name} is of generator {generator}, and this tutor has none after {GENERATOR}."
        raise VariantError(message, hint="A later version of the tutor may have it.")
    return str(seed)


def open_variant(which: str | Path) -> Lesson:
    """Return the lesson in ``FILE``, or for ``FILE#17`` its variant 17."""
    name, variant = split_variant(str(which))
    lesson = load_source(Path(name))
    return vary(lesson, variant) if variant else lesson


def vary(lesson: Lesson, variant: str) -> Lesson:
    """Return the lesson with the numbers of a variant.

    Raises:
        VariantError: No numbers meet the conditions under ``where``.
    """
    return Variants(lesson).lesson(variant)


class Variants:
    """Makes variants of a lesson. Use one object for many: what does not depend on the numbers is computed once."""

    def __init__(self, lesson: Lesson) -> None:
        self._lesson = lesson
        self._families = {origin: _Family(models) for origin, models in _families(lesson).items()}

    def lesson(self, variant: str) -> Lesson:
        """Return the whole lesson with the numbers of a variant.

        Raises:
            VariantError: No numbers meet the conditions under ``where``, or the id is not a variant's.
        """
        name = parse_variant(variant)
        specs: dict[str, dict[str, object]] = {}
        for family, drawn in self._drawn(name):
            specs |= family.specs(drawn)
        return with_models(self._lesson, specs, name)

    def graphs(self, variant: str) -> dict[str, Graph]:
        """Return the graphs of the lesson's models with the numbers of a variant, which is enough to mark answers.

        Raises:
            VariantError: No numbers meet the conditions under ``where``, or the id is not a variant's.
        """
        found = {name: model.graph for name, model in self._lesson.parts.items()}
        for family, drawn in self._drawn(parse_variant(variant)):
            graphs = family.graphs(drawn)
            if graphs is None:
                return {name: model.graph for name, model in self.lesson(variant).parts.items()}
            found |= graphs
        return found

    def _drawn(self, name: str) -> Iterator[tuple[_Family, Drawn]]:
        for origin, family in self._families.items():
            yield family, family.numbers(f"{GENERATOR}/{self._lesson.id}/{origin}/{name}")


def _families(lesson: Lesson) -> dict[str, list[Model]]:
    """Group the models that come from one another, by their origin."""
    found: dict[str, list[Model]] = {}
    for model in lesson.parts.values():
        found.setdefault(model.origin, []).append(model)
    return found


class _Family:
    """Models with shared numbers: a number that is equal at the same path in two of them stays equal."""

    def __init__(self, models: Sequence[Model]) -> None:
        self._models = models
        # those with a condition first, where most draws fail
        self._strictest = sorted(models, key=lambda model: model.vary.where is None)
        self._leaves = {model.name: leaves(model) for model in models}
        self._plans = {model.name: plan(model, self._leaves[model.name]) for model in models}
        self._old = {name: {leaf.path: leaf.value for leaf in found} for name, found in self._leaves.items()}
        self._nodes = {
            model.name: GivenNodes(model, [leaf.path for leaf in self._leaves[model.name]]) for model in models
        }
        self._vetting = {model.name: Vetting(model) for model in models}

    def numbers(self, seed: str) -> Drawn:
        """Return new numbers: among the possible draws, the one that hides the fewest mistakes.

        Raises:
            VariantError: No draw is possible.
        """
        if not any(each.free or each.mixed for each in self._plans.values()):
            return {}
        best: Drawn | None = None
        fewest = sys.maxsize
        for drawn, values in self._candidates(Stream(seed)):
            hidden = self._hidden(values, fewest)
            if best is None or hidden < fewest:
                best, fewest = drawn, hidden
            if hidden == 0:
                break
        if best is None:
            conditions = "; ".join(model.vary.where_text for model in self._models if model.vary.where_text)
            reason = f"No numbers were found {f'for which {conditions}' if conditions else 'that fit'}"
            raise VariantError(f"{reason}.", hint="Widen `vary:` in the lesson, or relax `where:`.")
        return {name: new for name, new in best.items() if new}

    def specs(self, drawn: Drawn) -> dict[str, dict[str, object]]:
        """Return the entries of the models' specs that change with these numbers."""
        return {model.name: replaced(model.spec, drawn[model.name]) for model in self._models if model.name in drawn}

    def graphs(self, drawn: Drawn) -> dict[str, Graph] | None:
        """Return the models' graphs with these numbers, or None if a number is part of a formula."""
        if not all(nodes.is_all for nodes in self._nodes.values()):
            return None
        return {
            model.name: model.graph.with_given(self._nodes[model.name](drawn[model.name]))
            for model in self._models
            if model.name in drawn
        }

    def _candidates(self, stream: Stream) -> Iterator[tuple[Drawn, Values]]:
        """Yield draws that are possible in all models, with every node's value."""
        found = 0
        for _ in range(_TRIES):
            drawn = self._draw(stream)
            values = self._values(drawn)
            if values is None:
                continue
            yield drawn, values
            found += 1
            if found >= _CANDIDATES:
                return

    def _draw(self, stream: Stream) -> Drawn:
        shared: dict[tuple[Keys, Number], Number] = {}
        drawn: Drawn = {}
        for model in self._models:
            old = self._old[model.name]
            own = self._plans[model.name].draw(stream)
            for path in own:
                own[path] = shared.setdefault((path, old[path]), own[path])
            drawn[model.name] = own
        return drawn

    def _values(self, drawn: Drawn) -> Values | None:
        """Return every node's value in each model, or None if the draw is not possible or changes nothing."""
        if all(drawn[name].get(path, value) == value for name, old in self._old.items() for path, value in old.items()):
            return None
        if not all(self._plans[name].is_distinct({**old, **drawn[name]}) for name, old in self._old.items()):
            return None
        found: Values = {}
        for model in self._strictest:
            slots = model.graph.slots
            given = {slots[name]: value for name, value in self._nodes[model.name](drawn[model.name]).items()}
            values = self._vetting[model.name].values(given)
            if values is None:
                return None
            found[model.name] = values
        return found

    def _hidden(self, values: Values, most: int) -> int:
        """Return how many mistakes stay hidden in all models together; stop counting after ``most``."""
        hidden = 0
        for name, each in values.items():
            hidden += self._vetting[name].hidden_mistakes(each, most - hidden)
            if hidden > most:
                break
        return hidden
