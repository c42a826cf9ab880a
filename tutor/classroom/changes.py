"""Find what a changed lesson does to learners' progress, and which of its statements other numbers make wrong."""

from __future__ import annotations

import difflib
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tutor.errors import TutorError
from tutor.formulas.wording import counted
from tutor.lessons import Lesson
from tutor.lessons.blocks import Text
from tutor.network import Graph, Kind
from tutor.practice import Variants
from tutor.session.answers import readable
from tutor.session.entries import Entry, collect

_LIKE = 0.6
_NUMBER = re.compile(r"(?<![\w.{#])[-−]?\d+\.\d+(?![\w}])")
_IN_BRACES = re.compile(r"\{\{.*?\}\}")
_PLAIN = re.compile(r"[A-Za-z][\w ./-]*\??")
"""Text that YAML reads without quotation marks."""


@dataclass(frozen=True, slots=True)
class Changes:
    """The questions of a changed lesson, by id.

    ``kept`` are unchanged, ``renewed`` keep their progress but are marked again because their answer changed, ``lost``
    lose it and come with the line that would keep it ("" if none would), and ``added`` are new.
    """

    kept: tuple[str, ...]
    renewed: tuple[str, ...]
    lost: tuple[tuple[str, str], ...]
    added: tuple[str, ...]
    other_id: str = ""


def changes(old: Lesson, new: Lesson) -> Changes:
    """Return what happens to the progress in each question of ``old`` when learners get ``new``."""
    before, after = collect(old), collect(new)
    other_id = f"id: {old.id}" if old.id != new.id else ""
    kept: list[str] = []
    renewed: list[str] = []
    gone: list[str] = []
    met: set[str] = set()
    for name in before.listed:
        now = name if name in after.listed else after.renamed.get(name)
        if now is None:
            gone.append(name)
            continue
        met.add(now)
        same = _answer(before.entries[name]) == _answer(after.entries[now])
        (kept if same else renewed).append(name)
    free = [name for name in after.listed if name not in met]
    lost = tuple((name, _was_line(before.entries[name], [after.entries[each] for each in free])) for name in gone)
    return Changes(tuple(kept), tuple(renewed), lost, tuple(free), other_id)


def _answer(entry: Entry) -> object:
    """Return a value that changes when the right answer changes."""
    if entry.item is not None:
        graph = entry.item.graph
        return tuple(graph.values[cell] for cell in entry.item.quantity.cells), entry.item.decimals
    return entry.block.answer_rests_on()


def _was_line(entry: Entry, free: Sequence[Entry]) -> str:
    """Return the ``was:`` line that would keep a question's progress, if a new question is similar, else ""."""
    words = _words(entry)
    likely = [(difflib.SequenceMatcher(None, words, _words(each)).ratio(), each) for each in free]
    likely = [(ratio, each) for ratio, each in likely if each.field.kind is entry.field.kind]
    ratio, best = max(likely, key=lambda pair: pair[0], default=(0.0, None))
    if best is None or ratio < _LIKE:
        return ""
    old = entry.item.quantity.name if entry.item is not None else entry.field.id
    asks = best.field.label or best.field.id
    where = best.field.block_id + (f", which asks {asks}" if asks != best.field.block_id else "")
    return f"was: {old if _PLAIN.fullmatch(old) else json.dumps(old, ensure_ascii=False)}    # under {where}"


def _words(entry: Entry) -> str:
    """Return a question's text, to find a similar one."""
    if entry.item is not None:
        # the same numbers under another name are the same question
        values = [f"{entry.item.graph.values[cell]:.4g}" for cell in entry.item.quantity.cells]
        return " ".join(values)
    prompt = getattr(entry.block, "prompt", "")
    return f"{getattr(prompt, 'source', prompt)} {readable(entry.field, ())}"


# -- variants -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Broken:
    """A statement of the lesson that other numbers make wrong, in ``count`` variants of which ``example`` is the first.

    A count of 0 means that it concerns all variants.
    """

    what: str
    count: int
    example: str = ""


def broken_by_variants(lesson: Lesson, count: int) -> tuple[Broken, ...]:
    """Return what becomes wrong in variants 1 to ``count``.

    Raises:
        TutorError: no variant can be made.
    """
    variants = Variants(lesson)
    found: Counter[str] = Counter()
    examples: dict[str, str] = {}
    for number in range(1, count + 1):
        for what in dict.fromkeys(_broken(lesson, variants.lesson(str(number)))):
            found[what] += 1
            examples.setdefault(what, f"#{number}")
    hidden = [Broken(what, 0) for what in _never_shown(lesson)]
    return (*hidden, *(Broken(what, times, examples[what]) for what, times in found.most_common()))


def _broken(lesson: Lesson, variant: Lesson) -> Iterator[str]:
    for block in lesson.questions:
        if (other := variant.block(block.id)) is not None:
            yield from block.broken_in(other)
    for name, part in lesson.parts.items():
        yield from _rows(name, part.graph, variant.parts[name].graph)
    yield from _sentences(lesson, variant)


def _rows(name: str, graph: Graph, other: Graph) -> Iterator[str]:
    """Yield rows of given matrices that are no longer one-hot, and matrices whose rows are no longer distinct."""
    for array in graph.arrays.values():
        if array.kind is not Kind.GIVEN or len(array.shape) != 2 or any(graph.nodes[c].formula for c in array.cells):
            continue
        before, after = _cut(array.cells, array.shape[1], graph), _cut(array.cells, array.shape[1], other)
        for place, (row, new) in enumerate(zip(before, after, strict=True), 1):
            if _is_one_hot(row) and not _is_one_hot(new):
                yield f"{name}: row {place} of {array.name} is not one-hot any more"
        if len(set(before)) == len(before) and len(set(after)) < len(after):
            yield f"{name}: two rows of {array.name} are the same"


def _cut(cells: Sequence[str], width: int, graph: Graph) -> list[tuple[float, ...]]:
    values = [graph.values[cell] for cell in cells]
    return [tuple(values[start : start + width]) for start in range(0, len(values), width)]


def _is_one_hot(row: Sequence[float]) -> bool:
    return len(row) > 1 and sorted(row) == [0.0] * (len(row) - 1) + [1.0]


def _sentences(lesson: Lesson, variant: Lesson) -> Iterator[str]:
    """Yield the numbers written out in texts that equal a value of the lesson but not of the variant."""
    known: dict[str, list[tuple[str, str]]] = {}
    for name, part in lesson.parts.items():
        for node, value in part.graph.values.items():
            known.setdefault(f"{value:g}", []).append((name, node))
    for screen in lesson.screens:
        for block in screen.blocks:
            if not isinstance(block, Text):
                continue
            for match in _NUMBER.finditer(_IN_BRACES.sub("", block.text.source)):
                written = f"{float(match[0].replace('−', '-')):g}"
                places = known.get(written, ())
                if places and all(f"{variant.parts[of].graph.values[node]:g}" != written for of, node in places):
                    of, node = places[0]
                    yield f"“{screen.title}” says {match[0]}, which is {node} of {of}; write {{{{{node}}}}}"


def _never_shown(lesson: Lesson) -> Iterator[str]:
    """Yield the models that are asked about but whose given numbers are on no screen."""
    shown = {block.of for block in lesson.blocks if block.shows_given}
    texts = " ".join(block.text.source for block in lesson.blocks if isinstance(block, Text))
    written = {name.strip() for each in re.findall(r"\{\{(.*?)\}\}", texts) for name in re.split(r"[:|]", each)}
    for of in dict.fromkeys(item.of for item in lesson.asked()):
        given = [name for name, node in lesson.graph(of).nodes.items() if node.kind is Kind.GIVEN]
        if any(name in written for name in given):
            continue
        family = {name for name, part in lesson.parts.items() if part.origin == lesson.parts[of].origin}
        if not family & shown:
            yield f"{of}: its given numbers are shown on no screen; add a block `given: {of}` or `diagram: {of}`"


def described(found: Changes) -> Iterator[str]:
    """Yield the changes, line by line."""
    if found.other_id:
        yield f"The lesson has another id, so all progress is lost. Write {found.other_id}"
    for what, names in (
        ("Progress is kept", found.kept),
        ("Progress is kept and marked again, because the answer has changed", found.renewed),
        ("New", found.added),
    ):
        if names:
            yield f"{what} ({counted(len(names), 'question')}): {', '.join(names)}"
    for name, was in found.lost:
        yield f"{name} loses its progress." + (f" To keep it: {was}" if was else "")


def must_have(lesson: Lesson) -> None:
    """Raise ``TutorError`` for a file that has no screens."""
    if lesson.form != "lesson":
        raise TutorError(f"{lesson.path} is not a lesson.", hint="Only a lesson keeps progress.")
