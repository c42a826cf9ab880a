"""The list of lessons: one line for each, laid out for the width, and drawn only where visible."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.cells import cell_len
from textual.binding import Binding
from textual.content import Content
from textual.css.styles import RulesMap
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tutor.paths import split_variant
from tutor.ui.lesson_overview import Place, Row
from tutor.ui.text import MUTED, bar, clean, one_line

BAR, LONGEST_BAR = 10, 24
CONTINUE, PRACTISE = "continue", "practise"


class Line(Visual):
    """A visual of one line, laid out for its width."""

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """Return the whole width."""
        return container_width

    def get_height(self, rules: RulesMap, width: int) -> int:
        return 1

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        return self.line(width).render_strips(width, 1, style, options)

    def line(self, width: int) -> Content:
        """Return the line's content for a width."""
        raise NotImplementedError


class ContinueLine(Line):
    """Shows where to continue, as in "▸ Continue: Backpropagation by hand, screen 4"."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def line(self, width: int) -> Content:
        where = f", screen {self.place.screen + 1}"
        title = Content.styled(one_line(self.place.title), "bold").truncate(
            max(0, width - 12 - cell_len(where)), ellipsis=True
        )
        return Content.assemble(("▸ ", "$accent"), "Continue: ", title, where)


class TextLine(Line):
    """A text, cut where it does not fit."""

    def __init__(self, text: Content) -> None:
        self.text = text

    def line(self, width: int) -> Content:
        return self.text.truncate(width, ellipsis=True)


def practice_line(due: str) -> TextLine:
    """Return what is due, as in "↻ Practise: 6 questions, about 8 minutes: weighted sum, update by SGD"."""
    return TextLine(Content.assemble(("↻ ", "$warning"), "Practise: ", (one_line(due), "bold")))


class LessonLine(Line):
    """A lesson's number, title, bar and state, and how many of its questions are done."""

    def __init__(self, row: Row, number_width: int, words: str = "") -> None:
        self.row = row
        self.number_width = number_width
        self.words = words

    def line(self, width: int) -> Content:
        """Return the line. If it is too narrow, the words of the state are dropped first, then the bar."""
        row = self.row
        number = Content.styled(row.number.rjust(self.number_width), MUTED)
        right = self._right(width)
        free = max(8, width - self.number_width - 2 - right.cell_length - 2)
        found = Content.assemble(one_line(row.title), "  ", (one_line(why(row, self.words)), MUTED)).rstrip()
        title = lit(found, self.words).truncate(free, ellipsis=True)
        return Content.assemble(number, "  ", title.pad_right(free - title.cell_length), "  ", right)

    def _right(self, width: int) -> Content:
        row = self.row
        if row.error:
            return Content.styled("✗ cannot be used", "$error")
        count = f"{row.done} of {row.total:>2}" if row.total else ""
        parts = [self._state(width) + Content.styled(count.rjust(8), MUTED)]
        if width >= 56:
            spare = width - 65  # beside a title of thirty cells
            parts.insert(0, bar(row.share, max(BAR, min(LONGEST_BAR, spare))))
        return Content("  ").join(parts)

    def _state(self, width: int) -> Content:
        """Return a sign, with words if there is room. The number of answers to fix is always shown."""
        signs = {"done": ("✓", "$success"), "in progress": ("▸", "$accent")}
        sign, style = signs.get(self.row.state, (" ", ""))
        words = f"{sign} {self.row.state}"
        if self.row.to_fix:
            sign, style = f"✗ {self.row.to_fix}", "$error"
            words = f"{sign} to fix"
        return Content.styled(words.ljust(15) if width >= 72 else sign.ljust(5), style)


def why(row: Row, words: str) -> str:
    """Return why a lesson was found: its summary or id, from the first searched word that its title does not have."""
    title = f"{row.number} {row.title}".casefold()
    word = next((word for word in words.casefold().split() if word not in title), "")
    text = next((text for text in (row.summary, row.id) if word and word in text.casefold()), "")
    start = text.rfind(" ", 0, text.casefold().find(word)) + 1
    return f"… {text[start:]}" if start else text


def lit(text: Content, words: str) -> Content:
    """Return a text with the searched words highlighted."""
    found = "|".join(map(re.escape, words.split()))
    return text.highlight_regex(re.compile(found, re.IGNORECASE), style="bold $accent") if found else text


class LessonList(OptionList):
    """The lessons, and above them where to continue."""

    BINDINGS = [
        Binding("enter", "select", "open", id="home.select", tooltip="Opens the highlighted lesson."),
        Binding("j", "cursor_down", "Down", show=False),
        Binding("k", "cursor_up", "Up", show=False),
        Binding("g", "first", "First", show=False),
        Binding("G", "last", "Last", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._resumed = ""  # the lesson of the last line to continue
        self._number_width = 0

    def on_resize(self) -> None:
        """Keep the highlighted line in view: what is said beside the list may take some of its rows."""
        self.call_after_refresh(self.scroll_to_highlight)

    def show(self, rows: Sequence[Row], resume: Place | None, words: str = "", due: str = "") -> None:
        """Fill the list: what is ``due`` for practice, where to continue, then the lessons, with the searched ``words``
        highlighted.

        The highlighted line stays highlighted if it is still there. If there is no longer anything to continue, the
        lesson that was finished is highlighted. If there is something to continue for the first time, and it is not the
        highlighted lesson, that line is.
        """
        option = self.highlighted_option
        before = option.id if option is not None else None
        if before == CONTINUE and resume is None:
            before = next((f"row-{place}" for place, row in enumerate(rows) if row.id == self._resumed), None)
        if not words:
            resumed = split_variant(resume.reference)[0] if resume is not None else ""
            here = option.prompt.row.id if option is not None and isinstance(option.prompt, LessonLine) else ""
            if resumed and not self._resumed and resumed != here:
                before = CONTINUE
            self._resumed = resumed
        # keep the columns in place when a search leaves few lessons
        self._number_width = max(self._number_width, *(cell_len(clean(row.number)) + 1 for row in rows), 2)
        options: list[Option] = []
        has_headings = len({row.group for row in rows}) > 1 and not words
        for place, row in enumerate(rows):
            if has_headings and (place == 0 or row.group != rows[place - 1].group):
                options.append(Option(TextLine(Content.styled(one_line(row.group), "bold")), disabled=True))
            options.append(Option(LessonLine(row, self._number_width, words), id=f"row-{place}"))
        above = [Option(practice_line(due), id=PRACTISE)] if due else []
        if resume is not None:
            above.append(Option(ContinueLine(resume), id=CONTINUE))
        if above:
            options = [*above, Option(TextLine(Content("")), disabled=True), *options]
        self.set_options(options)
        places = {option.id: place for place, option in enumerate(options) if option.id is not None}
        first = places.get(CONTINUE, min(places.values(), default=0))
        self.highlighted = places.get(before or "", first) if options else None
