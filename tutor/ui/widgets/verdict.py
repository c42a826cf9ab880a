"""A verdict in signs and words: never by colour alone."""

from __future__ import annotations

from textual.content import Content

from tutor.session.model import FieldState, Result, Verdict
from tutor.ui.text import clean

SIGNS = {
    Verdict.CORRECT: ("✓", "$success"),
    Verdict.IMPRECISE: ("≈", "$warning"),
    Verdict.FOLLOWS: ("~", "$warning"),
    Verdict.WRONG: ("✗", "$error"),
    Verdict.UNDECIDED: ("?", "$warning"),
    Verdict.UNREADABLE: ("!", "$warning"),
}
WORDS = {
    Verdict.CORRECT: "Right.",
    Verdict.IMPRECISE: "Right so far, with too few decimals.",
    Verdict.FOLLOWS: "It follows from an earlier slip.",
    Verdict.WRONG: "Not this.",
    Verdict.UNDECIDED: "I can't tell. It counts as no attempt.",
    Verdict.UNREADABLE: "I can't read this. It counts as no attempt.",
}
CLASSES = {
    Verdict.CORRECT: "-correct",
    Verdict.IMPRECISE: "-imprecise",
    Verdict.FOLLOWS: "-follows",
    Verdict.WRONG: "-wrong",
}
GIVEN_UP = ("◦", "$secondary")
KEPT = ("✓", "$secondary")


def sign(verdict: Verdict | None) -> Content:
    """A verdict's sign, coloured; a space for none."""
    text, style = SIGNS.get(verdict, KEPT) if verdict is not None else (" ", "")
    return Content.styled(text, style)


def state_sign(state: FieldState) -> Content:
    """The sign of a field as it stands."""
    if state.given_up and not state.solved:
        return Content.styled(*GIVEN_UP)
    return sign(state.result.verdict if state.result is not None else None)


def words(result: Result) -> Content:
    """What a result says, coloured by its verdict."""
    style = SIGNS.get(result.verdict, KEPT)[1]
    text = clean(result.message) or WORDS.get(result.verdict, "")
    return Content.styled(text, style if result.verdict is not Verdict.CORRECT else "$success")
