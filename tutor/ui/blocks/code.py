"""A cell or a lab: its prompt, the editor, its output, a training in progress, and a lab's checks."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from tutor.session.model import ProgramView, Verdict
from tutor.ui.blocks.registry import draws, shows
from tutor.ui.fields.base import FieldWidget
from tutor.ui.fields.code import INSTALL, CodeField
from tutor.ui.screens.base import row_in, rows_above_docked
from tutor.ui.text import MUTED, clean, plain
from tutor.ui.widgets.output import Output
from tutor.ui.widgets.prose import Prose, inline, is_inline
from tutor.ui.widgets.verdict import NOT_THERE, SIGNS

if TYPE_CHECKING:
    from tutor.labs.checks import CheckResult
    from tutor.labs.extras import Extra
    from tutor.labs.progress import Progress
    from tutor.ui.widgets.training import Training

_SETTLES_WITHIN = 0.6
"""Seconds after a program's end within which its last output and charts are laid out."""


class CodeBlock(Vertical):
    """Shows one program."""

    DEFAULT_CSS = """
    CodeBlock { height: auto; margin: 0 0 1 0; }
    CodeBlock > .prompt { height: auto; text-style: bold; }
    CodeBlock > .checks { height: auto; margin: 1 0 0 2; }
    CodeBlock > .checks > .said { display: none; padding: 0 0 0 4; }
    CodeBlock > .level { height: auto; color: $foreground 66%; margin: 1 0 0 2; display: none; }
    CodeBlock > .after { margin: 1 0 0 2; }
    CodeBlock.-training > Output { max-height: 3; }
    """

    def __init__(self, view: ProgramView) -> None:
        super().__init__()
        self.view = view
        self.code = CodeField(view.field, 0 if view.is_checked else view.number)
        self.widgets: list[FieldWidget] = [self.code]
        self.output = Output()
        self._after = ""
        self._has_failed = False
        self._followed: Widget | None = None
        self._settling: Timer | None = None

    def compose(self) -> ComposeResult:
        if self.view.prompt:
            one_line = is_inline(self.view.prompt)
            yield Static(inline(self.view.prompt), classes="prompt") if one_line else Prose(self.view.prompt)
        yield self.code
        yield self.output
        if self.view.is_checked:
            with Vertical(classes="checks"):
                for check in self.view.checks:
                    sign, style = NOT_THERE
                    yield Static(Content.assemble((f"{sign} ", style), inline(check)), classes="title")
                    yield Static("", classes="said", markup=False)
        yield Static("", classes="level", markup=False)

    async def on_mount(self) -> None:
        """Show the explanation, if the lab is done."""
        await self.show(self.view)

    async def show(self, view: ProgramView) -> None:
        """Show the model solution and the author's explanation once the lab is done."""
        self.view = view
        if not view.is_checked:
            return
        parts = [view.explain, f"*One solution:*\n\n```python\n{view.solution}\n```" if view.solution else ""]
        text = "\n\n".join(filter(None, parts))
        if text != self._after:
            self._after = text
            await self.query(".after").remove()
            await self.mount(Prose(text, classes="after"))

    def show_checks(self, checks: Sequence[CheckResult]) -> None:
        """List the results of the checks, failed ones first with their messages. Of checks that are still open, only
        the next one has a message."""
        from tutor.labs.checks import CheckState

        failed = [check for check in checks if check.state is CheckState.FAILED]
        following = next(
            (check for check in checks if check.is_open and check.state is not CheckState.NOT_REACHED), None
        )
        titles, said = (list(self.query(f".checks > .{kind}").results(Static)) for kind in ("title", "said"))
        ordered = [*failed, *(check for check in checks if check.state is not CheckState.FAILED)]
        for check, title, message in zip(ordered, titles, said, strict=True):
            rest = f"  {check.state.value}" if check.is_open else ""
            sign, style = NOT_THERE if rest else SIGNS[Verdict.CORRECT if check.passed else Verdict.WRONG]
            title.update(Content.assemble((f"{sign} ", style), inline(check.title), (rest, MUTED)))
            message.display = bool(check.message) and (check in failed or check is following)
            message.update(Content.styled(clean(check.message), MUTED if rest else style))
        self._has_failed = bool(failed)

    async def clear(self) -> None:
        """Remove what the last run left."""
        from tutor.ui.widgets.training import Training

        self.output.clear()
        self.code.show_lacking(None)
        self.remove_class("-training")
        await self.query(Training).remove()

    async def show_missing(self, extra: Extra) -> None:
        """Say that a package is missing and what installs it, below the output that the lesson recorded."""
        from tutor.labs.extras import command
        from tutor.labs.missing import sentence

        installed_by = await asyncio.to_thread(command, extra)
        recorded = getattr(self.view, "output", "")
        how = f"{self.code.tutor.key_shown(INSTALL)} installs it, after asking."
        why = sentence(extra, is_lab=self.code.is_lab, is_recorded=bool(recorded), how=how, command=installed_by)
        self.output.show_recorded(recorded, why)
        self.code.show_lacking(extra)

    def show_level(self, sentence: str) -> None:
        """Say how the program is contained."""
        line = self.query_one(".level", Static)
        line.update(plain(sentence))
        line.display = bool(sentence)

    async def training(self, progress: Progress) -> Training:
        """Add and return the view of a training. It imports NumPy, so it is made only when there is one."""
        from tutor.ui.widgets.training import Training

        await self.query(Training).remove()
        view = Training(progress)
        await self.mount(view, after=self.output)
        self.add_class("-training")
        return view

    def follow(self, view: Widget | None, *, is_end: bool = False) -> None:
        """Keep ``view`` in view while it grows, with the buttons above it; None stops that. With ``is_end``, stop after
        a moment."""
        self._followed = view
        if self._settling is not None:  # it belongs to the run before
            self._settling.stop()
        self._settling = self.set_timer(_SETTLES_WITHIN, lambda: self.follow(None)) if is_end else None
        self.call_after_refresh(self._bring_in_sight)

    def show_end(self) -> None:
        """Scroll to the list of checks, or to the exception or the last output if the run failed.

        Failed checks go before the charts of a training, others after them.
        """
        end: Widget = self.output
        for checks in self.query(".checks"):
            for training in self.query("Training"):
                first, second = (checks, training) if self._has_failed else (training, checks)
                self.move_child(first, before=second)
            end = end if self.output.has_trouble else checks
        self.follow(end, is_end=True)

    @on(Output.Grown)
    def grown(self, event: Output.Grown) -> None:
        """Scroll, as the output takes more or fewer lines."""
        event.stop()
        self.call_after_refresh(self._bring_in_sight)

    @on(CodeField.OutputWanted)
    def output_wanted(self, event: CodeField.OutputWanted) -> None:
        """Focus the output if there is some; otherwise down leaves the field, as everywhere."""
        event.stop()
        if self.output.region.area:
            self.output.focus()
        else:
            self.post_message(FieldWidget.Leaving(self.code, 1))

    def _bring_in_sight(self) -> None:
        view = self._followed
        page = next((node for node in self.ancestors if isinstance(node, VerticalScroll)), None)
        if page is None or view is None or not view.is_attached or not view.region.area:
            return
        # the footer will be docked in the last row, if it is not yet
        rows = rows_above_docked(page, page.content_region.bottom - 1)
        # in rows of the page, which do not change when it scrolls: several of these calls may come before it is painted
        first = row_in(self.code.foot if self in view.ancestors else view, page)
        target = min(row_in(view, page) + view.region.height - rows, first)
        if target > page.scroll_y:
            page.scroll_to(y=target, animate=False)


draws(ProgramView, CodeBlock, CodeBlock, update=shows)
