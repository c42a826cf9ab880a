"""Record what a PyTorch program does while it runs: optimizers, losses, batches, steps, layers used.

PyTorch's classes are wrapped as soon as the learner's ``import torch`` has run; this module does not import it. The
record does not depend on names, so a program may do its work in functions and classes.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import FrameType, ModuleType
from typing import TYPE_CHECKING, Any

from tutor.labs.sandbox.inside.calculation import layers_and_leaves
from tutor.labs.sandbox.inside.compiler import leave_unloaded, not_compiled
from tutor.labs.sandbox.inside.failure import is_learners

if TYPE_CHECKING:  # importing it takes 6 ms
    from importlib.machinery import ModuleSpec

_MOST_STEPS = 20_000
_MOST_MARKS = 2_000
_MOST_ROWS = 2_000
_MOST_CELLS = 1 << 20
_MOST_COLUMNS = 100
_MOST_MADE = 8
_MOST_GRADIENTS = 50


class Seen:
    """The record of a program.

    ``optimizers``, ``criteria``, ``reductions`` and ``loaders`` hold the last few that were made, ``optimizers_made``
    counts all. ``losses``, ``rows`` and ``order`` have an entry for each backward pass, up to a limit: the loss, the
    number of its rows (0: not known), and a number that identifies its batch. ``stale`` counts the backward passes that
    added to gradients which a step had used already. ``gradients`` says whether the first step had any,
    ``backwards_first`` how many backward passes came before it. ``layers`` are the layers that the prediction used,
    ``leaves`` counts its parameters, and ``left_out`` those that the optimizer does not have. ``axes`` are the numbers
    of axes of the first prediction and of its target. ``inputs`` and ``targets`` are statistics of the first rows that
    training saw: their number, each column's mean and standard deviation.
    """

    def __init__(self) -> None:
        self.optimizers: list[dict[str, object]] = []
        self.optimizers_made = 0
        self.criteria: list[str] = []
        self.reductions: list[str] = []
        self.loaders: list[dict[str, object]] = []
        self.steps = 0
        self.backwards = 0
        self.stale = 0
        self.gradients = True
        self.backwards_first = 0
        self.losses: list[float] = []
        self.rows: list[int] = []
        self.order: list[float] = []
        self.layers: list[dict[str, object]] = []
        self.leaves = 0
        self.left_out = 0
        self.axes: list[int] = []
        self.inputs: dict[str, object] | None = None
        self.targets: dict[str, object] | None = None


class _Batch:
    """What the last loss was calculated from."""

    def __init__(self, rows: int, inputs: Any, prediction: Any, target: Any) -> None:
        self.rows, self.inputs, self.prediction, self.target = rows, inputs, prediction, target


class Watcher:
    """Waits until PyTorch's modules are imported and wraps the classes and functions that a training uses.

    ``names`` are the variables of the learner's functions and objects in which the training runs.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, Callable[[ModuleType], None]] = {
            "torch.optim": leave_unloaded,
            "torch.optim.optimizer": self._watch_optimizers,
            "torch.nn.modules.loss": self._watch_losses,
            "torch.nn.functional": self._watch_functions,
            "torch.utils.data.dataloader": self._watch_loaders,
            "torch._tensor": self._watch_tensors,
        }
        self.forget()

    def forget(self) -> None:
        """Begin a new record."""
        self.seen = Seen()
        self.names: dict[str, object] = {}
        self._inputs: Any = None
        self._batch: _Batch | None = None
        self._leaves: list[Any] = []
        self._probe: Any = None
        self._stepper: Any = None
        self._known_optimizers = 0
        self._has_stepped = False
        self._kept: dict[str, list[Any]] = {"inputs": [], "targets": []}
        self._rows = {"inputs": 0, "targets": 0}
        self._gradients: dict[int, tuple[Any, Any]] = {}

    def plain(self) -> dict[str, object]:
        """Return the record as plain data."""
        for name, batches in self._kept.items():
            with suppress(Exception):  # batches of other shapes
                setattr(self.seen, name, _columns(batches))
        return vars(self.seen).copy()

    def gradient(self, tensor: object) -> Any:
        """Return the gradient that the last backward pass left in ``tensor``, or None if none was recorded."""
        found = self._gradients.get(id(tensor))
        return found[1] if found is not None and found[0] is tensor else None

    def install(self) -> None:
        """Watch every import from now on."""
        sys.meta_path.insert(0, self)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Let the other finders find a module, and wrap it once it is loaded."""
        act = self._waiting.get(fullname)
        if act is None:
            return None
        for finder in sys.meta_path:
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(fullname, path, target)
            if spec is not None and spec.loader is not None:
                _after_load(spec.loader, act)
                return spec
        return None

    def _watch_optimizers(self, module: ModuleType) -> None:
        optimizer_class: Any = module.Optimizer
        made = optimizer_class.__init__

        def init(optimizer: Any, *args: Any, **options: Any) -> None:
            made(optimizer, *args, **options)
            plain = {name: value for name, value in optimizer.defaults.items() if isinstance(value, bool | int | float)}
            self.seen.optimizers_made += 1
            _keep(self.seen.optimizers, {"name": type(optimizer).__name__, "parameters": plain})

        optimizer_class.__init__ = init
        module.register_optimizer_step_post_hook(not_compiled(lambda optimizer, *_: self._stepped(optimizer)))

    def _stepped(self, optimizer: Any) -> None:
        seen = self.seen
        if optimizer is not self._stepper or _is_power_of_two(seen.steps):
            parameters = [each for group in optimizer.param_groups for each in group["params"]]
            with_gradient = [each for each in parameters if has_gradient(each)]
            if not seen.steps:
                seen.backwards_first = seen.backwards
                seen.gradients = bool(with_gradient)
            self._stepper, self._probe = optimizer, with_gradient[-1] if with_gradient else None
            known = {id(each) for each in parameters}
            seen.left_out = sum(id(leaf) not in known for leaf in self._leaves)
        seen.steps += 1
        self._has_stepped = True

    def _watch_losses(self, module: ModuleType) -> None:
        loss_class: Any = module._Loss
        made = loss_class.__init__

        def init(criterion: Any, *args: Any, **options: Any) -> None:
            made(criterion, *args, **options)
            _keep(self.seen.criteria, type(criterion).__name__)
            _keep(self.seen.reductions, str(getattr(criterion, "reduction", "mean")))

        loss_class.__init__ = init

    def _watch_functions(self, module: ModuleType) -> None:
        """Record the input of the first layer, and the arguments of each loss; the classes call these functions too."""
        linear: Any = module.linear

        @functools.wraps(linear)
        def noted(given: Any, *args: Any, **options: Any) -> Any:
            if not given.requires_grad:
                self._inputs = given
            return linear(given, *args, **options)

        module.linear = noted  # type: ignore[attr-defined]
        for name, function in list(vars(module).items()):
            if callable(function) and (name.endswith("_loss") or "cross_entropy" in name):
                setattr(module, name, self._recording(function))

    def _recording(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def loss(*args: Any, **options: Any) -> Any:
            found = function(*args, **options)
            with suppress(Exception):  # whatever the arguments: recording must not change the behaviour
                prediction = args[0] if args else options["input"]
                target = args[1] if len(args) > 1 else options["target"]
                if not prediction.requires_grad:  # some programs pass the target first
                    prediction, target = target, prediction
                if found.requires_grad:
                    self._batch = _Batch(len(prediction), self._inputs, prediction, target)
                    setattr(found, _BATCH, self._batch)
            return found

        return loss

    def _watch_loaders(self, module: ModuleType) -> None:
        loader_class: Any = module.DataLoader
        made = loader_class.__init__

        def init(loader: Any, *args: Any, **options: Any) -> None:
            made(loader, *args, **options)
            try:
                batches, rows = len(loader), len(loader.dataset)
            except TypeError:  # an endless stream has no length
                batches = rows = 0
            _keep(self.seen.loaders, {"batch_size": loader.batch_size, "batches": batches, "rows": rows})

        loader_class.__init__ = init

    def _watch_tensors(self, module: ModuleType) -> None:
        tensor_class: Any = module.Tensor
        backward = tensor_class.backward

        def counted(tensor: Any, *args: Any, **options: Any) -> Any:
            old = None
            with suppress(Exception):  # recording must not change the behaviour
                old = self._old_gradient()
                self._note_backward(tensor, sys._getframe(1))
            result = backward(tensor, *args, **options)
            if old is not None and not bool((self._probe.grad == old).all()):
                self.seen.stale += 1
            if not self.seen.optimizers_made and len(self._leaves) <= _MOST_GRADIENTS:
                for leaf in self._leaves:
                    if leaf.grad is not None:
                        self._gradients[id(leaf)] = (leaf, leaf.grad.detach().clone())
            return result

        tensor_class.backward = counted

    def _old_gradient(self) -> Any:
        """Return the gradient of one parameter that the last step has used, or None if it was cleared."""
        has_stepped, self._has_stepped = self._has_stepped, False
        return self._probe.grad.clone() if has_stepped and has_gradient(self._probe) else None

    def _note_backward(self, loss: Any, frame: FrameType) -> None:
        seen = self.seen
        seen.backwards += 1
        batch = getattr(loss, _BATCH, None) or self._batch
        self._batch = None
        if (
            _is_power_of_two(seen.backwards)
            or not seen.optimizers_made
            or seen.optimizers_made != self._known_optimizers
        ):
            self._known_optimizers = seen.optimizers_made
            self.names = _variables(frame)
            seen.layers, self._leaves = layers_and_leaves(batch.prediction if batch is not None else loss)
            seen.leaves = len(self._leaves)
        if len(seen.losses) < _MOST_STEPS:
            seen.losses.append(float(f"{float(loss.detach()):.8g}") if loss.numel() == 1 else 0.0)
            seen.rows.append(batch.rows if batch is not None else 0)
        if len(seen.order) < _MOST_MARKS:
            seen.order.append(_fingerprint(batch))
        if batch is not None:
            seen.axes = seen.axes or [batch.prediction.dim(), batch.target.dim()]
            self._keep_rows("inputs", batch.inputs)
            self._keep_rows("targets", batch.target)

    def _keep_rows(self, name: str, table: Any) -> None:
        kept, rows = self._kept[name], self._rows[name]
        if table is not None and rows < _MOST_ROWS and table.numel() * (len(kept) + 1) < _MOST_CELLS:
            kept.append(table.detach().clone())
            self._rows[name] = rows + len(table)


_BATCH = "_tutor_batch"


def has_gradient(tensor: Any) -> bool:
    """Return whether a tensor has a gradient that is not 0 everywhere."""
    gradient = getattr(tensor, "grad", None)
    return gradient is not None and bool(gradient.any())


def _is_power_of_two(number: int) -> bool:
    return number & (number - 1) == 0


def _keep(made: list[Any], new: Any) -> None:
    made.append(new)
    del made[:-_MOST_MADE]


def _variables(frame: FrameType | None) -> dict[str, object]:
    """Return the variables of the learner's running functions and their objects; inner functions take precedence."""
    found: dict[str, object] = {}
    while frame is not None:
        if is_learners(frame) and frame.f_code.co_name != "<module>":
            owner = frame.f_locals.get("self")
            inside = {**vars(owner), **frame.f_locals} if hasattr(owner, "__dict__") else frame.f_locals
            found = {**{name: value for name, value in inside.items() if not name.startswith("_")}, **found}
        frame = frame.f_back
    return found


def _fingerprint(batch: _Batch | None) -> float:
    """Return a number that differs between batches of different rows."""
    if batch is None:
        return 0.0
    table = batch.inputs if batch.inputs is not None else batch.target
    return round(float(table.detach().double().sum()), 6)


def _columns(batches: list[Any]) -> dict[str, object] | None:
    if not batches:
        return None
    torch: Any = sys.modules["torch"]
    rows = torch.cat([batch.reshape(len(batch), -1) for batch in batches]).double()[:, :_MOST_COLUMNS]
    return {"rows": len(rows), "means": rows.mean(0).tolist(), "deviations": rows.std(0, correction=0).tolist()}


def _after_load(loader: Any, act: Callable[[ModuleType], None]) -> None:
    """Call ``act`` with the module once its loader has executed it."""
    execute = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        execute(module)
        with suppress(AttributeError):  # this PyTorch lacks the class; the check will report that it saw none
            act(module)

    loader.exec_module = exec_module
