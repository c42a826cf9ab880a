"""Quantities to work out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

from pydantic import Field

from tutor.lessons import blocks
from tutor.lessons.building.work import Work, beside
from tutor.lessons.field_types import (
    Anything,
    Decimals,
    Figures,
    FileModel,
    Flag,
    Hints,
    Words,
    describe,
    split_names,
    written,
)
from tutor.lessons.models import MOST_MEMBERS, MistakeFile, QuestionFile
from tutor.lessons.yaml.document import Path_


class AskItemFile(FileModel):
    """Settings for one quantity of an ``ask``."""

    prompt: Words | None = None
    decimals: Decimals | None = None
    figures: Figures | None = None
    hints: Hints = ()
    explain: Words | None = None
    mistakes: Annotated[tuple[MistakeFile, ...], Field(max_length=MOST_MEMBERS)] = ()
    reveal: Flag | None = None


class AskFile(QuestionFile):
    """Quantities to work out: a name, a list, or a mapping from each name to its settings."""

    kind = "ask"
    is_mapping = True
    called_elsewhere = ("question", "quantity", "exercise", "input")
    nested = ("quantities", "quantity", "question")
    main: Annotated[
        Anything, Field(alias="ask", description="Z1, a list, hidden.H, or {delta1: {hints: […]}, delta2: {}}.")
    ]

    def build(self, work: Work) -> tuple[blocks.Ask | None, str]:
        """Return the block, with an item for each quantity."""
        path = work.place("ask")
        items: list[blocks.AskItem] = []
        asked = list(self.asked(work, self.main, path))
        for texts, own, where in asked:
            found = work.resolver.references(texts, work.of, where)
            items.extend(item for reference in found if (item := self.item(work, reference, own, where)))
        if not self.main:
            work.checker.add(path, "No quantity is named here; name one, such as Z1.", at_key=True)
        seen: dict[tuple[str, str], None] = {}
        for item in items:
            if (item.of, item.quantity.name) in seen:
                work.checker.add(path, f"{item.quantity.name} is asked for twice here.")
            seen[item.of, item.quantity.name] = None
        named = ", ".join(text for texts, _, _ in asked for text in texts)
        if not items:
            return None, named
        base = work.question(None, main=False) | {"of": items[0].of, "mistakes": ()}
        shapes = {item.quantity.shape for item in items}
        whole = work.resolver.mistakes(
            self.mistakes, items[0].of, work.place("mistakes"), next(iter(shapes)) if len(shapes) == 1 else None
        )
        items = [replace(item, mistakes=(*item.mistakes, *whole)) for item in items]
        return blocks.Ask(**work.common, **base | {"mistakes": whole}, items=tuple(items)), named

    def asked(self, work: Work, main: object, path: Path_) -> Iterator[tuple[tuple[str, ...], AskItemFile, Path_]]:
        """Yield what is asked: names, their own settings, and their path in the file."""
        if isinstance(main, dict):
            for key, value in main.items():
                own = work.checker.model(AskItemFile, value if value is not None else {}, (*path, key))
                if own is not None:
                    yield split_names(key), own, (*path, key)
        elif isinstance(main, list):
            for number, each in enumerate(main):
                if isinstance(each, dict | list) or each is None:
                    work.checker.add((*path, number), f"Write a quantity's name here, not {describe(each)}.")
                else:
                    yield split_names(written(each)), AskItemFile(), (*path, number)
        elif main is not None and not isinstance(main, bool):
            yield split_names(written(main)), AskItemFile(), path
        else:
            work.checker.add(path, f"Write quantities here, such as Z1 or [Z1, Z2], not {describe(main)}.", at_key=True)

    def item(self, work: Work, reference: blocks.Reference, own: AskItemFile, path: Path_) -> blocks.AskItem | None:
        """Return one quantity with its settings, or None with the problem noted."""
        if reference.is_given:
            message = f"{reference.name} is given; ask for something that follows from it."
            work.checker.add(path, message)
            return None
        settings = work.settings.under(own, work.checker, place=beside(path))
        text, shape = work.resolver.text, reference.quantity.shape
        return blocks.AskItem(
            reference.of,
            reference.graph,
            reference.quantity,
            decimals=settings.decimals,
            figures=settings.figures,
            prompt=text(own.prompt, work.of, (*path, "prompt")),
            hints=work.hints(settings),
            builtin_hints=settings.builtin_hints,
            explain=text(own.explain, work.of, (*path, "explain")) or work.words("explain", self.explain),
            mistakes=work.resolver.mistakes(own.mistakes, reference.of, (*path, "mistakes"), shape),
            reveal=settings.reveal,
        )
