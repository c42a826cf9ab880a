"""A lab, run: the learner's program in a fresh box, then every check on what it left.

result = run_lab(lab, source, lesson=lesson)          # waits
result = await start_lab(lab, source, lesson=lesson, on_event=show)
result.passed, [(check.title, check.passed, check.message) for check in result.checks]
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tutor.labs.advice import advise
from tutor.labs.checks import CheckResult, CheckState, Evidence, MoreCandidates, graph_of, judge, question, title
from tutor.labs.explain import Trouble, explain
from tutor.labs.follow import Own
from tutor.labs.kernel import Event, Kernel, RunResult, with_fit
from tutor.labs.progress import Progress
from tutor.labs.sandbox.level import Level
from tutor.labs.sandbox.limits import Limits
from tutor.labs.work import files_of
from tutor.lessons.blocks import Lab, Lesson

_LOOK_AT_LEAST = 2.0
_NAME = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class LabResult:
    """What became of a lab's program. ``trouble`` is its exception, explained; ``advice`` what raised nothing but is
    amiss; ``sentence`` how it ended, where that was not its own doing."""

    run: RunResult
    checks: tuple[CheckResult, ...]
    trouble: Trouble | None = None
    advice: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the program ran to its end and every check passed."""
        return self.run.is_ok and all(check.passed for check in self.checks)

    @property
    def sentence(self) -> str:
        """How it went, in a sentence."""
        if self.run.sentence:
            return self.run.sentence
        if self.trouble is not None:
            return f"{self.trouble.title} ({self.trouble.where})" if self.trouble.where else self.trouble.title
        good = sum(check.passed for check in self.checks)
        return "All checks passed." if self.passed else f"{good} of {len(self.checks)} checks passed."


def run_lab(
    lab: Lab,
    source: str,
    *,
    lesson: Lesson | None = None,
    more: MoreCandidates | None = None,
    level: Level | None = None,
    limits: Limits | None = None,
) -> LabResult:
    """``start_lab`` for callers without an event loop."""
    return asyncio.run(start_lab(lab, source, lesson=lesson, more=more, level=level, limits=limits))


async def start_lab(
    lab: Lab,
    source: str,
    *,
    lesson: Lesson | None = None,
    kernel: Kernel | None = None,
    on_event: Callable[[Event], None] = lambda _: None,
    more: MoreCandidates | None = None,
    level: Level | None = None,
    limits: Limits | None = None,
) -> LabResult:
    """Run a lab's program and its checks; raises ``SandboxError`` where no program can be run.

    ``lesson`` gives the files, and the networks that explain wrong arrays. A ``kernel`` (see ``lab_kernel``) may be
    given, so that its caller can interrupt or pause it; it is started anew and closed at the end. ``more`` gives
    further typical mistakes of a check's quantity.
    """
    kernel = kernel or lab_kernel(lab, lesson, level=level, limits=limits)
    await kernel.restart()
    name = f"{lab.id}.py"
    progress = Progress()

    def watch(event: Event) -> None:
        if hasattr(event, "text"):
            progress.feed(event.text)
        elif hasattr(event, "points"):
            progress.report(event.points)
        on_event(event)

    try:
        run = await kernel.run(source, name=name, seconds=lab.time_limit, on_event=watch)
        asked = [question(check) for check in lab.checks]
        seconds = max(_LOOK_AT_LEAST, lab.time_limit)
        answers = await kernel.look([{"ask": "facts"}, {"ask": "fit"}, *asked], seconds=seconds)
    finally:
        await kernel.close()
    run = with_fit(run, answers)
    facts = answers[0] if answers and "names" in answers[0] else {}
    trouble = explain(run.failure, {name: source}) if run.failure and not run.sentence else None
    advice = advise(source, facts, run.output)
    warning = progress.warning
    return LabResult(
        run=run,
        checks=_checked(lab, lesson, run, answers[2:], facts, more),
        trouble=trouble,
        advice=(*advice, warning) if warning else advice,
    )


def lab_kernel(
    lab: Lab, lesson: Lesson | None = None, *, level: Level | None = None, limits: Limits | None = None
) -> Kernel:
    """A kernel for a lab's program, with the lesson's files beside it."""
    folder = lesson.path.parent if lesson is not None else Path()
    bounds = replace(limits or Limits(), seconds=lab.time_limit)
    return Kernel(files=files_of(lab.files, folder), limits=bounds, at_level=level)


def _checked(
    lab: Lab,
    lesson: Lesson | None,
    run: RunResult,
    answers: list[dict[str, Any]],
    facts: Mapping[str, Any],
    more: MoreCandidates | None,
) -> tuple[CheckResult, ...]:
    if not answers:
        why = run.sentence or "The program could not be looked at: a check took too long."
        state = CheckState.FAILED if run.is_ok else CheckState.NOT_REACHED
        return tuple(CheckResult(title(check, graph_of(check, lesson)), state, why) for check in lab.checks)
    results, own = [], Own()
    looked_at = [str(check.subject) for check in lab.checks if check.kind in ("variable", "call")]
    taken = frozenset(_NAME.findall(" ".join([lab.starter.fill(), *looked_at])))
    for check, answer in zip(lab.checks, answers, strict=True):
        graph = graph_of(check, lesson)
        evidence = Evidence(answer, facts, run.output, run.source, run.is_ok, taken)
        results.append(judge(check, evidence, graph, more, own))
    return tuple(results)
