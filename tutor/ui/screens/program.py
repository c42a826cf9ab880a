"""A network's forward pass and training step as a program in NumPy or PyTorch, to read, change and run."""

from __future__ import annotations

from textual import on, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.getters import query_one
from textual.widgets import Static
from textual.worker import Worker

from tutor.errors import SandboxError
from tutor.labs.cells import Cells
from tutor.labs.kernel import Event, Printed
from tutor.labs.missing import missing_in
from tutor.labs.programs import Program, numpy_program, torch_program
from tutor.labs.programs.agreement import DECIMALS, agreement, questions
from tutor.network import Network
from tutor.session import Session
from tutor.session.model import Field, FieldKind, ProgramView
from tutor.ui.blocks.code import CodeBlock
from tutor.ui.commands import Command
from tutor.ui.fields import FieldWidget
from tutor.ui.fields.code import CodeField
from tutor.ui.screens.base import TutorScreen, while_there
from tutor.ui.text import clean, plain

COMMANDS = (
    Command("program.library", "library", "f3", "NumPy or PyTorch",
            "Shows the network in the other library: by hand in NumPy, by automatic differentiation in PyTorch.",
            footer="NumPy/PyTorch"),
    Command("program.network", "network", "f4", "The next network",
            "Shows the program of the lesson's next network.", footer="next network"),
    Command("program.close", "dismiss", "escape", "Close", "Back to the lesson.", footer="close", also="q"),
)  # fmt: skip
LIBRARIES = {"NumPy": numpy_program, "PyTorch": torch_program}
CELL = "program"


class ProgramScreen(TutorScreen[None]):
    """Shows one network at a time, in one library."""

    DEFAULT_CSS = """
    ProgramScreen > VerticalScroll { padding: 1 2 0 2; }
    ProgramScreen .verdict { height: auto; margin: 0 0 1 0; display: none; }
    ProgramScreen .verdict.-on { display: block; }
    """
    TITLE = ""
    commands = COMMANDS
    help_text = (
        "A program that works out the network of the lesson: read it, change it, run it with **F5**. **F3** shows it "
        "in the other library. Its numbers are compared with the lesson's after each run."
    )

    body = query_one("#body", VerticalScroll)

    def __init__(self, session: Session, of: str = "") -> None:
        super().__init__()
        self.session = session
        self.names = [name for name, model in session.lesson.models.items() if isinstance(model, Network)]
        self.of = of if of in self.names else self.names[0]
        self.library_name = "NumPy"
        self._cells: Cells | None = None
        self._run_worker: Worker[None] | None = None

    def parts(self) -> ComposeResult:
        yield VerticalScroll(id="body", can_focus=False)

    async def on_mount(self) -> None:
        """Show the program."""
        await self._show()

    async def _show(self) -> None:
        await self._end()
        self.top.heading = f"The same in {self.library_name}"
        self.top.place = self.of if len(self.names) > 1 else ""
        field = Field(CELL, CELL, FieldKind.RUN, self.library_name, code=self.program.source, language="python")
        self.block = CodeBlock(ProgramView(CELL, field, number=0))
        await self.body.remove_children()
        await self.body.mount(self.block, Static("", classes="verdict", markup=False))
        self.block.code.focus_field()

    @property
    def program(self) -> Program:
        """The program as generated, without the learner's changes."""
        network = self.session.lesson.models[self.of]
        assert isinstance(network, Network)
        return LIBRARIES[self.library_name](network)

    # -- running ------------------------------------------------------------------------------------------------------

    @on(FieldWidget.Submitted)
    def submitted(self, event: FieldWidget.Submitted) -> None:
        """Run the program, unless it is running."""
        event.stop()
        if self._run_worker is not None and not self._run_worker.is_finished:
            self.notify("The program is running. F9 stops it.", markup=False)
        else:
            self._run_worker = self.run_program()

    @on(FieldWidget.Edited)
    def edited(self, event: FieldWidget.Edited) -> None:
        """Do not keep a changed program: it is not an answer."""
        event.stop()

    @work(group="program")
    async def run_program(self) -> None:
        """Run the program in the background, then compare its numbers with the lesson's, unless another one is shown by
        then."""
        block = self.block
        with while_there(block):
            await self._run(block)

    async def _run(self, block: CodeBlock) -> None:
        cells = self._cells = self._cells or Cells({CELL: ""}, limits=None)
        cells.edit(CELL, block.code.editor.text)
        await block.clear()
        block.code.show_running(True)
        block.code.say("running …")

        def note(event: Event) -> None:
            if isinstance(event, Printed):
                block.output.write(event.text)

        try:
            result = await cells.run(CELL, note)
            answers = await cells.kernel.look(questions(self.program)) if result.run.is_ok else []
        except SandboxError as error:
            block.output.finish(None, str(error), None, ())
            return
        finally:
            block.code.show_running(False)
            block.code.say("")
        if extra := missing_in(result.trouble):
            await block.show_missing(extra)
        else:
            block.output.finish(result.run.value, result.run.sentence, result.trouble, result.advice)
        block.show_end()
        if result.run.is_ok:
            self._compare(answers)

    def _compare(self, answers: list[dict[str, object]]) -> None:
        found = agreement(self.program, self.session.lesson.graph(self.of), answers)
        count = len(found.equal) + len(found.different)
        said, style = f"✓ All {count} variables equal the lesson's numbers, to {DECIMALS} decimals.", "$success"
        if found.different:
            names = ", ".join(found.different)
            said, style = (
                f"! {len(found.equal)} of {count} variables equal the lesson's numbers. Not: {names}.",
                "$warning",
            )
        verdict = self.query_one(".verdict", Static)
        verdict.update(plain(clean(said), style))
        verdict.add_class("-on")
        self.block.follow(verdict, is_end=True)

    @on(CodeField.InstallWanted)
    def install_wanted(self, event: CodeField.InstallWanted) -> None:
        """Install the package that the program lacks."""
        event.stop()
        self._install(event.field)

    @work(group="install", exclusive=True)
    async def _install(self, widget: CodeField) -> None:
        """Install the package that the program lacks, after asking, then run the program."""
        from tutor.ui.screens.installing import install

        if widget.lacks is not None and await install(self.tutor, widget.lacks):
            if self._cells is not None:
                await self._cells.begin_again()
            self._run_worker = self.run_program()

    @on(CodeField.Stopped)
    def stopped(self, event: CodeField.Stopped) -> None:
        event.stop()
        if self._cells is not None:
            self._cells.kernel.interrupt()

    @on(CodeField.Paused)
    def paused(self, event: CodeField.Paused) -> None:
        """Ignore the key: the program ends in a moment."""
        event.stop()

    async def _end(self) -> None:
        if self._run_worker is not None:
            self._run_worker.cancel()
        if self._cells is not None:
            await self._cells.close()
            self._cells = None

    async def on_unmount(self) -> None:
        """End the child process when the screen closes."""
        await self._end()

    # -- actions ------------------------------------------------------------------------------------------------------

    async def action_library(self) -> None:
        """Show the program in the other library."""
        self.library_name = next(name for name in LIBRARIES if name != self.library_name)
        await self._show()

    async def action_network(self) -> None:
        """Show the program of the next network."""
        if len(self.names) == 1:
            self.notify("This lesson has no other network.", markup=False)
            return
        self.of = self.names[(self.names.index(self.of) + 1) % len(self.names)]
        await self._show()
