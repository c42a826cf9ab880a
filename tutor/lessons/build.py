"""From the blocks of a file to the blocks of a lesson: settings inherited, names resolved, questions made whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tutor.formulas import Tree
from tutor.lessons import blocks as made
from tutor.lessons import models as files
from tutor.lessons.document import Path_
from tutor.lessons.fields import describe, split_names, written
from tutor.lessons.parts import inside_folder, read_csv
from tutor.lessons.resolve import Formula, Resolver, is_given
from tutor.lessons.template import EMPTY, Template
from tutor.lessons.validate import Checker, nearest
from tutor.network import Graph, Network


@dataclass(frozen=True)
class Settings:
    """What holds where nothing nearer says otherwise."""

    of: str | None = None
    decimals: int | None = None
    figures: int | None = None
    reveal: bool = True
    hints: tuple[str, ...] = ()
    builtin_hints: bool = True
    hints_path: Path_ = ()

    def under(self, file: files.SettingsFile | files.AskItemFile, checker: Checker, *, place: Place) -> Settings:
        """These settings with a nearer mapping's own."""
        given = file.model_fields_set
        changes: dict[str, Any] = {}
        if "of" in given and getattr(file, "of", None):
            changes["of"] = getattr(file, "of", None)
        if file.decimals is not None and file.figures is not None:
            checker.add(place("figures"), "Give decimals or figures, not both.", at_key=True)
        if file.decimals is not None or file.figures is not None:
            changes.update(decimals=file.decimals, figures=file.figures)
        if file.reveal is not None:
            changes["reveal"] = file.reveal
        if "hints" in given:
            hints = file.hints
            changes.update(hints=hints or (), builtin_hints=hints is not None, hints_path=place("hints"))
        return replace(self, **changes)


Place = Callable[[str], Path_]


@dataclass
class Draft:
    """A block that has everything but its final id and what it waits for."""

    block: made.AnyBlock
    default_id: str
    path: Path_
    after: str | None
    after_path: Path_
    is_named: bool


def flattened(data: object, path: Path_, checker: Checker) -> tuple[str, dict[str, object], Place] | None:
    """A block's kind, its keys (nested or beside alike), and where each key stands; None with the problem noted."""
    if isinstance(data, str):
        word = data.strip()
        if word in ("given", "diagram"):
            return word, {word: None}, lambda key: path
        first, colon, rest = word.partition(":")
        if colon and first in files.BLOCKS:
            checker.add(path, f"A space belongs after the colon: {first}: {rest}", offset=len(first))
            return None
        near = nearest(word.split()[0] if word.split() else "", files.BLOCKS)
        checker.add(path, f"A block is its name with a colon; did you mean '{near or 'text'}: …'?")
        return None
    if not isinstance(data, dict):
        checker.add(path, f"A block belongs here, such as text: or ask:, not {describe(data)}.")
        return None
    kind = _kind(data, path, checker)
    if kind is None:
        return None
    main = data[kind]
    model = files.BLOCKS[kind]
    inner = main if isinstance(main, dict) else None
    if inner is not None and kind == "ask" and not set(inner) & set(files.AskFile.nested):
        inner = None
    if inner is None:
        return kind, dict(data), beside(path)
    return _nested(kind, model, data, inner, path, checker)


def _kind(data: Mapping[str, object], path: Path_, checker: Checker) -> str | None:
    kinds = [key for key in data if key in files.BLOCKS]
    if len(kinds) > 1:
        # `table: file` has `text`-like words among no other keys, so two block names are two blocks
        first = kinds[0]
        own = {field.alias or name for name, field in files.BLOCKS[first].model_fields.items()}
        if not all(kind in own for kind in kinds[1:]):
            where = (*path, kinds[1])
            checker.add(where, f"'{kinds[1]}' begins a block of its own; write '- {kinds[1]}: …'.", at_key=True)
            return None
        return first
    if kinds:
        return kinds[0]
    first = next(iter(data), "")
    near = nearest(first, files.BLOCKS)
    if near is None:
        near = next((found for key in data if (found := nearest(key, files.BLOCKS))), None)
    meant = f"; did you mean '{near}'?" if near else f". Blocks are {', '.join(files.BLOCKS)}."
    checker.add((*path, first) if data else path, f"There is no block '{first}'{meant}", at_key=bool(data))
    return None


def _nested(
    kind: str,
    model: type[files.BlockFile],
    data: Mapping[str, object],
    inner: Mapping[str, object],
    path: Path_,
    checker: Checker,
) -> tuple[str, dict[str, object], Place]:
    """A block written ``- choose:`` with its main thing under it."""
    flat: dict[str, object] = {key: value for key, value in data.items() if key != kind}
    places: dict[str, Path_] = {key: (*path, key) for key in flat}
    known = {field.alias or name for name, field in model.model_fields.items()}
    for key, value in inner.items():
        name = kind if key in model.nested and (key not in known or key == kind) and kind not in flat else key
        if name in flat:
            checker.add((*path, kind, key), f"'{key}' is given twice.", at_key=True)
        flat[name] = value
        places[name] = (*path, kind, key)
    if kind not in flat:
        if "prompt" in flat and kind not in ("ask", "fill", "expression") and issubclass(model, files.QuestionFile):
            flat[kind], places[kind] = flat.pop("prompt"), places.pop("prompt")
        elif kind in ("given", "diagram", "table"):
            flat[kind], places[kind] = None, (*path, kind)
    return kind, flat, lambda key: places.get(key, (*path, kind))


class BlockBuilder:
    """Builds the blocks of one lesson."""

    def __init__(self, checker: Checker, resolver: Resolver, folder: Path, lesson_files: tuple[Path, ...]) -> None:
        self.checker = checker
        self.resolver = resolver
        self.folder = folder
        self.lesson_files = lesson_files

    def build(self, data: object, path: Path_, settings: Settings, counter: str) -> Draft | None:
        """A block, or None with its problems noted; ``counter`` names one that asks nothing."""
        flat = flattened(data, path, self.checker)
        if flat is None:
            return None
        kind, keys, place = flat
        file = self.checker.model(files.BLOCKS[kind], keys, path, lambda location: _located(location, place, path))
        if file is None:
            return None
        own = settings.under(file, self.checker, place=place)
        self.resolver.owner(file.of, place("of"))
        node = self.checker.document.node(path)
        work = _Work(self, file, own, place)
        common: dict[str, Any] = {
            "id": "",
            "was": file.was,
            "line": node.line + 1 if node else 1,
            "column": node.column + 1 if node else 1,
            "allow": file.allow,
        }
        block, default_id = getattr(work, kind)(common)
        if block is None:
            return None
        asks = isinstance(block, made.Question | made.Run)
        if file.id is not None:
            block = replace(block, id=file.id)
        return Draft(block, default_id if asks else counter, path, file.after, place("after"), file.id is not None)


def beside(path: Path_) -> Place:
    """Where the keys of the mapping at a path stand."""
    return lambda key: (*path, key)


def _located(location: tuple[str | int, ...], place: Place, path: Path_) -> Path_:
    if not location:
        return path
    return (*place(str(location[0])), *location[1:])


class _Work:
    """One block being built: its file's keys, its settings, where each key stands."""

    def __init__(self, builder: BlockBuilder, file: Any, settings: Settings, place: Place) -> None:
        self.file = file
        self.settings = settings
        self.place = place
        self.checker = builder.checker
        self.resolver = builder.resolver
        self.folder = builder.folder
        self.lesson_files = builder.lesson_files
        self.of = settings.of

    # -- common parts -----------------------------------------------------------------------------------------------

    def words(self, key: str, value: str | None) -> Template:
        """A text of this block with its values."""
        return self.resolver.text(value, self.of, self.place(key))

    def owner(self) -> str:
        """The model that the block belongs to, where that is settled."""
        model = self.resolver.model(self.of, self.place("of"), needed=False)
        return model.name if model else ""

    def question(
        self,
        shape: tuple[int, ...] | None = (),
        *,
        variables: Sequence[str] = (),
        computed: bool = True,
        main: bool = True,
    ) -> dict[str, Any]:
        """What every question has; with ``main`` the block's main thing is its question."""
        file: files.QuestionFile = self.file
        prompt = self.words("prompt", file.prompt)
        if main:
            prompt = _joined(prompt, self.words(file.kind, self.file.main))
        mistakes = self.resolver.mistakes(
            file.mistakes, self.of, self.place("mistakes"), shape, variables=variables, computed=computed
        )
        return {
            "of": self.owner(),
            "prompt": prompt,
            "hints": self.hints(self.settings),
            "builtin_hints": self.settings.builtin_hints,
            "explain": self.words("explain", file.explain),
            "mistakes": mistakes,
            "reveal": self.settings.reveal,
        }

    def hints(self, settings: Settings) -> tuple[Template, ...]:
        """The author's hints."""
        node = self.checker.document.nodes.get(settings.hints_path)
        listed = node is not None and node.kind == "list"
        return tuple(
            self.resolver.text(hint, self.of, (*settings.hints_path, number) if listed else settings.hints_path)
            for number, hint in enumerate(settings.hints)
        )

    def one_of_each(self, values: Sequence[str], key: str) -> tuple[Template, ...]:
        return tuple(self.resolver.text(value, self.of, (*self.place(key), n)) for n, value in enumerate(values))

    def paths(self, names: Sequence[str], key: str) -> tuple[Path, ...]:
        """Files of the lesson, each there."""
        found = []
        for number, name in enumerate(names):
            target = inside_folder(self.folder, name)
            if target is not None:
                self.checker.files.add(target)
            if target is None or not target.exists():
                self.checker.add((*self.place(key), number), f"There is no file '{name}' (paths are from this file).")
            else:
                found.append(target)
        return tuple(found)

    # -- what is shown ----------------------------------------------------------------------------------------------

    def text(self, common: dict[str, Any]) -> tuple[made.Text, str]:
        return made.Text(**common, of=self.owner(), text=self.words("text", self.file.main)), ""

    def given(self, common: dict[str, Any]) -> tuple[made.Given | None, str]:
        model = self.resolver.model(self.file.main or self.of, self.place("given"))
        return (made.Given(**common, of=model.name, graph=model.graph) if model else None), ""

    def diagram(self, common: dict[str, Any]) -> tuple[made.Diagram | None, str]:
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
        found = self.resolver.references(self.file.main, self.of, self.place("derive"))
        if given := [one for one in found if is_given(one)]:
            self.checker.add(self.place("derive"), f"{given[0].name} is given; there is nothing to derive.")
        return (made.Derive(**common, of=found[0].of, references=tuple(found)) if found else None), ""

    def table(self, common: dict[str, Any]) -> tuple[made.Table | None, str]:
        file: files.TableFile = self.file
        rows_path = self.place("rows")
        if file.main is not None and str(file.main) != "":
            read = read_csv(self.folder, file.main, self.place("table"), self.checker)
            if read is None:
                return None, ""
            columns, rows = read
            rows = self.chosen_rows(file.rows, rows)
            if file.columns is not None:
                columns, rows = self.chosen_columns(file.columns, columns, rows)
            head = tuple(plain(cell) for cell in columns)
            body = tuple(tuple(plain(cell) for cell in row) for row in rows)
        else:
            if file.columns is None or not isinstance(file.rows, list):
                self.checker.add(self.place("table"), "A table is a CSV file, or columns: and rows:.", at_key=True)
                return None, ""
            head = self.one_of_each(file.columns, "columns")
            body = tuple(self.row(row, (*rows_path, n), len(head)) for n, row in enumerate(file.rows))
        return made.Table(
            **common, of=self.owner(), columns=head, rows=body, caption=self.words("caption", file.caption)
        ), ""

    def row(self, row: object, path: Path_, width: int) -> tuple[Template, ...]:
        if not isinstance(row, list):
            self.checker.add(path, f"A row is a list, not {describe(row)}.")
            return ()
        if len(row) != width:
            self.checker.add(path, f"This row has {len(row)} cells, and there are {width} columns.")
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
        plot = made.Plot(
            **common,
            formula=formula.cells.trees[0],
            variable=variable,
            low=float(low),
            high=float(high),
            graph=formula.graph,
            x_label=file.x or variable,
            y_label=file.y or "",
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
        file: files.ImageFile = self.file
        target = inside_folder(self.folder, file.main)
        if target is None:
            self.checker.add(self.place("image"), "A picture's path is from this file, as in pictures/unit.png.")
            return None, ""
        self.checker.files.add(target)
        alt, caption = self.words("alt", file.alt), self.words("caption", file.caption)
        return made.Image(**common, of=self.owner(), path=target, alt=alt, caption=caption), ""

    def run(self, common: dict[str, Any]) -> tuple[made.Run, str]:
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
        if value is None:
            return None, None
        if not isinstance(value, dict):
            return written(value) if not isinstance(value, list) else str(value), None
        checked = self.checker.model(files.OutputFile, value, self.place("output"))
        return (checked.text, checked.within) if checked else (None, None)

    # -- ask --------------------------------------------------------------------------------------------------------

    def ask(self, common: dict[str, Any]) -> tuple[made.Ask | None, str]:
        path = self.place("ask")
        items: list[made.AskItem] = []
        asked = list(self.asked(self.file.main, path))
        for texts, own, where in asked:
            found = self.resolver.references(texts, self.of, where)
            items.extend(item for one in found if (item := self.item(one, own, where)))
        if not asked:
            self.checker.add(path, "No quantity is named here; name one, such as Z1.", at_key=True)
        seen: dict[tuple[str, str], None] = {}
        for item in items:
            if (item.of, item.quantity.name) in seen:
                self.checker.add(path, f"{item.quantity.name} is asked for twice here.")
            seen[item.of, item.quantity.name] = None
        names = ", ".join(text for texts, _, _ in asked for text in texts)
        if not items:
            return None, names
        base = self.question(None, main=False) | {"of": items[0].of, "mistakes": ()}
        shapes = {item.quantity.shape for item in items}
        whole = self.resolver.mistakes(
            self.file.mistakes, items[0].of, self.place("mistakes"), next(iter(shapes)) if len(shapes) == 1 else None
        )
        items = [replace(item, mistakes=(*item.mistakes, *whole)) for item in items]
        return made.Ask(
            **common,
            **base | {"mistakes": whole},
            items=tuple(items),
            decimals=self.settings.decimals,
            figures=self.settings.figures,
        ), names

    def asked(self, main: object, path: Path_) -> Iterator[tuple[tuple[str, ...], files.AskItemFile | None, Path_]]:
        """What is asked: names, what holds for them alone, where they stand."""
        if isinstance(main, dict):
            for key, value in main.items():
                own = self.checker.model(files.AskItemFile, value if value is not None else {}, (*path, key))
                if own is not None:
                    yield split_names(key), own, (*path, key)
        elif isinstance(main, list):
            for number, each in enumerate(main):
                if isinstance(each, dict | list) or each is None:
                    self.checker.add((*path, number), f"A quantity's name belongs here, not {describe(each)}.")
                else:
                    yield split_names(written(each)), None, (*path, number)
        elif main is not None and not isinstance(main, bool):
            yield split_names(written(main)), None, path
        else:
            self.checker.add(
                path, f"Quantities belong here, such as Z1 or [Z1, Z2], not {describe(main)}.", at_key=True
            )

    def item(self, reference: made.Reference, own: files.AskItemFile | None, path: Path_) -> made.AskItem | None:
        if is_given(reference):
            message = f"{reference.name} is given; ask for something that follows from it."
            self.checker.add(path, message)
            return None
        settings = self.settings
        if own is not None:
            settings = settings.under(own, self.checker, place=beside(path))
        file: files.QuestionFile = self.file
        explain = self.words("explain", file.explain)
        prompt = EMPTY
        mistakes: tuple[made.AuthorMistake, ...] = ()
        if own is not None:
            prompt = self.resolver.text(own.prompt, self.of, (*path, "prompt"))
            explain = self.resolver.text(own.explain, self.of, (*path, "explain")) if own.explain else explain
            mistakes = self.resolver.mistakes(own.mistakes, reference.of, (*path, "mistakes"), reference.quantity.shape)
        return made.AskItem(
            reference=reference,
            decimals=settings.decimals,
            figures=settings.figures,
            prompt=prompt,
            hints=self.hints(settings),
            builtin_hints=settings.builtin_hints,
            explain=explain,
            mistakes=mistakes,
            reveal=settings.reveal,
        )

    # -- other questions --------------------------------------------------------------------------------------------

    def number(self, common: dict[str, Any]) -> tuple[made.Number | None, str]:
        file: files.NumberFile = self.file
        if file.within is not None and (file.decimals is not None or file.figures is not None):
            self.checker.add(self.place("within"), "Give within, decimals or figures, one of them.", at_key=True)
        formula = self.resolver.scalar(file.answer, self.of, self.place("answer"))
        base = self.question()
        value = self.resolver.value(formula, self.place("answer")) if formula else None
        if formula is None or value is None:
            return None, file.main
        return made.Number(
            **common,
            **base | {"of": formula.of},
            answer=formula.cells.trees[0],
            value=value,
            graph=formula.graph,
            decimals=None if file.within is not None else self.settings.decimals,
            figures=None if file.within is not None else self.settings.figures,
            within=file.within,
            unit=file.unit,
        ), file.main

    def expression(self, common: dict[str, Any]) -> tuple[made.Expression | None, str]:
        file: files.ExpressionFile = self.file
        reference = self.resolver.quantity(file.main, self.of)
        if reference is None and file.answer is None:
            found = self.resolver.references([file.main], self.of, self.place("expression"))
            if found:
                self.checker.add(
                    self.place("expression"), f"{file.main} is several quantities; an expression gives one."
                )
            return None, file.main
        variables = dict(file.variables)
        for name, (low, high) in variables.items():
            if not low < high:
                self.checker.add(
                    (*self.place("variables"), name), "A range goes from the smaller to the larger number."
                )
        base = self.question((), variables=[*variables], main=reference is None)
        answer = self.expression_answer(reference, tuple(variables))
        if answer is None:
            return None, file.main
        using = self.using(answer, tuple(variables))
        tree, graph = answer.cells.trees[0], answer.graph
        if variables:
            graph = None
            self.only_variables(tree, tuple(variables))
        elif using is not None and graph is not None:
            tree = _unfolded(tree, graph, using)
        of = reference.of if reference else answer.of
        return made.Expression(
            **common,
            **base | {"of": of},
            answer=tree,
            reference=reference,
            graph=graph,
            using=using,
            variables={name: (float(a), float(b)) for name, (a, b) in variables.items()},
        ), file.main

    def expression_answer(self, reference: made.Reference | None, variables: tuple[str, ...]) -> Formula | None:
        """The author's formula, else the definition that the tutor knows."""
        from tutor.formulas import Cells

        file: files.ExpressionFile = self.file
        if file.answer is not None:
            of = reference.of if reference else self.of
            return self.resolver.scalar(file.answer, of, self.place("answer"), variables=variables)
        assert reference is not None
        if reference.quantity.shape:
            size = " × ".join(map(str, reference.quantity.shape))
            self.checker.add(
                self.place("expression"), f"{reference.name} has {size} cells; ask for the formula of one."
            )
            return None
        if is_given(reference):
            self.checker.add(self.place("expression"), f"{reference.name} is given; it has no formula.")
            return None
        definition = reference.graph.definition(reference.quantity.cells[0])
        return Formula(reference.of, reference.graph, Cells((), (definition,)))

    def only_variables(self, tree: Tree, variables: tuple[str, ...]) -> None:
        """A formula of ``variables`` names nothing else, or there would be two meanings to a learner's x."""
        from tutor.formulas import names

        for name in names(tree):
            if name not in variables:
                there = ", ".join(variables)
                self.checker.add(
                    self.place("answer"), f"'{name}' is none of the variables ({there}); give it a range in variables."
                )

    def using(self, answer: Formula, variables: tuple[str, ...]) -> tuple[str, ...] | None:
        file: files.ExpressionFile = self.file
        if file.using is None:
            return None
        found: list[str] = []
        for number, name in enumerate(file.using):
            if name in variables:
                found.append(name)
            elif answer.graph is None:
                near = nearest(name, variables)
                meant = f"; did you mean '{near}'?" if near else f"; there is {', '.join(variables) or 'none'}."
                self.checker.add(self.place("using"), f"'{name}' is none of the variables{meant}")
            else:
                one = self.resolver.references([name], answer.of, (*self.place("using"), number))
                found.extend(cell for each in one for cell in each.quantity.cells)
        return tuple(dict.fromkeys(found))

    def choose(self, common: dict[str, Any]) -> tuple[made.Choose | None, str]:
        file: files.ChooseFile = self.file
        base = self.question(computed=False)
        options = tuple(self.option(each, (*self.place("options"), n)) for n, each in enumerate(file.options))
        right = sum(option.correct for option in options)
        unsettled = self.resolver.models_failed and any(isinstance(each.correct, str) for each in file.options)
        if right == 0 and not unsettled:
            message = "No option is correct; write correct: true (or a condition such as Z1 < 0) beside one."
            self.checker.add(self.place("options"), message, at_key=True)
        if file.several is False and right > 1:
            self.checker.add(self.place("several"), f"several: false, and {right} options are correct.")
        several = file.several if file.several is not None else right > 1
        return made.Choose(**common, **base, options=options, several=several, shuffle=file.shuffle), file.main

    def option(self, file: files.OptionFile, path: Path_) -> made.Option:
        text = self.resolver.text(file.text, self.of, (*path, "text"))
        why = self.resolver.text(file.why, self.of, (*path, "why"))
        if isinstance(file.correct, bool):
            return made.Option(text, file.correct, why)
        formula = self.resolver.scalar(file.correct, self.of, (*path, "correct"), needs_model=True)
        if formula is None:
            return made.Option(text, False, why)
        value = self.resolver.value(formula, (*path, "correct"))
        return made.Option(text, bool(value), why, formula.cells.trees[0])

    def order(self, common: dict[str, Any]) -> tuple[made.Order, str]:
        file: files.OrderFile = self.file
        groups = []
        for place, group in enumerate(file.steps):
            here = (*self.place("steps"), place)
            node = self.checker.document.nodes.get(here)
            several = node is not None and node.kind == "list"
            groups.append(
                tuple(
                    self.resolver.text(step, self.of, (*here, n) if several else here) for n, step in enumerate(group)
                )
            )
        steps = [step.source for group in groups for step in group] + list(file.extra)
        if twice := [step for n, step in enumerate(steps) if step in steps[:n]]:
            self.checker.add(
                self.place("steps"), f"The step '{twice[0]}' is there twice; no one could tell them apart."
            )
        base = self.question(computed=False)
        return made.Order(
            **common, **base, groups=tuple(groups), extra=self.one_of_each(file.extra, "extra")
        ), file.main

    def fill(self, common: dict[str, Any]) -> tuple[made.Fill, str]:
        file: files.FillFile = self.file
        if file.language:
            text = self.resolver.code(file.main, self.of, self.place("fill"))
        else:
            text = self.words("fill", file.main)
        count = file.main.count("____")
        if count != len(file.gaps):
            gaps = f"{count} gap{'s' * (count != 1)} (____)" if count else "no gap (____, four underscores)"
            self.checker.add(
                self.place("gaps"), f"The text has {gaps}, and there are {len(file.gaps)} answers.", at_key=True
            )
        base = self.question(computed=False, main=False)
        first = next((line.strip() for line in file.main.splitlines() if "____" in line), file.main.strip())
        return made.Fill(**common, **base, text=text, gaps=file.gaps, language=file.language), first

    def write(self, common: dict[str, Any]) -> tuple[made.Write, str]:
        file: files.WriteFile = self.file
        return made.Write(**common, **self.question(computed=False), model=self.words("model", file.model)), file.main

    def lab(self, common: dict[str, Any]) -> tuple[made.Lab, str]:
        from tutor.lessons.checks import LabChecks

        file: files.LabFile = self.file
        checks = LabChecks(self.checker, self.resolver, self.of, self.settings.decimals, self.place)
        built = tuple(checks.check(each, (*self.place("checks"), n)) for n, each in enumerate(file.checks))
        solution = self.resolver.code(file.solution, self.of, self.place("solution")) if file.solution else None
        wrong = tuple(one for n, each in enumerate(file.wrong) if (one := checks.wrong(each, n, file, built)))
        return made.Lab(
            **common,
            **self.question(computed=False),
            starter=self.resolver.code(file.starter, self.of, self.place("starter")),
            checks=tuple(one for one in built if one),
            solution=solution,
            wrong=wrong,
            files=self.paths(file.files, "files") or self.lesson_files,
            time_limit=float(file.time_limit or 10.0),
            decimals=self.settings.decimals,
        ), file.main


def plain(text: str) -> Template:
    """A text with nothing to fill in."""
    return Template(text, (text,)) if text else EMPTY


def _joined(first: Template, second: Template) -> Template:
    if not first:
        return second
    return Template(f"{first.source}\n\n{second.source}", (*first.parts, "\n\n", *second.parts))


def _unfolded(tree: Tree, graph: Graph, using: tuple[str, ...]) -> Tree:
    """A formula in the names that may be used, where definitions lead to them; else as it was."""
    from tutor.formulas import names, substitute

    found = tree
    while others := [name for name in names(found) if name not in using]:
        if all(graph.nodes[name].formula is None for name in others):
            return tree
        found = substitute(found, {name: graph.definition(name) for name in others})
    return found
