"""Lint for a lesson's texts: numbers that change in a variant, dollar signs, broken links, formulas too wide."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from tutor.authoring.lint_context import PlacedBlock, Subject
from tutor.lessons.blocks import Model, Question
from tutor.lessons.lesson_files import FileRefusedError, LessonFolder, shortened
from tutor.lessons.plain_text import TEXT_WIDTH
from tutor.lessons.template import Context, Span, Template, spans
from tutor.lessons.yaml.document import Node, Path_
from tutor.network import Kind

#: The keys whose texts a learner reads as prose.
PROSE = frozenset(
    {
        "text", "choose", "number", "order", "write", "lab", "question", "title", "prompt", "explain", "say", "why",
        "caption", "alt", "model", "hints",
    }
)  # fmt: skip

_NUMBER = re.compile(r"(?<![\w.,_^}\\])(?<![_^]\{)(?P<sign>[-−–])?(?P<digits>\d+(?:\.\d+)?)(?![\w]|[.,]\d|\}?/)")
_EQUATION = re.compile(r"(?P<name>[A-Za-zŷθ][\w{}₀-₉\\]*)\s*(?:=|is)\s*[-−]?$")
_DOLLAR = re.compile(r"(?<!\\)\$(?=\d)")
_OPEN = re.compile(r"(?<![\\$])(?:\$\$|\$(?=\\[A-Za-z]))")
# the lengths are limited because a text full of brackets would otherwise take quadratic time
_LINK = re.compile(r"(?P<image>!?)\[(?P<text>[^\[\]\n]{0,300})\]\((?P<target>[^)\s]{1,500})(?:\s[^)\n]{0,300})?\)")


def check_texts(subject: Subject) -> None:
    """Check every text of every block."""
    for placed in subject.blocks():
        _block(subject, placed)
        for path, node in subject.texts(placed.path, PROSE):
            _text(subject, placed, path, node)


def _shows_answers(subject: Subject, placed: PlacedBlock) -> None:
    """Warn if a block shows numbers that are asked on the same screen or later, unless it has ``after:``."""
    block = placed.block
    if block.after is not None or not block.shown_names():
        return
    later = [each.block for each in subject.blocks() if each.screen >= placed.screen]
    asked = {cell for each in later for item in each.asked if item.of == block.of for cell in item.quantity.cells}
    if shown := [name for name in block.shown_names() if name in asked]:
        subject.on_block("shows-answer", placed, f"This shows {shown[0]}, which is asked here or later: write after:.")


def _block(subject: Subject, placed: PlacedBlock) -> None:
    block = placed.block
    subject.files.update(block.pictures)
    if block.after is not None and not block.after.block_id:
        message = f"This waits for {block.after.quantity}, which nothing asks for; it is shown at once."
        subject.on_block("after-nothing", placed, message)
    _shows_answers(subject, placed)
    for template in _templates(placed):
        _formulas(subject, placed, template)


def _templates(placed: PlacedBlock) -> list[Template]:
    """Return the texts of a block into which values are filled."""
    block = placed.block
    found = [getattr(block, key) for key in ("text", "caption") if isinstance(getattr(block, key, None), Template)]
    if isinstance(block, Question):
        found += [block.prompt, block.explain, *block.hints]
    return [*found, *(item.prompt for item in block.asked)]


def _formulas(subject: Subject, placed: PlacedBlock, template: Template) -> None:
    """Warn about formulas that do not fit 80 columns even when they are broken into lines."""
    from tutor.mathtext import fit, render_inline

    text = template.fill()
    for span in spans(text):
        if span.context is not Context.MATH:
            continue
        latex = text[span.start : span.end].strip()
        width = fit(latex, TEXT_WIDTH).width if span.display else len(render_inline(latex))
        if width > TEXT_WIDTH:
            start = latex[:30].replace("\n", " ")
            message = (
                f"The formula '{start}…' takes {width} columns, but only {TEXT_WIDTH} fit; "
                "break it with \\\\ or aligned."
            )
            subject.on_block("wide-formula", placed, message)


_Finding = tuple[str, int, str]
"""A warning's name, its position in the text, and its sentence."""


def _text(subject: Subject, placed: PlacedBlock, path: Path_, node: Node) -> None:
    text = _Text(node.text)
    found = [*_money(text), *_unclosed(text), *_links(subject, text)]
    model = subject.lesson.parts.get(placed.block.of)
    if model is not None and not subject.lesson.variant:  # a variant's number may be in a text by chance
        found += _given_numbers(text, model)
    for name, offset, message in found:
        subject.on_block(name, placed, message, path=path, offset=offset)


class _Text:
    """A ``source`` with the code and mathematics in it, looked up by position."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._spans = spans(source)
        self._starts = [span.start for span in self._spans]

    def is_inside(self, place: int, *contexts: Context) -> bool:
        """Return whether a position is inside a span of one of these contexts."""
        span = self._before(place)
        return span is not None and place < span.end and span.context in contexts

    def beginning(self, place: int) -> Span | None:
        """Return the span that begins at a position, or None."""
        span = self._before(place)
        return span if span is not None and span.start == place else None

    def is_closing(self, place: int) -> bool:
        """Return whether the dollar signs at a position close mathematics."""
        span = self._before(place)
        return span is not None and span.context is Context.MATH and span.end <= place < span.end + 2

    def _before(self, place: int) -> Span | None:
        """Return the last span that begins at or before a position."""
        number = bisect_right(self._starts, place)
        return self._spans[number - 1] if number else None


def _money(text: _Text) -> Iterator[_Finding]:
    for match in _DOLLAR.finditer(text.source):
        place = match.start()
        if text.is_inside(place, Context.CODE):
            continue
        span = text.beginning(match.end())
        if span is None and not text.is_inside(place, Context.MATH) and not text.is_closing(place):
            yield "dollar", place, "A $ before a digit: write \\$ for money."
        elif span is not None and re.search(r"(?<![\\A-Za-z{])[a-z]{3,} ", text.source[span.start : span.end]):
            yield "dollar", place, "From this $ to the next is read as mathematics; write \\$ for money."


def _unclosed(text: _Text) -> Iterator[_Finding]:
    """Yield the first mathematics that is opened and never closed."""
    for match in _OPEN.finditer(text.source):
        if text.is_inside(match.start(), Context.CODE, Context.MATH) or text.is_closing(match.start()):
            continue
        if text.beginning(match.end()) is None:
            message = f"This {match[0]} is never closed before an empty line, so it is not mathematics."
            yield "dollar", match.start(), message
            return


def _links(subject: Subject, text: _Text) -> Iterator[_Finding]:
    for match in _LINK.finditer(text.source):
        if text.is_inside(match.start(), Context.CODE, Context.MATH):
            continue
        if match["image"] and not match["text"].strip():
            yield "missing-alt", match.start(), "This picture has no description: write ![what it shows](file)."
        target = match["target"].partition("#")[0]
        is_local = target and not re.match(r"^[a-z][a-z0-9+.-]*:", target, re.IGNORECASE)
        if is_local and (message := _broken(subject, target)):
            yield "broken-link", match.start("target"), message


def _broken(subject: Subject, target: str) -> str:
    """Return what is wrong with a link to a file beside the lesson; empty if it is valid."""
    try:
        file = LessonFolder.of(subject.lesson.path).place(target)
    except FileRefusedError as error:
        return f"This link leads nowhere. {error.message}"
    subject.files.add(file)
    return "" if file.exists() else f"This link leads to '{shortened(target)}', which does not exist."


def _given_numbers(text: _Text, model: Model) -> Iterator[_Finding]:
    """Yield the numbers in a text that equal a given one: decimal fractions, whole numbers from 10 up, and smaller ones
    if the text says that a given name has that value."""
    given = varying_values(model)
    for match in _NUMBER.finditer(text.source):
        if text.is_inside(match.start(), Context.CODE):
            continue
        value = float(match["digits"])
        names = given.get(value, []) + given.get(-value, [])
        signed = given.get(-value if match["sign"] else value, [])
        names = signed or (names if match["sign"] is None else [])
        if not names:
            continue
        if "." not in match["digits"] and value < 10:
            before = _EQUATION.search(text.source[max(0, match.start() - 60) : match.start()])
            said = model.graph.canonical(re.sub(r"[\\{}]", "", before["name"])) if before else None  # w_{11}: w_11
            if said not in names:
                continue
            names = [str(said)]
        message = f"{match[0]} is {names[0]} of {model.name}, which differs in every variant; write {{{{{names[0]}}}}}."
        yield "number-in-text", match.start(), message


def varying_values(model: Model) -> dict[float, list[str]]:
    """Return the given values that a variant may change, with the names that have them."""
    kept = {*model.vary.keep, *_SETTINGS}
    prefixes = tuple(prefix for group, prefix in (("inputs", "x"), ("target", "y")) if group in kept)
    found: dict[float, list[str]] = {}
    for name, node in model.graph.nodes.items():
        is_kept = name in kept or name.partition("[")[0] in kept or name.startswith(prefixes)
        if node.kind is Kind.GIVEN and node.value is not None and not is_kept:
            found.setdefault(node.value, []).append(name)
    return found


_SETTINGS = frozenset({"beta1", "beta2", "eps", "momentum", "dampening", "weight_decay", "rho"})
