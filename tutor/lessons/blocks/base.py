"""What every block has, what every question has, and what they refer to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tutor.formulas.tree import Tree
from tutor.lessons.template import EMPTY, IsShown, Template

if TYPE_CHECKING:
    from tutor.network import Graph, Quantity


@dataclass(frozen=True, eq=False)
class Reference:
    """A quantity of one of the lesson's networks or worksheets (``of``)."""

    of: str
    graph: Graph
    quantity: Quantity

    @property
    def name(self) -> str:
        """The quantity's canonical name."""
        return self.quantity.name


@dataclass(frozen=True, eq=False)
class AuthorMistake:
    """A mistake of the author's own.

    An answer that equals ``when`` earns ``say``; ``cells`` are its scalar formulas, one per cell of what is asked. In a
    ``fill``, an ``order`` or a ``write`` nothing is computed, and ``text`` is what the answer reads.
    """

    when: Tree | None
    say: Template
    cells: tuple[Tree, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class After:
    """What must be answered (or given up) before a block is shown: a block, or a quantity that an ``ask`` asks.

    ``block_id`` is empty for a quantity that nothing asks for; then there is nothing to wait for.
    """

    block_id: str
    of: str = ""
    quantity: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """A block as a learner sees it now, its texts filled in. A kind that is drawn in its own way derives one."""

    id: str


@dataclass(frozen=True, slots=True)
class TextView(View):
    """Markdown with mathematics."""

    markdown: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Block:
    """What every block has. ``line`` and ``column`` (from 1) are where it stands in the file."""

    id: str
    was: tuple[str, ...] = ()
    of: str = ""
    after: After | None = None
    line: int = 1
    column: int = 1
    allow: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The block's name in the format: ``ask``, ``text`` …"""
        return type(self).__name__.lower()

    def parts(self) -> Sequence[Block]:
        """Return what the block becomes in the lesson: itself, or the blocks that it is shorthand for."""
        return (self,)

    def markdown(self, is_shown: IsShown | None = None) -> str:
        """Return the block in words, as Markdown; values that must not be shown are ``?``.

        It is what a sheet prints, and what the screen and the plain mode show of a kind that they draw in no way of
        their own.
        """
        return ""

    def view(self, is_shown: IsShown) -> View:
        """Return what is drawn: the block in words, unless its kind has a view of its own."""
        return TextView(self.id, self.markdown(is_shown))


@dataclass(frozen=True, kw_only=True, eq=False)
class Question(Block):
    """What every question has. ``hints`` are the author's; without ``builtin_hints`` there are no others.

    ``skills`` are the author's own names of what it practises (none: the quantity's operation); without ``practice`` it
    is never practised.
    """

    prompt: Template = EMPTY
    hints: tuple[Template, ...] = ()
    builtin_hints: bool = True
    explain: Template = EMPTY
    mistakes: tuple[AuthorMistake, ...] = ()
    reveal: bool = True
    skills: tuple[str, ...] = ()
    practice: bool = True


def in_words(alt: Template, caption: Template) -> str:
    """Return what stands for a picture where there is none: what it shows, and its caption."""
    return "\n\n".join(filter(None, (f"*{alt.fill()}*" if alt else "", caption.fill())))
