"""What a PyTorch program did, counted as it runs: optimizers, losses, loaders, steps, backward passes.

PyTorch's classes are wrapped as soon as the learner's own ``import torch`` has run; nothing is imported here. The
wrappers add one Python call to each step, well under a percent of it.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # it takes 6 ms to import, and is needed for nothing else
    from importlib.machinery import ModuleSpec


@dataclass
class Seen:
    """The record of a program; ``clears`` counts ``zero_grad``, ``gradients`` says whether the first step had any,
    ``backwards_first`` how many backward passes came before it, ``reductions`` how each loss adds up, ``loss_rows``
    how many backward passes began at a loss of so many rows (a loss that was calculated with further is not known)."""

    optimizers: list[dict[str, object]] = field(default_factory=list)
    criteria: list[str] = field(default_factory=list)
    loaders: list[dict[str, object]] = field(default_factory=list)
    steps: int = 0
    backwards: int = 0
    clears: int = 0
    gradients: bool = True
    backwards_first: int = 0
    reductions: list[str] = field(default_factory=list)
    loss_rows: dict[int, int] = field(default_factory=dict)

    def plain(self) -> dict[str, object]:
        """As plain data."""
        return asdict(self)


class Watcher:
    """Waits for PyTorch's modules to be imported and wraps what tells how a training goes."""

    def __init__(self) -> None:
        self.seen = Seen()
        self._waiting: dict[str, Callable[[ModuleType], None]] = {
            "torch.optim.optimizer": self._watch_optimizers,
            "torch.nn.modules.loss": self._watch_losses,
            "torch.nn.functional": _watch_loss_functions,
            "torch.utils.data.dataloader": self._watch_loaders,
            "torch._tensor": self._watch_tensors,
        }

    def install(self) -> None:
        """Watch every import from now on."""
        sys.meta_path.insert(0, self)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Leave finding to the others, but have a word with what they found."""
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
        seen = self.seen
        optimizer_class: Any = module.Optimizer
        made, clear = optimizer_class.__init__, optimizer_class.zero_grad

        def init(self: Any, *args: Any, **options: Any) -> None:
            made(self, *args, **options)
            plain = {name: value for name, value in self.defaults.items() if isinstance(value, bool | int | float)}
            seen.optimizers.append({"name": type(self).__name__, "parameters": plain})

        def zero_grad(self: Any, *args: Any, **options: Any) -> None:
            seen.clears += 1
            clear(self, *args, **options)

        def stepped(optimizer: Any, *_: object) -> None:
            if not seen.steps:
                seen.backwards_first = seen.backwards
                seen.gradients = any(p.grad is not None for group in optimizer.param_groups for p in group["params"])
            seen.steps += 1

        optimizer_class.__init__, optimizer_class.zero_grad = init, zero_grad
        module.register_optimizer_step_post_hook(stepped)

    def _watch_losses(self, module: ModuleType) -> None:
        seen = self.seen
        loss_class: Any = module._Loss
        made = loss_class.__init__

        def init(self: Any, *args: Any, **options: Any) -> None:
            made(self, *args, **options)
            seen.criteria.append(type(self).__name__)
            seen.reductions.append(str(getattr(self, "reduction", "mean")))

        loss_class.__init__ = init

    def _watch_loaders(self, module: ModuleType) -> None:
        seen = self.seen
        loader_class: Any = module.DataLoader
        made = loader_class.__init__

        def init(self: Any, *args: Any, **options: Any) -> None:
            made(self, *args, **options)
            try:
                batches = len(self)
            except TypeError:  # an endless stream has no length
                batches = 0
            seen.loaders.append({"batch_size": self.batch_size, "batches": batches})

        loader_class.__init__ = init

    def _watch_tensors(self, module: ModuleType) -> None:
        seen = self.seen
        tensor_class: Any = module.Tensor
        backward = tensor_class.backward

        def counted(self: Any, *args: Any, **options: Any) -> Any:
            seen.backwards += 1
            if (rows := getattr(self, _ROWS, None)) is not None:
                seen.loss_rows[rows] = seen.loss_rows.get(rows, 0) + 1
            return backward(self, *args, **options)

        tensor_class.backward = counted


_ROWS = "_tutor_rows"


def _watch_loss_functions(module: ModuleType) -> None:
    """Have each loss remember of how many rows it was taken; the loss classes call these functions too."""
    for name, function in list(vars(module).items()):
        if callable(function) and (name.endswith("_loss") or "cross_entropy" in name):
            setattr(module, name, _remembering_rows(function))


def _remembering_rows(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def loss(*args: Any, **options: Any) -> Any:
        found = function(*args, **options)
        with suppress(Exception):  # whatever it was given: the record must not change what it does
            setattr(found, _ROWS, len(args[0] if args else options["input"]))
        return found

    return loss


def _after_load(loader: Any, act: Callable[[ModuleType], None]) -> None:
    """Have ``act`` called with the module once its loader has executed it."""
    execute = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        execute(module)
        with suppress(AttributeError):  # a PyTorch without this class: its check says that it saw none
            act(module)

    loader.exec_module = exec_module
