"""Ask for the learner's own network on plain lines, one field at a time; ask again for what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from tutor.authoring.own import random_numbers, read_numbers, save, what_is_read
from tutor.authoring.own_form import HIDDEN, LOSS_NAMES, OUTPUT, Form, FormError, read_sizes
from tutor.errors import reason
from tutor.formulas.wording import meant
from tutor.plain.terminal import Terminal

Found = TypeVar("Found")

_QUESTIONS = {
    "title": "Name of the network",
    "sizes": "Sizes: inputs, hidden units, outputs, as in 3-2-1 (empty: taken from the numbers)",
    "inputs": "Inputs x, as in 1 0 1",
    "target": "Targets y (empty: the forward pass only)",
    "hidden": "Activation of the hidden units",
    "output": "Activation of the outputs",
    "loss": "Loss",
    "rate": "Learning rate (- for none: no update)",
    "numbers": "Weights",
}
_CHOICES = {"hidden": HIDDEN, "output": OUTPUT, "loss": LOSS_NAMES}
_HOW = (
    "Weights and biases: type or paste rows of numbers, NumPy, what PyTorch prints for model.state_dict(), or a "
    "network in YAML. A line with only a full stop ends them; the word random alone draws random ones for the sizes."
)
_LEAVE = ("q", ":q", "quit", ":quit", ":home")


class _LearnerLeft(Exception):
    """The learner leaves, or the input ends."""


def ask_for_network(terminal: Terminal, numbers: str = "") -> Path | None:
    """Ask for a network and make a lesson from it; return its file, or None if the learner leaves."""
    terminal.say_filled("Your own network. Enter accepts the value in brackets; q leaves.")
    try:
        return _Questions(terminal, Form(numbers=numbers)).made()
    except _LearnerLeft:
        return None


class _Questions:
    """Asks for the fields of a form. Only what is wrong is asked for again, and nothing that was typed is lost."""

    def __init__(self, terminal: Terminal, form: Form) -> None:
        self.terminal = terminal
        self.form = form

    def made(self) -> Path | None:
        """Ask until the form is complete; return the file of the lesson, or None if it cannot be saved."""
        self._ask("title")
        if not self.form.numbers:
            self._ask("sizes")
            self._ask_numbers()
        self._until_right(lambda: None if self.form.is_yaml else read_numbers(self.form))
        if not self.form.is_yaml:
            for field in ("inputs", "target", "hidden", "output", "loss", "rate"):
                self._ask(field)
        said = self._until_right(lambda: what_is_read(self.form))
        try:
            path = save(self.form)
        except OSError as error:
            self.terminal.say_filled(f"The lesson cannot be saved: {reason(error)}.")
            return None
        self.terminal.say_filled(f"{said} Saved as {path}.")
        self.terminal.say_filled("Type :check in the lesson to check the numbers on your sheet.")
        return path

    def _until_right(self, read: Callable[[], Found]) -> Found:
        """Return what ``read`` returns, once everything wrong has been typed again."""
        while True:
            try:
                return read()
            except FormError as error:
                self._ask_again(error)

    def _line(self, prompt: str) -> str:
        line = self.terminal.ask(prompt)
        if line is None or line.strip().lower() in _LEAVE:
            raise _LearnerLeft
        return line

    def _ask(self, field: str) -> None:
        """Ask for one field; for a choice of words, the first letters are enough."""
        usual = getattr(self.form, field)
        choices = _CHOICES.get(field, ())
        if choices:
            self.terminal.say_filled(f"{_QUESTIONS[field]}: {', '.join(choices)}.")
        shown = f" [{usual}]" if usual else ""
        while True:
            typed = self._line(f"{_QUESTIONS[field]}{shown}: " if not choices else f"Which?{shown} ").strip() or usual
            if field == "rate" and typed == "-":
                typed = ""
            if choices:
                found = meant(typed, choices)
                if len(found) != 1:
                    self.terminal.say(f"{typed} is not one of them.")
                    continue
                typed = found[0]
            self.form = replace(self.form, **{field: typed})
            if field == "sizes":
                try:
                    read_sizes(typed)
                except FormError as error:
                    self._say(error)
                    continue
            return

    def _ask_numbers(self) -> None:
        self.terminal.say_filled(_HOW)
        lines: list[str] = []
        while (line := self._line("> ")).strip() != "." or not lines:
            if line.strip() == ".":
                self.terminal.say("There are no numbers yet.")
                continue
            if line.strip().lower() == "random" and not lines:
                try:
                    self.form = random_numbers(self.form)
                except FormError as error:
                    self._ask_again(error)
                    continue
                self.terminal.say_all(self.form.numbers.splitlines())
                return
            lines.append(line)
        self.form = replace(self.form, numbers="\n".join(lines))

    def _say(self, error: FormError) -> None:
        where = f"{error.place}: " if error.line and error.field == "numbers" else ""
        self.terminal.say_filled(f"{where}{error.message} {error.hint}".strip())

    def _ask_again(self, error: FormError) -> None:
        """Say what is wrong, and ask again for that line of the numbers, or that field."""
        if error.field != "numbers":
            self._say(error)
            self._ask(error.field)
            return
        lines = self.form.numbers.split("\n")
        if not error.line or error.line > len(lines):
            self._say(error)
            self._ask_numbers()
            return
        self.terminal.say(f"  {lines[error.line - 1]}", f"  {' ' * (error.column - 1)}^")
        self._say(error)
        typed = self._line(f"Line {error.line} again (sizes: change those; all: every line again): ")
        if typed.strip().lower() == "sizes":
            self.form = replace(self.form, sizes="")
            self._ask("sizes")
        elif typed.strip().lower() == "all":
            self._ask_numbers()
        else:
            lines[error.line - 1] = typed
            self.form = replace(self.form, numbers="\n".join(lines))
