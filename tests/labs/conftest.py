"""Where a program may not be run at all (root with nothing to isolate it), what runs one is skipped."""

from __future__ import annotations

import pytest

from tutor.labs.level import level

_RUN_PROGRAMS = ("test_kernel", "test_explain", "test_torch_checks", "test_lab", "test_programs", "test_cells")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if level().can_run:
        return
    skip = pytest.mark.skip(reason="this machine has no means to run a learner's program")
    for item in items:
        if item.path.stem in _RUN_PROGRAMS:
            item.add_marker(skip)
