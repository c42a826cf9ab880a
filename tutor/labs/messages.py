"""Validate the messages of a child process, because it runs a stranger's program.

A message of any other form (``BadMessage``) ends the child, which then counts as crashed. Control characters are
removed from texts here, so that no caller has to.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from tutor.labs.output import plain
from tutor.labs.sandbox.inside.describe import MOST_CELLS

Message = dict[str, Any]


class BadMessage(Exception):
    """A message that the tutor's own child never sends."""


Text = Annotated[str, Field(max_length=4_000), AfterValidator(plain)]
Long = Annotated[str, Field(max_length=30_000), AfterValidator(plain)]
Count = Annotated[int, Field(ge=0, lt=1 << 63)]
Whole = Annotated[int, Field(gt=-(1 << 63), lt=1 << 63)]
Number = float | Literal["nan", "inf", "-inf"]
Names = Annotated[list[Text], Field(max_length=20_000)]
Shape = Annotated[list[Count], Field(max_length=64)]


class _Form(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)


class _Described(_Form):
    """See ``inside.describe.Described``; the number of cells must match the shape."""

    type: Text
    text: Text
    dtype: Text | None = None
    shape: Shape | None = None
    cells: Annotated[list[Number], Field(max_length=MOST_CELLS)] | None = None
    length: Count | None = None
    needs_grad: bool | None = None
    was_cleared: bool = False

    @model_validator(mode="after")
    def _as_many_cells_as_the_shape_says(self) -> _Described:
        if (self.shape is None) != (self.cells is None):
            raise ValueError("a shape without cells, or cells without a shape")
        if self.shape is not None and len(self.cells or ()) != min(math.prod(self.shape), MOST_CELLS):
            raise ValueError("not as many cells as the shape says")
        return self


class _Line(_Form):
    file: Text
    line: Count
    function: Text


class _Failure(_Form):
    """See ``inside.failure.Failure``."""

    type: Text
    message: Text
    lines: Annotated[list[_Line], Field(max_length=16)]
    shapes: dict[Text, Shape] | None = None
    layer: Text | None = None
    layer_input: Shape | None = None
    line: Whole | None = None
    column: Whole | None = None
    nones: Names | None = None
    names: Names | None = None


class _Optimizer(_Form):
    name: Text
    parameters: dict[Text, bool | int | float | None]


class _Loader(_Form):
    batch_size: Whole | None
    batches: Count
    rows: Count


class _Layer(_Form):
    type: Text
    settings: Text


class _Columns(_Form):
    rows: Count
    means: list[float | None]
    deviations: list[float | None]


_Steps = Field(max_length=20_000)


class _Seen(_Form):
    """See ``inside.watch.Seen``."""

    optimizers: list[_Optimizer]
    optimizers_made: Count
    criteria: Names
    reductions: Names
    loaders: list[_Loader]
    steps: Count
    backwards: Count
    stale: Count
    gradients: bool
    backwards_first: Count
    losses: Annotated[list[float | None], _Steps]
    rows: Annotated[list[Count], _Steps]
    order: Annotated[list[float | None], _Steps]
    layers: Annotated[list[_Layer], Field(max_length=2_000)]
    leaves: Count
    left_out: Count
    axes: Annotated[list[Count], Field(max_length=2)]
    inputs: _Columns | None
    targets: _Columns | None


class _Model(_Form):
    name: Text
    type: Text
    layers: Annotated[list[_Layer], Field(max_length=1_000)]
    parameters: Count


class _Fit(_Form):
    """See ``inside.fit.Fit``."""

    kind: Literal["line", "boundary", "predicted"]
    x: list[float | None]
    y: list[float | None]
    grid: list[list[float | None]] | None = None
    points: list[list[float | None]] | None = None


# -- answers, by the kind of question ----------------------------------------------------------------------------------


class _Value(_Form):
    value: _Described


class _Facts(_Form):
    seen: _Seen
    models: Annotated[list[_Model], Field(max_length=1_000)]
    callables: Names
    integers: dict[Text, Whole]
    rows: list[Count]
    names: Names
    losses: Names


class _FitAnswer(_Form):
    fit: _Fit | None


class _Values(_Form):
    """Values for the checks' process, where ``inside.values.decode`` reads them and accepts nothing else."""

    values: dict[str, Any]


class _Encoded(_Form):
    encoded: Any


class _Nothing(_Form):
    pass


class _Raised(_Form):
    error: _Failure


_ANSWERS: dict[str, type[_Form]] = {
    "value": _Value,
    "facts": _Facts,
    "fit": _FitAnswer,
    "values": _Values,
    "call": _Encoded,
    "python": _Nothing,
}


# -- messages ---------------------------------------------------------------------------------------------------------


class _Ready(_Form):
    kind: Literal["ready"] = Field(alias="is")
    process: Annotated[int, Field(gt=0, lt=1 << 32)]


class _Refused(_Form):
    kind: Literal["refused"] = Field(alias="is")
    why: Text


class _Shown(_Form):
    kind: Literal["value"] = Field(alias="is")
    mark: Text
    text: Long


class _Error(_Failure):
    kind: Literal["error"] = Field(alias="is")
    mark: Text


class _Point(_Form):
    epoch: float
    total: float | None
    figures: dict[Text, Number]


class _Report(_Form):
    kind: Literal["report"] = Field(alias="is")
    points: list[_Point]


class _FitNow(_Form):
    kind: Literal["fit"] = Field(alias="is")
    fit: _Fit


class _Done(_Form):
    kind: Literal["done"] = Field(alias="is")
    mark: Text
    seconds: Annotated[float, Field(ge=0)]
    marked: bool
    names: Names


class _Answers(_Form):
    kind: Literal["answers"] = Field(alias="is")
    mark: Text
    answers: list[dict[str, Any]]


class _Call(_Form):
    kind: Literal["call"] = Field(alias="is")
    mark: Text
    name: Text
    arguments: Any
    options: Any


class _Checked(_Form):
    kind: Literal["checked"] = Field(alias="is")
    mark: Text
    error: _Failure | None
    needs_program: bool


_MESSAGES: TypeAdapter[_Form] = TypeAdapter(
    Annotated[
        _Ready | _Refused | _Shown | _Error | _Report | _FitNow | _Done | _Answers | _Call | _Checked,
        Field(discriminator="kind"),
    ]
)


def read(line: bytes) -> Message:
    """Return a line from a child as a message.

    Raises:
        BadMessage: The line is not a message.
    """
    try:
        return _plain(_MESSAGES.validate_json(line))
    except ValidationError as error:
        raise BadMessage(str(error)) from None


def answers(questions: Sequence[Mapping[str, Any]], given: Sequence[Mapping[str, Any]]) -> list[Message]:
    """Return the answers to questions, each validated by the kind of its question.

    Raises:
        BadMessage: There are too few or too many answers, or one has another form.
    """
    if len(given) != len(questions):
        raise BadMessage(f"{len(given)} answers to {len(questions)} questions")
    try:
        return [
            _plain((_Raised if "error" in answer else _ANSWERS[question["ask"]]).model_validate(answer))
            for question, answer in zip(questions, given, strict=True)
        ]
    except ValidationError as error:
        raise BadMessage(str(error)) from None


def _plain(form: _Form) -> Message:
    return form.model_dump(by_alias=True, exclude_unset=True)
