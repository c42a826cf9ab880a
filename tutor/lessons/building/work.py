"""What the building of every block shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tutor.lessons import models as files
from tutor.lessons.building.settings import Place, Settings
from tutor.lessons.lesson_files import MOST_FILES, LessonFolder
from tutor.lessons.networks import found_file
from tutor.lessons.resolve import Resolver
from tutor.lessons.template import Template
from tutor.lessons.validate import Checker


@dataclass(frozen=True)
class Context:
    """The lesson that blocks are built for: where problems are noted, names looked up and files found."""

    checker: Checker
    resolver: Resolver
    folder: LessonFolder
    lesson_files: tuple[Path, ...]


class Work:
    """One block being built: its file's keys, its settings, where each key stands."""

    def __init__(self, context: Context, file: Any, settings: Settings, place: Place) -> None:
        self.file = file
        self.settings = settings
        self.place = place
        self.checker = context.checker
        self.resolver = context.resolver
        self.folder = context.folder
        self.lesson_files = context.lesson_files
        self.of = settings.of

    # -- common parts -----------------------------------------------------------------------------------------------

    def words(self, key: str, value: str | None) -> Template:
        """A text of this block with its values."""
        return self.resolver.text(value, self.of, self.place(key))

    def owner(self) -> str:
        """The model that the block belongs to, where that is settled."""
        model = self.resolver.model(self.of, self.place("of"), needed=False)
        return model.name if model else ""

    def question(
        self,
        shape: tuple[int, ...] | None = (),
        *,
        variables: Sequence[str] = (),
        computed: bool = True,
        main: bool = True,
    ) -> dict[str, Any]:
        """What every question has; with ``main`` the block's main thing is its question."""
        file: files.QuestionFile = self.file
        prompt = self.words("prompt", file.prompt)
        if main:
            prompt = _joined(prompt, self.words(file.kind, self.file.main))
        mistakes = self.resolver.mistakes(
            file.mistakes, self.of, self.place("mistakes"), shape, variables=variables, computed=computed
        )
        return {
            "of": self.owner(),
            "prompt": prompt,
            "hints": self.hints(self.settings),
            "builtin_hints": self.settings.builtin_hints,
            "explain": self.words("explain", file.explain),
            "mistakes": mistakes,
            "reveal": self.settings.reveal,
        }

    def hints(self, settings: Settings) -> tuple[Template, ...]:
        """The author's hints."""
        node = self.checker.document.nodes.get(settings.hints_path)
        listed = node is not None and node.kind == "list"
        return tuple(
            self.resolver.text(hint, self.of, (*settings.hints_path, number) if listed else settings.hints_path)
            for number, hint in enumerate(settings.hints)
        )

    def one_of_each(self, values: Sequence[str], key: str) -> tuple[Template, ...]:
        """Several texts of one key."""
        return tuple(self.resolver.text(value, self.of, (*self.place(key), n)) for n, value in enumerate(values))

    def paths(self, names: Sequence[str], key: str) -> tuple[Path, ...]:
        """Files of the lesson, each there."""
        if len(names) > MOST_FILES:
            self.checker.add(self.place(key), f"There are {len(names)} files here; at most {MOST_FILES} can be copied.")
            return ()
        found = (found_file(self.folder, name, (*self.place(key), n), self.checker) for n, name in enumerate(names))
        return tuple(target for target in found if target is not None)


def _joined(first: Template, second: Template) -> Template:
    if not first:
        return second
    return Template(f"{first.source}\n\n{second.source}", (*first.parts, "\n\n", *second.parts))
