"""No text from people, lessons or programs can control the terminal or a spreadsheet."""

from __future__ import annotations

import io

import pytest

from tutor.cleaning import cell, clean, from_json, one_line, shows_mathematics, whole


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb\nc", "a   b\nc"),
        ("\x1b[2J\x07", "␛[2J␇"),
        ("\x9b31m\x7f", "\ufffd31m\ufffd"),
        ("a\r\nb\u2028c\u2029", "a\nb\nc\n"),
        ("over\rwritten", "overwritten"),
        ("ab\u202ecd\u2066e\u200f", "abcde"),
        ("M\udcfcller", "M\ufffdller"),
        ("δ₁ = ŷ − y", "δ₁ = ŷ − y"),
    ],
)
def test_control_characters_are_shown(text: str, shown: str) -> None:
    assert clean(text) == shown
    assert one_line(f"  {text} ") == " ".join(shown.split())


@pytest.mark.parametrize("start", ["", " ", "\t", "\r", "\n", "\u200b", "\ufeff", "\u00a0", "a; ", "a;", "\x1b;"])
@pytest.mark.parametrize("sign", "=+-@−＝＋－＠﹢﹣﹦﹫")
def test_a_spreadsheet_does_not_evaluate_a_cell(start: str, sign: str) -> None:
    shown = cell(f"{start}{sign}1+1")
    assert "\n" not in shown
    assert f"{sign}1+1" in shown
    invisible = " \u00a0\u200b\ufeff"
    assert not any(part.strip(invisible).startswith(sign) for part in shown.split(";"))


@pytest.mark.parametrize("text", ["δ₁ = ŷ − y", "x equals 2", "Z1; Z2", "a, -1"])
def test_harmless_cells_are_unchanged(text: str) -> None:
    assert cell(text) == text


def test_lone_surrogates_are_replaced_before_writing() -> None:
    assert whole("M\udcfcller\x1b") == "M\ufffdller\x1b"
    whole("\ud800").encode()


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000])
def test_json_nested_too_deeply_raises_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match="deep"):
        from_json(text)


class _Window(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("term", "shows"),
    [("linux", False), ("linux-16color", False), ("vt100", False), ("vt220", False)]
    + [(term, True) for term in ("vte", "vte-256color", "xterm-256color", "screen.linux", "tmux-256color", "")],
)
def test_the_console_of_linux_and_old_terminals_show_no_mathematics(
    monkeypatch: pytest.MonkeyPatch, term: str, shows: bool
) -> None:
    """``vte`` is the terminal window of GNOME."""
    monkeypatch.setenv("TERM", term)
    assert shows_mathematics(_Window()) is shows
    assert shows_mathematics(io.StringIO()), "a file shows what its reader's terminal shows"
