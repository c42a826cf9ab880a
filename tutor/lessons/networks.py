"""The networks and worksheets of a lesson: ``from:`` followed, CSV data read, each built with its graph."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tutor.errors import FormulaError, NetworkError
from tutor.formulas import evaluate, substitute
from tutor.formulas.tree import Logic, Name, names
from tutor.lessons.blocks import AuthorMistake, Model, Vary
from tutor.lessons.field_types import describe
from tutor.lessons.lesson_files import FileRefusedError, LessonFolder, read_regular
from tutor.lessons.models import MOST_ROWS, NetworkFile, VaryFile, WorksheetFile
from tutor.lessons.problems import LessonProblems, ProblemList
from tutor.lessons.recovery import without
from tutor.lessons.resolve import Resolver, cells_of, is_condition, no_condition
from tutor.lessons.validate import Checker, nearest
from tutor.lessons.yaml.document import Path_, read_document
from tutor.network import Graph, Network, Worksheet, build_graph
from tutor.network.data import are_words
from tutor.network.worksheet import choosing_lists

Spec = dict[str, Any]

MOST_COLUMNS = 200
MOST_FROM = 20
MOST_FAULTS = 20

#: What ``vary`` and ``keep`` may name beside single parameters.
NETWORK_GROUPS = ("inputs", "target", "weights", "bias", "lr")
GROUP_SYNONYMS = {"targets": "target", "biases": "bias", "alpha": "lr", "learning_rate": "lr"}

_OWN_KEYS = {"network": frozenset({"inputs", "layers"}), "worksheet": frozenset({"given", "steps"})}

#: Keys of a network or worksheet that are the lesson's and not part of what is computed.
LESSON_KEYS = ("vary", "allow", "mistakes", "from")


@dataclass(frozen=True)
class Declared:
    """A network or worksheet as it stands in a file."""

    name: str
    kind: str
    data: object
    path: Path_
    checker: Checker
    folder: LessonFolder


@dataclass(frozen=True)
class Resolved:
    """A spec with its chain of ``from`` worked in; ``places`` are the top-level keys that stand in the file itself."""

    kind: str
    spec: Spec
    origin: str
    places: frozenset[str]


def declared(data: Mapping[str, object], checker: Checker, folder: LessonFolder) -> dict[str, Declared]:
    """Return every network and worksheet of a file, by name."""
    found: dict[str, Declared] = {}
    for kind in ("network", "worksheet"):
        if kind in data:
            found[kind] = Declared(kind, kind, data[kind], (kind,), checker, folder)
        several = data.get(f"{kind}s")
        if kind not in found and isinstance(several, dict) and _OWN_KEYS[kind] & set(several):
            message = f"{kind}s: holds several, each under its name; for a single one write {kind}: instead."
            checker.add((f"{kind}s",), message, at_key=True)
            found[kind] = Declared(kind, kind, several, (f"{kind}s",), checker, folder)
            continue
        for name, value in several.items() if isinstance(several, dict) else ():
            path: Path_ = (f"{kind}s", name)
            if name in found:
                checker.add(path, f"The name '{name}' is given twice, to a network and a worksheet.", at_key=True)
            elif not name.replace("-", "_").isidentifier():
                checker.add(path, f"'{name}' cannot be a name here; use letters, digits, - and _.", at_key=True)
            else:
                found[name] = Declared(name, kind, value, path, checker, folder)
    return found


class ModelLibrary:
    """Resolves ``from:`` among the models of a file and of the files that they come from."""

    def __init__(self, models: Mapping[str, Declared], *, depth: int = 0) -> None:
        self.models = models
        self.depth = depth
        self.problems = ProblemList()
        self._done: dict[str, Resolved | None] = {}
        self._open: list[str] = []

    def resolved(self, name: str) -> Resolved | None:
        """Return the whole spec of a model, or None with its problems noted."""
        if name not in self._done:
            self._open.append(name)
            self._done[name] = self._resolve(self.models[name])
            self._open.pop()
        return self._done[name]

    def _resolve(self, model: Declared) -> Resolved | None:
        data = model.data
        if isinstance(data, str):
            data = {"from": data}
        schema = NetworkFile if model.kind == "network" else WorksheetFile
        if model.checker.model(schema, data, model.path) is None:
            return None
        assert isinstance(data, dict)
        own: Spec = {key: value for key, value in data.items() if value is not None and key != "from"}
        if "data" in own and not self._read_data(own, model):
            return None
        if "from" not in data:
            return Resolved(model.kind, own, model.name, frozenset(own))
        base = self._base(model, str(data["from"]))
        if base is None:
            return None
        spec = _changed(base.spec, own)
        return Resolved(model.kind, spec, base.origin, frozenset(own))

    def _base(self, model: Declared, source: str) -> Resolved | None:
        """Return what a model comes from: a name of this file, a file, or a name of a file."""
        path = (*model.path, "from")
        file, _, name = source.partition("#")
        if not name and source in self.models:
            if source in self._open:
                circle = " → ".join([*self._open, source])
                model.checker.add(path, f"These come from one another in a circle: {circle}.")
                return None
            if len(self._open) >= MOST_FROM:
                model.checker.add(path, f"More than {MOST_FROM} come from one another here; name the first of them.")
                return None
            found = self.resolved(source)
        elif not name and not Path(source).suffix:
            near = nearest(source, self.models)
            meant = f"; did you mean '{near}'?" if near else "; a file ends in .yaml"
            model.checker.add(path, f"There is no network or worksheet '{source}' to come from{meant}")
            return None
        else:
            found = self._from_file(model, path, file, name)
        if found is not None and found.kind != model.kind:
            model.checker.add(path, f"'{source}' is a {found.kind}, and this is a {model.kind}.")
            return None
        return found

    def _from_file(self, model: Declared, path: Path_, file: str, name: str) -> Resolved | None:
        if self.depth >= MOST_FROM:
            model.checker.add(path, "Files come from one another in a circle, or too deeply.")
            return None
        target = found_file(model.folder, file, path, model.checker)
        if target is None:
            return None
        try:
            document = read_document(target, name=shown_beside(model.checker.document.name, file))
        except LessonProblems as error:
            self.problems.extend(ProblemList(error.problems, error.more))
            return None
        checker = Checker(document, model.checker.files)
        data = document.data if isinstance(document.data, dict) else {}
        library = ModelLibrary(declared(data, checker, model.folder.beside(target)), depth=self.depth + 1)
        chosen = name or _only(library.models, model.kind)
        if chosen is None or chosen not in library.models:
            has = ", ".join(library.models) or f"no {model.kind}"
            which = (
                f"'{file}' has no '{name}'; it has {has}." if name else f"'{file}' has {has}; name one: {file}#name."
            )
            if not checker.problems:
                model.checker.add(path, which)
            self.problems.extend(checker.problems)
            return None
        found = library.resolved(chosen)
        self.problems.extend(checker.problems)
        self.problems.extend(library.problems)
        return replace(found, origin=f"{target.name}#{found.origin}") if found else None

    def _read_data(self, own: Spec, model: Declared) -> bool:
        """Put a CSV file's rows in the place of its name."""
        data = dict(own["data"])
        file = data.pop("file", None)
        if file is None:
            return True
        path = (*model.path, "data", "file")
        table = read_csv(model.folder, str(file), path, model.checker)
        if table is None:
            return False
        columns, rows = table
        numbers: list[list[float | str]] = []
        wanted = {each for key in ("inputs", "target") for each in _column_names(data.get(key))}
        used = [place for place, column in enumerate(columns) if column in wanted]
        if missing := [name for name in wanted if name not in columns]:
            near = nearest(missing[0], columns)
            meant = f"; did you mean '{near}'?" if near else f"; it has {', '.join(columns)}."
            model.checker.add(path, f"'{file}' has no column '{missing[0]}'{meant}")
            return False
        targets = _column_names(data.get("target"))
        columns_of = {at: [cell for row in rows for cell in row[at : at + 1]] for at in used if columns[at] in targets}
        words = {at for at, cells in columns_of.items() if are_words(cells)}
        for line, row in enumerate(rows, 2):
            try:
                numbers.append([row[at] if at in words else float(row[at]) for at in used])
            except (ValueError, IndexError):
                model.checker.add(path, f"Line {line} of '{file}' has a cell that is not a number.")
                return False
        own["data"] = {**data, "columns": [columns[place] for place in used], "rows": numbers}
        return True


def _column_names(value: object) -> list[str]:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",")]
    return [str(each) for each in value] if isinstance(value, list) else []


def _only(models: Mapping[str, Declared], kind: str) -> str | None:
    """Return the model that a file without a name means: ``network:``, or the only one."""
    if kind in models:
        return kind
    same = [name for name, model in models.items() if model.kind == kind]
    return same[0] if len(same) == 1 else None


def _changed(base: Spec, own: Spec) -> Spec:
    """Return a spec with changes: inputs and data take one another's place, an activation is every layer's."""
    spec = dict(base)
    if "data" in own:
        spec = {key: value for key, value in spec.items() if key not in ("inputs", "target", "batch_size")}
    if "inputs" in own:
        spec = {key: value for key, value in spec.items() if key not in ("data", "batch_size")}
    for key, value in own.items():
        both = (
            key in ("given", "steps", "mistakes", "allow")
            and isinstance(value, dict)
            and isinstance(spec.get(key), dict)
        )
        spec[key] = {**spec[key], **value} if both else value
    if "activation" in own and "layers" in spec and "layers" not in own:
        spec["layers"] = [{**layer, "activation": own["activation"]} for layer in spec["layers"]]
        spec.pop("activation")
    return spec


# -- files ----------------------------------------------------------------------------------------------------------


def shown_beside(lesson: str, file: str) -> str:
    """Return how a file beside the lesson is named in messages."""
    return str(Path(lesson).parent / file) if lesson else file


def found_file(folder: LessonFolder, name: str, path: Path_, checker: Checker) -> Path | None:
    """Return the file that a lesson names, or None with the problem noted at ``path``."""
    try:
        checker.files.add(folder.place(name))
        return folder.find(name)
    except FileRefusedError as error:
        checker.add(path, error.message)
        return None


def read_csv(
    folder: LessonFolder, name: str, path: Path_, checker: Checker
) -> tuple[list[str], list[list[str]]] | None:
    """Return a CSV file's heading and rows, or None with the problem noted."""
    target = found_file(folder, name, path, checker)
    if target is None:
        return None
    try:
        text = io.StringIO(read_regular(target).decode("utf-8-sig"), newline="")
        rows = [row for row, _ in zip(csv.reader(text), range(MOST_ROWS + 1), strict=False) if row]
    except (OSError, UnicodeDecodeError, csv.Error):
        checker.add(path, f"'{name}' cannot be read as a CSV file in UTF-8.")
        return None
    if len(rows) < 2:
        checker.add(path, f"'{name}' has no rows under its heading.")
        return None
    if len(rows) > MOST_ROWS:
        checker.add(path, f"'{name}' has more than {MOST_ROWS} lines; take a part of it.")
        return None
    if len(rows[0]) > MOST_COLUMNS:
        checker.add(path, f"'{name}' has {len(rows[0]):,} columns; at most {MOST_COLUMNS} are read.")
        return None
    return [cell.strip() for cell in rows[0]], [[cell.strip() for cell in row] for row in rows[1:]]


# -- building -------------------------------------------------------------------------------------------------------


class ModelBuilder:
    """Builds the models of a lesson. ``steps`` says how many training steps each needs."""

    def __init__(
        self,
        checker: Checker,
        models: Mapping[str, Declared],
        steps: Callable[[str], int],
        notation: Mapping[str, str] | None,
        overrides: Mapping[str, Mapping[str, object]],
    ) -> None:
        self.checker = checker
        self.library = ModelLibrary(models)
        self.steps = steps
        self.notation = notation
        self.overrides = overrides
        self.failed = False

    def build(self) -> dict[str, Model]:
        """Return every model that can be built; what is wrong with the others is noted."""
        found: dict[str, Model] = {}
        for name, model in self.library.models.items():
            built = self._build(model)
            if built is None:
                self.failed = True
            else:
                found[name] = built
        self.checker.problems.extend(self.library.problems)
        return found

    def _build(self, model: Declared) -> Model | None:
        resolved = self.library.resolved(model.name)
        if resolved is None:
            return None
        spec = {**resolved.spec, **self.overrides.get(model.name, {})}
        if self.notation and "notation" not in spec:
            spec["notation"] = dict(self.notation)
        plain = {key: value for key, value in spec.items() if key not in LESSON_KEYS}
        made = self._made(plain, model, resolved)
        if made is None:
            return None
        built, graph = made
        node = self.checker.document.node(model.path, at_key=True)
        vary = self._vary(spec.get("vary"), model, built, graph)
        allow = {str(key): str(reason) for key, reason in (spec.get("allow") or {}).items()}
        part = Model(
            name=model.name,
            built=built,
            graph=graph,
            spec=spec,
            origin=resolved.origin,
            vary=vary,
            allow=allow,
            line=node.line + 1 if node else 1,
        )
        return replace(part, mistakes=self._mistakes(part, model, spec))

    def _made(self, plain: Spec, model: Declared, resolved: Resolved) -> tuple[Network | Worksheet, Graph] | None:
        """Return what a spec describes, with its values; None with everything that is wrong noted."""
        spec: Spec | None = plain
        kind = Network if model.kind == "network" else Worksheet
        for told in range(MOST_FAULTS):
            assert spec is not None
            try:
                built = kind.from_spec(spec, name=model.name)
                graph = build_graph(built, self.steps(model.name))
                _ = graph.values
            except NetworkError as error:
                self._explain(error, model, resolved)
                spec = without(spec, error.place)
                if spec is None:
                    return None
            else:
                return None if told else (built, graph)
        return None

    def _explain(self, error: NetworkError, model: Declared, resolved: Resolved) -> None:
        place = error.place
        if place and place[0] in resolved.places:
            path = (*model.path, *place)
        elif isinstance(model.data, dict) and "from" in model.data:
            path = (*model.path, "from")
        elif len(place) == 3 and place[0] == "layers" and place[2] == "activation" and "activation" in resolved.places:
            path = (*model.path, "activation")
        else:
            path = (*model.path, *place)
        offset = None
        node = self.checker.document.nodes.get(path)
        if node is not None and node.kind == "scalar" and place[:1] == ("steps",) and "(column " in error.message:
            offset = int(error.message.rpartition("(column ")[2].split()[0]) - 1
        message = error.message.rpartition(" (column ")[0] if offset is not None else error.message
        path, at_key = self._key_in(message, path)
        self.checker.add(path, f"{message} {error.hint}".strip(), at_key=at_key, offset=offset)

    def _key_in(self, message: str, path: Path_) -> tuple[Path_, bool]:
        """Return the key that a message about a mapping is about, where it is about one."""
        keys = self.checker.document.keys
        if path and path in keys and f"'{path[-1]}'" in message:
            return path, True
        node = self.checker.document.nodes.get(path)
        for key, _ in node.pairs if node is not None else ():
            if f"'{key.text}'" in message and (*path, key.text) in keys:
                return (*path, key.text), True
        return path, node is not None and node.kind == "map"

    def _mistakes(self, part: Model, model: Declared, spec: Spec) -> dict[str, Any]:
        """Return a worksheet's own mistakes, by step; those of a step hold in every round."""
        written = spec.get("mistakes")
        if model.kind != "worksheet" or not written:
            return {}
        own = isinstance(model.data, dict) and "mistakes" in model.data
        path = (*model.path, "mistakes") if own else model.path
        checked = WorksheetFile.model_validate({"mistakes": written}).mistakes
        resolver = Resolver(self.checker, {part.name: part})
        found = {}
        for step, mistakes in checked.items():
            here = (*path, step)
            name = part.graph.canonical(step)
            if name is None or step not in spec["steps"]:
                near = nearest(step, spec["steps"])
                meant = f"; did you mean '{near}'?" if near else f"; the steps are {', '.join(spec['steps'])}."
                self.checker.add(here, f"There is no step '{step}'{meant}", at_key=True)
                continue
            shape = part.graph.as_quantity(name).shape
            found[name] = resolver.mistakes(mistakes, part.name, here, shape)
            for at in range(2, part.graph.steps + 1):
                later = part.graph.canonical(f"{step}@{at}")
                if later is not None and later not in found:
                    found[later] = tuple(_in_round(each, part.graph, at) for each in found[name])
        return found

    # -- vary -------------------------------------------------------------------------------------------------------

    def _vary(self, value: object, model: Declared, built: Network | Worksheet, graph: Graph) -> Vary:
        path = (*model.path, "vary")
        checked = self.checker.model(VaryFile, value, path) if value else None
        if checked is None:
            return Vary()
        known = variable_names(built)
        pick: dict[str, tuple[float, ...]] = {}
        ranges: dict[str, tuple[float, float, float]] = {}
        for key, change in (checked.model_extra or {}).items():
            name = self._variable(key, known, (*path, key))
            if name and isinstance(change, list) and change and all(_is_number(each) for each in change):
                pick[name] = tuple(float(each) for each in change)
            elif name and (limits := _limits(change)):
                ranges[name] = limits
            elif name:
                message = (
                    f"A list to pick from, or {{from: -0.9, to: 0.9, step: 0.1}}, belongs here, not {describe(change)}."
                )
                self.checker.add((*path, key), message)
        named = {
            key: tuple(name for each in listed if (name := self._variable(each, known, (*path, key))))
            for key, listed in (("keep", checked.keep), ("one_hot", checked.one_hot), ("distinct", checked.distinct))
        }
        for name in choosing_lists(built) & {*pick, *ranges}:
            self.checker.add((*path, name), f"{name} chooses rows, so it stays in every variant.", at_key=True)
        where = self._where(checked.where, graph, (*path, "where"))
        return Vary(pick, ranges, where=where, where_text=checked.where or "", **named)

    def _variable(self, key: str, known: tuple[str, ...], path: Path_) -> str | None:
        name = key if key in known else GROUP_SYNONYMS.get(key, key)
        if name in known:
            return name
        near = nearest(name, known)
        meant = (
            f"; did you mean '{near}'?"
            if near
            else "; name a parameter, a given value, or inputs, target, weights, bias, lr."
        )
        self.checker.add(path, f"There is no '{key}' to vary{meant}", at_key=True)
        return None

    def _where(self, text: str | None, graph: Graph, path: Path_) -> Any:
        """Return the condition of every variant; it must hold for the author's own numbers."""
        if not text:
            return None
        try:
            trees = cells_of(text, graph).trees
            if not all(map(is_condition, trees)):
                self.checker.add(path, no_condition(text))
                return None
            # of a batch's column or of a vector: in every cell
            tree = Logic("and", trees) if len(trees) > 1 else trees[0]
            if not evaluate(tree, graph.values):
                message = f"'{text}' does not hold for the numbers written here, and must in every variant."
                self.checker.add(path, message)
            return tree
        except FormulaError as error:
            self.checker.add(path, f"{error.message} {error.hint}".strip(), offset=error.column - 1)
            return None


def variable_names(built: Network | Worksheet) -> tuple[str, ...]:
    """Return everything that may vary: the groups and each parameter or given value."""
    if isinstance(built, Worksheet):
        return ("given", *built.given_names)
    weights = (name for layer in built.layers for row in layer.weight_names for name in row)
    biases = (name for layer in built.layers for name in layer.biases)
    layers = (f"{layer.name}.{part}" for layer in built.layers for part in ("W", "theta"))
    return (*NETWORK_GROUPS, *built.input_names, *built.target_names, *weights, *biases, *layers)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _in_round(mistake: AuthorMistake, graph: Graph, at: int) -> AuthorMistake:
    """Return a mistake over the numbers of a later round of a worksheet."""
    moved = {
        name: Name(later)
        for cell in mistake.cells
        for name in names(cell)
        if (later := graph.canonical(f"{name}@{at}")) is not None
    }
    cells = tuple(substitute(cell, moved) for cell in mistake.cells)
    return replace(mistake, when=cells[0] if mistake.when is not None else None, cells=cells)


def _limits(value: object) -> tuple[float, float, float] | None:
    if not isinstance(value, dict) or set(value) != {"from", "to", "step"} or not all(map(_is_number, value.values())):
        return None
    low, high, step = (float(value[key]) for key in ("from", "to", "step"))
    return (low, high, step) if low < high and step > 0 else None
