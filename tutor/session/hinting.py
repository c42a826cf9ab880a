"""Build a field's ladder of hints: about the diagnosed mistake, then the author's, then the generated ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tutor.lessons.blocks import Question
from tutor.lessons.template import Template
from tutor.mistakes import advice
from tutor.session.entries import Entry
from tutor.session.marks import Marks
from tutor.session.model import FieldState, Hint, Ladder, Verdict
from tutor.session.visibility import Visibility

FREE = "free"
HINTED = "counts as found with a hint"
HELPED = "counts as found with help; practice asks for this again sooner"
SHOWN = "shows the answer; counts as given up"

#: The title of the hint about the last answer's mistake.
ABOUT = "About this answer"

#: The cost of each kind of generated hint if the lesson withholds the derivation. Otherwise the derivation shows all
#: but the last of them at no cost, so those hints are free as well.
_COSTS = {"what": FREE, "formula": FREE, "terms": HINTED, "numbers": HELPED, "line": SHOWN}

#: The kinds of generated hint that lead to the answer: not shown where the lesson withholds it.
_WITH_NUMBERS = ("numbers", "line")


@dataclass(frozen=True, slots=True)
class _Rung:
    title: str
    cost: str
    text: str


def ladder(entry: Entry, state: FieldState, marks: Marks, visibility: Visibility) -> Ladder:
    """Return the present hints of a field; those not yet opened have no text."""
    steps = _rungs(entry, state, marks, visibility)
    opened = _opened(steps, state)
    hints = tuple(
        Hint(
            place + 1,
            step.title,
            FREE if state.done else step.cost,
            step.text if place < opened else "",
            place < opened,
            is_about=step.title == ABOUT,
        )
        for place, step in enumerate(steps)
    )
    return Ladder(hints, opened)


def with_next(state: FieldState, following: Hint) -> FieldState:
    """Return the state with this hint opened."""
    if following.title == ABOUT:
        return replace(state, about_opened=True)
    return replace(state, hints_opened=state.hints_opened + 1)


def _opened(steps: Sequence[_Rung], state: FieldState) -> int:
    """Return how many hints are open. The one about the last answer comes and goes with that answer, so
    ``hints_opened`` does not count it; it opens with any other hint. The hint that shows the answer is open only once
    the field is done."""
    about = int(bool(steps) and steps[0].title == ABOUT)
    opened = about + state.hints_opened if state.hints_opened else about * int(state.about_opened)
    free = state.done or all(step.cost != SHOWN for step in steps[:opened])
    return min(opened, len(steps)) if free else [step.cost for step in steps].index(SHOWN)


def has_hints(entry: Entry, state: FieldState) -> bool:
    """Return whether a field has any hint, without generating the texts."""
    block = entry.block
    if not isinstance(block, Question):
        return False
    own, builtin = _of_author(entry, block)
    return bool(own) or (
        builtin and (entry.item is not None or _has_words(block) or bool(_about_mistake(entry, state)))
    )


def _of_author(entry: Entry, block: Question) -> tuple[Sequence[Template], bool]:
    """Return the author's hints, and whether generated ones follow."""
    said = entry.item if entry.item is not None else block
    return said.hints, said.builtin_hints


def _rungs(entry: Entry, state: FieldState, marks: Marks, visibility: Visibility) -> Sequence[_Rung]:
    block = entry.block
    if not isinstance(block, Question):
        return ()
    own, builtin = _of_author(entry, block)
    found = [_Rung("A hint from the lesson", HINTED, text.fill(visibility.is_shown)) for text in own]
    if builtin:
        found = [*_about_mistake(entry, state), *found, *_builtin(entry, block, state, marks)]
    return found


def _about_mistake(entry: Entry, state: FieldState) -> list[_Rung]:
    """Return the hint about the diagnosed mistake, which comes first; none if there is no more to say about it than the
    message said."""
    result = state.result
    if result is None or not result.mistakes or result.verdict in (Verdict.CORRECT, Verdict.FOLLOWS):
        return []
    mistake = result.mistakes[0]
    about = entry.item if entry.item is not None else getattr(entry.block, "formula_of", None)
    if about is None:
        said = advice(mistake.id)
    else:
        said = advice(mistake.id, about.graph, mistake.place or about.quantity.cells[0])
    return [_Rung(ABOUT, FREE, said)] if said else []


def _builtin(entry: Entry, block: Question, state: FieldState, marks: Marks) -> list[_Rung]:
    from tutor.hints import rungs

    item = entry.item
    if item is not None:
        made = rungs(item.graph, item.quantity, marks.known(item), item.decimals, marks.cell_to_help(entry, state))
        kept = made if item.reveal else [rung for rung in made if rung.kind not in _WITH_NUMBERS]
        return [_Rung(rung.title, _cost(rung.kind, item.reveal), rung.text) for rung in kept]
    return _in_words(block)


def _cost(kind: str, has_derivation: bool) -> str:
    """Return the cost of a generated hint: none if the derivation shows the same freely."""
    return FREE if has_derivation and kind != "line" else _COSTS[kind]


def _has_words(block: Question) -> bool:
    return block.formula_of is not None or block.first_hint() is not None


def _in_words(block: Question) -> list[_Rung]:
    """Return the generated hints of a question that asks for no number: its block's hint, or hints about the formula
    asked for."""
    if (hint := block.first_hint()) is not None:
        title, helps_much, text = hint
        return [_Rung(title, HELPED if helps_much else HINTED, text)]
    if (reference := block.formula_of) is None:
        return []
    from tutor.hints import rungs

    made = rungs(reference.graph, reference.quantity, lambda name: None)
    return [_Rung(rung.title, _COSTS[rung.kind], rung.text) for rung in made if rung.kind in ("what", "formula")]
