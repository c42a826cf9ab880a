"""Load a lesson file as a ``Lesson``, or raise one error with every problem in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from keyword import iskeyword
from pathlib import Path

from tutor.errors import TutorError
from tutor.lessons import blocks
from tutor.lessons.building import Context, Draft, Settings, beside, built
from tutor.lessons.declared import ModelLibrary, declared, found_files
from tutor.lessons.field_types import describe, written
from tutor.lessons.lesson_files import LessonFolder, lesson_id, shortened
from tutor.lessons.models import LessonFile, ScreenFile, SourceFile
from tutor.lessons.naming import name_blocks
from tutor.lessons.networks import ModelBuilder
from tutor.lessons.packs import FILE_NAME, pack_beside
from tutor.lessons.problems import LessonProblems, Problem
from tutor.lessons.resolve import Resolver
from tutor.lessons.validate import Checker, nearest
from tutor.lessons.yaml.document import Document, Path_, read_document
from tutor.network import steps_needed

VERSION = 1
MOST_RESPELT = 5
#: What a lesson has as it is in the file.
_SAME_KEYS = (
    "title", "summary", "minutes", "revision", "requires", "language", "objectives", "needs", "practice", "allow",
)  # fmt: skip
_MODELS = frozenset({"network", "networks", "worksheet", "worksheets"})

Specs = Mapping[str, Mapping[str, object]]


def load(path: Path | str, *, sources: bool = False) -> blocks.Lesson:
    """Return the lesson in a file; with ``sources``, a bare network or worksheet is accepted too.

    Raises:
        LessonProblems: The file has errors; it lists all of them.
    """
    file = Path(path)
    return load_text(read_document(file), file, sources=sources)


def load_text(
    document: Document, path: Path, *, models: Specs | None = None, variant: str | None = None, sources: bool = False
) -> blocks.Lesson:
    """Return the lesson in a document. ``models`` has specs by name that replace those in the file, for ``variant``;
    with ``sources``, a bare network or worksheet is accepted too.

    Raises:
        LessonProblems: The document has errors; it lists all of them.
    """
    if advice := _not_a_lesson(document, path):
        raise LessonProblems([Problem(document.name, 1, 1, advice)])
    loading = _Loading(document, path, models or {}, variant)
    lesson = loading.lesson(sources)
    problems = loading.checker.problems
    for _ in range(MOST_RESPELT):  # an unknown key hides problems inside and beside it: load again with it corrected
        respelt = {at: key for at, key in loading.checker.respelt.items() if at in document.keys}
        if problems.is_full or not respelt:
            break
        document.respell(respelt)
        loading = _Loading(document, path, models or {}, variant)
        loading.lesson(sources)
        problems.extend(loading.checker.problems)
    if problems or lesson is None:
        raise LessonProblems(problems)
    return lesson


def _not_a_lesson(document: Document, path: Path) -> str:
    """Return what to do if the file is an assignment or a pack; empty if it may be a lesson."""
    keys = document.data if isinstance(document.data, dict) else {}
    if "assignment" in keys and "screens" not in keys:
        return "This is an assignment, not a lesson. Name one of its lessons."
    if path.name == FILE_NAME:
        return "This is a pack, not a lesson. Name its folder, or one of its lessons."
    return ""


class _Loading:
    """Loads one document once."""

    def __init__(self, document: Document, path: Path, models: Specs, variant: str | None) -> None:
        self.document = document
        self.path = path
        self.folder = LessonFolder.of(path)
        self.number, self.name = lesson_id(path)
        self.overrides = models
        self.variant = variant
        self.checker = Checker(document)

    def lesson(self, sources: bool) -> blocks.Lesson | None:
        data = self.document.data
        if not isinstance(data, dict):
            if self.document.root is None and self.checker.problems:
                return None
            what = "is empty" if data is None else f"holds {describe(data)}"
            self.checker.add((), f"This file {what}; a lesson begins with title: and screens:.")
            return None
        if not self._version(data):
            return None
        misspelt = any(nearest(str(key), ("screens",)) for key in data if key not in SourceFile.model_fields)
        bare = not misspelt and "screens" not in data and bool(_MODELS & set(data))
        if bare and not sources and "title" not in data:
            self.checker.add(
                (), "This file has no title and no screens; tutor solve and tutor mark can use it as it is."
            )
            return None
        if bare and sources:
            return self._source(data)
        return self._lesson(data)

    def _version(self, data: Mapping[str, object]) -> bool:
        version = data.get("tutor", VERSION)
        # on a line that could not be read, the problem is noted already
        if written(version) == str(VERSION) or self.document.problem(("tutor",), "") is None:
            return True
        self.checker.problems.drop_after(0)
        message = f"This is written for version {written(version)} of the format, and this tutor knows {VERSION}."
        advice = (
            "Update the tutor."
            if isinstance(version, int | float) and version > VERSION
            else f"Write tutor: {VERSION}."
        )
        self.checker.add(("tutor",), f"{message} {advice}")
        return False

    # -- files of one network ---------------------------------------------------------------------------------------

    def _source(self, data: Mapping[str, object]) -> blocks.Lesson | None:
        file = self.checker.model(SourceFile, data, ())
        parts, _ = self._parts(data, file.notation if file else None, {})
        form: blocks.Form = "worksheet" if data.get("worksheet") or data.get("worksheets") else "network"
        return blocks.Lesson(
            path=self.path,
            id=self.name,
            title=(file.title if file else "") or self.name,
            number=self.number,
            parts=parts,
            form=form,
            variant=self.variant,
            text=self.document.text,
            sources=tuple(sorted(self.checker.files)),
        )

    def _parts(
        self, data: Mapping[str, object], notation: Mapping[str, str] | None, steps: Mapping[str, int]
    ) -> tuple[dict[str, blocks.Model], bool]:
        models = ModelLibrary(declared(data, self.checker, self.folder))
        builder = ModelBuilder(self.checker, models, steps, notation, self.overrides)
        failed = any(key in data and not isinstance(data[key], dict) for key in _MODELS)
        return builder.build(), builder.failed or failed

    # -- lessons ----------------------------------------------------------------------------------------------------

    def _lesson(self, data: Mapping[str, object]) -> blocks.Lesson | None:
        file = self.checker.model(LessonFile, data, ())
        top = file if file is not None else LessonFile.model_construct(title="", screens=())
        parts, failed = self._parts(data, top.notation if isinstance(top.notation, dict) else None, self._steps(data))
        resolver = Resolver(self.checker, parts, models_failed=failed)
        settings = Settings().under(top, self.checker, place=beside(())) if file else Settings()
        resolver.owner(settings.of, ("of",))
        self._needs(top)
        lesson_files = found_files(self.folder, top.files, ("files",), self.checker)
        screens = list(self._screens(data, settings, Context(self.checker, resolver, self.folder, lesson_files)))
        named = iter(name_blocks([draft for _, drafts in screens for draft in drafts], resolver, self.checker))
        if file is None:
            return None
        return blocks.Lesson(
            path=self.path,
            **{key: getattr(file, key) for key in _SAME_KEYS},
            id=self._id(file.id or self.name),
            screens=tuple(_filled(screen, [next(named) for draft in drafts if draft]) for screen, drafts in screens),
            parts=parts,
            number=self.number,
            group=file.group.strip(),
            files=lesson_files,
            reveal=settings.reveal,
            builtin_hints=settings.builtin_hints,
            variant=self.variant,
            text=self.document.text,
            sources=tuple(sorted(self.checker.files)),
        )

    def _id(self, own: str) -> str:
        """Return the lesson's id, with the name of its pack in front if it is in one."""
        try:
            pack = pack_beside(self.path)
        except TutorError as error:
            self.checker.add((), f"The pack of this lesson cannot be used: {error}")
            return own
        if pack is None:
            return own
        self.checker.files.add(self.path.parent / FILE_NAME)
        return pack.lesson_id(own)

    def _needs(self, file: LessonFile) -> None:
        """Note names that cannot be packages. The tutor only looks whether a package is installed; it imports none."""
        for place, name in enumerate(file.needs):
            if not name.isidentifier() or iskeyword(name):
                message = f"'{shortened(name)}' is not the name of a package"
                self.checker.add(("needs", place), f"{message}; write what a program imports, as in torch or sklearn.")

    def _screens(
        self, data: Mapping[str, object], settings: Settings, context: Context
    ) -> Iterator[tuple[blocks.Screen, list[Draft | None]]]:
        """Yield the screens, each without its blocks, and what is built of these."""
        listed = data.get("screens")
        for number, value in enumerate(listed if isinstance(listed, list) else ()):
            path: Path_ = ("screens", number)
            file = self.checker.model(ScreenFile, value, path)
            data_of_blocks = file.blocks if file else value.get("blocks") if isinstance(value, dict) else None
            here = settings.under(file, self.checker, place=beside(path)) if file else settings
            if here.of != settings.of:
                context.resolver.owner(here.of, (*path, "of"))
            drafts = [
                built(block, (*path, "blocks", place), here, context, f"screen{number + 1}.{place + 1}")
                for place, block in enumerate(data_of_blocks if isinstance(data_of_blocks, list | tuple) else ())
            ]
            title, allow = (file.title, file.allow) if file else ("", {})
            yield blocks.Screen(title=title, blocks=(), allow=allow), drafts

    # -- training steps ---------------------------------------------------------------------------------------------

    def _steps(self, data: Mapping[str, object]) -> dict[str, int]:
        """Return the number of training steps that each model needs: the highest ``@`` in the blocks about it. The name
        "" stands for every model."""
        need: dict[str, int] = {}
        screens = data.get("screens")
        for screen in screens if isinstance(screens, list) else ():
            if not isinstance(screen, dict) or not isinstance(screen.get("blocks"), list):
                continue
            for block in screen["blocks"]:
                of = written(
                    (block.get("of") if isinstance(block, dict) else None) or screen.get("of") or data.get("of") or ""
                )
                _count_steps(block, of, need)
        return need


def _count_steps(value: object, of: str, need: dict[str, int]) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            _count_steps(key, of, need)
            _count_steps(inner, of, need)
    elif isinstance(value, list):
        for inner in value:
            _count_steps(inner, of, need)
    elif isinstance(value, str) and "@" in value:
        owners = re.findall(r"([A-Za-z_][\w-]*):[^\s:]*@", value)
        for owner in owners or [of]:
            need[owner] = max(need.get(owner, 1), min(steps_needed(value), 50))


def _filled(screen: blocks.Screen, named: list[blocks.Block]) -> blocks.Screen:
    """Return a screen with its blocks."""
    return replace(screen, blocks=tuple(part for block in named for part in block.parts()))
