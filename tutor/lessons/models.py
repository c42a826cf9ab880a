"""The keys of the lesson format: a pydantic model for each mapping in a lesson file.

These models check that keys are known and values have the right type. Names, formulas and files are resolved later,
when the blocks are built. The JSON Schema is made from these models and their descriptions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import ConfigDict, Field

from tutor.lessons.field_types import (
    Allow,
    Anything,
    Columns,
    Count,
    Decimals,
    Figures,
    FileModel,
    Flag,
    Formula,
    Hints,
    Names,
    Real,
    WordList,
    Words,
)

if TYPE_CHECKING:
    from tutor.lessons.blocks import Block
    from tutor.lessons.building.work import Work

MOST_MEMBERS = 200
"""The largest number of blocks in a screen, options in a choice, checks in a lab and so on."""

MOST_SCREENS = 500

MOST_ROWS = 5_000
"""The largest number of rows of data in a network."""


class MistakeFile(FileModel):
    """A mistake that the author expects: what the wrong answer equals, and what to say then."""

    when: Formula = Field(description="The formula (or text) that the mistaken answer equals.")
    say: Words = Field(description="What the learner reads.")


class SettingsFile(FileModel):
    """Settings of the lesson, a screen or a block; the innermost applies."""

    of: Annotated[Words | None, Field(description="The network or worksheet that this is about.")] = None
    decimals: Annotated[Decimals | None, Field(description="Decimals asked for.")] = None
    figures: Annotated[Figures | None, Field(description="Significant figures asked for, instead of decimals.")] = None
    reveal: Annotated[
        Flag | None, Field(description="false: do not show values, derivations or the last two hints.")
    ] = None
    hints: Annotated[Hints, Field(description="The author's hints, before the built-in ones; false: none.")] = ()
    allow: Annotated[Allow, Field(description="Warnings of tutor check to allow, each with a reason.")] = Field(
        default_factory=dict
    )


# -- blocks ---------------------------------------------------------------------------------------------------------


BLOCKS: dict[str, type[BlockFile]] = {}
"""The model of every kind of block by its name, in the order in which messages list them."""


class BlockFile(SettingsFile):
    """The keys of every block. Those of each kind are in the module of its name in ``building``.

    The value under a block's name is its main value. ``nested`` are the keys that the main value may have if the
    block's keys are nested under its name. ``called_elsewhere`` are other names that authors try for the kind.
    ``may_be_empty``: it needs no main value. ``stands_alone``: nor a colon. ``is_mapping``: the main value may be a
    mapping that does not hold the block's keys.
    """

    kind: ClassVar[str]
    nested: ClassVar[tuple[str, ...]] = ()
    called_elsewhere: ClassVar[tuple[str, ...]] = ()
    may_be_empty: ClassVar[bool] = False
    stands_alone: ClassVar[bool] = False
    is_mapping: ClassVar[bool] = False

    id: Annotated[Words | None, Field(description="Progress is stored under it; default: what the block asks.")] = None
    was: Annotated[WordList, Field(description="Earlier ids of this block, so that progress is kept.")] = ()
    after: Annotated[Words | None, Field(description="Shown when this has been answered or given up.")] = None

    def build(self, work: Work) -> tuple[Block | None, str]:
        """Return the block, or None with its problems noted, and the block's default id."""
        raise NotImplementedError

    @classmethod
    def __pydantic_init_subclass__(cls, **_: object) -> None:
        """Register a kind of block when its class is defined."""
        if "kind" in vars(cls):
            BLOCKS[cls.kind] = cls


class QuestionFile(BlockFile):
    """The keys of every question."""

    prompt: Annotated[Words | None, Field(description="What to read before answering.")] = None
    explain: Annotated[Words | None, Field(description="Shown when it is right or given up.")] = None
    skills: Annotated[WordList, Field(description="What it practises, in words of your own: [chain-rule].")] = ()
    practice: Annotated[bool, Field(description="false: never practised.")] = True
    mistakes: Annotated[
        tuple[MistakeFile, ...],
        Field(max_length=MOST_MEMBERS, description="Mistakes of your own, each with what to say."),
    ] = ()


# -- networks and worksheets ----------------------------------------------------------------------------------------


class VaryFile(FileModel):
    """What changes in a variant, and how. Single parameters and given values may be keys too."""

    model_config = ConfigDict(frozen=True, extra="allow")

    keep: Annotated[Names, Field(description="What stays the same.")] = ()
    one_hot: Annotated[Names, Field(description="Rows with a single 1, which moves to another place.")] = ()
    distinct: Annotated[Names, Field(description="No two rows of these are the same.")] = ()
    where: Annotated[Words | None, Field(description="A condition that holds in every variant.")] = None


class LayerFile(FileModel):
    """One layer."""

    name: Words | None = None
    weights: Annotated[Anything, Field(description="One row per input, one column per unit: Z = x·W + θ.")]
    bias: Annotated[
        Anything, Field(description="One number per unit, or one they share: {b1: 0.35, shared: true}.")
    ] = None
    activation: Annotated[Anything, Field(description="sigmoid, relu …, with a parameter {elu: {alpha: 1}}")] = None
    layout: Annotated[Words | None, Field(description="inputs_by_units (default) or units_by_inputs.")] = None


class DataFile(FileModel):
    """Rows of data for a network."""

    file: Annotated[Words | None, Field(description="A CSV file with a heading line.")] = None
    columns: WordList | None = None
    rows: Annotated[tuple[tuple[Real, ...], ...] | None, Field(max_length=MOST_ROWS)] = None
    inputs: Annotated[Columns, Field(description="The columns that are inputs.")]
    target: Annotated[Columns, Field(description="The column or columns that are targets.")] = ()


class NetworkFile(FileModel):
    """A feed-forward network with its data, loss and optimizer."""

    from_: Annotated[
        Words | None, Field(alias="from", description="A file, lesson.yaml#name, or a name of this lesson.")
    ] = None
    inputs: Annotated[Anything, Field(description="[1, 0, 1], {x1: 1, x2: 0}, or a list of lists for a batch.")] = None
    target: Annotated[Anything, Field(description="A number, a list, or a list of lists for a batch.")] = None
    data: Annotated[DataFile | None, Field(description="Instead of inputs and target.")] = None
    batch_size: Count | None = None
    layers: tuple[LayerFile, ...] | None = None
    layout: Words | None = None
    activation: Annotated[Anything, Field(description="With from: the activation of every layer.")] = None
    loss: Annotated[Words | None, Field(description="half_squared_error (default), squared_error, mse, …")] = None
    reduction: Annotated[Words | None, Field(description="Over a batch: mean or sum.")] = None
    error_signal: Annotated[Words | None, Field(description="gradient (default) or difference.")] = None
    delta_sign: Annotated[Words | None, Field(description="plus (default) or minus.")] = None
    update_bias: Flag | None = None
    optimizer: Annotated[Anything, Field(description="{sgd: {lr: 0.5}}, {adam: {}} …")] = None
    notation: Annotated[dict[str, Words] | None, Field(description="The class's own symbols: {sum: net, rate: η}.")] = (
        None
    )
    vary: VaryFile | None = None
    allow: Allow = Field(default_factory=dict)


class WorksheetFile(FileModel):
    """Given numbers and formulas."""

    from_: Annotated[
        Words | None, Field(alias="from", description="A file, lesson.yaml#name, or a name of this lesson.")
    ] = None
    given: Annotated[dict[str, Anything] | None, Field(description="Numbers, vectors and matrices.")] = None
    steps: Annotated[dict[str, Formula] | None, Field(description="Each step's formula.")] = None
    repeat: Count | None = None
    notation: dict[str, Words] | None = None
    mistakes: Annotated[dict[str, tuple[MistakeFile, ...]], Field(description="By step.")] = Field(default_factory=dict)
    vary: VaryFile | None = None
    allow: Allow = Field(default_factory=dict)


# -- the lesson -----------------------------------------------------------------------------------------------------


class ScreenFile(SettingsFile):
    """One screen: a title and blocks."""

    title: Words = ""
    blocks: Annotated[tuple[Anything, ...], Field(min_length=1, max_length=MOST_MEMBERS)]


class LessonFile(SettingsFile):
    """A lesson."""

    tutor: Annotated[Anything, Field(description="The format's version: 1.")] = 1
    title: Words
    id: Annotated[Words | None, Field(description="Default: the file's name without its leading number.")] = None
    summary: Words = ""
    minutes: Count | None = None
    group: Annotated[Words, Field(description="The heading it is listed under on Home. Default: The course.")] = ""
    revision: Annotated[Count, Field(description="Raise it when numbers or answers change. Default: 1.")] = 1
    requires: Annotated[WordList, Field(description="Ids of lessons to do before.")] = ()
    authors: WordList = ()
    licence: Words = ""
    source: Words = ""
    language: Words = "en"
    objectives: WordList = ()
    needs: Annotated[WordList, Field(description="Packages of its cells: [torch].")] = ()
    practice: Annotated[bool, Field(description="false: nothing of it is practised.")] = True
    files: Annotated[WordList, Field(description="Copied into the folder where cells and labs run.")] = ()
    notation: dict[str, Words] | None = None
    network: Annotated[Anything, Field()] = None
    networks: dict[str, Anything] = Field(default_factory=dict)
    worksheet: Annotated[Anything, Field()] = None
    worksheets: dict[str, Anything] = Field(default_factory=dict)
    screens: Annotated[tuple[Anything, ...], Field(min_length=1, max_length=MOST_SCREENS)]


class SourceFile(FileModel):
    """A file of one network or worksheet, without screens."""

    tutor: Annotated[Anything, Field()] = 1
    title: Words = ""
    notation: dict[str, Words] | None = None
    network: Annotated[Anything, Field()] = None
    networks: dict[str, Anything] = Field(default_factory=dict)
    worksheet: Annotated[Anything, Field()] = None
    worksheets: dict[str, Anything] = Field(default_factory=dict)
