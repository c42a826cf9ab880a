"""Code to read, change and run: an editor with buttons. The block shows the output."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.getters import query_one
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, Static

from tutor.session.model import Answer, Field, FieldKind
from tutor.ui.commands import Command
from tutor.ui.fields.base import FieldWidget
from tutor.ui.text import MUTED, clean

if TYPE_CHECKING:
    from textual.widgets import TextArea

    from tutor.labs.extras import Extra
    from tutor.ui.widgets.editor import Editor

RUN = Command(
    "code.run", "check", "f5", "Run",
    "Runs the code in the background, and shows what it prints as it is printed.", footer="run", also="ctrl+r",
)  # fmt: skip
STOP = Command("code.stop", "stop", "f9", "Stop the program", "Interrupts the program that is running.", letter="s")
PAUSE = Command(
    "code.pause", "pause", "f12", "Pause or resume", "Pauses the program and its clock, or resumes it.", letter="z"
)
RESET = Command(
    "code.reset", "reset_code", "f10", "The code as it was",
    "Restores the lesson's code. Undo (ctrl+z) brings yours back.",
)  # fmt: skip
OUTPUT = Command(
    "code.output", "output", "down", "To what was printed", "Goes from the buttons to the output, to scroll in it."
)
ABOVE = Command(
    "code.above", "above", "shift+f5", "Run all above", "Runs the cells of the lesson above this one, in their order."
)
EDITOR = Command(
    "code.editor", "editor", "f11", "Your own editor",
    "Opens the program's file in $EDITOR. Whenever it is saved there, it runs here.",
)  # fmt: skip
INSTALL = Command(
    "code.install", "install", "ctrl+g", "Install what is missing",
    "Installs the package that the program needs into the Python that runs it, after asking.", letter="i",
)  # fmt: skip
COMMANDS = (RUN, STOP, PAUSE, RESET, OUTPUT, ABOVE, EDITOR, INSTALL)


class CodeField(FieldWidget, inherit_bindings=False):
    """The editor, as high as the code, with a line of buttons below it."""

    DEFAULT_CSS = """
    CodeField {
        layout: vertical;
        Editor { height: auto; max-height: 18; min-height: 3; border: none; padding: 0 0 0 1; background: $surface; }
        Editor:focus { border: none; background: $code-in-hand; }
        .foot { height: 1; width: 1fr; }
        .foot Button { margin: 0 1 0 0; min-width: 9; }
        .foot .number { width: auto; padding: 0 2 0 1; }
        .foot #said { width: 1fr; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
        #stop, #pause, #install { display: none; }
    }
    CodeField.-lacks #install { display: block; }
    CodeField.-running { #stop, #pause { display: block; } #run, #reset, #editor, #above, #install { display: none; } }
    """
    commands = COMMANDS
    help_text = (
        "An editor. **F5** runs the program in a sandbox beside the tutor. **Tab** indents, **Escape** leaves the "
        "editor, **ctrl+z** undoes."
    )

    @dataclass
    class Wanted(Message):
        """Sent to have something done with a program, or its file."""

        field: CodeField

    class Stopped(Wanted):
        """Sent to interrupt the program."""

    class Paused(Wanted):
        """Sent to pause the program, or to resume it."""

    class OutputWanted(Wanted):
        """Sent to focus the output."""

    class AboveWanted(Wanted):
        """Sent to run the cells above this one."""

    class EditorWanted(Wanted):
        """Sent to open the program's file in the learner's own editor."""

    class InstallWanted(Wanted):
        """Sent to install the package that the program needs."""

    foot = query_one(".foot", Horizontal)

    def __init__(self, field: Field, number: int = 0) -> None:
        """Make the field of a program. ``number`` is a cell's number in the lesson, or 0 for other programs."""
        super().__init__(field)
        self.number = number
        self.is_lab = field.kind is FieldKind.LAB
        self.lacks: Extra | None = None

    @property
    def editor(self) -> Editor:
        """The editor with the code."""
        from tutor.ui.widgets.editor import Editor

        return self.query_one(Editor)

    def compose(self) -> ComposeResult:
        from tutor.ui.widgets.editor import Editor

        language = "python" if self.field.language in ("", "python") else None
        yield Editor.code_editor(clean(self.field.code), language=language, compact=True, show_line_numbers=self.is_lab)
        with Horizontal(classes="foot"):
            if self.number:
                yield Static(Content.styled(f"cell {self.number}", MUTED), classes="number", markup=False)
            yield Button("Run and check (F5)" if self.is_lab else "Run (F5)", id="run", compact=True, tooltip=RUN.help)
            yield Button("Stop (F9)", id="stop", variant="warning", compact=True, tooltip=STOP.help)
            yield Button("Pause (F12)", id="pause", compact=True, tooltip=PAUSE.help)
            if self.number > 1:
                yield Button("Run all above", id="above", compact=True, tooltip=ABOVE.help)
            yield Button("Reset", id="reset", compact=True, tooltip=RESET.help)
            if self.is_lab:
                yield Button("Own editor", id="editor", compact=True, tooltip=EDITOR.help)
            yield Button("", id="install", variant="primary", compact=True, tooltip=INSTALL.help)
            yield Static("", id="said", markup=False)

    # -- the answer ---------------------------------------------------------------------------------------------------

    @property
    def answer(self) -> Answer:
        """The code."""
        return self.editor.text

    def load(self, answer: Answer) -> None:
        text = clean(answer if isinstance(answer, str) else "\n".join(answer))
        if text != self.editor.text:
            self.editor.load_text(text)

    def replace(self, code: str) -> None:
        """Replace the code by an ordinary edit, so that undo restores the learner's."""
        end = self.editor.document.end
        self.editor.replace(clean(code), (0, 0), end, maintain_selection_offset=False)
        self.post_message(self.Edited(self, self.answer))

    def show_mark(self) -> None:
        """Do nothing: the block lists the checks."""

    def focus_target(self) -> Widget:
        return self.editor

    def focus_field(self) -> None:
        """Focus the editor and scroll to it: the page scrolls only to questions."""
        self.editor.focus()

    def say(self, text: str, style: str = MUTED) -> None:
        """Show a short message about the program beside the buttons."""
        self.query_one("#said", Static).update(Content.styled(clean(text), style))

    def show_lacking(self, extra: Extra | None) -> None:
        """Offer to install the package that the program needs, or stop offering it with None."""
        self.lacks = extra
        self.set_class(extra is not None, "-lacks")
        if extra is not None:
            self.query_one("#install", Button).label = f"Install {extra.title} ({self.tutor.key_shown(INSTALL)})"

    def show_running(self, running: bool) -> None:
        """Show Stop while the program runs, and Run otherwise."""
        was_on_button = isinstance(self.screen.focused, Button) and self.screen.focused in self.query(Button)
        self.set_class(running, "-running")
        if was_on_button:
            self.query_one("#stop" if running else "#run", Button).focus()
        self.show_paused(False)

    def show_paused(self, paused: bool) -> None:
        """Label the button for a running or a paused program."""
        self.query_one("#pause", Button).label = "Go on (F12)" if paused else "Pause (F12)"

    # -- actions ------------------------------------------------------------------------------------------------------

    # named as Textual names handlers: the messages' classes are imported with the editor
    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Report that the code was changed."""
        event.stop()
        if self.editor.has_focus:
            self.post_message(self.Edited(self, self.answer))

    def on_text_area_selection_changed(self, event: TextArea.SelectionChanged) -> None:
        """Keep the cursor's line in view, once the editor is as tall as what was typed or pasted."""
        event.stop()
        self.call_after_refresh(self.call_after_refresh, self._show_cursor)  # the first one lays out its new height

    def _show_cursor(self) -> None:
        """Scroll the page as far as the cursor's line is outside of it."""
        page = next((node for node in self.ancestors if isinstance(node, VerticalScroll)), None)
        if page is None or not self.editor.has_focus or not self.editor.region.area:
            return
        line, seen = self.editor.cursor_screen_offset.y, page.content_region
        outside = min(line - seen.y, 0) or max(line + 2 - seen.bottom, 0)  # a page's footer covers its last row
        if outside:
            page.scroll_relative(y=outside, animate=False)

    def on_editor_left(self, event: Editor.Left) -> None:
        """Focus the buttons when Escape leaves the editor."""
        event.stop()
        self.query_one("#run", Button).focus()

    @on(Button.Pressed)
    async def button_pressed(self, event: Button.Pressed) -> None:
        """Do what the button says."""
        event.stop()
        name = event.button.id or ""
        await self.run_action({"run": "check", "reset": "reset_code"}.get(name, name))

    def action_stop(self) -> None:
        self.post_message(self.Stopped(self))

    def action_pause(self) -> None:
        """Pause the program, or resume it."""
        self.post_message(self.Paused(self))

    def action_output(self) -> None:
        """Focus the output."""
        self.post_message(self.OutputWanted(self))

    def action_above(self) -> None:
        """Run the cells above."""
        if self.number > 1:
            self.post_message(self.AboveWanted(self))

    def action_editor(self) -> None:
        """Open the learner's own editor."""
        if self.is_lab:
            self.post_message(self.EditorWanted(self))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to install a package only if one is missing."""
        return self.lacks is not None if action == "install" else super().check_action(action, parameters)

    def action_install(self) -> None:
        """Install the missing package."""
        self.post_message(self.InstallWanted(self))

    def action_reset_code(self) -> None:
        """Restore the lesson's code."""
        self.replace(self.field.code)
