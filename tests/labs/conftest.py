"""Skips tests that run programs where none may run (as root without isolation), and shares one PyTorch child.

Importing PyTorch takes longer than everything the tests do with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

import pytest

from tutor.labs.checker import Checker
from tutor.labs.kernel import Kernel
from tutor.labs.sandbox.level import level
from tutor.labs.sandbox.limits import Limits
from tutor.paths import shipped_lessons

_RUN_PROGRAMS = (
    "test_kernel", "test_explain", "test_torch_checks", "test_lab", "test_programs", "test_cells",
    "test_wrong_solutions",
)  # fmt: skip
_FORGET = """
import sys
for name in [name for name in globals() if not name.startswith("__") and name != "sys"]:
    del globals()[name]
for finder in sys.meta_path:
    if type(finder).__name__ == "Watcher":
        finder.forget()
if "torch" in sys.modules:
    sys.modules["torch"].set_default_dtype(sys.modules["torch"].float32)
del sys
"""

Value = TypeVar("Value")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if level().can_run:
        return
    skip = pytest.mark.skip(reason="this machine has no means to run a learner's program")
    for item in items:
        if item.path.stem in _RUN_PROGRAMS:
            item.add_marker(skip)


class ReusedKernel(Kernel):
    """A kernel whose restart deletes all names but keeps the process and its imported packages."""

    async def restart(self) -> None:
        await self.start()
        forgotten = await self.run(_FORGET)
        assert forgotten.is_ok, forgotten

    async def close(self) -> None:
        """Keep the child for the next test."""

    async def end(self) -> None:
        await super().close()


class TorchChild:
    """The shared child, a shared process for authors' checks, and the event loop that they belong to."""

    def __init__(self) -> None:
        data = {f"data/{path.name}": path for path in (shipped_lessons() / "data").glob("*.csv")}
        self.kernel = ReusedKernel(files=data, limits=Limits(seconds=60))
        self.checker = Checker(Limits(seconds=60))
        self._runner = asyncio.Runner()

    def run(self, work: Coroutine[Any, Any, Value]) -> Value:
        """Run a coroutine with the child after deleting what earlier tests left in it."""
        self._runner.run(self.kernel.restart())
        return self._runner.run(work)

    def end(self) -> None:
        self._runner.run(self.kernel.end())
        self._runner.run(self.checker.close())
        self._runner.close()


@pytest.fixture(scope="session")
def torch_child() -> Iterator[TorchChild]:
    child = TorchChild()
    yield child
    child.end()
