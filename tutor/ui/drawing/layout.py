"""The drawing of a network for a size.

Layouts are tried from the richest to the plainest until one fits: every weight with its name and number; numbers alone;
only the weights that the question is about; the other stages folded to a box; no labels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tutor.session.model import DiagramView
from tutor.ui.drawing.paint import Drawing, paint
from tutor.ui.drawing.plan import Options, Plan
from tutor.ui.drawing.scene import Scene, build_scene
from tutor.ui.drawing.setting import set_out
from tutor.ui.glyphs import Signs

# What labels may hide and touch: of all weights; of those that are asked about; and of these once the rest is folded.
_CLUTTER_OF_ALL, _CLUTTER_OF_ASKED, _CLUTTER_AT_LAST = 10.0, 5.0, 25.0
_MOST_LABELS = 16  # between two stages; more could be placed but not read


def draw(
    view: DiagramView, width: int, height: int, selected: str | None = None, *, signs: Signs = Signs.BRAILLE
) -> Drawing:
    """The network drawn in at most ``width`` × ``height`` cells (from 40 × 6 up, any network fits)."""
    scene = _fold_crowded(build_scene(view, selected), height)
    for candidate, options in _attempts(scene):
        plan = Plan(candidate, options, width)
        # rows want some air, so that their edges can be followed
        most = (
            _CLUTTER_OF_ALL
            if options.labels == "all"
            else _CLUTTER_OF_ASKED
            if candidate is scene
            else _CLUTTER_AT_LAST
        )
        draft = set_out(plan.shape, height, airy=not options.tall, clutter=most) if plan.shape is not None else None
        if draft is not None:
            return paint(plan, draft, signs)
    return Drawing((), {}, width)


def needs_folding(view: DiagramView, width: int) -> bool:
    """Whether this width is too little for all stages, with all values."""
    return not Plan(build_scene(replace(view, highlight=())), Options("none"), width).is_roomy


def _attempts(scene: Scene) -> Iterator[tuple[Scene, Options]]:
    """The ways to draw a scene, the richest first."""
    asked = [Options("asked"), Options("asked", named=False)]
    if all(len(edges) <= _MOST_LABELS for edges in scene.edges):
        yield from ((scene, options) for options in (Options(), Options(named=False)))
    yield from ((scene, options) for options in asked)
    folded = scene.fold(scene.in_question() or (0, 1))
    if scene.in_question():
        for candidate in (folded, folded.merge()):
            yield from ((candidate, replace(options, tall=tall)) for tall in (True, False) for options in asked)
        yield folded, Options("asked", named=False, slim=True)
    shorter = [candidate for candidate in (scene, folded, folded.merge()) if len(candidate.stages) > 1]
    for candidate in shorter:
        yield from ((candidate, Options("none", tall=tall)) for tall in (True, False))
    for tall in (True, False):
        yield from ((candidate, Options("none", tall=tall, slim=True)) for candidate in shorter)
    yield scene.fold(()), Options("none", slim=True)
    yield scene.fold(()).merge(), Options("none", tall=False)


def _fold_crowded(scene: Scene, height: int) -> Scene:
    """Fold the stages that could not even have one row a unit."""
    stages = (replace(stage, folded=stage.folded or stage.count > max(1, height - 2)) for stage in scene.stages)
    return replace(scene, stages=tuple(stages))
