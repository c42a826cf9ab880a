"""A cell or a lab: its prompt, the editor, what it prints, the training as it goes, and for a lab its checks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tutor.session.model import LabView, RunView
from tutor.ui.fields.base import FieldWidget
from tutor.ui.fields.code import CodeField
from tutor.ui.text import MUTED, clean, plain
from tutor.ui.widgets.output import Output
from tutor.ui.widgets.prose import Prose, inline, is_inline

if TYPE_CHECKING:
    from tutor.labs.checks import CheckResult
    from tutor.labs.progress import Progress
    from tutor.ui.widgets.training import Training


class CodeBlock(Vertical):
    """One program."""

    DEFAULT_CSS = """
    CodeBlock { height: auto; margin: 0 0 1 0; }
    CodeBlock > .prompt { height: auto; text-style: bold; }
    CodeBlock > .checks { height: auto; margin: 0 0 1 2; }
    CodeBlock > .level { height: auto; color: $foreground 60%; margin: 0 0 1 2; display: none; }
    CodeBlock > .after { margin: 1 0 0 2; }
    """

    def __init__(self, view: RunView | LabView) -> None:
        super().__init__()
        self.view = view
        self.code = CodeField(view.field)
        self.widgets: list[FieldWidget] = [self.code]
        self.output = Output()
        self._after = ""

    def compose(self) -> ComposeResult:
        if self.view.prompt:
            one_line = is_inline(self.view.prompt)
            yield Static(inline(self.view.prompt), classes="prompt") if one_line else Prose(self.view.prompt)
        yield self.code
        yield self.output
        if isinstance(self.view, LabView):
            titles = [Content.assemble(("· ", MUTED), inline(check)) for check in self.view.checks]
            yield Static(Content("\n").join(titles), classes="checks")
        yield Static("", classes="level", markup=False)

    async def on_mount(self) -> None:
        """Show what is said afterwards, if it is done."""
        await self.show(self.view)

    async def show(self, view: RunView | LabView) -> None:
        """Show the model solution and the author's word once the lab is done."""
        self.view = view
        if not isinstance(view, LabView):
            return
        parts = [view.explain, f"*One solution:*\n\n```python\n{view.solution}\n```" if view.solution else ""]
        text = "\n\n".join(filter(None, parts))
        if text != self._after:
            self._after = text
            await self.query(".after").remove()
            await self.mount(Prose(text, classes="after"))

    def show_checks(self, checks: Sequence[CheckResult]) -> None:
        """List the checks as they came out, each with what is amiss."""
        lines = []
        for check in checks:
            sign, style = ("✓ ", "$success") if check.passed else ("✗ ", "$error")
            said = Content.styled(f"\n    {clean(check.message)}", "$warning") if check.message else Content("")
            lines.append(Content.assemble((sign, style), inline(check.title), said))
        for box in self.query(".checks").results(Static):
            box.update(Content("\n").join(lines))

    def show_level(self, sentence: str) -> None:
        """Say how the program is contained."""
        line = self.query_one(".level", Static)
        line.update(plain(sentence))
        line.display = bool(sentence)

    async def training(self, progress: Progress) -> Training:
        """The view of a training, made when there is one for the first time (it loads NumPy)."""
        from tutor.ui.widgets.training import Training

        for old in self.query(Training):
            await old.remove()
        view = Training(progress)
        await self.mount(view, after=self.output)
        return view
