"""What a learner does in a lesson, without a screen: answer, read verdicts, take hints, come back later."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tutor.errors import TutorError
from tutor.lessons import load
from tutor.lessons.blocks import TextView
from tutor.lessons.blocks.diagram import DiagramView
from tutor.lessons.blocks.given import GivenView
from tutor.paths import shipped_lessons
from tutor.session import Session, open_lesson
from tutor.session.entries import Questions
from tutor.session.model import FieldKind, FieldState, QuestionView, ScreenView, Verdict
from tutor.session.states import restore
from tutor.store import Store

Begin = Callable[[], Session]
Z1, Z2, H = "lab2:Z1", "lab2:Z2", "lab2:hidden.H"


def texts(view: ScreenView) -> list[str]:
    return [block.markdown.strip() for block in view.blocks if isinstance(block, TextView)]


def question(view: ScreenView, block_id: str) -> QuestionView:
    return next(block for block in view.blocks if isinstance(block, QuestionView) and block.id == block_id)


# -- what a screen shows --------------------------------------------------------------------------------------------


def test_field_ids_name_what_they_ask(session: Session) -> None:
    assert session.field_ids == (
        Z1, Z2, H, "which", "holds", "steps", "gaps", "why", "count", "cell",
        "soft:Z1", "soft:H1", "soft:Z2", "soft:H2", "soft:Z3", "soft:yhat", "soft:delta3",
    )  # fmt: skip
    grid = session.field(H)
    assert (grid.kind, grid.shape, grid.cells, grid.precision) == (FieldKind.GRID, (2,), ("H₁", "H₂"), "3 decimals")


def test_a_number_still_to_be_found_shows_as_a_question_mark(session: Session) -> None:
    """In prose, as a matrix in mathematics, as a list in code, and in the drawing."""
    (text,) = texts(session.screen())
    assert text.startswith("The sum is ?, its activation ?.")
    assert r"\begin{bmatrix}? & ?\end{bmatrix}" in text
    assert "`H = [?, ?]`" in text
    assert session.shown("lab2", "Z1") == "?"
    session.submit(Z1, "-0.7")
    (text,) = texts(session.screen())
    assert text.startswith("The sum is −0.7, its activation ?.")
    assert session.shown("lab2", "Z1") == "−0.7"
    diagram = next(block for block in session.screen().blocks if isinstance(block, DiagramView))
    assert diagram.values["Z1"] == "−0.7"
    assert diagram.values["Z2"] == "?"
    assert diagram.values["yhat"] == "?"
    assert diagram.values["w11"] == "0.2"


def test_a_block_appears_once_the_answer_it_waits_for_is_found(session: Session) -> None:
    assert [field.id for field in session.screen().fields] == [Z1, Z2]
    session.submit(Z1, "3")
    assert [field.id for field in session.screen().fields] == [Z1, Z2]
    session.submit(Z1, "-0.7")
    assert [field.id for field in session.screen().fields] == [Z1, Z2, H]
    assert "Both are done." not in texts(session.screen())
    session.give_up(Z2)
    assert texts(session.screen())[-1] == "Both are done."


def test_a_screen_names_the_screens_that_it_waits_for(tmp_path: Path) -> None:
    path = tmp_path / "waits.yaml"
    path.write_text(
        "title: Waits\n"
        "network: {inputs: [1], target: 1, layers: [{weights: [{w1: 0.5}], bias: {b: 0.1}, activation: sigmoid}]}\n"
        "screens:\n"
        "  - {title: One, blocks: [ask: Z1]}\n"
        "  - {title: Two, blocks: [{ask: yhat}, {text: Later., after: Z1}, {text: Soon., after: yhat}]}\n",
        encoding="utf-8",
    )
    session = Session(load(path), Store(None))
    assert (session.screen(0).waits_for, session.screen(1).waits_for) == ((), (0,))
    session.give_up(session.field_ids[0])
    assert session.screen(1).waits_for == ()
    assert texts(session.screen(1)) == ["Later."]


def test_given_numbers_are_shown_as_mathematics(session: Session) -> None:
    given = next(block for block in session.screen().blocks if isinstance(block, GivenView))
    assert [len(group) for group in given.groups] == [1, 2, 2, 2], "x, each layer's W and θ, y and α"
    lines = "\n".join(latex for group in given.groups for latex in group)
    assert r"w_{11} & w_{12}" in lines
    assert r"0.2 & -0.3" in lines
    assert r"\alpha = 0.001" in lines


def test_the_explanation_waits_for_every_answer_of_its_block(session: Session) -> None:
    session.submit(Z1, "-0.7")
    assert question(session.screen(), "Z1, Z2").explain == ""
    session.submit(Z2, "0.1")
    assert question(session.screen(), "Z1, Z2").explain == "The bias counts."


# -- answering ------------------------------------------------------------------------------------------------------


def test_the_focus_moves_on_only_after_a_right_answer(session: Session) -> None:
    wrong = session.submit(Z1, "3")
    assert (wrong.result.verdict, wrong.focus) == (Verdict.WRONG, Z1)
    assert session.state(Z1).to_fix
    right = session.submit(Z1, "-0.7")
    assert (right.result.verdict, right.focus) == (Verdict.CORRECT, Z2)
    state = session.state(Z1)
    assert (state.attempts, state.solved, state.done, state.to_fix) == (2, True, True, False)
    worse = session.submit(Z1, "-0.3")
    assert (worse.result.verdict, worse.focus) == (Verdict.WRONG, Z1), (
        "solved, but the answer in the field now must be corrected"
    )


def test_a_solved_field_stays_solved(session: Session) -> None:
    session.submit(Z1, "-0.7")
    session.submit(Z1, "5")
    assert session.state(Z1).done
    assert session.shown("lab2", "Z1") == "−0.7"


def test_an_empty_answer_is_not_an_attempt(session: Session) -> None:
    outcome = session.submit(Z1, "  ")
    assert outcome.result.verdict is Verdict.UNREADABLE
    assert session.state(Z1).attempts == 0


def test_progress_counts_solved_and_given_up_fields(session: Session) -> None:
    session.submit(Z1, "-0.7")
    session.submit(Z2, "0.1")
    outcome = session.submit(H, ("0", "0.1"))
    assert (outcome.screen_done, outcome.focus) == (True, None)
    assert session.progress.done < session.progress.total
    for name in session.field_ids:
        session.give_up(name)
    progress = session.progress
    assert (progress.done, progress.total) == (16, 16)


def test_a_grid_is_marked_cell_by_cell(session: Session) -> None:
    session.submit(Z1, "-0.7")
    result = session.submit(H, ("0", "0.2")).result
    assert [cell.verdict for cell in result.cells] == [Verdict.CORRECT, Verdict.WRONG]
    assert result.verdict is Verdict.WRONG


def test_a_grid_with_empty_cells_is_not_an_attempt(session: Session) -> None:
    session.submit(Z1, "-0.7")
    result = session.submit(H, ("0", "")).result
    assert result.verdict is Verdict.UNREADABLE
    assert [cell.verdict for cell in result.cells] == [Verdict.CORRECT, Verdict.UNREADABLE]
    assert session.state(H).attempts == 0


@pytest.mark.parametrize(
    ("field", "answer", "verdict", "said"),
    [
        ("which", ("0",), Verdict.CORRECT, "The error is known there."),
        ("which", ("1",), Verdict.WRONG, "That is where the forward pass starts."),
        ("which", ("2",), Verdict.WRONG, "not it"),
        ("which", (), Verdict.UNREADABLE, "Nothing is chosen"),
        ("which", ("17",), Verdict.UNREADABLE, "not one of the options"),
        ("holds", ("2",), Verdict.WRONG, "one more"),
        ("holds", ("0", "2"), Verdict.CORRECT, "Unit 1 is dead: Its sum is negative. The output is alive: It answers."),
        ("holds", ("0", "1", "2"), Verdict.WRONG, "Its sum is positive."),
        ("holds", ("1", "3"), Verdict.WRONG, "Unit 2 is dead: Its sum is positive. Nothing moves: ŷ can."),
        ("steps", ("1", "0", "2", "3", "4"), Verdict.CORRECT, ""),
        ("steps", ("0", "1", "2", "3", "4"), Verdict.CORRECT, ""),
        ("steps", ("0", "1", "3", "2", "4"), Verdict.WRONG, "look at step 3"),
        ("steps", ("0", "1", "2", "3", "4", "5"), Verdict.WRONG, "“eval” does not belong"),
        ("steps", ("0", "1", "2"), Verdict.WRONG, "2 more to come"),
        ("steps", (), Verdict.UNREADABLE, ""),
        ("steps", ("0", "0", "2", "3", "4"), Verdict.UNREADABLE, "once"),
        ("steps", ("0", "1", "2", "3", "4", "4"), Verdict.UNREADABLE, "once"),
        ("steps", ("0", "1", "2", "3", "99"), Verdict.UNREADABLE, ""),
        ("steps", ("0", "first"), Verdict.UNREADABLE, ""),
        ("which", ("0", "99"), Verdict.UNREADABLE, ""),
        ("gaps", ("backward", "step"), Verdict.CORRECT, ""),
        ("gaps", (" backward ", "step()"), Verdict.CORRECT, ""),
        ("gaps", ("Backward", "step"), Verdict.WRONG, "gap 1"),
        ("gaps", ("x", "y"), Verdict.WRONG, "gaps 1 and 2"),
        ("gaps", ("", ""), Verdict.UNREADABLE, ""),
        ("why", "Because I think so.", Verdict.KEPT, "not marked"),
        ("why", "", Verdict.UNREADABLE, ""),
        ("count", "11", Verdict.CORRECT, ""),
        ("count", "6 + 2 + 2 + 1", Verdict.CORRECT, ""),
        ("count", "8", Verdict.WRONG, "Biases count too."),
        ("count", "9", Verdict.WRONG, ""),
        ("count", "eleven", Verdict.UNREADABLE, ""),
    ],
)
def test_every_kind_of_question_is_marked(
    session: Session, field: str, answer: str | tuple[str, ...], verdict: Verdict, said: str
) -> None:
    result = session.submit(field, answer).result
    assert result.verdict is verdict
    assert said in result.message


def test_the_model_answer_appears_after_the_learners(session: Session) -> None:
    assert question(session.screen(1), "why").model == ""
    session.submit("why", "I think so.")
    assert question(session.screen(1), "why").model == "Because."
    assert session.state("why").done


def test_a_mistake_counts_once_and_later_answers_follow_from_it(session: Session) -> None:
    """An answer worked out from a wrong one is consistent; correcting the wrong one marks it again at once."""
    session.submit("soft:Z1", "0.7")
    follows = session.submit("soft:H1", "0.668")
    assert follows.result.verdict is Verdict.FOLLOWS
    assert follows.result.because == ("Z₁",)
    assert "is on screen" not in follows.result.message
    assert follows.focus == "soft:Z2"
    corrected = session.submit("soft:Z1", "-0.7")
    assert corrected.result.verdict is Verdict.CORRECT
    assert [(name, result.verdict) for name, result in corrected.changed] == [("soft:H1", Verdict.WRONG)]
    assert session.state("soft:H1").to_fix


def test_an_answer_that_follows_from_a_corrected_number_says_so(begin: Begin) -> None:
    """It was worked out while that number stood, so it does not name a mistake that happens to give the same number."""
    session = begin()
    session.submit("soft:Z1", "0.7")
    session.submit("soft:H1", "0.668")  # the sigmoid of 0.7, and also what the sign mistake gives
    for again in (session, begin()):
        again.submit("soft:Z1", "-0.7")
        result = again.submit("soft:H1", "0.668").result
        assert result.verdict is Verdict.WRONG
        assert result.mistakes == ()
        assert result.message == "This follows from your earlier Z₁ = 0.7. Work it out again with the new one."


def test_an_answer_that_follows_from_a_corrected_number_still_does_after_reopening(begin: Begin) -> None:
    session = begin()
    for field, answer in (("soft:Z1", "0.7"), ("soft:H1", "0.668"), ("soft:Z1", "-0.7")):
        session.submit(field, answer)
    for each in (session, begin()):
        result = each.state("soft:H1").result
        assert result is not None
        assert result.mistakes == ()
        assert result.message == "This follows from your earlier Z₁ = 0.7. Work it out again with the new one."


def test_a_mistake_of_this_step_is_named_before_a_corrected_number_that_gives_the_same(begin: Begin) -> None:
    """Worked out after the correction, either may be what happened."""
    session = begin()
    for answer in ("0.7", "-0.7"):
        session.submit("soft:Z1", answer)
    for again in (session, begin()):
        result = again.submit("soft:H1", "0.668").result
        assert result.verdict is Verdict.WRONG
        assert [each.id for each in result.mistakes] == ["sign-in-exponent"]
        assert result.because == ("Z₁",)
        assert result.message.startswith(result.mistakes[0].message)
        assert "Or it follows from your earlier Z₁ = 0.7." in result.message


def test_one_figure_does_not_tell_which_corrected_number_an_answer_follows_from(begin: Begin) -> None:
    session = begin()
    for answer in ("0.7", "-0.7"):
        session.submit("soft:Z1", answer)
    follows, guess = (session.submit("soft:H1", answer).result for answer in ("0.67", "0.6"))  # of 0.668
    assert follows.because == ("Z₁",)
    assert guess.verdict is Verdict.WRONG
    assert guess.because == ()
    assert begin().submit("soft:H1", "0.375").result.because == ()


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ("2 8\n4 10\n6 12", "These are the right numbers with rows and columns swapped"),
        ("2 8\n4 10\n6 13", "2 rows of 3 numbers are asked for; here are 3 rows of 2."),
        ("2 4\n6 8", "2 rows of 3 numbers are asked for; here are 2 rows of 2."),
    ],
)
def test_a_pasted_matrix_that_does_not_fit_is_called_transposed_if_it_is(
    tmp_path: Path, pasted: str, said: str
) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(
        "title: Own\n"
        "worksheet: {given: {X: [[1, 2, 3], [4, 5, 6]]}, steps: {C: 2*X}}\n"
        "screens: [{blocks: [{ask: C}]}]\n",
        encoding="utf-8",
    )
    session = Session(load(path), Store(None))
    (field,) = session.field_ids
    assert session.read_grid(field, pasted) is None
    assert session.unfit(field, pasted).startswith(said)
    assert session.state(field).attempts == 0


def test_a_mistake_on_another_screen_is_located(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(
        "title: Own\n"
        "network: {inputs: [1], target: 1, layers: [{weights: [{w1: 0.5}], bias: {b: 0.1}, activation: sigmoid}]}\n"
        "screens:\n"
        "  - {title: One, blocks: [text: Look.]}\n"
        "  - {title: Two, blocks: [ask: Z1]}\n"
        "  - {title: Three, blocks: [ask: yhat]}\n",
        encoding="utf-8",
    )
    session = Session(load(path), Store(None))
    sum_, output = session.field_ids
    session.submit(sum_, "0.4")
    assert session.submit(output, "0.5987").result.message.endswith("Z₁ is on screen 2.")


@pytest.mark.parametrize(
    ("first", "says"),
    [
        ("text: Think of the sums.", "An earlier mistake would explain it, at Z₂: this leaves out the bias b₂."),
        ("text: 'The sums are {{Z1}} and {{Z2}}.'", "A different Z₂ from the one shown would explain it: "),
        ("diagram: net", "A different Z₂ from the one shown would explain it: "),
        ("{diagram: net, show: names}", "An earlier mistake would explain it, at Z₂: "),
        ("ask: Z2", "An earlier mistake would explain it, at Z₂: "),
    ],
)
def test_a_mistake_at_a_number_that_is_shown_says_so(tmp_path: Path, first: str, says: str) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(
        "title: Own\n"
        "networks:\n"
        "  net:\n"
        "    inputs: [1, 0.4]\n"
        "    target: 1\n"
        "    layers:\n"
        "      - {weights: [[0.5, 0.3], [-0.7, 0.9]], bias: {b1: 0.1, b2: 0.25}, activation: sigmoid}\n"
        "      - {weights: [[0.8], [-0.6]], bias: {b3: 0.2}, activation: sigmoid}\n"
        "screens:\n"
        f"  - {{title: One, of: net, blocks: [{first}]}}\n"
        "  - {title: Two, of: net, blocks: [{ask: {delta2: {decimals: 6}}}, text: 'It was {{H2}}.']}\n",
        encoding="utf-8",
    )
    lesson = load(path)
    graph = lesson.graph()
    wrong = graph.solve({"Z2": graph.values["Z2"] - 0.25})["delta2"]
    session = Session(lesson, Store(None))
    assert session.submit("net:delta2", f"{wrong:.6f}").result.message.startswith(says)


# -- giving up and hints --------------------------------------------------------------------------------------------


def test_giving_up_shows_the_answer_and_moves_on(session: Session) -> None:
    outcome = session.give_up(Z1)
    assert "−0.7" in outcome.result.message
    assert session.shown("lab2", "Z1") == "−0.7"
    assert session.solution(Z1) == "−0.7"
    assert outcome.focus == Z2
    assert session.progress.given_up == 1
    assert not session.state(Z1).solved
    session.submit(Z1, "-0.7")
    assert not session.state(Z1).solved


def test_reveal_false_never_shows_the_value(session: Session) -> None:
    """The last two hints are missing, and giving up shows nothing."""
    session.give_up("soft:delta3")
    assert session.shown("soft", "delta3") == "?"
    assert session.solution("soft:delta3") == ""
    assert len(session.hints("soft:delta3").rungs) == 3
    with pytest.raises(TutorError, match="keeps this derivation"):
        session.derivation("soft", "delta3")


def test_hints_show_their_cost_before_they_are_opened(session: Session) -> None:
    ladder = session.hints(Z1)
    assert len(ladder.rungs) == 5
    assert all(not rung.text and rung.cost for rung in ladder.rungs)
    first = session.open_hint(Z1)
    assert first is not None
    assert "weighted sum" in first.text
    assert session.state(Z1).hints_opened == 1
    for _ in range(3):
        session.open_hint(Z1)
    assert not session.state(Z1).done
    session.open_hint(Z1)
    assert session.state(Z1).given_up, "the hint that shows the answer counts as giving up"
    assert session.open_hint(Z1) is None
    assert r"= -0.7" in session.hints(Z1).rungs[4].text


def test_has_hints_agrees_with_the_hints(session: Session) -> None:
    for name in session.field_ids:
        assert session.has_hints(name) == bool(session.hints(name).rungs), name
    assert not session.has_hints("why")
    assert session.has_hints("steps")


def test_a_hint_about_an_answer_does_not_shift_the_opened_hints(session: Session, begin: Begin) -> None:
    """It disappears with the next answer; the hint that shows the answer must not open by moving into its place."""
    session.submit(Z1, "0.7")
    assert session.hints(Z1).rungs[0].title == "About this answer"
    for _ in range(5):
        session.open_hint(Z1)
    assert not session.state(Z1).given_up
    session.submit(Z1, "5.123")
    for each in (session, begin()):
        ladder = each.hints(Z1)
        assert [rung.opened for rung in ladder.rungs] == [True] * 4 + [False]
        assert ladder.following is not None
        assert ladder.following.cost.startswith("shows the answer")
    session.submit(Z1, "0.7")
    assert [rung.opened for rung in session.hints(Z1).rungs] == [True] * 5 + [False]


def test_a_hint_about_an_answer_is_free_and_opened_hints_stay_open(session: Session) -> None:
    session.submit(Z1, "5.123")
    session.open_hint(Z1)
    session.submit(Z1, "0.7")
    ladder = session.hints(Z1)
    assert [rung.opened for rung in ladder.rungs] == [True, True, False, False, False, False]
    assert session.state(Z1).hints_opened == 1


def test_hints_work_where_the_learners_numbers_give_no_value(session: Session) -> None:
    """The sigmoid of an absurdly large sum overflows; the hints say so."""
    session.submit("soft:Z1", "-100000")
    for _ in range(5):
        session.open_hint("soft:H1")
    assert "has no value with your $Z_{1} = -100000$" in session.hints("soft:H1").rungs[-1].text


def test_the_authors_hint_is_the_first(session: Session) -> None:
    session.submit(Z1, "-0.7")
    hint = session.open_hint(H)
    assert hint is not None
    assert hint.text == "Mind the sign."


def test_after_a_right_answer_all_hints_are_free(session: Session) -> None:
    session.submit(Z1, "-0.7")
    ladder = session.hints(Z1)
    assert {rung.cost for rung in ladder.rungs} == {"free"}
    session.open_hint(Z1)
    assert session.state(Z1).hints_opened == 1


def test_hints_do_not_reveal_other_answers(session: Session) -> None:
    """The activation's hints keep the symbol of a sum that is still to be found, then use the learner's number."""
    for _ in range(5):
        session.open_hint("soft:H1")
    assert "-0.7" not in "".join(rung.text for rung in session.hints("soft:H1").rungs)
    session.submit("soft:Z1", "0.7")
    assert "0.7" in session.hints("soft:H1").rungs[-1].text


def test_hints_use_the_found_value_after_a_later_wrong_answer(session: Session) -> None:
    for answer in ("-0.7", "0.35"):
        session.submit("soft:Z1", answer)
    for _ in range(5):
        session.open_hint("soft:H1")
    said = "".join(rung.text for rung in session.hints("soft:H1").rungs)
    assert "0.35" not in said
    assert "-0.7" in said


# -- coming back ----------------------------------------------------------------------------------------------------


def test_the_screen_and_the_drafts_come_back(session: Session, begin: Begin) -> None:
    session.draft(Z1, "-0.")
    session.draft(H, ("0", ""))
    session.draft("why", "Because it\nis so")
    session.next()
    back = begin()
    assert back.position == 1
    assert back.state(Z1).draft == "-0."
    assert back.state(H).draft == ("0", "")
    assert back.state("why").draft == "Because it\nis so"


def test_a_cleared_field_stays_cleared(session: Session, begin: Begin) -> None:
    """The earlier answer remains in the history."""
    session.submit(Z1, "5")
    session.draft(Z1, "")
    session.save()
    state = begin().state(Z1)
    assert (state.draft, state.answer) == ("", "5")


def test_save_writes_the_drafts(session: Session, begin: Begin) -> None:
    session.draft(Z1, "-0.7")
    assert begin().state(Z1).draft == ""
    session.save()
    assert begin().state(Z1).draft == "-0.7"


def test_answers_hints_and_progress_come_back(session: Session, begin: Begin) -> None:
    session.submit(Z1, "3")
    session.submit(Z1, "-0.7")
    session.give_up(Z2)
    session.open_hint("soft:Z1")
    session.submit("why", "So.")
    session.submit("which", ("1",))
    back = begin()
    for name in back.field_ids:
        then, now = session.state(name), back.state(name)
        assert (now.attempts, now.hints_opened, now.done, now.solved, now.given_up) == (
            then.attempts, then.hints_opened, then.done, then.solved, then.given_up,
        )  # fmt: skip
    shown = back.state("which").result
    assert shown is not None
    assert shown == session.state("which").result
    assert back.progress == session.progress


def test_the_cells_of_a_grid_keep_their_verdicts_after_a_restart(session: Session, begin: Begin) -> None:

    session.submit(Z1, "-0.7")
    session.submit(H, ("-0.7", "0.1"))
    for each in (session, begin()):
        result = each.state(H).result
        assert result is not None
        assert [cell.verdict for cell in result.cells] == [Verdict.WRONG, Verdict.CORRECT]


@pytest.mark.parametrize("answer", [("Backward", "step"), ("backward", "step")])
def test_gaps_keep_their_verdicts_after_a_restart(session: Session, begin: Begin, answer: tuple[str, str]) -> None:
    session.submit("gaps", answer)
    result = begin().state("gaps").result
    assert result is not None
    assert result.cells
    assert result == session.state("gaps").result


def test_paging_stops_at_the_first_and_last_screen(session: Session) -> None:
    assert session.back().index == 0
    assert session.goto(99).index == 2
    assert session.next().index == 2
    assert session.goto(-5).index == 0


def test_a_renamed_question_keeps_its_progress(lesson_file: Path, store: Store, session: Session) -> None:
    lesson = lesson_file.read_text(encoding="utf-8")
    session.submit("count", "11")
    session.submit("which", ("1",))
    text = lesson.replace("id: count", "id: parameters\n        was: count").replace(
        "id: which", "id: layer\n        was: [which]"
    )
    lesson_file.write_text(text, encoding="utf-8")
    later = Session(load(lesson_file), store)
    assert later.state("parameters").solved
    assert later.state("layer").attempts == 1


def test_a_question_that_moves_keeps_its_progress(lesson_file: Path, store: Store, session: Session) -> None:
    session.submit(Z1, "-0.7")
    lesson = lesson_file.read_text(encoding="utf-8")
    lesson_file.write_text(lesson.replace("ask: [Z1, Z2]", "ask: [Z2, Z1, Z3]"), encoding="utf-8")
    assert Session(load(lesson_file), store).state(Z1).solved


def test_options_are_shuffled_the_same_way_for_everybody(lesson_file: Path, tmp_path: Path, session: Session) -> None:
    orders, steps = set(), set()
    for learner in "abcdefgh":
        own = Session(load(lesson_file), Store(learner=learner))
        again = Session(load(lesson_file), Store(learner=learner))
        order = tuple(option.key for option in own.field("which").options)
        assert order == tuple(option.key for option in again.field("which").options)
        orders.add(order)
        steps.add(tuple(option.key for option in own.field("steps").options))
        assert [option.key for option in own.field("holds").options] == ["0", "1", "2", "3"]
        assert [option.key for option in own.field("steps").options] != ["0", "1", "2", "3", "4", "5"]
    assert len(orders) == len(steps) == 1


def test_the_look_back_shows_every_answer(session: Session) -> None:
    session.submit(Z1, "3")
    session.submit(Z1, "-0.7")
    session.submit("steps", ("1", "0", "2", "3", "4"))
    attempts = session.look_back().attempts
    assert [(one.label, one.verdict) for one in attempts] == [
        ("Z₁", Verdict.WRONG),
        ("Z₁", Verdict.CORRECT),
        ("One step", Verdict.CORRECT),
    ]
    assert attempts[2].answer == "predict → zero_grad → loss → backward → step"
    assert attempts[0].screen == "Sums"


def test_the_exported_look_back_escapes_what_was_typed(session: Session) -> None:
    session.submit("why", "<script>alert(1)</script> `a` *b*")
    markdown, page = session.export("markdown"), session.export("html")
    assert markdown.startswith("# Every block")
    assert "**Why?** ``<script>alert(1)</script> `a` *b*`` • kept" in markdown, "code in more backticks than it holds"
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "http" not in page


@pytest.mark.parametrize(("zone", "shown"), [("Asia/Tokyo", "2026-03-15 00:09"), ("UTC", "2026-03-14 15:09")])
def test_the_look_back_shows_local_time(
    lesson_file: Path, monkeypatch: pytest.MonkeyPatch, zone: str, shown: str
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        store = Store(now=lambda: datetime(2026, 3, 14, 15, 9, tzinfo=UTC))
        session = Session(load(lesson_file), store)
        session.submit(Z1, "3")
        assert session.look_back().attempts[0].local_time == shown
        assert shown in session.export("markdown")
        assert shown in session.export("html")
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_reset_clears_progress_and_keeps_the_history(session: Session, begin: Begin) -> None:
    session.submit(Z1, "3")
    session.goto(2)
    session.reset()
    assert session.position == 0
    assert session.progress.done == 0
    assert session.state(Z1).attempts == 0
    assert begin().state(Z1).draft == ""
    (kept,) = session.look_back().attempts
    assert kept.archived


def test_each_variant_has_its_own_progress(session: Session) -> None:
    session.submit(Z1, "-0.7")
    other = session.switch_variant("#17")
    assert other.variant == "17"
    assert other.lesson.graph("lab2").values["Z1"] != -0.7
    assert other.progress.done == 0
    assert other.switch_variant("").state(Z1).solved
    assert other.new_variant().variant == "1"


def test_a_lesson_opens_where_it_was_left(lesson_file: Path, store: Store) -> None:
    first = open_lesson(f"{lesson_file}#3", store)
    first.goto(1)
    again = open_lesson(str(lesson_file), store, resume=True)
    assert (again.variant, again.position) == ("3", 1)
    assert open_lesson(str(lesson_file), store).variant == ""


def test_the_first_counted_answer_is_evidence_of_its_skill(session: Session, store: Store) -> None:
    session.submit(Z1, "not a number")
    session.submit(Z1, "-0.7")
    session.submit(Z1, "9")
    session.give_up(Z2)
    found = [(each.skill, each.right, each.unaided) for each in store.evidence()]
    assert found == [("weighted-sum", True, True), ("weighted-sum", False, False)]


def test_a_mistake_in_an_earlier_step_is_evidence_of_that_steps_skill(session: Session, store: Store) -> None:
    graph = session.lesson.graph("soft")
    without_bias = graph.evaluate({"Z1": graph.values["Z1"] - graph.values["theta1"]})
    outcome = session.submit("soft:yhat", f"{without_bias['yhat']:.6f}")
    assert [(each.id, each.place) for each in outcome.result.mistakes] == [("bias-left-out", "Z1")]
    assert [(each.skill, each.right) for each in store.evidence()] == [("weighted-sum", False)]


def test_a_mistake_that_a_corrected_number_would_explain_too_is_no_evidence_of_a_right_step(
    session: Session, store: Store
) -> None:
    for answer in ("0.7", "-0.7"):
        session.submit("soft:Z1", answer)
    result = session.submit("soft:H1", "0.668").result
    assert result.because
    assert [(each.skill, each.right) for each in store.evidence()][-1] == ("activation-sigmoid", False)


def test_a_second_session_with_the_same_numbers_adds_no_evidence(session: Session, store: Store, begin: Begin) -> None:
    session.submit(Z1, "9")
    begin().submit(Z1, "-0.7")
    assert [each.right for each in store.evidence()] == [False]


def test_a_disk_that_cannot_be_written_is_reported_and_stops_nobody(lesson_file: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    session = Session(load(lesson_file), Store(tmp_path / "file" / "progress.sqlite3", learner=""))
    outcome = session.submit(Z1, "-0.7")
    assert "cannot be saved" in outcome.notice
    assert session.state(Z1).solved


def test_the_worksheet_lists_every_quantity_the_lesson_reaches(session: Session) -> None:
    rows = session.worksheet("soft")
    assert [row.group for row in rows] == sorted(
        (row.group for row in rows), key=["given", "steps", "forward", "backward", "update"].index
    )
    by_name = {row.name: row for row in rows}
    assert by_name["Z1"].field is not None
    assert by_name["Z1"].value == "?"
    assert by_name["delta3"].field is not None
    assert "w11_new" not in by_name, "the lesson does not go as far as the update"
    session.submit("soft:Z1", "-0.7")
    assert {row.name: row.value for row in session.worksheet("soft")}["Z1"] == "−0.7"


def test_a_number_found_early_is_shown_on_the_worksheet(session: Session) -> None:
    value = session.lesson.graph("soft").values["delta3"]
    session.submit("soft:delta3", f"{value:.6f}")
    shown = {row.name: row.value for row in session.worksheet("soft")}
    assert shown["Z1"] == "?"
    assert shown["delta3"] != "?"


def test_the_worksheet_also_takes_answers_that_the_lesson_does_not_ask(session: Session, begin: Begin) -> None:
    before = session.progress
    row = next(row for row in session.worksheet("soft") if row.extra)
    assert row.field is not None
    assert session.submit(row.field.id, "9").result.verdict is Verdict.WRONG
    assert session.progress == before, "progress counts only what the lesson asks"
    assert session.first_to_fix() is None
    assert session.look_back().attempts[-1].screen == "Worksheet"
    session.draft(row.field.id, "8")
    session.save()
    back = begin()
    assert back.state(row.field.id).draft == "8"
    assert back.state(row.field.id).attempts == 1


def test_hints_and_giving_up_on_the_worksheet_are_kept(session: Session, begin: Begin, store: Store) -> None:
    hinted, shown = [row.field.id for row in session.worksheet("soft") if row.extra and row.field is not None][:2]
    session.open_hint(hinted)
    session.give_up(shown)
    session.save()
    back = begin()
    back.worksheet("soft")
    assert back.state(hinted).took_hints
    assert back.state(shown).given_up


@pytest.mark.parametrize("how", ["other numbers", "after a reset"])
def test_worksheet_answers_from_earlier_do_not_affect_the_lesson(session: Session, begin: Begin, how: str) -> None:
    """The look back lists them; they belong to other numbers, or to the time before a reset."""
    row = next(row for row in session.worksheet("lab2") if row.extra)
    assert row.field is not None
    session.submit(row.field.id, "0.1")
    if how == "other numbers":
        later = session.new_variant()
    else:
        session.reset()
        later = begin()
    assert later.look_back().attempts[0].label == row.label
    right = str(round(later.lesson.graph("lab2").values["Z1"], 6))
    assert later.read(Z1, right).ok
    assert later.submit(Z1, right).result.verdict is Verdict.CORRECT
    assert later.export()


def test_later_answers_follow_from_a_mistake_on_the_worksheet(session: Session) -> None:
    row = next(row for row in session.worksheet("soft") if row.name == "H1")
    assert row.field is not None
    session.submit(row.field.id, "0.5")
    graph = session.lesson.graph("soft")
    wrong = graph.evaluate({"H1": 0.5})
    z3 = next(row.field for row in session.worksheet("soft") if row.name == "Z3")
    assert z3 is not None
    result = session.submit(z3.id, f"{wrong['Z3']:.3f}").result
    assert result.verdict is Verdict.FOLLOWS
    assert result.because == ("H₁",)


def test_a_derivation_hides_a_value_still_to_be_found(session: Session) -> None:
    lines = session.derivation("lab2", "Z1")
    assert lines[-1].text.endswith("?")
    assert "0.7" not in "".join(line.text for line in lines)
    session.submit(Z1, "-0.7")
    lines = session.derivation("lab2", "Z1")
    assert lines[-1].text.endswith("−0.7")
    assert not any("?" in line.text for line in lines)


def test_two_tutors_on_one_progress_agree_on_what_is_done(begin: Begin, store: Store, lesson_file: Path) -> None:
    """Each keeps its own screen; Home counts what either has solved."""
    here = begin()
    with closing(Store(store.path, learner="")) as same:
        there = Session(load(lesson_file), same)
        here.submit(Z1, "3")
        there.submit(Z1, "-0.7")
        there.submit("soft:Z1", "-0.7")
        here.submit(Z2, "0.1")
    (summary,) = store.summaries()
    assert (summary.done, summary.to_fix) == (3, 0)
    assert here.progress.to_fix == 1, "this screen still shows its own wrong answer"


def test_another_tutors_progress_is_read_once(
    begin: Begin, store: Store, lesson_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = begin()
    with closing(Store(store.path, learner="")) as same:
        Session(load(lesson_file), same).submit(Z1, "-0.7")
    read: list[str] = []

    def reading(questions: Questions, store: Store, lesson: str, variant: str) -> dict[str, FieldState]:
        read.append(lesson)
        return restore(questions, store, lesson, variant)

    monkeypatch.setattr("tutor.session.states.restore", reading)
    for answer in ("0.1", "0.2", "0.1"):
        session.submit(Z2, answer)
    assert len(read) == 1


def test_a_reset_in_another_tutor_counts_here(
    begin: Begin, store: Store, clock: Callable[[], datetime], lesson_file: Path
) -> None:
    here = begin()
    here.submit(Z1, "-0.7")
    here.submit(Z2, "3")
    with closing(Store(store.path, learner="", now=clock)) as same:
        Session(load(lesson_file), same).reset()
    here.submit("soft:Z1", "-0.7")
    (summary,) = store.summaries()
    assert (summary.done, summary.to_fix) == (begin().progress.done, begin().progress.to_fix) == (1, 0)


def test_answers_from_another_tutor_count_after_a_lock(begin: Begin, store: Store, lesson_file: Path) -> None:
    here = begin()
    with closing(Store(store.path, learner="")) as same:
        there = Session(load(lesson_file), same)
        there.submit(Z1, "-0.7")
        with closing(sqlite3.connect(str(store.path), isolation_level=None)) as other:
            other.execute("begin immediate")
            here.submit(Z2, "0.3")
            assert not store.saving
        store.close()
    with closing(Store(store.path, learner="")) as later:
        assert (later.summaries()[0].done, later.summaries()[0].to_fix) == (1, 1)


LOOP = """title: Loop
screens:
  - blocks:
      - order: A training loop
        id: loop
        steps: [[opt.zero_grad(), yhat = model(x)], 'loss = loss_fn(yhat, y)', loss.backward(), opt.step()]
        before: [['yhat =', loss =, backward, step], [[zero_grad, backward], [step, zero_grad]]]
"""
ZERO, PREDICT, LOSS, BACKWARD, STEP = "01234"


@pytest.mark.parametrize(
    ("order", "says"),
    [
        ([ZERO, PREDICT, LOSS, BACKWARD, STEP], ""),
        ([PREDICT, LOSS, ZERO, BACKWARD, STEP], ""),  # the order of PyTorch's tutorial
        ([PREDICT, LOSS, BACKWARD, STEP, ZERO], ""),  # for the next round
        ([PREDICT, LOSS, BACKWARD, ZERO, STEP], "look at step 4"),
        ([LOSS, PREDICT, ZERO, BACKWARD, STEP], "very first step"),
        ([PREDICT, LOSS, STEP, BACKWARD, ZERO], "look at step 3"),
        ([PREDICT, ZERO, BACKWARD, LOSS, STEP], "look at step 3"),
        ([PREDICT, LOSS], "in order so far"),
        ([STEP, BACKWARD], "not in order yet"),
    ],
)
def test_several_orders_are_right_and_the_first_misplaced_line_is_named(
    order: list[str], says: str, tmp_path: Path
) -> None:
    path = tmp_path / "loop.yaml"
    path.write_text(LOOP, encoding="utf-8")
    result = Session(load(path), Store(learner="")).submit("loop", tuple(order)).result
    assert result.verdict is (Verdict.WRONG if says else Verdict.CORRECT)
    assert says in result.message


@pytest.mark.parametrize("setting", ["hints: false", "reveal: false"])
def test_the_worksheet_keeps_to_the_lessons_hints_and_reveal(setting: str, tmp_path: Path) -> None:
    path = tmp_path / "kept.yaml"
    path.write_text(
        f"title: Kept\n{setting}\nworksheet: {{given: {{a: 2, b: 3}}, steps: {{p: a*b, q: p + a, r: q^2}}}}\n"
        "screens:\n  - blocks:\n      - ask: r\n",
        encoding="utf-8",
    )
    session = Session(load(path), Store(learner=""))
    row = next(row for row in session.worksheet() if row.name == "p")
    assert row.extra
    assert row.field is not None
    name = row.field.id
    if setting == "hints: false":
        assert not session.has_hints(name)
        assert session.hints(name).rungs == ()
    else:
        assert session.keeps(name)
        assert all("6" not in rung.text for rung in session.hints(name).rungs)
        session.give_up(name)
        assert session.solution(name) == ""
        assert next(row.value for row in session.worksheet() if row.name == "p") == "?"


def test_a_changed_lesson_marks_its_answers_again_and_reports_once(
    session: Session, begin: Begin, lesson_file: Path
) -> None:
    session.submit(Z1, "-0.7")
    session.submit(Z2, "0.3")
    session.submit("count", "11")
    session.submit("lab2:hidden.H", ("0", "0.1"))
    session.submit("which", ("0",))
    session.submit("why", "So.")
    assert begin().news == "", "nothing was changed"
    before = begin().progress
    text = lesson_file.read_text()
    lesson_file.write_text(text.replace("w13: 0.4", "w13: 0.3").replace("theta1: -0.4", "theta1: -0.5"))
    back = begin()
    changed = {name for name in back.field_ids if back.state(name).solved != session.state(name).solved}
    assert Z1 in changed
    assert not back.state(Z1).done
    assert back.state(Z1).to_fix
    assert back.state("which").solved
    assert "Z₁" in back.news
    summary = back.store.summaries()[0]
    assert (summary.done, summary.to_fix) == (back.progress.done, back.progress.to_fix)
    assert back.progress.done == before.done - len(changed)
    again = begin()
    assert again.news == "", "it is said once"
    assert {name for name in again.field_ids if not again.state(name).solved} == {
        name for name in back.field_ids if not back.state(name).solved
    }
    assert again.state(Z1).attempts == session.state(Z1).attempts, "marking again is not an attempt"
    lesson_file.write_text(text)
    repaired = begin()
    assert "Right now: " in repaired.news
    assert begin().state(Z1).solved


def test_the_revision_is_shown_and_recorded_with_every_answer(
    session: Session, begin: Begin, lesson_file: Path
) -> None:
    session.submit(Z1, "-0.7")
    assert session.edition == ()
    lesson_file.write_text(lesson_file.read_text().replace("id: every-block", "id: every-block\nrevision: 3"))
    back = begin()
    back.submit(Z2, "0.3")
    assert back.edition == ("revision 3",)
    assert back.switch_variant("17").edition == ("numbers #17", "revision 3")
    assert [row.revision for row in back.store.attempts("every-block", "")] == [1, 3]


def test_an_answer_that_does_not_fit_a_changed_question_is_not_right(
    session: Session, begin: Begin, lesson_file: Path
) -> None:
    session.submit("lab2:hidden.H", ("0", "0.3"))
    session.submit("gaps", ("backward", "step"))
    session.submit("steps", ("0", "1", "2", "3"))
    session.submit("holds", ("0", "2", "3"))
    text = lesson_file.read_text()
    text = text.replace("gaps: [backward, [step, 'step( )']]", "gaps: [[step]]").replace("loss.____()", "")
    text = text.replace("order: One step", "fill: The ____.").replace("extra: [eval]", "")
    text = text.replace("steps: [[zero_grad, predict], loss, backward, step]", "gaps: [loss]")
    lesson_file.write_text(text)
    back = begin()
    assert not back.state("gaps").solved
    assert not back.state("steps").solved


def test_giving_up_before_the_right_answer_survives_a_restart(session: Session, begin: Begin) -> None:
    session.submit(Z1, "5")
    session.give_up(Z1)
    session.submit(Z1, "-0.7")
    assert begin().state(Z1).given_up == session.state(Z1).given_up
    assert begin().state(Z1).solved == session.state(Z1).solved


def test_a_hint_about_an_answer_says_more_than_its_message(session: Session) -> None:
    assert session.submit("count", "8").result.message == "Biases count too."
    assert not session.hints("count").rungs


def test_the_answer_that_is_shown_has_the_figures_asked_for(begin: Begin, lesson_file: Path) -> None:
    text = lesson_file.read_text().replace("- ask: soft:Z1, soft:H1", "- {ask: 'soft:delta1', figures: 4}")
    number = "answer: 3*2 + 2 + 2*1 + 1\n        figures: 2"
    lesson_file.write_text(text.replace("answer: 3*2 + 2 + 2*1 + 1", number.replace("3*2", "300.123")))
    session = begin()
    for name, shown in (("soft:delta1", "0.008725"), ("count", "305")):
        session.give_up(name)
        assert session.solution(name) == shown


def test_a_gap_of_one_character_is_not_given_away(begin: Begin, lesson_file: Path) -> None:
    lesson_file.write_text(lesson_file.read_text().replace("gaps: [backward,", "gaps: ['@',"))
    session = begin()
    hint = session.open_hint("gaps")
    assert hint is not None
    assert "@" not in hint.text
    assert "1 character)" in hint.text


@pytest.mark.parametrize("typed", [("hidden.Z", "hidden.H", "yhat", "E"), ("hidden.H", "yhat", "E")])
def test_right_work_after_a_whole_layer_without_its_bias_is_consistent(typed: tuple[str, ...], store: Store) -> None:
    """All of it is 0, 1, −1 and 2, and the place of the mistake is named, also after what follows from it."""
    answers = {
        "hidden.Z": tuple("00111122"), "hidden.H": tuple("00111122"), "yhat": ("0", "-1", "-1", "-2"), "E": ("6",),
    }  # fmt: skip
    session = Session(load(shipped_lessons() / "12-xor.yaml"), store)
    first, *later = [session.submit(f"xor:{name}", answers[name]).result for name in typed]
    assert first.verdict is Verdict.WRONG
    assert [result.verdict for result in later] == [Verdict.FOLLOWS] * len(later)
    assert {result.because[0] for result in later} == {"Z₂[2]" if typed[0] == "hidden.Z" else "H₂[2]"}
