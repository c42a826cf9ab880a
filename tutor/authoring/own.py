"""Make a lesson from a network that a learner enters in a form, and save it in the learner's folder.

The form holds texts as typed. Anything wrong with them is a ``FormError`` that names the field and, in pasted numbers,
the line and column.

    form = Form(sizes="3-2-1", inputs="1 0 1", target="1", numbers="W1 = [[0.2, -0.3], …")
    path = save(form)
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import count
from pathlib import Path

from tutor.authoring.network_lesson import described, lesson_about, sizes_of
from tutor.authoring.own_form import MOST_LAYERS, MOST_UNITS, Form, FormError, read_sizes
from tutor.authoring.starter import INPUTS, TENTHS
from tutor.authoring.yaml_text import to_yaml
from tutor.errors import NetworkError
from tutor.formulas.wording import counted
from tutor.functions import ACTIVATIONS
from tutor.lessons import LessonProblems
from tutor.lessons.blocks import Lesson, Model
from tutor.lessons.loader import load_text
from tutor.lessons.yaml.document import Document
from tutor.network import Kind, Network, build_graph
from tutor.paths import own_lessons, write_whole
from tutor.reading import Unreadable
from tutor.reading.arrays import line_and_column
from tutor.reading.parameters import Matrix, Parameters, Rows, read_parameters, read_samples

GROUP = "Your own networks"
MOST_SAMPLES = 12

_ROWS: dict[str, Rows] = {"inputs": "inputs", "units": "units"}
_TRIES, _LIVELY = 20, 0.01

_BARE = re.compile(r"(?m)^(?:inputs|layers)[ \t]*:")
#: The keys of a network that the form has fields for. A network with other keys is shown as YAML.
_IN_FIELDS = frozenset({"inputs", "target", "layout", "layers", "loss", "optimizer"})


# -- reading the form -----------------------------------------------------------------------------------------------


def read_network(form: Form) -> dict[str, object]:
    """Return the network's description as a lesson has it under ``network:``.

    Raises:
        FormError: A field is missing or wrong.
    """
    if form.is_yaml:
        return dict(_from_yaml(form.numbers).spec)
    numbers = read_numbers(form)
    sizes = numbers.sizes
    if not form.inputs.strip() and not numbers.inputs:
        raise _no_inputs(sizes[0])
    spec: dict[str, object] = {"inputs": _one(numbers.inputs or _rows("inputs", form.inputs, sizes[0]))}
    if form.target.strip() or numbers.target:
        spec["target"] = _one(numbers.target, may_be_number=True) if numbers.target else _target(form, sizes[-1])
    if numbers.rows == "units":
        spec["layout"] = "units_by_inputs"
    spec["layers"] = [
        {
            "weights": layer.weights,
            **({"bias": layer.bias} if layer.bias is not None else {}),
            "activation": form.output if at == len(numbers.layers) else form.hidden,
        }
        for at, layer in enumerate(numbers.layers, 1)
    ]
    spec["loss"] = form.loss
    if form.rate.strip():
        spec["optimizer"] = {"sgd": {"lr": _rows("rate", form.rate, 1, "Write one number.")[0][0]}}
    return spec


def read_numbers(form: Form) -> Parameters:
    """Return the weights and biases, checked against the sizes if these are given.

    Raises:
        FormError: They are missing or wrong.
    """
    sizes = read_sizes(form.sizes)
    if not form.numbers.strip():
        if not sizes:
            raise FormError("sizes", "How large is the network?", hint="Write inputs, hidden units and outputs: 3-2-1.")
        if not form.inputs.strip():
            raise _no_inputs(sizes[0])
        raise FormError("numbers", "The weights are missing.", hint="Type or paste them, or take random ones.")
    try:
        return read_parameters(form.numbers, sizes=sizes, rows=_ROWS.get(form.rows, ""))
    except Unreadable as problem:
        raise _at_place("numbers", problem) from None


def _no_inputs(count: int) -> FormError:
    example = " ".join(f"{value:g}" for value in (INPUTS * MOST_UNITS)[:count])
    return FormError("inputs", f"The inputs are missing: {counted(count, 'number')}.", hint=f"Write {example}, say.")


def _at_place(field: str, problem: Unreadable) -> FormError:
    line, column = line_and_column(problem)
    return FormError(field, problem.message, hint=problem.hint, line=line, column=column)


def _rows(field: str, text: str, width: int | None, hint: str = "Or change the sizes.") -> Matrix:
    try:
        found = read_samples(text, width, hint=hint)
    except Unreadable as problem:
        raise _at_place(field, problem) from None
    if len(found) > MOST_SAMPLES:
        raise FormError(field, f"There are more than {MOST_SAMPLES} samples.", hint="Take some of them.")
    return found


def _target(form: Form, outputs: int) -> object:
    """Return the targets as a lesson has them; for softmax they may be one class number for each sample."""
    if form.output == "softmax" and outputs > 1:
        found = _rows("target", form.target, None)
        if all(len(row) == 1 for row in found):
            return found[0][0] if len(found) == 1 else [row[0] for row in found]
    return _one(_rows("target", form.target, outputs), may_be_number=outputs == 1)


def _one(rows: Matrix, *, may_be_number: bool = False) -> object:
    """Return one sample as a list (or a number), several as a list of lists."""
    if len(rows) > 1:
        return rows
    return rows[0][0] if len(rows[0]) == 1 and may_be_number else rows[0]


def _from_yaml(text: str) -> Model:
    """Return the first network in a YAML text, which may be a bare description, a network file or a lesson."""
    shift = 0
    if _BARE.search(text) and not re.search(r"(?m)^networks?[ \t]*:", text):
        text, shift = "network:\n" + re.sub(r"(?m)^", "  ", text), 1
    try:
        found = load_text(Document(text, "numbers"), own_lessons() / "numbers.yaml", sources=True)
    except LessonProblems as error:
        first = error.problems[0]
        line, column = max(1, first.line - shift), max(1, first.column - 2 * shift)
        raise FormError("numbers", first.message, line=line, column=column) from None
    networks = [part for part in found.parts.values() if isinstance(part.built, Network)]
    if not networks:
        raise FormError("numbers", "There is no network in this YAML.", hint="Write it under network:.")
    return networks[0]


# -- making the lesson ----------------------------------------------------------------------------------------------


def lesson_text(form: Form, lesson_id: str) -> str:
    """Return the text of the lesson about the form's network.

    Raises:
        FormError: The form is incomplete, or the network cannot be computed.
    """
    spec = read_network(form)
    network = _computed(spec, form)
    document = Document(to_yaml({"network": spec}), "network")
    model = load_text(document, own_lessons() / "network.yaml", sources=True).parts["network"]
    title = " ".join(form.title.split()) or f"Network {sizes_of(network)}"
    return lesson_about(model, title, lesson_id, group=GROUP, practice=False)


def _computed(spec: Mapping[str, object], form: Form) -> Network:
    """Return the described network after computing all its numbers.

    Raises:
        FormError: It is too large, or some number cannot be computed.
    """
    try:
        network = Network.from_spec(spec)
        if max(map(int, sizes_of(network).split("-"))) > MOST_UNITS or len(network.layers) > MOST_LAYERS:
            hint = f"Use at most {MOST_LAYERS} layers of {MOST_UNITS} units."
            raise FormError("numbers", f"{sizes_of(network)} is too large to work by hand.", hint=hint)
        _ = build_graph(network).values
    except NetworkError as error:
        raise FormError(_field_of(error, spec, form), error.message, hint=error.hint) from None
    return network


def _field_of(error: NetworkError, spec: Mapping[str, object], form: Form) -> str:
    place = error.place
    if form.is_yaml or not place:
        return "numbers"
    if place[0] == "layers" and len(place) > 2 and place[2] == "activation":
        layers = spec["layers"]
        assert isinstance(layers, Sequence)
        return "output" if place[1] == len(layers) - 1 else "hidden"
    fields = {"inputs": "inputs", "target": "target", "loss": "loss", "optimizer": "rate"}
    return fields.get(str(place[0]), "numbers")


def what_is_read(form: Form) -> str:
    """Return a line that describes the network in the form.

    Raises:
        FormError: The form is incomplete, or something in it is wrong.
    """
    network = _computed(read_network(form), form)
    parameters = sum(layer.n_units * layer.n_inputs + len(layer.biases) for layer in network.layers)
    said = f"{described(network)}; {counted(parameters, 'parameter')}"
    if len(network.inputs) > 1:
        said += f"; {len(network.inputs)} samples"
    if not form.is_yaml and any(layer.layout == "units_by_inputs" for layer in network.layers):
        said += "; a row of weights is a unit"
    return f"{said}."


def sizes_read(form: Form) -> str:
    """Return the sizes that the numbers have (``3-2-1``); empty if they cannot be read or are YAML."""
    if form.is_yaml:
        return ""
    try:
        return "-".join(map(str, read_parameters(form.numbers, rows=_ROWS.get(form.rows, "")).sizes))
    except Unreadable:
        return ""


# -- random numbers -------------------------------------------------------------------------------------------------


def random_numbers(form: Form, seed: int | None = None) -> Form:
    """Return the form with random tenths as weights and biases, and with inputs and targets if it has none.

    Several networks are drawn; the first without a dead or nearly dead unit is taken, or else the best.

    Raises:
        FormError: The sizes are missing, or the sizes or inputs are wrong.
    """
    sizes = read_sizes(form.sizes)
    if not sizes:
        raise FormError("sizes", "The sizes are missing.", hint="Write inputs, hidden units and outputs: 3-2-1.")
    draw = random.Random(seed)
    best, highest = form, -1.0
    for _ in range(_TRIES):
        drawn = _drawn(form, sizes, draw)
        alive = _liveliness(drawn)
        if alive > highest:
            best, highest = drawn, alive
        if alive >= _LIVELY:
            break
    return best


def _drawn(form: Form, sizes: tuple[int, ...], draw: random.Random) -> Form:
    inputs = form.inputs.strip() or " ".join(f"{value:g}" for value in (INPUTS * MOST_UNITS)[: sizes[0]])
    digits = ("10" if sizes[-1] < 3 else "1" + "0" * MOST_UNITS)[: sizes[-1]]
    target = form.target.strip() or " ".join(digits)
    entering = list(_rows("inputs", inputs, sizes[0])[0])
    lines = []
    for at, units in enumerate(sizes[1:], 1):
        columns = [[draw.choice(TENTHS) for _ in (*entering, "bias")] for _ in range(units)]
        name = form.output if at == len(sizes) - 1 else form.hidden
        columns = [_alive(column, entering, name) for column in columns]
        weights = list(zip(*(column[:-1] for column in columns), strict=True))
        lines.append(numbers_text(at, weights, [column[-1] for column in columns]))
        value = ACTIVATIONS[name].value or float
        entering = [value(_sum(column, entering)) for column in columns]
    return replace(form, numbers="\n".join(lines), inputs=inputs, target=target, rows="inputs")


def _sum(column: Sequence[float], entering: Sequence[float]) -> float:
    """Return a unit's pre-activation; the last number of its column is the bias."""
    return sum(weight * each for weight, each in zip(column, (*entering, 1.0), strict=True))


def _alive(column: list[float], entering: Sequence[float], activation: str) -> list[float]:
    """Return a unit's weights and bias, with their signs reversed if the unit would be dead."""
    is_dead = ACTIVATIONS[activation].clips and _sum(column, entering) < 0
    return [-each for each in column] if is_dead else column


def _liveliness(form: Form) -> float:
    """Return the smallest magnitude of a pre-activation or error signal; 0 if another field is wrong."""
    try:
        graph = build_graph(_computed(read_network(form), form))
    except FormError:
        return 0.0
    kinds = (Kind.PRE_ACTIVATION, Kind.DELTA)
    return min(abs(graph.values[node.name]) for node in graph.nodes.values() if node.kind in kinds)


def numbers_text(at: int, weights: Sequence[Sequence[float]], bias: Sequence[float] | None) -> str:
    """Return a layer's numbers as text that a learner can read and change: ``W1 =`` and its rows, ``b1 =``."""
    rows = [[f"{value:.12g}" for value in row] for row in weights]
    width = max(len(text) for row in rows for text in row)
    lines = [f"W{at} =", *("  " + "  ".join(text.rjust(width) for text in row) for row in rows)]
    if bias is not None:
        lines.append(f"b{at} = " + "  ".join(f"{value:.12g}" for value in bias))
    return "\n".join(lines)


# -- the learner's folder -------------------------------------------------------------------------------------------


def save(form: Form, path: Path | None = None) -> Path:
    """Write the lesson into the learner's folder, or over the file at ``path``, and return its path.

    Raises:
        FormError: The form is incomplete or wrong.
        OSError: The file cannot be written.
    """
    target = path or _free(form.title)
    text = lesson_text(form, target.stem)
    load_text(Document(text, target.name), target)  # never save a lesson that cannot be opened
    write_whole(target, text.encode("utf-8"))
    return target


def _free(title: str) -> Path:
    """Return an unused path for a lesson with this title. Its stem becomes the lesson's id."""
    stem = "own-" + (re.sub(r"[^\w]+", "-", title.casefold()).strip("-_")[:40] or "network")
    return next(path for path in _names(own_lessons(), stem) if not path.exists())


def _names(folder: Path, stem: str) -> Iterator[Path]:
    """Yield ``stem.yaml``, ``stem-2.yaml`` and so on."""
    yield folder / f"{stem}.yaml"
    yield from (folder / f"{stem}-{number}.yaml" for number in count(2))


def form_of(lesson: Lesson) -> Form:
    """Return the form for the network of a saved lesson: its fields, or YAML if the fields cannot hold all of it."""
    model = next(part for part in lesson.parts.values() if isinstance(part.built, Network))
    form = _in_fields(model.spec)
    return replace(form or Form(numbers=to_yaml({"network": model.spec})), title=lesson.title)


def _in_fields(spec: Mapping[str, object]) -> Form | None:
    """Return a network's description as a form; None if the fields cannot hold all of it."""
    optimizer, layers = spec.get("optimizer"), spec.get("layers")
    rate = _rate(optimizer)
    if set(spec) - _IN_FIELDS or rate is None or not isinstance(layers, Sequence):
        return None
    activations, lines = [], []
    for at, layer in enumerate(layers, 1):
        weights, bias = layer.get("weights"), layer.get("bias")
        if not _are_numbers(weights, 2) or not (bias is None or _are_numbers(bias, 1)) or "name" in layer:
            return None
        activations.append(layer.get("activation"))
        lines.append(numbers_text(at, weights, bias))
    inputs, target = _as_text(spec.get("inputs")), _as_text(spec.get("target"))
    hidden = set(activations[:-1])
    names = all(isinstance(name, str) for name in activations)
    if inputs is None or target is None or len(hidden) > 1 or not names:
        return None
    return Form(
        inputs=inputs,
        target=target,
        hidden=hidden.pop() if hidden else "sigmoid",
        output=activations[-1],
        loss=str(spec.get("loss", "half_squared_error")),
        rate=rate,
        numbers="\n".join(lines),
        rows="units" if spec.get("layout") == "units_by_inputs" else "inputs",
    )


def _rate(optimizer: object) -> str | None:
    """Return the learning rate of plain SGD as text, empty without an optimizer; None for any other optimizer."""
    if optimizer is None:
        return ""
    settings = optimizer.get("sgd") if isinstance(optimizer, Mapping) and len(optimizer) == 1 else None
    is_plain = isinstance(settings, Mapping) and set(settings) == {"lr"}
    return f"{settings['lr']:.12g}" if is_plain and isinstance(settings, Mapping) else None


def _are_numbers(value: object, depth: int) -> bool:
    if depth == 0:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, list | tuple) and all(_are_numbers(each, depth - 1) for each in value)


def _as_text(value: object) -> str | None:
    """Return inputs or targets as text to type; None if they are not plain numbers."""
    if value is None:
        return ""
    if _are_numbers(value, 0):
        return f"{value:.12g}"
    for depth, between in ((1, " "), (2, "; ")):
        if _are_numbers(value, depth) and isinstance(value, list | tuple):
            return between.join(_as_text(each) or "" for each in value)
    return None


def write_out(path: Path, folder: Path) -> Path:
    """Copy a saved lesson into a folder, under an unused name, and return its path.

    Raises:
        OSError: It cannot be read or written.
    """
    text = path.read_text("utf-8")
    for target in _names(folder, path.stem.removeprefix("own-") or path.stem):
        with suppress(FileExistsError), target.open("x", encoding="utf-8") as file:
            file.write(text)
            return target
    raise AssertionError("the names never run out")
