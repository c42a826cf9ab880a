"""The learner's skills, each after those that it needs. Enter practises one."""

from __future__ import annotations

from datetime import UTC, datetime

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tutor.learning.skills import capital, title
from tutor.session.practice import Learner, SkillLine, nothing_due
from tutor.ui.commands import Command
from tutor.ui.screens.base import TutorScreen
from tutor.ui.text import MUTED, bar, one_line

_BAR = 14
_STYLES = {"mastered": "$success", "rusty": "$warning", "learning": "$accent", "new": "", "open": MUTED}
_SIGNS = {"mastered": "✓", "rusty": "↻", "learning": "▸", "new": "○", "open": "·"}

COMMANDS = (
    Command("skills.drill", "drill", "p", "Practise it",
            "Practises the highlighted skill, as Enter does.", footer="practise"),
    Command("skills.close", "dismiss", "escape", "Close", "Back to where you were.", footer="close", also="q,s"),
)  # fmt: skip


class SkillsScreen(TutorScreen[str | None]):
    """Shows every skill with its bar. Returns the skill to practise, or None."""

    DEFAULT_CSS = """
    SkillsScreen OptionList, SkillsScreen OptionList:focus { height: 1fr; border: none; padding: 0 1; }
    SkillsScreen #about { height: auto; min-height: 2; padding: 0 2; margin: 1 0; color: $foreground 80%; }
    """
    AUTO_FOCUS = "OptionList"
    TITLE = "Skills"
    commands = COMMANDS
    help_text = (
        "What you can do, by operation, each after those that it needs. The bar is the chance that your "
        "next answer is right, as it is today: what is not practised fades. **Enter** practises the highlighted skill."
    )

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[SkillLine, ...] = ()

    def parts(self) -> ComposeResult:
        yield OptionList(id="skills")
        yield Static("Reading your answers …", id="about", markup=False)

    def on_mount(self) -> None:
        """Read the record in a thread."""
        self._read()

    @work(thread=True, exclusive=True, group="skills")
    def _read(self) -> None:
        learner = Learner(self.tutor.store)
        self.app.call_from_thread(self._show, learner.lines(), nothing_due(learner) if not learner.opened else "")

    def _show(self, lines: tuple[SkillLine, ...], empty: str) -> None:
        self._lines = lines
        mastered = sum(line.state == "mastered" for line in lines)
        self.top.share = mastered / len(lines) if lines else None
        self.top.place = f"{mastered} of {len(lines)} mastered"
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(Option(_line(line), id=line.skill) for line in lines)
        if lines:
            first = next((place for place, line in enumerate(lines) if line.state != "mastered"), 0)
            options.highlighted = first
        if empty:
            self.query_one("#about", Static).update(Content(empty))

    @on(OptionList.OptionHighlighted)
    def say_more(self, event: OptionList.OptionHighlighted) -> None:
        """Describe the highlighted skill."""
        line = next((each for each in self._lines if each.skill == event.option_id), None)
        if line is not None:
            self.query_one("#about", Static).update(_about(line))

    @on(OptionList.OptionSelected)
    def chosen(self, event: OptionList.OptionSelected) -> None:
        """Practise the highlighted skill."""
        event.stop()
        self.action_drill()

    def action_drill(self) -> None:
        """Practise the highlighted skill, if a lesson that was opened teaches it."""
        options = self.query_one(OptionList)
        place = options.highlighted
        if place is None or place >= len(self._lines):
            return
        line = self._lines[place]
        if line.state == "open" and not line.seen:
            self.notify(_about(line).plain, markup=False)
            return
        self.dismiss(line.skill)


def _line(line: SkillLine) -> Content:
    """Return a line of the list: sign, bar, share, title and state."""
    style = _STYLES[line.state]
    share = f"{line.recall:>4.0%}" if line.seen else "    "
    return Content.assemble(
        (f"{_SIGNS[line.state]} ", style), bar(line.recall, _BAR), f" {share}  ", one_line(capital(line.title)),
        (f"  {line.state_words}", style),
    )  # fmt: skip


def _about(line: SkillLine) -> Content:
    facts = [f"{line.right} of {line.seen} answers right without help" if line.seen else "Not answered yet"]
    if line.mistake:
        facts.append(f"most often: {line.mistake_words}")
    if line.due is not None and line.state in ("mastered", "rusty"):
        days = (line.due - datetime.now(UTC)).days
        facts.append("due now" if days <= 0 else f"due in {days} days" if days > 1 else "due tomorrow")
    if line.needs:
        facts.append("first: " + ", ".join(title(each) for each in line.needs[:3]))
    if line.lesson:
        facts.append(f"open the lesson “{line.lesson}” to practise it")
    return Content(". ".join(fact[0].upper() + fact[1:] for fact in facts) + ".")
