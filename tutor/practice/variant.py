"""From a lesson and a variant's id to the lesson with other numbers.

``#17`` and ``#a.miller`` belong to the first generator and always will; ``#2.17`` to the second, should there be one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tutor.cleaning import clean
from tutor.errors import TutorError
from tutor.lessons import load_source, with_models
from tutor.lessons.blocks import Lesson, Model
from tutor.paths import split_variant
from tutor.practice.domains import plan
from tutor.practice.grid import Number
from tutor.practice.leaves import Path as Keys
from tutor.practice.leaves import given_values, leaves, replaced
from tutor.practice.stream import Stream
from tutor.practice.vetting import Vetting

GENERATOR = 1

_GENERATED = re.compile(r"(\d+)\.(\d+)")
_ID = re.compile(r"[\w.\-@+]{1,64}")
_TRIES = 3000
_CANDIDATES = 16


class VariantError(TutorError):
    """A variant that cannot be made."""

    title = "There are no such numbers"


def parse_variant(text: str) -> str:
    """A variant's id as it is kept: without its ``#``, ``1.17`` as ``17``. Raises ``VariantError`` for what is none."""
    name = text.strip().removeprefix("#").strip()
    if not _ID.fullmatch(name):
        raise VariantError(
            f"'{clean(text)}' can't name a variant.", hint="Use a number or a word, such as #17 or #a.miller."
        )
    match = _GENERATED.fullmatch(name)
    if match is None:
        return str(int(name)) if name.isdecimal() else name
    generator, seed = int(match[1]), int(match[2])
    if not 1 <= generator <= GENERATOR:
        message = f"#{name} is of generator {generator}, and this tutor has none after {GENERATOR}."
        raise VariantError(message, hint="A later version of the tutor may have it.")
    return str(seed) if generator == 1 else f"{generator}.{seed}"


def open_variant(which: str | Path) -> Lesson:
    """The lesson of ``FILE``, or of ``FILE#17`` with those numbers."""
    name, variant = split_variant(str(which))
    lesson = load_source(Path(name))
    return vary(lesson, variant) if variant else lesson


def vary(lesson: Lesson, variant: str) -> Lesson:
    """The lesson with the numbers of a variant. Raises ``VariantError`` where ``where`` leaves none."""
    name = parse_variant(variant)
    specs: dict[str, dict[str, object]] = {}
    for origin, family in _families(lesson).items():
        specs |= _Family(family).numbers(f"{GENERATOR}/{lesson.id}/{origin}/{name}")
    return with_models(lesson, specs, name)


def _families(lesson: Lesson) -> dict[str, list[Model]]:
    """Models that come from one another."""
    found: dict[str, list[Model]] = {}
    for model in lesson.parts.values():
        found.setdefault(model.origin, []).append(model)
    return found


class _Family:
    """Models with shared numbers: one that stands at the same place and is the same in two of them stays the same."""

    def __init__(self, models: Sequence[Model]) -> None:
        self._models = models
        self._leaves = {model.name: leaves(model) for model in models}
        self._plans = {model.name: plan(model, self._leaves[model.name]) for model in models}
        self._vetting = {model.name: Vetting(model) for model in models}

    def numbers(self, seed: str) -> dict[str, dict[str, object]]:
        """New specs: of the candidates that are possible, the one in which the fewest slips stay hidden."""
        if not any(each.free or each.mixed for each in self._plans.values()):
            return {}
        best: dict[str, dict[Keys, Number]] | None = None
        fewest = -1
        for drawn, hidden in self._candidates(Stream(seed)):
            if best is None or hidden < fewest:
                best, fewest = drawn, hidden
            if hidden == 0:
                break
        if best is None:
            wanted = "; ".join(model.vary.where_text for model in self._models if model.vary.where_text)
            reason = f"No numbers were found for which {wanted}" if wanted else "No numbers were found that fit"
            raise VariantError(f"{reason}.", hint="Widen `vary:` in the lesson, or ask less of `where:`.")
        return {model.name: replaced(model.spec, best[model.name]) for model in self._models if best[model.name]}

    def _candidates(self, stream: Stream) -> Iterator[tuple[dict[str, dict[Keys, Number]], int]]:
        found = 0
        for _ in range(_TRIES):
            drawn = self._draw(stream)
            hidden = self._judge(drawn)
            if hidden is None:
                continue
            yield drawn, hidden
            found += 1
            if found >= _CANDIDATES:
                return

    def _draw(self, stream: Stream) -> dict[str, dict[Keys, Number]]:
        shared: dict[tuple[Keys, Number], Number] = {}
        drawn: dict[str, dict[Keys, Number]] = {}
        for model in self._models:
            old = {leaf.path: leaf.value for leaf in self._leaves[model.name]}
            own = self._plans[model.name].draw(stream)
            for path in own:
                own[path] = shared.setdefault((path, old[path]), own[path])
            drawn[model.name] = own
        return drawn

    def _judge(self, drawn: Mapping[str, Mapping[Keys, Number]]) -> int | None:
        """How many slips stay hidden in all models; None where one of them is not possible or nothing has changed."""
        hidden, changed = 0, False
        for model in self._models:
            vetting, new = self._vetting[model.name], drawn[model.name]
            changed = changed or any(new.get(leaf.path, leaf.value) != leaf.value for leaf in self._leaves[model.name])
            values = vetting.values(given_values(model, replaced(model.spec, new)))
            if not vetting.is_possible(values):
                return None
            hidden += vetting.hidden_slips(values)
        return hidden if changed else None
