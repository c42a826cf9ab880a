"""A lesson, its screens, and its networks and worksheets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tutor.formulas.tree import Tree
from tutor.lessons.blocks.ask import AskItem
from tutor.lessons.blocks.base import AuthorMistake, Block, Question
from tutor.network import Graph, Network, Worksheet


@dataclass(frozen=True, kw_only=True, eq=False)
class Screen:
    """One screen: its title and its blocks."""

    title: str
    blocks: tuple[Block, ...]
    allow: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Vary:
    """How the numbers of a network or worksheet may change in a variant.

    ``pick`` has values to choose from and ``ranges`` (from, to, step), by parameter or group (``inputs``, ``weights``,
    ``bias``, ``target`` …). What is in ``keep`` stays the same, and ``where`` must hold. The rows of ``one_hot`` keep
    their numbers in another order. No two rows of ``distinct`` are the same; of a vector, no two cells.
    """

    pick: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)
    keep: tuple[str, ...] = ()
    one_hot: tuple[str, ...] = ()
    distinct: tuple[str, ...] = ()
    where: Tree | None = None
    where_text: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Model:
    """A network or worksheet of the lesson.

    ``spec`` is the plain data it was built from, with ``from`` and overrides merged in. ``origin`` is the model at the
    beginning of its chain of ``from``, or itself: models with the same origin share their numbers. ``mistakes`` are
    those that a worksheet declares, by step.
    """

    name: str
    built: Network | Worksheet
    graph: Graph
    spec: Mapping[str, object]
    origin: str
    vary: Vary = field(default_factory=Vary)
    allow: Mapping[str, str] = field(default_factory=dict)
    mistakes: Mapping[str, tuple[AuthorMistake, ...]] = field(default_factory=dict)


Form = Literal["lesson", "network", "worksheet"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Lesson:
    """A whole lesson. ``form`` is "network" or "worksheet" for a bare file of one. ``variant`` is None for the author's
    numbers. ``reveal`` and ``builtin_hints`` apply on the worksheet.
    """

    path: Path
    id: str
    title: str
    screens: tuple[Screen, ...] = ()
    parts: Mapping[str, Model] = field(default_factory=dict)
    number: int | None = None
    summary: str = ""
    minutes: int | None = None
    group: str = ""
    revision: int = 1
    requires: tuple[str, ...] = ()
    language: str = "en"
    objectives: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    practice: bool = True
    files: tuple[Path, ...] = ()
    reveal: bool = True
    builtin_hints: bool = True
    allow: Mapping[str, str] = field(default_factory=dict)
    variant: str | None = None
    form: Form = "lesson"
    text: str = ""
    #: Every other file that loading it depended on.
    sources: tuple[Path, ...] = ()

    @property
    def models(self) -> Mapping[str, Network | Worksheet]:
        """Every network and worksheet by name."""
        return {name: part.built for name, part in self.parts.items()}

    def graph(self, name: str = "") -> Graph:
        """Return the graph of a network or worksheet; without a name, of the first."""
        return self.parts[name or next(iter(self.parts))].graph

    @property
    def blocks(self) -> tuple[Block, ...]:
        """All blocks, screen by screen."""
        return tuple(block for screen in self.screens for block in screen.blocks)

    @property
    def questions(self) -> tuple[Question, ...]:
        """All blocks that ask."""
        return tuple(block for block in self.blocks if isinstance(block, Question))

    def block(self, block_id: str) -> Block | None:
        """Return the block that has this id, or once had it (``was``); or None."""
        now = next((block for block in self.blocks if block.id == block_id), None)
        return now or next((block for block in self.blocks if block_id in block.was), None)

    def asked(self) -> tuple[AskItem, ...]:
        """Return every quantity asked, in order."""
        return tuple(item for block in self.blocks for item in block.asked)
