"""Run the author's own checks (``python:``) in a process that receives only the values of the learner's program.

    checker = Checker(Limits())
    answer = await checker.check("assert lr == 0.001", values, ask, seconds=10)
    answer.get("error"), answer["with_program"]
    await checker.close()

The process starts with the first check, or earlier with ``await checker.start()``. It can serve many programs.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from tutor.labs.ending import Ending
from tutor.labs.messages import BadMessage, Message
from tutor.labs.sandbox.level import Level
from tutor.labs.sandbox.limits import Limits
from tutor.labs.sandbox.process import SandboxProcess

Ask = Callable[[Mapping[str, Any]], Awaitable[Message]]
"""Asks the program's process one question and returns the answer."""

_MOST_CALLS = 1_000


class Checker:
    """Keeps the process of the checks. It runs one check at a time; a second one waits for the first."""

    def __init__(self, limits: Limits | None = None, *, at_level: Level | None = None) -> None:
        self.limits = limits or Limits()
        self._level = at_level
        self._box: SandboxProcess | None = None
        self._turn = asyncio.Lock()
        self._mark = ""
        self._messages: asyncio.Queue[Message] = asyncio.Queue()

    async def start(self, *libraries: str) -> None:
        """Start the process ahead of the first check, and import these libraries.

        Raises:
            SandboxError: No process can be started here.
        """
        async with self._turn:
            await self._started()
            if libraries:
                self._ask_for("".join(f"import {name}\n" for name in libraries), {})

    async def _started(self) -> SandboxProcess:
        if self._box is None or self._box.end is not None:
            await self.close()
            self._box = await SandboxProcess.start(self._level, self.limits)
            self._box.on_message = self._take
        return self._box

    async def close(self) -> None:
        """End the process."""
        box, self._box = self._box, None
        if box is not None:
            await box.close()

    def _take(self, message: Message) -> None:
        if message["is"] not in ("call", "checked"):
            raise BadMessage(f"{message['is']} is not for here")
        if message["mark"] == self._mark:  # any other mark belongs to the imports, for which nobody waits
            self._messages.put_nowait(message)

    def _ask_for(self, source: str, values: Mapping[str, Any]) -> None:
        assert self._box is not None
        self._mark = secrets.token_hex(16)
        self._box.printed = 0
        self._box.send("check", source=source, values=values, mark=self._mark)

    async def check(self, source: str, values: Mapping[str, Any], ask: Ask, *, seconds: float) -> Message:
        """Run a check on a program's ``values`` (see ``inside.values``) for at most ``seconds``.

        ``ask`` asks the program's process. Return the ``error`` that the check raised, if any, whether it finished
        (``is_answered``), and whether it needs more than values and so the program's process (``with_program``).

        Raises:
            SandboxError: No process can be started here.
        """
        async with self._turn:
            await self._started()
            self._messages = asyncio.Queue()
            self._ask_for(source, values)
            try:
                async with asyncio.timeout(seconds):
                    found = await self._answer(ask)
            except TimeoutError:
                found = None
            except BaseException:
                await self.close()
                raise
            if found is None:
                await self.close()
                return {"is_answered": False, "with_program": False}
            error = {"error": found["error"]} if found["error"] is not None else {}
            return {**error, "is_answered": True, "with_program": found["needs_program"]}

    async def _answer(self, ask: Ask) -> Message | None:
        """Return what the check reports at its end, or None if the process has ended."""
        box = self._box
        assert box is not None
        gone = asyncio.create_task(box.gone.wait())
        message: asyncio.Task[Message] | None = None
        try:
            for _ in range(_MOST_CALLS):
                message = asyncio.create_task(self._messages.get())
                await asyncio.wait((message, gone), return_when=asyncio.FIRST_COMPLETED)
                if not message.done():
                    return None
                if message.result()["is"] == "checked":
                    return message.result()
                call = message.result()
                question = {"ask": "call", **{part: call[part] for part in ("name", "arguments", "options")}}
                answer = await ask(question)
                box.send("answer", **{part: answer.get(part) for part in ("encoded", "error")})
        finally:
            gone.cancel()
            if message is not None:
                message.cancel()
        box.kill(Ending.STOPPED)
        return None
