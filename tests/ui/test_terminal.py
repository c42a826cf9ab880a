"""The tutor as a process in a real terminal: what it loads, what it sends, and what is left when it is killed."""

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

from tests.ui.driving import LESSON, LONGEST
from tutor.store import Store, default_path

HEAVY = {"numpy", "sympy", "pydantic", "torch"}

FIRST_SCREEN = """
import asyncio, sys
from tutor.store import Store, default_path
from tutor.ui.app import TutorApp
from tutor.ui.screens.home import Home

Home.load_shelf = lambda self: None  # what comes beside the first screen

async def main():
    app = TutorApp(Store(default_path()), warm=False)
    async with app.run_test() as pilot:
        await pilot.pause()
        assert app.screen_stack
    print(" ".join(sys.modules))

asyncio.run(main())
"""


def test_the_first_screen_loads_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", FIRST_SCREEN], capture_output=True, text=True, timeout=60, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "textual" in loaded
    assert not loaded & HEAVY


A_KEPT_LESSON = """
import asyncio, sys
from tutor.store import Store, default_path
from tutor.ui.app import TutorApp
from tutor.ui.screens.lesson import LessonScreen

async def opened():
    app = TutorApp(Store(default_path()), "2")
    async with app.run_test() as pilot:
        while not isinstance(app.screen, LessonScreen):
            await pilot.pause(0.05)
        await pilot.pause()
        await app.workers.wait_for_complete()
        before = "numpy" in sys.modules
        app.expect_answers()
        await app.workers.wait_for_complete()
        print(before, "numpy" in sys.modules)

asyncio.run(opened())
"""


def test_a_lesson_that_was_opened_before_is_painted_without_numpy() -> None:
    """The values that answers are marked against are NumPy's; it is fetched with the first answer."""
    command = [sys.executable, "-c", A_KEPT_LESSON]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["False", "True"]


class Terminal:
    """A process in a terminal of 80×24, and all that it has sent there."""

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
        """Close the window, once."""
        if self._mine >= 0:
            os.close(self._mine)
            self._mine = -1

    def type(self, keys: str | bytes) -> None:
        """Send keys."""
        os.write(self._mine, keys.encode() if isinstance(keys, str) else keys)

    @property
    def text(self) -> str:
        """What was sent, without what steers the terminal."""
        return re.sub(
            r"\x1b\[[0-9;?:]*[a-zA-Z$]|\x1b[PX^_\]].*?(?:\x1b\\|\x07)|\x1b.", "", self.sent.decode(errors="replace")
        )

    def read(self) -> bool:
        """Take what has been sent; False once the terminal is closed."""
        if select.select([self._mine], [], [], 0.05)[0]:
            try:
                got = os.read(self._mine, 65536)
            except OSError:  # Linux says so when the other end is closed
                return False
            self.sent += got
            return bool(got)
        return True

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Read until something is so."""
        end = time.monotonic() + LONGEST
        while not condition():
            assert self.read() or condition(), f"the terminal closed before {what}: {self.text[-2000:]}"
            assert time.monotonic() < end, f"waited in vain for {what}: {self.text[-2000:]}"


@pytest.fixture
def lesson_file(tmp_path: Path) -> Path:
    path = tmp_path / "every-kind.yaml"
    path.write_text(LESSON, encoding="utf-8")
    return path


def drafts() -> dict[str, str]:
    """What the learner's file has, read by another process than the tutor's."""
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


def test_killed_at_once_it_loses_nothing_but_the_last_keys(lesson_file: Path) -> None:
    """In 16 colours, killed with an answer marked and another half typed; in no colour at all, everything is there."""
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
        assert re.search(rb"\x1b\[[0-9;]*9?[0-7]m", terminal.sent), "and these are used"
    with Terminal("-m", "tutor", str(lesson_file), TERM="xterm-256color", NO_COLOR="1") as terminal:
        terminal.until(lambda: "0.12" in terminal.text and "1 question open here" in terminal.text, "what was typed")
        assert "✓" in terminal.text
        terminal.type("\x11")  # ctrl+q
        terminal.until(lambda: terminal.process.poll() is not None or not terminal.read(), "the end")
        assert terminal.process.wait(LONGEST) == 0
        assert b"\x1b[?1049l" in terminal.sent, "the terminal is as it was"
        assert "Traceback" not in terminal.text


def test_a_terminal_that_is_not_set_to_utf_8_gets_plain_lines_and_a_word_why() -> None:
    ascii_only = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    with Terminal("-m", "tutor", **ascii_only) as terminal:
        terminal.until(lambda: "q leaves" in terminal.text, "the lessons")
        assert "tutor --plain --ascii" in terminal.text
        assert "UTF-8" in terminal.text
        assert "\\u" not in terminal.text
        terminal.type("q\n")
        terminal.until(lambda: "Goodbye" in terminal.text, "the end")
        assert terminal.process.wait(LONGEST) == 0


SLIPS = """
import sys
from tutor.ui import run
from tutor.ui.screens.answering import AnsweringScreen

def slip(self):
    raise RuntimeError("a slip of ours")

AnsweringScreen.action_hint = slip
sys.exit(run(sys.argv[1]))
"""


def test_told_to_go_on_it_goes_on_as_before_and_told_to_end_it_saves_what_was_typed(lesson_file: Path) -> None:
    """Whoever was stopped from outside has his terminal still: what is typed comes once. A byte that is no UTF-8, as a
    terminal sends it that is set to Latin-1 or as a paste that is no text, is shown as such."""
    with Terminal("-m", "tutor", str(lesson_file)) as terminal:
        terminal.until(lambda: "2 questions open here" in terminal.text, "the lesson")
        for told in (signal.SIGSTOP, signal.SIGCONT, signal.SIGCONT):
            terminal.process.send_signal(told)
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
        assert b"\x1b[?1049l" in terminal.sent[-200:], "the screen that was there before"
    assert drafts() == {"lab2:Z1": "12345"}


@pytest.mark.parametrize("told", [[signal.SIGHUP, signal.SIGCONT], []], ids=["hung up", "not told"])
def test_a_window_that_is_closed_ends_it_and_loses_nothing(lesson_file: Path, told: list[signal.Signals]) -> None:
    """The kernel tells the session whose terminal it was both to end and to go on."""
    with Terminal("-m", "tutor", str(lesson_file)) as terminal:
        terminal.until(lambda: "2 questions open here" in terminal.text, "the lesson")
        terminal.type("12345")
        terminal.until(lambda: "I read 12345" in terminal.text, "what was typed")
        terminal.close()
        for each in told:
            terminal.process.send_signal(each)
        assert terminal.process.wait(LONGEST) == 128 + signal.SIGHUP
    assert drafts() == {"lab2:Z1": "12345"}


def test_a_slip_of_the_tutors_own_ends_with_a_sentence_and_keeps_the_work(
    lesson_file: Path, learner_home: Path
) -> None:
    Store(default_path()).set_setting("keys", {"lesson.hint": "ctrl+t"})
    with Terminal("-c", SLIPS, str(lesson_file), TERM="xterm-256color") as terminal:
        terminal.until(lambda: "2 questions open here" in terminal.text, "the lesson")
        terminal.type("-0.7\x14")
        terminal.until(lambda: terminal.process.poll() is not None or not terminal.read(), "the end")
        assert terminal.process.wait(LONGEST) == 70
        assert b"\x1b[?1049l" in terminal.sent, "the terminal is as it was"
        said = terminal.text.rpartition("The tutor met an error")[2]
        assert "Your answers are saved" in said
        report = next((learner_home / "reports").iterdir())
        assert report.name in said.replace("\r\n", "")
        assert "Traceback" not in said
    assert "RuntimeError: a slip of ours" in report.read_text(encoding="utf-8")
    assert drafts() == {"lab2:Z1": "-0.7"}


def test_the_next_start_switches_off_what_a_killed_one_has_left_on() -> None:
    """Its reports of the mouse would be typed into the plain mode's answers."""
    with Terminal("-m", "tutor", "--plain") as terminal:
        terminal.until(lambda: "Lesson (number" in terminal.text, "the list of lessons")
        before = terminal.sent.partition(b"Neural networks")[0]
        assert {b"\x1b[?1000l", b"\x1b[?1003l", b"\x1b[<u"} <= set(re.findall(rb"\x1b\[[?<\d]*[a-z]", before))
