"""Leave PyTorch's compiler unloaded while nothing is compiled, because loading it takes most of a second.

PyTorch's optimizers load it (``torch._dynamo``) when one is made and at each step, only to tell it not to compile them.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])

_OF_EVERY_OPTIMIZER = ("add_param_group", "zero_grad", "state_dict", "load_state_dict")


def leave_unloaded(module: ModuleType) -> None:
    """Let the optimizers of ``torch.optim`` work without the compiler, as long as the program does not load it.

    Methods that this version of PyTorch defines in another way are left as they are.
    """
    for kind in [each for each in vars(module).values() if isinstance(each, type)]:
        for name in (*_OF_EVERY_OPTIMIZER, "step"):
            method = vars(kind).get(name)
            inner = getattr(method, "__wrapped__", None)  # without what loads the compiler
            if inner is not None:
                setattr(kind, name, _unless_loaded(method, _without_gradients(inner) if name == "step" else inner))


def not_compiled(function: Function) -> Function:
    """Have PyTorch's compiler call a function instead of compiling it, for which it would import this module by name.

    As in ``torch.compiler.disable``, which would load the compiler.
    """
    function._torchdynamo_disable = True  # type: ignore[attr-defined]
    return function


def _unless_loaded(method: Any, plain: Any) -> Callable[..., Any]:
    """Return a method that calls ``plain``, or ``method`` if the compiler was loaded."""

    @functools.wraps(method)
    def chosen(*args: Any, **options: Any) -> Any:
        return (plain if sys.modules.get("torch._dynamo") is None else method)(*args, **options)

    return not_compiled(chosen)


def _without_gradients(step: Any) -> Callable[..., Any]:
    """Return a step that records no gradients unless the optimizer is differentiable, as PyTorch's decorator does."""

    @functools.wraps(step)
    def quiet(optimizer: Any, *args: Any, **options: Any) -> Any:
        torch: Any = sys.modules["torch"]
        with torch.set_grad_enabled(optimizer.defaults.get("differentiable", False)):
            return step(optimizer, *args, **options)

    return quiet
