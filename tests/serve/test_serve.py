"""The tutor in a real Chromium, which contacts no other host; names, and requests from elsewhere."""

from __future__ import annotations

import socket
import sys
from html import unescape

import jinja2
import pytest

from tests.serve.browser import ENTER, Window
from tests.serve.serving import Served, free_port
from tutor.cli import main
from tutor.cli.serving import PAGES, WHAT_IS_A_NAME, learner_of


@pytest.mark.needs("chromium")
def test_a_lesson_works_in_a_browser_without_any_other_host(served: Served, window: Window) -> None:
    served.begin("Ada")
    window.open(served.page())
    assert "Who is learning?" in window.text()
    window.until(lambda: window.script("return document.activeElement.id") == "name", "the focus on the question")
    window.press("Ada", ENTER)
    window.until_shown("Continue: One neuron")
    window.until_shown("⏎ open")  # the list has the focus
    window.press(ENTER)
    window.until_shown("The weighted sum")
    window.until_shown("check")  # the footer shows it when the field has the focus
    before = window.picture()
    window.press("-0.1")
    window.until_shown("I read −0.1")
    window.press(ENTER)
    window.until_shown("bias")
    window.until(lambda: served.answers("Ada"), "the answer in the store")
    after = window.picture()
    assert window.hosts() == {f"127.0.0.1:{served.port}"}
    assert served.answers("Ada") == [("-0.1", "wrong")]
    assert before.startswith(b"\x89PNG")
    assert after != before


def test_an_unknown_lesson_is_not_served(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["serve", "nosuch.yaml", "--port", str(free_port())])
    assert ended.value.code == 2
    assert "'nosuch.yaml' is not a command, a lesson or a file." in capsys.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="only there is all of 127.0.0.0/8 this computer")
def test_the_server_listens_on_127_0_0_1_only(served: Served) -> None:
    assert served.ask("/")[0] == 200
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", served.port), timeout=10)


@pytest.mark.parametrize(
    "name", ["..%2Fx", "..%2F..%2Fetc%2Fpasswd", "%00", "a%00b", ".hidden", "-rf", "x" * 41, "%3Cb%3E", "%20"]
)
def test_a_hostile_name_is_refused_and_gets_no_tutor(served: Served, name: str) -> None:
    status, text = served.ask(f"/?name={name}")
    assert (status, "Who is learning?" in text) == (200, True)
    assert "websocket" not in text
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec_WebSocket_Version": "13"}
    assert served.ask(f"/ws/{name}", **upgrade, Sec_WebSocket_Key="AAAAAAAAAAAAAAAAAAAAAA==")[0] in (403, 404)


@pytest.mark.parametrize(
    ("name", "typed"), [("a%2Fb", "a/b"), ("_u", "_u"), ("%F0%9F%98%80", "😀"), ("%22%3E%3Cb%3E", "&#34;&gt;&lt;b&gt;")]
)
def test_a_refused_name_is_shown_again_with_the_reason(served: Served, name: str, typed: str) -> None:
    assert WHAT_IS_A_NAME not in served.ask("/")[1], "nothing was typed yet"
    text = served.ask(f"/?name={name}")[1]
    assert f'value="{typed}"' in text
    assert WHAT_IS_A_NAME in unescape(text)


def test_another_site_cannot_reach_the_tutor(served: Served) -> None:
    assert served.ask("/", Host="evil.example")[0] == 403
    assert served.ask("/?name=Ada", Origin="http://evil.example")[0] == 403
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec_WebSocket_Version": "13"}
    key = "AAAAAAAAAAAAAAAAAAAAAA=="
    assert served.ask("/ws/Ada", Origin="http://evil.example", **upgrade, Sec_WebSocket_Key=key)[0] == 403
    assert served.ask("/ws/Ada", Host=f"evil.example:{served.port}", **upgrade, Sec_WebSocket_Key=key)[0] == 403


def test_the_page_names_no_other_host(served: Served) -> None:
    for path in ("/", "/?name=Ada"):
        text = served.ask(path)[1]
        links = [part.partition('"')[0] for part in text.replace("'", '"').split("//")[1:]]
        assert all(link.startswith(f"127.0.0.1:{served.port}/") for link in links), links


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Ada", "Ada"), ("  Ada   Lovelace ", "Ada Lovelace"), ("Ångström-2", "Ångström-2"), ("O'Neil", "O'Neil"),
        ("../x", None), ("a/b", None), ("a\\b", None), ("", None), (".", None), ("a;b", None), ("$(id)", None),
    ],
)  # fmt: skip
def test_names_are_trimmed_or_refused(typed: str, name: str | None) -> None:
    assert learner_of(typed) == name


@pytest.mark.parametrize(("most", "said"), [(1, "1 page is open"), (40, "40 pages are open")])
def test_a_page_that_finds_no_place_says_how_many_are_open(most: int, said: str) -> None:
    page = jinja2.Environment(loader=jinja2.FileSystemLoader(PAGES)).get_template("full.html")
    assert f"All places are taken: {said}." in page.render(most=most, application={"name": "The tutor"})
