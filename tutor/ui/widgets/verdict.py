"""Show a verdict in signs and words, never only by colour."""

from __future__ import annotations

import re

from textual.content import Content

from tutor.session.model import CellResult, FieldState, Result, Verdict
from tutor.ui.text import MUTED, clean, one_line

_STYLES = {
    Verdict.CORRECT: "$success",
    Verdict.IMPRECISE: "$warning",
    Verdict.FOLLOWS: "$warning",
    Verdict.WRONG: "$error",
    Verdict.UNDECIDED: "$warning",
    Verdict.UNREADABLE: "$warning",
}
SIGNS = {verdict: (verdict.sign, style) for verdict, style in _STYLES.items()}
WORDS = {
    Verdict.CORRECT: "Right.",
    Verdict.IMPRECISE: "Nearly: too few decimals, or rounded early.",
    Verdict.FOLLOWS: "Consistent: it follows from an earlier mistake.",
    Verdict.WRONG: "Not right.",
    Verdict.UNDECIDED: "Undecided: this could not be compared. Not counted as an attempt.",
    Verdict.UNREADABLE: "Unreadable. Not counted as an attempt.",
}
CLASSES = {
    Verdict.CORRECT: "-correct",
    Verdict.IMPRECISE: "-imprecise",
    Verdict.FOLLOWS: "-follows",
    Verdict.WRONG: "-wrong",
}
GIVEN_UP = ("◦", "$secondary")
KEPT = (Verdict.KEPT.sign, "$secondary")
NOT_THERE = ("·", MUTED)


_SPAN = re.compile(r"`[^`\n]+`|\$[^$\s](?:[^$\n]*[^$\s])?\$(?!\d)")


def sign(verdict: Verdict | None) -> Content:
    """Return a verdict's sign, coloured; a space for None."""
    text, style = SIGNS.get(verdict, KEPT) if verdict is not None else (" ", "")
    return Content.styled(text, style)


def state_sign(state: FieldState) -> Content:
    """Return the sign of a field's current state."""
    if state.given_up and not state.solved:
        return Content.styled(*GIVEN_UP)
    return sign(state.result.verdict if state.result is not None else None)


def words(result: Result | CellResult) -> Content:
    """Return the message of a result, coloured by its verdict."""
    style = SIGNS.get(result.verdict, KEPT)[1]
    return _formatted(clean(result.message) or WORDS.get(result.verdict, "")).stylize_before(style)


def faded(said: Content) -> Content:
    """Return the message of a mark that no longer applies to what is typed."""
    return Content.styled(said.plain, MUTED)


def state_words(state: FieldState) -> Content:
    """Return the message about a field's current state: the answer if it was given up, or nothing if there is no
    mark."""
    if state.given_up and not state.solved:
        return Content.styled(f"Shown: {one_line(state.shown)}" if state.shown else "Given up.", GIVEN_UP[1])
    return words(state.result) if state.result is not None else Content("")


def _formatted(text: str) -> Content:
    """Return the text with its code and mathematics formatted. The rest is not parsed, because it may quote a learner's
    `2*3*4`."""
    if not _SPAN.search(text):
        return Content(text)
    from tutor.ui.widgets.prose import inline

    parts, end = [], 0
    for found in _SPAN.finditer(text):
        parts += [Content(text[end : found.start()]), inline(found[0])]
        end = found.end()
    return Content("").join([*parts, Content(text[end:])])
