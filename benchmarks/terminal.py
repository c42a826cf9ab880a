"""Run a program in a pseudo-terminal, and read the text that it paints with the time at which it came (Unix only)."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

LONGEST = 60.0  # seconds that anything may take
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][0-9A-B]|[=>78])")
_BEGUN = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|\][^\x07\x1b]*|[()])?$")


class Terminal:
    """A program in a terminal of ``width`` × ``height`` cells, started at ``begun`` (``time.perf_counter``)."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], *, width: int = 100, height: int = 30
    ) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest, self._text = "", ""
        self.begun = time.perf_counter()
        self.process = subprocess.Popen(
            command, env=dict(environment), stdin=slave, stdout=slave, stderr=slave, start_new_session=True
        )
        os.close(slave)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._master)

    def press(self, keys: str) -> float:
        """Type the keys; return the time."""
        self._text = ""
        now = time.perf_counter()
        os.write(self._master, keys.encode())
        return now

    def until(self, *texts: str) -> float:
        """Wait until all of these texts have been painted since the last key; return the time of the last one."""
        end = time.perf_counter() + LONGEST
        while not all(text in self._text for text in texts):
            if not self._read(end - time.perf_counter()):
                raise TimeoutError(f"waited in vain for {texts}, and saw {self._text[-1500:]!r}")
        return time.perf_counter()

    def rest(self, seconds: float = 0.15) -> None:
        """Wait until nothing was painted for ``seconds``, at most ten times as long, since a cursor may blink."""
        end = time.perf_counter() + 10 * seconds
        while self._read(seconds) and time.perf_counter() < end:
            pass

    def _read(self, longest: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], max(0.0, longest))
        if not ready:
            return False
        text = self._rest + self._decoder.decode(os.read(self._master, 65536))
        cut = _BEGUN.search(text)  # keep an incomplete escape sequence until the rest arrives
        self._rest = text[cut.start() :] if cut else ""
        self._text += _ESCAPES.sub("", text[: cut.start()] if cut else text)
        return True

    # -- memory and CPU time ------------------------------------------------------------------------------------------

    def memory(self) -> float:
        """Return its resident set size, in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)
        assert found is not None
        return int(found[1]) / 1024

    def processor(self) -> float:
        """Return the CPU seconds that it has used, in all threads."""
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9
