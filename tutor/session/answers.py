"""Answers as they are kept and shown: a text, or several joined so that a person can read them back."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tutor.cleaning import from_json, whole
from tutor.session.model import Answer, Field, FieldKind


def to_text(answer: Answer) -> str:
    """Return an answer as the text that is stored."""
    return whole(answer if isinstance(answer, str) else json.dumps(list(answer), ensure_ascii=False))


def from_text(kind: FieldKind, text: str) -> Answer:
    """Return a stored text as an answer of this kind. Text that cannot be read as one is returned unchanged."""
    if not kind.is_list:
        return text
    try:
        parts = from_json(text) if text else []
    except ValueError:
        return text
    return tuple(str(part) for part in parts) if isinstance(parts, list) else text


def readable_alone(text: str) -> str:
    """Return a stored answer in a form that can be read without its question: the parts of a list side by side."""
    parts = from_text(FieldKind.GRID, text) if text.startswith("[") else text
    return parts if isinstance(parts, str) else "  ".join(parts)


def is_blank(answer: Answer) -> bool:
    """Return whether there is nothing to mark."""
    return not answer.strip() if isinstance(answer, str) else not any(part.strip() for part in answer)


def readable(field: Field, answer: Answer) -> str:
    """Return an answer as a person would write it: options by their texts, cells by rows."""
    if isinstance(answer, str):
        return answer
    if field.options:
        texts: Mapping[str, str] = {option.key: option.text for option in field.options}
        joint = " → " if field.kind is FieldKind.ORDER else "; "
        return joint.join(texts.get(key, key) for key in answer)
    if field.kind is FieldKind.GRID and len(field.shape) == 2:
        width = field.columns
        return "; ".join("  ".join(answer[start : start + width]) for start in range(0, len(answer), width))
    return "  ".join(answer)
