"""Open a lesson's network or worksheet to play with."""

from __future__ import annotations

from tutor.lessons.blocks import Explore, Lesson
from tutor.play.playground import PlayError, Playground
from tutor.play.playing import Playing
from tutor.play.sharing import is_shared, put_shared


def play(lesson: Lesson, of: str = "", state: str = "", *, reference: str = "") -> Playing:
    """Open the model ``of`` (default: the lesson's first) with all given numbers free, set to a shared ``state``.

    Raises:
        PlayError: the lesson has no such model, or the state does not fit it.
    """
    if not lesson.parts:
        raise PlayError("This lesson has no network and no worksheet.")
    if of and of not in lesson.parts:
        raise PlayError(f"There is no network or worksheet {of!r} here.", hint=f"There is {', '.join(lesson.parts)}.")
    name = of or next(iter(lesson.parts))
    ground = Playground(lesson.parts[name].built)
    if state:
        put_shared(ground, state)
    title = lesson.title.strip() or name
    if len(lesson.parts) > 1:
        title = f"{title}, {name}"
    own = f"{lesson.id}#{lesson.variant}" if lesson.variant else lesson.id
    return Playing(ground, title, reference or own)


def play_block(block: Explore, lesson_title: str = "", reference: str = "") -> Playing:
    """Open the model of an ``explore`` block, with its ranges and tasks."""
    return Playing(Playground(block.model, block.turn), lesson_title, reference, block.cells, block.goals)


def split_state(which: str) -> tuple[str, str]:
    """Split ``FILE#w21=0.4`` into the file and the state; without an equals sign, # begins a variant."""
    name, mark, state = which.rpartition("#")
    return (name, state) if mark and is_shared(state) else (which, "")
