"""Check my homework: learners type only the numbers they have, and the first wrong one is named."""

from __future__ import annotations

import pytest

from tutor.authoring.own import save
from tutor.authoring.own_form import Form
from tutor.errors import TutorError
from tutor.lessons import load
from tutor.session import Session
from tutor.session.checking import check, put
from tutor.session.model import Verdict
from tutor.store import Store

LAB = Form(
    sizes="3-2-1", inputs="1 0 1", target="1", hidden="relu", rate="0.1",
    numbers="W1 = 0.2 -0.3; 0.4 0.1; -0.5 0.2\nb1 = -0.4 0.2\nW2 = -0.3; -0.2\nb2 = 0.1",
)  # fmt: skip


@pytest.fixture
def session() -> Session:
    return Session(load(save(LAB)), Store(None))


def typed(session: Session, **numbers: str) -> None:
    for name, text in numbers.items():
        put(session, "network", name.replace("_d", ".d"), text)


def test_nothing_typed_is_no_mistake(session: Session) -> None:
    found = check(session)
    assert (found.first, found.typed) == (None, 0)


def test_only_the_first_wrong_number_is_named(session: Session) -> None:
    typed(session, H2="0.2", Z1="-0.7", Z2="0.2", Z3="0.06")  # typed in any order; Z2 is 0.1
    found = check(session)
    assert found.first is not None
    assert found.first.name == "Z2"
    assert found.result is not None
    assert found.result.verdict is Verdict.WRONG
    assert (found.typed, found.right, found.follows) == (4, 1, 2)
    typed(session, Z2="0.1", H2="0.1", Z3="0.08")
    found = check(session)
    assert (found.first, found.typed, found.right) == (None, 4, 4)
    assert "4 numbers are right" in found.heading


def test_a_matrix_may_be_typed_in_part(session: Session) -> None:
    put(session, "network", "dE/dw1_1_2", "0.5")
    found = check(session)
    assert found.first is not None
    assert (found.first.name, found.typed) == ("dE/dw1_1_2", 1)
    put(session, "network", "hidden.dW", "[[0, 0.5], [0, 0], [0, 0]]")
    found = check(session)
    assert found.first is not None
    assert (found.first.name, found.typed, found.right) == ("dE/dw1_1_2", 6, 4)


def test_an_unreadable_number_is_named_when_nothing_is_wrong(session: Session) -> None:
    typed(session, Z1="-0.7", Z2="0.1 0.2 z")
    found = check(session)
    assert found.first is not None
    assert found.first.name == "Z2"
    assert found.result is not None
    assert found.result.verdict is Verdict.UNREADABLE
    assert session.state("network:Z2").attempts == 0


@pytest.mark.parametrize(("name", "text"), [("Z9", "1"), ("x1", "1"), ("hidden.dW", "1 2")])
def test_a_name_or_shape_that_does_not_fit_is_refused(session: Session, name: str, text: str) -> None:
    with pytest.raises(TutorError):
        put(session, "network", name, text)


def test_checking_twice_counts_one_attempt(session: Session) -> None:
    typed(session, Z1="0.7")
    check(session)
    check(session)
    assert session.state("network:Z1").attempts == 1
