"""What a lesson is once it is loaded: frozen, every name resolved, every condition evaluated.

    Lesson ── Screen ── Block: Text Given Diagram Derive Table Plot Image Run, and the questions
                               Ask Number Expression Choose Order Fill Write Lab

The YAML border is ``models``; what stands here imports neither pydantic nor YAML.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tutor.formulas.tree import Tree
from tutor.lessons.template import EMPTY, Template

if TYPE_CHECKING:
    from tutor.network import Graph, Network, Quantity, Worksheet


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


@dataclass(frozen=True, kw_only=True, eq=False)
class Text(Block):
    """Markdown with mathematics."""

    text: Template


@dataclass(frozen=True, kw_only=True, eq=False)
class Given(Block):
    """What is given in a network or worksheet."""

    graph: Graph


@dataclass(frozen=True, kw_only=True, eq=False)
class Diagram(Block):
    """The network ``of``, drawn; ``numbers`` is off for ``show: names``; ``highlight`` are canonical names."""

    network: Network
    graph: Graph
    numbers: bool = True
    highlight: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Derive(Block):
    """Derivations to unfold."""

    references: tuple[Reference, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Table(Block):
    """A table of texts."""

    columns: tuple[Template, ...]
    rows: tuple[tuple[Template, ...], ...]
    caption: Template = EMPTY


@dataclass(frozen=True, kw_only=True, eq=False)
class Plot(Block):
    """A formula over a range of one variable, or points of a CSV file (then ``formula`` is None)."""

    alt: Template
    caption: Template = EMPTY
    formula: Tree | None = None
    variable: str = ""
    low: float = 0.0
    high: float = 1.0
    graph: Graph | None = None
    xs: tuple[float, ...] = ()
    ys: tuple[float, ...] = ()
    x_label: str = ""
    y_label: str = ""

    def points(self, count: int = 200) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """The xs and ys to draw; points where the formula has no value are left out."""
        if self.formula is None:
            return self.xs, self.ys
        from tutor.errors import FormulaError
        from tutor.formulas import evaluate

        names = dict(self.graph.values) if self.graph is not None else {}
        xs, ys = [], []
        for place in range(count):
            x = self.low + (self.high - self.low) * place / (count - 1)
            try:
                y = evaluate(self.formula, {**names, self.variable: x})
            except FormulaError:
                continue
            xs.append(x)
            ys.append(y)
        return tuple(xs), tuple(ys)


@dataclass(frozen=True, kw_only=True, eq=False)
class Image(Block):
    """A picture file, and what it shows in words."""

    path: Path
    alt: Template
    caption: Template = EMPTY


@dataclass(frozen=True, kw_only=True, eq=False)
class Run(Block):
    """A code cell; ``output`` is what it prints (None: not said), numbers in it equal ``within`` that much."""

    code: Template
    prompt: Template = EMPTY
    output: str | None = None
    within: float | None = None
    files: tuple[Path, ...] = ()
    time_limit: float = 10.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Question(Block):
    """What every question has. ``hints`` are the author's; without ``builtin_hints`` there are no others."""

    prompt: Template = EMPTY
    hints: tuple[Template, ...] = ()
    builtin_hints: bool = True
    explain: Template = EMPTY
    mistakes: tuple[AuthorMistake, ...] = ()
    reveal: bool = True


@dataclass(frozen=True, kw_only=True, eq=False)
class AskItem:
    """One quantity of an ``ask``, with what holds for it alone. ``decimals`` None: the rule for its kind."""

    reference: Reference
    decimals: int | None = None
    figures: int | None = None
    prompt: Template = EMPTY
    hints: tuple[Template, ...] = ()
    builtin_hints: bool = True
    explain: Template = EMPTY
    mistakes: tuple[AuthorMistake, ...] = ()
    reveal: bool = True

    @property
    def quantity(self) -> Quantity:
        """What is asked."""
        return self.reference.quantity

    @property
    def graph(self) -> Graph:
        """The graph it belongs to."""
        return self.reference.graph

    @property
    def of(self) -> str:
        """The network or worksheet it belongs to."""
        return self.reference.of


@dataclass(frozen=True, kw_only=True, eq=False)
class Ask(Question):
    """Quantities to work out; what stands on the block (hints, explain …) is already in each item too."""

    items: tuple[AskItem, ...]
    decimals: int | None = None
    figures: int | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Number(Question):
    """A one-off number; ``prompt`` is its question."""

    answer: Tree
    value: float
    graph: Graph | None = None
    decimals: int | None = None
    figures: int | None = None
    within: float | None = None
    unit: str = ""

    def wrong_values(self) -> tuple[tuple[AuthorMistake, float], ...]:
        """The author's mistakes with the number that each gives; one that has none with these numbers is left out."""
        from tutor.errors import FormulaError
        from tutor.formulas import evaluate

        known = self.graph.values if self.graph is not None else {}
        found = []
        for mistake in self.mistakes:
            with suppress(FormulaError):
                found.append((mistake, evaluate(mistake.cells[0], known)))
        return tuple(found)


@dataclass(frozen=True, kw_only=True, eq=False)
class Expression(Question):
    """A formula to type. ``reference`` is the quantity it gives, if any; ``answer`` is over canonical names, or over
    ``variables`` with their ranges; ``using`` are the only names allowed (None: anything before the quantity)."""

    answer: Tree
    reference: Reference | None = None
    graph: Graph | None = None
    using: tuple[str, ...] | None = None
    variables: Mapping[str, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Option:
    """One option: ``condition`` is what made it right or wrong, where that depends on the numbers."""

    text: Template
    correct: bool
    why: Template = EMPTY
    condition: Tree | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Choose(Question):
    """One or ``several`` of some options; ``prompt`` is the question."""

    options: tuple[Option, ...]
    several: bool = False
    shuffle: bool = True


@dataclass(frozen=True, kw_only=True, eq=False)
class Order(Question):
    """Steps to put in order: ``groups`` in the right order, the steps within one in any; ``extra`` belong nowhere."""

    groups: tuple[tuple[Template, ...], ...]
    extra: tuple[Template, ...] = ()

    @property
    def steps(self) -> tuple[Template, ...]:
        """The right steps, one after the other."""
        return tuple(step for group in self.groups for step in group)


@dataclass(frozen=True, kw_only=True, eq=False)
class Fill(Question):
    """Code or text with gaps, ``____`` each; ``gaps`` are the accepted answers of each, the first one to be shown."""

    text: Template
    gaps: tuple[tuple[str, ...], ...]
    language: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Write(Question):
    """Free text, kept and not marked; ``model`` is shown afterwards."""

    model: Template = EMPTY


@dataclass(frozen=True, kw_only=True, eq=False)
class Check:
    """One check of a lab.

    ``kind`` is the key that the author wrote (``variable``, ``call``, ``prints``, ``layers``, ``criterion``,
    ``optimizer``, ``batch_size``, ``epochs``, ``python``) and ``subject`` its value. ``equals`` is resolved to numbers
    (nested lists); ``of``/``quantity`` say where they come from; ``parameters`` are those of an optimizer or criterion.
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


AnyBlock = (
    Text
    | Given
    | Diagram
    | Derive
    | Table
    | Plot
    | Image
    | Run
    | Ask
    | Number
    | Expression
    | Choose
    | Order
    | Fill
    | Write
    | Lab
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Screen:
    """One screen: its title and its blocks."""

    title: str
    blocks: tuple[AnyBlock, ...]
    line: int = 1
    allow: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Vary:
    """How a network's or worksheet's numbers may change.

    ``pick`` are values to choose from and ``ranges`` (from, to, step), by parameter or group (``inputs``, ``weights``,
    ``biases``, ``targets`` …); ``keep`` stays; ``where`` must hold.
    """

    pick: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)
    keep: tuple[str, ...] = ()
    where: Tree | None = None
    where_text: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Model:
    """A network or worksheet of the lesson.

    ``spec`` is the plain data it was built from, defaults and ``from`` filled in; ``origin`` is the model at the
    beginning of its chain of ``from`` (itself where there is none): models of one origin share their numbers.
    ``mistakes`` are a worksheet's own, by step.
    """

    name: str
    built: Network | Worksheet
    graph: Graph
    spec: Mapping[str, object]
    origin: str
    vary: Vary = field(default_factory=Vary)
    allow: Mapping[str, str] = field(default_factory=dict)
    mistakes: Mapping[str, tuple[AuthorMistake, ...]] = field(default_factory=dict)
    line: int = 1


Form = Literal["lesson", "network", "worksheet"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Lesson:
    """A whole lesson. ``form`` is "network" or "worksheet" for a bare file of one; ``variant`` is None as written."""

    path: Path
    id: str
    title: str
    screens: tuple[Screen, ...] = ()
    parts: Mapping[str, Model] = field(default_factory=dict)
    number: int | None = None
    summary: str = ""
    minutes: int | None = None
    requires: tuple[str, ...] = ()
    language: str = "en"
    authors: tuple[str, ...] = ()
    licence: str = ""
    source: str = ""
    objectives: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    decimals: int | None = None
    figures: int | None = None
    allow: Mapping[str, str] = field(default_factory=dict)
    variant: str | None = None
    form: Form = "lesson"
    text: str = ""
    #: Every other file that was looked at while it was loaded.
    sources: tuple[Path, ...] = ()

    @property
    def models(self) -> Mapping[str, Network | Worksheet]:
        """Every network and worksheet by name."""
        return {name: part.built for name, part in self.parts.items()}

    def graph(self, name: str = "") -> Graph:
        """The graph of a network or worksheet; without a name, of the only one."""
        return self.parts[name or next(iter(self.parts))].graph

    @property
    def blocks(self) -> tuple[AnyBlock, ...]:
        """All blocks, screen after screen."""
        return tuple(block for screen in self.screens for block in screen.blocks)

    @property
    def questions(self) -> tuple[Question, ...]:
        """All blocks that ask."""
        return tuple(block for block in self.blocks if isinstance(block, Question))

    def block(self, block_id: str) -> AnyBlock | None:
        """The block with this id, or that once had it (``was``)."""
        now = next((block for block in self.blocks if block.id == block_id), None)
        return now or next((block for block in self.blocks if block_id in block.was), None)

    def asked(self) -> tuple[AskItem, ...]:
        """Every quantity asked, in order."""
        return tuple(item for block in self.blocks if isinstance(block, Ask) for item in block.items)
