"""The networks and worksheets that a lesson file declares, with ``from:`` followed and CSV data read."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tutor.lessons.lesson_files import MOST_FILES, FileRefusedError, LessonFolder, read_regular
from tutor.lessons.models import MOST_ROWS, NetworkFile, WorksheetFile
from tutor.lessons.problems import LessonProblems, ProblemList
from tutor.lessons.validate import Checker, did_you_mean
from tutor.lessons.yaml.document import Path_, read_document
from tutor.network.data import are_words

Spec = dict[str, Any]

MOST_COLUMNS = 200
MOST_FROM = 20

_OWN_KEYS = {"network": frozenset({"inputs", "layers"}), "worksheet": frozenset({"given", "steps"})}


@dataclass(frozen=True)
class Declared:
    """A network or worksheet as it is written in a file."""

    name: str
    kind: str
    data: object
    path: Path_
    checker: Checker
    folder: LessonFolder


@dataclass(frozen=True)
class Resolved:
    """A spec with its chain of ``from`` merged in. ``places`` are the top-level keys that the model itself has."""

    kind: str
    spec: Spec
    origin: str
    places: frozenset[str]


def declared(data: Mapping[str, object], checker: Checker, folder: LessonFolder) -> dict[str, Declared]:
    """Return every network and worksheet that a file declares, by name."""
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
    """Resolves ``from:`` between the models of a file and of the files that it refers to."""

    def __init__(self, models: Mapping[str, Declared], *, depth: int = 0) -> None:
        self.models = models
        self.depth = depth
        self.problems = ProblemList()
        self._done: dict[str, Resolved | None] = {}
        self._open: list[str] = []

    def resolved(self, name: str) -> Resolved | None:
        """Return the complete spec of a model, or None with its problems noted."""
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
        """Return the model that ``from:`` names: one of this file, of another file, or a whole file."""
        path = (*model.path, "from")
        file, _, name = source.partition("#")
        if not name and source in self.models:
            if source in self._open:
                circle = " → ".join([*self._open, source])
                model.checker.add(path, f"These refer to one another in a circle: {circle}.")
                return None
            if len(self._open) >= MOST_FROM:
                model.checker.add(
                    path, f"This chain of from: has more than {MOST_FROM} models; name the first of them."
                )
                return None
            found = self.resolved(source)
        elif not name and not Path(source).suffix:
            meant = did_you_mean(source, self.models, "; a file ends in .yaml")
            model.checker.add(path, f"There is no network or worksheet '{source}'{meant}")
            return None
        else:
            found = self._from_file(model, path, file, name)
        if found is not None and found.kind != model.kind:
            model.checker.add(path, f"'{source}' is a {found.kind}, and this is a {model.kind}.")
            return None
        return found

    def _from_file(self, model: Declared, path: Path_, file: str, name: str) -> Resolved | None:
        if self.depth >= MOST_FROM:
            model.checker.add(path, "These files refer to one another in a circle, or in too long a chain.")
            return None
        target = found_file(model.folder, file, path, model.checker)
        if target is None:
            return None
        try:
            document = read_document(target, name=str(Path(model.checker.document.name).parent / file))
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
        """Replace the name of a CSV file by its rows. Return whether it could be read."""
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
            meant = did_you_mean(missing[0], columns, f"; it has {', '.join(columns)}.")
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
    """Return the model that the name of a file alone means: its ``network:`` or ``worksheet:``, or its only one."""
    if kind in models:
        return kind
    same = [name for name, model in models.items() if model.kind == kind]
    return same[0] if len(same) == 1 else None


def _changed(base: Spec, own: Spec) -> Spec:
    """Return a spec with changes. ``inputs`` replaces ``data`` and the reverse; an activation applies to every
    layer."""
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


def found_file(folder: LessonFolder, name: str, path: Path_, checker: Checker) -> Path | None:
    """Return the file that a lesson names, or None with the problem noted at ``path``."""
    try:
        checker.files.add(folder.place(name))
        return folder.find(name)
    except FileRefusedError as error:
        checker.add(path, error.message)
        return None


def found_files(folder: LessonFolder, names: Sequence[str], path: Path_, checker: Checker) -> tuple[Path, ...]:
    """Return the files that exist of a list at ``path``, which are copied; problems with the others are noted."""
    if len(names) > MOST_FILES:
        checker.add(path, f"There are {len(names)} files here; at most {MOST_FILES} can be copied.")
        return ()
    found = (found_file(folder, name, (*path, place), checker) for place, name in enumerate(names))
    return tuple(file for file in found if file is not None)


def read_csv(
    folder: LessonFolder, name: str, path: Path_, checker: Checker
) -> tuple[list[str], list[list[str]]] | None:
    """Return a CSV file's headings and rows, or None with the problem noted."""
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
