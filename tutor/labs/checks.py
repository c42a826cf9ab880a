"""A lab's checks: what each asks the program's process, how the answer is judged, and the sentence that explains it.

A check never reveals the right value. It says what was found, what was expected, and where the difference comes from.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from tutor.labs.advice import exploded
from tutor.labs.array_mistakes import mistaken_arrays
from tutor.labs.compare import Expected, cell_text, expected, is_same, numbers, shape_fits, shape_text, wrong_cells
from tutor.labs.follow import FollowThrough
from tutor.labs.torch_checks import TORCH_CHECKS
from tutor.labs.training_checks import epoch_losses
from tutor.lessons.blocks import Check
from tutor.lessons.patterns import PatternError, is_found
from tutor.network import Graph, Kind

_STOPPED = "The program stopped before its end."


class CheckState(Enum):
    """The result of a check."""

    PASSED = "passed"
    FAILED = "failed"
    OPEN = "not there yet"
    """The value does not exist yet, which is not a mistake."""
    UNCHANGED = "not updated"
    """The value is still that from before the step, which is not a mistake either."""
    NOT_REACHED = "not reached"
    """The program stopped before it got this far."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of a check: ``title`` says what it asks for, ``message`` what is wrong (empty when passed).

    ``with_program`` says that the result rests on what the program's process reports about itself, which a cheat can
    fake; otherwise it rests on the program's values.
    """

    title: str
    state: CheckState
    message: str = ""
    with_program: bool = False

    @property
    def passed(self) -> bool:
        """Whether the check passed."""
        return self.state is CheckState.PASSED

    @property
    def is_open(self) -> bool:
        """Whether there was nothing to judge yet."""
        return self.state in (CheckState.OPEN, CheckState.UNCHANGED, CheckState.NOT_REACHED)


@dataclass(frozen=True)
class Evidence:
    """What a check judges: the answer to its question, the program's output and source, and the recorded facts.

    ``taken`` are the names in the starter code and in the checks, which are not suggested for a misspelt one.
    """

    answer: Mapping[str, Any]
    facts: Mapping[str, Any]
    output: str
    source: str
    has_ended: bool = True
    taken: frozenset[str] = frozenset()


def question(check: Check) -> Mapping[str, Any] | None:
    """Return what to ask the program's process for this check.

    None if the facts about the whole program are enough, and for an author's own check, which runs elsewhere.
    """
    if check.kind not in _OF_VALUES:
        return None
    asked: dict[str, Any] = {"ask": "value", "source": str(check.subject)}
    return {**asked, "when": dict(check.when)} if check.when else asked


_OF_VALUES = ("variable", "call", "epoch_losses")
PROGRAMS_OWN = frozenset({*TORCH_CHECKS, "epoch_losses"})
"""The kinds of checks about what a program did, which only its own process can answer."""


def judge(
    check: Check, evidence: Evidence, graph: Graph | None = None, earlier: FollowThrough | None = None
) -> CheckResult:
    """Return the result of one check; ``graph`` is that of the check's quantity.

    ``earlier`` holds what earlier checks found wrong; what this one finds is added to it.
    """
    earlier = earlier or FollowThrough()
    if check.when and not evidence.has_ended:
        return CheckResult(check.title(graph), CheckState.NOT_REACHED, _STOPPED)
    if check.kind == "prints":
        found = _prints(check, evidence)
    elif check.kind in _OF_VALUES:
        found = _value(check, evidence, graph, earlier)
    elif check.kind == "python":
        found = _python(evidence)
    elif evidence.facts.get("seen"):
        found = TORCH_CHECKS[check.kind](check, evidence.facts, evidence.source)
    else:
        found = "The program left nothing to look at."
    if found is None:
        earlier.note_right(check, graph)
        return CheckResult(check.title(graph), CheckState.PASSED)
    said = "" if check.kind == "python" or str(check.say).rstrip(".") in found else str(check.say)
    ended = "" if evidence.has_ended else _STOPPED
    is_unchanged = _is_unchanged(check, evidence, graph)
    is_unreached = is_unchanged or _is_unreached(check, evidence, found)
    is_open = is_unreached and bool(ended or not _is_mistake(check, evidence, found))
    if ended and is_open:  # that the program stopped explains it
        return CheckResult(check.title(graph), CheckState.NOT_REACHED, ended)
    earlier.note(check, graph, evidence.answer.get("value"))
    if _FIX_FIRST in found:
        said = ""
    if not is_open:
        state = CheckState.FAILED
    elif is_unchanged:
        state = CheckState.UNCHANGED
        if evidence.answer["value"].get("was_cleared"):
            found, said = f"{check.subject} is as it was before the step: {_CLEARED}", ""
    else:
        state = CheckState.OPEN
        found = "" if said and found == _no_variable(str(check.subject)) else found  # the state says this already
    return CheckResult(check.title(graph), state, " ".join(part for part in (found, said, ended) if part))


def _is_unreached(check: Check, evidence: Evidence, found: str) -> bool:
    """Return whether the program did not reach what the check is about."""
    if check.kind == "epochs" or (check.kind in TORCH_CHECKS and found.startswith(("No ", "There is no "))):
        return True
    if check.kind == "prints":
        return not evidence.output.strip()
    if (error := evidence.answer.get("error")) is not None:
        return error["type"] in ("NameError", "IndexError", "AttributeError")
    value = evidence.answer.get("value")
    if value is None:
        return False
    return bool(value["type"] == "NoneType" or value.get("length") == 0)


def _is_unchanged(check: Check, evidence: Evidence, graph: Graph | None) -> bool:
    """Return whether a value that a step should change is unchanged."""
    value = evidence.answer.get("value")
    if value is None or graph is None or not check.quantity:
        return False
    old = [graph.values.get(graph.nodes[cell].role.get("old", "")) for cell in graph.quantity(check.quantity).cells]
    return None not in old and is_same(value, [each for each in old if each is not None], check.decimals)


def _is_mistake(check: Check, evidence: Evidence, found: str) -> bool:
    """Return whether a value that is missing after a complete run is a mistake: a misspelt name, a missing attribute, a
    name that is missing elsewhere, or a lost gradient."""
    error = evidence.answer.get("error")
    if error is None:
        return check.kind == "epochs" or _LOST in found
    return _LOOKED_FOR in found or error["type"] == "AttributeError" or not _is_about(check, error)


def _is_about(check: Check, error: Mapping[str, Any]) -> bool:
    """Return whether an error is about something that the check itself names."""
    return error["type"] != "NameError" or _name_in(error) in re.findall(r"\w+", str(check.subject))


_ZERO = "is 0 in every cell"
_FIX_FIRST = "fix that first"
_LOOKED_FOR = "is looked for"
_CLEARED = "its gradient was cleared before the update. Clear it after, or not at all."
_LOST = "although backward() ran"

# -- one function per kind of check; None: passed -------------------------------------------------------------------


def _prints(check: Check, evidence: Evidence) -> str | None:
    try:
        if is_found(str(check.subject), evidence.output):
            return None
    except PatternError as error:
        return str(error)
    if not evidence.output.strip():
        return "Nothing is printed."
    last = evidence.output.strip().splitlines()[-1][:120]
    return f"Nothing printed looks like {check.subject}; the last line is “{last}”."


def _python(evidence: Evidence) -> str | None:
    error = evidence.answer.get("error")
    if error is None:
        return None if evidence.answer.get("is_answered", True) else "This check could not run."
    if error["type"] == "AssertionError" and error["message"]:
        return str(error["message"]).rstrip(".") + "."
    if error["type"] == "NameError":
        return _missing(error, evidence)
    return f"{error['type']}: {error['message']}"


def _value(check: Check, evidence: Evidence, graph: Graph | None, earlier: FollowThrough) -> str | None:
    subject = str(check.subject)
    error = evidence.answer.get("error")
    if error is not None:
        if error["type"] in ("NameError", "AttributeError"):
            return _missing(error, evidence)
        return f"{subject} gives {error['type']}: {error['message']}."
    value = evidence.answer.get("value")
    if value is None:
        return f"{subject} could not be read."
    seen = evidence.facts.get("seen", {})
    if (found := _length(check, subject, value) or _bounds(check, subject, value, seen)) is not None:
        return found
    if check.kind == "epoch_losses":
        return epoch_losses(subject, numbers(value), seen)
    if check.equals is None:
        return None
    if value["type"] == "NoneType":
        return _nothing(subject, evidence)
    found = _equals(check, subject, value, graph, earlier, seen)
    if found is not None and (behind := earlier.behind(check, graph, value)):
        return f"{subject} is right from your own {behind}: {_FIX_FIRST}."
    if found is not None and (times := _times_added(check, evidence, graph)):
        return f"{subject} is {times} times what it should be: backward() ran {times} times, and gradients add up."
    return found


def _times_added(check: Check, evidence: Evidence, graph: Graph | None) -> int:
    """Return how many backward passes a gradient has accumulated if that explains its value, else 0."""
    times = int(evidence.facts.get("seen", {}).get("backwards") or 0)
    if times < 2 or graph is None or not check.quantity or not str(check.subject).endswith(".grad"):
        return 0
    true = [graph.values[cell] for cell in graph.quantity(check.quantity).cells]
    added = is_same(evidence.answer["value"], [times * each for each in true], check.decimals)
    return times if added and any(true) else 0


def _nothing(subject: str, evidence: Evidence) -> str:
    """Explain a value that is None; for a gradient, say whether a backward pass ran."""
    if not subject.endswith(".grad"):
        return f"{subject} is None: it has no value yet."
    if not evidence.facts.get("seen", {}).get("backwards"):
        return f"{subject} is None: no backward pass has reached it."
    name = subject.removesuffix(".grad")
    return (
        f"{subject} is None {_LOST}. Either {name} is a new tensor now ({name} = … makes one; {name} -= … changes the"
        " old one), or the loss was not calculated from it."
    )


def _missing(error: Mapping[str, Any], evidence: Evidence) -> str:
    if error["type"] == "AttributeError":
        return f"{error['message'][:1].upper()}{error['message'][1:]}."
    name = _name_in(error)
    names = [other for other in evidence.facts.get("names", ()) if other != name and other not in evidence.taken]
    near = difflib.get_close_matches(name.lower(), [other.lower() for other in names], n=1, cutoff=0.7)
    like = next((other for other in names if near and other.lower() == near[0]), None)
    return _no_variable(name) + (f" There is {like}; {name} {_LOOKED_FOR}." if like else "")


def _no_variable(name: str) -> str:
    return f"There is no variable {name} at the end."


def _name_in(error: Mapping[str, Any]) -> str:
    """Return the name that a NameError is about."""
    found = re.search(r"name '(\w+)'", error["message"])
    return found[1] if found else ""


def _length(check: Check, subject: str, value: Mapping[str, Any]) -> str | None:
    if check.length is None or value.get("length") == check.length:
        return None
    if "length" not in value:
        return f"{subject} is a {value['type']}, which has no length; {check.length} elements are expected."
    return f"{subject} has {value['length']} elements, not {check.length}."


def _bounds(check: Check, subject: str, value: Mapping[str, Any], seen: Mapping[str, Any]) -> str | None:
    if check.below is None and check.above is None:
        return None
    cells = numbers(value)
    if not cells:
        return f"{subject} is not a number but a {value['type']}: {value['text']}."
    if not all(math.isfinite(cell) for cell in cells):
        return f"{subject} is {value['text']}: the training explodes. {exploded(seen)}"
    for cell in cells:
        if check.below is not None and not cell < check.below:
            return f"{subject} is {cell:.6g}, and it should be below {check.below:g}."
        if check.above is not None and not cell > check.above:
            return f"{subject} is {cell:.6g}, and it should be above {check.above:g}."
    return None


def _equals(
    check: Check,
    subject: str,
    value: Mapping[str, Any],
    graph: Graph | None,
    earlier: FollowThrough,
    seen: Mapping[str, Any],
) -> str | None:
    if isinstance(check.equals, str):
        is_it = value["type"] == "str" and value["text"] == repr(check.equals)
        return None if is_it else f"{subject} is {value['text']}, not {check.equals!r}."
    solution = _expected(check, graph)
    if "cells" not in value:
        return f"{subject} is a {value['type']} ({value['text'][:80]}); {shape_text(solution.shape)} is expected."
    if not shape_fits(value, solution):
        return _shape(subject, value, solution)
    wrong = wrong_cells(value, solution)
    if not wrong:
        return None
    if any(not math.isfinite(numbers(value)[place]) for place in wrong):
        return f"{subject} holds values that are not finite: {value['text'][:80]}."
    said = _typical_mistake(check, value, graph, earlier)
    if said and said != _ZERO and (first := earlier.first_with(said, subject)):
        return f"{subject} is wrong for the same reason as {first}: {_FIX_FIRST}."
    if said:
        return f"Your {subject} {said}."  # "Your", because text of the lesson about the right value may follow
    return _first_wrong(subject, value, solution, wrong) + _ran_twice(seen)


def _ran_twice(seen: Mapping[str, Any]) -> str:
    """Return a sentence about several backward passes without an optimizer step; else an empty text."""
    times = int(seen.get("backwards") or 0)
    return f" backward() ran {times} times, and one step is asked for." if times > 1 and not seen.get("steps") else ""


def _expected(check: Check, graph: Graph | None) -> Expected:
    solution = expected(check.equals, decimals=check.decimals, exact_shape=check.exact_shape)
    if graph is None or not check.quantity:
        return solution
    cells = graph.quantity(check.quantity).cells
    roles = [graph.nodes[cell].role.get("step", "") if graph.nodes[cell].kind is Kind.UPDATED else "" for cell in cells]
    steps = tuple(graph.values.get(role, 0.0) for role in roles)
    return replace(solution, steps=steps)


def _shape(subject: str, value: Mapping[str, Any], solution: Expected) -> str:
    shape = tuple(value.get("shape") or ())
    found = f"{subject} has the shape {shape}, and {solution.shape} is expected."
    if len(shape) == 2 and shape[::-1] == solution.shape:
        return f"{found} Its rows and columns are swapped: take its transpose, {subject}.T."
    if len(shape) == 2 and shape[0] == shape[1] == math.prod(solution.shape):
        return (
            f"{found} A column, ({shape[0]}, 1), and a row, ({shape[0]},), were broadcast to a square: each"
            " was repeated for every cell of the other."
        )
    if math.prod(shape) == math.prod(solution.shape):
        return f"{found} The number of values is right."
    return found


def _typical_mistake(check: Check, value: Mapping[str, Any], graph: Graph | None, earlier: FollowThrough) -> str:
    """Return the sentence of the typical mistake that gives this array, or an empty text."""
    if graph is None or not check.quantity:
        return ""
    # a cleared gradient is not a mistake in a formula, although some of those give zeros too
    if str(check.subject).endswith(".grad") and not any(numbers(value)):
        return _ZERO
    known = mistaken_arrays(graph, graph.quantity(check.quantity))
    fitting = [each for each in known if is_same(value, each.cells, check.decimals) and not earlier.contradicts(each)]
    if not any(numbers(value)) and len({each.mistake for each in fitting}) > 1:
        likeliest = min(fitting, key=lambda each: each.rank)
        return f"{likeliest.says}, though other mistakes give 0 too"
    return fitting[0].says if fitting else ""


def _first_wrong(subject: str, value: Mapping[str, Any], solution: Expected, wrong: Sequence[int]) -> str:
    shape = tuple(value.get("shape") or ())
    place = wrong[0]
    cell = numbers(value)[place]
    at = cell_text(place, shape)
    off = abs(cell - solution.cells[place])
    if solution.decimals is not None and off <= 10.0 ** -max(solution.decimals - 2, 1):
        return (
            f"{subject}{at} is {cell:.10g}: close, but not to {solution.decimals} decimals. Is something rounded on the"
            " way, or a constant a little off?"
        )
    found = [numbers(value)[each] for each in wrong]
    if any(
        all(
            abs(cell) >= 10.0 ** (1 - places) and cell == round(solution.cells[each], places)  # two digits at least
            for cell, each in zip(found, wrong, strict=True)
        )
        for places in (1, 2, 3)
    ):
        return f"{subject}{at} is {cell:.6g}: the right value, rounded. Round nothing in a program."
    right = len(solution.cells) - len(wrong)
    count = f" {right} of {len(solution.cells)} values are right." if len(solution.cells) > 1 else ""
    return f"{subject}{at} is {cell:.6g}, which is not right.{count}"
