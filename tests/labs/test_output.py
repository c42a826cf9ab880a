"""A program's output is made safe for the terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tutor.labs.output import Cleaner, Output, plain

PLAIN = [
    ("plain", "plain"),
    ("\x1b[31mred\x1b[0m", "red"),
    ("\x1b[2J\x1b[Hcleared", "cleared"),
    ("\x1b]0;title\x07text", "text"),
    ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
    ("\x1b]52;c;AAAA\x07", ""),
    ("\x1bPq#0\x1b\\sixel", "sixel"),
    ("\x1b(Bcharset\x1b=", "charset"),
    ("bell\x07 back\x08 nul\x00", "bell back nul"),
    ("a\tb\nc\rd", "a\tb\nc\rd"),
    ("\u202eturned", "turned"),
    ("\u200bjoiner\ufeff", "joiner"),
    ("\x9b31mC1", "31mC1"),
    ("θ₁ = 0.5 ✓", "θ₁ = 0.5 ✓"),
]


@pytest.mark.parametrize(("raw", "safe"), PLAIN)
def test_escape_sequences_are_removed(raw: str, safe: str) -> None:
    assert plain(raw) == safe


@given(st.lists(st.sampled_from([raw for raw, _ in PLAIN]), max_size=6), st.lists(st.integers(1, 7), max_size=60))
def test_cutting_the_stream_anywhere_makes_no_difference(parts: list[str], cuts: list[int]) -> None:
    data = "".join(parts).encode()
    cleaner, place, text = Cleaner(), 0, ""
    for cut in cuts:
        text += cleaner.feed(data[place : place + cut])
        place += cut
    text += cleaner.feed(data[place:], is_last=True)
    assert text == plain("".join(parts))


@given(st.binary(max_size=300))
@example("\u00a0".encode())
def test_no_control_character_gets_through(data: bytes) -> None:
    text = Cleaner().feed(data, is_last=True)
    assert all(character in "\n\t\r" or unicodedata.category(character) != "Cc" for character in text)


LINES = [
    (["a\n", "b\n"], ("a", "b")),
    (["a", "b\n"], ("ab",)),
    (["unfinished"], ("unfinished",)),
    (["50%\r", "100%\n"], ("100%",)),
    (["Loss 0.97431\rLoss 0.9\n"], ("Loss 0.9",)),  # a terminal would keep the last digits of 0.97431
    (["a\r\nb\r\n"], ("a", "b")),
    (["kept\r"], ("kept",)),
    (["\n\n"], ("", "")),
]


@pytest.mark.parametrize(("pieces", "lines"), LINES)
def test_output_is_split_into_lines(pieces: list[str], lines: tuple[str, ...]) -> None:
    output = Output()
    for piece in pieces:
        output.feed(piece)
    assert output.lines == lines


def test_a_long_line_is_cut_and_says_so() -> None:
    output = Output(longest_line=10)
    for _ in range(3):
        output.feed("x" * 8)
    output.feed("\nnext\n")
    assert output.lines == ("xxxxxxxxxx … (14 more characters in this line)", "next")


def test_only_the_last_lines_are_kept() -> None:
    output = Output(most_lines=10)
    output.feed("".join(f"{n}\n" for n in range(100)))
    assert output.lines == tuple(str(n) for n in range(90, 100))
