"""Skills and their prerequisites come from the graph."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.learning.models import NETWORK, WORKSHEET
from tutor.learning.choice import needed_first
from tutor.learning.index import LessonSkills, Practisable, SkillIndex, load_index, skills_of_lesson
from tutor.learning.record import LearnerRecord
from tutor.learning.skills import prerequisites, skill_of, skills_of, title
from tutor.lessons import load
from tutor.network import build_graph
from tutor.paths import shipped_lessons


@pytest.mark.parametrize(
    ("quantity", "skill"),
    [
        ("x1", None),
        ("Z1", "weighted-sum"),
        ("H1", "activation-tanh"),
        ("yhat", "activation-sigmoid"),
        ("E", "loss-half-squared-error"),
        ("delta3", "error-signal-output"),
        ("delta1", "error-signal-hidden"),
        ("dE/dw21", "gradient-weight"),
        ("dE/dtheta1", "gradient-bias"),
        ("w21_new", "update-adam"),
        ("w21_m", "update-adam"),
        ("hidden.W_new", "update-adam"),
    ],
)
def test_every_quantity_of_a_network_has_the_skill_of_its_operation(quantity: str, skill: str | None) -> None:
    graph = build_graph(NETWORK)
    assert skill_of(graph, graph.quantity(quantity).name) == skill


@pytest.mark.parametrize(
    ("step", "skill"),
    [
        ("S", "step-matrix-product"),
        ("A", "step-softmax"),
        ("C", "step-convolution"),
        ("R", "activation-relu"),
        ("g", "step-derivative"),
        ("L", "step-sum"),
    ],
)
def test_a_worksheets_step_has_the_skill_of_its_operation(step: str, skill: str) -> None:
    assert skill_of(build_graph(WORKSHEET), step) == skill


def test_a_grid_is_also_practice_in_the_matrix_form() -> None:
    graph = build_graph(NETWORK)
    assert skills_of(graph, graph.quantity("hidden.dW")) == ("gradient-weight", "matrix-form")


def test_prerequisites_follow_the_computation_and_have_no_cycle() -> None:
    before = prerequisites(build_graph(NETWORK))
    assert before["activation-tanh"] == ("weighted-sum",)
    assert "error-signal-output" in before["error-signal-hidden"]
    assert "gradient-weight" in before["update-adam"]
    order = list(before)
    assert all(order.index(needed) < order.index(skill) for skill, skills in before.items() for needed in skills)


def test_each_skill_of_the_course_has_a_title_and_a_place_in_the_order() -> None:
    files = sorted(shipped_lessons().glob("*.yaml"))
    index = load_index(files)
    order = index.in_order()
    assert set(order) == set(index.asked)
    for skill in order:
        assert title(skill)
        assert "_" not in title(skill)
        if skill.startswith("step-"):  # the title names what the learner does
            assert "step" not in title(skill)
        for needed in index.prerequisites(skill):
            assert order.index(needed) < order.index(skill)
    assert order[:3] == ("weighted-sum", "activation-sigmoid", "loss-half-squared-error")


def lesson(name: str, asked: str, **before: str) -> LessonSkills:
    items = tuple(Practisable(skill, (skill,)) for skill in asked.split())
    return LessonSkills(
        name, f"{name}.yaml", name, items, {skill: tuple(needed.split()) for skill, needed in before.items()}
    )


def test_a_skill_needs_what_its_first_lesson_computes_it_from() -> None:
    index = SkillIndex(
        [
            lesson("one", "sum sigmoid", sigmoid="sum"),
            lesson("two", "convolution sigmoid", sigmoid="convolution"),
            lesson("three", "sum convolution", sum="convolution", convolution="sum"),
        ]
    )
    assert index.in_order() == ("sum", "sigmoid", "convolution")
    assert index.prerequisites("sigmoid") == ("sum",)


def test_a_step_that_is_not_asked_is_replaced_by_its_prerequisites() -> None:
    index = SkillIndex([lesson("one", "loss sum", loss="output", output="sum"), lesson("two", "output")])
    assert index.in_order() == ("sum", "loss", "output")
    assert index.prerequisites("loss") == ("sum",)


def test_only_skills_of_opened_lessons_are_needed_first() -> None:
    index = SkillIndex(
        [lesson("one", "sum"), lesson("two", "sum sigmoid", sigmoid="sum"), lesson("three", "loss", loss="sum")]
    )
    nothing = LearnerRecord((), now=datetime(2027, 3, 1, tzinfo=UTC))
    assert needed_first(index, nothing, {"two"}, "sigmoid") == ("sum",)
    assert needed_first(index, nothing, {"three"}, "loss") == ()


def test_a_lesson_that_cannot_be_read_is_left_out_of_the_index() -> None:
    files = [shipped_lessons() / "04-backpropagation.yaml", shipped_lessons() / "none.yaml"]
    first, again = load_index(files), load_index(files)
    assert first.lessons == again.lessons
    assert list(again.lessons) == ["backpropagation"]


def test_a_lesson_lists_what_it_asks_in_order() -> None:
    found = skills_of_lesson(load(shipped_lessons() / "03-laboratory-task-2.yaml"))
    assert found.items[0].skills == ("weighted-sum",)
    assert SkillIndex([found]).asked["weighted-sum"][0][1].quantity == "Z1"
