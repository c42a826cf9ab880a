"""Worksheets: given numbers and formulas, over one or more rounds. ``rounds.py`` builds their graphs."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from tutor.errors import FormulaError, NetworkError, Place
from tutor.formulas import check_constants, parse, resolve
from tutor.formulas.notation import Notation, fold
from tutor.formulas.tokens import decimal_comma
from tutor.formulas.tree import Call, Derivative, Tree, names, walk
from tutor.formulas.wording import counted
from tutor.network.spec import read_symbols
from tutor.network.values import IDENTIFIER, is_list, listed, mapping, number, unknown_keys

KEYS = frozenset({"given", "steps", "repeat", "notation"})
#: Keys of a lesson beside a worksheet that do not affect its numbers.
LESSON_KEYS = frozenset({"vary", "allow", "mistakes", "from", "name"})
MOST_CELLS = 5_000
MOST_ROUNDS = 50

_GIVEN = re.compile(r"^(?P<name>[^\W\d]\w*)(?:@(?P<round>[0-9]+))?$")
_RESERVED = frozenset({"t", "and", "or", "not", "rows", "columns"})

Value = float | tuple[float, ...] | tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Worksheet:
    """Given values (numbers, vectors or matrices), and formulas in an order in which each can be computed.

    The formulas are repeated for ``repeat`` rounds; from one round to the next, ``X_new`` becomes ``X``.
    ``given_rounds`` holds values given for one round only, by (name, round). ``sources`` are the formulas as the author
    wrote them.
    """

    name: str
    given: Mapping[str, Value]
    steps: Mapping[str, Tree]
    repeat: int = 1
    given_rounds: Mapping[tuple[str, int], Value] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    symbols: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_spec(cls, spec: Mapping[str, object], *, name: str = "worksheet") -> Worksheet:
        """Return the worksheet that plain YAML data describes.

        Raises:
            NetworkError: Something in it does not fit; the error has its place.
        """
        mapping(spec, (), "A worksheet")
        unknown_keys(spec, KEYS | LESSON_KEYS, (), "a worksheet")
        given, rounds = _read_given(spec)
        repeat = spec.get("repeat", 1)
        if isinstance(repeat, bool) or not isinstance(repeat, int) or not 1 <= repeat <= MOST_ROUNDS:
            raise NetworkError(f"'repeat' must be a whole number from 1 to {MOST_ROUNDS}.", ("repeat",))
        every = {*given, *(each for each, _ in rounds)}
        for each, at in rounds:
            if at > repeat:
                message = f"{each}@{at} is given, and the worksheet has {counted(repeat, 'round')}."
                raise NetworkError(message, ("given", f"{each}@{at}"), hint=f"Say repeat: {at}.")
        steps, sources = _read_steps(spec, every, repeat)
        in_order = dict.fromkeys([*given, *(each for each, _ in rounds)])
        _check_spellings([*(("given", each) for each in in_order), *(("steps", step) for step in steps)])
        return cls(name, given, _in_order(steps), repeat, rounds, sources, read_symbols(spec.get("notation")))

    def given_in(self, name: str, at: int) -> Value | None:
        """Return the value given for a name in a round: for that round, or else for all rounds, or None."""
        if (name, at) in self.given_rounds:
            return self.given_rounds[name, at]
        return self.given.get(name)

    @cached_property
    def gives_minus_infinity(self) -> bool:
        """Whether −∞ is among the given numbers, as in a mask."""
        return any(-math.inf in flattened(value)[1] for value in (*self.given.values(), *self.given_rounds.values()))

    @property
    def given_names(self) -> tuple[str, ...]:
        """Every name with a given value, in the order in which they were written."""
        return tuple(dict.fromkeys([*self.given, *(name for name, _ in self.given_rounds)]))


def flattened(value: Value) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Return a given value's shape and its cells, row by row."""
    if isinstance(value, float):
        return (), (value,)
    rows = [row for row in value if isinstance(row, tuple)]
    if rows:
        return (len(rows), len(rows[0])), tuple(cell for row in rows for cell in row)
    cells = tuple(cell for cell in value if isinstance(cell, float))
    return (len(cells),), cells


def _check_spellings(places: list[tuple[str, str]]) -> None:
    """Reject two spellings of one name: a_1 and a1 are both shown as a₁."""
    seen: dict[str, str] = {}
    for part, name in places:
        other = seen.setdefault(fold(name), name)
        if other != name:
            raise NetworkError(f"{other} and {name} are spellings of one name.", (part, name), hint="Rename one.")


def _read_given(spec: Mapping[str, object]) -> tuple[dict[str, Value], dict[tuple[str, int], Value]]:
    given: dict[str, Value] = {}
    rounds: dict[tuple[str, int], Value] = {}
    for key, value in mapping(spec.get("given", {}), ("given",), "'given'").items():
        place: Place = ("given", key)
        match = _GIVEN.match(str(key))
        if match is None or match["name"] in _RESERVED:
            raise NetworkError(f"{key!r} cannot be the name of a given value.", place, hint=_name_hint(str(key)))
        if match["round"]:
            rounds[match["name"], int(match["round"])] = _value(value, place)
        else:
            given[match["name"]] = _value(value, place)
    return given, rounds


#: How authors write minus infinity, which the mask of an attention layer contains.
_MINUS_INFINITY = frozenset({"-inf", "−inf", "-∞", "−∞", "-infinity"})


def given_number(value: object, place: Place = ()) -> float:
    """Return a finite number or minus infinity.

    Raises:
        NetworkError: It is neither.
    """
    if value == -math.inf or (isinstance(value, str) and value.strip().lower() in _MINUS_INFINITY):
        return -math.inf
    return number(value, place)


def _value(value: object, place: Place) -> Value:
    """Return a number, a vector or a matrix."""
    if not is_list(value):
        return given_number(value, place)
    cells = listed(value, place, "A vector")
    if not any(map(is_list, cells)):
        return tuple(given_number(cell, (*place, index)) for index, cell in enumerate(cells))
    rows = tuple(
        tuple(given_number(cell, (*place, index, at)) for at, cell in enumerate(listed(row, (*place, index), "A row")))
        for index, row in enumerate(cells)
    )
    for index, row in enumerate(rows):
        if len(row) != len(rows[0]):
            message = f"The rows differ in length: the first has {len(rows[0])} cells, this one {len(row)}."
            raise NetworkError(message, (*place, index))
    if len(rows) * len(rows[0]) > MOST_CELLS:
        raise NetworkError(f"This has more than {MOST_CELLS} cells.", place)
    return rows


def _read_steps(spec: Mapping[str, object], given: set[str], repeat: int) -> tuple[dict[str, Tree], dict[str, str]]:
    written = mapping(spec.get("steps"), ("steps",), "'steps'") if spec.get("steps") else None
    if not written:
        raise NetworkError("A worksheet needs 'steps'.", ("steps",) if "steps" in spec else (), hint="steps: {y: a*x}")
    sources = {}
    for step, formula in written.items():
        place: Place = ("steps", step)
        if not IDENTIFIER.match(str(step)) or step in _RESERVED:
            raise NetworkError(f"{step!r} cannot be the name of a step.", place, hint=_name_hint(str(step)))
        if step in given:
            raise NetworkError(f"{step!r} is given and a step.", place, hint="Every name must be used once.")
        if isinstance(formula, bool) or not isinstance(formula, (str, int, float)):
            raise NetworkError(f"The step {step!r} must be a formula.", place)
        begun = _BEGUN.match(str(formula))
        if begun and begun[1] == str(step):
            raise NetworkError(f"Write only what comes after the =: {step}: …", place)
        sources[str(step)] = str(formula)
    known = {*given, *sources, "t"}
    notation = Notation()

    def is_slope(text: str) -> bool:
        if (found := _SLOPE.fullmatch(text)) is None or found[1] == found[2]:
            return False
        return found[1] in sources and (found[2] in given or found[2] in sources)

    def meant(typed: str) -> str | None:
        return None if is_slope(typed) else notation.canonical(typed, known)  # not the step dL_dw that is shown so

    steps = {}
    for step, source in sources.items():
        try:
            tree = parse(source, joins=is_slope)
            steps[step] = resolve(tree, meant, source=source, known=known)
        except FormulaError as error:
            problem, hint = _error_words(source, error, sources, given)
            message = f"The step {step}: {problem} (column {error.column} of the formula)"
            raise NetworkError(message, ("steps", step), hint=hint) from None
        try:
            check_constants(steps[step])
        except FormulaError as error:
            raise NetworkError(f"The step {step}: {error.message}", ("steps", step), hint=error.hint) from None
    return steps, sources


_SLOPE = re.compile(r"[d∂](\w+)/[d∂](\w+)")
_BEGUN = re.compile(r"\s*(\w+)\s*=(?!=)")


def _error_words(source: str, error: FormulaError, steps: Iterable[str], given: Iterable[str]) -> tuple[str, str]:
    """Return what is wrong with a formula and a hint: the parser's, or better ones for authors' common errors."""
    place = error.column - 1
    if comma := decimal_comma(source, error.column):
        return comma, ""
    for match in _SLOPE.finditer(source):
        if match.start() <= place < match.end():
            return (
                f"{match[0]} should be the slope of a step with respect to a given or another step; "
                f"the steps are {', '.join(steps)}, given is {', '.join(sorted(given))}."
            ), ""
    return error.message, error.hint


def _name_hint(name: str) -> str:
    return "In a formula t is the number of the round." if name == "t" else "Use letters, digits and _."


def needs(tree: Tree) -> tuple[str, ...]:
    """Return the names that a formula uses, except the round ``t``."""
    return tuple(name for name in names(tree) if name != "t")


def _in_order(steps: Mapping[str, Tree]) -> dict[str, Tree]:
    """Return the steps, each after those that it uses.

    Raises:
        NetworkError: They need one another in a circle.
    """
    before = {step: [name for name in needs(tree) if name in steps] for step, tree in steps.items()}
    done: dict[str, Tree] = {}
    for step in steps:
        path = dict.fromkeys([step] if step not in done else [])
        while path:
            last = next(reversed(path))
            missing = next((name for name in before[last] if name not in done), None)
            if missing is None:
                done[last] = steps[last]
                del path[last]
            elif missing in path:
                names_on_path = list(path)
                circle = " → ".join([*names_on_path[names_on_path.index(missing) :], missing])
                message = f"These steps need one another: {circle}."
                raise NetworkError(message, ("steps", missing), hint="Break the circle.")
            else:
                path[missing] = None
    return done


def choosing_lists(model: object) -> frozenset[str]:
    """Return the given lists that choose rows, as ``ids`` in ``E[ids]``; other numbers would change the formulas."""
    if not isinstance(model, Worksheet):
        return frozenset()
    chosen = {
        name
        for tree in model.steps.values()
        for part in walk(tree)
        if isinstance(part, Call) and part.function == "take"
        for name in names(part.arguments[1])
    }
    return frozenset(chosen & set(model.given_names))


def derivatives(tree: Tree) -> tuple[Derivative, ...]:
    """Return the derivatives in a formula."""
    return tuple(part for part in walk(tree) if isinstance(part, Derivative))
