"""The plain tutor's course: the list of lessons, a lesson's screens one after the other, a question at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from tutor.errors import TutorError
from tutor.paths import split_variant
from tutor.plain.answers import choices, complete
from tutor.plain.blocks import label, show
from tutor.plain.commands import COMMANDS, Here, Leave, run_command
from tutor.plain.markdown import one_line
from tutor.plain.terminal import Terminal
from tutor.session import Session, open_lesson
from tutor.session.answers import is_blank, readable
from tutor.session.model import Answer, Block, Field, FieldKind, LabView, Outcome, QuestionView, RunView, Verdict
from tutor.store import Store, default_path

if TYPE_CHECKING:
    from tutor.plain.programs import Programs

_SIGNS = {
    Verdict.CORRECT: "✓ correct",
    Verdict.IMPRECISE: "≈ imprecise",
    Verdict.FOLLOWS: "→ follows",
    Verdict.WRONG: "✗ wrong",
    Verdict.UNDECIDED: "? undecided",
    Verdict.UNREADABLE: "? not read",
    Verdict.KEPT: "• kept",
}
# Where a command's word is no answer; in text and code it may be one.
_MARKED = (FieldKind.NUMBER, FieldKind.GRID, FieldKind.EXPRESSION, FieldKind.CHOICE, FieldKind.ORDER)


def run_plain(
    lesson: str | None = None,
    *,
    ascii_only: bool = False,
    source: TextIO | None = None,
    out: TextIO | None = None,
    store: Store | None = None,
) -> None:
    """Work on plain lines until the learner leaves or the input ends. Raises ``TutorError`` for no lesson."""
    kept = store or Store(default_path())
    terminal = Terminal(source, out, ascii_only=ascii_only)
    try:
        _PlainTutor(terminal, kept).run(lesson)
    except KeyboardInterrupt:
        terminal.say("", "Stopped. Everything is kept.")
    finally:
        if store is None:
            kept.close()


class _PlainTutor:
    def __init__(self, terminal: Terminal, store: Store) -> None:
        self.terminal = terminal
        self.store = store
        self.session: Session | None = None
        self._noticed = ""
        self._programs: Programs | None = None
        self._programs_of: Session | None = None

    def run(self, lesson: str | None) -> None:
        """Until the learner leaves."""
        self.terminal.say("Neural networks by hand. :help says what you can type.")
        self._say_notice(self.store.notice)
        session = open_lesson(lesson, self.store, resume=True) if lesson is not None else self._choose()
        while session is not None:
            if not self._lesson(session):
                break
            session = self._choose()
        self._close_programs()
        self.terminal.say("Everything is kept. Goodbye.")

    def _say_notice(self, notice: str) -> None:
        if notice and notice != self._noticed:
            self.terminal.say(f"! {notice}")
        self._noticed = notice

    # -- home ---------------------------------------------------------------------------------------------------------

    def _choose(self) -> Session | None:
        """The list of lessons, and the one that is chosen; None to leave."""
        from tutor.lessons import load_catalogue

        catalogue = load_catalogue()
        last = self.store.positions()
        self.terminal.say("", "Lessons:")
        done = {(one.lesson, one.variant): one for one in reversed(self.store.summaries())}
        names: list[str] = []
        for place, entry in enumerate(catalogue.entries, 1):
            kept = done.get((entry.id, ""))
            state = (
                f"{kept.done if kept else 0} of {entry.questions} done" if not entry.is_broken else "can't be opened"
            )
            mend = f", {kept.to_mend} to mend" if kept and kept.to_mend else ""
            names.append(str(entry.path))
            self.terminal.say(f"{place:>4}  {entry.title}  ({state}{mend})")
        for notice in catalogue.notices:
            self._say_notice(notice)
        known = {entry.id: entry for entry in catalogue.entries}
        again = next((one for one in last if one.lesson in known), None)
        prompt = "Lesson (number"
        if again is not None:
            prompt += f"; Enter: go on with {known[again.lesson].title}"
        while True:
            line = self.terminal.ask(f"{prompt}; q leaves): ")
            if line is None or line.strip().lower() in ("q", "quit", ":q", ":quit"):
                return None
            chosen = self._chosen(line.strip(), names, str(known[again.lesson].path) if again else None)
            if chosen is not None:
                return chosen

    def _chosen(self, line: str, names: list[str], again: str | None) -> Session | None:
        name, variant = split_variant(line)
        if not line and again:
            name = again
        elif name.strip().isdecimal() and 1 <= int(name) <= len(names):
            name = names[int(name) - 1]
        elif not line:
            return None
        try:
            return open_lesson(f"{name}#{variant}" if variant else name, self.store, resume=True)
        except TutorError as error:
            self.terminal.say(f"{error}")
            return None

    # -- a lesson -----------------------------------------------------------------------------------------------------

    def _lesson(self, session: Session) -> bool:
        """Work through a lesson; whether to go back to the list (else the learner leaves)."""
        self.session = session
        numbers = f", numbers #{session.variant}" if session.variant else ""
        self.terminal.say("", f"{session.title}{numbers}")
        session.goto(session.position)
        while True:
            try:
                self._screen(self.session)
                if self.session.position + 1 >= len(self.session.titles):
                    return self._end(self.session)
                self._ask("Enter: next screen. ", None)
                self.session.next()
            except Leave as leave:
                if leave.session is not None:
                    self.session = leave.session
                if leave.where in ("home", "quit"):
                    self.session.save()
                    return leave.where == "home"
            except EOFError:
                self.session.save()
                return False

    def _end(self, session: Session) -> bool:
        progress = session.progress
        self.terminal.say("", f"That is the end of {session.title}: {progress.done} of {progress.total} done.")
        left = session.first_to_mend()
        if left is not None:
            self.terminal.say(f"On screen {session.screen_of(left) + 1} an answer wants another look.")
        self._ask("Enter: the list of lessons. ", None)
        return True

    def _screen(self, session: Session) -> None:
        """Show a screen's blocks in order and ask its questions; what appears meanwhile comes in its turn."""
        view = session.screen()
        progress = session.progress
        head = f"Screen {view.index + 1} of {len(session.titles)}: {view.title}"
        self.terminal.say("", f"{head}  [{progress.done} of {progress.total} done]")
        seen: set[int] = set()
        shown: dict[str, int] = {}
        while True:
            block = self._following(session, shown)
            if block is None:
                return
            shown[block.id] = shown.get(block.id, 0) + 1
            seen.add(id(block))
            self.terminal.say()
            self._block(session, block)

    @staticmethod
    def _following(session: Session, shown: dict[str, int]) -> Block | None:
        """The first block that has not been shown; several may share an id (a block with several derivations)."""
        counted: dict[str, int] = {}
        for block in session.screen().blocks:
            counted[block.id] = counted.get(block.id, 0) + 1
            if counted[block.id] > shown.get(block.id, 0):
                return block
        return None

    def _block(self, session: Session, block: Block) -> None:
        if isinstance(block, QuestionView):
            self._question(session, block)
            return
        show(block, self.terminal)
        if isinstance(block, RunView | LabView):
            self._program(session, block)

    # -- questions ----------------------------------------------------------------------------------------------------

    def _question(self, session: Session, block: QuestionView) -> None:
        if block.prompt:
            self.terminal.say_markdown(block.prompt)
        for field in block.fields:
            self._field(session, field)
        after = next((one for one in session.screen().blocks if one.id == block.id), None)
        if isinstance(after, QuestionView):
            if after.model:
                self.terminal.say("One answer:")
                self.terminal.say_markdown(after.model, "  ")
            if after.explain:
                self.terminal.say_markdown(after.explain)

    def _field(self, session: Session, field: Field) -> None:
        """Ask for a field until it is done or skipped."""
        if field.prompt:
            self.terminal.say_markdown(field.prompt)
        self._offer(field)
        state = session.state(field.id)
        if state.done:
            said = session.solution(field.id) if state.given_up else readable(field, state.answer or "")
            how = "given up" if state.given_up else "done"
            self.terminal.say(f"{label(field, self.terminal)}: {said}  ({how})")
            return
        if not is_blank(state.draft):
            self.terminal.say(f"(Your last words here: {readable(field, state.draft)})")
        while not session.state(field.id).done:
            try:
                answer = self._answer(session, field)
            except Leave as leave:
                if leave.where == "skip":
                    return
                raise
            if answer is None:
                return
            outcome = session.submit(field.id, answer)
            self._say_outcome(session, field, outcome)
            if outcome.result.verdict is Verdict.FOLLOWS:
                return

    def _offer(self, field: Field) -> None:
        """What can be chosen, ordered or filled in."""
        if field.kind is FieldKind.FILL:
            self.terminal.say_all(f"    {line}" for line in field.code.rstrip("\n").split("\n"))
        for number, option in enumerate(field.options, 1):
            self.terminal.say(f"  {number}) {one_line(option.text, ascii_only=self.terminal.ascii_only)}")
        if field.kind is FieldKind.GRID:
            how = "in one line" if field.rows == 1 else "a row at a time, or all with ; between rows"
            self.terminal.say(f"Cells: {', '.join(field.cells)} ({how})")

    def _answer(self, session: Session, field: Field) -> Answer | None:
        """One answer; None to go on without."""
        line = self._ask(self._prompt(field), field.id)
        if not line.strip():
            return None
        if field.kind in (FieldKind.CHOICE, FieldKind.ORDER):
            keys = choices(field, line)
            if keys is None:
                self.terminal.say(f"Type numbers from 1 to {len(field.options)}.")
                return self._answer(session, field)
            return keys
        answer = complete(session, field, line, lambda prompt: self._ask(prompt, field.id))
        session.draft(field.id, answer)
        session.save()
        if isinstance(answer, str) and field.kind in (FieldKind.NUMBER, FieldKind.EXPRESSION):
            read = session.read(field.id, answer)
            if read.ok and read.text:
                self.terminal.say(f"  {read.text}")
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
                return f"{label(field, self.terminal)}: "

    def _ask(self, prompt: str, field: str | None) -> str:
        """A line that is no command; commands are done at once. Raises EOFError when there is no more input."""
        assert self.session is not None
        while True:
            line = self.terminal.ask(prompt)
            if line is None:
                raise EOFError
            word = line.strip().lower()
            if word.startswith(":"):
                run_command(Here(self.session, self.terminal, field), line)
            elif word in COMMANDS and (field is None or self.session.field(field).kind in _MARKED):
                self.terminal.say(f"As a command it has a colon in front: :{word}")
            elif word and field is None:
                self.terminal.say("Enter alone goes on. :help says what else you can type.")
            else:
                return line

    def _say_outcome(self, session: Session, field: Field, outcome: Outcome) -> None:
        result = outcome.result
        said = one_line(result.message, ascii_only=self.terminal.ascii_only)
        self.terminal.say(f"  {_SIGNS[result.verdict]}" + (f": {said}" if said else ""))
        if result.column is not None and isinstance(session.state(field.id).draft, str):
            self.terminal.say(f"    {session.state(field.id).draft}", f"    {' ' * (result.column - 1)}^")
        for name, cell in zip(field.cells, result.cells, strict=False):
            if field.kind is FieldKind.GRID and cell.verdict is not Verdict.CORRECT:
                told = f": {cell.message}" if cell.message and cell.message != result.message else ""
                self.terminal.say(f"    {name} {_SIGNS[cell.verdict]}{told}")
        for other, changed in outcome.changed:
            self.terminal.say(f"  (Marked again: {session.field(other).label} is now {_SIGNS[changed.verdict]}.)")
        self._say_notice(outcome.notice)

    # -- programs -----------------------------------------------------------------------------------------------------

    def _program(self, session: Session, block: RunView | LabView) -> None:
        state = session.state(block.field.id)
        if isinstance(block, LabView) and state.done:
            self.terminal.say("(done)")
            return
        while True:
            try:
                line = self._ask(
                    "Enter: go on. :code FILE: run a program of yours. run: run it as it stands. ", block.field.id
                )
            except Leave as leave:
                if leave.where == "skip":
                    return
                if leave.where != "run":
                    raise
                line = "run"
            if line.strip().lower() != "run":
                return
            self._run_program(session, block)
            if session.state(block.field.id).done and isinstance(block, LabView):
                return

    def _run_program(self, session: Session, block: RunView | LabView) -> None:
        from tutor.plain.programs import Programs

        if self._programs is None or self._programs_of is not session:
            self._close_programs()
            self._programs, self._programs_of = Programs(session, self.terminal), session
        self._programs.run(block)

    def _close_programs(self) -> None:
        if self._programs is not None:
            self._programs.close()
        self._programs = self._programs_of = None
