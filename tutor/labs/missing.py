"""Detect programs that stop because a package is not installed, and say so in place of a mark."""

from __future__ import annotations

import re

from tutor.labs.explain import Trouble
from tutor.labs.extras import EXTRAS, Extra
from tutor.labs.kernel import Kernel
from tutor.lessons.blocks import Lesson


def missing_in(trouble: Trouble | None) -> Extra | None:
    """Return the extra whose absence stopped a program (nothing that a learner could fix in it), or None."""
    found = re.search(r"No module named '(\w+)[.']", trouble.title) if trouble is not None else None
    return EXTRAS.get(found[1]) if found is not None else None


async def missing(lesson: Lesson, kernel: Kernel, trouble: Trouble | None) -> Extra | None:
    """Return the missing extra because of which a cell may have failed, or None.

    Names that earlier cells would have made with it are missing too, so its own name need not be in the exception.
    """
    if trouble is None or (found := missing_in(trouble)):
        return found if trouble is not None else None
    for extra in (EXTRAS[name] for name in lesson.needs if name in EXTRAS):
        asked = await kernel.run(f"__import__('importlib.util').util.find_spec({extra.module!r}) is None")
        if asked.value == "True":
            return extra
    return None


def sentence(extra: Extra, *, is_lab: bool, is_recorded: bool, how: str, command: str) -> str:
    """Return the text below a program that could not run. ``how`` says how to install the extra from here."""
    instead = "this was not checked and does not count" if is_lab else "this cell did not run"
    shown = "; this is the output as recorded" if is_recorded else ""
    return f"{extra.title} is not installed here, so {instead}{shown}. {how} In a terminal:\n{command}"
