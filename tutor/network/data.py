"""Read a network's inputs and targets: one sample, a batch, or a table of data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tutor.errors import NetworkError, Place
from tutor.formulas.wording import counted
from tutor.network.layers import Matrix
from tutor.network.values import choice, is_list, listed, mapping, named_row, number, shown, unknown_keys


class Data:
    """Inputs and targets, from ``inputs``/``target`` or from a table of ``data``."""

    def __init__(self, spec: Mapping[str, object]) -> None:
        self.spec = spec
        self.column_names: tuple[str, ...] = ()
        if "data" in spec:
            for key in ("inputs", "target"):
                if key in spec:
                    raise NetworkError(f"Give {key!r} or 'data', not both.", (key,))
            self._from_table(mapping(spec["data"], ("data",), "'data'"))
        elif "inputs" in spec:
            self._from_inputs(spec["inputs"])
        else:
            raise NetworkError(
                "A network needs 'inputs' (or 'data').", (), hint="Add a line such as inputs: [1, 0, 1]."
            )

    def _from_inputs(self, value: object) -> None:
        if isinstance(value, (int, float)):
            value = [value]
        names: tuple[str, ...] | None
        rows = _rows_of(value)
        self.is_batch = rows is not None
        if rows is None:
            names, row = named_row(value, ("inputs",), "'inputs'")
            self.inputs: Matrix = (row,)
        else:
            names, self.inputs = _samples(rows, ("inputs",), "a sample")
            equally_long(self.inputs, ("inputs",), "samples")
        width = len(self.inputs[0])
        self.input_names = names or tuple(f"x{index}" for index in range(1, width + 1))

    def _from_table(self, data: Mapping[str, object]) -> None:
        unknown_keys(data, {"file", "columns", "rows", "inputs", "target"}, ("data",), "'data'")
        if "rows" not in data:
            raise NetworkError("'data' has no rows.", ("data",), hint="Give a 'file', or 'columns' and 'rows'.")
        columns = [str(each) for each in listed(data.get("columns"), ("data", "columns"), "'columns'")]
        rows = [
            listed(row, ("data", "rows", index), "a row")
            for index, row in enumerate(listed(data["rows"], ("data", "rows"), "'rows'"))
        ]
        for index, row in enumerate(rows):
            if len(row) != len(columns):
                message = f"This row has {len(row)} values, and there are {len(columns)} columns."
                raise NetworkError(message, ("data", "rows", index))
        chosen = {key: self._columns(data, key, columns) for key in ("inputs", "target")}
        self.is_batch = True
        self.inputs = tuple(zip(*(_numbers(rows, at) for at in chosen["inputs"]), strict=True))
        self._table_targets = tuple(zip(*(_numbers_or_classes(rows, at) for at in chosen["target"]), strict=True))
        self.column_names = tuple(columns[at] for at in chosen["inputs"])
        self.input_names = tuple(f"x{index}" for index in range(1, len(self.column_names) + 1))

    @staticmethod
    def _columns(data: Mapping[str, object], key: str, columns: list[str]) -> list[int]:
        value = data.get(key)
        if value is None:
            raise NetworkError(f"'data' must say which columns are its {key!r}.", ("data",))
        wanted = listed(value, ("data", key), f"{key!r}") if is_list(value) else [str(value)]
        return [columns.index(choice(each, columns, ("data", key), "column")) for each in wanted]

    def targets(self, n_outputs: int, *, may_be_classes: bool = False) -> tuple[Matrix, tuple[str, ...]]:
        """Return the targets, samples × outputs, and their names; both are empty if there is no target.

        With ``may_be_classes``, one whole number for each sample is its class, counted from 0.

        Raises:
            NetworkError: The targets do not fit the samples or the outputs, or a class number is out of range.
        """
        names = ("y",) if n_outputs == 1 else tuple(f"y{index}" for index in range(1, n_outputs + 1))
        if "data" in self.spec:
            place: Place = ("data", "target")
            if may_be_classes and n_outputs > 1 and len(self._table_targets[0]) == 1:
                return _one_hot([row[0] for row in self._table_targets], n_outputs, place), names
            return self._fitting(self._table_targets, n_outputs, place), names
        if "target" not in self.spec:
            return (), ()
        value = self.spec["target"]
        if may_be_classes and n_outputs > 1 and (classes := self._classes(value)) is not None:
            return _one_hot(classes, n_outputs, ("target",)), names
        if not self.is_batch:
            given, row = named_row([value] if isinstance(value, (int, float)) else value, ("target",), "'target'")
            return self._fitting((row,), n_outputs, ("target",)), given or names
        rows = listed(value, ("target",), "'target'")
        if n_outputs == 1 and all(isinstance(row, (int, float)) for row in rows):
            rows = [[row] for row in rows]
        given, targets = _samples(rows, ("target",), "a sample's target")
        if len(targets) != len(self.inputs):
            message = f"There are {len(targets)} targets for {len(self.inputs)} samples."
            raise NetworkError(message, ("target",), hint="Give one target for each sample.")
        return self._fitting(targets, n_outputs, ("target",)), given or names

    def _classes(self, value: object) -> Sequence[object] | None:
        """Return a class number for each sample, or None if the targets are not class numbers."""
        if not self.is_batch:
            return [value] if _is_plain_number(value) else None
        if not is_list(value) or len(value) != len(self.inputs):
            return None
        return value if all(map(_is_plain_number, value)) else None

    @staticmethod
    def _fitting(targets: Matrix, n_outputs: int, place: Place) -> Matrix:
        for row in targets:
            if len(row) != n_outputs:
                message = (
                    f"The target has {counted(len(row), 'value')}, and the network has {counted(n_outputs, 'output')}."
                )
                hint = "One target for each unit of the last layer."
                if len(row) == 1 and row[0] == int(row[0]):
                    hint += " A class number goes with softmax and cross_entropy."
                raise NetworkError(message, place, hint=hint)
        return targets


def _is_plain_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _one_hot(classes: Sequence[object], count: int, place: Place) -> Matrix:
    """Return a row with one 1 for each class number, counted from 0."""
    rows = []
    for index, value in enumerate(classes):
        if value not in range(count):
            at = (*place, index) if place == ("target",) and len(classes) > 1 else place
            message = f"A class is a whole number from 0 to {count - 1} here, not {shown(value)}."
            raise NetworkError(message, at, hint="Classes are counted from 0, as PyTorch counts them.")
        rows.append(tuple(float(each == value) for each in range(count)))
    return tuple(rows)


def are_words(cells: Sequence[object]) -> bool:
    """Return whether a column holds words, each naming a class."""
    return all(isinstance(cell, str) and cell.strip()[:1].isalpha() for cell in cells)


def _numbers(rows: Sequence[Sequence[object]], column: int) -> tuple[float, ...]:
    return tuple(number(row[column], ("data", "rows", index, column)) for index, row in enumerate(rows))


def _numbers_or_classes(rows: Sequence[Sequence[object]], column: int) -> tuple[float, ...]:
    """Return a column as numbers; words become class numbers, counted from 0 in order of appearance."""
    cells = [row[column] for row in rows]
    if not are_words(cells):
        return _numbers(rows, column)
    classes = {word: float(place) for place, word in enumerate(dict.fromkeys(cells))}
    return tuple(classes[cell] for cell in cells)


def _rows_of(value: object) -> Sequence[object] | None:
    """Return the samples of a batch, or None if ``value`` is one sample."""
    return (
        value if is_list(value) and value and all(isinstance(row, Mapping) or is_list(row) for row in value) else None
    )


def _samples(rows: Sequence[object], place: Place, what: str) -> tuple[tuple[str, ...] | None, Matrix]:
    """Return the names of a batch's columns (or None) and its rows; rows with names may list them in any order."""
    read = [named_row(row, (*place, index), what) for index, row in enumerate(rows)]
    names = read[0][0]
    ordered: list[tuple[float, ...]] = []
    for index, (own_names, values) in enumerate(read):
        if own_names is None or own_names == names:
            ordered.append(values)
            continue
        if names is None or set(own_names) != set(names):
            first = f"the first has {', '.join(names)}" if names else "the first has no names"
            raise NetworkError(f"The samples differ: {first}, this one {', '.join(own_names)}.", (*place, index))
        ordered.append(tuple(dict(zip(own_names, values, strict=True))[name] for name in names))
    return names, tuple(ordered)


def equally_long(rows: Matrix, place: Place, what: str) -> None:
    """Check that all rows have the same length.

    Raises:
        NetworkError: A row differs from the first.
    """
    for index, row in enumerate(rows):
        if len(row) != len(rows[0]):
            message = f"The {what} differ in length: the first has {len(rows[0])} values, this one {len(row)}."
            raise NetworkError(message, (*place, index))


def batch_size(spec: Mapping[str, object], data: Data) -> int | None:
    """Return how many rows the batch of one training step has, or None for all.

    Raises:
        NetworkError: ``batch_size`` is not a whole number from 1, or there is only one sample.
    """
    if "batch_size" not in spec:
        return None
    value = spec["batch_size"]
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise NetworkError(f"'batch_size' must be a whole number from 1, not {shown(value)}.", ("batch_size",))
    if not data.is_batch:
        raise NetworkError(
            "'batch_size' needs several samples.", ("batch_size",), hint="Make 'inputs' a list of lists."
        )
    return value
