"""A derivation as a page that unfolds one line at a time, with the change in it highlighted and the number at the
end."""

from __future__ import annotations

import re

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.getters import query_one
from textual.reactive import reactive
from textual.widgets import LoadingIndicator, Static
from textual.worker import Worker, WorkerState

from tutor.errors import TutorError
from tutor.mathtext import Box, MathError, render
from tutor.session import Session
from tutor.session.model import DerivationLine
from tutor.ui.commands import Command
from tutor.ui.diff_highlight import aligned, left_side, lit_changes
from tutor.ui.screens.base import TutorScreen
from tutor.ui.text import clean, one_line, plain
from tutor.ui.widgets.hanging import Listed
from tutor.ui.widgets.mathematics import FormulaView

COMMANDS = (
    Command("derivation.unfold", "unfold", "down", "Unfold",
            "Shows the next line.", footer="next line", also="enter,space,j"),
    Command("derivation.fold", "fold", "up", "Fold", "Takes the last line back.", footer="back", also="k"),
    Command("derivation.all", "all", "end", "The whole of it", "Unfolds every line.", footer="all", letter="G"),
    Command("derivation.none", "none", "home", "From the start", "Folds all but the first line.", letter="g"),
    Command("derivation.copy", "copy", "c", "Copy as LaTeX",
            "Puts the lines that are shown on the clipboard, as LaTeX.", footer="copy LaTeX"),
    Command("derivation.close", "dismiss", "escape", "Close", "Back to the question.", footer="close", also="q,f3"),
)  # fmt: skip


class Explanation(Static):
    """Says what was done in a line. A formula in it is not broken within its brackets or at its equals sign."""

    def __init__(self, what: str) -> None:
        self.what = clean(what)
        first, *others = map(Content, _pieces(self.what))
        super().__init__(Listed(first, others, comma=Content("")))

    def get_selection(self, selection: object) -> tuple[str, str] | None:
        """Return the whole sentence on one line, whatever part of it is selected."""
        return self.what, "\n"


class Line(Horizontal):
    """A line of a derivation: the formula, and what was done to get it."""

    DEFAULT_CSS = """
    Line { height: auto; margin: 0 0 1 0; }
    Line > .formula { width: 1fr; height: auto; overflow-x: auto; scrollbar-size-horizontal: 1; }
    Line > Explanation { width: 1fr; max-width: 60; height: auto; color: $foreground 66%; margin: 0 0 0 2; }
    Line.-last > Explanation { color: $accent; }
    """

    def __init__(self, line: DerivationLine, before: DerivationLine | None) -> None:
        super().__init__()
        self.line = line
        self.before = before.latex if before is not None else ""

    def compose(self) -> ComposeResult:
        with Vertical(classes="formula"):
            yield FormulaView(self.line.latex)
        yield Explanation(self.line.what)

    def show_last(self, is_last: bool) -> None:
        """Highlight what changed, if this is the last line."""
        self.set_class(is_last, "-last")
        latex = lit_changes(self.line.latex, self.before) if is_last else self.line.latex
        self.query_one(FormulaView).show(latex)

    def align(self, indent: int, width: int | None) -> None:
        """Indent the formula by ``indent`` columns, in a column of ``width`` cells, or of all there are with None. The
        explanation beside it begins on the row of its equals sign."""
        formula, what = self.query_one(".formula"), self.query_one(Explanation)
        formula.styles.padding = (0, 0, 0, indent)
        formula.styles.width = "1fr" if width is None else width
        box = _box(self.line.latex)
        is_whole = width is not None and box.width <= width - indent  # beside a broken one, it begins on the first row
        what.styles.padding = (box.baseline if is_whole else 0, 0, 0, 0)


class DerivationScreen(TutorScreen[None]):
    """The derivation of one quantity. A thread imports SymPy while the screen is shown."""

    DEFAULT_CSS = """
    DerivationScreen > VerticalScroll { padding: 1 3; }
    DerivationScreen LoadingIndicator { height: 3; }
    DerivationScreen.-narrow Line { layout: vertical; }
    DerivationScreen.-narrow Line > .formula { width: 1fr; }
    DerivationScreen.-narrow Line > Explanation { width: 1fr; max-width: 100%; margin: 0; }
    """
    commands = COMMANDS
    help_text = (
        "One line at a time, from the definition to the number. What changed since the line above is highlighted. "
        "A number that you have still to find yourself is a **?**."
    )

    lines: reactive[tuple[DerivationLine, ...]] = reactive(())
    """All lines."""
    shown = reactive(0)
    """The number of lines that are unfolded."""

    body = query_one("#body", VerticalScroll)

    def __init__(self, session: Session, of: str, quantity: str, label: str) -> None:
        super().__init__()
        self.session = session
        self.of = of
        self.quantity = quantity
        self.title = f"Where {one_line(label)} comes from"
        self.engines = ""
        self._end = 0.0  # how far the page was scrolled to show its end

    def parts(self) -> ComposeResult:
        with VerticalScroll(id="body", can_focus=False):
            yield LoadingIndicator()

    def on_mount(self) -> None:
        """Ask for the lines. The last one stays in view, also when it becomes longer, until the learner scrolls."""
        self.watch(self.body, "virtual_size", self._keep_end, init=False)
        self.derive()

    def _keep_end(self) -> None:
        """Scroll to the end of what has been laid out by now, unless the learner has scrolled up."""
        if self.body.scroll_target_y >= self._end:
            self.body.scroll_end(animate=False, immediate=True)
            self._end = self.body.scroll_target_y

    @work(thread=True, exclusive=True, exit_on_error=False, group="derive")
    def derive(self) -> tuple[DerivationLine, ...]:
        """Return the lines. Find also what the engines give, without waiting for PyTorch."""
        lines = self.session.derivation(self.of, self.quantity)
        self.engines = self.session.engines(self.of, self.quantity, ask_torch=False)
        return lines

    @work(thread=True, exclusive=True, exit_on_error=False, group="torch")
    def ask_torch(self) -> None:
        """Add PyTorch's number, from its own process, once the last line is shown."""
        values = self.session.engines(self.of, self.quantity, ask_torch=True)
        self.app.call_from_thread(self._show_engines, values)

    def _show_engines(self, values: str) -> None:
        self.engines = values
        for line in self.body.query("#engines").results(Static):
            line.update(plain(values))

    async def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show the lines, or say why there are none."""
        if event.worker.group != "derive":
            return
        if event.state is WorkerState.SUCCESS:
            self.lines = event.worker.result or ()
            await self.body.remove_children()
            self.shown = min(1, len(self.lines))
        elif event.state is WorkerState.ERROR:
            error = event.worker.error
            await self.body.remove_children()
            said = str(error) if isinstance(error, TutorError) else f"This derivation cannot be made: {error!r}"
            await self.body.mount(Static(plain(f"✗ {said}", "$error")))

    async def watch_shown(self, before: int, shown: int) -> None:
        """Unfold or fold lines, and keep the last one in view."""
        present = list(self.body.query(Line))
        for extra in present[shown:]:
            await extra.remove()
        await self.body.query("#engines").remove()
        befores = (None, *self.lines)
        fresh = [Line(self.lines[place], befores[place]) for place in range(len(present), shown)]
        if fresh:
            await self.body.mount_all(fresh)
        if self.engines and shown == len(self.lines):
            await self.body.mount(Static(plain(self.engines), id="engines"))
            self.ask_torch()
        for line in self.body.query(Line):
            line.show_last(line.line is self.lines[shown - 1] if shown else False)
        self._align()
        self._end = 0.0
        self.top.place = f"line {shown} of {len(self.lines)}" if self.lines else ""
        self.top.share = shown / len(self.lines) if self.lines else None
        self.body.scroll_end(animate=False)

    def on_resize(self, event: Resize) -> None:
        """Lay out the lines for the new width."""
        super().on_resize(event)
        self._align()

    def _align(self) -> None:
        """Align the equals signs, and put the explanations beside the widest formula."""
        lefts = [left_side(line.latex) for line in self.lines]
        places = [_box(f"{left} =").width if left is not None else 0 for left in lefts]
        right = max(places, default=0)
        wide = max(
            (right - own + _box(line.latex).width for line, own in zip(self.lines, places, strict=True)), default=0
        )
        column = None if self.has_class("-narrow") else min(wide + 4, self.size.width * 3 // 5)
        for line, place in zip(self.body.query(Line), places, strict=False):
            line.align(right - place, column)

    def action_unfold(self) -> None:
        """Show the next line."""
        self.shown = min(len(self.lines), self.shown + 1)

    def action_fold(self) -> None:
        """Hide the last line."""
        self.shown = max(min(1, len(self.lines)), self.shown - 1)

    def action_all(self) -> None:
        """Show every line."""
        self.shown = len(self.lines)

    def action_none(self) -> None:
        """Show only the first line."""
        self.shown = min(1, len(self.lines))

    def action_copy(self) -> None:
        """Copy what is shown as LaTeX."""
        lines = [line.latex for line in self.lines[: self.shown]]
        self.app.copy_to_clipboard(aligned(lines))
        many = f"{len(lines)} lines are" if len(lines) != 1 else "One line is"
        self.notify(f"{many} on the clipboard, as LaTeX.", markup=False)


_BRACKETS = re.compile(r"\((?:[^()]|\([^()]*\))*\)")
_SIGN = re.compile(r" ([−+]) ")


def _pieces(words: str) -> list[str]:
    """Split a sentence where it may be wrapped: at its spaces, except those beside an equals sign or beside another
    sign in brackets."""
    kept = "\N{NO-BREAK SPACE}"
    joined = _BRACKETS.sub(lambda found: _SIGN.sub(rf"{kept}\1{kept}", found[0]), words).replace(
        " = ", f"{kept}={kept}"
    )
    return [piece.replace(kept, " ") for piece in joined.split(" ")]


def _box(latex: str) -> Box:
    """Return a formula laid out in one piece; an empty box if it cannot be laid out."""
    try:
        return render(latex)
    except MathError:
        return Box(("",))
