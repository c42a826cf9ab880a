"""Nothing that people, lessons or programs made can steer a terminal."""

from __future__ import annotations

import pytest

from tutor.cleaning import clean, from_json, one_line, whole


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb\nc", "a   b\nc"),
        ("\x1b[2J\x07", "␛[2J␇"),
        ("\x9b31m\x7f", "\ufffd31m\ufffd"),
        ("a\r\nb\u2028c\u2029", "a\nb\nc\n"),
        ("ab\u202ecd\u2066e\u200f", "abcde"),
        ("M\udcfcller", "M\ufffdller"),
        ("δ₁ = ŷ − y", "δ₁ = ŷ − y"),
    ],
)
def test_control_characters_are_shown(text: str, shown: str) -> None:
    assert clean(text) == shown
    assert one_line(f"  {text} ") == " ".join(shown.split())


def test_what_is_no_character_can_be_written() -> None:
    assert whole("M\udcfcller\x1b") == "M\ufffdller\x1b"
    whole("\ud800").encode()


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000])
def test_json_that_is_nested_too_deeply_is_as_wrong_as_any(text: str) -> None:
    with pytest.raises(ValueError, match="deep"):
        from_json(text)
