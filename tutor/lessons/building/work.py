"""What blocks need while they are built."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tutor.lessons.building.settings import Place, Settings
from tutor.lessons.declared import found_files
from tutor.lessons.lesson_files import LessonFolder
from tutor.lessons.models import BlockFile, QuestionFile
from tutor.lessons.resolve import Resolver
from tutor.lessons.template import Template, joined
from tutor.lessons.validate import Checker, did_you_mean


@dataclass(frozen=True)
class Context:
    """What blocks need while they are built: where problems are noted, names resolved and files found."""

    checker: Checker
    resolver: Resolver
    folder: LessonFolder
    lesson_files: tuple[Path, ...]


@dataclass(frozen=True)
class Work(Context):
    """One block that is being built from its keys, with what its ``build`` needs. ``common`` holds the arguments that
    every block has; ``place`` gives the path of each key."""

    file: BlockFile
    settings: Settings
    place: Place
    common: dict[str, Any]

    @property
    def of(self) -> str | None:
        """The name of its model in the file, or None."""
        return self.settings.of

    def note(self, key: str, message: str, *, at_key: bool = False) -> None:
        """Note a problem with the value of a key, or with the key itself."""
        self.checker.add(self.place(key), message, at_key=at_key)

    def words(self, key: str, value: str | None) -> Template:
        """Return a text of this block as a template."""
        return self.resolver.text(value, self.of, self.place(key))

    def owner(self) -> str:
        """Return the name of the block's model, or empty if it has none."""
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
        """Return the arguments that every question has. With ``main``, the text under the block's name is part of the
        prompt. ``shape`` is that of the answer, for its mistakes (None: unknown); without ``computed`` these are
        texts."""
        file = self.file
        assert isinstance(file, QuestionFile)
        prompt = self.words("prompt", file.prompt)
        if main:
            prompt = joined(prompt, self.words(file.kind, getattr(file, "main", None)))
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
            "skills": file.skills,
            "practice": file.practice,
        }

    def hints(self, settings: Settings) -> tuple[Template, ...]:
        """Return the author's hints as templates."""
        path = settings.hints_path
        return tuple(self.resolver.text(hint, self.of, (*path, n)) for n, hint in enumerate(settings.hints))

    def one_of_each(self, values: Sequence[str], key: str) -> tuple[Template, ...]:
        """Return the texts of a list as templates."""
        return tuple(self.resolver.text(value, self.of, (*self.place(key), n)) for n, value in enumerate(values))

    def files(self, names: Sequence[str]) -> tuple[Path, ...]:
        """Return the files to copy for the block's program: its own, else those of the lesson."""
        return found_files(self.folder, names, self.place("files"), self.checker) or self.lesson_files

    def chosen_columns(
        self, wanted: Sequence[str], columns: list[str], rows: list[list[str]]
    ) -> tuple[list[str], list[list[str]]]:
        """Return the headings and rows of the columns that are asked for, in that order."""
        places = []
        for name in wanted:
            if name not in columns:
                meant = did_you_mean(name, columns, f"; it has {', '.join(columns)}.")
                self.note("columns", f"The file has no column '{name}'{meant}")
                continue
            places.append(columns.index(name))
        return [columns[at] for at in places], [[row[at] if at < len(row) else "" for at in places] for row in rows]
