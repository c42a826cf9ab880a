"""Make a practice question as a lesson of one screen: what is given, earlier values, the question in its form."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from tutor.formulas.tree import names
from tutor.learning.choice import Choice, Form
from tutor.learning.skills import capital, skill_of, title
from tutor.lessons.blocks import (
    AskItem,
    Block,
    Choose,
    Diagram,
    Find,
    Given,
    Lesson,
    Option,
    Question,
    Reference,
    Screen,
    Text,
    Worked,
)
from tutor.lessons.template import literal
from tutor.network import Graph, Kind, Network
from tutor.network.worked import line_latex, short, worked_lines

_OTHER_RULES = 2
_MOST_SHOWN = 8


def practice_lesson(lesson: Lesson, choice: Choice) -> Lesson:
    """Reduce a lesson, which already has the choice's numbers, to the chosen question."""
    blocks = _blocks(lesson, choice)
    screen = Screen(title=capital(title(choice.skill)), blocks=tuple(blocks))
    return replace(lesson, title=f"Practice: {title(choice.skill)}", screens=(screen,), variant=choice.variant or None)


def numbers_only(lesson: Lesson) -> Lesson:
    """Reduce a lesson to its questions about numbers, without prose; screens with none are left out."""
    screens = []
    for screen in lesson.screens:
        kept = tuple(block for block in screen.blocks if block.asked or block.shows_given)
        if any(block.asked for block in kept):
            screens.append(replace(screen, blocks=tuple(replace(block, after=None) for block in kept)))
    return replace(lesson, screens=tuple(screens))


def _blocks(lesson: Lesson, choice: Choice) -> list[Block]:
    item = choice.item
    if not item.quantity:
        block = next(block for block in lesson.blocks if block.id == item.field)
        return [*_given_for(lesson, block), replace(block, after=None)]
    graph = lesson.graph(item.of)
    reference = Reference(item.of, graph, graph.quantity(item.quantity))
    model = lesson.parts[item.of].built
    shown: list[Block] = [_given(model, graph, item.of)]
    seed = f"{choice.variant}/{item.of}:{item.quantity}"
    if choice.form is Form.WORKED:
        return [*shown, *Worked(id="practice", of=item.of, reference=reference, open=choice.open).parts()]
    if choice.form is Form.FIND:
        find = Find(id="practice", of=item.of, reference=reference, mistake=choice.mistake, seed=seed)
        return [*shown, *find.parts()]
    if choice.form is Form.WHY:
        return [*shown, *why_blocks(reference, seed)]
    return [*shown, *_before(reference), _asked(lesson, reference)]


def _given_for(lesson: Lesson, block: Block) -> list[Block]:
    """Return the block that shows the names used in a formula question; nothing for other questions."""
    graph = block.written_in if isinstance(block, Question) else None
    return [_given(lesson.parts[block.of].built, graph, block.of)] if graph is not None else []


def _given(model: object, graph: Graph, of: str) -> Block:
    """Return the block with the given numbers: the drawn network, or the worksheet's given numbers."""
    if isinstance(model, Network):
        return Diagram(id="practice/given", of=of, network=model, graph=graph)
    return Given(id="practice/given", of=of, graph=graph)


def _before(reference: Reference) -> list[Block]:
    """Return a text with the computed values that the question depends on, if they are few."""
    graph = reference.graph
    parents = dict.fromkeys(
        parent
        for cell in reference.quantity.cells
        for parent in names(graph.definition(cell))
        if graph.nodes[parent].kind is not Kind.GIVEN and parent not in reference.quantity.cells
    )
    if not parents or len(parents) > _MOST_SHOWN:
        return []
    values = [f"{graph.notation.latex(name)} = {short(graph.values[name])}".replace("−", "-") for name in parents]
    text = "Worked out already: " + ", ".join(f"${value}$" for value in values) + "."
    return [Text(id="practice/before", text=literal(text))]


def _asked(lesson: Lesson, reference: Reference) -> Block:
    """Return the lesson's question about the quantity, with its hints and mistakes, or a plain one if it has none."""
    for block in lesson.questions:
        for item in block.asked:
            if (item.of, item.quantity.name) == (reference.of, reference.name):
                return replace(block.asking_only(item), after=None)
    return AskItem(reference.of, reference.graph, reference.quantity).alone("practice")


def why_blocks(reference: Reference, seed: str) -> list[Block]:
    """Return one line of a solution, and the question which rule gave it."""
    graph = reference.graph
    line = worked_lines(graph, reference.quantity.cells[-1])[-1]
    right = skill_of(graph, line.name) or ""
    others = sorted({skill for name in graph.nodes if (skill := skill_of(graph, name)) and skill != right})
    chosen = Random(seed).sample(others, min(_OTHER_RULES, len(others)))
    options = [Option(text=literal(title(right)), correct=True, why=literal("Yes."))]
    wrong = literal("Look at the left side.")
    options += [Option(text=literal(title(each)), correct=False, why=wrong) for each in chosen]
    shown = "  \n".join(f"${part}$" for part in line_latex(graph, line, graph.values))
    prompt = literal("Which rule gave this line?")
    return [
        Text(id="practice/line", text=literal(shown)),
        Choose(id="practice/why", of=reference.of, prompt=prompt, options=tuple(options)),
    ]
