"""The tutor as a process in a real terminal: what it loads, what it sends, and what remains when it is killed."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import pytest

from tests.homes import write_long_ago
from tests.ui.driving import LESSON, LONGEST
from tutor.store import Store, default_path

HEAVY = {"numpy", "sympy", "pydantic", "torch"}

FIRST_SCREENS = """
import asyncio, sys
from tutor.store import Store, default_path
from tutor.ui.app import TutorApp
from tutor.ui.screens.home import Home

Home.load_shelf = lambda self: None  # runs after the first screen is shown

async def home():
    app = TutorApp(Store(default_path()), warm=False)
    async with app.run_test() as pilot:
        await pilot.pause()
        assert app.screen_stack
    print(*sys.modules)

async def lesson():
    from tutor.ui.screens.lesson import LessonScreen

    app = TutorApp(Store(default_path()), "2")
    async with app.run_test() as pilot:
        while not isinstance(app.screen, LessonScreen):
            await pilot.pause(0.05)
        await pilot.pause()
        await app.workers.wait_for_complete()
        print(*sys.modules)
        app.expect_answers()
        await app.workers.wait_for_complete()
        print(*sys.modules)

asyncio.run(home())
asyncio.run(lesson())
"""


def test_the_first_screens_load_nothing_heavy() -> None:
    """NumPy computes the values that answers are marked against; it is loaded with the first answer, and not to paint a
    lesson that is in the cache."""
    command = [sys.executable, "-c", FIRST_SCREENS]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    home, lesson, answer = ({name.partition(".")[0] for name in line.split()} for line in done.stdout.splitlines())
    assert "textual" in home
    assert not home & HEAVY
    assert "numpy" not in lesson
    assert "numpy" in answer


class Terminal:
    """A process in a terminal of 80×24, with everything that it has sent to the terminal."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        self.sent = b""
        self._mine, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        kept = {key: value for key, value in os.environ.items() if key not in ("COLORTERM", "NO_COLOR")}
        command = [sys.executable, *arguments]
        self.process = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True, env={**kept, **environment}
        )
        os.close(theirs)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.close()

    def close(self) -> None:
        """Close the terminal if it is open."""
        if self._mine >= 0:
            os.close(self._mine)
            self._mine = -1

    def type(self, keys: str | bytes) -> None:
        """Send keys."""
        os.write(self._mine, keys.encode() if isinstance(keys, str) else keys)

    @property
    def text(self) -> str:
        """What was sent, without control sequences."""
        return re.sub(
            r"\x1b\[[0-9;?:]*[a-zA-Z$]|\x1b[PX^_\]].*?(?:\x1b\\|\x07)|\x1b.", "", self.sent.decode(errors="replace")
        )

    def read(self) -> bool:
        """Read what has been sent. Return False once the terminal is closed."""
        if select.select([self._mine], [], [], 0.05)[0]:
            try:
                got = os.read(self._mine, 65536)
            except OSError:  # on Linux, the other end is closed
                return False
            self.sent += got
            return bool(got)
        return True

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Read until a condition holds."""
        end = time.monotonic() + LONGEST
        while not condition():
            assert self.read() or condition(), f"the terminal closed before {what}: {self.text[-2000:]}"
            assert time.monotonic() < end, f"timed out waiting for {what}: {self.text[-2000:]}"


@pytest.fixture(scope="session")
def lesson_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file that the first tutor reads, and the others find in the cache."""
    return write_long_ago(tmp_path_factory.mktemp("terminal") / "every-kind.yaml", LESSON)


def drafts() -> dict[str, str]:
    """Return the saved drafts, read from this process."""
    if not default_path().exists():
        return {}
    store = Store(default_path())
    try:
        return store.drafts("every-kind", "")
    finally:
        store.close()


def attempts() -> int:
    store = Store(default_path())
    try:
        return len(store.attempts("every-kind"))
    finally:
        store.close()


def test_a_killed_tutor_loses_only_the_last_keys(lesson_file: Path) -> None:
    """The tutor is killed after one answer is marked and another half typed, in 16 colours. The second start, without
    colours, shows both."""
    with Terminal("-m", "tutor", str(lesson_file), TERM="xterm-16color") as terminal:
        terminal.until(lambda: "2 questions open here" in terminal.text, "the lesson")
        terminal.type("-0.7\r")
        terminal.until(lambda: attempts() == 1, "the answer in the file")
        terminal.type("0.12")
        terminal.until(lambda: drafts().get("lab2:Z2") == "0.12", "the draft in the file")
        terminal.type("9")
        os.killpg(terminal.process.pid, signal.SIGKILL)
        terminal.process.wait()
        assert not re.search(rb"\x1b\[[0-9;]*[34]8;[25];", terminal.sent), "no more than 16 colours"
        assert re.search(rb"\x1b\[[0-9;]*9?[0-7]m", terminal.sent), "colours are used"
    with Terminal("-m", "tutor", str(lesson_file), TERM="xterm-256color", NO_COLOR="1") as terminal:
        terminal.until(lambda: "0.12" in terminal.text and "1 question open here" in terminal.text, "the draft")
        assert "✓" in terminal.text
        terminal.type("\x11")  # ctrl+q
        terminal.until(lambda: terminal.process.poll() is not None or not terminal.read(), "the end")
        assert terminal.process.wait(LONGEST) == 0
        assert b"\x1b[?1049l" in terminal.sent, "the terminal is restored"
        assert "Traceback" not in terminal.text


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, "UTF-8"),
        ({"TERM": "linux"}, "TERM=linux"),
    ],
)
def test_a_terminal_without_mathematics_gets_plain_mode_and_the_reason(
    environment: dict[str, str], reason: str
) -> None:
    with Terminal("-m", "tutor", **environment) as terminal:
        terminal.until(lambda: "q leaves" in terminal.text, "the lessons")
        assert "tutor --plain --ascii" in terminal.text
        assert reason in terminal.text
        assert terminal.text.isascii()
        assert "\\u" not in terminal.text
        terminal.type("q\n")
        terminal.until(lambda: "Goodbye" in terminal.text, "the end")
        assert terminal.process.wait(LONGEST) == 0


NO_MARKING = """
import sys
from tutor.ui import run
from tutor.ui.app import TutorApp

TutorApp.expect_answers = lambda self: None  # only drafts are typed: nothing needs NumPy
"""
STARTS = f"""{NO_MARKING}
sys.exit(run(sys.argv[1]))
"""
CRASHES = f"""{NO_MARKING}
from tutor.ui.screens.answering import AnsweringScreen

def fail(self):
    raise RuntimeError("a bug of ours")

AnsweringScreen.action_hint = fail
sys.exit(run(sys.argv[1]))
"""


def test_stop_and_continue_change_nothing_and_terminate_saves_the_draft(lesson_file: Path) -> None:
    """After SIGSTOP and SIGCONT each key still arrives once, and SIGTERM saves the typed text. A byte that is not
    UTF-8, from a Latin-1 terminal or a binary paste, becomes U+FFFD."""
    with Terminal("-c", STARTS, str(lesson_file)) as terminal:
        terminal.until(lambda: "2 questions open here" in terminal.text, "the lesson")
        for each in (signal.SIGSTOP, signal.SIGCONT, signal.SIGCONT):
            terminal.process.send_signal(each)
        terminal.type("0.1ä2".encode("latin-1"))
        terminal.until(lambda: drafts().get("lab2:Z1") == "0.1\ufffd2", "what was typed")
        terminal.type(b"\x1b[200~\xff\x1b[201~5")
        terminal.until(lambda: drafts().get("lab2:Z1") == "0.1\ufffd2\ufffd5", "what was pasted")
        terminal.type("\x1512345")  # ctrl+u
        terminal.until(lambda: "I read 12345" in terminal.text, "what was typed last")
        terminal.process.send_signal(signal.SIGTERM)
        while terminal.read():
            pass
        assert terminal.process.wait(LONGEST) == 128 + signal.SIGTERM
        assert b"\x1b[?1049l" in terminal.sent[-200:], "the terminal is restored"
    assert drafts() == {"lab2:Z1": "12345"}


@pytest.mark.parametrize("signals", [[signal.SIGHUP, signal.SIGCONT], []], ids=["with signals", "without signals"])
def test_closing_the_window_ends_the_tutor_and_loses_nothing(lesson_file: Path, signals: list[signal.Signals]) -> None:
    """The kernel sends both SIGHUP and SIGCONT to the session of a closed terminal."""
    with Terminal("-c", STARTS, str(lesson_file)) as terminal:
        terminal.until(lambda: "2 questions open here" in terminal.text, "the lesson")
        terminal.type("12345")
        terminal.until(lambda: "I read 12345" in terminal.text, "what was typed")
        terminal.close()
        for each in signals:
            terminal.process.send_signal(each)
        assert terminal.process.wait(LONGEST) == 128 + signal.SIGHUP
    assert drafts() == {"lab2:Z1": "12345"}


def test_an_internal_error_ends_with_a_message_and_keeps_the_work(lesson_file: Path, learner_home: Path) -> None:
    Store(default_path()).set_setting("keys", {"lesson.hint": "ctrl+t"})
    with Terminal("-c", CRASHES, str(lesson_file), TERM="xterm-256color") as terminal:
        terminal.until(lambda: "2 questions open here" in terminal.text, "the lesson")
        terminal.type("-0.7\x14")
        terminal.until(lambda: terminal.process.poll() is not None or not terminal.read(), "the end")
        assert terminal.process.wait(LONGEST) == 70
        assert b"\x1b[?1049l" in terminal.sent, "the terminal is restored"
        said = terminal.text.rpartition("The tutor met an error")[2]
        assert "Your answers are saved" in said
        report = next((learner_home / "reports").iterdir())
        assert report.name in said.replace("\r\n", "")
        assert "Traceback" not in said
    assert "RuntimeError: a bug of ours" in report.read_text(encoding="utf-8")
    assert drafts() == {"lab2:Z1": "-0.7"}


def test_the_next_start_resets_a_terminal_left_by_a_killed_tutor() -> None:
    """Otherwise the terminal's mouse reports would be typed into the answers of plain mode."""
    with Terminal("-m", "tutor", "--plain") as terminal:
        terminal.until(lambda: "Lesson (number" in terminal.text, "the list of lessons")
        before = terminal.sent.partition(b"Neural networks")[0]
        assert {b"\x1b[?1000l", b"\x1b[?1003l", b"\x1b[<u"} <= set(re.findall(rb"\x1b\[[?<\d]*[a-z]", before))
