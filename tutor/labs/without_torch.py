"""Where PyTorch is not installed: how that is noticed, and what is said instead of a mark."""

from __future__ import annotations

from tutor.labs.explain import Trouble
from tutor.labs.kernel import Kernel
from tutor.lessons.blocks import Lesson

_HOW = (
    "To run it: pip install torch (lesson 7 has the details), or set TUTOR_PYTHON to the Python of an environment that"
    " has it."
)
CELL = f"PyTorch is not installed here, so this is the output as recorded. {_HOW}"
LAB = f"PyTorch is not installed here, so this was not checked and counts for nothing. {_HOW}"


def wants_torch(trouble: Trouble | None) -> bool:
    """Whether a program stopped for want of PyTorch: nothing that a learner could fix in it."""
    return trouble is not None and "No module named 'torch'" in trouble.title


async def lacks_torch(lesson: Lesson, kernel: Kernel, trouble: Trouble | None) -> bool:
    """Whether a cell may have failed because PyTorch, and with it what earlier cells make, is not there."""
    if trouble is None or wants_torch(trouble):
        return trouble is not None
    if "torch" not in lesson.needs:
        return False
    asked = await kernel.run("__import__('importlib.util').util.find_spec('torch') is None")
    return asked.value == "True"
