"""One-off numbers: what is asked for where the author says nothing, and what is right then."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.lessons import load
from tutor.session import Session
from tutor.session.model import Verdict
from tutor.store import Store

CASES = [
    # answer, what the author says, what the screen says, what is right, what is wrong
    ("2/3", "", "3 decimals", ["0.667", "0.66667"], ["0.67", "0.7"]),
    ("2/30000", "", "7 decimals", ["0.0000667"], ["0", "0.0001"]),
    ("9", "", "", ["9"], ["9.1", "8.9995"]),
    ("1/4", "", "", ["0.25"], ["0.251", "0.3"]),
    ("1000000/3", "figures: 2", "2 figures", ["330000", "333333"], ["340000", "33"]),
    ("2/3", "within: 0.1", "within 0.1", ["0.6", "0.7"], ["0.5"]),
]


@pytest.mark.parametrize(("answer", "more", "says", "right", "wrong"), CASES)
def test_precision(answer: str, more: str, says: str, right: list[str], wrong: list[str], tmp_path: Path) -> None:
    path = tmp_path / "numbers.yaml"
    path.write_text(
        f"title: Numbers\nscreens:\n  - blocks:\n      - number: How much?\n        answer: {answer}\n        {more}\n"
    )
    session = Session(load(path), Store(None, learner=""))
    (name,) = session.field_ids
    assert session.field(name).precision == says
    for typed in right:
        assert session.submit(name, typed).result.verdict is Verdict.CORRECT, typed
    for typed in wrong:
        assert session.submit(name, typed).result.verdict is not Verdict.CORRECT, typed
