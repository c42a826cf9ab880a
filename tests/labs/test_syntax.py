"""Analysing a learner's code or output always ends soon and never raises, however strange they are."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tutor.labs.advice import advise
from tutor.labs.explain import explain
from tutor.labs.notebook import names_made
from tutor.labs.progress import Progress, total_in
from tutor.labs.syntax import tree

SOURCES = {
    "a sum of 3,000 terms": "x = " + "+".join("1" * 3_000),
    "5,000 branches": "x = 1\nif x == 0: pass\n" + "\n".join(f"elif x == {n}: pass" for n in range(5_000)),
    "many signs": "x = " + "-" * 50_000 + "1",
    "many brackets": "x = " + "(" * 5_000 + ")" * 5_000,
    "many lists": "[" * 150 + "]" * 150,
    "many attributes": "x" + ".x" * 3_000,
    "calls within calls": "f(" * 90 + ")" * 90,
    "a null": "x = 1\0",
    "lone surrogates": "x = '\ud800'",
    "a huge number": "x = " + "9" * 50_000,
    "a loop over a huge range": "for epoch in range(" + "1+" * 2_000 + "1): pass",
    "no end": "'''",
    "very long": "x = 1\n" * 200_000,
}


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_any_source_is_analysed_quickly(source: str) -> None:
    failure: dict[str, Any] = {
        "type": "NameError",
        "message": "name 'x' is not defined",
        "names": ["y"],
        "shapes": {"x": [2]},
    }
    failure["lines"] = [{"file": "lab.py", "line": 1, "function": "<module>"}]
    began = time.process_time()
    advise(source, {"models": [{"name": "x"}]})
    explain(
        {**failure, "type": "RuntimeError", "message": "mat1 and mat2 shapes cannot be multiplied"}, {"lab.py": source}
    )
    names_made(source)
    total_in(source)
    assert time.process_time() - began < 5  # generous: it only has to end


def test_an_ordinary_program_is_parsed() -> None:
    assert tree(
        "for epoch in range(3):\n    if True:\n        with f(a[1 + 2 * (3 - x.y)]) as z:\n            print(z)"
    )


@pytest.mark.parametrize(
    "line", ["epoch 1 a" + " " * 480, "epoch 1 " + "a " * 240, "target size (torch.Size(" * 100_000]
)
def test_any_output_is_analysed_quickly(line: str) -> None:
    began = time.process_time()
    progress = Progress()
    for _ in range(20):
        progress.feed(line + "\n")
    advise("", None, line)
    assert time.process_time() - began < 5
