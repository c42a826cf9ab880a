"""Lint for a lesson's models: dead units, a δ that is not the gradient, engines that disagree."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from contextlib import suppress

from tutor.authoring.lint_context import Subject
from tutor.errors import FormulaError, TutorError
from tutor.formulas import left_out, scalarise, text, walk
from tutor.formulas.tree import Call, Setting
from tutor.formulas.wording import counted
from tutor.functions import ACTIVATIONS
from tutor.lessons.blocks import Derive, Model
from tutor.network import Kind, Network, Worksheet

_WITH_WINDOWS = frozenset({"conv", "maxpool", "avgpool"})
_BACKWARD = frozenset({Kind.DELTA, Kind.GRADIENT, Kind.UPDATED, Kind.MEMORY, Kind.FACTOR})


MOST_FOR_SYMPY = 1_500
"""The largest number of quantities for which SymPy is asked: it takes milliseconds for each, and a model worked by hand
has a few hundred at most."""


class TorchNumbers:
    """PyTorch's values for the models of several lessons, computed in one process in the background."""

    def __init__(self, subjects: Sequence[Subject], pool: Executor) -> None:
        models = [model for subject in subjects for model in subject.lesson.parts.values()]
        self._places = {id(model): place for place, model in enumerate(models)}
        self._asked = pool.submit(_torch_values_of, models)

    def of(self, model: Model) -> Mapping[str, object]:
        """Return the values of one model, by name.

        Raises:
            CrosscheckError: PyTorch cannot compute this model.
        """
        from tutor.engines.torch import torch_values

        with suppress(TutorError):
            return self._asked.result()[self._places[id(model)]]
        return torch_values(model.built, model.graph.steps)  # one model failed, so the others have no values either


def _torch_values_of(models: Sequence[Model]) -> Sequence[Mapping[str, object]]:
    from tutor.engines.torch import torch_values_of

    return torch_values_of([(model.built, model.graph.steps) for model in models]) if models else []


def check_models(subject: Subject, torch: TorchNumbers | None) -> None:
    """Check every network and worksheet of the lesson; without ``torch``, PyTorch is not compared."""
    for model in subject.lesson.parts.values():
        if isinstance(model.built, Network):
            _dead_units(subject, model, model.built)
            _convention(subject, model, model.built)
        else:
            _left_out_cells(subject, model)
        _engines(subject, model, torch)


def _dead_units(subject: Subject, model: Model, network: Network) -> None:
    """Warn about units that are 0 for every sample in the first training step."""
    for place, layer in enumerate(network.layers):
        if not ACTIVATIONS[layer.activation.name].clips:
            continue
        for unit in network.unit_numbers(place):
            sums = [
                value
                for name, value in model.graph.values.items()
                if (node := model.graph.nodes[name]).kind is Kind.PRE_ACTIVATION
                and node.unit == unit
                and node.step == 1
            ]
            if sums and all(value <= 0 for value in sums):
                what = "every sample" if network.is_batch else "this sample"
                message = (
                    f"Unit {unit} is dead: Z{unit} is not above 0 for {what}, so nothing that leads to it can learn."
                )
                subject.on_model("dead-unit", model, message)


def _convention(subject: Subject, model: Model, network: Network) -> None:
    if network.follows_loss:
        return
    asked = [item for item in subject.lesson.asked() if item.of == model.name]
    if not any(item.quantity.kind in _BACKWARD for item in asked):
        return
    output = network.layers[-1].activation.name
    message = (
        f"With error_signal: difference, δ = ŷ − y is not the gradient of {network.loss} for a {output} output; "
        "the screen says 'direction' where it would say gradient."
    )
    subject.on_model("convention", model, message, "error_signal")


def _left_out_cells(subject: Subject, model: Model) -> None:
    """Warn about windows that do not reach the last rows or columns of their input."""
    graph = model.graph
    arrays = {name: graph.array_cells(array) for name, array in graph.arrays.items()}
    assert isinstance(model.built, Worksheet)
    for step in model.built.steps:
        formula = graph.array_formulas[step]
        calls = [part for part in walk(formula) if isinstance(part, Call) and part.function in _WITH_WINDOWS]
        for call in calls:
            inputs = [part for part in call.arguments if not isinstance(part, Setting)]
            settings = {part.name: part.sizes for part in call.arguments if isinstance(part, Setting)}
            try:
                shapes = tuple(scalarise(part, arrays).shape for part in inputs)
            except FormulaError:
                continue  # it contains a derivative, whose shape is that of a step checked by itself
            sides = zip(left_out(call.function, shapes, settings), ("row", "column"), strict=True)
            lost = [counted(count, side) for count, side in sides if count]
            if lost:
                message = (
                    f"{text(call, graph.notation)} leaves out {' and '.join(lost)} at the end, which fill no window."
                )
                subject.on_model("left-out-cells", model, message, "steps", step)


# -- three engines ----------------------------------------------------------------------------------------------------


def _engines(subject: Subject, model: Model, torch: TorchNumbers | None) -> None:
    """Compare the values of the formulas, SymPy and PyTorch with NumPy's, and check every derivation shown."""
    from tutor.engines.sympy import MOST_WORKED_OUT, sympy_values

    graph = model.graph
    try:
        _compare(subject, model, "The formula", graph.evaluate())
        parts = sum(1 for node in graph.nodes.values() if node.formula is not None for _ in walk(node.formula))
        if len(graph.nodes) > MOST_FOR_SYMPY:
            many = f"{model.name} has {len(graph.nodes):,} quantities"
            subject.notes.append(f"{many}; above {MOST_FOR_SYMPY:,} SymPy is not asked for its numbers.")
        elif parts > MOST_WORKED_OUT:
            many = f"the formulas of {model.name} have {parts:,} names, numbers and operations"
            subject.notes.append(f"{many}; above {MOST_WORKED_OUT:,} SymPy is not asked for its numbers.")
        else:
            _compare(subject, model, "SymPy", sympy_values(model.built, graph.steps))
        _derivations(subject, model)
        if torch is not None:
            _compare(subject, model, "PyTorch", torch.of(model))
    except TutorError as error:
        subject.on_model("engines-disagree", model, f"This cannot be worked out: {error}")


def _derivations(subject: Subject, model: Model) -> None:
    """Warn if a derivation that the learner may see does not end in the quantity's value, where SymPy gives one."""
    from tutor.engines.sympy import derive

    names = {item.quantity.name for item in subject.lesson.asked() if item.of == model.name}
    for block in subject.lesson.blocks:
        if isinstance(block, Derive):
            names.update(reference.name for reference in block.references if reference.of == model.name)
    for name in sorted(names):
        true = [model.graph.values[cell] for cell in model.graph.quantity(name).cells]
        derived = derive(model.graph, name).numbers
        same = len(derived) == len(true) and all(map(_is_close, true, derived))
        if derived and not same and not any(map(math.isnan, true)):
            subject.on_model("engines-disagree", model, f"The derivation of {name} does not end in its value.")


def _is_close(left: float, right: float) -> bool:
    return math.isclose(left, right, rel_tol=1e-6, abs_tol=1e-8)


def _compare(subject: Subject, model: Model, engine: str, values: Mapping[str, object]) -> None:
    for name, true in model.graph.values.items():
        other = values.get(name)
        if not isinstance(other, int | float) or math.isnan(true):
            continue
        if not _is_close(true, float(other)):
            message = f"{engine} gives {float(other):.9g} for {name}, and NumPy {true:.9g}."
            subject.on_model("engines-disagree", model, message)
            return
