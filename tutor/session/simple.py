"""Mark the questions that need no arithmetic: options to choose, steps to put in order, gaps to fill."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tutor.lessons.blocks import AuthorMistake, Choose, Fill, Order
from tutor.mistakes import code_mistake
from tutor.session.model import CellResult, Mistake, Result, Verdict

_NOTHING = Result(Verdict.UNREADABLE, "Nothing is chosen yet.")
_NO_SUCH = Result(Verdict.UNREADABLE, "That is not one of the options.")


def mark_choice(block: Choose, keys: Sequence[str]) -> Result:
    """Mark a choice: right when exactly the right options are chosen. The message is the reply to the first wrong
    one."""
    if not keys:
        return _NOTHING
    if not _are_places(keys, len(block.options)):
        return _NO_SUCH
    taken = {int(key) for key in keys}
    right = {place for place, option in enumerate(block.options) if option.correct}
    if taken == right:
        return Result(Verdict.CORRECT, _replies(block, sorted(taken)))
    wrong = sorted(taken - right)
    if wrong:
        return Result(Verdict.WRONG, _replies(block, wrong) or "That is not it.")
    missing = len(right - taken)
    return Result(Verdict.WRONG, f"Right so far; {_more(missing)} {'is' if missing == 1 else 'are'} correct.")


def _are_places(keys: Sequence[str], count: int) -> bool:
    """Return whether all are positions in the author's list; a stored answer may be older than the list."""
    return {str(place) for place in range(count)}.issuperset(keys)


def _more(count: int) -> str:
    return "one more" if count == 1 else f"{count} more"


def _replies(block: Choose, places: Sequence[int]) -> str:
    """Return what is said about each option; where several are meant, each is named."""
    said = [(str(block.options[place].text), str(block.options[place].why)) for place in places]
    replies = [(re.sub(r"[$`]", "", text), why) for text, why in said if why]
    if len(replies) < 2:
        return "".join(why for _, why in replies)
    return " ".join(f"{text}: {why}" for text, why in replies)


def mark_order(block: Order, keys: Sequence[str]) -> Result:
    """Mark an order: right when every step comes after those it needs, and no distractor is among them."""
    if not keys:
        return Result(Verdict.UNREADABLE, "Nothing is in order yet.")
    count = len(block.steps)
    if not _are_places(keys, count + len(block.extra)):
        return _NO_SUCH
    if len(set(keys)) < len(keys):
        return Result(Verdict.UNREADABLE, "Each step can stand there only once.")
    places = [int(key) for key in keys]
    extra = [place for place in places if place >= count]
    if extra:
        step = str(block.extra[extra[0] - count])
        cells = tuple(CellResult(Verdict.WRONG if place in extra else Verdict.CORRECT) for place in places)
        slips = named_by_author(block.mistakes, step)
        return Result(Verdict.WRONG, _said(slips) or f"“{step}” does not belong here.", slips, cells)
    misplaced = block.misplaced(places)
    cells = tuple(CellResult(Verdict.WRONG if index in misplaced else Verdict.CORRECT) for index in range(len(places)))
    if len(places) < count:
        told = "in order so far" if block.keeps_order(places) else "not in order yet"
        said = f"{_more(count - len(places))} to come; what is there is {told}.".capitalize()
        return Result(Verdict.WRONG, said, (), cells)
    if not misplaced:
        return Result(Verdict.CORRECT, "In the right order.")
    first = misplaced[0] + 1
    said = (
        "Look at the very first step again." if first == 1 else f"Right up to step {first - 1}; look at step {first}."
    )
    return Result(Verdict.WRONG, said, (), cells)


def mark_fill(block: Fill, gaps: Sequence[str]) -> Result:
    """Mark each gap by itself. Spaces are ignored, and outside code so is case."""
    answers = [*gaps, *[""] * (len(block.gaps) - len(gaps))][: len(block.gaps)]
    if not any(answer.strip() for answer in answers):
        return Result(Verdict.UNREADABLE, "Nothing is filled in yet.")
    right = [
        any(_plain(answer, block.language) == _plain(one, block.language) for one in accepted)
        for answer, accepted in zip(answers, block.gaps, strict=True)
    ]
    cells = tuple(CellResult(Verdict.CORRECT if fits else Verdict.WRONG) for fits in right)
    if all(right):
        return Result(Verdict.CORRECT, "All gaps are right." if len(right) > 1 else "Right.", (), cells)
    slips = tuple(
        slip
        for answer, fits in zip(answers, right, strict=True)
        if not fits
        for slip in named_by_author(block.mistakes, answer)
    )
    if not slips and block.language:
        known = [
            code_mistake([str(one) for one in accepted], answer)
            for answer, accepted, fits in zip(answers, block.gaps, right, strict=True)
            if not fits
        ]
        slips = tuple(Mistake(*each) for each in known if each is not None)
    which = [str(place) for place, fits in enumerate(right, 1) if not fits]
    if len(right) == 1:
        said = "Not right."
    else:
        said = (
            f"Look at gap {which[0]} again."
            if len(which) == 1
            else f"Look at gaps {', '.join(which[:-1])} and {which[-1]} again."
        )
    return Result(Verdict.WRONG, _said(slips) or said, slips, cells)


def named_by_author(mistakes: Sequence[AuthorMistake], answer: str) -> tuple[Mistake, ...]:
    """Return the author's mistakes whose text matches the answer."""
    return tuple(
        Mistake("author", str(mistake.say))
        for mistake in mistakes
        if mistake.text and _plain(mistake.text, "") == _plain(answer, "")
    )


def _said(slips: Sequence[Mistake]) -> str:
    return slips[0].message if slips else ""


def _plain(text: str, language: str) -> str:
    """Return what counts in a gap: in code, everything except spaces around signs and the kind of quotes."""
    if not language:
        return " ".join(text.split()).casefold()
    text = re.sub(r"\s+", " ", text.strip()).replace('"', "'")
    return re.sub(r"\s*([^\w\s])\s*", r"\1", text)
