"""An assignment served to a class: codes for learners, exam rules, and answers kept on the instructor's machine."""

from __future__ import annotations

import csv
import http.client
import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.serve.browser import ENTER, ESCAPE, LONGEST, Window
from tests.serve.serving import LESSON, free_port, lesson_in
from tutor.classroom.assignment import load_assignment
from tutor.classroom.codes import LETTERS
from tutor.classroom.collect import collect
from tutor.classroom.report import received
from tutor.classroom.roster import Person
from tutor.cli.room import CODES, WRONG_IN_A_MINUTE, Codes, WrongCodes, codes_in
from tutor.errors import TutorError
from tutor.store import Store

EXAM = """\
tutor: 1
assignment: Midterm
lessons: [one-neuron.yaml]
exam: {minutes: 45, feedback: none}
"""
ROSTER = "\ufeffNombre completo;Nombre de usuario\r\nAna García;ana1\r\nAna García;ana2\r\nBo Li;bo\r\n"


@dataclass
class Exam:
    """A running exam: the server's process, its port, and the folder with the codes and answers."""

    process: subprocess.Popen[str]
    port: int
    folder: Path

    @property
    def url(self) -> str:
        """The address that the instructor writes on the board."""
        return f"http://127.0.0.1:{self.port}/"

    @property
    def codes(self) -> dict[str, str]:
        """The codes by learner."""
        with (self.folder / CODES).open(encoding="utf-8") as file:
            return {row["learner"]: row["code"] for row in csv.DictReader(file)}

    def send(self, code: str, **headers: str) -> tuple[int, str, str]:
        """Send a code and return the status, the page and the cookie."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        sent = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        connection.request("POST", "/code", urlencode({"code": code}), sent)
        response = connection.getresponse()
        found = response.status, response.read().decode(), response.headers.get("Set-Cookie", "").partition(";")[0]
        connection.close()
        return found

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        """Request a path and return the status and the page."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        found = response.status, response.read().decode()
        connection.close()
        return found

    def store(self, learner: str) -> AbstractContextManager[Store]:
        """Open a learner's progress."""
        return closing(Store(self.folder / "progress.sqlite3", learner=learner))

    def answers(self, learner: str) -> list[tuple[str, str]]:
        """Return a learner's answers with the verdicts shown."""
        with self.store(learner) as store:
            return [(one.answer, one.verdict) for one in store.attempts("one-neuron", learner)]

    def setting(self, learner: str) -> object:
        """Return what is kept about a learner's exam, such as when it began."""
        with self.store(learner) as store:
            return store.setting(f"exam:one-neuron#{learner}", {})


def start(folder: Path, port: int) -> Exam:
    """Start the exam's server."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "TUTOR_STORE")}
    arguments = ["serve", "midterm.yaml", "--roster", "students.csv", "--port", str(port)]
    process = subprocess.Popen(
        [sys.executable, "-m", "tutor", *arguments],
        cwd=folder,
        env={**kept, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    exam = Exam(process, port, folder / "midterm-class")
    assert process.stdout is not None
    said = [process.stdout.readline() for _ in range(3)]
    assert exam.url.rstrip("/") in said[-1], said
    assert not any(code in "".join(said) for code in exam.codes.values())
    return exam


def stop(exam: Exam, number: int) -> None:
    """Stop the exam's server with a signal; it exits without a message."""
    exam.process.send_signal(number)
    said, _ = exam.process.communicate(timeout=LONGEST)
    assert (exam.process.returncode, said) == (0, "")


@pytest.fixture(scope="module")
def exam(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exam]:
    """Run the exam's server."""
    folder = tmp_path_factory.mktemp("exam")
    lesson_in(folder)
    (folder / "midterm.yaml").write_text(EXAM, encoding="utf-8")
    (folder / "students.csv").write_text(ROSTER, encoding="utf-8")
    running = start(folder, free_port())
    try:
        yield running
    finally:
        running.process.terminate()
        running.process.communicate(timeout=LONGEST)


def sign_in(window: Window, exam: Exam, learner: str) -> None:
    """Type the code on the first page."""
    window.until(lambda: window.script("return document.activeElement.id") == "code", "the field for the code")
    window.press(exam.codes[learner].lower(), ENTER)
    window.until_shown(f"You work as {learner}.")


def begin_exam(window: Window) -> None:
    """Begin the exam from its list, and wait for the first question."""
    window.press(ENTER)
    window.until_shown("45 minutes")
    window.press("y")
    window.until_shown("The weighted sum")
    window.until_shown("check")


@pytest.mark.needs("chromium")
def test_two_learners_with_one_name_take_an_exam_across_a_restart(
    exam: Exam, window: Window, second_window: Window
) -> None:
    first, second = window, second_window
    assert stat.S_IMODE((exam.folder / CODES).stat().st_mode) == 0o600
    assert exam.codes["ana1"] != exam.codes["ana2"]
    first.open(exam.url)
    sign_in(first, exam, "ana1")
    assert "Ana García" in first.script("return document.title")
    begin_exam(first)
    first.press("7", ENTER)
    first.until_shown("Kept.")
    first.until(lambda: exam.answers("ana1"), "the answer on this machine")
    assert not any("one-neuron.yaml" in url or "midterm.yaml" in url for url in first.requests)

    before = exam.setting("ana1")
    stop(exam, signal.SIGINT)
    first.until(lambda: "The tutor was stopped" in first.text(), "the message in the page")
    exam.process = start(exam.folder.parent, exam.port).process
    first.reload()  # the cookie is still right: no code is asked for
    first.until_shown("1 of 2 done")  # the list, and no list of the course behind it
    assert exam.setting("ana1") == before, "the restart must not change the exam's clock"
    first.until_shown("left")
    first.press(ENTER)
    first.until_shown("The weighted sum")
    first.until_shown("7")  # what was answered is there
    first.until_shown("check")

    # the second learner, at the same time, leaves without handing in; the answers are collected all the same
    second.open(exam.url)
    sign_in(second, exam, "ana2")
    begin_exam(second)
    second.press("8", ENTER)
    second.until_shown("Kept.")
    second.press(ESCAPE, ESCAPE, ESCAPE)
    second.until(lambda: "You have left the tutor" in second.text(), "the end: there is no Home behind it")

    first.press(ESCAPE, ESCAPE)
    first.until_shown("You work as ana1.")
    first.press("h")
    first.until_shown("Handing in ends the exam")
    first.press("y")
    first.until_shown("Handed in")

    # the same code in another window ends the first one
    second.script("document.querySelector('a[href=leave]').click()")
    second.until(lambda: "Type your code" in second.text(), "the form for the next learner")
    sign_in(second, exam, "ana1")
    first.until(lambda: "another window" in first.text(), "the message that another window is in use")

    what = received(collect([exam.folder], load_assignment(exam.folder.parent / "midterm.yaml")))
    found = {each.learner: [entry.answer for entry in each.answers] for each in what.hand_ins}
    assert found == {"ana1": ["7"], "ana2": ["8"]}
    assert (what.twice, what.namesakes, what.damaged) == ((), (), ())
    assert [path.name for path in (exam.folder / "handed-in").iterdir()] == ["midterm.ana1.tutor"]


def test_a_code_is_needed_and_wrong_ones_are_reported_and_limited(exam: Exam) -> None:
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec_WebSocket_Version": "13"}
    here = {"X-Forwarded-For": "192.0.2.1"}  # another computer than the other tests', behind a proxy
    assert "Type your code" in exam.get("/")[1]
    assert "Type your code" in exam.get("/?name=bo")[1]
    for path in ("/ws", "/ws/me", "/ws/bo", "/download/x", "/leave"):
        status, _ = exam.get(path, **upgrade, Sec_WebSocket_Key="AAAAAAAAAAAAAAAAAAAAAA==")
        assert status == 403, path
    assert exam.send(exam.codes["bo"], Origin="http://evil.example")[0] == 403
    assert exam.send(exam.codes["bo"], Host="evil.example")[0] == 403
    status, page, cookie = exam.send("<b>WRONG", **here)
    assert (status, cookie) == (403, "")
    assert "&lt;b&gt;WRONG" in page
    status, _, cookie = exam.send(exam.codes["bo"].replace("-", " ").lower())
    assert status == 303
    assert exam.codes["bo"].replace("-", "") not in cookie
    assert "ws/me" in exam.get("/", Cookie=cookie)[1]
    assert "Type your code" in exam.get("/", Cookie=f"{cookie[:-1]}x")[1]
    for _ in range(WRONG_IN_A_MINUTE - 1):
        assert exam.send("AAAA-AAAA", **here)[0] == 403
    status, page, cookie = exam.send(exam.codes["bo"], **here)
    assert (status, cookie) == (429, "")
    assert re.search(r"Wait \d+ seconds", page)
    assert exam.send(exam.codes["bo"])[0] == 303, "another computer need not wait"


def test_codes_are_kept_and_new_learners_get_one(tmp_path: Path) -> None:
    first = codes_in(tmp_path, [Person("s1"), Person("=cmd", "@x")])
    again = codes_in(tmp_path, [Person("=cmd", "@x"), Person("s2"), Person("s1")])
    before, after = ({person.learner: code for code, person in codes.people.items()} for codes in (first, again))
    assert before.items() <= after.items()
    assert len(set(after.values())) == 3
    assert all(len(code) == 8 and set(code) <= set(LETTERS) for code in after.values())
    assert not any(line.startswith(("=", "@")) for line in (tmp_path / CODES).read_text().splitlines())
    (tmp_path / CODES).write_text("learner,code\ns1,AB\n")
    with pytest.raises(TutorError, match=CODES):
        codes_in(tmp_path, [Person("s1")])


def test_a_cookie_names_one_learner() -> None:
    codes = Codes({"AAAA2222": Person("s1"), "BBBB2222": Person("s2")})
    cookie = codes.cookie(Person("s2"))
    assert codes.of_cookie(cookie) == Person("s2")
    assert codes.person("bbbb-2222") == Person("s2")
    for wrong in ("", cookie[:-1], cookie.upper(), "é" * 64, "BBBB2222"):
        assert codes.of_cookie(wrong) is None
    assert Codes({"CCCC2222": Person("s2")}).of_cookie(cookie) is None, "a new code makes the cookie invalid"


def test_wrong_codes_are_forgotten_after_a_minute() -> None:
    now = 0.0
    wrong = WrongCodes(lambda: now)
    for _ in range(WRONG_IN_A_MINUTE):
        assert wrong.wait("a") == 0
        wrong.count("a")
    assert wrong.wait("a") == 60
    assert wrong.wait("b") == 0
    now = 60.0
    assert wrong.wait("a") == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["midterm.yaml", "--roster", "none.csv"], "none.csv"),
        (["--roster", "students.csv"], "assignment"),
        (["midterm.yaml", "--folder", "x"], "--roster"),
        (["one-neuron.yaml", "--roster", "students.csv"], "assignment"),
    ],
)
def test_bad_arguments_are_reported_at_start(
    tmp_path: Path, arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from tutor.cli import main

    (tmp_path / "one-neuron.yaml").write_text(LESSON, encoding="utf-8")
    (tmp_path / "midterm.yaml").write_text(EXAM, encoding="utf-8")
    (tmp_path / "students.csv").write_text(ROSTER, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as left:
        main(["serve", *arguments, "--port", str(free_port())])
    assert left.value.code == 2
    assert said in capsys.readouterr().err
    assert not list(tmp_path.glob("*-class"))
