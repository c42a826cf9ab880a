"""Curves of formulas, and points from CSV files."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tutor.formulas import Notation
from tutor.formulas import text as formula_text
from tutor.lessons import blocks
from tutor.lessons.building.work import Work
from tutor.lessons.declared import read_csv
from tutor.lessons.field_types import Names, Real, Words
from tutor.lessons.models import BlockFile
from tutor.lessons.validate import did_you_mean

#: More series than this could not be told apart by their colours and markers.
MOST_SERIES = 6


class PlotFile(BlockFile):
    """A formula over a range, or two columns of a CSV file."""

    kind = "plot"
    called_elsewhere = ("graph",)
    nested = ("formula", "file")
    main: Annotated[Words, Field(alias="plot", description="A formula, or a CSV file.")]
    over: Annotated[dict[str, tuple[Real, Real]] | None, Field(description="{w: [-1, 7]}")] = None
    x: Words | None = None
    y: Annotated[Names | None, Field(description="A column of the file, or several: [train, val].")] = None
    line: Annotated[bool, Field(description="true: the points of a file are joined.")] = False
    colour: Annotated[Words | None, Field(description="A column of classes: each has its own colour.")] = None
    alt: Annotated[Words | None, Field(description="What it shows, in words.")] = None
    caption: Words | None = None

    def build(self, work: Work) -> tuple[blocks.Plot | None, str]:
        """Return the curve of a formula or the points of a CSV file, or None with the problem noted."""
        work.common.update(
            of=work.owner(), alt=work.words("alt", self.alt), caption=work.words("caption", self.caption)
        )
        if self.over is None:
            return self.data_plot(work), ""
        if len(self.over) != 1:
            work.note("over", "over: names one variable with its range, {w: [-1, 7]}.")
            return None, ""
        ((variable, (low, high)),) = self.over.items()
        if not low < high:
            work.checker.add((*work.place("over"), variable), "A range goes from the smaller to the larger number.")
        formula = work.resolver.scalar(self.main, work.of, work.place("plot"), variables=[variable])
        if formula is None:
            return None, ""
        notation = formula.graph.notation if formula.graph is not None else Notation()
        plot = blocks.Plot(
            **work.common,
            formula=formula.cells.trees[0],
            variable=variable,
            low=float(low),
            high=float(high),
            graph=formula.graph,
            x_label=self.x or notation.text(variable),
            y_label=", ".join(self.y) if self.y else formula_text(formula.cells.trees[0], notation),
        )
        if not plot.series(20)[0].xs:
            work.note("plot", f"This has no value anywhere for {variable} from {low} to {high}.")
        return plot, ""

    def data_plot(self, work: Work) -> blocks.Plot | None:
        """Return a plot of columns of a CSV file, or None with the problem noted."""
        if not str(self.main).endswith(".csv"):
            work.note("plot", "A formula needs over: {w: [-1, 7]}; data is a .csv file with x: and y:.")
            return None
        read = read_csv(work.folder, self.main, work.place("plot"), work.checker)
        if read is None:
            return None
        columns, rows = read
        for key, given in (("x", self.x), ("y", self.y)):
            if not given:
                work.note("plot", f"'{key}' is missing here: a column of the file.", at_key=True)
                return None
        if self.colour is not None and len(self.y or ()) > 1:
            work.note("colour", "'colour' goes with one column y.", at_key=True)
            return None
        xs = self.numbers(work, "x", str(self.x), columns, rows)
        ys = [self.numbers(work, "y", name, columns, rows) for name in self.y or ()]
        if xs is None or None in ys:
            return None
        if self.colour is not None:
            series = _by_class(
                self.colour, self.column(work, "colour", self.colour, columns, rows) or [], xs, ys[0] or ()
            )
        else:
            named = len(ys) > 1
            series = tuple(
                blocks.PlotSeries(xs, each or (), name if named else "")
                for each, name in zip(ys, self.y or (), strict=True)
            )
        if not series:
            return None
        if len(series) > MOST_SERIES:
            work.note("plot", f"A plot has at most {MOST_SERIES} series, not {len(series)}.")
            return None
        label = (self.y or ("",))[0] if len(ys) == 1 else ""
        return blocks.Plot(**work.common, data=series, is_line=self.line, x_label=self.x or "", y_label=label)

    def numbers(
        self, work: Work, key: str, name: str, columns: list[str], rows: list[list[str]]
    ) -> tuple[float, ...] | None:
        """Return a column's numbers, or None with the problem noted."""
        values = self.column(work, key, name, columns, rows)
        try:
            return None if values is None else tuple(map(float, values))
        except ValueError:
            work.note(key, f"The column '{name}' has a cell that is not a number.")
            return None

    def column(self, work: Work, key: str, name: str, columns: list[str], rows: list[list[str]]) -> list[str] | None:
        """Return a column's cells, or None with the problem noted."""
        if name not in columns:
            meant = did_you_mean(name, columns, f"; it has {', '.join(columns)}.")
            work.note(key, f"There is no column '{name}'{meant}")
            return None
        at = columns.index(name)
        return [row[at] if at < len(row) else "" for row in rows]


def _by_class(
    name: str, classes: list[str], xs: tuple[float, ...], ys: tuple[float, ...]
) -> tuple[blocks.PlotSeries, ...]:
    """Return a series for each class in the column ``name``, in the order of appearance."""
    return tuple(
        blocks.PlotSeries(
            tuple(x for x, each in zip(xs, classes, strict=True) if each == label),
            tuple(y for y, each in zip(ys, classes, strict=True) if each == label),
            f"{name} {label}" if label[:1].isdigit() else label,
        )
        for label in dict.fromkeys(classes)
    )
