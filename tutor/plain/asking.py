"""Ask the questions of a lesson on plain lines, one at a time, with their marks; offer to run its programs."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, TypeVar

from tutor.lessons.blocks import View
from tutor.lessons.blocks.offering import letter
from tutor.plain.answers import choices, complete
from tutor.plain.blocks import code_lines, label
from tutor.plain.commands import COMMANDS, run_command
from tutor.plain.context import CommandContext, Navigate
from tutor.plain.terminal import Terminal
from tutor.session import Session
from tutor.session.answers import is_blank, readable
from tutor.session.model import Answer, Field, FieldKind, Outcome, ProgramView, QuestionView, Verdict

if TYPE_CHECKING:
    from tutor.plain.programs import Programs

# The kinds of field in which the name of a command cannot be an answer; in text and code it can.
_MARKED = (FieldKind.NUMBER, FieldKind.GRID, FieldKind.EXPRESSION, FieldKind.CHOICE, FieldKind.ORDER)
_RUN = "Enter: go on. :code FILE runs your program, :run the one shown. "
# A command is a colon and a letter, or a colon alone, so that ``:)`` is not one.
_COMMAND = re.compile(r":\s*([A-Za-z].*)?", re.S)


Shown = TypeVar("Shown", bound=View)


class Asker:
    """Asks the questions of a session. ``say_notice`` shows a notice about the saving of progress."""

    def __init__(self, session: Session, terminal: Terminal, say_notice: Callable[[str], None]) -> None:
        self.session = session
        self._terminal = terminal
        self._say_notice = say_notice
        self._priced: dict[str, int] = {}
        self._programs: Programs | None = None

    def turn_to(self, session: Session | None) -> None:
        """Continue with another session (the same lesson with other numbers), unless it is None."""
        if session is not None:
            self.close()
            self.session, self._priced = session, {}
            self._say_notice(session.news)

    def close(self) -> None:
        """Save what was typed, and end running programs."""
        self.session.save()
        if self._programs is not None:
            self._programs.close()
        self._programs = None

    def go_on(self, prompt: str) -> None:
        """Wait for an empty line, or for ``:skip``, which means the same here."""
        try:
            self._ask(prompt, None, ())
        except Navigate as leave:
            if leave.where != "skip":
                raise

    def _ask(self, prompt: str, field: str | None, only: Collection[str] | None = None) -> str:
        """Return a line that is not a command; commands are run at once. With ``only``, refuse any other word.

        Raises:
            EOFError: The input has ended.
            Navigate: A command leads elsewhere.
        """
        while True:
            line = self._terminal.ask(prompt)
            if line is None:
                raise EOFError
            word = line.strip().lower()
            if _COMMAND.fullmatch(line.strip()):
                run_command(CommandContext(self.session, self._terminal, field, self._field, self._priced), line)
            elif only is not None and word in only:
                return word
            elif word in COMMANDS and (only is not None or field is None or self._kind(field) in _MARKED):
                self._terminal.say(f"A command begins with a colon: :{word}")
            elif word and only is not None:
                open_here = "" if self._is_done() else ":again asks what is open on this screen. "
                self._terminal.say_filled(f"Enter alone goes on. {open_here}:help says what else you can type.")
            else:
                return line

    def _is_done(self) -> bool:
        progress = self.session.screen_progress(self.session.position)
        return progress.done == progress.total

    def _kind(self, field: str) -> FieldKind:
        return self.session.field(field).kind

    # -- questions ----------------------------------------------------------------------------------------------------

    def question(self, block: QuestionView) -> None:
        """Ask for the fields of a block, then show its model answer and explanation."""
        if block.prompt:
            self._terminal.say_markdown(block.prompt)
        for field in block.fields:
            self._field(field)
        after = self._as_it_is_now(block)
        if after is not None and after.model:
            self._terminal.say("One answer:")
            self._terminal.say_markdown(after.model, "  ")
        if after is not None and after.explain:
            self._terminal.say_markdown(after.explain)

    def _as_it_is_now(self, block: Shown) -> Shown | None:
        """Return the view of a block that was shown, with what may be shown after its answers; None if it is gone."""
        now = next((each for each in self.session.screen().blocks if each.id == block.id), None)
        return now if isinstance(now, type(block)) else None

    def _field(self, field: Field) -> None:
        """Ask for a field until it is done or skipped."""
        if field.prompt:
            self._terminal.say_markdown(field.prompt)
        self._offer(field)
        session = self.session
        state = session.state(field.id)
        if state.done:
            shown = session.solution(field.id) if state.given_up else readable(field, state.answer or "")
            how = "given up" if state.given_up else "done"
            said = self._terminal.in_line(shown) if field.options else shown
            self._terminal.say(f"{label(field, self._terminal)}: {said}  ({how})")
            return
        if not is_blank(state.draft):
            self._terminal.say(f"(Your last answer here: {readable(field, state.draft)})")
        while not session.state(field.id).done:
            try:
                answer = self._answer(field)
            except Navigate as leave:
                if leave.where == "skip":
                    return
                raise
            if answer is None:
                self._terminal.say_filled("Nothing was typed; the question stays open.", "  ")
                return
            outcome = session.submit(field.id, answer)
            self._say_outcome(field, outcome)
            if outcome.result.verdict is Verdict.FOLLOWS:
                return

    def _offer(self, field: Field) -> None:
        """Show the options, the code with gaps, or the cells to fill in."""
        if field.kind is FieldKind.FILL:
            self._terminal.say_all(code_lines(field.code))
        for place, option in enumerate(field.options):
            self._terminal.say_filled(self._terminal.in_line(option.text), f"  {letter(place)}) ")
        if field.kind is FieldKind.GRID:
            how = "in one line" if field.rows == 1 else "a row at a time, or all with ; between rows"
            self._terminal.say_filled(f"Cells: {', '.join(field.cells)} ({how})")

    def _answer(self, field: Field) -> Answer | None:
        """Ask for one answer and return it, or None for an empty line."""
        while True:
            line = self._ask(self._prompt(field), field.id)
            if not line.strip():
                return None
            if not field.options:
                break
            keys = choices(field, line)
            if keys is not None:
                return keys
            several = field.several or field.kind is FieldKind.ORDER
            what = "letters" if several else "one letter"
            last = letter(len(field.options) - 1)
            self._terminal.say(f"Type {what} from a to {last}{', each once' if several else ''}.")
        answer = complete(
            self.session,
            field,
            line,
            lambda prompt: self._ask(prompt, field.id),
            lambda so_far: self.session.draft(field.id, so_far),
        )
        self.session.draft(field.id, answer)
        self.session.save()
        if isinstance(answer, str) and field.kind in (FieldKind.NUMBER, FieldKind.EXPRESSION):
            read = self.session.read(field.id, answer)
            if read.ok and read.text:
                self._terminal.say(f"  {read.text}")
        if field.kind is FieldKind.GRID and len(answer) == len(field.cells):
            cells = ", ".join(f"{name} = {cell}" for name, cell in zip(field.cells, answer, strict=True))
            self._terminal.say_filled(f"I read {cells}", "  ")
        return answer

    def _prompt(self, field: Field) -> str:
        match field.kind:
            case FieldKind.CHOICE:
                return "Your choice (several): " if field.several else "Your choice: "
            case FieldKind.ORDER:
                return "Their order, first to last: "
            case FieldKind.FILL:
                return f"Gap 1 of {field.gaps}: " if field.gaps > 1 else "The gap: "
            case FieldKind.WRITE:
                return "Your words (an empty line ends them): "
            case _:
                return f"{label(field, self._terminal)}: "

    def _say_outcome(self, field: Field, outcome: Outcome) -> None:
        result = outcome.result
        said = self._terminal.in_line(result.message)
        self._terminal.say_filled(self._verdict(result.verdict) + (f": {said}" if said else ""), "  ")
        typed = self.session.state(field.id).draft
        if result.column is not None and result.column > 1 and isinstance(typed, str):
            rest = typed[result.column - 1 :].strip()
            self._terminal.say(f"    Reading stopped {f'at: {rest}' if rest else 'at its end'}")
        for name, cell in zip(field.cells, result.cells, strict=False):
            if field.kind is FieldKind.GRID and cell.verdict is not Verdict.CORRECT:
                is_new = cell.message and cell.message != result.message
                detail = f": {self._terminal.in_line(cell.message)}" if is_new else ""
                self._terminal.say_filled(f"{name} {self._verdict(cell.verdict)}{detail}", "    ")
        for other, changed in outcome.changed:
            name = self.session.field(other).label
            self._terminal.say_filled(f"(Marked again: {name} is now {self._verdict(changed.verdict)}.)", "  ")
        self._say_notice(outcome.notice)

    def _verdict(self, verdict: Verdict) -> str:
        """Return the sign and word of a verdict: ``✓ correct``; in ASCII the word alone."""
        word = "not read" if verdict is Verdict.UNREADABLE else verdict.value
        return word if self._terminal.ascii_only else f"{verdict.sign} {word}"

    # -- programs -----------------------------------------------------------------------------------------------------

    def program(self, block: ProgramView) -> None:
        """Run a cell or a lab as often as the learner likes; show the explanation and solution of a finished lab."""
        state = self.session.state(block.field.id)
        if block.is_checked and state.done:
            self._terminal.say("(given up)" if state.given_up and not state.solved else "(done)")
            self._say_after(block)
        if str(state.draft).strip() and state.draft != block.field.code:
            self._terminal.say_filled("(Your program is kept: :listing shows it, :starter brings the first one back.)")
        while True:
            was_done = self.session.state(block.field.id).done
            try:
                line = self._ask(_RUN, block.field.id, ("", "run"))
            except Navigate as leave:
                if leave.where not in ("skip", "run", "install"):
                    raise
                line = "run" if leave.where == "run" or (leave.where == "install" and self._running.install()) else ""
                if leave.where == "install" and not line:
                    continue
            if line == "run":
                self._running.run(block)
            if self.session.state(block.field.id).done and not was_done:
                self._say_after(block)
                if block.is_checked:
                    return
            if line != "run":
                return

    @property
    def _running(self) -> Programs:
        """The runner of the lesson's programs, created when the first one runs."""
        if self._programs is None:
            from tutor.plain.programs import Programs

            self._programs = Programs(self.session, self._terminal)
        return self._programs

    def _say_after(self, block: ProgramView) -> None:
        """Show a lab's explanation and model solution once they may be shown."""
        after = self._as_it_is_now(block)
        if after is not None and after.explain:
            self._terminal.say_markdown(after.explain)
        if after is not None and after.solution:
            self._terminal.say("One solution:")
            self._terminal.say_all(code_lines(after.solution))
