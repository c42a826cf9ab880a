"""The tutor without a terminal: a ``Session`` is one learner's work on one lesson.

The screens, the plain mode and the tests all drive a ``Session``. What it returns is defined in
``tutor.session.model``. In short::

    session = open_lesson("forward-pass#17", store)         # id, number, path; raises LessonError; resume=True
    session = Session(lesson, store, now=clock)             # a lesson that is loaded already

    session.title, session.variant, session.position        # position: index of the present screen, kept
    session.titles                                          # the screens' titles
    session.screen() / session.screen(3) -> ScreenView      # blocks and fields as they are now
    session.goto(3); session.next(); session.back()         # -> ScreenView; next and back stop at the ends

    session.state(field_id) -> FieldState                   # draft, answer, result, attempts, hints, given up
    session.read(field_id, text, cell=None) -> ReadBack     # while typing; never raises
    session.read_grid(field_id, pasted) -> tuple[str, ...] | None   # a pasted matrix as cells
    session.unfit(field_id, pasted) -> str                  # why it does not fit
    session.draft(field_id, answer)                         # kept in memory at once, saved by ...
    session.save()                                          # ... this (call it within a second, and on leaving)
    session.submit(field_id, answer) -> Outcome             # marks, re-marks what follows, saves
    session.finish(field_id, answer, result) -> Outcome     # stores the result of a lab or cell that the caller ran
    session.hints(field_id) -> Ladder; session.open_hint(field_id) -> Hint | None
    session.give_up(field_id) -> Outcome                    # shows the answer

    session.solution(field_id) -> str                       # once done, unless the author withholds it
    session.field_ids, session.field(field_id), session.screen_of(field_id), session.first_to_fix()

    session.shown(of, name) -> str                          # a value as it may be shown: "0.332" or "?"
    session.derivation(of, quantity) -> tuple[DerivationLine, ...]   # loads SymPy: call it in a worker
    session.worksheet(of) -> tuple[WorksheetRow, ...]
    session.networks -> tuple[str, ...]                     # names of networks and worksheets
    session.progress, session.screen_progress(i) -> Progress

    session.look_back() -> LookBack; session.export("markdown" | "html") -> str
    session.switch_variant("17") -> Session                 # a new session on other numbers; "" is the author's own
    session.new_variant() -> Session                        # numbers that this learner has not seen
    session.reset()                                         # this lesson from the start; history is kept
    session.notice -> str                                   # a warning that progress could not be saved, or ""
"""

from collections.abc import Callable
from datetime import datetime

from tutor.paths import split_variant
from tutor.session.opening import load_lesson, with_variant
from tutor.session.session import Session
from tutor.store import Store
from tutor.store.records import utc_now

__all__ = ["Session", "load_lesson", "open_lesson", "with_variant"]


def open_lesson(which: str, store: Store, *, resume: bool = False, now: Callable[[], datetime] = utc_now) -> Session:
    """Open a session of the lesson with this id, number or path. With ``resume``, continue with the variant that was
    open last unless ``which`` names one.

    Raises:
        LessonError: The lesson cannot be found or used.
    """
    name, variant = split_variant(which)
    lesson = load_lesson(name)
    if not variant and resume:
        variant = next((one.variant for one in store.positions() if one.lesson == lesson.id), "")
    return Session(with_variant(lesson, variant), store, now=now)
