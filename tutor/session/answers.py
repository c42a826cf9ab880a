"""Answers as they are kept and shown: a text, or several joined so that a person can read them back."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tutor.cleaning import from_json, whole
from tutor.session.model import Answer, Field, FieldKind

LISTS = frozenset({FieldKind.GRID, FieldKind.CHOICE, FieldKind.ORDER, FieldKind.FILL})


def to_text(answer: Answer) -> str:
    """How an answer is kept."""
    return whole(answer if isinstance(answer, str) else json.dumps(list(answer), ensure_ascii=False))


def from_text(kind: FieldKind, text: str) -> Answer:
    """What was kept, as an answer of this kind; a text that is none is left a text."""
    if kind not in LISTS:
        return text
    try:
        parts = from_json(text) if text else []
    except ValueError:
        return text
    return tuple(str(part) for part in parts) if isinstance(parts, list) else text


def readable_alone(text: str) -> str:
    """What was kept, as a person can read it where its question is gone: the parts of a list beside each other."""
    parts = from_text(FieldKind.GRID, text) if text.startswith("[") else text
    return parts if isinstance(parts, str) else "  ".join(parts)


def is_blank(answer: Answer) -> bool:
    """Whether nothing is there to be marked."""
    return not answer.strip() if isinstance(answer, str) else not any(part.strip() for part in answer)


def readable(field: Field, answer: Answer) -> str:
    """An answer as a person would write it down: options by their texts, cells by rows."""
    if isinstance(answer, str):
        return answer
    if field.kind in (FieldKind.CHOICE, FieldKind.ORDER):
        texts: Mapping[str, str] = {option.key: option.text for option in field.options}
        joint = " → " if field.kind is FieldKind.ORDER else "; "
        return joint.join(texts.get(key, key) for key in answer)
    if field.kind is FieldKind.GRID and len(field.shape) == 2:
        width = field.columns
        return "; ".join("  ".join(answer[start : start + width]) for start in range(0, len(answer), width))
    return "  ".join(answer)
