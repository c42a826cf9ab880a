"""Run a lab: the learner's program in a fresh sandbox, then every check on what it left.

    result = run_lab(lab, source, lesson=lesson)          # waits
    result = await start_lab(lab, source, lesson=lesson, on_event=show)
    result.passed, [(check.title, check.passed, check.message) for check in result.checks]

A pass must mean something even against a learner who cheats, and a program can change whatever is in its process. So
three processes work on a lab:

1. *The program's process* (``Kernel``) runs it, without access to the tutor, the lesson or the checks. It then sends
   values as data without code: what a ``variable`` or ``call`` check names, and for ``python`` checks everything
   (``inside.values``). These are taken as its values and nothing more: it never says whether a check passed.
2. *The tutor's process* validates each message (``tutor.labs.messages``) and compares values (``tutor.labs.checks``).
   The right values never leave it.
3. *The checks' process* (``Checker``) runs the author's ``python`` checks on the program's values. If a check calls one
   of the program's functions, the call goes to the first process as data, and the result comes back as data.

What a program *did* (its optimizer, loss, batches, epochs) only its own process can say. The same holds for a
``python`` check that needs more than values, such as a model of the learner's own class or a loader. Such a check runs
in the program's process after everything else is known, and its result is marked ``with_program``: it tells a learner
what is wrong, but a cheat could fake it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tutor.labs.advice import advise, exploded
from tutor.labs.checker import Checker
from tutor.labs.checks import PROGRAMS_OWN, CheckResult, CheckState, Evidence, judge, question
from tutor.labs.explain import Trouble, explain
from tutor.labs.follow import FollowThrough
from tutor.labs.kernel import Event, Kernel, RunResult, with_fit
from tutor.labs.messages import Message
from tutor.labs.progress import Progress
from tutor.labs.sandbox.level import Level
from tutor.labs.sandbox.limits import Limits
from tutor.labs.trust import must_be_contained
from tutor.labs.work import files_of
from tutor.lessons.blocks import Lab, Lesson
from tutor.verdicts import Result, Verdict

_SHORTEST_LOOK_TIMEOUT = 2.0
_NAME = re.compile(r"[^\W\d]\w*")
_LIBRARY = re.compile(r"^\s*(?:import|from)\s+(numpy|torch)\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class LabResult:
    """The result of a lab's program. ``trouble`` explains its exception; ``advice`` concerns what is wrong although it
    raised none."""

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
        """The outcome in a sentence: how the run ended, the exception, or how many checks passed."""
        if self.run.sentence:
            return self.run.sentence
        if self.trouble is not None:
            return f"{self.trouble.title} ({self.trouble.where})" if self.trouble.where else self.trouble.title
        good = sum(check.passed for check in self.checks)
        return "All checks passed." if self.passed else f"{good} of {len(self.checks)} checks passed."

    @property
    def mark(self) -> Result:
        """The mark of the program as an answer: right when every check passed."""
        return Result(Verdict.CORRECT if self.passed else Verdict.WRONG, self.sentence)


def run_lab(lab: Lab, source: str, *, lesson: Lesson | None = None) -> LabResult:
    """Call ``start_lab`` from code without an event loop, and wait for the result."""
    return asyncio.run(start_lab(lab, source, lesson=lesson))


async def start_lab(
    lab: Lab,
    source: str,
    *,
    lesson: Lesson | None = None,
    kernel: Kernel | None = None,
    checker: Checker | None = None,
    on_event: Callable[[Event], None] = lambda _: None,
    level: Level | None = None,
    limits: Limits | None = None,
) -> LabResult:
    """Run a lab's program and its checks.

    ``lesson`` provides the files, and the networks that explain wrong arrays. A caller that wants to interrupt or pause
    the program passes a ``kernel`` (see ``lab_kernel``), which is restarted, and closed at the end. A caller that runs
    several labs can pass a ``checker``, and closes it afterwards.

    Raises:
        SandboxError: Programs cannot be run safely here.
    """
    kernel = kernel or lab_kernel(lab, lesson, level=level, limits=limits)
    own_checker = checker or Checker(kernel.limits, at_level=level)
    await kernel.restart()
    name = f"{lab.id}.py"
    progress = Progress()

    def watch(event: Event) -> None:
        if hasattr(event, "text"):
            progress.feed(event.text)
        elif hasattr(event, "points"):
            progress.report(event.points)
        on_event(event)

    has_python = any(check.kind == "python" for check in lab.checks)
    libraries = sorted(set(_LIBRARY.findall(source)))  # which its values may need
    ready = asyncio.create_task(own_checker.start(*libraries)) if has_python else None
    try:
        run = await kernel.run(source, name=name, seconds=lab.time_limit, on_event=watch)
        if ready is not None:
            await ready
        answers = await _answers(
            lab, kernel, own_checker, seconds=max(_SHORTEST_LOOK_TIMEOUT, lab.time_limit), has_ended=run.is_ok
        )
    finally:
        if ready is not None:
            ready.cancel()
            await asyncio.gather(ready, return_exceptions=True)
        await kernel.close()
        if checker is None:
            await own_checker.close()
    run = with_fit(run, answers)
    facts = answers[0] if answers and "names" in answers[0] else {}
    trouble = explain(run.failure, {name: source}) if run.failure and not run.sentence else None
    checks = _checked(lab, lesson, run, answers[2:], facts)
    return LabResult(run=run, checks=checks, trouble=trouble, advice=_advice(source, facts, run, progress, checks))


def _advice(
    source: str, facts: Mapping[str, Any], run: RunResult, progress: Progress, checks: Sequence[CheckResult]
) -> tuple[str, ...]:
    """Return advice about the program as a whole that no check gives already."""
    seen = facts.get("seen") or {}
    warning = progress.warning
    if warning and seen.get("steps"):
        warning = f"{progress.explosion} {exploded(seen)}"
    advice = (*advise(source, facts, run.output, run.failed_lines), warning)
    return tuple(each for each in advice if each and not any(each in check.message for check in checks))


async def _answers(lab: Lab, kernel: Kernel, checker: Checker, *, seconds: float, has_ended: bool) -> list[Message]:
    """Return the facts, the fit, and for each check the answer to judge; an empty list if its process is no more.

    The program's process gives all values that are compared before it sees a line of a check (see above). A program
    that was stopped or raised an exception is not run again with other values: it would stop there again.
    """
    asked = [question(check) if has_ended or not check.when else None for check in lab.checks]
    python = [place for place, check in enumerate(lab.checks) if check.kind == "python"]
    whole: list[Mapping[str, Any]] = [{"ask": "facts"}, {"ask": "fit"}, *([{"ask": "values"}] if python else [])]
    answered = iter(await kernel.look([*whole, *(each for each in asked if each is not None)], seconds=seconds))
    known = [next(answered, {}) for _ in whole]
    if not any(known):
        return []
    found: list[Message] = [next(answered) if each is not None else {} for each in asked]
    if python:
        await _check_apart(lab, python, found, known.pop(), kernel, checker, seconds=seconds)
    return [*known, *found]


async def _check_apart(
    lab: Lab,
    python: Sequence[int],
    found: list[Message],
    values: Message,
    kernel: Kernel,
    checker: Checker,
    *,
    seconds: float,
) -> None:
    """Run the author's own checks, whose indices are in ``python``, and store their results in ``found``."""

    async def ask(call: Mapping[str, Any]) -> Message:
        answer = await kernel.look([call], seconds=seconds)
        return answer[0] if answer else {"error": {"type": "RuntimeError", "message": "the program is no more"}}

    for place in python:
        source = str(lab.checks[place].subject)
        found[place] = await checker.check(source, values.get("values", {}), ask, seconds=seconds)
    for place in python:
        if found[place]["with_program"]:
            live = await kernel.look([{"ask": "python", "source": str(lab.checks[place].subject)}], seconds=seconds)
            found[place] = {**(live[0] if live else {"is_answered": False}), "with_program": True}


def lab_kernel(
    lab: Lab, lesson: Lesson | None = None, *, level: Level | None = None, limits: Limits | None = None
) -> Kernel:
    """Return a kernel for a lab's program, with the lesson's files in its folder.

    Raises:
        SandboxError: The program may be a stranger's (see ``must_be_contained``), and this machine cannot contain it.
    """
    if lesson is not None:
        must_be_contained(lesson, level)
    folder = lesson.path.parent if lesson is not None else Path()
    bounds = replace(limits or Limits(), seconds=lab.time_limit)
    return Kernel(files=files_of(lab.files, folder), limits=bounds, at_level=level)


def _checked(
    lab: Lab, lesson: Lesson | None, run: RunResult, answers: list[Message], facts: Mapping[str, Any]
) -> tuple[CheckResult, ...]:
    if not answers:
        why = run.sentence or "The checks could not run: one of them took too long."
        state = CheckState.FAILED if run.is_ok else CheckState.NOT_REACHED
        return tuple(CheckResult(check.title(check.graph(lesson)), state, why) for check in lab.checks)
    results, earlier = [], FollowThrough()
    looked_at = [str(check.subject) for check in lab.checks if check.kind in ("variable", "call")]
    taken = frozenset(_NAME.findall(" ".join([lab.starter.fill(), *looked_at])))
    for check, answer in zip(lab.checks, answers, strict=True):
        graph = check.graph(lesson)
        evidence = Evidence(answer, facts, run.output, run.source, run.is_ok, taken)
        with_program = check.kind in PROGRAMS_OWN or bool(answer.get("with_program"))
        results.append(replace(judge(check, evidence, graph, earlier), with_program=with_program))
    return tuple(results)
