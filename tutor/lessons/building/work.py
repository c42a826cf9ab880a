"""The base class of the builders of blocks, and their registry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from tutor.lessons import blocks as made
from tutor.lessons import models as files
from tutor.lessons.building.settings import Place, Settings
from tutor.lessons.declared import found_files
from tutor.lessons.lesson_files import LessonFolder
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


FileT = TypeVar("FileT", bound=files.BlockFile)


class Work(Generic[FileT]):
    """Builds one block from its keys. Each kind of block has a subclass with a ``build``."""

    def __init__(self, context: Context, file: FileT, settings: Settings, place: Place) -> None:
        self.file = file
        self.settings = settings
        self.place = place
        self.checker = context.checker
        self.resolver = context.resolver
        self.folder = context.folder
        self.lesson_files = context.lesson_files
        self.of = settings.of

    def build(self, common: dict[str, Any]) -> tuple[made.Block | None, str]:
        """Return the block, or None with its problems noted, and the block's default id.

        ``common`` holds the arguments that every block has.
        """
        raise NotImplementedError

    # -- common parts -----------------------------------------------------------------------------------------------

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
        assert isinstance(file, files.QuestionFile)
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
        node = self.checker.document.nodes.get(settings.hints_path)
        listed = node is not None and node.kind == "list"
        return tuple(
            self.resolver.text(hint, self.of, (*settings.hints_path, number) if listed else settings.hints_path)
            for number, hint in enumerate(settings.hints)
        )

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
                self.checker.add(self.place("columns"), f"The file has no column '{name}'{meant}")
                continue
            places.append(columns.index(name))
        return [columns[at] for at in places], [[row[at] if at < len(row) else "" for at in places] for row in rows]


BUILDERS: dict[str, type[Work[Any]]] = {}
"""The builder of each kind of block, by the name of the kind."""

BuilderT = TypeVar("BuilderT", bound=type[Work[Any]])


def builds(file: type[files.BlockFile]) -> Callable[[BuilderT], BuilderT]:
    """Register the decorated class as the builder of blocks with these keys."""

    def register(builder: BuilderT) -> BuilderT:
        BUILDERS[file.kind] = builder
        return builder

    return register
