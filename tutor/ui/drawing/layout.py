"""Choose how to draw a network for a size.

Layouts are tried from the richest to the plainest until one fits: every weight with its name and number on its wire, or
above and below it if it is alone; only the weights that the question is about; the other stages folded to boxes; no
labels. A number is never shown without its name, which would have to be looked up in the question.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from tutor.lessons.blocks.diagram import DiagramView
from tutor.ui.drawing.live import Live
from tutor.ui.drawing.paint import Drawing, paint
from tutor.ui.drawing.placement import place_parts
from tutor.ui.drawing.plan import Options, Plan
from tutor.ui.drawing.scene import Scene, build_scene

_MOST_LABELS = 16  # between two stages; more would fit, but be unreadable


def draw(
    view: DiagramView,
    width: int,
    height: int,
    selected: str | None = None,
    *,
    live: Live | None = None,
) -> Drawing:
    """Return the network drawn in at most ``width`` × ``height`` cells; any network fits into 40 × 6. ``live``
    highlights what changes while its numbers are turned."""
    scene = _fold_crowded(build_scene(view, selected, live.sample if live is not None else ""), height)
    if live is not None:
        scene = live.light(scene)
    plans = (
        Plan(candidate, options, width, roomy=roomy)
        for candidate, options in _attempts(scene)
        for roomy in (True, False)
    )
    for plan in plans:
        draft = place_parts(plan.shape, height) if plan.shape is not None else None
        if draft is not None:
            return paint(plan, draft)
    return Drawing((), {}, width)


def richness(view: DiagramView, *widths: int) -> list[int]:
    """Return how much fits into each of these widths, with all values: all stages with their weights' labels (2), all
    stages (1), or less (0)."""
    scene = build_scene(replace(view, highlight=()))
    ways = Options() if _is_labelled(scene) else Options("asked"), Options("none")
    return [sum(Plan(scene, options, width).shape is not None for options in ways) for width in widths]


def _is_labelled(scene: Scene) -> bool:
    """Return whether there are few enough weights for all to have readable labels."""
    return all(len(edges) <= _MOST_LABELS for edges in scene.edges)


def _attempts(scene: Scene) -> Iterator[tuple[Scene, Options]]:
    """Yield the ways to draw a scene, the richest first."""
    labels: tuple[Literal["all", "asked"], ...] = ("all", "asked") if _is_labelled(scene) else ("asked",)
    yield from ((scene, Options(which, tall=tall)) for tall in (True, False) for which in labels)
    folded = scene.fold(scene.in_question() or (0, 1))
    if scene.in_question():
        for candidate in (folded, folded.merge()):
            yield from ((candidate, Options("asked", tall=tall)) for tall in (True, False))
        yield folded, Options("asked", slim=True)
        yield folded, Options("asked", tall=False, slim=True)
    shorter = [candidate for candidate in (scene, folded, folded.merge()) if len(candidate.stages) > 1]
    for candidate in shorter:
        yield from ((candidate, Options("none", tall=tall)) for tall in (True, False))
    for tall in (True, False):
        yield from ((candidate, Options("none", tall=tall, slim=True)) for candidate in shorter)
    yield scene.fold(()), Options("none", slim=True)
    yield scene.fold(()).merge(), Options("none", tall=False)


def _fold_crowded(scene: Scene, height: int) -> Scene:
    """Fold the stages with more units than rows."""
    stages = (replace(stage, folded=stage.folded or stage.count > max(1, height - 2)) for stage in scene.stages)
    return replace(scene, stages=tuple(stages))
