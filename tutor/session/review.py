"""When an answer comes up again: the free spaced repetition scheduler decides, from how the answer was found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from tutor.session.model import FieldState
from tutor.store import Store

_MANY = 3


def schedule(store: Store, lesson: str, states: Mapping[str, FieldState], now: datetime) -> None:
    """Give each question just done its next date. Imports the scheduler (25 ms): not while a key is handled."""
    from fsrs import Card, Rating, Scheduler

    scheduler = Scheduler(enable_fuzzing=False)  # the same history gives the same date
    for name, state in states.items():
        kept = store.review_card(lesson, name)
        # the name tells cards apart; to make an id of the time, the package would sleep a millisecond for each
        card = Card.from_json(kept) if kept else Card(card_id=0)
        card, _ = scheduler.review_card(card, Rating(rating(state)), now.astimezone(UTC))
        store.set_review_card(lesson, name, card.to_json(), card.due)


def rating(state: FieldState) -> int:
    """1 (again) when it was given up, 2 (hard) with help or after several tries, 3 (good), 4 (easy) at once."""
    if state.given_up:
        return 1
    if state.hints_opened >= _MANY or state.attempts >= _MANY:
        return 2
    return 4 if state.attempts <= 1 and not state.hints_opened else 3
