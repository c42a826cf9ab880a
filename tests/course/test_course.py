"""The course itself: every lesson loads and can be worked from the first screen to the last, and its numbers agree."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from tutor.formulas import Notation, text
from tutor.lessons import Lesson, load
from tutor.lessons.blocks import Ask, Choose, Expression, Fill, Lab, Number, Order, Question, Run
from tutor.network import Network
from tutor.session import Session
from tutor.session.model import Answer, Field, FieldKind, Result, Verdict
from tutor.store import Store

LESSONS = sorted((Path(__file__).parents[2] / "lessons").glob("*.yaml"))
NAMES = [path.stem for path in LESSONS]


@cache
def lesson(name: str) -> Lesson:
    return load(next(path for path in LESSONS if path.stem == name))


def steps_asked(name: str, of: str) -> int:
    """Return the number of training steps of a network that the lesson asks about."""
    cells = " ".join(cell for item in lesson(name).asked() if item.of == of for cell in item.quantity.cells)
    return max([1, *(int(step) for step in re.findall(r"@(\d+)", cells))])


@cache
def by_torch(name: str, of: str) -> Mapping[str, float]:
    """Return PyTorch's values, worked out in this process: a child for each of thirty models would take a minute."""
    engine = pytest.importorskip("tutor.engines.torch.engine", exc_type=ImportError)
    sheets = pytest.importorskip("tutor.engines.torch.sheets", exc_type=ImportError)
    model = lesson(name).models[of]
    found = (
        engine.network_values(model, steps_asked(name, of))
        if isinstance(model, Network)
        else sheets.worksheet_values(model)
    )
    return dict(found)


def test_lessons_are_numbered_and_require_only_earlier_ones() -> None:
    found = [lesson(name) for name in NAMES]
    numbers = [each.number or 0 for each in found]
    assert numbers == sorted(set(numbers))
    assert numbers[0] == 1
    earlier: set[str] = set()
    for each in found:
        assert set(each.requires) <= earlier, f"{each.id} requires a later lesson"
        earlier.add(each.id)


@pytest.mark.parametrize("name", NAMES)
def test_a_lesson_names_its_schema_and_asks_on_every_screen(name: str) -> None:
    each = lesson(name)
    assert each.path.read_text("utf-8").startswith("# yaml-language-server: $schema=lesson.schema.json\n")
    silent = [
        screen.title for screen in each.screens if not any(isinstance(block, Question) for block in screen.blocks)
    ]
    assert not silent
    assert each.summary
    assert each.minutes


@pytest.mark.parametrize("name", NAMES)
def test_programs_fit_a_terminal_of_80_columns(name: str) -> None:
    for block in (block for screen in lesson(name).screens for block in screen.blocks):
        if isinstance(block, Run | Lab):
            source = block.code if isinstance(block, Run) else block.starter
            assert [line for line in source.fill().splitlines() if len(line) > 75] == [], block.id


@pytest.mark.parametrize("name", NAMES)
def test_every_choice_has_a_right_option_and_a_reply_to_each(name: str) -> None:
    for block in lesson(name).questions:
        if isinstance(block, Choose):
            assert any(option.correct for option in block.options), block.id
            assert not all(option.correct for option in block.options), block.id
            assert all(option.why for option in block.options), block.id


@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_option_does_not_reply_as_if_it_were_right(name: str) -> None:
    """The same reply is shown whether the numbers make the option right or wrong, so it must be true in both cases."""
    session = Session(lesson(name), Store(None))
    for block in lesson(name).questions:
        if isinstance(block, Choose):
            for place, option in enumerate(block.options):
                if option.condition is not None and not option.correct:
                    said = session.submit(block.id, (str(place),)).result
                    assert said is not None
                    assert not re.search(r"is (above|below)", said.message), (block.id, said.message)


@pytest.mark.parametrize("name", NAMES)
def test_a_learner_with_the_right_answers_gets_through(name: str) -> None:
    session = Session(lesson(name), Store(None))
    for index in range(len(session.titles)):
        session.goto(index)
        wanted = {block.id for block in session.lesson.screens[index].blocks}
        for _ in range(len(session.field_ids)):
            waiting = [field for field in session.screen().fields if not session.state(field.id).done]
            if not waiting:
                break
            answer_right(session, waiting[0])
        seen = {block.id for block in session.screen().blocks}
        assert seen == wanted, f"screen {index + 1} keeps something hidden"
    assert session.progress.done == session.progress.total


def answer_right(session: Session, field: Field) -> None:
    """Answer a field from the lesson's key, and assert that the answer is accepted."""
    if field.kind in (FieldKind.RUN, FieldKind.LAB):
        verdict = Verdict.KEPT if field.kind is FieldKind.RUN else Verdict.CORRECT
        session.finish(field.id, field.code, Result(verdict))
        return
    answer = key(session.lesson, field)
    outcome = session.submit(field.id, answer)
    wanted = Verdict.KEPT if field.kind is FieldKind.WRITE else Verdict.CORRECT
    assert outcome.result.verdict is wanted, f"{field.id}: {answer!r} is {outcome.result}"


def key(of: Lesson, field: Field) -> Answer:
    """Return the right answer as a careful learner would type it: rounded once, as the screen asks."""
    block = of.block(field.block_id)
    match block:
        case Ask():
            item = next(each for each in block.items if (each.of, each.quantity.name) == (field.of, field.quantity))
            values = [rounded(item.graph.values[cell], field.precision) for cell in item.quantity.cells]
            return tuple(values) if field.kind is FieldKind.GRID else values[0]
        case Number():
            return rounded(block.value, field.precision)
        case Expression():
            return text(block.answer, block.graph.notation if block.graph else Notation())
        case Choose():
            return tuple(str(place) for place, option in enumerate(block.options) if option.correct)
        case Order():
            return tuple(str(place) for place in range(len(block.steps)))
        case Fill():
            return tuple(accepted[0] for accepted in block.gaps)
        case _:
            return "because"


def rounded(value: float, precision: str) -> str:
    found = re.search(r"(\d+) (decimal|figure)", precision)
    if not found:
        return f"{value:.9g}"
    return f"{value:.{found[1]}f}" if found[2] == "decimal" else f"{value:.{found[1]}g}"


@pytest.mark.parametrize("name", NAMES)
def test_pytorch_and_the_formulas_agree_with_numpy_on_everything_asked(name: str) -> None:
    for item in lesson(name).asked():
        by_formulas = item.graph.evaluate()
        for cell in item.quantity.cells:
            true = pytest.approx(item.graph.values[cell], rel=1e-12, abs=1e-14)
            assert by_formulas[cell] == true, f"formulas, {item.of}:{cell}"
            assert by_torch(name, item.of)[cell] == true, f"PyTorch, {item.of}:{cell}"


@pytest.mark.parametrize(
    ("name", "of", "loss", "slopes"),
    [
        ("24-a-recurrent-unit", "rnn", "E", {"gw": "w", "gu": "u", "gb": "b"}),
        (
            "26-embeddings",
            "review",
            "E",
            {f"G[{row},{column}]": f"T[{row},{column}]" for row in (1, 2, 3, 4) for column in (1, 2)},
        ),
    ],
)
def test_a_gradient_that_a_worksheet_writes_out_is_the_slope_of_its_loss(
    name: str, of: str, loss: str, slopes: Mapping[str, str]
) -> None:
    graph = lesson(name).graph(of)
    for step, given in slopes.items():
        above, below = (graph.evaluate({given: graph.values[given] + h})[loss] for h in (1e-5, -1e-5))
        assert graph.values[step] == pytest.approx((above - below) / 2e-5, abs=1e-8), step
