"""What blocks need while they are built, and the settings that they inherit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from tutor.lessons.declared import found_files
from tutor.lessons.lesson_files import LessonFolder
from tutor.lessons.models import BlockFile, QuestionFile
from tutor.lessons.resolve import Resolver
from tutor.lessons.template import Template, joined
from tutor.lessons.validate import Checker
from tutor.lessons.yaml.document import Path_

Place = Callable[[str], Path_]


class OwnSettings(Protocol):
    """The settings that a lesson, screen, block or item of a file may have."""

    decimals: int | None
    figures: int | None
    reveal: bool | None
    hints: tuple[str, ...] | None
    """The author's hints; None means no hints at all."""

    @property
    def model_fields_set(self) -> set[str]:
        """The keys that are in the file."""
        ...


@dataclass(frozen=True)
class Settings:
    """The settings that apply to a block unless it overrides them."""

    of: str | None = None
    decimals: int | None = None
    figures: int | None = None
    reveal: bool = True
    hints: tuple[str, ...] = ()
    builtin_hints: bool = True
    hints_path: Path_ = ()

    def under(self, file: OwnSettings, checker: Checker, *, place: Place) -> Settings:
        """Return these settings with the changes that ``file`` makes; ``place`` gives the path of its keys."""
        changes: dict[str, Any] = {}
        if of := getattr(file, "of", None):
            changes["of"] = of
        if file.decimals is not None and file.figures is not None:
            checker.add(place("figures"), "Give decimals or figures, not both.", at_key=True)
        if file.decimals is not None or file.figures is not None:
            changes.update(decimals=file.decimals, figures=file.figures)
        if file.reveal is not None:
            changes["reveal"] = file.reveal
        if "hints" in file.model_fields_set:
            changes.update(hints=file.hints or (), builtin_hints=file.hints is not None, hints_path=place("hints"))
        return replace(self, **changes)


def beside(path: Path_) -> Place:
    """Return a function that gives the path of each key of the mapping at ``path``."""
    return lambda key: (*path, key)


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

    def texts(self, key: str, values: Sequence[str]) -> tuple[Template, ...]:
        """Return the texts of a list as templates."""
        return tuple(self.resolver.text(value, self.of, (*self.place(key), n)) for n, value in enumerate(values))

    def files(self, names: Sequence[str]) -> tuple[Path, ...]:
        """Return the files to copy for the block's program: its own, else those of the lesson."""
        return found_files(self.folder, names, self.place("files"), self.checker) or self.lesson_files
