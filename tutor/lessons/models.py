"""The format's keys: one pydantic model for every block and mapping of a lesson's file.

These are the border: what they let through is data of the right kind under known keys. Names, formulas and files are
resolved after that, into ``blocks``. The JSON Schema is made from these models and their descriptions.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from tutor.lessons.field_types import (
    Allow,
    Anything,
    Condition,
    Count,
    Decimals,
    Figures,
    FileModel,
    Flag,
    Formula,
    Hints,
    Names,
    Real,
    Seconds,
    WordList,
    Words,
)

MOST_MEMBERS = 200
"""How many blocks a screen, options a choice, checks a lab and so on may have."""

MOST_SCREENS = 500

MOST_ROWS = 5_000
"""How many rows of data a network may have."""


class MistakeFile(FileModel):
    """A mistake of the author's own: what a wrong answer equals, and what to say then."""

    when: Formula = Field(description="The formula (or text) that the mistaken answer equals.")
    say: Words = Field(description="What the learner reads.")


class SettingsFile(FileModel):
    """What may stand on the lesson, a screen or a block; the nearest one holds."""

    of: Annotated[Words | None, Field(description="The network or worksheet that is meant.")] = None
    decimals: Annotated[Decimals | None, Field(description="Decimals asked for.")] = None
    figures: Annotated[Figures | None, Field(description="Significant figures asked for, instead of decimals.")] = None
    reveal: Annotated[Flag | None, Field(description="false: no value, no last two hints, no derivation.")] = None
    hints: Annotated[Hints, Field(description="The author's hints, before the built-in ones; false: none.")] = ()
    allow: Annotated[Allow, Field(description="Warnings of tutor check that are meant, each with its reason.")] = Field(
        default_factory=dict
    )


# -- blocks ---------------------------------------------------------------------------------------------------------


class BlockFile(SettingsFile):
    """What every block takes. ``nested`` are names that its main thing may have when it is written nested."""

    kind: ClassVar[str]
    nested: ClassVar[tuple[str, ...]] = ()

    id: Annotated[Words | None, Field(description="Progress is kept by it; default: what the block asks.")] = None
    was: Annotated[WordList, Field(description="Earlier ids of this block, so that progress is kept.")] = ()
    after: Annotated[Words | None, Field(description="Shown when this has been answered or given up.")] = None


class QuestionFile(BlockFile):
    """What every question takes."""

    prompt: Annotated[Words | None, Field(description="What to read before answering.")] = None
    explain: Annotated[Words | None, Field(description="Shown when it is right or given up.")] = None
    mistakes: Annotated[
        tuple[MistakeFile, ...],
        Field(max_length=MOST_MEMBERS, description="Mistakes of your own, each with what to say."),
    ] = ()


class TextFile(BlockFile):
    """Markdown with mathematics."""

    kind = "text"
    nested = ("text",)
    main: Annotated[Words, Field(alias="text", description="Markdown with $…$, $$…$$ and {{Z1}} for values.")]


class GivenFile(BlockFile):
    """What is given, set as mathematics."""

    kind = "given"
    main: Annotated[Words | None, Field(alias="given", description="The network or worksheet.")] = None


class DiagramFile(BlockFile):
    """The network, drawn."""

    kind = "diagram"
    main: Annotated[Words | None, Field(alias="diagram", description="The network.")] = None
    show: Annotated[Words, Field(description="numbers (default) or names.")] = "numbers"
    highlight: Annotated[Names, Field(description="Quantities to light.")] = ()


class AskItemFile(FileModel):
    """What holds for one quantity of an ``ask`` alone."""

    prompt: Words | None = None
    decimals: Decimals | None = None
    figures: Figures | None = None
    hints: Hints = ()
    explain: Words | None = None
    mistakes: Annotated[tuple[MistakeFile, ...], Field(max_length=MOST_MEMBERS)] = ()
    reveal: Flag | None = None


class AskFile(QuestionFile):
    """Quantities to work out: a name, a list, or a map with what holds for each."""

    kind = "ask"
    nested = ("quantities", "quantity", "question")
    main: Annotated[
        Anything, Field(alias="ask", description="Z1, a list, hidden.H, or {delta1: {hints: […]}, delta2: {}}.")
    ]


class NumberFile(QuestionFile):
    """A one-off number."""

    kind = "number"
    nested = ("question",)
    main: Annotated[Words, Field(alias="number", description="The question.")]
    answer: Annotated[Formula, Field(description="A formula; quantities may be used.")]
    within: Annotated[Real | None, Field(description="How far off an answer may be.")] = None
    unit: Annotated[Words, Field(description="Shown behind the field.")] = ""


class ExpressionFile(QuestionFile):
    """A formula to type."""

    kind = "expression"
    nested = ("quantity", "question")
    main: Annotated[
        Words, Field(alias="expression", description="The quantity whose formula is asked for, or the question.")
    ]
    answer: Annotated[Formula | None, Field(description="The formula, where the tutor does not know it.")] = None
    using: Annotated[Names | None, Field(description="The only names the answer may have.")] = None
    variables: Annotated[
        dict[str, tuple[Real, Real]], Field(description="Without a network: the names and their ranges, {z: [-3, 3]}.")
    ] = Field(default_factory=dict)


class OptionFile(FileModel):
    """An option, with what to say to whoever takes it."""

    text: Words
    correct: Annotated[Condition, Field(description="true, false, or a condition such as Z1 < 0.")] = False
    why: Words | None = None


class ChooseFile(QuestionFile):
    """One or several of some options."""

    kind = "choose"
    nested = ("question",)
    main: Annotated[Words, Field(alias="choose", description="The question.")]
    options: Annotated[tuple[OptionFile, ...], Field(min_length=2, max_length=MOST_MEMBERS)]
    several: Annotated[
        Flag | None, Field(description="Whether several may be right; default: whether several are.")
    ] = None
    shuffle: Annotated[Flag, Field(description="false keeps the order of the file.")] = True


class OrderFile(QuestionFile):
    """Steps to put in order."""

    kind = "order"
    nested = ("question",)
    main: Annotated[Words, Field(alias="order", description="The question.")]
    steps: Annotated[
        tuple[WordList, ...],
        Field(
            min_length=2,
            max_length=MOST_MEMBERS,
            description="In the right order; those of a list within go either way.",
        ),
    ]
    extra: Annotated[WordList, Field(description="Steps that belong nowhere.")] = ()


class FillFile(QuestionFile):
    """Code or text with gaps, ``____`` each."""

    kind = "fill"
    nested = ("text", "code")
    main: Annotated[Words, Field(alias="fill", description="The text, with ____ for each gap.")]
    gaps: Annotated[
        tuple[WordList, ...],
        Field(max_length=MOST_MEMBERS, description="For each gap its answer, or a list of answers."),
    ]
    language: Annotated[Words, Field(description="python, for code.")] = ""


class WriteFile(QuestionFile):
    """Free text, kept and not marked."""

    kind = "write"
    nested = ("question",)
    main: Annotated[Words, Field(alias="write", description="The question.")]
    model: Annotated[Words | None, Field(description="A model answer, shown afterwards.")] = None


class DeriveFile(BlockFile):
    """The derivation of a quantity, unfolded line by line."""

    kind = "derive"
    nested = ("quantity", "quantities")
    main: Annotated[Names, Field(alias="derive", description="The quantity.")]


class TableFile(BlockFile):
    """A CSV file, or columns and rows."""

    kind = "table"
    nested = ("file",)
    main: Annotated[Words | None, Field(alias="table", description="A CSV file, path from this file.")] = None
    columns: WordList | None = None
    rows: Annotated[Anything, Field(description="1-4 of a file, or a list of rows.")] = None
    caption: Words | None = None


class PlotFile(BlockFile):
    """A formula over a range, or two columns of a CSV file."""

    kind = "plot"
    nested = ("formula", "file")
    main: Annotated[Words, Field(alias="plot", description="A formula, or a CSV file.")]
    over: Annotated[dict[str, tuple[Real, Real]] | None, Field(description="{w: [-1, 7]}")] = None
    x: Words | None = None
    y: Words | None = None
    alt: Annotated[Words | None, Field(description="What it shows, in words.")] = None
    caption: Words | None = None


class OutputFile(FileModel):
    """What a cell prints, with a tolerance for the numbers in it."""

    text: Words
    within: Real | None = None


class RunFile(BlockFile):
    """A code cell: shown, runnable, editable."""

    kind = "run"
    nested = ("code",)
    main: Annotated[Words, Field(alias="run", description="The code.")]
    prompt: Words | None = None
    output: Annotated[Anything, Field(description="What it prints: a text, or {text: …, within: 0.001}.")] = None
    files: WordList = ()
    time_limit: Annotated[Seconds | None, Field(description="Seconds; default 10.")] = None


class CheckFile(FileModel):
    """One check of a lab."""

    id: Words | None = None
    say: Annotated[Words | None, Field(description="What the learner reads when it fails.")] = None
    variable: Annotated[Words | None, Field(description="A variable, or an expression such as losses[-1].")] = None
    call: Annotated[Words | None, Field(description="A call of a function that the learner wrote.")] = None
    equals: Annotated[Anything, Field(description="A quantity, a number or a list.")] = None
    decimals: Decimals | None = None
    shape: Annotated[Words | None, Field(description="exact: axes of length 1 count too.")] = None
    below: Real | None = None
    above: Real | None = None
    length: Count | None = None
    prints: Annotated[Words | None, Field(description="A pattern that must be printed.")] = None
    layers: Annotated[
        WordList | None, Field(description="A model's layers in order: [Linear, ReLU] or ['Linear(3, 8)'].")
    ] = None
    criterion: Words | None = None
    optimizer: Words | None = None
    batch_size: Count | None = None
    epochs: Count | None = None
    python: Annotated[Words | None, Field(description="Code that must raise nothing.")] = None
    lr: Real | None = None
    momentum: Real | None = None
    dampening: Real | None = None
    nesterov: Flag | None = None
    weight_decay: Real | None = None
    alpha: Real | None = None
    eps: Real | None = None
    beta1: Real | None = None
    beta2: Real | None = None
    reduction: Words | None = None


class WrongFile(FileModel):
    """A spoilt solution: it must fail at this check."""

    replace: Annotated[tuple[Words, Words], Field(description="[old, new] in the solution.")]
    fails: Annotated[Words, Field(description="The check: its number from 1, its id, or what it checks.")]


class LabFile(QuestionFile):
    """A program to write."""

    kind = "lab"
    nested = ("title", "question")
    main: Annotated[Words, Field(alias="lab", description="The title.")]
    starter: Annotated[Words, Field(description="The code that the learner begins with.")] = ""
    checks: Annotated[tuple[CheckFile, ...], Field(min_length=1, max_length=MOST_MEMBERS)]
    solution: Words | None = None
    wrong: Annotated[tuple[WrongFile, ...], Field(max_length=MOST_MEMBERS)] = ()
    files: WordList = ()
    time_limit: Annotated[Seconds | None, Field(description="Seconds; default 10.")] = None


class ImageFile(BlockFile):
    """A picture file, shown as the terminal can."""

    kind = "image"
    nested = ("file",)
    main: Annotated[Words, Field(alias="image", description="The file, path from this one.")]
    alt: Annotated[Words, Field(description="What it shows, in words.")]
    caption: Words | None = None


BLOCKS: dict[str, type[BlockFile]] = {
    each.kind: each
    for each in (
        TextFile, GivenFile, DiagramFile, AskFile, NumberFile, ExpressionFile, ChooseFile, OrderFile, FillFile,
        WriteFile, DeriveFile, TableFile, PlotFile, RunFile, LabFile, ImageFile,
    )
}  # fmt: skip


# -- networks and worksheets ----------------------------------------------------------------------------------------


class VaryFile(FileModel):
    """What changes in a variant, and how; a parameter or given may be named by itself."""

    model_config = ConfigDict(frozen=True, extra="allow")

    keep: Annotated[Names, Field(description="What stays.")] = ()
    where: Annotated[Words | None, Field(description="A condition that holds in every variant.")] = None


class LayerFile(FileModel):
    """One layer."""

    name: Words | None = None
    weights: Annotated[Anything, Field(description="One row per input, one column per unit: Z = x·W + θ.")]
    bias: Annotated[Anything, Field(description="One number per unit, or one for all; left out: no bias.")] = None
    activation: Annotated[Anything, Field(description="sigmoid, relu …, {leaky_relu: {slope: 0.01}}")] = None
    layout: Annotated[Words | None, Field(description="inputs_by_units (default) or units_by_inputs.")] = None


class DataFile(FileModel):
    """Rows of data for a network."""

    file: Annotated[Words | None, Field(description="A CSV file with a heading line.")] = None
    columns: WordList | None = None
    rows: Annotated[tuple[tuple[Real, ...], ...] | None, Field(max_length=MOST_ROWS)] = None
    inputs: Annotated[Names, Field(description="The columns that are inputs.")]
    target: Annotated[Names, Field(description="The column or columns that are targets.")] = ()


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
    activation: Annotated[Anything, Field(description="Beside from: of every layer.")] = None
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
    requires: Annotated[WordList, Field(description="Ids of lessons to do before.")] = ()
    authors: WordList = ()
    licence: Words = ""
    source: Words = ""
    language: Words = "en"
    objectives: WordList = ()
    needs: Annotated[WordList, Field(description="Packages of its cells: [torch].")] = ()
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
