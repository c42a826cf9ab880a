"""Messages from a child: everything but a valid message raises BadMessage and nothing else."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tutor.labs.ending import Ending
from tutor.labs.kernel import Kernel
from tutor.labs.messages import BadMessage, answers, read
from tutor.labs.sandbox.inside.describe import describe
from tutor.labs.sandbox.level import level

DONE = {"is": "done", "mark": "m", "seconds": 0.5, "marked": True, "names": ["x"]}
FAILURE = {"type": "E", "message": "no", "lines": []}
FACTS: dict[str, Any] = {
    "seen": {
        "optimizers": [{"name": "SGD", "parameters": {"lr": 0.1, "nesterov": False}}],
        "criteria": ["MSELoss"],
        "loaders": [{"batch_size": None, "batches": 3, "rows": 20}],
        "optimizers_made": 1, "steps": 3, "backwards": 3, "stale": 0, "gradients": True, "backwards_first": 1,
        "reductions": ["mean"], "losses": [0.5, None, 0.25], "rows": [8, 8, 4], "order": [1.5, 2.5, None],
        "layers": [{"type": "Linear", "settings": "in_features=1, out_features=1"}], "leaves": 2, "left_out": 0,
        "axes": [2, 2],
        "inputs": {"rows": 20, "means": [0.0], "deviations": [None]}, "targets": None,
    },
    "models": [{"name": "m", "type": "Net", "layers": [{"type": "Linear", "settings": ""}], "parameters": 4}],
    "callables": [], "integers": {"n": 3}, "rows": [86], "names": ["m"], "losses": [],
}  # fmt: skip
GOOD = [
    {"is": "ready", "process": 7},
    {"is": "value", "mark": "m", "text": "3"},
    {"is": "error", "mark": "m", **FAILURE},
    {"is": "report", "points": [{"epoch": 1, "total": None, "figures": {"loss": 0.5, "other": "nan"}}]},
    DONE,
    {"is": "answers", "mark": "m", "answers": [{}]},
]


@pytest.mark.parametrize("message", GOOD, ids=lambda message: str(message["is"]))
def test_a_valid_message_is_read_unchanged(message: dict[str, Any]) -> None:
    assert read(json.dumps(message).encode()) == message


BAD: list[bytes] = [
    b"", b"\n", b"null", b"3", b"[]", b'"done"', b"{}", b"\xff\xfe", b"[" * 100_000, b'{"is":' * 5_000, b"1" * 10_000,
    *(
        json.dumps(message).encode()
        for message in (
            {"is": None}, {"is": 3}, {"is": ["done"]}, {"is": "nonsense"}, {"is": "done"},
            {**DONE, "seconds": None}, {**DONE, "seconds": "0.5"}, {**DONE, "seconds": -1}, {**DONE, "seconds": []},
            {**DONE, "names": None}, {**DONE, "names": [1]}, {**DONE, "names": "x"}, {**DONE, "marked": 1},
            {**DONE, "mark": None}, {**DONE, "more": 1}, {"is": "ready", "process": "7"},
            {"is": "ready", "process": -1},
            {"is": "ready", "process": 1 << 70}, {"is": "value", "mark": "m", "text": 3},
            {"is": "value", "mark": "m", "text": "x" * 100_000}, {"is": "error", "mark": "m", "type": "E"},
            {"is": "error", "mark": "m", **FAILURE, "lines": [3]}, {"is": "report", "points": None},
            {"is": "report", "points": [{"epoch": "1", "total": None, "figures": {}}]}, {"is": "answers", "mark": "m"},
            {"is": "answers", "mark": "m", "answers": [None]}, {"is": "fit", "fit": {"kind": "?", "x": [], "y": []}},
        )
    ),
    b'{"is":"done","mark":"m","seconds":NaN,"marked":true,"names":[]}',
    b'{"is":"done","mark":"m","seconds":1e999,"marked":true,"names":[]}',
    b'{"is":"value","mark":"m","text":"\\ud800"}',
]  # fmt: skip


@pytest.mark.parametrize("line", BAD, ids=range(len(BAD)))
def test_anything_else_is_a_bad_message(line: bytes) -> None:
    with pytest.raises(BadMessage):
        read(line)


VALUE, FACT = {"ask": "value", "source": "x"}, {"ask": "facts"}
NOT_AN_ANSWER: list[tuple[dict[str, str], Any]] = [
    (VALUE, {}),
    (VALUE, {"value": None}),
    (VALUE, {"value": {"type": "int", "text": "3", "shape": [2], "cells": [1]}}),
    (VALUE, {"value": {"type": "int", "text": "3", "shape": [], "cells": ["6"]}}),
    (VALUE, {"value": {"type": "int", "text": "3", "cells": [6]}}),
    (VALUE, {"value": {"type": "list", "text": "", "shape": [-1], "cells": []}}),
    (VALUE, {"error": "NameError"}),
    (VALUE, FACTS),
    (FACT, {**FACTS, "seen": None}),
    (FACT, {**FACTS, "seen": {**FACTS["seen"], "steps": "many"}}),
    (FACT, {**FACTS, "rows": [None]}),
    (FACT, {**FACTS, "models": [{"name": "m"}]}),
    ({"ask": "fit"}, {"fit": 3}),
    ({"ask": "python", "source": ""}, {"passed": True}),
]


@pytest.mark.parametrize(("question", "answer"), NOT_AN_ANSWER)
def test_an_answer_must_fit_its_question(question: dict[str, str], answer: dict[str, Any]) -> None:
    with pytest.raises(BadMessage):
        answers([question], [answer])
    with pytest.raises(BadMessage):
        answers([question], [])


def test_valid_answers_are_accepted() -> None:
    given: list[dict[str, Any]] = [{"value": dict(describe([1.0, float("nan")]))}, FACTS, {"error": FAILURE}]
    assert answers([VALUE, FACT, VALUE], given) == given


def test_escape_sequences_are_removed_from_messages() -> None:
    message = {"is": "error", "mark": "m", "type": "E\x1b[31m", "message": "\x1b]0;title\x07no", "lines": []}
    assert read(json.dumps(message).encode())["type"] == "E"
    assert read(json.dumps(message).encode())["message"] == "no"


@pytest.mark.skipif(not level().can_run, reason="this machine has no means to run a program")
@pytest.mark.parametrize(
    "line", [b"null", b'{"is":"done"}', json.dumps(DONE).encode(), b'{"is":"answers","mark":"","answers":[]}']
)
def test_a_bad_message_ends_its_program_at_once(line: bytes) -> None:
    """A forged message lacks the mark of its run; the program tries all numbers to find the pipe."""
    source = f"import os, time\nfor file in range(3, 20):\n    try: os.write(file, {line!r} + b'\\n')\n    except OSError: pass\ntime.sleep(9)"  # noqa: E501

    async def work() -> None:
        kernel = Kernel()
        ran = await kernel.run(source)
        after = await kernel.run("1 + 1")
        await kernel.close()
        assert (ran.ending, after.value) == (Ending.CRASHED, "2")
        assert ran.seconds < 8

    asyncio.run(work())
