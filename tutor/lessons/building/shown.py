"""Blocks that show something."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from tutor.formulas import Notation
from tutor.formulas import text as formula_text
from tutor.lessons import blocks as made
from tutor.lessons import models as files
from tutor.lessons.building.work import Work
from tutor.lessons.field_types import describe, written
from tutor.lessons.lesson_files import FileRefusedError
from tutor.lessons.networks import read_csv
from tutor.lessons.resolve import is_given
from tutor.lessons.template import EMPTY, Template
from tutor.lessons.validate import nearest
from tutor.lessons.yaml.document import Path_
from tutor.network import Network
from tutor.network.values import counted

MOST_CELLS = 5_000


class Shown(Work):
    """Text, what is given, diagrams, derivations, tables, plots, pictures and cells."""

    def text(self, common: dict[str, Any]) -> tuple[made.Text, str]:
        """Markdown with mathematics."""
        return made.Text(**common, of=self.owner(), text=self.words("text", self.file.main)), ""

    def given(self, common: dict[str, Any]) -> tuple[made.Given | None, str]:
        """What is given."""
        model = self.resolver.model(self.file.main or self.of, self.place("given"))
        return (made.Given(**common, of=model.name, graph=model.graph) if model else None), ""

    def diagram(self, common: dict[str, Any]) -> tuple[made.Diagram | None, str]:
        """The network, drawn."""
        model = self.resolver.model(self.file.main or self.of, self.place("diagram"))
        if self.file.show not in ("numbers", "names"):
            self.checker.add(self.place("show"), f"show: is numbers or names, not {self.file.show!r}.")
        if model is None:
            return None, ""
        if not isinstance(model.built, Network):
            self.checker.add(self.place("diagram"), f"'{model.name}' is a worksheet; only a network can be drawn.")
            return None, ""
        found = self.resolver.references(self.file.highlight, model.name, self.place("highlight"))
        lit = tuple(dict.fromkeys(cell for one in found for cell in one.quantity.cells))
        shows = self.file.show != "names"
        return made.Diagram(
            **common, of=model.name, network=model.built, graph=model.graph, numbers=shows, highlight=lit
        ), ""

    def derive(self, common: dict[str, Any]) -> tuple[made.Derive | None, str]:
        """Derivations to unfold."""
        found = self.resolver.references(self.file.main, self.of, self.place("derive"))
        if given := [one for one in found if is_given(one)]:
            self.checker.add(self.place("derive"), f"{given[0].name} is given; there is nothing to derive.")
        return (made.Derive(**common, of=found[0].of, references=tuple(found)) if found else None), ""

    def table(self, common: dict[str, Any]) -> tuple[made.Table | None, str]:
        """A table, written here or from a CSV file."""
        file: files.TableFile = self.file
        rows_path, caption = self.place("rows"), self.words("caption", file.caption)
        if file.main is not None and str(file.main) != "":
            read = read_csv(self.folder, file.main, self.place("table"), self.checker)
            if read is None:
                return None, ""
            columns, every = read
            rows = self.chosen_rows(file.rows, _with_equal_decimals(every))
            if len(rows) < len(every) and file.caption is None:
                caption = _plain(f"Row{'s' * (len(rows) > 1)} {written(file.rows).replace('-', '–')} of {len(every)}")
            if file.columns is not None:
                columns, rows = self.chosen_columns(file.columns, columns, rows)
            head = tuple(_plain(cell) for cell in columns)
            body = tuple(tuple(_plain(cell) for cell in row) for row in rows)
        else:
            if file.columns is None or not isinstance(file.rows, list):
                self.checker.add(self.place("table"), "A table is a CSV file, or columns: and rows:.", at_key=True)
                return None, ""
            head = self.one_of_each(file.columns, "columns")
            body = tuple(self.row(row, (*rows_path, n), len(head)) for n, row in enumerate(file.rows))
        if len(head) * len(body) > MOST_CELLS:
            message = (
                f"This table has {len(head) * len(body):,} cells; at most {MOST_CELLS:,} are shown. Choose some rows."
            )
            self.checker.add(self.place("table"), message, at_key=True)
            return None, ""
        return made.Table(**common, of=self.owner(), columns=head, rows=body, caption=caption), ""

    def row(self, row: object, path: Path_, width: int) -> tuple[Template, ...]:
        """A written row's cells."""
        if not isinstance(row, list):
            self.checker.add(path, f"A row is a list, not {describe(row)}.")
            return ()
        if len(row) != width:
            self.checker.add(path, f"This row has {counted(len(row), 'cell')}, and there are {width} columns.")
        return tuple(self.resolver.text(written(cell), self.of, (*path, n)) for n, cell in enumerate(row))

    def chosen_rows(self, wanted: object, rows: list[list[str]]) -> list[list[str]]:
        """``rows: 1-4`` of a file, counted from 1."""
        if wanted is None:
            return rows
        first, _, last = written(wanted).partition("-")
        try:
            low, high = int(first), int(last or first)
        except ValueError:
            self.checker.add(self.place("rows"), f"rows: of a file is a range such as 1-4, not {describe(wanted)}.")
            return rows
        if not 1 <= low <= high <= len(rows):
            self.checker.add(self.place("rows"), f"The file has rows 1 to {len(rows)}.")
            return rows
        return rows[low - 1 : high]

    def chosen_columns(
        self, wanted: Sequence[str], columns: list[str], rows: list[list[str]]
    ) -> tuple[list[str], list[list[str]]]:
        """The columns that are asked for, in that order."""
        places = []
        for name in wanted:
            if name not in columns:
                near = nearest(name, columns)
                meant = f"; did you mean '{near}'?" if near else f"; it has {', '.join(columns)}."
                self.checker.add(self.place("columns"), f"The file has no column '{name}'{meant}")
                continue
            places.append(columns.index(name))
        return [columns[at] for at in places], [[row[at] if at < len(row) else "" for at in places] for row in rows]

    def plot(self, common: dict[str, Any]) -> tuple[made.Plot | None, str]:
        """A curve of a formula, or points from a CSV file."""
        file: files.PlotFile = self.file
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
        file: files.PlotFile = self.file
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

    def image(self, common: dict[str, Any]) -> tuple[made.Image | None, str]:
        """A picture file."""
        file: files.ImageFile = self.file
        try:
            target = self.folder.place(file.main)
        except FileRefusedError as error:
            self.checker.add(self.place("image"), error.message)
            return None, ""
        self.checker.files.add(target)
        try:
            self.folder.find(file.main)
        except FileRefusedError as error:
            if not error.is_missing:  # one that is not there yet is only warned about, by the check
                self.checker.add(self.place("image"), error.message)
                return None, ""
        alt, caption = self.words("alt", file.alt), self.words("caption", file.caption)
        return made.Image(**common, of=self.owner(), path=target, alt=alt, caption=caption), ""

    def run(self, common: dict[str, Any]) -> tuple[made.Run, str]:
        """A code cell."""
        file: files.RunFile = self.file
        output, within = self.output(file.output)
        code = self.resolver.code(file.main, self.of, self.place("run"))
        first = next((line.strip() for line in file.main.splitlines() if line.strip()), "")
        return made.Run(
            **common,
            of=self.owner(),
            code=code,
            prompt=self.words("prompt", file.prompt),
            output=output,
            within=within,
            files=self.paths(file.files, "files") or self.lesson_files,
            time_limit=float(file.time_limit or 10.0),
        ), f"run {first}"

    def output(self, value: object) -> tuple[str | None, float | None]:
        """What a cell should print, and how far numbers may be off."""
        if value is None:
            return None, None
        if not isinstance(value, dict):
            return written(value) if not isinstance(value, list) else str(value), None
        checked = self.checker.model(files.OutputFile, value, self.place("output"))
        return (checked.text, checked.within) if checked else (None, None)


_NUMBER = re.compile(r"-?\d+(?:\.(\d+))?")


def _with_equal_decimals(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """A file's rows as they are shown: in a column of numbers each has as many decimals as the longest of them."""
    columns = []
    for column in zip_longest(*rows, fillvalue=""):
        found = [_NUMBER.fullmatch(cell) for cell in column if cell]
        decimals = max((len(each[1] or "") for each in found if each), default=0)
        is_set = decimals and all(found)
        columns.append([f"{Decimal(cell):.{decimals}f}" if cell and is_set else cell for cell in column])
    return [list(row) for row in zip(*columns, strict=True)]


def _plain(text: str) -> Template:
    """A text with nothing to fill in."""
    return Template(text, (text,)) if text else EMPTY
