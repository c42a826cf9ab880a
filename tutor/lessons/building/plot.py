"""Curves of formulas, and points from CSV files."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from tutor.formulas import Notation
from tutor.formulas import text as formula_text
from tutor.lessons import blocks as made
from tutor.lessons.building.work import Work, builds
from tutor.lessons.field_types import Real, Words
from tutor.lessons.models import BlockFile
from tutor.lessons.networks import read_csv


class PlotFile(BlockFile):
    """A formula over a range, or two columns of a CSV file."""

    kind = "plot"
    called_elsewhere = ("graph",)
    nested = ("formula", "file")
    main: Annotated[Words, Field(alias="plot", description="A formula, or a CSV file.")]
    over: Annotated[dict[str, tuple[Real, Real]] | None, Field(description="{w: [-1, 7]}")] = None
    x: Words | None = None
    y: Words | None = None
    alt: Annotated[Words | None, Field(description="What it shows, in words.")] = None
    caption: Words | None = None


@builds(PlotFile)
class PlotBuilder(Work[PlotFile]):
    """Builds ``plot`` blocks."""

    def build(self, common: dict[str, Any]) -> tuple[made.Plot | None, str]:
        """A curve of a formula, or points from a CSV file."""
        file = self.file
        common.update(of=self.owner(), alt=self.words("alt", file.alt), caption=self.words("caption", file.caption))
        if file.over is None:
            return self.data_plot(common), ""
        if len(file.over) != 1:
            self.checker.add(self.place("over"), "over: names one variable with its range, {w: [-1, 7]}.")
            return None, ""
        ((variable, (low, high)),) = file.over.items()
        if not low < high:
            self.checker.add((*self.place("over"), variable), "A range goes from the smaller to the larger number.")
        formula = self.resolver.scalar(file.main, self.of, self.place("plot"), variables=[variable])
        if formula is None:
            return None, ""
        notation = formula.graph.notation if formula.graph is not None else Notation()
        plot = made.Plot(
            **common,
            formula=formula.cells.trees[0],
            variable=variable,
            low=float(low),
            high=float(high),
            graph=formula.graph,
            x_label=file.x or notation.text(variable),
            y_label=file.y or formula_text(formula.cells.trees[0], notation),
        )
        if not plot.points(20)[0]:
            self.checker.add(self.place("plot"), f"This has no value anywhere for {variable} from {low} to {high}.")
        return plot, ""

    def data_plot(self, common: dict[str, Any]) -> made.Plot | None:
        """Two columns of a CSV file."""
        file = self.file
        if not str(file.main).endswith(".csv"):
            self.checker.add(
                self.place("plot"), "A formula needs over: {w: [-1, 7]}; data is a .csv file with x: and y:."
            )
            return None
        read = read_csv(self.folder, file.main, self.place("plot"), self.checker)
        if read is None:
            return None
        columns, rows = read
        points: list[tuple[float, ...]] = []
        for key, name in (("x", file.x), ("y", file.y)):
            if name is None:
                self.checker.add(self.place("plot"), f"'{key}' is missing here: a column of the file.", at_key=True)
                return None
            _, values = (
                self.chosen_columns([name], columns, rows)
                if name in columns
                else self.chosen_columns([name], columns, [])
            )
            try:
                points.append(tuple(float(row[0]) for row in values))
            except (ValueError, IndexError):
                self.checker.add(self.place(key), f"The column '{name}' has something that is no number.")
                return None
        return made.Plot(**common, xs=points[0], ys=points[1], x_label=file.x or "", y_label=file.y or "")
