"""A program to write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tutor.lessons.blocks.base import Question
from tutor.lessons.template import EMPTY, Template


@dataclass(frozen=True, kw_only=True, eq=False)
class Check:
    """One check of a lab.

    ``kind`` is the key that the author wrote (see ``lessons.building.lab_checks.KINDS``) and ``subject`` its value.
    ``equals`` is resolved to numbers (nested lists); ``of``/``quantity`` say where they come from; ``parameters`` are
    those of an optimizer or criterion. ``when`` holds the values that the program starts from instead of its own.
    """

    kind: str
    subject: str | int | tuple[str, ...]
    say: Template = EMPTY
    equals: float | list[object] | str | bool | None = None
    of: str = ""
    quantity: str = ""
    decimals: int | None = None
    exact_shape: bool = False
    below: float | None = None
    above: float | None = None
    length: int | None = None
    parameters: Mapping[str, float | bool | str] = field(default_factory=dict)
    when: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wrong:
    """The solution with ``old`` replaced by ``new`` must fail the check at place ``fails`` (from 0)."""

    old: str
    new: str
    fails: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Lab(Question):
    """A program to write; ``prompt`` is its title."""

    starter: Template
    checks: tuple[Check, ...]
    solution: Template | None = None
    wrong: tuple[Wrong, ...] = ()
    files: tuple[Path, ...] = ()
    time_limit: float = 10.0
    decimals: int | None = None
