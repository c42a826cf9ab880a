"""The lessons as Home shows them: the catalogue's entries, with this learner's progress for each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.paths import own_lessons

if TYPE_CHECKING:
    from tutor.lessons.catalogue import Entry
    from tutor.store import Store


@dataclass(frozen=True, slots=True)
class Row:
    """One lesson: ``done`` of ``total`` questions, and ``to_fix`` to look at again. ``error`` has what is wrong with a
    lesson that cannot be used. ``is_own`` says that the learner made it."""

    id: str
    title: str
    number: str = ""
    summary: str = ""
    path: str = ""
    minutes: int | None = None
    requires: tuple[str, ...] = ()
    total: int = 0
    done: int = 0
    to_fix: int = 0
    begun: bool = False
    group: str = ""
    is_own: bool = False
    error: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """The part that is done, from 0 to 1."""
        return self.done / self.total if self.total else 0.0

    @property
    def state(self) -> str:
        """The state in a word or two, or nothing for a lesson not begun."""
        if self.error:
            return "cannot be used"
        if self.total and self.done >= self.total:
            return "done"
        return "in progress" if self.begun else ""

    def matches(self, words: Iterable[str]) -> bool:
        """Return whether every word is in the number, title, id or summary."""
        text = f"{self.number} {self.title} {self.id} {self.summary}".casefold()
        return all(word in text for word in words)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the learner was last: what opens it, its title, and the number of the screen."""

    reference: str
    title: str
    screen: int


@dataclass(frozen=True, slots=True)
class Shelf:
    """All lessons in order, where to continue, and what must be said about the lessons' files. ``pending`` counts the
    lessons that are not loaded yet."""

    rows: tuple[Row, ...] = ()
    resume: Place | None = None
    notices: tuple[str, ...] = ()
    pending: int = 0

    @property
    def course(self) -> tuple[Row, ...]:
        """The lessons without those that the learner made."""
        return tuple(row for row in self.rows if not row.is_own)

    @property
    def done(self) -> int:
        """The number of the course's lessons that are done."""
        return sum(row.state == "done" for row in self.course)

    def row(self, lesson: str) -> Row | None:
        """Return a lesson by its id, or None."""
        return next((row for row in self.rows if row.id == lesson), None)


def read_shelf(store: Store, *, glimpse: bool = False) -> Shelf:
    """Return the lessons and this learner's progress.

    With ``glimpse`` no lesson is loaded: of those that are not in the cache, which ``pending`` counts, only what their
    first lines say is known.
    """
    from tutor.lessons.catalogue import Catalogue

    catalogue = Catalogue(glimpse=glimpse)
    summaries = {one.lesson: one for one in reversed(store.summaries()) if not one.variant}
    positions = store.positions()
    begun = {place.lesson for place in positions}
    own = own_lessons()

    def row(entry: Entry) -> Row:
        summary = summaries.get(entry.id)
        return Row(
            id=entry.id,
            title=entry.title,
            number="" if entry.number is None else str(entry.number),
            summary=entry.summary,
            path=str(entry.path),
            minutes=entry.minutes,
            requires=entry.requires,
            total=entry.questions or (summary.total if summary else 0),
            done=summary.done if summary else 0,
            to_fix=summary.to_fix if summary else 0,
            begun=entry.id in begun,
            group=entry.group,
            is_own=entry.path.parent == own,
            error=tuple(entry.error.splitlines()),
        )

    rows = tuple(row(entry) for entry in catalogue.entries)
    return Shelf(rows, _resume(rows, store), tuple(catalogue.notices), catalogue.pending)


def _resume(rows: tuple[Row, ...], store: Store) -> Place | None:
    usable = {row.id: row for row in rows if not row.error}
    for place in store.positions():
        row = usable.get(place.lesson)
        if row is not None and (place.variant or row.state != "done"):
            reference = f"{row.id}#{place.variant}" if place.variant else row.id
            return Place(reference, row.title, place.screen)
    return None
