"""The Python interface: ``import tutor`` in a notebook, a script or a test.

net = tutor.network("mine.yaml")
net.solve()["Z1"]
net.mark({"Z1": "-0.7"})["Z1"].verdict
net.derive("delta1")

These classes are stable; the modules that they use may change.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tutor.errors import TutorError

if TYPE_CHECKING:
    from tutor.authoring.sheet import Sheet
    from tutor.engines.sympy import Derivation as _Derivation
    from tutor.lessons import Lesson
    from tutor.marking import Mark

_TORCH_LOSSES = {
    "MSELoss": ("mse", ""),
    "BCELoss": ("binary_cross_entropy", ""),
    "BCEWithLogitsLoss": ("binary_cross_entropy", "sigmoid"),
    "CrossEntropyLoss": ("cross_entropy", "softmax"),
}


class Numbers(Mapping[str, float]):
    """The numbers of all quantities by name; a vector or matrix is a nested list.

    Any spelling of a name is accepted: ``numbers["delta1"]``, ``numbers["δ1"]``, ``numbers["hidden.W"]``.
    """

    def __init__(self, lesson: Lesson, of: str, values: Mapping[str, float]) -> None:
        self._graph = lesson.graph(of)
        self._values = dict(values)

    def __getitem__(self, name: str) -> Any:
        """Return a number, or nested lists of numbers.

        Raises:
            QuantityError: There is no such quantity; the error names the nearest one.
        """
        asked = self._graph.quantity(name)
        cells = [self._values[cell] for cell in asked.cells]
        if asked.is_number:
            return cells[0]
        width = asked.shape[-1]
        return cells if len(asked.shape) == 1 else [cells[at : at + width] for at in range(0, len(cells), width)]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._graph.canonical(name) is not None

    def __repr__(self) -> str:
        return "\n".join(f"{self._graph.notation.text(name)} = {value:.6g}" for name, value in self._values.items())


class Derivation:
    """A quantity's derivation, line by line; a notebook shows it as typeset mathematics."""

    def __init__(self, found: _Derivation) -> None:
        #: For each line its explanation, its LaTeX, and its formula as text.
        self.steps: tuple[tuple[str, str, str], ...] = tuple((each.what, each.latex, each.text) for each in found.steps)
        self.value = found.value

    def _repr_latex_(self) -> str:
        lines = r" \\ ".join(latex for _, latex, _ in self.steps)
        return rf"$\displaystyle \begin{{gathered}} {lines} \end{{gathered}}$"

    def __repr__(self) -> str:
        return "\n".join(f"{what}\n    {text}" for what, _, text in self.steps)


class Worksheet:
    """A sheet of exercises: ``str`` gives Markdown, a notebook shows a page."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    def _repr_html_(self) -> str:
        from tutor.authoring.sheet_html import as_html

        return f'<iframe srcdoc="{html.escape(as_html(self._sheet))}" style="width:100%;height:40em"></iframe>'

    def __str__(self) -> str:
        from tutor.authoring.render import as_markdown

        return as_markdown(self._sheet)

    __repr__ = __str__


class Network:
    """A network or worksheet with its numbers."""

    def __init__(self, lesson: Lesson, of: str = "") -> None:
        """``of`` names the network where the lesson has several.

        Raises:
            TutorError: There is no such network, or there are several and ``of`` is empty.
        """
        if not lesson.parts:
            raise TutorError(f"{lesson.path} has no network and no worksheet.")
        if not of and len(lesson.parts) > 1:
            raise TutorError(f"There are several networks: {', '.join(lesson.parts)}.", hint="Name one with of=.")
        if of and of not in lesson.parts:
            raise TutorError(f"There is no network {of!r}.", hint=f"There are {', '.join(lesson.parts)}.")
        self.of = of or next(iter(lesson.parts))
        self._lesson = lesson

    @classmethod
    def from_spec(cls, spec: Mapping[str, object]) -> Network:
        """Return a network from a description, as a lesson's file has it under ``network:``.

        Raises:
            LessonProblems: The description is wrong; the error lists every problem.
        """
        from tutor.authoring.yaml_text import to_yaml
        from tutor.lessons.loader import load_text
        from tutor.lessons.yaml.document import Document

        text = to_yaml({"network": spec})
        return cls(load_text(Document(text, "network"), Path("network.yaml"), sources=True))

    @classmethod
    def from_torch(cls, model: Any, x: Any, y: Any, *, loss: Any = None, optimizer: Any = None) -> Network:
        """Return a network from a PyTorch model: a sequence of ``Linear`` layers, each with an activation or none.

        ``x`` and ``y`` are tensors, arrays or lists: one sample, or a batch with one row per sample. ``loss`` is a loss
        of ``torch.nn`` (default: ``MSELoss``), ``optimizer`` an optimizer of ``torch.optim``. A loss that takes logits
        also sets the activation of the last layer.

        Raises:
            TutorError: The tutor does not know a part of it.
        """
        loss_name, output = _loss(loss)
        layers = list(_layers(model))
        if output and layers:
            if layers[-1]["activation"] != "linear":
                raise TutorError(f"{type(loss).__name__} takes logits; leave the last activation out.")
            layers[-1]["activation"] = output
        spec: dict[str, object] = {"layout": "units_by_inputs", "layers": layers, **loss_name}
        spec |= {"inputs": _plain(x), "target": _plain(y)}
        if optimizer is not None:
            spec["optimizer"] = _optimizer(optimizer)
        return cls.from_spec(spec)

    def solve(self) -> Numbers:
        """Return the numbers of all quantities, computed by the NumPy engine."""
        graph = self._lesson.graph(self.of)
        return Numbers(self._lesson, self.of, graph.values)

    def mark(self, answers: Mapping[str, str | float | Sequence[Any]]) -> dict[str, Mark]:
        """Return the mark of each answer by its quantity, in the order given.

        An answer that follows correctly from an earlier wrong one is marked as such.

        Raises:
            QuantityError: There is no such quantity.
        """
        from tutor.marking import Marker

        marker = Marker(self._lesson.graph(self.of))
        own: dict[str, Any] = {}
        found: dict[str, Mark] = {}
        for name, answer in answers.items():
            typed: Any = answer if isinstance(answer, str | list | tuple) else str(answer)
            found[name] = marker.mark(name, typed, own=own)
            own.update(found[name].own)
        return found

    def derive(self, quantity: str) -> Derivation:
        """Return a quantity's derivation. Loads SymPy.

        Raises:
            QuantityError: There is no such quantity.
        """
        from tutor.engines.sympy import derive

        return Derivation(derive(self._lesson.graph(self.of), quantity))

    def worksheet(self, *, worked: bool = False) -> Worksheet:
        """Return a sheet with every quantity as an exercise; with ``worked`` it includes the answers."""
        from dataclasses import replace

        from tutor.authoring.sheet import make_sheet

        only = replace(self._lesson, form="network", screens=(), parts={self.of: self._lesson.parts[self.of]})
        return Worksheet(make_sheet(only, worked=worked))

    def lesson(self, path: Path | str, *, title: str = "By hand") -> Path:
        """Write a lesson that asks for every quantity of the network, as a starting point for an author.

        Return its path.

        Raises:
            FileExistsError: The file exists already.
        """
        from tutor.authoring.network_lesson import lesson_about
        from tutor.lessons.lesson_files import lesson_id

        file = Path(path)
        text = lesson_about(self._lesson.parts[self.of], title, lesson_id(file)[1])
        with file.open("x", encoding="utf-8") as opened:
            opened.write(text)
        return file

    def __repr__(self) -> str:
        return f"<tutor.Network {self.of}: {len(self._lesson.graph(self.of).nodes)} numbers>"


def network(which: Path | str, *, of: str = "") -> Network:
    """Return the network or worksheet of a file (``mine.yaml``, ``mine.yaml#17``), or of a lesson of the course by its
    id.

    Raises:
        TutorError: There is none, or there are several and ``of`` is empty.
    """
    from tutor.authoring.opening import open_file

    return Network(open_file(str(which)), of)


# -- PyTorch --------------------------------------------------------------------------------------------------------


def _layers(model: Any) -> Iterator[dict[str, object]]:
    """Yield the layers of a model as a lesson describes them."""
    parts = [part for part in model.modules() if not list(part.children())]
    made: dict[str, object] | None = None
    for part in parts:
        kind = type(part).__name__
        if kind == "Linear":
            if made is not None:
                yield made
            made = {"weights": _plain(part.weight), "activation": "linear"}
            if part.bias is not None:
                made["bias"] = _plain(part.bias)
        elif made is not None and made["activation"] == "linear" and (activation := _activation(part)) is not None:
            made["activation"] = activation
        else:
            raise TutorError(
                f"The tutor knows no {kind} here.", hint="It takes Linear layers and activations in a row."
            )
    if made is None:
        raise TutorError("The model has no Linear layer.")
    yield made


def _activation(part: Any) -> object:
    """Return an activation module as a lesson describes it, or None for any other module.

    Raises:
        TutorError: The module has options that the tutor does not know.
    """
    from tutor.functions import ACTIVATIONS

    kind = type(part).__name__
    entry = next((each for each in ACTIVATIONS.values() if each.torch_module == kind), None)
    if entry is None:
        return None
    if entry.torch_fixed is not None and getattr(part, entry.torch_fixed[0]) != entry.torch_fixed[1]:
        raise TutorError(f"The tutor knows {kind} with its default options only.")
    if entry.parameter is not None and entry.torch_parameter:
        return {entry.name: {entry.parameter[0]: float(getattr(part, entry.torch_parameter))}}
    return entry.name


def _loss(loss: Any) -> tuple[dict[str, object], str]:
    """Return the loss as a lesson describes it, and the output activation that it includes (may be empty)."""
    if loss is None:
        return {"loss": "mse"}, ""
    kind = type(loss).__name__
    odd = (
        getattr(loss, "weight", None) is not None
        or getattr(loss, "pos_weight", None) is not None
        or bool(getattr(loss, "label_smoothing", False))
    )
    if kind not in _TORCH_LOSSES or odd or loss.reduction not in ("mean", "sum"):
        raise TutorError(f"The tutor knows no {loss}.", hint=f"It takes {', '.join(_TORCH_LOSSES)} without weights.")
    name, output = _TORCH_LOSSES[kind]
    return {"loss": name, "reduction": loss.reduction}, output


def _optimizer(optimizer: Any) -> dict[str, object]:
    from tutor.functions import OPTIMIZERS

    kind = type(optimizer).__name__
    entry = next((each for each in OPTIMIZERS.values() if each.torch == kind), None)
    if entry is None or len(optimizer.param_groups) != 1:
        raise TutorError(f"The tutor knows no {kind} like this.", hint="It takes one group of parameters.")
    group = dict(optimizer.param_groups[0])
    if "betas" in group:
        group["beta1"], group["beta2"] = group["betas"]
    settings = {key: group[key] for key in entry.parameters if key in group}
    return {entry.name: {key: value if isinstance(value, bool) else float(value) for key, value in settings.items()}}


def _plain(value: Any) -> Any:
    """Return a tensor, an array or lists as nested lists; 32-bit numbers are rounded to the seven digits they hold."""
    is_single = "float32" in str(getattr(value, "dtype", ""))
    value = value.detach() if hasattr(value, "detach") else value
    value = value.tolist() if hasattr(value, "tolist") else value

    def plain(each: Any) -> Any:
        if isinstance(each, list | tuple):
            return [plain(one) for one in each]
        return float(f"{each:.7g}") if is_single else each

    return plain(value)
